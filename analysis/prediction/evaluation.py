"""Scores of predictions, and how sure they are: whole artists are resampled, not tracks.

Tracks of one artist are alike, so they are not independent draws; an interval that resamples
tracks would be too narrow [@cameron2015; @field2007].
"""

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.prediction.groups import FEWEST, frame_of

RESAMPLES = 2000
METRICS = ("mae", "rmse", "r2", "rank")
SCORED = ("tracks", "artists", "bias", "mae", "mae_low", "mae_high", "r2", "r2_low", "r2_high")


def scores(observed, predicted) -> pd.Series:
    """Score predictions.

    Parameters
    ----------
    observed, predicted : array of shape (n,)
        Valence and its prediction, both from 0 to 1.

    Returns
    -------
    Series
        ``mae`` and ``rmse`` on the scale of valence, ``r2`` (1 is perfect, 0 is the mean of these
        tracks, below 0 is worse), ``rank`` (Spearman's correlation; 0 for a constant prediction).
    """
    sums = _track_sums(np.asarray(observed, float), np.asarray(predicted, float))
    return pd.Series(_from_sums(sums.sum(axis=0)), index=METRICS, dtype=float)


def bootstrap_scores(
    observed, predictions: pd.DataFrame, artists, resamples: int = RESAMPLES, seed: int = SEED
) -> pd.DataFrame:
    """Score several models, with 95 % percentile intervals over resampled artists.

    Parameters
    ----------
    observed : array of shape (n,)
    predictions : DataFrame of shape (n, models)
        One column a model.
    artists : array of shape (n,)
    resamples : int
    seed : int

    Returns
    -------
    DataFrame
        Columns model, metric, value, low, high; every model is scored on the same resamples.
        Spearman's correlation resamples the ranks of the full sample.
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
    best: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Compare every model with one of them on the same tracks.

    Parameters
    ----------
    observed, predictions, artists, resamples, seed
        As for `bootstrap_scores`.
    best : str, optional
        The model compared with; that of the least MAE if not given.

    Returns
    -------
    DataFrame
        Columns model, metric, value, low, high: the model's score less that of `best`, paired
        within each resample. An interval without 0 is a difference beyond sampling error.
    """
    best = best or best_model(observed, predictions)
    drawn = resampled_scores(observed, predictions, artists, resamples, seed)
    base, rows = scores(observed, predictions[best]), []
    for model in predictions.columns.drop(best):
        values = scores(observed, predictions[model]) - base
        apart = drawn[model] - drawn[best]
        rows += [_row(apart, model, metric, values[metric]) for metric in METRICS]
    return pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high"])


def value_of(scored: pd.DataFrame, model: str, metric: str) -> float:
    """Return one score of a table with columns model, metric and value."""
    row = scored[(scored["model"] == model) & (scored["metric"] == metric)]
    return float(row["value"].iloc[0])


def best_model(observed, predictions: pd.DataFrame) -> str:
    """Return the column with the least mean absolute error."""
    return predictions.sub(np.asarray(observed), axis=0).abs().mean().idxmin()


def resampled_scores(
    observed, predictions: pd.DataFrame, artists, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, np.ndarray]:
    """Score every model on resamples of the artists.

    Returns
    -------
    dict
        An array of shape (resamples, 4) a model, its columns in the order of `METRICS`.

    Notes
    -----
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
    """Return the 2.5 and 97.5 % quantiles of resampled values."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def score_groups(
    observed,
    predicted,
    groups: pd.Series,
    artists,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    fewest: int = FEWEST,
) -> pd.DataFrame:
    """Score one model within groups of tracks.

    Parameters
    ----------
    observed, predicted, artists : array of shape (n,)
    groups : Series of shape (n,)
        Genre, quintile of valence or anything else that is constant in a group.
    fewest : int
        Groups of fewer tracks are left out.

    Returns
    -------
    DataFrame
        Columns group, tracks, artists, bias (mean of predicted less observed), then value, low and
        high of the MAE and of R² (``mae``, ``mae_low``, ``mae_high``, ``r2``, ...), in the order of
        the groups.
    """
    frame = pd.DataFrame({"y": np.asarray(observed), "model": np.asarray(predicted)})
    frame["artist"], frame["group"] = np.asarray(artists), np.asarray(groups.astype(str))
    order = _levels(groups)
    rows = [
        _group_row(name, frame[frame["group"] == name], resamples, seed)
        for name in order
        if (frame["group"] == name).sum() >= fewest
    ]
    return frame_of(rows, SCORED)


