"""The learners: each a pipeline from the columns of a table to valence, with what to tune."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import patsy
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor, VotingRegressor
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import ElasticNet
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVR, LinearSVR
from sklearn.utils.validation import has_fit_parameter
from threadpoolctl import ThreadpoolController

from analysis import SEED
from analysis.inference.scores import OTHER, model_frame
from analysis.prediction import preparing
from analysis.prediction.learned_metric import LearnedMetricRegressor
from analysis.tracks.features import with_shapes

# Above this many training tracks a support vector machine works on an approximate kernel.
EXACT_KERNEL_ROWS = 10_000
LANDMARKS = 700  # of the approximate kernel
# Of both support vector machines. Measured on the charts, less takes twice (exact kernel) to ten
# times (approximate) as long and moves the error over folds by at most .0001.
TOLERANCE = 1e-2
# Tables of more training tracks than this get more, larger and slower trees in sequence: settings
# that suit the tracks that a search sees are too plain for a table ten times as long.
SEARCHED_ROWS = 6_500


@dataclass(frozen=True)
class Dimension:
    """One setting that a search may choose between `low` and `high`, trying `default` first.

    `log` searches on the log scale; `whole` makes it an integer; `meaning` is for print.
    """

    name: str
    default: object
    low: float | None = None
    high: float | None = None
    log: bool = False
    whole: bool = False
    meaning: str = ""


@dataclass(frozen=True)
class Learner:
    """A method of prediction.

    `build` takes the features of a table (from `preparing.predictors`; only columns, types and
    number of rows are read) and settings by name, and returns an unfitted estimator. `space` is
    what a search may choose; `draft` are settings of the search only (fewer trees).
    """

    name: str
    label: str
    kind: str
    build: Callable[..., BaseEstimator]
    space: tuple[Dimension, ...] = ()
    draft: tuple[tuple[str, object], ...] = ()

    def defaults(self) -> dict:
        """Return the setting of every dimension that is tried first."""
        return {dimension.name: dimension.default for dimension in self.space}


def fit_learner(
    learner: Learner, train: pd.DataFrame, settings: Mapping | None = None
) -> BaseEstimator:
    """Fit a learner on tracks with valence, with its defaults if no settings are given."""
    features = preparing.predictors(train)
    chosen = learner.defaults() if settings is None else dict(settings)
    with one_thread():
        estimator = learner.build(features, **chosen)
        artists = train.get("artist_key")  # published rows have none, and no learner that asks
        return fit_grouped(estimator, features, train["valence"].to_numpy(), artists)


def fit_grouped(estimator: BaseEstimator, features: pd.DataFrame, target, artists) -> BaseEstimator:
    """Fit; what leaves some training tracks out, to know when to stop, is told the artists."""
    more = {"groups": artists} if has_fit_parameter(estimator, "groups") else {}
    return estimator.fit(features, target, **more)


def predict(fitted: BaseEstimator, tracks: pd.DataFrame) -> np.ndarray:
    """Predict valence, kept within 0 and 1; the array has shape (n,)."""
    with one_thread():
        return np.clip(fitted.predict(preparing.predictors(tracks)), 0, 1)


def one_thread():
    """Return a context that keeps a fit or a prediction to one thread.

    Work is shared out by processes. Threads inside them would compete for the same cores, and on
    a busy machine threads that wait for each other make small fits fifty times slower.
    """
    return _threads().limit(limits=1)


_threads = functools.cache(ThreadpoolController)  # to find the libraries with threads takes time


def build_constant(features: pd.DataFrame, strategy: str) -> BaseEstimator:
    """Predict the mean of the training tracks, or the median, of the least absolute error."""
    return DummyRegressor(strategy=strategy)


def build_elastic_net(features: pd.DataFrame, alpha=0.003, l1_ratio=0.5, knots=5) -> BaseEstimator:
    """Fit a penalised linear model on splines, products of pairs and indicators."""
    # precomputed, a round costs columns squared, not columns times tracks
    model = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, precompute=True, max_iter=5_000, tol=5e-3)
    return make_pipeline(preparing.for_lines(features, knots), model)


def build_support_vectors(
    features: pd.DataFrame, cost=0.5, width=0.25, epsilon=0.1, genre_weight=1.0
) -> BaseEstimator:
    """Fit support vector regression with a Gaussian kernel, approximated on large tables.

    `width` is gamma times the number of features, so that one range suits narrow and wide tables.
    """
    prepare = preparing.for_distances(features, genre_weight)
    gamma = width / features.shape[1]
    shared = {"C": cost, "epsilon": epsilon, "tol": TOLERANCE}
    if len(features) <= EXACT_KERNEL_ROWS:
        return make_pipeline(prepare, SVR(gamma=gamma, cache_size=500, **shared))
    kernel = Nystroem(gamma=gamma, n_components=LANDMARKS, random_state=SEED)
    return make_pipeline(prepare, kernel, LinearSVR(random_state=SEED, **shared))


def build_learned_metric(
    features: pd.DataFrame, width=0.8, penalty=0.1, genre_weight=2.0, landmarks=2_500
) -> BaseEstimator:
    """Fit a kernel regression that learns which features its distance should heed."""
    model = LearnedMetricRegressor(width, penalty, landmarks, seed=SEED)
    return make_pipeline(preparing.for_metric(features, genre_weight), model)


def build_forest(features: pd.DataFrame, leaf=3, share=0.4, trees=80) -> BaseEstimator:
    """Fit a random forest: trees on bootstrap samples, the best cut of a share of the features."""
    model = RandomForestRegressor(
        trees, min_samples_leaf=leaf, max_features=share, random_state=SEED
    )
    return make_pipeline(preparing.for_forests(features), model)


def build_boosting(
    features: pd.DataFrame, rate=0.05, rounds=250, leaves=12, leaf=20, penalty=5.0, share=0.4,
    bags=4,
) -> BaseEstimator:  # fmt: skip
    """Fit histogram gradient boosting; categories are split as sets of levels.

    Several sequences of trees, which look at features drawn at random, have a steadier mean. Over
    folds of tracks114k, four raised R² from .580 to .586, and slower ones on long tables to .590.
    On tables longer than a search sees, every other one also reads directions, which raised it over
    folds of the charts from .565 to .583, and of tidytuesday from .415 to .419; on the embedded
    table boosting gained .002 but its stack with the metric lost as much.
    The loss is squared although the search minimises the absolute error: on the embedded table, the
    absolute loss gave no lower MAE and a lower R².
    """
    growth = max(1, len(features) / SEARCHED_ROWS) ** 0.5
    names = preparing.categories_of(features)
    encodings = [preparing.for_boosting(features)]
    if len(features) > SEARCHED_ROWS:
        encodings.append(preparing.AddDirections(encodings[0], preparing.for_metric(features)))
    sequences = []
    for bag in range(bags):
        model = HistGradientBoostingRegressor(
            learning_rate=rate / growth**0.5, max_iter=round(rounds * growth),
            max_leaf_nodes=round(leaves * growth), min_samples_leaf=leaf, l2_regularization=penalty,
            max_features=share, early_stopping=False, categorical_features=names,
            random_state=SEED + bag,
        )  # fmt: skip
        encode = encodings[bag % len(encodings)]
        sequences.append((f"{bag}", make_pipeline(encode, model)))
    return VotingRegressor(sequences)


class FormulaRegressor(RegressorMixin, BaseEstimator):
    """Least squares on a patsy formula for ``valence`` whose right side reads clean tracks."""

    def __init__(self, formula="valence ~ 1"):
        """Keep the formula; scikit-learn asks that nothing else happens here."""
        self.formula = formula

    def fit(self, features: pd.DataFrame, target) -> "FormulaRegressor":
        """Estimate coefficients; a design of deficient rank gets the smallest ones."""
        frame = _derive(features)
        names = preparing.categories_of(frame)
        self.levels_ = {name: frame[name].value_counts().index for name in names}
        design = patsy.dmatrix(self.formula.split("~", 1)[1], frame, NA_action="raise")
        self.design_ = design.design_info
        self.coefficients_ = np.linalg.lstsq(np.asarray(design), target, rcond=None)[0]
        return self

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Predict valence, (n,), not clipped.

        Which genres are small was settled in training: how many of their tracks are to be predicted
        is no matter. A level not seen in training counts as a small one, else as the commonest.
        """
        frame = _derive(features)
        as_given = frame.assign(genre=features["genre"]) if "genre" in features else frame
        known = {}
        for name, levels in self.levels_.items():
            text = as_given[name].astype("object")
            known[name] = text.where(text.isin(levels), OTHER if OTHER in levels else levels[0])
        design = patsy.dmatrix(self.design_, frame.assign(**known), NA_action="raise")
        return np.asarray(design) @ self.coefficients_


