"""Whether the network and another method predict alike, and whether they learned one function."""

import numpy as np
import pandas as pd

from analysis.prediction import comparison as comparing
from analysis.prediction.evaluation import bootstrap_scores
from analysis.prediction.network_comparison import Comparison
from analysis.prediction.validation import corrected_scores


def score_rivals(
    entrants: comparing.Comparison, duel: Comparison, test: pd.DataFrame, n_folds: int
) -> pd.DataFrame:
    """Score all networks, the best other method, the stack and its best member, on both parts.

    Parameters
    ----------
    entrants : comparison.Comparison
        The result of `network_comparison.enter_networks`.
    duel : Comparison
        The result of `network_comparison.judge_rivals`.
    test : DataFrame
        The held-out tracks.
    n_folds : int
        Folds of the cross-validation.

    Returns
    -------
    DataFrame
        Columns model, metric, network (whether it is one), crossed, crossed_low, crossed_high
        (over the folds of the training part, corrected), held, held_low and held_high (artists
        resampled); the order is by cross-validated MAE, networks first.
    """
    errors = entrants.by_fold.groupby("model")["mae"].mean().sort_values()
    networks = [n for n in errors.index if entrants.candidates[n].learner.kind == "network"]
    member = errors[entrants.weights.index].idxmin()
    others = [name for name in errors.index if name in {duel.other, "stack", member}]
    names = [*networks, *others]
    parts = {
        "crossed": corrected_scores(entrants.by_fold, n_folds),
        "held": bootstrap_scores(test["valence"], entrants.held_out[names], test["artist"]),
    }
    wide = [_prefixed(table, kind) for kind, table in parts.items()]
    joined = wide[0].join(wide[1], how="inner").reset_index()
    joined["model"] = pd.Categorical(joined["model"], names)
    joined = joined.sort_values("model", kind="stable").astype({"model": str})
    return joined.assign(network=joined["model"].isin(networks)).reset_index(drop=True)


def _prefixed(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return scores by model and metric, columns named after the part that they are of."""
    names = {"value": kind, "low": f"{kind}_low", "high": f"{kind}_high"}
    return table.set_index(["model", "metric"])[list(names)].rename(columns=names)


def measure_agreement(observed, comparison: Comparison) -> pd.Series:
    """Tell how alike two methods predict.

    Returns
    -------
    Series
        ``predictions`` and ``errors``: correlations between the methods' predictions and between
        their errors; ``apart``: mean absolute difference of their predictions; ``closer``: share
        of tracks on which the network is the closer one.
    """
    first, second = (
        comparison.predictions[name] for name in (comparison.network, comparison.other)
    )
    errors = [one - np.asarray(observed) for one in (first, second)]
    return pd.Series(
        {
            "predictions": np.corrcoef(first, second)[0, 1],
            "errors": np.corrcoef(*errors)[0, 1],
            "apart": (first - second).abs().mean(),
            "closer": (errors[0].abs() < errors[1].abs()).mean(),
        }
    )


def find_disagreements(
    tracks: pd.DataFrame, comparison: Comparison, count: int = 8
) -> pd.DataFrame:
    """Return the tracks on which the two methods differ most.

    Returns
    -------
    DataFrame
        Columns title, artist, genre (where known), valence, network, other, and closer (the method
        whose prediction is nearer), the greatest difference first.
    """
    names = [name for name in ("title", "artist", "genre", "valence") if name in tracks]
    both = comparison.predictions.reset_index(drop=True)
    shown = tracks[names].reset_index(drop=True)
    shown = shown.assign(network=both[comparison.network], other=both[comparison.other])
    misses = [(shown[name] - shown["valence"]).abs() for name in ("network", "other")]
    shown["closer"] = np.where(misses[0] < misses[1], "network", "other")
    apart = (shown["network"] - shown["other"]).abs()
    return shown.loc[apart.nlargest(count).index].reset_index(drop=True)


def contrast_features(tracks: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    """Tell in which tracks the methods differ: features of the tenth on which they differ most.

    Returns
    -------
    DataFrame
        Columns feature, far and rest (means over the tenth, and over the other tracks) and shift
        (their difference in standard deviations), the greatest shift first.
    """
    both = comparison.predictions.reset_index(drop=True)
    apart = (both[comparison.network] - both[comparison.other]).abs()
    far = (apart >= apart.quantile(0.9)).to_numpy()
    numbers = tracks.select_dtypes("number").drop(columns="valence", errors="ignore")
    means = [numbers[rows].mean() for rows in (far, ~far)]
    table = pd.DataFrame({"far": means[0], "rest": means[1]})
    table["shift"] = (table["far"] - table["rest"]) / numbers.std()
    table = table.dropna().sort_values("shift", key=np.abs, ascending=False)
    return table.rename_axis("feature").reset_index()
