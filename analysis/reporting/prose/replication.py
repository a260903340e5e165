"""Sentences of the chapter on replication; words are chosen by what the records say."""

import pandas as pd

from analysis.printing import numbers as prose
from analysis.reporting.prose.audio import name_feature, sign_of

EARLIER = "made by an earlier version"


def label_record(record: dict | None, current: bool) -> str:
    """Return what a number from a record is labelled with: data, fingerprint, date, version."""
    if record is None:
        return "none is stored"
    label = (
        f"{record['name']} (data {record['fingerprints']['data'][:12]}, studied {record['made']}, "
        f"{record['budget']} budget"
    )
    return f"{label})" if current else f"{label}; {EARLIER} of the code)"


def label_all(studies: pd.DataFrame) -> str:
    """Return which tables were studied and when, for a caption."""
    if studies.empty:
        return "No record is stored."
    each = [f"{row.data} ({row.data_print}, {row.made})" for row in studies.itertuples()]
    old = studies.loc[~studies["current"], "data"].tolist()
    age = "" if not old else f"; {EARLIER}: {'all' if len(old) == len(each) else prose.joined(old)}"
    return f"Records: {prose.joined(each)}{age}."


def summarize_studies(studies: pd.DataFrame) -> str:
    """Say how many records there are and whether they are of this version of the code."""
    if studies.empty:
        return "No study is stored in this copy of the report, so nothing can be compared here."
    old = studies.loc[~studies["current"], "data"].tolist()
    quick = studies.loc[studies["budget"] != "full", "data"].tolist()
    if len(studies) == 1:
        sentences = ["One study is stored, so there is nothing yet to compare it with."]
    else:
        sentences = [f"{prose.spelled(len(studies)).capitalize()} studies can be compared."]
    if old:
        sentences.append(
            f"The code has changed since {prose.joined(old)} {'was' if len(old) == 1 else 'were'} "
            f"studied: what is shown was {EARLIER}, and numbers may differ from other chapters."
        )
    if quick:
        sentences.append(f"Studied with a small budget: {prose.joined(quick)}.")
    return " ".join(sentences)


def summarize_leakage(leakage: pd.DataFrame) -> str:
    """Say by how much dividing rows at random flatters, from the least to the greatest."""
    if leakage.empty:
        return ""
    # rounded as in print, so that the difference is that of the printed numbers
    first = leakage.groupby("data", sort=False)["r2"].first().round(3)
    last = leakage.groupby("data", sort=False)["r2"].last().round(3)
    apart = (first - last).sort_values()
    ends = f"{prose.number(apart.iloc[0])} ({apart.index[0]})"
    if len(apart) == 1:
        return f"Dividing published rows at random flatters R² by {ends}."
    return (
        f"Dividing published rows at random flatters R² by {ends} to "
        f"{prose.number(apart.iloc[-1])} ({apart.index[-1]})."
    )


def summarize_methods(methods: pd.DataFrame) -> str:
    """Say what the best method reaches in every table."""
    if methods.empty:
        return ""
    best = methods[methods["role"] == "best"].pivot_table("value", "data", "metric", sort=False)
    each = [
        f"{prose.number(line['r2'], 2)} in {name} (MAE {prose.number(line['mae'])})"
        for name, line in best.sort_values("r2", ascending=False).iterrows()
    ]
    return f"On held-out artists the best method without a network reaches R² {prose.joined(each)}."


def summarize_networks(networks: pd.DataFrame) -> str:
    """Say in which tables the network errs less or more than the best other method."""
    if networks.empty:
        return ""
    said = [
        _tell_networks(networks[networks["metric"] == metric], score)
        for metric, score in (("mae", "In absolute error"), ("r2", "In R²"))
    ]
    return f"{' '.join(said)} All were tuned for the absolute error."


