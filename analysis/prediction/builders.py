"""Every method as one unfitted pipeline, from the columns of a table to a prediction of valence."""

import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    VotingRegressor,
)
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import ElasticNet
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVR, LinearSVR

from analysis import SEED
from analysis.prediction import preparing
from analysis.prediction.learned_metric import LearnedMetricRegressor

# Above this many training tracks a support vector machine works on an approximate kernel.
EXACT_KERNEL_ROWS = 10_000
# Landmarks of the approximate kernel.
LANDMARKS = 1_000
# Of both support vector machines. Measured on the charts, the exact one's 1e-3 takes twice as long
# and moves the error by .0001; the approximate one's 1e-4 takes ten times as many rounds, at
# greater costs ends without converging, and predicts no better over folds.
TOLERANCE = 1e-2
# Tables of more training tracks than this get more, larger and slower trees in sequence. A search
# sees at most about so many tracks, and settings that suit those are too plain for a table ten
# times as long.
SEARCHED_ROWS = 6_500


def build_mean(features: pd.DataFrame) -> BaseEstimator:
    """Predict the mean of the training tracks."""
    return DummyRegressor(strategy="mean")


def build_median(features: pd.DataFrame) -> BaseEstimator:
    """Predict the median of the training tracks, the constant of the least absolute error."""
    return DummyRegressor(strategy="median")


def build_elastic_net(
    features: pd.DataFrame, alpha: float = 0.003, l1_ratio: float = 0.5, knots: int = 5
) -> BaseEstimator:
    """Fit a penalised linear model on splines, products of pairs and indicators.

    Products of all pairs of columns are computed once: a round then costs columns squared, not
    columns times tracks.
    """
    model = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, precompute=True, max_iter=5_000, tol=5e-3)
    return make_pipeline(*steps(preparing.for_lines(features, knots)), model)


def build_neighbours(
    features: pd.DataFrame,
    n_neighbors: int = 25,
    weights: str = "distance",
    p: float = 2.0,
    genre_weight: float = 1.0,
) -> BaseEstimator:
    """Average the valence of the most similar training tracks; of few tracks, that of all."""
    model = KNeighborsRegressor(min(n_neighbors, len(features)), weights=weights, p=p)
    return make_pipeline(*steps(preparing.for_distances(features, genre_weight)), model)


def build_support_vectors(
    features: pd.DataFrame,
    cost: float = 0.5,
    width: float = 0.25,
    epsilon: float = 0.1,
    genre_weight: float = 1.0,
) -> BaseEstimator:
    """Fit support vector regression with a Gaussian kernel, approximated on large tables.

    `width` is gamma times the number of features, so that one range suits narrow and wide tables.
    """
    prepare = preparing.for_distances(features, genre_weight)
    gamma = width / features.shape[1]
    if len(features) <= EXACT_KERNEL_ROWS:
        model = [SVR(C=cost, gamma=gamma, epsilon=epsilon, tol=TOLERANCE, cache_size=500)]
    else:
        model = [
            Nystroem(gamma=gamma, n_components=LANDMARKS, random_state=SEED),
            LinearSVR(C=cost, epsilon=epsilon, tol=TOLERANCE, random_state=SEED),
        ]
    return make_pipeline(*steps(prepare), *model)


def build_learned_metric(
    features: pd.DataFrame,
    width: float = 0.8,
    penalty: float = 0.1,
    genre_weight: float = 2.0,
    landmarks: int = 2_500,
) -> BaseEstimator:
    """Fit a kernel regression that learns which features its distance should heed."""
    model = LearnedMetricRegressor(width, penalty, landmarks, seed=SEED)
    return make_pipeline(*steps(preparing.for_metric(features, genre_weight)), model)


def build_forest(
    features: pd.DataFrame, leaf: int = 3, share: float = 0.4, trees: int = 80
) -> BaseEstimator:
    """Fit a random forest: trees on bootstrap samples, the best cut of a share of the features."""
    model = RandomForestRegressor(
        trees, min_samples_leaf=leaf, max_features=share, random_state=SEED
    )
    return make_pipeline(*steps(preparing.for_forests(features)), model)


def build_extra_trees(
    features: pd.DataFrame, leaf: int = 3, share: float = 0.4, trees: int = 80
) -> BaseEstimator:
    """Fit extremely randomised trees: every tree sees all tracks, cuts are drawn at random."""
    model = ExtraTreesRegressor(trees, min_samples_leaf=leaf, max_features=share, random_state=SEED)
    return make_pipeline(*steps(preparing.for_forests(features)), model)


def build_boosting(
    features: pd.DataFrame,
    rate: float = 0.05,
    rounds: int = 250,
    leaves: int = 12,
    leaf: int = 20,
    penalty: float = 5.0,
    share: float = 0.4,
    bags: int = 4,
) -> BaseEstimator:
    """Fit histogram gradient boosting; categories are split as sets of levels.

    Trees look at a share of the features drawn at random, so that several sequences of them differ;
    their mean is steadier than any. Measured over folds of tracks114k, four sequences raised R²
    from .580 to .586, and slower ones on long tables to .590. On long tables and where genres are
    many, sequences read a table in different ways. Directions raised R² over folds of the charts
    from .565 to .583, and of tidytuesday from .415 to .419; on the embedded table boosting gained
    .002 but its stack with the metric lost as much.

    The loss is the square although the objective of the search is the absolute error: measured on
    the embedded table, the absolute loss gave no lower MAE and a lower R².
    """
    growth = max(1, len(features) / SEARCHED_ROWS) ** 0.5
    settings = {
        "learning_rate": rate / growth**0.5,
        "max_iter": round(rounds * growth),
        "max_leaf_nodes": round(leaves * growth),
        "min_samples_leaf": leaf,
        "l2_regularization": penalty,
        "max_features": share,
        "early_stopping": False,
    }
    sequences = []
    for bag, (encode, names) in enumerate(_encodings(features, bags)):
        model = HistGradientBoostingRegressor(
            **settings, categorical_features=names, random_state=SEED + bag
        )
        sequences.append((f"{bag}", make_pipeline(*steps(encode(features)), model)))
    return VotingRegressor(sequences)


def _encodings(features: pd.DataFrame, bags: int) -> list[tuple]:
    """Return how each sequence of boosting encodes a table, and which columns it reads as sets.

    They take turns: genres as sets, many genres also by their means, and on long tables one way
    more, with learned directions. Three ways need half as many sequences again.
    """
    names = preparing.categories_of(features)
    ways = [(preparing.for_boosting, names)]
    if "genre" in features and features["genre"].nunique() > preparing.FEW_GENRES:
        ways.append((preparing.for_boosting_profiles, [name for name in names if name != "genre"]))
    if len(features) > SEARCHED_ROWS:
        encode, read = ways[-1]
        ways.append((lambda table: preparing.with_directions(encode(table), table), read))
    if len(ways) > 2:
        bags = bags * 3 // 2
    return [ways[bag % len(ways)] for bag in range(bags)]


def steps(prepared: Pipeline) -> list:
    """Return the steps of a pipeline, to be followed by a model."""
    return [step for _, step in prepared.steps]
