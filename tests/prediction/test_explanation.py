"""Explanations of functions whose effects are known."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import attribution, effects, explanation, learners, rankings, validation


@pytest.fixture(scope="module")
def points():
    """Three features, two of them strongly correlated."""
    rng = np.random.default_rng(9)
    a = rng.uniform(0, 1, 4000)
    b = np.clip(a + rng.normal(0, 0.1, 4000), 0, 1)
    return pd.DataFrame({"a": a, "b": b, "c": rng.uniform(0, 1, 4000)})


def additive(frame):
    """An additive function with known terms."""
    return frame["a"].to_numpy() ** 2 + 0.5 * frame["b"].to_numpy()


def crossed(frame):
    """A function with one interaction, of size 1."""
    return frame["a"].to_numpy() * frame["c"].to_numpy()


def test_ale_equals_the_term_of_an_additive_function(points):
    edges = effects.bin_edges(points["a"], 40)
    found = effects.accumulate(additive, points, "a", edges)
    expected = found["x"] ** 2 - (points["a"] ** 2).mean()
    assert found["effect"].to_numpy() == pytest.approx(expected.to_numpy(), abs=2e-3)


def test_ale_has_mean_zero_over_tracks(points):
    edges = effects.bin_edges(points["b"], 20)
    found = effects.accumulate(additive, points, "b", edges)
    along = np.interp(points["b"], found["x"], found["effect"])
    assert along.mean() == pytest.approx(0, abs=1e-3)


def test_an_additive_function_has_no_second_order_effect(points):
    edges = tuple(effects.bin_edges(points[name], 8) for name in ("a", "c"))
    cells = effects.accumulate_pair(additive, points, ("a", "c"), edges)
    assert cells["interaction"].abs().max() < 1e-9


def test_second_order_effect_of_a_product(points):
    edges = tuple(effects.bin_edges(points[name], 10) for name in ("a", "c"))
    cells = effects.accumulate_pair(crossed, points, ("a", "c"), edges)
    expected = (cells["x"] - points["a"].mean()) * (cells["y"] - points["c"].mean())
    assert cells["interaction"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.02)


def test_h_is_zero_without_and_known_with_an_interaction(points):
    sample = points.head(60)
    alone = effects.h_statistics(additive, sample, ["a", "c"])
    assert alone["h"].iloc[0] == pytest.approx(0, abs=1e-6)
    both = effects.h_statistics(crossed, sample, ["a", "c"]).iloc[0]
    a, c = (sample[name] - sample[name].mean() for name in ("a", "c"))
    assert both["size"] == pytest.approx((a * c).std(ddof=0), rel=0.05)


def test_shapley_values_of_a_linear_function(points):
    def line(frame):
        return 2 * frame["a"].to_numpy() - frame["c"].to_numpy()

    shown, background = points.head(20), points.tail(50)
    values, base = attribution.shapley_values(line, shown, background)
    centred = shown - background.mean()
    expected = centred * [2, 0, -1]
    assert values == pytest.approx(expected.to_numpy(), abs=1e-9)
    assert base == pytest.approx(line(background).mean())


def test_shapley_values_share_an_interaction(points):
    shown, background = points.head(20), points.tail(100)
    values, base = attribution.shapley_values(crossed, shown, background)
    assert values.sum(axis=1) + base == pytest.approx(crossed(shown))
    a, c = shown["a"].to_numpy(), shown["c"].to_numpy()
    means = background.mean()
    products = (background["a"] * background["c"]).mean()
    # the mean over both orders of joining
    expected = (a * means["c"] - products + a * c - means["a"] * c) / 2
    assert values[:, 0] == pytest.approx(expected, abs=1e-9)


def test_permutation_finds_what_matters(tracks):
    one = validation.candidate(learners.NET)
    groups = explanation.single_features(tracks)
    found = explanation.permutation_importance(one, tracks, groups, 2)
    table = explanation.summarise_importance(found)
    assert table["group"].head(2).tolist() == ["danceability", "energy"]
    assert table["mae"].iloc[2:].abs().max() < 0.01
    assert 0.2 < rankings.fold_agreement(found) <= 1


def test_correlated_features_stand_together(points, tracks):
    loud = -20 + 15 * tracks["energy"] + np.random.default_rng(1).normal(0, 0.5, len(tracks))
    groups = explanation.feature_groups(tracks.assign(loudness=loud))
    assert ("energy", "loudness") in groups.values()
    assert sum(len(columns) for columns in groups.values()) == len(
        explanation.single_features(tracks)
    )


def test_concordance_by_hand():
    same = pd.DataFrame({"group": list("abc") * 2, "fold": [0] * 3 + [1] * 3, "mae": [3, 2, 1] * 2})
    assert rankings.fold_agreement(same) == pytest.approx(1)
    opposite = same.assign(mae=[3, 2, 1, 1, 2, 3])
    assert rankings.fold_agreement(opposite) == pytest.approx(0)


def test_local_effects_of_a_fitted_model(tracks):
    one = validation.candidate(learners.NET)
    found = explanation.local_effects(one, tracks, ["danceability", "tempo"])
    sizes = explanation.effect_sizes(found, tracks).set_index("feature")
    expected = 0.5 * tracks["danceability"].std()
    assert sizes.loc["danceability", "slope"] == pytest.approx(expected, rel=0.1)
    assert sizes.loc["tempo", "spread"] < 0.02


def test_attributions_add_up_and_name_tracks(tracks):
    one = validation.candidate(learners.NET)
    train, test = tracks.iloc[:300], tracks.iloc[300:].reset_index(drop=True)
    found = attribution.attribute(one, train, test, 20, 10)
    sums = found.groupby("row")["contribution"].sum() + found.groupby("row")["base"].first()
    assert sums.to_numpy() == pytest.approx(found.groupby("row")["predicted"].first().to_numpy())
    predicted = learners.predict(one.fit(train), test)
    told = attribution.telling_tracks(test, predicted, found["row"].unique())
    assert told["which"].tolist() == ["right", "wrong", "odd"]
    assert told["row"].nunique() == 3
