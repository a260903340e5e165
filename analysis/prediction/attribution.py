"""Shapley values: each prediction as a sum of contributions, one a feature."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.memory import remember
from analysis.prediction import preparing
from analysis.prediction.learners import one_thread
from analysis.prediction.validation import Candidate, source_of


def attribute(
    one: Candidate,
    train: pd.DataFrame,
    tracks: pd.DataFrame,
    most: int = 200,
    background: int = 50,
    seed: int = SEED,
) -> pd.DataFrame:
    """Attribute predictions of unseen tracks to features.

    Parameters
    ----------
    one : Candidate
        Any method; many predictions are asked of it, so a fast one.
    train : DataFrame
        Tracks that the model is fitted on, and of which the background is drawn.
    tracks : DataFrame
        Tracks to explain.
    most : int
        Tracks explained at most, drawn at random.
    background : int
        Training tracks whose mean prediction is the base value.

    Returns
    -------
    DataFrame
        Long: row (position in `tracks`), feature, value (as number or text), contribution
        (valence); the contributions of a row and ``base`` add up to its ``predicted``.

    Notes
    -----
    Shapley values for an independent background [@lundberg2017], by permutations
    [@strumbelj2014]: each background track is turned into the explained one feature by feature, in
    a random order and in its reverse. The exact algorithm for trees [@lundberg2020] does not know
    splits on sets of categories, which scikit-learn's boosting uses: measured on the embedded
    table, its contributions miss a prediction by up to .28.
    """
    source = source_of(one.learner)
    return _attribute(one, train, tracks, most, background, seed, source)


def mean_contributions(contributions: pd.DataFrame) -> pd.DataFrame:
    """Return feature and size (mean absolute contribution), the greatest first."""
    sizes = contributions["contribution"].abs().groupby(contributions["feature"]).mean()
    return sizes.rename("size").sort_values(ascending=False).reset_index()


def contributions_of(contributions: pd.DataFrame, row: int) -> pd.DataFrame:
    """Return the contributions to one prediction, the greatest in size first."""
    part = contributions[contributions["row"] == row]
    return part.sort_values("contribution", key=np.abs, ascending=False, ignore_index=True)


def telling_tracks(tracks: pd.DataFrame, predicted, rows) -> pd.DataFrame:
    """Choose three tracks to explain: one right, one wrong, one odd.

    Parameters
    ----------
    tracks : DataFrame
    predicted : array of shape (n,)
    rows : array of int
        Positions among which to choose.

    Returns
    -------
    DataFrame
        Columns which ("right", "wrong", "odd"), row, title, artist, observed, predicted. Right is
        the best prediction among those far from the mean; wrong has the greatest error; odd is
        predicted farthest from the mean of its genre's predictions (of all where there is none).
    """
    rows = np.asarray(rows)
    frame = tracks.iloc[rows].assign(row=rows, predicted=np.asarray(predicted)[rows])
    error = (frame["predicted"] - frame["valence"]).abs()
    apart = (frame["predicted"] - frame["predicted"].mean()).abs()
    right = error.where(apart >= apart.quantile(0.8)).idxmin()
    wrong = error.idxmax()
    genres = frame["genre"].astype(str) if "genre" in frame else pd.Series("", index=frame.index)
    odd = (frame["predicted"] - frame.groupby(genres)["predicted"].transform("mean")).abs()
    chosen = [right, wrong, odd.drop([right, wrong]).idxmax()]
    columns = ["row", "title", "artist", "valence", "predicted"]
    table = frame.loc[chosen, columns].rename(columns={"valence": "observed"})
    return table.assign(which=["right", "wrong", "odd"]).reset_index(drop=True)


def shapley_values(
    predict: Callable, explained: pd.DataFrame, background: pd.DataFrame, seed: int = SEED
) -> tuple[np.ndarray, float]:
    """Estimate Shapley values by antithetic permutations, one pair a background track.

    Parameters
    ----------
    predict : callable
        From a frame of features to an array of predictions.
    explained : DataFrame of shape (n, p)
    background : DataFrame of shape (m, p)

    Returns
    -------
    (ndarray of shape (n, p), float)
        Contributions and the base value, the mean prediction of the background; a row and the base
        add up to the row's prediction, up to rounding.
    """
    generator = np.random.default_rng(seed)
    values, base = np.zeros(explained.shape), 0.0
    for number in range(len(background)):
        order = generator.permutation(explained.shape[1])
        for path in (order, order[::-1]):
            predictions = _walk(predict, explained, background.iloc[[number]], path)
            values[:, path] += np.diff(predictions, axis=0).T
            base += predictions[0, 0]
    return values / (2 * len(background)), base / (2 * len(background))


def _walk(predict: Callable, explained: pd.DataFrame, start: pd.DataFrame, path) -> np.ndarray:
    """Predict along the way from one track to every other; an array of shape (p + 1, n)."""
    n, columns = len(explained), explained.columns
    current = start.iloc[np.zeros(n, int)].set_axis(explained.index)
    stages = [current]
    for position in path:
        current = current.assign(**{columns[position]: explained[columns[position]]})
        stages.append(current)
    together = pd.concat(stages, ignore_index=True)
    return np.asarray(predict(together), float).reshape(len(stages), n)


@remember
def _attribute(one, train, tracks, most, background, seed, source) -> pd.DataFrame:
    """Do the work of `attribute`."""
    fitted = one.fit(train)
    rows = np.sort(np.random.default_rng(seed).permutation(len(tracks))[:most])
    shown = preparing.predictors(tracks).iloc[rows]
    drawn = preparing.predictors(train).sample(min(background, len(train)), random_state=seed)
    with one_thread():
        values, base = shapley_values(fitted.predict, shown, drawn, seed)
    parts = [_contributions(shown, name, values[:, i]) for i, name in enumerate(shown)]
    total = pd.DataFrame({"row": rows, "base": base, "predicted": base + values.sum(axis=1)})
    return _merge_analysis(pd.concat(parts, ignore_index=True)).merge(total, on="row")


def _contributions(shown: pd.DataFrame, name: str, values: np.ndarray) -> pd.DataFrame:
    """Return one feature's contributions to all explained predictions."""
    return pd.DataFrame(
        {
            "row": shown.index,
            "feature": name,
            "value": shown[name].astype(str).to_numpy(),
            "amount": pd.to_numeric(shown[name], errors="coerce").to_numpy(float),
            "contribution": values,
        }
    )


def _merge_analysis(frame: pd.DataFrame) -> pd.DataFrame:
    """Add up the contributions of the audio analysis into pitch and timbre."""
    kind = frame["feature"].str.extract(r"^(pitch|timbre)_", expand=False)
    frame = frame.assign(feature=(kind + " (12 means)").fillna(frame["feature"]))
    frame.loc[kind.notna(), ["value", "amount"]] = ["", np.nan]
    merged = frame.groupby(["row", "feature"], sort=False, as_index=False)
    return merged.agg({"value": "first", "amount": "first", "contribution": "sum"})
