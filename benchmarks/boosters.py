"""Do LightGBM or CatBoost gain on scikit-learn's histogram boosting? Printed, a row a data set.

    python -m benchmarks.boosters genres tracks114k tidytuesday

Each is the mean of as many sequences as the report's boosting, tuned by the report's own search
(same folds, same number of trials, same objective) and judged by two repeats of five grouped folds
on other divisions of the same tracks.
Neither package is a dependency of the report.
"""

import sys

import pandas as pd
from catboost import CatBoostRegressor
from lightgbm import LGBMRegressor
from sklearn.pipeline import make_pipeline

from analysis import SEED
from analysis.prediction import preparing
from analysis.prediction.blending import WeightedMean
from analysis.prediction.builders import steps
from analysis.prediction.evaluation import scores
from analysis.prediction.learners import BOOSTING, Dimension, Learner
from analysis.prediction.tuning import BUDGETS, draw_artists, search
from analysis.prediction.validation import predict_folds
from analysis.tracks.cleaning import clean
from analysis.tracks.datasets import load
from analysis.tracks.splitting import hold_out

BUDGET, REPEATS = BUDGETS["full"], 2


def build_lightgbm(
    features, rate=0.05, rounds=250, leaves=12, leaf=20, penalty=5.0, share=0.4, bags=4
):
    """Fit LightGBM with its native categories."""
    settings = {
        "learning_rate": rate,
        "n_estimators": rounds,
        "num_leaves": leaves,
        "min_child_samples": leaf,
        "reg_lambda": penalty,
        "colsample_bytree": share,
        "n_jobs": 1,
        "verbose": -1,
    }
    models = [LGBMRegressor(**settings, random_state=SEED + bag) for bag in range(bags)]
    return _average(features, models)


def build_catboost(features, rate=0.06, rounds=400, depth=5, penalty=3.0, bags=4):
    """Fit CatBoost with its native categories."""
    settings = {
        "learning_rate": rate,
        "iterations": rounds,
        "depth": depth,
        "l2_leaf_reg": penalty,
        "cat_features": preparing.categories_of(features),
        "thread_count": 1,
        "verbose": False,
        "allow_writing_files": False,
    }
    models = [CatBoostRegressor(**settings, random_seed=SEED + bag) for bag in range(bags)]
    return _average(features, models)


def _average(features, models):
    """Return the mean of models on codes held as categories."""
    prepared = steps(preparing.for_boosting(features))
    mean = WeightedMean(models, [1 / len(models)] * len(models))  # CatBoost cannot be cloned
    return make_pipeline(*prepared, _ToCategory(features), mean)


class _ToCategory:
    """Turn codes into whole numbers held as categories, as both packages want them."""

    def __init__(self, features):
        self.names = preparing.categories_of(features)

    def fit(self, features, target=None):
        """Learn nothing."""
        return self

    def transform(self, features):
        """Return the frame with its codes as categories; unseen ones are -1."""
        codes = {name: features[name].fillna(-1).astype(int) for name in self.names}
        return features.assign(**codes).astype(dict.fromkeys(self.names, "category"))


LIGHTGBM = Learner(
    "lightgbm", "LightGBM", "trees", build_lightgbm, BOOSTING.space, BOOSTING.draft
)
CATBOOST = Learner(
    "catboost",
    "CatBoost",
    "trees",
    build_catboost,
    (
        Dimension("rate", 0.06, 0.02, 0.2, log=True),
        Dimension("rounds", 400, 150, 800, log=True, whole=True),
        Dimension("depth", 5, 3, 8, whole=True),
        Dimension("penalty", 3.0, 0.5, 30.0, log=True),
    ),
    draft=BOOSTING.draft,
)


def judge(learner: Learner, tracks: pd.DataFrame) -> pd.Series:
    """Tune a learner on tracks and average its scores over repeats of grouped folds."""
    found = search.fresh(learner, tracks, BUDGET.trials)
    repeats = [
        predict_folds.fresh(found.chosen, tracks, BUDGET.folds, SEED + 100 + repeat)
        for repeat in range(REPEATS)
    ]
    return pd.DataFrame([scores(tracks["valence"], p) for p in repeats]).mean()


def main(names: list[str]) -> None:
    """Print MAE and R² of each package on each data set."""
    for name in names:
        train = hold_out(clean(load(name)).tracks).train
        tracks = draw_artists(train, BUDGET.tracks)
        for learner in (BOOSTING, LIGHTGBM, CATBOOST):
            result = judge(learner, tracks)
            line = f"{name:12} {learner.label:18} {result['mae']:.4f} {result['r2']:.4f}"
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["genres"])
