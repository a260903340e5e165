"""Methods against closed forms, constructed cases and second libraries."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t
from simulated_tracks import make_tracks, read_tracks
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_score
from test_bad_input import typed

from analysis.inference import (
    additive,
    bounded,
    clustering,
    concurvity,
    diagnostics,
    effects,
    exploration,
    formulas,
    frames,
    mixed,
    pooling,
    reduction,
    regression,
    selection,
    simulation,
    smooths,
)
from analysis.inference.bases import penalty_matrices
from analysis.inference.regression import choose_rung
from analysis.inference.smoothing import join_penalties, solve_penalised
from analysis.tracks.splitting import grouped_folds


@pytest.fixture(scope="module")
def tracks():
    """Return the simulated tracks."""
    return read_tracks()


@pytest.fixture(scope="module")
def smooth(tracks):
    """Return an additive model."""
    return additive.fit_additive.fresh(tracks)


def test_ladder_grows_and_says_its_formula(tracks):
    rungs = formulas.ladder_for(tracks)
    assert [rung.name for rung in rungs][:3] == ["null", "linear", "transformed"]
    assert rungs[0].formula == "valence ~ 1"
    assert len({rung.formula for rung in rungs}) == len(rungs)
    assert all(rung.reason for rung in rungs)


def test_cross_validation_agrees_with_scikit_learn(tracks):
    folds = grouped_folds(tracks)
    found = regression.score_formula("valence ~ energy + loudness", tracks, folds)
    scores = cross_val_score(
        LinearRegression(), tracks[["energy", "loudness"]], tracks["valence"], cv=folds
    )
    assert found["cv_r2"] == pytest.approx(scores.mean(), rel=1e-10)
    assert found["cv_r2_se"] == pytest.approx(scores.std(ddof=1) / np.sqrt(5), rel=1e-10)


def test_one_standard_error_rule():
    table = pd.DataFrame({
        "rung": ["small", "middle", "best"], "parameters": [2, 5, 50],
        "cv_r2": [0.30, 0.39, 0.40], "cv_r2_se": [0.01, 0.01, 0.02],
    })  # fmt: skip
    assert regression.choose_rung(table)["rung"] == "middle"


def test_halves_share_no_artist(tracks):
    choice = selection.choose_formula(tracks)
    assert not set(choice.choosing["artist"]) & set(choice.estimating["artist"])


def test_average_effect_of_a_line_is_its_slope(tracks):
    fit = regression.fit_ols("valence ~ energy + loudness", tracks)
    table = effects.average_effects(fit).set_index("feature")
    sd = tracks["loudness"].std()
    slope = fit.params[list(fit.design.names).index("loudness")]
    assert table.loc["loudness", "per_sd"] == pytest.approx(slope * sd, rel=1e-7)
    assert table.loc["loudness", "per_step"] == pytest.approx(slope * 3, rel=1e-7)


def test_average_effect_of_a_logit_is_statsmodels_margin(tracks):
    fit = bounded.fit_fractional("valence ~ energy + loudness", tracks)
    table = effects.average_effects(fit).set_index("feature")
    margins = fit.extra["result"].get_margeff().summary_frame()
    scale = tracks["energy"].std()
    slope, energy = margins.loc["x1", "dy/dx"], table.loc["energy"]
    assert energy["per_sd"] == pytest.approx(slope * scale, rel=1e-6)
    half = (energy["per_sd_high"] - energy["per_sd_low"]) / 2
    error = half / t.ppf(0.975, fit.clusters.max())
    assert error == pytest.approx(margins.loc["x1", "Std. Err."] * scale, rel=1e-5)


def test_level_effect_is_a_coefficient_without_interactions(tracks):
    fit = regression.fit_ols("valence ~ energy + genre", tracks)
    table = effects.level_effects(fit).set_index("level")["effect"]
    coefficient = fit.params[list(fit.design.names).index("genre[T.pop]")]
    assert table["pop"] == pytest.approx(coefficient, rel=1e-9)


def test_level_effect_averages_over_an_interaction(tracks):
    fit = regression.fit_ols("valence ~ mode * energy", tracks)
    table = effects.level_effects(fit).set_index("level")["effect"]
    named = dict(zip(fit.design.names, fit.params, strict=True))
    expected = named["mode[T.major]"] + named["mode[T.major]:energy"] * tracks["energy"].mean()
    assert table["major"] == pytest.approx(expected, rel=1e-9)


def test_dropping_a_block_is_fitting_without_it(tracks):
    fit = regression.fit_ols("valence ~ energy + loudness + genre", tracks)
    table = effects.block_r2(fit).set_index("block")
    without = sm.OLS.from_formula("valence ~ genre", tracks).fit().rsquared
    lost = table.loc["energy, loudness", "r2_lost"]
    assert lost == pytest.approx(fit.extra["result"].rsquared - without, rel=1e-9)


def test_mixed_model_agrees_with_statsmodels(tracks):
    fit = mixed.fit_mixed("valence ~ energy + loudness", tracks)
    other = sm.MixedLM(fit.valence, fit.design.matrix, groups=fit.clusters).fit(reml=True)
    np.testing.assert_allclose(fit.params, other.fe_params, rtol=1e-4)
    assert fit.extra["reml"] == pytest.approx(-2 * other.llf, abs=1e-4)


def test_genre_slopes_come_near_those_that_made_the_tracks():
    rng = np.random.default_rng(8)
    frame = typed(make_tracks(artists=900, seed=8, size=6000))
    code = rng.integers(0, 6, len(frame))
    truth = np.linspace(-0.3, 0.3, 6)
    valence = 0.5 + truth[code] * frame["energy"] + rng.normal(0, 0.05, len(frame))
    styled = frame.assign(valence=valence, genre=pd.Categorical([f"genre {c}" for c in code]))
    found = pooling.genre_slopes.fresh(styled).slopes.query("feature == 'energy'")
    inside = found["slope_low"].lt(truth * frame["energy"].std()) & found["slope_high"].gt(
        truth * frame["energy"].std()
    )
    assert inside.sum() >= 5
    assert found["spread"].iloc[0] == pytest.approx((truth * frame["energy"].std()).std(), rel=0.5)


def test_many_genres_are_joined_and_few_are_left(tracks):
    many = pd.Series([f"genre {i % 200:03d}" for i in range(1000)])
    assert len(pooling._kept_genres(many).cat.categories) == pooling.MOST_GENRES
    two = tracks.assign(genre=pd.Categorical(np.where(tracks["mode"] == "minor", "a", "b")))
    found = pooling.genre_slopes.fresh(two)
    assert found.slopes.empty and found.shares.empty


def test_no_artist_effect_gives_no_icc(tracks):
    shuffled = tracks["artist"].sample(frac=1, random_state=3).to_numpy()
    fit = mixed.fit_mixed("valence ~ energy", tracks.assign(artist=shuffled))
    assert fit.extra["icc"] < 0.1


def test_own_solution_is_pygams(smooth):
    matrix = smooth.basis.matrix()
    penalty = join_penalties(smooth.penalties["multiplier"], penalty_matrices(smooth.basis))
    moment = matrix.T @ smooth.basis.tracks["valence"].to_numpy()
    found = matrix @ solve_penalised(matrix.T @ matrix, moment, penalty)
    np.testing.assert_allclose(found, smooth.gam.predict(smooth.basis.inputs), atol=1e-8)
    assert smooth.summary["edf"] == pytest.approx(smooth.gam.statistics_["edof"], abs=0.01)


def test_curve_finds_a_sine(tracks):
    rng = np.random.default_rng(5)
    wave = 0.5 + 0.3 * np.sin(6 * tracks["danceability"]) + rng.normal(0, 0.03, len(tracks))
    fit = additive.fit_additive.fresh(tracks.assign(valence=wave))
    curve = smooths.smooth_curves(fit).query("feature == 'danceability'")
    truth = 0.3 * np.sin(6 * curve["x"])
    centred = truth - (0.3 * np.sin(6 * tracks["danceability"])).mean()
    assert np.abs(curve["effect"] - centred).max() < 0.06


def test_concurvity_of_constructed_blocks():
    rng = np.random.default_rng(1)
    x, z = rng.normal(size=(2, 2000))
    apart = concurvity.measure_concurvity(
        {"x": x[:, None], "z": z[:, None]}, {"x": [1.0], "z": [1.0]}
    ).set_index("term")
    correlation = np.corrcoef(x, z)[0, 1] ** 2
    np.testing.assert_allclose(apart.to_numpy(float), correlation, rtol=1e-6)
    twins = concurvity.measure_concurvity(
        {"x": np.column_stack([x, x**2]), "copy": (3 * x + 1)[:, None]},
        {"x": [0.0, 1.0], "copy": [1.0]},
    ).set_index("term")
    # the copy lies in x's span; x's estimated curve, a parabola, hardly lies in the copy's
    assert twins.loc["copy", "worst"] == pytest.approx(1)
    assert twins.loc["x", "worst"] == pytest.approx(1)
    assert twins.loc["x", "observed"] < 0.05


def test_basis_check_sees_a_missed_wave(smooth):
    rng = np.random.default_rng(2)
    order = np.sort(rng.uniform(size=1500))
    noise = rng.normal(0, 0.1, 1500)
    waves = np.sin(80 * order) * 0.3
    assert concurvity.neighbour_index((waves + noise)[None])[0] < 0.6
    assert concurvity.neighbour_index(noise[None])[0] == pytest.approx(1, abs=0.1)
    assert concurvity.check_bases(smooth)["p"].min() > 0.001


def test_intraclass_correlation_of_known_groups():
    rng = np.random.default_rng(4)
    clusters = np.repeat(np.arange(400), 10)
    values = rng.normal(0, 1, 400)[clusters] + rng.normal(0, 1, 4000)
    assert clustering.intraclass_correlation(values, clusters) == pytest.approx(0.5, abs=0.06)


def test_simulated_density_integrates_to_one(tracks):
    fit = regression.fit_ols("valence ~ energy", tracks)
    found = simulation.simulate_valence(fit, draws=2)
    areas = found.groupby("draw").apply(lambda part: np.trapezoid(part["density"], part["x"]))
    np.testing.assert_allclose(areas, 1, atol=0.01)


def test_condition_number_of_orthogonal_columns_is_one(tracks):
    frame = tracks.iloc[:4].assign(energy=[0.1, 0.1, 0.3, 0.3], danceability=[0.2, 0.4, 0.2, 0.4])
    whole = pd.concat([frame] * 20, ignore_index=True)
    rows = np.arange(80)
    whole = whole.assign(**{name: tracks[name].to_numpy()[rows] for name in ("valence", "artist")})
    fit = regression.fit_ols("valence ~ energy + danceability", whole)
    table = diagnostics.condition_numbers(fit).set_index("of")["number"]
    assert table["all columns"] == pytest.approx(1)
    assert table["scores"] == pytest.approx(1)


def test_suppression_is_seen(tracks):
    rng = np.random.default_rng(6)
    energy = tracks["energy"]
    loudness = -14 + 10 * energy + rng.normal(0, 1, len(tracks))
    valence = 0.2 + 1.2 * energy - 0.08 * (loudness + 14) + rng.normal(0, 0.02, len(tracks))
    table = exploration.compare_associations(tracks.assign(loudness=loudness, valence=valence))
    turned = table.set_index("feature").loc["loudness"]
    assert turned["turns"] and turned["alone"] > 0 > turned["partial"]
    assert exploration.most_changed(table) == "loudness"


def test_same_numbers_twice(tracks):
    first, second = (additive.fit_additive.fresh(tracks) for _ in range(2))
    np.testing.assert_array_equal(first.coefficients, second.coefficients)


def test_sample_of_artists_is_whole(tracks):
    some = additive.sample_artists(frames.model_frame(tracks), 100, seed=1)
    sizes, full = some["artist"].value_counts(), tracks["artist"].value_counts()
    assert 0 < len(some) <= 100
    assert (sizes == full[sizes.index]).all()


def test_only_what_passes_is_kept(tracks):
    fit = regression.fit_ols("valence ~ energy + key + mode + danceability:energy", tracks)
    kept = ["energy", "key", "mode"]
    assert reduction.drop_features(fit, kept) == "valence ~ energy + key + mode"
    assert reduction.drop_features(fit, []) == "valence ~ 1"
    assert reduction.drop_features(fit, list(effects.feature_groups(fit))) == fit.formula


def test_adjusted_loss_is_the_fall_of_a_refit(tracks):
    fit = regression.fit_ols("valence ~ energy + key + danceability", tracks)
    table = reduction.adjust_losses(effects.term_tests(fit), fit).set_index("feature")
    rest = regression.fit_ols("valence ~ energy + danceability", tracks)
    fall = fit.extra["result"].rsquared_adj - rest.extra["result"].rsquared_adj
    assert table.loc["key", "adjusted_lost"] == pytest.approx(fall)


def test_reduction_is_scored_on_the_estimating_half():
    tracks = typed(make_tracks(artists=150, seed=3, size=1000))
    choice = selection.choose_formula(tracks)
    reduced = reduction.reduce_formula(choice, selection.estimate_choice(choice, tracks).half)
    half = selection.estimate_choice(choice, tracks).half
    both = reduction.compare_tests(choice, half)
    assert both.loc[both["kept"], "feature"].tolist() == list(reduced.kept)
    again = effects.term_tests(half).set_index("feature")["p_holm"]
    assert both.set_index("feature")["p_estimating"].to_dict() == again.to_dict()
    assert len(reduced.fit.tracks) == len(choice.estimating)
    assert reduced.scores["change"].iloc[0] == 0
    assert not set(reduced.kept) & set(reduced.dropped)
    assert "energy" in reduced.kept


def test_errors_grow_with_one_artist_of_many_tracks():
    tracks = typed(make_tracks(artists=150, seed=3, size=1000))
    fit = regression.fit_ols("valence ~ energy + loudness", tracks)
    ratios = clustering.error_ratios(fit)
    assert set(ratios.index) == {"intercept", "energy", "loudness"}
    row = clustering.measure_clustering(fit).iloc[0]
    assert row["least_ratio"] <= row["error_ratio"] <= row["most_ratio"]
    assert row["ratio_without"] != row["most_ratio"]


def test_the_mean_alone_is_never_the_chosen_formula():
    ladder = pd.DataFrame({
        "rung": ["null", "linear", "splines"], "parameters": [1, 10, 40],
        "cv_r2": [0.0, -0.02, -0.3], "cv_r2_se": [0.001, 0.03, 0.1],
    })  # fmt: skip
    assert choose_rung(ladder)["rung"] == "linear"


def test_jarque_and_bera_add_up_skewness_and_kurtosis(tracks):
    fit = regression.fit_ols("valence ~ energy + key", tracks)
    found = diagnostics.test_assumptions(fit).set_index("test")
    whole, lean = found.loc["Jarque-Bera"], found.loc["skewness"]
    tails = len(fit.residuals) * whole["size"] ** 2 / 24
    assert whole["statistic"] == pytest.approx(lean["statistic"] + tails)
