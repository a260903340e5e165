"""Sentences on groups of tracks that are not shown."""

from collections.abc import Sequence

import pandas as pd

from analysis.prediction.groups import FEWEST
from analysis.reporting import prose
from analysis.reporting.groups import MOST_GROUPS, MOST_OF_ONE

__all__ = ["MOST_GROUPS", "MOST_OF_ONE", "explain_choice"]


def explain_choice(scored: Sequence[str], genres: pd.Series | None, most: int) -> str:
    """Say which genres are not shown, and why; nothing where all are.

    Parameters
    ----------
    scored : sequence of str
        The groups that were scored; others than genres do not count.
    genres : pandas.Series or None
        The genres of the held-out tracks; none where the table has none.
    most : int
        Groups that there is room for.
    """
    if genres is None:
        return ""
    names = set(genres.dropna().astype(str))
    known = len(names & set(scored))
    if known > most:
        return (
            f"Of {prose.count(len(names))} genres the {prose.count(most)} with the most held-out "
            "tracks are shown."
        )
    if known == len(names):
        return ""
    if not known:
        return f"No genre has {prose.spelled(FEWEST)} held-out tracks, so none is shown."
    rest = len(names) - known
    return (
        f"{prose.spelled(rest).capitalize()} of {prose.count(len(names))} genres "
        f"{'has' if rest == 1 else 'have'} fewer than {prose.spelled(FEWEST)} held-out tracks and "
        f"{'is' if rest == 1 else 'are'} not shown."
    )
