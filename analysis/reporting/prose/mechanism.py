"""Sentences on simulated mechanisms, and the proposal; words are chosen by what the data say."""

import numpy as np
import pandas as pd

from analysis.printing import numbers as prose

TOLD = {
    "vector": "audio features behind the scores explain what the scores cannot",
    "rescaled": "values pile up inside both ends",
    "stable": "one recording gets one valence, as it would from a machine, or from a "
    "value copied to every release",
}
PILES = "tracks piled up at the ends"
GROUPS = {
    "follows": "which the correlations imply if the scores are siblings",
    "test": "left as tests",
}
LOUDNESS = ("loudness alone", "loudness, other scores equal")


def summarize_mechanisms(compared: pd.DataFrame, labels: dict[str, str]) -> str:
    """Say how many patterns each mechanism reproduces, by what they prove, and what none does."""
    known = compared[compared["reproduced"] != "unknown"]
    found = known.assign(hit=known["reproduced"] == "yes")
    told = [
        _count_hits(found[found["role"] == role], group, labels)
        for role, group in GROUPS.items()
        if (found["role"] == role).any()
    ]
    tested = found[found["role"] != "set"]
    hits = tested.groupby("pattern", sort=False)["hit"].sum()
    missed = [f"“{name}”" for name in hits.index[hits == 0]]
    if missed:
        told.append(
            f"That leaves {prose.joined(missed)} without a mechanism: as an account of how valence "
            "is made, even the best of them is incomplete."
        )
    return " ".join(told)


def _count_hits(found: pd.DataFrame, group: str, labels: dict[str, str]) -> str:
    """Say how many of some patterns each mechanism reproduces."""
    total = found["pattern"].nunique()
    hits = found.groupby("mechanism", sort=False)["hit"].sum().astype(int)
    patterns = f"Of the {prose.spelled(total)} {'pattern' if total == 1 else 'patterns'} {group}"
    if not hits.any():
        return f"{patterns}, no mechanism reproduces any; all of them are linear by construction."
    parts = []
    for number in sorted(set(hits), reverse=True):
        names = [f"“{labels[key]}”" for key in hits.index[hits == number]]
        verb = "reproduces" if len(names) == 1 else "reproduce"
        parts.append(f"{prose.joined(names)} {verb} {prose.spelled(number) if number else 'none'}")
    return f"{patterns}, {prose.joined(parts)}."


def caption_mechanisms(compared: pd.DataFrame, labels: dict[str, str]) -> str:
    """Say in a caption which mechanism comes closest to the data."""
    tested = compared[compared["role"] != "set"]
    hits = (tested["reproduced"] == "yes").groupby(tested["mechanism"], sort=False).sum()
    leaders = [f"“{labels[key]}”" for key in hits.index[hits == hits.max()]]
    opening = (
        "Patterns in the data (line) and in simulations of mechanisms (points, with 95 % of the "
        "simulations)"
    )
    if not hits.max():
        return f"{opening}: no mechanism reproduces any."
    return (
        f"{opening}: {prose.joined(leaders)} reproduce{'s' if len(leaders) == 1 else ''} most, "
        f"{prose.spelled(hits.max())} of {prose.spelled(tested['pattern'].nunique())}."
    )


def explain_loudness(compared: pd.DataFrame) -> str:
    """Say whether siblings alone can turn the sign of loudness; nothing where it is constant."""
    rows = compared[compared["mechanism"] == "siblings"].set_index("pattern")
    if LOUDNESS[0] not in rows.index:
        return ""
    alone, partial = (rows.loc[name] for name in LOUDNESS)
    seen = np.sign(alone["observed"]) != np.sign(partial["observed"])
    made = np.sign(alone["value"]) != np.sign(partial["value"])
    values = (
        f"from {prose.signed(alone['observed'])} alone to {prose.signed(partial['observed'])} with "
        "the other scores equal, in standard deviations of normal scores and not, as elsewhere, on "
        "the scale of valence"
    )
    simulated = (
        f"{prose.signed(alone['value'])} and {prose.signed(partial['value'])} in the simulation"
    )
    if not seen:
        return f"In these data the slope of loudness keeps its sign, {values} ({simulated})."
    if made:
        return (
            f"The slope of loudness turns its sign, {values}, and it does so among simulated "
            f"siblings too ({simulated}), where no score acts on any other: a turned sign is no "
            "sign of a cause."
        )
    return (
        f"The slope of loudness turns its sign, {values}; simulated siblings do not ({simulated})."
    )


def explain_cut(compared: pd.DataFrame) -> str:
    """Compare the piles near the ends of valence with those of stretched and plain readouts."""
    rows = compared[compared["pattern"] == PILES].set_index("mechanism")
    seen, hard, none = (
        rows.loc["siblings", "observed"],
        rows.loc["siblings", "value"],
        rows.loc["unscaled", "value"],
    )
    values = (
        f"In the training part the two bins near the ends hold {prose.number(seen, 1)} times as "
        "many tracks as half of their four neighbours; a bell curve that is stretched and cut "
        f"there gives {prose.number(hard, 1)}, one that is not {prose.number(none, 1)}."
    )
    if none < seen < hard:
        return (
            f"{values} Values pile up inside both ends, then, but far less than a plain cut there "
            "would make them, so neither mechanism has it right."
            if 2 * (seen - none) < hard - none
            else f"{values} Values pile up inside both ends, but less than after a plain cut there."
        )
    if seen >= hard:
        return f"{values} Values pile up at least as much as after a plain cut there."
    return f"{values} Here nothing speaks for a bound."


def propose(judged: pd.DataFrame, reached: pd.Series, rest: pd.DataFrame) -> str:
    """Say what of the story this table bears out, and with which numbers.

    Parameters
    ----------
    judged : pandas.DataFrame
        What `judge_hypotheses` returns.
    reached : pandas.Series
        R² by prediction, with "formula" and "best method".
    rest : pandas.DataFrame
        What `open_variance` returns.
    """
    verdicts = judged.set_index("key")["verdict"]
    borne = [
        TOLD[key] for key, verdict in verdicts.items() if key in TOLD and verdict == "supported"
    ]
    open_part = rest.set_index("part")["share"]["particular to a recording"]
    opening = f"This table bears out that {prose.joined(borne)}. " if borne else ""
    against = (
        "It speaks against a formula of the published scores: "
        if verdicts["scores"] == "not"
        else "As to a formula of the published scores: "
    )
    return (
        f"{opening}{against}from the scores and all else in the table the best method that is "
        f"no neural network explains {prose.percent(reached['best method'])} of the variance of "
        f"valence, a formula on half a page {prose.percent(reached['formula'])}, and "
        f"{prose.percent(open_part)} is left over by both and not shared by an artist's tracks."
    )
