"""Prediction intervals that hold without assumptions on the errors, artist by artist."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline

from analysis import SEED
from analysis.prediction import preparing
from analysis.prediction.evaluation import draw_counts, interval_of
from analysis.prediction.groups import FEWEST
from analysis.prediction.learners import one_thread, steps

LEVEL = 0.9


@dataclass(frozen=True)
class Conformal:
    """What makes intervals of predictions.

    `width` is the half width at scale 1; `scale` is a fitted estimator of the expected absolute
    error of a track, or None where every interval has the same width.
    """

    level: float
    width: float
    scale: object = None

    def half_widths(self, tracks: pd.DataFrame) -> np.ndarray:
        """Return half the width of every track's interval."""
        if self.scale is None:
            return np.full(len(tracks), self.width)
        with one_thread():
            return self.width * _positive(self.scale.predict(preparing.predictors(tracks)))

    def intervals(self, tracks: pd.DataFrame, predicted) -> pd.DataFrame:
        """Return low and high of every track, within 0 and 1."""
        half = self.half_widths(tracks)
        ends = {"low": predicted - half, "high": predicted + half}
        return pd.DataFrame(ends).clip(0, 1)


def conformal_quantile(errors, artists, level: float = LEVEL) -> float:
    """Return the half width that covers a track of a new artist with a given probability.

    Parameters
    ----------
    errors : array of shape (n,)
        Absolute errors, scaled or not, of tracks whose artist the model did not see.
    artists : array of shape (n,)
    level : float
        Wanted coverage.

    Returns
    -------
    float
        The quantile of the errors at (m + 1) / m of the level, for m artists; infinite where
        there are too few artists for the level. Artists, not tracks, are exchangeable, so the
        correction counts them and not their tracks [@dunn2023; @lei2018].
    """
    m = len(np.unique(np.asarray(artists)))
    share = level * (m + 1) / m
    if share > 1:
        return np.inf
    return float(np.quantile(np.asarray(errors, float), share, method="higher"))


def fit_conformal(
    tracks: pd.DataFrame, predicted, level: float = LEVEL, adaptive: bool = False, seed: int = SEED
) -> Conformal:
    """Learn the width of intervals from out-of-fold predictions.

    Parameters
    ----------
    tracks : DataFrame
        Training tracks.
    predicted : array of shape (n,)
        Their predictions by models that did not see their artist.
    level : float
    adaptive : bool
        Whether intervals are wider where errors are expected to be larger; the expectation is
        learned on one half of the artists and the width on the other half [@lei2018].
    """
    errors = np.abs(tracks["valence"].to_numpy() - np.asarray(predicted))
    if not adaptive:
        return Conformal(level, conformal_quantile(errors, tracks["artist"], level))
    learning = _half_of_artists(tracks["artist"], seed)
    scale = _fit_scale(tracks[learning], errors[learning])
    rest = tracks[~learning]
    relative = errors[~learning] / _positive(scale.predict(preparing.predictors(rest)))
    return Conformal(level, conformal_quantile(relative, rest["artist"], level), scale)


def coverage(
    observed,
    bounds: pd.DataFrame,
    artists,
    groups: pd.Series | None = None,
    seed: int = SEED,
    fewest: int = FEWEST,
) -> pd.DataFrame:
    """Count how often intervals hold the truth, overall and in groups of `fewest` tracks or more.

    Returns
    -------
    DataFrame
        Columns group, tracks, coverage, low, high (95 %, artists resampled), width (mean); the
        first row, "all", is over all tracks.
    """
    frame = bounds.assign(artist=np.asarray(artists), width=bounds["high"] - bounds["low"])
    observed = np.asarray(observed, float)
    frame["held"] = (observed >= bounds["low"]) & (observed <= bounds["high"])
    rows = [_coverage_row("all", frame, seed)]
    if groups is not None:
        parts = frame.groupby(np.asarray(groups.astype(str)), sort=True)
        by_name = {name: part for name, part in parts if len(part) >= fewest}
        names = groups.cat.categories if hasattr(groups, "cat") else by_name
        rows += [_coverage_row(str(n), by_name[str(n)], seed) for n in names if str(n) in by_name]
    return pd.DataFrame(rows)


def _coverage_row(name: str, part: pd.DataFrame, seed: int) -> dict:
    """Return the coverage of one group."""
    codes, names = pd.factorize(part["artist"])
    counts = draw_counts(len(names), seed=seed)
    held = counts @ np.bincount(codes, part["held"], len(names))
    size = counts @ np.bincount(codes, minlength=len(names))
    low, high = interval_of(held / size)
    return {
        "group": name,
        "tracks": len(part),
        "coverage": float(part["held"].mean()),
        "low": low,
        "high": high,
        "width": float(part["width"].mean()),
    }


def _fit_scale(tracks: pd.DataFrame, errors: np.ndarray):
    """Fit a small boosted model of the absolute error."""
    features = preparing.predictors(tracks)
    model = HistGradientBoostingRegressor(
        learning_rate=0.05,
        max_iter=60,
        max_leaf_nodes=6,
        min_samples_leaf=40,
        categorical_features=preparing.categories_of(features),
        random_state=SEED,
    )
    with one_thread():
        return make_pipeline(*steps(preparing.for_boosting(features)), model).fit(features, errors)


def _half_of_artists(artists: pd.Series, seed: int) -> np.ndarray:
    """Return a mask of the tracks by a random half of the artists."""
    names = np.sort(artists.unique().astype(object))
    chosen = np.random.default_rng(seed).permutation(len(names)) < len(names) // 2
    return artists.isin(names[chosen]).to_numpy()


def _positive(expected: np.ndarray) -> np.ndarray:
    """Keep an expected error away from 0, where a relative error would explode."""
    return np.maximum(expected, 0.02)
