"""Open a file, whatever its container, as one raw table with the file's own column names.

Delimited text becomes a table of text; Parquet and JSON keep the types that they carry.
Nothing is taken for missing here: a track may be named "NA".
"""

import codecs
import csv
import gzip
import io
import json
import logging
import zlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.tracks.aliases import recognise
from analysis.tracks.schema import BadInput

log = logging.getLogger("analysis")

DELIMITERS = (",", ";", "\t", "|")
# a mark at the start of a file says how its characters are stored
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def open_table(path: Path) -> pd.DataFrame:
    """Read CSV, TSV, JSON or Parquet, compressed with gzip or not.

    The kind is told from the bytes, not from the file's name.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    DataFrame
        One row a record, columns as the file names them.

    Raises
    ------
    BadInput
        The file is not there, is empty, broken, or of a kind that is not read.
    """
    content = _read_bytes(path)
    if content.startswith(b"PAR1"):
        return _open_parquet(content, path)
    if content.startswith(b"PK"):
        raise BadInput(
            f"{path} is a zip archive or an Excel workbook: unpack it, or save the sheet as CSV."
        )
    # every kind of line end becomes one
    text = decode(content, path).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise BadInput(f"{path} is empty: give a table with a header and one row a track.")
    if text.lstrip()[0] in "[{":
        return _open_json(text, path)
    return _open_delimited(text, path)


def _read_bytes(path: Path) -> bytes:
    """Return a file's bytes, unpacked where they are packed with gzip."""
    if not path.exists():
        raise BadInput(f"There is no file {path}: check the path.")
    if path.is_dir():
        raise BadInput(f"{path} is a folder: name the file in it that holds the table.")
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path} cannot be read ({error}): fetch or export it again.") from error


def decode(content: bytes, path: Path) -> str:
    """Return text from UTF-8 or UTF-16; bytes that are not UTF-8 are read as Windows-1252.

    Files that mix the two, as joined exports do, so keep every character.
    """
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise BadInput(f"{path} is broken UTF-16 text: save it as UTF-8.") from error
        line = content.count(b"\n", 0, error.start) + 1
        log.warning("%s is not UTF-8 in line %d; read there as Windows-1252.", path, line)
        return content.decode(encoding, errors="windows_1252")


def _replace_invalid(error: UnicodeError) -> tuple[str, int]:
    """Decode one run of bytes that is not UTF-8 as Windows-1252, the rest of it as Latin-1."""
    run = error.object[error.start : error.end]
    try:
        return run.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return run.decode("latin-1"), error.end


codecs.register_error("windows_1252", _replace_invalid)


def _open_parquet(content: bytes, path: Path) -> pd.DataFrame:
    """Read a Parquet file."""
    try:
        return pd.read_parquet(io.BytesIO(content))
    except Exception as error:
        raise BadInput(f"{path} is broken Parquet ({error}): fetch or export it again.") from error


def _open_json(text: str, path: Path) -> pd.DataFrame:
    """Read records: a list, one a line, or a list inside an object as the Web API answers."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        content = _read_lines(text, path, error)
    records = _find_records(content)
    if not records or not all(isinstance(record, dict) for record in records):
        raise BadInput(f"{path} holds no list of tracks: give a list of objects, one a track.")
    return pd.json_normalize(records, sep="_")


def _read_lines(text: str, path: Path, error: json.JSONDecodeError) -> list:
    """Read JSON Lines, or explain where a single JSON text breaks."""
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError:
        raise BadInput(
            f"{path} is broken JSON ({error.msg}, line {error.lineno}): export it again."
        ) from error


def _find_records(content) -> list:
    """Return the list of records in a JSON text; an answer may hold null for an unknown id."""
    if isinstance(content, dict):
        lists = [part for part in content.values() if isinstance(part, list)]
        columns = [part for part in content.values() if isinstance(part, dict)]
        if columns and len(columns) == len(content):  # pandas' own layout: column, row, value
            return pd.DataFrame(content).to_dict("records")
        content = max(lists, key=len, default=[content]) if "valence" not in content else [content]
    return [record for record in content if record is not None]


def _open_delimited(text: str, path: Path) -> pd.DataFrame:
    """Read delimited text as text, every row as wide as the header."""
    try:
        delimiter = _find_delimiter(text)
        header = next(_rows(text, delimiter))
        _refuse_ragged_row(_rows(text[:10_000_000], delimiter), len(header), path, only_first=True)
        options = {"sep": delimiter, "dtype": str, "na_filter": False, "index_col": False}
        table = pd.read_csv(io.StringIO(text), header=0, names=range(len(header)), **options)
        # the parser fills up short rows with nothing
        if len(header) > 1 and (table[len(header) - 1] == "").any():
            _refuse_ragged_row(_rows(text, delimiter), len(header), path)
    except (csv.Error, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = str(error).replace("Error tokenizing data. C error: ", "").strip()
        raise BadInput(
            f"{path} is ragged or broken ({reason}): give every row as many fields as the header."
        ) from error
    return _merge_repeated(table, header, path)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Iterate over the fields of the lines that are not blank."""
    csv.field_size_limit(2**31 - 1)
    return filter(None, csv.reader(io.StringIO(text), delimiter=delimiter))


def _find_delimiter(text: str) -> str:
    """Return the delimiter that makes the most known columns out of the header."""
    headers = {mark: next(_rows(text[:1_000_000], mark), []) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: (len(recognise(headers[mark])), len(headers[mark])))


def _refuse_ragged_row(
    rows: Iterator[list[str]], width: int, path: Path, only_first: bool = False
) -> None:
    """Refuse rows that are not as wide as the header.

    The parser says nothing of a first row that is too wide, nor of any that is too short.
    """
    next(rows)
    for number, row in enumerate(rows, start=1):
        if len(row) > width or (len(row) < width and not only_first):
            raise BadInput(
                f"{path} is ragged: row {number:,} has {len(row)} fields, the header {width}; "
                "give every row as many fields as the header."
            )
        if only_first:
            return


def _merge_repeated(table: pd.DataFrame, header: list[str], path: Path) -> pd.DataFrame:
    """Name the columns; one that is there twice with the same content counts once."""
    first: dict[str, int] = {}
    for position, name in enumerate(header):
        if name not in first:
            first[name] = position
        elif not table[position].equals(table[first[name]]) and recognise([name]):
            raise BadInput(
                f"{path} has two columns named {name!r} with different content: rename one."
            )
    return table[list(first.values())].set_axis(list(first), axis=1)
