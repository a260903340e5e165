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
        shift = np.repeat(rng.normal(0, 0.1, 61), 5)
        errors = np.abs(shift + rng.normal(0, 0.1, 305))
        artists = np.repeat(np.arange(61), 5)
        width = intervals.conformal_quantile(errors[:300], artists[:300], 0.9)
        held.append((errors[300:] <= width).mean())
    # 300 draws of a mean over one artist's five tracks: standard error about 0.012
    assert np.mean(held) == pytest.approx(0.9, abs=0.03)
    assert np.mean(held) > 0.88


def test_quantile_by_hand():
    errors = np.arange(1, 10) / 10
    assert intervals.conformal_quantile(errors, np.arange(9), 0.9) == 0.9
    assert intervals.conformal_quantile(errors, np.arange(9), 0.5) == 0.6
    assert intervals.conformal_quantile(errors, np.arange(9), 0.95) == np.inf


@pytest.mark.parametrize("adaptive", [False, True])
def test_intervals_of_tracks_cover(adaptive):
    learning, new = make_tracks(1500, 300, 1, 0.15), make_tracks(1500, 300, 2, 0.15)
    truth = [0.5 * t["danceability"] + 0.3 * t["energy"] ** 2 for t in (learning, new)]
    made = intervals.fit_conformal(learning, truth[0], 0.9, adaptive)
    bounds = made.intervals(new, truth[1].to_numpy())
    table = intervals.coverage(new["valence"], bounds, new["artist"], new["genre"])
    assert table["coverage"].iloc[0] == pytest.approx(0.9, abs=0.03)
    assert table["group"].tolist() == ["all", "jazz", "pop", "rock"]
    assert bounds["low"].ge(0).all() and bounds["high"].le(1).all()


def test_adaptive_intervals_widen_where_errors_grow():
    tracks = make_tracks(2000, 400, 3, 0.0)
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 0.02 + 0.3 * (tracks["energy"] > 0.5))
    noisy = tracks.assign(valence=np.clip(0.5 + noise, 0, 1))
    made = intervals.fit_conformal(noisy, np.full(2000, 0.5), 0.9, True)
    half = pd.Series(made.half_widths(noisy)).groupby(noisy["energy"] > 0.5).mean()
    assert half[True] > 3 * half[False]
