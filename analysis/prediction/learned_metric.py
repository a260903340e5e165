"""Kernel regression whose distance is learned from the data.

A recursive feature machine [@radhakrishnan2024] fits a kernel regression, asks it along which
directions its own predictions change, stretches those directions and fits again.
"""

import numpy as np
from numpy.linalg import LinAlgError
from scipy.linalg import cho_factor, cho_solve
from sklearn.base import BaseEstimator, RegressorMixin

BLOCK = 4_000  # rows that are handled at once
PART = 250  # rows whose distances fit a processor's cache
# Training rows at which slopes are taken, and landmarks of the surface whose slopes they are.
# Directions need fewer landmarks than predictions do.
SLOPES = 5_000
LEARNED_ON = 1_000
# Added to the diagonal, the least that serves, where rounding makes the equations indefinite.
JITTERS = (1e-6, 1e-4, 1e-2, 1.0)


class LearnedMetricRegressor(RegressorMixin, BaseEstimator):
    """Kernel ridge regression on landmarks with a learned Mahalanobis distance.

    The kernel is the Matérn one of smoothness 3/2, (1 + d) exp(-d), where d² is the squared
    distance of two rows under the metric times `width` over the number of columns. `penalty` weighs
    the squared norm of the surface against the sum of squared errors. Coefficients belong to at
    most `landmarks` training rows drawn at random (Nyström).

    The metric is learned `rounds` times, from the average outer product of slopes with exponent
    `power` (0 forgets it), and scaled so that rows lie on average as far from the origin as before.
    Rows are multiplied by its symmetric root, `metric_` (columns x columns).
    """

    def __init__(self, width=0.1, penalty=0.1, landmarks=2_500, rounds=1, power=0.5, seed=0):
        """Keep the settings; scikit-learn asks that nothing else happens here."""
        self.width, self.penalty, self.landmarks = width, penalty, landmarks
        self.rounds, self.power, self.seed = rounds, power, seed

    def fit(self, rows: np.ndarray, target: np.ndarray) -> "LearnedMetricRegressor":
        """Fit to rows of shape (n, columns) and a target of shape (n,)."""
        draw = np.random.default_rng(self.seed)
        chosen = draw.choice(len(rows), min(self.landmarks, len(rows)), replace=False)
        asked = np.sort(draw.choice(len(rows), min(SLOPES, len(rows)), replace=False))
        self.mean_, self.scale_ = target.mean(), self.width / rows.shape[1]
        self.metric_ = np.eye(rows.shape[1])
        for _ in range(self.rounds):
            self._solve(rows, rows[np.sort(chosen[:LEARNED_ON])], target)
            slopes = self.slopes(rows[asked])
            values, vectors = np.linalg.eigh(slopes.T @ slopes / len(slopes))
            # the symmetric root; rounding leaves the least values a little below zero
            metric = (vectors * np.maximum(values, 0) ** (self.power / 2)) @ vectors.T
            reach = ((rows @ metric) ** 2).sum()
            if not reach:  # a constant target has no slopes
                break
            self.metric_ = metric * np.sqrt((rows**2).sum() / reach)
        self._solve(rows, rows[np.sort(chosen)], target)
        return self

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Predict for rows of shape (n, columns); the result has shape (n,)."""
        parts = [self._kernel(part) @ self.coefficients_ for part in _blocks(rows, PART)]
        return self.mean_ + np.concatenate(parts)

    def slopes(self, rows: np.ndarray) -> np.ndarray:
        """Return how predictions change with each column at rows; both have shape (n, columns)."""
        parts = []
        for block in _blocks(rows):
            # with d² = scale |(x - z) M|², the kernel's slope in x is -scale exp(-d) (x - z) M M'
            falls = np.exp(-self._distances(block)) * self.coefficients_
            moved = (block @ self.metric_) * falls.sum(axis=1, keepdims=True)
            parts.append(-self.scale_ * (moved - falls @ self.places_) @ self.metric_.T)
        return np.concatenate(parts)

    def _solve(self, rows: np.ndarray, landmarks: np.ndarray, target: np.ndarray) -> None:
        """Find the coefficients for the metric as it is."""
        self.places_ = landmarks @ self.metric_
        own = self._kernel(landmarks)
        square, product = np.zeros_like(own), np.zeros(len(landmarks))
        for block, values in zip(_blocks(rows), _blocks(target), strict=True):
            kernel = self._kernel(block)
            square += kernel.T @ kernel
            product += kernel.T @ (values - self.mean_)
        square += self.penalty * own
        self.coefficients_ = _solve_positive(square, product)

    def _kernel(self, rows: np.ndarray) -> np.ndarray:
        """Return the kernel of rows and landmarks, of shape (rows, landmarks)."""
        kernel = np.empty((len(rows), len(self.places_)))
        for part, out in zip(_blocks(rows, PART), _blocks(kernel, PART), strict=True):
            distances = self._distances(part)
            np.exp(-distances, out=out)
            out *= 1 + distances
        return kernel

    def _distances(self, rows: np.ndarray) -> np.ndarray:
        """Return scaled distances of rows to landmarks, of shape (rows, landmarks)."""
        moved = rows @ self.metric_
        squares = (moved**2).sum(axis=1)[:, None] + (self.places_**2).sum(axis=1)
        squares -= 2 * moved @ self.places_.T
        np.maximum(squares, 0, out=squares)
        squares *= self.scale_
        return np.sqrt(squares, out=squares)


def _solve_positive(square: np.ndarray, product: np.ndarray) -> np.ndarray:
    """Solve symmetric equations, positive definite but for rounding, or raise `LinAlgError`."""
    for jitter in JITTERS:
        try:
            factor = cho_factor(square + jitter * np.eye(len(square)), lower=True)
        except LinAlgError:
            continue
        return cho_solve(factor, product)
    raise LinAlgError("the kernel's normal equations are not positive definite")


def _blocks(rows: np.ndarray, size: int = BLOCK) -> list[np.ndarray]:
    return np.array_split(rows, max(1, -(-len(rows) // size)))
