"""What a linear fit assumes: residuals, influence, collinearity, and simulated valence."""

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from scipy import stats

from analysis import SEED

GRID, DRAWS = 60, 15
# A track that has a column of its own is fitted exactly: its residual is no evidence.
LEAST = 1e-8


def describe_residuals(result, frame: pd.DataFrame) -> pd.DataFrame:
    """Return each track's residual and its influence [@cook1977].

    Columns title, artist, valence, fitted, residual, standardised (internally studentised),
    leverage, cook, normal (the normal quantile of its rank).
    """
    residual = np.asarray(result.resid)
    # the diagonal of the hat matrix; `OLSInfluence` would hold more matrices of the design's size
    leverage = np.einsum("ij,ji->i", result.model.exog, result.model.pinv_wexog)
    standardised = residual / np.sqrt(result.scale * np.maximum(1 - leverage, LEAST))
    cook = standardised**2 / (result.df_model + 1)
    ranks = stats.rankdata(standardised, method="ordinal")
    return frame[["title", "artist", "valence"]].assign(
        fitted=np.asarray(result.fittedvalues), residual=residual,
        standardised=standardised, leverage=leverage,
        cook=cook * leverage / np.maximum(1 - leverage, LEAST),
        normal=stats.norm.ppf((ranks - 0.5) / len(ranks)),
    )  # fmt: skip


def residual_trend(residuals: pd.DataFrame) -> pd.DataFrame:
    """Return smooths of the residuals and of their size against the fitted values.

    Columns x, residual, spread: natural splines with five degrees of freedom over the middle 99 %
    of the fitted values.
    """
    tracks = residuals.assign(x=residuals["fitted"], spread=residuals["residual"].abs())
    grid = pd.DataFrame({"x": np.linspace(*tracks["x"].quantile([0.005, 0.995]), GRID)})
    smooths = {name: smf.ols(f"{name} ~ 0 + cr(x, df=5)", tracks).fit().predict(grid)
               for name in ("residual", "spread")}  # fmt: skip
    return grid.assign(**smooths)


def simulate_valence(result) -> pd.DataFrame:
    """Return densities of valence as observed and as the fit would draw it, normal errors added.

    Columns draw (0 is the observed valence), x, density. Kernel densities are taken from fine
    histograms, which costs the same for any number of tracks.
    """
    random, spread = np.random.default_rng(SEED), np.std(result.resid)
    grid, fitted = np.linspace(-0.3, 1.3, 81), np.asarray(result.fittedvalues)
    samples = [result.model.endog]
    samples += [fitted + random.normal(0, spread, len(fitted)) for _ in range(DRAWS)]
    parts = []
    for number, sample in enumerate(samples):
        width = max(0.9 * sample.std() * len(sample) ** -0.2, 1e-3)
        counts, edges = np.histogram(sample, bins=400, range=(-1, 2))
        kernel = stats.norm.pdf((grid[:, None] - (edges[1:] + edges[:-1]) / 2) / width) / width
        density = kernel @ counts / len(sample)
        parts.append(pd.DataFrame({"draw": number, "x": grid, "density": density}))
    return pd.concat(parts, ignore_index=True)


def inflation_factors(frame: pd.DataFrame, columns) -> pd.DataFrame:
    """Return feature and vif, the variance inflation factor among the scores, largest first.

    It is on the diagonal of the inverse correlation matrix; `columns` maps columns to names.
    """
    together = np.corrcoef(frame[list(columns)].to_numpy(float), rowvar=False)
    factors = np.diag(np.linalg.pinv(np.atleast_2d(together), hermitian=True))
    table = pd.DataFrame({"feature": list(columns.values()), "vif": factors})
    return table.sort_values("vif", ascending=False, ignore_index=True)


def measure_departures(result) -> dict[str, float]:
    """Return how far a linear fit departs from what its tests look at.

    `spread` is the largest over the smallest SD of residuals among fifths of the fitted values;
    `powers` the R² that squares and cubes of the fitted value would gain.
    """
    fitted, residual = np.asarray(result.fittedvalues), pd.Series(np.asarray(result.resid))
    scaled = (fitted - fitted.mean()) / fitted.std()
    powers, design = np.column_stack([scaled**2, scaled**3]), result.model.exog
    powers -= design @ (np.asarray(result.normalized_cov_params) @ (design.T @ powers))
    left = residual - powers @ np.linalg.lstsq(powers, residual, rcond=None)[0]
    total = ((result.model.endog - result.model.endog.mean()) ** 2).sum()
    fifths = pd.qcut(pd.Series(fitted).rank(), 5, labels=False)
    spreads = residual.groupby(fifths).std()
    return {
        "spread": spreads.max() / spreads.min(),
        "powers": float(((residual**2).sum() - (left**2).sum()) / total),
    }
