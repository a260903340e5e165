"""Sentences of the abstract and the conclusion, from the results of all chapters."""

import pandas as pd

from analysis.prediction.comparison import Comparison
from analysis.prediction.network_comparison import Comparison as Duel
from analysis.reporting import prose


def summarize_association(effects: pd.DataFrame, share: float) -> str:
    """Say which scores go with valence most, and how much the chosen formula explains.

    Parameters
    ----------
    effects : pandas.DataFrame
        What `average_effects` returns for the fit on the estimating half.
    share : float
        Cross-validated R² of the chosen formula.
    """
    order = effects["span"].abs().sort_values(ascending=False).index
    first, second = (effects.loc[index] for index in order[:2])
    return (
        f"Of the published scores, {first['feature']} goes with valence most "
        f"({prose.signed(first['per_sd'])} per standard deviation, 95 % interval "
        f"{prose.interval(first['per_sd_low'], first['per_sd_high'])}), then {second['feature']} "
        f"({prose.signed(second['per_sd'])}); a regression with curves, chosen by cross-validation "
        f"over whole artists, explains {prose.percent(share)} of its variance."
    )


def summarize_prediction(held: pd.DataFrame, comparison: Comparison) -> str:
    """Say how well the best method without a neural network predicts artists it has not seen."""
    label = comparison.labels[comparison.best]
    mae, r2 = (_score(held, comparison.best, metric) for metric in ("mae", "r2"))
    return (
        f"On artists held out, the best method that is no neural network ({label.lower()}) "
        f"predicts valence with a mean absolute error of {mae} and an R² of {r2}."
    )


def summarize_network(duel: Duel, folds: pd.Series) -> str:
    """Say whether the network does better, on the held-out tracks and over the folds.

    Parameters
    ----------
    duel : network_comparison.Comparison
    folds : pandas.Series
        The network's line of `validation.compare_folds` against the other method.
    """
    held = duel.difference("mae")
    first, second = _judge(held["low"], held["high"]), _judge(folds["low"], folds["high"])
    text = (
        f"A tuned neural network {first} on these artists (difference in mean absolute error "
        f"{_difference(held['value'], held)})"
    )
    if first == second:
        return f"{text}, and cross-validation of the training part says the same."
    return (
        f"{text}, but in cross-validation of the training part it {second} "
        f"({_difference(folds['difference'], folds)}), so no winner is declared."
    )


def _judge(low: float, high: float) -> str:
    """Say on which side of zero an interval of a difference in error lies."""
    if high < 0:
        return "does better"
    return "does worse" if low > 0 else "cannot be told from that method"


def _difference(value: float, ends: pd.Series) -> str:
    """Return a difference in error with its interval."""
    between = prose.interval(ends["low"], ends["high"], 4)
    return f"{prose.signed(value, 4)}, 95 % interval {between}"


def summarize_flattery(leaks: pd.DataFrame) -> str:
    """Say how much a plain split of the published rows flatters."""
    published, _, artists = leaks["r2"]
    return (
        f"The usual random split of the published rows would have shown an R² of "
        f"{prose.number(published, 2)} where whole artists held out show "
        f"{prose.number(artists, 2)} for one and the same model: repeated recordings and known "
        "artists make up the difference."
        if published - artists > 0.02
        else "A random split of the published rows flatters little here: an R² of "
        f"{prose.number(published, 2)} against {prose.number(artists, 2)} on whole artists."
    )


def summarize_remainder(repeats: pd.DataFrame, reached: float) -> str:
    """Say whether what stays unexplained is noise or information that the scores lack."""
    repeatable = repeats["r2"].iloc[0]
    if pd.isna(repeatable):
        return "Too few recordings repeat in this table to say how much of the rest is noise."
    return (
        f"Two releases of one recording share {prose.percent(repeatable, 1)} of the variance of "
        f"valence, so what stays unexplained beyond {prose.percent(reached)} is not noise: it is "
        "in the sound, and not in the scores published beside valence."
        if repeatable - reached > 0.2
        else f"Two releases of one recording share {prose.percent(repeatable, 1)} of the variance "
        "of valence, which is hardly more than the models explain."
    )


def _score(held: pd.DataFrame, model: str, metric: str) -> str:
    """Return a held-out score with its interval."""
    row = held[(held["model"] == model) & (held["metric"] == metric)].iloc[0]
    return prose.estimate(row["value"], row["low"], row["high"])
