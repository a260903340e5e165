"""Sentences on the piles near the ends of valence; words are chosen by what the data say."""

import pandas as pd

from analysis.printing import numbers as prose


def explain_piles(piles: pd.DataFrame) -> str:
    """Say whether values of valence pile up where a range would have been cut."""
    rows = piles.set_index("end")
    both = rows.loc["both"]
    counted = (
        f"The two bins hold {prose.count(both['tracks'])} tracks by {prose.count(both['artists'])} "
        f"artists; the two neighbours of each, on its inner side, hold "
        f"{prose.count(round(2 * both['expected']))}, so half of that, "
        f"{prose.number(both['expected'], 1)}, is what one expects: a ratio of "
        f"{prose.estimate(both['ratio'], both['low'], both['high'], 1)}. "
        f"{_count_end('low', rows)}, {_count_end('high', rows)}. {_remark_on_artists(both)}"
        f"Only {prose.percent(both['beyond'], 1)} of all tracks lie beyond them."
    )
    if both["low"] > 1:
        return (
            f"{counted} A sum of many influences has no reason to pile up at such places; a scale "
            "that was stretched and bounded has."
        )
    return f"{counted} That may be chance, so this table says nothing about a bounded range."


def _count_end(end: str, rows: pd.DataFrame) -> str:
    """Return the pile at one end, with its ratio."""
    row = rows.loc[end]
    return (
        f"{'at the high end it is' if end == 'high' else 'At the low end it is'} "
        f"{prose.count(row['tracks'])} against {prose.number(row['expected'], 1)}, a ratio of "
        f"{prose.number(row['ratio'], 1)} ({prose.bounds(row['low'], row['high'], 1)})"
    )


def _remark_on_artists(both: pd.Series) -> str:
    """Say what resampling whole artists does to the interval of the piles."""
    if both["artists"] < 0.8 * both["tracks"]:
        return "Whole artists were resampled, as many of these tracks are by the same ones. "
    return (
        "Whole artists were resampled, but as few of these tracks share one, the intervals are "
        "much like those of independent counts. "
    )


def place_piles(piles: pd.DataFrame) -> str:
    """Say whether a table can test what was first seen on another."""
    if piles["seen"].any():
        return (
            "The places of the bins were found on tracks114k, and genres is six of its genres: "
            "on either table the piles are a description and no test; only the others can test it."
        )
    return (
        "The places of the bins were found on tracks114k before this table was asked, so here "
        "they are a test, as far as the two share no tracks."
    )


def caption_ends(piles: pd.DataFrame) -> str:
    """Say in a caption what the distribution of valence by hundredths shows."""
    both = piles.set_index("end").loc["both"]
    found = (
        "Valence piles up just inside both ends of its scale"
        if both["low"] > 1
        else "Near the ends of its scale valence does not clearly pile up"
    )
    return (
        f"{found}. Bars: tracks by hundredth of valence, the two tested bins in the second colour; "
        "line: a beta distribution of the same mean and variance."
    )
