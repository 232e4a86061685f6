import numpy as np
from scipy.optimize import minimize
a, b = 1.0, 2.0
for i in range(1, 6):
    m = (a + b) / 2; print(f"Iteration {i}: x = {m:.6f}, error = {abs(m * m - 2):.2e}"); a, b = (a, m) if m * m > 2 else (m, b)
count = 0
def told(x):
    global count; count += 1; print(f"iter {count}: x={x.round(3)}, cost of route {float(np.sum(x**2)):.4f}")
minimize(lambda x: np.sum((x - 1) ** 2) + np.sum(x**4), np.ones(3) * 3, callback=told)
for step in range(3): print(f"step {step}: packet loss {step / 10:.1f}%, accuracy {3.5 + step} m")
for q in (1, 2): print(f"Iteration {q}: profit {400.5 / q:.2f}, loss {120.25 / q:.2f}")
