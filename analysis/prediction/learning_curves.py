"""What more tracks would bring: scores by number of training tracks, and their limit."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evaluation import draw_counts, interval_of, scores
from analysis.prediction.learners import predict
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import JOBS, Candidate, source_of
from analysis.tracks.splitting import artist_keys, grouped_folds

log = logging.getLogger("analysis")
# Five folds at every size on more tracks than this take long, and the curve is flat by then.
MOST_TRACKS = 20_000
# Exponents of the learning curve that are tried; 1/2 is that of a parametric model's error.
DECAYS = np.linspace(0.2, 1.0, 17)


def learning_curve(
    one: Candidate, train: pd.DataFrame, shares: Sequence[float], seed: int = SEED
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score a learner trained on growing shares of the artists.

    Parameters
    ----------
    one : Candidate
    train : DataFrame
        More than 20,000 tracks are sampled by artist.
    shares : sequence of float
        Shares of each fold's training tracks, in whole artists.

    Returns
    -------
    scored : DataFrame
        Columns share, fold, tracks (trained on), mae, rmse, r2, rank.
    predicted : DataFrame
        Columns observed, artist and one a share: every track that was scored, predicted from the
        folds without its artist.
    """
    log.info("learning curve of %s: %d sizes", one.label, len(shares))
    train, source = draw_artists(train, MOST_TRACKS, seed), source_of(one.learner)
    tasks = [(share, fold) for share in sorted(shares, reverse=True) for fold in range(5)]
    points = Parallel(n_jobs=JOBS)(
        delayed(_curve_point)(one, train, share, fold, seed, source) for share, fold in tasks
    )
    by_share = {share: np.full(len(train), np.nan) for share in sorted(shares)}
    for (share, _), (_, held, values) in zip(tasks, points, strict=True):
        by_share[share][held] = values
    about = {"observed": train["valence"].to_numpy(), "artist": train["artist"].to_numpy()}
    scored = pd.DataFrame([row for row, _, _ in points])
    return scored.sort_values(["share", "fold"], ignore_index=True), pd.DataFrame(about | by_share)


def extend_curve(
    scored: pd.DataFrame, predicted: pd.DataFrame, resamples: int = 500, seed: int = SEED
) -> pd.DataFrame:
    """Extend a learning curve to endless data: R²(n) = a - b n^-c.

    Parameters
    ----------
    scored, predicted : DataFrame
        Of `learning_curve`.

    Returns
    -------
    DataFrame
        One row; columns r2 (the limit a, at most 1), low, high (95 %, scored artists resampled),
        drop (b), decay (c, between 0.2 and 1), doubled (R² at twice the tracks). Few sizes and
        three parameters make a wide interval, which still has nothing of the doubt about the
        form of the curve.
    """
    sizes = scored.groupby("share")["tracks"].mean().to_numpy()
    means = scored.groupby("share")["r2"].mean().to_numpy()
    limit, drop, decay = fit_curve(sizes, means)
    apart = _draw_apart(predicted, resamples, seed)
    drawn = [fit_curve(sizes, means + one) for one in apart]
    low, high = interval_of(np.array([one[0] for one in drawn]))
    doubled = limit - drop * (2 * sizes.max()) ** -decay
    return pd.DataFrame(
        [{"r2": limit, "low": low, "high": high, "drop": drop, "decay": decay, "doubled": doubled}]
    )


def curve_line(fit: pd.DataFrame, largest: float, points: int = 60) -> pd.DataFrame:
    """Return tracks and r2 along an extended curve, up to four times the largest size."""
    sizes = np.geomspace(largest / 12, largest * 4, points)
    one = fit.iloc[0]
    return pd.DataFrame({"tracks": sizes, "r2": one["r2"] - one["drop"] * sizes ** -one["decay"]})


def fit_curve(sizes: np.ndarray, values: np.ndarray) -> tuple[float, float, float]:
    """Return limit, drop and decay of least squares; the limit is at most 1."""
    best = (np.inf, float(values[-1]), 0.0, 0.5)
    for decay in DECAYS:
        design = np.column_stack([np.ones_like(sizes), -(sizes**-decay)])
        (limit, drop), *_ = np.linalg.lstsq(design, values, rcond=None)
        error = ((design @ (limit, drop) - values) ** 2).sum()
        if drop >= 0 and limit <= 1 and error < best[0]:
            best = (error, float(limit), float(drop), float(decay))
    return best[1:]


def _draw_apart(predicted: pd.DataFrame, resamples: int, seed: int) -> np.ndarray:
    """Return by how much R² over resampled artists is off at every size; (resamples, sizes).

    All sizes are scored on the same artists, so their scores move together.
    """
    observed = predicted["observed"].to_numpy()
    at_sizes = predicted.drop(columns=["observed", "artist"]).to_numpy()
    squares = (observed[:, None] - at_sizes) ** 2
    codes = pd.factorize(artist_keys(predicted["artist"]))[0]
    values = np.column_stack([np.ones(len(observed)), observed, observed**2, squares])
    sums = np.stack([np.bincount(codes, column) for column in values.T], axis=1)
    drawn = _pooled_r2(draw_counts(len(sums), resamples, seed) @ sums)
    return drawn - _pooled_r2(sums.sum(axis=0, keepdims=True))


def _pooled_r2(sums: np.ndarray) -> np.ndarray:
    """Return R² from sums of 1, valence, its square and squared errors over tracks."""
    n, first, second = sums[:, :1], sums[:, 1:2], sums[:, 2:3]
    return 1 - sums[:, 3:] / (second - first**2 / n)


@remember
def _curve_point(
    one: Candidate, train: pd.DataFrame, share: float, fold: int, seed: int, source: str
) -> tuple[dict, np.ndarray, np.ndarray]:
    """Train on a share of the artists outside one fold; return scores, places and predictions."""
    fitting, validation = grouped_folds(train, 5, seed)[fold]
    rest, held = train.iloc[fitting], train.iloc[validation]
    part = draw_artists(rest, round(share * len(rest)), seed + fold)
    predicted = predict(one.fit(part), held)
    row = {"share": share, "fold": fold, "tracks": len(part)}
    return row | scores(held["valence"], predicted).to_dict(), validation, np.asarray(predicted)
