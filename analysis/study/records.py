"""The record of a study: how it is made, written and read."""

import datetime
import json
import logging
import math
from pathlib import Path

import pandas as pd

from analysis import HOLD_OUT_SEED
from analysis.provenance import list_versions
from analysis.study import steps
from analysis.study.fingerprints import code_fingerprint
from analysis.study.schema import OPTIONAL, SCHEMA, TABLES, check_record
from analysis.tracks import datasets
from analysis.tracks.schema import BadInput, naming
from analysis.writing import write_text

log = logging.getLogger("analysis")

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "results"
# Floats keep so many significant digits: more would differ from machine to machine.
DIGITS = 7


def make_record(name_or_path: str, budget: str, draws: int = 0) -> dict:
    """Study one table and return its record.

    Parameters
    ----------
    name_or_path : str
        A known table, or the path of any other.
    budget : {"quick", "full"}
    draws : int
        Further hold-outs on which all methods are compared.

    Returns
    -------
    dict
        As `FIELDS` and `TABLES` say; ready for JSON.
    """
    source = datasets.describe(name_or_path)
    published = datasets.load(name_or_path)
    prints = {"data": datasets.fingerprint(published), "code": code_fingerprint()}
    with naming(datasets.locate(name_or_path)):
        tables, seconds = steps.study_tracks(published, budget, source.name, draws)
    about = {name: getattr(source, name) for name in
             ("name", "title", "source", "licence", "citation", "snapshot")}  # fmt: skip
    return {
        "schema": SCHEMA,
        **about,
        "budget": budget,
        "seed": HOLD_OUT_SEED,
        "made": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "fingerprints": prints,
        "versions": dict(list_versions().itertuples(index=False, name=None)),
        "seconds": {step: round(seconds[step], 1) for step in seconds},
        "tables": {name: _encode(frame) for name, frame in tables.items()},
    }


def write_record(record: dict, path: Path) -> None:
    """Check a record and write it, whole or not at all."""
    check_record(record)
    write_text(path, json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_record(path: Path) -> dict:
    """Read and check one record.

    Raises
    ------
    BadInput
        The file is not there, is no JSON, or does not fit the schema.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read as a record ({error}).") from error
    check_record(record, str(path))
    return record


def read_records(folder: Path = RESULTS) -> dict[str, dict]:
    """Return the records of a folder by name: known tables in their order, then others by name.

    What does not fit the schema is left out with a warning, since an older record must not stop a
    report.
    """
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            record = read_record(path)
        except BadInput as error:
            log.warning("%s", error)
            continue
        found[record["name"]] = record
    order = {name: place for place, name in enumerate(datasets.KNOWN)}
    return dict(sorted(found.items(), key=lambda pair: (order.get(pair[0], 99), pair[0])))


def table_of(record: dict, name: str) -> pd.DataFrame:
    """Return one table of a record; empty, with its columns, where the record has none."""
    stored = record["tables"].get(name, {"columns": list((TABLES | OPTIONAL)[name]), "rows": []})
    return pd.DataFrame(stored["rows"], columns=stored["columns"])


def is_current(record: dict) -> bool:
    """Tell whether a record was made by the code that is here."""
    return record["fingerprints"]["code"] == code_fingerprint()


def _encode(frame: pd.DataFrame) -> dict:
    """Return a frame as columns and rows that JSON can hold."""
    columns = [[_plain(value) for value in frame[name]] for name in frame]
    return {
        "columns": list(frame.columns),
        "rows": [list(row) for row in zip(*columns, strict=True)],
    }


def _plain(value):
    """Return a cell as JSON has it; a number that is not known is null."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return None if value is pd.NA else str(value)
