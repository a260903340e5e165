"""Ceilings of tables whose ceiling is known."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import ceiling, learners, validation
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


def test_curve_is_extended_to_its_limit():
    sizes = np.array([300, 600, 1200, 2400, 4800])
    rows = [
        {"share": n / 4800, "fold": fold, "tracks": n, "r2": 0.5 - 2 * n**-0.5}
        for n in sizes
        for fold in range(5)
    ]
    found = ceiling.extend_curve(pd.DataFrame(rows), 20)
    assert found["r2"].iloc[0] == pytest.approx(0.5, abs=1e-6)
    assert found["decay"].iloc[0] == pytest.approx(0.5)
    line = ceiling.curve_line(found, 4800)
    assert line["r2"].is_monotonic_increasing


def test_learning_curve_rises(tracks):
    one = validation.candidate(learners.NET)
    curve = ceiling.learning_curve(one, tracks, (0.2, 1.0))
    means = curve.groupby("share")["r2"].mean()
    assert means[1.0] > means[0.2]
    assert curve["tracks"].max() <= len(tracks)


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
