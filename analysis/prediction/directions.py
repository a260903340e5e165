"""The directions along which valence changes, as further columns for trees.

A tree cuts one column at a time and meets a slanting edge with a staircase of cuts; along a
direction that leans as the edge does it needs one. A learned metric finds such directions.
"""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from analysis.prediction.learned_metric import LEARNED_ON, SLOPES, LearnedMetricRegressor

# Rows from which directions are learned; on two folds of tracks114k all rows gave no better ones.
DIRECTED_BY = 20_000
# Width and penalty of the surface that shows them: what a search of the metric tries first.
SURFACE = {"width": 0.8, "penalty": 0.1}


class AddDirections(TransformerMixin, BaseEstimator):
    """Append to encoded features where each track lies along learned directions.

    `encode` makes of features the frame to which directions are appended, `prepare` the rows, all
    of one scale, in which `count` directions are sought (fewer where rows have fewer columns).
    `directions_` (columns x directions) are orthogonal and of length 1, the one of most change
    first.
    """

    def __init__(self, encode, prepare, count=6, seed=0):
        """Keep the settings; scikit-learn asks that nothing else happens here."""
        self.encode = encode
        self.prepare = prepare
        self.count = count
        self.seed = seed

    def fit(self, features: pd.DataFrame, target) -> "AddDirections":
        """Fit both transformers and find the directions."""
        self.fit_transform(features, target)
        return self

    def fit_transform(self, features: pd.DataFrame, target) -> pd.DataFrame:
        """Fit and transform at once: an encoding may cross-fit the tracks that it is fitted to."""
        self.encode_, self.prepare_ = clone(self.encode), clone(self.prepare)
        encoded = self.encode_.fit_transform(features, target)
        rows = np.asarray(self.prepare_.fit_transform(features, target), float)
        self.directions_ = find_directions(rows, target, self.count, self.seed)
        return self._append(encoded, rows)

    def transform(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return the encoded frame with one more column a direction."""
        check_is_fitted(self)
        return self._append(self.encode_.transform(features), self.prepare_.transform(features))

    def _append(self, encoded: pd.DataFrame, rows) -> pd.DataFrame:
        places = np.asarray(rows, float) @ self.directions_
        names = [f"direction_{number}" for number in range(1, places.shape[1] + 1)]
        return encoded.join(pd.DataFrame(places, encoded.index, names))


def find_directions(rows: np.ndarray, target, count: int, seed: int = 0) -> np.ndarray:
    """Find the directions, (columns, count), along which a learned surface changes most.

    They are the leading eigenvectors of the average outer product of the slopes of a kernel
    regression with a learned metric [@radhakrishnan2024], at most as many as `rows` (n x columns)
    have columns.
    """
    target = np.asarray(target, float)
    draw = np.random.default_rng(seed)
    drawn = draw.choice(len(rows), min(DIRECTED_BY, len(rows)), replace=False)
    surface = LearnedMetricRegressor(**SURFACE, landmarks=LEARNED_ON, power=1.0, seed=seed)
    slopes = surface.fit(rows[drawn], target[drawn]).slopes(rows[drawn[:SLOPES]])
    vectors = np.linalg.eigh(slopes.T @ slopes)[1]
    return vectors[:, ::-1][:, :count]
