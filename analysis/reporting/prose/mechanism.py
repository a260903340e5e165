"""Sentences on simulated mechanisms, and the proposal; words are chosen by what the data say."""

import numpy as np
import pandas as pd

from analysis.reporting import prose

TOLD = {
    "vector": "audio features behind the scores explain what the scores cannot",
    "rescaled": "the scale was cut at both ends",
    "stable": "one recording gets one valence, as it would from a machine and not from ears",
}
PILES = "tracks piled up at the ends"
LOUDNESS = ("loudness alone", "loudness, other scores equal")


def summarize_mechanisms(compared: pd.DataFrame, labels: dict[str, str]) -> str:
    """Say how many patterns each mechanism reproduces, and what the best one misses."""
    known = compared[(compared["reproduced"] != "unknown") & (compared["role"] != "set")]
    counts = (known["reproduced"] == "yes").groupby(known["mechanism"], sort=False).sum()
    total = known["pattern"].nunique()
    best = counts.idxmax()
    told = [f"by “{labels[key]}” {prose.spelled(int(n))}" for key, n in counts.items()]
    missed = known[(known["mechanism"] == best) & (known["reproduced"] == "no")]["pattern"].tolist()
    lacking = prose.joined([f"“{name}”" for name in missed]) if missed else "none of them"
    return (
        f"Of {prose.spelled(total)} patterns that were not set, these many are reproduced: "
        f"{prose.joined(told)}. "
        f"“{labels[best]}” comes closest; it misses {lacking}."
    )


def explain_loudness(compared: pd.DataFrame) -> str:
    """Say whether siblings alone can turn the sign of loudness."""
    rows = compared[compared["mechanism"] == "siblings"].set_index("pattern")
    alone, partial = (rows.loc[name] for name in LOUDNESS)
    seen = np.sign(alone["observed"]) != np.sign(partial["observed"])
    made = np.sign(alone["value"]) != np.sign(partial["value"])
    values = (
        f"from {prose.signed(alone['observed'])} alone to {prose.signed(partial['observed'])} with "
        "the other scores equal"
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
        f"The two bins near the ends hold {prose.number(seen, 1)} times as many tracks as their "
        f"neighbours; a bell curve that is stretched and cut there gives {prose.number(hard, 1)}, "
        f"one that is not {prose.number(none, 1)}."
    )
    if none < seen < hard:
        return f"{values} The scale was bounded, then, but more gently than by a plain cut."
    if seen >= hard:
        return f"{values} The scale was bounded at least as hard as by a plain cut."
    return f"{values} Here nothing speaks for a bound."


def propose(judged: pd.DataFrame, reached: pd.Series, rest: pd.DataFrame) -> str:
    """Say what of the story this table bears out, and with which numbers.

    Parameters
    ----------
    judged : pandas.DataFrame
        What `judge_hypotheses` returns.
    reached : pandas.Series
        R² by prediction, with "formula" and "best model".
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
        "It speaks against a formula behind the score: "
        if verdicts["scores"] == "not"
        else "As to a formula behind the score: "
    )
    return (
        f"{opening}{against}the scores and all else in the table explain "
        f"{prose.percent(reached['best model'])} of the variance of valence, a formula on half a "
        f"page {prose.percent(reached['formula'])}, and {prose.percent(open_part)} belongs to "
        "single recordings and to nothing in this table."
    )
