"""What predictions rest on, asked of tracks by artists that the model did not see."""

import os
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn import inspection

from analysis import SEED
from analysis.memory import remember
from analysis.prediction import preparing
from analysis.prediction.learners import one_thread
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import Candidate, corrected_interval, fit_once, share_out
from analysis.tracks.splitting import grouped_folds

ALIKE = 0.5  # features correlated beyond this in rank are shuffled together
N_FOLDS = 5


def single_features(tracks: pd.DataFrame) -> dict[str, list[str]]:
    """Return the columns of every feature by its name; the audio analysis is two features."""
    names = preparing.predictors(tracks).columns.to_series()
    parts = names.str.extract(r"^(pitch|timbre)_\d+$", expand=False) + " (12 means)"
    return {name: list(part) for name, part in names.groupby(parts.fillna(names), sort=False)}


def feature_groups(tracks: pd.DataFrame) -> dict[str, list[str]]:
    """Gather numbers by average linkage on 1 - |Spearman's correlation|; others stay alone."""
    features, apart = preparing.predictors(tracks), single_features(tracks)
    numbers = [n for n in preparing.numbers_of(features) if n in apart]
    near = features[numbers].corr(method="spearman").abs().fillna(0).to_numpy()
    tree = linkage(squareform(1 - near, checks=False), "average")
    groups = pd.Series(numbers).groupby(fcluster(tree, 1 - ALIKE, "distance")).agg(list)
    rest = {name: columns for name, columns in apart.items() if name not in numbers}
    return {" + ".join(group): group for group in groups} | rest


def permutation_importance(
    one: Candidate, tracks: pd.DataFrame, groups: dict, repeats: int = 2
) -> pd.DataFrame:
    """Measure how much worse predictions get when columns are shuffled among unseen tracks.

    Columns of one of the `groups` are shuffled together [@fisher2019]. Most important first, with
    columns group, mae (its rise), low, high (95%, corrected for overlapping folds [@nadeau2003]).
    """
    folds = _by_fold(_permute_fold, one, tracks, groups, repeats)
    rows = [(name, *corrected_interval(part["mae"], N_FOLDS))
            for name, part in folds.groupby("group", sort=False)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["group", "mae", "low", "high"])
    return table.sort_values("mae", ascending=False, ignore_index=True)


