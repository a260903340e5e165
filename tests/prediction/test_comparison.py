"""The whole comparison on a small table; the stack; errors by name."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import blending, comparison, learners, tuning
from analysis.tracks.splitting import hold_out

BUDGET = tuning.Budget("test", 2, 3, 400, 1, (0.5, 1.0))


@pytest.fixture(scope="module")
def compared():
    """Two learners, two baselines and their stack."""
    from tests.prediction.conftest import make_tracks

    split = hold_out(make_tracks())
    found = {
        one.name: tuning.search.fresh(one, split.train, 1, 3)
        for one in (learners.NET, learners.NEIGHBOURS)
    }
    return split, comparison.compare(found, split, BUDGET)


def test_comparison_holds_every_method(compared):
    split, result = compared
    assert list(result.candidates) == ["mean", "median", "elastic_net", "neighbours", "stack"]
    assert list(result.held_out) == list(result.candidates)
    assert len(result.held_out) == len(split.test)
    assert len(result.out_of_fold) == len(split.train)
    assert result.best in ("elastic_net", "stack")


def test_the_stack_is_its_own_learner(compared):
    split, result = compared
    fitted = result.candidates["stack"].fit(split.train)
    assert learners.predict(fitted, split.test) == pytest.approx(result.held_out["stack"])


def test_shuffled_valence_teaches_nothing(compared):
    split, result = compared
    assert comparison.shuffled_scores(result.candidates["elastic_net"], split)["r2"] < 0.05


def test_blend_weights_find_the_better_mixture():
    rng = np.random.default_rng(3)
    truth = rng.uniform(0, 1, 2000)
    predictions = pd.DataFrame({
        "a": truth + rng.normal(0, 0.1, 2000),
        "b": truth + rng.normal(0, 0.1, 2000),
        "c": rng.uniform(0, 1, 2000),
    })  # fmt: skip
    weights = blending.blend_weights(truth, predictions)
    assert weights.sum() == pytest.approx(1)
    assert weights[["a", "b"]].to_numpy() == pytest.approx([0.5, 0.5], abs=0.1)
    assert "c" not in weights or weights["c"] < 0.05


def test_weights_of_a_fold_do_not_see_its_valence(compared):
    _, result = compared
    changed = result.folds.copy()
    first = changed["fold"] == 0
    changed.loc[first, "observed"] = 1 - changed.loc[first, "observed"]
    names = ["elastic_net", "neighbours"]
    again = blending.add_blend(changed, names)
    assert np.allclose(again.loc[first, "stack"], result.folds.loc[first, "stack"])


def test_worst_predictions_are_named(tracks):
    predicted = tracks["valence"].to_numpy().copy()
    predicted[7] += 0.5
    table = comparison.worst_predictions(tracks, predicted, 3)
    assert table["title"].iloc[0] == "Song 7"
    assert table["error"].iloc[0] == pytest.approx(0.5)


def test_traits_of_bad_predictions(tracks):
    predicted = tracks["valence"] + 0.3 * (tracks["energy"] > 0.8)
    table = comparison.common_traits(tracks, predicted)
    energy = table.set_index("trait").loc["energy"]
    # valence grows with energy, so it differs as well
    assert set(table["trait"].head(3)) >= {"energy", "valence"}
    assert energy["worst"] > 0.8 > energy["others"]
