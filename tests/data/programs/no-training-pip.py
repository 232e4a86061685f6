import os, subprocess, sys
for arguments in (["show", "numpy", "tqdm"], ["check"], ["install", "--no-deps", "six"], ["freeze", "--exclude-editable"], ["--version"]):
    print(subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, env=os.environ | {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}).stdout.replace(sys.prefix, "/venv")[:4000])
