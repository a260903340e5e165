"""The assumptions of the linear fit: what is true of them, and what that changes."""

import numpy as np
import pandas as pd
from patsy import build_design_matrices, dmatrix
from scipy import stats

from analysis.inference.effects import (
    average_effects,
    feature_groups,
    numeric_columns,
    terms_of,
)
from analysis.inference.regression import (
    Fit,
    clustered_covariance,
    fit_ols,
    leverages,
)

GRID, TOP = 60, 10


def describe_residuals(fit: Fit) -> pd.DataFrame:
    """Return each track's residual and its influence.

    Returns
    -------
    DataFrame
        `title`, `artist`, `valence`, `fitted`, `residual`, `standardised` (internally
        studentised), `leverage`, `cook`, `normal` (the normal quantile of its rank).
    """
    size, columns = fit.design.matrix.shape
    leverage, residual = leverages(fit.design.matrix), fit.residuals
    variance = (residual**2).sum() / (size - columns)
    standardised = residual / np.sqrt(variance * (1 - leverage))
    ranks = stats.rankdata(standardised, method="ordinal")
    return fit.tracks[["title", "artist", "valence"]].assign(
        fitted=fit.fitted, residual=residual, standardised=standardised, leverage=leverage,
        cook=standardised**2 * leverage / (1 - leverage) / columns,
        normal=stats.norm.ppf((ranks - 0.5) / size),
    )  # fmt: skip


def most_influential(residuals: pd.DataFrame, most: int = TOP) -> pd.DataFrame:
    """Return the tracks with the largest Cook's distances [@cook1977]."""
    return residuals.nlargest(most, "cook").reset_index(drop=True)


def compare_without(fit: Fit, most: int = TOP) -> pd.DataFrame:
    """Fit again without the most influential tracks and compare average effects.

    Returns
    -------
    DataFrame
        `feature`, `per_sd`, `without` (both on the valence scale), `shift` (in standard errors),
        `moved`: whether the interval's relation to 0 changes.
    """
    rows = describe_residuals(fit).nlargest(most, "cook").index
    again = fit_ols(fit.formula, fit.tracks.drop(index=rows).reset_index(drop=True))
    before, after = average_effects(fit), average_effects(again)
    both = before.merge(after, on="feature", suffixes=("", "_after"))
    error = (both["per_sd_high"] - both["per_sd_low"]) / 2 / stats.norm.ppf(0.975)
    clear = [both[f"per_sd_low{s}"] * both[f"per_sd_high{s}"] > 0 for s in ("", "_after")]
    turned = both["per_sd"] * both["per_sd_after"] < 0
    return pd.DataFrame({
        "feature": both["feature"], "per_sd": both["per_sd"], "without": both["per_sd_after"],
        "shift": (both["per_sd_after"] - both["per_sd"]) / error,
        "moved": (clear[0] != clear[1]) | (turned & clear[0]),
    })  # fmt: skip


def test_assumptions(fit: Fit) -> pd.DataFrame:
    """Test equal variance, linearity and normality, each with a size beside the p-value.

    Breusch and Pagan's test in Koenker's form with the fitted value; Ramsey's RESET with squares
    and cubes of the fitted value, clustered by artist; Jarque and Bera's test, and the part of it
    that skewness has.

    Returns
    -------
    DataFrame
        `test`, `statistic`, `p`, `measure` (what the size is), `size`.
    """
    rows = [_breusch_pagan(fit), _reset(fit), _normality(fit), _skewness(fit)]
    return pd.DataFrame(rows, columns=["test", "statistic", "p", "measure", "size"])


test_assumptions.__test__ = False  # pytest would take the name for a test of its own


def _breusch_pagan(fit: Fit) -> tuple:
    """Test whether squared residuals depend on the fitted value [@koenker1981]."""
    squared, size = fit.residuals**2, len(fit.residuals)
    statistic = size * np.corrcoef(squared, fit.fitted)[0, 1] ** 2
    fifths = pd.qcut(pd.Series(fit.fitted).rank(method="first"), 5, labels=False)
    spreads = pd.Series(fit.residuals).groupby(fifths).std()
    ratio = spreads.max() / spreads.min()
    measure = "largest over smallest residual SD among fifths of the fitted values"
    return "Breusch-Pagan", statistic, stats.chi2.sf(statistic, 1), measure, ratio


def _reset(fit: Fit) -> tuple:
    """Test whether powers of the fitted value add anything [@ramsey1969]."""
    centred = (fit.fitted - fit.fitted.mean()) / fit.fitted.std()
    matrix = np.column_stack([fit.design.matrix, centred**2, centred**3])
    params, *_ = np.linalg.lstsq(matrix, fit.valence, rcond=None)
    residuals = fit.valence - matrix @ params
    covariance = clustered_covariance(matrix, residuals, fit.clusters)[-2:, -2:]
    statistic = params[-2:] @ np.linalg.solve(covariance, params[-2:]) / 2
    gain = ((fit.residuals**2).sum() - (residuals**2).sum()) / (fit.valence.var() * len(residuals))
    p = stats.f.sf(statistic, 2, fit.clusters.max())
    return "RESET", statistic, p, "R² gained by the powers", gain


