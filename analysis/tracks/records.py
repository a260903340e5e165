"""Find the tracks in a JSON document: as records, as pandas writes tables, as the Web API answers.

The Web API gives tracks and their audio features in lists, pages, items of a playlist or objects by
identifier, with null for what it does not know and an object `error` for what it refused.
"""

import functools
import json
import re
from pathlib import Path

import pandas as pd

from analysis.tracks.aliases import recognise
from analysis.tracks.files import refuse_wide
from analysis.tracks.schema import FEATURES, BadInput

# known columns that make names a header, or an object a record
FEWEST_KNOWN = 3
IDENTIFIER = re.compile(r"[0-9A-Za-z]{22}")
# what the Web API's objects say of themselves where they are no tracks
OTHERS = ("artist", "album", "playlist", "user", "show", "audiobook")
# a longer whole number has no place among floating-point numbers
MOST_DIGITS = 300
HALF = re.compile(r"\\u[dD][89a-fA-F]")
# everything up to the first half of a pair that stands alone; an escaped backslash escapes nothing
WHOLE = re.compile(
    r"(?:[^\\]++|\\[^u]|\\u(?![dD][89a-fA-F])|\\u[dD][89abAB]..\\u[dD][c-fC-F]..)*+", re.DOTALL
)


def open_json(text: str, path: Path, notes: list[str]) -> pd.DataFrame:
    """Read a table as pandas writes it, or records wherever they are in a JSON text.

    A line on what was left out or joined goes to `notes`.
    Raises BadInput where it is no JSON or nested too deep, has an endless number or half of a
    character, no record is there, or rows have several lengths or no names.
    """
    try:
        try:
            content = parse(text, path)
        except json.JSONDecodeError as error:
            content = _read_lines(text, path, error)
        table = _find_columns(content, path)
        if table is not None:  # the numbers that pandas gives to rows are text in JSON
            numbers = all(str(label).isdigit() for label in table.index)
            return table.reset_index(drop=True) if numbers else table
        found = _find_records(content, path, notes)
        refuse_wide(len(found), _width(found), path)
        return pd.json_normalize(found, sep="_")
    except RecursionError as error:
        raise BadInput(f"{path} is JSON nested too deep for a table: give a list of objects, one "
                       "a track.") from error  # fmt: skip


def _width(records: list[dict]) -> int:
    """Return how many columns records make, those inside an object counted one by one."""
    columns = 0
    for name in set().union(*records):
        inner = [one[name] for one in records if name in one and isinstance(one[name], dict)]
        columns += _width(inner) if inner else 1
    return columns


