"""The network as a scikit-learn regressor: what it learns, keeps, refuses and repeats."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from analysis.prediction.network import NetworkRegressor, divide_groups
from analysis.tracks.schema import BadInput

# One shape for all tests: it compiles once.
SMALL = {"members": 4, "units": 32, "parts": 4, "epochs": 40, "patience": 40, "dropout": 0.0}
NOISE = 0.05


def simulate(rows=1500, seed=1):
    """Draw numbers and a category, and a bent function of them with an interaction."""
    draws = np.random.default_rng(seed)
    frame = pd.DataFrame(draws.uniform(-1, 1, (rows, 3)), columns=["a", "b", "c"])
    names = pd.Categorical(draws.choice(["x", "y", "z"], rows), ["x", "y", "z"])
    frame = frame.assign(name=names)
    truth = 0.5 + 0.2 * np.sin(3 * frame["a"]) + 0.15 * frame["b"] * frame["c"]
    truth += 0.1 * (frame["name"] == "y")
    groups = np.arange(rows) // 5
    return frame, truth.to_numpy(), groups, draws


@pytest.fixture(scope="module")
def learned():
    frame, truth, groups, draws = simulate()
    target = np.clip(truth + draws.normal(0, NOISE, len(truth)), 0, 1)
    model = NetworkRegressor(**SMALL, decay=0.01, rate=0.02).fit(frame, target, groups)
    return model, frame, target, groups


def test_recovers_a_known_function_within_half_the_noise(learned):
    frame, truth, _, _ = simulate(seed=2)
    assert np.abs(learned[0].predict(frame) - truth).mean() < NOISE / 2


def test_two_runs_are_equal(learned):
    model, frame, target, groups = learned
    again = clone(model).fit(frame, target, groups)
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))


def test_another_seed_is_another_network(learned):
    model, frame, target, groups = learned
    other = clone(model).set_params(seed=3, epochs=2).fit(frame, target, groups)
    assert np.abs(other.predict(frame) - model.predict(frame)).max() > 0.01


def test_saving_and_loading_keeps_predictions(learned, tmp_path):
    model, frame, _, _ = learned
    model.save(tmp_path / "network.npz")
    loaded = NetworkRegressor.load(tmp_path / "network.npz")
    np.testing.assert_array_equal(loaded.predict(frame), model.predict(frame))
    pd.testing.assert_frame_equal(loaded.history_, model.history_)
    assert loaded.get_params() == model.get_params()


def test_a_file_that_is_no_network_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(BadInput, match=r"other\.npz"):
        NetworkRegressor.load(tmp_path / "other.npz")


def test_best_epoch_is_that_of_the_least_validation_error(learned):
    history = learned[0].history_
    assert history["validation"].idxmin() + 1 == learned[0].best_epoch_
    assert (history["training"] < 0.5).all()


def test_a_single_row_is_predicted_as_among_others(learned):
    model, frame, _, _ = learned
    together = model.predict(frame.head(700))
    np.testing.assert_allclose(model.predict(frame.iloc[[7]]), together[[7]], atol=1e-6)


def test_an_unseen_category_counts_as_a_missing_one(learned):
    model, frame, _, _ = learned
    row = frame.head(1).assign(name=pd.Categorical([None], ["x", "y", "z"]))
    unseen = frame.head(1).assign(name=pd.Categorical(["w"], ["w"]))
    assert model.predict(unseen) == model.predict(row)
    assert 0 <= model.predict(row)[0] <= 1


def test_a_missing_number_stands_at_the_median(learned):
    model, frame, _, _ = learned
    row = frame.head(1)
    missing = model.predict(row.assign(a=np.nan))
    at_median = model.predict(row.assign(a=frame["a"].median()))
    np.testing.assert_allclose(missing, at_median, atol=1e-4)


def test_an_infinite_number_is_refused_by_name(learned):
    with pytest.raises(BadInput, match="'b'"):
        learned[0].predict(learned[1].assign(b=np.inf))


def test_a_constant_column_changes_nothing_at_prediction(learned):
    _, frame, target, groups = learned
    model = NetworkRegressor(**SMALL | {"epochs": 2})
    model.fit(frame.assign(c=1.0), target, groups)
    np.testing.assert_array_equal(
        model.predict(frame.assign(c=1.0)), model.predict(frame.assign(c=5.0))
    )


def test_predictions_stay_within_the_range_of_valence(learned):
    far = learned[1].head(50).assign(a=99.0, b=-99.0)
    assert learned[0].predict(far).min() >= 0
    assert learned[0].predict(far).max() <= 1


def test_members_leave_out_whole_groups():
    groups = np.repeat(np.arange(40), 5)
    parts = divide_groups(200, groups, 4)
    assert (pd.Series(parts).groupby(groups).nunique() == 1).all()
    assert set(parts) == {0, 1, 2, 3}
    assert divide_groups(6, ["a"] * 6, 4).max() == 0


def test_one_group_trains_without_early_stopping(learned):
    _, frame, target, _ = learned
    model = NetworkRegressor(**SMALL | {"epochs": 3}).fit(frame, target, np.zeros(len(frame)))
    assert model.best_epoch_ == 3
    assert model.history_["validation"].isna().all()


def test_other_backends_train_by_keras_alone(learned, monkeypatch):
    from analysis.prediction import network_programs

    model, frame, target, groups = learned
    network_programs.program_for.cache_clear()
    monkeypatch.setattr(network_programs.keras.backend, "backend", lambda: "other")
    other = clone(model).set_params(epochs=10).fit(frame, target, groups)
    network_programs.program_for.cache_clear()
    truth = simulate(seed=2)
    assert np.abs(other.predict(truth[0]) - truth[1]).mean() < NOISE


def test_the_residual_design_learns_too(learned):
    _, frame, target, groups = learned
    model = NetworkRegressor(**SMALL | {"epochs": 20}, design="residual", rate=0.01)
    model.fit(frame, target, groups)
    assert np.abs(model.predict(frame) - target).mean() < 1.3 * NOISE


EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": "fit takes no sample weights",
}


def test_scikit_learn_accepts_the_estimator():
    model = NetworkRegressor(2, 16, 1, waves=2, parts=2, epochs=30, rate=0.02, decay=0.0)
    results = check_estimator(model, expected_failed_checks=EXPECTED, on_fail=None)
    failed = [r["check_name"] for r in results if r["status"] == "failed"]
    assert failed == []
