"""From a file in any of the usual layouts to one canonical table, uncleaned."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.tracks.aliases import recognise
from analysis.tracks.containers import open_table
from analysis.tracks.credits import to_credits, to_first, to_genre
from analysis.tracks.schema import BY_NAME, STUDY, BadInput, naming
from analysis.tracks.values import (
    NOTHING,
    to_flags,
    to_ids,
    to_milliseconds,
    to_numbers,
    to_text,
    to_years,
)


@dataclass(frozen=True)
class Recognised:
    """A table as it was read.

    `tracks` is canonical and uncleaned, `found` has one row a canonical column (column, name in
    the file), `ignored` names the file's columns that nothing was made of.
    """

    tracks: pd.DataFrame
    found: pd.DataFrame
    ignored: tuple[str, ...]


def read_tracks(path: str | Path, needed: tuple[str, ...] = STUDY) -> pd.DataFrame:
    """Read a table of tracks in any layout of `analysis.tracks.aliases`.

    Parameters
    ----------
    path : str or Path
        CSV, TSV, Parquet or JSON, packed with gzip or not.
    needed : tuple of str
        Canonical columns that must be there; `schema.PREDICTION` where valence is not.

    Returns
    -------
    DataFrame
        One row a row of the file, in its order; canonical columns, those that the file lacks
        left out; key, mode and time signature still as numbers, missing numbers as NaN.

    Raises
    ------
    BadInput
        The file cannot be read, lacks a needed column, has no rows, holds text where numbers
        belong or values outside their range.
    """
    return read_layout(path, needed).tracks


def read_layout(path: str | Path, needed: tuple[str, ...] = STUDY) -> Recognised:
    """Read a table as `read_tracks` does and say what its columns were taken for."""
    path = Path(path)
    table = open_table(path)
    names = recognise(table.columns)
    _refuse_missing(names, table, needed, path)
    if not len(table):
        raise BadInput(f"{path} has a header but no rows: give one row a track.")
    with naming(path):
        tracks = _canonical(table.reset_index(drop=True), names)
    found = pd.DataFrame({"column": list(names), "name": list(names.values())})
    ignored = tuple(str(name) for name in table.columns if name not in names.values())
    return Recognised(tracks, found, ignored)


def _refuse_missing(names: dict[str, str], table: pd.DataFrame, needed, path: Path) -> None:
    """Refuse a table that lacks needed columns, naming them and those that it has."""
    have = set(names) | ({"artist"} if "artists" in names else set())
    if {"title", "artists"} <= have:
        have.add("track_id")  # made from the rest where the file has none
    missing = [name for name in needed if name not in have and name != "artist"]
    if missing:
        seen = [str(name) for name in table.columns]
        more = f" and {len(seen) - 30} more" if len(seen) > 30 else ""
        raise BadInput(
            f"{path} has no column for {', '.join(missing)}; its columns are "
            f"{', '.join(_cut(name) or '(no name)' for name in seen[:30])}{more}: "
            "add or rename columns."
        )


def _cut(name: str, width: int = 60) -> str:
    """Return a column's name, cut where it is long."""
    return name if len(name) <= width else f"{name[: width - 1]}…"


def _canonical(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Convert the recognised columns and put them in canonical order."""
    columns = {name: _convert(table[source], name, source) for name, source in names.items()}
    tracks = pd.DataFrame(columns, index=table.index)
    if {"title", "artists"} <= set(tracks):
        _empty_nameless(tracks)
    if "artists" in tracks:
        tracks["artist"] = to_first(tracks["artists"])
    if "track_id" not in tracks:
        tracks["track_id"] = _make_ids(tracks)
    return tracks[[name for name in BY_NAME if name in tracks]]


def _empty_nameless(tracks: pd.DataFrame) -> None:
    """Empty title and credits that both stand for nothing; alone, "NA" is a title or a name."""
    nothing = [tracks[name].str.lower().isin(NOTHING) for name in ("title", "artists")]
    tracks.loc[nothing[0] & nothing[1], ["title", "artists"]] = ""


def _convert(values: pd.Series, name: str, source: str) -> pd.Series:
    """Convert one column of the file into its canonical form."""
    column = BY_NAME[name]
    if name == "track_id":
        return to_ids(values)
    if name == "artists":
        return to_credits(values, source)
    if name == "genre":
        return to_genre(values, source)
    if name == "year":
        return to_years(values)
    if name == "duration_ms":
        return to_milliseconds(values, column, source)
    if column.kind == "flag":
        return to_flags(values)
    return to_text(values) if column.kind == "text" else to_numbers(values, column, source)


def _make_ids(tracks: pd.DataFrame) -> pd.Series:
    """Make identifiers for a table without any: equal rows get equal ones, in any order."""
    digest = pd.util.hash_pandas_object(tracks, index=False)
    return digest.map("row-{:016x}".format).astype("str")
