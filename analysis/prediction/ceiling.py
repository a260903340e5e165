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

NEIGHBOURS = 10


@remember
def neighbour_ceiling(tracks: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Estimate the attainable R² from tracks that are nearly alike: the gamma test [@evans2002].

    Half the squared difference in valence of two tracks is on average the variance that the
    features leave open, plus what separates the two. Over the ten nearest neighbours by other
    artists, its line on the squared distance is extended to distance 0.

    One row is returned; columns estimate, r2, low, high (95 %, artists resampled).
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


def repeat_measurements(published: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Compare the valence of releases of one recording, each later one with the first.

    Where all their other scores agree too, one is a copy of the other, which says nothing on how
    repeatable valence is: such pairs are left out.

    Parameters
    ----------
    published : DataFrame
        The canonical, uncleaned table: cleaning keeps one release of each recording.

    Returns
    -------
    DataFrame
        One row; columns recordings, pairs, copies (left out), equal (share of pairs with the same
        valence), median (absolute difference), r2 (1 less half the mean squared difference over
        the variance of valence), low, high (95 %, recordings resampled; NaN for fewer than 10).
    """
    rows = sort_rows(published).query("valence > 0").drop_duplicates("track_id")
    rows["recording"] = recording_numbers(rows, ("title",))
    rows = rows.sort_values(["recording", "track_id"]).set_index("recording")
    scores = rows[[name for name in FEATURES if name in rows]]
    apart = (scores - scores.groupby(level=0).transform("first")).abs().fillna(0)
    later = apart[rows.index.duplicated()]
    copied = (later.drop(columns="valence") == 0).all(axis=1)
    found = later.loc[~copied, "valence"]
    row = {"recordings": found.index.nunique(), "pairs": len(found), "copies": int(copied.sum()),
           "equal": (found < 5e-4).mean(), "median": found.median()}  # fmt: skip
    if row["recordings"] < 10:
        return pd.DataFrame([row | dict.fromkeys(("r2", "low", "high"), np.nan)])
    sums = (found**2 / 2).groupby(level=0).agg(["sum", "size"]).to_numpy()
    halves, pairs = (draw_counts(len(sums), seed=seed) @ sums).T
    variance = published["valence"].var()
    low, high = interval_of(1 - halves / pairs / variance)
    r2 = 1 - (found**2).mean() / 2 / variance
    return pd.DataFrame([row | {"r2": r2, "low": low, "high": high}])
