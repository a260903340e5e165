"""Where the variance of valence lies: explained, shared by an artist's tracks, or left."""

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.prediction.evaluation import draw_counts, interval_of

PARTS = (
    "the printed formula", "the best method beyond it", "shared by an artist's tracks",
    "left open, between recordings", "between releases of one recording",
)  # fmt: skip
RESAMPLES = 1000


def divide_variance(tracks: pd.DataFrame, formula, best, repeats: pd.DataFrame) -> pd.DataFrame:
    """Divide the variance of valence into five parts that add up to 1.

    The first two are the R² of `formula` on held-out tracks and what `best` has beyond it, both n
    predictions. What tracks of one artist share beyond `best` is the intraclass correlation of its
    residuals, by one-way analysis of variance [@shrout1979]. Releases of one recording, where none
    is a copy, differ by the last part (0 where `repeats`, from `ceiling.repeat_measurements`, does
    not know it). What lies between these is left open and differs between recordings.

    Columns part (`PARTS`), share with share_low and share_high (95%; artists resampled, and the
    agreement of releases drawn from a normal distribution with the width of its interval), start
    and end (running sums of the shares).
    """
    observed, codes = tracks["valence"].to_numpy(float), pd.factorize(tracks["artist_key"])[0]
    rest, left = observed - np.asarray(best, float), observed - np.asarray(formula, float)
    columns = [np.ones(len(rest)), observed, observed**2, left**2, rest**2, rest]
    sums = np.stack([np.bincount(codes, column) for column in columns], axis=1)
    sums = np.column_stack([sums, sums[:, 5] ** 2 / sums[:, 0], sums[:, 0] ** 2])
    counts = draw_counts(len(sums), RESAMPLES)
    # releases differ by so much on the scale of the held-out tracks
    wider = float(repeats["variance"].iloc[0] / observed.var())
    agreed, low, high = 1 - wider * (1 - repeats[["icc", "low", "high"]].iloc[0].astype(float))
    error = np.nan_to_num(high - low) / 3.92  # a 95% CI is so many standard errors wide
    noise = error * np.random.default_rng(SEED).standard_normal(RESAMPLES)
    agreed = 1.0 if np.isnan(agreed) else agreed
    value = _shares(sums.sum(axis=0)[None], np.array([len(sums)]), np.array([agreed]))[0]
    drawn = _shares(counts @ sums, counts.sum(axis=1), agreed + noise)
    # artists that are drawn twice are two groups, so resamples are not biased towards likeness
    ends = np.array([interval_of(column) for column in drawn.T])
    running = value.cumsum()
    return pd.DataFrame({
        "part": PARTS, "share": value, "share_low": ends[:, 0], "share_high": ends[:, 1],
        "start": running - value, "end": running,
    })  # fmt: skip


def _shares(sums: np.ndarray, artists: np.ndarray, agreed: np.ndarray) -> np.ndarray:
    """Return the five shares from sums over tracks, one row a resample."""
    n, total, squares, left, rest, residual, between, sizes = sums.T
    variance = squares - total**2 / n
    formula, best = 1 - left / variance, 1 - rest / variance
    among = (between - residual**2 / n) / (artists - 1)
    within = (rest - between) / np.maximum(n - artists, 1)
    typical = (n - sizes / n) / (artists - 1)
    spread = among + (typical - 1) * within
    likeness = np.divide(among - within, spread, out=np.zeros_like(spread), where=spread > 0)
    likeness = np.clip(likeness, 0, 1)
    shared = np.minimum(likeness * (1 - best), np.maximum(agreed - best, 0))
    return np.stack([formula, best - formula, shared, agreed - best - shared, 1 - agreed], axis=1)
