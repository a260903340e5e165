"""From a file in any of the usual layouts to one canonical table, uncleaned."""

import contextlib
import difflib
import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.tracks.aliases import NAMES, recognise, simplify
from analysis.tracks.containers import open_parts, open_table
from analysis.tracks.credits import to_credits, to_first, to_genre
from analysis.tracks.files import list_parts
from analysis.tracks.records import FEWEST_KNOWN
from analysis.tracks.schema import BY_NAME, STUDY, BadInput, Column, naming
from analysis.tracks.values import (
    NOTHING,
    SHARES,
    as_text,
    check_modes,
    holds_modes,
    to_flags,
    to_ids,
    to_milliseconds,
    to_numbers,
    to_shares,
    to_years,
)

log = logging.getLogger("analysis")


@dataclass(frozen=True)
class Recognised:
    """A table as it was read: `tracks` is canonical and uncleaned.

    `found` has one row a canonical column (column, name in the file), `ignored` names the file's
    columns that nothing was made of.
    `lines` says what parts the names of artists, and all that was converted, left out or made up.
    """

    tracks: pd.DataFrame
    found: pd.DataFrame
    ignored: tuple[str, ...]
    lines: tuple[str, ...]


def read_tracks(path: str | Path, needed: tuple[str, ...] = STUDY) -> pd.DataFrame:
    """Read a table of tracks in any layout of `analysis.tracks.aliases`.

    `path` is that of delimited text, JSON, Parquet, Feather, ORC or SQLite, packed or not; of one
    table of a database as `file::table`; or of a folder of parts in CSV, TSV or Parquet, of which
    a study reads a sample of whole artists where they have more than `files.MOST_STUDIED` fields.
    `needed` are canonical columns that must be there; `schema.PREDICTION` where valence is not.

    Returned is one row a row of the file, in its order; canonical columns, those that the file
    lacks left out; key, mode and time signature still as numbers, missing numbers as NaN.
    Raises BadInput where the file cannot be read, lacks a needed column, has no rows, holds text
    where numbers belong or values outside their range.
    """
    layout = read_layout(path, needed, whole="valence" not in needed)
    for line in layout.lines:
        log.info("%s: %s.", path, line)
    return layout.tracks


def read_layout(
    path: str | Path, needed: tuple[str, ...] = STUDY, whole: bool = False
) -> Recognised:
    """Read a table as `read_tracks` does and say what its columns were taken for.

    Of tracks to be predicted, the `whole` table is read, however large its parts.
    """
    path, notes = Path(path), []
    parted = False
    with contextlib.suppress(OSError):  # of a name that is too long; it is refused below
        parted = path.is_dir() and bool(list_parts(path)[0])
    table = open_parts(path, notes, whole) if parted else open_table(path, notes)
    return _read_table(table, path, needed, notes)


def as_csv(tracks: pd.DataFrame, path: Path) -> str:
    """Return a canonical, uncleaned table as CSV that is read as the same table again.

    Names that would be parted otherwise are written as lists; `path` is named in messages.
    Raises BadInput for text that no CSV keeps, such as a carriage return in a title.
    """

    def as_list(credits: str) -> str:
        return json.dumps(credits.split("; "), ensure_ascii=False) if credits else ""

    whole = [name for name in tracks if BY_NAME[name].kind == "integer"]
    table = tracks.drop(columns="artist", errors="ignore").astype(dict.fromkeys(whole, "Int64"))
    names = [name for name in ("artists", "genre") if name in table]
    listed = table.assign(**{name: table[name].map(as_list) for name in names})
    texts = tracks.select_dtypes("str")
    for written in (table, listed):
        text = written.to_csv(index=False, lineterminator="\n")
        differ = [name for name in texts if texts[name].str.contains("[\r\0]").any()]
        with contextlib.suppress(BadInput):
            raw = open_table(path, [], text.encode())
            again = _read_table(raw, path, (), []).tracks
            differ = [name for name in tracks if name not in again]
            differ += [name for name in again if not again[name].equals(tracks[name])]
        if not differ:
            return text
    raise BadInput(
        f"{path} cannot be written as CSV that is read the same again, for what is in "
        f"{', '.join(differ) or 'it'}: correct that, or keep the file as it is."
    )


def _read_table(
    table: pd.DataFrame, path: Path, needed: tuple[str, ...], notes: list[str]
) -> Recognised:
    with naming(path):
        names = _recognise(table, notes)
    _refuse_missing(names, table, needed, path, notes)
    if not len(table):
        raise BadInput(f"{path} has a header but no rows: give one row a track.")
    credits: list[str] = []
    with naming(path):
        tracks = _canonical(table, names, notes, credits).reset_index(drop=True)
        empty = [name for name in tracks if tracks[name].isna().all()]
        if lacking := [name for name in empty if name in needed]:
            raise BadInput(f"there is not one number for {', '.join(lacking)}: fill the columns.")
    notes += [f"{name} is left out: it is empty" for name in empty]
    tracks = tracks.drop(columns=empty)
    found = pd.DataFrame({"column": list(names), "name": list(names.values())})
    ignored = tuple(str(name) for name in table.columns if name not in names.values())
    return Recognised(tracks, found, ignored, (*credits, *notes))


