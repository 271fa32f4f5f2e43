"""Every quick measurement: the planning engine, then the pages on the demo company."""

import subprocess
import sys

for part in ("engine", "pages"):
    subprocess.run([sys.executable, "-m", f"benchmarks.{part}", *sys.argv[1:]], check=True)
