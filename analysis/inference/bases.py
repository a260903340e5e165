"""The terms of an additive model, with pyGAM's bases and penalties [@serven2018]."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pygam import LinearGAM, f, s, te
from pygam.terms import TermList

from analysis.inference.formulas import usable_columns
from analysis.inference.scales import CONTEXT, FACTORS, FEATURES

CURVE_BASIS, TEMPO_BASIS, SURFACE_BASIS = 10, 14, 6
SURFACE = "danceability by energy"
LEVELLED = (*FACTORS, "genre", "explicit")


@dataclass(frozen=True)
class Basis:
    """The terms of an additive model and the tracks that they are built on.

    `places` maps each term's name to the inputs it reads, in pyGAM's order without the intercept;
    `inputs` is n x d, factors as codes; `columns` are the table's columns they were read from.
    """

    terms: TermList
    places: dict[str, tuple[int, ...]]
    columns: tuple[str, ...]
    inputs: np.ndarray
    tracks: pd.DataFrame

    @property
    def names(self) -> list[str]:
        """The names of the terms."""
        return list(self.places)

    def matrix(self, inputs: np.ndarray | None = None) -> np.ndarray:
        """Return the model matrix, intercept last as in pyGAM."""
        inputs = self.inputs if inputs is None else inputs
        return np.asarray(self.terms.build_columns(inputs).todense())

    def columns_of(self, name: str, inputs: np.ndarray) -> np.ndarray:
        """Return one term's columns of the model matrix for some inputs."""
        return np.asarray(self.terms[self.names.index(name)].build_columns(inputs).todense())

    def positions(self, name: str) -> np.ndarray:
        """Return the columns of one term in the model matrix."""
        return np.asarray(self.terms.get_coef_indices(self.names.index(name)))


def build_basis(frame: pd.DataFrame) -> Basis:
    """Build the terms that a table can serve, with knots and levels from its tracks."""
    available = usable_columns(frame)
    scores = {x.name: x.shape for x in FEATURES if x.shape in available}
    scores |= {name: name for name in CONTEXT[:2] if name in available}
    factors = [name for name in LEVELLED if name in available]
    if "explicit" in factors:
        frame = frame.assign(explicit=pd.Categorical(frame["explicit"].map({0: "no", 1: "yes"})))
    columns = (*scores.values(), *factors)
    places = {name: (place,) for place, name in enumerate([*scores, *factors])}
    if {"danceability", "energy"} <= set(scores):
        places[SURFACE] = (*places["danceability"], *places["energy"])
    inputs = read_inputs(frame, columns)
    terms = make_terms(places, np.ones(len(places)))
    gam = LinearGAM(terms)
    # pyGAM sets knots and levels when it checks the data, before it fits anything
    gam._validate_params()
    gam._validate_data_dep_params(inputs)
    return Basis(gam.terms, places, columns, inputs, frame)


def make_terms(places: dict[str, tuple[int, ...]], multipliers: np.ndarray) -> TermList:
    """Return pyGAM's terms with a penalty for each."""
    pairs = zip(places.items(), multipliers, strict=True)
    terms = [_make_term(name, place, float(value)) for (name, place), value in pairs]
    return sum(terms[1:], terms[0])


def _make_term(name: str, place: tuple[int, ...], multiplier: float):
    """Return one of pyGAM's terms: a surface, a factor or a curve."""
    if len(place) == 2:
        return te(*place, n_splines=SURFACE_BASIS, lam=multiplier)
    if name in LEVELLED:
        return f(*place, lam=multiplier)
    basis = TEMPO_BASIS if name == "tempo" else CURVE_BASIS
    return s(*place, n_splines=basis, lam=multiplier)


def read_inputs(frame: pd.DataFrame, columns: tuple) -> np.ndarray:
    """Return columns as numbers, factors as the codes of the levels that occur."""
    values = [frame[c].cat.codes if frame[c].dtype == "category" else frame[c] for c in columns]
    return np.column_stack([np.asarray(value, dtype=float) for value in values])


def penalty_matrices(basis: Basis) -> list[np.ndarray]:
    """Return each term's penalty for a multiplier of 1, each as large as the model matrix."""
    size, found = basis.terms.n_coefs, []
    for place, name in enumerate(basis.names):
        whole, where = np.zeros((size, size)), basis.positions(name)
        whole[np.ix_(where, where)] = np.asarray(basis.terms[place].build_penalties().todense())
        found.append(whole)
    return found
