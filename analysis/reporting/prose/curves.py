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
