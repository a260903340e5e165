"""One half of the tracks chooses the formula, the other estimates it.

An interval computed on the tracks that chose the model is too narrow [@berk2013]; on tracks of
other artists, which took no part in the choice, it means what it says.
"""

from dataclasses import dataclass

import pandas as pd

from analysis import SEED
from analysis.inference.formulas import formula_of
from analysis.inference.regression import Fit, choose_rung, compare_ladder, fit_ols
from analysis.tracks.splitting import grouped_folds, hold_out


@dataclass(frozen=True)
class Choice:
    """The ladder compared on the choosing half, the rung chosen there, and both halves.

    `comparison` is `compare_ladder`'s frame; `rung` the chosen row's name, `best` that of the rung
    with the highest cross-validated R²; `formula` is valid for all three tables.
    """

    comparison: pd.DataFrame
    rung: str
    best: str
    formula: str
    choosing: pd.DataFrame
    estimating: pd.DataFrame

    @property
    def cv_r2(self) -> float:
        """The cross-validated R² of the chosen rung on the choosing half."""
        return float(self.comparison.set_index("rung").loc[self.rung, "cv_r2"])


def choose_formula(tracks: pd.DataFrame, seed: int = SEED) -> Choice:
    """Divide tracks once, by whole artists, and choose a rung on one half.

    Parameters
    ----------
    tracks : DataFrame
        Clean tracks, usually the training part.
    seed : int
        Seed of the division and of the folds.

    Returns
    -------
    Choice
        The choice is by grouped cross-validation and the one-standard-error rule [@hastie2009].
    """
    halves = hold_out(tracks, share=0.5, seed=seed)
    comparison = compare_ladder(halves.train, grouped_folds(halves.train, seed=seed))
    chosen, best = choose_rung(comparison), comparison.loc[comparison["cv_r2"].idxmax()]
    formula = min(
        (formula_of(part, chosen["rung"]) for part in (halves.train, halves.test)), key=len
    )
    return Choice(comparison, chosen["rung"], best["rung"], formula, halves.train, halves.test)


@dataclass(frozen=True)
class Estimates:
    """The chosen formula estimated on the other half, and on all tracks beside it."""

    half: Fit
    full: Fit


def estimate_choice(choice: Choice, tracks: pd.DataFrame) -> Estimates:
    """Fit the chosen formula on the estimating half and on all tracks of both halves."""
    return Estimates(fit_ols(choice.formula, choice.estimating), fit_ols(choice.formula, tracks))
