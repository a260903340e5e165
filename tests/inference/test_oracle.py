"""The same models in R: lm, sandwich, lmtest, glm, glmmTMB, lme4, mgcv, car.

`oracle/oracle.R` made the numbers, with the versions stored beside them.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from simulated_tracks import read_oracle, read_tracks

from analysis.inference import bounded, concurvity, diagnostics, effects, mixed, pooling, regression

FORMULA = "valence ~ danceability + energy + loudness + mode + genre + danceability:energy"
# Closed forms agree to rounding; searches agree to where each of the two stops.
EXACT = {"rtol": 1e-8, "atol": 1e-10}
SEARCH = {"rtol": 1e-6, "atol": 1e-8}
# eleven standard deviations, some flat: both searches stop where the likelihood hardly moves
LONG_SEARCH = {"rtol": 1e-5, "atol": 1e-6}


@pytest.fixture(scope="module")
def oracle():
    """Return R's numbers."""
    return read_oracle()


@pytest.fixture(scope="module")
def tracks():
    """Return the tracks that R read."""
    return read_tracks()


@pytest.fixture(scope="module")
def ols(tracks):
    """Return the linear fit."""
    return regression.fit_ols(FORMULA, tracks)


def in_patsy_order(values: dict) -> np.ndarray:
    """Return R's coefficients in patsy's order, factors first."""
    order = ["(Intercept)", "modemajor", "genrefolk", "genrepop",
             "danceability", "energy", "loudness", "danceability:energy"]  # fmt: skip
    return np.array([values[name] for name in order])


def test_least_squares_and_every_error(ols, oracle):
    table, expected = regression.coefficients(ols), oracle["lm"]
    np.testing.assert_allclose(table["estimate"], in_patsy_order(expected["coef"]), **EXACT)
    for kind in ("classical", "hc3", "clustered"):
        found = table[f"{kind}_error"]
        np.testing.assert_allclose(found, in_patsy_order(expected[kind]), **EXACT)


def test_criteria(ols, oracle):
    # statsmodels does not count the error variance as a parameter, R does
    result = ols.extra["result"]
    found = [result.rsquared_adj, result.aic, result.bic]
    expected = [oracle["lm"][name] for name in ("adjusted_r2", "aic", "bic")]
    np.testing.assert_allclose(found, expected, **EXACT)


def test_influence(ols, oracle):
    table = diagnostics.describe_residuals(ols)
    for column, name in (("leverage", "hat"), ("standardised", "standardised"), ("cook", "cook")):
        np.testing.assert_allclose(table[column], oracle["lm"][name], **EXACT)


def test_joint_test_and_partial_r2(ols, oracle):
    genre = effects.term_tests(ols).set_index("feature").loc["genre"]
    expected = oracle["wald"]["genre_f"], oracle["wald"]["genre_partial_r2"]
    np.testing.assert_allclose((genre["f"], genre["partial_r2"]), expected, **EXACT)


def test_breusch_pagan_and_reset(ols, oracle):
    table = diagnostics.test_assumptions(ols).set_index("test")
    statistic = table.loc["Breusch-Pagan", "statistic"]
    np.testing.assert_allclose(statistic, oracle["tests"]["breusch_pagan"], **EXACT)
    # ours is clustered, R's is not: what both share is the R² that the powers gain
    gain = table.loc["RESET", "size"]
    size, columns = ols.design.matrix.shape
    left = 1 - ols.extra["result"].rsquared - gain
    f = gain / 2 / (left / (size - columns - 2))
    np.testing.assert_allclose(f, oracle["tests"]["reset_f"], rtol=1e-6)


def test_generalised_inflation(tracks, oracle):
    plain = "valence ~ danceability + energy + loudness + mode + genre"
    fit = regression.fit_ols(plain, tracks)
    table = diagnostics.measure_collinearity(fit).set_index("feature")["gvif"]
    expected = pd.Series(oracle["vif"])
    np.testing.assert_allclose(table[expected.index], expected, **EXACT)


def test_fractional_logit(tracks, oracle):
    fit = bounded.fit_fractional(FORMULA, tracks)
    expected = oracle["fractional"]
    np.testing.assert_allclose(fit.params, in_patsy_order(expected["coef"]), rtol=1e-6)
    errors = np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(errors, in_patsy_order(expected["clustered"]), rtol=1e-6)


