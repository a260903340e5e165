"""Records of several tables side by side: what holds in which of them."""

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from analysis.study import RESULTS, read_record
from analysis.tracks import datasets
from analysis.tracks.schema import BadInput

log = logging.getLogger("analysis")
AUDIO = ("audio_methods", "audio_ladder", "audio_effects")
# Methods that are set side by side; OLS is that with genre where a table has it.
ROLES = {"linear": "OLS", "linear_genre": "OLS", "question_1": "Final model",
         "best": "Best method", "network": "Neural network"}  # fmt: skip
UNKNOWN = (np.nan, np.nan, np.nan)


def read_records(folder: Path = RESULTS) -> dict[str, dict]:
    """Return the records of a folder by name, known tables first.

    What does not fit the schema is left out with a warning: an older record must not stop a report.
    """
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            record = read_record(path)
        except BadInput as error:
            log.warning("%s", error)
            continue
        found[record["name"]] = record
    return {name: found[name] for name in dict.fromkeys([*datasets.KNOWN, *found]) if name in found}


def table_of(record: dict, name: str) -> pd.DataFrame:
    """Return one table of a record; an empty one where the record has none."""
    stored = record["tables"].get(name, {"columns": [], "rows": []})
    return pd.DataFrame(stored["rows"], columns=stored["columns"])


def stack_tables(records: Mapping[str, dict], name: str) -> pd.DataFrame:
    """Return one table of all records that have it, with the data set's name in `data`."""
    parts = [table_of(record, name).assign(data=data) for data, record in records.items()
             if name in record["tables"]]  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"data": []})


def find_hold_outs(records: Mapping[str, dict], published: pd.DataFrame) -> pd.DataFrame:
    """Return the scores on further hold-outs of the record of one table; empty where none has."""
    wanted = datasets.fingerprint(published)
    own = [record for record in records.values() if record["fingerprints"]["data"] == wanted]
    return table_of(own[0], "hold_outs") if own else pd.DataFrame()


def find_audio(records: Mapping[str, dict]) -> tuple[str, dict[str, pd.DataFrame]]:
    """Return the first data set whose record has the audio analysis, or "", and its tables."""
    found = [data for data, record in records.items() if set(AUDIO) <= set(record["tables"])]
    data, record = (found[0], records[found[0]]) if found else ("", {"tables": {}})
    return data, {name: table_of(record, name) for name in AUDIO}


def compare_methods(records: Mapping[str, dict]) -> pd.DataFrame:
    """Return data, method (a role) and its scores, of one record or more."""
    methods = stack_tables(records, "methods")
    methods = pd.concat([methods, methods[methods["best"]].assign(model="best")])
    methods = methods.assign(method=methods["model"].map(ROLES)).dropna(subset="method")
    in_order = {"key": lambda names: names.map([*ROLES].index), "kind": "stable"}
    methods = methods.sort_values("model", **in_order)
    return methods.drop_duplicates(["data", "method"], keep="last", ignore_index=True)


def judge_findings(records: Mapping[str, dict]) -> pd.DataFrame:
    """Ask of every table whether each finding holds there: whether the whole CI has its sign.

    Columns data, finding, unit, sign (of what it claims), size, low, high (95%; the widest that two
    intervals allow, where there is no joint one; missing where nothing can be told), holds.
    """
    names = ["data", "finding", "unit", "sign", "size", "low", "high"]
    rows = [(data, finding, unit, sign, *map(float, ends)) for data, record in records.items()
            for finding, unit, sign, ends in measure_findings(record)]  # fmt: skip
    found = pd.DataFrame(rows, columns=names)
    ends = found[["low", "high"]].mul(found["sign"], axis=0)
    return found.assign(holds=ends.min(axis=1, skipna=False) > 0)


