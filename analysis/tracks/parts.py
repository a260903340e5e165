"""Read a table that lies in several files of one folder."""

from pathlib import Path

import pandas as pd

from analysis.tracks.containers import open_table
from analysis.tracks.files import list_parts, refuse_wide
from analysis.tracks.schema import BadInput


def open_parts(folder: Path, notes: list[str]) -> pd.DataFrame:
    """Read CSV, TSV or Parquet files of the same columns, by their names, as one raw table.

    Lines on what was read, what lies beside it and what was guessed of a part go to `notes`.

    Raises
    ------
    BadInput
        A part cannot be read, or has other columns than the first.
    """
    files, rest = list_parts(folder)
    notes.append(f"{len(files):,} parts are read as one table, rows counted through")
    if rest:
        notes.append(f"left out: {', '.join(rest[:10])}{', …' if len(rest) > 10 else ''}")
    read: list[pd.DataFrame] = []
    for file in files:
        said: list[str] = []
        part = open_table(file, said)
        notes += [f"{file.name}: {line}" for line in said]
        if read:
            _refuse_other_columns(part, read[0], file, files[0])
        read.append(part)
        refuse_wide(sum(map(len, read)), part.shape[1], folder)
    return pd.concat(read, ignore_index=True)


def _refuse_other_columns(part: pd.DataFrame, first: pd.DataFrame, file: Path, start: Path) -> None:
    more, less = part.columns.difference(first.columns), first.columns.difference(part.columns)
    if len(more) or len(less):
        found = [f"has {', '.join(map(repr, more))}"] * bool(len(more))
        found += [f"lacks {', '.join(map(repr, less))}"] * bool(len(less))
        raise BadInput(f"{file} {' and '.join(found)}, unlike {start.name}: give all parts the "
                       "same columns, or take this one out of the folder.")  # fmt: skip
