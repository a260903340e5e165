"""Prediction for a supplied list: nothing of the list is learned from, every row is answered."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import given_tracks, learners
from analysis.prediction.learners import BOOSTING, FOREST, NET
from analysis.tracks import cleaning
from analysis.tracks.schema import PITCHES, TIMBRE, BadInput
from tests.tracks.made_tracks import make_tracks

# fewer trees than a prediction takes
FEW = tuple(replace(one, default=80) if one.name == "rounds" else one for one in BOOSTING.space)
QUICK = replace(BOOSTING, space=FEW)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(given_tracks, "BOOSTING", QUICK)
    monkeypatch.setattr("analysis.prediction.validation.JOBS", 1)


def tell_valence(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return tracks whose valence follows from two scores, up to a little noise."""
    noise = np.random.default_rng(len(tracks)).normal(0, 0.03, len(tracks))
    level = 0.2 + 0.4 * tracks["danceability"] + 0.2 * tracks["energy"]
    return tracks.assign(valence=(level + noise).clip(0.01, 0.99))


def predict(given, training, members=(QUICK,)):
    tables = training if isinstance(training, dict) else {"table": training}
    return given_tracks.predict_given(given, tables, members)


def features_of(found, name="table"):
    return set(found.tables.loc[name, "features"])


def in_given(training, given):
    """Tell which training rows have a recording of the given tracks."""
    first, second = given_tracks.number_recordings(given, training)
    return np.isin(second, first)


def rename(tracks, suffix):
    """Return tracks by other artists."""
    return tracks.assign(artist=tracks["artist"] + suffix, artists=tracks["artists"] + suffix)


@pytest.fixture(scope="module")
def training():
    return tell_valence(make_tracks(500, 60, seed=1))


@pytest.fixture(scope="module")
def given():
    return rename(tell_valence(make_tracks(60, 20, seed=2)), " II")


@pytest.fixture(scope="module")
def second():
    """Another table, in which two columns of the others are not known."""
    tracks = tell_valence(make_tracks(400, 50, seed=3))
    return rename(tracks, " III").drop(columns=["popularity", "time_signature"])


def test_every_row_is_answered_in_its_order(given, training):
    broken = given.copy()
    broken.loc[3, "tempo"] = 0.0
    broken.loc[7, "key"] = -1.0
    broken.loc[9, "energy"] = np.nan
    found = predict(broken, training, (QUICK, FOREST))
    assert list(found.rows["track_id"]) == list(broken["track_id"])
    empty = found.rows["valence"].isna()
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
    marked = in_given(pd.concat([training, known], ignore_index=True), given)
    assert list(np.flatnonzero(marked)) == [500, 501, 502]


def test_a_list_without_names_is_recognised_by_identifier_and_scores(given, training):
    nameless = given.drop(columns=["title", "artist", "artists", "valence"])
    both = pd.concat([training, given], ignore_index=True)
    both.loc[both.index[-5:], "track_id"] = [f"new {n}" for n in range(5)]
    assert in_given(both, nameless).sum() == len(given)
    assert predict(nameless, both).tables.loc["table", "given"] == len(given)


def test_a_list_equal_to_the_training_table_is_refused(training):
    with pytest.raises(BadInput, match="nothing is left to learn from"):
        predict(training, training)


def test_too_little_left_to_learn_from_is_refused(training):
    with pytest.raises(BadInput, match=r"table, without the 450 of its 500 .*give at least"):
        predict(training.head(450), training)


def test_a_list_of_failed_analyses_is_refused(given, training):
    with pytest.raises(BadInput, match="None of the 60 given tracks"):
        predict(given.assign(tempo=0.0), training)


def test_features_are_those_of_both_tables(given, training):
    means = dict.fromkeys(PITCHES + TIMBRE, 0.5)
    assert "pitch_0" not in features_of(predict(given, training.assign(**means)))
    assert "genre" in features_of(predict(given, training))
    other = given.assign(genre="polka").drop(columns=["popularity", "time_signature"])
    found = features_of(predict(other, training))
    assert not {"genre", "popularity", "metre"} & found
    assert "tempo" in found


