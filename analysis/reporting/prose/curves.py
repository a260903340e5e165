"""Sentences on curves and slopes: of the additive model, of effects that turn, of genres."""


import pandas as pd

from analysis.reporting import prose

# A share of permutations this small, and an index or a concurvity beyond these, is remarked on.
SMALL_SHARE, SLIGHT_INDEX, HIGH = 0.05, 0.9, 0.8


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


