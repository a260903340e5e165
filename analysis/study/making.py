"""The steps of a study that ask how valence is made: ceilings, formulas, claims, transfer."""

import pandas as pd

from analysis.prediction import (
    ceiling,
    comparison,
    derivation,
    evidence,
    fidelity,
    hypotheses,
    learning_curves,
    transfer,
)
from analysis.prediction.tuning import Budget
from analysis.tracks.datasets import KNOWN
from analysis.tracks.splitting import Split


def find_ceilings(
    methods: comparison.Comparison,
    train: pd.DataFrame,
    published: pd.DataFrame,
    spending: Budget,
) -> dict[str, pd.DataFrame]:
    """Estimate how much could be explained at all."""
    single = methods.candidates[methods.single]
    curve = learning_curves.learning_curve(single, train, spending.curve)
    limit = learning_curves.extend_curve(curve).to_frame().T
    limit = limit.assign(estimate="learning curve, endless data")
    estimates = pd.concat([ceiling.neighbour_ceiling(train), limit], ignore_index=True)
    return {
        "learning_curve": learning_curves.score_curve(curve),
        "ceilings": estimates[["estimate", "r2", "low", "high"]],
        "repeats": ceiling.repeat_measurements(published),
    }


def derive(
    published: pd.DataFrame, tracks: pd.DataFrame, split: Split, methods: comparison.Comparison
) -> dict[str, pd.DataFrame]:
    """Derive formulas and weigh the claims on how valence is made."""
    train, test = split.train, split.test
    most = 15 if "pitch_0" in train else 12
    made = {
        "all features": derivation.derive_formula(train, most=most),
        "scores only": derivation.derive_formula(train, context=False, audio=False),
    }
    printed = {name: one.formula for name, one in made.items()}
    groups = evidence.score_feature_groups(train)
    repeats = ceiling.repeat_measurements(published)
    piles = evidence.end_piles(tracks)
    frontiers = [one.frontier.assign(formula=name) for name, one in made.items()]
    return {
        "formulas": pd.concat([list_terms(one, name) for name, one in printed.items()]),
        "formula_scores": fidelity.formula_scores(
            printed, test, {"best method": methods.held_out[methods.best]}
        ),
        "frontiers": pd.concat(frontiers, ignore_index=True),
        "groups": groups,
        "keys": evidence.describe_keys(train),
        "piles": piles,
        "verdicts": hypotheses.judge_hypotheses(groups, repeats, piles),
    }


def list_terms(formula: derivation.Formula, name: str) -> pd.DataFrame:
    """Return formula, coefficient and atoms of every term; the intercept has no atoms.

    `atoms` lists column, kind and place of each factor, as `pieces.Atom` has them.
    """
    rows = [(name, formula.intercept, [])]
    for term in formula.terms:
        atoms = [[atom.column, atom.kind, atom.at] for atom in term.piece.atoms]
        rows.append((name, term.coefficient, atoms))
    return pd.DataFrame(rows, columns=["formula", "coefficient", "atoms"])


def find_transfer() -> dict[str, pd.DataFrame]:
    """Take the formula of each known table to every other; nothing where a table is not here."""
    frames = transfer.known_tracks()
    if set(frames) != set(KNOWN):
        return {}
    return {"transfer": transfer.transfer(frames, transfer.derive_elsewhere(frames))}
