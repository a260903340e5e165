"""The generalized additive model: valence as a sum of smooth curves [@hastie1986].

Bases and penalties are pyGAM's [@serven2018] and so is the final fit; how smooth each curve may be
is decided here, by cross-validation over whole artists, from cross-products computed once a fold.
pyGAM's p-values are known to be too small and are not read anywhere.
"""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pygam import LinearGAM

from analysis import SEED
from analysis.inference.bases import Basis, build_basis, make_terms, penalty_matrices
from analysis.inference.designs import build_design
from analysis.inference.regression import (
    cluster_codes,
    cluster_meat,
    formula_scores,
    r_squared,
    small_sample_factor,
    summarise_scores,
    usable_rows,
)
from analysis.inference.smoothing import (
    RIDGE,
    choose_penalties,
    effective_freedom,
    join_penalties,
    solve_penalised,
)
from analysis.memory import remember
from analysis.tracks.splitting import grouped_folds

log = logging.getLogger("analysis")

# pyGAM's memory and time grow with the square of its columns: above this, a sample of artists.
MOST_TRACKS = 20_000


@dataclass(frozen=True)
class Additive:
    """A fitted additive model.

    `penalties` is a frame of the chosen multiplier and the effective degrees of freedom of each
    term; `path` the grouped cross-validation of one common multiplier; `covariance` that of the
    coefficients, clustered by artist; `sampled` whether `MOST_TRACKS` limited the tracks.
    """

    gam: LinearGAM
    basis: Basis
    coefficients: np.ndarray
    covariance: np.ndarray
    penalties: pd.DataFrame
    path: pd.DataFrame
    summary: dict
    sampled: bool


@remember
def fit_additive(tracks: pd.DataFrame, seed: int = SEED) -> Additive:
    """Fit smooth curves of all scores, factors, and a surface of danceability and energy.

    Parameters
    ----------
    tracks : DataFrame
        Clean tracks, usually the training part.
    seed : int
        Seed of the folds and of the sample of artists where there are more than `MOST_TRACKS`.

    Returns
    -------
    Additive
    """
    frame = usable_rows(tracks)
    sample = sample_artists(frame, MOST_TRACKS, seed)
    basis = build_basis(sample)
    path, multipliers = choose_penalties(basis, grouped_folds(sample, seed=seed))
    log.info("additive model: penalties chosen on %d tracks", len(sample))
    return _fit(basis, multipliers, path, len(sample) < len(frame))


def sample_artists(frame: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """Return at most about `most` tracks, as whole artists drawn at random."""
    if len(frame) <= most:
        return frame
    clusters = cluster_codes(frame)
    order = np.random.default_rng(seed).permutation(clusters.max() + 1)
    running = np.bincount(clusters)[order].cumsum()
    # an artist too large for what is left is passed over, not the end of the sample
    kept = order[running <= most] if (running <= most).any() else order[:1]
    return frame[np.isin(clusters, kept)].reset_index(drop=True)


def _fit(basis: Basis, multipliers: np.ndarray, path: pd.DataFrame, sampled: bool) -> Additive:
    """Fit pyGAM with the chosen penalties and add clustered covariance and edf."""
    response = basis.tracks["valence"].to_numpy()
    gam = LinearGAM(make_terms(basis.places, multipliers)).fit(basis.inputs, response)
    matrix = basis.matrix()
    penalty, gram = join_penalties(multipliers, penalty_matrices(basis)), matrix.T @ matrix
    residuals = response - matrix @ gam.coef_
    covariance = _clustered(gram, penalty, matrix * residuals[:, None], cluster_codes(basis.tracks))
    freedom = effective_freedom(gram, penalty)
    edf = [freedom[basis.positions(name)].sum() for name in basis.names]
    sizes = [len(basis.positions(name)) for name in basis.names]
    table = {"term": basis.names, "columns": sizes, "edf": edf, "multiplier": multipliers}
    summary = {
        "tracks": len(response),
        "edf": freedom.sum(),
        "r2": 1 - residuals.var() / response.var(),
        "gcv": len(response) * (residuals**2).sum() / (len(response) - freedom.sum()) ** 2,
    }
    return Additive(gam, basis, gam.coef_, covariance, pd.DataFrame(table), path, summary, sampled)


def _clustered(gram, penalty, scores: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return the covariance of penalised coefficients with errors shared within artists."""
    bread = np.linalg.inv(gram + penalty + RIDGE * np.eye(len(gram)))
    freedom = np.trace(bread @ gram)
    return bread @ cluster_meat(scores, clusters) @ bread * small_sample_factor(clusters, freedom)


@remember
def compare_additive(fit: Additive, formulas: tuple, seed: int = SEED) -> pd.DataFrame:
    """Compare the additive model with formulas, on the same tracks and folds of whole artists.

    The additive model's score is slightly kind to it, since its penalties were chosen on these
    folds; formulas have nothing left to choose.

    Parameters
    ----------
    fit : Additive
    formulas : tuple of (str, str)
        Names and formulas.
    seed : int
        The seed of the folds that the penalties were chosen on.

    Returns
    -------
    DataFrame
        `model`, `parameters` (effective), `cv_r2`, `cv_r2_se`, `cv_mae`, `cv_mae_se`, and
        `gain`, `gain_se`: R² over the first formula, paired by fold.
    """
    basis, folds = fit.basis, grouped_folds(fit.basis.tracks, seed=seed)
    multipliers = fit.penalties["multiplier"].to_numpy()
    penalty = join_penalties(multipliers, penalty_matrices(basis))
    scores = {name: formula_scores(text, basis.tracks, folds) for name, text in formulas}
    scores["additive model"] = _additive_scores(basis, penalty, folds)
    designs = [build_design(text, basis.tracks) for _, text in formulas]
    sizes = [float(len(design.names)) for design in designs] + [fit.summary["edf"]]
    first = scores[formulas[0][0]][:, 0]
    rows = [
        {"model": name} | summarise_scores(found) | paired_gain(found[:, 0] - first)
        for name, found in scores.items()
    ]
    return pd.DataFrame(rows).assign(parameters=sizes)


def _additive_scores(basis: Basis, penalty: np.ndarray, folds: list) -> np.ndarray:
    """Return R² and mean absolute error by fold, shape (folds, 2)."""
    matrix, response = basis.matrix(), basis.tracks["valence"].to_numpy()
    scores = []
    for train, validation in folds:
        gram, moment = matrix[train].T @ matrix[train], matrix[train].T @ response[train]
        predicted = matrix[validation] @ solve_penalised(gram, moment, penalty)
        scores.append(r_squared(response[validation], predicted))
    return np.array(scores)


def paired_gain(differences: np.ndarray) -> dict[str, float]:
    """Return the mean difference over folds and its standard error."""
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return {"gain": differences.mean(), "gain_se": error}
