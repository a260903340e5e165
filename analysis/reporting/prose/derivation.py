"""Sentences of the chapter on how valence is made; words are chosen by what the data say."""

import numpy as np
import pandas as pd

from analysis.reporting import prose
from analysis.reporting.prose.formulas import plain, reads

DEFINITIONS = {
    "interval": "Semitones, whole tones, thirds, fourths and tritones are correlations of the "
    "twelve pitch means with themselves, moved by so many semitones: they are high where pitches "
    "that form the interval, or its complement in the octave, sound together.",
    "tonic": "Pitches are means of the pitch class so far above the tonic of the track's key.",
    "pitch_least": "The least pitch is the smallest of the twelve pitch means, so it is high where "
    "all twelve sound.",
    "pitch_mean": "The mean pitch is the mean of the twelve pitch means.",
    "pitch_contrast": "The pitch contrast is their standard deviation over their mean.",
    "timbre": "Timbre is numbered from 0, as in the audio analysis: 0 is level, 1 brightness, 2 "
    "flatness, 3 attack, the others have no names.",
}


def describe_formula(derivation, fidelity: pd.Series) -> str:
    """Say how long the formula is, what it reads and how much of the best model it keeps."""
    length = len(derivation.formula.terms)
    whole = (
        f"The formula has {prose.plural(length, 'term')} and reads "
        f"{prose.joined(reads(derivation.formula))}."
    )
    kept = (
        f"On held-out artists it reaches an R² of {prose.number(fidelity['valence'])}, "
        f"{prose.percent(fidelity['kept'])} of the {prose.number(fidelity['best'])} of the best "
        "method that is no network, with a mean absolute error of "
        f"{prose.number(fidelity['mae'])} against {prose.number(fidelity['best_mae'])}; it "
        f"accounts for {prose.percent(fidelity['model'])} of the variance of that method's "
        "predictions."
    )
    return f"{whole} {kept}"


def define_columns(*formulas) -> str:
    """Say what the columns of formulas are whose names do not say it."""
    columns = {a.column for one in formulas for term in one.terms for a in term.piece.atoms}
    kinds = {column.rpartition("_")[0] for column in columns}
    told = [text for key, text in DEFINITIONS.items() if key in columns | kinds]
    plain_units = "Loudness is in dB, tempo in BPM, and minutes are the track's length."
    return " ".join([plain_units, *told])


def explain_length(derivation) -> str:
    """Say why the formula is as long as it is."""
    frontier = derivation.frontier
    row = frontier[frontier["chosen"]].iloc[0]
    longest = frontier["terms"].max()
    tried = f"{prose.count(derivation.tried)} candidate pieces were compared on the way."
    if row["terms"] == longest:
        return (
            f"Up to the longest formula allowed, of {prose.plural(longest, 'term')}, more terms "
            f"still helped by more than one standard error, so that length was taken: it is what "
            f"we were willing to print, not what the data ask for. {tried}"
        )
    return (
        f"A formula of {prose.plural(int(row['terms']), 'term')} is the shortest within one "
        f"standard error of the best of at most {longest}. {tried}"
    )


def caption_frontier(frontiers: dict[str, pd.DataFrame]) -> str:
    """Say in a caption what the frontier of length against skill shows."""
    parts = []
    for name, frontier in frontiers.items():
        half = int(frontier.loc[frontier["r2"] >= frontier["r2"].max() / 2, "terms"].min())
        parts.append(f"{name}: {prose.plural(half, 'term')} for half of the best length's R²")
    return (
        "What each further term buys, by cross-validation over artists in the training part "
        f"({'; '.join(parts)}). Bars are one standard error; the ring marks the length taken."
    )


def introduce_example(track: pd.DataFrame, worked: pd.DataFrame) -> str:
    """Say which track is worked through, and how the formula does on it."""
    row, total = track.iloc[0], worked["contribution"].sum()
    made = float(np.clip(total, 0, 1))
    cut = "" if 0 <= total <= 1 else f", cut to {prose.number(made)}"
    title = " ".join(str(row["title"]).split()) or "a track without a title"
    by = f" by {row['artist']}" if row["artist"] else ""
    return (
        f"{'The most popular' if 'popularity' in track else 'One'} track of the hold-out is "
        f"“{title}”{by}. The contributions add up to "
        f"{prose.number(total)}{cut}; Spotify says {prose.number(row['valence'])}, so the formula "
        f"is off by {prose.number(abs(row['valence'] - made))}."
    )


def explain_scorecard(card, scored: pd.DataFrame) -> str:
    """Say how the scorecard is used, and what its simplicity costs."""
    mae = scored[scored["metric"] == "mae"].set_index("model")["value"]
    return (
        f"Start from {prose.plural(card.start, 'point')}, add the points of every question that is "
        f"answered with yes, and multiply the sum by {plain(card.unit)}. On held-out artists the "
        f"mean absolute error is {prose.number(mae['scorecard'])}, that of the formula "
        f"{prose.number(mae['formula'])}, and that of the mean alone {prose.number(mae['mean'])}."
    )


