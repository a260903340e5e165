"""Fetch a known table whole or not at all, and refuse one that is not the table meant."""

import errno
import logging
from pathlib import Path

import pooch

from analysis.tracks.datasets import KNOWN, Dataset, fingerprint, folder, locate
from analysis.tracks.reading import read_tracks
from analysis.tracks.schema import BadInput

log = logging.getLogger("analysis")


def download(name: str, address: str | None = None, progress: bool = True) -> Path:
    """Fetch a known table into the folder of `datasets.folder`.

    What has come is kept when the line breaks, and the next call goes on from there.
    The file gets its name only once its content has the fingerprint of the table meant.

    Parameters
    ----------
    name : str
        Name of a known table.
    address : str, optional
        Where to fetch it, if not from the address on record (a mirror).
    progress : bool
        Whether to show progress on the terminal.

    Returns
    -------
    Path
        The file; a table that is there already is not fetched again.

    Raises
    ------
    BadInput
        The name is not known, the table has no public address, the line broke, the disk is full,
        or the content is another.
    """
    dataset = _look_up(name)
    try:
        return locate(name)
    except BadInput:
        if not (address or dataset.address):
            raise
    target = folder() / f"{name}.csv"
    part = target.with_name(target.name + ".part")
    resumed = part.exists()
    _fetch(address or dataset.address, part, progress)
    if resumed and not _is_meant(part, dataset):
        # the server may have sent everything again; start from nothing, once
        part.unlink()
        _fetch(address or dataset.address, part, progress)
    _refuse_other(part, dataset)
    part.replace(target)
    return target


def _look_up(name: str) -> Dataset:
    """Return a known data set."""
    if name not in KNOWN:
        raise BadInput(f"There is no known table {name!r}: choose one of {', '.join(KNOWN)}.")
    return KNOWN[name]


def _fetch(address: str, part: Path, progress: bool) -> None:
    """Append what a server has, from where the part on disk ends."""
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("ab")
    except OSError as error:
        raise BadInput(f"{part} cannot be written ({error.strerror}): name another folder in "
                       "VALENCE_DATA.") from error  # fmt: skip
    try:
        with file:
            # packed transfer would make the count of bytes on disk meaningless to the server
            headers = {"Accept-Encoding": "identity", "Range": f"bytes={file.tell()}-"}
            fetch = pooch.HTTPDownloader(progressbar=progress, headers=headers, timeout=60)
            fetch(address, file, None)
    except OSError as error:
        raise _explain(error, address, part) from error


def _explain(error: OSError, address: str, part: Path) -> BadInput:
    """Return the sentence for a failed transfer; what came is kept unless it is in the way."""
    if error.errno == errno.ENOSPC:
        part.unlink(missing_ok=True)
        return BadInput(f"The disk that holds {part.parent} is full: make room and run it again.")
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 416:  # nothing is left to send: the part is whole, or not of this table
        part.unlink(missing_ok=True)
        return BadInput(f"What lay at {part} did not fit {address}; it was removed: run it again.")
    if status:
        return BadInput(f"{address} answers with status {status}: try later or fetch it by hand.")
    size = part.stat().st_size if part.exists() else 0
    if not size:
        part.unlink(missing_ok=True)
        return BadInput(
            f"{address} cannot be reached ({type(error).__name__}): see whether the network works, "
            "or fetch the table by hand."
        )
    return BadInput(
        f"The line to {address} broke after {size:,} bytes ({type(error).__name__}): "
        "run it again, it goes on from there."
    )


def _is_meant(part: Path, dataset: Dataset) -> bool:
    """Tell whether a file holds the table meant."""
    try:
        return fingerprint(read_tracks(part)) == dataset.fingerprint
    except BadInput:
        return False


def _refuse_other(part: Path, dataset: Dataset) -> None:
    """Remove and refuse a file that does not hold the table meant."""
    if not _is_meant(part, dataset):
        part.unlink()
        raise BadInput(
            f"What came is not the table {dataset.name!r} (its fingerprint is not "
            f"{dataset.fingerprint[:12]}…); it was removed: try later or fetch it by hand."
        )
