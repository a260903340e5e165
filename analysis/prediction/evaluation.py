"""Scores of predictions, with intervals over resampled artists.

Tracks of one artist resemble each other, so tracks are not independent draws; an interval that
resamples tracks would be too narrow [@cameron2015; @field2007].
"""

import numpy as np
import pandas as pd

from analysis import SEED

RESAMPLES = 2000
METRICS = ("mae", "rmse", "r2")


def scores(observed, predicted) -> pd.Series:
    """Return mae and rmse, on the scale of valence, and r2 (0 is the mean of these tracks)."""
    sums = _track_sums(np.asarray(observed, float), np.asarray(predicted, float))
    return pd.Series(_from_sums(sums.sum(axis=0)), index=METRICS, dtype=float)


def bootstrap_scores(
    observed, predictions: pd.DataFrame, artists, resamples: int = RESAMPLES, seed: int = SEED
) -> pd.DataFrame:
    """Score several models, with 95% percentile intervals over resampled artists.

    `predictions` is n x models. Columns model, metric, value, low, high; every model is scored on
    the same resamples.
    """
    drawn = resampled_scores(observed, predictions, artists, resamples, seed)
    rows = []
    for model in predictions:
        values = scores(observed, predictions[model])
        rows += [_row(drawn[model], model, metric, values[metric]) for metric in METRICS]
    return pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high"])


def score_differences(
    observed,
    predictions: pd.DataFrame,
    artists,
    best: str,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Score every model less `best`, paired by resample; else as `bootstrap_scores`."""
    drawn = resampled_scores(observed, predictions, artists, resamples, seed)
    base, rows = scores(observed, predictions[best]), []
    for model in predictions.columns.drop(best):
        values = scores(observed, predictions[model]) - base
        apart = drawn[model] - drawn[best]
        rows += [_row(apart, model, metric, values[metric]) for metric in METRICS]
    return pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high"])


def resampled_scores(
    observed, predictions: pd.DataFrame, artists, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, np.ndarray]:
    """Score every model on resamples of the artists: (resamples, 3) a model, in order of `METRICS`.

    Each score is a function of sums over tracks, and a resample of artists weighs the sums of each
    artist by how often it was drawn: one product of matrices does all resamples.
    """
    codes, names = pd.factorize(np.asarray(artists))
    counts = draw_counts(len(names), resamples, seed)
    observed = np.asarray(observed, float)
    drawn = {}
    for model in predictions:
        sums = _track_sums(observed, predictions[model].to_numpy(float))
        by_artist = np.stack([np.bincount(codes, column, len(names)) for column in sums.T], axis=1)
        drawn[model] = np.stack(_from_sums((counts @ by_artist).T), axis=1)
    return drawn


def draw_counts(units: int, resamples: int = RESAMPLES, seed: int = SEED) -> np.ndarray:
    """Return how often each unit is drawn in each resample, of shape (resamples, units)."""
    shares = np.full(units, 1 / units)
    return np.random.default_rng(seed).multinomial(units, shares, size=resamples).astype(float)


def interval_of(values: np.ndarray) -> tuple[float, float]:
    """Return the 2.5 and 97.5% quantiles of resampled values."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def calibration(observed, predicted, artists, bins: int = 10, seed: int = SEED) -> pd.DataFrame:
    """Compare mean observed valence with the mean prediction in bins of equal size.

    A row a bin: predicted, observed, low, high (95%, artists resampled), error (the mean absolute
    one), tracks.
    """
    frame = pd.DataFrame({"observed": np.asarray(observed), "predicted": np.asarray(predicted)})
    frame["error"] = (frame["observed"] - frame["predicted"]).abs()
    frame["bin"] = pd.qcut(frame["predicted"].rank(method="first"), bins, labels=False)
    codes, names = pd.factorize(np.asarray(artists))
    counts = draw_counts(len(names), 1000, seed)
    rows = [_calibration_row(part, codes[part.index], counts) for _, part in frame.groupby("bin")]
    return pd.DataFrame(rows)


def _track_sums(observed: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return what the scores add up over tracks, of shape (n, 5)."""
    error = predicted - observed
    return np.stack([np.ones_like(error), abs(error), error**2, observed, observed**2], axis=1)


def _from_sums(sums: np.ndarray) -> list[np.ndarray]:
    n, absolute, square, y, yy = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        r2 = 1 - square / (yy - y**2 / n)
    return [absolute / n, np.sqrt(square / n), r2]


def _row(drawn: np.ndarray, model: str, metric: str, value: float) -> tuple:
    return (model, metric, value, *interval_of(drawn[:, METRICS.index(metric)]))


def _calibration_row(part: pd.DataFrame, codes: np.ndarray, counts: np.ndarray) -> dict:
    total = np.bincount(codes, part["observed"], counts.shape[1])
    size = np.bincount(codes, minlength=counts.shape[1])
    weight = counts @ size
    low, high = interval_of((counts @ total)[weight > 0] / weight[weight > 0])
    return {**part[["predicted", "observed", "error"]].mean(), "low": low, "high": high,
            "tracks": len(part)}  # fmt: skip
