"""One attempt to bring Quarto into the environment; `make quarto` makes another.

The package `quarto-cli` is small: while it installs, it downloads the program from the project's
releases.
Where that address is closed, the attempt fails in seconds and is not repeated.
"""

import subprocess
import sys
import urllib.error
import urllib.request

from render.choosing import NOTE, has_quarto

PACKAGE = "quarto-cli==1.10.19"
RELEASES = "https://github.com/quarto-dev/quarto-cli/releases"
ANSWER_WITHIN = 8  # seconds for the address to answer; a line that hangs costs no more
INSTALL_WITHIN = 600  # seconds for a download of some 130 MB over a slow line


def main() -> int:
    """Install `quarto-cli` unless that failed before; `--again` forgets the failure.

    Returns
    -------
    int
        1 only where the reader asked for the attempt and it failed.
    """
    is_asked = "--again" in sys.argv
    if has_quarto() or (NOTE.exists() and not is_asked):
        return 0
    problem = install()
    if problem:
        NOTE.write_text(problem, encoding="utf-8")
        if is_asked:  # else the renderer's own line, which follows, says why it is not Quarto
            print(f"Quarto could not be installed: {problem}. The report does not need it.")
        return int(is_asked)
    NOTE.unlink(missing_ok=True)
    print("Quarto is installed.")
    return 0


def install() -> str:
    """Install the package; return what went wrong, or nothing."""
    print("Installing Quarto (once; make quarto tries again) ...", flush=True)
    if problem := _unreachable():
        return problem
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", PACKAGE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_WITHIN)
    except subprocess.TimeoutExpired:
        return f"the download took more than {INSTALL_WITHIN // 60} minutes"
    return "" if done.returncode == 0 and has_quarto() else "its installation failed"


def _unreachable() -> str:
    """Say why the address of Quarto's releases does not answer, or nothing."""
    try:
        with urllib.request.urlopen(RELEASES, timeout=ANSWER_WITHIN):
            return ""
    except (urllib.error.URLError, OSError):
        return "the address of its releases does not answer"


if __name__ == "__main__":
    sys.exit(main())
