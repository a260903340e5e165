"""Sentences of the abstract and the conclusion, from the results of all chapters."""

import pandas as pd
from IPython.display import Markdown

from analysis.printing import inert
from analysis.printing import numbers as prose


def mark_draft(budget: str) -> Markdown | str:
    """Say above all else that a report is a draft; nothing where it is none.

    Parameters
    ----------
    budget : {"quick", "full"}
    """
    if budget == "full":
        return ""
    return Markdown(
        f'**Draft.** This report was made with the budget "{inert.escaped(budget)}": few trials, '
        "few resamples and small samples. Its numbers show what the report looks like; do not "
        "cite them."
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
        f"{formula}; two releases of one recording, where one is no copy of the other, share "
        f"{prose.percent(repeatable, 1)} of the variance, {rest}."
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
