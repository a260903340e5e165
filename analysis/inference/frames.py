"""Tracks with every derived column, and factors whose levels all occur."""

import pandas as pd

from analysis.inference.scales import FACTORS
from analysis.tracks.features import relative_pitch, with_shapes

# A level with fewer tracks has no effect of its own to speak of.
LEVEL_TRACKS = 10
OTHER = "other genres"


def model_frame(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return tracks with every column that a formula may read.

    Parameters
    ----------
    tracks : DataFrame
        Clean tracks, one a row.

    Returns
    -------
    DataFrame
        The same rows in the same order, with derived columns; levels that no track has are gone,
        and booleans are numbers.
    """
    # a part of a frame keeps the levels of the whole: it is not made again
    if {"log_speechiness", *(("tonic_0",) if "pitch_0" in tracks else ())} <= set(tracks):
        return tracks
    frame = with_shapes(tracks)
    if {"pitch_0", "pitch_11", "key"} <= set(frame):
        frame = frame.assign(**relative_pitch(frame))
    if "explicit" in frame:
        frame = frame.assign(explicit=frame["explicit"].astype("float"))
    factors = [name for name in (*FACTORS, "genre") if name in frame]
    return frame.assign(**{name: _levels(frame[name], name) for name in factors})


def _levels(values: pd.Series, name: str) -> pd.Series:
    """Return a factor with explicit levels, none of them empty; small genres become one."""
    values = values.astype("category").cat.remove_unused_categories()
    small = small_genres(values) if name == "genre" else []
    kept = [level for level in values.cat.categories if level not in small]
    pooled = values.astype(object).where(~values.isin(small), OTHER) if small else values
    return pd.Categorical(pooled, kept + [OTHER] * bool(small))


def small_genres(genres: pd.Series) -> list[str]:
    """Return the genres with too few tracks to stand alone."""
    counts = genres.value_counts()
    return sorted(counts.index[counts < LEVEL_TRACKS])
