"""Growing and pruning sums of pieces by least squares."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.prediction.pieces import LEAST_SHARE, Atom, Piece, design_of

# A candidate must keep this share of its variance beside the pieces already taken: what is nearly
# a sum of them would get a large coefficient for a small gain.
LEAST_NEW = 0.01


def grow_pieces(
    frame: pd.DataFrame,
    atoms: Sequence[Atom],
    target: np.ndarray,
    most: int,
    products: bool = True,
) -> tuple[list[Piece], int]:
    """Add pieces one by one, each the one that lowers the squared error most.

    Parameters
    ----------
    frame : DataFrame of shape (n, ...)
        Clean tracks.
    atoms : sequence of Atom
    target : array of shape (n,)
    most : int
        Pieces at most; fewer where nothing is left to add.
    products : bool
        Whether an atom may be multiplied by a piece that was taken before and has one atom.

    Returns
    -------
    list of Piece, int
        The pieces in the order of their choice, and how many candidates were compared.
    """
    values = design_of(frame, atoms)
    usable = _varied(values)
    values, atoms = values[:, usable], [a for a, kept in zip(atoms, usable, strict=True) if kept]
    basis = np.full((len(target), 1), len(target) ** -0.5)
    rest, taken, parents, tried = target - target.mean(), [], [None], 0
    while len(taken) < most:
        found = [_best(parent, atoms, values, basis, rest, taken, frame) for parent in parents]
        tried += len(atoms) * len(parents)
        gain, piece = max(found, key=lambda pair: pair[0])
        if piece is None or gain <= 1e-9:
            break
        taken.append(piece)
        column = _orthogonal(piece.values(frame), basis)
        basis, rest = np.column_stack([basis, column]), rest - column * (column @ rest)
        parents += [piece] if products and len(piece.atoms) == 1 else []
    return taken, tried


def prune_pieces(design: np.ndarray, target: np.ndarray) -> dict[int, list[int]]:
    """Take away the piece that is missed least, again and again.

    Parameters
    ----------
    design : array of shape (n, pieces)
    target : array of shape (n,)

    Returns
    -------
    dict
        The positions of the pieces that are left, by their number, from all down to one.
    """
    centred = design - design.mean(axis=0)
    centred = centred / np.linalg.norm(centred, axis=0)
    together, towards = centred.T @ centred, centred.T @ (target - target.mean())
    kept, path = list(range(design.shape[1])), {}
    while kept:
        path[len(kept)] = list(kept)
        inverse = np.linalg.pinv(together[np.ix_(kept, kept)])
        # what the squared error grows by without a piece [@hastie2009]
        missed = (inverse @ towards[kept]) ** 2 / np.diag(inverse)
        kept.pop(int(np.argmin(missed)))
    return path


def _best(
    parent: Piece | None,
    atoms: Sequence[Atom],
    values: np.ndarray,
    basis: np.ndarray,
    rest: np.ndarray,
    taken: Sequence[Piece],
    frame: pd.DataFrame,
) -> tuple[float, Piece | None]:
    """Return the gain and the piece of the best atom, alone or times a parent."""
    candidates = values if parent is None else values * parent.values(frame)[:, None]
    gains = _gains(candidates, basis, rest)
    if parent is not None:
        gains[~_varied(candidates)] = 0
        gains[[atom.column in parent.columns for atom in atoms]] = 0
    for position in np.argsort(-gains, kind="stable"):
        own = () if parent is None else parent.atoms
        piece = Piece((*own, atoms[position]))
        if set(piece.atoms) not in [set(other.atoms) for other in taken]:
            return float(gains[position]), piece
    return 0.0, None


def _gains(candidates: np.ndarray, basis: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return by how much each candidate would lower the sum of squares."""
    # the basis holds the constant, so a candidate's variance is what the constant leaves of it
    total = np.einsum("ij,ij->j", candidates, candidates)
    inside = (basis.T @ candidates) ** 2
    new = total - inside.sum(axis=0)
    enough = new > LEAST_NEW * np.maximum(total - inside[0], 1e-12)
    return np.where(enough, (rest @ candidates) ** 2 / np.where(enough, new, 1), 0)


def _varied(values: np.ndarray) -> np.ndarray:
    """Tell which columns are not the same value on nearly all tracks."""
    most = np.maximum((values == 0).mean(axis=0), (values == 1).mean(axis=0))
    return (most <= 1 - LEAST_SHARE) & (values.std(axis=0) > 1e-9)


def _orthogonal(column: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Return a column without its part in an orthonormal basis, of length 1."""
    for _ in range(2):  # once more removes the rounding error of the first time
        column = column - basis @ (basis.T @ column)
    return column / np.linalg.norm(column)
