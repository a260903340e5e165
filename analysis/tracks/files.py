"""Read a file's bytes and text: regular files only, never more than a machine can hold."""

import bz2
import codecs
import contextlib
import functools
import gzip
import io
import lzma
import re
import stat
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa

from analysis.tracks.schema import BadInput

# 1.2 million tracks with all scores take 0.35 GB
MOST_BYTES = 1_000_000_000
# text packs to a tenth or a fifth of its size; what packs a hundredfold is no table
MOST_EXPANSION, FREELY_EXPANDED = 100, 64_000_000
CHUNK = 1 << 20
# 1.2 million tracks with the audio analysis take 60 million fields
MOST_FIELDS, MOST_COLUMNS = 200_000_000, 10_000
# of a folder of parts, the fields that are studied at once: 1.2 million tracks have 24 million
MOST_STUDIED = 30_000_000

# a mark at the start of a file says how its characters are stored
MARKS = {
    (codecs.BOM_UTF8,): "utf-8-sig",
    (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE): "utf-32",
    (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE): "utf-16",
}
ALLOW = "ask its owner, or the system's settings, for permission to read it"
# what stands between the file of a database and one of its tables
PART = "::"
TABLES = (
    ".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet", ".feather", ".arrow",
    ".orc", ".db", ".sqlite", ".sqlite3",
)  # fmt: skip
# what the parts of a table are named in a folder, packed or not
PARTS = re.compile(r".+\.(?:csv|tsv|parquet)(?:\.(?:gz|bz2|xz|zst))?", re.IGNORECASE)
BINARY = "save the table as Parquet or CSV"
# what the first bytes of a file say that it is, where no table is read from it
KINDS = (
    (rb"\x1f\x8b|BZh\d1AY&SY|\xfd7zXZ\0|\x28\xb5\x2f\xfd|PK\x03\x04",
     "packed twice: unpack it once"),
    (rb"PK\x05\x06", "an empty zip archive: fetch or export it again"),
    (rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|.{257}ustar", "an archive: unpack it"),
    (rb"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind: save the sheet as CSV"),
    (rb"\x89HDF\r\n", f"an HDF5 file: {BINARY}"),
    (rb"\x80[\x02-\x05]|c(?:copy_?reg|pandas|numpy|builtins|__builtin__)[\w.]*\n",
     f"a Python pickle, which is never opened, for it can run code: {BINARY}"),
    (rb"\x93NUMPY", f"an array of NumPy: {BINARY}"),
    (rb"RD[AX][1-3]\n|X\n\0\0\0[\2\3]|A\n[23]\n\d{6}\n",
     "a file of R (RDS or RData): save the table with write.csv(table, \"table.csv\")"),
    (rb"%PDF-", "a PDF document, no table: give the table that it was made from as CSV"),
    (rb"\x89PNG|\xff\xd8\xff", "an image, no table: give the table that it shows as CSV"),
)  # fmt: skip
# pages and pointers are text, and come where a table was meant to be fetched
PAGE = re.compile(r"\s*<(!doctype\b|!--|\?xml\b|(html|head|body|table|meta|script|div)\b)", re.I)
POINTER = "version https://git-lfs"


def split_part(path: Path) -> tuple[Path, str]:
    """Return a file and the table, or the empty text, that a path names as `tracks.db::table`."""
    file, _, table = str(path).rpartition(PART)
    with contextlib.suppress(OSError, ValueError):
        if file and not path.exists():
            return Path(file), table
    return path, ""


def list_parts(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the files in a folder that are parts of a table, and the names of all others."""
    # names that begin with a point or an underscore are those of programs
    found = sorted(one for one in folder.iterdir() if one.name[0] not in "._")
    parts = [one for one in found if PARTS.fullmatch(one.name) and one.is_file()]
    return parts, [one.name for one in found if one not in parts]


def status(path: Path):
    """Return what the machine says of a path; raises BadInput where there is nothing."""
    try:
        return path.stat()
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}: check the path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        name = str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}…"
        what = ALLOW if isinstance(error, PermissionError) else "check the path"
        raise BadInput(f"{name} cannot be read ({reason}): {what}.") from error


# by the first bytes, what opens a packed file
PACKED = {
    rb"\x1f\x8b": gzip.open,
    rb"BZh\d1AY&SY": bz2.open,
    rb"\xfd7zXZ\0": lzma.open,
    rb"\x28\xb5\x2f\xfd": functools.partial(pa.CompressedInputStream, compression="zstd"),
}
ZIP, SQLITE = b"PK\x03\x04", b"SQLite format 3\0"


def read_content(path: Path) -> bytes:
    """Return a file's bytes, unpacked where they are packed with gzip, bzip2, xz, Zstandard or zip.

    Of a zip archive the only table is read.
    Raises BadInput where the path is no regular file, cannot be read, holds more than `MOST_BYTES`
    packed or unpacked, or is an archive of several tables.
    """
    file, table = split_part(path)
    about = status(file)
    if stat.S_ISDIR(about.st_mode):
        raise BadInput(f"{path} is a folder: name the file in it that holds the table.")
    if not stat.S_ISREG(about.st_mode):
        raise BadInput(f"{path} is no regular file but a pipe, a device or a socket: save what it "
                       "gives as a file and name that.")  # fmt: skip
    too_large = BadInput(f"{path} holds more than {MOST_BYTES / 1e9:.0f} GB: divide it into parts "
                         "in a folder of their own and name that.")  # fmt: skip
    if about.st_size > MOST_BYTES:
        raise too_large
    try:
        with file.open("rb") as packed:
            start = packed.read(16)
            packed.seek(0)
            unpack = next((how for mark, how in PACKED.items() if re.match(mark, start)), None)
            if start.startswith(ZIP):
                unpack = functools.partial(_open_member, path=path)
            most = max(MOST_EXPANSION * about.st_size, FREELY_EXPANDED) if unpack else MOST_BYTES
            content = io.BytesIO()
            with unpack(packed) if unpack else packed as unpacked:
                while chunk := unpacked.read(CHUNK):
                    content.write(chunk)
                    if MOST_BYTES > most < content.tell():
                        raise BadInput(
                            f"{path} unpacks to more than {MOST_EXPANSION} times its size, as no "
                            "table does: look at what is in it."
                        )
                    if content.tell() > MOST_BYTES:
                        raise too_large
            if table and not content.getvalue().startswith(SQLITE):
                raise BadInput(f"{path} cannot be read, as {file} is no SQLite database and has "
                               "no parts: name the file alone.")  # fmt: skip
            return content.getvalue()
    except BadInput:
        raise
    # ValueError is pyarrow's, RuntimeError that of an archive with a password
    except (OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError,
            zipfile.BadZipFile) as error:  # fmt: skip
        reason = getattr(error, "strerror", None) or error
        what = ALLOW if isinstance(error, PermissionError) else "fetch or export it again"
        raise BadInput(f"{path} cannot be read ({reason}): {what}.") from error


def _open_member(packed, path: Path):
    archive = zipfile.ZipFile(packed)
    names = [one.filename for one in archive.infolist() if not one.is_dir()]
    if {"mimetype", "[Content_Types].xml", "Index/Document.iwa"} & set(names):
        raise BadInput(f"{path} is an Excel workbook or another document: save the sheet as CSV.")
    names = [one for one in names if not re.search(r"(^|/)(\.|__MACOSX/)", one)]
    tables = [one for one in names if one.lower().endswith(TABLES)] or names
    if len(tables) != 1:
        raise BadInput(f"{path} is a zip archive of {len(tables):,} tables: unpack it and name one "
                       f"({list_names(tables)}).")  # fmt: skip
    return archive.open(tables[0])


def list_names(names: list[str]) -> str:
    """Return the first ten of some names, parted by commas."""
    return ", ".join([*names[:10], "…"] if len(names) > 10 else names) or "none"


def refuse_wide(rows: int, columns: int, path: Path) -> None:
    """Refuse tables that grow beyond memory, or are wider than any table of tracks."""
    if columns > MOST_COLUMNS or rows * columns > MOST_FIELDS:
        raise BadInput(f"{path} has {columns:,} columns in {rows:,} rows or more, too many to be "
                       "read: leave out columns that say nothing of tracks.")  # fmt: skip


def to_text(content: bytes, path: Path, notes: list[str]) -> str:
    """Return text from UTF-8, UTF-16 or UTF-32; what is not UTF-8 is read as Windows-1252.

    Files that mix the two, as joined exports do, so keep every character.
    A line on what had to be guessed goes to `notes`.
    Raises BadInput where the bytes are no text, or the text is a web page or a pointer to a file.
    """
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "")
    if not encoding:
        for start, what in KINDS:
            if re.match(start, content, re.DOTALL):
                raise BadInput(f"{path} is {what}.")
        encoding = _find_unmarked(content)
        notes += ["read as UTF-16, for which it has no mark"] if encoding != "utf-8" else []
    if encoding.startswith("utf-8"):
        _refuse_binary(content, path)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if not encoding.startswith("utf-8"):
            name = encoding[:6].upper()
            raise BadInput(f"{path} is broken {name} text: save it as UTF-8.") from error
        line = content.count(b"\n", 0, error.start) + 1
        notes.append(f"not UTF-8 in line {line:,}; read there as Windows-1252")
        text = content.decode(encoding, errors="windows_1252")
    if PAGE.match(text):
        raise BadInput(f"{path} is a web page, no table: fetch the file that it shows.")
    if text.startswith(POINTER):
        raise BadInput(f"{path} is a pointer of Git LFS, no table: run `git lfs pull` or fetch it.")
    return text


def _find_unmarked(content: bytes) -> str:
    """Return the encoding of text without a mark: names of columns in UTF-16 are half zeros."""
    sample = content[:64]
    zeros = sample[::2].count(0), sample[1::2].count(0)
    if min(zeros) > 0 or max(zeros) < 0.4 * len(sample):
        return "utf-8"
    return "utf-16-le" if zeros[1] else "utf-16-be"


def _refuse_binary(content: bytes, path: Path) -> None:
    sample = content[:100_000]
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
