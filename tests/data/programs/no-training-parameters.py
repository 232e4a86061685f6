import argparse, json, logging
p = argparse.ArgumentParser()
for name, value in {"epochs": 90, "lr": 0.1, "momentum": 0.9, "loss": "ce", "label_smoothing": 0.1, "val_split": 0.2, "step_size": 30}.items():
    p.add_argument(f"--{name}", default=value)
a = p.parse_args([])
print(a); print(json.dumps(vars(a), indent=2)); p.print_help()
logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
for k, v in vars(a).items(): logging.info("%s = %s", k, v)
for trial, lr in enumerate((0.1, 0.01, 0.001)): print(f"Trial {trial}: lr={lr}, dropout={0.1 * trial:.1f}, weight_decay=0.0001, hidden=128")
