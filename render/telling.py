"""What long cells do, told while they run: the analysis writes lines, the renderer shows them."""

import os
import re
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

# The analysis writes its lines to the file that this variable names, under either renderer.
VARIABLE = "REPORT_PROGRESS"
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # colours, in what programs write
EVERY = 0.1  # seconds between two looks at the file


@contextmanager
def show_progress(say):
    """Show every line that the analysis writes about its progress while the body runs.

    Gives the environment variable for whatever runs the cells; `say`, which takes what `print`
    takes, is called from a thread of its own.
    """
    with tempfile.TemporaryDirectory(prefix="progress-", ignore_cleanup_errors=True) as folder:
        path, ended = Path(folder) / "lines", threading.Event()
        path.touch()
        watcher = threading.Thread(target=_watch, args=(path, ended, say), daemon=True)
        watcher.start()
        try:
            yield {VARIABLE: os.fspath(path)}
        finally:
            ended.set()
            watcher.join()


def _watch(path: Path, ended: threading.Event, say) -> None:
    rest = ""
    with path.open(encoding="utf-8") as file:
        while not ended.wait(EVERY):
            *lines, rest = (rest + file.read()).split("\n")
            for line in lines:
                say(f"\n      {line} ...", end=" ", flush=True)
            say("", end="")  # time has passed, which a bar shows
