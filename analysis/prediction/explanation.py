"""What a model's predictions rest on, measured on tracks that it did not see.

Everything is repeated over folds of whole artists: what holds in one fold only is no finding.
"""

import logging
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from analysis import SEED
from analysis.memory import remember
from analysis.prediction import preparing
from analysis.prediction.effects import accumulate, accumulate_pair, bin_edges, h_statistics
from analysis.prediction.learners import one_thread
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import JOBS, Candidate, source_of
from analysis.tracks.splitting import grouped_folds

log = logging.getLogger("analysis")
# What each task is called while it runs.
TASKS = {
    "_permute_fold": "permutation importance", "_accumulate_fold": "accumulated effects",
    "_interact_fold": "interactions", "_surface_fold": "surface of two features",
}  # fmt: skip
# Features correlated beyond this in rank stand for each other when one of them is permuted.
ALIKE = 0.5
N_FOLDS = 5
MOST_TRACKS = 20_000  # every fold is another fit


def feature_groups(tracks: pd.DataFrame, alike: float = ALIKE) -> dict[str, tuple[str, ...]]:
    """Gather features that are correlated, by average linkage on 1 - |Spearman's correlation|.

    Returns
    -------
    dict
        Columns by group; the group's name lists them, or tells of the audio analysis as a whole.
    """
    features = preparing.predictors(tracks)
    analysis = [name for name in features if name.startswith(("pitch_", "timbre_"))]
    rest = features.drop(columns=analysis)
    amounts = preparing.numbers_of(rest)
    near = rest[amounts].corr(method="spearman").abs().fillna(0).to_numpy(copy=True)
    np.fill_diagonal(near, 1)
    tree = linkage(squareform(1 - near, checks=False), "average")
    labels = fcluster(tree, 1 - alike, "distance")
    groups = [tuple(np.array(amounts)[labels == label]) for label in np.unique(labels)]
    groups += [(name,) for name in preparing.categories_of(rest)]
    named = {" + ".join(group): tuple(str(name) for name in group) for group in groups}
    for kind in ("pitch", "timbre"):
        columns = tuple(name for name in analysis if name.startswith(kind))
        if columns:
            named[f"{kind} (12 means)"] = columns
    return named


def permutation_importance(
    one: Candidate,
    tracks: pd.DataFrame,
    groups: dict[str, tuple[str, ...]],
    repeats: int = 2,
    seed: int = SEED,
) -> pd.DataFrame:
    """Measure how much worse predictions get when columns are shuffled among unseen tracks.

    Parameters
    ----------
    groups : dict
        Columns by name; the columns of a group are shuffled together, which keeps what binds them
        [@fisher2019]. Single features are groups of one.
    repeats : int
        Shuffles in each fold.

    Returns
    -------
    DataFrame
        Columns group, fold, mae and r2: the rise of the MAE and the fall of R².
    """
    parts = _by_fold(_permute_fold, one, tracks, tuple(groups.items()), repeats, seed)
    return pd.concat(parts, ignore_index=True)


