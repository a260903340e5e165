"""Reads a formula back from its table on a page and evaluates it, without the code that prints."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd

DEGREES = (
    "tonic", "minor second", "major second", "minor third", "major third", "fourth", "tritone",
    "fifth", "minor sixth", "major sixth", "minor seventh", "major seventh",
)  # fmt: skip
INTERVALS = ("semitones", "whole tones", "minor thirds", "major thirds", "fourths", "tritones")
PLAIN = {"minutes": "duration_min", "least pitch": "pitch_least", "mean pitch": "pitch_mean",
         "pitch contrast": "pitch_contrast", "timbre 0 less loudness": "level_gap"}  # fmt: skip


def rows_of_page(page: str) -> list[list[str]]:
    """Return the cells of the body of the first table of a page, from what a browser shows."""
    body = re.search(r"<tbody>.*?</tbody>", page, re.S)[0].replace("&nbsp;", " ")
    rows = ElementTree.fromstring(body)
    return [[_tight(_text_of(cell)) for cell in row] for row in rows]


def evaluate(rows: list[list[str]], tracks: pd.DataFrame) -> np.ndarray:
    """Return the formula's valence for tracks, from rows of terms and coefficients."""
    total = np.full(len(tracks), float(rows[0][1]))
    for term, coefficient, *_ in rows[1:-1]:
        value = np.full(len(tracks), float(coefficient))
        for factor in term.split("·"):
            value = value * _factor(factor, tracks)
        total = total + value
    return np.clip(total, 0, 1)


def _factor(text: str, tracks: pd.DataFrame) -> np.ndarray:
    """Return one factor for every track."""
    if level := re.fullmatch(r"\[<(\w+)>=<(.*)>\]", text):
        return (tracks[level[1]].astype(str) == level[2]).to_numpy(float)
    if above := re.fullmatch(r"\(<(.*)>([+-])([\d.]+)\)\+", text):
        knot = float(above[3]) * (1 if above[2] == "-" else -1)
        return np.maximum(_column(above[1], tracks) - knot, 0)
    if below := re.fullmatch(r"\((-?[\d.]+)-<(.*)>\)\+", text):
        return np.maximum(float(below[1]) - _column(below[2], tracks), 0)
    return _column(re.fullmatch("<(.*)>", text)[1], tracks)


def _column(name: str, tracks: pd.DataFrame) -> np.ndarray:
    """Return the column behind a printed name."""
    if timbre := re.fullmatch(r"timbre (\d+)", name):
        name = f"timbre_{timbre[1]}"
    elif name in INTERVALS:
        name = f"interval_{INTERVALS.index(name) + 1}"
    elif name.startswith("pitch of the "):
        name = f"tonic_{DEGREES.index(name.removeprefix('pitch of the '))}"
    return tracks[PLAIN.get(name, name)].to_numpy(float)


def _text_of(element: ElementTree.Element) -> str:
    """Return what an element shows; names within formulas stand in angle brackets."""
    tag = element.tag.rpartition("}")[2]
    if tag == "annotation":
        return ""
    inner = "".join(_text_of(child) + (child.tail or "") for child in element)
    text = (element.text or "") + inner
    return f"<{text}>" if tag == "mtext" else text


def _tight(cell: str) -> str:
    """Return a cell without the spaces outside of names, and with plain signs."""
    plain = cell.replace("−", "-").replace("⋅", "·").replace("\N{DIVIDES}", "|")
    parts = re.split(r"(<[^<>]*>)", plain)
    return "".join(part if part[:1] == "<" else re.sub(r"\s", "", part) for part in parts)
