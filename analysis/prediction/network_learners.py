"""The network as learners of the comparison: two designs, one search space."""

import pandas as pd
from sklearn.base import BaseEstimator

from analysis.prediction.learners import Dimension, Learner
from analysis.prediction.network import NetworkRegressor
from analysis.prediction.preparing import straighten

# A table with more columns or more rows than this gets wider layers.
WIDE_TABLE = 30
LONG_TABLE = 20_000


class TrackNetwork(NetworkRegressor):
    """A network that reads the columns of `preparing.predictors` and turns pitches to the key."""

    def arrange(self, features: pd.DataFrame) -> pd.DataFrame:
        """Straighten skewed scores and add the pitch means relative to the key."""
        return straighten(features)


def build_network_learner(features: pd.DataFrame, **settings) -> BaseEstimator:
    """Train layers in sequence on the columns of a table."""
    return TrackNetwork(units=count_units(features), **settings)


def build_residual_learner(features: pd.DataFrame, **settings) -> BaseEstimator:
    """Train layers that each add to their input."""
    return TrackNetwork(units=count_units(features), design="residual", **settings)


def count_units(features: pd.DataFrame) -> int:
    """Return the width of the layers that suits a table.

    Chosen once by cross-validation on training parts: 64 units are as good as 128 on a few thousand
    tracks with the track-level scores, and lose with pitch and timbre. A width in the search
    would be compiled anew at every change.
    """
    wide = features.shape[1] > WIDE_TABLE or len(features) > LONG_TABLE
    return 128 if wide else 64


_SPACE = (
    Dimension("rate", 0.008, 0.002, 0.02, log=True),
    Dimension("decay", 0.2, 0.005, 1.0, log=True),
    Dimension("dropout", 0.3, 0.0, 0.6),
    Dimension("bend", 0.2, 0.01, 0.5, log=True),
)
# A search trains few members: what suits four suits more.
_DRAFT = (("members", 4), ("parts", 4))
NETWORK = Learner(
    "network",
    "Neural network",
    "network",
    build_network_learner,
    _SPACE,
    draft=_DRAFT,
)
RESIDUAL = Learner(
    "residual_network",
    "Residual network",
    "network",
    build_residual_learner,
    _SPACE,
    draft=_DRAFT,
)
NETWORKS = (NETWORK,)
