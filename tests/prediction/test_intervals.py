"""Conformal intervals cover as often as they promise."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import intervals
from tests.prediction.conftest import make_tracks


def test_coverage_holds_for_new_artists_on_simulated_data():
    rng = np.random.default_rng(8)
    held = []
    for _ in range(300):
        artists = np.repeat([f"artist {number}" for number in range(61)], 5)
        errors = np.repeat(rng.normal(0, 0.1, 61), 5) + rng.normal(0, 0.1, 305)
        tracks = pd.DataFrame({"artist_key": artists, "valence": 0.5 + errors})
        find = intervals.fit_conformal(tracks[:300], np.full(300, 0.5))
        low, high = find(np.full(5, 0.5)).T
        held += [(low <= tracks["valence"][300:]) & (tracks["valence"][300:] <= high)]
    # 300 draws of a mean over one artist's five tracks: standard error about 0.012
    assert np.mean(held) == pytest.approx(0.9, abs=0.03)
    assert np.mean(held) > 0.88


def test_half_width_by_hand():
    errors = np.arange(1, 10) / 100
    tracks = pd.DataFrame({"artist_key": list("abcdefghi"), "valence": 0.5 + errors})
    for level, width in {0.9: 0.09, 0.5: 0.05}.items():
        find = intervals.fit_conformal(tracks, np.full(9, 0.5), level)
        assert find(np.array([0.5])) == pytest.approx(np.array([[0.5 - width, 0.5 + width]]))


def test_too_few_artists_for_the_level_give_the_whole_scale():
    tracks = pd.DataFrame({"artist_key": list("abcdefghi"), "valence": np.arange(1, 10) / 10})
    with pytest.warns(UserWarning, match="too small"):
        ends = intervals.fit_conformal(tracks, np.full(9, 0.5), 0.95)(np.array([0.5]))
    assert ends.tolist() == [[0, 1]]


def test_intervals_of_tracks_cover_overall_and_by_group():
    learning, new = make_tracks(1500, 300, 1, 0.15), make_tracks(1500, 300, 2, 0.15)
    truth = [0.5 * t["danceability"] + 0.3 * t["energy"] ** 2 for t in (learning, new)]
    bounds = intervals.fit_conformal(learning, truth[0])(truth[1].to_numpy())
    table = intervals.coverage(new["valence"], bounds, new["artist"], new["genre"])
    assert table["coverage"].iloc[0] == pytest.approx(0.9, abs=0.03)
    assert table["group"].tolist() == ["all", "jazz", "pop", "rock"]
    assert table["low"].lt(table["coverage"]).all() and table["high"].gt(table["coverage"]).all()
    assert bounds.min() >= 0 and bounds.max() <= 1


def test_small_groups_are_left_out():
    groups = pd.Series(["large"] * 30 + ["small"] * 19)
    bounds = np.tile([0.0, 1.0], (49, 1))
    table = intervals.coverage(np.full(49, 0.5), bounds, np.arange(49), groups)
    assert table["group"].tolist() == ["all", "large"]
    assert table["coverage"].tolist() == [1, 1]


def test_an_interval_for_coverage_is_exact_where_all_are_covered():
    """Clopper and Pearson's for n of n artists begins at 0.025 to the power of 1 / n."""
    bounds = np.tile([0.0, 1.0], (24, 1))
    (row,) = intervals.coverage(np.full(24, 0.5), bounds, np.arange(24), pd.Series(["a"] * 24))[
        :1
    ].to_dict("records")
    assert (row["low"], row["high"]) == (pytest.approx(0.025 ** (1 / 24)), 1)
