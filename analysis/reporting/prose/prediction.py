"""Sentences of the chapter on prediction; words are chosen by what the data say."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.reporting import prose

# Within this share of a range, on the scale on which it was searched, a setting is at its edge.
EDGE = 0.05


def list_predictors(names: Sequence[str]) -> str:
    """Name the columns that every method may read; the audio analysis as a whole."""
    scores = [name for name in names if not name.startswith(("pitch_", "timbre_"))]
    parts = [prose.feature_name(name) for name in scores]
    for kind in ("pitch", "timbre"):
        means = sum(name.startswith(f"{kind}_") for name in names)
        parts += [f"{prose.count(means)} means of {kind}"] if means else []
    return (
        f"All of them may read the same {prose.spelled(len(names))} columns of this table: "
        f"{prose.joined(parts)}."
    )


def name_edges(found: Mapping) -> str:
    """Say which chosen settings lie at an edge of what was searched, and who kept the defaults.

    `found` is the result of `tuning.tune`.
    """
    at, kept = [], []
    for one in found.values():
        chosen = dict(one.chosen.settings)
        space = one.chosen.learner.space
        edges = [d.name for d in space if not d.choices and _at_edge(d, chosen[d.name])]
        at += [f"{prose.joined(edges)} ({_lower([one.chosen.label])[0]})"] if edges else []
        same = space and all(chosen[d.name] == d.default for d in space)
        kept += [_lower([one.chosen.label])[0]] if same else []
    text = (
        f"Near an end of their range, within {prose.percent(EDGE)} of it on the scale that was "
        f"searched, lie {'; '.join(at)}: beyond the range there may be a little more to gain."
        if at
        else "No chosen number lies near an end of its range."
    )
    if not kept:
        return text
    return (
        f"{text} For {prose.joined(kept)} no trial beat the defaults, so these settings are in "
        "effect chosen by hand."
    )


def _at_edge(dimension, value: float) -> bool:
    """Tell whether a number lies at an end of its range."""
    scale = math.log if dimension.log else float
    low, high, place = (scale(one) for one in (dimension.low, dimension.high, value))
    return not EDGE < (place - low) / (high - low) < 1 - EDGE


def explain_sample(crossed: pd.DataFrame, train: pd.DataFrame) -> str:
    """Say which training tracks were cross-validated, where they are not all."""
    if len(crossed) == len(train):
        return "All training tracks take part in both."
    return (
        f"Of the {prose.count(len(train))} training tracks {prose.count(len(crossed))}, whole "
        "artists drawn at random, are cross-validated, to spare time; the held-out tracks are "
        "predicted from all."
    )


def explain_search(searched: int, tracks: int) -> str:
    """Say how many of the training tracks a search sees, where that is not all of them."""
    if searched >= tracks:
        return "Every search sees all training tracks."
    return (
        f"Of the {prose.count(tracks)} training tracks a search sees no more than "
        f"{prose.count(searched)}, whole artists drawn at random, to spare time."
    )


def value_of(scored: pd.DataFrame, model: str, metric: str) -> str:
    """Return a score with its interval."""
    row = _row(scored, model, metric)
    return prose.estimate(row["value"], row["low"], row["high"])


def summarize_best(scored: pd.DataFrame, best: str, labels: dict[str, str]) -> str:
    """Say what the best method reaches, and how that compares with the simplest."""
    gain = 1 - _row(scored, best, "mae")["value"] / _row(scored, "median", "mae")["value"]
    return (
        f"{labels[best]}, the method with the least cross-validated error, predicts held-out "
        f"tracks with a mean absolute error of {value_of(scored, best, 'mae')} and an R² of "
        f"{value_of(scored, best, 'r2')}; that is {prose.percent(gain)} less error than the median."
    )


def summarize_tests(
    tests: pd.DataFrame, apart: pd.DataFrame, best: str, labels: dict[str, str]
) -> str:
    """Say which methods the best one beats, on the held-out artists and over the folds.

    Parameters
    ----------
    tests : DataFrame
        The result of `validation.compare_folds`.
    apart : DataFrame
        The result of `evaluation.score_differences`.
    best : str
    labels : dict
        Names in print by name.
    """
    held = apart[apart["metric"] == "mae"].set_index("model")["low"] > 0
    folds = tests["p"].lt(0.05).set_axis(tests["model"])
    votes = folds.astype(int) + held[folds.index].astype(int)
    words = {
        2: "is better than {} by both",
        1: "beats {} by one of the two only, which is not counted",
        0: "cannot be told from {} by either",
    }
    said = [
        text.format(prose.joined(_lower([labels[name] for name in votes.index[votes == count]])))
        for count, text in words.items()
        if (votes == count).any()
    ]
    return (
        f"Judged by the held-out artists and by the folds, {labels[best].lower()} "
        f"{'; '.join(said)}."
    )


def summarize_optimism(plain: pd.DataFrame, grouped: pd.DataFrame, best: str) -> str:
    """Say what the assignment's plain split adds to the scores."""
    one, two = (_row(scored, best, "r2") for scored in (plain, grouped))
    easy, hard = one["value"], two["value"]
    apart = one["low"] > two["high"] or two["low"] > one["high"]
    word = "differ" if apart else "cannot be told apart, since each has its own tracks and interval"
    return (
        f"On a plain random fifth of the same clean tracks the same settings reach an R² of "
        f"{value_of(plain, best, 'r2')} and a mean absolute error of "
        f"{value_of(plain, best, 'mae')}. That is {prose.signed(easy - hard)} in R² against whole "
        f"artists; the two scores {word}."
    )


def summarize_calibration(intercept: float, slope: float) -> str:
    """Say whether predictions mean what they say."""
    if abs(slope - 1) < 0.1:
        word = "on average, predictions can be taken at their word"
    elif slope > 1:
        word = "predictions are too timid: the truth lies farther from the mean"
    else:
        word = "predictions are too bold: the truth lies nearer to the mean"
    return (
        f"The line of observed on predicted valence has slope {prose.number(slope, 2)} and "
        f"intercept {prose.number(intercept, 2)}: {word}."
    )


def summarize_groups(table: pd.DataFrame) -> str:
    """Say where errors are greatest and least within one way to group tracks."""
    if table.empty:
        return "there are too few held-out tracks to score each part"
    worst, best = table.loc[table["mae"].idxmax()], table.loc[table["mae"].idxmin()]
    return (
        f"the mean absolute error runs from {prose.number(best['mae'])} (group {best['group']}) to "
        f"{prose.number(worst['mae'])} (group {worst['group']})"
    )


def _row(scored: pd.DataFrame, model: str, metric: str) -> pd.Series:
    """Return one line of a table of scores."""
    return scored[(scored["model"] == model) & (scored["metric"] == metric)].iloc[0]


def _lower(names: list[str]) -> list[str]:
    """Return names as they stand within a sentence; abbreviations stay as they are."""
    return [n if n[:2].isupper() else n[0].lower() + n[1:] for n in names]
