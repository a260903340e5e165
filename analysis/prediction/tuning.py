"""One search for every learner: the same folds, the same number of trials, the same objective.

The first trial is always the learner's defaults, so a search can only gain on them.
"""

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
from analysis.prediction.validation import JOBS, Candidate, candidate, source_of
from analysis.tracks.schema import BadInput
from analysis.tracks.splitting import grouped_folds

log = logging.getLogger("analysis")


@dataclass(frozen=True)
class Budget:
    """What a search may spend: trials a learner, folds, and tracks.

    A search sees at most `tracks` of them, or of a long table a quarter, but no more than `most`:
    on a tenth of a long table with many genres, it prefers settings too smooth for the whole.
    `repeats`, `curve` and `crossed` belong to what follows the search: repeats of cross-validation,
    shares of the training tracks on the learning curve, and how many tracks at most are
    cross-validated; held-out tracks are always predicted from the whole training part.
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
    "full": Budget("full", 15, 5, 6_500, 2, (0.1, 0.2, 0.35, 0.6, 1.0)),
}


def find_budget(name) -> Budget:
    """Return a budget by its name.

    Raises
    ------
    BadInput
        There is none of that name.
    """
    if name in BUDGETS:
        return BUDGETS[name]
    raise BadInput(f"The budget is {name!r}; it can be {' or '.join(BUDGETS)}.")


@dataclass(frozen=True)
class Search:
    """What a search found.

    `trace` has one row a trial: trial, mae (mean over folds), best (least so far), folds (fewer
    than all where a trial was given up), and one column a setting. `chosen` is the learner with
    its best settings.
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
    """Search the settings of every learner.

    Parameters
    ----------
    learners : sequence of Learner
    train : DataFrame
        Training tracks; the held-out part has no business here.
    budget : Budget
    seed : int

    Returns
    -------
    dict
        A `Search` by learner's name, in the order of `learners`.
    """
    sample = draw_artists(train, budget.searched(len(train)), seed)
    log.info("search: %d learners, %d trials each", len(learners), budget.trials)
    running = Parallel(n_jobs=JOBS, return_as="generator_unordered")(
        delayed(_named_search)(learner, sample, budget, seed) for learner in learners
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

    A tree-structured Parzen estimator proposes settings [@bergstra2011]; a trial whose mean over
    the folds so far is worse than the median of the earlier trials at that fold is given up.

    Parameters
    ----------
    learner : Learner
    train : DataFrame
    trials, n_folds, seed : int
    source : str
        Text of the learner's module: a part of the cache's key, otherwise unused.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    folds = grouped_folds(train, n_folds, seed)
    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=min(10, trials // 2 + 1)),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4),
    )
    if learner.space:
        study.enqueue_trial(learner.defaults())
    study.optimize(
        lambda trial: _try_settings(trial, learner, train, folds),
        n_trials=trials if learner.space else 1,
    )
    return Search(candidate(learner, study.best_params), trace_of(study))


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


def traces(found: dict[str, Search]) -> pd.DataFrame:
    """Return learner, label, trial, mae and best of every search, one under the other."""
    parts = [
        result.trace[["trial", "mae", "best", "folds"]].assign(
            learner=name, label=result.chosen.label
        )
        for name, result in found.items()
    ]
    return pd.concat(parts, ignore_index=True)


def best_settings(found: dict[str, Search]) -> pd.DataFrame:
    """Return learner, label, setting, default, chosen, low and high of every searched setting."""
    rows = []
    for result in found.values():
        chosen = dict(result.chosen.settings)
        for dimension in result.chosen.learner.space:
            rows.append(_setting_row(result, dimension, chosen[dimension.name]))
    return pd.DataFrame(rows)


def search_spaces(learners: Sequence[Learner]) -> pd.DataFrame:
    """Return learner, setting, range, scale and default of every dimension, for the appendix."""
    rows = [
        (learner.label, d.name, range_of(d), "log" if d.log else "linear", str(d.default))
        for learner in learners
        for d in learner.space
    ]
    return pd.DataFrame(rows, columns=["learner", "setting", "range", "scale", "default"])


def range_of(dimension: Dimension) -> str:
    """Return the values that a search may choose, in words."""
    if dimension.choices:
        return ", ".join(str(choice) for choice in dimension.choices)
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
    errors = []
    for number, (fitting, validation) in enumerate(folds):
        errors.append(_fold_mae(learner, settings, train.iloc[fitting], train.iloc[validation]))
        trial.report(float(np.mean(errors)), number)
        if trial.should_prune():
            raise optuna.TrialPruned
    return float(np.mean(errors))


def _fold_mae(learner: Learner, settings: dict, fitting: pd.DataFrame, validation) -> float:
    """Fit on one part, score on the other."""
    with warnings.catch_warnings():
        # a setting under which a solver does not converge scores badly, which is all we ask
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = fit_learner(learner, fitting, settings)
    return float(scores(validation["valence"], predict(fitted, validation))["mae"])


def _propose(trial: optuna.Trial, dimension: Dimension):
    """Ask the sampler for a value of one dimension."""
    if dimension.choices:
        return trial.suggest_categorical(dimension.name, dimension.choices)
    if dimension.whole:
        low, high = int(dimension.low), int(dimension.high)
        return trial.suggest_int(dimension.name, low, high, log=dimension.log)
    return trial.suggest_float(dimension.name, dimension.low, dimension.high, log=dimension.log)


def _setting_row(result: Search, dimension: Dimension, value) -> dict:
    """Return one line of the table of best settings."""
    return {
        "learner": result.chosen.name,
        "label": result.chosen.label,
        "setting": dimension.name,
        "default": dimension.default,
        "chosen": value,
        "range": range_of(dimension),
    }