def test_one_table_is_learned_from_as_it_is(given, training):
    clean = cleaning.clean(training).tracks
    plain = learners.predict(learners.fit_learner(NET, clean), cleaning.encode(given))
    np.testing.assert_allclose(predict(given, training, (NET,)).rows["valence"], plain)


def test_given_tracks_are_left_out_of_every_table(given, training, second):
    by_id, by_title = given.head(5), given[5:10].assign(track_id=list("abcde"), energy=0.5)
    # the last given track is linked to a row of the second table by one of the first only
    chain = given.tail(1).assign(track_id="f", tempo=99.0, danceability=0.123)
    far = chain.assign(track_id="g", title="Renamed", artist="Nobody", artists="Nobody")
    tables = {
        "first": pd.concat([training, by_id, chain], ignore_index=True),
        "second": pd.concat([second, by_title, far], ignore_index=True),
    }
    found = predict(given, tables, (NET,)).tables
    assert found["given"].to_dict() == {"first": 6, "second": 6}
    assert found["learned"].to_dict() == {"first": 500, "second": 400}


def test_a_recording_of_two_tables_counts_once_where_it_has_most_features(given, training, second):
    repeats = training.head(30).drop(columns=["popularity", "time_signature"])
    repeats["track_id"] = [f"new {number}" for number in range(30)]
    both = {"poor": pd.concat([second, repeats], ignore_index=True), "rich": training}
    found = predict(given, both, (NET,)).tables
    assert found["repeated"].to_dict() == {"poor": 30, "rich": 0}
    assert found["learned"].to_dict() == {"poor": 400, "rich": 500}


def test_the_order_of_tables_does_not_matter(given, training, second):
    tables = {"first": training, "second": second}
    found = predict(given, tables, (NET,))
    turned = predict(given, dict(reversed(tables.items())), (NET,))
    pd.testing.assert_frame_equal(found.rows, turned.rows)
    pd.testing.assert_frame_equal(found.tables, turned.tables.loc[found.tables.index])


def test_a_feature_that_one_table_lacks_is_learned_from_the_other(given, training, second):
    given, training = (
        table.assign(valence=(table["valence"] + table["popularity"] / 100) / 2)
        for table in (given, training)
    )
    tables = {"first": training, "second": second}
    found = predict(given, tables, (NET,))
    assert features_of(found, "first") - features_of(found, "second") == {"popularity", "metre"}
    assert found.scored["r2"] > 0.95


def test_the_shorter_of_two_tables_gains_by_the_longer(given, training):
    short = rename(tell_valence(make_tracks(220, 50, seed=4)), " IV")
    tables = {"short": short, "long": training.drop(columns="popularity")}
    alone, joined = (predict(given, table).scored["mae"] for table in (short, tables))
    assert joined < alone


def test_what_only_tables_with_audio_analysis_say_is_not_lost(given, training, second):
    rng = np.random.default_rng(5)
    told = []
    for table in (given, training):
        pitch = rng.uniform(0, 1, (len(table), 12))
        audio = dict(zip(PITCHES, pitch.T, strict=True)) | dict.fromkeys(TIMBRE, 0.5)
        told.append(table.assign(**audio, valence=0.5 * table["valence"] + 0.4 * pitch[:, 0]))
    found = predict(told[0], {"sound": told[1], "scores": second}, (NET,))
    assert "pitch_0" in features_of(found, "sound")
    assert "pitch_0" not in features_of(found, "scores")
    assert found.scored["r2"] > 0.9
    inside = told[0]["valence"].between(found.rows["low"], found.rows["high"])
    assert inside.mean() > 0.75


def test_tables_of_which_neither_has_all_features_are_learned_from(given, training, second):
    tables = {"first": training.drop(columns="genre"), "second": second}
    found = predict(given, tables, (NET, FOREST))
    assert found.rows["valence"].notna().all()
    assert found.scored["r2"] > 0.7


def test_a_table_of_given_tracks_only_is_refused_by_its_name(given, training):
    with pytest.raises(BadInput, match=r"mine, without the 60 of its 60 rows .* nothing is left"):
        predict(given, {"all": training, "mine": given})
