"""The ladder, repeated halving and the final model's table, against statsmodels and simulations."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from simulated_tracks import make_tracks
from test_bad_input import typed

from analysis.inference import final_model, halving, ladders
from analysis.inference.ladders import build_ladder, compare_candidates
from analysis.tracks.splitting import grouped_folds

CLOSE = 1e-6  # a ridge of 1e-9 keeps the ladder's solutions unique


@pytest.fixture(scope="module")
def ladder():
    return build_ladder(typed(make_tracks(artists=150, seed=3, size=1000)))


@pytest.fixture(scope="module")
def folds(ladder):
    return grouped_folds(ladder.frame, n_folds=5)


@pytest.fixture(scope="module")
def compared(ladder, folds):
    return compare_candidates.fresh(ladder, folds)


def test_shapes_are_crossed_with_contexts(compared):
    crossed = compared.groupby(["shape", "context", "interactions"]).size()
    assert (crossed == 1).all()
    assert len(crossed) == 3 * compared["context"].nunique() * 2


@pytest.mark.parametrize("row", [0, 3, 9, 14])
def test_scores_are_those_of_statsmodels(ladder, folds, compared, row):
    formula, frame = compared["formula"][row], ladder.frame
    fit = smf.ols(formula, frame).fit()
    assert compared["parameters"][row] == len(fit.params)
    assert compared["aic"][row] == pytest.approx(fit.aic, abs=CLOSE * abs(fit.aic))
    assert compared["bic"][row] == pytest.approx(fit.bic, abs=CLOSE * abs(fit.bic))
    if "cr(" in formula:
        return  # statsmodels would put the knots of a fold elsewhere
    scores = []
    for train, test in folds:
        predicted = smf.ols(formula, frame.iloc[train]).fit().predict(frame.iloc[test])
        observed = frame["valence"].iloc[test]
        left = ((observed - predicted) ** 2).sum()
        scores.append(1 - left / ((observed - observed.mean()) ** 2).sum())
    assert compared["cv_r2"][row] == pytest.approx(np.mean(scores), abs=CLOSE)


def test_the_smallest_within_one_standard_error_is_chosen():
    table = pd.DataFrame({
        "parameters": [2, 5, 9, 5], "cv_r2": [0.30, 0.39, 0.40, 0.395],
        "cv_r2_se": [0.01, 0.01, 0.02, 0.01],
    })  # fmt: skip
    assert ladders.choose(table) == 3
    assert ladders.choose(table.assign(cv_r2_se=0.001)) == 2
    assert ladders.choose(table.assign(cv_r2_se=0.2)) == 0


def test_terms_are_traced_to_features():
    assert ladders.features_of('cr(log_liveness, df=4, constraints="center")') == ("liveness",)
    assert ladders.features_of("danceability:logit_acousticness") == (
        "danceability",
        "acousticness",
    )


def test_aggregated_p_values_follow_the_definition():
    """Meinshausen, Meier and Bühlmann's equation 2.3, evaluated quantile by quantile."""
    values = pd.DataFrame({"a": [0.001, 0.2, 0.004, 1.0], "b": [1.0, 1.0, 1.0, 1.0]})
    quantiles = {g: np.sort(values["a"])[round(g * 4) - 1] / g for g in (0.25, 0.5, 0.75, 1.0)}
    expected = (1 - np.log(0.05)) * min(quantiles.values())
    found = halving.aggregate(values).set_index("feature")
    assert found.loc["a", "p_halved"] == pytest.approx(expected)
    assert found.loc["b", "p_halved"] == 1
    assert found.loc["a", "p_halved_holm"] == pytest.approx(2 * expected)


def test_planted_effects_are_found_and_noise_is_not(ladder):
    """Danceability, energy and genre make the simulated valence; the rest is noise."""
    found = halving.aggregate(halving.halve.fresh(ladder, repeats=20).drop(columns="chosen"))
    passed = set(found.loc[found["p_halved_holm"] < 0.05, "feature"])
    assert {"danceability", "energy", "genre"} <= passed
    assert not passed & {"speechiness", "tempo", "duration", "key", "metre"}


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_significant_without_association(seed):
    """A short version of `benchmarks/halving.py`: valence shuffled among artists' tracks."""
    tracks = typed(make_tracks(artists=60, seed=seed, size=400))
    random = np.random.default_rng(seed)
    ladder = build_ladder(tracks.assign(valence=random.permutation(tracks["valence"])))
    found = halving.aggregate(halving.halve.fresh(ladder, repeats=20).drop(columns="chosen"))
    assert found["p_halved_holm"].min() > 0.05


