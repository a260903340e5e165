"""Records of several tables side by side: what holds everywhere and what does not.

Every function takes records by name, as `records.read_records` returns them, and leaves out what a
record does not have.
"""

from collections.abc import Callable, Mapping

import pandas as pd

from analysis.study.records import is_current, table_of
from analysis.study.schema import OPTIONAL
from analysis.tracks.cleaning import REASONS, REPEATS
from analysis.tracks.datasets import fingerprint

# A curve, or a mode, that moves valence by less than this is called small.
SMALL = 0.02


def stack_tables(records: Mapping[str, dict], name: str) -> pd.DataFrame:
    """Return one table of all records that have it, with the data set's name in `data`."""
    parts = [
        table_of(record, name).assign(data=data)
        for data, record in records.items()
        if name in record["tables"]
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"data": []})


def describe_studies(records: Mapping[str, dict]) -> pd.DataFrame:
    """Return data, title, snapshot, budget, made, data_print and current of every record."""
    rows = [
        {
            "data": data, "title": one["title"], "snapshot": one["snapshot"],
            "budget": one["budget"], "made": one["made"],
            "data_print": one["fingerprints"]["data"][:12], "current": is_current(one),
        }
        for data, one in records.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def compare_cleaning(records: Mapping[str, dict]) -> pd.DataFrame:
    """Return data, rows, unusable, repeats, tracks, artists and sd (of valence, in training)."""
    rows = []
    for data, record in records.items():
        account, split = table_of(record, "account"), table_of(record, "split")
        dropped = account.groupby("reason")["dropped"].sum()
        rows.append({
            "data": data, "rows": int(account["left"].iloc[0]),
            "unusable": int(dropped.reindex(REASONS).sum()),
            "repeats": int(dropped.reindex(REPEATS).sum()),
            "tracks": int(account["left"].iloc[-1]), "artists": int(split["artists"].sum()),
            "sd": float(split["sd"].iloc[0]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def find_hold_outs(records: Mapping[str, dict], published: pd.DataFrame) -> pd.DataFrame:
    """Return the scores on further hold-outs of the record of one table; empty where none has."""
    wanted = fingerprint(published)
    for record in records.values():
        if record["fingerprints"]["data"] == wanted and "hold_outs" in record["tables"]:
            return table_of(record, "hold_outs")
    return pd.DataFrame()


def compare_methods(records: Mapping[str, dict]) -> pd.DataFrame:
    """Return data, role, label, metric, value, low, high on held-out artists.

    Roles are mean, linear (regression), question 1, best (without a network) and network.
    """
    parts = []
    for data, record in records.items():
        methods = table_of(record, "methods").set_index("model")
        duel = table_of(record, "network_scores")
        network = duel.loc[duel["role"] == "network", "model"].iloc[0]
        roles = {"mean": "mean", "linear": "linear", "question_1": "question 1",
                 methods.index[methods["best"]][0]: "best", network: "network"}  # fmt: skip
        scores = table_of(record, "scores")
        scores = scores[scores["model"].isin(roles)]
        named = scores.assign(data=data, role=scores["model"].map(roles),
                              label=scores["model"].map(methods["label"]))  # fmt: skip
        parts.append(named)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"data": []})


def compare_networks(records: Mapping[str, dict]) -> pd.DataFrame:
    """Return the network, the best other method and their average on held-out artists.

    Returns
    -------
    DataFrame
        Columns data, other (name in print), metric (mae, r2), network, best_other, average, and
        value, low, high of the paired difference, network less best other, and folds, folds_low,
        folds_high of that over folds of the training part.
    """
    rows = []
    for data, record in records.items():
        labels = table_of(record, "methods").set_index("model")["label"]
        scores = table_of(record, "network_scores").set_index(["metric", "role"])
        for metric in ("mae", "r2"):
            one = scores.loc[metric]
            row = {"data": data, "other": labels[one.loc["other", "model"]], "metric": metric}
            row |= {"network": one.loc["network", "value"], "best_other": one.loc["other", "value"],
                    "average": one.loc["average", "value"]}  # fmt: skip
            apart = _fold_difference(record, metric)
            folds = dict(zip(("folds", "folds_low", "folds_high"), apart.values(), strict=True))
            rows.append(row | _network_difference(record, metric) | folds)
    return pd.DataFrame(rows)


def _network_difference(record: dict, metric: str = "mae") -> dict[str, float]:
    """Return value, low and high of the network's score less that of the best other method."""
    names = table_of(record, "network_scores").drop_duplicates("role").set_index("role")["model"]
    apart = table_of(record, "network_differences")
    line = apart[(apart["metric"] == metric) & (apart["model"] == names["network"])
                 & (apart["against"] == names["other"])].iloc[0]  # fmt: skip
    return {name: float(line[name]) for name in ("value", "low", "high")}


def _fold_difference(record: dict, metric: str = "mae") -> dict[str, float]:
    """Return value, low and high of the same difference, paired over folds of the training part."""
    line = table_of(record, "network_folds").set_index("metric").loc[metric]
    return {name: float(line[name]) for name in ("value", "low", "high")}


def compare_effects(records: Mapping[str, dict]) -> pd.DataFrame:
    """Return data, feature, value, low, high: valence per SD, of one formula for all tables.

    It is that of `steps.COMMON`, on all training tracks.
    """
    table = stack_tables(records, "effects")
    if table.empty:
        return table
    table = table[table["tracks"] == "all training tracks, one formula"]
    names = {"per_sd": "value", "per_sd_low": "low", "per_sd_high": "high"}
    return table.rename(columns=names)[["data", "feature", *names.values()]].reset_index(drop=True)


def compare_importance(records: Mapping[str, dict]) -> pd.DataFrame:
    """Return data, feature, mae (its rise when the feature is shuffled) and rank in its table."""
    table = stack_tables(records, "importance")
    if table.empty:
        return table
    single = table[table["by"] == "single features"].rename(columns={"group": "feature"})
    return single[["data", "feature", "mae", "rank"]].reset_index(drop=True)


def find_audio_record(records: Mapping[str, dict]) -> dict | None:
    """Return the first record of a table with the audio analysis, None where there is none."""
    return next((one for one in records.values() if "audio_parts" in one["tables"]), None)


def audio_tables(records: Mapping[str, dict]) -> dict[str, pd.DataFrame]:
    """Return the tables on the audio analysis of that record; empty ones where there is none."""
    names = [name for name in OPTIONAL if name.startswith("audio_")]
    return {name: table_of_audio(records, name) for name in names}


def table_of_audio(records: Mapping[str, dict], name: str) -> pd.DataFrame:
    """Return any table of that record; empty where there is none."""
    return table_of(find_audio_record(records) or {"tables": {}}, name)


def judge_findings(records: Mapping[str, dict]) -> pd.DataFrame:
    """Ask of every table whether each finding holds there.

    Returns
    -------
    DataFrame
        Column finding, one column a table ("yes", "no", or "unknown" where it cannot be asked),
        and everywhere (whether it holds in every table where it can be asked).
    """
    rows = []
    for finding, test in FINDINGS.items():
        answers = {data: _ask(test, record) for data, record in records.items()}
        asked = [answer for answer in answers.values() if answer != "unknown"]
        holds = bool(asked) and all(answer == "yes" for answer in asked)
        rows.append({"finding": finding, **answers, "everywhere": holds})
    return pd.DataFrame(rows if records else [], columns=["finding", *records, "everywhere"])


def _ask(test: Callable[[dict], bool | None], record: dict) -> str:
    """Return the answer of one table in a word."""
    answer = test(record)
    return "unknown" if answer is None else "yes" if answer else "no"


def _flatters(record: dict, easier: int, harder: int) -> bool:
    """Tell whether the interval of R² under an easier division lies above that under a harder."""
    table = table_of(record, "leakage")
    return bool(table["r2_low"].iloc[easier] > table["r2_high"].iloc[harder])


def _strongest(record: dict) -> bool:
    """Tell whether danceability's average effect is clearly larger than that of any other score."""
    return bool((table_of(record, "contrasts")["larger_low"] > 0).all())


def _sign(record: dict, feature: str, sign: int) -> bool | None:
    """Tell whether an effect has a sign, its interval clear of zero."""
    table = compare_effects({"": record}).set_index("feature")
    if feature not in table.index:
        return None
    return bool(min(sign * table.loc[feature, "low"], sign * table.loc[feature, "high"]) > 0)


def _bends(record: dict) -> bool | None:
    """Tell whether splines beat straight lines by more than one standard error."""
    ladder = table_of(record, "ladder").set_index("rung")
    if not {"splines", "categorical"} <= set(ladder.index):
        return None
    gain = ladder.loc["splines", "cv_r2"] - ladder.loc["categorical", "cv_r2"]
    return bool(gain > ladder.loc["splines", "cv_r2_se"])


def _learns(record: dict) -> bool:
    """Tell whether the best method errs less than the formula of question 1."""
    table = table_of(record, "differences").set_index(["model", "metric"])
    key = ("question_1", "mae")
    return bool(key in table.index and table.loc[key, "low"] > 0)


def _network_wins(record: dict, metric: str) -> bool:
    """Tell whether the network's score is better than the best other method's, on both parts."""
    parts = _network_difference(record, metric), _fold_difference(record, metric)
    if metric == "mae":
        return max(part["high"] for part in parts) < 0
    return min(part["low"] for part in parts) > 0


def _mode_is_small(record: dict) -> bool | None:
    """Tell whether major differs little from minor, the other scores held equal."""
    line = table_of(record, "keys").set_index("sign").loc["major mode"]
    largest = max(abs(line["partial_low"]), abs(line["partial_high"]))
    return None if pd.isna(largest) else bool(largest < SMALL)


def _releases_agree(record: dict) -> bool | None:
    """Tell whether two releases of a recording agree better than any method predicts."""
    value = table_of(record, "repeats")["r2"].iloc[0]
    scores = table_of(record, "scores")
    best = scores.loc[scores["metric"] == "r2", "value"].max()
    return None if pd.isna(value) else bool(value > best + 0.2)


def _no_function(record: dict) -> bool:
    """Tell whether valence is clearly judged not to be a function of the other scores."""
    judged = table_of(record, "verdicts").set_index("key").loc["scores"]
    return judged["verdict"] == "not" and not judged["doubt"]


def _piles(record: dict) -> bool:
    """Tell whether values pile up near both ends of the scale."""
    return bool(table_of(record, "piles").set_index("end").loc["both", "low"] > 1)


FINDINGS: dict[str, Callable[[dict], bool | None]] = {
    "repeated recordings flatter a prediction": lambda r: _flatters(r, 0, 1),
    "known artists flatter it further": lambda r: _flatters(r, 1, 2),
    "danceability goes with valence clearly more than any other score, genre not held equal": (
        _strongest
    ),
    "more energy goes with higher valence": lambda r: _sign(r, "energy", 1),
    "louder tracks have lower valence, the rest equal": lambda r: _sign(r, "loudness", -1),
    "longer tracks have lower valence, the rest equal": lambda r: _sign(r, "duration", -1),
    "curves describe it better than lines": _bends,
    "machine learning errs less than the formula of question 1": _learns,
    "the network has the lower absolute error, on held-out artists and over folds": (
        lambda r: _network_wins(r, "mae")
    ),
    "the network has the higher R², on held-out artists and over folds": (
        lambda r: _network_wins(r, "r2")
    ),
    "major and minor differ by less than two hundredths": _mode_is_small,
    "releases of a recording agree far better than predictions": _releases_agree,
    "valence is not a function of the other scores": _no_function,
    "values pile up near the ends of the scale": _piles,
}
