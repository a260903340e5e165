"""Collinearity of smooths, and whether their bases are large enough.

For one term f = X b of an additive model and the span of all other terms, intercept included:

``worst``
    the largest share of f's sum of squares that lies in that span, over all b;
``observed``
    that share for the b that was estimated;
``estimate``
    that share of X's own sum of squares, a measure between the two that needs no b.

These are the three measures of mgcv's `concurvity` [@wood2017]. All are between 0 and 1; 1 means
that the term could be replaced by the others.
"""

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.inference.additive import Additive
from analysis.inference.bases import SURFACE

RANK_SHARE = 1e-8
CHECK_TRACKS, CHECK_DRAWS = 5_000, 200


def measure_concurvity(blocks: dict, coefficients: dict) -> pd.DataFrame:
    """Measure how far each block of columns can be replaced by all the others.

    Parameters
    ----------
    blocks : dict of str to ndarray, each n x q
        The columns of every term; the constant is added here and every block is centred, since a
        term's mean belongs to the intercept.
    coefficients : dict of str to ndarray, each of length q

    Returns
    -------
    DataFrame
        `term`, `worst`, `observed`, `estimate`.
    """
    centred = {name: block - block.mean(axis=0) for name, block in blocks.items()}
    # a triangle keeps every inner product of the columns in few rows
    triangle = np.linalg.qr(np.column_stack(list(centred.values())), mode="r")
    edges = np.cumsum([0, *(block.shape[1] for block in centred.values())])
    parts = {n: triangle[:, a:b] for n, a, b in zip(centred, edges, edges[1:], strict=False)}
    rows = [_measure(name, parts, np.asarray(coefficients[name])) for name in parts]
    return pd.DataFrame(rows, columns=["term", "worst", "observed", "estimate"])


def _measure(name: str, parts: dict, coefficients: np.ndarray) -> tuple:
    """Measure one block against the others."""
    others = [part for other, part in parts.items() if other != name]
    span = orthonormal(np.column_stack(others)) if others else np.zeros((len(parts[name]), 0))
    inside = span.T @ parts[name]
    worst = np.linalg.norm(span.T @ orthonormal(parts[name]), 2) ** 2 if span.size else 0.0
    curve, shadow = parts[name] @ coefficients, inside @ coefficients
    observed = _share((shadow**2).sum(), (curve**2).sum())
    return name, min(worst, 1.0), observed, _share((inside**2).sum(), (parts[name] ** 2).sum())


def _share(part: float, whole: float) -> float:
    """Return a share; a term without any variation has none of it elsewhere."""
    return float(part / whole) if whole > 0 else 0.0


def orthonormal(matrix: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis of the space that columns span."""
    left, sizes, _ = np.linalg.svd(matrix, full_matrices=False)
    return left[:, sizes > RANK_SHARE * max(sizes.max(initial=0.0), 1e-300)]


def concurvity(fit: Additive) -> pd.DataFrame:
    """Measure the concurvity of an additive model's terms.

    The surface's columns are first cleared of what both of its scores' own curves can say, so that
    it counts as an interaction and the curves do not appear replaceable by it.

    Returns
    -------
    DataFrame
        `term`, `worst`, `observed`, `estimate`.
    """
    matrix, basis = fit.basis.matrix(), fit.basis
    blocks = {name: matrix[:, basis.positions(name)] for name in basis.names}
    coefficients = {name: fit.coefficients[basis.positions(name)] for name in basis.names}
    if SURFACE in blocks:
        blocks[SURFACE] = _interaction(blocks)
    return measure_concurvity(blocks, coefficients)


def _interaction(blocks: dict) -> np.ndarray:
    """Return the surface's columns less their projection on both scores' own columns."""
    alone = np.column_stack([blocks["danceability"], blocks["energy"]])
    span = orthonormal(alone)
    return blocks[SURFACE] - span @ (span.T @ blocks[SURFACE])


def check_bases(fit: Additive, seed: int = SEED) -> pd.DataFrame:
    """Check whether curves have enough basis functions, as mgcv's `k.check` does [@wood2017].

    Residuals of tracks that are neighbours in a score should differ as much as those of any two
    tracks. The index is half their mean squared difference over the residual variance; below 1,
    and rarely so low in permuted residuals, it says that the curve misses a pattern.

    Returns
    -------
    DataFrame
        `term`, `columns`, `edf`, `index`, `p` (share of permutations at or below the index); on at
        most `CHECK_TRACKS` tracks drawn at random.
    """
    rng = np.random.default_rng(seed)
    size = len(fit.basis.inputs)
    chosen = rng.permutation(size)[: min(size, CHECK_TRACKS)]
    inputs = fit.basis.inputs[chosen]
    valence = fit.basis.tracks["valence"].to_numpy()[chosen]
    residuals = valence - fit.basis.matrix(inputs) @ fit.coefficients
    draws = np.array([rng.permutation(residuals) for _ in range(CHECK_DRAWS)])
    single = [n for n in fit.basis.names if len(fit.basis.places[n]) == 1 and _is_curve(fit, n)]
    rows = [_check(fit.basis.places[n][0], inputs, residuals, draws) | {"term": n} for n in single]
    return fit.penalties[["term", "columns", "edf"]].merge(pd.DataFrame(rows), on="term")


def _is_curve(fit: Additive, name: str) -> bool:
    """Return whether a term is the curve of a score."""
    return fit.basis.tracks[fit.basis.columns[fit.basis.places[name][0]]].dtype != "category"


def _check(place: int, inputs: np.ndarray, residuals: np.ndarray, draws: np.ndarray) -> dict:
    """Return one curve's index and where it lies among permutations."""
    # ties are kept in random order: inputs were drawn in one
    order = np.argsort(inputs[:, place], kind="stable")
    index = neighbour_index(residuals[order][None, :])[0]
    return {"index": index, "p": float((neighbour_index(draws) <= index).mean())}


def neighbour_index(residuals: np.ndarray) -> np.ndarray:
    """Return half the mean squared difference of neighbours over the variance, row by row."""
    return (np.diff(residuals, axis=1) ** 2).mean(axis=1) / 2 / residuals.var(axis=1)
