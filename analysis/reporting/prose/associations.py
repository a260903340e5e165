"""Sentences on how scores go with valence and with each other, one by one and together."""

import pandas as pd

from analysis.reporting import prose


def caption_correlations(blocks: list[list[str]], correlations: pd.DataFrame) -> str:
    """Say in a caption which scores form a block, and what goes with valence."""
    own = correlations[correlations["first"] == "valence"].query("second != 'valence'")
    top = own.loc[own["r"].abs().idxmax()]
    first = (
        f"{prose.joined(blocks[0]).capitalize()} form one block of correlated scores. "
        if blocks else "No scores form a block of correlated ones. "
    )  # fmt: skip
    return first + (
        f"With valence, {top['second']} correlates most ({prose.number(top['r'], 2)}). "
        "Scores stand on the scale of their transforms, in the order of a hierarchical clustering."
    )


def caption_associations(associations: pd.DataFrame) -> str:
    """Say in a caption which scores change sign once the others are held equal."""
    turned = associations.loc[associations["turns"], "feature"].tolist()
    text = (
        "Association of each score with valence alone, and with all other scores held equal; each "
        "as a straight line, without genre or other factors, on all training tracks. "
    )
    if not turned:
        return text + "No score changes sign with both intervals clear of zero."
    verb = "changes" if len(turned) == 1 else "change"
    return text + f"{prose.joined(turned).capitalize()} {verb} sign, clear of zero both times."


def explain_suppression(associations: pd.DataFrame, trace: pd.DataFrame, feature: str) -> str:
    """Say which single control moves one score's slope the most."""
    row = associations.set_index("feature").loc[feature]
    start = trace.loc[trace["control"] == "nothing", "slope"].iloc[0]
    shifts = trace[trace["control"] != "nothing"].assign(shift=lambda t: (t["slope"] - start).abs())
    most = shifts.loc[shifts["shift"].idxmax()]
    return (
        f"Alone, {feature} goes with {prose.signed(row['alone'])} valence per standard deviation; "
        "with all other scores held equal and genre left out, with "
        f"{prose.signed(row['partial'])}. "
        f"The single score that moves it most is {most['control']}, which alone takes it to "
        f"{prose.signed(most['slope'])}."
    )


def qualify_lead(
    unheld: pd.DataFrame | None, slopes: pd.DataFrame, first: str, second: str
) -> str:
    """Say what becomes of one score's lead on another without genre, and within each genre.

    Parameters
    ----------
    unheld : pandas.DataFrame or None
        What `compare_sizes` returns for a formula without genre; None if the chosen one has none.
    slopes : pandas.DataFrame
        What `genre_slopes` returns; may be empty.
    first, second : str
        The two scores.
    """
    if unheld is None:
        return ""
    line = unheld.set_index("feature").loc[second]
    between = prose.interval(line["larger_low"], line["larger_high"])
    text = (
        f"That is with genre in the formula; without it the difference is "
        f"{prose.signed(line['larger'])} (95 % interval {between})"
    )
    return f"{text}{_count_genres(slopes, first, second)}."


def _count_genres(slopes: pd.DataFrame, first: str, second: str) -> str:
    """Say in how many genres the second score has the steeper slope."""
    if slopes.empty or not {first, second} <= set(slopes["feature"]):
        return ""
    wide = slopes.pivot_table("slope", "genre", "feature", observed=True)
    steeper = int((wide[second].abs() > wide[first].abs()).sum())
    return (
        f", and in {prose.spelled(steeper)} of {prose.spelled(len(wide))} genres the slope of "
        f"{second} is the steeper one"
    )
