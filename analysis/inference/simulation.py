"""The predictive check: would the fit have drawn valence as it is?"""

import numpy as np
import pandas as pd
from scipy import stats

from analysis import SEED
from analysis.inference.regression import Fit

DRAWS = 40


def simulate_valence(fit: Fit, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """Return densities of valence as observed and as the fit would draw it.

    Returns
    -------
    DataFrame
        `draw` (0 is the observed valence), `x`, `density`; draws are fitted values plus normal
        errors with the residuals' SD.
    """
    rng = np.random.default_rng(seed)
    grid = np.linspace(-0.3, 1.3, 161)
    samples = [fit.valence, *(_draw(fit, rng) for _ in range(draws))]
    parts = [pd.DataFrame({"draw": i, "x": grid, "density": _density(sample, grid)})
             for i, sample in enumerate(samples)]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _draw(fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """Return one simulated valence of every track."""
    return fit.fitted + rng.normal(0, fit.residuals.std(), len(fit.fitted))


def _density(sample: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Return a kernel density from a fine histogram, which costs the same for any sample."""
    width = 0.9 * sample.std() * len(sample) ** -0.2
    counts, edges = np.histogram(sample, bins=400, range=(-1, 2))
    middles = (edges[1:] + edges[:-1]) / 2
    kernel = stats.norm.pdf((grid[:, None] - middles) / width) / width
    return kernel @ counts / len(sample)


def count_outside(fit: Fit) -> pd.DataFrame:
    """Return how many fitted means lie below 0 and above 1, where no valence can be.

    Returns
    -------
    DataFrame
        One row: `tracks`, `below`, `above`, `lowest`, `highest`.
    """
    fitted = fit.fitted
    return pd.DataFrame([{
        "tracks": len(fitted), "below": (fitted < 0).sum(), "above": (fitted > 1).sum(),
        "lowest": fitted.min(), "highest": fitted.max(),
    }])  # fmt: skip


def compare_simulated(fit: Fit, draws: int = 200, seed: int = SEED) -> pd.DataFrame:
    """Compare statistics of the observed valence with those of simulated ones.

    Returns
    -------
    DataFrame
        `statistic`, `observed`, `low`, `high`: the middle 95 % of simulations.
    """
    rng = np.random.default_rng(seed)
    simulated = np.array([_statistics(_draw(fit, rng)) for _ in range(draws)])
    low, high = np.quantile(simulated, [0.025, 0.975], axis=0)
    names = ["standard deviation", "skewness", "10 % quantile", "90 % quantile", "outside 0 to 1"]
    observed = _statistics(fit.valence)
    return pd.DataFrame({"statistic": names, "observed": observed, "low": low, "high": high})


def _statistics(sample: np.ndarray) -> list[float]:
    """Return what the comparison looks at."""
    outside = ((sample < 0) | (sample > 1)).mean()
    return [sample.std(), stats.skew(sample), *np.quantile(sample, [0.1, 0.9]), outside]
