"""What the final model says of each feature: size on the valence scale, tests, variance lost.

`result` is statsmodels' fit of a formula, whose covariance is used, and `frame` its tracks.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from patsy import build_design_matrices
from scipy import stats
from scipy.special import expit
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.othermod.betareg import BetaModel
from statsmodels.stats.multitest import multipletests

from analysis import SEED
from analysis.inference import ladders
from analysis.inference.ladders import Ladder, columns_of, features_of
from analysis.inference.scores import FEATURES
from analysis.tracks.splitting import grouped_folds

# A feature with a larger share of the tracks at its lowest or highest value has no slope there.
PILED = 0.1
STEP = 1e-3  # of a standard deviation: small enough to be a slope, large enough for doubles
# Tracks from which on a genre has slopes of its own, and how many genres are compared at most.
ENOUGH, GENRES = 100, 12
SCALES = {"log_": "log", "logit_": "log odds"}


def fit_clustered(formula: str, frame: pd.DataFrame):
    """Fit least squares, with a covariance clustered by `group`, the number of the artist."""
    return smf.ols(formula, frame).fit(
        cov_type="cluster", cov_kwds={"groups": frame["group"]}, use_t=True
    )


class Contrast(NamedTuple):
    """Two values of one feature, on the scale on which a formula reads it."""

    feature: str
    column: str
    low: float
    high: float
    words: str
    piled: bool


def contrasts(result, frame: pd.DataFrame) -> list[Contrast]:
    """Return for every number that a formula reads the two values that are compared.

    They are the 10th and the 90th percentile; where more than a tenth of the tracks lie at a bound,
    the bound and the median of the rest; for a flag, no and yes.
    """
    plain = {one.shape: one.plain for one in FEATURES}
    return [_contrast_of(name, frame[name], frame[plain.get(name, name)])
            for name in _numbers(_terms(result), frame)]  # fmt: skip


def _terms(result) -> list[str]:
    return [name for name in result.model.data.model_spec.term_names if name != "Intercept"]


def _numbers(codes: list[str], frame: pd.DataFrame) -> list[str]:
    read = dict.fromkeys(column for code in codes for column in columns_of(code))
    return [name for name in read if pd.api.types.is_numeric_dtype(frame[name])]


def _contrast_of(column: str, values: pd.Series, plain: pd.Series) -> Contrast:
    (feature,) = features_of(column)
    if values.nunique() == 2:
        return Contrast(feature, column, values.min(), values.max(), "no to yes", True)
    bound = max((values.min(), values.max()), key=lambda end: (values == end).mean())
    at = values == bound
    if piled := bool(at.mean() > PILED):
        low, high = bound, values[~at].median()
        ends = plain[at].median(), plain[~at].median()
    else:
        (low, high), ends = np.quantile(values, [0.1, 0.9]), np.quantile(plain, [0.1, 0.9])
    forms = [".0f" if abs(end) >= 100 else ".3g" if abs(end) >= 0.01 else ".1g" for end in ends]
    words = f"{ends[0]:{forms[0]}} to {ends[1]:{forms[1]}}".replace("-", "\N{MINUS SIGN}")
    return Contrast(feature, column, low, high, words, piled)


def summarize(result, frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a feature: sizes with 95 % intervals, joint test, variance lost without it.

    The average slope is that of expected valence over the tracks [@arelbundock2024], times one
    standard deviation of the column that the formula reads. Intervals and tests are t and F with
    one less than the number of clusters.

    Columns, in order of r2_lost: feature, scale, per_sd, per_sd_low, per_sd_high (missing for
    factors and where tracks are piled at a bound), contrast, difference, difference_low,
    difference_high (missing for factors), columns (of the design), f, p, p_holm, r2_lost.
    """
    rows = {name: _joint_test(result, name) for name in _columns_by_feature(result)}
    for one in contrasts(result, frame):
        row = rows[one.feature]
        row["scale"] = next((word for start, word in SCALES.items() if start in one.column), "")
        row["contrast"] = one.words
        change = _change(result, frame, one.column, [one.low, one.high])
        row |= _estimate(result, change, "difference")
        if not one.piled:
            step = STEP * frame[one.column].std()
            values, counts = np.unique(frame[one.column], return_counts=True)
            up, down = (_typical_rows(result, frame, one.column, values + move)
                        for move in (step, -step))  # fmt: skip
            slope = counts @ (up - down) / counts.sum()
            row |= _estimate(result, slope / (2 * STEP), "per_sd")
    table = pd.DataFrame(rows.values())
    table["p_holm"] = multipletests(table["p"], method="holm")[1]
    return table.sort_values("r2_lost", ascending=False, ignore_index=True)


