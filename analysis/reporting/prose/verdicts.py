"""Sentences on which features pass a test, how much they are, and which levels differ."""

import pandas as pd

from analysis.reporting import prose

LEVEL = 0.05


def summarize_tests(tests: pd.DataFrame, tracks: int) -> str:
    """Say how many features pass, and why that alone is no finding."""
    found = tests[tests["p_holm"] < LEVEL]
    failed = tests.loc[tests["p_holm"] >= LEVEL, "feature"].tolist()
    some = found[found["adjusted_lost"].round(3) < 0.005]["feature"].tolist()
    text = (
        f"After Holm's correction {prose.count(len(found))} of {prose.count(len(tests))} "
        f"features are significant at the 5 % level"
    )
    if failed:
        text += f"; {prose.joined(failed)} {'is' if len(failed) == 1 else 'are'} not"
    text += "."
    return f"{text} {_remark_on_size(some, tracks)}" if some else text


def _remark_on_size(features: list[str], tracks: int) -> str:
    """Say that some features are significant and still explain next to nothing."""
    one = len(features) == 1
    return (
        f"But with {prose.count(tracks)} tracks significance is cheap: "
        f"{prose.joined(features)} {'passes' if one else 'pass'} and yet "
        f"{'accounts' if one else 'account'} for less than half a percent of the "
        f"variance{'' if one else ' each'}."
    )
