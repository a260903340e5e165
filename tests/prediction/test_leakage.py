"""A planted leak is visible in the three ways to split."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.prediction import leakage, preparing
from analysis.prediction.learners import BOOSTING
from analysis.tracks.cleaning import clean
from tests.prediction.conftest import make_tracks
from tests.tracks.made_tracks import make_tracks as make_published


@pytest.fixture(scope="module", autouse=True)
def few_trees():
    """What is tested are the divisions and not the model."""
    light = replace(BOOSTING, draft=(("bags", 1), ("rounds", 40)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leakage, "BOOSTING", light)
        yield


@pytest.fixture(scope="module")
def table():
    """A table whose rows are there twice, under two artists, and mostly noise."""
    unique = make_tracks(300, 60, noise=0.3)
    other = {"artist": unique["artist"] + " and friends", "track_id": unique["track_id"] + "b"}
    copies = unique.assign(**other)
    published = pd.concat([unique, copies], ignore_index=True)
    # a published table has codes where a clean one has categories
    codes = {name: published[name].cat.codes.astype(float) for name in ("key", "mode")}
    return leakage.leakage_table.fresh(published.assign(**codes), unique)


def test_duplicated_recordings_inflate_the_plain_split(table):
    published, unique, artists = table["r2"]
    assert published > unique + 0.1
    assert published > artists + 0.1


def test_whole_artists_share_nothing(table):
    assert table["shared_artists"].iloc[2] == 0
    assert table["shared_artists"].iloc[1] > 0.5
    assert table["r2_low"].le(table["r2"]).all() and table["r2_high"].ge(table["r2"]).all()


@pytest.mark.parametrize("share", [0.02, 0.5])
def test_rows_without_a_popularity_are_judged_like_the_clean_tracks(share):
    published = make_published(400, 50)
    published.loc[published.index < 400 * share, "popularity"] = float("nan")
    table = leakage.leakage_table.fresh(published, clean(published).tracks)
    assert table["rows"].tolist() == [392 if share < 0.05 else 400] * 3


def test_of_a_long_table_the_same_artists_are_judged_in_all_three_ways(monkeypatch):
    published = make_published(400, 50)
    monkeypatch.setattr(leakage, "MOST_ROWS", 200)
    table = leakage.leakage_table.fresh(published, clean(published).tracks)
    assert table["rows"].nunique() == 1  # every row is a recording of its own
    assert 100 < table["rows"].iloc[0] <= 200


def test_a_copy_of_the_target_does_not_reach_a_learner(tracks):
    planted = tracks.assign(mood=tracks["valence"], valence_copy=tracks["valence"])
    assert set(preparing.predictors(planted)) == set(preparing.predictors(tracks))


def test_rows_without_an_optional_number_are_no_obstacle(tracks):
    """A whole number that a row lacks stopped the table; one that many lack is left out."""
    codes = {name: tracks[name].cat.codes.astype(float) for name in ("key", "mode")}
    popularity = pd.Series(range(len(tracks)), dtype="float64")
    few = tracks.assign(**codes, popularity=popularity.where(popularity >= 4))
    many = tracks.assign(**codes, popularity=popularity.where(popularity >= 100))
    assert len(leakage._as_published(few)) == len(tracks) - 4
    assert len(leakage._as_published(many)) == len(tracks)
    assert "popularity" not in leakage._as_published(many)
