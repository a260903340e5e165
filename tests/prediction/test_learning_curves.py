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


def test_interval_is_that_of_resampled_artists():
    tracks = make_tracks(2000, 400)
    rng = np.random.default_rng(3)
    # the same errors at every size: a flat curve, whose limit is the score itself
    noise = rng.normal(0, tracks["valence"].std() / 2, len(tracks))
    about = tracks[["artist_key"]].assign(
        observed=tracks["valence"], predicted=tracks["valence"] + noise, row=tracks.index, fold=0
    )
    sizes = ((0.2, 400), (0.5, 1000), (1.0, 2000))
    curve = pd.concat([about.assign(share=share, tracks=size) for share, size in sizes])
    score = 1 - (noise**2).sum() / ((tracks["valence"] - tracks["valence"].mean()) ** 2).sum()
    found = learning_curves.extend_curve(curve)
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
    curve = learning_curves.learning_curve(one, tracks, (0.2, 1.0))
    assert curve.groupby("share")["row"].apply(sorted).map(len).tolist() == [len(tracks)] * 2
    assert curve.notna().all(axis=None)
    scored = learning_curves.score_curve(curve)
    assert len(scored) == 10
    means = scored.groupby("share")["r2"].mean()
    assert means[1.0] > means[0.2]
    assert scored["tracks"].max() <= len(tracks)
