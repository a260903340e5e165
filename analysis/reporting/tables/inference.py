"""Tables of the chapter on inference."""

import pandas as pd
from IPython.display import Markdown

from analysis.reporting import prose
from analysis.reporting.prose import assumptions, verdicts
from analysis.reporting.tables import markdown


def tabulate_left_out(left_out: pd.DataFrame) -> Markdown:
    """Tabulate which columns the ladder has to do without, and why."""
    if left_out.empty:
        left_out = pd.DataFrame([("nothing", "every column of the ladder is there")],
                                columns=["what", "reason"])  # fmt: skip
    return markdown(left_out.rename(columns={"what": "left out"}))


def tabulate_shapes(shapes: pd.DataFrame) -> Markdown:
    """Tabulate skewness and pile-up of every score, and the transform that answers it."""
    shown = shapes[["feature", "skewness"]].assign(**{
        "below 0.01": [prose.percent(share) for share in shapes["at_low"]],
        "above 0.99": [prose.percent(share) for share in shapes["at_high"]],
        "transform": shapes["transform"],
        "skewness after": shapes["skewness_after"],
        "reason": shapes["reason"],
    })  # fmt: skip
    return markdown(shown, digits=2)


def tabulate_formulas(comparison: pd.DataFrame) -> Markdown:
    """Tabulate what each rung adds, and why."""
    why = [_name_factors(row) for row in comparison.itertuples()]
    return markdown(pd.DataFrame({"rung": comparison["label"], "why": why}))


def _name_factors(row) -> str:
    """Return a rung's reason, with the factors that its label does not tell of."""
    terms = row.formula.partition("~")[2].strip().split(" + ")
    factors = [name for name in ("key", "mode", "metre") if name in terms]
    if row.label.startswith("+") or not factors:
        return row.reason
    return f"{row.reason}; with {prose.joined(factors)}"


def tabulate_ladder(comparison: pd.DataFrame) -> Markdown:
    """Tabulate size, in-sample criteria and cross-validated scores of every rung."""
    columns = {
        "label": "rung", "parameters": "parameters", "adjusted_r2": "adjusted R²", "aic": "AIC",
        "bic": "BIC", "cv_r2": "CV R²", "cv_r2_se": "SE of R²", "cv_mae": "CV MAE",
        "cv_mae_se": "SE of MAE",
    }  # fmt: skip
    return markdown(comparison[list(columns)].rename(columns=columns), digits={"AIC": 0, "BIC": 0})


def tabulate_coefficients(coefficients: pd.DataFrame) -> Markdown:
    """Tabulate coefficients with HC3 and artist-clustered 95 % intervals."""
    shown = pd.DataFrame({
        "term": coefficients["name"], "estimate": coefficients["estimate"],
        "HC3 interval": _intervals(coefficients, "hc3"),
        "clustered interval": _intervals(coefficients, "clustered"),
    })  # fmt: skip
    return markdown(shown, digits=4)


