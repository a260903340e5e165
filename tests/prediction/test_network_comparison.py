"""The network beside another method: paired, with the luck of its seeds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.prediction import comparison, learners, network_comparison, tuning
from analysis.tracks.splitting import hold_out

# a forest in place of the network: it draws at random from a seed, too
BUDGET = tuning.Budget("test", 1, 3, 400, 1, (0.5, 1.0))


def build_seeded(features, leaf=3, share=0.4, seed=0):
    """Return a small forest that draws from a seed."""
    return learners.build_forest(features, leaf, share, trees=10).set_params(
        randomforestregressor__random_state=seed
    )


NETWORK = replace(learners.FOREST, name="network", kind="network", build=build_seeded, draft=())


@pytest.fixture(scope="module")
def compared():
    from tests.prediction.conftest import make_tracks

    split = hold_out(make_tracks())
    found = {one.name: tuning.search.fresh(one, split.train, 1, 3)
             for one in (learners.NET, NETWORK)}  # fmt: skip
    return split, comparison.compare(found, split, BUDGET)


def test_difference_is_that_of_the_mean_over_seeds(compared):
    split, result = compared
    table = network_comparison.compare_with_best(result, split.test, 3, seeds=3)
    rows = table.set_index("metric")
    for metric in ("mae", "r2"):
        row = rows.loc[metric]
        assert row["difference"] == pytest.approx(row["network"] - row["other"])
        assert row["difference_low"] < row["difference"] < row["difference_high"]
        assert row["seed_sd"] > 0
    errors = (result.held_out[result.best] - split.test["valence"]).abs()
    assert rows.loc["mae", "other"] == pytest.approx(errors.mean())


def test_interval_over_artists_and_seeds_is_wider_than_that_over_artists(compared):
    split, result = compared
    table = network_comparison.compare_with_best(result, split.test, 3, seeds=3)
    row = table.set_index("metric").loc["mae"]
    apart = (
        (result.held_out["network"] - split.test["valence"]).abs()
        - (result.held_out[result.best] - split.test["valence"]).abs()
    )  # fmt: skip
    # clusters of a few tracks each: their sums give the variance of the mean by hand
    sums = (apart - apart.mean()).groupby(split.test["artist"]).sum()
    error = np.hypot(np.sqrt((sums**2).sum()) / len(apart), row["seed_sd"])
    half = stats.norm.ppf(0.975) * error
    assert (row["difference_high"] - row["difference_low"]) / 2 == pytest.approx(half, rel=0.15)


@pytest.mark.parametrize(
    ("held", "folds", "verdict"),
    [
        ((-3, -1), (-2, -1), "outperforms"),
        ((1, 3), (1, 2), "is outperformed by"),
        ((-3, -1), (-2, 1), "does not differ significantly from"),
        ((-3, -1), (1, 2), "does not differ significantly from"),
    ],
)
def test_a_verdict_needs_held_out_artists_and_folds(held, folds, verdict):
    ends = ["difference_low", "difference_high", "fold_difference_low", "fold_difference_high"]
    row = pd.Series([*held, *folds], index=ends)
    assert network_comparison.judge(row) == verdict


def test_time_is_measured_and_remembered(compared):
    _, result = compared
    names = ("elastic_net", "mean")
    seconds = network_comparison.time_training(result, names)
    assert seconds["elastic_net"] > seconds["mean"] > 0
    assert network_comparison.time_training(result, names) == seconds
