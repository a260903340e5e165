"""Sentences of the chapter on the data; words are chosen by what the data say."""

import math

from analysis.reporting import prose


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


