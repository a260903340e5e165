"""Sentences of the chapter on how valence is made; words are chosen by what the data say."""

import numpy as np
import pandas as pd

from analysis.printing import numbers as prose
from analysis.reporting.prose.derivation_piles import caption_ends as caption_ends
from analysis.reporting.prose.derivation_piles import explain_piles as explain_piles
from analysis.reporting.prose.derivation_piles import place_piles as place_piles
from analysis.reporting.prose.formulas import plain, reads

UNITS = {
    "loudness": "loudness is in dB",
    "tempo": "tempo is in BPM",
    "duration_min": "minutes are the track's length",
}
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
    share = "beside" if pd.isna(fidelity["kept"]) else f"{prose.percent(fidelity['kept'])} of"
    model = fidelity["model"]
    kept = (
        f"On held-out artists it reaches an R² of {prose.number(fidelity['valence'])}, "
        f"{share} the {prose.number(fidelity['best'])} of the best "
        "method that is no network, with a mean absolute error of "
        f"{prose.number(fidelity['mae'])} against {prose.number(fidelity['best_mae'])}; "
    )
    if pd.isna(model):
        return f"{whole} {kept}that method predicts the same for all tracks."
    return (
        f"{whole} {kept}it accounts for {prose.percent(max(model, 0))} of the variance of that "
        "method's predictions."
    )


def list_sets(groups: dict[str, list[str]], everything: list[str]) -> str:
    """Say which features "the scores" and "everything" stand for in this table."""
    scores, audio = groups["the scores"], groups.get("audio analysis", [])
    more = [prose.feature_name(name) for name in everything if name not in (*scores, *audio)]
    more += ["the audio analysis"] if audio else []
    own = f"“The scores” are {prose.joined([prose.feature_name(name) for name in scores])}"
    if not more:
        return f"{own}; “everything” is no more than that."
    return f"{own}; “everything” has {prose.joined(more)} besides."


def define_columns(*formulas) -> str:
    """Say what the columns of formulas are whose names do not say it."""
    columns = {a.column for one in formulas for term in one.terms for a in term.piece.atoms}
    kinds = {column.rpartition("_")[0] for column in columns}
    told = [text for key, text in DEFINITIONS.items() if key in columns | kinds]
    units = [text for key, text in UNITS.items() if key in columns]
    if units:
        said = f"{prose.joined(units)}."
        told = [said[0].upper() + said[1:], *told]
    return " ".join(told)


def explain_length(derivation) -> str:
    """Say why the formula is as long as it is."""
    frontier = derivation.frontier
    row = frontier[frontier["chosen"]].iloc[0]
    longest, paired = frontier["terms"].max(), "standard error of the difference, paired by fold"
    tried = f"{prose.count(derivation.tried)} candidate pieces were compared on the way."
    if row["terms"] == longest:
        return (
            f"Up to the longest formula allowed, of {prose.plural(longest, 'term')}, the last term "
            f"still helped by more than one {paired}, so that length was taken: it is what we were "
            f"willing to print, not what the data ask for. {tried}"
        )
    return (
        f"A formula of {prose.plural(int(row['terms']), 'term')} is the shortest that falls short "
        f"of the best of at most {longest} by no more than one {paired}. {tried}"
    )


def caption_frontier(frontiers: dict[str, pd.DataFrame]) -> str:
    """Say in a caption what the frontier of length against skill shows."""
    parts = []
    for name, frontier in frontiers.items():
        best = frontier["r2"].max()
        if not best > 0:
            parts.append(f"{name}: no length is better than the mean")
            continue
        half = int(frontier.loc[frontier["r2"] >= best / 2, "terms"].min())
        parts.append(f"{name}: {prose.plural(half, 'term')} for half of the best length's R²")
    return (
        "What each further term buys, by cross-validation over artists in the training part "
        f"({'; '.join(parts)}). Bars are one standard error of the difference to the best length, "
        "paired by fold, so the best has none; the ring marks the length taken."
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
        "supported": ("the estimates support", "that", "and"),
        "partly": ("they go part of the way with saying", "that", "and"),
        "not": ("they do not support", "that", "or"),
        "not testable here": ("this table cannot test", "whether", "or"),
    }
    sentences = []
    for verdict, (opening, word, link) in words.items():
        rows = judged[judged["verdict"] == verdict]
        clauses = [f"{word} {_clause(row)}" for _, row in rows.iterrows()]
        if clauses:
            sentences.append(f"{opening} {prose.joined(clauses, link)}.")
    told = [text[0].upper() + text[1:] for text in sentences]
    told[0] = f"By our thresholds {sentences[0].replace('they', 'the estimates', 1)}"
    return " ".join(told)


def _clause(row: pd.Series) -> str:
    """Return a claim as a clause, with the doubt that its interval leaves."""
    claim = f"{row['claim'][0].lower()}{row['claim'][1:].rstrip('.')}"
    return f"{claim} ({row['doubt']})" if row["doubt"] else claim


def explain_harmony(keys: pd.DataFrame) -> str:
    """Say what the signs of harmony have to do with valence."""
    rows = keys.set_index("sign")
    major = rows.loc["major mode"]
    if pd.isna(major["partial"]):
        return "All tracks are in one mode here, so there is nothing to compare."
    sure = major["partial_low"] > 0 or major["partial_high"] < 0
    text = (
        f"With the other scores equal, a track in a major key has {_more(major['partial'])} "
        "valence than one in a minor key "
        f"(95 % interval {prose.bounds(major['partial_low'], major['partial_high'])})"
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
    known = "artist" in by.index and by.loc["artist", "low"] > 0
    text = (
        f"{'Except the artist, none' if known else 'Not one'} of the groupings that the table "
        "allows clearly accounts for a part of what the model leaves. "
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
