"""Sentences on curves and slopes: of the additive model, of effects that turn, of genres."""

import pandas as pd

from analysis.reporting import prose


def summarize_gain(gain: pd.DataFrame) -> str:
    """Say what the additive model gains over the formulas."""
    rows = gain.set_index("model")
    best, first = rows.loc["additive model"], rows.iloc[0]
    rivals = rows.drop(index="additive model")
    rival = rivals.loc[rivals["cv_r2"].idxmax()]
    verdict = "ahead of" if best["cv_r2"] > rival["cv_r2"] else "behind"
    return (
        f"The additive model reaches a cross-validated R² of {prose.number(best['cv_r2'])}, "
        f"{prose.signed(best['cv_r2'] - first['cv_r2'])} over “{rows.index[0]}” and {verdict} the "
        f"best formula, “{rival.name}”, at {prose.number(rival['cv_r2'])}."
    )


def describe_curves(smooths: pd.DataFrame) -> str:
    """Say in words what the curves look like, the tallest first."""
    curves = smooths.groupby("feature", sort=False)
    parts = sorted(((_rise(part), name, _shape(part)) for name, part in curves), reverse=True)
    shown = [f"{name} ({shape}, {prose.number(rise, 2)})" for rise, name, shape in parts[:4]]
    rest = [name for rise, name, _ in parts if rise < 0.05]
    text = f"From lowest to highest point, the tallest curves are those of {prose.joined(shown)}."
    if not rest:
        return text
    verb = "stays" if len(rest) == 1 else "stay"
    return f"{text} {prose.joined(rest).capitalize()} {verb} within 0.05 of flat."


def _rise(curve: pd.DataFrame) -> float:
    """Return how far a curve reaches from its lowest to its highest point."""
    return curve["effect"].max() - curve["effect"].min()


def _shape(curve: pd.DataFrame) -> str:
    """Return the word for a curve: where its extremes lie says how it runs."""
    values = curve.sort_values("x")["effect"].to_numpy()
    rise, ends = values.max() - values.min(), values[-1] - values[0]
    if abs(ends) > 0.85 * rise:
        return "rising" if ends > 0 else "falling"
    high, low = values.argmax() / len(values), values.argmin() / len(values)
    if 0.05 < high < 0.95 and not 0.05 < low < 0.95:
        return "rising to a peak, then falling"
    return "falling to a low, then rising" if 0.05 < low < 0.95 else "turning more than once"


def explain_turns(effects: pd.DataFrame) -> str:
    """Say of which scores the average slope and the difference between percentiles disagree."""
    clear = effects["per_sd_low"] * effects["per_sd_high"] > 0
    turned = effects[clear & (effects["per_sd"] * effects["span"].round(3) < 0)]
    if turned.empty:
        return "Every average slope that is clear of zero has the sign of that difference."
    parts = [
        f"the slope of {row.feature} averages {prose.signed(row.per_sd)} per SD, and yet valence "
        f"changes by {prose.signed(row.span)} from its 10th to its 90th percentile"
        for row in turned.itertuples()
    ]
    one = len(turned) == 1
    text = "; ".join(parts)
    return (
        f"{text[0].upper()}{text[1:]}: {'its curve turns' if one else 'their curves turn'}, and "
        f"{'its' if one else 'their'} sign depends on the summary."
    )


def compare_signs(beside: pd.DataFrame, effects: pd.DataFrame) -> str:
    """Say which scores have opposite signs in both questions, and why.

    Parameters
    ----------
    beside : pandas.DataFrame
        What `rankings.beside_inference` returns.
    effects : pandas.DataFrame
        The average effects that it was made of.
    """
    first, second = beside["question 1"].round(3), beside["question 2"].round(3)
    opposed = beside[first * second < 0]
    if opposed.empty:
        return "Both give every score the same sign."
    both = opposed.merge(effects[["feature", "span"]], on="feature")
    reasons = [_explain_sign(row) for row in both.to_dict("records")]
    most = beside.loc[beside["question 1"].abs().idxmax()]
    size = both[["question 1", "question 2"]].abs().to_numpy().max()
    return (
        f"Signs differ for {prose.joined(opposed['feature'].tolist())}: {'; '.join(reasons)}. "
        f"Beside the {prose.number(abs(most['question 1']))} of {most['feature']} that is "
        f"{'small' if size < abs(most['question 1']) / 4 else 'not small'}: at most "
        f"{prose.number(size)} either way."
    )


def _explain_sign(row: dict) -> str:
    """Say why one score's sign differs between both questions."""
    if row["low"] * row["high"] < 0:
        between = prose.interval(row["low"], row["high"])
        return f"the first question's interval for {row['feature']} includes zero ({between})"
    if row["question 1"] * row["span"] < 0:
        return (
            f"the curve of {row['feature']} turns (in the first question, a slope of "
            f"{prose.signed(row['question 1'])} on average but a difference of "
            f"{prose.signed(row['span'])} between the 10th and the 90th percentile), so a slope "
            "averaged over tracks and a line through the whole curve need not agree"
        )
    return f"for {row['feature']} the two models, which hold different things equal, disagree"


def summarize_slopes(slopes: pd.DataFrame, shares: pd.DataFrame) -> str:
    """Say which associations differ between genres, whose direction does, and how much it is."""
    if slopes.empty:
        return "The table has too few genres to compare their slopes."
    means = slopes.drop_duplicates("feature").set_index("feature")
    wide = means["spread"].idxmax()
    part = slopes[slopes["feature"] == wide]
    high, low = part.loc[part["slope"].idxmax()], part.loc[part["slope"].idxmin()]
    row = shares.iloc[0]
    return (
        f"Genres differ most in {wide}, with a standard deviation of "
        f"{prose.number(means.loc[wide, 'spread'])} between genres: its slope runs from "
        f"{prose.signed(low['slope'])} in {low['genre']} to {prose.signed(high['slope'])} in "
        f"{high['genre']}. {_opposed_genres(slopes)} In this model mean slopes explain "
        f"{prose.percent(row['marginal_r2'])} of the variance of valence, the levels of genres "
        f"{prose.percent(row['levels'])}, their own slopes {prose.percent(row['slopes'])} and the "
        f"levels of artists {prose.percent(row['artists'])}, together "
        f"{prose.percent(row['conditional_r2'])} (intraclass correlation of artists "
        f"{prose.number(row['icc'], 2)})."
    )


def _opposed_genres(slopes: pd.DataFrame) -> str:
    """Say which scores are clearly positive in one genre and clearly negative in another."""
    mixed = [name for name, part in slopes.groupby("feature", sort=False)
             if (part["slope_low"] > 0).any() and (part["slope_high"] < 0).any()]  # fmt: skip
    if not mixed:
        return "No score has clearly opposite signs in two genres."
    verb = "has" if len(mixed) == 1 else "have"
    names = prose.joined(mixed)
    return (
        f"{names[0].upper()}{names[1:]} {verb} opposite signs in some genres, with intervals clear "
        "of zero."
    )


def caption_slopes(slopes: pd.DataFrame) -> str:
    """Say in a caption what the figure of genres' slopes shows, or why it shows nothing."""
    if slopes.empty:
        return "No slopes by genre: the table has too few genres."
    genres = slopes["genre"].nunique()
    order = "" if genres <= 6 else " Within a score, genres stand in the order of their slopes."
    return (
        f"Own slopes of {prose.count(genres)} genres with 95 % intervals, all estimated in one "
        "mixed model: drawn towards the mean over genres in proportion to their uncertainty. "
        f"Upright line and grey band: that mean with its 95 % interval.{order}"
    )
