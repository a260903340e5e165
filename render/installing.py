"""Bring Quarto into the environment, which only `make quarto` asks for.

The package `quarto-cli` is small, and locked; while it is built, it downloads the program from the
project's releases.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from render.choosing import find_quarto

LOCK = Path(__file__).resolve().parent.parent / "requirements-quarto.lock"
INSTALL_WITHIN = 600  # seconds for a download of some 130 MB over a slow line
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
LOCKED = ("--require-hashes", "--no-build-isolation")  # else pip fetches a builder of its own


def main() -> int:
    """Install Quarto where there is none; return 2 where that failed."""
    if found := find_quarto():
        print(found.reason)
        return 0
    print("Installing Quarto ...", flush=True)
    problem = install()
    if problem or not (found := find_quarto()):
        why = problem or "its program does not run"
        print(f"Quarto could not be installed: {why}. The report does not need it.")
        return 2
    print(found.reason)
    return 0


def install() -> str:
    """Install what the lock names, one after the other; return what went wrong, or nothing."""
    lines = LOCK.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    streams = {"capture_output": True, "text": True, "env": {**os.environ, "PIP_NO_INPUT": "1"}}
    with tempfile.TemporaryDirectory(prefix="quarto-") as folder:
        file = Path(folder) / "requirement.txt"
        command = [sys.executable, *PIP, *LOCKED, "-r", str(file)]
        for line in (line for line in lines if not line.startswith("#")):
            file.write_text(line, encoding="utf-8")
            try:
                done = subprocess.run(command, timeout=INSTALL_WITHIN, check=False, **streams)
            except subprocess.TimeoutExpired:
                return f"the download took more than {INSTALL_WITHIN // 60} minutes"
            if "HASHES" in done.stderr:
                return "a package is not the one that the lock names"
            if done.returncode:
                return "pip failed"
    return ""


if __name__ == "__main__":
    sys.exit(main())
