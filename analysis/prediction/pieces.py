"""The pieces of a compact formula: lines, hinges, steps, levels, and products of two of them.

A hinge is 0 up to a knot and a straight line from there [@friedman1991]; knots are round numbers,
so that a printed formula is the formula.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.tracks.features import TONIC
from analysis.tracks.harmony import HARMONY
from analysis.tracks.schema import TIMBRE

SCORES = (
    "danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness",
    "liveness", "tempo", "duration_min",
)  # fmt: skip
LEVELS = {"mode": ("major",), "metre": ("3/4",)}
# A piece that differs from its commonest value on a smaller share of the tracks is not tried.
LEAST_SHARE = 0.01
# A level, such as a genre, needs as many tracks to have a term of its own.
LEAST_TRACKS = 30


@dataclass(frozen=True)
class Atom:
    """One function of one column.

    `kind` is "line" (the column itself), "above" (what exceeds `at`), "below" (what lacks to
    `at`), "step" (1 where the column is at least `at`) or "level" (1 where the column is `at`).
    """

    column: str
    kind: str
    at: float | str | None = None

    def values(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the atom for every track; an array of shape (n,)."""
        if self.kind == "level":
            return (frame[self.column].astype(object) == self.at).to_numpy(float)
        column = frame[self.column].to_numpy(float)
        if self.kind == "line":
            return column
        if self.kind == "step":
            return (column >= self.at).astype(float)
        return np.maximum(column - self.at if self.kind == "above" else self.at - column, 0)


@dataclass(frozen=True)
class Piece:
    """A product of one or two atoms."""

    atoms: tuple[Atom, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the piece reads."""
        return frozenset(atom.column for atom in self.atoms)

    def values(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the piece for every track; an array of shape (n,)."""
        return np.prod([atom.values(frame) for atom in self.atoms], axis=0)


def pool_of(
    frame: pd.DataFrame, context: bool = True, audio: bool = True, knots: int = 7
) -> list[Atom]:
    """Return the atoms that a search may use, with knots at rounded quantiles.

    Parameters
    ----------
    frame : DataFrame
        Clean training tracks.
    context : bool
        Whether genre and year may be used, where present: formulas that move between tables
        cannot use the genres of one of them.
    audio : bool
        Whether the audio analysis may be used, where present.
    knots : int
        Knots a score; means of the audio analysis get about half as many.
    """
    columns = [(name, knots) for name in SCORES if name in frame]
    if audio and "tonic_0" in frame:
        columns += [(name, knots // 2) for name in (*HARMONY, *TONIC, *TIMBRE)]
    if context and "year" in frame:
        columns.append(("year", knots // 2))
    atoms = [atom for name, number in columns for atom in bend(frame[name], number)]
    return [*atoms, *_levels(frame, context)]


def bend(values: pd.Series, knots: int) -> list[Atom]:
    """Return a column as a line and as hinges on both sides of its knots."""
    name, places = str(values.name), round_knots(values, knots)
    hinges = [Atom(name, kind, at) for at in places for kind in ("above", "below")]
    return [Atom(name, "line"), *hinges]


def steps_of(frame: pd.DataFrame, knots: int = 9, context: bool = True) -> list[Atom]:
    """Return the atoms of a scorecard: steps of the scores, and levels."""
    names = [name for name in SCORES if name in frame]
    steps = [Atom(name, "step", at) for name in names for at in round_knots(frame[name], knots)]
    return [*steps, *_levels(frame, context)]


def round_knots(values: pd.Series, knots: int) -> list[float]:
    """Return inner quantiles as round numbers, each once, none at or beyond the ends."""
    quantiles = values.quantile(np.linspace(0, 1, knots + 2)[1:-1]).to_numpy()
    low, high = values.quantile([0.02, 0.98])
    step = round_step((high - low) / 20)
    places = np.unique(np.round(quantiles / step))
    # a product of a whole number and a step such as 0.05 carries rounding error
    return [float(f"{place * step:.6g}") for place in places if low < place * step < high]


def round_step(width: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is at most `width`."""
    if not width > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(width))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= width * (1 + 1e-9))


def design_of(frame: pd.DataFrame, pieces: Sequence[Atom | Piece]) -> np.ndarray:
    """Return the values of pieces or atoms, of shape (n, pieces)."""
    columns = [piece.values(frame) for piece in pieces]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))


def _levels(frame: pd.DataFrame, context: bool) -> list[Atom]:
    """Return indicators of mode, metre and, where allowed, genres of enough tracks."""
    found = {name: levels for name, levels in LEVELS.items() if name in frame}
    if context and "genre" in frame:
        counts = frame["genre"].astype(str).value_counts()
        found["genre"] = tuple(sorted(counts.index[counts >= LEAST_TRACKS]))
    return [Atom(name, "level", level) for name, levels in found.items() for level in levels]
