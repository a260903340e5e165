"""Repeated cross-validation by artist, and tests that know that its folds overlap."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis import SEED
from analysis.memory import digest_sources, remember
from analysis.prediction.evaluation import scores
from analysis.prediction.learners import Learner, fit_learner, predict
from analysis.tracks.splitting import grouped_folds

log = logging.getLogger("analysis")
# Two processes: the report is made on small machines, and each holds a copy of the tracks.
JOBS = 2
KINDS = ("network", "distance", "trees", "linear", "baseline")  # the one that takes longest first


@dataclass(frozen=True)
class Candidate:
    """A learner with the settings that a search chose for it, as sorted pairs.

    `source` is a digest of the module that builds the learner and of all that it imports, so that
    what is remembered of a candidate depends on them.
    """

    learner: Learner
    settings: tuple[tuple[str, object], ...]
    source: str

    @property
    def name(self) -> str:
        """The learner's name."""
        return self.learner.name

    @property
    def label(self) -> str:
        """The learner's name in print."""
        return self.learner.label

    def fit(self, train: pd.DataFrame):
        """Fit on tracks; see `learners.fit_learner`."""
        return fit_learner(self.learner, train, dict(self.settings))


def candidate(learner: Learner, settings: Mapping | None = None) -> Candidate:
    """Pair a learner with settings, its defaults if none are given."""
    chosen = learner.defaults() if settings is None else settings
    source = digest_sources(learner.build.__module__)
    return Candidate(learner, tuple(sorted(chosen.items())), source)


def cross_predictions(
    candidates: Sequence[Candidate], tracks: pd.DataFrame, repeats=1, n_folds=5, seed=SEED
) -> pd.DataFrame:
    """Predict every track by models that saw no track of its artist.

    Each repeat divides into folds by a seed of its own. One row a track and repeat: repeat, fold,
    row (position in `tracks`), observed, artist and a column of predictions a candidate.
    """
    fold = np.empty((repeats, len(tracks)), int)
    for repeat in range(repeats):
        for number, (_, held) in enumerate(grouped_folds(tracks, n_folds, seed + repeat)):
            fold[repeat, held] = number
    # of one kind, repeat by repeat: a method of much memory is not fitted twice side by side
    tasks = [(one, repeat) for repeat in range(repeats) for one in slowest_first(candidates)]
    tasks.sort(key=lambda task: KINDS.index(task[0].learner.kind))
    log.info("cross-validation: %d methods, %d x %d folds", len(candidates), repeats, n_folds)
    columns = share_out(predict_folds, [(one, tracks, fold[repeat]) for one, repeat in tasks])
    found = {(one.name, repeat): c for (one, repeat), c in zip(tasks, columns, strict=True)}
    known = {"observed": tracks["valence"].to_numpy(), "artist": tracks["artist"].to_numpy()}
    return pd.concat([
        pd.DataFrame(
            {"repeat": repeat, "fold": fold[repeat], "row": np.arange(len(tracks)), **known}
            | {one.name: found[one.name, repeat] for one in candidates}
        )
        for repeat in range(repeats)
    ], ignore_index=True)  # fmt: skip


def share_out(function: Callable, tasks: Iterable[tuple]) -> list:
    """Call a function with each of several tuples of arguments, in `JOBS` processes."""
    return Parallel(n_jobs=JOBS)(delayed(function)(*task) for task in tasks)


def slowest_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates in the order in which two processes are done with them soonest."""
    last_first = list(candidates)[::-1]  # of one kind, those that are listed last take longest
    return sorted(last_first, key=lambda one: KINDS.index(one.learner.kind))


@remember
def predict_folds(one: Candidate, tracks: pd.DataFrame, fold: np.ndarray) -> np.ndarray:
    """Predict every track, (n,), from the folds that it is not in; `fold` holds their numbers."""
    predicted = np.full(len(tracks), np.nan)
    # what explains a method asks the same models again; those of other kinds take much room
    fit = fit_once if one.learner.kind == "distance" else Candidate.fit
    for held in (fold == number for number in np.unique(fold)):
        fitted = fit(one, tracks[~held].reset_index(drop=True))
        predicted[held] = predict(fitted, tracks[held])
    return predicted


@remember
def fit_once(one: Candidate, tracks: pd.DataFrame):
    """Fit, and keep the model."""
    return one.fit(tracks)


def fold_scores(predictions: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Score every model in every fold of `cross_predictions`: model, repeat, fold and metrics."""
    return pd.DataFrame([
        {"model": m, "repeat": repeat, "fold": fold, **scores(part["observed"], part[m])}
        for (repeat, fold), part in predictions.groupby(["repeat", "fold"]) for m in models
    ])  # fmt: skip


def compare_folds(
    by_fold: pd.DataFrame, best: str, metric: str = "mae", n_folds: int = 5
) -> pd.DataFrame:
    """Compare every model with the best, fold by fold, by the corrected resampled t-test.

    Columns model, difference (model less best), low, high (95%), p (two-sided, Holm's correction
    over the models); for the MAE differences are on the scale of valence.
    """
    wide = by_fold.pivot_table(index=["repeat", "fold"], columns="model", values=metric)
    rows = []
    for model in wide.columns.drop(best):
        apart = wide[model] - wide[best]
        _, error, df = corrected_mean(apart, n_folds)
        t = apart.mean() / error if error else 0.0  # two methods may predict alike in every fold
        rows.append((model, *corrected_interval(apart, n_folds), 2 * stats.t.sf(abs(t), df)))
    table = pd.DataFrame(rows, columns=["model", "difference", "low", "high", "p"])
    table["p"] = multipletests(table["p"], method="holm")[1]
    return table.sort_values("difference", ignore_index=True)


def corrected_mean(values, n_folds: int = 5) -> tuple[float, float, int]:
    """Return mean, standard error and degrees of freedom of fold values [@nadeau2003].

    Training parts share most of their tracks, so the plain standard error is too small; the
    correction adds the ratio of validation to training tracks, 1 to `n_folds` - 1, to 1 over n.
    """
    values = np.asarray(values, float)
    variance = (1 / len(values) + 1 / (n_folds - 1)) * values.var(ddof=1)
    return float(values.mean()), float(np.sqrt(variance)), len(values) - 1


def corrected_interval(values, n_folds: int = 5) -> tuple[float, float, float]:
    """Return mean, low and high end of the corrected 95 % interval of fold values."""
    value, error, df = corrected_mean(values, n_folds)
    half = stats.t.ppf(0.975, df) * error
    return value, value - half, value + half