def test_beta_regression(tracks, oracle):
    fit = bounded.fit_beta(FORMULA, tracks)
    np.testing.assert_allclose(fit.params, in_patsy_order(oracle["beta"]["coef"]), **SEARCH)
    assert fit.extra["precision"] == pytest.approx(oracle["beta"]["precision"], rel=1e-6)
    assert fit.extra["result"].llf == pytest.approx(oracle["beta"]["loglik"], abs=1e-6)


def test_mixed_model(tracks, oracle):
    fit, expected = mixed.fit_mixed(FORMULA, tracks), oracle["mixed"]
    np.testing.assert_allclose(fit.params, in_patsy_order(expected["coef"]), **SEARCH)
    errors = np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(errors, in_patsy_order(expected["error"]), **SEARCH)
    for name in ("artist_sd", "residual_sd", "icc", "marginal_r2", "conditional_r2"):
        assert fit.extra[name] == pytest.approx(expected[name], rel=1e-6), name
    assert fit.extra["reml"] == pytest.approx(expected["reml"], abs=1e-6)
    ours = fit.extra["artists"].set_index("artist")["intercept"]
    theirs = pd.Series(expected["intercepts"])
    np.testing.assert_allclose(ours[theirs.index], theirs, **SEARCH)


@pytest.fixture(scope="module")
def pooled(tracks):
    """Return slopes of genres that cross artists, made of the row numbers as in R."""
    style = np.arange(len(tracks)) % 5
    bent = (style - 2) * (tracks["danceability"] - 0.6) + (style == 1) * tracks["energy"]
    valence = tracks["valence"] + 0.1 * bent
    genre = pd.Categorical(style.astype(str))
    return pooling.genre_slopes.fresh(tracks.assign(valence=valence, genre=genre))


def test_genre_slopes_and_their_errors(pooled, oracle):
    expected, half = oracle["joint"], norm.ppf(0.975)
    for feature, part in pooled.slopes.groupby("feature", sort=False):
        np.testing.assert_allclose(part["slope"], expected["slope"][feature], **LONG_SEARCH)
        errors = (part["slope_high"] - part["slope"]) / half
        np.testing.assert_allclose(errors, expected["error"][feature], **LONG_SEARCH)
        top = part.iloc[0]
        found = top["mean"], (top["mean_high"] - top["mean"]) / half, top["spread"] ** 2
        stored = (expected[name][feature] for name in ("mean", "mean_error", "variances"))
        np.testing.assert_allclose(found, tuple(stored), **LONG_SEARCH)


def test_shares_of_the_joint_model(pooled, oracle):
    found, variances = pooled.shares.iloc[0], dict(oracle["joint"]["variances"])
    levels, artists = variances.pop("(Intercept)"), variances.pop("artist")
    residual, slopes = variances.pop("residual"), sum(variances.values())
    parts = {"scores": oracle["joint"]["scores"], "levels": levels, "artists": artists,
             "slopes": slopes * 299 / 300, "residual": residual}  # fmt: skip
    total = sum(parts.values())
    for name, part in parts.items():
        assert found[name] == pytest.approx(part / total, rel=1e-5), name
    assert found["deviance"] == pytest.approx(oracle["joint"]["reml"], abs=1e-6)
    assert found["icc"] == pytest.approx(artists / (total - parts["scores"]), rel=1e-5)


def test_concurvity_of_mgcv(oracle):
    expected = oracle["gam"]["concurvity"]
    blocks = {name: np.array(block) for name, block in oracle["gam"]["blocks"].items()}
    coefficients = {name: np.array(found) for name, found in oracle["gam"]["coef"].items()}
    table = concurvity.measure_concurvity(blocks, coefficients).set_index("term")
    for name in ("worst", "observed", "estimate"):
        np.testing.assert_allclose(table[name], expected[name], rtol=1e-6)


def test_neighbour_index_of_k_check(tracks, oracle):
    expected = oracle["gam"]
    residuals = np.array(expected["residuals"])
    names = ("danceability", "energy", "loudness")
    for name, index in zip(names, expected["k_index"], strict=True):
        # mgcv breaks ties in another order
        order = np.argsort(tracks[name].to_numpy(), kind="stable")
        found = concurvity.neighbour_index(residuals[order][None, :])[0]
        assert found == pytest.approx(index, rel=0.02), name
