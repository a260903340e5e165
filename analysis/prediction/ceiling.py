"""How much of the variance of valence could be explained: alike tracks, and repeated recordings."""

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
from analysis.tracks.schema import FEATURES
from analysis.tracks.splitting import artist_keys

NEIGHBOURS = 10


@remember
def neighbour_ceiling(tracks: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Estimate the attainable R² from tracks that are nearly alike: the gamma test [@evans2002].

    Half the squared difference in valence of two tracks is on average the variance that the
    features leave open, plus what separates the two. Over the ten nearest neighbours by other
    artists, its line on the squared distance is extended to distance 0. One row: estimate, r2, low,
    high (95%, artists resampled).
    """
    sample = draw_artists(tracks, 20_000, seed)  # more move it by less than its error
    moments = sample["valence"].to_numpy()[:, None] ** [0, 1, 2]
    values = np.hstack([moments, *_neighbour_pairs(sample)])
    sums = pd.DataFrame(values).groupby(sample["artist_key"].to_numpy()).sum().to_numpy()
    low, high = interval_of(_gamma_test(draw_counts(len(sums), seed=seed) @ sums))
    row = ("extended to distance 0", _gamma_test(sums.sum(axis=0)[None])[0], low, high)
    return pd.DataFrame([row], columns=["estimate", "r2", "low", "high"])


def _neighbour_pairs(tracks: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return half squared differences and squared distances, each of shape (n, 10)."""
    features = preparing.predictors(tracks)
    points = preparing.for_distances(features).fit_transform(features)
    artists, observed = tracks["artist_key"].to_numpy(), tracks["valence"].to_numpy()
    apart, near = NearestNeighbors().fit(points).kneighbors(points, min(70, len(tracks)))
    # own tracks go to the end of the line; a stable sort keeps the others in order of distance
    order = np.argsort(artists[near] == artists[:, None], axis=1, kind="stable")[:, :NEIGHBOURS]
    chosen = np.take_along_axis(near, order, axis=1)
    distances = np.take_along_axis(apart, order, axis=1) ** 2
    return (observed[:, None] - observed[chosen]) ** 2 / 2, distances


def _gamma_test(sums: np.ndarray) -> np.ndarray:
    """Return R² at distance 0 from sums over tracks, one row a resample."""
    means = sums / sums[:, :1]
    y, x = means[:, 3 : 3 + NEIGHBOURS], means[:, 3 + NEIGHBOURS :]
    middle_x, middle_y = x.mean(axis=1, keepdims=True), y.mean(axis=1, keepdims=True)
    slope = ((x - middle_x) * y).sum(axis=1) / ((x - middle_x) ** 2).sum(axis=1)
    return 1 - (middle_y[:, 0] - slope * middle_x[:, 0]) / (means[:, 2] - means[:, 1] ** 2)


def repeat_measurements(
    published: pd.DataFrame, apart: float = 0, seed: int = SEED
) -> pd.DataFrame:
    """Return how well the valence of releases of one recording agrees.

    `published` is uncleaned, since cleaning keeps one release of each recording; of its recordings
    those count whose releases differ in length by at least `apart` milliseconds. Releases whose
    other scores are all those of another release are copies of one computation, which say nothing
    on how repeatable valence is, and count once.

    One row: recordings (computed more than once), releases (of these, copies not counted), copies
    (left out), variance (of valence in the table), icc (intraclass correlation: 1 less the variance
    within recordings over that of valence), low, high (95%, artists resampled; missing, as icc, for
    fewer than 10 recordings).
    """
    rows = sort_rows(published).query("valence > 0").drop_duplicates("track_id")
    rows["recording"] = recording_numbers(rows, ("title",))
    others = [name for name in FEATURES if name in rows and name != "valence"]
    copied = rows.duplicated(["recording", *others])
    length = rows[~copied].groupby("recording")["duration_ms"]
    differ = length.transform("max") - length.transform("min") >= apart
    computed = rows[~copied][(length.transform("size") > 1) & differ]
    parts = computed.groupby("recording")
    row = {"recordings": parts.ngroups, "releases": len(computed), "copies": int(copied.sum()),
           "variance": published["valence"].var()}  # fmt: skip
    if row["recordings"] < 10:
        return pd.DataFrame([row | dict.fromkeys(("icc", "low", "high"), np.nan)])
    # squares within recordings and their degrees of freedom, summed over the tracks of an artist
    squares = (computed["valence"] - parts["valence"].transform("mean")) ** 2
    freedom = 1 - 1 / parts["valence"].transform("size")
    sums = pd.DataFrame({"squares": squares, "freedom": freedom})
    sums = sums.groupby(artist_keys(computed["artist"])).sum().to_numpy()
    drawn = draw_counts(len(sums), seed=seed) @ sums
    low, high = interval_of(1 - drawn[:, 0] / drawn[:, 1] / row["variance"])
    icc = 1 - squares.sum() / freedom.sum() / row["variance"]
    return pd.DataFrame([row | {"icc": icc, "low": low, "high": high}])
