"""Learning curves of known form, and what resampled artists say of their limit."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import learners, learning_curves, validation
from tests.prediction.conftest import make_tracks

SIZES = np.array([300, 600, 1200, 2400, 4800])


def test_curve_is_extended_to_its_limit():
    limit, drop, decay = learning_curves.fit_curve(SIZES, 0.5 - 2 * SIZES**-0.5)
    assert (limit, drop, decay) == pytest.approx((0.5, 2, 0.5), abs=1e-6)
    line = learning_curves.curve_line(
        pd.DataFrame([{"r2": limit, "drop": drop, "decay": decay}]), 4800
    )
    assert line["r2"].is_monotonic_increasing


def test_interval_is_that_of_resampled_artists():
    tracks = make_tracks(2000, 400)
    rng = np.random.default_rng(3)
    # the same errors at every size: a flat curve, whose limit is the score itself
    noise = rng.normal(0, tracks["valence"].std() / 2, len(tracks))
    about = {"observed": tracks["valence"], "artist": tracks["artist"]}
    shares = (0.2, 0.5, 1.0)
    predicted = pd.DataFrame(about | dict.fromkeys(shares, tracks["valence"] + noise))
    score = 1 - (noise**2).sum() / ((tracks["valence"] - tracks["valence"].mean()) ** 2).sum()
    scored = pd.DataFrame({"share": shares, "fold": 0, "tracks": [400, 1000, 2000],
                           "r2": score})  # fmt: skip
    found = learning_curves.extend_curve(scored, predicted).iloc[0]
    assert found["r2"] == pytest.approx(score, abs=1e-6)
    # resampled one artist at a time, as in the textbook
    groups = [part.index.to_numpy() for _, part in tracks.groupby("artist")]
    drawn = []
    for _ in range(500):
        rows = np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))])
        part = tracks["valence"].to_numpy()[rows]
        drawn.append(1 - (noise[rows] ** 2).sum() / ((part - part.mean()) ** 2).sum())
    expected = np.quantile(drawn, [0.025, 0.975])
    assert [found["low"], found["high"]] == pytest.approx(expected, abs=0.15 * np.ptp(expected))


def test_learning_curve_rises(tracks):
    one = validation.candidate(learners.NET)
    scored, predicted = learning_curves.learning_curve(one, tracks, (0.2, 1.0))
    means = scored.groupby("share")["r2"].mean()
    assert means[1.0] > means[0.2]
    assert scored["tracks"].max() <= len(tracks)
    assert predicted.shape == (len(tracks), 4)
    assert predicted.notna().all(axis=None)
