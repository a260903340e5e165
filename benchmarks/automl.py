"""FLAML on the same training part, features and processor time as the report's own search.

    python -m benchmarks.automl genres --seconds 200

Prints MAE and R² on the held-out artists. FLAML is no dependency of the report: see README.md.
"""

import argparse

import numpy as np
from flaml import AutoML
from sklearn.model_selection import GroupKFold

from analysis import SEED
from analysis.prediction import preparing
from analysis.prediction.evaluation import scores
from analysis.tracks.cleaning import clean
from analysis.tracks.datasets import load
from analysis.tracks.splitting import artist_keys, hold_out


def run_flaml(train, test, seconds: float) -> np.ndarray:
    """Search with FLAML's own learners in folds of whole artists; predict the held-out part."""
    features = preparing.straighten(preparing.predictors(train))
    automl = AutoML()
    automl.fit(
        X_train=features,
        y_train=train["valence"].to_numpy(),
        task="regression",
        metric="mae",
        time_budget=seconds,
        eval_method="cv",
        split_type=GroupKFold(5),
        groups=artist_keys(train["artist"]).to_numpy(),
        ensemble=True,
        n_jobs=1,
        seed=SEED % 2**31,
        verbose=0,
    )
    held = preparing.straighten(preparing.predictors(test))
    return np.clip(automl.predict(held), 0, 1)


def main() -> None:
    """Read the data set and the time from the command line and print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--seconds", type=float, required=True, help="processor time of our search")
    given = parser.parse_args()
    split = hold_out(clean(load(given.data)).tracks)
    result = scores(split.test["valence"], run_flaml(split.train, split.test, given.seconds))
    print(f"{given.data:12} FLAML {given.seconds:.0f} s  MAE {result['mae']:.4f}  "
          f"R² {result['r2']:.4f}")  # fmt: skip


if __name__ == "__main__":
    main()
