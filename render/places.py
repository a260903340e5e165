"""Whether a run can write what it must write, before it works for minutes in vain."""

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from render import RenderError
from render.settings import Settings

# Bytes: a run's pictures and results, both formats, and the copies that are put in place.
LEAST = 200_000_000


def check_places(settings: Settings) -> None:
    """Write and remove a small file in every folder that a run writes into.

    Raises
    ------
    RenderError
        Where one cannot be written, or its disk has less than 200 MB left; exit code 2.
    """
    own = [settings.root / name for name in (settings.output_folder, ".cache")]
    for place in (*own, *_temporary()):
        _check_place(place)


def _temporary() -> Iterable[Path]:
    """Return the folder for temporary files."""
    try:
        return [Path(tempfile.gettempdir())]
    except OSError:
        raise RenderError(
            "There is no folder for temporary files: name one that can be written, as in "
            "TMPDIR=/path/to/folder.", 2
        ) from None  # fmt: skip


def _check_place(place: Path) -> None:
    """Check one folder, or the one in which it will be made."""
    there = next(one for one in (place, *place.absolute().parents) if os.path.lexists(one))
    try:
        with tempfile.TemporaryFile(dir=there) as probe:
            probe.write(b"0" * 100_000)
            probe.flush()
        free = shutil.disk_usage(there).free
    except OSError as error:
        raise RenderError(
            f"{place} cannot be written ({error.strerror}): give leave to write there, or run in a "
            "copy of this folder.", 2
        ) from None  # fmt: skip
    if free < LEAST:
        raise RenderError(
            f"The disk of {place} has {free / 1e6:.0f} MB left, and a report needs "
            f"{LEAST / 1e6:.0f} MB: make room, or name another folder for temporary files "
            "(TMPDIR).", 2
        )  # fmt: skip