def jackknife_r2_lost(result, groups, parts: int = 50) -> dict[str, float]:
    """Return the standard error of each feature's R² lost, by a jackknife over artists.

    Artists, numbered from 0 by track in `groups`, are left out in `parts` random parts.
    """
    groups = np.asarray(groups)
    own = np.random.default_rng(SEED).permutation(np.arange(groups.max() + 1) % parts)[groups]
    design = result.model.exog / np.sqrt((result.model.exog**2).mean(axis=0))
    products = ladders.CrossProducts(design, np.asarray(result.model.endog), own)
    lost = []
    for sums in products.sums.sum(axis=0) - products.sums:
        bread = np.linalg.pinv(sums[:-1, :-1], hermitian=True)
        # the design's first column is the intercept
        total = sums[-1, -1] - sums[0, -1] ** 2 / sums[0, 0]
        lost.append({name: _squares_lost(bread @ sums[:-1, -1], bread, at) / total
                     for name, at in _columns_by_feature(result).items()})  # fmt: skip
    return dict(np.sqrt((len(lost) - 1) * pd.DataFrame(lost).var(ddof=0)))


def _columns_by_feature(result) -> dict[str, list[int]]:
    """Return for each feature of a formula the places of all columns that read it."""
    slices, places = result.model.data.model_spec.term_name_slices, {}
    for term in _terms(result):
        for name in features_of(term):
            places.setdefault(name, []).extend(range(slices[term].start, slices[term].stop))
    return places


def _squares_lost(params: np.ndarray, bread: np.ndarray, at: list[int]) -> float:
    """Return by how much the sum of squared residuals grows without some columns."""
    return params[at] @ np.linalg.pinv(bread[np.ix_(at, at)], hermitian=True) @ params[at]


def _joint_test(result, feature: str) -> dict:
    """Return the Wald test of all columns that read a feature, and the R² lost without them."""
    at, valence = _columns_by_feature(result)[feature], result.model.endog
    test = result.f_test(np.eye(len(result.params))[at])
    lost = _squares_lost(np.asarray(result.params), np.asarray(result.normalized_cov_params), at)
    return {
        "feature": feature, "columns": len(at), "f": float(test.fvalue), "p": float(test.pvalue),
        "r2_lost": lost / ((valence - valence.mean()) ** 2).sum(),
    }  # fmt: skip


def _typical_rows(result, frame: pd.DataFrame, column: str, values) -> np.ndarray:
    """Return the design's rows of a typical track with one column set to each of some values."""
    # without products of two curves, the average track changes as tracks do on average
    means = {name: other.mean() for name, other in frame.select_dtypes("number").items()}
    start = frame.head(1).assign(**means)
    typical = start.loc[start.index.repeat(len(values))].reset_index(drop=True)
    info = result.model.data.model_spec
    return np.asarray(build_design_matrices([info], typical.assign(**{column: values}))[0])


def _change(result, frame: pd.DataFrame, column: str, values) -> np.ndarray:
    """Return the row whose product with the coefficients is the difference of two values."""
    return np.diff(_typical_rows(result, frame, column, values), axis=0)[0]


def _estimate(result, row: np.ndarray, name: str) -> dict[str, float]:
    found = result.t_test(row)
    low, high = found.conf_int()[0]
    return {name: float(np.squeeze(found.effect)), f"{name}_low": low, f"{name}_high": high}


def compare_sizes(result, frame: pd.DataFrame, first, second) -> dict[str, float]:
    """Return how much larger one feature's difference is than another's, whatever their signs.

    `first` and `second` are rows of `summarize`; the result has `lead`, `lead_low`, `lead_high`,
    from the joint covariance of the fit.
    """
    rows = {one.feature: _change(result, frame, one.column, [one.low, one.high])
            for one in contrasts(result, frame)}  # fmt: skip
    one, other = (np.sign(row["difference"]) * rows[row["feature"]] for row in (first, second))
    return _estimate(result, one - other, "lead")


