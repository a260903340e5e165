"""Models that know valence to be a score between 0 and 1: fractional logit and beta regression."""

import warnings

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.othermod.betareg import BetaModel
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from analysis.inference.designs import Design, build_design
from analysis.inference.regression import Fit, cluster_codes, usable_rows


def fit_fractional(formula: str, tracks: pd.DataFrame, cluster: str = "artist") -> Fit:
    """Fit a fractional logit: a logistic mean by quasi-likelihood [@papke1996].

    Only the mean is assumed; errors are clustered by artist, so neither the binomial variance nor
    independence is.

    Returns
    -------
    Fit
        With `link` "logit" and `extra["result"]`, statsmodels' result.
    """
    frame = usable_rows(tracks)
    design, clusters = build_design(formula, frame), cluster_codes(frame, cluster)
    model = sm.GLM(frame["valence"].to_numpy(), design.matrix, family=sm.families.Binomial())
    result = model.fit(cov_type="cluster", cov_kwds={"groups": clusters})
    return _fit("fractional logit", formula, design, result, frame, clusters)


def fit_beta(formula: str, tracks: pd.DataFrame, cluster: str = "artist") -> Fit:
    """Fit a beta regression with constant precision [@ferrari2004], errors clustered by artist.

    Valence is first moved off 0 and 1 by (y (n - 1) + 1/2) / n [@smithson2006].

    Returns
    -------
    Fit
        With `link` "logit"; `extra["precision"]` is phi, `extra["result"]` statsmodels' result.
    """
    fractional = fit_fractional(formula, tracks, cluster)
    response = inside_unit(fractional.valence)
    start = np.append(fractional.params, np.log(_precision(fractional)))
    result = _maximise(BetaModel(response, fractional.design.matrix), start, fractional.clusters)
    extra = {"precision": float(np.exp(result.params[-1]))}
    return _fit(
        "beta regression", formula, fractional.design, result, fractional.tracks,
        fractional.clusters, extra,
    )  # fmt: skip


def inside_unit(scores: np.ndarray) -> np.ndarray:
    """Return scores moved off the bounds 0 and 1 by half a part in n [@smithson2006]."""
    size = len(scores)
    return (scores * (size - 1) + 0.5) / size


def _precision(fit: Fit) -> float:
    """Return the beta precision that matches the residual variance, a start for the search."""
    mean = fit.fitted
    return max((mean * (1 - mean)).mean() / fit.residuals.var() - 1, 1.0)


def _maximise(model: BetaModel, start: np.ndarray, clusters: np.ndarray):
    """Return the maximum of the likelihood: Newton's steps, and BFGS where they fail."""
    options = {"start_params": start, "disp": 0, "cov_type": "cluster"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        result = model.fit(method="newton", cov_kwds={"groups": clusters}, **options)
        if result.mle_retvals["converged"] and np.isfinite(result.params).all():
            return result
        return model.fit(method="bfgs", maxiter=500, cov_kwds={"groups": clusters}, **options)


def _fit(kind: str, formula: str, design: Design, result, frame, clusters, extra=None) -> Fit:
    """Return a fit on the logit scale from statsmodels' result."""
    size = design.matrix.shape[1]
    covariance = np.asarray(result.cov_params())[:size, :size]
    params = np.asarray(result.params)[:size]
    extra = {"result": result, **(extra or {})}
    return Fit(kind, "logit", formula, design, params, covariance, frame, clusters, extra)