def _derive(features: pd.DataFrame) -> pd.DataFrame:
    """Return what a formula reads: a learner gets features only, without derived columns."""
    return model_frame(with_shapes(preparing.turn_pitches(features)))


def build_formula(features: pd.DataFrame, formula: str) -> BaseEstimator:
    """Fit a formula of question 1 by least squares."""
    return FormulaRegressor(formula)


def formula_learner(name: str, label: str, formula: str) -> Learner:
    """Return a formula of question 1 as a learner with one setting, the formula."""
    return Learner(name, label, "baseline", build_formula, (Dimension("formula", formula),))


MEAN = Learner("mean", "Mean", "baseline", build_constant, (Dimension("strategy", "mean"),))
MEDIAN = Learner("median", "Median", "baseline", build_constant, (Dimension("strategy", "median"),))
_GENRE = "how far apart genres lie"
NET = Learner("elastic_net", "Elastic net", "linear", build_elastic_net, (
    Dimension("alpha", 0.003, 0.0003, 0.1, log=True, meaning="weight of the penalty"),
    Dimension("l1_ratio", 0.5, 0.02, 1.0, meaning="share of it that can drop a coefficient"),
    Dimension("knots", 5, 3, 10, whole=True, meaning="knots of each spline"),
))  # fmt: skip
SUPPORT = Learner("support_vectors", "Support vectors", "distance", build_support_vectors, (
    Dimension("cost", 0.5, 0.05, 5.0, log=True, meaning="weight of errors against smoothness"),
    Dimension("width", 0.25, 0.05, 1.5, log=True, meaning="how local the kernel is"),
    Dimension("epsilon", 0.1, 0.02, 0.2, meaning="errors below it do not count"),
    Dimension("genre_weight", 1.0, 0.3, 8.0, log=True, meaning=_GENRE),
))  # fmt: skip
METRIC = Learner("learned_metric", "Learned metric", "distance", build_learned_metric, (
    Dimension("width", 0.8, 0.2, 8.0, log=True, meaning="how local the kernel is"),
    Dimension("penalty", 0.1, 0.01, 1.0, log=True, meaning="weight of smoothness"),
    Dimension("genre_weight", 2.0, 1.0, 4.0, log=True, meaning=_GENRE),
), draft=(("landmarks", 800),))  # fmt: skip
FOREST = Learner("forest", "Random forest", "trees", build_forest, (
    Dimension("leaf", 3, 1, 12, log=True, whole=True, meaning="fewest tracks in a leaf"),
    Dimension("share", 0.4, 0.15, 0.8, meaning="share of the features tried at a split"),
), draft=(("trees", 15),))  # fmt: skip
BOOSTING = Learner("boosting", "Gradient boosting", "trees", build_boosting, (
    Dimension("rate", 0.05, 0.015, 0.15, log=True, meaning="how much each tree corrects"),
    Dimension("rounds", 250, 100, 600, log=True, whole=True, meaning="trees in sequence"),
    Dimension("leaves", 12, 4, 64, log=True, whole=True, meaning="most leaves of a tree"),
    Dimension("leaf", 20, 3, 60, log=True, whole=True, meaning="fewest tracks in a leaf"),
    Dimension("penalty", 5.0, 0.01, 50.0, log=True, meaning="penalty on values of leaves"),
    Dimension("share", 0.4, 0.15, 1.0, meaning="share of the features tried at a split"),
), draft=(("bags", 1),))  # fmt: skip
LEARNERS = (NET, SUPPORT, METRIC, FOREST, BOOSTING)
