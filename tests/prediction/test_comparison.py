"""The whole comparison on a small table; the stack; errors by name."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import comparison, learners, tuning
from analysis.tracks.splitting import hold_out

# trees in place of the network: what is tested is the comparison
NETWORK = replace(learners.NET, name="network", kind="network")
BUDGET = tuning.Budget("test", 2, 3, 400, 2, (0.5, 1.0))


@pytest.fixture(scope="module")
def compared():
    """Two learners, something in place of a network, two baselines, stack and average."""
    from tests.prediction.conftest import make_tracks

    split = hold_out(make_tracks())
    found = {
        one.name: tuning.search.fresh(one, split.train, 1, 3)
        for one in (learners.NET, learners.FOREST, NETWORK)
    }
    return split, comparison.compare(found, split, BUDGET)


def test_comparison_holds_every_method(compared):
    split, result = compared
    assert list(result.candidates) == ["mean", "median", "elastic_net", "forest", "network",
                                       "stack", "average"]  # fmt: skip
    assert list(result.held_out) == list(result.candidates)
    assert len(result.held_out) == len(split.test)
    assert len(result.out_of_fold) == len(split.train)
    assert result.best in ("elastic_net", "stack")
    assert (result.single, result.trees, result.network) == ("elastic_net", "forest", "network")
    mean = result.held_out[["network", result.best]].mean(axis=1)
    assert np.allclose(result.held_out["average"], mean)


def test_scores_of_methods_are_sorted_and_paired(compared):
    split, result = compared
    table = comparison.score_methods(result, split.test, BUDGET.folds)
    assert table["cv_mae"].is_monotonic_increasing
    assert set(table["model"]) == set(result.candidates)
    rows = table.set_index("model")
    assert rows.loc[result.best, ["difference", "p"]].isna().all()
    apart = rows["mae"] - rows.loc[result.best, "mae"]
    others = rows.index.drop(result.best)
    assert rows.loc[others, "difference"].to_numpy() == pytest.approx(apart[others].to_numpy())
    assert rows.loc["mean", "difference_low"] > 0 and rows.loc["mean", "p"] < 0.05


def test_the_stack_is_its_own_learner(compared):
    split, result = compared
    fitted = result.candidates["stack"].fit(split.train)
    assert learners.predict(fitted, split.test) == pytest.approx(result.held_out["stack"])


def test_of_a_long_table_whole_artists_are_learned_from(compared):
    split, _ = compared
    found = {"elastic_net": tuning.search.fresh(learners.NET, split.train, 1, 3)}
    result = comparison.compare(found, split, replace(BUDGET, crossed=150))
    assert len(result.out_of_fold) == len(result.crossed) <= 150
    rest = split.train[~split.train["track_id"].isin(result.crossed["track_id"])]
    assert len(rest) and not set(rest["artist"]) & set(result.crossed["artist"])
    fitted = result.candidates["elastic_net"].fit(result.crossed)
    assert learners.predict(fitted, split.test) == pytest.approx(result.held_out["elastic_net"])


def test_shuffled_valence_teaches_nothing(compared):
    split, result = compared
    one = result.candidates["elastic_net"]
    assert comparison.shuffled_scores(one, split.train, split.test)["r2"] < 0.05


def test_blend_weights_find_the_better_mixture():
    rng = np.random.default_rng(3)
    truth = rng.uniform(0, 1, 2000)
    predictions = pd.DataFrame({
        "a": truth + rng.normal(0, 0.1, 2000),
        "b": truth + rng.normal(0, 0.1, 2000),
        "c": rng.uniform(0, 1, 2000),
    })  # fmt: skip
    weights = comparison.blend_weights(truth, predictions)
    assert weights.sum() == pytest.approx(1)
    assert weights[["a", "b"]].to_numpy() == pytest.approx([0.5, 0.5], abs=0.1)
    assert "c" not in weights or weights["c"] < 0.05


def test_weights_of_a_fold_do_not_see_its_valence(compared):
    _, result = compared
    changed = result.folds.copy()
    first = changed["fold"] == 0
    changed.loc[first, "observed"] = 1 - changed.loc[first, "observed"]
    names = ["elastic_net", "forest"]
    again = comparison.add_blend(changed, names)
    assert np.allclose(again.loc[first, "stack"], result.folds.loc[first, "stack"])
