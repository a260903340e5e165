"""Prediction for a supplied list: nothing of the list is learned from, every row is answered."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import given_tracks
from analysis.prediction.learners import BOOSTING, FOREST
from analysis.tracks.schema import PITCHES, TIMBRE, BadInput
from tests.tracks.made_tracks import make_tracks


def tell_valence(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return tracks whose valence follows from two scores, up to a little noise."""
    noise = np.random.default_rng(len(tracks)).normal(0, 0.03, len(tracks))
    level = 0.2 + 0.4 * tracks["danceability"] + 0.2 * tracks["energy"]
    return tracks.assign(valence=(level + noise).clip(0.01, 0.99))


def predict(given, training, members=(BOOSTING,)):
    return given_tracks.predict_given(given, training, members)


@pytest.fixture(scope="module")
def training():
    return tell_valence(make_tracks(500, 60, seed=1))


@pytest.fixture(scope="module")
def given():
    tracks = tell_valence(make_tracks(60, 20, seed=2))
    return tracks.assign(artist=tracks["artist"] + " II", artists=tracks["artists"] + " II")


def test_every_row_is_answered_in_its_order(given, training):
    broken = given.copy()
    broken.loc[3, "tempo"] = 0.0
    broken.loc[7, "key"] = -1.0
    broken.loc[9, "energy"] = np.nan
    found = predict(broken, training, (BOOSTING, FOREST))
    assert list(found.rows["track_id"]) == list(broken["track_id"])
    empty = found.rows["predicted"].isna()
    assert list(np.flatnonzero(empty)) == [3, 7, 9]
    assert "failed audio analysis" in found.rows.loc[3, "reason"]
    assert "no key" in found.rows.loc[7, "reason"]
    assert "missing" in found.rows.loc[9, "reason"]
    assert (found.rows.loc[~empty, "reason"] == "").all()
    assert found.weights.sum() == pytest.approx(1)
    assert found.known == 57


def test_predictions_and_intervals_are_good(given, training):
    found = predict(given, training)
    inside = given["valence"].between(found.rows["low"], found.rows["high"])
    assert found.scored["r2"] > 0.7
    assert inside.mean() > 0.75
    assert ((found.rows["low"] >= 0) & (found.rows["high"] <= 1)).all()


def test_valence_of_given_tracks_is_not_looked_at(given, training):
    with_valence = predict(given, training).rows
    without = predict(given.drop(columns="valence"), training)
    turned = predict(given.assign(valence=given["valence"].to_numpy()[::-1]), training).rows
    pd.testing.assert_frame_equal(with_valence, without.rows)
    pd.testing.assert_frame_equal(with_valence, turned)
    assert without.scored is None


def test_given_tracks_are_left_out_by_identifier_title_and_scores(given, training):
    known = given.head(3).copy()
    other = make_tracks(3, seed=9)
    known.loc[0, other.columns[1:]] = other.loc[0, other.columns[1:]]  # the identifier stays
    known.loc[1, "track_id"] = "elsewhere"
    known.loc[1, "energy"] = 0.5  # the title stays
    known.loc[2, ["track_id", "title", "artist", "artists"]] = ["x", "Renamed", "Y", "Y"]
    marked = given_tracks.in_given(pd.concat([training, known], ignore_index=True), given)
    assert list(np.flatnonzero(marked)) == [500, 501, 502]


def test_a_list_without_names_is_recognised_by_identifier_and_scores(given, training):
    nameless = given.drop(columns=["title", "artist", "artists", "valence"])
    both = pd.concat([training, given], ignore_index=True)
    both.loc[both.index[-5:], "track_id"] = [f"new {n}" for n in range(5)]
    assert given_tracks.in_given(both, nameless).sum() == len(given)
    assert predict(nameless, both).left_out == len(given)


def test_a_list_equal_to_the_training_table_is_refused(training):
    with pytest.raises(BadInput, match="nothing is left to learn from"):
        predict(training, training)


def test_too_little_left_to_learn_from_is_refused(training):
    with pytest.raises(BadInput, match=r"were left out.*give at least"):
        predict(training.head(450), training)


def test_a_list_of_failed_analyses_is_refused(given, training):
    with pytest.raises(BadInput, match="None of the 60 given tracks"):
        predict(given.assign(tempo=0.0), training)


def test_features_are_those_of_both_tables(given, training):
    means = dict.fromkeys(PITCHES + TIMBRE, 0.5)
    assert "pitch_0" not in predict(given, training.assign(**means)).features
    assert "genre" in predict(given, training).features
    other = given.assign(genre="polka").drop(columns=["popularity", "time_signature"])
    found = predict(other, training).features
    assert not {"genre", "popularity", "metre"} & set(found)
    assert "tempo" in found


def test_csv_has_one_line_a_row_and_nothing_where_nothing_is_known(given, training):
    text = given_tracks.to_csv(predict(given.assign(
        tempo=given["tempo"].where(given.index != 0, 0.0)), training).rows)  # fmt: skip
    lines = text.splitlines()
    assert lines[0] == "track_id,valence,low,high,reason"
    assert len(lines) == 61
    assert ",,," in lines[1]
    assert lines[2].endswith(",")
