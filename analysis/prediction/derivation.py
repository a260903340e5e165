"""A formula for valence, short enough to print: its search, its rounding, its fidelity.

Pieces are added greedily, each the one that lowers the squared error most, beyond the wanted
length; then the least useful are taken away one by one, as multivariate adaptive regression
splines do it [@friedman1991]. The length is chosen by folds of whole artists.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evaluation import scores
from analysis.prediction.growth import grow_pieces, prune_pieces
from analysis.prediction.pieces import Piece, design_of, pool_of, steps_of
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import JOBS
from analysis.tracks.splitting import grouped_folds

log = logging.getLogger("analysis")
# The search sees at most so many tracks; the coefficients are estimated from all of them.
MOST_TRACKS = 20_000
# Pieces are grown beyond the longest formula by so many, so that pruning has a choice.
SPARE = 8
# R² that rounding may cost.
ROUNDING_LOSS = 0.0005


@dataclass(frozen=True)
class Term:
    """A coefficient, in valence per unit of its piece, and the piece."""

    coefficient: float
    piece: Piece


@dataclass(frozen=True)
class Formula:
    """An intercept and terms; `digits` significant ones are kept of each coefficient."""

    intercept: float
    terms: tuple[Term, ...]
    digits: int | None = None

    def predict(self, tracks: pd.DataFrame) -> np.ndarray:
        """Return the formula's valence, kept within 0 and 1; an array of shape (n,)."""
        pieces = [term.piece for term in self.terms]
        weights = np.array([term.coefficient for term in self.terms])
        return np.clip(self.intercept + design_of(tracks, pieces) @ weights, 0, 1)


@dataclass(frozen=True)
class Derivation:
    """A formula and how it was found.

    `frontier` has one row a length: terms, r2 and error (mean and standard error over folds of
    artists), mae, training (R² on the tracks learned from), loss and loss_error (R² below the
    best length, paired by fold, and its standard error), chosen.
    """

    formula: Formula
    exact: Formula
    frontier: pd.DataFrame
    tried: int
    tracks: int


def derive_formula(
    train: pd.DataFrame,
    context: bool = True,
    audio: bool = True,
    most: int = 12,
    n_folds: int = 5,
    seed: int = SEED,
) -> Derivation:
    """Search the shortest formula that is about as good as the best of at most `most` terms.

    The search is repeated in every fold, so that the scores by length pay for the search too. The
    shortest length is taken whose R² is within one standard error of the best length's, the
    error being that of the paired difference over folds [@breiman1984].

    Parameters
    ----------
    train : DataFrame
        Clean tracks with valence; the held-out part has no business here.
    context : bool
        Whether the formula may read genre and year, where present.
    audio : bool
        Whether it may read the audio analysis, where present.
    most : int
        Terms at most, the intercept not counted.
    n_folds, seed : int

    Returns
    -------
    Derivation
    """
    return _derive(train, "formula", context, audio, most, n_folds, seed)


def derive_steps(
    train: pd.DataFrame, context: bool = True, most: int = 8, n_folds: int = 5, seed: int = SEED
) -> Derivation:
    """Search a formula of steps and levels alone: what a scorecard is made of."""
    return _derive(train, "steps", context, False, most, n_folds, seed)


@remember
def _derive(
    train: pd.DataFrame,
    kind: str,
    context: bool,
    audio: bool,
    most: int,
    n_folds: int,
    seed: int,
) -> Derivation:
    """Search on the tracks and on all but one fold of them, choose the length, round."""
    sample = draw_artists(train, MOST_TRACKS, seed)
    folds = grouped_folds(sample, n_folds, seed)
    parts = [sample, *(sample.iloc[fitting].reset_index(drop=True) for fitting, _ in folds)]
    log.info("formula: %d tracks, at most %d terms, %d folds", len(sample), most, n_folds)
    small = len(sample) < 5_000 and not (audio and "pitch_0" in sample)
    found = Parallel(n_jobs=1 if small else JOBS)(
        delayed(search_path)(part, kind, context, audio, most) for part in parts
    )
    path, tried = found[0]
    held = [sample.iloc[validation].reset_index(drop=True) for _, validation in folds]
    by_fold = [
        _score_path(other, part, rest)
        for (other, _), part, rest in zip(found[1:], parts[1:], held, strict=True)
    ]
    frontier = _frontier(pd.concat(by_fold, keys=range(n_folds)), path, sample)
    length = int(frontier.loc[frontier["chosen"], "terms"].iloc[0])
    exact = fit_pieces(path[length], train)
    return Derivation(round_formula(exact, train), exact, frontier, tried, len(sample))


