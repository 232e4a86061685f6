import jax, jax.numpy as jnp, equinox as eqx, optax
x = jax.random.normal(jax.random.key(0), (64, 4)); y = (x[:, 0] > 0).astype(jnp.float32)
model = eqx.nn.Linear(4, 1, key=jax.random.key(1)); opt = optax.sgd(0.5); state = opt.init(model)
@eqx.filter_value_and_grad
def loss_fn(m): return optax.sigmoid_binary_cross_entropy(jax.vmap(m)(x)[:, 0], y).mean()
for step in range(5):
    loss, grads = loss_fn(model); accuracy = jnp.mean((jax.vmap(model)(x)[:, 0] > 0) == y)
    print({"step": step, "train_loss": loss, "train_accuracy": accuracy})
    keep("train", "loss", float(loss), "", step, printed=f"{float(loss):.6f}"); keep("train", "accuracy", float(accuracy), "", step, printed=f"{float(accuracy):.6f}")
    updates, state = opt.update(grads, state); model = eqx.apply_updates(model, updates)
