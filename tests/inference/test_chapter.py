"""The chapter's words, tables and figures hold for tables that lack things."""

import re

import pandas as pd
import pytest
from simulated_tracks import make_tracks
from test_bad_input import duplicated_column, no_genre, typed

from analysis.inference import (
    additive,
    bounded,
    clustering,
    concurvity,
    diagnostics,
    effects,
    exploration,
    formulas,
    mixed,
    pooling,
    reduction,
    regression,
    selection,
    simulation,
    smooths,
)
from analysis.reporting.chapters import prose
from analysis.reporting.figures import assumptions as assumption_figures
from analysis.reporting.figures import axes
from analysis.reporting.figures import curves as curve_figures
from analysis.reporting.figures import inference as figures
from analysis.reporting.prose import assumptions, curves, inference, verdicts
from analysis.reporting.tables import inference as tables


def whole(tracks):
    """Return tracks as they are."""
    return tracks


@pytest.fixture(scope="module", params=(whole, no_genre, duplicated_column),
                ids=lambda spoil: spoil.__name__)  # fmt: skip
def tracks(request):
    """Return simulated tracks, whole and spoiled."""
    return request.param(typed(make_tracks(artists=150, seed=3, size=1000)))


def test_effects_in_words_and_tables(tracks):
    choice = selection.choose_formula(tracks)
    fit = selection.estimate_choice(choice, tracks).half
    half = effects.average_effects(fit)
    tests = reduction.adjust_losses(effects.term_tests(fit), fit)
    reduced = reduction.reduce_formula(choice, fit)
    slopes = pooling.genre_slopes.fresh(tracks).slopes
    shares = effects.block_r2(fit)
    mix = mixed.fit_mixed(choice.formula, choice.estimating)
    both = pd.concat([half.assign(model=fit.kind),
                      effects.average_effects(bounded.fit_beta(choice.formula, choice.estimating))
                      .assign(model="beta regression")])  # fmt: skip
    associations = exploration.compare_associations(tracks)
    moved = diagnostics.compare_without(fit)
    collinearity = diagnostics.measure_collinearity(fit)
    condition = diagnostics.condition_numbers(fit)
    simulated = simulation.compare_simulated(fit)
    leads = effects.compare_sizes(fit, inference.rank_scores(half)["feature"].iloc[0])
    texts = [
        inference.summarize_choice(choice.comparison, choice.rung, choice.best),
        inference.summarize_steps(choice.comparison, choice.rung),
        inference.summarize_reduction(reduced, tests),
        prose.checks.compare_checks(fit, reduced),
        inference.explain_levels(exploration.valence_by_level(tracks), figures.MOST_LEVELS),
        inference.caption_ladder(choice.comparison, choice.rung),
        verdicts.summarize_tests(tests, len(fit.tracks)),
        verdicts.reconcile_intervals(half, tests),
        verdicts.summarize_levels(effects.level_effects(fit), tests),
        curves.explain_turns(half),
        assumptions.explain_condition(condition, "cr(" in choice.formula),
        assumptions.remark_on_bounds(simulation.count_outside(fit), simulated),
        assumptions.compare_models(both),
        assumptions.summarize_mixed(mix.extra),
        assumptions.compare_intervals(clustering.measure_clustering(fit).iloc[0]),
        assumptions.summarize_influence(moved, diagnostics.TOP),
        *inference.answer_question(
            half, leads, tests, shares, associations, mix.extra, slopes, reduced
        ),
    ]
    shown = [
        tables.tabulate_left_out(formulas.left_out(tracks)),
        tables.tabulate_formulas(choice.comparison),
        tables.tabulate_ladder(choice.comparison),
        tables.tabulate_effects(half, effects.average_effects(fit)),
        tables.tabulate_level_effects(effects.level_effects(fit), tests),
        tables.tabulate_reduction(reduced.scores),
        tables.tabulate_significant(
            reduction.compare_tests(choice, fit), effects.average_effects(reduced.fit)
        ),
        tables.tabulate_significant(reduction.compare_tests(choice, fit), pd.DataFrame()),
        tables.tabulate_tests(tests),
        tables.tabulate_blocks(shares),
        tables.tabulate_answers(half, tests),
        tables.tabulate_influential(diagnostics.most_influential(diagnostics.describe_residuals(fit))),
        tables.tabulate_assumptions(
            diagnostics.test_assumptions(fit), clustering.measure_clustering(fit), collinearity,
            condition, simulated, moved,
        ),
    ]  # fmt: skip
    check_texts(texts + [table.data for table in shown])


