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
    observed, predictions: pd.DataFrame, artists, resamples: int = RESAMPLES, best: str = ""
) -> pd.DataFrame:
    """Score several models, with 95% percentile intervals over resampled artists.

    `predictions` is n x models. Columns model, metric, value, low, high; every model is scored on
    the same resamples. Given `best`, the scores of others are less those of it, paired by resample.
    """
    drawn = resampled_scores(observed, predictions, artists, resamples)
    base, drawn_base = (scores(observed, predictions[best]), drawn[best]) if best else (0, 0)
    rows = []
    for model in predictions.columns.drop([best] if best else []):
        values, apart = scores(observed, predictions[model]) - base, drawn[model] - drawn_base
        ends = map(interval_of, apart.T)
        rows += [(model, *pair, *end) for pair, end in zip(values.items(), ends, strict=True)]
    return pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high"])


def resampled_scores(
    observed, predictions: pd.DataFrame, artists, resamples: int = RESAMPLES
) -> dict[str, np.ndarray]:
    """Score every model on resamples of the artists: (resamples, 3) a model, in order of `METRICS`.

    Scores are functions of sums over tracks, so one product of matrices does all resamples.
    """
    codes, names = pd.factorize(np.asarray(artists))
    counts = draw_counts(len(names), resamples)
    observed = np.asarray(observed, float)
    drawn = {}
    for model in predictions:
        sums = _track_sums(observed, predictions[model].to_numpy(float))
        by_artist = np.stack([np.bincount(codes, column, len(names)) for column in sums.T], axis=1)
        drawn[model] = np.stack(_from_sums((counts @ by_artist).T), axis=1)
    return drawn


def draw_counts(units: int, resamples: int = RESAMPLES) -> np.ndarray:
    """Return how often each unit is drawn in each resample, of shape (resamples, units)."""
    shares = np.full(units, 1 / units)
    return np.random.default_rng(SEED).multinomial(units, shares, size=resamples).astype(float)


def interval_of(values: np.ndarray) -> tuple[float, float]:
    """Return the 2.5 and 97.5% quantiles of resampled values."""
    return tuple(np.quantile(values, [0.025, 0.975]).tolist())


def calibration(observed, predicted, artists, bins: int = 10) -> pd.DataFrame:
    """Compare mean observed valence with the mean prediction in bins of equal size.

    A row a bin: predicted, observed, error (absolute), low, high (95% of observed, by artists).
    """
    frame = pd.DataFrame({"predicted": np.asarray(predicted), "observed": np.asarray(observed)})
    frame["error"] = (frame["observed"] - frame["predicted"]).abs()
    numbers = pd.qcut(frame["predicted"].rank(method="first"), bins, labels=False)
    codes, names = pd.factorize(np.asarray(artists))
    counts, rows = draw_counts(len(names), 1000), []
    for _, part in frame.groupby(numbers):
        total = counts @ np.bincount(codes[part.index], part["observed"], len(names))
        size = counts @ np.bincount(codes[part.index], minlength=len(names))
        low, high = interval_of(total[size > 0] / size[size > 0])
        rows.append({**part.mean(), "low": low, "high": high})
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
