"""P-values that allow for the formula's choice: repeated halving by artists [@meinshausen2009]."""

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis import SEED
from analysis.inference import ladders
from analysis.memory import remember

FOLDS = 5
LEAST_QUANTILE = 0.05
CUT = 1e-10  # a direction that has a smaller share of the largest is nobody else's
LARGE = 0.05  # an artist with more of the tracks is in no half that tests


def count_halvings(tracks: int, budget: str) -> int:
    """Return how often a table of so many tracks is halved: long ones vary less and take longer."""
    return 20 if budget != "full" else 100 if tracks < 20_000 else 50


@remember
def halve(ladder: ladders.Ladder, repeats: int = 50, seed: int = SEED) -> pd.DataFrame:
    """Choose a formula on one half of the artists and test its features on the other, repeatedly.

    One row a halving; a column a feature with the p-value of its joint Wald test, clustered by
    artist (1 where the chosen formula lacks the feature), and `chosen`, the row of the formula.
    """
    design, random, rows = ladders.build_design(ladder), np.random.default_rng(seed), []
    groups, valence = ladder.frame["group"].to_numpy(), ladder.frame["valence"].to_numpy()
    sizes, terms = np.bincount(groups), ladder.candidates["terms"]
    places = [design.columns(one) for one in terms]
    names = dict.fromkeys(name for one in ladder.terms for name in ladders.features_of(one))
    for _ in range(repeats):
        first = _draw_half(sizes, random.permutation(len(sizes)))
        fold = np.zeros(len(sizes), dtype=int)
        fold[random.permutation(np.flatnonzero(first))] = np.arange(first.sum()) % FOLDS
        half, parts = first[groups], fold[groups]
        products = ladders.CrossProducts(design.matrix[half], valence[half], parts[half])
        scores = np.array([products.r2_by_part(one) for one in places])
        scores = scores[:, np.isfinite(scores).all(axis=0)]  # a fold of one track has no R²
        compared = pd.DataFrame({"parameters": [*map(len, places)]})
        several = scores.shape[1] > 1
        row = ladders.choose(compared.assign(**ladders.score_columns(scores))) if several else 0
        found = _test(design, terms[row], valence, groups, ~half)
        rows.append({"chosen": row} | {name: found.get(name, 1.0) for name in names})
    return pd.DataFrame(rows)


def _draw_half(sizes: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return a mask of the artists that choose, about half of the tracks, drawn in a random order.

    Large ones come first: clustered tests find too much where a cluster has much of the tracks.
    """
    first = sizes > LARGE * sizes.sum()
    order = np.concatenate([order[first[order]], order[~first[order]]])
    first[order[sizes[order].cumsum() <= sizes.sum() / 2]] = True
    first[order[:FOLDS]] = True  # large ones may leave no room for as many as there are folds
    return first


def _test(design: ladders.Design, terms, valence, groups, rows: np.ndarray) -> dict[str, float]:
    """Return each feature's p-value in a Wald test, clustered by artist with CR3 [@cameron2015].

    That covariance is the jackknife over artists. The usual one is too small in half of the
    artists: where a few tracks carry the ends of a curve, as those of duration, its test rejected
    nearly three times as often as it should at 5 % (`benchmarks/half_tests.py`).
    """
    freedom = len(np.unique(groups[rows])) - 1
    if freedom < 1:
        return {}  # one artist shows no differences between artists
    matrix, places, width = [np.ones((rows.sum(), 1))], {}, 1
    for term in terms:
        part = design.matrix[np.ix_(rows, design.places[term])]
        part = part[:, part.std(axis=0) > 1e-12]  # a level that no track of this half has
        for name in ladders.features_of(term):
            places[name] = [*places.get(name, []), *range(width, width + part.shape[1])]
        matrix.append(part)
        width += part.shape[1]
    matrix = np.hstack(matrix)
    bread = np.linalg.pinv(matrix.T @ matrix, hermitian=True)
    params = bread @ (matrix.T @ valence[rows])
    changes = leave_out_groups(matrix, bread, valence[rows] - matrix @ params, groups[rows])
    covariance = freedom / (freedom + 1) * changes.T @ changes
    found = {}
    for name, at in places.items():
        block = covariance[np.ix_(at, at)]
        if at and (rank := np.linalg.matrix_rank(block, hermitian=True)):
            size = params[at] @ np.linalg.pinv(block, hermitian=True) @ params[at]
            p = stats.f.sf(size / rank, rank, freedom)
            found[name] = float(np.nan_to_num(p, nan=1.0))
    return found


def leave_out_groups(matrix: np.ndarray, bread: np.ndarray, residuals, groups) -> np.ndarray:
    """Return by how much the coefficients of least squares fall without each group: (groups, p).

    Groups come by their size. `matrix` is n x p, and `bread` the inverse of its cross-products. A
    direction that only one group has stays as it is without that group.
    """
    order, sizes = np.argsort(groups, kind="stable"), np.unique(groups, return_counts=True)[1]
    starts, changes = sizes.cumsum() - sizes, []
    for size in np.unique(sizes):  # groups of one size at once
        own = order[starts[sizes == size][:, None] + np.arange(size)]
        part, rest = matrix[own], residuals[own][:, :, None]
        turned = part.swapaxes(1, 2)
        # the same by rows of the group or by columns: whichever are fewer
        if size <= matrix.shape[1]:
            left = np.eye(size) - part @ bread @ turned
            change = bread @ turned @ np.linalg.pinv(left, CUT, hermitian=True) @ rest
        else:
            left = matrix.T @ matrix - turned @ part
            change = np.linalg.pinv(left, CUT, hermitian=True) @ turned @ rest
        changes.append(change[:, :, 0])
    return np.concatenate(changes)


def aggregate(p_values: pd.DataFrame) -> pd.DataFrame:
    """Aggregate p-values over halvings, and correct them over features by Holm's method.

    For a share g of the halvings the g-quantile of the p-values divided by g is a p-value again;
    the best g from 0.05 to 1 costs a factor of 1 - log 0.05 [@meinshausen2009, equation 2.3].
    `p_values` has a row a halving and a column a feature. Columns feature, p_halved (aggregated),
    p_halved_holm, tested (share of the halvings whose formula has the feature).
    """
    values = np.sort(p_values.to_numpy(), axis=0)
    shares = np.arange(1, len(values) + 1) / len(values)
    allowed = shares >= LEAST_QUANTILE
    smallest = (values[allowed] / shares[allowed, None]).min(axis=0)
    joined = np.minimum(1, (1 - np.log(LEAST_QUANTILE)) * smallest)
    return pd.DataFrame({
        "feature": p_values.columns, "p_halved": joined,
        "p_halved_holm": multipletests(joined, method="holm")[1],
        "tested": (p_values < 1).mean().to_numpy(),
    })  # fmt: skip
