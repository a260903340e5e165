"""Read a file's bytes and text: regular files only, never more than a machine can hold.

A queue, a device or a socket may never end, and a small packed file may unpack into more than the
memory; both are refused before they are read.
"""

import codecs
import gzip
import io
import logging
import re
import stat
import zlib
from pathlib import Path

from analysis.tracks.schema import BadInput

log = logging.getLogger("analysis")

# 1.2 million tracks with all scores take 0.35 GB
MOST_BYTES = 1_000_000_000
# text packs to a tenth or a fifth of its size; what packs a hundredfold is no table
MOST_EXPANSION, FREELY_EXPANDED = 100, 64_000_000
CHUNK = 1 << 20

# a mark at the start of a file says how its characters are stored
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# what the first bytes of a file without text say that it is
KINDS = (
    (rb"\x1f\x8b", "packed with gzip twice: unpack it once"),
    (rb"BZh\d1AY&SY", "packed with bzip2: unpack it"),
    (rb"\xfd7zXZ\0", "packed with xz: unpack it"),
    (rb"\x28\xb5\x2f\xfd", "packed with Zstandard: unpack it"),
    (rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07", "an archive: unpack it"),
    (rb"PK(\x03\x04|\x05\x06)", "a zip archive or an Excel workbook: unpack it, or save the sheet "
                                "as CSV"),
    (rb"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind: save the sheet as CSV"),
    (rb"SQLite format 3\0", "an SQLite database: export its table as CSV"),
    (rb"ARROW1|FEA1", "a Feather file: save the table as Parquet or CSV"),
    (rb"\x89HDF\r\n", "an HDF5 file: save the table as Parquet or CSV"),
    (rb"\x80[\x02-\x05]", "a Python pickle, which is never opened, for it can run code: save the "
                          "table as Parquet or CSV"),
)  # fmt: skip
# pages and pointers are text, and come where a table was meant to be fetched
PAGE = re.compile(r"\s*<(!doctype|html|\?xml)\b", re.IGNORECASE)
POINTER = "version https://git-lfs"


def status(path: Path):
    """Return what the machine says of a path.

    Raises
    ------
    BadInput
        There is nothing, or the path cannot be one.
    """
    try:
        return path.stat()
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}: check the path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        name = str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}…"
        raise BadInput(f"{name} cannot be read ({reason}): check the path.") from error


def read_content(path: Path) -> bytes:
    """Return a file's bytes, unpacked where they are packed with gzip.

    Raises
    ------
    BadInput
        The path is no regular file, cannot be read, or holds more than `MOST_BYTES`, packed or
        unpacked.
    """
    about = status(path)
    mode = about.st_mode
    if stat.S_ISDIR(mode):
        raise BadInput(f"{path} is a folder: name the file in it that holds the table.")
    if not stat.S_ISREG(mode):
        raise BadInput(f"{path} is no regular file but a pipe, a device or a socket: save what it "
                       "gives as a file and name that.")  # fmt: skip
    if about.st_size > MOST_BYTES:
        raise _too_large(path)
    try:
        with path.open("rb") as file:
            if file.read(2) != b"\x1f\x8b":
                file.seek(0)
                return _read_up_to(file, MOST_BYTES, path)
            file.seek(0)
            most = max(MOST_EXPANSION * about.st_size, FREELY_EXPANDED)
            with gzip.open(file) as unpacked:
                return _read_up_to(unpacked, min(most, MOST_BYTES), path)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadInput(f"{path} cannot be read ({reason}): fetch or export it again.") from error


def _read_up_to(stream, most: int, path: Path) -> bytes:
    """Return all that a stream holds, and refuse it as soon as that is too much."""
    content = io.BytesIO()
    while chunk := stream.read(CHUNK):
        content.write(chunk)
        if content.tell() > most and most < MOST_BYTES:
            raise BadInput(f"{path} unpacks to more than {MOST_EXPANSION} times its size, as no "
                           "table does: look at what is in it.")  # fmt: skip
        if content.tell() > most:
            raise _too_large(path)
    return content.getvalue()


def _too_large(path: Path) -> BadInput:
    """Return the sentence for what is more than a machine can be asked to hold."""
    return BadInput(f"{path} holds more than {MOST_BYTES / 1e9:.0f} GB: give a part of it.")


def read_text(path: Path) -> str:
    """Return a file's text; `read_content` and `to_text` say what is refused."""
    return to_text(read_content(path), path)


def to_text(content: bytes, path: Path) -> str:
    """Return text from UTF-8 or UTF-16; bytes that are not UTF-8 are read as Windows-1252.

    Files that mix the two, as joined exports do, so keep every character.

    Raises
    ------
    BadInput
        The bytes are no text, or the text is a web page or a pointer to a file.
    """
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    if encoding != "utf-16":
        _refuse_binary(content, path)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise BadInput(f"{path} is broken UTF-16 text: save it as UTF-8.") from error
        line = content.count(b"\n", 0, error.start) + 1
        log.warning("%s is not UTF-8 in line %d; read there as Windows-1252.", path, line)
        text = content.decode(encoding, errors="windows_1252")
    if PAGE.match(text):
        raise BadInput(f"{path} is a web page, no table: fetch the file that it shows.")
    if text.startswith(POINTER):
        raise BadInput(f"{path} is a pointer of Git LFS, no table: run `git lfs pull` or fetch it.")
    return text


def _refuse_binary(content: bytes, path: Path) -> None:
    """Refuse what is no text, by its first bytes or by the control characters in it."""
    for start, what in KINDS:
        if re.match(start, content):
            raise BadInput(f"{path} is {what}.")
    sample = content[:100_000]
    zeros = sorted((sample[::2].count(0), sample[1::2].count(0)))
    if zeros[0] < 0.05 * len(sample) and zeros[1] > 0.4 * len(sample):
        raise BadInput(f"{path} is UTF-16 text without a mark that says so: save it as UTF-8.")
    if len(re.findall(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", sample)) > max(20, len(sample) // 50):
        raise BadInput(f"{path} is a binary file, no text: give CSV, TSV, JSON or Parquet.")
    zero = content.find(b"\0")
    if zero >= 0:
        line = content.count(b"\n", 0, zero) + 1
        raise BadInput(f"{path} has a NUL character in line {line:,}, as no text has: remove it.")


def _replace_invalid(error: UnicodeError) -> tuple[str, int]:
    """Decode one run of bytes that is not UTF-8 as Windows-1252, the rest of it as Latin-1."""
    run = error.object[error.start : error.end]
    try:
        return run.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return run.decode("latin-1"), error.end


codecs.register_error("windows_1252", _replace_invalid)
