"""Tables on how claims and formulas do in the stored studies of other tables."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from analysis.printing import numbers as prose
from analysis.printing.tables import EMPTY, markdown
from analysis.reporting.tables.replication import or_nothing


@or_nothing
def tabulate_verdicts(verdicts: pd.DataFrame) -> Markdown:
    """Tabulate size and verdict of every claim, a column for each stored study."""
    cells = [_verdict(row) for _, row in verdicts.iterrows()]
    return _spread(verdicts.assign(cell=cells), "claim", "data")


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
