"""Bring finished files to where readers look for them: all of them or none."""

import shutil
import signal
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path


def publish(files: Iterable[Path], folder: Path) -> list[Path]:
    """Move finished files into a folder.

    They are copied beside their targets first, so that what follows is renaming only; Ctrl-C waits
    for its end, and where a renaming fails, the files of before come back.

    Parameters
    ----------
    files : iterable of Path
    folder : Path
        Made where it is missing.

    Returns
    -------
    list of Path
        The published files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    targets = [folder / file.name for file in files]
    fresh = [_beside(target, "new") for target in targets]
    try:
        for file, copy in zip(files, fresh, strict=True):
            shutil.copyfile(file, copy)
        with _uninterrupted():
            _replace(fresh, targets)
    finally:
        for copy in fresh:
            copy.unlink(missing_ok=True)
    return targets


def _replace(fresh: list[Path], targets: list[Path]) -> None:
    """Put fresh files in the place of old ones; bring the old ones back where that fails."""
    kept = {target: _keep(target) for target in targets}
    try:
        for copy, target in zip(fresh, targets, strict=True):
            copy.replace(target)
    except OSError:
        for target, old in kept.items():
            old.replace(target) if old else target.unlink(missing_ok=True)
        raise
    for old in kept.values():
        if old:
            old.unlink()


def _keep(target: Path) -> Path | None:
    """Copy a file that is about to be replaced."""
    if not target.exists():
        return None
    return shutil.copyfile(target, _beside(target, "old"))


def _beside(target: Path, word: str) -> Path:
    """Return a hidden name beside a file."""
    return target.with_name(f".{target.name}.{word}")


@contextmanager
def _uninterrupted():
    """Hold Ctrl-C back for the few renamings."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
