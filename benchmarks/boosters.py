"""Do LightGBM or CatBoost gain on scikit-learn's histogram boosting? Printed, a row a data set.

    python -m benchmarks.boosters genres tracks114k tidytuesday

Each is tuned by the report's own search (same folds, same number of trials, same objective) and
judged by two repeats of five grouped folds on other divisions of the same tracks.
CatBoost is not a dependency of the report; without it the column is left out.
"""

import sys

import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.pipeline import make_pipeline

from analysis import SEED
from analysis.prediction import preparing
from analysis.prediction.evaluation import scores
from analysis.prediction.learners import BOOSTING, Dimension, Learner, steps
from analysis.prediction.tuning import draw_artists, search
from analysis.prediction.validation import predict_folds
from analysis.tracks.cleaning import clean
from analysis.tracks.datasets import load

TRIALS, TRACKS, REPEATS = 20, 8_000, 2


def build_lightgbm(features, rate=0.05, rounds=250, leaves=12, leaf=20, penalty=5.0, share=0.4):
    """Fit LightGBM with its native categories."""
    model = LGBMRegressor(
        learning_rate=rate,
        n_estimators=rounds,
        num_leaves=leaves,
        min_child_samples=leaf,
        reg_lambda=penalty,
        colsample_bytree=share,
        random_state=SEED,
        n_jobs=1,
        verbose=-1,
    )
    return make_pipeline(*steps(preparing.for_boosting(features)), _ToCategory(features), model)


def build_catboost(features, rate=0.06, rounds=400, depth=5, penalty=3.0):
    """Fit CatBoost with its native categories."""
    from catboost import CatBoostRegressor

    model = CatBoostRegressor(
        learning_rate=rate,
        iterations=rounds,
        depth=depth,
        l2_leaf_reg=penalty,
        cat_features=preparing.categories_of(features),
        random_seed=SEED,
        thread_count=1,
        verbose=False,
        allow_writing_files=False,
    )
    return make_pipeline(*steps(preparing.for_boosting(features)), _ToCategory(features), model)


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


LIGHTGBM = Learner("lightgbm", "LightGBM", "trees", build_lightgbm, BOOSTING.space)
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
)


def judge(learner: Learner, tracks: pd.DataFrame) -> pd.Series:
    """Tune a learner on tracks and average its scores over repeats of grouped folds."""
    found = search.fresh(learner, tracks, TRIALS)
    repeats = [
        predict_folds.fresh(found.chosen, tracks, 5, SEED + 100 + repeat)
        for repeat in range(REPEATS)
    ]
    return pd.DataFrame([scores(tracks["valence"], p) for p in repeats]).mean()


def main(names: list[str]) -> None:
    """Print MAE and R² of each package on each data set."""
    for name in names:
        tracks = draw_artists(clean(load(name)).tracks, TRACKS)
        for learner in (BOOSTING, LIGHTGBM, CATBOOST):
            result = judge(learner, tracks)
            line = f"{name:12} {learner.label:18} {result['mae']:.4f} {result['r2']:.4f}"
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["genres"])
