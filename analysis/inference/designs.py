"""From a formula to a design matrix of full rank, and least squares on it."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from patsy import NAAction, build_design_matrices, dmatrix
from scipy.linalg import solve_triangular

# R's `lm` calls a column a combination of those before it under the same tolerance.
RANK_TOLERANCE = 1e-7


@dataclass(frozen=True)
class Design:
    """The columns of a formula on some tracks.

    `matrix` is n x p of full column rank, `names` its p columns, `terms` the positions of each
    term's columns, `aliased` the names of the columns that were combinations of earlier ones, and
    `info` what patsy needs to build the same columns for other tracks.
    """

    matrix: np.ndarray
    names: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    aliased: tuple[str, ...]
    info: object
    kept: np.ndarray


def build_design(formula: str, tracks: pd.DataFrame) -> Design:
    """Build the design matrix of a formula's right-hand side and drop aliased columns.

    Parameters
    ----------
    formula : str
        A patsy formula; what stands left of the tilde is not read.
    tracks : DataFrame
        Of a `model_frame`, without missing values in the formula's columns.

    Returns
    -------
    Design
    """
    right = formula.partition("~")[2]
    full = dmatrix(right, tracks, NA_action=NAAction(NA_types=[]))
    matrix = np.asarray(full)
    kept = ~aliased_columns(matrix)
    return Design(matrix[:, kept], *_labels(full.design_info, kept), full.design_info, kept)


def _labels(info, kept: np.ndarray) -> tuple[tuple[str, ...], dict, tuple[str, ...]]:
    """Return the names and the term positions of the kept columns, and the aliased names."""
    names = np.array(info.column_names)
    position = np.cumsum(kept) - 1
    places = {term: range(s.start, s.stop) for term, s in info.term_name_slices.items()}
    terms = {t: tuple(int(position[i]) for i in place if kept[i]) for t, place in places.items()}
    return tuple(names[kept]), terms, tuple(names[~kept])


def rebuild_design(design: Design, tracks: pd.DataFrame) -> np.ndarray:
    """Build the same columns, with the same knots and levels, for other tracks."""
    (matrix,) = build_design_matrices([design.info], tracks, NA_action=NAAction(NA_types=[]))
    return _full_height(np.asarray(matrix), len(tracks))[:, design.kept]


def _full_height(matrix: np.ndarray, rows: int) -> np.ndarray:
    """Return a matrix with one row a track: patsy gives one row for a bare intercept."""
    return matrix if len(matrix) == rows else np.repeat(matrix, rows, axis=0)


def aliased_columns(matrix: np.ndarray) -> np.ndarray:
    """Return a mask of columns that are linear combinations of the columns before them."""
    lengths = np.linalg.norm(matrix, axis=0)
    triangle = np.linalg.qr(matrix / np.where(lengths > 0, lengths, 1), mode="r")
    diagonal = np.zeros(matrix.shape[1])
    diagonal[: min(triangle.shape)] = np.abs(np.diag(triangle))
    return (diagonal < RANK_TOLERANCE) | (lengths == 0)


def least_squares(matrix: np.ndarray, response: np.ndarray) -> np.ndarray:
    """Return coefficients by QR; an aliased column's is zero, as if it were not there.

    Parameters
    ----------
    matrix : ndarray, shape (n, p)
    response : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (p,)
    """
    kept = ~aliased_columns(matrix)
    lengths = np.linalg.norm(matrix[:, kept], axis=0)
    stacked = np.column_stack([matrix[:, kept] / lengths, response])
    triangle = np.linalg.qr(stacked, mode="r")
    size = int(kept.sum())
    coefficients = np.zeros(matrix.shape[1])
    solved = solve_triangular(triangle[:size, :size], triangle[:size, size])
    coefficients[kept] = solved / lengths
    return coefficients


def build_part(design: Design, tracks: pd.DataFrame, column: str) -> tuple[np.ndarray, list[int]]:
    """Build, for other tracks, only the design's columns that read one column of the table.

    Returns
    -------
    tuple of (ndarray of shape (n, q), list of int)
        The q columns and their positions in the design.
    """
    read = re.compile(rf"\b{re.escape(column)}\b")
    names = [t for t in design.terms if design.terms[t] and read.search(t)]
    info = design.info.subset([term for term in design.info.terms if term.name() in names])
    (matrix,) = build_design_matrices([info], tracks, NA_action=NAAction(NA_types=[]))
    kept = [i for i, name in enumerate(info.column_names) if name in design.names]
    return np.asarray(matrix)[:, kept], [design.names.index(info.column_names[i]) for i in kept]
