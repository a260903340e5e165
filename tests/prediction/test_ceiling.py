"""Ceilings of tables whose ceiling is known."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import ceiling
from tests.prediction.conftest import make_tracks


def test_neighbours_recover_a_known_noise(monkeypatch):
    rng = np.random.default_rng(6)
    x = rng.uniform(0, 1, (3000, 2))
    truth = 0.3 + 0.4 * x[:, 0]
    tracks = make_tracks(3000, 600, 7).assign(valence=truth + rng.normal(0, 0.1, 3000))
    names = ["danceability", "energy"]
    tracks = tracks.assign(danceability=x[:, 0], energy=x[:, 1])
    monkeypatch.setattr(ceiling.preparing, "predictors", lambda frame: frame[names])
    monkeypatch.setattr(ceiling.preparing, "for_distances", lambda frame: _AsItIs())
    table = ceiling.neighbour_ceiling.fresh(tracks)
    expected = 1 - 0.01 / tracks["valence"].var()
    assert table["r2"].to_numpy() == pytest.approx([expected, expected], abs=0.05)
    assert table["low"].lt(table["r2"]).all() and table["high"].gt(table["r2"]).all()


class _AsItIs:
    """Points as they are."""

    def fit_transform(self, frame):
        """Return the frame's numbers."""
        return frame.to_numpy()


def test_neighbours_are_of_other_artists():
    tracks = make_tracks(300, 40)
    twins = pd.concat([tracks, tracks.assign(track_id=tracks["track_id"] + "b")], ignore_index=True)
    _, distances = ceiling._neighbour_pairs(twins)
    assert distances[:, 0].min() > 0


def test_repeats_of_a_recording_are_paired():
    tracks = make_tracks(200, 50)
    again = tracks.head(40).assign(track_id=lambda f: f["track_id"] + "b")
    again["valence"] = again["valence"] + 0.02
    row = ceiling.repeat_measurements(pd.concat([tracks, again], ignore_index=True)).iloc[0]
    assert (row["recordings"], row["pairs"]) == (40, 40)
    assert row["median"] == pytest.approx(0.02)
    assert row["r2"] > 0.98


def test_few_repeats_give_no_number():
    row = ceiling.repeat_measurements(make_tracks(200, 50)).iloc[0]
    assert np.isnan(row["r2"])