def level_differences(result, frame: pd.DataFrame, factor: str) -> pd.DataFrame:
    """Return how far each level of a factor lies from the mean over the tracks, all else equal.

    Columns level, tracks, difference, difference_low, difference_high, highest first.
    """
    levels = frame[factor].cat.categories
    counts = frame[factor].value_counts()[levels]
    rows = _typical_rows(result, frame, factor, pd.Categorical(levels, levels))
    rows = rows - counts.to_numpy() @ rows / counts.sum()
    table = pd.DataFrame([_estimate(result, row, "difference") for row in rows])
    table.insert(0, "level", levels)
    table.insert(1, "tracks", counts.to_numpy())
    return table.sort_values("difference", ascending=False, ignore_index=True)


def compare_models(models: dict, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the same differences in valence from models of one formula, by their names.

    They are least squares, mixed, binomial or beta models of statsmodels; the mean of the last two
    is a logistic function of the formula, and differences are averaged over the tracks. Columns
    model, feature, column, difference, difference_low, difference_high (95 %, by the delta method
    from each model's covariance).
    """
    (first, *_), rows = models.values(), []
    info = first.model.data.model_spec
    size = len(info.column_names)
    for one in contrasts(first, frame):
        for name, model in models.items():
            params = np.asarray(getattr(model, "fe_params", model.params))[:size]
            covariance = np.asarray(model.cov_params())[:size, :size]
            means, gradients = [], []
            for value in (one.low, one.high):
                if isinstance(model.model, GLM | BetaModel):
                    changed = frame.assign(**{one.column: value})
                    matrix = np.asarray(build_design_matrices([info], changed)[0])
                    expected = expit(matrix @ params)
                    slope = expected * (1 - expected)
                else:
                    matrix = _typical_rows(first, frame, one.column, [value])
                    expected, slope = matrix @ params, np.ones(1)
                means.append(expected.mean())
                gradients.append(slope @ matrix / len(matrix))
            difference, gradient = means[1] - means[0], gradients[1] - gradients[0]
            half = stats.norm.ppf(0.975) * np.sqrt(gradient @ covariance @ gradient)
            ends = difference - half, difference + half
            rows.append((name, one.feature, one.column, difference, *ends))
    names = ["model", "feature", "column", "difference", "difference_low", "difference_high"]
    return pd.DataFrame(rows, columns=names)


def fit_beta(formula: str, frame: pd.DataFrame, start, **covariance):
    """Fit a beta regression with constant precision [@ferrari2004].

    Valence is first moved off 0 and 1 by (y (n - 1) + 1/2) / n [@smithson2006]. The search begins
    at `start`, the p coefficients of a logistic mean; `covariance` is statsmodels' `cov_type` and
    `cov_kwds`.
    """
    size = len(frame)
    inside = frame.assign(inside=(frame["valence"] * (size - 1) + 0.5) / size)
    model = BetaModel.from_formula(formula.replace("valence", "inside", 1), inside)
    options = {"start_params": [*start, np.log(5.0)], "disp": 0, **covariance}
    result = model.fit(method="newton", **options)
    if result.mle_retvals["converged"] and np.isfinite(result.params).all():
        return result
    return model.fit(method="bfgs", maxiter=500, **options)


def compare_genre_slopes(formula: str, frame: pd.DataFrame) -> dict | None:
    """Test whether the scores' slopes differ between genres: a joint, clustered Wald test.

    To the formula is added the product of each number that it reads with each genre but one. A
    genre needs `ENOUGH` tracks, and of many genres the largest are taken; a test of more products
    than a tenth of the number of artists would find differences by chance too often. The result has
    genres, products, f, p, and gains, what the products add to R² in each of ten folds of whole
    artists; it is None where a table has too few genres or artists.
    """
    counts = frame["genre"].value_counts() if "genre" in frame else pd.Series(dtype=int)
    large = counts.index[counts >= ENOUGH][:GENRES]
    if len(large) < 2:
        return None
    tracks = ladders.keep_levels(frame[frame["genre"].isin(large)])
    numbers = [
        x for x in _numbers(formula.split("~ ")[1].split(" + "), tracks) if tracks[x].nunique() > 1
    ]
    products = {
        f"product_{place}_{level}": (tracks["genre"] == genre) * (tracks[x] - tracks[x].mean())
        for place, x in enumerate(numbers) for level, genre in enumerate(large[1:])
    }  # fmt: skip
    if not products or tracks["group"].nunique() < 10 * len(products):
        return None
    tracks = pd.concat([tracks, pd.DataFrame(products)], axis=1)
    fit = fit_clustered(" + ".join([formula, "genre", *products]), tracks)
    own = np.isin(fit.model.exog_names, list(products))
    test = fit.f_test(np.eye(len(own))[own])
    design = fit.model.exog / np.sqrt((fit.model.exog**2).mean(axis=0))
    folds = grouped_folds(tracks, n_folds=10)
    sums = ladders.CrossProducts.by_fold(design, fit.model.endog, folds)
    gains = sums.r2_by_part(list(range(len(own)))) - sums.r2_by_part(list(np.flatnonzero(~own)))
    return {
        "genres": len(large), "products": len(products),
        "f": float(test.fvalue), "p": float(test.pvalue), "gains": gains,
    }  # fmt: skip


def add_one_by_one(ladder: Ladder, formula: str) -> pd.DataFrame:
    """Return what each feature that a formula lacks would add to it, one feature at a time.

    Rows, if any, are those of `summarize` without corrected p-values, for features of the ladder;
    r2_lost is what one adds to R². For a factor of two levels, difference is that between them.
    """
    frame, rows = ladder.frame, []
    read = {name for code in formula.split("~ ")[1].split(" + ") for name in features_of(code)}
    lacking = {}
    for term in ladder.terms:
        (name, *others) = features_of(term)
        if not others and name not in read:
            lacking.setdefault(name, term)  # of a score's shapes the first, a straight line
    for name, term in lacking.items():
        fit = fit_clustered(f"{formula} + {term}", frame)
        row, values = {"contrast": "", "difference": np.nan} | _joint_test(fit, name), []
        if pd.api.types.is_numeric_dtype(frame[term]):
            (one,) = [one for one in contrasts(fit, frame) if one.column == term]
            row["contrast"], values = one.words, [one.low, one.high]
        elif len(levels := list(frame[term].cat.categories)) == 2:
            row["contrast"], values = " to ".join(levels), pd.Categorical(levels, levels)
        if len(values):
            row |= _estimate(fit, _change(fit, frame, term, values), "difference")
        rows.append(row)
    return pd.DataFrame(rows).sort_values("r2_lost", ascending=False) if rows else pd.DataFrame()


def suppressed(slopes: pd.DataFrame) -> list[str]:
    """Return the scores whose slope is clear of zero alone and with others equal, signs opposed."""
    clear = slopes[slopes["low"] * slopes["high"] > 0].set_index("feature")
    alone, equal = (clear.loc[clear["kind"] == kind, "slope"] for kind in ("alone", "others equal"))
    product = alone * equal
    return sorted(product.index[product < 0])


def intraclass(mixed) -> dict[str, float]:
    """Return the share of a mixed model's variance that lies between groups (ICC), with 95 % CI.

    icc_low and icc_high are by the delta method for the logarithm of the ratio of the two
    variances; missing where the variance between groups is estimated as 0.
    """
    ratio, error = max(float(mixed.cov_re.iloc[0, 0] / mixed.scale), 0.0), mixed.bse.iloc[-1]
    low = high = np.nan
    if ratio > 0 and np.isfinite(error):
        low, high = expit(np.log(ratio) + stats.norm.ppf([0.025, 0.975]) * error / ratio)
    return {"icc": ratio / (1 + ratio), "icc_low": low, "icc_high": high}


def disagreeing(beside: pd.DataFrame) -> list[str]:
    """Return the features in which models disagree on whether a difference is above or below 0.

    Models agree where all intervals of `compare_models` lie on one side of 0, or all hold it.
    """
    side = np.sign(beside["difference_low"]) + np.sign(beside["difference_high"])
    split = side.groupby(beside["column"]).transform("nunique") > 1
    return list(beside.loc[split, "feature"].unique())


def answer(ladder: Ladder) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose a formula and fit it: what `compare_candidates` and `summarize` return."""
    compared = ladders.compare_candidates(ladder, grouped_folds(ladder.frame, n_folds=10))
    chosen = compared.loc[compared["chosen"], "formula"].iloc[0]
    return compared, summarize(fit_clustered(chosen, ladder.frame), ladder.frame)


def rank(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the features that have a difference, the largest first."""
    sized = effects.dropna(subset=["difference"])
    return sized.sort_values("difference", key=abs, ascending=False, ignore_index=True)
