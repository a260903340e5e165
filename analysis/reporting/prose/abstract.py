"""Sentences of the abstract and the conclusion, from the results of all chapters."""

import pandas as pd
from IPython.display import Markdown

from analysis.prediction.comparison import Comparison
from analysis.reporting import prose
from analysis.reporting.prose.inference import rank_scores, tell_lead
from analysis.reporting.prose.network import judge_interval


def mark_draft(budget: str) -> Markdown | str:
    """Say above all else that a report is a draft; nothing where it is none.

    Parameters
    ----------
    budget : {"quick", "full"}
    """
    if budget == "full":
        return ""
    return Markdown(
        f"**Draft.** This report was made with the budget \"{budget}\": few trials, few resamples "
        "and small samples. Its numbers show what the report looks like; do not cite them."
    )


def summarize_association(
    effects: pd.DataFrame, share: float, curved: bool = True, genre: bool = False
) -> str:
    """Say which scores go with valence most, and how much the significant terms explain.

    Parameters
    ----------
    effects : pandas.DataFrame
        What `average_effects` returns for the fit on the estimating half.
    share : float
        Cross-validated R² of the chosen formula's significant terms, on the estimating half.
    curved : bool
        Whether the formula has splines.
    genre : bool
        Whether it has genre.
    """
    equal = "genre and the other features" if genre else "other features"
    model = f"a regression{' with curves' if curved else ''}"
    explained = (
        f"explains {prose.percent(share)} of the variance on artists left out of its fit"
        if share > 0
        else "predicts artists left out of its fit no better than the mean"
    )
    ordered = rank_scores(effects)
    first, second = ordered.iloc[0], ordered.iloc[1]
    return (
        f"Of the published scores, {first['feature']} goes with valence most "
        f"({prose.signed(first['per_sd'])} per standard deviation, 95 % interval "
        f"{prose.interval(first['per_sd_low'], first['per_sd_high'])}), then {second['feature']} "
        f"({prose.signed(second['per_sd'])}), {equal} equal; {model}, "
        f"of the features that were found significant, {explained}."
    )


def name_leaders(
    effects: pd.DataFrame, leads: pd.DataFrame, unheld: pd.DataFrame | None = None
) -> str:
    """Say which score goes with valence most, with the size of its effect.

    Parameters
    ----------
    effects : pandas.DataFrame
        What `average_effects` returns for the fit on the estimating half.
    leads : pandas.DataFrame
        What `compare_sizes` returns for the first score of `rank_scores`.
    unheld : pandas.DataFrame, optional
        The same from a formula without genre, if the chosen one has it.
    """
    first, second = rank_scores(effects)["feature"].head(2)
    size = effects.set_index("feature").loc[first, "per_sd"]
    equal = "the others" if unheld is None else "genre and the others"
    return (
        f"Of the published scores {first} goes with valence most, {prose.signed(size)} per "
        f"standard deviation with {equal} equal, {tell_lead(leads, second)}"
        f"{_tell_unheld(unheld, second)}."
    )


def _tell_unheld(unheld: pd.DataFrame | None, second: str) -> str:
    """Say in a clause what becomes of the lead where genre is not held equal."""
    if unheld is None:
        return ""
    line = unheld.set_index("feature").loc[second]
    if line["larger_low"] > 0:
        return "; the lead stands with genre left out"
    return "; with genre left out, which of the two is larger is not shown"


def answer_prediction(
    held: pd.DataFrame, comparison: Comparison, widened: pd.Series, folds: pd.Series
) -> str:
    """Say in one sentence what the best method explains, and whether a network does better.

    Parameters
    ----------
    held : pandas.DataFrame
        Held-out scores of all methods but the networks.
    comparison : Comparison
    widened, folds : pandas.Series
        As for `prose.network.judge_network`.
    """
    r2 = held[(held["model"] == comparison.best) & (held["metric"] == "r2")].iloc[0]
    first, second = judge_interval(widened), judge_interval(folds)
    agreed = first if first == second else "equal"
    network = {"better": "does better", "worse": "does worse"}.get(
        agreed, "is not clearly better or worse"
    )
    opening = "For artists that no method has seen, the best method that is no neural network"
    if r2["value"] <= 0:
        ends = prose.estimate(r2["value"], r2["low"], r2["high"], 2)
        return f"{opening} explains nothing: its R² is {ends}; a tuned network {network}."
    return (
        f"{opening} explains {prose.percent(r2['value'])} of the variance of valence (95 % "
        f"interval {prose.percent(r2['low'])} to {prose.percent(r2['high'])}); a tuned network "
        f"{network}."
    )


