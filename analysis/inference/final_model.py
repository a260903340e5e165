"""What the final model says of each feature: size on the valence scale, tests, variance lost.

Everything is read from statsmodels results of patsy formulas; covariances are those of the fit.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from patsy import build_design_matrices
from scipy import stats
from scipy.special import expit
from statsmodels.othermod.betareg import BetaModel
from statsmodels.stats.multitest import multipletests

from analysis import SEED
from analysis.inference.ladders import (
    CrossProducts,
    Ladder,
    build_ladder,
    columns_of,
    compare_candidates,
    features_of,
    keep_levels,
)
from analysis.inference.scores import FEATURES
from analysis.tracks.splitting import grouped_folds

# A feature with a larger share of the tracks at its lowest or highest value has no slope there.
PILED = 0.1
STEP = 1e-3  # of a standard deviation: small enough to be a slope, large enough for doubles
# Tracks from which on a genre has slopes of its own.
ENOUGH = 100
SCALES = {"log_": "log", "logit_": "log odds"}


@dataclass(frozen=True)
class Contrast:
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

    Parameters
    ----------
    result : statsmodels results of a formula
    frame : DataFrame
        The tracks that it was fitted to.
    """
    read = dict.fromkeys(code for term in terms(result) for code in columns_of(term))
    plain = {one.shape: one.plain for one in FEATURES}
    numbers = [code for code in read if pd.api.types.is_numeric_dtype(frame[code])]
    return [_contrast(code, frame[code], frame[plain.get(code, code)]) for code in numbers]


def terms(result) -> list[str]:
    """Return the names of a formula's terms, the intercept left out."""
    return [name for name in _info(result).term_names if name != "Intercept"]


def _info(result):
    """Return patsy's description of the design."""
    return result.model.data.model_spec


def _contrast(column: str, values: pd.Series, plain: pd.Series) -> Contrast:
    """Return the comparison of one column; words are in the feature's own values."""
    (feature,) = features_of(column)
    if values.nunique() == 2:
        return Contrast(feature, column, values.min(), values.max(), "no to yes", True)
    shares = {end: (values == end).mean() for end in (values.min(), values.max())}
    bound = max(shares, key=shares.get)
    if shares[bound] <= PILED:
        low, high = np.quantile(values, [0.1, 0.9])
        words = _range(*np.quantile(plain, [0.1, 0.9]))
        return Contrast(feature, column, low, high, words, False)
    rest = values != bound
    words = _range(plain[~rest].median(), plain[rest].median())
    return Contrast(feature, column, bound, values[rest].median(), words, True)


def _range(low: float, high: float) -> str:
    """Return two values in words, with a true minus sign."""
    ends = (f"{end:.3g}" if abs(end) >= 0.01 else f"{end:.1g}" for end in (low, high))
    return " to ".join(ends).replace("-", "\N{MINUS SIGN}")


