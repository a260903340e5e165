"""The chosen formula with only the terms that pass a test, and what dropping the others costs.

Dropping terms by p-values is what the assignment asks for, not what cross-validation asks for. The
terms are chosen by the tests of the choosing half and fitted on the estimating half, whose
intervals and scores so mean what they say [@berk2013]. Terms that pass on the estimating half stand
beside them; those were tested on the tracks that score them, which flatters them.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.inference.effects import feature_groups, term_tests
from analysis.inference.regression import (
    Fit,
    fit_ols,
    formula_scores,
    summarise_scores,
    usable_rows,
)
from analysis.inference.selection import Choice
from analysis.memory import remember
from analysis.tracks.splitting import grouped_folds

# A feature passes if Holm's p is below this level.
LEVEL = 0.05


@dataclass(frozen=True)
class Reduction:
    """The chosen formula without the features that fail the choosing half's corrected tests.

    `kept` and `dropped` are features, `gained` and `lost` those on which the estimating half's
    tests say otherwise (pass there only, pass here only); `formula` is the reduced formula, `fit`
    its fit on the estimating half, and `scores` what `compare_reductions` returns.
    """

    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    formula: str
    fit: Fit
    scores: pd.DataFrame


def reduce_formula(choice: Choice, fit: Fit, seed: int = SEED) -> Reduction:
    """Refit the chosen formula with only the features that pass on the choosing half.

    Parameters
    ----------
    choice : Choice
    fit : Fit
        The chosen formula on the estimating half.
    seed : int
        Seed of the folds.

    Returns
    -------
    Reduction
    """
    first = fit_ols(choice.formula, choice.choosing)
    passed, passed_there = _passing(first), _passing(fit)
    formulas = {
        "all terms (the chosen formula)": choice.formula,
        "terms that pass on the choosing half": drop_features(first, passed),
        "terms that pass on the estimating half": drop_features(fit, passed_there),
    }
    scores = compare_reductions(choice.estimating, tuple(formulas.items()), seed)
    reduced = formulas["terms that pass on the choosing half"]
    return Reduction(
        tuple(passed), _without(feature_groups(first), passed), _without(passed_there, passed),
        _without(passed, passed_there), reduced, fit_ols(reduced, choice.estimating), scores,
    )  # fmt: skip


def _passing(fit: Fit) -> list[str]:
    """Return the features that pass the joint test after Holm's correction."""
    if not feature_groups(fit):
        return []
    tests = term_tests(fit)
    return tests.loc[tests["p_holm"] < LEVEL, "feature"].tolist()


def _without(names, others) -> tuple[str, ...]:
    """Return names that are not among others."""
    return tuple(name for name in names if name not in others)


def drop_features(fit: Fit, kept) -> str:
    """Return a fit's formula without every term that reads a column of a feature not kept."""
    groups = feature_groups(fit)
    gone = [column for name in groups if name not in kept for column in groups[name]]
    if not gone:
        return fit.formula
    reads = re.compile(r"\b(" + "|".join(map(re.escape, gone)) + r")\b")
    terms = fit.formula.partition("~")[2].strip().split(" + ")
    return "valence ~ " + (" + ".join(term for term in terms if not reads.search(term)) or "1")


@remember
def compare_reductions(tracks: pd.DataFrame, formulas: tuple, seed: int = SEED) -> pd.DataFrame:
    """Score formulas on the same tracks and folds of whole artists.

    Parameters
    ----------
    tracks : DataFrame
    formulas : tuple of (str, str)
        Names and formulas; differences are to the first.
    seed : int

    Returns
    -------
    DataFrame
        `terms`, `parameters`, `adjusted_r2`, `cv_r2`, `cv_r2_se`, `cv_mae`, `cv_mae_se`, and
        `change`, `change_se`: R² less the first formula's, paired by fold.
    """
    frame = usable_rows(tracks)
    folds = grouped_folds(frame, seed=seed)
    found = {name: formula_scores(formula, frame, folds) for name, formula in formulas}
    first = found[formulas[0][0]][:, 0]
    rows = [
        {"terms": name} | _describe_size(formula, frame) | summarise_scores(found[name])
        | _paired_change(found[name][:, 0] - first)
        for name, formula in formulas
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _describe_size(formula: str, frame: pd.DataFrame) -> dict[str, float]:
    """Return a formula's parameters and adjusted R² on its tracks."""
    fit = fit_ols(formula, frame)
    return {"parameters": len(fit.params), "adjusted_r2": adjusted_r2(fit)}


def _paired_change(differences: np.ndarray) -> dict[str, float]:
    """Return the mean difference over folds with its standard error."""
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return {"change": differences.mean(), "change_se": error}


def adjusted_r2(fit: Fit) -> float:
    """Return R² less what as many columns explain by chance."""
    rows, columns = fit.design.matrix.shape
    return 1 - (fit.residuals**2).sum() / _total(fit) * (rows - 1) / max(rows - columns, 1)


def adjust_losses(tests: pd.DataFrame, fit: Fit) -> pd.DataFrame:
    """Add by how much the adjusted R² falls without each feature's columns.

    Eleven columns explain something of any variance by chance; the adjusted R² allows for their
    number, and its fall is at or below zero where columns explain no more than that.

    Parameters
    ----------
    tests : DataFrame
        What `term_tests` returns for the fit.

    Returns
    -------
    DataFrame
        `tests` with the column `adjusted_lost`.
    """
    rows, columns = fit.design.matrix.shape
    left = (fit.residuals**2).sum() / _total(fit) + tests["r2_lost"]
    without = 1 - left * (rows - 1) / (rows - columns + tests["columns"])
    return tests.assign(adjusted_lost=adjusted_r2(fit) - without)


def _total(fit: Fit) -> float:
    """Return the sum of squares of valence about its mean."""
    return ((fit.valence - fit.valence.mean()) ** 2).sum()


def compare_tests(choice: Choice, fit: Fit) -> pd.DataFrame:
    """Return every feature's joint test on both halves, with Holm's correction.

    Parameters
    ----------
    choice : Choice
    fit : Fit
        The chosen formula on the estimating half.

    Returns
    -------
    DataFrame
        `feature`, `p_choosing`, `p_estimating`, `kept` (whether the reduced formula has it).
    """
    columns = ["feature", "p_choosing", "p_estimating", "kept"]
    if not feature_groups(fit):
        return pd.DataFrame(columns=columns)
    first, second = (
        term_tests(one).set_index("feature")["p_holm"]
        for one in (fit_ols(choice.formula, choice.choosing), fit)
    )
    both = pd.DataFrame({"p_choosing": first, "p_estimating": second.reindex(first.index)})
    return both.rename_axis("feature").reset_index().assign(kept=first.to_numpy() < LEVEL)
