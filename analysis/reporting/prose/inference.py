"""Sentences of the chapter on inference; words are chosen by what the data say."""

import pandas as pd

from analysis.reporting import prose
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


STEPS = (
    ("transformed", "linear", "transforms add"),
    ("splines", "categorical", "curves add"),
    ("interactions", "splines", "interactions add"),
    ("genre", "splines", "genre adds"),
    ("release", "both", "facts of the release add"),
    ("analysis", "interactions", "the audio analysis adds"),
)


def summarize_steps(comparison: pd.DataFrame) -> str:
    """Say what transforms, curves, interactions and genre add to the cross-validated R²."""
    scores = comparison.set_index("rung")["cv_r2"]
    parts = [
        _tell_step(words, scores[to] - scores[since])
        for to, since, words in STEPS
        if {to, since} <= set(scores.index)
    ]
    return f"In cross-validated R², {prose.joined(parts)}." if parts else ""


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


def caption_correlations(blocks: list[list[str]], correlations: pd.DataFrame) -> str:
    """Say in a caption which scores form a block, and what goes with valence."""
    own = correlations[correlations["first"] == "valence"].query("second != 'valence'")
    top = own.loc[own["r"].abs().idxmax()]
    first = (
        f"{prose.joined(blocks[0]).capitalize()} form one collinear block. "
        if blocks else "No scores form a collinear block. "
    )  # fmt: skip
    return first + (
        f"With valence, {top['second']} correlates most ({prose.number(top['r'], 2)}). "
        "Scores stand on the scale of their transforms, in the order of a hierarchical clustering."
    )


def caption_associations(associations: pd.DataFrame) -> str:
    """Say in a caption which scores change sign once the others are held equal."""
    turned = associations.loc[associations["turns"], "feature"].tolist()
    text = "Association of each score with valence alone, and with all other scores held equal. "
    if not turned:
        return text + "No score changes sign with both intervals clear of zero."
    verb = "changes" if len(turned) == 1 else "change"
    return text + f"{prose.joined(turned).capitalize()} {verb} sign."


def explain_suppression(associations: pd.DataFrame, trace: pd.DataFrame, feature: str) -> str:
    """Say which single control moves one score's slope the most."""
    row = associations.set_index("feature").loc[feature]
    start = trace.loc[trace["control"] == "nothing", "slope"].iloc[0]
    shifts = trace[trace["control"] != "nothing"].assign(shift=lambda t: (t["slope"] - start).abs())
    most = shifts.loc[shifts["shift"].idxmax()]
    return (
        f"Alone, {feature} goes with {prose.signed(row['alone'])} valence per standard deviation; "
        f"with all other scores held equal, with {prose.signed(row['partial'])}. "
        f"The single score that moves it most is {most['control']}, which alone takes it to "
        f"{prose.signed(most['slope'])}."
    )


def answer_question(effects, tests, blocks, associations, extra: dict) -> list[str]:
    """Return the five sentences of "What goes with valence"."""
    ordered = effects.reindex(effects["span"].abs().sort_values(ascending=False).index)
    first, second = ordered.iloc[0], ordered.iloc[1]
    turned = associations.loc[associations["turns"], "feature"].tolist()
    block = blocks.iloc[0]
    turning = (
        f"{prose.joined(turned).capitalize()} {'changes' if len(turned) == 1 else 'change'} sign "
        "once the other scores are held equal: a correlation with one score is not its share."
        if turned else "No score changes sign once the others are held equal."
    )  # fmt: skip
    return [
        f"{first['feature'].capitalize()} goes with valence most: {_effect_words(first)}.",
        f"Next comes {second['feature']}: {_effect_words(second)}.",
        _others(ordered.iloc[2:], tests),
        turning,
        f"The block that explains most beyond all others is {block['block']} "
        f"({prose.percent(block['r2_lost'])} of the variance); the levels of single artists hold a "
        f"further {prose.percent(extra['conditional_r2'] - extra['marginal_r2'])}.",
    ]  # fmt: skip


def _others(rest: pd.DataFrame, tests: pd.DataFrame) -> str:
    """Say which other scores pass the joint test, in which direction, the weightiest first."""
    merged = rest.merge(tests[["feature", "p_holm", "r2_lost"]], on="feature")
    passed = merged[merged["p_holm"] < LEVEL].sort_values("r2_lost", ascending=False)
    if passed.empty:
        return "No other score passes the joint test."
    parts = [
        f"{row.feature} ({_direction(row)}, {prose.percent(row.r2_lost, 1)} of the variance)"
        for row in passed.itertuples()
    ]
    verb = "passes" if len(parts) == 1 else "pass"
    return f"Of the other scores, {prose.joined(parts)} {verb} the joint test."


def _direction(row) -> str:
    """Return the direction of a curve; one whose slope and ends disagree turns."""
    if row.per_sd * row.span < 0:
        return "turning"
    return "rising" if row.span > 0 else "falling"


def _effect_words(row: pd.Series) -> str:
    """Return an average effect in words."""
    between = prose.interval(row["per_sd_low"], row["per_sd_high"])
    return (
        f"{prose.signed(row['per_sd'])} per standard deviation (95 % interval {between}), "
        f"{prose.signed(row['span'])} from its 10th to its 90th percentile"
    )