def measure_findings(record: dict) -> list[tuple]:
    """Return finding, unit, sign claimed, and size with 95% CI, of one table."""
    leaks = [_ends(line, "r2") for _, line in table_of(record, "leakage").iterrows()]
    common = table_of(record, "common").dropna(subset="difference").set_index("feature")
    effect = {name: _ends(line, "difference") for name, line in common.iterrows()}
    methods = table_of(record, "methods").set_index("model")
    network = table_of(record, "network").set_index("metric")
    heard, best = table_of(record, "audio_methods"), _ends(methods[methods["best"]].iloc[0], "r2")
    top = heard.loc[heard["with"].idxmax()] if len(heard) else None
    piles = table_of(record, "claims").set_index("claim").loc["rescaled"]
    releases = table_of(record, "repeats")[["icc", "low", "high"]].astype(float).to_numpy()[0]
    return [
        ("repeated recordings flatter a prediction", "R²", 1, _apart(leaks[0], leaks[1])),
        ("known artists flatter it", "R²", 1, _apart(leaks[1], leaks[2])),
        *((f"{name} goes with {'higher' if sign > 0 else 'lower'} valence", "valence", sign,
           effect.get(name, UNKNOWN))
          for name, sign in (("danceability", 1), ("energy", 1), ("loudness", -1),
                             ("duration", -1))),
        ("danceability makes the largest difference", "valence", 1, _lead(effect, "danceability")),
        ("curves fit better than straight lines", "R²", 1, _behind(record, "shape", "linear")),
        ("other features add to the scores", "R²", 1, _behind(record, "context", "scores only")),
        ("the best method errs less than the final model", "MAE", 1,
         _ends(methods.loc["question_1"], "difference")),
        ("the network errs less than the best method", "MAE", 1,
         _turned(_both(network.loc["mae"]))),
        ("the network explains more", "R²", 1, _both(network.loc["r2"])),
        ("the audio analysis adds to the method best with it", "R²", 1,
         UNKNOWN if top is None else _ends(top, "gain")),
        ("releases agree better than a prediction does", "R²", 1, _apart(releases, best)),
        ("values pile up near the ends of the scale", "multiple less 1", 1,
         UNKNOWN if piles["verdict"] == "not testable here"
         else np.array(_ends(piles, "size")) - 1),
    ]  # fmt: skip


def _ends(line, name: str) -> tuple[float, float, float]:
    return line[name], line[f"{name}_low"], line[f"{name}_high"]


def _apart(first, second) -> tuple[float, float, float]:
    """Return the difference of two estimates (value, low, high) with the widest interval."""
    return first[0] - second[0], first[1] - second[2], first[2] - second[1]


def _both(line) -> tuple[float, float, float]:
    """Return the network's difference with an interval that holds both of its intervals."""
    return (line["difference"], min(line["difference_low"], line["fold_difference_low"]),
            max(line["difference_high"], line["fold_difference_high"]))  # fmt: skip


def _turned(ends) -> tuple[float, float, float]:
    """Return the estimate, with its interval, of a difference taken the other way round."""
    value, low, high = ends
    return -value, -high, -low


def _lead(effect: Mapping[str, tuple], feature: str) -> tuple[float, float, float]:
    """Return by how much one difference is larger than any other, whatever their signs."""
    sizes = {name: np.sign(ends[0]) * np.array(ends) for name, ends in effect.items()}
    sizes = {name: (ends[0], max(0, ends.min()), ends.max()) for name, ends in sizes.items()}
    own = sizes.pop(feature, None)
    return _apart(own, np.max([*sizes.values()], axis=0)) if own and sizes else UNKNOWN


def _behind(record: dict, column: str, value: str) -> tuple[float, float, float]:
    """Return how far the best of some candidates is behind the best of all, over ten folds."""
    ladder = table_of(record, "ladder")
    line = ladder[ladder[column] == value].sort_values("cv_r2").iloc[-1]
    half = stats.t.ppf(0.975, 9) * line["behind_se"] * np.sqrt(1 + 10 / 9)  # [@nadeau2003]
    return line["behind"], line["behind"] - half, line["behind"] + half
