"""Ceilings of tables whose ceiling is known, and learning curves of known form."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import ceiling, learners, validation
from tests.prediction.conftest import make_tracks
from tests.tracks.made_tracks import make_tracks as make_published

SIZES = np.array([300, 600, 1200, 2400, 4800])


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
    assert table["r2"].to_numpy() == pytest.approx([expected], abs=0.05)
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


def released_again(tracks: pd.DataFrame, copies: int, anew: int) -> pd.DataFrame:
    """Return a table in which some tracks are copied, and others computed anew."""
    again = tracks.head(copies + anew).assign(track_id=lambda f: f["track_id"] + "b")
    again.loc[again.index >= copies, ["valence", "energy"]] += 0.02
    return pd.concat([tracks, again], ignore_index=True)


def test_releases_computed_anew_are_compared():
    tracks = make_published(200, 50)
    row = ceiling.repeat_measurements(released_again(tracks, copies=0, anew=40)).iloc[0]
    assert (row["recordings"], row["releases"], row["copies"]) == (40, 80, 0)
    variance = released_again(tracks, 0, 40)["valence"].var()
    assert row["icc"] == pytest.approx(1 - 0.02**2 / 2 / variance)


def test_copies_say_nothing():
    tracks = make_published(200, 50)
    some = ceiling.repeat_measurements(released_again(tracks, copies=60, anew=20)).iloc[0]
    assert (some["recordings"], some["releases"], some["copies"]) == (20, 40, 60)
    none = ceiling.repeat_measurements(released_again(tracks, copies=80, anew=0)).iloc[0]
    assert (none["recordings"], none["copies"]) == (0, 80)
    assert np.isnan(none["icc"])


def test_few_repeats_give_no_number():
    row = ceiling.repeat_measurements(make_published(200, 50)).iloc[0]
    assert np.isnan(row["icc"])


def test_the_order_of_identifiers_does_not_matter():
    """Of three releases two are copies of each other, whichever of them is read first."""
    tracks = make_published(200, 50)
    again = released_again(released_again(tracks, copies=0, anew=40), copies=40, anew=0)
    again["track_id"] = np.where(again.duplicated("track_id"), again["track_id"] + "c",
                                 again["track_id"])  # fmt: skip
    turned = again.assign(track_id=again["track_id"].str[::-1])
    one, other = (ceiling.repeat_measurements(table).iloc[0] for table in (again, turned))
    assert one["releases"] == other["releases"] == 80
    assert one["icc"] == pytest.approx(other["icc"])


def test_curve_is_extended_to_its_limit():
    limit, drop, decay = ceiling.fit_curve(SIZES, 0.5 - 2 * SIZES**-0.5)
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
    found = ceiling.extend_curve(curve)
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
    curve = ceiling.learning_curve(one, tracks, (0.2, 1.0))
    assert curve.groupby("share")["row"].apply(sorted).map(len).tolist() == [len(tracks)] * 2
    assert curve.notna().all(axis=None)
    scored = ceiling.score_curve(curve)
    assert len(scored) == 10
    means = scored.groupby("share")["r2"].mean()
    assert means[1.0] > means[0.2]
    assert scored["tracks"].max() <= len(tracks)
