"""The learners: what each is called, what a search may choose, and how one is fitted."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import has_fit_parameter
from threadpoolctl import ThreadpoolController

from analysis.prediction import preparing
from analysis.prediction.builders import (
    build_boosting,
    build_elastic_net,
    build_extra_trees,
    build_forest,
    build_learned_metric,
    build_mean,
    build_median,
    build_neighbours,
    build_support_vectors,
)
from analysis.tracks.splitting import artist_keys


@dataclass(frozen=True)
class Dimension:
    """One setting that a search may choose.

    `low` and `high` bound a number; `log` searches it on the log scale; `whole` makes it an
    integer; `choices` lists the values of a setting that is no number. `default` is tried first.
    """

    name: str
    default: object
    low: float | None = None
    high: float | None = None
    log: bool = False
    whole: bool = False
    choices: tuple = ()


@dataclass(frozen=True)
class Learner:
    """A method of prediction.

    `build` takes the features of a table (the result of `preparing.predictors`; its columns, types
    and number of rows) and settings by name, and returns an unfitted estimator that is fitted
    with those features and valence. `space` is what a search may choose; `draft` are settings of
    the search only (fewer trees); `final` those of the chosen model.
    """

    name: str
    label: str
    kind: str
    build: Callable[..., BaseEstimator]
    space: tuple[Dimension, ...] = ()
    draft: tuple[tuple[str, object], ...] = ()
    reason: str = ""

    def defaults(self) -> dict:
        """Return the setting of every dimension that is tried first."""
        return {dimension.name: dimension.default for dimension in self.space}


def fit_learner(
    learner: Learner, train: pd.DataFrame, settings: Mapping | None = None
) -> BaseEstimator:
    """Fit a learner on tracks.

    Parameters
    ----------
    learner : Learner
    train : DataFrame
        Tracks with valence.
    settings : mapping, optional
        Settings by name; the learner's defaults if not given.

    Returns
    -------
    estimator
        Fitted; predict with `predict`.
    """
    features = preparing.predictors(train)
    chosen = learner.defaults() if settings is None else dict(settings)
    with one_thread():
        estimator = learner.build(features, **chosen)
        # a learner that leaves some training tracks out to know when to stop needs the artists
        wants = has_fit_parameter(estimator, "groups")
        more = {"groups": artist_keys(train["artist"]).to_numpy()} if wants else {}
        return estimator.fit(features, train["valence"].to_numpy(), **more)


def predict(fitted: BaseEstimator, tracks: pd.DataFrame) -> np.ndarray:
    """Predict valence, kept within 0 and 1; the array has shape (n,)."""
    with one_thread():
        return np.clip(fitted.predict(preparing.predictors(tracks)), 0, 1)


def one_thread():
    """Keep a fit or a prediction to one thread, for as long as the returned context lasts.

    Work is shared out by processes. Threads inside them would compete for the same cores, and on
    a busy machine threads that wait for each other make small fits fifty times slower.
    """
    return _threads().limit(limits=1)


@functools.cache
def _threads() -> ThreadpoolController:
    """Find the libraries that keep threads; that takes time, so it is done once."""
    return ThreadpoolController()


MEAN = Learner("mean", "Mean", "baseline", build_mean)
MEDIAN = Learner("median", "Median", "baseline", build_median)
BOOSTING = Learner(
    "boosting",
    "Gradient boosting",
    "trees",
    build_boosting,
    (
        Dimension("rate", 0.05, 0.015, 0.15, log=True),
        Dimension("rounds", 250, 100, 600, log=True, whole=True),
        Dimension("leaves", 12, 4, 64, log=True, whole=True),
        Dimension("leaf", 20, 3, 60, log=True, whole=True),
        Dimension("penalty", 5.0, 0.01, 50.0, log=True),
        Dimension("share", 0.4, 0.15, 1.0),
    ),
    draft=(("bags", 1),),
    reason="small trees in sequence, each on the errors of those before it [@friedman2001]",
)
NET = Learner(
    "elastic_net",
    "Elastic net",
    "linear",
    build_elastic_net,
    (
        Dimension("alpha", 0.003, 0.0003, 0.1, log=True),
        Dimension("l1_ratio", 0.5, 0.02, 1.0),
        Dimension("knots", 5, 3, 10, whole=True),
    ),
    reason="straight lines bent by splines, most of them shrunk to nothing [@zou2005]",
)
NEIGHBOURS = Learner(
    "neighbours",
    "Nearest neighbours",
    "distance",
    build_neighbours,
    (
        Dimension("n_neighbors", 25, 8, 80, log=True, whole=True),
        Dimension("weights", "distance", choices=("distance", "uniform")),
        Dimension("p", 2.0, choices=(1.0, 2.0)),
        Dimension("genre_weight", 1.0, 0.3, 8.0, log=True),
    ),
    reason="no model at all: what sounds alike should have a like valence [@cover1967]",
)
SUPPORT = Learner(
    "support_vectors",
    "Support vectors",
    "distance",
    build_support_vectors,
    (
        Dimension("cost", 0.5, 0.05, 5.0, log=True),
        Dimension("width", 0.25, 0.05, 1.5, log=True),
        Dimension("epsilon", 0.1, 0.02, 0.2),
        Dimension("genre_weight", 1.0, 0.3, 8.0, log=True),
    ),
    reason="a smooth surface that ignores errors below a threshold [@smola2004]",
)
METRIC = Learner(
    "learned_metric",
    "Learned metric",
    "distance",
    build_learned_metric,
    (
        Dimension("width", 0.8, 0.2, 8.0, log=True),
        Dimension("penalty", 0.1, 0.01, 1.0, log=True),
        Dimension("genre_weight", 2.0, 1.0, 4.0, log=True),
    ),
    draft=(("landmarks", 800),),
    reason="a smooth surface that learns which features make tracks alike [@radhakrishnan2024]",
)
_FORESTS = (
    Dimension("leaf", 3, 1, 12, log=True, whole=True),
    Dimension("share", 0.4, 0.15, 0.8),
)
FOREST = Learner(
    "forest",
    "Random forest",
    "trees",
    build_forest,
    _FORESTS,
    draft=(("trees", 15),),
    reason="deep trees on resampled tracks, averaged [@breiman2001]",
)
EXTRA = Learner(
    "extra_trees",
    "Extremely randomised trees",
    "trees",
    build_extra_trees,
    _FORESTS,
    draft=(("trees", 15),),
    reason="deep trees with cuts drawn at random, averaged [@geurts2006]",
)
LEARNERS = (NET, NEIGHBOURS, SUPPORT, METRIC, FOREST, EXTRA, BOOSTING)
