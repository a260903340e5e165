"""The ladder, repeated halving and the final model's table, against statsmodels and simulations."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from simulated_tracks import make_tracks, typed

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
    """The error is that of the difference to the best, fold by fold, worked out by hand."""
    scores = np.array([[0.2, 0.3, 0.4], [0.37, 0.4, 0.43], [0.38, 0.4, 0.42], [0.37, 0.395, 0.42]])
    table = pd.DataFrame({"parameters": [2, 5, 9, 5]} | ladders.score_columns(scores))
    # below the second: by .1 on average, the third by 0 (.01 up and down), the last by .005
    assert table["behind"].tolist() == pytest.approx([0.1, 0, 0, 0.005])
    assert table["behind_se"].iloc[2] == pytest.approx(0.01 / np.sqrt(3))
    assert table["cv_r2_se"].iloc[0] == pytest.approx(0.1 / np.sqrt(3))
    assert ladders.choose(table) == 1
    assert ladders.choose(table.assign(behind_se=[0, 0, 0.01, 0], parameters=[2, 5, 4, 5])) == 2
    assert ladders.choose(table.assign(behind_se=0.2)) == 0


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
    """As `benchmarks/family_wise_error.py`, but shorter: valence shuffled among artists' tracks."""
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
    return final_model.fit_clustered(formula, ladder.frame)


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


def test_lead_is_the_difference_of_two_sizes(ladder):
    """Of straight lines, the lead is a linear combination of two coefficients."""
    frame = ladder.frame
    fit = smf.ols("valence ~ danceability + loudness", frame).fit(cov_type="HC3", use_t=True)
    table = final_model.summarize(fit, frame).set_index("feature", drop=False)
    found = final_model.compare_sizes(fit, frame, *(table.loc[n] for n in fit.params.index[1:]))
    spans = frame[list(fit.params.index[1:])].quantile([0.1, 0.9]).diff().iloc[1]
    row = np.array([0, *(np.sign(fit.params.iloc[1:]) * spans * [1, -1])])
    expected = fit.t_test(row)
    assert found["lead"] == pytest.approx(float(expected.effect[0]), rel=1e-8)
    assert (found["lead_low"], found["lead_high"]) == pytest.approx(
        expected.conf_int()[0], rel=1e-8
    )


def test_jackknife_of_variance_lost(ladder, final):
    """With as many parts as artists it leaves out one artist at a time."""
    frame = ladder.frame[ladder.frame["group"] < 12]
    formula = "valence ~ danceability + loudness"

    def lost(tracks):
        whole = smf.ols(formula, tracks).fit().rsquared
        return whole - smf.ols("valence ~ loudness", tracks).fit().rsquared

    values = np.array([lost(frame[frame["group"] != one]) for one in range(12)])
    expected = np.sqrt(11 * values.var())
    found = final_model.jackknife_r2_lost(smf.ols(formula, frame).fit(), frame["group"], parts=12)
    assert found["danceability"] == pytest.approx(expected, rel=1e-6)


def test_slopes_that_differ_by_genre_are_found():
    tracks = typed(make_tracks(artists=240, seed=4, size=1500))
    formula = "valence ~ danceability + energy"
    frame = build_ladder(tracks).frame
    same = final_model.compare_genre_slopes(formula, frame)
    assert (same["genres"], same["products"]) == (3, 4)
    turned = frame["valence"] + frame["danceability"] * (frame["genre"] == "pop")
    other = final_model.compare_genre_slopes(formula, frame.assign(valence=turned))
    assert other["p"] < 1e-6 < same["p"]
    assert other["gains"].mean() > same["gains"].mean()
    assert final_model.compare_genre_slopes(formula, frame.drop(columns="genre")) is None
    assert final_model.compare_genre_slopes(formula, frame[frame["group"] < 30]) is None


def test_features_added_one_by_one(ladder):
    formula = "valence ~ danceability + energy"
    found = final_model.add_one_by_one(ladder, formula).set_index("feature")
    assert {"loudness", "tempo", "mode", "genre"} <= set(found.index)
    assert not {"danceability", "energy"} & set(found.index)
    frame = ladder.frame
    small = smf.ols(formula, frame).fit()
    large = final_model.fit_clustered(f"{formula} + mode", frame)
    row = found.loc["mode"]
    assert row["r2_lost"] == pytest.approx(large.rsquared - small.rsquared, rel=1e-6)
    assert row["difference"] == pytest.approx(large.params["mode[T.major]"], rel=1e-8)
    assert row["p"] == pytest.approx(large.pvalues["mode[T.major]"], rel=1e-6)
    assert row["contrast"] == "minor to major"


