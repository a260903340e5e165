"""Average effects on the valence scale, partial R² and joint tests of a fitted formula."""

import re

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit
from statsmodels.stats.multitest import multipletests

from analysis.inference.designs import Design, build_part
from analysis.inference.formulas import ANALYSIS
from analysis.inference.regression import Fit
from analysis.inference.scales import CONTEXT, FACTORS, FEATURES, STEPS

# A part of a standard deviation small enough to be a slope, large enough for floating point.
SLOPE_STEP = 1e-3
# Related features, tested together; a block is named after those of them that a formula has.
BLOCKS = (
    ("danceability", "tempo", "metre"),
    ("energy", "loudness", "acousticness"),
    ("speechiness", "instrumentalness"),
    ("liveness", "duration"),
    ("key", "mode"),
    ("genre",),
    CONTEXT,
    ("pitch and timbre",),
)


def numeric_columns(fit: Fit) -> dict[str, str]:
    """Return the features that enter a formula and the column each is read from."""
    scales = [(feature.name, s) for feature in FEATURES for s in (feature.plain, feature.shape)]
    columns = {name: scale for name, scale in scales if terms_of(fit.design, (scale,))}
    return columns | {name: name for name in CONTEXT if terms_of(fit.design, (name,))}


def terms_of(design: Design, columns) -> list[str]:
    """Return the terms of a design that read any of some columns."""
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, columns)) + r")\b")
    return [term for term, positions in design.terms.items() if positions and pattern.search(term)]


def average_effects(fit: Fit) -> pd.DataFrame:
    """Return each feature's average association with valence, all else in the formula equal.

    The slope of expected valence in the feature, averaged over the tracks [@arelbundock2024], times
    one standard deviation and times a natural step; and the average difference between the
    feature's 90th and 10th percentile, which also describes a curve that turns.

    Returns
    -------
    DataFrame
        One row a feature: `feature`, `column`, `sd`, `per_sd`, `per_sd_low`, `per_sd_high`,
        `step`, `per_step`, `per_step_low`, `per_step_high`, `span`, `span_low`, `span_high`;
        effects on the valence scale, intervals 95 % by the delta method from `fit.covariance`.
    """
    pairs = numeric_columns(fit).items()
    return pd.DataFrame([_effect(fit, feature, column) for feature, column in pairs])


def compare_sizes(fit: Fit, feature: str) -> pd.DataFrame:
    """Return by how much one feature's average effect is larger than that of each other.

    Sizes are absolute effects per standard deviation. Both come from one fit, so their difference
    has an interval of its own, which two separate intervals do not tell.

    Returns
    -------
    DataFrame
        Columns feature (the other one), larger, larger_low, larger_high: valence per standard
        deviation, intervals 95 % by the delta method.
    """
    sizes = {}
    for name, column in numeric_columns(fit).items():
        sd, slope, gradient = _average_slope(fit, column)
        sizes[name] = abs(slope) * sd, np.sign(slope) * gradient * sd
    size, along = sizes.pop(feature)
    rows = [
        {"feature": name, **_interval(fit, "larger", size - other, along - gradient)}
        for name, (other, gradient) in sizes.items()
    ]
    return pd.DataFrame(rows)


def _effect(fit: Fit, feature: str, column: str) -> dict:
    """Return one feature's average effects."""
    step, label = STEPS[column]
    sd, slope, slope_gradient = _average_slope(fit, column)
    low, high = np.quantile(fit.tracks[column].to_numpy(dtype=float), [0.1, 0.9])
    span, span_gradient = _average_difference(fit, {column: high}, {column: low})
    return {
        "feature": feature, "column": column, "sd": sd,
        **_interval(fit, "per_sd", slope * sd, slope_gradient * sd),
        "step": label,
        **_interval(fit, "per_step", slope * step, slope_gradient * step),
        **_interval(fit, "span", span, span_gradient),
    }


def _average_slope(fit: Fit, column: str) -> tuple[float, float, np.ndarray]:
    """Return a column's deviation, the average slope of valence in it, and that one's gradient."""
    values = fit.tracks[column].to_numpy(dtype=float)
    sd = values.std(ddof=1)
    width = sd * SLOPE_STEP
    up, positions = build_part(fit.design, fit.tracks.assign(**{column: values + width}), column)
    down, _ = build_part(fit.design, fit.tracks.assign(**{column: values - width}), column)
    change = (up - down) / (2 * width)
    first, second = _derivatives(fit, fit.design.matrix @ fit.params)
    along = change @ fit.params[positions]
    gradient = (second * along) @ fit.design.matrix / len(change)
    gradient[positions] += first @ change / len(change)
    return sd, (first * along).mean(), gradient


def _average_difference(fit: Fit, to: dict, since: dict):
    """Return the average difference of expected valence between two settings, and its gradient."""
    (after, gradient_after), (before, gradient_before) = (
        _average_mean(fit, setting) for setting in (to, since)
    )
    return after - before, gradient_after - gradient_before


def _average_mean(fit: Fit, setting: dict) -> tuple[float, np.ndarray]:
    """Return expected valence averaged over the tracks with one column set, and its gradient."""
    ((column, value),) = setting.items()
    # without interactions the column's terms are the same for every track: one row says all
    alone = not any(":" in term for term in terms_of(fit.design, (column,)))
    frame = fit.tracks.head(1) if alone else fit.tracks
    frame = frame.assign(**{column: _constant(frame[column], value)})
    part, positions = build_part(fit.design, frame, column)
    matrix, params = fit.design.matrix, fit.params
    part = np.broadcast_to(part, (len(matrix), len(positions)))
    predictor = matrix @ params + (part - matrix[:, positions]) @ params[positions]
    first, _ = _derivatives(fit, predictor)
    mean = expit(predictor).mean() if fit.link == "logit" else predictor.mean()
    gradient = first @ matrix / len(matrix)
    gradient[positions] = first @ part / len(matrix)
    return mean, gradient


