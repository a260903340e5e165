"""Bring finished files to where readers look for them: all of them or none."""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

from render import RenderError

try:
    import fcntl
except ImportError:  # Windows: renaming is all the safety there is
    fcntl = None

PREFIX = ".publishing-"
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def publish(files: Iterable[Path], folder: Path) -> list[Path]:
    """Move finished files into a folder.

    They are copied beside their targets first, so that what follows is renaming only; signals wait
    for its end, and where a renaming fails, the files of before come back. Of two runs that publish
    at once one waits, so that the files in the folder are of one run.

    Parameters
    ----------
    files : iterable of Path
    folder : Path
        Made where it is missing.

    Returns
    -------
    list of Path
        The published files.

    Raises
    ------
    RenderError
        Where the files cannot be written; exit code 2.
    """
    files = list(files)
    targets = [folder / file.name for file in files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder), tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder) as beside:
            fresh = [Path(beside, file.name) for file in files]
            for file, copy in zip(files, fresh, strict=True):
                shutil.copyfile(file, copy)
            with _uninterrupted():
                _replace(fresh, targets)
    except OSError as error:
        raise RenderError(
            f"The report cannot be written into {folder} ({error.strerror or error}); what is "
            "there is of the last good run. Make room or leave to write, and run again.", 2
        ) from error  # fmt: skip
    return targets


def _replace(fresh: list[Path], targets: list[Path]) -> None:
    """Put fresh files in the place of old ones; bring the old ones back where that fails."""
    kept = {target: _keep(target, copy) for copy, target in zip(fresh, targets, strict=True)}
    try:
        for copy, target in zip(fresh, targets, strict=True):
            copy.replace(target)
    except OSError:
        for target, old in kept.items():
            old.replace(target) if old else target.unlink(missing_ok=True)
        raise


def _keep(target: Path, copy: Path) -> Path | None:
    """Give a file that is about to be replaced a second name, or copy it where links cannot be."""
    if not target.exists():
        return None
    old = copy.with_name(f"{copy.name}.old")
    try:
        os.link(target, old)
    except OSError:
        shutil.copyfile(target, old)
    return old


@contextmanager
def _alone(folder: Path):
    """Wait until nobody else publishes into a folder, and remove what a killed run left there.

    Where folders cannot be locked, as on some network disks, names of our own must do.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
            for left in folder.glob(f"{PREFIX}*"):
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(handle)


@contextmanager
def _uninterrupted():
    """Hold signals back for the few renamings."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
