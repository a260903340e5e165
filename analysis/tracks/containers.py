"""Open a file, whatever its container, as one raw table with the file's own column names.

Delimited text becomes a table of text; Parquet and JSON keep the types that they carry.
Nothing is taken for missing here: a track may be named "NA".
"""

import contextlib
import csv
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.tracks.aliases import recognise
from analysis.tracks.files import MOST_BYTES, read_content, to_text
from analysis.tracks.json_text import parse, too_deep
from analysis.tracks.schema import BadInput

log = logging.getLogger("analysis")

DELIMITERS = (",", ";", "\t", "|")
# 1.2 million tracks with the audio analysis take 60 million fields
MOST_FIELDS, MOST_COLUMNS = 200_000_000, 10_000
LONGEST_HEADER = 1_000_000
# lines above the header, and columns by which a header is known as one
MOST_TITLES, FEWEST_KNOWN = 20, 3


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
    content = read_content(path)
    if content.startswith(b"PAR1"):
        return _open_parquet(content, path)
    # every kind of line end becomes one
    text = to_text(content, path).replace("\r\n", "\n").replace("\r", "\n")
    del content
    if not text.strip():
        raise BadInput(f"{path} is empty: give a table with a header and one row a track.")
    if text.lstrip()[0] in "[{":
        return _open_json(text, path)
    return _open_delimited(text, path)


def _open_parquet(content: bytes, path: Path) -> pd.DataFrame:
    """Read a Parquet file; what it unpacks to is known before it is unpacked."""
    import pyarrow.parquet  # slow to import, and few tables are Parquet

    try:
        about = pyarrow.parquet.read_metadata(io.BytesIO(content))
        groups = (about.row_group(number) for number in range(about.num_row_groups))
        unpacked = sum(group.total_byte_size for group in groups)
        _refuse_wide(about.num_rows, about.num_columns, path)
        if unpacked > MOST_BYTES:
            raise BadInput(f"{path} unpacks to more than {MOST_BYTES / 1e9:.0f} GB: give a part.")
        return pd.read_parquet(io.BytesIO(content))
    except BadInput:
        raise
    except Exception as error:
        raise BadInput(f"{path} is broken Parquet ({error}): fetch or export it again.") from error


def _refuse_wide(rows: int, columns: int, path: Path) -> None:
    """Refuse tables that grow beyond memory, or are wider than any table of tracks."""
    if columns > MOST_COLUMNS or rows * columns > MOST_FIELDS:
        raise BadInput(f"{path} has {columns:,} columns in {rows:,} rows or more, too many to be "
                       "read: leave out columns that say nothing of tracks.")  # fmt: skip


def _open_json(text: str, path: Path) -> pd.DataFrame:
    """Read records: a list, one a line, or a list inside an object as the Web API answers."""
    try:
        content = parse(text, path)
    except json.JSONDecodeError as error:
        content = _read_lines(text, path, error)
    records = _find_records(content, path)
    if not records or not all(isinstance(record, dict) for record in records):
        raise BadInput(f"{path} holds no list of tracks: give a list of objects, one a track.")
    try:
        _refuse_wide(len(records), _width(records), path)
        return pd.json_normalize(records, sep="_")
    except RecursionError as error:
        raise too_deep(path) from error


def _width(records: list[dict]) -> int:
    """Return how many columns records make, those inside an object counted one by one."""
    columns = 0
    for name in set().union(*records):
        inner = [one[name] for one in records if name in one and isinstance(one[name], dict)]
        columns += _width(inner) if inner else 1
    return columns


