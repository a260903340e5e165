"""Each genre's own slopes, estimated together in one mixed model.

Valence of a track is the sum of a mean level and a mean slope of every score; of its genre's own
deviations from them; of its artist's level; and of what is left. Deviations of genres and artists
are draws from normal distributions around zero, so a genre of few tracks is drawn towards the mean
and one of many speaks for itself. Artists may cross genres. In lme4's notation, with scores x1 to
x9 in standard deviations: `valence ~ x1 + ... + x9 + (1 + x1 + ... + x9 || genre) + (1 | artist)`.
"""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.stats import norm

from analysis.inference.formulas import usable_columns
from analysis.inference.frames import OTHER
from analysis.inference.regression import cluster_codes, usable_rows
from analysis.inference.scales import FEATURES
from analysis.memory import remember

log = logging.getLogger("analysis")

# The spread of fewer genres cannot be told from chance; beyond the most, the model's matrices,
# whose side is genres times scores, would no longer fit a laptop.
FEWEST_GENRES, MOST_GENRES = 3, 150
# Standard deviations are sought between these multiples of the residual's; the least counts as 0.
LEAST, GREATEST = 1e-5, 10.0


@dataclass(frozen=True)
class GenreSlopes:
    """Slopes by genre, and the variance that lies in them.

    `slopes`: one row a score and genre, `feature`, `genre`, `tracks`, `slope`, `slope_low`,
    `slope_high` (the genre's own, partially pooled), `mean`, `mean_low`, `mean_high` (over genres)
    and `spread`, the standard deviation between genres; all in valence per SD of the score,
    intervals 95 %. `shares`: one row, the share of the variance of valence in the `scores`, the
    `levels` and `slopes` of genres, `artists` and the `residual`, with `marginal_r2`,
    `conditional_r2` and the intraclass correlation of artists `icc` [@nakagawa2013], and the
    restricted `deviance`. Both are empty where a table has fewer than `FEWEST_GENRES`.
    """

    slopes: pd.DataFrame
    shares: pd.DataFrame


@remember
def genre_slopes(tracks: pd.DataFrame) -> GenreSlopes:
    """Estimate each genre's own association of every score with valence, in one mixed model.

    The model is the one above, by restricted maximum likelihood [@bates2015]. Levels and slopes
    vary independently of each other, scores are centred and in units of their standard deviation
    over all tracks. Intervals take the estimated standard deviations as known, which makes them
    somewhat narrow where genres are few.

    Parameters
    ----------
    tracks : DataFrame
        Clean tracks. Of more than `MOST_GENRES` genres the smallest count as one.

    Returns
    -------
    GenreSlopes
    """
    frame = usable_rows(tracks)
    if "genre" not in usable_columns(tracks) or frame["genre"].nunique() < FEWEST_GENRES:
        return GenreSlopes(pd.DataFrame(), pd.DataFrame())
    features = [one for one in FEATURES if one.shape in usable_columns(tracks)]
    genres = _kept_genres(frame["genre"])
    model = _Model(_standardised(frame, features), genres, cluster_codes(frame), frame["valence"])
    spreads = model.best_spreads()
    log.info("genre slopes: %d genres, %d artists", genres.nunique(), len(model.sizes))
    solution = model.solve(spreads)
    named = [feature.name for feature in features]
    return GenreSlopes(_tell_slopes(model, solution, named, genres), _divide(model, solution))


def _kept_genres(genres: pd.Series) -> pd.Series:
    """Return genres as a categorical of at most `MOST_GENRES` levels, the rest in one."""
    largest = genres.value_counts().index[: MOST_GENRES - 1]
    many = genres.nunique() > MOST_GENRES
    names = genres.astype(str).where(genres.isin(largest), OTHER) if many else genres.astype(str)
    return names.astype("category")


def _standardised(frame: pd.DataFrame, features: list) -> np.ndarray:
    """Return a column of ones and the scores with mean 0 and SD 1, shape (n, 1 + scores)."""
    values = frame[[feature.shape for feature in features]]
    return np.column_stack([np.ones(len(frame)), (values - values.mean()) / values.std()])


@dataclass(frozen=True)
class _Solution:
    """Henderson's mixed-model equations solved for one set of standard deviations.

    `scale` turns scaled deviations into deviations; `inverse` is that of the scaled equations,
    `estimates` their solution, `variance` the residual's, `deviance` minus twice the restricted
    log-likelihood, and `gradient` its slope in the logarithms of the standard deviations.
    """

    spreads: np.ndarray
    scale: np.ndarray
    inverse: np.ndarray
    estimates: np.ndarray
    variance: float
    deviance: float
    gradient: np.ndarray


