"""The learned metric against scikit-learn's kernels, finite differences and a planted direction."""

import numpy as np
import pandas as pd
import pytest
from sklearn.gaussian_process.kernels import Matern
from sklearn.kernel_ridge import KernelRidge

from analysis.prediction import learned_metric, learners, preparing
from analysis.prediction.learned_metric import LearnedMetricRegressor
from analysis.prediction.preparing import AddDirections, find_directions

# Squared equations lose half of the digits of a float.
SOLVED = 1e-4
DIFFERENCED = 1e-7


@pytest.fixture(scope="module")
def planted():
    """Return rows of four columns, a target that depends on one direction, and the direction."""
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(400, 4))
    direction = np.array([1.0, -1.0, 0.0, 0.0]) / np.sqrt(2)
    return rows, np.sin(2 * rows @ direction) + rng.normal(0, 0.1, len(rows)), direction


def test_with_all_landmarks_and_no_metric_it_is_scikit_learns_kernel_ridge(planted):
    rows, target, _ = planted
    width, penalty = 0.8, 0.3
    ours = LearnedMetricRegressor(width, penalty, landmarks=len(rows), rounds=0).fit(rows, target)
    kernel = Matern(length_scale=np.sqrt(3 * rows.shape[1] / width), nu=1.5)
    theirs = KernelRidge(alpha=penalty, kernel="precomputed")
    theirs.fit(kernel(rows), target - target.mean())
    fresh = np.random.default_rng(4).normal(size=(50, 4))
    expected = target.mean() + theirs.predict(kernel(fresh, rows))
    assert ours.predict(fresh) == pytest.approx(expected, abs=SOLVED)


@pytest.mark.parametrize("rounds", [0, 1])
def test_slopes_are_differences(planted, rounds):
    rows, target, _ = planted
    fitted = LearnedMetricRegressor(landmarks=150, rounds=rounds).fit(rows, target)
    step = 1e-5 * np.eye(4)
    expected = [
        (fitted.predict(rows[:20] + one) - fitted.predict(rows[:20] - one)) / 2e-5 for one in step
    ]
    assert fitted.slopes(rows[:20]) == pytest.approx(np.stack(expected, axis=1), abs=DIFFERENCED)


def test_the_planted_direction_is_found_and_pays(planted):
    rows, target, direction = planted
    half = len(rows) // 2
    errors = []
    for rounds in (0, 1):
        fitted = LearnedMetricRegressor(rounds=rounds).fit(rows[:half], target[:half])
        errors.append(np.mean((fitted.predict(rows[half:]) - target[half:]) ** 2))
    found = np.linalg.eigh(fitted.metric_)[1][:, -1]
    assert abs(found @ direction) > 0.95  # of a direction at random, 0.42 on average
    assert errors[1] < 0.8 * errors[0]


def test_blocks_change_nothing(planted, monkeypatch):
    rows, target, _ = planted
    whole = LearnedMetricRegressor().fit(rows, target).predict(rows)
    monkeypatch.setattr(learned_metric, "BLOCK", 37)
    parts = LearnedMetricRegressor().fit(rows, target).predict(rows)
    assert parts == pytest.approx(whole, abs=1e-6)


def test_a_constant_target_and_rows_alike_are_no_trouble(planted):
    rows, target, _ = planted
    assert LearnedMetricRegressor().fit(rows, np.full(400, 0.4)).predict(rows) == pytest.approx(0.4)
    alike = np.repeat(rows[:10], 40, axis=0)
    predicted = LearnedMetricRegressor(penalty=1e-6).fit(alike, target).predict(alike)
    means = np.repeat(target.reshape(10, 40).mean(axis=1), 40)
    assert predicted == pytest.approx(means, abs=0.01)


def test_directions_are_orthogonal_and_the_first_is_the_planted_one(planted):
    rows, target, direction = planted
    found = find_directions(rows, target, 3)
    assert found.T @ found == pytest.approx(np.eye(3), abs=SOLVED)
    assert abs(found[:, 0] @ direction) > 0.95
    assert find_directions(rows, target, 9).shape == (4, 4)


def test_directions_are_appended_to_an_encoding_that_stays_as_it_was(tracks):
    features, valence = preparing.predictors(tracks), tracks["valence"].to_numpy()
    encode = preparing.for_boosting(features)
    alone = preparing.for_boosting(features).fit_transform(features, valence)
    added = AddDirections(encode, preparing.for_metric(features))
    fitted = added.fit_transform(features, valence)
    pd.testing.assert_frame_equal(fitted[list(alone)], alone)
    assert [name for name in fitted if name not in alone] == [f"direction_{i}" for i in range(1, 7)]
    # row-wise once fitted: a track's place does not hang on the tracks beside it
    few, all_of_them = added.transform(features.iloc[5:8]), added.transform(features)
    pd.testing.assert_frame_equal(few, all_of_them.iloc[5:8], rtol=SOLVED)


def test_boosting_reads_directions_of_long_tables_in_every_other_sequence(tracks, monkeypatch):
    features = preparing.predictors(tracks)

    def leans():
        estimators = learners.build_boosting(features).estimators
        return [isinstance(one[0], AddDirections) for _, one in estimators]

    assert leans() == [False] * 4
    monkeypatch.setattr(learners, "SEARCHED_ROWS", len(features) - 1)
    assert leans() == [False, True] * 2
    fitted = learners.fit_learner(learners.BOOSTING, tracks)
    unseen = tracks.assign(genre=tracks["genre"].cat.rename_categories({"pop": "polka"}))
    assert np.isfinite(learners.predict(fitted, unseen)).all()