def quintiles(values: pd.Series, unit: str = "") -> pd.Series:
    """Cut values at their quintiles; equal cut points are merged.

    Returns
    -------
    Series
        Ordered categories, named by their bounds.
    """
    return pd.qcut(values, 5, duplicates="drop", precision=2).cat.rename_categories(
        lambda cut: f"{round(max(cut.left, values.min()), 2):g} to {round(cut.right, 2):g}{unit}"
    )


def calibration(observed, predicted, artists, bins: int = 10, seed: int = SEED) -> pd.DataFrame:
    """Compare mean observed valence with the mean prediction in bins of the prediction.

    Returns
    -------
    DataFrame
        Columns predicted, observed, low, high (95 %, artists resampled), tracks; one row a bin of
        equal size.
    """
    frame = pd.DataFrame({"observed": np.asarray(observed), "predicted": np.asarray(predicted)})
    frame["bin"] = pd.qcut(frame["predicted"].rank(method="first"), bins, labels=False)
    codes, names = pd.factorize(np.asarray(artists))
    counts = draw_counts(len(names), 1000, seed)
    rows = [_calibration_row(part, codes[part.index], counts) for _, part in frame.groupby("bin")]
    return pd.DataFrame(rows)


def calibration_line(observed, predicted) -> tuple[float, float]:
    """Return intercept and slope of observed on predicted; 0 and 1 are perfect."""
    slope, intercept = np.polyfit(np.asarray(predicted, float), np.asarray(observed, float), 1)
    return float(intercept), float(slope)


def _track_sums(observed: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return what the scores add up over tracks, of shape (n, 10)."""
    error = predicted - observed
    first, second = (pd.Series(v).rank().to_numpy() / len(v) - 0.5 for v in (observed, predicted))
    values = [np.ones_like(observed), abs(error), error**2, observed, observed**2]
    ranks = [first, second, first**2, second**2, first * second]
    return np.stack([*values, *ranks], axis=1)


def _from_sums(sums: np.ndarray) -> list[np.ndarray]:
    """Return MAE, RMSE, R² and rank correlation from the sums of `_track_sums`."""
    n, absolute, square, y, yy, a, b, aa, bb, ab = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        r2 = 1 - square / (yy - y**2 / n)
        rank = (ab - a * b / n) / np.sqrt((aa - a**2 / n) * (bb - b**2 / n))
    # a constant prediction orders nothing; its computed variance is rounding error
    flat = (bb - b**2 / n) < 1e-9 * n
    return [absolute / n, np.sqrt(square / n), r2, np.where(flat, 0.0, rank)]


def _row(drawn: np.ndarray, model: str, metric: str, value: float) -> tuple:
    """Return one line of a table of scores."""
    return (model, metric, value, *interval_of(drawn[:, METRICS.index(metric)]))


def _levels(groups: pd.Series) -> list[str]:
    """Return group names in their own order, as text."""
    if isinstance(groups.dtype, pd.CategoricalDtype):
        return [str(name) for name in groups.cat.categories]
    return sorted(groups.dropna().astype(str).unique())


def _group_row(name: str, part: pd.DataFrame, resamples: int, seed: int) -> dict:
    """Return the scores of one group."""
    table = bootstrap_scores(part["y"], part[["model"]], part["artist"], resamples, seed)
    row = {"group": name, "tracks": len(part), "artists": part["artist"].nunique()}
    row["bias"] = (part["model"] - part["y"]).mean()
    for metric in ("mae", "r2"):
        line = table[table["metric"] == metric].iloc[0]
        row |= {metric: line["value"], f"{metric}_low": line["low"], f"{metric}_high": line["high"]}
    return row


def _calibration_row(part: pd.DataFrame, codes: np.ndarray, counts: np.ndarray) -> dict:
    """Return one bin's mean prediction and mean observation with its interval."""
    total = np.bincount(codes, part["observed"], counts.shape[1])
    size = np.bincount(codes, minlength=counts.shape[1])
    weight = counts @ size
    means = (counts @ total)[weight > 0] / weight[weight > 0]
    low, high = interval_of(means)
    middle = part[["predicted", "observed"]].mean()
    return {**middle, "low": low, "high": high, "tracks": len(part)}