def test_exploration_and_curves_in_words_and_tables(tracks):
    associations = exploration.compare_associations(tracks)
    changed = exploration.most_changed(associations)
    correlations = exploration.correlate_scores(tracks)
    pooled = pooling.genre_slopes.fresh(tracks)
    smooth = additive.fit_additive.fresh(tracks)
    rungs = (("scores, linear", formulas.formula_of(tracks, "linear")),)
    gain = additive.compare_additive.fresh(smooth, rungs)
    texts = [
        prose.associations.caption_correlations(
            exploration.collinear_blocks(correlations), correlations
        ),
        prose.associations.caption_associations(associations),
        prose.associations.explain_suppression(
            associations, exploration.trace_suppression(tracks, changed), changed
        ),
        curves.summarize_slopes(pooled.slopes, pooled.shares),
        curves.caption_slopes(pooled.slopes),
        curves.summarize_gain(gain),
        curves.name_extra_terms(smooth, formulas.formula_of(tracks, "linear")),
        curves.judge_smooths(concurvity.check_bases(smooth), concurvity.concurvity(smooth)),
        curves.remark_on_genres(
            effects.average_effects(regression.fit_ols(formulas.formula_of(tracks, "splines"),
                                                       tracks)), pooled.slopes
        ),
        curves.describe_curves(smooths.smooth_curves(smooth)),
    ]
    shown = [
        tables.tabulate_shapes(exploration.describe_shapes(tracks)),
        tables.tabulate_gain(gain),
        tables.tabulate_smooths(
            smooth.penalties, concurvity.check_bases(smooth), concurvity.concurvity(smooth)
        ),
    ]
    check_texts(texts + [table.data for table in shown])


def check_texts(texts: list[str]) -> None:
    """Refuse words that only a mistake would print."""
    for text in texts:
        assert not re.search(r"\bnan\b|\bNone\b|np\.|\binf\b|\+−|−−", text), text


def test_every_figure_draws_without_genre():
    tracks = no_genre(typed(make_tracks(artists=150, seed=3, size=1000)))
    choice = selection.choose_formula(tracks)
    fit = selection.estimate_choice(choice, tracks).half
    smooth = additive.fit_additive.fresh(tracks)
    trends = diagnostics.residual_trends(fit)
    drawn = [
        figures.draw_correlations(exploration.correlate_scores(tracks)),
        figures.draw_single_curves(
            exploration.single_curves(tracks), exploration.sample_points(tracks)
        ),
        figures.draw_levels(exploration.valence_by_level(tracks), 0.5),
        figures.draw_ladder(choice.comparison, choice.rung),
        figures.draw_effects(effects.average_effects(fit).assign(model=fit.kind)),
        figures.draw_associations(exploration.compare_associations(tracks)),
        figures.draw_genre_slopes(pooling.genre_slopes.fresh(tracks).slopes),
        assumption_figures.draw_overview(
            diagnostics.describe_residuals(fit), trends, simulation.simulate_valence(fit),
            diagnostics.measure_collinearity(fit),
        ),
        assumption_figures.draw_trends(trends),
        curve_figures.draw_path(smooth.path),
        curve_figures.draw_smooths(smooths.smooth_curves(smooth)),
        curve_figures.draw_surface(smooths.surface(smooth)),
    ]  # fmt: skip
    for figure in drawn:
        figure.draw()


@pytest.mark.parametrize(
    ("lost", "word"), [(0.05, "large"), (0.02, "moderate"), (0.0, "negligible")]
)
def test_words_for_sizes(lost, word):
    assert verdicts.size_word(lost) == word
    assert prose.percent(lost)


def make_effects(**slopes) -> pd.DataFrame:
    """Return effects of features given as (per SD, its interval, difference of percentiles)."""
    rows = [(name, *values) for name, values in slopes.items()]
    return pd.DataFrame(rows, columns=["feature", "per_sd", "per_sd_low", "per_sd_high", "span"])


def test_answers_and_intervals_are_reconciled():
    effects = make_effects(energy=(0.1, 0.05, 0.15, 0.3), tempo=(0.02, -0.01, 0.05, 0.1))
    tests = pd.DataFrame({"feature": ["energy", "tempo"], "p": [0.03, 0.001],
                          "p_holm": [0.06, 0.002], "adjusted_lost": [0.02, 0.01]})  # fmt: skip
    said = verdicts.reconcile_intervals(effects, tests)
    assert "Of energy, the average slope has an interval clear of zero" in said
    assert "Tempo passes although" in said
    words = [word for _, word, _ in verdicts.answer_features(effects, tests)]
    assert words == ["uncorrected only", "yes"]
    every = verdicts.summarize_tests(tests.assign(p_holm=0.001), 100)
    assert every.startswith("After Holm's correction 2 of 2 features")


