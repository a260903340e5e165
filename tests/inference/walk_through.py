"""Every frame that the inference room can make of a table."""

import pandas as pd

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


def explore(tracks: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the frames that need no model of all scores."""
    associations = exploration.compare_associations(tracks)
    pooled = pooling.genre_slopes.fresh(tracks)
    return {
        "left out": formulas.left_out(tracks),
        "shapes": exploration.describe_shapes(tracks),
        "correlations": exploration.correlate_scores(tracks),
        "curves": exploration.single_curves(tracks),
        "points": exploration.sample_points(tracks),
        "levels": exploration.valence_by_level(tracks),
        "associations": associations,
        "suppression": exploration.trace_suppression(tracks, associations["feature"].iloc[-1]),
        "slopes": pooled.slopes,
        "shares": pooled.shares,
    }


def estimate(tracks: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the frames of the ladder and of the chosen formula in four models."""
    choice = selection.choose_formula(tracks)
    fit = selection.estimate_choice(choice, tracks).half
    tests = effects.term_tests(fit)
    models = bounded.fit_fractional, bounded.fit_beta, mixed.fit_mixed
    others = [fit_model(choice.formula, tracks) for fit_model in models]
    return {
        "ladder": choice.comparison,
        "coefficients": regression.coefficients(fit),
        "effects": effects.average_effects(fit),
        "level effects": effects.level_effects(fit),
        "tests": reduction.adjust_losses(tests, fit),
        "reduction": reduction.reduce_formula(choice, fit).scores,
        "blocks": effects.block_r2(fit),
        **{f"effects in the {other.kind}": effects.average_effects(other) for other in others},
        "artists": others[-1].extra["artists"],
        **diagnose(fit),
    }


def diagnose(fit: regression.Fit) -> dict[str, pd.DataFrame]:
    """Return the frames of the diagnostics."""
    return {
        "residuals": diagnostics.describe_residuals(fit),
        "influence": diagnostics.compare_without(fit),
        "assumptions": diagnostics.test_assumptions(fit),
        "collinearity": diagnostics.measure_collinearity(fit),
        "simulated": simulation.simulate_valence(fit),
        "statistics": simulation.compare_simulated(fit),
        "outside": simulation.count_outside(fit),
        "condition": diagnostics.condition_numbers(fit),
        "clustering": clustering.measure_clustering(fit),
        "trends": diagnostics.residual_trends(fit),
    }


def smooth(tracks: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the frames of the additive model."""
    fit = additive.fit_additive.fresh(tracks)
    rungs = tuple((r.label, r.formula) for r in formulas.ladder_for(fit.basis.tracks)[1:3])
    return {
        "penalties": fit.penalties,
        "path": fit.path,
        "smooths": smooths.smooth_curves(fit),
        "surface": smooths.surface(fit),
        "concurvity": concurvity.concurvity(fit),
        "bases": concurvity.check_bases(fit),
        "gain": additive.compare_additive.fresh(fit, rungs),
    }
