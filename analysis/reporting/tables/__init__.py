"""Frames as pipe tables in Markdown, the one form that every output format reads natively."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from analysis.reporting import inert, prose

EMPTY = "\N{EN DASH}"


def markdown(
    frame: pd.DataFrame, digits: int | dict[str, int] = 3, right: tuple[str, ...] = ()
) -> Markdown:
    """Return a frame as a Markdown table in which every character of a name stands for itself.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a line of the table; the column names are its header, the index is not shown.
        Only a cell that is a `Markdown` itself, as `inert.code` makes, carries markup.
    digits : int or dict
        Decimals of the float columns, for all or by column name.
    right : tuple of str
        Columns of text that stand right, as numbers do.

    Returns
    -------
    IPython.display.Markdown
        Numbers stand right, text left; a missing value shows as a dash.
    """
    shown = pd.DataFrame({name: _cells(frame[name], _digits(digits, name)) for name in frame})
    sides = ["right" if name in right or _is_number(frame[name]) else "left" for name in frame]
    head = [inert.escaped(name, inert.SIGNS_BUT_QUOTES) for name in frame]
    return Markdown(
        shown.to_markdown(
            index=False, headers=head, tablefmt="pipe", colalign=sides, disable_numparse=True
        )
    )


def _digits(digits: int | dict[str, int], name: str) -> int:
    """Return the decimals of one column."""
    return digits.get(name, 3) if isinstance(digits, dict) else digits


def _is_number(column: pd.Series) -> bool:
    """Tell whether a column holds numbers (booleans are words)."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _cells(column: pd.Series, digits: int) -> list[str]:
    """Return a column's cells as text."""
    if pd.api.types.is_bool_dtype(column):
        return ["yes" if value else "no" for value in column]
    return [_cell(value, digits) for value in column]


def _cell(value, digits: int) -> str:
    """Return one cell as Markdown; whole numbers keep their thousands apart."""
    if isinstance(value, Markdown):
        return value.data
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return EMPTY
    if isinstance(value, float | np.floating):
        return prose.number(float(value), digits)
    if isinstance(value, int | np.integer):
        return prose.count(int(value))
    return inert.escaped(value)
