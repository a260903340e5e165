"""Open a file, whatever its container, as one raw table with the file's own column names.

Delimited text becomes a table of text; other containers keep the types that they carry.
Nothing is taken for missing here: a track may be named "NA".
"""

import contextlib
import csv
import functools
import io
import re
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.tracks.aliases import recognise
from analysis.tracks.credits import to_credits, to_first
from analysis.tracks.files import (
    MOST_BYTES,
    MOST_STUDIED,
    PART,
    SQLITE,
    list_names,
    list_parts,
    read_content,
    refuse_wide,
    split_part,
    to_text,
)
from analysis.tracks.records import FEWEST_KNOWN, open_json
from analysis.tracks.schema import BadInput

DELIMITERS = (",", ";", "\t", "|")
LONGEST_HEADER, LONGEST_FIELD = 1_000_000, 10_000_000
MOST_TITLES = 20  # lines above the header


def open_table(path: Path, notes: list[str], content: bytes | None = None) -> pd.DataFrame:
    """Read delimited text, JSON, Parquet, Feather, ORC or SQLite, packed or not.

    The kind is told from the bytes, not from the file's name; `path` may be `file::table` of an
    SQLite database. Given the `content` of an unpacked file, `path` only names it in messages.
    A line on whatever was guessed or left out goes to `notes`.

    Returned is one row a record, columns as the file names them. Where the index holds whole
    numbers, they are those of the rows, less one, as the program counts that shows the file.
    Raises BadInput where the file is not there, is empty, broken, or of a kind that is not read.
    """
    content = read_content(path) if content is None else content
    for start, (kind, read) in BINARY.items():
        if content.startswith(start) and (start != b"ORC" or content[-4:-1] == start):
            try:
                return _name_index(read(content, path))
            except BadInput:
                raise
            except Exception as error:
                why = re.sub(r"^Could not open .*?: ", "", str(error))
                said = f"{path} is broken {kind} ({why}): fetch or export it again."
                raise BadInput(said) from error
    # every kind of line end becomes one
    text = to_text(content, path, notes).replace("\r\n", "\n").replace("\r", "\n")
    del content
    if text.lstrip().startswith(("[", "{")):
        return _name_index(open_json(text, path, notes))
    return _open_delimited(text, path, notes)


def open_parts(folder: Path, notes: list[str], whole: bool = False) -> pd.DataFrame:
    """Read CSV, TSV or Parquet files of the same columns, by their names, as one raw table.

    Parts are read one after another, so that memory need not hold them all: where they have more
    than `MOST_STUDIED` fields and are not wanted `whole`, rows are kept by whole artists, of whom a
    half, a fourth and so on is drawn by the hash of the name. The index numbers all rows.
    Lines on what was read, what lies beside it and what was guessed of a part go to `notes`.
    Raises BadInput where a part cannot be read, has other columns than the first, or makes too many
    fields of rows of which none can be left out.
    """
    files, rest = list_parts(folder)
    notes.append(f"{len(files):,} parts are read as one table, rows counted through")
    if rest:
        notes.append(f"left out: {list_names(rest)}")
    read: list[pd.DataFrame] = []
    rows, drawn = 0, 1
    for file in files:
        said: list[str] = []
        part = open_table(file, said)
        notes += [f"{file.name}: {line}" for line in said]
        first = read[0].columns if read else part.columns
        found = [
            f"{verb} {', '.join(map(repr, names))}"
            for verb, names in (
                ("has", part.columns.difference(first)), ("lacks", first.difference(part.columns)),
            )
            if len(names)
        ]  # fmt: skip
        if found:
            raise BadInput(f"{file} {' and '.join(found)}, unlike {files[0].name}: give all parts "
                           "the same columns, or take this one out of the folder.")  # fmt: skip
        part.index = range(rows, rows + len(part))
        rows += len(part)
        read.append(_draw_artists(part, drawn))
        if whole or "artists" not in recognise(first):
            refuse_wide(rows, len(first), folder)
            continue
        while (kept := sum(map(len, read))) * len(first) > MOST_STUDIED:
            drawn *= 2
            read = [_draw_artists(one, drawn) for one in read]
    if drawn > 1:
        notes.append(f"of {rows:,} rows, too many to be studied at once, the {kept:,} by one in "
                     f"{drawn:,} artists, drawn at random, are read")  # fmt: skip
    return pd.concat(read)


