"""The calls that the report's cells make, against R: lm, sandwich, lmtest, glm, glmmTMB, lme4.

`oracle/oracle.R` made the numbers, with the versions stored beside them.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.stats import norm
from simulated_tracks import read_numbers, read_tracks
from statsmodels.stats.diagnostic import het_breuschpagan

from analysis.inference import checks, final_model

FORMULA = "valence ~ danceability + energy + loudness + mode + genre + danceability:energy"
# Closed forms agree to rounding; searches agree to where each of the two stops.
EXACT = {"rtol": 1e-8, "atol": 1e-10}
SEARCH = {"rtol": 1e-6, "atol": 1e-8}
# statsmodels stops its search for the artists' variance earlier than lme4 does
EARLIER = {"rtol": 1e-4, "atol": 1e-6}


@pytest.fixture(scope="module")
def oracle():
    """Return R's numbers."""
    return read_numbers("oracle.json")


@pytest.fixture(scope="module")
def tracks():
    """Return the tracks that R read."""
    frame = read_tracks()
    return frame.assign(group=pd.factorize(frame["artist"])[0])


@pytest.fixture(scope="module")
def final(tracks):
    """Return the fit as the report makes it."""
    return final_model.fit_clustered(FORMULA, tracks)


def in_patsy_order(values: dict) -> np.ndarray:
    """Return R's coefficients in patsy's order, factors first."""
    order = ["(Intercept)", "modemajor", "genrefolk", "genrepop",
             "danceability", "energy", "loudness", "danceability:energy"]  # fmt: skip
    return np.array([values[name] for name in order])


def test_coefficients_and_clustered_errors(final, oracle):
    expected = oracle["lm"]
    np.testing.assert_allclose(final.params, in_patsy_order(expected["coef"]), **EXACT)
    np.testing.assert_allclose(final.bse, in_patsy_order(expected["clustered"]), **EXACT)


def test_joint_test_and_variance_lost(tracks, final, oracle):
    genre = final_model.summarize(final, tracks).set_index("feature").loc["genre"]
    assert genre["f"] == pytest.approx(oracle["wald"]["genre_f"], rel=1e-8)
    # of what is left without genre, the part that genre explains
    partial = genre["r2_lost"] / (genre["r2_lost"] + 1 - final.rsquared)
    assert partial == pytest.approx(oracle["wald"]["genre_partial_r2"], rel=1e-8)


def test_influence(tracks, final, oracle):
    table = checks.describe_residuals(final, tracks)
    for column, name in (("leverage", "hat"), ("standardised", "standardised"), ("cook", "cook")):
        np.testing.assert_allclose(table[column], oracle["lm"][name], **EXACT)


def test_breusch_pagan_and_reset(final, oracle):
    pagan, *_ = het_breuschpagan(final.resid, sm.add_constant(final.fittedvalues))
    np.testing.assert_allclose(pagan, oracle["tests"]["breusch_pagan"], **EXACT)
    # ours is clustered, R's is not: what both share is the R² that the powers gain
    gain = checks.measure_departures(final)["powers"]
    size, columns = final.model.exog.shape
    f = gain / 2 / ((1 - final.rsquared - gain) / (size - columns - 2))
    np.testing.assert_allclose(f, oracle["tests"]["reset_f"], rtol=1e-6)


def test_inflation_of_numbers(tracks):
    """Of scores alone the factor is 1 / (1 - R²) of one on the others."""
    columns = {name: name for name in ("danceability", "energy", "loudness")}
    found = checks.inflation_factors(tracks, columns).set_index("feature")["vif"]
    for name in columns:
        others = " + ".join(set(columns) - {name})
        r2 = smf.ols(f"{name} ~ {others}", tracks).fit().rsquared
        assert found[name] == pytest.approx(1 / (1 - r2), rel=1e-10)


def test_fractional_logit_and_beta(tracks, oracle):
    cluster = {"cov_type": "cluster", "cov_kwds": {"groups": tracks["group"]}}
    logit = smf.glm(FORMULA, tracks, family=sm.families.Binomial()).fit(**cluster)
    expected = oracle["fractional"]
    np.testing.assert_allclose(logit.params, in_patsy_order(expected["coef"]), rtol=1e-6)
    np.testing.assert_allclose(logit.bse, in_patsy_order(expected["clustered"]), rtol=1e-6)
    beta = final_model.fit_beta(FORMULA, tracks, start=logit.params, **cluster)
    np.testing.assert_allclose(beta.params[:-1], in_patsy_order(oracle["beta"]["coef"]), **SEARCH)
    assert beta.llf == pytest.approx(oracle["beta"]["loglik"], abs=1e-6)


def test_difference_of_a_logistic_mean(tracks):
    """Of a model without other terms, the average difference is that of two predictions."""
    logit = smf.glm("valence ~ energy", tracks, family=sm.families.Binomial()).fit()
    linear = smf.ols("valence ~ energy", tracks).fit()
    found = final_model.compare_models({"linear": linear, "logit": logit}, tracks)
    low, high = tracks["energy"].quantile([0.1, 0.9])
    ends = pd.DataFrame({"energy": [low, high]})
    for model, fit in (("linear", linear), ("logit", logit)):
        row = found[found["model"] == model].iloc[0]
        assert row["difference"] == pytest.approx(np.diff(fit.predict(ends))[0], rel=1e-9)
    row = found[found["model"] == "linear"].iloc[0]
    half = norm.ppf(0.975) * linear.bse["energy"] * (high - low)
    assert row["difference_high"] - row["difference"] == pytest.approx(half, rel=1e-9)


def test_mixed_model_and_its_intraclass_correlation(tracks, oracle):
    mixed, expected = smf.mixedlm(FORMULA, tracks, groups=tracks["group"]).fit(), oracle["mixed"]
    np.testing.assert_allclose(mixed.fe_params, in_patsy_order(expected["coef"]), **EARLIER)
    # statsmodels inverts the information of all parameters, lme4 that of the coefficients alone
    np.testing.assert_allclose(mixed.bse_fe, in_patsy_order(expected["error"]), rtol=0.01)
    found = final_model.intraclass(mixed)
    assert found["icc"] == pytest.approx(expected["icc"], rel=1e-3)
    assert 0 < found["icc_low"] < found["icc"] < found["icc_high"] < 1
