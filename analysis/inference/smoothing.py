"""How smooth each curve may be, judged by cross-validation over whole artists.

Everything is computed from cross-products made once a fold, so that hundreds of penalties cost no
more than a few fits; the solution is pyGAM's own, which a test confirms.
"""

import numpy as np
import pandas as pd

from analysis.inference.bases import LEVELLED, Basis, penalty_matrices

# Multipliers of a term's penalty; the best common one is the start of the search by term.
PENALTIES = tuple(10.0 ** np.arange(-2, 6))
FACTOR_PENALTY = 1.0
# pyGAM adds this to make bases identifiable that share a constant.
RIDGE = np.sqrt(np.finfo(float).eps)


class Fold:
    """The cross-products of one fold, from which every penalty is judged without its rows."""

    def __init__(self, matrix: np.ndarray, response: np.ndarray, validation: np.ndarray):
        """Divide the rows of a model matrix."""
        inner = np.delete(matrix, validation, axis=0)
        self.gram, self.moment = inner.T @ inner, inner.T @ np.delete(response, validation)
        self.matrix, self.response = matrix[validation], response[validation]

    def squared_error(self, penalty: np.ndarray) -> float:
        """Return the mean squared error on the validation rows."""
        coefficients = solve_penalised(self.gram, self.moment, penalty)
        return ((self.response - self.matrix @ coefficients) ** 2).mean()

    def r2(self, penalty: np.ndarray) -> float:
        """Return R² on the validation rows."""
        return 1 - self.squared_error(penalty) / self.response.var()


def solve_penalised(gram: np.ndarray, moment: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Return the coefficients of penalised least squares."""
    return np.linalg.solve(gram + penalty + RIDGE * np.eye(len(gram)), moment)


def choose_penalties(basis: Basis, folds: list) -> tuple[pd.DataFrame, np.ndarray]:
    """Choose how smooth each term is, by cross-validated squared error over whole artists.

    First one common multiplier for all curves, then each in turn, twice.

    Returns
    -------
    tuple of (DataFrame, ndarray)
        The path of the common multiplier (`multiplier`, `edf`, `gcv`, `cv_r2`, `cv_r2_se`,
        `chosen`), and the multipliers by term.
    """
    matrix, response = basis.matrix(), basis.tracks["valence"].to_numpy()
    parts = [Fold(matrix, response, validation) for _, validation in folds]
    matrices = penalty_matrices(basis)
    curved = np.array([name not in LEVELLED for name in basis.names])
    rows = [_path_row(value, parts, matrices, curved, matrix, response) for value in PENALTIES]
    path = pd.DataFrame(rows)
    path["chosen"] = path.index == path["cv_r2"].idxmax()
    start = np.where(curved, path.loc[path["chosen"], "multiplier"].iloc[0], FACTOR_PENALTY)
    return path, _by_term(start, np.flatnonzero(curved), parts, matrices)


def join_penalties(multipliers: np.ndarray, matrices: list[np.ndarray]) -> np.ndarray:
    """Return the penalty of all terms together."""
    return sum(m * p for m, p in zip(multipliers, matrices, strict=True))


def _path_row(value: float, parts, matrices, curved, matrix, response) -> dict:
    """Judge one common multiplier."""
    penalty = join_penalties(np.where(curved, value, FACTOR_PENALTY), matrices)
    scores = np.array([part.r2(penalty) for part in parts])
    gram = matrix.T @ matrix
    coefficients = solve_penalised(gram, matrix.T @ response, penalty)
    edf = effective_freedom(gram, penalty).sum()
    error = ((response - matrix @ coefficients) ** 2).sum()
    size, se = len(response), scores.std(ddof=1) / np.sqrt(len(scores))
    gcv = size * error / (size - edf) ** 2
    return {"multiplier": value, "edf": edf, "gcv": gcv, "cv_r2": scores.mean(), "cv_r2_se": se}


def effective_freedom(gram: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Return effective degrees of freedom by coefficient, the diagonal of (X'X + P)⁻¹ X'X."""
    return np.diag(np.linalg.solve(gram + penalty + RIDGE * np.eye(len(gram)), gram))


def _by_term(multipliers: np.ndarray, curved: np.ndarray, parts, matrices) -> np.ndarray:
    """Improve the multipliers one term at a time."""
    best = multipliers.copy()
    for place in np.tile(curved, 2):
        trials = [np.where(np.arange(len(best)) == place, value, best) for value in PENALTIES]
        losses = [_loss(trial, parts, matrices) for trial in trials]
        best = trials[int(np.argmin(losses))]
    return best


def _loss(multipliers: np.ndarray, parts, matrices) -> float:
    """Return the cross-validated squared error of some multipliers."""
    penalty = join_penalties(multipliers, matrices)
    return sum(part.squared_error(penalty) for part in parts)