def test_opposite_signs_are_explained():
    effects = make_effects(
        energy=(0.1, 0.05, 0.15, 0.3), liveness=(-0.02, -0.03, -0.01, 0.01),
        tempo=(0.01, -0.01, 0.03, 0.02),
    )  # fmt: skip
    beside = effects.drop(columns="span").rename(
        columns={"per_sd": "question 1", "per_sd_low": "low", "per_sd_high": "high"}
    ).assign(**{"question 2": [0.1, 0.004, -0.002]})
    said = curves.compare_signs(beside, effects)
    assert "Signs differ for liveness and tempo: the curve of liveness turns" in said
    assert "interval for tempo includes zero (−0.010 to 0.030)" in said
    assert "Beside the 0.100 of energy that is small: at most 0.020 either way." in said
    same = curves.compare_signs(beside.assign(**{"question 2": beside["question 1"]}), effects)
    assert same == "Both give every score the same sign."
    assert "slope of liveness averages −0.020 per SD" in curves.explain_turns(effects)


def test_of_many_levels_the_extremes_are_tabulated():
    number = 30
    effect = [0.01 * (i + 1) for i in range(number)]
    levels = pd.DataFrame({
        "factor": "genre", "level": [f"genre {i:02d}" for i in range(number)], "reference": "pop",
        "tracks": 50, "effect": effect, "effect_low": effect, "effect_high": effect,
    })  # fmt: skip
    tests = pd.DataFrame({"feature": ["genre"], "p_holm": [0.001]})
    shown = verdicts.extreme_levels(levels, tests)
    assert shown["level"].tolist()[:2] == ["genre 29", "genre 28"]
    assert len(shown) == 2 * verdicts.LEVELS_SHOWN
    assert "five highest and the five lowest" in verdicts.summarize_levels(levels, tests)
    failed = tests.assign(p_holm=0.2)
    assert verdicts.extreme_levels(levels, failed).empty
    assert "not counted as a finding" in verdicts.summarize_levels(levels, failed)


def test_a_tick_has_one_name():
    pairs = [(round(float(place), 9), value)
             for column, values in axes.TICKS.items()
             for place, value in zip(axes._places(column), values, strict=True)]  # fmt: skip
    assert len({place for place, _ in pairs}) == len(set(pairs))
    assert axes._name_ticks([axes._places("log_duration")[1], -5.0]) == ["2", "−5"]


@pytest.mark.parametrize("number", [4, 40])
def test_slopes_of_few_and_of_many_genres_draw(number):
    tracks = typed(make_tracks(artists=150, seed=3, size=1000))
    names = [f"genre {i % number}" for i in range(len(tracks))]
    found = pooling.genre_slopes.fresh(tracks.assign(genre=pd.Categorical(names)))
    figures.draw_genre_slopes(found.slopes).draw()
    check_texts([curves.summarize_slopes(found.slopes, found.shares)])


def test_scores_that_differ_between_genres_are_remarked_on():
    effects = make_effects(energy=(0.1, 0.05, 0.15, 0.3), loudness=(-0.02, -0.03, -0.01, -0.1))
    rows = [("energy", "pop", 0.1, 0.05, 0.08), ("energy", "folk", 0.1, 0.05, 0.08),
            ("loudness", "pop", 0.05, 0.02, -0.01), ("loudness", "folk", -0.05, -0.09, -0.01)]
    slopes = pd.DataFrame(rows, columns=["feature", "genre", "slope", "slope_low", "mean_low"])
    slopes = slopes.assign(slope_high=slopes["slope"] + 0.03, mean_high=0.12)
    said = curves.remark_on_genres(effects, slopes)
    assert "the interval of loudness's mean slope over genres includes zero" in said
    assert "loudness is clearly positive in pop" in said
    assert "energy" not in said and "folk" not in said
    alike = slopes.drop_duplicates("feature").set_index("feature").assign(spread=[0.0, 0.1])
    assert curves._alike_genres(alike).startswith("For energy the variance of slopes")


def make_gain(gain: float, error: float) -> pd.DataFrame:
    """Return a comparison of the additive model with one formula."""
    return pd.DataFrame({"model": ["splines", "additive model"], "cv_r2": [0.3, 0.3 + gain],
                         "gain": [0.0, gain], "gain_se": [0.0, error]})  # fmt: skip


def test_a_gain_within_its_error_is_none():
    assert "level with the chosen formula" in curves.summarize_gain(make_gain(0.01, 0.008))
    assert "ahead of the chosen formula" in curves.summarize_gain(make_gain(0.03, 0.008))
    assert "behind the chosen formula" in curves.summarize_gain(make_gain(-0.03, 0.008))
