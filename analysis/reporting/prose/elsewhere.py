"""Sentences on how claims and formulas do in the stored studies of other tables."""

import pandas as pd

from analysis.printing import numbers as prose

NOTHING = "No study is stored, so this cannot be shown."
HEARSAY = (
    "It shows that valence reads audio that the other scores do not carry, as a sibling would and "
    "a score judged from the audio by itself would too; that experts' labels taught it is known "
    "from its makers alone, and no table can show it."
)
WORDS = {"supported": "supported", "partly": "supported in part", "not": "not supported"}


def summarize_verdicts(verdicts: pd.DataFrame) -> str:
    """Say on which claims the stored studies agree.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        Table `verdicts` of all records, with the table's name in `data`.
    """
    if verdicts.empty:
        return NOTHING
    known = verdicts[verdicts["verdict"] != "not testable here"]
    by_claim = known.groupby("key", sort=False)["verdict"]
    alike = [key for key, found in by_claim if found.nunique() == 1 and len(found) > 1]
    tables = prose.joined(list(dict.fromkeys(verdicts["data"])))
    if verdicts["data"].nunique() == 1:
        return f"So far only that of {tables} is stored."
    several = by_claim.size().gt(1).sum()
    return (
        f"Of the {prose.spelled(int(several))} claims that more than one of {tables} can judge, "
        f"those that can agree on {prose.spelled(len(alike))}; but a verdict is a word for a range "
        "of sizes, and where the word is the same the size need not be."
    )


def judge_vector(judged: pd.DataFrame, verdicts: pd.DataFrame) -> str:
    """Say where the claim of a common feature vector could be tested, and how it fared."""
    own = judged.set_index("key").loc["vector"]
    rows = [] if verdicts.empty else [row for _, row in verdicts.iterrows() if _is_test(row)]
    told = [
        f"in the stored study of {row['data']} it adds {prose.percent(row['size'])} of what the "
        f"scores leave open, so the claim is {WORDS[row['verdict']]}"
        for row in rows
    ]
    if own["verdict"] != "not testable here":
        return (
            "The hinge of the story is whether audio features behind the scores say more than "
            f"the scores: here the audio analysis adds {prose.percent(own['size'])} of what the "
            f"scores leave open, so by our threshold the claim is {WORDS[own['verdict']]}. "
            f"{HEARSAY}"
        )
    opening = (
        "The hinge of the story, whether audio features behind the scores say more than the "
        "scores, can only be tested where the audio analysis is known"
    )
    if told:
        parts = (f"{opening}: {prose.joined(told)}.", HEARSAY, _judge_sound(verdicts, rows))
        return " ".join(part for part in parts if part)
    return f"{opening}, and no stored study of such a table is at hand."


def remark_on_stand_ins(columns) -> str:
    """Say what stands for harmony and timbre in a table without the audio analysis."""
    if "pitch_0" in columns:
        return ""
    return (
        "Harmony stands here for key and mode alone, and timbre for three sibling scores: what is "
        "not supported is that these carry valence. Where pitch and timbre themselves are "
        "measured, the claims can fare better, as stored studies show."
    )


def _judge_sound(verdicts: pd.DataFrame, tested: list[pd.Series]) -> str:
    """Say how harmony and timbre fare where pitch and timbre are measured."""
    tables = {row["data"] for row in tested}
    known = verdicts[verdicts["data"].isin(tables) & verdicts["key"].isin(["harmony", "timbre"])]
    told = [
        f"the claim of {row['key']} is {WORDS[row['verdict']]} in {row['data']} (share "
        f"{prose.number(row['size'], 2)})"
        for _, row in known.iterrows()
        if row["verdict"] in WORDS
    ]
    return f"There, where pitch and timbre are measured, {prose.joined(told)}." if told else ""


def _is_test(row: pd.Series) -> bool:
    """Tell whether a verdict is one on the claim of a common vector."""
    return row["key"] == "vector" and row["verdict"] in WORDS
