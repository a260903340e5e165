"""How much of valence could be explained: more tracks, alike tracks, and repeated recordings."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from analysis import SEED
from analysis.memory import remember
from analysis.prediction import evaluation, preparing
from analysis.prediction.evaluation import draw_counts, interval_of, scores
from analysis.prediction.learners import predict
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import Candidate, fit_once, share_out
from analysis.tracks.ordering import sort_rows
from analysis.tracks.recordings import recording_numbers
from analysis.tracks.schema import FEATURES
from analysis.tracks.splitting import artist_keys, grouped_folds

NEIGHBOURS = 10


def learning_curve(one: Candidate, train: pd.DataFrame, shares: Sequence[float]) -> pd.DataFrame:
    """Predict tracks of five folds from growing shares of the artists of the others.

    A row a track and share: share, fold, tracks (trained on), row, observed, artist_key, predicted.
    """
    train = draw_artists(train, 20_000)  # of more, the curve is flat
    folds = grouped_folds(train, 5, SEED)
    largest = sorted(shares, reverse=True)
    tasks = [(share, fold, one, train, *folds[fold]) for share in largest for fold in range(5)]
    return pd.concat(share_out(_curve_point, tasks), ignore_index=True)


@remember
def _curve_point(share: float, fold: int, one: Candidate, train, fitting, validation):
    part = train.iloc[fitting].reset_index(drop=True)
    part = draw_artists(part, round(share * len(part)), SEED + fold)
    held = train.iloc[validation].rename(columns={"valence": "observed"})
    fitted = fit_once(one, part) if share == 1 else one.fit(part)  # no other share is asked again
    about = {"share": share, "fold": fold, "tracks": len(part), "row": validation}
    return held[["observed", "artist_key"]].assign(**about, predicted=predict(fitted, held))


def score_curve(curve: pd.DataFrame) -> pd.DataFrame:
    """Return share, fold, tracks, mae, rmse, r2 of what `learning_curve` returns."""
    parts = curve.groupby(["share", "fold", "tracks"])
    return parts.apply(lambda part: scores(part["observed"], part["predicted"])).reset_index()


def extend_curve(curve: pd.DataFrame) -> pd.Series:
    """Extend what `learning_curve` returns to endless data: R²(n) = a - b n^-c.

    The result holds r2 (the limit a, at most 1), low, high (95 %, scored artists resampled), drop
    (b) and decay (c). The interval has nothing of the doubt about the form of the curve.
    """
    sizes, values = score_curve(curve).groupby("share")[["tracks", "r2"]].mean().to_numpy().T
    limit, drop, decay = fit_curve(sizes, values)
    # all sizes are scored on the same resamples, so that their scores move together
    about = curve.drop_duplicates("row").set_index("row")
    at_sizes = curve.pivot_table(index="row", columns="share", values="predicted").loc[about.index]
    drawn = evaluation.resampled_scores(about["observed"], at_sizes, about["artist_key"], 500)
    r2 = np.stack([drawn[share][:, evaluation.METRICS.index("r2")] for share in at_sizes], axis=1)
    low, high = interval_of([fit_curve(sizes, values + one)[0] for one in r2 - r2.mean(axis=0)])
    return pd.Series({"r2": limit, "low": low, "high": high, "drop": drop, "decay": decay})


def fit_curve(sizes: np.ndarray, values: np.ndarray) -> tuple[float, float, float]:
    """Return limit (at most 1), drop and decay (0.2 to 1) of least squares."""
    best = (np.inf, float(values[-1]), 0.0, 0.5)
    for decay in np.linspace(0.2, 1.0, 17):  # 1/2 is that of a parametric model's error
        design = np.column_stack([np.ones_like(sizes), -(sizes**-decay)])
        limit, drop = np.linalg.lstsq(design, values, rcond=None)[0]
        error = ((design @ (limit, drop) - values) ** 2).sum()
        if drop >= 0 and limit <= 1 and error < best[0]:
            best = (error, float(limit), float(drop), float(decay))
    return best[1:]


@remember
def neighbour_ceiling(tracks: pd.DataFrame) -> pd.DataFrame:
    """Estimate the attainable R² from tracks that are nearly alike: the gamma test [@evans2002].

    Half the squared difference in valence of two tracks is on average the variance that the
    features leave open, plus what separates the two. Over the ten nearest neighbours by other
    artists, its line on the squared distance is extended to distance 0. One row: r2, low, high
    (95%, artists resampled).
    """
    sample = draw_artists(tracks, 20_000)  # more move it by less than its error
    moments = sample["valence"].to_numpy()[:, None] ** [0, 1, 2]
    values = np.hstack([moments, *_neighbour_pairs(sample)])
    sums = pd.DataFrame(values).groupby(sample["artist_key"].to_numpy()).sum().to_numpy()
    low, high = interval_of(_gamma_test(draw_counts(len(sums)) @ sums))
    return pd.DataFrame({"r2": _gamma_test(sums.sum(axis=0)[None]), "low": low, "high": high})


def _neighbour_pairs(tracks: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return half squared differences and squared distances, each of shape (n, 10)."""
    features = preparing.predictors(tracks)
    points = preparing.for_distances(features).fit_transform(features)
    artists, observed = tracks["artist_key"].to_numpy(), tracks["valence"].to_numpy()
    far = NEIGHBOURS + min(tracks["artist_key"].value_counts().iloc[0], 500)  # ten by others
    apart, near = NearestNeighbors().fit(points).kneighbors(points, min(far, len(tracks)))
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


def repeat_measurements(published: pd.DataFrame, apart: float = 0) -> pd.DataFrame:
    """Return how well the valence of releases of one recording agrees.

    `published` is uncleaned, since cleaning keeps one release of each recording; of its recordings
    those count whose releases differ in length by at least `apart` milliseconds. Releases with all
    other scores of another one are copies of one computation, which say nothing, and count once.

    One row: recordings (computed more than once), releases (of these, copies not counted), copies
    (left out), variance (of valence in the table), icc (intraclass correlation: 1 less the variance
    within recordings over that of valence), low, high (95%, by artists; all missing below 10).
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
    drawn = draw_counts(len(sums)) @ sums
    low, high = interval_of(1 - drawn[:, 0] / drawn[:, 1] / row["variance"])
    icc = 1 - squares.sum() / freedom.sum() / row["variance"]
    return pd.DataFrame([row | {"icc": icc, "low": low, "high": high}])
