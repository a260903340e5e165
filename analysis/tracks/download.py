"""Fetch a known table whole or not at all, and refuse one that is not the table meant."""

import contextlib
import errno
from pathlib import Path

import pooch

from analysis.tracks.datasets import KNOWN, fingerprint, folder, locate
from analysis.tracks.reading import read_tracks
from analysis.tracks.schema import BadInput


def download(name: str, address: str | None = None, progress: bool = True) -> Path:
    """Fetch a known table into the folder of `datasets.folder` and return its file.

    The file gets its name only once its content has the fingerprint of the table meant.
    A table that is there already is not fetched again; `address` is that of a mirror.
    Raises BadInput where the name is not known, the table has no public address, the line broke,
    the disk is full, or the content is another.
    """
    if name not in KNOWN:
        raise BadInput(f"There is no known table {name!r}: choose one of {', '.join(KNOWN)}.")
    dataset = KNOWN[name]
    try:
        return locate(name)
    except BadInput:
        if not (address or dataset.address):
            raise
    target = folder() / f"{name}.csv"
    part = target.with_name(target.name + ".part")
    try:
        _fetch(address or dataset.address, part, progress)
        meant = False
        with contextlib.suppress(BadInput):
            meant = fingerprint(read_tracks(part)) == dataset.fingerprint
        if not meant:
            raise BadInput(
                f"What came is not the table {dataset.name!r} (its fingerprint is not "
                f"{dataset.fingerprint[:12]}…); it was removed: try later or fetch it by hand."
            )
        part.replace(target)
    finally:
        with contextlib.suppress(OSError):  # of a folder that cannot be written
            part.unlink(missing_ok=True)
    return target


def _fetch(address: str, part: Path, progress: bool) -> None:
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        pooch.HTTPDownloader(progressbar=progress, timeout=60)(address, part, None)
    except OSError as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status:
            said = f"{address} answers with status {status}: try later or fetch it by hand."
        elif error.errno == errno.ENOSPC:
            said = f"The disk that holds {part.parent} is full: make room and run it again."
        elif error.filename:
            why = error.strerror
            said = f"{part} cannot be written ({why}): name another folder in VALENCE_DATA."
        else:
            said = (
                f"{address} cannot be reached ({type(error).__name__}), or the line to it broke: "
                "see whether the network works, or fetch the table by hand."
            )
        raise BadInput(said) from error
