"""Genres as numbers, by means of their tracks, so that trees treat alike genres that are alike."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import KFold
from sklearn.preprocessing import TargetEncoder

from analysis import SEED

# A genre's profile counts the mean of all tracks as so many tracks of the genre.
PROFILE_WEIGHT = 10


class GenreProfile(TransformerMixin, BaseEstimator):
    """Describe a genre by the mean of every amount over its training tracks.

    Means of small genres are drawn to the mean of all tracks, and an unseen genre has that of all.
    """

    def fit(self, features: pd.DataFrame, target=None) -> "GenreProfile":
        """Learn the means."""
        amounts = features.drop(columns="genre")
        grouped = amounts.groupby(features["genre"].astype("object"))
        sizes = grouped.size().to_numpy()[:, None]
        self.overall_ = amounts.mean()
        prior = PROFILE_WEIGHT * self.overall_
        means = grouped.mean().fillna(self.overall_)
        self.means_ = (means * sizes + prior) / (sizes + PROFILE_WEIGHT)
        return self

    def transform(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return the means of each track's genre, of shape (n, amounts)."""
        found = self.means_.reindex(features["genre"].astype("object")).fillna(self.overall_)
        return found.set_axis(features.index).set_axis(self.get_feature_names_out(), axis=1)

    def get_feature_names_out(self, names=None) -> np.ndarray:
        """Name the columns."""
        return np.array([f"genre_{name}" for name in self.overall_.index], dtype=object)


def mean_valence() -> TargetEncoder:
    """Return an encoder of genre by its smoothed mean valence, cross-fitted in training."""
    folds = KFold(5, shuffle=True, random_state=SEED)
    return TargetEncoder(target_type="continuous", cv=folds)
