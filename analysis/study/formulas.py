"""Formulas that a record keeps, as formulas again: to be printed and computed without the table."""

from collections.abc import Mapping

import pandas as pd

from analysis.prediction.derivation import Formula, Term
from analysis.prediction.pieces import Atom, Piece
from analysis.study.records import table_of


def stored_formula(record: Mapping | None, name: str = "all features") -> Formula | None:
    """Return a formula of a record, or None where there is none.

    Parameters
    ----------
    record : mapping or None
        Its table ``formulas`` is what `making.list_terms` returns.
    name : {"all features", "scores only"}
    """
    lines = table_of(record or {"tables": {}}, "formulas")
    lines = lines[lines["formula"] == name] if len(lines) else lines
    if lines.empty:
        return None
    pieces = [Piece(tuple(Atom(*atom) for atom in atoms)) for atoms in lines["atoms"]]
    terms = [
        Term(float(coefficient), piece)
        for coefficient, piece in zip(lines["coefficient"], pieces, strict=True)
        if piece.atoms
    ]
    (intercept,) = (c for c, p in zip(lines["coefficient"], pieces, strict=True) if not p.atoms)
    return Formula(float(intercept), tuple(terms))


def stored_scores(record: Mapping | None) -> pd.Series:
    """Return R² on held-out artists of a record's formula (formula, low, high) and best method."""
    lines = table_of(record or {"tables": {}}, "formula_scores")
    if lines.empty:
        return pd.Series(dtype=float)
    r2 = lines[lines["metric"] == "r2"].set_index("model")
    ends = r2.loc["all features"]
    return pd.Series({"formula": ends["value"], "low": ends["low"], "high": ends["high"],
                      "best": r2.loc["best method", "value"]})  # fmt: skip
