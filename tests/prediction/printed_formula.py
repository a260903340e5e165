"""Reads a formula back from print and evaluates it, without the code that prints formulas."""

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
NUMBER = r"-?[\d.]+"


def lines_of_tex(text: str) -> list[str]:
    """Return the lines of a displayed equation in Markdown; names stand in angle brackets."""
    body = re.search(r"\\begin\{aligned\}\n(.*)\n\\end\{aligned\}", text, re.S)[1]
    body = re.sub(r"^.*?(?<!\\)&", "", body, flags=re.M)
    body = re.sub(r"\\text\{((?:\\.|\{\}|[^{}])*)\}", lambda m: f"<{_unescape(m[1])}>", body)
    body = body.replace(r"\cdot", "·").replace(r"\,", "").replace("_{+}", "+")
    return [_tight(line.removesuffix(r"\\")) for line in body.split("\n")]


def lines_of_page(page: str, label: str) -> list[str]:
    """Return the lines of an equation in a rendered page, from what a browser shows of it."""
    found = re.search(rf'id="{label}".*?(<math\b.*?</math>)', page, re.S)
    root = ElementTree.fromstring(found[1].replace("&nbsp;", " "))
    rows = [row for row in root.iter() if _tag(row) == "mtr"]
    return [_tight(_text_of(list(row)[-1]).replace("−", "-").replace("⋅", "·")) for row in rows]


def evaluate(lines: list[str], tracks: pd.DataFrame) -> np.ndarray:
    """Return the formula's valence for tracks."""
    total = np.full(len(tracks), float(lines[0]))
    for line in lines[1:]:
        sign, size, factors = re.fullmatch(r"([+-])([\d.]+)([<(\[].*)", line).groups()
        value = float(f"{sign}{size}") * np.ones(len(tracks))
        for factor in factors.split("·"):
            value = value * _factor(factor, tracks)
        total = total + value
    return np.clip(total, 0, 1)


def _factor(text: str, frame: pd.DataFrame) -> np.ndarray:
    """Return one factor for every track."""
    if level := re.fullmatch(r"\[<(\w+) is (.*)>\]", text):
        return (frame[level[1]].astype(str) == level[2]).to_numpy(float)
    if above := re.fullmatch(r"\(<(.*)>([+-])([\d.]+)\)\+", text):
        knot = float(above[3]) * (1 if above[2] == "-" else -1)
        return np.maximum(_column(above[1], frame) - knot, 0)
    if below := re.fullmatch(rf"\(({NUMBER})-<(.*)>\)\+", text):
        return np.maximum(float(below[1]) - _column(below[2], frame), 0)
    return _column(re.fullmatch("<(.*)>", text)[1], frame)


def _column(name: str, frame: pd.DataFrame) -> np.ndarray:
    """Return the column behind a printed name."""
    if timbre := re.fullmatch(r"timbre (\d+)", name):
        name = f"timbre_{timbre[1]}"
    elif name in INTERVALS:
        name = f"interval_{INTERVALS.index(name) + 1}"
    elif name.startswith("pitch of the "):
        name = f"tonic_{DEGREES.index(name.removeprefix('pitch of the '))}"
    return frame[PLAIN.get(name, name)].to_numpy(float)


def _text_of(element: ElementTree.Element) -> str:
    """Return what an element of MathML shows."""
    text = "".join([element.text or "", *map(_text_of, element)])
    return f"<{text}>" if _tag(element) == "mtext" else text


def _tag(element: ElementTree.Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _unescape(text: str) -> str:
    """Return TeX's words as they are shown."""
    return re.sub(r"\\(.)(?:\{\})?", r"\1", text)


def _tight(line: str) -> str:
    """Return a line without the spaces outside of names."""
    return "".join(part if part[:1] == "<" else re.sub(r"\s", "", part)
                   for part in re.split(r"(<[^<>]*>)", line))  # fmt: skip
