"""Effects of features on a model's predictions: accumulated local effects and interactions.

Partial dependence asks a model about tracks that cannot exist, such as loud ones without energy.
Accumulated local effects ask only about small steps from tracks as they are.
"""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd


def bin_edges(values: pd.Series, bins: int) -> np.ndarray:
    """Return quantiles as edges of bins, equal ones once."""
    return np.unique(np.quantile(values.to_numpy(float), np.linspace(0, 1, bins + 1)))


def accumulate(
    predict: Callable, features: pd.DataFrame, name: str, edges: np.ndarray
) -> pd.DataFrame:
    """Accumulate the local effect of a feature [@apley2020].

    Parameters
    ----------
    predict : callable
        From a frame of features to an array of predictions.
    features : DataFrame
        Tracks on which the model is asked.
    name : str
        Column of the feature.
    edges : array of shape (bins + 1,)
        Ascending edges of bins of its values.

    Returns
    -------
    DataFrame
        Columns x (the edges) and effect, whose mean over the tracks is 0. For an additive model it
        is the feature's own term, centred, whatever the correlations between features.
    """
    bins = _bin_of(features[name], edges)
    steps = _ask(predict, features, {name: edges[bins + 1]})
    steps = steps - _ask(predict, features, {name: edges[bins]})
    means = _bin_means(steps, bins, len(edges) - 1)
    effect = np.concatenate([[0], np.cumsum(means)])
    middle = (effect[bins] + effect[bins + 1]) / 2
    return pd.DataFrame({"x": edges, "effect": effect - middle.mean()})


def accumulate_pair(
    predict: Callable,
    features: pd.DataFrame,
    names: tuple[str, str],
    edges: tuple[np.ndarray, np.ndarray],
) -> pd.DataFrame:
    """Accumulate the joint local effect of two features, cell by cell [@apley2020].

    Returns
    -------
    DataFrame
        Columns x and y (middles of the cell), effect (both main effects and the interaction),
        interaction (the second-order effect alone, 0 for an additive model), tracks (in the cell).
        A cell without tracks counts as one without interaction.
    """
    first, second = names
    a, b = (_bin_of(features[name], cuts) for name, cuts in zip(names, edges, strict=True))
    corners = {
        (i, j): _ask(predict, features, {first: edges[0][a + i], second: edges[1][b + j]})
        for i in (0, 1)
        for j in (0, 1)
    }
    steps = corners[1, 1] - corners[1, 0] - corners[0, 1] + corners[0, 0]
    shape = (len(edges[0]) - 1, len(edges[1]) - 1)
    count = np.bincount(a * shape[1] + b, minlength=shape[0] * shape[1]).reshape(shape)
    total = np.bincount(a * shape[1] + b, steps, shape[0] * shape[1]).reshape(shape)
    mean = np.divide(total, count, out=np.zeros(shape), where=count > 0)
    joint = _centre(np.pad(mean.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0))), count)
    inner = (joint[1:, 1:] + joint[1:, :-1] + joint[:-1, 1:] + joint[:-1, :-1]) / 4
    mains = [accumulate(predict, features, *pair)["effect"].to_numpy()
             for pair in zip(names, edges, strict=True)]  # fmt: skip
    x, y = (_middles(cuts) for cuts in edges)
    main = _middles(mains[0])[:, None] + _middles(mains[1])[None, :]
    cells = {"interaction": inner, "effect": inner + main, "tracks": count}
    grid = {"x": np.repeat(x, len(y)), "y": np.tile(y, len(x))}
    return pd.DataFrame(grid | {name: values.ravel() for name, values in cells.items()})


def h_statistics(predict: Callable, sample: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Compute the H statistic of every pair of features [@friedman2008].

    Parameters
    ----------
    predict : callable
    sample : DataFrame
        Tracks at which, and over which, partial dependence is computed: n² predictions a pair.
    names : list of str

    Returns
    -------
    DataFrame
        Columns first, second, h and size; see `explanation.interactions`.
    """
    alone = {name: partial_dependence(predict, sample, [name]) for name in names}
    rows = []
    for first, second in combinations(names, 2):
        both = partial_dependence(predict, sample, [first, second])
        apart = both - alone[first] - alone[second]
        share = (apart**2).sum() / max((both**2).sum(), 1e-12)
        row = {"first": first, "second": second, "h": np.sqrt(min(share, 1)), "size": apart.std()}
        rows.append(row)
    return pd.DataFrame(rows)


def partial_dependence(predict: Callable, sample: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Return the centred mean prediction over a sample, at each of its tracks' own values."""
    n = len(sample)
    everyone = sample.iloc[np.tile(np.arange(n), n)].reset_index(drop=True)
    fixed = sample[names].iloc[np.repeat(np.arange(n), n)].reset_index(drop=True)
    means = predict(everyone.assign(**{c: fixed[c] for c in names})).reshape(n, n).mean(axis=1)
    return means - means.mean()


def _ask(predict: Callable, features: pd.DataFrame, values: dict) -> np.ndarray:
    """Predict with some columns replaced."""
    return np.asarray(predict(features.assign(**values)), float)


def _bin_of(values: pd.Series, edges: np.ndarray) -> np.ndarray:
    """Return the number of the bin of every value; ends belong to the outer bins."""
    bins = np.searchsorted(edges, values.to_numpy(float), side="left") - 1
    return np.clip(bins, 0, len(edges) - 2)


def _bin_means(values: np.ndarray, bins: np.ndarray, n_bins: int) -> np.ndarray:
    """Return means by bin, 0 for a bin without values."""
    count = np.bincount(bins, minlength=n_bins)
    total = np.bincount(bins, values, n_bins)
    return np.divide(total, count, out=np.zeros(n_bins), where=count > 0)


def _middles(values: np.ndarray) -> np.ndarray:
    """Return means of neighbours."""
    return (values[:-1] + values[1:]) / 2


def _centre(joint: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Take the main effects and the mean out of an accumulated second-order effect."""
    across, down = count.sum(axis=1), count.sum(axis=0)
    rows = np.diff((joint[:, :-1] + joint[:, 1:]) / 2, axis=0)
    columns = np.diff((joint[:-1, :] + joint[1:, :]) / 2, axis=1)
    first = (rows * count).sum(axis=1) / np.maximum(across, 1)
    second = (columns * count).sum(axis=0) / np.maximum(down, 1)
    joint = joint - np.concatenate([[0], first.cumsum()])[:, None]
    joint = joint - np.concatenate([[0], second.cumsum()])[None, :]
    inner = (joint[1:, 1:] + joint[1:, :-1] + joint[:-1, 1:] + joint[:-1, :-1]) / 4
    return joint - (inner * count).sum() / count.sum()
