"""Do LightGBM or CatBoost gain on scikit-learn's histogram boosting? Printed, a row a data set.

    python -m benchmarks.boosters genres tracks114k tidytuesday

Each is the mean of as many sequences as the report's boosting, tuned by the report's own search
(same folds, same number of trials, same objective) and judged by two repeats of five grouped folds
on other divisions of the same tracks: alone, and as one more member of a stack of the report's
methods, whose weights come from the other folds.
Neither package is a dependency of the report.
"""

import sys

import numpy as np
import pandas as pd
from catboost import CatBoostRegressor
from lightgbm import LGBMRegressor
from sklearn.pipeline import make_pipeline

from analysis import SEED
from analysis.prediction import preparing
from analysis.prediction.comparison import WeightedMean, add_blend
from analysis.prediction.learners import BOOSTING, METRIC, NET, SUPPORT, Dimension, Learner
from analysis.prediction.tuning import BUDGETS, draw_artists, search
from analysis.prediction.validation import cross_predictions, fold_scores, predict_folds
from analysis.tracks.cleaning import clean
from analysis.tracks.datasets import load
from analysis.tracks.splitting import hold_out

BUDGET, REPEATS, FIRST = BUDGETS["full"], 2, SEED + 100
# The methods that have weight in the stack of any known table.
MEMBERS = (NET, SUPPORT, METRIC, BOOSTING)


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
    mean = WeightedMean(models, [1 / len(models)] * len(models))  # CatBoost cannot be cloned
    return make_pipeline(preparing.for_boosting(features), _ToCategory(features), mean)


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


LIGHTGBM = Learner("lightgbm", "LightGBM", "trees", build_lightgbm, BOOSTING.space, BOOSTING.draft)
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


def predict_tuned(learner: Learner, tracks: pd.DataFrame, folds: pd.DataFrame) -> np.ndarray:
    """Tune a learner and predict all tracks by the folds of `cross_predictions`."""
    found = search.fresh(learner, tracks, BUDGET.trials)
    numbers = [part.to_numpy() for _, part in folds.groupby("repeat")["fold"]]
    return np.concatenate([predict_folds.fresh(found.chosen, tracks, fold) for fold in numbers])


def judge(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return MAE and R² over folds: boosting, both packages, and stacks without and with each."""
    folds = cross_predictions([], tracks, REPEATS, BUDGET.folds, FIRST)
    for learner in (*MEMBERS, LIGHTGBM, CATBOOST):
        folds[learner.name] = predict_tuned(learner, tracks, folds)
    own = [learner.name for learner in MEMBERS]
    folds = add_blend(folds, own, "stack")
    for package in (LIGHTGBM, CATBOOST):
        folds = add_blend(folds, [*own, package.name], f"stack with {package.name}")
    models = [name for name in folds if name.startswith("stack")]
    scored = fold_scores(folds, [BOOSTING.name, LIGHTGBM.name, CATBOOST.name, *models])
    return scored.groupby("model", sort=False)[["mae", "r2"]].mean()


def main(names: list[str]) -> None:
    """Print MAE and R² of each package on each data set."""
    for name in names:
        train = hold_out(clean(load(name)).tracks).train
        for row in judge(draw_artists(train, BUDGET.tracks)).itertuples():
            print(f"{name:12} {row.Index:20} {row.mae:.4f} {row.r2:.4f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["genres"])
