"""The network as a scikit-learn regressor: what it learns, keeps, refuses and repeats."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import r2_score

from analysis.prediction.network import NETWORK, TrackNetwork, build_network, leave_out

# One shape for nearly all tests: it compiles once.
SMALL = {"members": 4, "units": 32, "parts": 4, "epochs": 40, "patience": 40, "dropout": 0.0}
NOISE = 0.05


def simulate(rows=1500, seed=1):
    """Draw numbers, a genre and a key, and a bent function of them with an interaction."""
    draws = np.random.default_rng(seed)
    frame = pd.DataFrame(draws.uniform(-1, 1, (rows, 3)), columns=["a", "b", "c"])
    frame["genre"] = pd.Categorical(draws.choice(["x", "y", "z"], rows), ["x", "y", "z"])
    frame["key"] = pd.Categorical(draws.choice(["C", "D"], rows), ["C", "D"])
    truth = 0.5 + 0.2 * np.sin(3 * frame["a"]) + 0.15 * frame["b"] * frame["c"]
    truth += 0.1 * (frame["genre"] == "y")
    return frame, truth.to_numpy(), np.arange(rows) // 5, draws


@pytest.fixture(scope="module")
def learned():
    frame, truth, groups, draws = simulate()
    target = np.clip(truth + draws.normal(0, NOISE, len(truth)), 0, 1)
    model = TrackNetwork(**SMALL, decay=0.01, rate=0.02).fit(frame, target, groups)
    return model, frame, target, groups


def test_recovers_a_planted_function_within_half_the_noise(learned):
    frame, truth, _, _ = simulate(seed=2)
    assert np.abs(learned[0].predict(frame) - truth).mean() < NOISE / 2


def test_nothing_is_learned_of_a_shuffled_target(learned):
    _, frame, target, groups = learned
    shuffled = np.random.default_rng(4).permutation(target)
    # with early stopping, which is what keeps an ensemble from learning noise by heart
    model = clone(learned[0]).set_params(patience=3, decay=0.2).fit(frame, shuffled, groups)
    assert abs(r2_score(target, model.predict(simulate(seed=5)[0]))) < 0.1


def test_two_runs_are_equal_and_another_seed_is_another_network(learned):
    model, frame, target, groups = learned
    again = clone(model).fit(frame, target, groups)
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))
    pd.testing.assert_frame_equal(again.history_, model.history_)
    other = clone(model).set_params(seed=3, epochs=2).fit(frame, target, groups)
    assert np.abs(other.predict(frame) - model.predict(frame)).max() > 0.01


def test_a_second_network_of_one_shape_leaves_the_first_as_it_was(learned):
    model, frame, target, groups = learned
    before = model.predict(frame)
    clone(model).set_params(epochs=1, rate=0.001).fit(frame, 1 - target, groups)
    np.testing.assert_array_equal(model.predict(frame), before)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(frame), before)


def test_settings_that_are_searched_make_a_difference(learned):
    model, frame, target, groups = learned
    short = clone(model).set_params(epochs=2)
    plain = short.fit(frame, target, groups).predict(frame)
    for dimension in NETWORK.space:
        other = clone(short).set_params(**{dimension.name: dimension.low})
        assert np.abs(other.fit(frame, target, groups).predict(frame) - plain).max() > 1e-4


def test_a_member_is_never_trained_on_the_artists_that_it_judges(learned):
    _, frame, target, groups = learned
    model = TrackNetwork(**SMALL | {"epochs": 1})
    # one batch: after it, waves, which members share, would carry news from one to the other
    rows = slice(0, 200)
    held = leave_out(groups[rows], 4, 4, model.seed)
    plain = clone(model).fit(frame[rows], target[rows], groups[rows]).weights_
    changed = np.where(held[:, 2], 1 - target[rows], target[rows])
    other = clone(model).fit(frame[rows], changed, groups[rows]).weights_
    pairs = zip(plain[3:], other[3:], strict=True)
    moved = [np.abs(first - second).reshape(4, -1).max(axis=1) for first, second in pairs]
    # a first step of Adam has a sign and hardly a size
    assert max(one[2] for one in moved) < 1e-6
    assert (np.max(moved, axis=0)[[0, 1, 3]] > 1e-3).all()


def test_members_leave_out_whole_groups_in_turn():
    groups = np.repeat(np.arange(40), 5)
    held = leave_out(groups, 4, 6)
    assert (pd.DataFrame(held).groupby(groups).nunique() == 1).all(axis=None)
    assert (held[:, :4].sum(axis=1) == 1).all()
    np.testing.assert_array_equal(held[:, 4:], held[:, :2])
    assert leave_out(list("aabbcc"), 8, 8)[:, :3].sum() == 6


def test_best_epoch_is_that_of_the_least_validation_error(learned):
    model, frame, target, groups = learned
    history = model.history_
    assert history["validation"].idxmin() + 1 == model.best_epoch_
    held = leave_out(groups, 4, 4, model.seed)
    apart = np.abs(model.predict_members(frame) - target[:, None])
    assert apart[held].mean() == pytest.approx(history["validation"].min(), abs=1e-5)


def test_a_table_smaller_than_a_batch_and_with_few_groups_is_learned(learned):
    _, frame, target, _ = learned
    model = TrackNetwork(**SMALL | {"epochs": 3})
    model.fit(frame.head(12), target[:12], list("aaaabbbbcccc"))
    assert np.isfinite(model.predict(frame)).all()


def test_a_single_row_is_predicted_as_among_others(learned):
    model, frame, _, _ = learned
    together = model.predict(frame.head(700))
    np.testing.assert_allclose(model.predict(frame.iloc[[7]]), together[[7]], atol=1e-6)


def test_an_unseen_category_counts_as_a_missing_one(learned):
    model, frame, _, _ = learned
    missing = frame.head(1).assign(genre=pd.Categorical([None], ["x", "y", "z"]))
    unseen = frame.head(1).assign(genre=pd.Categorical(["w"], ["w"]))
    assert model.predict(unseen) == model.predict(missing)


def test_a_missing_number_stands_at_the_median(learned):
    model, frame, _, _ = learned
    row = frame.head(1)
    at_median = model.predict(row.assign(a=frame["a"].median()))
    np.testing.assert_allclose(model.predict(row.assign(a=np.nan)), at_median, atol=1e-4)


def test_predictions_stay_within_the_range_of_valence(learned):
    far = learned[0].predict(learned[1].head(50).assign(a=99.0, b=-99.0))
    assert far.min() >= 0
    assert far.max() <= 1


def test_infinite_numbers_are_refused(learned):
    with pytest.raises(ValueError, match="infinity"):
        learned[0].predict(learned[1].assign(b=np.inf))


def test_members_of_a_layer_start_apart_and_with_the_variance_of_their_inputs():
    first = build_network(40, 10, units=64).get_layer(index=-5).kernel.numpy()
    assert first.shape == (8, 50, 64)
    assert first.std() == pytest.approx(50**-0.5, rel=0.05)
    assert np.abs(np.corrcoef(first[0].ravel(), first[1].ravel())[0, 1]) < 0.1