# what may follow a first artist's name; cut there, names are alike however a part is read
AFTER_FIRST = re.compile(r"[,;&/×(]|\s(?:x|feat|ft|featuring|with)\b")


def _draw_artists(part: pd.DataFrame, one_in: int) -> pd.DataFrame:
    """Return the rows of one in so many artists, a power of two: those whose hash it divides."""
    if one_in == 1:
        return part
    credits = part[recognise(part.columns)["artists"]]
    codes, found = pd.factorize(to_first(to_credits(credits, "artists", [])))
    names = [AFTER_FIRST.split(name.casefold())[0].strip() for name in found]
    hashed = pd.util.hash_array(np.array(names, dtype=object))
    return part[(hashed % one_in == 0)[codes]]


def _name_index(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its index as columns, but for the numbers of rows."""
    unnamed = table.index.name is None and pd.api.types.is_integer_dtype(table.index)
    known = set(table.index.names) & set(table.columns)
    return table.reset_index(drop=unnamed or bool(known))


def _open_columns(kind: str, content: bytes, path: Path) -> pd.DataFrame:
    """Read what pyarrow knows in parts, no further than memory goes."""
    import pyarrow.dataset  # slow to import

    form = getattr(pyarrow.dataset, f"{kind}FileFormat")()
    fragment = form.make_fragment(pa.py_buffer(content))
    names = fragment.physical_schema
    refuse_wide(fragment.count_rows(), len(names), path)
    unpacked, parts = 0, []
    for part in fragment.to_batches(batch_size=1000, batch_readahead=0, use_threads=False):
        unpacked += part.nbytes
        _refuse_bomb(unpacked, path)
        parts.append(part)
    return pa.Table.from_batches(parts, names).to_pandas()


def _refuse_bomb(unpacked: int, path: Path) -> None:
    if unpacked > MOST_BYTES:
        raise BadInput(f"{path} unpacks to more than {MOST_BYTES / 1e9:.0f} GB: give a part.")


def _open_sqlite(content: bytes, path: Path) -> pd.DataFrame:
    file, part = split_part(path)
    log = Path(f"{file}-wal")
    if log.exists() and log.stat().st_size:
        raise BadInput(f"{path} is an SQLite database that a program has open or left in haste: "
                       "close the program, or copy the table into another file.")  # fmt: skip
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        # a database in memory has no log of writes, in which these two bytes believe
        database.deserialize(content[:18] + b"\1\1" + content[20:])
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_FIELD)
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' "
                                 "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")  # fmt: skip
        tables = [name for (name,) in found]
        if not (part in tables or (len(tables) == 1 and not part)):
            what = f"has no table {part!r}" if part else f"has {len(tables):,} tables"
            raise BadInput(f"{path} {what}: name one as in {file}{PART}{(tables or ['NAME'])[0]} "
                           f"(there are {list_names(tables)}).")  # fmt: skip
        table = (part or tables[0]).replace('"', '""')
        (rows,) = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        columns = len(database.execute(f'SELECT * FROM "{table}" LIMIT 0').description)
        refuse_wide(rows, columns, path)
        return pd.read_sql_query(f'SELECT * FROM "{table}"', database)


# by the first bytes, what is no text and yet a table
BINARY = {
    b"PAR1": ("Parquet", functools.partial(_open_columns, "Parquet")),
    b"ARROW1": ("Feather", functools.partial(_open_columns, "Feather")),
    b"ORC": ("ORC", functools.partial(_open_columns, "Orc")),
    SQLITE: ("SQLite", _open_sqlite),
}


def _open_delimited(text: str, path: Path, notes: list[str]) -> pd.DataFrame:
    """Read delimited text as text, every row as wide as the header and numbered as in the file."""
    try:
        text = _blank_titles(text, notes)
        start = text[:LONGEST_HEADER]
        headers = {mark: next(_rows(start, mark), (0, []))[1] for mark in DELIMITERS}
        # the mark that makes most known names, then most names
        delimiter = max(headers, key=lambda one: (len(recognise(headers[one])), len(headers[one])))
        header = headers[delimiter]
        if not header:
            raise BadInput(f"{path} is empty: give a table with a header and one row a track.")
        refuse_wide(text.count("\n"), len(header), path)
        text, table = _read_quoted(text, delimiter, header, path, notes)
        # the parser fills up short rows with nothing
        if len(header) > 1 and (table[len(header) - 1] == "").any():
            _refuse_ragged(text, delimiter, len(header), path)
        table.index = _number_rows(text, delimiter, len(table))
    except (csv.Error, pd.errors.ParserError) as error:
        opened = re.search(r"EOF inside string starting at row (\d+)", str(error))
        if not opened and isinstance(error, pd.errors.ParserError):
            _refuse_ragged(text, delimiter, len(header), path)
        reason = f"no mark closes a quotation of row {int(opened[1]) + 1:,}" if opened else error
        raise BadInput(
            f"{path} is ragged or broken ({reason}): give every row as many fields as the header."
        ) from error
    return _merge_repeated(_leave_out_headers(table, header, notes), header, path)


def _read_quoted(
    text: str, delimiter: str, header: list[str], path: Path, notes: list[str]
) -> tuple[str, pd.DataFrame]:
    """Read text whose quotation marks are doubled, escaped or alone; return it with its table."""
    escaped = table = None
    if '\\"' in text:
        with contextlib.suppress(pd.errors.ParserError):
            escaped = _read_rows(text, delimiter, header, escapechar="\\", doublequote=False)
    # what is ragged may have a mark without a pair, and is read once more
    with contextlib.suppress(BadInput, pd.errors.ParserError):
        _refuse_wide_first(text, delimiter, len(header), path)
        table = _read_rows(text, delimiter, header)
    # where marks are doubled, one after a backslash is doubled too or ends its field
    inside = re.search(rf'\\"[^{re.escape(delimiter)}\n"]', text)
    if escaped is not None and (table is None or (inside and len(escaped) == len(table))):
        return text, escaped
    if table is not None and not _swallows_rows(text, table, delimiter):
        return text, table
    text = _pair_quotes(text, delimiter, len(header), path, notes)
    _refuse_wide_first(text, delimiter, len(header), path)
    return text, _read_rows(text, delimiter, header)


def _read_rows(text: str, delimiter: str, header: list[str], **dialect) -> pd.DataFrame:
    """Return the fields below the header as text, columns numbered."""
    if not dialect and len(header) > 1:
        table = _read_regular(text, delimiter, len(header))
        if table is not None:
            return table
    options = {"sep": delimiter, "dtype": str, "na_filter": False, "index_col": False} | dialect
    return pd.read_csv(io.StringIO(text), header=0, names=range(len(header)), **options)


def _read_regular(text: str, delimiter: str, width: int) -> pd.DataFrame | None:
    """Return the same from pyarrow, ten times as fast; None where rows differ in width.

    The two parsers differ in text that ends within a quotation: a row of marks is put below it.
    """
    import pyarrow.csv  # slow to import

    names = [str(position) for position in range(width)]
    closed = text + "\n" * (not text.endswith("\n")) + delimiter.join([PART] * width)
    types = dict.fromkeys(names, pa.large_string())
    try:
        found = pyarrow.csv.read_csv(
            pa.py_buffer(closed.encode()),
            pyarrow.csv.ReadOptions(column_names=names, block_size=LONGEST_FIELD),
            pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    if found.slice(len(found) - 1).to_pylist() != [dict.fromkeys(names, PART)]:
        return None
    return found.slice(1, len(found) - 2).to_pandas().set_axis(range(width), axis=1)


def _blank_titles(text: str, notes: list[str]) -> str:
    """Return the text with the lines above its header blank, so that rows keep their numbers."""
    lines = text[:LONGEST_HEADER].split("\n", MOST_TITLES)[:MOST_TITLES]
    known = [
        max(len(recognise(next(csv.reader([line], delimiter=mark)))) for mark in DELIMITERS)
        for line in lines
    ]
    header = next((line for line, count in enumerate(known) if count >= FEWEST_KNOWN), 0)
    if not header or 2 * max(known[:header]) >= known[header]:
        return text
    if any(line.strip() for line in lines[:header]):
        notes.append(f"the header is in line {header + 1}; what stands above it is left out")
    return "\n" * header + text.split("\n", header)[header]


def _number_rows(text: str, delimiter: str, count: int) -> Iterable[int]:
    """Return the numbers of the rows below the header, counted from 0 at the top of the file."""
    body = text.lstrip("\n")
    first = len(text) - len(body) + 1
    if re.search(r"\n[^\S\n]*\n", body):  # blank lines are rows too
        numbers = [number for number, _ in _rows(text, delimiter)][1:]
        if len(numbers) == count:
            return numbers
    return range(first, first + count)


def _swallows_rows(text: str, table: pd.DataFrame, delimiter: str) -> bool:
    """Tell whether a field holds the rest of one row and the beginning of another.

    A quotation mark without a pair opens such a field, and the next one in the file closes it.
    """
    if '"' not in text or text.count("\n") - text.endswith("\n") <= len(table):
        return False
    width = table.shape[1]
    for position in table if width > 2 else []:
        for field in table[position][table[position].str.contains("\n", regex=False)]:
            first, *_, last = field.split("\n")
            if (first.count(delimiter), last.count(delimiter)) == (width - 1 - position, position):
                return True
    return False


def _pair_quotes(text: str, delimiter: str, width: int, path: Path, notes: list[str]) -> str:
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
        notes.append(
            f"in line {odd[0] + 1:,}{more} a quotation mark without a pair is read as text"
        )
    return "\n".join(lines)


def _leave_out_headers(table: pd.DataFrame, header: list[str], notes: list[str]) -> pd.DataFrame:
    begins = table[0].str.lstrip("\ufeff") == header[0]  # most rows need no second look
    again = (table.loc[begins, 1:] == header[1:]).all(axis=1)
    if not again.any():
        return table
    notes.append(f"the header is repeated in {again.sum():,} of the rows, which are left out")
    return table.drop(index=again.index[again])


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Iterate over the rows that are not blank: number from 0 at the top of the file, fields."""
    csv.field_size_limit(2**31 - 1)
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter)):
        if len(row) > 1 or "".join(row).strip():
            yield number, row


def _refuse_ragged(text: str, delimiter: str, width: int, path: Path) -> None:
    """Refuse rows that are not as wide as the header; of short ones the parser says nothing."""
    rows = _rows(text, delimiter)
    next(rows)
    for number, row in rows:
        if len(row) != width:
            last, advice = "", "give every row as many fields as the header"
            if len(row) < width and next(rows, None) is None:
                last, advice = ", the last,", "fetch or export it again"
                width = f"{width}, as of a file that was cut"
            raise BadInput(f"{path} is ragged: row {number + 1:,}{last} has {len(row)} fields, the "
                           f"header {width}; {advice}.")  # fmt: skip


def _refuse_wide_first(text: str, delimiter: str, width: int, path: Path) -> None:
    """Refuse a first row that is wider than the header, of which the parser says nothing."""
    rows = list(islice(_rows(text[:LONGEST_FIELD], delimiter), 2))
    if len(rows[-1][1]) > width:
        _refuse_ragged(text, delimiter, width, path)


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
