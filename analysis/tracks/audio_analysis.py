"""From raw audio analyses (JSON, one file a track) to one row of means and summaries a track.

The fields are those of Spotify's audio-analysis endpoint [@jehan2014; @spotifyapi]: `track` holds
what is said of the whole, `sections`, `bars` and `beats` divide it by form and metre, and
`segments` are stretches of steady sound, each with the strength of twelve pitch classes (0 to 1)
and twelve coefficients of timbre. All means are weighted by duration.
"""

import json
import math
import stat
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.tracks.files import list_parts, read_text, status
from analysis.tracks.json_text import parse
from analysis.tracks.schema import BY_NAME, PITCHES, TIMBRE, BadInput, naming

ENDINGS = (".json", ".json.gz")
# What the analysis says of the track as a whole, by canonical names.
WHOLE = ("loudness", "tempo", "key", "mode", "time_signature")

SUMMARIES = {
    "pitch_spread": "standard deviation of the pitch strengths over the segments, mean of 12",
    "pitch_change": "mean absolute change of the pitch strengths from segment to segment",
    **{f"timbre_spread_{part}": f"standard deviation of timbre coefficient {part}"
       for part in range(12)},
    **{f"timbre_change_{part}": f"mean absolute change of timbre coefficient {part} from "
       "segment to segment" for part in range(12)},
    "section_contrast": "share of the variance of timbre that lies between sections, 0 to 1",
    "section_loudness": "standard deviation of the sections' loudness, dB",
    "tempo_change": "standard deviation of the sections' tempo over its mean; 0 is one tempo",
    "beat_jitter": "standard deviation of the beats' lengths over their mean; 0 is a machine",
    "bar_jitter": "standard deviation of the bars' lengths over their mean",
    "segment_rate": "segments a second: how often the sound changes",
}  # fmt: skip


def holds_analyses(path: Path) -> bool:
    """Tell whether a path is an audio analysis, or a folder that holds no parts of a table."""
    path = Path(path)
    try:
        mode = status(path).st_mode
    except BadInput:  # what reads it next says why
        return False
    if stat.S_ISDIR(mode):
        return not list_parts(path)[0]
    if not (stat.S_ISREG(mode) and path.name.endswith(ENDINGS)):
        return False
    text = read_text(path).lstrip()
    return text.startswith("{") and '"segments"' in text and '"pitches"' in text


def read_analyses(path: Path) -> pd.DataFrame:
    """Read one audio analysis, or all of a folder.

    Parameters
    ----------
    path : Path
        A file of JSON, packed with gzip or not, or a folder of such files, each named by its
        track's identifier.

    Returns
    -------
    DataFrame
        One row a file, by name: `track_id`, `duration_ms`, `loudness`, `tempo`, `key`, `mode` and
        `time_signature` (NaN where the analysis lacks one), `pitch_0` to `pitch_11` and `timbre_0`
        to `timbre_11` (means over the segments), and the columns of `SUMMARIES`, NaN where there
        are too few sections, bars or beats for one.

    Raises
    ------
    BadInput
        No file is there, or one is broken or lacks what is needed.
    """
    path = Path(path)
    files = [path]
    if stat.S_ISDIR(status(path).st_mode):
        files = sorted(file for file in path.iterdir() if file.name.endswith(ENDINGS))
    if not files:
        raise BadInput(f"{path} holds no JSON: give a folder of audio analyses, one file a track.")
    return pd.DataFrame([_summarise_file(file) for file in files])


def summarise_analysis(analysis: dict) -> dict[str, float]:
    """Return the means and summaries of one analysis, by the columns of `read_analyses`.

    Raises
    ------
    BadInput
        Segments are missing or not as the endpoint gives them.
    """
    lengths = _column(analysis, "segments", "duration")
    if not len(lengths) or not (lengths > 0).all():
        raise BadInput("it has no segments, or one without a duration: fetch the analysis again.")
    pitches, timbre = (_vectors(analysis["segments"], name) for name in ("pitches", "timbre"))
    if ((pitches < 0) | (pitches > 1)).any():
        raise BadInput("a pitch strength is outside 0 to 1: fetch the analysis again.")
    means = (np.average(values, axis=0, weights=lengths) for values in (pitches, timbre))
    names = (PITCHES, TIMBRE)
    found = {n: v for block, mean in zip(names, means, strict=True)
             for n, v in zip(block, mean.tolist(), strict=True)}  # fmt: skip
    whole = _describe_whole(analysis, lengths)
    return (
        whole
        | found
        | _describe_segments(pitches, timbre, lengths)
        | _describe_form(analysis, timbre, lengths)
    )


def _summarise_file(path: Path) -> dict[str, object]:
    """Return one file's row."""
    try:
        analysis = parse(read_text(path), path)
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{path} is broken JSON ({error.msg}, line {error.lineno}): fetch it again."
        ) from error
    if not isinstance(analysis, dict) or not isinstance(analysis.get("segments"), list):
        raise BadInput(f"{path} is no audio analysis: it has no list of segments.")
    identifier = path.name.removesuffix(".gz").removesuffix(".json")
    with naming(path):
        return {"track_id": identifier, **summarise_analysis(analysis)}


