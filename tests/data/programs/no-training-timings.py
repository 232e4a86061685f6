import time, timeit
for n in (10, 100, 1000):
    print(f"n = {n:5d}: {timeit.timeit(lambda: sum(range(n)), number=100) * 1e4:.2f} us per loop (mean of 7 runs)")
for step in range(1, 6): print(f"step {step}/5: loaded 1000 rows, elapsed {step * 0.31:.2f}s, {3000 / step:.1f} rows/s, memory {100 + step} MB")
for epoch in range(1, 4): print(f"epoch {epoch}: time 3.2{epoch}s, batch size 32, lr 0.001, 312 it/s")
start = time.perf_counter(); time.sleep(0.01); print("Elapsed:", round(time.perf_counter() - start, 2), "s")
