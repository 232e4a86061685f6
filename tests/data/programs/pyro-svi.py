import torch, pyro, pyro.distributions as dist
from pyro.infer import SVI, Trace_ELBO
pyro.set_rng_seed(0); data = torch.randn(50) + 3
def model(data):
    mean = pyro.sample("mean", dist.Normal(0.0, 10.0))
    with pyro.plate("data", len(data)): pyro.sample("obs", dist.Normal(mean, 1.0), obs=data)
def guide(data):
    pyro.sample("mean", dist.Normal(pyro.param("m", torch.tensor(0.0)), pyro.param("s", torch.tensor(0.1), constraint=dist.constraints.positive)))
svi = SVI(model, guide, pyro.optim.Adam({"lr": 0.05}), Trace_ELBO())
for iteration in range(100):
    loss = svi.step(data)
    if iteration % 20 == 0:
        print("[iteration %04d] loss: %.4f" % (iteration + 1, loss / len(data)))
        keep("train", "loss", loss / len(data), "", iteration + 1, printed=f"{loss / len(data):.4f}")