def single_features(tracks: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return every feature as a group of one; the audio analysis stays two groups."""
    names = preparing.predictors(tracks).columns
    scores = [name for name in names if not name.startswith(("pitch_", "timbre_"))]
    whole = {n: c for n, c in feature_groups(tracks).items() if n.endswith("(12 means)")}
    return {name: (name,) for name in scores} | whole


def summarise_importance(importance: pd.DataFrame) -> pd.DataFrame:
    """Average importance over folds.

    Returns
    -------
    DataFrame
        Columns group, mae, low and high (least and greatest fold), r2, rank (1 is the most
        important) and ranks (least and greatest rank over folds, as text), most important first.
    """
    ranks = importance.groupby("fold")["mae"].rank(ascending=False, method="min")
    parts = importance.assign(rank=ranks).groupby("group", sort=False)
    table = parts["mae"].agg(mae="mean", low="min", high="max")
    table["r2"] = parts["r2"].mean()
    spread = parts["rank"].agg(["min", "max"]).astype(int)
    table["ranks"] = [_span(low, high) for low, high in spread.to_numpy()]
    table = table.sort_values("mae", ascending=False).reset_index()
    return table.assign(rank=np.arange(1, len(table) + 1))


def local_effects(
    one: Candidate, tracks: pd.DataFrame, features: Sequence[str], bins: int = 20, seed: int = SEED
) -> pd.DataFrame:
    """Accumulate local effects in every fold [@apley2020].

    The result has columns feature, fold, x and effect (valence, mean 0 over the fold's tracks); a
    feature of one value has no effect and is left out.
    """
    varied = [name for name in features if tracks[name].nunique() > 1]
    edges = {name: bin_edges(tracks[name], bins) for name in varied}
    parts = _by_fold(_accumulate_fold, one, tracks, tuple(edges.items()), 1, seed)
    return pd.concat(parts, ignore_index=True)


def summarise_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Average accumulated effects over folds: feature, x, effect, low, high (of the folds)."""
    parts = effects.groupby(["feature", "x"], sort=False)["effect"]
    return parts.agg(effect="mean", low="min", high="max").reset_index()


def effect_sizes(effects: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Return each feature's effect as one number, with its direction.

    The result has columns feature, spread (standard deviation of the effect over tracks, in
    valence) and slope (least-squares change of valence per standard deviation of the feature).
    """
    rows = []
    for feature, part in summarise_effects(effects).groupby("feature", sort=False):
        values = tracks[feature].to_numpy(float)
        along = np.interp(values, part["x"], part["effect"])
        slope = np.cov(along, values)[0, 1] / values.std(ddof=1)
        rows.append((feature, along.std(), slope))
    return pd.DataFrame(rows, columns=["feature", "spread", "slope"])


def interactions(
    one: Candidate, tracks: pd.DataFrame, features: Sequence[str], points: int = 50,
    seed: int = SEED,
) -> pd.DataFrame:  # fmt: skip
    """Return Friedman and Popescu's H statistic of pairs of features [@friedman2008].

    Returns
    -------
    DataFrame
        Columns first, second, h (share of the pair's joint effect that is not additive, from 0 to
        1), size (standard deviation of that part, in valence), low and high (of `size`, over
        folds), greatest `size` first. H is large where both effects are small; the size is not.
    """
    parts = _by_fold(_interact_fold, one, tracks, tuple(features), points, seed, folds=3)
    pairs = pd.concat(parts).groupby(["first", "second"], sort=False)
    table = pairs["size"].agg(size="mean", low="min", high="max")
    table["h"] = pairs["h"].mean()
    return table.reset_index().sort_values("size", ascending=False, ignore_index=True)


def surface(
    one: Candidate, tracks: pd.DataFrame, first: str, second: str, bins: int = 10, seed: int = SEED
) -> pd.DataFrame:
    """Return the accumulated effect of two features together, interaction included.

    Returns
    -------
    DataFrame
        Columns x, y, effect (main effects and interaction), interaction, tracks (in the cell); the
        mean over folds.
    """
    edges = (bin_edges(tracks[first], bins), bin_edges(tracks[second], bins))
    parts = _by_fold(_surface_fold, one, tracks, (first, second, edges), 1, seed)
    cells = pd.concat(parts).groupby(["x", "y"], as_index=False)
    return cells.agg({"effect": "mean", "interaction": "mean", "tracks": "sum"})


def _span(low: int, high: int) -> str:
    """Return a range of ranks in words."""
    return str(low) if low == high else f"{low} to {high}"


def _by_fold(
    task: Callable, one: Candidate, tracks: pd.DataFrame, what, points: int, seed: int,
    folds: int = N_FOLDS,
) -> list[pd.DataFrame]:  # fmt: skip
    """Run a task for every fold, of a sample if tracks are many, on a model fitted without it."""
    tracks = draw_artists(tracks, MOST_TRACKS, seed)
    log.info("%s: %s, %d folds", TASKS[task.__name__], one.label, folds)
    source = source_of(one.learner)
    return Parallel(n_jobs=JOBS)(
        delayed(_explain_fold)(task, one, tracks, fold, what, points, seed, source)
        for fold in range(folds)
    )


@remember
def _explain_fold(task, one: Candidate, tracks, fold: int, what, points: int, seed: int, source):
    """Give the task a model fitted outside a fold, and the fold's features and valence."""
    fitted = _fit_fold(one, tracks, fold, seed, source)
    held = tracks.iloc[grouped_folds(tracks, N_FOLDS, seed)[fold][1]]
    features = preparing.predictors(held).reset_index(drop=True)
    with one_thread():
        frame = task(fitted, features, held["valence"].to_numpy(), what, points, seed + fold)
    return frame.assign(fold=fold)


@remember
def _fit_fold(one: Candidate, tracks: pd.DataFrame, fold: int, seed: int, source: str):
    """Fit outside a fold; every task asks the same five models."""
    return one.fit(tracks.iloc[grouped_folds(tracks, N_FOLDS, seed)[fold][0]])


def _permute_fold(fitted, features, observed, groups, repeats, seed) -> pd.DataFrame:
    """Shuffle each group of columns and score."""
    generator = np.random.default_rng(seed)
    base = _errors(fitted, features, observed)[0]
    rows = []
    for name, columns in groups:
        each = [_shuffled(features, list(columns), generator) for _ in range(repeats)]
        mae, mse = _errors(fitted, pd.concat(each, ignore_index=True), observed).mean(axis=0) - base
        rows.append({"group": name, "mae": mae, "r2": mse / observed.var()})
    return pd.DataFrame(rows)


def _shuffled(features: pd.DataFrame, columns: list[str], generator) -> pd.DataFrame:
    """Return features with some columns taken from other tracks, together."""
    order = generator.permutation(len(features))
    moved = features[columns].iloc[order].set_axis(features.index)
    return features.assign(**{name: moved[name] for name in columns})


def _errors(fitted, features: pd.DataFrame, observed: np.ndarray) -> np.ndarray:
    """Return mean absolute and mean squared error of each copy of the tracks, one a row.

    Copies are predicted at once: preparing a frame costs more than predicting a few more rows.
    """
    predicted = np.clip(fitted.predict(features), 0, 1).reshape(-1, len(observed))
    error = predicted - observed
    return np.column_stack([np.abs(error).mean(axis=1), (error**2).mean(axis=1)])


def _accumulate_fold(fitted, features, observed, edges, points, seed) -> pd.DataFrame:
    """Accumulate the effect of every feature."""
    parts = [
        accumulate(fitted.predict, features, name, cuts).assign(feature=name)
        for name, cuts in edges
    ]
    return pd.concat(parts, ignore_index=True)


def _interact_fold(fitted, features, observed, names, points, seed) -> pd.DataFrame:
    """Compute H for all pairs on a sample of the fold."""
    sample = features.sample(min(points, len(features)), random_state=seed)
    return h_statistics(fitted.predict, sample, list(names))


def _surface_fold(fitted, features, observed, what, points, seed) -> pd.DataFrame:
    """Accumulate the joint effect of two features."""
    first, second, edges = what
    return accumulate_pair(fitted.predict, features, (first, second), edges)
