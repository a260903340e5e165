"""FLAML and AutoGluon against the report's own comparison, over five folds of whole artists.

    python -m benchmarks.rivals genres

On the training part of each fold our methods are tuned and compared anew, on one core; then each
rival gets the same tracks, the same features (skewed ones straightened, pitch turned to the key)
and as much processor time as ours took. All predict the artists of the fold. Printed are the mean
MAE and R², and the paired difference in MAE to ours with its 95% interval, corrected for the
overlap of the folds. Ours are three: the method that each training part chose, the network, and
their average. The rivals are no dependencies of the report: see README.md.
"""

import argparse
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
from joblib import Memory
from sklearn.model_selection import GroupKFold

from analysis import HOLD_OUT_SEED
from analysis.inference.final_model import answer
from analysis.inference.ladders import build_ladder
from analysis.prediction import comparison, preparing, tuning, validation
from analysis.prediction.evaluation import scores
from analysis.tracks.cleaning import clean
from analysis.tracks.datasets import load
from analysis.tracks.splitting import Split, grouped_folds, hold_out

BUDGET = replace(tuning.BUDGETS["full"], repeats=1)
SEED = HOLD_OUT_SEED % 2**31


def run_ours(split: Split) -> tuple[dict[str, np.ndarray], float]:
    """Tune and compare our methods; return predictions by name, and processor seconds."""
    start = time.process_time()
    ladder, _ = answer(build_ladder(split.train))
    chosen = ladder.loc[ladder["chosen"], "formula"].iloc[0]
    _, compared = comparison.tune_and_compare(split, BUDGET, chosen)
    roles = {"ours": compared.best, "our network": compared.network, "our average": "average"}
    found = {role: compared.held_out[name].to_numpy() for role, name in roles.items()}
    return found, time.process_time() - start


def run_flaml(split: Split, seconds: float) -> np.ndarray:
    """Search with FLAML in folds of whole artists, with an ensemble; predict the held-out part."""
    from flaml import AutoML

    automl = AutoML()
    automl.fit(
        X_train=preparing.straighten(preparing.predictors(split.train)),
        y_train=split.train["valence"].to_numpy(),
        task="regression",
        metric="mae",
        time_budget=seconds,
        eval_method="cv",
        split_type=GroupKFold(5),
        groups=split.train["artist_key"].to_numpy(),
        ensemble=True,
        n_jobs=1,
        seed=SEED,
        verbose=0,
    )
    return automl.predict(preparing.straighten(preparing.predictors(split.test)))


def run_autogluon(split: Split, seconds: float) -> np.ndarray:
    """Fit AutoGluon at its best quality, bagged over whole artists; predict the held-out part."""
    from autogluon.tabular import TabularPredictor

    train = preparing.straighten(preparing.predictors(split.train)).assign(
        valence=split.train["valence"].to_numpy(),
        group=pd.factorize(split.train["artist_key"])[0] % 8,
    )
    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor(
            "valence", eval_metric="mean_absolute_error", path=folder, groups="group", verbosity=0
        )
        predictor.fit(train, presets="best_quality", time_limit=seconds, num_cpus=1,
                      dynamic_stacking=False)  # fmt: skip
        held = preparing.straighten(preparing.predictors(split.test))
        return predictor.predict(held).to_numpy()


def main() -> None:
    """Read the data set from the command line and print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--rivals", nargs="*", default=["flaml", "autogluon"])
    parser.add_argument("--keep", type=Path, help="a CSV of the folds done, where a run goes on")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    train = hold_out(clean(load(given.data)).tracks).train
    kept = given.keep and given.keep.exists()
    rows = pd.read_csv(given.keep).to_dict("records") if kept else []
    done = {row["fold"] for row in rows}
    for fold, (fitting, held) in enumerate(grouped_folds(train, 5, HOLD_OUT_SEED)):
        if fold in done:
            continue
        split = Split(*(train.iloc[one].reset_index(drop=True) for one in (fitting, held)))
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch("analysis.memory.store", Memory(Path(folder), verbose=0)),
        ):
            found, seconds = run_ours(split)
        for rival in given.rivals:
            run = {"flaml": run_flaml, "autogluon": run_autogluon}[rival]
            found[rival] = np.clip(run(split, seconds), 0, 1)
        rows += [{"model": name, "repeat": 0, "fold": fold, "seconds": seconds,
                  **scores(split.test["valence"], values)}
                 for name, values in found.items()]  # fmt: skip
        if given.keep:
            pd.DataFrame(rows).to_csv(given.keep, index=False)
        print(pd.DataFrame(rows).query("fold == @fold").round(4).to_string(), flush=True)
    by_fold = pd.DataFrame(rows)
    print(by_fold.groupby("model", sort=False)[["mae", "r2", "seconds"]].mean().round(4))
    print(validation.compare_folds(by_fold, "ours").round(4).to_string(index=False))


if __name__ == "__main__":
    for room in (tuning, validation):
        room.JOBS = 1
    main()
