"""The search: defaults first, the same again, never a held-out track."""

import pandas as pd
import pytest

from analysis.prediction import learners, tuning
from analysis.tracks.schema import BadInput
from analysis.tracks.splitting import artist_keys

BUDGET = tuning.Budget("test", 4, 3, 300, 1, (0.5, 1.0))


@pytest.fixture(scope="module")
def found():
    """A short search of a fast learner."""
    from tests.prediction.conftest import make_tracks

    return tuning.search.fresh(learners.FOREST, make_tracks(), 6, 3)


def test_defaults_are_tried_first(found):
    first = found.trace.iloc[0]
    for dimension in learners.FOREST.space:
        assert first[dimension.name] == dimension.default


def test_the_best_is_no_worse_than_the_defaults(found):
    assert found.mae == found.trace["mae"].min()
    assert found.gained >= 0


def test_search_is_reproducible(found, tracks):
    again = tuning.search.fresh(learners.FOREST, tracks, 6, 3)
    pd.testing.assert_frame_equal(again.trace, found.trace)
    assert again.chosen == found.chosen


def test_artists_are_drawn_whole(tracks):
    part = tuning.draw_artists(tracks, 200)
    rest = tracks[~tracks["track_id"].isin(part["track_id"])]
    assert 150 < len(part) <= 200
    assert not set(artist_keys(part["artist"])) & set(artist_keys(rest["artist"]))


def test_a_search_sees_a_quarter_of_a_long_table_within_bounds():
    full, quick = tuning.BUDGETS["full"], tuning.BUDGETS["quick"]
    assert [full.searched(n) for n in (300, 26_000, 40_000, 1_000_000)] == [
        6_500, 6_500, 10_000, 13_000,
    ]  # fmt: skip
    assert quick.searched(1_000_000) == quick.tracks


def test_all_learners_get_the_same_number_of_trials(tracks):
    pair = (learners.FOREST, learners.NET)
    result = tuning.tune(pair, tracks, BUDGET)
    assert list(result) == ["forest", "elastic_net"]
    assert {len(one.trace) for one in result.values()} == {BUDGET.trials}
    assert len(tuning.best_settings(result)) == sum(len(one.space) for one in pair)


def test_a_trial_is_given_up_only_where_it_is_far_behind_on_the_same_folds():
    """Of a search in full and the same one with giving up, the best trial is the same."""
    from tests.prediction.conftest import make_tracks

    tracks = make_tracks()
    raced = tuning.search.fresh(learners.NET, tracks, 12, 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning, "HOPELESS", float("inf"))
        full = tuning.search.fresh(learners.NET, tracks, 12, 5)
    assert (full.trace["folds"] == 5).all()
    assert (raced.trace["folds"] < 5).any()
    assert raced.mae <= full.mae + tuning.HOPELESS
    given_up = raced.trace[raced.trace["folds"] < 5]
    assert given_up["mae"].isna().all()
    assert (raced.trace["folds"] >= 2).all()


@pytest.mark.parametrize("seed", range(8))
def test_an_artist_with_most_tracks_leaves_no_empty_sample(seed):
    """Whatever the order in which artists are drawn, somebody is in the sample."""
    artists = ["Prolific"] * 60 + [f"Artist {number}" for number in range(20)] * 2
    tracks = pd.DataFrame({"artist": artists})
    drawn = tuning.draw_artists(tracks, 12, seed)
    assert 6 <= len(drawn) <= 12
    alone = tuning.draw_artists(tracks[tracks["artist"] == "Prolific"], 12, seed)
    assert len(alone) == 60


def test_a_budget_that_is_none_is_told():
    with pytest.raises(BadInput, match="The budget is 'fast'; it can be quick or full"):
        tuning.find_budget("fast")
