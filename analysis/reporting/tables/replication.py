"""Tables of the chapters made from stored records: replication, and the audio analysis."""

import functools
from collections.abc import Callable

import pandas as pd
from IPython.display import Markdown

from analysis.printing import inert
from analysis.printing import numbers as prose
from analysis.printing.tables import markdown

ANSWERS = {"yes": "yes", "no": "not shown", "unknown": None}
DIVISIONS = {
    "rows as published, plain folds": "as published",
    "unique recordings, plain folds": "unique recordings",
    "unique recordings, whole artists": "whole artists held out",
}
ROLES = {"linear": "linear regression", "question 1": "chosen formula",
         "best": "best other", "network": "network"}  # fmt: skip
NOTHING = Markdown("*No record is stored.*")
PARTS = {"neither": "neither", "pitch": "pitch", "timbre": "timbre", "both": "pitch and timbre"}


METRICS = {"mae": "MAE", "rmse": "RMSE", "r2": "R²"}


def or_nothing(tabulate: Callable[..., Markdown]) -> Callable[..., Markdown]:
    """Return a line in place of a table where there is no record to make it from."""

    @functools.wraps(tabulate)
    def made(frame: pd.DataFrame, *more) -> Markdown:
        return NOTHING if frame.empty else tabulate(frame, *more)

    return made


@or_nothing
def tabulate_studies(studies: pd.DataFrame) -> Markdown:
    """Tabulate which records there are, and how each was made."""
    shown = pd.DataFrame({
        "data": studies["data"], "table": studies["title"], "as of": studies["snapshot"],
        "budget": studies["budget"], "studied": studies["made"],
        "data fingerprint": studies["data_print"].map(inert.code),
        "code": studies["current"].map({True: "this version", False: "earlier version"}),
    })  # fmt: skip
    return markdown(shown)


@or_nothing
def tabulate_cleaning(cleaning: pd.DataFrame) -> Markdown:
    """Tabulate what cleaning did to every table."""
    names = {"sd": "SD of valence in training"}
    return markdown(cleaning.rename(columns=names))


@or_nothing
def tabulate_leakage(leakage: pd.DataFrame) -> Markdown:
    """Tabulate R² of one boosted model by the way to divide the rows, a row a table."""
    cells = leakage.assign(cell=_spans(leakage, "r2", "r2_low", "r2_high"))
    wide = cells.assign(design=cells["design"].map(DIVISIONS))
    return markdown(_widen(wide, "data", "design", list(DIVISIONS.values())))


@or_nothing
def tabulate_methods(methods: pd.DataFrame, metric: str) -> Markdown:
    """Tabulate one score of a few methods on held-out artists, a column a table."""
    # the mean's R² is zero but for chance
    idle = (methods["role"] == "mean") & (metric == "r2")
    shown = methods[(methods["metric"] == metric) & ~idle]
    shown = shown.assign(cell=_spans(shown, "value", "low", "high"))
    wide = _widen(shown, "role", "data", _names(shown))
    best = shown[shown["role"] == "best"].set_index("data")["label"]
    rows = wide.assign(role=wide["role"].replace(ROLES)).to_dict("records")
    return markdown(pd.DataFrame([*rows, {"role": "the best other is", **best}])
                    .rename(columns={"role": "method"}))  # fmt: skip


@or_nothing
def tabulate_effects(effects: pd.DataFrame) -> Markdown:
    """Tabulate average effects per standard deviation, a column a table."""
    cells = [_bracket(prose.signed(value), low <= 0 <= high) for value, low, high
             in effects[["value", "low", "high"]].itertuples(index=False)]  # fmt: skip
    return markdown(_widen(effects.assign(cell=cells), "feature", "data", _names(effects)))


def _bracket(text: str, doubtful: bool) -> str:
    """Return text in brackets where it is in doubt."""
    return f"({text})" if doubtful else text


