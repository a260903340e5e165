"""The learned metric against scikit-learn's kernels, finite differences and a planted direction."""

import numpy as np
import pandas as pd
import pytest
from sklearn.gaussian_process.kernels import Matern
from sklearn.kernel_ridge import KernelRidge

from analysis.prediction import builders, genre_means, learned_metric, learners, preparing
from analysis.prediction.learned_metric import LearnedMetricRegressor

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


def test_profiles_are_means_drawn_to_that_of_all():
    frame = pd.DataFrame({
        "genre": pd.Categorical(["a"] * 30 + ["b"] * 10), "energy": [0.2] * 30 + [0.6] * 10,
        "tempo": [100.0] * 39 + [np.nan],
    })  # fmt: skip
    profile = genre_means.GenreProfile().fit(frame)
    again = frame.assign(genre=["a"] * 20 + ["b"] * 19 + ["c"])
    found = profile.transform(again)
    assert list(found) == ["genre_energy", "genre_tempo"]
    drawn = [(30 * 0.2 + 10 * 0.3) / 40, (10 * 0.6 + 10 * 0.3) / 20, 0.3]
    assert found["genre_energy"].iloc[[0, 20, 39]].tolist() == pytest.approx(drawn)
    assert found["genre_tempo"].eq(100).all()


def test_boosting_reads_many_genres_in_three_ways(tracks, monkeypatch):
    features = preparing.predictors(tracks)
    few = builders.build_boosting(features)
    monkeypatch.setattr(preparing, "FEW_GENRES", 1)
    many = builders.build_boosting(features)

    def read_ways(boosting):
        encoders = [one.named_steps["columntransformer"] for _, one in boosting.estimators]
        return [[name for name, *_ in one.transformers] for one in encoders]

    assert read_ways(few) == [["codes"]] * 4
    sets, means, profiles = ["codes"], ["codes", "genre", "amounts"], "profile"
    assert read_ways(many) == [sets, [*means, profiles], means] * 2
    fitted = learners.fit_learner(learners.BOOSTING, tracks)
    unseen = tracks.assign(genre=tracks["genre"].cat.rename_categories({"pop": "polka"}))
    assert np.isfinite(learners.predict(fitted, unseen)).all()
