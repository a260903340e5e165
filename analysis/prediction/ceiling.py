"""How much of the variance of valence could these features explain at all?

Two answers that share no assumption: how much alike tracks differ, and how much two measurements
of one recording differ; `learning_curves` has a third, where more tracks would lead.
"""

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from analysis import SEED
from analysis.memory import remember
from analysis.prediction import preparing
from analysis.prediction.evaluation import draw_counts, interval_of
from analysis.prediction.tuning import draw_artists
from analysis.tracks.ordering import sort_rows
from analysis.tracks.recordings import recording_numbers
from analysis.tracks.splitting import artist_keys

NEIGHBOURS = 10
# Searching all pairs of more tracks takes long and moves the estimate by less than its error.
MOST_TRACKS = 20_000


@remember
def neighbour_ceiling(tracks: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Estimate the attainable R² from tracks that are nearly alike [@devroye2018; @evans2002].

    Half the mean squared difference in valence between a track and its nearest neighbour estimates
    the variance that the features leave open, too high by what separates the neighbours in the
    features. The gamma test removes that: over the first ten neighbours, it extends the line of
    the half squared difference on the squared distance to distance 0.

    Parameters
    ----------
    tracks : DataFrame
        Clean tracks; more than 20,000 are sampled by artist.
    seed : int

    Returns
    -------
    DataFrame
        Columns estimate ("nearest neighbour", "extended to distance 0"), r2, low, high (95 %,
        artists resampled); neighbours are tracks of other artists.
    """
    sample = draw_artists(tracks, MOST_TRACKS, seed)
    halves, distances = _neighbour_pairs(sample)
    observed = sample["valence"].to_numpy()
    values = np.column_stack([np.ones(len(sample)), observed, observed**2, halves, distances])
    codes = pd.factorize(artist_keys(sample["artist"]))[0]
    units = codes.max() + 1
    sums = np.stack([np.bincount(codes, column, units) for column in values.T], axis=1)
    drawn = _ceilings(draw_counts(units, seed=seed) @ sums)
    names = ("nearest neighbour", "extended to distance 0")
    point = _ceilings(sums.sum(axis=0, keepdims=True))[:, 0]
    rows = [(n, p, *interval_of(d)) for n, p, d in zip(names, point, drawn, strict=True)]
    return pd.DataFrame(rows, columns=["estimate", "r2", "low", "high"])


def neighbour_profile(tracks: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Return squared distance and half squared difference by rank of neighbour, for the figure."""
    halves, distances = _neighbour_pairs(draw_artists(tracks, MOST_TRACKS, seed))
    means = {"distance": distances.mean(axis=0), "half_difference": halves.mean(axis=0)}
    return pd.DataFrame({"neighbour": np.arange(1, NEIGHBOURS + 1), **means})


def repeat_measurements(published: pd.DataFrame, resamples: int = 2000, seed: int = SEED):
    """Compare the valence of one recording under two identifiers.

    Parameters
    ----------
    published : DataFrame
        The canonical, uncleaned table: cleaning keeps one release of each recording.

    Returns
    -------
    DataFrame
        One row; columns recordings (with two releases or more), pairs, equal (share of pairs
        whose valence is the same), median (absolute difference), r2 (1 less half the mean squared
        difference over the variance of valence), low, high (95 %, recordings resampled); r2 is
        missing under 10 recordings.
    """
    # numbers of recordings, by which they are resampled, go by the order of rows
    published = sort_rows(published)
    pairs = _release_pairs(published)
    differences = pairs["second"] - pairs["first"]
    row = {"recordings": pairs["recording"].nunique(), "pairs": len(pairs)}
    row |= {"equal": (differences.abs() < 5e-4).mean(), "median": differences.abs().median()}
    if row["recordings"] < 10:
        return pd.DataFrame([row | dict.fromkeys(("r2", "low", "high"), np.nan)])
    variance = published["valence"].var()
    codes, names = pd.factorize(pairs["recording"])
    counts = draw_counts(len(names), resamples, seed)
    total = counts @ np.bincount(codes, differences**2 / 2, len(names))
    low, high = interval_of(1 - total / (counts @ np.bincount(codes)) / variance)
    return pd.DataFrame([row | {"r2": 1 - (differences**2).mean() / 2 / variance,
                                "low": low, "high": high}])  # fmt: skip


def attained(scored: pd.DataFrame, ceilings: pd.DataFrame) -> pd.DataFrame:
    """Return each model's R² as a share of the attainable one.

    Parameters
    ----------
    scored : DataFrame
        Columns model, metric, value.
    ceilings : DataFrame
        Column r2; the greatest counts, since an estimate below another is the poorer bound.

    Returns
    -------
    DataFrame
        Columns model, r2, share.
    """
    rows = scored.loc[scored["metric"] == "r2", ["model", "value"]]
    best = ceilings["r2"].max()
    return rows.rename(columns={"value": "r2"}).assign(share=lambda f: f["r2"] / best)


def _neighbour_pairs(tracks: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return half squared differences and squared distances, each of shape (n, 10)."""
    features = preparing.predictors(tracks)
    points = preparing.for_distances(features).fit_transform(features)
    artists = pd.factorize(artist_keys(tracks["artist"]))[0]
    observed = tracks["valence"].to_numpy()
    wanted = min(NEIGHBOURS + 60, len(tracks))
    apart, near = NearestNeighbors(n_neighbors=wanted).fit(points).kneighbors(points)
    # own tracks go to the end of the line; a stable sort keeps the others in order of distance
    order = np.argsort(artists[near] == artists[:, None], axis=1, kind="stable")[:, :NEIGHBOURS]
    chosen = np.take_along_axis(near, order, axis=1)
    distances = np.take_along_axis(apart, order, axis=1) ** 2
    return (observed[:, None] - observed[chosen]) ** 2 / 2, distances


def _ceilings(sums: np.ndarray) -> np.ndarray:
    """Return both estimates from sums over tracks; an array of shape (2, resamples)."""
    n, first, second = sums[:, 0], sums[:, 1], sums[:, 2]
    variance = second / n - (first / n) ** 2
    halves = sums[:, 3 : 3 + NEIGHBOURS] / n[:, None]
    distances = sums[:, 3 + NEIGHBOURS :] / n[:, None]
    middle_x, middle_y = distances.mean(axis=1), halves.mean(axis=1)
    x, y = distances - middle_x[:, None], halves - middle_y[:, None]
    slope = (x * y).sum(axis=1) / (x**2).sum(axis=1)
    return 1 - np.stack([halves[:, 0], middle_y - slope * middle_x]) / variance


def _release_pairs(published: pd.DataFrame) -> pd.DataFrame:
    """Return recording, first and second: each release beside the recording's first one."""
    rows = published[published["valence"] > 0].drop_duplicates("track_id")
    rows = rows.assign(recording=recording_numbers(rows, ("title",)))
    rows = rows.sort_values(["recording", "track_id"])
    first = rows.groupby("recording")["valence"].transform("first")
    later = rows["recording"].duplicated()
    pairs = {"recording": rows["recording"], "first": first, "second": rows["valence"]}
    return pd.DataFrame(pairs)[later]