def summarize(result, frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a feature: sizes with 95 % intervals, joint test, variance lost without it.

    The average slope is that of expected valence over the tracks [@arelbundock2024], times one
    standard deviation of the column that the formula reads. Intervals and tests are those of the
    covariance that `result` was fitted with (t and F with one less than the number of clusters).

    Returns
    -------
    DataFrame
        `feature`, `scale`, `per_sd`, `per_sd_low`, `per_sd_high` (missing for factors and where
        tracks are piled at a bound), `contrast`, `difference`, `difference_low`,
        `difference_high` (missing for factors), `columns`, `f`, `p`, `p_holm`, `r2_lost`; in order
        of `r2_lost`.
    """
    rows = {name: _joint_test(result, name) for name in _features(result)}
    for one in contrasts(result, frame):
        row = rows[one.feature]
        row["scale"] = next((word for start, word in SCALES.items() if start in one.column), "")
        change = _change(result, frame, one)
        row |= {"contrast": one.words} | _estimate(result, change, "difference")
        if not one.piled:
            row |= _estimate(result, _average_slope(result, frame, one.column), "per_sd")
    table = pd.DataFrame(rows.values())
    table["p_holm"] = multipletests(table["p"], method="holm")[1]
    return table.sort_values("r2_lost", ascending=False, ignore_index=True)


def jackknife_r2_lost(result, groups, parts: int = 50, seed: int = SEED) -> dict[str, float]:
    """Return the standard error of each feature's R² lost, by a jackknife over artists.

    Artists are divided at random into `parts`, and each part is left out once; a fit without it
    takes cross-products only.

    Parameters
    ----------
    result : statsmodels results of a formula
    groups : array of length n
        The number of each track's artist, from 0.
    """
    groups = np.asarray(groups)
    own = np.random.default_rng(seed).permutation(np.arange(groups.max() + 1) % parts)[groups]
    design = result.model.exog / np.sqrt((result.model.exog**2).mean(axis=0))
    products = CrossProducts(design, np.asarray(result.model.endog), own)
    whole = products.sums.sum(axis=0)
    lost = pd.DataFrame([_r2_lost(result, whole - part) for part in products.sums])
    return dict(np.sqrt((len(lost) - 1) * lost.var(ddof=0)))


def _r2_lost(result, sums: np.ndarray) -> dict[str, float]:
    """Return the R² lost without each feature, from cross-products with valence in the last row."""
    bread = np.linalg.pinv(sums[:-1, :-1], hermitian=True)
    params = bread @ sums[:-1, -1]
    # the design's first column is the intercept
    total = sums[-1, -1] - sums[0, -1] ** 2 / sums[0, 0]
    lost = {}
    for name in _features(result):
        at = _places(result, name)
        block = np.linalg.pinv(bread[np.ix_(at, at)], hermitian=True)
        lost[name] = params[at] @ block @ params[at] / total
    return lost


def _features(result) -> list[str]:
    """Return the features of a formula."""
    return list(dict.fromkeys(name for term in terms(result) for name in features_of(term)))


def _places(result, feature: str) -> list[int]:
    """Return the places of all columns that read a feature."""
    slices = _info(result).term_name_slices
    parts = [slices[term] for term in terms(result) if feature in features_of(term)]
    return [place for part in parts for place in range(part.start, part.stop)]


def _joint_test(result, feature: str) -> dict:
    """Return the Wald test of all columns that read a feature, and the R² lost without them."""
    places = _places(result, feature)
    test = result.f_test(np.eye(len(result.params))[places])
    chosen = np.asarray(result.params)[places]
    block = np.asarray(result.normalized_cov_params)[np.ix_(places, places)]
    valence = result.model.endog
    lost = chosen @ np.linalg.pinv(block, hermitian=True) @ chosen
    return {
        "feature": feature, "columns": len(places), "f": float(test.fvalue),
        "p": float(test.pvalue), "r2_lost": lost / ((valence - valence.mean()) ** 2).sum(),
    }  # fmt: skip


def _typical(frame: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Return rows with every number at its mean.

    A formula without products of two curves changes with one feature by the same amount for the
    average track as on average over the tracks.
    """
    means = {name: values.mean() for name, values in frame.select_dtypes("number").items()}
    start = frame.head(1).assign(**means)
    return start.loc[start.index.repeat(rows)].reset_index(drop=True)


def _rows(result, frame: pd.DataFrame, column: str, values) -> np.ndarray:
    """Return the design's rows of a typical track with one column set to each of some values."""
    changed = _typical(frame, len(values)).assign(**{column: values})
    return np.asarray(build_design_matrices([_info(result)], changed)[0])


def _change(result, frame: pd.DataFrame, one: Contrast) -> np.ndarray:
    """Return the row whose product with the coefficients is the difference of a contrast."""
    return np.diff(_rows(result, frame, one.column, [one.low, one.high]), axis=0)


def compare_sizes(result, frame: pd.DataFrame, first, second) -> dict[str, float]:
    """Return how much larger one feature's difference is than another's, whatever their signs.

    Parameters
    ----------
    result : statsmodels results of a formula
    frame : DataFrame
        The tracks that it was fitted to.
    first, second : Series
        Two rows of `summarize`.

    Returns
    -------
    dict
        `lead`, `lead_low`, `lead_high`, from the joint covariance of the fit.
    """
    rows = {one.feature: _change(result, frame, one) for one in contrasts(result, frame)}
    one, other = (np.sign(row["difference"]) * rows[row["feature"]] for row in (first, second))
    return _estimate(result, one - other, "lead")


def _average_slope(result, frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return the row whose product with the coefficients is the average slope times the SD."""
    values = frame[column].to_numpy(dtype=float)
    sd = values.std(ddof=1)
    up, down = (_rows(result, frame, column, values + way * STEP * sd) for way in (1, -1))
    return (up - down).mean(axis=0, keepdims=True) / (2 * STEP)


def _estimate(result, row: np.ndarray, name: str) -> dict[str, float]:
    """Return a linear combination of the coefficients with its 95 % interval."""
    found = result.t_test(row)
    low, high = found.conf_int()[0]
    return {name: float(np.squeeze(found.effect)), f"{name}_low": low, f"{name}_high": high}


def level_differences(result, frame: pd.DataFrame, factor: str) -> pd.DataFrame:
    """Return how far each level of a factor lies from the mean over the tracks, all else equal.

    Returns
    -------
    DataFrame
        `level`, `tracks`, `difference`, `difference_low`, `difference_high`, highest first.
    """
    levels, counts = frame[factor].cat.categories, frame[factor].value_counts()
    typical = _typical(frame, len(levels))
    typical[factor] = pd.Categorical(levels, levels)
    rows = np.asarray(build_design_matrices([_info(result)], typical)[0])
    rows = rows - counts[levels].to_numpy() @ rows / counts.sum()
    found = [
        {"level": level, "tracks": int(counts[level])} | _estimate(result, row[None], "difference")
        for level, row in zip(levels, rows, strict=True)
    ]
    return pd.DataFrame(found).sort_values("difference", ascending=False, ignore_index=True)


def compare_models(models: dict, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the same differences in valence from models of one formula.

    Parameters
    ----------
    models : dict of str to statsmodels results
        Least squares, mixed, binomial or beta models; the mean of the last two is a logistic
        function of the formula, and differences are averaged over the tracks.
    frame : DataFrame
        The tracks that they were fitted to.

    Returns
    -------
    DataFrame
        `model`, `feature`, `column`, `contrast`, `difference`, `difference_low`,
        `difference_high`; intervals 95 %, by the delta method from each model's covariance.
    """
    (first, *_) = models.values()
    rows = [
        {"model": name, "feature": one.feature, "column": one.column, "contrast": one.words}
        | _average_difference(model, _info(first), frame, one)
        for one in contrasts(first, frame) for name, model in models.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _average_difference(model, info, frame: pd.DataFrame, one: Contrast) -> dict[str, float]:
    """Return the average difference in expected valence between a contrast's two values."""
    size = len(info.column_names)
    params = np.asarray(getattr(model, "fe_params", model.params))[:size]
    covariance = np.asarray(model.cov_params())[:size, :size]
    logistic = hasattr(model.model, "family") or type(model.model).__name__ == "BetaModel"
    mean, gradient = 0.0, np.zeros(size)
    for sign, value in ((1, one.high), (-1, one.low)):
        tracks = frame if logistic else _typical(frame, 1)
        matrix = np.asarray(build_design_matrices([info], tracks.assign(**{one.column: value}))[0])
        expected = expit(matrix @ params) if logistic else matrix @ params
        slope = expected * (1 - expected) if logistic else np.ones(len(matrix))
        mean, gradient = (
            mean + sign * expected.mean(),
            gradient + sign * slope @ matrix / len(matrix),
        )
    half = stats.norm.ppf(0.975) * np.sqrt(gradient @ covariance @ gradient)
    return {"difference": mean, "difference_low": mean - half, "difference_high": mean + half}


def fit_beta(formula: str, frame: pd.DataFrame, start, **covariance):
    """Fit a beta regression with constant precision [@ferrari2004].

    Valence is first moved off 0 and 1 by (y (n - 1) + 1/2) / n [@smithson2006].

    Parameters
    ----------
    formula : str
    frame : DataFrame
    start : array of shape (p,)
        Coefficients of a logistic mean, where the search begins.
    **covariance
        `cov_type` and `cov_kwds` of statsmodels' `fit`.
    """
    size = len(frame)
    inside = frame.assign(inside=(frame["valence"] * (size - 1) + 0.5) / size)
    model = BetaModel.from_formula(formula.replace("valence", "inside", 1), inside)
    options = {"start_params": [*start, np.log(5.0)], "disp": 0, **covariance}
    result = model.fit(method="newton", **options)
    if result.mle_retvals["converged"] and np.isfinite(result.params).all():
        return result
    return model.fit(method="bfgs", maxiter=500, **options)


def compare_genre_slopes(formula: str, frame: pd.DataFrame, most: int = 12) -> dict | None:
    """Test whether the scores' slopes differ between genres: a joint, clustered Wald test.

    To the formula is added the product of each number that it reads with each genre but one. A
    genre needs `ENOUGH` tracks, and of many genres the largest are taken; a test of more products
    than a tenth of the number of artists would find differences by chance too often.

    Returns
    -------
    dict or None
        `genres`, `products`, `f`, `p`, and `gain`, `gain_se`, what the products add to R² over ten
        folds of whole artists; None where a table has too few genres or artists.
    """
    counts = frame["genre"].value_counts() if "genre" in frame else pd.Series(dtype=int)
    large = list(counts.index[counts >= ENOUGH][:most])
    tracks = keep_levels(frame[frame["genre"].isin(large)]) if len(large) > 1 else frame[:0]
    codes = formula.split("~")[1].split(" + ")
    read = dict.fromkeys(column for code in codes for column in columns_of(code.strip()))
    numbers = [name for name in read if name in tracks and tracks[name].nunique() > 1
               and pd.api.types.is_numeric_dtype(tracks[name])]  # fmt: skip
    centred = {name: tracks[name] - tracks[name].mean() for name in numbers}
    products = {
        f"product_{place}_{level}": (tracks["genre"] == genre) * centred[name]
        for place, name in enumerate(numbers) for level, genre in enumerate(large[1:])
    }  # fmt: skip
    if not products or tracks["group"].nunique() < 10 * len(products):
        return None
    tracks = pd.concat([tracks, pd.DataFrame(products)], axis=1)
    fit = smf.ols(" + ".join([formula, "genre", *products]), tracks).fit(
        cov_type="cluster", cov_kwds={"groups": tracks["group"]}, use_t=True
    )
    own = [fit.model.exog_names.index(name) for name in products]
    test = fit.f_test(np.eye(len(fit.params))[own])
    gains = _gains(fit, own, grouped_folds(tracks, n_folds=10))
    return {
        "genres": len(large), "products": len(products),
        "f": float(test.fvalue), "p": float(test.pvalue),
        "gain": gains.mean(), "gain_se": gains.std(ddof=1) / np.sqrt(len(gains)),
    }  # fmt: skip


def _gains(result, columns: list[int], folds: list) -> np.ndarray:
    """Return what some columns of a fit add to R² on each fold."""
    parts = np.empty(len(result.model.endog), dtype=int)
    for number, (_, validation) in enumerate(folds):
        parts[validation] = number
    design = result.model.exog / np.sqrt((result.model.exog**2).mean(axis=0))
    products, whole = CrossProducts(design, result.model.endog, parts), range(design.shape[1])
    rest = [place for place in whole if place not in set(columns)]
    return products.r2_by_part(list(whole)) - products.r2_by_part(rest)


def add_one_by_one(ladder: Ladder, formula: str) -> pd.DataFrame:
    """Return what each feature that a formula lacks would add to it, one feature at a time.

    Parameters
    ----------
    ladder : Ladder
        Its terms say which features there are.
    formula : str

    Returns
    -------
    DataFrame
        As `summarize` returns it, a row a feature that was added, without corrected p-values;
        `r2_lost` is what it adds to R². For a factor of two levels, `difference` is that between
        them. Without rows where the formula lacks nothing.
    """
    frame, codes = ladder.frame, formula.split("~")[1].split(" + ")
    read = {name for code in codes for name in features_of(code.strip())}
    lacking, scores = {}, {one.name for one in FEATURES}
    for term in ladder.terms:
        (name, *others) = features_of(term)
        # a score has a term of each shape, of which the first is enough
        if not others and name not in read and not (name in scores and name in lacking):
            lacking.setdefault(name, []).append(term)
    rows = []
    for name, extra in lacking.items():
        fit = smf.ols(" + ".join([formula, *extra]), frame).fit(
            cov_type="cluster", cov_kwds={"groups": frame["group"]}, use_t=True
        )
        rows.append(_added(fit, frame, name, extra))
    return pd.DataFrame(rows).sort_values("r2_lost", ascending=False) if rows else pd.DataFrame()


def _added(fit, frame: pd.DataFrame, name: str, terms_of_it: list[str]) -> dict:
    """Return the row of a feature that was added to a formula."""
    row = {"contrast": "", "difference": np.nan} | _joint_test(fit, name)
    (column, *more) = terms_of_it
    if more:
        return row
    if pd.api.types.is_numeric_dtype(frame[column]):
        (one,) = [one for one in contrasts(fit, frame) if one.column == column]
        return (
            row | {"contrast": one.words} | _estimate(fit, _change(fit, frame, one), "difference")
        )
    levels = list(frame[column].cat.categories)
    if len(levels) == 2:
        typical = _typical(frame, 2)
        typical[column] = pd.Categorical(levels, levels)
        ends = np.asarray(build_design_matrices([_info(fit)], typical)[0])
        row |= {"contrast": " to ".join(levels)}
        row |= _estimate(fit, np.diff(ends, axis=0), "difference")
    return row


def suppressed(slopes: pd.DataFrame) -> list[str]:
    """Return the scores whose slope is clear of zero alone and with others equal, signs opposed."""
    clear = slopes[slopes["low"] * slopes["high"] > 0]
    wide = clear[clear["kind"] != "within one genre"].pivot_table(
        index="feature", columns="kind", values="slope"
    )
    if not {"alone", "others equal"} <= set(wide):
        return []
    return list(wide.index[wide["alone"] * wide["others equal"] < 0])


def intraclass(mixed) -> dict[str, float]:
    """Return the share of a mixed model's variance that lies between groups (ICC).

    Returns
    -------
    dict
        `icc`, `icc_low`, `icc_high`: 95 %, by the delta method for the logarithm of the ratio of
        the two variances; missing where the variance between groups is estimated as 0.
    """
    ratio = float(mixed.cov_re.iloc[0, 0] / mixed.scale)
    if not ratio > 0 or not np.isfinite(error := float(mixed.bse.iloc[-1])):
        return {
            "icc": max(ratio, 0.0) / (1 + max(ratio, 0.0)),
            "icc_low": np.nan,
            "icc_high": np.nan,
        }
    ends = np.log(ratio) + stats.norm.ppf([0.025, 0.975]) * error / ratio
    low, high = expit(ends)
    return {"icc": ratio / (1 + ratio), "icc_low": low, "icc_high": high}


def disagreeing(beside: pd.DataFrame) -> list[str]:
    """Return the features in which models disagree on whether a difference is above or below 0.

    Models agree where all their intervals lie on one side of 0, or all hold it; `beside` is what
    `compare_models` returns.
    """
    side = np.sign(beside["difference_low"]) + np.sign(beside["difference_high"])
    split = side.groupby(beside["column"]).transform("nunique") > 1
    return list(beside.loc[split, "feature"].unique())


def answer(train: pd.DataFrame) -> dict:
    """Return question 1's answer for a table: the steps of the report's chapter, one after another.

    Returns
    -------
    dict
        `formula`, `cv_r2` of the final model, and `effects`, what `summarize` returns.
    """
    ladder = build_ladder(train)
    compared = compare_candidates(ladder, grouped_folds(ladder.frame, n_folds=10))
    chosen = compared[compared["chosen"]].iloc[0]
    fit = smf.ols(chosen["formula"], ladder.frame).fit(
        cov_type="cluster", cov_kwds={"groups": ladder.frame["group"]}, use_t=True
    )
    found = summarize(fit, ladder.frame)
    return {"formula": chosen["formula"], "cv_r2": chosen["cv_r2"], "effects": found}


def rank(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the features that have a difference, the largest first."""
    sized = effects.dropna(subset=["difference"])
    return sized.sort_values("difference", key=abs, ascending=False, ignore_index=True)
