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
UNKNOWN = np.full(3, np.nan)


def read_records(folder: Path = RESULTS) -> dict[str, dict]:
    """Return the records of a folder by name, known tables first.

    What does not fit the schema is left out with a warning: an older record must not stop a report.
    """
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            record = read_record(path)
            found[record["name"]] = record
        except BadInput as error:
            log.warning("%s", error)
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
    heard, best = table_of(record, "audio_methods"), _ends(methods[methods["best"]].iloc[0], "r2")
    gain = _ends(heard.loc[heard["with"].idxmax()], "gain") if len(heard) else UNKNOWN
    piles = table_of(record, "claims").set_index("claim").loc["rescaled"]
    pile = UNKNOWN if piles["verdict"] == "not testable here" else _ends(piles, "size") - 1
    releases = table_of(record, "repeats")[["icc", "low", "high"]].astype(float).to_numpy()[0]
    # the network's differences, with an interval that holds both of its intervals
    network = table_of(record, "network").set_index("metric")
    network["difference_low"] = network.filter(like="difference_low").min(axis=1)
    network["difference_high"] = network.filter(like="difference_high").max(axis=1)
    return [
        ("counting repeats raises R²", "R²", 1, _apart(leaks[0], leaks[1])),
        ("known artists inflate R²", "R²", 1, _apart(leaks[1], leaks[2])),
        *((f"{name} goes with {'higher' if sign > 0 else 'lower'} valence", "valence", sign,
           effect.get(name, UNKNOWN))
          for name, sign in (("danceability", 1), ("energy", 1), ("loudness", -1),
                             ("duration", -1))),
        ("without genre, danceability leads", "valence", 1, _lead(effect, "danceability")),
        ("curves fit better than straight lines", "R²", 1, _behind(record, "shape", "linear")),
        ("other features add to the scores", "R²", 1, _behind(record, "context", "scores only")),
        ("the best method errs less than the final model", "MAE", 1,
         _ends(methods.loc["question_1"], "difference")),
        ("the network errs less than the best method", "MAE", 1,
         _apart(np.zeros(3), _ends(network.loc["mae"], "difference"))),
        ("the network explains more", "R²", 1, _ends(network.loc["r2"], "difference")),
        ("the audio analysis adds to the method best with it", "R²", 1, gain),
        ("releases agree better than a prediction does", "R²", 1, _apart(releases, best)),
        ("values pile up near the ends of the scale", "multiple less 1", 1, pile),
    ]  # fmt: skip


def _ends(line, name: str) -> np.ndarray:
    """Return an estimate and the ends of its interval: value, low, high."""
    return line[[name, f"{name}_low", f"{name}_high"]].to_numpy(float)


def _apart(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the difference of two estimates with the widest interval."""
    return first - second[[0, 2, 1]]


def _lead(effect: Mapping[str, np.ndarray], feature: str) -> np.ndarray:
    """Return by how much one difference is larger than any other, whatever their signs."""
    sizes = {name: np.sign(ends[0]) * ends for name, ends in effect.items()}
    sizes = {name: np.array([ends[0], max(0, ends.min()), ends.max()])
             for name, ends in sizes.items()}  # fmt: skip
    own = sizes.pop(feature, None)
    known = own is not None and sizes
    return _apart(own, np.max([*sizes.values()], axis=0)) if known else UNKNOWN


def _behind(record: dict, column: str, value: str) -> np.ndarray:
    """Return how far the best of some candidates is behind the best of all, over ten folds."""
    ladder = table_of(record, "ladder")
    line = ladder[ladder[column] == value].sort_values("cv_r2").iloc[-1]
    half = stats.t.ppf(0.975, 9) * line["behind_se"] * np.sqrt(1 + 10 / 9)  # [@nadeau2003]
    return line["behind"] + np.array([0, -half, half])
