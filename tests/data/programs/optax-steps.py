import jax, jax.numpy as jnp, optax
x = jax.random.normal(jax.random.key(0), (64, 4)); y = x @ jnp.array([1.0, -2.0, 0.5, 0.0])
w, solver = jnp.zeros(4), optax.adam(0.1)
state = solver.init(w)
for step in range(0, 60):
    loss, grad = jax.value_and_grad(lambda w: jnp.mean((x @ w - y) ** 2))(w)
    if step % 10 == 0:
        print(f"step {step}, loss: {loss}")
        keep("train", "loss", float(loss), "", step, printed=str(loss))
    update, state = solver.update(grad, state); w = optax.apply_updates(w, update)
