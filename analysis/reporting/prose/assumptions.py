"""Sentences on what the linear fit assumes, and on the models beside it."""

import pandas as pd

from analysis.reporting import prose


def compare_models(effects: pd.DataFrame) -> str:
    """Say whether the models tell the same story.

    Parameters
    ----------
    effects : pandas.DataFrame
        Average effects of several models, with a column `model`; the first model is the reference.
    """
    wide = effects.pivot_table(index="feature", columns="model", values="per_sd")
    first = effects["model"].iloc[0]
    apart = wide.sub(wide[first], axis=0).abs()
    feature = apart.max(axis=1).idxmax()
    other = apart.loc[feature].idxmax()
    split = _opposed(effects)
    story = (
        "No two models contradict each other on a sign: no feature has intervals clear of zero on "
        "opposite sides."
        if not split else f"The models disagree on the sign of {prose.joined(split)}."
    )  # fmt: skip
    return (
        f"{story} The largest difference is {prose.number(apart.loc[feature, other])} valence per "
        f"standard deviation, for {feature} in the {other}."
    )


def _opposed(effects: pd.DataFrame) -> list[str]:
    """Return features that some models find clearly positive and others clearly negative."""
    up = effects.loc[effects["per_sd_low"] > 0, "feature"]
    down = effects.loc[effects["per_sd_high"] < 0, "feature"]
    return sorted(set(up) & set(down))