def _read_lines(text: str, path: Path, error: json.JSONDecodeError) -> list:
    """Read JSON Lines, or explain where a JSON text breaks."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            found += [parse(line, path)] if line.strip() else []
        except json.JSONDecodeError as broken:
            # lines that hold one object each show that the rest was meant to do so
            lines = len(found) > 1
            where = (broken.msg, number) if lines else (error.msg, error.lineno)
            raise BadInput(f"{path} is broken JSON ({where[0]}, line {where[1]:,}): export it "
                           "again.") from broken  # fmt: skip
    return found


def parse(text: str, path: Path):
    """Return what a JSON text holds; raises BadInput, RecursionError or json.JSONDecodeError."""

    def parse_int(digits: str) -> int:
        if len(digits) > MOST_DIGITS:
            raise BadInput(f"{path} holds a number of {len(digits):,} digits ({digits[:12]}…), as "
                           "no column can: correct it.")  # fmt: skip
        return int(digits)

    # no text can be written with half of a character
    end = WHOLE.match(text).end() if HALF.search(text) else len(text)
    if end < len(text):
        line = text.count("\n", 0, end) + 1
        raise BadInput(
            f"{path} has half of a character, {text[end : end + 6]}, in line {line:,} (character "
            f"{end - text.rfind(chr(10), 0, end):,}): correct or remove it."
        )
    return json.loads(text, parse_int=parse_int)


know = functools.lru_cache(1000)(recognise)  # one answer serves all records of a table


def _find_records(content, path: Path, notes: list[str]) -> list[dict]:
    found, lost = [], []
    _collect(content, "", found, lost)
    errors = [one for one in lost if one is not None]
    error = next((one if isinstance(one, dict) else {"message": one} for one in errors), {})
    first = f"{error.get('status', '')} {error.get('message', '')}".strip()[:100]
    if not found and errors:
        raise BadInput(f"{path} is an error of the Web API ({first}), no table: ask for it again.")
    if len(lost) > len(errors):
        notes.append("empty entries (null), as of tracks that the Web API does not know: "
                     f"{len(lost) - len(errors):,} left out")  # fmt: skip
    if errors:
        notes.append(f"errors of the Web API ({first}) in place of tracks: {len(errors):,}; ask "
                     "for these again")  # fmt: skip
    found = _join_features(found, notes) or _find_objects(content)
    if not found:
        raise BadInput(f"{path} holds no list of tracks: give a list of objects, one a track.")
    return found


def _find_columns(content, path: Path) -> pd.DataFrame | None:
    """Return what holds a table as rows of fields or as columns; None of anything else."""
    data, index, names = content, None, None
    if isinstance(content, list) and content and all(isinstance(row, list) for row in content):
        names, *data = content
        if any(isinstance(field, dict) for field in names):
            return None
        if len(know(tuple(map(str, names)))) < FEWEST_KNOWN:
            raise BadInput(f"{path} has no header: its first row holds values; put the names of "
                           "the columns first, or write objects.")  # fmt: skip
        rows = data
    elif not isinstance(content, dict):
        return None
    elif all(isinstance(content.get(name), list) for name in ("columns", "data")):
        names, index, data = content["columns"], content.get("index"), content["data"]
        rows = data
    else:
        kinds = set(map(type, content.values()))
        known = len(content) <= 10_000 and len(know(tuple(content))) >= FEWEST_KNOWN
        if not known or kinds not in ({list}, {dict}):
            return None
        columns = content.values()
        rows = max(columns, key=len) if kinds == {list} else set().union(*columns)
    refuse_wide(len(rows), len(content if names is None else names), path)
    try:
        return pd.DataFrame(data, index, names)
    except (ValueError, TypeError) as error:
        raise BadInput(f"{path} is ragged ({error}): give every row as many fields as there are "
                       "columns.") from error  # fmt: skip


def _collect(node, key: str, found: list[dict], lost: list) -> None:
    """Find the records below a node, and beside them what stands for none."""
    if isinstance(node, list):
        for one in node:
            lost += [None] if one is None else []
            _collect(one, "", found, lost)
        return
    if not isinstance(node, dict):
        return
    if isinstance(node.get("track"), dict):  # an item of a playlist
        beside = {name: node[name] for name in node if name == "audio_features"}
        node = beside | node["track"]
    names = know(tuple(node)) if len(node) <= 10_000 else {}
    if not names and isinstance(node.get("error"), str | dict):
        lost.append(node["error"])
    elif node.get("type") in OTHERS and "tracks" not in node:
        return
    elif len(names) >= FEWEST_KNOWN and node.get("type") not in OTHERS:
        found.append({"track_id": key} | node if key and "track_id" not in names else node)
    else:
        objects = [one for one in node.values() if isinstance(one, dict)]
        for name, one in node.items():
            known = IDENTIFIER.fullmatch(name)
            lost += [None] if one is None and (known or name == "track") else []
            by_id = known or (1 < len(objects) == len(node) and not name.isdigit())
            _collect(one, name if by_id else "", found, lost)


def _join_features(found: list[dict], notes: list[str]) -> list[dict]:
    """Join tracks with the audio features that a document holds apart from them."""
    apart = [one for one in found if _has_scores(one) and "title" not in know(tuple(one))]
    features = {_identify(one): one for one in apart if _identify(one)}
    tracks = [one for one in found if not _has_scores(one)]
    if not features or not tracks:
        return found
    joined = []
    for one in found:
        scores = features.get(_identify(one))
        if not _has_scores(one):
            joined.append(one | {"audio_features": scores} if scores else one)
        elif scores is None:
            joined.append(one)
    theirs = {_identify(one) for one in tracks}
    joined += [one for name, one in features.items() if name not in theirs]
    notes.append(f"tracks and their audio features are joined by identifier: {len(tracks):,} and "
                 f"{len(features):,}")  # fmt: skip
    return joined


def _has_scores(record: dict) -> bool:
    parts = [record, *(part for part in record.values() if isinstance(part, dict))]
    return any(len(set(FEATURES) & set(know(tuple(part)))) >= FEWEST_KNOWN for part in parts)


def _identify(record: dict) -> str:
    """Return a record's identifier, bare of what makes it an address."""
    name = know(tuple(record)).get("track_id")
    return re.split("[:/]", str(record[name]))[-1] if name else ""


def _find_objects(content) -> list[dict]:
    """Return the longest list of objects near the top, so that a message can name its columns."""
    nodes = list(content.values()) if isinstance(content, dict) else [content]
    lists = [[one for one in node if isinstance(one, dict)] for node in nodes
             if isinstance(node, list)]  # fmt: skip
    return max(lists, key=len, default=[]) or [content] * isinstance(content, dict)
