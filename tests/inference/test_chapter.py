"""The chapter's words, tables and figures hold for tables that lack things."""

import re

import pandas as pd
import pytest
from simulated_tracks import make_tracks
from test_bad_input import duplicated_column, no_genre, typed

from analysis.inference import (
    additive,
    bounded,
    concurvity,
    diagnostics,
    effects,
    exploration,
    formulas,
    mixed,
    selection,
    simulation,
    smooths,
)
from analysis.reporting import prose
from analysis.reporting.figures import assumptions as assumption_figures
from analysis.reporting.figures import curves as curve_figures
from analysis.reporting.figures import inference as figures
from analysis.reporting.prose import assumptions, curves, inference
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
    half, tests = effects.average_effects(fit), effects.term_tests(fit)
    shares = effects.block_r2(fit)
    mix = mixed.fit_mixed(choice.formula, choice.estimating)
    both = pd.concat([half.assign(model=fit.kind),
                      effects.average_effects(bounded.fit_beta(choice.formula, choice.estimating))
                      .assign(model="beta regression")])  # fmt: skip
    associations = exploration.compare_associations(tracks)
    moved = diagnostics.compare_without(fit)
    collinearity = diagnostics.measure_collinearity(fit)
    texts = [
        inference.summarize_choice(choice.comparison, choice.rung, choice.best),
        inference.summarize_steps(choice.comparison),
        inference.caption_ladder(choice.comparison, choice.rung),
        inference.summarize_tests(tests, len(fit.tracks)),
        assumptions.compare_models(both),
        assumptions.summarize_mixed(mix.extra),
        assumptions.summarize_influence(moved, diagnostics.TOP),
        *inference.answer_question(half, tests, shares, associations, mix.extra),
    ]
    shown = [
        tables.tabulate_left_out(formulas.left_out(tracks)),
        tables.tabulate_formulas(choice.comparison),
        tables.tabulate_ladder(choice.comparison),
        tables.tabulate_effects(half, effects.average_effects(fit)),
        tables.tabulate_level_effects(effects.level_effects(fit)),
        tables.tabulate_tests(tests),
        tables.tabulate_blocks(shares),
        tables.tabulate_answers(half, tests),
        tables.tabulate_influential(diagnostics.most_influential(diagnostics.describe_residuals(fit))),
        tables.tabulate_assumptions(
            diagnostics.test_assumptions(fit), diagnostics.measure_clustering(fit), collinearity,
            simulation.compare_simulated(fit), moved,
        ),
    ]  # fmt: skip
    check_texts(texts + [table.data for table in shown])


def test_exploration_and_curves_in_words_and_tables(tracks):
    associations = exploration.compare_associations(tracks)
    changed = exploration.most_changed(associations)
    correlations = exploration.correlate_scores(tracks)
    smooth = additive.fit_additive.fresh(tracks)
    rungs = (("scores, linear", formulas.formula_of(tracks, "linear")),)
    gain = additive.compare_additive.fresh(smooth, rungs)
    texts = [
        inference.caption_correlations(exploration.collinear_blocks(correlations), correlations),
        inference.caption_associations(associations),
        inference.explain_suppression(
            associations, exploration.trace_suppression(tracks, changed), changed
        ),
        inference.summarize_slopes(mixed.genre_slopes(tracks)),
        curves.summarize_gain(gain),
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
        figures.draw_genre_slopes(mixed.genre_slopes(tracks)),
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
    assert inference.size_word(lost) == word
    assert prose.percent(lost)
