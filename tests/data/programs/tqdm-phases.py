import sys
from tqdm import tqdm
for e, l, a, vl, va in epochs(3):
    for phase, loss in (("train", l), ("val", vl)):
        with tqdm(range(8), desc=f"{phase} {e}", file=sys.stdout, mininterval=0) as bar:
            for i in bar: bar.set_postfix(loss=f"{loss * (2 - i / 7):.4f}")
        keep(phase, "loss", loss, e, printed=f"{loss:.4f}")
