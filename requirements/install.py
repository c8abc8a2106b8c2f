"""Make the virtualenv and install one list of requirements into it: ``python3.11 requirements/install.py local``.

Needs nothing but Python. A list that is installed already costs a few milliseconds; an earlier run that was
interrupted is mended; two at once wait for each other.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)


def main(name: str) -> int:
    wanted = ROOT / "requirements" / f"{name}.txt"
    environment = ROOT / ".venv"
    if sys.version_info < OLDEST:
        return refuse(
            f"Mainstay needs Python {'.'.join(map(str, OLDEST))} or newer; this is {sys.version.split()[0]}."
        )
    if is_installed(environment, wanted):
        return 0
    with (ROOT / ".install.lock").open("w") as lock:
        wait_for(lock)
        if is_installed(environment, wanted):
            return 0
        started = time.monotonic()
        if not works(environment) and not make(environment):
            return 1
        if not install(environment, wanted):
            return 1
        stamp_of(environment, wanted).write_text(wanted.read_text())
        print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


def refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1


def wait_for(lock: IO[str]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another terminal is installing; waiting for it.", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def stamp_of(environment: Path, wanted: Path) -> Path:
    return environment / f".installed-{wanted.stem}"


def is_installed(environment: Path, wanted: Path) -> bool:
    """Whether exactly this list was installed to the end, and the virtualenv still runs."""
    stamp = stamp_of(environment, wanted)
    return stamp.exists() and stamp.read_text() == wanted.read_text() and works(environment)


def works(environment: Path) -> bool:
    """Whether the virtualenv runs here: not half made, not moved, its Python not removed since."""
    python = environment / "bin" / "python"
    if not (environment / "bin" / "pip").exists() or not python.exists():
        return False
    question = "import pip, sys; print(sys.prefix)"
    answer = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and Path(answer.stdout.strip()).resolve() == environment.resolve()


def make(environment: Path) -> bool:
    print(f"Making the virtualenv in {environment.name} with Python {sys.version.split()[0]}.", flush=True)
    if environment.exists():
        print("  (what an earlier, unfinished run left there is replaced)", flush=True)
        shutil.rmtree(environment)
    run = subprocess.run([sys.executable, "-m", "venv", environment], capture_output=True, text=True, check=False)
    if run.returncode:
        refuse(
            "This Python cannot make virtualenvs. On Debian and Ubuntu: apt-get install python3-venv\n"
            + (run.stdout + run.stderr).strip()
        )
    return run.returncode == 0


def install(environment: Path, wanted: Path) -> bool:
    """Install with hashes, so that nothing else than what was tested comes in."""
    total = len(re.findall(r"^\S+==", wanted.read_text(), re.MULTILINE))
    command = [str(environment / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--progress-bar", "off", "-r", str(wanted)]
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            lines.append(line)
            show(line, sum(text.startswith(("Collecting ", "Requirement already")) for text in lines), total)
    if sys.stdout.isatty():
        print("\r\033[K", end="")
    if pip.returncode:
        refuse("pip could not install the requirements. Its last lines:\n" + "".join(lines[-12:]))
    return pip.returncode == 0


def show(line: str, count: int, total: int) -> None:
    """Say how far pip is: one line that changes on a terminal, every tenth package elsewhere."""
    if line.startswith("Installing collected packages"):
        text = f"Unpacking {total} packages"
    elif line.startswith("Collecting "):
        text = f"Fetching package {count} of {total}: {line.split()[1].split('==')[0]}"
    else:
        return
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="", flush=True)
    elif count % 10 == 1 or text.startswith("Unpacking"):
        print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(refuse("\nInterrupted. Start again; it goes on where this stopped."))
