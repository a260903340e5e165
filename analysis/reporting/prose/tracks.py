"""Sentences of the chapter on the data; words are chosen by what the data say."""

import math

import pandas as pd

from analysis.reporting import prose
from analysis.tracks.cleaning import REASONS, REPEATS


def caption_valence(valence: pd.DataFrame) -> str:
    """Say in a caption what the distribution of valence by genre shows.

    Parameters
    ----------
    valence : pandas.DataFrame
        What `describe_valence` returns.
    """
    *genres, everything = valence.to_dict("records")
    if len(genres) < 2:
        median = prose.number(everything["median"])
        return f"Valence of all tracks; the line marks the median, {median}."
    high, low = genres[0], genres[-1]
    return (
        f"Genres differ in valence, from a median of {prose.number(low['median'])} in "
        f"{low['group']} to {prose.number(high['median'])} in {high['group']}, and overlap widely; "
        "the lines mark the medians."
    )


def summarize_valence(valence: pd.DataFrame, between: float) -> str:
    """Say how valence is spread, and what share of its variance lies between genres."""
    everything = valence.iloc[-1]
    spread = (
        f"Over all tracks valence has mean {prose.number(everything['mean'])} and standard "
        f"deviation {prose.number(everything['sd'])}; half of the tracks lie between "
        f"{prose.number(everything['lower quartile'])} and "
        f"{prose.number(everything['upper quartile'])}."
    )
    if len(valence) < 3:
        return f"{spread} The table has no genres to compare."
    return (
        f"{spread} Genre accounts for {prose.percent(between, 1)} of its variance: the genre says "
        "something about how happy a track sounds, and the track says most."
        if between < 0.5
        else f"{spread} Genre accounts for {prose.percent(between, 1)} of its variance."
    )


def explain_grouping(guests: float, block: float) -> str:
    """Say what path is left between the parts, and why it is.

    Parameters
    ----------
    guests : float
        Share of held-out tracks that credit somebody who is credited on a training track; missing
        where the table credits one artist a track.
    block : float
        Share of all tracks in the largest block that shared credits tie together.
    """
    if math.isnan(guests):
        return "This table credits one artist a track, so how many guests do cannot be counted."
    path = (
        f"{prose.percent(guests)} of the held-out tracks credit somebody who is also credited, "
        "first or as a guest, on a training track."
    )
    if block < 0.1:
        return f"{path} The table ties few tracks together by guests, so this path is narrow."
    return (
        f"{path} To hold out every credited name instead, blocks that share credits would have to "
        f"stay whole, and the largest holds {prose.percent(block)} of all tracks: too much for a "
        "hold-out or a fold. The path is left open and stated."
    )


def tell_dropped(account: pd.DataFrame) -> str:
    """Say what share of the published rows was dropped, and as what."""
    rows = account["left"].iloc[0]
    kinds = {"were copies of another row": REPEATS, "were not usable": REASONS}
    parts = [
        f"{prose.percent(dropped / rows, 1)} {words}"
        for words, reasons in kinds.items()
        if (dropped := account.loc[account["reason"].isin(reasons), "dropped"].sum())
    ]
    return f"Of the rows, {prose.joined(parts)}." if parts else "No row was dropped."