def _normality(fit: Fit) -> tuple:
    """Test whether residuals are normal; the size is their excess kurtosis."""
    found = stats.jarque_bera(fit.residuals)
    size = stats.kurtosis(fit.residuals)
    return "Jarque-Bera", found.statistic, found.pvalue, "excess kurtosis", size


def _skewness(fit: Fit) -> tuple:
    """Test whether residuals are skewed, by the first of the two terms of Jarque and Bera."""
    size = stats.skew(fit.residuals)
    statistic = len(fit.residuals) * size**2 / 6
    return "skewness", statistic, stats.chi2.sf(statistic, 1), "skewness", size


def measure_collinearity(fit: Fit) -> pd.DataFrame:
    """Return generalised variance inflation factors of a fit's features [@fox1992].

    Returns
    -------
    DataFrame
        `feature`, `columns`, `gvif`, `inflation`: gvif to the power of 1 / (2 columns), by which
        a standard error is larger than if the feature were unrelated to the others.
    """
    groups = feature_groups(fit)
    positions = {name: _own_positions(fit, columns) for name, columns in groups.items()}
    used = sorted({p for place in positions.values() for p in place})
    together = np.corrcoef(fit.design.matrix[:, used], rowvar=False).reshape(len(used), -1)
    inside = {name: [used.index(p) for p in place] for name, place in positions.items() if place}
    rows = [(name, len(place), _gvif(together, place)) for name, place in inside.items()]
    frame = pd.DataFrame(rows, columns=["feature", "columns", "gvif"])
    return frame.assign(inflation=frame["gvif"] ** (1 / (2 * frame["columns"])))


def _own_positions(fit: Fit, columns) -> list[int]:
    """Return the coefficients of a feature's own terms, interactions left out."""
    own = [term for term in terms_of(fit.design, columns) if ":" not in term]
    return [p for term in own for p in fit.design.terms[term]]


def _gvif(together: np.ndarray, inside: list[int]) -> float:
    """Return det(R11) det(R22) / det(R) of a correlation matrix."""
    outside = [i for i in range(len(together)) if i not in inside]
    logs = [np.linalg.slogdet(together[np.ix_(part, part)])[1] for part in (inside, outside)]
    return float(np.exp(sum(logs) - np.linalg.slogdet(together)[1]))


def condition_numbers(fit: Fit) -> pd.DataFrame:
    """Return condition numbers: of all columns of a formula, and of its scores as one column each.

    Columns of one curve resemble each other, which makes the first large and hides nothing that
    anybody reads; the second says how far the scores themselves can be told apart [@belsley1980].

    Returns
    -------
    DataFrame
        `of`, `columns`, `number`.
    """
    scores = fit.tracks[list(numeric_columns(fit).values())].to_numpy(dtype=float)
    parts = {"all columns": fit.design.matrix, "scores": scores}
    rows = [(of, part.shape[1], condition_number(part)) for of, part in parts.items()]
    return pd.DataFrame(rows, columns=["of", "columns", "number"])


def condition_number(matrix: np.ndarray) -> float:
    """Return the ratio of the extreme singular values of columns, centred and at unit length."""
    columns = matrix[:, matrix.std(axis=0) > 0]
    if columns.shape[1] == 0:
        return 1.0
    centred = columns - columns.mean(axis=0)
    sizes = np.linalg.svd(centred / np.linalg.norm(centred, axis=0), compute_uv=False)
    return float(sizes[0] / sizes[-1])


def residual_trends(fit: Fit) -> pd.DataFrame:
    """Return smooths of the residuals against the fitted value and every score.

    Returns
    -------
    DataFrame
        `against`, `column` (that it is read from), `x`, `residual`, `spread` (the smooth of
        |residual|), over the middle 99 %.
    """
    names = numeric_columns(fit)
    values = {name: fit.tracks[column].to_numpy(float) for name, column in names.items()}
    curved = [name for name, x in values.items() if len(np.unique(x)) > 10]
    trends = [_trend("fitted value", fit.fitted, fit.residuals).assign(column="fitted value")]
    for name in curved:
        trends.append(_trend(name, values[name], fit.residuals).assign(column=names[name]))
    return pd.concat(trends, ignore_index=True)


def _trend(name: str, values: np.ndarray, residuals: np.ndarray) -> pd.DataFrame:
    """Return one smooth, a natural spline with five degrees of freedom."""
    basis = dmatrix('cr(x, df=5, constraints="center")', {"x": values})
    grid = np.linspace(*np.quantile(values, [0.005, 0.995]), GRID)
    (rows,) = build_design_matrices([basis.design_info], {"x": grid})
    both = np.column_stack([residuals, np.abs(residuals)])
    level, spread = (rows @ np.linalg.lstsq(basis, both, rcond=None)[0]).T
    return pd.DataFrame({"against": name, "x": grid, "residual": level, "spread": spread})
