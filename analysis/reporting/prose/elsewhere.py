"""Sentences on how claims and formulas do in the stored studies of other tables."""

import pandas as pd

from analysis.printing import numbers as prose

NOTHING = "No study is stored, so this cannot be shown."
# A rule behind the score would keep at least this share of its R² from table to table.
RULE = 0.9
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


def summarize_kept(scored: pd.DataFrame) -> str:
    """Say what share of the best method's R² the formulas keep in each stored study."""
    kept = share_kept(scored)
    if kept.empty:
        return NOTHING
    parts = [f"{prose.percent(value)} on {name}" for name, value in kept.items()]
    text = (
        "Of the R² of the best method that is no network, the formula of all features keeps "
        f"{prose.joined(parts)}."
    )
    worse = _worse_with_more(scored)
    if worse:
        text += (
            f" In {prose.joined(worse)} it is below the formula of the scores only: a search that "
            "adds one piece at a time need not find the better formula where it has more to "
            "choose from, and one piece holds one genre only."
        )
    return text


def _worse_with_more(scored: pd.DataFrame) -> list[str]:
    """Return the tables in which the formula of all features does worse than that of the scores."""
    r2 = scored[scored["metric"] == "r2"].pivot_table(
        index="data", columns="model", values="value", sort=False
    )
    return list(r2.index[r2["all features"] < r2["scores only"]])


def share_kept(scored: pd.DataFrame) -> pd.Series:
    """Return the formula's share of the best method's R², by table."""
    if scored.empty:
        return pd.Series(dtype=float)
    r2 = scored[scored["metric"] == "r2"].pivot_table(
        index="data", columns="model", values="value", sort=False
    )
    return r2["all features"] / r2["best method"]


def summarize_transfer(table: pd.DataFrame) -> str:
    """Say how well formulas hold on tables that they were not derived from."""
    if table.empty:
        return (
            "This needs all known tables at once: neither are they on this machine, nor is a "
            "study of them stored, so nothing is shown."
        )
    away = table[table["trained"] != table["tested"]]
    home = table[table["trained"] == table["tested"]].set_index("tested")["r2"]
    kept = away["r2"] / away["tested"].map(home)
    worst, best = away.loc[kept.idxmin()], away.loc[kept.idxmax()]
    text = (
        f"A formula from another table keeps between {prose.percent(kept.min())} (from "
        f"{worst['trained']} to {worst['tested']}) and {prose.percent(kept.max())} (from "
        f"{best['trained']} to {best['tested']}) of the R² of the table's own formula."
    )
    if kept.min() < RULE:
        text += (
            " So none of them is the rule by which valence is made: each fits its table's music."
        )
    return text


def _is_test(row: pd.Series) -> bool:
    """Tell whether a verdict is one on the claim of a common vector."""
    return row["key"] == "vector" and row["verdict"] in WORDS
