"""A scorecard: valence with pencil and paper, by adding whole points."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.prediction.derivation import Formula, derive_steps
from analysis.prediction.pieces import Piece, design_of

# What one point may be worth, in valence: steps that are easy to multiply by.
UNITS = (0.1, 0.05, 0.025, 0.02, 0.01)
# MAE that larger points may cost, as a share of the least.
LENIENCE = 0.01


@dataclass(frozen=True)
class Scorecard:
    """Points to start from, and points for every question that is answered with yes.

    Valence is `unit` times the sum of the points, kept within 0 and 1.
    """

    unit: float
    start: int
    questions: tuple[Piece, ...]
    points: tuple[int, ...]

    def predict(self, tracks: pd.DataFrame) -> np.ndarray:
        """Return the scorecard's valence, an array of shape (n,)."""
        answers = design_of(tracks, self.questions)
        return np.clip(self.unit * (self.start + answers @ np.array(self.points)), 0, 1)


def make_scorecard(
    train: pd.DataFrame, context: bool = True, most: int = 10, seed: int = SEED
) -> Scorecard:
    """Search steps and levels, and round their effects to whole points [@ustun2016].

    Parameters
    ----------
    train : DataFrame
        Training tracks.
    context : bool
        Whether genre may be asked for, where present.
    most : int
        Questions at most.
    seed : int

    Returns
    -------
    Scorecard
        With the largest unit whose MAE in training is within 1 % of the best unit's.
    """
    exact = derive_steps(train, context, most, seed=seed).exact
    cards = [_rounded(exact, unit, train) for unit in UNITS]
    errors = [np.abs(card.predict(train) - train["valence"]).mean() for card in cards]
    near = [error <= (1 + LENIENCE) * min(errors) for error in errors]
    return cards[near.index(True)]


def _rounded(exact: Formula, unit: float, train: pd.DataFrame) -> Scorecard:
    """Return the scorecard of one unit; questions that get no point are dropped."""
    points = {term.piece: round(term.coefficient / unit) for term in exact.terms}
    asked = {piece: number for piece, number in points.items() if number}
    answers = design_of(train, list(asked)) @ np.array(list(asked.values()), float)
    start = round((train["valence"].mean() - unit * answers.mean()) / unit)
    ordered = sorted(asked.items(), key=lambda pair: -abs(pair[1]))
    return Scorecard(unit, start, tuple(p for p, _ in ordered), tuple(n for _, n in ordered))