@or_nothing
def tabulate_findings(findings: pd.DataFrame) -> Markdown:
    """Tabulate which findings hold in which table."""
    answers = findings.drop(columns=["finding", "everywhere"])
    return markdown(findings[["finding"]].join(answers.replace(ANSWERS)))


@or_nothing
def tabulate_ceilings(ceilings: pd.DataFrame, repeats: pd.DataFrame) -> Markdown:
    """Tabulate what share of the variance could be explained, a row a table."""
    both = pd.concat([ceilings, repeats.assign(estimate="releases of one recording")])
    shown = both.dropna(subset="r2")
    shown = shown.assign(cell=_spans(shown, "r2", "low", "high"))
    return markdown(_widen(shown, "data", "estimate", list(dict.fromkeys(shown["estimate"]))))


@or_nothing
def tabulate_gains(gains: pd.DataFrame) -> Markdown:
    """Tabulate R² without and with the audio analysis, and the gain with its interval."""
    shown = pd.DataFrame({
        "model": gains["label"], "without": gains["without"], "with": gains["with"],
        "gain (95 %)": [
            f"{prose.signed(value)} ({prose.bounds(low, high)})" for value, low, high
            in gains[["gain", "low", "high"]].itertuples(index=False)
        ],
    })  # fmt: skip
    return markdown(shown)


@or_nothing
def tabulate_sets(sets: pd.DataFrame) -> Markdown:
    """Tabulate R² of one method with neither part of the audio analysis, one, or both."""
    name = f"R² of {sets['label'].iloc[0].lower()} (95 %)"
    shown = pd.DataFrame({
        "the scores and": sets["with"].map(PARTS), name: _spans(sets, "r2", "low", "high"),
    })  # fmt: skip
    return markdown(shown)


@or_nothing
def tabulate_keys(keys: pd.DataFrame) -> Markdown:
    """Tabulate how valence goes with signs of harmony, alone and with the scores held equal."""
    shown = pd.DataFrame({
        "data": keys["data"], "sign": keys["sign"],
        "alone": _spans(keys, "alone", "alone_low", "alone_high"),
        "the scores equal": _spans(keys, "partial", "partial_low", "partial_high"),
    })  # fmt: skip
    return markdown(shown)


@or_nothing
def tabulate_networks(networks: pd.DataFrame) -> Markdown:
    """Tabulate the network against the best other method, a row a table and metric."""
    shown = pd.DataFrame({
        "data": networks["data"], "score": networks["metric"].map(METRICS),
        "network": networks["network"],
        "best other": [f"{prose.number(one.best_other)} ({one.other.lower()})"
                       for one in networks.itertuples()],
        "average": networks["average"],
        "network less other (95 %)": _apart(networks, ["value", "low", "high"]),
        "over folds": _apart(networks, ["folds", "folds_low", "folds_high"]),
    })  # fmt: skip
    return markdown(shown)


def _apart(frame: pd.DataFrame, columns: list[str]) -> list[str]:
    """Return small differences with their intervals."""
    triples = frame[columns].itertuples(index=False)
    return [f"{prose.signed(v, 4)} ({prose.bounds(a, b, 4)})" for v, a, b in triples]


def _widen(frame: pd.DataFrame, rows: str, columns: str, order: list[str]) -> pd.DataFrame:
    """Return cells as a table, rows in the order in which they stand."""
    wide = frame.pivot_table("cell", rows, columns, aggfunc="first")
    wide = wide.reindex(index=list(dict.fromkeys(frame[rows])), columns=order)
    return wide.astype(object).where(wide.notna(), None).rename_axis(columns=None).reset_index()


def _spans(frame: pd.DataFrame, value: str, low: str, high: str) -> list[str]:
    """Return values with their intervals in brackets."""
    triples = frame[[value, low, high]].itertuples(index=False)
    return [f"{prose.number(v)} ({prose.bounds(a, b)})" for v, a, b in triples]


def _names(frame: pd.DataFrame) -> list[str]:
    """Return the names of the tables in their order."""
    return list(dict.fromkeys(frame["data"]))
