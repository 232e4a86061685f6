import sys, time
from rich.progress import track
from tqdm import tqdm
for part in ("train", "val", "test"):
    for i in tqdm(range(30), desc=f"Tokenizing {part}", mininterval=0): pass
with tqdm(total=3, desc="Loading checkpoint shards", mininterval=0) as bar:
    for shard in range(3): bar.update(); bar.set_postfix_str(f"shard={shard}, size=4.9GB")
for i in tqdm(range(4), desc="epoch", mininterval=0): tqdm.write(f"epoch {i}: cached {i * 100} files")
for _ in track(range(5), description="Resizing images"): pass
for i in range(0, 101, 20): sys.stdout.write(f"\rExtracting features: {i}% [{i}/100] eta 0:0{5 - i // 20}"); sys.stdout.flush()
