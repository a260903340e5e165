"""Which search finds good settings for the least work? Printed, a row a learner and mechanism.

    python -m benchmarks.searches genres

Four mechanisms propose settings for the same learners and are stopped after the same number of
fits: proposals of a tree-structured Parzen estimator, given up below the median (the report's own
choice), the same estimator with every trial in full, random proposals in full, and random
proposals with successive halving over the folds.
What each chose is judged on other folds of the same tracks; differences are paired over them.
"""

import sys

import numpy as np
import optuna
import pandas as pd

from analysis import SEED
from analysis.prediction.evaluation import scores
from analysis.prediction.learners import LEARNERS, fit_learner, predict
from analysis.prediction.tuning import draw_artists
from analysis.tracks.cleaning import clean
from analysis.tracks.datasets import load
from analysis.tracks.splitting import grouped_folds, hold_out

FITS, FOLDS, SEEDS, TRACKS = 60, 5, 3, 3_000
NAMES = ("boosting", "support_vectors", "elastic_net")


def mechanisms(seed: int) -> dict[str, tuple]:
    """Return sampler and pruner of each mechanism."""
    parzen = optuna.samplers.TPESampler(seed=seed, n_startup_trials=5)
    median = optuna.pruners.MedianPruner(n_startup_trials=4)
    halving = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2)
    never = optuna.pruners.NopPruner()
    return {
        "Parzen, median": (parzen, median),
        "Parzen, in full": (optuna.samplers.TPESampler(seed=seed, n_startup_trials=5), never),
        "random, in full": (optuna.samplers.RandomSampler(seed=seed), never),
        "random, halving": (optuna.samplers.RandomSampler(seed=seed), halving),
    }


def search_settings(learner, tracks: pd.DataFrame, sampler, pruner) -> dict:
    """Search until `FITS` fits are spent; return the best settings of trials seen in full."""
    folds, spent, complete = grouped_folds(tracks, FOLDS), [0], []
    study = optuna.create_study(sampler=sampler, pruner=pruner)
    study.enqueue_trial(learner.defaults())

    def try_settings(trial: optuna.Trial) -> float:
        settings, errors = {d.name: propose(trial, d) for d in learner.space}, []
        for number, (fitting, validation) in enumerate(folds):
            errors.append(fold_mae(learner, settings, tracks.iloc[fitting],
                                   tracks.iloc[validation]))  # fmt: skip
            spent[0] += 1
            trial.report(float(np.mean(errors)), number + 1)
            if trial.should_prune() and number + 1 < len(folds):
                raise optuna.TrialPruned
        complete.append((float(np.mean(errors)), settings))
        return complete[-1][0]

    while spent[0] < FITS:
        study.optimize(try_settings, n_trials=1)
    return min(complete, key=lambda one: one[0])[1]


def fold_mae(learner, settings: dict, fitting: pd.DataFrame, validation: pd.DataFrame) -> float:
    """Fit on one part, score on the other."""
    fitted = fit_learner(learner, fitting, settings | dict(learner.draft))
    return float(scores(validation["valence"], predict(fitted, validation))["mae"])


def propose(trial: optuna.Trial, dimension):
    """Ask the sampler for a value of one dimension."""
    if dimension.choices:
        return trial.suggest_categorical(dimension.name, dimension.choices)
    ask = trial.suggest_int if dimension.whole else trial.suggest_float
    return ask(dimension.name, dimension.low, dimension.high, log=dimension.log)


def judge(learner, settings: dict, tracks: pd.DataFrame) -> float:
    """Return the MAE on a division into folds that no search has seen."""
    folds = grouped_folds(tracks, FOLDS, SEED + 100)
    return float(np.mean([
        fold_mae(learner, settings, tracks.iloc[a], tracks.iloc[b]) for a, b in folds
    ]))  # fmt: skip


def main(names: list[str]) -> None:
    """Print the MAE of defaults and of what each mechanism chose, and its mean over seeds."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    for name in names:
        tracks = draw_artists(hold_out(clean(load(name)).tracks).train, TRACKS)
        for learner in (one for one in LEARNERS if one.name in NAMES):
            print(f"{name:12} {learner.name:12} defaults         "
                  f"{judge(learner, learner.defaults(), tracks):.4f}", flush=True)  # fmt: skip
            for label in mechanisms(0):
                found = [
                    judge(learner, search_settings(learner, tracks, *mechanisms(seed)[label]),
                          tracks)
                    for seed in range(SEEDS)
                ]  # fmt: skip
                each = " ".join(f"{value:.4f}" for value in found)
                print(f"{name:12} {learner.name:12} {label:16} {np.mean(found):.4f}  ({each})",
                      flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:] or ["genres"])
