"""What more tracks would bring: scores by number of training tracks, and their limit."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evaluation import METRICS, interval_of, resampled_scores, scores
from analysis.prediction.learners import predict
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import JOBS, Candidate, source_of
from analysis.tracks.splitting import grouped_folds


def learning_curve(
    one: Candidate, train: pd.DataFrame, shares: Sequence[float], seed: int = SEED
) -> pd.DataFrame:
    """Predict tracks of five folds from growing shares of the artists of the others.

    The result has one row a track and share; columns share, fold, tracks (trained on), row,
    observed, artist_key, predicted.
    """
    train = draw_artists(train, 20_000, seed)  # of more, the curve is flat
    folds, source = grouped_folds(train, 5, seed), source_of(one.learner)
    points = Parallel(n_jobs=JOBS)(
        delayed(_curve_point)(share, fold, one, train, *folds[fold], seed, source)
        for share in sorted(shares, reverse=True) for fold in range(5)
    )  # fmt: skip
    return pd.concat(points, ignore_index=True)


@remember
def _curve_point(
    share: float, fold: int, one: Candidate, train, fitting, validation, seed: int, source: str
):
    part = draw_artists(train.iloc[fitting], round(share * len(fitting)), seed + fold)
    held = train.iloc[validation].rename(columns={"valence": "observed"})
    about = {"share": share, "fold": fold, "tracks": len(part), "row": validation}
    return held[["observed", "artist_key"]].assign(**about, predicted=predict(one.fit(part), held))


def score_curve(curve: pd.DataFrame) -> pd.DataFrame:
    """Return share, fold, tracks, mae, rmse, r2 of what `learning_curve` returns."""
    parts = curve.groupby(["share", "fold", "tracks"])
    return parts.apply(lambda part: scores(part["observed"], part["predicted"])).reset_index()


def extend_curve(curve: pd.DataFrame, seed: int = SEED) -> pd.Series:
    """Extend what `learning_curve` returns to endless data: R²(n) = a - b n^-c.

    The result holds r2 (the limit a, at most 1), low, high (95 %, scored artists resampled), drop
    (b) and decay (c). The interval has nothing of the doubt about the form of the curve.
    """
    sizes, values = score_curve(curve).groupby("share")[["tracks", "r2"]].mean().to_numpy().T
    limit, drop, decay = fit_curve(sizes, values)
    # all sizes are scored on the same resamples, so that their scores move together
    about = curve.drop_duplicates("row").set_index("row")
    at_sizes = curve.pivot_table(index="row", columns="share", values="predicted").loc[about.index]
    drawn = resampled_scores(about["observed"], at_sizes, about["artist_key"], 500, seed)
    r2 = np.stack([drawn[share][:, METRICS.index("r2")] for share in at_sizes], axis=1)
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
