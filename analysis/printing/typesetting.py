"""A formula in print: its terms as TeX, in a table that works it through for one track."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from analysis.printing import inert
from analysis.printing.numbers import EMPTY, MINUS, feature_name, joined, number
from analysis.printing.tables import markdown

# Signs that mean something to TeX; as text within a formula, no other does.
# The empty group keeps a space that follows the escaped character.
ESCAPES = str.maketrans({sign: f"\\{sign}{{}}" for sign in "&%$#_{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}",
    "|": "\N{DIVIDES}",  # a cell of a table ends at a bar
})  # fmt: skip
NAMES = {
    "duration_min": "minutes", "pitch_mean": "mean pitch", "pitch_least": "least pitch",
    "pitch_contrast": "pitch contrast", "level_gap": "timbre 0 less loudness",
}  # fmt: skip
UNITS = {
    "loudness": "loudness is in dB", "tempo": "tempo is in BPM",
    "duration_min": "minutes are the track's length",
}  # fmt: skip
INTERVALS = ("semitones", "whole tones", "minor thirds", "major thirds", "fourths", "tritones")


def name_of(column: str) -> str:
    """Return the printed name of a column."""
    kind, _, place = column.rpartition("_")
    if kind == "timbre":
        return f"timbre {place}"
    if kind == "interval":
        return INTERVALS[int(place) - 1]
    return NAMES.get(column) or feature_name(column)


def plain(value: float) -> str:
    """Return a number in full decimals, without exponent and without trailing zeros."""
    return np.format_float_positional(float(value) + 0.0, trim="-")  # a zero has no sign


def typeset(term) -> str:
    """Return a term as TeX.

    The subscript + marks what is 0 where the bracket is negative; square brackets are 1 where what
    they say holds and 0 elsewhere.
    """
    factors = []
    for factor in term:
        name = _upright(name_of(factor.column))
        if factor.kind == "level":
            name = rf"[{name} = {_upright(factor.at)}]"
        elif factor.kind == "below":
            name = rf"({plain(factor.at)} - {name})_{{+}}"
        elif factor.kind == "above":
            name = rf"({name} {'-' if factor.at >= 0 else '+'} {plain(abs(factor.at))})_{{+}}"
        factors.append(name)
    return r" \cdot ".join(factors)


def _upright(words: str) -> str:
    """Return words as text within TeX, with the characters escaped that mean something to it."""
    return rf"\text{{{inert.shown(words).translate(ESCAPES)}}}"


def tabulate_formula(formula, worked: pd.DataFrame) -> Markdown:
    """Tabulate a formula and what `formula_search.work_through` returns for one track."""
    total = formula.intercept + worked["contribution"].sum()
    rows = [["start", plain(formula.intercept), EMPTY, number(formula.intercept)]]
    rows += [[Markdown(f"${typeset(row.term)}$"), plain(row.coefficient),
              plain(float(f"{row.value:.4g}")), number(row.contribution)]
             for row in worked.itertuples()]  # fmt: skip
    rows.append(["sum", EMPTY, EMPTY, number(total)])
    names = ["term", "coefficient", "value", "product"]
    table = pd.DataFrame(rows, columns=names)
    table[names[1:3]] = table[names[1:3]].replace("-", MINUS, regex=True)
    return markdown(table, right=tuple(names[1:]))


def explain_formula(formula) -> str:
    """Return, in a sentence, what a reader must know of a formula's brackets and units."""
    factors = [factor for term in formula.terms for factor in term]
    kinds, columns = {one.kind for one in factors}, {one.column for one in factors}
    facts = []
    if kinds & {"above", "below"}:
        facts.append("a bracket with a subscript + counts only where it is positive")
    if "level" in kinds:
        facts.append("a square bracket is one where it is true and zero elsewhere")
    units = [words for column, words in UNITS.items() if column in columns]
    told = "; ".join([*facts, *([joined(units)] if units else [])])
    return f"{told[0].upper()}{told[1:]}." if told else ""
