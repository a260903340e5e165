"""The network beside another method: differences, groups, disagreement."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import network_agreement as agreeing
from analysis.prediction import network_comparison as comparing
from analysis.prediction import network_runs


@pytest.fixture(scope="module")
def tracks():
    draws = np.random.default_rng(5)
    rows = 400
    return pd.DataFrame(
        {
            "title": [f"t{row}" for row in range(rows)],
            "artist": [f"a{row // 4}" for row in range(rows)],
            "genre": pd.Categorical(np.where(np.arange(rows) < 390, "rock", "jazz")),
            "valence": draws.uniform(0.2, 0.8, rows),
            "energy": np.where(np.arange(rows) % 10 == 0, 0.9, 0.1),
        }
    )


@pytest.fixture(scope="module")
def comparison(tracks):
    draws = np.random.default_rng(6)
    first, second = draws.normal(0, 0.1, (2, len(tracks)))
    predictions = pd.DataFrame(
        {
            "network": tracks["valence"] + first,
            "trees": tracks["valence"] + second + 0.4 * (tracks["energy"] > 0.5),
            "unused": 0.5,
        }
    )
    return comparing.compare_networks(
        tracks["valence"], predictions, tracks["artist"], "network", "trees", resamples=300
    )


def test_differences_are_those_of_the_scores(comparison):
    for against in ("network", "trees"):
        line = comparison.difference("mae", "average", against)
        apart = comparison.score("mae", "average") - comparison.score("mae", against)
        assert line["value"] == pytest.approx(apart["value"])
        assert line["low"] < line["value"] < line["high"]


def test_the_average_of_independent_errors_beats_both(comparison):
    assert comparison.verdict("mae", "average", "trees") == "better"
    assert comparison.verdict("r2", "average", "trees") == "better"
    assert comparison.verdict("mae") == "better"


def test_the_worse_method_is_called_worse(tracks, comparison):
    swapped = comparing.compare_networks(
        tracks["valence"], comparison.predictions, tracks["artist"], "trees", "network", 300
    )
    assert swapped.verdict("mae") == "worse"
    same = comparison.predictions.assign(trees=comparison.predictions["network"])
    twins = comparing.compare_networks(
        tracks["valence"], same, tracks["artist"], "network", "trees", 300
    )
    assert twins.verdict("mae") == "equal"


def test_small_groups_are_left_out_and_weighted_differences_add_up(tracks, comparison):
    table = comparing.compare_groups(
        tracks["valence"], comparison, tracks["genre"], tracks["artist"], fewest=20
    )
    assert table["group"].tolist() == ["rock"]
    halves = pd.Series(np.where(tracks["energy"] > 0.5, "loud", "calm"))
    table = comparing.compare_groups(tracks["valence"], comparison, halves, tracks["artist"])
    whole = np.average(table["difference"], weights=table["tracks"])
    assert whole == pytest.approx(comparison.difference("mae")["value"])


def test_agreement_of_a_method_with_itself_is_complete(tracks, comparison):
    same = comparison.predictions.assign(trees=comparison.predictions["network"])
    twin = comparing.Comparison("network", "trees", same, None, None)
    agreement = agreeing.measure_agreement(tracks["valence"], twin)
    assert agreement["predictions"] == pytest.approx(1)
    assert agreement["errors"] == pytest.approx(1)
    assert agreement["apart"] == 0
    assert agreeing.measure_agreement(tracks["valence"], comparison)["closer"] > 0.5


def test_disagreements_start_with_the_greatest_and_name_the_closer(tracks, comparison):
    found = agreeing.find_disagreements(tracks, comparison, 5)
    apart = (found["network"] - found["other"]).abs()
    assert apart.is_monotonic_decreasing
    wins = (found["network"] - found["valence"]).abs() < (found["other"] - found["valence"]).abs()
    assert (wins == (found["closer"] == "network")).all()


def test_contrast_finds_the_feature_that_sets_disagreements_apart(tracks, comparison):
    assert agreeing.contrast_features(tracks, comparison)["feature"].iloc[0] == "energy"


def test_rivals_are_chosen_by_cross_validation_and_baselines_do_not_compete():
    kinds = {"net": "network", "deep": "network", "trees": "trees", "lines": "linear"}
    kinds |= {"stack": "stack", "mean": "baseline"}
    errors = {"net": 0.12, "deep": 0.11, "trees": 0.13, "lines": 0.14, "stack": 0.1, "mean": 0.2}
    by_fold = pd.DataFrame({"model": list(errors) * 2, "mae": list(errors.values()) * 2})
    assert comparing.choose_rivals(by_fold, kinds) == ("deep", "stack")
    with pytest.raises(ValueError, match="another tuned method"):
        comparing.choose_rivals(by_fold[by_fold["model"] == "net"], kinds)


def test_seeds_widen_an_interval_as_variances_add():
    spread = pd.DataFrame(
        {"kind": ["ensemble"] * 3 + ["single member"], "mae": [0.13, 0.14, 0.15, 9]}
    )
    line = pd.Series({"value": 0.0, "low": -0.0196, "high": 0.0196})
    widened = network_runs.add_seeds(spread, line, 0.135)
    assert widened["value"] == pytest.approx(0.005)
    # both standard errors are 0.01, so theirs is larger by the root of two
    assert widened["high"] - widened["low"] == pytest.approx(0.0392 * 2**0.5, rel=1e-4)
