"""What the tracks look like before any model: one row a group or a feature."""

import pandas as pd

from analysis.tracks.features import NUMERIC


def describe_valence(tracks: pd.DataFrame) -> pd.DataFrame:
    """Describe valence by genre, and over all tracks in the last row.

    Parameters
    ----------
    tracks : pandas.DataFrame
        Clean tracks; without a column ``genre`` only the last row is made.

    Returns
    -------
    pandas.DataFrame
        Columns group, tracks, artists, mean, sd, lower quartile, median, upper quartile; genres in
        order of their median, highest first.
    """
    rows = [_describe_group(str(name), group) for name, group in _by_genre(tracks)]
    rows.sort(key=lambda row: -row["median"])
    return pd.DataFrame([*rows, _describe_group("all tracks", tracks)])


def _by_genre(tracks: pd.DataFrame):
    """Return the genres that have tracks, each with its tracks."""
    return tracks.groupby("genre", observed=True) if "genre" in tracks else ()


def _describe_group(name: str, group: pd.DataFrame) -> dict:
    """Describe the valence of one group of tracks."""
    valence = group["valence"]
    return {
        "group": name,
        "tracks": len(group),
        "artists": group["artist"].nunique(),
        "mean": valence.mean(),
        "sd": valence.std(),
        "lower quartile": valence.quantile(0.25),
        "median": valence.median(),
        "upper quartile": valence.quantile(0.75),
    }


def describe_features(tracks: pd.DataFrame) -> pd.DataFrame:
    """Describe the distribution of valence and of every continuous feature.

    Returns
    -------
    pandas.DataFrame
        Columns feature, mean, sd, minimum, lower quartile, median, upper quartile, maximum and
        skewness (the adjusted Fisher-Pearson coefficient), each in the feature's own unit.
    """
    described = tracks[["valence", *NUMERIC]].describe().T
    described["skewness"] = tracks[["valence", *NUMERIC]].skew()
    names = {
        "std": "sd",
        "min": "minimum",
        "25%": "lower quartile",
        "50%": "median",
        "75%": "upper quartile",
        "max": "maximum",
    }
    described = described.drop(columns="count").rename(columns=names)
    return described.rename_axis("feature").reset_index()


def variance_between_genres(tracks: pd.DataFrame) -> float:
    """Return the share of the variance of valence that lies between genres (eta squared).

    Returns
    -------
    float
        From 0 to 1; 0 where the table has no genre.
    """
    if "genre" not in tracks:
        return 0.0
    means = tracks.groupby("genre", observed=True)["valence"].transform("mean")
    return float(means.var(ddof=0) / tracks["valence"].var(ddof=0))
