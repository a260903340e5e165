"""Formulas in print: as TeX, in words, as questions."""

from collections.abc import Callable
from decimal import Decimal

from analysis.printing import inert
from analysis.printing import numbers as prose

NAMES = {
    "duration_min": "minutes",
    "pitch_mean": "mean pitch",
    "pitch_least": "least pitch",
    "pitch_contrast": "pitch contrast",
}
# Signs that mean something to TeX; as text within a formula, no other does.
ESCAPES = {sign: f"\\{sign}{{}}" for sign in "&%$#_{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}",
}  # fmt: skip
INTERVALS = ("semitone", "whole tone", "minor third", "major third", "fourth", "tritone")


def typeset(formula) -> str:
    """Return a formula as TeX, a term a line, to stand between double dollar signs.

    The subscript + marks what is 0 where the bracket is negative; square brackets are 1 where what
    they say holds and 0 elsewhere.
    """
    first = rf"\widehat{{\text{{valence}}}} = {{}} & {plain(formula.intercept)}"
    lines = [rf"& {_signed(t.coefficient)}\,{typeset_piece(t.piece)}" for t in formula.terms]
    return "\\begin{aligned}\n" + " \\\\\n".join([first, *lines]) + "\n\\end{aligned}"


def typeset_piece(piece) -> str:
    """Return a piece as TeX."""
    return r" \cdot ".join(_typeset_atom(atom) for atom in piece.atoms)


def spell_piece(piece) -> str:
    """Return a piece in words, as plain text."""
    return " × ".join(_spell_atom(atom) for atom in piece.atoms)


def ask(piece) -> str:
    """Return a step or level as a question."""
    atom = piece.atoms[0]
    if atom.kind == "level":
        return f"Is the {atom.column} {atom.at}?"
    unit = {"loudness": " dB", "tempo": " BPM"}.get(atom.column, "")
    name = "length in minutes" if atom.column == "duration_min" else name_of(atom.column)
    return f"Is the {name} at least {prose.MINUS * (atom.at < 0)}{plain(abs(atom.at))}{unit}?"


def name_of(column: str) -> str:
    """Return the printed name of a column."""
    kind, _, number = column.rpartition("_")
    if kind == "timbre":
        return f"timbre {number}"
    if kind == "tonic":
        return f"pitch of the {prose.DEGREES[int(number)]}"
    if kind == "interval":
        return f"{INTERVALS[int(number) - 1]}s"
    return "timbre 0 less loudness" if column == "level_gap" else NAMES.get(column, column)


def plain(value: float) -> str:
    """Return a number in full decimals, without exponent and without trailing zeros."""
    text = f"{Decimal(repr(float(value))):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def reads(formula) -> list[str]:
    """Return the printed names of the columns that a formula reads, each once."""
    columns = [atom.column for t in formula.terms for atom in t.piece.atoms]
    return [name_of(column) for column in dict.fromkeys(columns)]


def _signed(value: float) -> str:
    """Return a coefficient in TeX with its sign."""
    return f"{'-' if value < 0 else '+'} {plain(abs(value))}"


def _atom(atom, name: Callable[[str], str]) -> str:
    """Return a line or a hinge."""
    told = name(atom.column)
    if atom.kind == "line":
        return told
    if atom.kind == "above":
        return f"({told} {'-' if atom.at >= 0 else '+'} {plain(abs(atom.at))})"
    return f"({plain(atom.at)} - {told})"


def _typeset_atom(atom) -> str:
    """Return an atom as TeX."""
    if atom.kind == "level":
        return rf"[\text{{{_text(f'{atom.column} is {atom.at}')}}}]"
    if atom.kind == "step":
        return rf"[\text{{{_text(name_of(atom.column))}}} \ge {plain(atom.at)}]"
    return _atom(atom, _symbol) + ("_{+}" if atom.kind in ("above", "below") else "")


def _symbol(column: str) -> str:
    """Return a column's name as TeX."""
    return rf"\text{{{_text(name_of(column))}}}"


def _text(words: str) -> str:
    """Return words with the characters escaped that mean something to TeX."""
    # the empty group keeps a space that follows the escaped character
    return "".join(ESCAPES.get(letter, letter) for letter in inert.shown(words))


def _spell_atom(atom) -> str:
    """Return an atom in words."""
    if atom.kind == "level":
        return f"[{atom.column} is {atom.at}]"
    if atom.kind == "step":
        return f"[{name_of(atom.column)} at least {plain(atom.at)}]"
    text = _atom(atom, name_of).replace("-", prose.MINUS)
    return text if atom.kind == "line" else f"{text}₊"
