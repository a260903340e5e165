"""One order for the rows of a table, so that the order of a file cannot change a number."""

import pandas as pd


def sort_rows(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return a canonical table's rows in an order of their own, with a fresh index.

    Every column takes part, the identifier first and the others by name, so that only rows that
    are equal throughout are left in the order in which they came.
    """
    first = [name for name in ("track_id",) if name in tracks]
    columns = first + sorted(tracks.columns.difference(first))
    return tracks.sort_values(columns, kind="stable", ignore_index=True)