def _intervals(frame: pd.DataFrame, name: str, digits: int = 3) -> list[str]:
    """Return the intervals whose ends are called `<name>_low` and `<name>_high`."""
    pairs = zip(frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
    return [prose.interval(low, high, digits) for low, high in pairs]


def tabulate_effects(half: pd.DataFrame, full: pd.DataFrame) -> Markdown:
    """Tabulate average effects on the estimating half, with those on all tracks beside them."""
    beside = full.set_index("feature")["per_sd"].reindex(half["feature"])
    shown = pd.DataFrame({
        "feature": half["feature"],
        "per SD": [prose.signed(value) for value in half["per_sd"]],
        "95 % interval": _intervals(half, "per_sd"),
        "all training tracks": [prose.signed(value) for value in beside.fillna(0.0)],
        "natural step": half["step"],
        "per step": [prose.signed(value) for value in half["per_step"]],
        "10th to 90th percentile": [prose.signed(value) for value in half["span"]],
    })  # fmt: skip
    return markdown(shown)


def tabulate_level_effects(effects: pd.DataFrame, tests: pd.DataFrame) -> Markdown:
    """Tabulate the levels whose intervals are clear of no difference, of many the extreme ones."""
    clear = verdicts.extreme_levels(effects, tests)
    if clear.empty:
        return markdown(pd.DataFrame({"levels": ["none, of a factor that passes the joint test"]}))
    shown = pd.DataFrame({
        "factor": clear["factor"], "level": clear["level"], "against": clear["reference"],
        "tracks": clear["tracks"],
        "difference in valence": [prose.signed(value) for value in clear["effect"]],
        "95 % interval": _intervals(clear, "effect"),
    })  # fmt: skip
    return markdown(shown)


def tabulate_tests(tests: pd.DataFrame) -> Markdown:
    """Tabulate joint tests with Holm's correction, and what each feature explains."""
    shown = pd.DataFrame({
        "feature": tests["feature"], "columns": tests["columns"],
        "F": [prose.number(value, 1) for value in tests["f"]],
        "Holm's p": [prose.p_value(value) for value in tests["p_holm"]],
        "partial R²": tests["partial_r2"], "R² lost without it": tests["r2_lost"],
        "adjusted R² lost": tests["adjusted_lost"],
    })  # fmt: skip
    return markdown(shown)


def tabulate_blocks(blocks: pd.DataFrame) -> Markdown:
    """Tabulate what each block of related features explains beyond all the others."""
    names = {"partial_r2": "partial R²", "r2_lost": "R² lost without it"}
    return markdown(blocks.rename(columns=names))


def tabulate_answers(effects: pd.DataFrame, tests: pd.DataFrame) -> Markdown:
    """Answer feature by feature, in words, whether it goes with valence and how much."""
    lines = verdicts.answer_features(effects, tests)
    return markdown(pd.DataFrame(lines, columns=["feature", "passes the test?", "how much"]))


def tabulate_reduction(scores: pd.DataFrame) -> Markdown:
    """Tabulate the chosen formula beside those that keep only the terms that pass."""
    shown = pd.DataFrame({
        "formula": scores["terms"], "parameters": scores["parameters"],
        "adjusted R²": scores["adjusted_r2"], "CV R²": scores["cv_r2"],
        "SE of R²": scores["cv_r2_se"],
        "change in CV R²": [prose.signed(value) for value in scores["change"]],
        "SE of change": scores["change_se"], "CV MAE": scores["cv_mae"],
    })  # fmt: skip
    return markdown(shown)


def tabulate_significant(tests: pd.DataFrame, effects: pd.DataFrame) -> Markdown:
    """Tabulate both halves' tests, and the average effects in the formula that is left.

    Parameters
    ----------
    tests : pandas.DataFrame
        What `reduction.compare_tests` returns.
    effects : pandas.DataFrame
        What `average_effects` returns for the reduced formula.
    """
    sizes = effects.set_index("feature") if len(effects) else effects  # of the mean alone: none
    told = [
        f"{prose.signed(sizes.loc[name, 'per_sd'])} "
        f"({prose.interval(*sizes.loc[name, ['per_sd_low', 'per_sd_high']])})"
        if name in sizes.index else "–"
        for name in tests["feature"]
    ]  # fmt: skip
    shown = pd.DataFrame({
        "feature": tests["feature"],
        "p, choosing half": [prose.p_value(value) for value in tests["p_choosing"]],
        "p, estimating half": [prose.p_value(value) for value in tests["p_estimating"]],
        "kept": ["yes" if kept else "no" for kept in tests["kept"]],
        "per SD (95 % interval)": told,
    })  # fmt: skip
    return markdown(shown)


def tabulate_influential(influential: pd.DataFrame) -> Markdown:
    """Tabulate the most influential tracks by name."""
    columns = ["title", "artist", "valence", "fitted", "leverage", "cook"]
    shown = influential[columns].rename(columns={"cook": "Cook's distance"})
    return markdown(shown, digits={"valence": 2, "fitted": 2, "Cook's distance": 4})


def tabulate_assumptions(
    tests: pd.DataFrame, clustering: pd.DataFrame, collinearity: pd.DataFrame,
    condition: pd.DataFrame, simulated: pd.DataFrame, moved: pd.DataFrame,
) -> Markdown:  # fmt: skip
    """Tabulate every assumption with evidence, consequence and remedy."""
    lines = assumptions.judge_assumptions(
        tests, clustering, collinearity, condition, simulated, moved
    )
    columns = ["assumption", "evidence", "consequence", "remedy taken"]
    return markdown(pd.DataFrame(lines, columns=columns))


def tabulate_smooths(
    penalties: pd.DataFrame, bases: pd.DataFrame, concurvity: pd.DataFrame
) -> Markdown:
    """Tabulate effective degrees of freedom, basis checks and concurvity of every term."""
    joined = penalties.merge(bases[["term", "index", "p"]], on="term", how="left")
    joined = joined.merge(concurvity, on="term")
    shown = pd.DataFrame({
        "term": joined["term"], "columns": joined["columns"], "edf": joined["edf"],
        "k-index": joined["index"], "permutation p": joined["p"],
        "concurvity: worst": joined["worst"], "observed": joined["observed"],
        "estimate": joined["estimate"],
    })  # fmt: skip
    return markdown(shown, digits={"edf": 1, "k-index": 2, "permutation p": 2} | dict.fromkeys(
        ("concurvity: worst", "observed", "estimate"), 2))  # fmt: skip


def tabulate_gain(gain: pd.DataFrame) -> Markdown:
    """Tabulate cross-validated scores of the additive model beside formulas."""
    shown = pd.DataFrame({
        "model": gain["model"], "parameters": gain["parameters"], "CV R²": gain["cv_r2"],
        "CV MAE": gain["cv_mae"], "gain in R²": [prose.signed(value) for value in gain["gain"]],
        "SE of gain": gain["gain_se"],
    })  # fmt: skip
    return markdown(shown, digits={"parameters": 0})