def _constant(values: pd.Series, value):
    """Return a column of one value with the same levels."""
    if values.dtype == "category":
        return pd.Categorical([value] * len(values), values.cat.categories)
    return np.full(len(values), value)


def _derivatives(fit: Fit, predictor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and second derivative of the mean in the linear predictor."""
    if fit.link == "identity":
        return np.ones_like(predictor), np.zeros_like(predictor)
    mean = expit(predictor)
    return mean * (1 - mean), mean * (1 - mean) * (1 - 2 * mean)


def _interval(fit: Fit, name: str, estimate: float, gradient: np.ndarray) -> dict[str, float]:
    """Return an estimate with its 95 % interval, t with one less than the number of artists."""
    error = np.sqrt(max(gradient @ fit.covariance @ gradient, 0.0))
    half = stats.t.ppf(0.975, max(fit.clusters.max(), 1)) * error
    return {name: estimate, f"{name}_low": estimate - half, f"{name}_high": estimate + half}


def _levels(fit: Fit, factor: str) -> list[dict]:
    """Return the rows of one factor."""
    counts = fit.tracks[factor].value_counts()
    reference, *levels = fit.tracks[factor].cat.categories
    return [
        {"factor": factor, "level": level, "reference": reference, "tracks": int(counts[level])}
        | _interval(fit, "effect", *_average_difference(fit, {factor: level}, {factor: reference}))
        for level in levels
    ]


def feature_groups(fit: Fit) -> dict[str, tuple[str, ...]]:
    """Return each feature of a formula with the columns that carry it."""
    groups = {name: (column,) for name, column in numeric_columns(fit).items()}
    groups |= {name: (name,) for name in (*FACTORS, "genre")}
    groups |= {"pitch and timbre": tuple(term.code for term in ANALYSIS)}
    return {name: columns for name, columns in groups.items() if terms_of(fit.design, columns)}


def term_tests(fit: Fit) -> pd.DataFrame:
    """Test each feature's columns jointly, interactions included, and give its partial R².

    Wald tests with the fit's covariance in their F form, q and G-1 degrees of freedom for q columns
    and G artists [@cameron2015]; p-values also after Holm's correction over the features.

    Returns
    -------
    DataFrame
        `feature`, `columns`, `f`, `p`, `p_holm`, `partial_r2`, `r2_lost`.
    """
    groups, inverse = feature_groups(fit), _inverse_cross(fit)
    frame = pd.DataFrame([
        {"feature": name} | _wald(fit, columns) | _dropped(fit, columns, inverse)
        for name, columns in groups.items()
    ])  # fmt: skip
    return frame.assign(p_holm=multipletests(frame["p"], method="holm")[1])


def block_r2(fit: Fit) -> pd.DataFrame:
    """Return partial R² and the R² lost when a whole block of related features is dropped.

    Returns
    -------
    DataFrame
        `block`, `columns`, `partial_r2`, `r2_lost`, in order of size.
    """
    groups, inverse = feature_groups(fit), _inverse_cross(fit)
    rows = []
    for names in BLOCKS:
        held = [name for name in names if name in groups]
        if held:
            columns = [column for name in held for column in groups[name]]
            rows.append({"block": ", ".join(held)} | _dropped(fit, columns, inverse))
    return pd.DataFrame(rows).sort_values("r2_lost", ascending=False, ignore_index=True)


def _positions(fit: Fit, columns) -> list[int]:
    """Return the positions of every coefficient in terms that read some columns."""
    return [p for term in terms_of(fit.design, columns) for p in fit.design.terms[term]]


def _wald(fit: Fit, columns) -> dict[str, float]:
    """Return the joint Wald test of the coefficients that read some columns."""
    positions = _positions(fit, columns)
    chosen = fit.params[positions]
    covariance = fit.covariance[np.ix_(positions, positions)]
    f = chosen @ np.linalg.pinv(covariance, hermitian=True) @ chosen / len(positions)
    p = stats.f.sf(f, len(positions), max(fit.clusters.max(), 1))
    return {"columns": len(positions), "f": f, "p": p}


def _inverse_cross(fit: Fit) -> np.ndarray:
    """Return (X'X)⁻¹."""
    inverse = np.linalg.inv(np.linalg.qr(fit.design.matrix, mode="r"))
    return inverse @ inverse.T


def _dropped(fit: Fit, columns, inverse: np.ndarray) -> dict[str, float]:
    """Return partial R² and R² lost without some columns, from the full fit alone.

    Leaving coefficients b out of least squares adds b' C⁻¹ b to the squared error, with C their
    block of (X'X)⁻¹.
    """
    positions = _positions(fit, columns)
    block = inverse[np.ix_(positions, positions)]
    chosen = fit.params[positions]
    added = chosen @ np.linalg.solve(block, chosen)
    left = (fit.residuals**2).sum()
    total = ((fit.valence - fit.valence.mean()) ** 2).sum()
    partial = added / (added + left)
    return {"columns": len(positions), "partial_r2": partial, "r2_lost": added / total}