def test_models_disagree_where_an_interval_crosses_zero():
    beside = pd.DataFrame({
        "feature": ["a", "a", "b", "b", "c", "c"], "column": ["a", "a", "b", "b", "c", "c"],
        "difference_low": [0.1, 0.2, 0.1, -0.1, -0.1, -0.2],
        "difference_high": [0.3, 0.4, 0.3, 0.2, 0.1, 0.2],
    })  # fmt: skip
    assert final_model.disagreeing(beside) == ["b"]


def test_halving_tests_by_the_jackknife_over_artists(ladder):
    """The covariance is that of statsmodels' fits without each artist; the Wald test is its own."""
    design, frame = ladders.build_design(ladder), ladder.frame
    rows, groups = (frame["group"] % 2 == 0).to_numpy(), frame["group"].to_numpy()
    terms = ("danceability", "energy", "genre")
    found = halving._test(design, terms, frame["valence"].to_numpy(), groups, rows)
    half, formula = frame[rows], "valence ~ danceability + energy + genre"
    fit, artists = smf.ols(formula, half).fit(), half["group"].unique()
    left_out = [smf.ols(formula, half[half["group"] != one]).fit().params for one in artists]
    changes = np.array([fit.params - params for params in left_out])
    covariance = (len(artists) - 1) / len(artists) * changes.T @ changes
    for name, place in fit.model.data.model_spec.term_name_slices.items():
        if name in terms:
            tested = np.eye(len(fit.params))[place]
            wald = fit.f_test(tested, cov_p=covariance)
            p = stats.f.sf(wald.fvalue, len(tested), len(artists) - 1)
            assert found[name] == pytest.approx(float(p), rel=1e-6)


def test_changes_without_a_group_are_those_of_fits_without_it():
    """Groups of fewer and of more rows than there are columns, against NumPy's least squares."""
    random, groups = np.random.default_rng(0), np.repeat([3, 1, 2, 0], [1, 3, 20, 9])
    matrix = np.column_stack([np.ones(33), random.normal(size=(33, 3))])
    target = random.normal(size=33)
    whole = np.linalg.lstsq(matrix, target, rcond=None)[0]
    bread = np.linalg.inv(matrix.T @ matrix)
    found = halving.leave_out_groups(matrix, bread, target - matrix @ whole, groups)
    without = [np.linalg.lstsq(matrix[groups != one], target[groups != one], rcond=None)[0]
               for one in (3, 1, 0, 2)]  # fmt: skip
    np.testing.assert_allclose(found, whole - without, atol=1e-10)


def test_a_level_that_one_artist_has_can_be_left_out():
    """Without the only group that carries a column, its coefficient is taken as it was."""
    random, groups = np.random.default_rng(0), np.repeat(np.arange(10), 3)
    matrix = np.column_stack([np.ones(30), random.normal(size=30), groups == 4])
    target = random.normal(size=30)
    bread = np.linalg.inv(matrix.T @ matrix)
    changes = halving.leave_out_groups(
        matrix, bread, target - matrix @ bread @ matrix.T @ target, groups
    )
    assert np.isfinite(changes).all()
    assert np.abs(changes).max() < 1


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_halves_have_artists_where_one_has_most_tracks(share):
    sizes = np.array([int(100 * share / (1 - share)), *np.ones(100, dtype=int)])
    for seed in range(20):
        first = halving._draw_half(sizes, np.random.default_rng(seed).permutation(len(sizes)))
        assert halving.FOLDS <= first.sum() <= len(sizes) - 1
        assert first[0]  # it has no part in the tests


def test_a_sample_has_whole_artists_and_no_empty_level(ladder):
    frame = ladder.frame
    sample = ladders.sample_artists(frame, most=100)
    assert 0 < len(sample) <= 100
    counts = frame["group"].value_counts()
    assert all(counts[group] == size for group, size in sample["group"].value_counts().items())
    assert set(sample["key"].cat.categories) == set(sample["key"])


def test_best_candidate_is_behind_by_nothing(compared):
    best = compared.loc[compared["cv_r2"].idxmax()]
    assert (best["behind"], best["behind_se"]) == (0, 0)
    behind = best["cv_r2"] - compared["cv_r2"]
    np.testing.assert_allclose(compared["behind"], behind, atol=1e-12)
