"""From a table's columns to what the network reads: bell-shaped numbers and integer codes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.tracks.schema import BadInput

# Quantiles that describe a column, and the farthest a number can be from its median.
GRID = 257
FARTHEST = 3.0
# A level on fewer training rows than this shares code 0 with missing and unseen ones.
RARE = 10


@dataclass(frozen=True)
class Encoder:
    """What is learned of the columns in training.

    `numbers` and `names` are the columns that hold amounts and names; `grid` has shape
    (GRID, numbers), the quantiles of each amount; `levels` the known levels of each name;
    `sizes` how many codes each name may have.
    """

    numbers: tuple[str, ...]
    names: tuple[str, ...]
    grid: np.ndarray
    levels: tuple[tuple[str, ...], ...]
    sizes: tuple[int, ...]

    def encode(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return numbers of shape (n, numbers) and codes of shape (n, names).

        A number becomes the normal quantile of its rank among the training rows, at most
        `FARTHEST` from 0; a missing one 0, the median; a column without variation 0 throughout.
        A level that is missing, rare or not seen in training has code 0.
        """
        amounts = features[list(self.numbers)].to_numpy(float)
        if np.isinf(amounts).any():
            raise BadInput(
                f"Column '{self.numbers[int(np.isinf(amounts).any(axis=0).argmax())]}' holds an "
                "infinite value: replace it by a number or leave it empty."
            )
        ranked = [_to_normal(x, grid) for x, grid in zip(amounts.T, self.grid.T, strict=True)]
        numbers = np.stack(ranked, axis=1) if ranked else np.zeros((len(features), 0))
        return numbers.astype("float32"), self._codes(features)

    def _codes(self, features: pd.DataFrame) -> np.ndarray:
        """Return integer codes of shape (n, names)."""
        codes = np.zeros((len(features), len(self.names)), dtype="int32")
        for place, (name, levels) in enumerate(zip(self.names, self.levels, strict=True)):
            text = features[name].astype("object").map(str, na_action="ignore")
            codes[:, place] = pd.Index(levels, dtype=object).get_indexer(text) + 1
        return codes


def fit_encoder(features: pd.DataFrame) -> Encoder:
    """Learn quantiles and levels.

    Parameters
    ----------
    features : DataFrame of shape (n, columns)
        Columns that are not numeric are names.

    Returns
    -------
    Encoder
    """
    numbers = [name for name in features if pd.api.types.is_numeric_dtype(features[name])]
    names = [name for name in features if name not in numbers]
    shares = np.linspace(0, 1, GRID)
    grid = [_quantiles(features[name].to_numpy(float), shares) for name in numbers]
    return Encoder(
        tuple(str(name) for name in numbers),
        tuple(str(name) for name in names),
        np.stack(grid, axis=1) if grid else np.zeros((GRID, 0)),
        tuple(_levels(features[name]) for name in names),
        tuple(_size(features[name]) for name in names),
    )


def _quantiles(values: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return quantiles of the finite values; zeros for a column that has none."""
    finite = values[np.isfinite(values)]
    return np.quantile(finite, shares) if len(finite) else np.zeros_like(shares)


def _to_normal(values: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Return the normal quantiles of values' ranks in a grid; tied values get their middle rank."""
    if grid[0] == grid[-1]:
        return np.zeros_like(values)
    shares = np.linspace(0, 1, len(grid))
    from_left = np.interp(values, grid, shares)
    from_right = 1 - np.interp(-values, -grid[::-1], shares)
    inside = np.clip((from_left + from_right) / 2, ndtr(-FARTHEST), ndtr(FARTHEST))
    return np.where(np.isnan(values), 0, ndtri(inside))


def _levels(column: pd.Series) -> tuple[str, ...]:
    """Return the levels that are common enough to have a code of their own, sorted."""
    counts = column.dropna().astype("object").map(str).value_counts()
    return tuple(sorted(counts.index[counts >= min(RARE, len(column) / 4)]))


def _size(column: pd.Series) -> int:
    """Return how many codes a column may have; it does not vary between folds of one table."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return len(column.cat.categories) + 1
    return len(_levels(column)) + 1
