"""The final model of the report, on simulated tracks, against R.

`oracle/final.R` made the numbers, with the versions stored beside them. It spans the curves with
other columns (`ns`, not `cr`), so what is compared does not depend on the columns: fitted values,
differences on the scale of valence, tests.
"""

import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.stats import norm, t
from simulated_tracks import read_numbers, read_tracks

from analysis.inference import final_model, ladders

# Of least squares other columns change the rounding alone.
EXACT = {"rel": 1e-7, "abs": 1e-10}
# Maximum likelihood: iterations of two programs stop at slightly different places.
SEARCH = {"rel": 1e-4, "abs": 5e-6}
HESSIAN = {"rel": 1e-3}
# lme4's search stops elsewhere, and its errors are those of the coefficients alone, whereas
# statsmodels inverts the information of all parameters.
OTHER_STOP, OTHER_ERROR = {"rel": 2e-3, "abs": 1e-4}, {"rel": 0.03}


@pytest.fixture(scope="module")
def oracle():
    """Return R's numbers."""
    return read_numbers("final.json")


@pytest.fixture(scope="module")
def frame():
    """Return the tracks with the columns that formulas read."""
    return ladders.build_ladder(read_tracks()).frame


@pytest.fixture(scope="module")
def formula():
    """Return the candidate that is the final model of the embedded table."""
    table = ladders.build_ladder(read_tracks()).candidates
    named = (table["shape"] == "splines") & (table["context"] == "+ popularity, explicit")
    (found,) = table.loc[named & ~table["interactions"], "formula"]
    return found


@pytest.fixture(scope="module")
def final(formula, frame):
    """Return the fit as the report makes it."""
    return final_model.fit_clustered(formula, frame)


def agree(found: pd.DataFrame, expected: dict, quantile: float, size=EXACT, error=EXACT):
    """Compare differences and half the lengths of their intervals, feature by feature."""
    assert set(found["column"]) == set(expected)
    for row in found.itertuples():
        one = expected[row.column]
        assert row.difference == pytest.approx(one["difference"], **size), row.column
        half = (row.difference_high - row.difference_low) / 2
        assert half == pytest.approx(quantile * one["error"], **error), row.column


def test_fit(final, oracle):
    assert final.rsquared == pytest.approx(oracle["r2"], rel=1e-10)
    assert list(final.fittedvalues) == pytest.approx(oracle["fitted"], rel=1e-9)


def test_differences_and_joint_tests(final, frame, oracle):
    found = final_model.summarize(final, frame).set_index("feature")
    columns = {one.feature: one.column for one in final_model.contrasts(final, frame)}
    found["column"] = pd.Series(columns).reindex(found.index)
    freedom = frame["group"].nunique() - 1
    agree(found.dropna(subset="column"), oracle["clustered"], t.ppf(0.975, freedom))
    for feature, row in found.iterrows():
        expected = oracle["tests"][columns.get(feature, feature)]
        assert row["f"] == pytest.approx(expected["f"], **EXACT)
        assert row["r2_lost"] == pytest.approx(expected["r2_lost"], **EXACT)


def test_errors_that_know_no_artists(final, frame, oracle):
    robust = smf.ols(final.model.formula, frame).fit(cov_type="HC3")
    agree(final_model.compare_models({"HC3": robust}, frame), oracle["hc3"], norm.ppf(0.975))


def test_four_models(formula, frame, oracle):
    cluster = {"cov_type": "cluster", "cov_kwds": {"groups": frame["group"]}}
    logit = smf.glm(formula, frame, family=sm.families.Binomial()).fit(**cluster)
    models = {
        "clustered": smf.ols(formula, frame).fit(**cluster),
        "logit": logit,
        "beta": final_model.fit_beta(formula, frame, start=logit.params),
        "mixed": smf.mixedlm(formula, frame, groups=frame["group"]).fit(),
    }
    found, wide = final_model.compare_models(models, frame), norm.ppf(0.975)
    bounds = {
        "clustered": (EXACT, EXACT), "logit": (SEARCH, SEARCH), "beta": (SEARCH, HESSIAN),
        "mixed": (OTHER_STOP, OTHER_ERROR),
    }  # fmt: skip
    for name, rows in found.groupby("model"):
        agree(rows, oracle[name], wide, *bounds[name])
    icc = final_model.intraclass(models["mixed"])["icc"]
    assert icc == pytest.approx(oracle["icc"], rel=0.01)
