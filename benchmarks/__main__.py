"""``make bench``: every benchmark in turn, or those named. Each prints its ratio and exits 1 below its bar."""

import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent


def known() -> list[str]:
    """What says how it is run. What the others need for themselves does not, and may never end."""
    files = sorted(FOLDER.glob("[a-z]*.py"))
    return [file.stem for file in files if f"python -m benchmarks.{file.stem}" in file.read_text()]


def main(wanted: list[str]) -> int:
    strangers = sorted(set(wanted) - set(known()))
    if strangers:
        print(f"No benchmark is called {', '.join(strangers)}. There are: {', '.join(known())}.", file=sys.stderr)
        return 2
    below = []
    for name in wanted or known():
        print(f"== {name}", flush=True)
        started = time.monotonic()
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        if subprocess.run(command, cwd=FOLDER.parent, check=False).returncode:
            below.append(name)
        print(f"== {name}: {time.monotonic() - started:.0f} s\n", flush=True)
    if below:
        print(f"Below the bar: {', '.join(below)}.", file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
