"""How alike an artist's tracks are after a fit, and what that does to standard errors."""

import re

import numpy as np
import pandas as pd

from analysis.inference.effects import feature_groups
from analysis.inference.regression import Fit, fit_ols


def measure_clustering(fit: Fit) -> pd.DataFrame:
    """Return how alike residuals are within artists, and what that does to standard errors.

    The intraclass correlation is the analysis-of-variance estimate of the share of the residual
    variance that lies between artists [@donner1986].

    Returns
    -------
    DataFrame
        One row: `artists`, `largest_share` (of the tracks), `icc`, `design_effect` of the mean;
        `error_ratio`, `least_ratio`, `most_ratio` (median, least and greatest clustered over
        model-based standard error of a column), `worst` (the feature of the greatest), and
        `ratio_without` (the greatest for that feature without the artist of most tracks).
    """
    sizes, ratios = np.bincount(fit.clusters), error_ratios(fit)
    # nobody asks about the intercept, unless there is nothing else
    ratios = ratios.drop("intercept") if ratios.index.nunique() > 1 else ratios
    icc = intraclass_correlation(fit.residuals, fit.clusters)
    typical = (sizes**2).sum() / sizes.sum()
    worst = ratios.groupby(level=0).max().idxmax()
    return pd.DataFrame([{
        "artists": len(sizes), "largest_share": sizes.max() / sizes.sum(), "icc": icc,
        "error_ratio": ratios.median(), "least_ratio": ratios.min(), "most_ratio": ratios.max(),
        "worst": worst, "ratio_without": _ratio_without_largest(fit, worst),
        "design_effect": 1 + (typical - 1) * max(icc, 0),
    }])  # fmt: skip


def error_ratios(fit: Fit) -> pd.Series:
    """Return clustered over model-based standard errors of all columns, indexed by feature."""
    classical = np.diag(np.asarray(fit.extra["result"].cov_params()))
    ratios = np.sqrt(np.diag(fit.covariance) / classical)
    return pd.Series(ratios, index=[name_feature(fit, name) for name in fit.design.names])


def name_feature(fit: Fit, column: str) -> str:
    """Return the first feature that a column of a design reads, or "intercept"."""
    for feature, columns in feature_groups(fit).items():
        if re.search(r"\b(" + "|".join(map(re.escape, columns)) + r")\b", column):
            return feature
    return "intercept"


def _ratio_without_largest(fit: Fit, feature: str) -> float:
    """Return a feature's greatest ratio when the artist of most tracks is left out."""
    rest = fit.tracks[fit.clusters != np.bincount(fit.clusters).argmax()]
    ratios = error_ratios(fit_ols(fit.formula, rest))
    found = ratios[ratios.index == feature]
    return float(found.max()) if len(found) else 1.0


def intraclass_correlation(values: np.ndarray, clusters: np.ndarray) -> float:
    """Return the share of variance between clusters, by analysis of variance."""
    sizes, groups = np.bincount(clusters), clusters.max() + 1
    means = np.bincount(clusters, weights=values) / sizes
    if groups == len(values) or groups < 2:
        return 0.0
    between = (sizes * (means - values.mean()) ** 2).sum() / (groups - 1)
    within = ((values - means[clusters]) ** 2).sum() / (len(values) - groups)
    typical = (len(values) - (sizes**2).sum() / len(values)) / (groups - 1)
    return float((between - within) / (between + (typical - 1) * within))
