"""Simulated mechanisms: what is seen of scores whose making is known."""

import numpy as np
import pandas as pd
import pytest

from analysis.derivation import simulation
from analysis.tracks.cleaning import clean
from tests.tracks.made_tracks import make_tracks

CORRELATIONS = pd.DataFrame(
    [[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]],
    index=["energy", "loudness", "valence"], columns=["energy", "loudness", "valence"],
)  # fmt: skip


@pytest.fixture(scope="module")
def tracks() -> pd.DataFrame:
    made = clean(make_tracks(600, 60, 4)).tracks
    rng = np.random.default_rng(4)
    valence = 0.2 + 0.6 * made["danceability"] + 0.02 * rng.standard_normal(len(made))
    return made.assign(valence=valence.clip(0.01, 0.99))


def compare(tracks: pd.DataFrame, draws: int = 3) -> pd.DataFrame:
    return simulation.compare_mechanisms.fresh(tracks, draws)


def simulate(mechanism: str) -> pd.DataFrame:
    return simulation.simulate_scores(mechanism, CORRELATIONS, 20_000, np.random.default_rng(0))[0]


def test_patterns_of_scores_that_are_known():
    rng = np.random.default_rng(0)
    n = 50_000
    scores = pd.DataFrame(rng.standard_normal((n, 2)), columns=["energy", "loudness"])
    scores["energy"] = 0.6 * scores["loudness"] + 0.8 * scores["energy"]
    curved = scores["energy"] ** 2 - 1
    scores["valence"] = scores["energy"] - 0.5 * scores["loudness"] + 0.5 * curved
    scores["valence"] += rng.standard_normal(n)
    total = scores["valence"].var()
    valence = np.concatenate([np.arange(0, 100), [3] * 4, [96] * 4]) / 100
    found = simulation.find_patterns(scores, valence)
    # the variance of a difference of correlated scores, and that of half a squared normal
    assert found["R² of straight lines"] == pytest.approx(0.65 / total, abs=0.01)
    assert found["R² added by curves and products"] == pytest.approx(0.5 / total, abs=0.01)
    assert found["Slope of loudness, others equal"] == pytest.approx(-0.5, abs=0.02)
    assert found["Slope of loudness, alone"] == pytest.approx(0.1 / total**0.5, abs=0.02)
    assert found["Tracks piled up near the ends"] == 5


def test_siblings_keep_the_correlations_of_the_data():
    found = simulate("siblings").corr()
    assert np.abs(found - CORRELATIONS).to_numpy().max() < 0.12


def test_a_function_leaves_nothing_and_what_is_judged_apart_nearly_all():
    def explained(mechanism: str) -> float:
        return simulation.find_patterns(simulate(mechanism), np.array([0.5])).iloc[0]

    assert explained("function") > 0.95
    assert 0.3 < explained("siblings") < 0.5
    assert explained("apart") < 0.05


def test_only_what_is_stretched_is_cut_near_the_ends(tracks):
    compared = compare(tracks).set_index(["mechanism", "pattern"])["median"]
    piled = compared.xs("Tracks piled up near the ends", level="pattern")
    labels = simulation.MECHANISMS
    assert piled[labels["siblings"]] > 3 * piled[labels["unstretched"]]


def test_simulations_are_the_same_twice(tracks):
    pd.testing.assert_frame_equal(compare(tracks), compare(tracks))


def test_a_slope_is_reproduced_with_its_sign_and_half_its_size():
    slope = "Slope of loudness, alone"
    assert not simulation.is_reproduced(slope, 0.05, 0.01)
    assert not simulation.is_reproduced(slope, -0.05, -0.01)
    assert simulation.is_reproduced(slope, 0.01, -0.01)  # about zero, neither has a sign
    assert simulation.is_reproduced(slope, 0.05, 0.03)
    assert simulation.is_reproduced("R² of straight lines", 0.05, 0.01)


def test_a_flat_score_is_left_out(tracks):
    found = compare(tracks.assign(loudness=-7.0, tempo=120.0), draws=2)
    assert len(found) == 12
    assert not found["pattern"].str.startswith("Slope").any()
    assert found[["median", "low", "high"]].notna().all(axis=None)


@pytest.mark.parametrize("varied", [2, 8])
def test_few_scores_or_one_that_stands_twice_are_no_obstacle(tracks, varied):
    flat = dict.fromkeys(simulation.SCORES[varied:-1], 0.5)
    found = compare(tracks.assign(energy=tracks["danceability"], **flat), draws=2)
    assert found["median"].notna().all()