def local_effects(one: Candidate, tracks: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Accumulate local effects in every fold, over the same bins [@apley2020].

    Columns feature, x, effect (mean over folds; its mean over tracks is 0), low and high (of the
    folds); a feature of one value has no effect and is left out.
    """
    # a bin without tracks would count as flat, so a fold has some ten in each; few lie beyond
    bins = max(2, min(20, len(tracks) // (10 * N_FOLDS)))
    quantiles = np.linspace(0.005, 0.995, bins + 1)
    edges = {name: np.unique(tracks[name].astype(float).quantile(quantiles)) for name in features}
    edges = {name: cuts for name, cuts in edges.items() if len(cuts) > 1}
    parts = _by_fold(_accumulate_fold, one, tracks, edges).groupby(["feature", "x"], sort=False)
    return parts["effect"].agg(effect="mean", low="min", high="max").reset_index()


def compare_curves(effects: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Compare effects with other curves of the same features, at the effects' x.

    Columns feature, size (SD of the effect), correlation, apart (root mean square difference).
    """
    rows = []
    for feature, other in curves.groupby("feature", sort=False):
        x, effect = effects.loc[effects["feature"] == feature, ["x", "effect"]].to_numpy().T
        if len(x):
            there = np.interp(x, other["x"], other["effect"])
            apart = np.sqrt(np.mean((effect - there) ** 2))
            rows.append((feature, effect.std(), pd.Series(effect).corr(pd.Series(there)), apart))
    table = pd.DataFrame(rows, columns=["feature", "size", "correlation", "apart"])
    return table.sort_values("size", ascending=False, ignore_index=True)


def accumulate(predict: Callable, features: pd.DataFrame, name: str, edges) -> pd.DataFrame:
    """Accumulate the local effect of a feature over bins with ascending edges [@apley2020].

    `predict` takes a frame like `features` to an array. Columns feature, x (the edges) and effect,
    whose mean over the tracks is 0; of an additive model it is the feature's own term.
    """
    bins = np.searchsorted(edges, features[name].to_numpy(float)).clip(1, len(edges) - 1) - 1
    steps = predict(features.assign(**{name: edges[bins + 1]}))
    steps = steps - predict(features.assign(**{name: edges[bins]}))
    sizes = np.bincount(bins, minlength=len(edges) - 1)
    means = np.bincount(bins, steps, len(edges) - 1) / np.maximum(sizes, 1)
    effect = np.concatenate([[0], np.cumsum(means)])
    middle = (effect[bins] + effect[bins + 1]) / 2
    return pd.DataFrame({"feature": name, "x": edges, "effect": effect - middle.mean()})


def telling_tracks(tracks: pd.DataFrame, predicted) -> pd.DataFrame:
    """Return the rows of three tracks to explain, with columns predicted and which.

    "right" is the best prediction among the fifth farthest from the mean; "wrong" has the greatest
    error; "odd" is predicted farthest from the mean of its genre, or of all where none is known.
    """
    frame = tracks.assign(predicted=np.asarray(predicted))
    error = (frame["predicted"] - frame["valence"]).abs()
    apart = (frame["predicted"] - frame["predicted"].mean()).abs()
    right, wrong = error.where(apart >= apart.quantile(0.8)).idxmin(), error.idxmax()
    genres = frame["genre"].astype(str) if "genre" in frame else np.zeros(len(frame))
    odd = (frame["predicted"] - frame.groupby(genres)["predicted"].transform("mean")).abs()
    chosen = [right, wrong, odd.drop([right, wrong], errors="ignore").idxmax()]
    return frame.loc[chosen].assign(which=["right", "wrong", "odd"])


@remember
def shap_values(
    one: Candidate, train: pd.DataFrame, tracks: pd.DataFrame, most: int = 100
) -> pd.DataFrame:
    """Divide predictions among the features by Shapley values [@lundberg2017; @strumbelj2014].

    A row a track adds up to its prediction: a column a feature, as in `single_features`, and base,
    the mean prediction of the background, which is at most `most` of the tracks trained on.
    """
    os.environ["NUMBA_DISABLE_JIT"] = "1"  # compiling took longer than all that shap does here
    import shap  # takes two seconds, which nothing else here needs

    fitted, features = one.fit(train), preparing.predictors(pd.concat([train, tracks]))
    codes = features.apply(lambda c: c if c.dtype.kind in "if" else c.cat.codes).astype(float)
    levels = {name: features[name].cat.categories for name in preparing.categories_of(features)}

    def predict(rows: np.ndarray) -> np.ndarray:
        frame = pd.DataFrame(rows, columns=features.columns)
        for name, names in levels.items():
            frame[name] = pd.Categorical.from_codes(frame[name].astype(int), names)
        return np.clip(fitted.predict(frame), 0, 1)

    background = codes[: len(train)].sample(min(most, len(train)), random_state=SEED)
    masker = shap.maskers.Independent(background.to_numpy(), max_samples=most)
    with one_thread():
        explainer = shap.PermutationExplainer(predict, masker, seed=SEED)
        evaluations = 5 * (2 * codes.shape[1] + 1)  # five permutations, each also in reverse
        found = explainer(codes[len(train) :].to_numpy(), max_evals=evaluations, silent=True)
    values = pd.DataFrame(found.values, tracks.index, features.columns)
    whole = {name: values[columns].sum(axis=1) for name, columns in single_features(train).items()}
    return pd.DataFrame(whole).assign(base=found.base_values)


def _by_fold(task: Callable, one: Candidate, tracks: pd.DataFrame, *what):
    """Run a task for every fold, of a sample if tracks are many, on a model fitted without it."""
    tracks = draw_artists(tracks, 20_000)
    folds = [[tracks.iloc[part].reset_index(drop=True) for part in pair]
             for pair in grouped_folds(tracks, N_FOLDS, SEED)]  # fmt: skip
    tasks = [(*pair, task, one, SEED + fold, *what) for fold, pair in enumerate(folds)]
    return pd.concat(share_out(_explain_fold, tasks), ignore_index=True)


@remember
def _explain_fold(fitting, held, task: Callable, one: Candidate, seed: int, *what):
    fitted = fit_once(one, fitting)
    with one_thread():
        return task(fitted, preparing.predictors(held), held["valence"], seed, *what)


def _permute_fold(fitted, features, observed, seed: int, groups: dict, repeats: int):
    """Let scikit-learn shuffle one column of row numbers a group, and move the group's columns."""

    def score(_, order: pd.DataFrame, observed) -> float:
        moved = features.copy()
        for name, columns in groups.items():
            if (order[name] != order.index).any():  # groups may overlap: one is shuffled at a time
                moved[columns] = features[columns].iloc[order[name]].set_axis(features.index)
        return -(np.clip(fitted.predict(moved), 0, 1) - observed).abs().mean()

    order = pd.DataFrame(dict.fromkeys(groups, np.arange(len(features))))
    given = {"scoring": score, "n_repeats": repeats, "random_state": seed}
    found = inspection.permutation_importance(fitted, order, observed, **given)
    return pd.DataFrame({"group": list(groups), "mae": found.importances_mean})


def _accumulate_fold(fitted, features, observed, seed: int, edges: dict):
    return pd.concat([accumulate(fitted.predict, features, *pair) for pair in edges.items()])
