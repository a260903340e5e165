"""Whole artists are held out, whatever the table looks like."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tracks import make_tracks
from sklearn.model_selection import GroupKFold

from analysis.tracks import cleaning, datasets, splitting
from analysis.tracks.cleaning import derive_columns
from analysis.tracks.schema import BadInput

SEEDS = st.integers(0, 2**16)
FEW = settings(max_examples=12, deadline=None)


@pytest.mark.parametrize("draw", [splitting.hold_out, splitting.random_hold_out])
@FEW
@given(seed=SEEDS, artists=st.integers(6, 250))
def test_no_artist_is_on_both_sides(draw, seed, artists):
    """Training and hold-out share no first artist and no track, and lose none."""
    tracks = derive_columns(make_tracks(300, artists, seed))
    split = draw(tracks, seed=seed)
    assert not set(split.train["artist"]) & set(split.test["artist"])
    ids = [*split.train["track_id"], *split.test["track_id"]]
    assert sorted(ids) == sorted(tracks["track_id"])
    assert list(split.test.index) == list(range(len(split.test)))


@FEW
@given(seed=SEEDS, artists=st.integers(6, 250))
def test_folds_are_whole_artists_and_cover_once(seed, artists):
    """Every row is validated once, never by a model that knows its artist."""
    tracks = derive_columns(make_tracks(200, artists, seed))
    folds = splitting.grouped_folds(tracks, 5, seed)
    names = tracks["artist"].to_numpy()
    for train, validation in folds:
        assert not set(names[train]) & set(names[validation])
        assert len(train) + len(validation) == len(tracks)
    assert sorted(np.concatenate([held for _, held in folds])) == list(range(len(tracks)))


def test_folds_of_numbered_artists_are_those_of_their_names():
    """Numbers only save time: scikit-learn divides the names in the same way."""
    tracks = derive_columns(make_tracks(200, 60, 4))
    by_name = GroupKFold(5, shuffle=True, random_state=7).split(tracks, groups=tracks["artist_key"])
    for ours, theirs in zip(splitting.grouped_folds(tracks, 5, 7), by_name, strict=True):
        assert np.array_equal(ours[1], theirs[1])


@FEW
@given(seed=SEEDS)
def test_order_of_rows_does_not_matter(seed):
    """The same tracks are held out of a shuffled table, by the hold-out and by folds."""
    tracks = derive_columns(make_tracks(200, 30, seed))
    shuffled = tracks.sample(frac=1, random_state=seed)
    held = [set(splitting.hold_out(one).test["track_id"]) for one in (tracks, shuffled)]
    assert held[0] == held[1]
    ours = {frozenset(tracks["track_id"].iloc[held]) for _, held in splitting.grouped_folds(tracks)}
    theirs = {
        frozenset(shuffled["track_id"].iloc[held]) for _, held in splitting.grouped_folds(shuffled)
    }
    assert ours == theirs


def test_seed_decides():
    """One seed gives one split, another seed another."""
    tracks = derive_columns(make_tracks(300))
    one, same, other = (splitting.hold_out(tracks, seed=seed).test for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert set(one["track_id"]) != set(other["track_id"])


def test_draws_of_other_seeds_are_independent():
    """Of a fifth, another draw has a fifth; balanced parts would have most of it again."""
    tracks = cleaning.clean(datasets.load("genres")).tracks
    held = [set(splitting.random_hold_out(tracks, seed=seed).test["track_id"]) for seed in range(6)]
    shared = [len(a & b) / len(a) for place, a in enumerate(held) for b in held[:place]]
    assert np.mean(shared) == pytest.approx(0.2, abs=0.03)
    assert max(shared) < 0.35
    part = [{frozenset(v) for _, v in splitting.grouped_folds(tracks, 5, seed)} for seed in (1, 2)]
    most = [max(len(a & b) / len(a) for b in part[1]) for a in part[0]]
    assert max(most) < 0.4


def test_artist_with_half_of_the_tracks():
    """One artist may own half the table: the hold-out still has a fifth, from the others."""
    tracks = make_tracks(600, 200)
    tracks.loc[:299, ["artist", "artists"]] = "Everywhere"
    split = splitting.hold_out(derive_columns(tracks))
    assert "Everywhere" in set(split.train["artist"])
    assert 0.1 < len(split.test) / len(tracks) < 0.3


def test_genre_with_one_track():
    """A genre too small for every part takes part all the same."""
    tracks = make_tracks(300)
    tracks.loc[0, "genre"] = "polka"
    tracks.loc[1:3, "genre"] = "ska"
    assert len(splitting.grouped_folds(derive_columns(tracks))) == 5


def test_table_without_genre():
    """Valence alone is balanced then."""
    split = splitting.hold_out(derive_columns(make_tracks(1000, 300).drop(columns="genre")))
    assert abs(split.train["valence"].mean() - split.test["valence"].mean()) < 0.03


def test_names_that_differ_in_case_are_one_artist():
    """Nobody is on both sides by a spelling."""
    tracks = make_tracks(300, 20)
    tracks.loc[::2, "artist"] = tracks["artist"].str.upper()
    split = splitting.hold_out(derive_columns(tracks))
    assert not set(split.train["artist"].str.lower()) & set(split.test["artist"].str.lower())


def test_too_few_artists():
    """Three artists cannot fill five parts."""
    with pytest.raises(BadInput, match="3 artists"):
        splitting.grouped_folds(derive_columns(make_tracks(100, 3)))


def test_hold_out_of_the_embedded_table_is_balanced():
    """A fifth of the tracks; genre shares and valence close to those in training."""
    split = splitting.hold_out(cleaning.clean(datasets.load("genres")).tracks)
    described = splitting.describe_split(split).set_index("part")
    assert described["share"]["hold-out"] == pytest.approx(0.2, abs=0.01)
    assert described["mean"].diff().abs().iloc[1] < 0.01
    assert described["sd"].diff().abs().iloc[1] < 0.01
    shares = [part["genre"].value_counts(normalize=True) for part in (split.train, split.test)]
    assert (shares[0] - shares[1]).abs().max() < 0.01


def test_shared_guests():
    """Guests count on both sides, in any place; None where nobody credits a guest."""
    train = pd.DataFrame({"artists": ["A; B", "C"]})
    test = pd.DataFrame({"artists": ["D; b", "E", "F; C", "G; H"]})
    shared = splitting.shared_guests(splitting.Split(train, test))
    assert shared.tolist() == [True, False, True, False]
    alone = pd.DataFrame({"artists": ["A"]})
    assert splitting.shared_guests(splitting.Split(alone, alone)) is None