class _Model:
    """The likelihood of genres' deviations and artists' levels, from sums made once.

    Columns are genres' deviations, a kind of deviation at a time, then the common coefficients,
    then valence. Artists are swept out by a weight for each, so only sums over artists are kept.
    """

    def __init__(self, common: np.ndarray, genres: pd.Series, artists, valence: pd.Series):
        self.common, self.kinds = common, common.shape[1]
        self.rows, self.genres = len(common), len(genres.cat.categories)
        codes, places = genres.cat.codes.to_numpy(), np.arange(self.rows)
        shape = (self.rows, self.genres)
        own = [sparse.csr_array((x, (places, codes)), shape) for x in common.T]
        joined = sparse.hstack([*own, common, valence.to_numpy()[:, None]], format="csr")
        self.cross = (joined.T @ joined).toarray()
        self.sizes = np.bincount(artists)
        member = sparse.csr_array((np.ones(self.rows), (artists, places)))
        self.sums = (member @ joined).tocsr()

    def best_spreads(self) -> np.ndarray:
        """Return the most likely standard deviations, genres' by kind and artists' last.

        All in units of the residual's; searched as logarithms, with the gradient.
        """
        bounds = [(np.log(LEAST), np.log(GREATEST))] * (self.kinds + 1)
        options = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7}
        found = minimize(
            self._objective, np.full(self.kinds + 1, np.log(0.2)), jac=True, bounds=bounds,
            method="L-BFGS-B", options=options,
        )  # fmt: skip
        return np.exp(found.x)

    def _objective(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        """Return deviance and gradient at the logarithms of standard deviations."""
        solution = self.solve(np.exp(logs))
        return solution.deviance, solution.gradient

    def solve(self, spreads: np.ndarray) -> _Solution:
        """Solve the equations for standard deviations in units of the residual's."""
        ratio = spreads[-1] ** 2
        weights = 1 / (1 + self.sizes * ratio)
        scale = np.append(np.repeat(spreads[:-1], self.genres), np.ones(self.kinds))
        swept = self.cross - ratio * self._weighted(weights)
        penalty = np.append(np.ones(self.genres * self.kinds), np.zeros(self.kinds))
        system = swept[:-1, :-1] * np.outer(scale, scale) + np.diag(penalty)
        factor = cho_factor(system, lower=True)
        inverse = cho_solve(factor, np.eye(len(system)))
        moment = swept[:-1, -1] * scale
        estimates = inverse @ moment
        left, freedom = swept[-1, -1] - estimates @ moment, self.rows - self.kinds
        determinants = 2 * np.log(np.diag(factor[0])).sum() - np.log(weights).sum()
        deviance = determinants + freedom * (1 + np.log(2 * np.pi * left / freedom))
        slopes = self._trace_slopes(inverse, scale, weights, ratio)
        pulls = self._pull_slopes(estimates, scale, weights, ratio)
        variance = left / freedom
        return _Solution(
            spreads, scale, inverse, estimates, variance, deviance, slopes - pulls / variance
        )

    def _weighted(self, weights: np.ndarray) -> np.ndarray:
        """Return the cross-products of sums over artists, each with its weight."""
        return (self.sums.T @ (sparse.diags_array(weights) @ self.sums)).toarray()

    def _trace_slopes(self, inverse, scale, weights, ratio: float) -> np.ndarray:
        """Return how determinants change with the logarithm of each standard deviation."""
        diagonal = np.diag(inverse)[: self.genres * self.kinds].reshape(self.kinds, -1)
        between = self._weighted(weights**2)[:-1, :-1] * np.outer(scale, scale)
        swept = (self.sizes * weights).sum() - (inverse * between).sum()
        return 2 * np.append((1 - diagonal).sum(axis=1), ratio * swept)

    def _pull_slopes(self, estimates, scale, weights, ratio: float) -> np.ndarray:
        """Return how the squared error changes, with the opposite sign."""
        own = estimates[: self.genres * self.kinds].reshape(self.kinds, -1)
        left = self.sums @ np.append(-estimates * scale, 1.0) * weights
        return 2 * np.append((own**2).sum(axis=1), ratio * (left**2).sum())


def _tell_slopes(model: _Model, solution: _Solution, names: list, genres) -> pd.DataFrame:
    """Return every score's mean slope and every genre's own, with intervals."""
    covariance = solution.variance * solution.inverse * np.outer(solution.scale, solution.scale)
    estimates = solution.estimates * solution.scale
    counts = genres.value_counts(sort=False)
    spreads = np.sqrt(solution.variance) * solution.spreads
    half, parts = norm.ppf(0.975), []
    for kind, name in enumerate(names, start=1):
        own = kind * model.genres + np.arange(model.genres)
        mean = model.kinds * model.genres + kind
        slope = estimates[own] + estimates[mean]
        variance = covariance[own, own] + covariance[mean, mean] + 2 * covariance[own, mean]
        error, around = np.sqrt(variance), np.sqrt(covariance[mean, mean])
        parts.append(pd.DataFrame({
            "feature": name, "genre": counts.index.astype(str), "tracks": counts.to_numpy(),
            "slope": slope, "slope_low": slope - half * error, "slope_high": slope + half * error,
            "mean": estimates[mean], "mean_low": estimates[mean] - half * around,
            "mean_high": estimates[mean] + half * around, "spread": spreads[kind],
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _divide(model: _Model, solution: _Solution) -> pd.DataFrame:
    """Divide the variance of valence among scores, genres, artists and what is left.

    A random slope's part is its variance times the mean square of its score [@johnson2014].
    """
    squares = (model.common**2).mean(axis=0)
    genre = solution.variance * solution.spreads[:-1] ** 2 * squares
    scores = (model.common @ solution.estimates[-model.kinds :]).var(ddof=1)
    artist = solution.variance * solution.spreads[-1] ** 2
    parts = {"scores": scores, "levels": genre[0], "slopes": genre[1:].sum(),
             "artists": artist, "residual": solution.variance}  # fmt: skip
    total = sum(parts.values())
    return pd.DataFrame([{name: part / total for name, part in parts.items()} | {
        "marginal_r2": scores / total, "conditional_r2": 1 - solution.variance / total,
        "icc": artist / (artist + genre.sum() + solution.variance),
        "deviance": solution.deviance,
    }])  # fmt: skip
