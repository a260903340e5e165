"""Run by Quarto before it renders: where its Python lacks the packages, say what to do.

Whatever Python Quarto found runs this, so nothing is imported that is not in all of them.
"""

import importlib.util
import sys
from pathlib import Path

NEEDED = ("nbclient", "papermill", "statsmodels")
PYTHONS = (Path(".venv", "bin", "python"), Path(".venv", "Scripts", "python.exe"))


def main() -> int:
    """Return 0 where this Python can make the report; else 1, after a sentence."""
    if all(importlib.util.find_spec(name) for name in NEEDED):
        return 0
    made = [Path.cwd() / python for python in PYTHONS if python.exists()]
    what = f"set QUARTO_PYTHON to {made[0]}" if made else "run make report once, which makes .venv"
    print(f"{sys.executable} lacks the packages of this report: {what}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
