"""Sentences of the chapter on inference; words are chosen by what the data say."""

import pandas as pd

from analysis.reporting import prose
from analysis.reporting.prose.curves import CLEAR_ERRORS, remark_on_genres
from analysis.reporting.prose.verdicts import LEVEL


def summarize_choice(comparison: pd.DataFrame, rung: str, best: str) -> str:
    """Say which rung was chosen and what it is worth."""
    rows = comparison.set_index("rung")
    chosen, top = rows.loc[rung], rows.loc[best]
    text = (
        f"The smallest rung within one standard error of the best is “{chosen['label']}”, with "
        f"{prose.count(chosen['parameters'])} parameters and a cross-validated R² of "
        f"{prose.number(chosen['cv_r2'])} (standard error {prose.number(chosen['cv_r2_se'])})"
    )
    if rung == best:
        return f"{text}; it is also the best."
    return f"{text}; the best, “{top['label']}”, reaches {prose.number(top['cv_r2'])}."


def explain_levels(levels: pd.DataFrame, most: int) -> str:
    """Say of which factors only the highest and the lowest levels are shown."""
    counts = levels.groupby("factor", sort=False).size()
    many = counts.index[counts > most].tolist()
    if not many:
        return "All levels are shown."
    return f"Of {prose.joined(many)}, the {prose.spelled(most // 2)} highest and lowest are shown."


STEPS = (
    ("transformed", "linear", "transforms add"),
    ("splines", "categorical", "curves add"),
    ("interactions", "splines", "interactions add"),
    ("genre", "splines", "genre adds"),
    ("release", "both", "facts of the release add"),
    ("analysis", "interactions", "the audio analysis adds"),
)


def summarize_steps(comparison: pd.DataFrame, chosen: str) -> str:
    """Say what transforms, curves, interactions and genre add to the cross-validated R²."""
    rows = comparison.set_index("rung")
    scores = rows["cv_r2"]
    parts = [
        _tell_step(words, scores[to] - scores[since])
        for to, since, words in STEPS
        if {to, since} <= set(scores.index)
    ]
    told = f"In cross-validated R², {prose.joined(parts)}." if parts else ""
    if not {"both", "release"} <= set(scores.index) or chosen in ("both", "release"):
        return told
    return (
        f"{told} The facts of the release are set against the rung above them, which has "
        f"interactions; against “{rows.loc[chosen, 'label']}” the difference is "
        f"{prose.signed(scores['release'] - scores[chosen])}."
    )


def _tell_step(words: str, gain: float) -> str:
    """Say what a step adds, or costs."""
    verb = words.split()[-1]
    loss = gain < 0
    told = words.removesuffix(verb) + verb.replace("add", "cost") if loss else words
    return f"{told} {prose.number(abs(gain))}"


def caption_ladder(comparison: pd.DataFrame, rung: str) -> str:
    """Say in a caption what the ladder shows."""
    chosen = comparison.set_index("rung").loc[rung]
    return (
        "Cross-validated R² of every rung on the choosing half. The diamond marks the rung "
        f"chosen, “{chosen['label']}”: the smallest above the dashed line, which stands one "
        "standard error below the best."
    )


def summarize_reduction(reduction, tests: pd.DataFrame) -> str:
    """Say which features the reduced formula keeps, and what dropping the others costs."""
    rows = reduction.scores.set_index("terms")
    small = rows.iloc[1]
    kept = (
        f"On the choosing half {prose.count(len(reduction.kept))} of "
        f"{prose.plural(len(tests), 'feature')} pass"
    )
    if not reduction.dropped:
        return f"{kept}: nothing is dropped, and the reduced formula is the chosen one."
    return (
        f"{kept}; {prose.joined(reduction.dropped)} {_are(reduction.dropped)} dropped. "
        f"{_tell_disagreement(reduction)} On the estimating half the reduced formula has "
        f"{prose.plural(small['parameters'], 'parameter')} instead of "
        f"{prose.count(rows.iloc[0]['parameters'])}, and its cross-validated R² differs by "
        f"{prose.signed(small['change'])} (standard error {prose.number(small['change_se'])}): "
        f"{_tell_cost(small)}."
    )


def _are(names) -> str:
    """Return the verb for names."""
    return "is" if len(names) == 1 else "are"


def _tell_cost(row: pd.Series) -> str:
    """Say whether a change of R² is clear of its error."""
    if abs(row["change"]) <= CLEAR_ERRORS * row["change_se"]:
        return "the dropped terms cost nothing that can be told from chance"
    return "dropping terms costs accuracy" if row["change"] < 0 else "dropping terms helps"


def _tell_disagreement(reduction) -> str:
    """Say on which features both halves disagree."""
    parts = []
    if reduction.lost:
        parts.append(f"{prose.joined(reduction.lost)} {_pass(reduction.lost)} only there")
    if reduction.gained:
        parts.append(f"{prose.joined(reduction.gained)} {_pass(reduction.gained)} only on the "
                     "estimating half")  # fmt: skip
    if not parts:
        return "The estimating half's tests agree."
    return f"The halves disagree, as tests near the level do: {'; '.join(parts)}."


def _pass(names) -> str:
    """Return the verb for names that pass."""
    return "passes" if len(names) == 1 else "pass"


