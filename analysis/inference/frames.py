"""What of clean tracks depends on the sample: factors whose levels all occur."""

import pandas as pd

from analysis.inference.scales import FACTORS

# A level with fewer tracks has no effect of its own to speak of.
LEVEL_TRACKS = 10
OTHER = "other genres"


def model_frame(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return tracks with the factors and numbers that formulas read in this sample.

    Parameters
    ----------
    tracks : DataFrame
        Clean tracks, one a row.

    Returns
    -------
    DataFrame
        The same rows in the same order; levels that no track has are gone, small genres are one,
        and booleans are numbers.
    """
    numbers = {name: tracks[name].astype("float") for name in ("explicit",) if name in tracks}
    factors = [name for name in (*FACTORS, "genre") if name in tracks]
    return tracks.assign(**numbers, **{name: _levels(tracks[name], name) for name in factors})


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
