"""Where the time of a cold report goes, for one commit or for several beside each other.

    python -m benchmarks.steps [COMMIT ...]

Every commit, HEAD if none is named, is checked out into a folder of its own, and its report is
rendered there by Pandoc and Typst from nothing stored, one after the other. Printed are the machine
and a table in Markdown: seconds of every cell that takes two or more, of all others, of the whole,
the peak of memory over all processes (pages that they share are divided among them), and for each
further commit the ratio to the first.
"""

import argparse
import contextlib
import os
import platform
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pandas as pd
import psutil

from analysis.sources import ROOT

LEAST = 2.0  # seconds from which on a cell has a row of its own
OTHERS, WHOLE, PEAK = "all other cells", "whole report", "peak of memory, GB"


def describe_machine() -> str:
    """Return what computes here, and how busy it is."""
    cores, memory = psutil.cpu_count(), psutil.virtual_memory().total / 1e9
    name = platform.processor() or platform.machine()
    if (about := Path("/proc/cpuinfo")).exists():
        name = re.search(r"model name\s*: (.*)", about.read_text())[1]
    busy = f", {os.getloadavg()[0]:.1f} processes wanting them" if hasattr(os, "getloadavg") else ""
    return f"{name}, {cores} cores{busy}, {memory:.0f} GB, Python {platform.python_version()}"


def read_seconds(text: str) -> dict[str, float]:
    """Return the seconds of every cell from what the renderer prints, and of the whole."""
    found = {}
    for part in re.split(r"\[ *\d+/\d+\] ", text)[1:]:
        if seconds := re.findall(r"(\d+\.\d) s$", part, re.MULTILINE):
            found[part.split(" ", 1)[0]] = float(seconds[-1])
    return found | {WHOLE: float(re.search(r"Done in (\d+) s", text)[1])}


def render_cold(commit: str) -> dict[str, float]:
    """Render the report of a commit from nothing stored; return its seconds and its peak."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "report"
        git = ["git", "-C", ROOT, "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", place, commit], check=True)
        try:
            (place / ".venv").symlink_to(sys.prefix)
            python = place / ".venv" / Path(sys.executable).relative_to(sys.prefix)
            command = [python, "-m", "render", "--renderer", "pandoc", "-P", "budget:full"]
            run = subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True)
            peak, ended = [0.0], threading.Event()
            watch = threading.Thread(target=_watch, args=(run.pid, peak, ended))
            watch.start()
            lines = list(run.stdout)
            ended.set()
            watch.join()
        finally:
            subprocess.run([*git, "remove", "--force", place], check=True)
    if run.wait():
        sys.exit(f"The report of {commit} failed: {''.join(lines)[-2000:]}")
    return read_seconds("".join(lines)) | {PEAK: peak[0]}


def _watch(number: int, peak: list[float], ended: threading.Event) -> None:
    """Keep the most memory that a process and all that it started hold together, in GB."""
    while not ended.wait(0.5):
        held, process = 0, psutil.Process(number)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):  # it may just have ended
                about = one.memory_full_info()
                held += getattr(about, "pss", about.uss)  # shared pages once, where that is told
        peak[0] = max(peak[0], held / 1e9)


def tabulate(found: dict[str, dict[str, float]]) -> pd.DataFrame:
    """Return a row a step and a column a commit, in seconds, and the ratios to the first commit."""
    table = pd.DataFrame(found)
    cells = table.drop(index=[WHOLE, PEAK])
    slow = cells.max(axis=1) >= LEAST
    rest = cells[~slow].sum().rename(OTHERS).to_frame().T
    shown = pd.concat([cells[slow], rest, table.loc[[WHOLE, PEAK]]])
    first, *others = shown
    ratios = {f"{one} / {first}": (shown[one] / shown[first]).round(2) for one in others}
    return shown.assign(**ratios).rename_axis("step")


def main() -> None:
    """Render each commit and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commits", nargs="*", default=["HEAD"], metavar="COMMIT")
    print(f"{describe_machine()}\n", flush=True)
    found = {commit: render_cold(commit) for commit in parser.parse_args().commits}
    print(tabulate(found).to_markdown(floatfmt=".2f"))


if __name__ == "__main__":
    main()
