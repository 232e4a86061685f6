import math, torch, gpytorch
torch.manual_seed(0)
x = torch.linspace(0, 1, 50); y = torch.sin(x * 2 * math.pi) + torch.randn(50) * 0.2
class Model(gpytorch.models.ExactGP):
    def __init__(self, x, y, likelihood):
        super().__init__(x, y, likelihood); self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())
    def forward(self, x): return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))
likelihood = gpytorch.likelihoods.GaussianLikelihood(); model = Model(x, y, likelihood); model.train(); likelihood.train()
optimizer = torch.optim.Adam(model.parameters(), lr=0.1); mll = gpytorch.mlls.ExactMarginalLogLikelihood(likelihood, model)
for i in range(8):
    optimizer.zero_grad(); loss = -mll(model(x), y); loss.backward()
    print('Iter %d/%d - Loss: %.3f   lengthscale: %.3f   noise: %.3f' % (i + 1, 8, loss.item(), model.covar_module.base_kernel.lengthscale.item(), model.likelihood.noise.item()))
    keep("train", "loss", loss.item(), "", i + 1, printed=f"{loss.item():.3f}"); optimizer.step()
