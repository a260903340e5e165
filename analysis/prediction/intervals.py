"""Prediction intervals that assume nothing on the errors, and how often they hold."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from crepes import ConformalRegressor
from scipy.stats import binomtest

from analysis.prediction.evaluation import draw_counts, interval_of

FEWEST = 20  # tracks of a group that is scored by itself: the scores of fewer are noise
LEVEL = 0.9


def fit_conformal(tracks: pd.DataFrame, predicted, level: float = LEVEL) -> Callable:
    """Learn the width of intervals from predictions, (n,), by models that did not see the artist.

    Returned is a function from m predictions to ends, (m, 2): 0 and 1, with a warning, of too few
    artists. The half width is a quantile of the absolute errors [@lei2018]. Artists, not tracks,
    are exchangeable, so the finite-sample correction counts artists [@dunn2023].
    """
    conformal = ConformalRegressor().fit(tracks["valence"].to_numpy() - np.asarray(predicted))
    # crepes corrects for tracks, and truncates: 0.1 of 10 must stay 1
    artists = tracks["artist_key"].nunique()
    share = level * (1 + 1 / artists) / (1 + 1 / len(tracks)) - 1e-9
    return partial(conformal.predict_int, confidence=share, y_min=0, y_max=1)


def coverage(observed, bounds, artists, groups: pd.Series) -> pd.DataFrame:
    """Count how often intervals, (n, 2), hold the truth, over all tracks and by group.

    Columns group ("all" first; none of fewer than `FEWEST` tracks), tracks, coverage, low, high
    (95%, artists resampled; where all or none are held, which resamples cannot tell from a
    certainty, the exact interval for so many artists), width (mean).
    """
    (low, high), observed = bounds.T, np.asarray(observed)
    held = (low <= observed) & (observed <= high)
    frame = pd.DataFrame({"artist": np.asarray(artists), "width": high - low, "held": held})
    apart = frame.groupby(groups.astype(str).to_numpy())
    parts = {"all": frame} | {name: part for name, part in apart if len(part) >= FEWEST}
    rows = []
    for name, part in parts.items():
        sums = part.groupby("artist")["held"].agg(["sum", "size"]).to_numpy(float)
        held, tracks = (draw_counts(len(sums)) @ sums).T
        ends = interval_of(held / tracks)
        if part["held"].nunique() == 1:
            ends = tuple(binomtest(len(sums) * part["held"].iloc[0], len(sums)).proportion_ci())
        rows.append((name, len(part), part["held"].mean(), *ends, part["width"].mean()))
    return pd.DataFrame(rows, columns=["group", "tracks", "coverage", "low", "high", "width"])
