"""Folds keep artists apart; the corrected test is that of Nadeau and Bengio."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.prediction import learners, validation
from analysis.tracks.splitting import artist_keys, grouped_folds


def test_no_validation_artist_is_trained_on(tracks, monkeypatch):
    seen = []

    def watch(one, train):
        seen.append(set(artist_keys(train["artist"])))
        return learners.fit_learner(one.learner, train, dict(one.settings))

    monkeypatch.setattr(validation.Candidate, "fit", watch)
    one = validation.candidate(learners.MEAN)
    folds = [held for _, held in grouped_folds(tracks, 5, 3)]
    fold = np.empty(len(tracks), dtype=int)
    for number, held in enumerate(folds):
        fold[held] = number
    validation.predict_folds.fresh(one, tracks, fold)
    left_out = [set(artist_keys(tracks["artist"].iloc[held])) for held in folds]
    assert len(seen) == 5
    assert all(not trained & left for trained, left in zip(seen, left_out, strict=True))


def test_every_track_is_predicted_once_a_repeat(tracks):
    table = validation.cross_predictions([validation.candidate(learners.MEAN)], tracks, 2)
    assert table.groupby("repeat")["row"].nunique().tolist() == [len(tracks)] * 2
    assert table["mean"].notna().all()
    assert np.array_equal(table["observed"], tracks["valence"].iloc[table["row"]])


def test_shuffled_target_scores_about_zero(tracks):
    order = np.random.default_rng(2).permutation(len(tracks))
    shuffled = tracks.assign(valence=tracks["valence"].to_numpy()[order])
    table = validation.cross_predictions([validation.candidate(learners.NET)], shuffled, 1)
    by_fold = validation.fold_scores(table, ["elastic_net"])
    assert by_fold["r2"].mean() < 0.03


def test_corrected_mean_by_hand():
    # four values, five folds: variance 1/4 + 1/4 times the sample variance, 3 degrees of freedom
    mean, error, df = validation.corrected_mean([1.0, 2.0, 3.0, 6.0], 5)
    assert (mean, df) == (3.0, 3)
    assert error == pytest.approx(np.sqrt(0.5 * 14 / 3))


def test_compare_folds_by_hand():
    frame = pd.DataFrame(
        {
            "model": ["a"] * 4 + ["b"] * 4,
            "repeat": [0, 0, 1, 1] * 2,
            "fold": [0, 1, 0, 1] * 2,
            "mae": [0.10, 0.12, 0.11, 0.13, 0.12, 0.13, 0.13, 0.16],
        }
    )
    row = validation.compare_folds(frame, "a", n_folds=2).iloc[0]
    apart = np.array([0.02, 0.01, 0.02, 0.03])
    t = 0.02 / np.sqrt((1 / 4 + 1) * apart.var(ddof=1))
    assert row["difference"] == pytest.approx(0.02)
    assert row["p"] == pytest.approx(2 * stats.t.sf(t, 3))
