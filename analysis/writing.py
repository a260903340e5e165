"""Write a text file whole or not at all."""

import os
import tempfile
from pathlib import Path

from analysis.tracks.schema import BadInput


def refuse_target(path: Path) -> None:
    """Refuse, before any work is done, to write where no file can be written.

    Raises `BadInput` where the path leads to a folder, a device, a pipe or a socket, to a file that
    is read-only, or into a folder that is not there or takes no files.
    """
    try:
        target = Path(os.path.realpath(path))
        # a mark of read-only stops the superuser too, who may write there but was not asked to
        fit = not target.exists() or (target.is_file() and target.stat().st_mode & 0o222)
        tempfile.TemporaryFile(dir=target.parent).close()  # only trying tells what a folder takes
    except OSError as error:
        raise _refusal(path, error) from error
    if not fit:
        raise BadInput(f"{path} cannot be written, as it is read-only or no regular file: name "
                       "another.")  # fmt: skip


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all, making its folder, or raise `BadInput`.

    Where the path is a symbolic link, the file that it leads to is replaced.
    """
    try:
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=target.parent) as beside:
            part = Path(beside, "part")
            part.write_text(text, encoding="utf-8", newline="")
            part.replace(target)
    except OSError as error:
        raise _refusal(path, error) from error


def _refusal(path: Path, error: OSError) -> BadInput:
    why = error.strerror
    return BadInput(f"{path} cannot be written ({why}): name a file in a folder that exists.")
