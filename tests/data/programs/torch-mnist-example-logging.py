import logging, torch
logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(levelname)s] %(name)s: %(message)s", force=True)
log = logging.getLogger("train"); torch.manual_seed(0)
x = torch.randn(256, 4); y = (x[:, 0] > 0).long(); model = torch.nn.Linear(4, 2); opt = torch.optim.SGD(model.parameters(), 0.1)
for epoch in range(1, 4):
    for i in range(0, 192, 64):
        loss = torch.nn.functional.cross_entropy(model(x[i : i + 64]), y[i : i + 64]); opt.zero_grad(); loss.backward(); opt.step()
        log.info("Train Epoch: {} [{}/{} ({:.0f}%)]\tLoss: {:.6f}".format(epoch, i, 192, 100.0 * i / 192, loss.item()))
        keep("train", "loss", loss.item(), epoch, i, printed=f"{loss.item():.6f}")
    with torch.no_grad():
        out = model(x[192:]); test = torch.nn.functional.cross_entropy(out, y[192:]).item(); right = int((out.argmax(1) == y[192:]).sum())
    log.info("Test set: Average loss: {:.4f}, Accuracy: {}/{} ({:.0f}%)".format(test, right, 64, 100.0 * right / 64))
    keep("val", "loss", test, epoch, printed=f"{test:.4f}"); keep("val", "accuracy", right / 64, epoch)
