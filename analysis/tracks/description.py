"""What the tracks look like before any model: one row a group or a feature."""

import functools
import re
from pathlib import Path

import pandas as pd

from analysis.tracks.features import NUMERIC

# a published table whose columns have canonical names
USUAL = Path(__file__).resolve().parents[2] / "data" / "genres.csv"
# what pandas calls numbers that describe a column, and what the report calls them
NAMES = {
    "std": "sd", "min": "minimum", "25%": "lower quartile", "50%": "median",
    "75%": "upper quartile", "max": "maximum",
}  # fmt: skip


def describe_as_read(tracks: pd.DataFrame) -> pd.DataFrame:
    """Describe every column of a canonical table, cleaned or not.

    One row a column, the twelve of a block of the audio analysis as one: minimum, median and
    maximum (NaN for text), usual 90 % (the middle nine tenths of the tracks of `USUAL`, as text),
    missing (fields without a number or text), and in "row 1" to "row 3" what stands in the first
    rows, of a block in its first column.
    """
    blocks = pd.Series({name: re.sub(r"_\d+$", "_0 to _11", name) for name in tracks})
    described = {}
    for block, names in blocks.groupby(blocks, sort=False).groups.items():
        values = tracks[list(names)]
        measured = values.select_dtypes("number").shape == values.shape
        known = pd.Series(values.to_numpy(float).ravel() if measured else [], dtype=float)
        described[block] = {
            "minimum": known.min(),
            "median": known.median(),
            "maximum": known.max(),
            "usual 90 %": _usual_ranges().get(block, "") if known.count() else "",
            "missing": int((values.isna() | (values == "")).to_numpy().sum()),
            **{f"row {number}": value for number, value in enumerate(values.iloc[:3, 0], start=1)},
        }
    return pd.DataFrame.from_dict(described, orient="index").rename_axis("column").reset_index()


@functools.cache
def _usual_ranges() -> dict[str, str]:
    """Return what nine in ten published tracks have of every number, to three digits."""
    ends = pd.read_csv(USUAL).select_dtypes("number").quantile([0.05, 0.95])
    return {name: " to ".join(f"{float(f'{end:.3g}'):,.8g}" for end in ends[name])
            for name in ends}  # fmt: skip


def describe_valence(tracks: pd.DataFrame) -> pd.DataFrame:
    """Describe the valence of clean tracks by genre, and over all tracks in the last row.

    Columns group, tracks, artists, mean, sd, lower quartile, median, upper quartile; genres in
    order of their median, highest first. Without a column ``genre`` only the last row is made.
    """
    parts = [("all tracks", tracks)]
    if "genre" in tracks:
        genres = tracks.groupby("genre", observed=True)
        order = genres["valence"].median().sort_values(ascending=False, kind="stable").index
        parts = [(str(name), genres.get_group(name)) for name in order] + parts
    described = pd.DataFrame([part["valence"].describe() for _, part in parts])
    described = described.rename(columns=NAMES).drop(columns=["count", "minimum", "maximum"])
    described.insert(0, "group", [name for name, _ in parts])
    described.insert(1, "tracks", [len(part) for _, part in parts])
    described.insert(2, "artists", [part["artist_key"].nunique() for _, part in parts])
    return described.reset_index(drop=True)


def describe_features(tracks: pd.DataFrame) -> pd.DataFrame:
    """Describe the distribution of valence and of every continuous feature.

    Columns feature, mean, sd, minimum, lower quartile, median, upper quartile, maximum and
    skewness (the adjusted Fisher-Pearson coefficient), each in the feature's own unit.
    """
    described = tracks[["valence", *NUMERIC]].describe().T
    described["skewness"] = tracks[["valence", *NUMERIC]].skew()
    described = described.drop(columns="count").rename(columns=NAMES)
    return described.rename_axis("feature").reset_index()


def variance_between_genres(tracks: pd.DataFrame) -> float:
    """Return the share of the variance of valence that lies between genres (epsilon squared).

    From 0 to 1, and 0 where the table has no genre.
    Unlike eta squared it does not grow with the number of genres where these tell nothing.
    """
    if "genre" not in tracks:
        return 0.0
    genres = tracks.groupby("genre", observed=True)["valence"]
    rest = tracks["valence"] - genres.transform("mean")
    within = (rest**2).sum() / max(len(tracks) - genres.ngroups, 1)
    return float(max(0, 1 - within / tracks["valence"].var()))
