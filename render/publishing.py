"""Bring finished files to where readers look for them: all of them or none."""

import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path

from render import RenderError

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def publish(files: list[Path], folder: Path) -> list[Path]:
    """Move finished files into a folder, which is made if need be; return where they are.

    They are copied beside their targets first, so that what follows is renaming only, and signals
    wait for its end. Where they cannot be written, a RenderError (code 2) says so.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".publishing-", dir=folder) as beside:
            fresh = [Path(shutil.copyfile(file, Path(beside, file.name))) for file in files]
            # the PDF first: where a viewer on Windows holds it fast, the page must stay too
            fresh.sort(key=lambda copy: copy.suffix != ".pdf")
            with _uninterrupted():
                for copy in fresh:
                    copy.replace(folder / copy.name)
    except OSError as error:
        raise RenderError(
            f"The report cannot be written into {folder} ({error.strerror or error}); what is "
            "there is of the last good run. Make room or leave to write, and run again.", 2
        ) from error  # fmt: skip
    return [folder / file.name for file in files]


@contextmanager
def _uninterrupted():
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