def summarize_verdicts(judged: pd.DataFrame) -> str:
    """Say which hypotheses the data support, in one sentence for each verdict."""
    words = {
        "supported": ("By our thresholds the data support the claims", "that", "and"),
        "partly": ("They go part of the way with the claims", "that", "and"),
        "not": ("They do not support", "that", "or"),
        "not testable here": ("This table cannot test", "whether", "or"),
    }
    sentences = []
    for verdict, (opening, word, link) in words.items():
        claims = judged.loc[judged["verdict"] == verdict, "claim"].tolist()
        clauses = [f"{word} {claim[0].lower()}{claim[1:].rstrip('.')}" for claim in claims]
        if clauses:
            sentences.append(f"{opening} {prose.joined(clauses, link)}.")
    return " ".join(sentences)


def explain_harmony(keys: pd.DataFrame) -> str:
    """Say what the signs of harmony have to do with valence."""
    rows = keys.set_index("sign")
    major = rows.loc["major mode"]
    sure = major["partial_low"] > 0 or major["partial_high"] < 0
    text = (
        f"With the other scores equal, a track in a major key has {_more(major['partial'])} "
        "valence than one in a minor key "
        f"(95 % interval {prose.interval(major['partial_low'], major['partial_high'])})"
    )
    text += "." if sure else ", a difference that may be none."
    if "consonant intervals" not in rows.index:
        return text + " Which pitches sound is not in this table."
    tuned = rows.loc["consonant intervals"]
    third = rows.loc["major over minor third"]
    larger = abs(tuned["partial"]) > abs(third["partial"])
    return (
        f"{text} Pitches that stand a fourth or fifth apart, rather than a semitone or tritone, go "
        f"with {_more(tuned['partial'])} valence per standard deviation; a stronger major than "
        f"minor third over the tonic goes with {_more(third['partial'])}. "
        + ("Consonance matters more than the difference of major and minor."
           if larger else "The third matters at least as much as consonance at large.")
    )  # fmt: skip


def explain_piles(piles: pd.DataFrame) -> str:
    """Say whether values of valence pile up where a range would have been cut."""
    both = piles.set_index("end").loc["both"]
    counted = (
        f"The two bins hold {prose.count(both['tracks'])} tracks, where their neighbours lead one "
        f"to expect {prose.number(both['expected'], 0)}: a ratio of "
        f"{prose.estimate(both['ratio'], both['low'], both['high'], 1)}. "
        f"Only {prose.percent(both['beyond'], 1)} of all tracks lie beyond them."
    )
    if both["low"] > 1:
        return (
            f"{counted} A sum of many influences has no reason to stop at such places; a scale "
            "that was stretched and cut has."
        )
    return f"{counted} That may be chance, so this table says nothing about a cut range."


def place_piles(name: str) -> str:
    """Say whether a table, by its name, can test what was first seen on another."""
    if name in ("tracks114k", "genres"):
        return (
            "The places of the bins were found on tracks114k, and genres is six of its genres: "
            "on either table the piles are a description; only the others can test it."
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


def caption_residuals(described: pd.DataFrame) -> str:
    """Say in a caption which groups the model misses most."""
    sure = described[(described["low"] > 0) | (described["high"] < 0)]
    opening = "Mean residual of groups of held-out tracks, with 95 % intervals"
    if not len(sure):
        return f"{opening}; no group differs clearly from 0."
    worst = sure.loc[sure["residual"].abs().idxmax()]
    side = "happier" if worst["residual"] > 0 else "sadder"
    return (
        f"{opening}; {prose.plural(len(sure), 'group')} of {len(described)} "
        f"{'differs' if len(sure) == 1 else 'differ'} from 0, and one in twenty would by "
        "chance alone. Tracks of the group "
        f"“{worst['group']}” ({worst['grouping']}) are {side} than predicted by "
        f"{prose.number(abs(worst['residual']))}."
    )


def explain_rest(table: pd.DataFrame, shares: pd.DataFrame) -> str:
    """Say where the unexplained variance lies."""
    rows, by = table.set_index("part")["share"], shares.set_index("grouping")
    groups = by[(by.index != "artist") & (by["low"] > 0)]
    text = (
        "None of the groupings that the table allows clearly accounts for a part of what the model "
        "leaves. "
    )
    if len(groups):
        first = groups["share"].idxmax()
        text = (
            f"Of the groupings that the table allows, {first} accounts for most of what the model "
            f"leaves: {prose.percent(groups.loc[first, 'share'], 1)} of it. "
        )
    if "artist" not in by.index:
        return text.strip()
    artist, row = rows["shared by an artist's tracks beyond the model"], by.loc["artist"]
    return (
        f"{text}The artist accounts for {prose.percent(max(row['share'], 0))} (95 % interval "
        f"{prose.percent(row['low'])} to {prose.percent(row['high'])}), which is "
        f"{prose.percent(artist)} of the variance of valence: what the tracks of an artist share "
        "and the features do not show, such as a voice, a language or a manner of production, "
        "is worth about that much. "
        f"{prose.percent(rows['particular to a recording'])} is particular to a recording, as far "
        "as our methods can tell: features in closer detail, or the words, may explain it."
    )


def _more(value: float) -> str:
    """Return a difference of valence in words."""
    return f"{prose.number(abs(value))} {'more' if value >= 0 else 'less'}"
