"""Runs every benchmark of this folder, one after the other, each in a process of its own."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def main() -> int:
    """Return 1 when any of them failed."""
    names = sorted(p.stem for p in HERE.iterdir() if not p.name.startswith(("_", ".")))
    failed = []
    for name in names:
        print(f"\n=== python -m benchmarks.{name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent).returncode:
            failed.append(name)
    if failed:
        print("failed:", ", ".join(failed))
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