def _read_lines(text: str, path: Path, error: json.JSONDecodeError) -> list:
    """Read JSON Lines, or explain where a JSON text breaks."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            found += [parse(line, path)] if line.strip() else []
        except json.JSONDecodeError as broken:
            # lines that hold one object each show that the rest was meant to do so
            lines = len(found) > 1
            where = (broken.msg, number) if lines else (error.msg, error.lineno)
            raise BadInput(f"{path} is broken JSON ({where[0]}, line {where[1]:,}): export it "
                           "again.") from broken  # fmt: skip
    return found


def _find_records(content, path: Path) -> list:
    """Return the list of records in a JSON text; an answer may hold null for an unknown id."""
    if isinstance(content, dict):
        lists = [part for part in content.values() if isinstance(part, list)]
        columns = [part for part in content.values() if isinstance(part, dict)]
        if columns and len(columns) == len(content):  # pandas' own layout: column, row, value
            _refuse_wide(len(set().union(*columns)), len(columns), path)
            return pd.DataFrame(content).to_dict("records")
        content = max(lists, key=len, default=[content]) if "valence" not in content else [content]
    return [record for record in content if record is not None]


def _open_delimited(text: str, path: Path) -> pd.DataFrame:
    """Read delimited text as text, every row as wide as the header."""
    try:
        text = _skip_titles(text, path)
        delimiter = _find_delimiter(text)
        header = next(_rows(text[:LONGEST_HEADER], delimiter))
        _refuse_wide(text.count("\n"), len(header), path)
        text, table = _read_quoted(text, delimiter, header, path)
        # the parser fills up short rows with nothing
        if len(header) > 1 and (table[len(header) - 1] == "").any():
            _refuse_ragged_row(_rows(text, delimiter), len(header), path)
    except (csv.Error, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = str(error).replace("Error tokenizing data. C error: ", "").strip()
        raise BadInput(
            f"{path} is ragged or broken ({reason}): give every row as many fields as the header."
        ) from error
    return _merge_repeated(_leave_out_headers(table, header, path), header, path)


def _read_quoted(
    text: str, delimiter: str, header: list[str], path: Path
) -> tuple[str, pd.DataFrame]:
    """Read text whose quotation marks are doubled or escaped inside a field, or have no pair.

    Returned is also the text, with marks doubled that have no pair.
    """
    escaped = table = None
    if '\\"' in text:
        with contextlib.suppress(pd.errors.ParserError):
            escaped = _read_rows(text, delimiter, header, escapechar="\\", doublequote=False)
    # what is ragged may have a mark without a pair, and is read once more
    with contextlib.suppress(BadInput, pd.errors.ParserError):
        _refuse_ragged_row(_rows(text[:10_000_000], delimiter), len(header), path, only_first=True)
        table = _read_rows(text, delimiter, header)
    # where marks are doubled, one after a backslash is doubled too or ends its field
    inside = re.search(rf'\\"[^{re.escape(delimiter)}\n"]', text)
    if escaped is not None and (table is None or (inside and len(escaped) == len(table))):
        return text, escaped
    if table is not None and not _swallows_rows(text, table, delimiter):
        return text, table
    text = _pair_quotes(text, delimiter, len(header), path)
    _refuse_ragged_row(_rows(text[:10_000_000], delimiter), len(header), path, only_first=True)
    return text, _read_rows(text, delimiter, header)


def _read_rows(text: str, delimiter: str, header: list[str], **dialect) -> pd.DataFrame:
    """Return the fields below the header as text, columns numbered."""
    options = {"sep": delimiter, "dtype": str, "na_filter": False, "index_col": False} | dialect
    return pd.read_csv(io.StringIO(text), header=0, names=range(len(header)), **options)


def _skip_titles(text: str, path: Path) -> str:
    """Return the text from the header on, where the file has a title above it."""
    lines = text[:LONGEST_HEADER].split("\n", MOST_TITLES)[:MOST_TITLES]
    known = [
        max(len(recognise(next(_rows(line, mark), []))) for mark in DELIMITERS) for line in lines
    ]
    header = next((line for line, count in enumerate(known) if count >= FEWEST_KNOWN), 0)
    if not header or any(known[:header]):
        return text
    log.warning("%s has its header in line %d; what stands above it is left out.", path, header + 1)
    return text.split("\n", header)[header]


def _swallows_rows(text: str, table: pd.DataFrame, delimiter: str) -> bool:
    """Tell whether a field holds the rest of one row and the beginning of another.

    A quotation mark without a pair opens such a field, and the next one in the file closes it.
    """
    if '"' not in text or text.count("\n") - text.endswith("\n") <= len(table):
        return False
    width = table.shape[1]
    for position in table:
        for field in table[position][table[position].str.contains("\n", regex=False)]:
            first, *_, last = field.split("\n")
            ends = first.count(delimiter), last.count(delimiter)
            if width > 2 and ends == (width - 1 - position, position):
                return True
    return False


def _pair_quotes(text: str, delimiter: str, width: int, path: Path) -> str:
    """Double the quotation marks of lines that have an odd number of them and all their fields."""
    lines = text.split("\n")
    odd = [number for number, line in enumerate(lines) if line.count('"') % 2]
    for number in odd:
        fields = lines[number].split(delimiter)
        if len(fields) != width:
            raise BadInput(f"{path} is ragged or broken: in line {number + 1:,} a quotation mark "
                           "has no pair; remove it or write it twice.")  # fmt: skip
        lines[number] = delimiter.join(
            '"' + field.replace('"', '""') + '"' if '"' in field else field for field in fields
        )
    if odd:
        more = f" (and {len(odd) - 1:,} more lines like it)" if len(odd) > 1 else ""
        log.warning("%s has in line %d%s a quotation mark without a pair; read as text.",
                    path, odd[0] + 1, more)  # fmt: skip
    return "\n".join(lines)


def _leave_out_headers(table: pd.DataFrame, header: list[str], path: Path) -> pd.DataFrame:
    """Leave out rows that repeat the header, as exports do that were joined by hand."""
    again = table[0].str.lstrip("\ufeff") == header[0]
    if again.any():
        again &= (
            (table.loc[again, 1:] == header[1:]).all(axis=1).reindex(table.index, fill_value=False)
        )
    if not again.any():
        return table
    log.warning(
        "%s repeats its header in %s of its rows; they are left out.", path, f"{again.sum():,}"
    )
    return table[~again].reset_index(drop=True)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Iterate over the fields of the lines that are not blank."""
    csv.field_size_limit(2**31 - 1)
    return filter(None, csv.reader(io.StringIO(text), delimiter=delimiter))


def _find_delimiter(text: str) -> str:
    """Return the delimiter that makes the most known columns out of the header."""
    headers = {mark: next(_rows(text[:LONGEST_HEADER], mark), []) for mark in DELIMITERS}
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
            if len(row) < width and next(rows, None) is None:
                raise BadInput(
                    f"{path} is ragged: row {number:,}, the last, has {len(row)} fields, the "
                    f"header {width}, as of a file that was cut; fetch or export it again."
                )
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
