"""Kernel regression whose distance is learned from the data.

A recursive feature machine [@radhakrishnan2024] fits a kernel regression, asks it along which
directions its own predictions change, stretches those directions and fits again. It finds what the
first layer of a network finds, but each step is linear algebra.
"""

import numpy as np
from numpy.linalg import LinAlgError
from scipy.linalg import cho_factor, cho_solve
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

# Rows that are handled at once: a block of the kernel is this times the number of landmarks.
BLOCK = 4_000
# Training rows at which slopes are taken, and landmarks of the surface whose slopes they are.
# Directions need fewer landmarks than predictions do.
SLOPES = 5_000
LEARNED_ON = 1_000
# Added to the diagonal, the least that serves, where landmarks are so alike that rounding makes
# the normal equations indefinite.
JITTERS = (1e-6, 1e-4, 1e-2, 1.0)


class LearnedMetricRegressor(RegressorMixin, BaseEstimator):
    """Kernel ridge regression on landmarks with a learned Mahalanobis distance.

    The kernel is the Matérn one of smoothness 3/2, (1 + d) exp(-d), where d is the distance of two
    rows under the metric. Its square is multiplied by `width` and divided by the number of columns,
    after the metric is scaled so that rows lie on average as far from the origin as before.
    `penalty` weighs the squared norm of the surface against the sum of squared errors. Coefficients
    belong to `landmarks`, training rows drawn at random (Nyström; all where there are no more).

    The metric is learned `rounds` times, from the average outer product of slopes with exponent
    `power` (0 forgets it). Rows are multiplied by its symmetric root, `metric_` (columns x
    columns).
    """

    def __init__(self, width=0.1, penalty=0.1, landmarks=2_500, rounds=1, power=0.5, seed=0):
        """Keep the settings; scikit-learn asks that nothing else happens here."""
        self.width = width
        self.penalty = penalty
        self.landmarks = landmarks
        self.rounds = rounds
        self.power = power
        self.seed = seed

    def fit(self, rows, target) -> "LearnedMetricRegressor":
        """Fit to rows of shape (n, columns) and a target of shape (n,)."""
        rows, target = np.asarray(rows, float), np.asarray(target, float)
        draw = np.random.default_rng(self.seed)
        chosen = draw.choice(len(rows), min(self.landmarks, len(rows)), replace=False)
        asked = np.sort(draw.choice(len(rows), min(SLOPES, len(rows)), replace=False))
        self.mean_ = target.mean()
        self.metric_ = np.eye(rows.shape[1])
        for _ in range(self.rounds):
            self._solve(rows, rows[np.sort(chosen[:LEARNED_ON])], target)
            metric = _root_of(self._outer_product(rows[asked]), self.power)
            reach = ((rows @ metric) ** 2).sum()
            if not reach:  # a constant target has no slopes
                break
            self.metric_ = metric * np.sqrt((rows**2).sum() / reach)
        self._solve(rows, rows[np.sort(chosen)], target)
        return self

    def predict(self, rows) -> np.ndarray:
        """Predict for rows of shape (n, columns); the result has shape (n,)."""
        check_is_fitted(self)
        rows = np.asarray(rows, float)
        parts = [_matern(self._squares(block)) @ self.coefficients_ for block in _blocks(rows)]
        return self.mean_ + np.concatenate(parts)

    def slopes(self, rows) -> np.ndarray:
        """Return how predictions change with each column at rows; both have shape (n, columns)."""
        check_is_fitted(self)
        rows = np.asarray(rows, float)
        parts = []
        for block in _blocks(rows):
            # with d² = scale |(x - z) M|², the kernel's slope in x is -scale exp(-d) (x - z) M M'
            falls = np.exp(-np.sqrt(self._squares(block))) * self.coefficients_
            moved = (block @ self.metric_) * falls.sum(axis=1, keepdims=True)
            parts.append(-self._scale() * (moved - falls @ self.places_) @ self.metric_.T)
        return np.concatenate(parts)

    def _scale(self) -> float:
        return self.width / len(self.metric_)

    def _solve(self, rows: np.ndarray, landmarks: np.ndarray, target: np.ndarray) -> None:
        """Find the coefficients for the metric as it is."""
        self.places_ = landmarks @ self.metric_
        own = _matern(self._squares(landmarks))
        square, product = np.zeros_like(own), np.zeros(len(landmarks))
        for block, values in zip(_blocks(rows), _blocks(target), strict=True):
            kernel = _matern(self._squares(block))
            square += kernel.T @ kernel
            product += kernel.T @ (values - self.mean_)
        square += self.penalty * own
        self.coefficients_ = _solve_positive(square, product)

    def _squares(self, rows: np.ndarray) -> np.ndarray:
        """Return scaled squared distances of rows to landmarks, of shape (rows, landmarks)."""
        moved = rows @ self.metric_
        squares = (moved**2).sum(axis=1)[:, None] + (self.places_**2).sum(axis=1)
        squares -= 2 * moved @ self.places_.T
        return np.maximum(squares, 0) * self._scale()

    def _outer_product(self, rows: np.ndarray) -> np.ndarray:
        slopes = self.slopes(rows)
        return slopes.T @ slopes / len(slopes)


def _matern(squares: np.ndarray) -> np.ndarray:
    distances = np.sqrt(squares)
    return (1 + distances) * np.exp(-distances)


def _solve_positive(square: np.ndarray, product: np.ndarray) -> np.ndarray:
    """Solve symmetric equations, positive definite but for rounding, or raise `LinAlgError`."""
    for jitter in JITTERS:
        try:
            factor = cho_factor(square + jitter * np.eye(len(square)), lower=True)
        except LinAlgError:
            continue
        return cho_solve(factor, product)
    raise LinAlgError("the kernel's normal equations are not positive definite")


def _root_of(product: np.ndarray, power: float) -> np.ndarray:
    """Return the symmetric matrix product^(power / 2)."""
    values, vectors = np.linalg.eigh(product)
    # rounding leaves the least ones a little below zero
    return (vectors * np.maximum(values, 0) ** (power / 2)) @ vectors.T


def _blocks(rows: np.ndarray) -> list[np.ndarray]:
    return np.array_split(rows, max(1, -(-len(rows) // BLOCK)))
