"""What a fitted additive model looks like: curves and the surface."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from analysis.inference.additive import Additive
from analysis.inference.bases import LEVELLED, SURFACE, Basis

GRID, SURFACE_GRID, SURFACE_SAMPLE = 80, 30, 400
# Curves are drawn where tracks are, between these quantiles.
EDGES = (0.005, 0.995)


def smooth_curves(fit: Additive) -> pd.DataFrame:
    """Return each score's curve: expected valence less its mean over the tracks.

    The surface's part that depends on one score alone is counted to that score's curve.

    Returns
    -------
    DataFrame
        `feature`, `column`, `x`, `effect`, `low`, `high` (95 % pointwise, clustered by artist).
    """
    names = [n for n in fit.basis.names if n not in (*LEVELLED, SURFACE)]
    return pd.concat([_curve(fit, name) for name in names], ignore_index=True)


def _curve(fit: Additive, name: str) -> pd.DataFrame:
    """Return one score's curve."""
    (place,) = fit.basis.places[name]
    values = fit.basis.inputs[:, place]
    grid = np.linspace(*np.quantile(values, EDGES), GRID)
    rows = marginal_rows(fit.basis, name, grid) - marginal_rows(fit.basis, name, None)
    effect, low, high = _band(fit, rows)
    return pd.DataFrame({
        "feature": name, "column": fit.basis.columns[place],
        "x": grid, "effect": effect, "low": low, "high": high,
    })  # fmt: skip


def marginal_rows(basis: Basis, name: str, grid: np.ndarray | None) -> np.ndarray:
    """Return the model matrix's rows for values of one score, averaged over the other scores.

    Only columns of terms that read the score are filled; None stands for the tracks themselves and
    gives their mean, one row.
    """
    (place,) = basis.places[name]
    terms = [term for term, places in basis.places.items() if place in places]
    sample = _spread_sample(basis)
    inputs = [sample] if grid is None else [_with(sample, place, value) for value in grid]
    stacked = np.vstack(inputs)
    rows = np.zeros((len(inputs), basis.terms.n_coefs))
    for term in terms:
        built = basis.columns_of(term, stacked)
        rows[:, basis.positions(term)] = built.reshape(len(inputs), len(sample), -1).mean(axis=1)
    return rows


def _spread_sample(basis: Basis) -> np.ndarray:
    """Return inputs of tracks evenly spaced in the table."""
    step = max(1, len(basis.inputs) // SURFACE_SAMPLE)
    return basis.inputs[::step]


def _with(inputs: np.ndarray, place: int, value: float) -> np.ndarray:
    """Return inputs with one of them set."""
    changed = inputs.copy()
    changed[:, place] = value
    return changed


def _band(fit: Additive, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return estimates for rows of the model matrix with their 95 % bands."""
    effect = rows @ fit.coefficients
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", rows, fit.covariance, rows), 0))
    half = norm.ppf(0.975) * error
    return effect, effect - half, effect + half


def surface(fit: Additive) -> pd.DataFrame:
    """Return expected valence over danceability and energy, other terms at their mean.

    Returns
    -------
    DataFrame
        `danceability`, `energy`, `valence`, `interaction` (valence less what both curves alone
        would give) on a grid, where tracks are near; empty where the model has no surface.
    """
    if SURFACE not in fit.basis.names:
        return pd.DataFrame()
    places = fit.basis.places[SURFACE]
    axes = [np.linspace(*np.quantile(fit.basis.inputs[:, p], EDGES), SURFACE_GRID) for p in places]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    joint = _joint_rows(fit.basis, grid) @ fit.coefficients
    alone = [marginal_rows(fit.basis, n, a) - marginal_rows(fit.basis, n, None)
             for n, a in zip(("danceability", "energy"), axes, strict=True)]  # fmt: skip
    first, second = (rows @ fit.coefficients for rows in alone)
    additive = np.add.outer(first, second).ravel()
    near = _near_tracks(fit.basis.inputs[:, list(places)], grid)
    mean = fit.basis.tracks["valence"].mean()
    centre = _joint_mean(fit)
    frame = pd.DataFrame(grid, columns=["danceability", "energy"])
    frame = frame.assign(valence=mean + joint - centre, interaction=joint - centre - additive)
    return frame[near].reset_index(drop=True)


def _joint_rows(basis: Basis, grid: np.ndarray) -> np.ndarray:
    """Return the model matrix's rows for pairs of both scores, other columns zero."""
    inputs = np.repeat(basis.inputs[:1], len(grid), axis=0)
    inputs[:, list(basis.places[SURFACE])] = grid
    rows = np.zeros((len(grid), basis.terms.n_coefs))
    for term in ("danceability", "energy", SURFACE):
        rows[:, basis.positions(term)] = basis.columns_of(term, inputs)
    return rows


def _joint_mean(fit: Additive) -> float:
    """Return the mean of both scores' joint part over the tracks."""
    pairs = _spread_sample(fit.basis)[:, list(fit.basis.places[SURFACE])]
    return float((_joint_rows(fit.basis, pairs) @ fit.coefficients).mean())


def _near_tracks(points: np.ndarray, grid: np.ndarray, radius: float = 0.05) -> np.ndarray:
    """Return which grid points have a track within a radius, in the scores' own units."""
    cells = {tuple(cell) for cell in np.round(points / radius).astype(int)}
    return np.array([tuple(cell) in cells for cell in np.round(grid / radius).astype(int)])
