"""Runs of a chosen network beyond its one prediction: learning curves, seeds and time."""

import logging
import time

import numpy as np
import pandas as pd
from scipy.stats import norm

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evaluation import scores
from analysis.prediction.learners import predict
from analysis.prediction.preparing import predictors
from analysis.prediction.validation import Candidate, source_of

log = logging.getLogger("analysis")


def training_history(one: Candidate, train: pd.DataFrame) -> pd.DataFrame:
    """Train a network and return its learning curves.

    Returns
    -------
    DataFrame
        Columns epoch, part ("training" or "validation"), mae, and best (whether the weights of the
        epoch were restored).
    """
    log.info("learning curves: %s", one.label)
    return _history(one, train, source_of(one.learner))


def spread_of_seeds(
    one: Candidate, train: pd.DataFrame, test: pd.DataFrame, seeds: int = 5
) -> pd.DataFrame:
    """Train a network from several seeds and score each, and each one's first member alone.

    Returns
    -------
    DataFrame
        Columns seed, kind ("ensemble" or "single member") and the metrics.
    """
    log.info("seeds: %s, %d times", one.label, seeds)
    return _spread(one, train, test, seeds, source_of(one.learner))


def add_seeds(spread: pd.DataFrame, line: pd.Series, other: float) -> pd.Series:
    """Add the variance over seeds to the interval of a difference that knows only of artists.

    A network is one draw of its starting weights, and whoever trains it again gets another one; the
    two sources of variance are independent, so they add.

    Parameters
    ----------
    spread : DataFrame
        Of `spread_of_seeds`.
    line : Series
        value, low and high (95 %, artists resampled) of the network's MAE less another method's.
    other : float
        The other method's MAE.

    Returns
    -------
    Series
        value (the mean over seeds), low and high of the difference for one seed drawn anew.
    """
    maes = spread.loc[spread["kind"] == "ensemble", "mae"]
    half = norm.ppf(0.975)
    error = np.hypot((line["high"] - line["low"]) / 2 / half, maes.std())
    value = maes.mean() - other
    return pd.Series({"value": value, "low": value - half * error, "high": value + half * error})


def measure_time(one: Candidate, train: pd.DataFrame, test: pd.DataFrame) -> pd.Series:
    """Measure how long a method takes on this machine.

    Returns
    -------
    Series
        Seconds: ``first`` (the first training, with what it has to compile), ``again`` (the
        second) and ``predict`` (the predictions of 1,000 tracks, after a first time). The first
        measurement is remembered; a search before it may have compiled the network already.
    """
    log.info("time: %s", one.label)
    return _time(one, train, test, source_of(one.learner))


@remember
def _history(one: Candidate, train, source: str) -> pd.DataFrame:
    """Fit and return the errors of every epoch, long."""
    fitted = one.fit(train)
    long = fitted.history_.melt("epoch", var_name="part", value_name="mae")
    return long.assign(best=long["epoch"] == fitted.best_epoch_)


@remember
def _spread(one: Candidate, train, test, seeds: int, source: str) -> pd.DataFrame:
    """Fit and score from several seeds."""
    features, rows = predictors(test), []
    for seed in range(seeds):
        reseeded = Candidate(one.learner, (*one.settings, ("seed", SEED + seed)))
        members = reseeded.fit(train).predict_members(features)
        for kind, values in (("ensemble", members.mean(axis=1)), ("single member", members[:, 0])):
            rows.append({"seed": seed, "kind": kind, **scores(test["valence"], values)})
    return pd.DataFrame(rows)


@remember
def _time(one: Candidate, train, test, source: str) -> pd.Series:
    """Time two trainings and one prediction."""
    first, _ = _timed(lambda: one.fit(train))
    again, fitted = _timed(lambda: one.fit(train))
    thousand = test.iloc[np.resize(np.arange(len(test)), 1000)]
    _timed(lambda: predict(fitted, thousand))
    asked, _ = _timed(lambda: predict(fitted, thousand))
    return pd.Series({"first": first, "again": again, "predict": asked})


def _timed(task) -> tuple[float, object]:
    """Return how many seconds a task takes, and its result."""
    start = time.perf_counter()
    result = task()
    return time.perf_counter() - start, result
