"""Repeated cross-validation by artist, and tests that know that its folds overlap."""

import logging
from collections.abc import Iterable, Mapping, Sequence
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
# Learners of these kinds take longest, so they start first.
SLOW = ("network", "distance")


@dataclass(frozen=True)
class Candidate:
    """A learner with the settings that a search chose for it, as sorted pairs."""

    learner: Learner
    settings: tuple[tuple[str, object], ...] = ()

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
    return Candidate(learner, tuple(sorted(chosen.items())))


def cross_predictions(
    candidates: Sequence[Candidate],
    tracks: pd.DataFrame,
    repeats: int = 1,
    n_folds: int = 5,
    seed: int = SEED,
) -> pd.DataFrame:
    """Predict every track by models that saw no track of its artist.

    Each of the `repeats` divides into folds by a seed of its own. One row a track and repeat:
    repeat, fold, row (position in `tracks`), observed, artist and one column of predictions a
    candidate.
    """
    fold = np.stack([_fold_numbers(tracks, n_folds, seed + repeat) for repeat in range(repeats)])
    tasks = [(one, repeat) for one in slowest_first(candidates) for repeat in range(repeats)]
    log.info("cross-validation: %d methods, %d x %d folds", len(candidates), repeats, n_folds)
    columns = Parallel(n_jobs=JOBS)(
        delayed(predict_folds)(one, tracks, fold[repeat], source_of(one.learner))
        for one, repeat in tasks
    )
    found = {(one.name, repeat): c for (one, repeat), c in zip(tasks, columns, strict=True)}
    known = {"observed": tracks["valence"].to_numpy(), "artist": tracks["artist"].to_numpy()}
    return pd.concat([
        pd.DataFrame(
            {"repeat": repeat, "fold": fold[repeat], "row": np.arange(len(tracks)), **known}
            | {one.name: found[one.name, repeat] for one in candidates}
        )
        for repeat in range(repeats)
    ], ignore_index=True)  # fmt: skip


def slowest_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates in the order in which two processes are done with them soonest."""
    return sorted(candidates, key=lambda one: one.learner.kind not in SLOW)


@remember
def predict_folds(
    one: Candidate, tracks: pd.DataFrame, fold: np.ndarray, source: str = ""
) -> np.ndarray:
    """Predict every track from the folds that it is not in, (n,).

    `fold` holds the number of each track's fold, (n,); `source` serves the cache's key only.
    """
    predicted = np.full(len(tracks), np.nan)
    for held in (fold == number for number in np.unique(fold)):
        predicted[held] = predict(one.fit(tracks[~held]), tracks[held])
    return predicted


def source_of(learner: Learner) -> str:
    """Return a digest of the module that builds a learner and of all that it imports."""
    return digest_sources(learner.build.__module__)


def fold_scores(predictions: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Score every model in every fold of `cross_predictions`: model, repeat, fold and metrics."""
    rows = []
    for (repeat, fold), part in predictions.groupby(["repeat", "fold"]):
        place = {"repeat": repeat, "fold": fold}
        rows += [{"model": m, **place, **scores(part["observed"], part[m])} for m in models]
    return pd.DataFrame(rows)


def compare_folds(
    by_fold: pd.DataFrame, best: str, metric: str = "mae", n_folds: int = 5
) -> pd.DataFrame:
    """Compare every model with the best, fold by fold, by the corrected resampled t-test.

    Columns model, difference (model less best), low, high (95%), t, df, p (two-sided, Holm's
    correction over the models); for the MAE differences are on the scale of valence.
    """
    wide = by_fold.pivot_table(index=["repeat", "fold"], columns="model", values=metric)
    rows = []
    for model in wide.columns.drop(best):
        apart = wide[model] - wide[best]
        _, error, df = corrected_mean(apart, n_folds)
        t = apart.mean() / error if error else 0.0  # two methods may predict alike in every fold
        rows.append((model, *corrected_interval(apart, n_folds), t, df, 2 * stats.t.sf(abs(t), df)))
    names = ["model", "difference", "low", "high", "t", "df", "p"]
    table = pd.DataFrame(rows, columns=names)
    table["p"] = multipletests(table["p"], method="holm")[1]
    return table.sort_values("difference", ignore_index=True)


def corrected_mean(values, n_folds: int = 5) -> tuple[float, float, int]:
    """Return mean, standard error and degrees of freedom of fold values [@nadeau2003].

    The training parts of different folds share most of their tracks, so the plain standard error is
    too small; the correction adds the ratio of validation to training tracks, 1 to `n_folds` - 1,
    to one over the number of values. Raises `ValueError` for fewer than two values.
    """
    values = np.asarray(values, float)
    if len(values) < 2:
        raise ValueError("a corrected test needs at least two folds")
    variance = (1 / len(values) + 1 / (n_folds - 1)) * values.var(ddof=1)
    return float(values.mean()), float(np.sqrt(variance)), len(values) - 1


def corrected_interval(values, n_folds: int = 5) -> tuple[float, float, float]:
    """Return mean, low and high end of the corrected 95 % interval of fold values."""
    value, error, df = corrected_mean(values, n_folds)
    half = stats.t.ppf(0.975, df) * error
    return value, value - half, value + half


def _fold_numbers(tracks: pd.DataFrame, n_folds: int, seed: int) -> np.ndarray:
    fold = np.full(len(tracks), -1)
    for number, (_, validation) in enumerate(grouped_folds(tracks, n_folds, seed)):
        fold[validation] = number
    return fold
