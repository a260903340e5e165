"""The generalized additive model: valence as a sum of smooth curves [@hastie1986].

pyGAM builds and fits the curves [@serven2018]. What it lacks is here: penalties by restricted
maximum likelihood [@wood2017], bands that let an artist's tracks share errors [@cameron2015],
effective degrees of freedom and concurvity by term, scores over whole artists. Its p-values are
known to be too small and are not read.
"""

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from pygam import LinearGAM, f, s
from pygam.terms import Intercept, SplineTerm, TermList
from scipy import sparse
from scipy.linalg import block_diag, cho_factor, cho_solve, eigh, null_space, pinvh
from scipy.optimize import minimize
from scipy.stats import t

from analysis.inference.scores import FEATURES, complete_tracks
from analysis.tracks.features import CATEGORICAL
from analysis.tracks.schema import BadInput

# At the greatest multiplier a curve is straight, and pyGAM can still compute; the ridge is pyGAM's.
BOUNDS, RIDGE = (1e-4, 1e7), np.sqrt(np.finfo(float).eps)
# Curves are drawn, and their sizes measured, between these quantiles of the tracks.
DRAWN, MEASURED, GRID = (0.005, 0.995), (0.05, 0.95), 40


def inputs(tracks: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tracks that lack nothing (n rows), and the features that the model reads (n x d).

    Features are floats (scores on the scale of their shape, popularity, year) and then integer
    codes that all occur (explicit, key, mode, metre, genre), without what is missing or constant.
    Raises `BadInput` if valence does not vary, or no score.
    """
    frame, reasons = complete_tracks(tracks)
    scores = {x.name: x.shape for x in FEATURES} | {"popularity": "popularity", "year": "year"}
    X = {name: frame[shape].astype(float) for name, shape in scores.items() if name not in reasons}
    coded = [name for name in ("explicit", *CATEGORICAL, "genre") if name not in reasons]
    X |= {name: pd.factorize(frame[name], sort=True)[0] for name in coded}
    X = pd.DataFrame({name: values for name, values in X.items() if np.ptp(values) > 0})
    if "f" not in {kind.kind for kind in X.dtypes}:
        raise BadInput("No score of these tracks varies: an additive model needs one that does.")
    return frame, X


def terms_for(X: pd.DataFrame) -> TermList:
    """Return `s(i)` for each column of floats and `f(i)` for each column of integers.

    A curve has 20 cubic B-splines, fewer where the columns would be more than three quarters of the
    tracks, as pyGAM cannot fit more columns than tracks, and a penalty on second differences, which
    leaves straight lines alone; a factor has pyGAM's ridge, worth 0.6 tracks at the mean in each
    level.
    """
    curved = [kind.kind == "f" for kind in X.dtypes]
    levels = sum(X.iloc[:, i].nunique() for i, smooth in enumerate(curved) if not smooth)
    splines = int(np.clip((3 * len(X) // 4 - levels) // max(sum(curved), 1), 5, 20))
    return TermList(*(s(i, splines) if smooth else f(i) for i, smooth in enumerate(curved)))


@dataclass(frozen=True)
class _Problem:
    """Penalised least squares in coordinates where penalties are diagonal and constants are one.

    `change` (p x q) leads back to pyGAM's coefficients, `owner` (q) is each one's term; `weights`
    (terms x q) are penalties for a multiplier of 1, `kept` the multipliers that the terms have,
    `smooth` whether they are curves; `gram` is X'X and `moment` X'y.
    """

    matrix: sparse.csr_array
    y: np.ndarray
    change: np.ndarray
    owner: np.ndarray
    weights: np.ndarray
    kept: np.ndarray
    smooth: np.ndarray

    @cached_property
    def gram(self) -> np.ndarray:
        return self.change.T @ (self.matrix.T @ self.matrix).toarray() @ self.change

    @cached_property
    def moment(self) -> np.ndarray:
        return self.change.T @ (self.matrix.T @ self.y)

    def solve(self, multipliers: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Return the coefficients, (X'X + S)⁻¹, and the log determinant of X'X + S."""
        factor, _ = cho_factor(self.gram + np.diag(multipliers @ self.weights + RIDGE))
        inverse = cho_solve((factor, False), np.eye(len(factor)))
        return inverse @ self.moment, inverse, 2 * np.log(np.diag(factor)).sum()


def _problem(terms: TermList, X, y) -> _Problem:
    """Build pyGAM's columns, the intercept last, and find the coordinates."""
    X, terms = np.asarray(X, dtype=float), TermList(deepcopy(terms))
    terms = terms if isinstance(terms[-1], Intercept) else terms + Intercept()
    terms.compile(X)
    kept = np.array([0.0 if term.isintercept else term.lam[0] for term in terms])
    changes, weights = zip(*map(_diagonalise, terms), strict=True)
    owner = np.repeat(np.arange(len(terms)), [len(own) for own in weights])
    weights = np.where(owner == np.arange(len(terms))[:, None], np.hstack(weights), 0)
    matrix, change = sparse.csr_array(terms.build_columns(X)), block_diag(*changes)
    smooth = np.array([type(term) is SplineTerm for term in terms])
    return _Problem(matrix, np.asarray(y, dtype=float), change, owner, weights, kept, smooth)


def _diagonalise(term) -> tuple[np.ndarray, np.ndarray]:
    """Return one term's coordinates and the penalty of each; a free constant is the intercept's."""
    if term.isintercept:
        return np.ones((1, 1)), np.zeros(1)
    free, term.lam = term.lam[0] == 0, [1.0]
    penalty = term.build_penalties().toarray()
    free |= np.allclose(penalty.sum(axis=0), 0)
    change = null_space(np.ones((1, len(penalty)))) if free else np.eye(len(penalty))
    weights, vectors = eigh(change.T @ penalty @ change)
    return change @ vectors, np.where(weights > 1e-9 * weights.max(), weights, 0)


def choose_penalties(terms: TermList, X: pd.DataFrame, y) -> TermList:
    """Return the terms with penalties of curves that maximise the restricted likelihood.

    Where that rises towards a straight line, the curve becomes one; factors keep their ridge. This
    is `method = "REML"` of R's mgcv [@wood2017]. `terms` are of `s`, at least one, and `f`; X is n
    x d (DataFrame or array).
    """
    terms = TermList(deepcopy(terms))
    for term, multiplier in zip(terms, _maximise(_problem(terms, X, y)), strict=False):
        term.lam = [float(multiplier)]
    return terms


def _maximise(problem: _Problem) -> np.ndarray:
    """Return the multipliers of all terms, curves' by REML, the variance profiled out."""
    weights, total = problem.weights[problem.smooth], problem.y @ problem.y
    multipliers, ranks = problem.kept.copy(), (weights > 0).sum(axis=1)
    penalised = np.where(problem.smooth, 1, problem.kept) @ problem.weights > 0
    freedom = len(problem.y) - (~penalised).sum()

    def deviance(logs: np.ndarray) -> tuple[float, np.ndarray]:
        # minus twice the log likelihood, up to a constant, and its slopes
        multipliers[problem.smooth] = np.exp(logs)
        found, inverse, determinant = problem.solve(multipliers)
        error = total - problem.moment @ found
        slopes = np.exp(logs) * (weights @ (freedom / error * found**2 + np.diag(inverse))) - ranks
        return freedom * np.log(error) + determinant - ranks @ logs, slopes

    start = np.log(np.clip(weights @ np.diag(problem.gram) / (weights**2).sum(axis=1), *BOUNDS))
    best = minimize(deviance, start, jac=True, method="L-BFGS-B", options={"ftol": 1e-13},
                    bounds=[np.log(BOUNDS)] * len(start))  # fmt: skip
    multipliers[problem.smooth] = np.exp(best.x)
    return multipliers


def cross_validate(terms: TermList, X: pd.DataFrame, y, folds: list) -> np.ndarray:
    """Return R² on each validation fold, shape (folds,).

    Penalties are chosen anew in each fold; knots, which know nothing of y, are those of all tracks.
    `folds` are pairs of positions of training and validation rows, from `grouped_folds`.
    """
    whole, scores = _problem(terms, X, y), []
    for train, validation in folds:
        inner = replace(whole, matrix=whole.matrix[train], y=whole.y[train])
        found, *_ = inner.solve(_maximise(inner))
        observed = whole.y[validation]
        residual = observed - whole.matrix[validation] @ (whole.change @ found)
        scores.append(1 - (residual**2).sum() / ((observed - observed.mean()) ** 2).sum())
    return np.array(scores)


def curves(model: LinearGAM, X: pd.DataFrame, y, groups) -> pd.DataFrame:
    """Return every curve with a 95 % pointwise band that lets a group's tracks share errors.

    `model` has one term for each column of X (n x d) in order; `groups` has the artist of each
    track. Columns feature, x (on the scale of X), effect (valence less its mean over the tracks),
    low, high. First comes the curve whose highest effect is furthest above its lowest, between the
    5th and 95th percentile of the tracks.
    """
    root, found = _uncertainty(model, X, y, groups)[0], []
    for i, name in enumerate(X):
        if type(model.terms[i]) is SplineTerm:
            x, effect, rows = _effect(model, X, i, DRAWN)
            half = np.linalg.norm(rows @ root, axis=1)
            columns = {"x": x, "effect": effect, "low": effect - half, "high": effect + half}
            size = np.ptp(_effect(model, X, i, MEASURED)[1])
            found.append((-size, i, pd.DataFrame({"feature": name} | columns)))
    return pd.concat([curve for *_, curve in sorted(found)], ignore_index=True)


def describe_curves(model: LinearGAM, X: pd.DataFrame, y, groups) -> pd.DataFrame:
    """Return how bent and how replaceable each term is; arguments are those of `curves`.

    Columns feature; edf, effective degrees of freedom (1 for a straight line); observed, mgcv's
    concurvity of that name: the share of the term, as it is, that the others can replace.
    """
    edf, own = _uncertainty(model, X, y, groups)[1], model.terms.get_coef_indices
    matrix = sparse.csr_array(model.terms.build_columns(X.to_numpy(float)))
    means = matrix.mean(axis=0)
    gram = (matrix.T @ matrix).toarray() - len(X) * np.outer(means, means)
    shared = [_concurvity(gram, own(i), model.coef_) for i in range(X.shape[1])]
    return pd.DataFrame({"feature": list(X), "edf": edf[: X.shape[1]], "observed": shared})


def _uncertainty(model: LinearGAM, X, y, groups) -> tuple[np.ndarray, np.ndarray]:
    """Return t times a root of the covariance of pyGAM's coefficients (p x q), and edf by term.

    The covariance is B (M + s² S) B with B = (X'X + S)⁻¹, M summing the outer products of each
    group's scores; s² S allows for the bias of smoothing, without which bands cover too little:
    with independent errors they are mgcv's.
    """
    problem = _problem(model.terms, X, y)
    _, inverse, _ = problem.solve(problem.kept)
    edf = np.bincount(problem.owner, np.einsum("ij,ji->i", inverse, problem.gram))
    residuals = problem.y - problem.matrix @ model.coef_
    codes = pd.factorize(np.asarray(groups))[0]
    rows, count = len(codes), codes.max() + 1
    sums = sparse.csr_array((residuals, (codes, np.arange(rows)))) @ problem.matrix
    left = max(rows - edf.sum(), 1)
    meat = problem.change.T @ (sums.T @ sums).toarray() @ problem.change
    meat *= count / (count - 1) * (rows - 1) / left
    bias = np.diag(problem.kept @ problem.weights) * (residuals @ residuals) / left
    sizes, vectors = eigh(meat + bias)
    root = problem.change @ inverse @ vectors * np.sqrt(np.maximum(sizes, 0))
    return t.ppf(0.975, count - 1) * root, edf


def _effect(model: LinearGAM, X, i: int, quantiles: tuple) -> tuple:
    """Return a grid of a column (a factor's codes), the effects there, and their p columns."""
    values, curved = np.asarray(X, dtype=float), type(model.terms[i]) is SplineTerm
    column, build = values[:, i], model.terms[i].build_columns
    x = np.linspace(*np.quantile(column, quantiles), GRID) if curved else np.unique(column)
    rows = np.zeros((len(x), len(model.coef_)))
    there = build(np.repeat(x[:, None], values.shape[1], axis=1)).toarray()
    rows[:, model.terms.get_coef_indices(i)] = there - build(values).mean(axis=0)
    return x, rows @ model.coef_, rows


def _concurvity(gram: np.ndarray, own: list, coefficients: np.ndarray) -> float:
    """Return the share of one term that others replace, from centred cross-products of all."""
    others, found = np.delete(np.arange(len(gram)), own), coefficients[own]
    whole, shared = gram[np.ix_(own, own)], gram[np.ix_(others, own)]
    shared = shared.T @ pinvh(gram[np.ix_(others, others)], rtol=1e-10) @ shared
    return found @ shared @ found / (found @ whole @ found)