def _recognise(table: pd.DataFrame, notes: list[str]) -> dict[str, str]:
    """Match columns by name, but for those whose content shows that they are something else."""
    columns = list(table.columns)
    names = recognise(columns)
    for name, (is_other, what) in IMPOSTORS.items():
        while name in names and is_other(table[names[name]]):
            notes.append(f"{names[name]} is left out: it holds {what}")
            columns.remove(names[name])
            names = recognise(columns)
    for source in names.values():
        for twin in columns:
            same = twin != source and simplify(twin) == simplify(source)
            if same and not table[twin].equals(table[source]):
                raise BadInput(f"Columns {source!r} and {twin!r} have one meaning and different "
                               "content: rename or remove one.")  # fmt: skip
    if "track_id" not in names:
        # an index without a name holds the identifiers where it holds anything
        index = next((name for name in columns if simplify(name) in UNNAMED
                      and _all_match(table[name], r"[0-9A-Za-z]{22}")), None)  # fmt: skip
        if index is not None:
            names = {"track_id": index, **names}
    if "key" in names and "mode" not in names and holds_modes(table[names["key"]]):
        names["mode"] = names["key"]
    return names


def _all_match(values: pd.Series, pattern: str) -> bool:
    """Tell whether nearly all of what stands in a column matches; most columns fail at once."""
    for part in (values[:20], values):
        text = as_text(part)
        text = text[text != ""]
        if not len(text) or text.str.fullmatch(pattern).mean() < NEARLY_ALL:
            return False
    return True


NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
UNNAMED = ("", "index", "unnamed_0", "level_0")
NEARLY_ALL = 0.95
# columns that bear the name of a canonical one, and what they may hold instead
IMPOSTORS = {
    # row numbers would link different tracks of two tables
    "track_id": (lambda values: _all_match(values, r"\d{1,15}(?:\.0)?"),
                 "numbers, which identify tracks in this file at most"),
    "title": (lambda values: len(values) >= 10 and _all_match(values, r"\d{1,4}(?:\.0)?"),
              "numbers, as of tracks on an album"),
    "popularity": (lambda values: simplify(values.name) == "pop"
                   and _all_match(values, r"[01](?:\.0)?|true|false|True|False"),
                   "yes or no, as for a genre"),
}  # fmt: skip


def _refuse_missing(names: dict[str, str], table: pd.DataFrame, needed, path: Path, notes) -> None:
    made = {"artist", "track_id"} if {"title", "artists"} <= set(names) else {"artist"}
    missing = [name for name in needed if name not in {*names, *made}]
    if not missing:
        return
    seen = [str(name) for name in table.columns]
    if len(names) < FEWEST_KNOWN and sum(bool(NUMBER.fullmatch(name)) for name in seen) > 2:
        raise BadInput(f"{path} has no header: its first line holds values; put the names of the "
                       "columns above them.")  # fmt: skip
    more = f" and {len(seen) - 30} more" if len(seen) > 30 else ""
    columns = f"{', '.join(_cut(name) or '(no name)' for name in seen[:30])}{more}"
    nearest = _find_nearest(missing, [name for name in seen if name not in names.values()])
    raise BadInput(
        f"{path} has no column for {', '.join(missing)}"
        f"{''.join(f' ({note})' for note in notes)}; its columns are {columns}"
        f"{f' (nearest: {nearest})' if nearest else ''}: add or rename columns."
    )


def _find_nearest(missing: list[str], seen: list[str]) -> str:
    spelled = {simplify(name): name for name in seen if simplify(name) not in missing}
    found = []
    for name in missing:
        usual = [name, *NAMES[name]]
        guesses = [g for one in usual for g in difflib.get_close_matches(one, spelled, 1, 0.75)]
        guesses += [spelling for spelling in spelled if name in spelling]
        found += [f"{_cut(spelled[guess])!r} for {name}" for guess in guesses[:1]]
    return ", ".join(found)


def _cut(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"


def _canonical(
    table: pd.DataFrame, names: dict[str, str], notes: list[str], credits: list[str]
) -> pd.DataFrame:
    columns = {
        name: _convert(table[source], BY_NAME[name], credits if name == "artists" else notes)
        for name, source in names.items()
        if name not in SHARES
    }
    if {"key", "mode"} <= set(names):
        check_modes(columns["mode"], table[names["key"]], names["mode"])
    columns |= to_shares({name: table[names[name]] for name in SHARES if name in names}, notes)
    tracks = pd.DataFrame({name: columns[name] for name in names}, index=table.index)
    if {"title", "artists"} <= set(tracks):  # alone, "NA" is a title or a name
        nothing = [tracks[name].str.lower().isin(NOTHING) for name in ("title", "artists")]
        tracks.loc[nothing[0] & nothing[1], ["title", "artists"]] = ""
    if "artists" in tracks:
        tracks["artist"] = to_first(tracks["artists"])
    if "track_id" not in tracks:  # equal rows get equal ones, in any order
        digest = pd.util.hash_pandas_object(tracks, index=False)
        tracks["track_id"] = digest.map("row-{:016x}".format).astype("str")
        notes.append("identifiers are made from the content of each row")
    return tracks[[name for name in BY_NAME if name in tracks]]


def _convert(values: pd.Series, column: Column, notes: list[str]) -> pd.Series:
    readers = {"track_id": to_ids, "artists": to_credits, "genre": to_genre}
    if column.name in readers:
        return readers[column.name](values, values.name, notes)
    if column.name == "year":
        return to_years(values)
    if column.kind in ("text", "flag"):
        return as_text(values) if column.kind == "text" else to_flags(values, values.name)
    read = to_milliseconds if column.name == "duration_ms" else to_numbers
    return read(values, column, values.name, notes)