def _tell_networks(lines: pd.DataFrame, score: str) -> str:
    """Say of one score in which tables the network's is above or below the other method's."""
    signs = [_judge_twice(one) for one in lines.itertuples()]
    shaken = "on the held-out artists, which the folds of the training part do not confirm, in"
    words = {
        (-1, True): "lower, on held-out artists and over folds, in",
        (-1, False): f"lower {shaken}",
        (1, True): "higher, on held-out artists and over folds, in",
        (1, False): f"higher {shaken}",
        (0, True): "not told from it by held-out artists in",
    }
    found = {sign: lines["data"][[one == sign for one in signs]].tolist() for sign in words}
    said = [f"{words[sign]} {prose.joined(names)}" for sign, names in found.items() if names]
    return f"{score} the network is, against the best other method, {'; '.join(said)}."


def _judge_twice(line) -> tuple[int, bool]:
    """Return on which side a network is on held-out artists, and whether folds confirm it."""
    sign = sign_of(line.low, line.high)
    return sign, sign == 0 or sign == sign_of(line.folds_low, line.folds_high)


def caption_ladders(ladders: pd.DataFrame) -> str:
    """Say which rung was chosen in which table, and what it reaches."""
    if ladders.empty:
        return ""
    chosen = ladders[ladders["chosen"]]
    by = chosen.groupby("label", sort=False)["data"].agg(list)
    each = [f'"{label}" in {prose.joined(names)}' for label, names in by.items()]
    low, high = (prose.number(end) for end in (chosen["cv_r2"].min(), chosen["cv_r2"].max()))
    ends = low if low == high else f"{low} to {high}"
    return f"The rule chose {prose.joined(each)}, with R² of {ends}."


def caption_importance(importance: pd.DataFrame) -> str:
    """Say which feature matters most in which table."""
    if importance.empty:
        return ""
    first = importance[importance["rank"] == 1]
    by = first.groupby("feature", sort=False)["data"].agg(list)
    each = [f"{name_feature(name)} in {prose.joined(names)}" for name, names in by.items()]
    return f"What is missed most is {prose.joined(each)}."


def summarize_findings(findings: pd.DataFrame) -> tuple[str, str]:
    """Say which findings hold in every table that can tell, and which in some or in none."""
    tables = [name for name in findings if name not in ("finding", "everywhere")]
    if not tables:
        return "", ""
    firm = findings.loc[findings["everywhere"], "finding"].tolist()
    one = f"In the one table studied, {tables[0]}" if len(tables) == 1 else ""
    nowhere = "No finding is shown in the one table studied." if one else (
        "No finding holds in every table.")  # fmt: skip
    holds = f"{one or 'In every table that can tell'}: {'; '.join(firm)}." if firm else nowhere
    loose = [(row["finding"], [name for name in tables if row[name] == "yes"])
             for _, row in findings[~findings["everywhere"]].iterrows()]  # fmt: skip
    some = [f"{finding} ({prose.joined(names)})" for finding, names in loose if names]
    none = [finding for finding, names in loose if not names]
    parts = ((some, "In some tables"), (none, "Not shown" if one else "Not shown in any table"))
    return holds, " ".join(f"{where}: {'; '.join(found)}." for found, where in parts if found)


def summarize_effects(effects: pd.DataFrame) -> str:
    """Say which features have the same sign, clear of zero, in every table, and which change it."""
    if effects.empty:
        return ""
    clear = effects.assign(sign=[sign_of(one.low, one.high) for one in effects.itertuples()])
    signs = clear.groupby("feature", sort=False)["sign"].agg(set)
    up, down = ([name for name, found in signs.items() if found == {sign}] for sign in (1, -1))
    turned = [name for name, found in signs.items() if {1, -1} <= found]
    said = [f"{prose.joined(names)} go{'es' if len(names) == 1 else ''} with {what} valence"
            for names, what in ((up, "higher"), (down, "lower")) if names]  # fmt: skip
    names = list(dict.fromkeys(effects["data"]))
    where = "every table" if len(names) > 1 else names[0]
    nothing = f"In {where} no effect is clear of zero with the same sign."
    first = f"In {where} {prose.joined(said)}." if said else nothing
    return f"{first} {prose.joined(turned).capitalize()} changes sign." if turned else first
