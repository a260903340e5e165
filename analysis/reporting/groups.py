"""Of many groups of tracks those that a figure or a table has room for."""

import pandas as pd

# Groups that there is room for on a page.
MOST_GROUPS = 24
ALL = "all"


def keep_largest(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the lines of the groups with the most tracks, in the table's order.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns group and tracks; several lines a group are kept or left out together, and the
        line of all tracks stays.
    most : int
        Groups that are kept.
    """
    sizes = table[table["group"] != ALL].groupby("group", sort=False, observed=True)["tracks"].max()
    return table[table["group"].isin([ALL, *sizes.nlargest(most).index])]