@remember
def search_path(
    train: pd.DataFrame, kind: str, context: bool, audio: bool, most: int
) -> tuple[dict[int, tuple[Piece, ...]], int]:
    """Return the pieces of the formula of every length up to `most`, and how many were tried.

    Parameters
    ----------
    train : DataFrame
    kind : str
        "formula" (lines, hinges, levels and products of two) or "steps" (steps and levels).
    context, audio : bool
    most : int
    """
    plain = kind == "steps"
    atoms = steps_of(train, context=context) if plain else pool_of(train, context, audio)
    target = train["valence"].to_numpy(float)
    grown, tried = grow_pieces(train, atoms, target, most + SPARE, products=not plain)
    path = prune_pieces(design_of(train, grown), target)
    return {n: tuple(grown[i] for i in kept) for n, kept in path.items() if n <= most}, tried


def fit_pieces(pieces: tuple[Piece, ...], train: pd.DataFrame) -> Formula:
    """Estimate the coefficients of pieces by least squares on tracks."""
    design = design_of(train, pieces)
    scale = np.maximum(np.abs(design).max(axis=0, initial=0), 1e-12)
    columns = np.column_stack([np.ones(len(train)), design / scale])
    weights = np.linalg.lstsq(columns, train["valence"].to_numpy(float), rcond=None)[0]
    terms = [Term(float(w), p) for w, p in zip(weights[1:] / scale, pieces, strict=True)]
    return Formula(float(weights[0]), tuple(terms))


def round_formula(exact: Formula, train: pd.DataFrame, loss: float = ROUNDING_LOSS) -> Formula:
    """Keep the fewest significant digits that cost no more than `loss` of R² in training.

    The intercept is set anew for the rounded coefficients, to three decimals.
    """
    observed = train["valence"].to_numpy(float)
    full = scores(observed, exact.predict(train))["r2"]
    for digits in range(1, 7):
        rounded = _rounded(exact, digits, train)
        if full - scores(observed, rounded.predict(train))["r2"] <= loss:
            break
    return rounded


def _rounded(exact: Formula, digits: int, train: pd.DataFrame) -> Formula:
    """Return a formula with rounded coefficients and an intercept that fits them."""
    terms = tuple(Term(float(f"{t.coefficient:.{digits}g}"), t.piece) for t in exact.terms)
    design = design_of(train, [term.piece for term in terms])
    left = train["valence"].mean() - (design @ [term.coefficient for term in terms]).mean()
    return Formula(round(float(left), 3), terms, digits)


def _score_path(path: Mapping[int, tuple], train: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Return MAE and R² on held tracks for every length."""
    rows = []
    for length, pieces in sorted(path.items()):
        found = scores(held["valence"], fit_pieces(pieces, train).predict(held))
        rows.append({"terms": length, "r2": found["r2"], "mae": found["mae"]})
    return pd.DataFrame(rows)


def _frontier(
    by_fold: pd.DataFrame, path: Mapping[int, tuple], train: pd.DataFrame
) -> pd.DataFrame:
    """Return scores by length, and the length that is chosen."""
    rows = by_fold.reset_index(level=0, names="fold")
    r2 = rows.pivot_table(index="fold", columns="terms", values="r2").dropna(axis=1)
    r2 = r2[[length for length in r2 if length in path]]
    folds, losses = len(r2), -r2.sub(r2[r2.mean().idxmax()], axis=0)
    table = pd.DataFrame({
        "r2": r2.mean(), "error": r2.std() / np.sqrt(folds),
        "mae": rows.groupby("terms")["mae"].mean().reindex(r2.columns),
        "loss": losses.mean(), "loss_error": losses.std() / np.sqrt(folds),
    })  # fmt: skip
    fits = {n: fit_pieces(path[n], train).predict(train) for n in table.index}
    table["training"] = [scores(train["valence"], fits[n])["r2"] for n in table.index]
    near = table.index[table["loss"] <= table["loss_error"] + 1e-12]
    return table.assign(chosen=table.index == near.min()).rename_axis("terms").reset_index()
