"""Tables on how claims and formulas do in the stored studies of other tables."""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
from IPython.display import Markdown

from analysis.printing import numbers as prose
from analysis.printing.tables import EMPTY, NOTHING, markdown

FORMULAS = {"all features": "all features", "scores only": "scores only", "best method": "best"}


def or_nothing(tabulate: Callable[..., Markdown]) -> Callable[..., Markdown]:
    """Return a line in place of a table where there is no record to make it from."""

    @functools.wraps(tabulate)
    def made(frame: pd.DataFrame) -> Markdown:
        return NOTHING if frame.empty else tabulate(frame)

    return made


@or_nothing
def tabulate_verdicts(verdicts: pd.DataFrame) -> Markdown:
    """Tabulate size and verdict of every claim, a column for each stored study."""
    cells = [_verdict(row) for _, row in verdicts.iterrows()]
    return _spread(verdicts.assign(cell=cells), "claim", "data")


@or_nothing
def tabulate_kept(scored: pd.DataFrame) -> Markdown:
    """Tabulate held-out R² of the formulas and of the best method, a line for each study."""
    r2 = scored[scored["metric"] == "r2"].rename(columns={"data": "table"})
    cells = [f"{prose.number(r['value'])} ({_range(r)})" for _, r in r2.iterrows()]
    shown = r2.assign(cell=cells, model=r2["model"].map(FORMULAS))
    return _spread(shown, "table", "model")


@or_nothing
def tabulate_transfer(table: pd.DataFrame) -> Markdown:
    """Tabulate R² by the table that a formula was derived from and the one it is tested on."""
    cells = [f"{prose.number(r['r2'])} ({_range(r)})" for _, r in table.iterrows()]
    shown = table.assign(cell=cells, tested="on " + table["tested"])
    return _spread(shown.rename(columns={"trained": "derived from"}), "derived from", "tested")


def _spread(frame: pd.DataFrame, index: str, columns: str) -> Markdown:
    """Return the column `cell` as a table with one line an index and its own columns."""
    wide = frame.pivot_table(
        index=index, columns=columns, values="cell", aggfunc="first", sort=False
    )
    return markdown(wide.reset_index())


def _verdict(row: pd.Series) -> str:
    """Return size and verdict; a dash where the claim could not be tested."""
    known = row["size"] is not None and not np.isnan(row["size"])
    word = "not supported" if row["verdict"] == "not" else row["verdict"]
    # an earlier record has no doubt
    doubt = row.get("doubt") if isinstance(row.get("doubt"), str) else ""
    told = ", ".join(filter(None, (word, doubt)))
    return f"{prose.number(row['size'], 2)}, {told}" if known else EMPTY


def _range(row: pd.Series) -> str:
    """Return the interval of a line."""
    return prose.bounds(row["low"], row["high"])
