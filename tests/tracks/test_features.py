"""Derived columns."""

import numpy as np
import pandas as pd
import pytest
from made_tracks import make_tracks

from analysis.tracks import cleaning, features
from analysis.tracks.schema import KEYS, PITCHES, TIMBRE, dictionary


@pytest.fixture(scope="module")
def tracks() -> pd.DataFrame:
    """Return a clean table with an audio analysis."""
    rng = np.random.default_rng(0)
    audio = pd.DataFrame(rng.random((300, 24)), columns=[*PITCHES, *TIMBRE])
    return cleaning.clean(make_tracks(300).join(audio)).tracks


def test_learners_never_see_valence_or_names(tracks):
    """Blocks come and go by argument; the target and the labels never come."""
    every = features.feature_columns(tracks)
    assert not {"valence", "track_id", "title", "artist", "artists", "album"} & set(every)
    assert set(features.AUDIO) <= set(every)
    plain = features.feature_columns(tracks, genre=False, audio=False)
    assert plain == [*features.NUMERIC, *features.CATEGORICAL]
    assert "metre" not in features.feature_columns(tracks.drop(columns="metre"))


def test_derived_columns_are_there_and_no_user_is_told_of_them(tracks):
    """Cleaning adds them once; neither learners nor the data dictionary take them for data."""
    derived = {"artist_key", "log_duration", "tonic_0", "interval_5", "level_gap"}
    assert derived <= set(tracks)
    assert not derived & set(features.feature_columns(tracks))
    assert not derived & set(dictionary(tracks)["name"])
    silent = cleaning.clean(make_tracks(300)).tracks
    assert "log_duration" in silent
    assert not {"tonic_0", "interval_5", "level_gap"} & set(silent)


def test_relative_pitch_agrees_with_rolling_by_hand(tracks):
    """Oracle: roll each row so that the tonic comes first."""
    turned = features.relative_pitch(tracks)
    for row in range(0, 300, 29):
        tonic = KEYS.index(tracks["key"].iloc[row])
        rolled = np.roll(tracks[list(PITCHES)].iloc[row].to_numpy(), -tonic)
        np.testing.assert_array_equal(turned.iloc[row], rolled)


def test_shapes_are_finite_at_the_ends_of_the_scale(tracks):
    """0 and 1 are values that Spotify prints; transforms keep their order there."""
    plain = tracks[list(features.NUMERIC)]
    ends = plain.assign(acousticness=0.0, instrumentalness=1.0, speechiness=0.0, liveness=0.0)
    added = features.with_shapes(ends).drop(columns=plain.columns)
    assert len(added.columns) == 7
    assert np.isfinite(added).all(axis=None)
    logit = features.logit(pd.Series([0, 0.25, 0.5, 1]))
    assert logit.is_monotonic_increasing
    assert logit[1] == pytest.approx(np.log(1 / 3))
    assert logit[0] == pytest.approx(-logit[3])


def test_power_of_loudness():
    """Six decibels halve the amplitude, within the usual rounding."""
    tracks = make_tracks(2).assign(loudness=[0.0, -6.0206])
    power = features.with_shapes(tracks)["power_loudness"]
    np.testing.assert_allclose(power, [1, 0.5], atol=1e-5)