def _tell_best(reduction) -> str:
    """Say how much the formulas explain, on which tracks."""
    rows = reduction.scores
    small, whole = rows.iloc[1], rows.iloc[0]
    if not reduction.kept:
        return (
            "On the choosing half no feature passes the corrected test, so a formula of "
            "significant features is the mean alone; with all its terms the chosen formula has a "
            f"cross-validated R² of {prose.number(whole['cv_r2'])} on the estimating half."
        )
    text = (
        f"The chosen formula with only the {prose.plural(len(reduction.kept), 'feature')} that "
        f"passed on the choosing half explains "
        f"{prose.percent(small['adjusted_r2'])} of the variance of valence on the estimating half "
        f"of the training tracks (adjusted R² {prose.number(small['adjusted_r2'])}), and "
        f"{prose.percent(small['cv_r2'])} on artists left out of the fit (cross-validated R² "
        f"{prose.number(small['cv_r2'])}, standard error {prose.number(small['cv_r2_se'])})"
    )
    if not reduction.dropped:
        return f"{text}; no feature had to go."
    return (
        f"{text}; with all its terms, {prose.number(whole['adjusted_r2'])} and "
        f"{prose.number(whole['cv_r2'])} on the same tracks. {_tell_disagreement(reduction)}"
    )


def answer_question(
    effects, leads, tests, blocks, associations, extra: dict, slopes: pd.DataFrame, reduction
) -> list[str]:
    """Return the five answers of "What goes with valence" and one on the best model.

    `leads` is what `compare_sizes` returns for the first score of `rank_scores`.
    """
    ordered = rank_scores(effects)
    first, second = ordered.iloc[0], ordered.iloc[1]
    block = blocks.iloc[0]
    return [
        f"{first['feature'].capitalize()} goes with valence most: {_effect_words(first)}.",
        f"Next comes {second['feature']}: {_effect_words(second)}. Per standard deviation "
        f"{first['feature']} does {tell_lead(leads, second['feature'])}.",
        _others(ordered.iloc[2:], tests, slopes),
        _tell_turns(effects, associations),
        f"The block that explains most beyond all others is {block['block']} "
        f"({prose.percent(block['r2_lost'])} of the whole variance); artists hold "
        f"{prose.percent(extra['icc'])} of the residual variance, which is "
        f"{prose.percent(extra['conditional_r2'] - extra['marginal_r2'])} of the whole.",
        _tell_best(reduction),
    ]  # fmt: skip


def rank_scores(effects: pd.DataFrame) -> pd.DataFrame:
    """Return average effects in order of the difference in valence across the middle range."""
    return effects.reindex(effects["span"].abs().sort_values(ascending=False).index)


def tell_lead(leads: pd.DataFrame, other: str) -> str:
    """Say by how much one score's effect is larger than that of another, paired."""
    line = leads.set_index("feature").loc[other]
    between = prose.interval(line["larger_low"], line["larger_high"])
    text = (
        f"{prose.number(abs(line['larger']))} {'more' if line['larger'] > 0 else 'less'} than "
        f"{other} (95 % interval of the difference {between}"
    )
    clear = line["larger_low"] * line["larger_high"] > 0
    return f"{text})" if clear else f"{text}, so which is larger is not shown)"


def _tell_turns(effects: pd.DataFrame, associations: pd.DataFrame) -> str:
    """Say which scores change sign once the others are held equal, and what genre does to that."""
    turned = associations.loc[associations["turns"], "feature"].tolist()
    if not turned:
        return "No score changes sign once the others are held equal."
    verb = "changes" if len(turned) == 1 else "change"
    known = effects[effects["feature"].isin(turned)]
    unclear = known[known["per_sd_low"] * known["per_sd_high"] < 0]
    parts = [f"that of {row.feature} is {prose.signed(row.per_sd)} "
             f"({prose.interval(row.per_sd_low, row.per_sd_high)})"
             for row in unclear.itertuples()]  # fmt: skip
    rest = (
        f"; in the chosen formula the interval of a slope can include zero: {prose.joined(parts)}"
        if parts else ""
    )  # fmt: skip
    return (
        f"Without genre in the formula, {prose.joined(turned)} {verb} sign once the other scores "
        f"are held equal: a correlation with one score is not its share{rest}."
    )


def _others(rest: pd.DataFrame, tests: pd.DataFrame, slopes: pd.DataFrame) -> str:
    """Say which other scores pass the joint test, in which direction, the weightiest first."""
    merged = rest.merge(tests[["feature", "p_holm", "adjusted_lost"]], on="feature")
    passed = merged[merged["p_holm"] < LEVEL].sort_values("adjusted_lost", ascending=False)
    if passed.empty:
        return "No other score passes the joint test."
    parts = [
        f"{row.feature} ({_direction(row)}, {prose.percent(row.adjusted_lost, 1)} of the variance)"
        for row in passed.itertuples()
    ]
    verb = "passes" if len(parts) == 1 else "pass"
    straight = passed[passed["per_sd"] * passed["span"] > 0]
    text = f"Of the other scores, {prose.joined(parts)} {verb} the joint test."
    return f"{text} {remark_on_genres(straight, slopes)}".strip()


def _direction(row) -> str:
    """Return the direction of a curve; one whose slope and ends disagree turns."""
    if row.per_sd * row.span < 0:
        return "turning"
    if row.per_sd_low * row.per_sd_high < 0:
        return "of no clear slope on average"
    return "rising" if row.span > 0 else "falling"


def _effect_words(row: pd.Series) -> str:
    """Return an average effect in words."""
    between = prose.interval(row["per_sd_low"], row["per_sd_high"])
    return (
        f"{prose.signed(row['per_sd'])} per standard deviation (95 % interval {between}), "
        f"{prose.signed(row['span'])} from its 10th to its 90th percentile"
    )
