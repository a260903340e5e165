"""Sentences on curves and slopes: of the additive model, of effects that turn, of genres."""

import re

import pandas as pd

from analysis.reporting import prose

# A share of permutations this small, and an index or a concurvity beyond these, is remarked on.
SMALL_SHARE, SLIGHT_INDEX, HIGH = 0.05, 0.9, 0.8
# Below this, a standard deviation between genres is zero in print.
NO_SPREAD = 5e-4


# A difference over five folds counts if it exceeds so many of its standard errors: the 97.5 %
# quantile of t with four degrees of freedom.
CLEAR_ERRORS = 2.776


def summarize_gain(gain: pd.DataFrame) -> str:
    """Say what the additive model gains over the chosen formula, which stands first."""
    rows = gain.set_index("model")
    smooth, first = rows.loc["additive model"], rows.iloc[0]
    clear = abs(smooth["gain"]) > CLEAR_ERRORS * smooth["gain_se"]
    verdict = ("ahead of" if smooth["gain"] > 0 else "behind") if clear else "level with"
    return (
        f"The additive model reaches a cross-validated R² of {prose.number(smooth['cv_r2'])}, "
        f"{verdict} the chosen formula, “{rows.index[0]}”, at {prose.number(first['cv_r2'])}: the "
        f"difference by fold is {prose.signed(smooth['gain'])}, with a standard error of "
        f"{prose.number(smooth['gain_se'])}, which a paired t-test "
        f"{'tells' if clear else 'does not tell'} from chance."
    )


def name_extra_terms(smooth, formula: str) -> str:
    """Say which terms the additive model holds that a formula lacks."""
    extra = [name for name in smooth.basis.names
             if not re.search(rf"(\b|_){re.escape(name)}\b", formula)]  # fmt: skip
    if not extra:
        return "It holds no feature that the chosen formula lacks."
    return f"Beside curves it holds {prose.joined(extra)}, which the chosen formula lacks."


def judge_smooths(bases: pd.DataFrame, concurvity: pd.DataFrame) -> str:
    """Say which bases may be too small, and which curves could be made of the others."""
    low = bases[bases["p"] < SMALL_SHARE]
    least = bases.loc[bases["index"].idxmin()]
    if low.empty:
        size = "No basis is too small: no index is lower than shuffling makes it."
    else:
        parts = [f"{row.term} ({prose.number(row.index_, 2)}, permutation p = "
                 f"{prose.number(row.p, 2)})"
                 for row in low.rename(columns={"index": "index_"}).itertuples()]  # fmt: skip
        size = (
            f"The k-index is lower than shuffling makes it for {prose.joined(parts)}, so a pattern "
            f"is left there; at an index of {prose.number(least['index'], 2)} or above it is "
            f"{'slight' if least['index'] > SLIGHT_INDEX else 'not slight'}."
        )
    return f"{size} {_judge_concurvity(concurvity)}"


def _judge_concurvity(concurvity: pd.DataFrame) -> str:
    """Say which terms the others could replace at worst, and which as they were drawn."""
    worst = concurvity[concurvity["worst"] > HIGH].sort_values("worst", ascending=False)
    drawn = concurvity.loc[concurvity["observed"].idxmax()]
    most = f"as drawn, at most {prose.number(drawn['observed'], 2)} ({drawn['term']}) is shared"
    if worst.empty:
        return f"No concurvity is high even at worst; {most}."
    parts = [f"{row.term} ({prose.number(row.worst, 2)}, observed {prose.number(row.observed, 2)})"
             for row in worst.itertuples()]  # fmt: skip
    return f"Concurvity is high at worst for {prose.joined(parts)}; {most}."


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
        f"on the estimating half the slope of {row.feature} averages {prose.signed(row.per_sd)} "
        f"per SD, and yet valence changes by {prose.signed(row.span)} from its 10th to its 90th "
        "percentile"
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
        f"{prose.number(size)} either way.{_name_outside(beside.drop(opposed.index))}"
    )


def _name_outside(beside: pd.DataFrame) -> str:
    """Name the scores whose slope in the best method lies outside the first question's interval."""
    out = beside[(beside["question 2"] < beside["low"]) | (beside["question 2"] > beside["high"])]
    if out.empty:
        return ""
    names = prose.joined(out["feature"].tolist())
    return f" With the same sign, but outside the first question's interval: {names}."


def _explain_sign(row: dict) -> str:
    """Say why one score's sign differs between both questions."""
    if row["low"] * row["high"] < 0:
        between = prose.interval(row["low"], row["high"])
        return f"the first question's interval for {row['feature']} includes zero ({between})"
    if row["question 1"] * row["span"] < 0:
        return (
            f"the curve of {row['feature']} turns (in the first question, on all training "
            f"tracks, a slope of {prose.signed(row['question 1'])} on average but a difference of "
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
    rest = row["artists"] + row["residual"]
    return (
        f"Genres differ most in {wide}, with a standard deviation of "
        f"{prose.number(means.loc[wide, 'spread'])} between genres: its slope runs from "
        f"{prose.signed(low['slope'])} in {low['genre']} to {prose.signed(high['slope'])} in "
        f"{high['genre']}. {_alike_genres(means)}{_opposed_genres(slopes)} In this model "
        f"mean slopes explain {prose.percent(row['marginal_r2'])} of the variance of valence, the "
        f"levels of genres {prose.percent(row['levels'])}, their own slopes "
        f"{prose.percent(row['slopes'])} and the levels of artists "
        f"{prose.percent(row['artists'])}, together {prose.percent(row['conditional_r2'])}; of the "
        f"residual variance, scores and genres taken out, artists hold "
        f"{prose.percent(row['artists'] / rest)}."
    )


def _alike_genres(means: pd.DataFrame) -> str:
    """Say whose slopes came out the same in every genre."""
    alike = means.index[means["spread"] < NO_SPREAD].tolist()
    if not alike:
        return ""
    one = len(alike) == 1
    return (
        f"For {prose.joined(alike)} the variance of slopes between genres is estimated at zero, so "
        f"{'its slope is' if one else 'their slopes are'} drawn the same in every genre: the "
        "tracks do not tell genres apart there. "
    )


def remark_on_genres(effects: pd.DataFrame, slopes: pd.DataFrame) -> str:
    """Say of which scores the mean over genres may be zero, or a genre goes the other way.

    Parameters
    ----------
    effects : pandas.DataFrame
        Average effects of the scores spoken of.
    slopes : pandas.DataFrame
        What `genre_slopes` returns; may be empty.
    """
    if slopes.empty:
        return ""
    signs = effects.set_index("feature")["span"]
    parts = [_unlike(name, part, signs[name])
             for name, part in slopes.groupby("feature", sort=False) if name in signs]  # fmt: skip
    told = [text for text in parts if text]
    return f"Not in every genre: {'; '.join(told)}." if told else ""


def _unlike(name: str, part: pd.DataFrame, sign: float) -> str:
    """Say how one score's slopes by genre speak against a direction, or nothing."""
    mean = part.iloc[0]
    end = "slope_low" if sign < 0 else "slope_high"
    against = part[(part["slope"] * sign < 0) & (part[end] * sign < 0)]
    open_mean = mean["mean_low"] * mean["mean_high"] < 0
    told = [f"the interval of {name}'s mean slope over genres includes zero"] if open_mean else []
    if len(against):
        named = against["genre"].tolist()
        genres = prose.joined(named) if len(named) <= 3 else f"{prose.count(len(named))} genres"
        told.append(f"{name} is clearly {'positive' if sign < 0 else 'negative'} in {genres}")
    return " and ".join(told)


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
