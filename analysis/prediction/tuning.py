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
from analysis.prediction.learners import Learner, fit_learner, predict
from analysis.prediction.validation import JOBS, Candidate, candidate, slowest_first
from analysis.tracks.schema import BadInput
from analysis.tracks.splitting import grouped_folds

log = logging.getLogger("analysis")


@dataclass(frozen=True)
class Budget:
    """What a search may spend: trials a learner, folds, and tracks.

    A search sees at most `tracks` of them, or of a long table a quarter, but no more than `most`:
    on a tenth of a long table with many genres, it prefers settings too smooth for the whole.
    Cross-validation (`repeats` times) and last fits see at most `crossed`; `curve` has shares.
    """

    name: str
    trials: int
    folds: int
    tracks: int
    repeats: int
    curve: tuple[float, ...]
    crossed: int = 70_000
    most: int = 13_000

    def searched(self, tracks: int) -> int:
        """Return how many of so many training tracks a search may see."""
        return max(self.tracks, min(tracks // 4, self.most))


BUDGETS = {
    "quick": Budget("quick", 4, 3, 2_000, 1, (0.25, 0.5, 1.0), 2_000, 2_000),
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

    `trace` has mae (mean over folds; missing of a trial given up), folds, and a column a setting.
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
        delayed(search)(one.learner, sample, budget.trials, budget.folds, seed, one.source)
        for one in slowest_first(map(candidate, learners))
    )
    found = {}
    for result in running:
        found[result.chosen.name] = result
        said = result.chosen.label, result.mae, len(found), len(learners)
        log.info("search: %s, MAE %.4f (%d of %d)", *said)
    return {learner.name: found[learner.name] for learner in learners}


@remember
def search(
    learner: Learner, train: pd.DataFrame, trials: int, n_folds=5, seed=SEED, source=""
) -> Search:
    """Search one learner's settings for the least mean absolute error over folds of artists.

    The first trial takes the defaults, the next ones are drawn at random, and from the
    `random_trials`-th on a tree-structured Parzen estimator proposes settings [@bergstra2011]. A
    trial that is hopelessly behind the best one on the same folds is given up. `source`, that of a
    `Candidate`, is a part of the cache's key, otherwise unused.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    folds = grouped_folds(train, n_folds, seed)
    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=random_trials(trials)),
        pruner=optuna.pruners.NopPruner(),
    )
    study.enqueue_trial(learner.defaults())
    study.optimize(lambda trial: _try_settings(trial, learner, train, folds), trials)
    trace = pd.DataFrame([
        {"mae": trial.value, "folds": len(trial.intermediate_values)} | trial.params
        for trial in study.trials
    ])  # fmt: skip
    # a trial given up has a mean over fewer folds, which must not count as the best
    trace["mae"] = trace["mae"].where(trace["folds"] == len(folds))
    return Search(candidate(learner, study.best_params), trace)


def _try_settings(trial: optuna.Trial, learner: Learner, train: pd.DataFrame, folds) -> float:
    """Score one proposal fold by fold; give it up where it has fallen behind."""
    settings = {}
    for d in learner.space:
        suggest = trial.suggest_int if d.whole else trial.suggest_float
        settings[d.name] = suggest(d.name, d.low, d.high, log=d.log)
    # the first trial is never given up, so there is a best one for all others
    best = list(trial.study.best_trial.intermediate_values.values()) if trial.number else []
    errors = []
    for number, (fitting, validation) in enumerate(folds):
        held = train.iloc[validation]
        with warnings.catch_warnings():
            # a setting under which a solver does not converge scores badly, which is all we ask
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = fit_learner(learner, train.iloc[fitting], settings | dict(learner.draft))
        errors.append(float(scores(held["valence"], predict(fitted, held))["mae"]))
        trial.report(errors[-1], number)
        behind = np.mean(errors) - np.mean(best[: len(errors)]) if best else 0
        if 1 < len(errors) < len(folds) and behind > HOPELESS:
            raise optuna.TrialPruned
    return float(np.mean(errors))


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


def best_settings(found: dict[str, Search]) -> pd.DataFrame:
    """Return what every search could choose and what it chose, a row a setting."""
    rows = [
        (one.chosen.label, d.name, d.meaning, f"{d.low:g} to {d.high:g}", d.default,
         dict(one.chosen.settings)[d.name], one.gained)
        for one in found.values() for d in one.chosen.learner.space
    ]  # fmt: skip
    names = ["label", "setting", "meaning", "range", "default", "chosen", "gained"]
    return pd.DataFrame(rows, columns=names)
