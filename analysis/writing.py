"""Write a text file whole or not at all, where the user said and with the rights it had."""

import os
import secrets
import stat
from pathlib import Path

from analysis.tracks.schema import BadInput


def refuse_target(path: Path) -> None:
    """Refuse, before any work is done, to write where no file can be written.

    Symbolic links are followed.

    Raises
    ------
    BadInput
        The path leads to a folder, a device, a pipe or a socket, to a file that is read-only, or
        into a folder that is not there or takes no files.
    """
    try:
        target = _follow(path)
        folder, present = target.parent.stat(), _present(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadInput(f"{_brief(path)} cannot be written ({reason}): name a file in a folder that "
                       "exists.") from error  # fmt: skip
    if not stat.S_ISDIR(folder.st_mode) or (present and stat.S_ISDIR(present.st_mode)):
        raise BadInput(f"{path} cannot be written: name a file in a folder that exists.")
    if present and not stat.S_ISREG(present.st_mode):
        raise BadInput(f"{path} is no regular file but a device, a pipe or a socket: name another "
                       "file with --out.")  # fmt: skip
    # the superuser may write to what is marked as read-only, but was not asked to
    if present and not (present.st_mode & 0o222 and os.access(target, os.W_OK)):
        raise BadInput(f"{path} is read-only: name another file with --out.")
    try:  # nothing but an attempt tells whether a folder takes files
        part = _beside(target)
        part.touch(exist_ok=False)
        part.unlink()
    except OSError as error:
        raise BadInput(f"{path} cannot be written, since its folder takes no files "
                       f"({error.strerror}): name another with --out.") from error  # fmt: skip


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all: a reader never sees a part of it.

    Where the path is a symbolic link, the file that it leads to is replaced. A file that was there
    keeps its mode, a new one gets that which the umask leaves. The folder is made if need be.

    Raises
    ------
    BadInput
        The file cannot be written.
    """
    try:
        target = _follow(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        refuse_target(target)
        part = _beside(target)
        try:
            with part.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
            if present := _present(target):
                part.chmod(stat.S_IMODE(present.st_mode))
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except BadInput:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadInput(
            f"{_brief(path)} cannot be written ({reason}): name another file."
        ) from error


def _follow(path: Path) -> Path:
    """Return the file that a path leads to; a link may lead to one that is not there yet."""
    return Path(os.path.realpath(path))


def _beside(target: Path) -> Path:
    """Return a new name in the same folder, where it can be renamed; a short one."""
    return target.with_name(f".{secrets.token_hex(8)}.part")


def _present(path: Path) -> os.stat_result | None:
    """Return what the machine says of a file, None where there is none yet."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _brief(path: Path) -> str:
    """Return a path, cut where it is longer than any sentence."""
    return str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}…"