def answer_derivation(length: int, fit: pd.Series, repeats: pd.DataFrame) -> str:
    """Say how much of that a printed formula keeps, and how well releases agree.

    Parameters
    ----------
    length : int
        Terms of the formula.
    fit : pandas.Series
        What `fidelity.compare_with_best` returns for it.
    repeats : pandas.DataFrame
        What `ceiling.repeat_measurements` returns.
    """
    repeatable = repeats["r2"].iloc[0]
    keeps = (
        f"keeps {prose.percent(fit['kept'])} of what that method explains"
        if 0 <= fit["kept"] <= 1
        else "explains no less than that method"
        if fit["kept"] > 1
        else "explains nothing on new artists"
    )
    if pd.isna(fit["kept"]):
        keeps = "has nothing to keep of that"
    formula = f"A printed formula of {prose.plural(length, 'term')} {keeps}"
    if pd.isna(repeatable):
        return f"{formula}; too few recordings repeat to say how alike releases are."
    rest = (
        "so computing the score anew explains little of the rest"
        if repeatable - fit["best"] > 0.2
        else "hardly more than the models explain"
    )
    return (
        f"{formula}; two releases of one recording share {prose.percent(repeatable, 1)} of the "
        f"variance, {rest}."
    )


def propose_origin(verdict: str) -> str:
    """Say what we propose, by the verdict on the claim that valence is a function of the scores."""
    if verdict == "supported":
        return "In this table valence is nearly a function of the other published scores."
    return (
        "What history suggests, and our evidence does not contradict, is that valence is not a "
        "function of the other scores but their sibling: a readout, learned from the labels of "
        "experts, of features of the audio that are published in part at most."
    )


def summarize_prediction(held: pd.DataFrame, comparison: Comparison) -> str:
    """Say how well the best method without a neural network predicts artists it has not seen."""
    label = comparison.labels[comparison.best]
    mae, r2 = (_score(held, comparison.best, metric) for metric in ("mae", "r2"))
    crossed = comparison.by_fold.query("model == @comparison.best")["r2"].mean()
    return (
        f"On artists held out, the best method that is no neural network ({label.lower()}) "
        f"predicts valence with a mean absolute error of {mae} and an R² of {r2}; over folds of "
        f"the training part its R² is {prose.number(crossed)}."
    )


def summarize_flattery(leaks: pd.DataFrame) -> str:
    """Say how much a plain split of the published rows flatters."""
    published, unique, artists = leaks["r2"]
    return (
        f"For one and the same model, folds of the published rows drawn at random show an R² of "
        f"{prose.number(published, 2)}, folds of whole artists {prose.number(artists, 2)}; "
        f"{_blame(published - unique, unique - artists)}."
        if published - artists > 0.02
        else "A random split of the published rows flatters little here: an R² of "
        f"{prose.number(published, 2)} against {prose.number(artists, 2)} on whole artists."
    )


def _blame(repeats: float, known: float) -> str:
    """Say which of two leaks makes the difference."""
    if known < 0.1 * (repeats + known):
        return "nearly all of the difference goes with recordings that are there more than once"
    share = repeats / (repeats + known)
    return f"{prose.percent(share)} of the difference goes with repeated recordings"


def admit_choices(known: bool) -> str:
    """Say what the choices that came before the program were made on.

    Parameters
    ----------
    known : bool
        Whether the table is one of those that the report was written with.
    """
    origin = (
        "this table, the held-out fifth included. The program chooses among them by rule on "
        "training data and uses the held-out tracks only for scores, but the list it chooses from "
        "is not blind to them, and a reader with another list would get other winners. The scores "
        "over folds carry the same mild optimism."
        if known
        else "other tables of Spotify's tracks, not at this one: they may suit those better."
    )
    return (
        "Formulas, learners, their defaults and the spaces to search were chosen "
        f"by people who were looking at {origin}"
    )


def _score(held: pd.DataFrame, model: str, metric: str) -> str:
    """Return a held-out score with its interval."""
    row = held[(held["model"] == model) & (held["metric"] == metric)].iloc[0]
    return prose.estimate(row["value"], row["low"], row["high"])
