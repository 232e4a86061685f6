import logging, warnings
warnings.warn("The learning rate 0.1 is high; loss may diverge", stacklevel=1)
logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(levelname)s] %(name)s: %(message)s")
log = logging.getLogger("server")
for i in range(1, 6): log.info("request %d/5 served in %.3f s, status=200, error=0, retries=%d", i, 0.1 * i, i % 2)
for i in range(1, 4): log.warning("attempt %d of 3 failed: connection lost, packet loss: %.1f%%", i, 12.5 * i)
print("Epoch: 1700000000 (unix time)\nepoch time 1700000060\nEpoch 1700000120: sensor error 0.2")
