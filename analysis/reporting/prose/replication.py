"""Sentences of the chapters made from stored records; words are chosen by what the records say."""

import pandas as pd

from analysis.reporting import prose
from analysis.reporting.prose.formulas import DEGREES
from analysis.tracks.schema import TIMBRES

EARLIER = "made by an earlier version"
# A gain in R² from which on it is called large.
LARGE = 0.1


def label_record(record: dict | None, current: bool) -> str:
    """Return what a number from a record is labelled with: data, fingerprint, date, version."""
    if record is None:
        return "no stored study"
    label = (
        f"{record['name']} (data {record['fingerprints']['data'][:12]}, studied {record['made']}, "
        f"{record['budget']} budget"
    )
    return f"{label})" if current else f"{label}; {EARLIER} of the code)"


def label_all(studies: pd.DataFrame) -> str:
    """Return which tables were studied and when, for a caption."""
    if studies.empty:
        return "No record is stored."
    each = [
        f"{row.data} ({row.data_print}, {row.made}{'' if row.current else ', ' + EARLIER})"
        for row in studies.itertuples()
    ]
    return f"Records: {prose.joined(each)}."


def summarize_studies(studies: pd.DataFrame) -> str:
    """Say how many records there are and whether they are of this version of the code."""
    if studies.empty:
        return "No study is stored in this copy of the report, so nothing can be compared here."
    old = studies.loc[~studies["current"], "data"].tolist()
    quick = studies.loc[studies["budget"] != "full", "data"].tolist()
    sentences = [f"{prose.plural(len(studies), 'study', 'studies')} can be compared."]
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
    first = leakage.groupby("data", sort=False)["r2"].first()
    last = leakage.groupby("data", sort=False)["r2"].last()
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


def summarize_findings(findings: pd.DataFrame) -> tuple[str, str]:
    """Say which findings hold in every table, and which do not and where they fail."""
    tables = [name for name in findings if name not in ("finding", "everywhere")]
    if not tables:
        return "", ""
    firm = findings.loc[findings["everywhere"], "finding"].tolist()
    holds = f"In every table: {'; '.join(firm)}." if firm else "No finding holds in every table."
    rest = findings[~findings["everywhere"]]
    each = [f"{row['finding']} (not shown in {prose.joined([t for t in tables if row[t] == 'no'])})"
            for _, row in rest.iterrows() if "no" in row[tables].tolist()]  # fmt: skip
    fails = f"Not shown everywhere: {'; '.join(each)}." if each else "No finding fails anywhere."
    return holds, fails


def summarize_effects(effects: pd.DataFrame) -> str:
    """Say which features have the same sign, clear of zero, in every table, and which change it."""
    if effects.empty:
        return ""
    clear = effects.assign(sign=[_sign(one.low, one.high) for one in effects.itertuples()])
    signs = clear.groupby("feature", sort=False)["sign"].agg(set)
    up, down = ([name for name, found in signs.items() if found == {sign}] for sign in (1, -1))
    turned = [name for name, found in signs.items() if {1, -1} <= found]
    said = [f"{prose.joined(names)} go{'es' if len(names) == 1 else ''} with {what} valence"
            for names, what in ((up, "higher"), (down, "lower")) if names]  # fmt: skip
    first = (
        f"In every table {prose.joined(said)}." if said else "No score does the same everywhere."
    )
    return f"{first} {prose.joined(turned).capitalize()} changes sign." if turned else first


def _sign(low: float, high: float) -> int:
    """Return the sign of an effect whose interval is clear of zero, else 0."""
    return 1 if low > 0 else -1 if high < 0 else 0


def summarize_gains(gains: pd.DataFrame, sets: pd.DataFrame) -> str:
    """Say what the audio analysis adds to the methods, and by which part."""
    if gains.empty:
        return "No stored study has the audio analysis."
    least, most = gains.loc[gains["gain"].idxmin()], gains.loc[gains["gain"].idxmax()]
    r2 = sets.set_index("with")["r2"]
    by = {name: r2[name] - r2["neither"] for name in ("pitch", "timbre")}
    more, less = sorted(by, key=by.get, reverse=True)
    size = "much" if least["gain"] >= LARGE else "something" if least["low"] > 0 else "little"
    return (
        f"The audio analysis adds {size}: between {prose.number(least['gain'])} "
        f"({least['label'].lower()}) and {prose.number(most['gain'])} ({most['label'].lower()}) "
        f"of R². {more.capitalize()} alone adds {prose.number(by[more])}, {less} alone "
        f"{prose.number(by[less])}, both together {prose.number(r2['both'] - r2['neither'])}."
    )


def explain_rungs(gains: pd.DataFrame) -> str:
    """Say what the analysis adds to the simplest and to the fullest formula."""
    if gains.empty:
        return ""
    shown = gains[gains["model"] != "null"]
    first, last = shown.iloc[0], shown.iloc[-1]
    least = shown.loc[shown["low"].idxmin()]
    still = "every formula" if least["low"] > 0 else "not every formula"
    return (
        f'It adds {prose.number(first["gain"])} to R² of the formula "{first["label"]}" and '
        f'{prose.number(last["gain"])} to that of "{last["label"]}"; its interval is clear of '
        f"zero for {still} of scores."
    )


def summarize_parts(parts: pd.DataFrame, most: int = 4) -> str:
    """Say which means of the audio analysis valence goes with most."""
    if parts.empty:
        return ""
    names = name_parts()
    clear = parts[(parts["low"] > 0) | (parts["high"] < 0)]
    lead = clear.reindex(clear["per_sd"].abs().sort_values(ascending=False).index).head(most)
    if lead.empty:
        return "No single mean stands out with all others held equal."
    each = [f"{names[one.part]} ({prose.signed(one.per_sd)})" for one in lead.itertuples()]
    return (
        f"With all else equal, valence goes most with {prose.joined(each)} per standard deviation."
    )


def explain_third(parts: pd.DataFrame) -> str:
    """Say whether the thirds over the tonic tell major from minor in valence."""
    if parts.empty:
        return ""
    lines = parts.set_index("part")
    major, minor = (lines.loc[f"tonic_{degree}"] for degree in (4, 3))
    signs = (_sign(major["low"], major["high"]), _sign(minor["low"], minor["high"]))
    values = f"{prose.signed(major['per_sd'])} and {prose.signed(minor['per_sd'])}"
    if signs == (1, -1):
        return (
            f"A strong major third goes with higher valence and a minor one with lower ({values})."
        )
    return (
        "The thirds do not part glad from sad as theory has it: the slopes of the major and the "
        f"minor third are {values}."
    )


def name_parts() -> dict[str, str]:
    """Return the names in print of the means: degrees over the tonic, meanings of timbre."""
    pitch = {f"tonic_{degree}": f"pitch of the {name}" for degree, name in enumerate(DEGREES)}
    plain = {n: f", {name}" for n, name in enumerate(TIMBRES) if not name.startswith("shape")}
    return pitch | {f"timbre_{n}": f"timbre {n + 1}{plain.get(n, '')}" for n in range(12)}
