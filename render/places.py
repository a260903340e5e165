"""Whether a run can write what it must write, before it works for minutes in vain."""

import shutil
import tempfile
from pathlib import Path

from render import RenderError
from render.settings import Settings

# Bytes: a run's pictures and results, both formats, and the copies that are put in place.
LEAST = 200_000_000


def check_places(settings: Settings) -> None:
    """Check every folder that a run writes into, or the one in which it will be made.

    Raises
    ------
    RenderError
        Where one cannot be written, or its disk has less than 200 MB left; exit code 2.
    """
    own = [settings.root / name for name in (settings.output_folder, ".cache")]
    for place in (*own, Path(tempfile.gettempdir())):
        there = next(one for one in (place, *place.absolute().parents) if one.exists())
        try:
            tempfile.TemporaryFile(dir=there).close()
            free = shutil.disk_usage(there).free
        except OSError as error:
            raise RenderError(
                f"{place} cannot be written ({error.strerror}): give leave to write there, or run "
                "in a copy of this folder.", 2
            ) from None  # fmt: skip
        if free < LEAST:
            raise RenderError(
                f"The disk of {place} has {free / 1e6:.0f} MB left, and a report needs "
                f"{LEAST / 1e6:.0f} MB: make room, or name another folder for temporary files "
                "(TMPDIR).", 2
            )  # fmt: skip