def test_halves_share_no_artist_and_are_halves(ladder, monkeypatch):
    seen = []
    whole = halving._test
    monkeypatch.setattr(halving, "_test", lambda *a: seen.append(a[-1]) or whole(*a))
    halving.halve.fresh(ladder, repeats=3)
    groups = ladder.frame["group"].to_numpy()
    for rows in seen:
        assert not set(groups[rows]) & set(groups[~rows])
        assert abs(rows.mean() - 0.5) < 0.1


@pytest.fixture(scope="module")
def final(ladder):
    formula = 'valence ~ cr(energy, df=4, constraints="center") + danceability + loudness + genre'
    return smf.ols(formula, ladder.frame).fit(
        cov_type="cluster", cov_kwds={"groups": ladder.frame["group"]}, use_t=True
    )


def test_a_straight_line_has_its_coefficient(ladder, final):
    row = final_model.summarize(final, ladder.frame).set_index("feature").loc["danceability"]
    sd = ladder.frame["danceability"].std()
    low, high = final.conf_int().loc["danceability"]
    assert row["per_sd"] == pytest.approx(final.params["danceability"] * sd, rel=1e-6)
    assert (row["per_sd_low"], row["per_sd_high"]) == pytest.approx((low * sd, high * sd), rel=1e-6)
    assert row["p"] == pytest.approx(final.pvalues["danceability"], rel=1e-6)


def test_a_difference_is_that_of_predictions(ladder, final):
    frame = ladder.frame
    row = final_model.summarize(final, frame).set_index("feature").loc["energy"]
    low, high = frame["energy"].quantile([0.1, 0.9])
    predicted = [final.predict(frame.assign(energy=value)).mean() for value in (low, high)]
    assert row["difference"] == pytest.approx(predicted[1] - predicted[0], rel=1e-8)


def test_variance_lost_is_that_of_the_smaller_fit(ladder, final):
    lost = final_model.summarize(final, ladder.frame).set_index("feature")["r2_lost"]
    smaller = smf.ols('valence ~ cr(energy, df=4, constraints="center") + danceability + loudness',
                      ladder.frame).fit()  # fmt: skip
    assert lost["genre"] == pytest.approx(final.rsquared - smaller.rsquared, rel=1e-8)


def test_levels_are_measured_from_the_mean_of_the_tracks(ladder, final):
    levels = final_model.level_differences(final, ladder.frame, "genre").set_index("level")
    weights = levels["tracks"] / levels["tracks"].sum()
    assert (levels["difference"] * weights).sum() == pytest.approx(0, abs=1e-12)
    between = levels["difference"]["pop"] - levels["difference"]["blues"]
    assert between == pytest.approx(final.params["genre[T.pop]"], rel=1e-8)


def test_no_slope_where_tracks_are_piled_at_a_bound(ladder):
    formula = "valence ~ logit_instrumentalness + energy"
    fit = smf.ols(formula, ladder.frame).fit()
    table = final_model.summarize(fit, ladder.frame).set_index("feature")
    assert np.isnan(table.loc["instrumentalness", "per_sd"])
    assert table.loc["instrumentalness", "contrast"].startswith("0 to ")
    assert np.isfinite(table.loc["energy", "per_sd"])


def test_suppression_needs_two_clear_slopes():
    slopes = pd.DataFrame({
        "feature": ["a", "a", "b", "b"], "kind": ["alone", "others equal"] * 2,
        "slope": [0.1, -0.1, 0.1, -0.1], "low": [0.05, -0.2, -0.1, -0.2],
        "high": [0.2, -0.05, 0.3, -0.05],
    })  # fmt: skip
    assert final_model.suppressed(slopes) == ["a"]
