"""Sentences of the chapter on the network; words are chosen by what the data say."""

import pandas as pd

from analysis.reporting import prose

WORDS = {
    "better": "errs less than",
    "worse": "errs more than",
    "equal": "cannot be told apart, on these tracks, from",
}
# Correlation of two curves, or of two rankings, from which on they count as alike.
ALIKE = 0.9


def summarize_duel(duel, labels: dict[str, str]) -> str:
    """Say which of network and other method errs less on the held-out tracks, and by how much."""
    line = duel.difference("mae")
    return (
        f"The network {WORDS[duel.verdict()]} the best other method, "
        f"{labels[duel.other].lower()}: its mean absolute error is "
        f"{prose.number(duel.score('mae', duel.network)['value'])} against "
        f"{prose.number(duel.score('mae', duel.other)['value'])}, a paired difference of "
        f"{prose.signed(line['value'], 4)} (95 % interval "
        f"{prose.interval(line['low'], line['high'], 4)})."
    )


def summarize_average(duel, labels: dict[str, str]) -> str:
    """Say whether the average of both beats each."""
    verdicts = [duel.verdict("mae", "average", one) for one in (duel.network, duel.other)]
    value = prose.number(duel.score("mae", "average")["value"])
    names = ["the network", labels[duel.other].lower()]
    beaten = [name for name, word in zip(names, verdicts, strict=True) if word == "better"]
    if len(beaten) == 2:
        return f"Their plain average, with an error of {value}, beats both."
    if beaten:
        return f"Their plain average, with an error of {value}, beats {beaten[0]} only."
    return f"Their plain average, with an error of {value}, beats neither beyond sampling error."


def summarize_history(history: pd.DataFrame) -> str:
    """Say where training stopped paying, and how far both errors are apart there."""
    at = history[history["best"]].set_index("part")["mae"]
    epoch = prose.count(int(history.loc[history["best"], "epoch"].iloc[0]))
    if at.isna().any():
        return f"All {epoch} epochs were used, since there were too few artists to hold any out."
    apart = prose.number(at["validation"] - at["training"])
    return (
        f"The weights of epoch {epoch} were kept; there the error on left-out artists is "
        f"{apart} above the error on known ones."
    )


def summarize_seeds(spread: pd.DataFrame, duel, widened: pd.Series) -> str:
    """Set the seeds' spread beside the difference that is to be judged.

    `widened` is the difference with the seeds' own variance in its interval, of
    `network_runs.add_seeds`.
    """
    maes = spread[spread["kind"] == "ensemble"]["mae"]
    other = duel.score("mae", duel.other)["value"]
    reported = duel.score("mae", duel.network)["value"]
    better = int((maes < reported - 1e-6).sum())
    return (
        f"Over {prose.spelled(len(maes))} seeds the ensemble's error runs from "
        f"{prose.number(maes.min(), 4)} to {prose.number(maes.max(), 4)}; "
        f"{prose.spelled(better)} of these seeds did better than the one reported above "
        f"({prose.number(reported, 4)}). On average over the seeds the difference to the other "
        f"method is {prose.signed(widened['value'], 4)}, not "
        f"{prose.signed(reported - other, 4)}, and with the variance over seeds added to that over "
        f"artists its interval is {prose.interval(widened['low'], widened['high'], 4)}."
    )


def summarize_groups(groups: pd.DataFrame, what: str) -> str:
    """Name the groups in which the interval of the difference excludes 0."""
    wins = groups[groups["high"] < 0]["group"].tolist()
    losses = groups[groups["low"] > 0]["group"].tolist()
    parts = [
        f"{verb} for {prose.joined(names) if len(names) < 5 else f'{len(names)} of them'}"
        for verb, names in (("less", wins), ("more", losses))
        if names
    ]
    if not parts:
        return f"In no {what} is the difference beyond sampling error."
    return f"By {what}, the network errs {prose.joined(parts)}, beyond sampling error."


def summarize_agreement(agreement: pd.Series) -> str:
    """Say how alike predictions and errors are."""
    return (
        "The two methods' predictions correlate at "
        f"{prose.number(agreement['predictions'], 2)} and their errors at "
        f"{prose.number(agreement['errors'], 2)}; the network is the closer one on "
        f"{prose.percent(agreement['closer'])} of the tracks."
    )


def answer_same_function(effects: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """Say whether both methods learned one function, as far as main effects can tell."""
    weights = effects["spread"].fillna(0)
    curves = (effects["correlation"].fillna(0) * weights).sum() / max(weights.sum(), 1e-12)
    ranks = pairs["rank_network"].corr(pairs["rank_other"], method="spearman")
    both = curves >= ALIKE and ranks >= ALIKE
    verdict = (
        "As far as these features show, both learned curves of like shape"
        if both
        else "The two did not learn quite the same shapes"
    )
    return (
        f"{verdict}: their curves correlate at {prose.number(curves, 2)} on average, weighted by "
        f"size, and their rankings of features at {prose.number(ranks, 2)}."
    )
