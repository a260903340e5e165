"""Sentences of the chapter on inference; words are chosen by what the data say."""

import pandas as pd

from analysis.reporting import prose
from analysis.reporting.prose.curves import remark_on_genres
from analysis.reporting.prose.verdicts import LEVEL

STEPS = (
    ("transformed", "linear", "transforms add"),
    ("splines", "categorical", "curves add"),
    ("interactions", "splines", "interactions add"),
    ("genre", "splines", "genre adds"),
    ("release", "both", "facts of the release add"),
    ("analysis", "interactions", "the audio analysis adds"),
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


