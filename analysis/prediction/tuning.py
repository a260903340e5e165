"""One search for every learner: the same folds, number of trials and objective."""

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import optuna
import pandas as pd
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evaluation import scores
from analysis.prediction.learners import Dimension, Learner, fit_learner, predict
from analysis.prediction.validation import JOBS, Candidate, candidate, slowest_first, source_of
from analysis.tracks.schema import BadInput
from analysis.tracks.splitting import grouped_folds

log = logging.getLogger("analysis")


@dataclass(frozen=True)
class Budget:
    """What a search may spend: trials a learner, folds, and tracks.

    A search sees at most `tracks` of them, or of a long table a quarter, but no more than `most`:
    on a tenth of a long table with many genres, it prefers settings too smooth for the whole. What
    follows the search is bound by `repeats` of cross-validation, shares of the training tracks on
    the learning `curve`, and how many tracks are `crossed` (cross-validated) at most.
    """

    name: str
    trials: int
    folds: int
    tracks: int
    repeats: int
    curve: tuple[float, ...]
    crossed: int = 40_000
    most: int = 13_000

    def searched(self, tracks: int) -> int:
        """Return how many of so many training tracks a search may see."""
        return max(self.tracks, min(tracks // 4, self.most))


BUDGETS = {
    "quick": Budget("quick", 4, 3, 2_000, 1, (0.25, 0.5, 1.0), 4_000, 2_000),
    "full": Budget("full", 12, 5, 6_500, 2, (0.1, 0.2, 0.35, 0.6, 1.0)),
}
# A trial that on two or more folds errs by so much more than the best one did on the same folds
# is given up. Fold by fold, settings differ by far less than folds do, so it could not win.
HOPELESS = 0.001


def find_budget(name) -> Budget:
    """Return a budget by its name, or raise `BadInput`."""
    if name in BUDGETS:
        return BUDGETS[name]
    raise BadInput(f"The budget is {name!r}; it can be {' or '.join(BUDGETS)}.")


@dataclass(frozen=True)
class Search:
    """What a search found: the learner with its best settings, and one row a trial.

    `trace` has columns trial, mae (mean over folds), best (least so far), folds (fewer than all
    where a trial was given up), and one a setting.
    """

    chosen: Candidate
    trace: pd.DataFrame

    @property
    def mae(self) -> float:
        """The least mean absolute error over the folds."""
        return float(self.trace["mae"].min())

    @property
    def gained(self) -> float:
        """By how much the search lowered the MAE of the defaults."""
        return float(self.trace["mae"].iloc[0]) - self.mae


def tune(
    learners: Sequence[Learner], train: pd.DataFrame, budget: Budget, seed: int = SEED
) -> dict[str, Search]:
    """Search the settings of every learner on training tracks; a `Search` by learner's name."""
    sample = draw_artists(train, budget.searched(len(train)), seed)
    log.info("search: %d learners, %d trials each", len(learners), budget.trials)
    running = Parallel(n_jobs=JOBS, return_as="generator_unordered")(
        delayed(_named_search)(learner, sample, budget, seed)
        for learner in [one.learner for one in slowest_first(map(candidate, learners))]
    )
    found = {}
    for name, result in running:
        found[name] = result
        said = result.chosen.label, result.mae, len(found), len(learners)
        log.info("search: %s, MAE %.4f (%d of %d)", *said)
    return {learner.name: found[learner.name] for learner in learners}


@remember
def search(
    learner: Learner,
    train: pd.DataFrame,
    trials: int,
    n_folds: int = 5,
    seed: int = SEED,
    source: str = "",
) -> Search:
    """Search one learner's settings for the least mean absolute error over folds of artists.

    The first trial takes the defaults, the next ones are drawn at random, and from the
    `random_trials`-th on a tree-structured Parzen estimator proposes settings [@bergstra2011]. A
    trial that is hopelessly behind the best one on the same folds is given up. `source`, of the
    learner's module, is a part of the cache's key, otherwise unused.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    folds = grouped_folds(train, n_folds, seed)
    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=random_trials(trials)),
        pruner=optuna.pruners.NopPruner(),
    )
    if learner.space:
        study.enqueue_trial(learner.defaults())
    study.optimize(
        lambda trial: _try_settings(trial, learner, train, folds),
        n_trials=trials if learner.space else 1,
    )
    return Search(candidate(learner, study.best_params), trace_of(study))


def random_trials(trials: int) -> int:
    """Return how many of the first trials are not proposed: the defaults, and random ones."""
    return min(8, trials // 2 + 1)


def draw_artists(tracks: pd.DataFrame, most: int, seed: int = SEED) -> pd.DataFrame:
    """Return at most about `most` tracks, as whole artists drawn at random, in their order.

    An artist with so many tracks that hardly anybody fits in before or beside them is passed over.
    """
    if len(tracks) <= most:
        return tracks
    sizes = tracks["artist"].value_counts().sort_index()
    sizes = sizes.sample(frac=1, random_state=seed)
    drawn = sizes.index[sizes.cumsum() <= most]
    if sizes[drawn].sum() < most / 2:
        fitting = sizes[sizes <= max(most, sizes.min())]
        drawn = fitting.index[fitting.cumsum() <= max(most, fitting.iloc[0])]
    return tracks[tracks["artist"].isin(drawn)].reset_index(drop=True)


def trace_of(study: optuna.Study) -> pd.DataFrame:
    """Return the trials of a study in their order."""
    rows = [
        {"trial": trial.number + 1, "mae": trial.value, "folds": len(trial.intermediate_values)}
        | trial.params
        for trial in study.trials
    ]
    trace = pd.DataFrame(rows)
    # a trial given up has a mean over fewer folds, which must not count as the best
    complete = trace["mae"].where(trace["folds"] == trace["folds"].max())
    trace["mae"] = complete
    trace.insert(2, "best", complete.cummin().ffill())
    return trace


def best_settings(found: dict[str, Search]) -> pd.DataFrame:
    """Return what every search could choose and what it chose, a row a setting."""
    rows = [
        (name, one.chosen.label, d.name, d.meaning, range_of(d), d.default,
         dict(one.chosen.settings)[d.name], one.gained)
        for name, one in found.items() for d in one.chosen.learner.space
    ]  # fmt: skip
    names = ["learner", "label", "setting", "meaning", "range", "default", "chosen", "gained"]
    return pd.DataFrame(rows, columns=names)


def range_of(dimension: Dimension) -> str:
    """Return the values that a search may choose."""
    return f"{dimension.low:g} to {dimension.high:g}"


def _named_search(
    learner: Learner, train: pd.DataFrame, budget: Budget, seed: int
) -> tuple[str, Search]:
    """Run one search; searches end in any order, so the name goes with the result."""
    found = search(learner, train, budget.trials, budget.folds, seed, source_of(learner))
    return learner.name, found


def _try_settings(trial: optuna.Trial, learner: Learner, train: pd.DataFrame, folds) -> float:
    """Score one proposal fold by fold; give it up where it has fallen behind."""
    settings = {d.name: _propose(trial, d) for d in learner.space} | dict(learner.draft)
    errors, best = [], _best_folds(trial.study)
    for number, (fitting, validation) in enumerate(folds):
        errors.append(_fold_mae(learner, settings, train.iloc[fitting], train.iloc[validation]))
        trial.report(errors[-1], number)
        behind = np.mean(errors) - np.mean(best[: len(errors)]) if best else 0
        if 1 < len(errors) < len(folds) and behind > HOPELESS:
            raise optuna.TrialPruned
    return float(np.mean(errors))


def _best_folds(study: optuna.Study) -> list[float]:
    """Return the errors of the best finished trial, one a fold; nothing where none has finished."""
    finished = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    return list(study.best_trial.intermediate_values.values()) if finished else []


def _fold_mae(learner: Learner, settings: dict, fitting: pd.DataFrame, validation) -> float:
    with warnings.catch_warnings():
        # a setting under which a solver does not converge scores badly, which is all we ask
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = fit_learner(learner, fitting, settings)
    return float(scores(validation["valence"], predict(fitted, validation))["mae"])


def _propose(trial: optuna.Trial, dimension: Dimension):
    if dimension.whole:
        low, high = int(dimension.low), int(dimension.high)
        return trial.suggest_int(dimension.name, low, high, log=dimension.log)
    return trial.suggest_float(dimension.name, dimension.low, dimension.high, log=dimension.log)
