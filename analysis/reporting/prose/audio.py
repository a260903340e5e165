"""Sentences on what the audio analysis adds; words are chosen by what the record says."""

import pandas as pd

from analysis.printing import numbers as prose
from analysis.reporting.prose.derivation import define_columns
from analysis.reporting.prose.formulas import DEGREES
from analysis.tracks.schema import TIMBRES

# A gain in R² from which on it is called large.
LARGE = 0.1


def place_analysis(has: bool, title: str, record: dict | None) -> str:
    """Say whether the table of this rendering has the audio analysis, and where numbers are from.

    Parameters
    ----------
    has : bool
        Whether the table of this rendering has pitch and timbre.
    title : str
        Its title.
    record : dict or None
        The record that the chapter reads.
    """
    if not has:
        own = "The table of this rendering has no audio analysis: its chapters saw scores alone."
    elif record is not None and record["title"] == title:
        own = (
            "The table of this rendering has the audio analysis, so the chapters above used it "
            "with the scores; this chapter takes it out again, in the stored study of the table."
        )
    else:
        own = (
            "The table of this rendering has the audio analysis too, and the chapters above used "
            "it with the scores; this chapter is on another table, that of the stored study."
        )
    return own if record else f"{own} No stored study has it, so this chapter has no numbers."


def cite_record(record: dict | None, label: str) -> str:
    """Say which record the numbers of the chapter come from.

    Parameters
    ----------
    record : dict or None
        The record that the chapter reads.
    label : str
        What `replication.label_record` returns for it.
    """
    if record is None:
        return (
            "The numbers of this chapter come from a record, a stored study of that table by the "
            "same code, and none is stored in this copy of the report."
        )
    return (
        "The numbers of this chapter come from a record, a stored study of that table by the "
        f"same code, so that they are here on a machine that lacks the table: {label}."
    )


def describe_formula(formula, scores: pd.Series) -> str:
    """Say what the stored formula reads, and what it keeps of the best method.

    Parameters
    ----------
    formula : Formula or None
    scores : pandas.Series
        What `study.formulas.stored_scores` returns.
    """
    if formula is None:
        return "A stored study of a table with the audio analysis would bring it."
    reached = prose.estimate(scores["formula"], scores["low"], scores["high"])
    kept = prose.percent(scores["formula"] / scores["best"])
    return (
        f"{define_columns(formula)} On the held-out artists of its table its "
        f"{prose.plural(len(formula.terms), 'term')} reach an R² of {reached}, "
        f"{kept} of the {prose.number(scores['best'])} of the best method that is no network."
    )


def compare_sources(groups: pd.DataFrame) -> str:
    """Say what the audio analysis and the scores tell alone."""
    lines = groups.set_index("group") if len(groups) else groups
    if "audio analysis" not in lines.index:
        return ""
    analysis, scores, whole = (
        prose.estimate(*lines.loc[name, ["alone", "low", "high"]])
        for name in ("audio analysis", "the scores", "everything")
    )
    more = lines.loc["audio analysis", "low"] > lines.loc["the scores", "high"]
    less = lines.loc["audio analysis", "high"] < lines.loc["the scores", "low"]
    word = "more" if more else "less" if less else "not clearly more or less"
    return (
        f"Alone, the audio analysis tells {word} of valence than the other scores: boosted trees "
        f"reach R² {analysis} from it, {scores} from the scores, and {whole} from all features. "
        "These trees are not tuned, and the verdicts on the claims rest on them; the methods below "
        "are tuned."
    )


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
        f"To the methods the audio analysis adds {size}: between {prose.number(least['gain'])} "
        f"({least['label'].lower()}) and {prose.number(most['gain'])} ({most['label'].lower()}) "
        f"of R². {more.capitalize()} alone adds {prose.number(by[more])}, {less} alone "
        f"{prose.number(by[less])}, both together {prose.number(r2['both'] - r2['neither'])}."
    )


def explain_rungs(gains: pd.DataFrame) -> str:
    """Say what the analysis adds to the simplest and to the fullest formula."""
    if gains.empty:
        return "Without a record there is nothing to draw."
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
    first = (
        f"With all else equal, valence goes most with {prose.joined(each)} per standard deviation."
    )
    return f"{first} {_count_turned(parts)}"


def _count_turned(parts: pd.DataFrame) -> str:
    """Say how many means go one way alone and the other way with all else equal."""
    turned = sum(
        sign_of(one.low, one.high) * sign_of(one.alone_low, one.alone_high) < 0
        for one in parts.itertuples()
    )
    if not turned:
        return "No mean turns its sign, clear of zero, when it stands alone."
    several = f"{prose.spelled(turned).capitalize()} {'mean goes' if turned == 1 else 'means go'}"
    return (
        f"{several} one way alone and the "
        "other way with all else equal, clear of zero both times, since they go with each other "
        "and with the scores."
    )


def explain_harmony(keys: pd.DataFrame) -> str:
    """Say which sign of harmony valence goes with most, the other scores held equal."""
    if keys.empty:
        return ""
    heard = keys[keys["data"].isin(keys.loc[keys["sign"] != "major mode", "data"])]
    shown = heard if len(heard) else keys
    each = [
        f"{one.sign} {prose.signed(one.partial)} "
        f"({prose.bounds(one.partial_low, one.partial_high)})"
        for one in shown.itertuples()
        if one.data == shown["data"].iloc[0]
    ]
    place = shown["data"].iloc[0]
    return f"With the scores held equal, the slopes in {place} are {prose.joined(each)}."


def explain_third(parts: pd.DataFrame) -> str:
    """Say whether the thirds over the tonic tell major from minor in valence."""
    if parts.empty:
        return ""
    lines = parts.set_index("part")
    major, minor = (lines.loc[f"tonic_{degree}"] for degree in (4, 3))
    signs = (sign_of(major["low"], major["high"]), sign_of(minor["low"], minor["high"]))
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
    """Return the names in print of the means: degrees over the tonic, meanings of timbre.

    Coefficients of timbre are numbered from zero, as their columns are.
    """
    pitch = {f"tonic_{degree}": f"pitch of the {name}" for degree, name in enumerate(DEGREES)}
    plain = {n: f" ({name})" for n, name in enumerate(TIMBRES) if not name.startswith("shape")}
    return pitch | {f"timbre_{n}": f"timbre {n}{plain.get(n, '')}" for n in range(12)}


def name_feature(name: str) -> str:
    """Return the name in print of any feature."""
    return name_parts().get(name) or prose.feature_name(name)


def sign_of(low: float, high: float) -> int:
    """Return the sign of an effect whose interval is clear of zero, else 0."""
    return 1 if low > 0 else -1 if high < 0 else 0
