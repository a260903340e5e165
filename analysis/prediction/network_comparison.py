"""The network beside the best other method: how much, where, at what cost, and whether alike.

Everything here works on predictions of the same tracks, so that differences are paired.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.prediction import comparison as comparing
from analysis.prediction.evaluation import (
    RESAMPLES,
    bootstrap_scores,
    score_differences,
)
from analysis.prediction.groups import FEWEST, frame_of
from analysis.prediction.tuning import Budget, Search
from analysis.prediction.validation import compare_folds, cross_predictions, fold_scores
from analysis.tracks.splitting import Split

AVERAGE = "average"
COMPARED = ("tracks", "network", "other", "difference", "low", "high")


@dataclass(frozen=True)
class Comparison:
    """Two methods and their average on the same tracks.

    `network` and `other` name columns of `predictions` (one row a track, with the column
    ``average``); `scores` has model, metric, value, low, high; `differences` the same and
    ``against``: the model's score less that of the model in that column.
    """

    network: str
    other: str
    predictions: pd.DataFrame
    scores: pd.DataFrame
    differences: pd.DataFrame

    def difference(self, metric: str, model: str | None = None, against: str | None = None):
        """Return one line of `differences`; network less other method if not told."""
        table = self.differences.set_index(["metric", "model", "against"])
        return table.loc[(metric, model or self.network, against or self.other)]

    def score(self, metric: str, model: str) -> pd.Series:
        """Return one line of `scores`."""
        return self.scores.set_index(["metric", "model"]).loc[(metric, model)]

    def verdict(self, metric: str = "mae", model: str | None = None, against: str | None = None):
        """Return "better", "worse" or "equal": which way the interval lies, or that it has 0."""
        line = self.difference(metric, model, against)
        sign = 1 if metric in ("mae", "rmse") else -1
        ends = sorted((sign * line["low"], sign * line["high"]))
        return "better" if ends[1] < 0 else "worse" if ends[0] > 0 else "equal"


def enter_networks(
    found: Mapping[str, Search],
    comparison: comparing.Comparison,
    split: Split,
    budget: Budget,
    seed: int = SEED,
) -> comparing.Comparison:
    """Add tuned networks to a comparison of other methods, on the same folds and tracks.

    Parameters
    ----------
    found : mapping
        The result of `tuning.tune` for the networks.
    comparison : comparison.Comparison
        Of the other methods; its stack has no network among its members.
    split : Split
    budget : Budget
    seed : int

    Returns
    -------
    comparison.Comparison
        The same with the networks added; `best` still names the best other method.
    """
    tuned = {name: result.chosen for name, result in found.items()}
    folds = cross_predictions(
        list(tuned.values()), comparison.crossed, budget.repeats, budget.folds, seed
    )
    folds = comparison.folds.assign(**{name: folds[name] for name in tuned})
    held_out = comparison.held_out.join(comparing.predict_held_out(tuned, split))
    candidates = comparison.candidates | tuned
    return replace(
        comparison,
        candidates=candidates,
        folds=folds,
        by_fold=fold_scores(folds, list(candidates)),
        held_out=held_out,
    )


def choose_rivals(by_fold: pd.DataFrame, kinds: Mapping[str, str]) -> tuple[str, str]:
    """Choose the network and the other method of the least cross-validated MAE.

    Parameters
    ----------
    by_fold : DataFrame
        Columns model and mae: the result of `validation.fold_scores`, of the training part.
    kinds : mapping
        The kind of each learner by name; baselines do not compete.

    Returns
    -------
    tuple of str
        The names of the best network and of the best other method.

    Raises
    ------
    ValueError
        If there is no network, or nothing to compare it with.
    """
    means = by_fold.groupby("model")["mae"].mean().sort_values()
    kind = means.index.map(lambda name: kinds.get(name, "baseline"))
    networks = means[kind == "network"]
    others = means[~kind.isin(["network", "baseline"])]
    if networks.empty or others.empty:
        raise ValueError("a comparison needs a network and another tuned method")
    return networks.index[0], others.index[0]


def judge_rivals(entrants: comparing.Comparison, test: pd.DataFrame) -> Comparison:
    """Compare the best network with the best other method on the held-out tracks.

    Both are chosen by cross-validation on the training part.

    Parameters
    ----------
    entrants : comparison.Comparison
        The result of `enter_networks`.
    test : DataFrame
        The held-out tracks.
    """
    kinds = {name: one.learner.kind for name, one in entrants.candidates.items()}
    rivals = choose_rivals(entrants.by_fold, kinds)
    return compare_networks(test["valence"], entrants.held_out, test["artist"], *rivals)


def compare_rivals_in_folds(
    entrants: comparing.Comparison, duel: Comparison, n_folds: int, metric: str = "mae"
) -> pd.Series:
    """Compare both rivals over the folds of the training part by one metric.

    Returns
    -------
    Series
        The network's line of `validation.compare_folds`: difference to the other method, low,
        high, t, df, p.
    """
    both = entrants.by_fold[entrants.by_fold["model"].isin([duel.network, duel.other])]
    return compare_folds(both, duel.other, metric, n_folds).iloc[0]


def compare_networks(
    observed,
    predictions: pd.DataFrame,
    artists,
    network: str,
    other: str,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Comparison:
    """Compare a network with another method, and their plain average with both.

    Parameters
    ----------
    observed : array of shape (n,)
    predictions : DataFrame of shape (n, models)
        Predictions of tracks that no model saw; other columns are ignored.
    artists : array of shape (n,)
    network, other : str
        Columns; choose `other` by cross-validation, not by these tracks.
    resamples, seed : int
        Of the artist bootstrap.

    Returns
    -------
    Comparison
    """
    both = predictions[[network, other]]
    both = both.assign(**{AVERAGE: both.mean(axis=1)})
    table = bootstrap_scores(observed, both, artists, resamples, seed)
    apart = [
        score_differences(observed, both, artists, best, resamples, seed).assign(against=best)
        for best in (other, network)
    ]
    differences = pd.concat(apart, ignore_index=True)
    # the other method less the network is the first line with its sign turned
    differences = differences[differences["model"] != other].reset_index(drop=True)
    return Comparison(network, other, both, table, differences)


def compare_groups(
    observed,
    comparison: Comparison,
    groups: pd.Series,
    artists,
    seed: int = SEED,
    fewest: int = FEWEST,
) -> pd.DataFrame:
    """Compare network and other method within groups of tracks.

    Parameters
    ----------
    observed, artists : array of shape (n,)
    comparison : Comparison
    groups : Series of shape (n,)
        Genre, quintile of valence, or anything else.
    fewest : int
        Groups of fewer tracks are left out, and the frame has no row where all have fewer.

    Returns
    -------
    DataFrame
        Columns group, tracks, network and other (mean absolute errors), difference (network less
        other), low and high (95 %, artists resampled), in the order of the groups.
    """
    frame = comparison.predictions.reset_index(drop=True)
    frame = frame.assign(observed=np.asarray(observed), artist=np.asarray(artists))
    sizes = groups.astype(str).value_counts()
    order = [str(name) for name in _levels(groups) if sizes.get(str(name), 0) >= fewest]
    labels = groups.astype(str).to_numpy()
    rows = [_group_row(name, frame[labels == name], comparison, seed) for name in order]
    return frame_of(rows, COMPARED)


def _levels(groups: pd.Series) -> list:
    """Return the names of groups in their own order."""
    if isinstance(groups.dtype, pd.CategoricalDtype):
        return list(groups.cat.categories)
    return sorted(groups.dropna().unique())


def _group_row(name: str, part: pd.DataFrame, comparison: Comparison, seed: int) -> dict:
    """Return one group's errors and their paired difference."""
    network, other = comparison.network, comparison.other
    table = score_differences(
        part["observed"], part[[network, other]], part["artist"], other, 1000, seed
    )
    line = table.set_index("metric").loc["mae"]
    errors = part[[network, other]].sub(part["observed"], axis=0).abs().mean()
    return {
        "group": name,
        "tracks": len(part),
        "network": errors[network],
        "other": errors[other],
        "difference": line["value"],
        "low": line["low"],
        "high": line["high"],
    }
