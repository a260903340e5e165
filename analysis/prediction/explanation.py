"""What predictions rest on, asked of tracks by artists that the model did not see."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn import inspection

from analysis import SEED
from analysis.memory import remember
from analysis.prediction import preparing
from analysis.prediction.learners import one_thread
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import JOBS, Candidate, corrected_interval, source_of
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
    labels = pd.Series(fcluster(tree, 1 - ALIKE, "distance"), numbers)
    groups = [list(part.index) for _, part in labels.groupby(labels)]
    rest = {name: columns for name, columns in apart.items() if name not in numbers}
    return {" + ".join(group): group for group in groups} | rest


def permutation_importance(
    one: Candidate, tracks: pd.DataFrame, groups: dict, repeats: int = 2, seed: int = SEED
) -> pd.DataFrame:
    """Measure how much worse predictions get when columns are shuffled among unseen tracks.

    Columns of one of the `groups` are shuffled together [@fisher2019]. The result has columns
    group, mae (its rise), low, high (95%, corrected for the overlap of folds [@nadeau2003]), r2
    (its fall) and rank, the most important first.
    """
    folds = _by_fold(_permute_fold, one, tracks, seed, groups, repeats)
    rows = [(name, *corrected_interval(part["mae"], N_FOLDS), part["r2"].mean())
            for name, part in folds.groupby("group", sort=False)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["group", "mae", "low", "high", "r2"])
    table = table.sort_values("mae", ascending=False, ignore_index=True)
    return table.assign(rank=table.index + 1)


def local_effects(
    one: Candidate, tracks: pd.DataFrame, features: Sequence[str], bins: int = 20, seed: int = SEED
) -> pd.DataFrame:
    """Accumulate local effects in every fold, over the same bins [@apley2020].

    A fold has some ten tracks in each of at most `bins` bins. The result has columns feature, x,
    effect (mean over folds; its mean over tracks is 0), low and
    high (of the folds); a feature of one value has no effect and is left out.
    """
    # a bin without tracks would count as flat, so small folds have fewer; few tracks lie beyond
    bins = max(2, min(bins, len(tracks) // (10 * N_FOLDS)))
    quantiles = np.linspace(0.005, 0.995, bins + 1)
    edges = {name: np.unique(tracks[name].astype(float).quantile(quantiles)) for name in features}
    edges = {name: cuts for name, cuts in edges.items() if len(cuts) > 1}
    folds = _by_fold(_accumulate_fold, one, tracks, seed, edges)
    parts = folds.groupby(["feature", "x"], sort=False)["effect"]
    return parts.agg(effect="mean", low="min", high="max").reset_index()


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

    `predict` takes a frame like `features` to an array. The result has columns x (the edges) and
    effect, whose mean over the tracks is 0; of an additive model it is the feature's own term,
    whatever the correlations between features.
    """
    bins = np.searchsorted(edges, features[name].to_numpy(float)).clip(1, len(edges) - 1) - 1
    steps = predict(features.assign(**{name: edges[bins + 1]}))
    steps = steps - predict(features.assign(**{name: edges[bins]}))
    sizes = np.bincount(bins, minlength=len(edges) - 1)
    means = np.bincount(bins, steps, len(edges) - 1) / np.maximum(sizes, 1)
    effect = np.concatenate([[0], np.cumsum(means)])
    middle = (effect[bins] + effect[bins + 1]) / 2
    return pd.DataFrame({"x": edges, "effect": effect - middle.mean()})


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


def shap_values(
    one: Candidate, train: pd.DataFrame, tracks: pd.DataFrame, most: int = 100
) -> pd.DataFrame:
    """Divide predictions among the features by Shapley values [@lundberg2017; @strumbelj2014].

    At most `most` of the tracks trained on are the background. A row a track, which adds up to its
    prediction, kept within 0 and 1: a column a feature, as in `single_features`, and base, the mean
    prediction of the background.
    """
    return _shap_values(one, train, tracks, most, source_of(one.learner))


@remember
def _shap_values(one: Candidate, train, tracks, most: int, source: str) -> pd.DataFrame:
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


def _by_fold(task: Callable, one: Candidate, tracks: pd.DataFrame, seed: int, *what):
    """Run a task for every fold, of a sample if tracks are many, on a model fitted without it."""
    tracks, source = draw_artists(tracks, 20_000, seed), source_of(one.learner)
    folds = [[tracks.iloc[part].reset_index(drop=True) for part in pair]
             for pair in grouped_folds(tracks, N_FOLDS, seed)]  # fmt: skip
    found = Parallel(n_jobs=JOBS)(
        delayed(_explain_fold)(*pair, task, one, seed + fold, source, *what)
        for fold, pair in enumerate(folds)
    )
    return pd.concat(found, ignore_index=True)


@remember
def _explain_fold(fitting, held, task: Callable, one: Candidate, seed: int, source: str, *what):
    fitted = _fit(one, fitting, source)
    with one_thread():
        return task(fitted, preparing.predictors(held), held["valence"], seed, *what)


@remember
def _fit(one: Candidate, tracks: pd.DataFrame, source: str):
    """Fit outside a fold; every task asks the same five models."""
    return one.fit(tracks)


def _permute_fold(fitted, features, observed, seed: int, groups: dict, repeats: int):
    """Let scikit-learn shuffle one column of row numbers a group, and move the group's columns."""

    def score(_, order: pd.DataFrame, observed) -> dict[str, float]:
        moved = features.copy()
        for name, columns in groups.items():
            if (order[name] != order.index).any():  # groups may overlap: one is shuffled at a time
                moved[columns] = features[columns].iloc[order[name]].set_axis(features.index)
        error = np.clip(fitted.predict(moved), 0, 1) - observed
        return {"mae": -error.abs().mean(), "r2": -(error**2).mean() / observed.var(ddof=0)}

    order = pd.DataFrame(dict.fromkeys(groups, np.arange(len(features))))
    given = {"scoring": score, "n_repeats": repeats, "random_state": seed}
    found = inspection.permutation_importance(fitted, order, observed, **given)
    means = {metric: one.importances_mean for metric, one in found.items()}
    return pd.DataFrame({"group": list(groups)} | means)


def _accumulate_fold(fitted, features, observed, seed: int, edges: dict):
    parts = [accumulate(fitted.predict, features, name, cuts).assign(feature=name)
             for name, cuts in edges.items()]  # fmt: skip
    return pd.concat(parts, ignore_index=True)
