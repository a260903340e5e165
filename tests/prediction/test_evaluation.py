"""Scores equal scikit-learn's; intervals agree with closed forms."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from analysis.prediction import evaluation


@pytest.fixture
def sample():
    """Observed values, predictions and artists of 300 tracks."""
    rng = np.random.default_rng(3)
    observed = rng.uniform(0, 1, 300)
    return observed, np.clip(observed + rng.normal(0, 0.2, 300), 0, 1), rng.integers(0, 60, 300)


def test_scores_equal_scikit_learn(sample):
    observed, predicted, _ = sample
    scored = evaluation.scores(observed, predicted)
    assert scored["mae"] == pytest.approx(metrics.mean_absolute_error(observed, predicted))
    assert scored["rmse"] == pytest.approx(metrics.root_mean_squared_error(observed, predicted))
    assert scored["r2"] == pytest.approx(metrics.r2_score(observed, predicted))


def test_resampled_scores_equal_scores_of_the_resample(sample):
    observed, predicted, artists = sample
    drawn = evaluation.resampled_scores(observed, pd.DataFrame({"m": predicted}), artists, 3)
    names = pd.factorize(artists)[1]
    counts = evaluation.draw_counts(len(names), 3)
    for number in range(3):
        rows = np.concatenate(
            [np.tile(np.flatnonzero(artists == name), int(count))
             for name, count in zip(names, counts[number], strict=True)]
        )  # fmt: skip
        expected = evaluation.scores(observed[rows], predicted[rows])
        assert drawn["m"][number] == pytest.approx(expected.to_numpy())


def test_interval_of_a_mean_agrees_with_the_normal_one():
    rng = np.random.default_rng(11)
    error = rng.normal(0, 0.1, 2000)
    table = evaluation.bootstrap_scores(
        np.full(2000, 0.5), pd.DataFrame({"m": 0.5 + error}), np.arange(2000), 4000
    )
    row = table[table["metric"] == "mae"].iloc[0]
    half = 1.96 * np.abs(error).std(ddof=1) / np.sqrt(2000)
    assert row["high"] - row["low"] == pytest.approx(2 * half, rel=0.06)


def test_interval_widens_where_artists_err_as_one():
    rng = np.random.default_rng(12)
    artists = np.repeat(np.arange(100), 10)
    error = np.repeat(rng.normal(0, 0.1, 100), 10)
    predictions = pd.DataFrame({"m": 0.5 + error})
    wide, narrow = (
        evaluation.bootstrap_scores(np.full(1000, 0.5), predictions, groups)
        .query("metric == 'mae'")
        .eval("high - low")
        .item()
        for groups in (artists, np.arange(1000))
    )
    assert wide / narrow == pytest.approx(np.sqrt(10), rel=0.15)


def test_paired_difference_is_surer_than_two_scores(sample):
    observed, predicted, artists = sample
    predictions = pd.DataFrame({"good": predicted, "worse": predicted * 0.9 + 0.02})
    apart = evaluation.bootstrap_scores(observed, predictions, artists, best="good")
    single = evaluation.bootstrap_scores(observed, predictions, artists)
    width = apart.query("metric == 'mae'").eval("high - low").item()
    assert width < single.query("metric == 'mae' and model == 'good'").eval("high - low").item()


def test_calibration_of_the_truth_is_perfect(sample):
    observed = sample[0]
    table = evaluation.calibration(observed, observed, sample[2], 5)
    assert table["observed"].to_numpy() == pytest.approx(table["predicted"].to_numpy())
    assert table["error"].to_numpy() == pytest.approx(0)