def _column(analysis: dict, part: str, name: str) -> np.ndarray:
    """Return one number of every item of a part, NaN where it is missing; shape (items,)."""
    items = analysis.get(part) or []
    if not all(isinstance(item, dict) for item in items):
        raise BadInput(f"its {part} are no objects: fetch the analysis again.")
    return np.array([_to_float(item.get(name)) for item in items], dtype=float)


def _to_float(value) -> float:
    """Return a number, NaN for what is none."""
    real = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if real and math.isfinite(value) else math.nan


def _vectors(segments: list[dict], name: str) -> np.ndarray:
    """Return the vectors of all segments, of shape (segments, 12)."""
    rows = []
    for number, segment in enumerate(segments, start=1):
        row = segment.get(name)
        row = [_to_float(value) for value in row] if isinstance(row, list) else []
        if len(row) != 12 or any(map(math.isnan, row)):
            raise BadInput(f"segment {number:,} has no twelve numbers in {name!r}.")
        rows.append(row)
    return np.array(rows)


def _describe_whole(analysis: dict, lengths: np.ndarray) -> dict[str, float]:
    """Return what is said of the track as a whole; without a duration, that of the segments."""
    track = analysis.get("track") if isinstance(analysis.get("track"), dict) else {}
    seconds = _to_float(track.get("duration"))
    seconds = lengths.sum() if math.isnan(seconds) else seconds
    values = {name: _to_float(track.get(name)) for name in WHOLE}
    for name, value in values.items():
        column = BY_NAME[name]
        if not math.isnan(value) and not column.low <= value <= column.high:
            raise BadInput(f"its {name} is {value:g}, outside {column.low:g} to {column.high:g}.")
    return {"duration_ms": round(1000 * float(seconds)), **values}


def _describe_segments(pitches, timbre, lengths) -> dict[str, float]:
    """Return spread and change of pitch and timbre over the segments."""
    spreads = {name: _spread(values, lengths) for name, values in
               (("pitch", pitches), ("timbre", timbre))}  # fmt: skip
    pitch_change, timbre_change = (_change(values) for values in (pitches, timbre))
    found = {"pitch_spread": spreads["pitch"].mean(), "pitch_change": pitch_change.mean()}
    found |= {f"timbre_spread_{part}": spreads["timbre"][part] for part in range(12)}
    found |= {f"timbre_change_{part}": timbre_change[part] for part in range(12)}
    found["segment_rate"] = len(lengths) / lengths.sum()
    return {name: float(value) for name, value in found.items()}


def _spread(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return weighted standard deviations, of shape (12,)."""
    mean = np.average(values, axis=0, weights=weights)
    return np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weights))


def _change(values: np.ndarray) -> np.ndarray:
    """Return mean absolute changes from row to row, NaN for one row; shape (12,)."""
    return np.abs(np.diff(values, axis=0)).mean(axis=0) if len(values) > 1 else np.full(12, np.nan)


def _describe_form(analysis: dict, timbre: np.ndarray, lengths: np.ndarray) -> dict[str, float]:
    """Return contrast between sections and steadiness of tempo, beats and bars."""
    loudness, tempo, weights = (
        _column(analysis, "sections", name) for name in ("loudness", "tempo", "duration")
    )
    return {
        "section_contrast": _contrast(analysis, timbre, lengths),
        "section_loudness": _variation(loudness, weights, relative=False),
        "tempo_change": _variation(tempo, weights),
        **{f"{part}_jitter": _jitter(_column(analysis, f"{part}s", "duration"))
           for part in ("beat", "bar")},
    }  # fmt: skip


def _contrast(analysis: dict, timbre: np.ndarray, lengths: np.ndarray) -> float:
    """Return the share of the variance of timbre between sections, all coefficients alike."""
    starts = np.sort(_column(analysis, "sections", "start"))
    if len(starts) < 2 or np.isnan(starts).any():
        return math.nan
    middles = _column(analysis, "segments", "start") + lengths / 2
    section = np.clip(np.searchsorted(starts, middles, side="right") - 1, 0, None)
    total = np.bincount(section, lengths, len(starts))
    sums = np.stack([np.bincount(section, lengths * part, len(starts)) for part in timbre.T])
    means = sums / np.where(total > 0, total, 1)
    grand = np.average(timbre, axis=0, weights=lengths)
    between = ((means - grand[:, None]) ** 2 @ total) / total.sum()
    whole = _spread(timbre, lengths) ** 2
    varied = whole > 1e-12
    return float((between[varied] / whole[varied]).mean()) if varied.any() else math.nan


def _variation(values: np.ndarray, weights: np.ndarray, relative: bool = True) -> float:
    """Return a weighted standard deviation, over the mean where relative; NaN for under two."""
    known = ~(np.isnan(values) | np.isnan(weights)) & (weights > 0)
    if known.sum() < 2:
        return math.nan
    mean = np.average(values[known], weights=weights[known])
    spread = math.sqrt(np.average((values[known] - mean) ** 2, weights=weights[known]))
    return spread if not relative else spread / mean if mean > 0 else math.nan


def _jitter(lengths: np.ndarray) -> float:
    """Return the relative spread of lengths, each counted once."""
    return _variation(lengths, np.ones(len(lengths)))
