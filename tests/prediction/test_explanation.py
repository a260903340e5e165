"""Explanations of functions whose effects are known in closed form."""

import numpy as np
import pandas as pd
import pytest

from analysis import printing
from analysis.prediction import explanation, learners, validation
from analysis.prediction.learners import Learner
from analysis.printing.figures import to_shapes
from tests.prediction.conftest import make_tracks


@pytest.fixture(scope="module")
def points():
    """Three features, two of them strongly correlated."""
    rng = np.random.default_rng(9)
    a = rng.uniform(0, 1, 4000)
    b = np.clip(a + rng.normal(0, 0.1, 4000), 0, 1)
    return pd.DataFrame({"a": a, "b": b, "c": rng.uniform(0, 1, 4000)})


class Known:
    """A fitted model that computes a known function of the features and learns nothing."""

    def __init__(self, function):
        self.function = function

    def fit(self, features, valence):
        return self

    def predict(self, features):
        return self.function(features)


def additive(features) -> np.ndarray:
    """Valence as tests make it, and a part for the genre jazz."""
    level = 0.5 * features["danceability"] + 0.3 * features["energy"] ** 2
    return (level + 0.1 * (features["genre"].astype(str) == "jazz")).to_numpy()


def difference(features) -> np.ndarray:
    """How far danceability is above energy."""
    return (0.5 + features["danceability"] - features["energy"]).to_numpy()


def build_additive(features):
    return Known(additive)


def build_difference(features):
    return Known(difference)


KNOWN = validation.candidate(Learner("known", "Known", "known", build_additive))
APART = validation.candidate(Learner("apart", "Apart", "known", build_difference))


def test_ale_equals_the_term_of_an_additive_function(points):
    edges = np.quantile(points["a"], np.linspace(0, 1, 41))
    found = explanation.accumulate(lambda f: f["a"] ** 2 + 0.5 * f["b"], points, "a", edges)
    expected = found["x"] ** 2 - (points["a"] ** 2).mean()
    assert found["effect"].to_numpy() == pytest.approx(expected.to_numpy(), abs=2e-3)
    along = np.interp(points["a"], found["x"], found["effect"])
    assert along.mean() == pytest.approx(0, abs=1e-3)


def test_ale_over_folds_is_the_term_and_leaves_out_constants(tracks):
    names = ["energy", "tempo", "loudness"]
    found = explanation.local_effects(KNOWN, tracks.assign(loudness=-5.0), names)
    assert set(found["feature"]) == {"energy", "tempo"}
    energy = found[found["feature"] == "energy"]
    expected = 0.3 * (energy["x"] ** 2 - (tracks["energy"] ** 2).mean())
    assert energy["effect"].to_numpy() == pytest.approx(expected.to_numpy(), abs=5e-3)
    assert (energy["low"] <= energy["effect"]).all() and (energy["high"] >= energy["effect"]).all()
    assert found.loc[found["feature"] == "tempo", "effect"].abs().max() == pytest.approx(0)


def test_shap_of_an_additive_function_is_its_centred_terms():
    train, shown = make_tracks(200, 40, seed=2), make_tracks(5, 5, seed=3)
    shown["genre"] = pd.Categorical(shown["genre"], train["genre"].cat.categories)
    shown["metre"] = pd.Categorical(shown["metre"], train["metre"].cat.categories)
    found = explanation.shap_values(KNOWN, train, shown, most=200)
    for name, term in {
        "danceability": lambda f: 0.5 * f["danceability"],
        "energy": lambda f: 0.3 * f["energy"] ** 2,
        "genre": lambda f: 0.1 * (f["genre"].astype(str) == "jazz"),
    }.items():
        expected = (term(shown) - term(train).mean()).to_numpy()
        assert found[name].to_numpy() == pytest.approx(expected, abs=1e-6)
    assert found["tempo"].abs().max() == pytest.approx(0, abs=1e-9)
    assert found.sum(axis=1).to_numpy() == pytest.approx(additive(shown), abs=1e-6)


def test_shap_adds_up_for_a_model_with_interactions_and_the_audio_analysis(tracks):
    means = {f"{kind}_{i}": 0.5 for kind in ("pitch", "timbre") for i in range(12)}
    tracks = tracks.assign(**means)
    trees = learners.BOOSTING.defaults() | {"rounds": 20, "bags": 1}
    one = validation.candidate(learners.BOOSTING, trees)
    found = explanation.shap_values(one, tracks[:300], tracks[300:303], most=4)
    predicted = learners.predict(one.fit(tracks[:300]), tracks[300:303])
    assert found.sum(axis=1).to_numpy() == pytest.approx(predicted, abs=1e-6)
    assert found.filter(like="12 means").shape == (3, 2)


def test_permutation_finds_what_matters_and_nothing_in_the_rest(tracks):
    one = validation.candidate(learners.NET)
    alone = explanation.single_features(tracks)
    table = explanation.permutation_importance(one, tracks, alone, repeats=2)
    assert table["group"].head(2).tolist() == ["danceability", "energy"]
    rest = table.iloc[2:]
    assert rest["mae"].abs().max() < 0.01
    assert (rest["low"] <= 0.001).all() and (rest["high"] >= -0.001).all()
    assert table["low"].head(2).gt(0).all()
    assert table["mae"].is_monotonic_decreasing


def test_a_group_is_shuffled_together(tracks):
    """Shuffled together, two copies of a score keep their difference, on which a model rests."""
    copies = tracks.assign(energy=tracks["danceability"])
    groups = {"alone": ["energy"], "together": ["danceability", "energy"]}
    found = explanation.permutation_importance(APART, copies, groups)
    table = found.set_index("group")["mae"]
    assert table["alone"] > 0.05
    assert table["together"] == pytest.approx(0, abs=1e-12)


def test_correlated_features_stand_together(tracks):
    loud = -20 + 15 * tracks["energy"] + np.random.default_rng(1).normal(0, 0.5, len(tracks))
    means = {f"pitch_{i}": 0.5 for i in range(12)}
    wide = tracks.assign(loudness=loud, **means)
    groups = explanation.feature_groups(wide)
    assert groups["energy + loudness"] == ["energy", "loudness"]
    assert groups["pitch (12 means)"] == list(means)
    columns = [set().union(*one.values()) for one in (groups, explanation.single_features(wide))]
    assert columns[0] == columns[1]


def test_curves_are_compared_on_the_scale_of_question_1():
    x = np.linspace(60_000, 600_000, 9)
    effects = pd.DataFrame({"feature": "duration_ms", "x": x, "effect": np.log(x)})
    shaped = to_shapes(effects)
    assert shaped["x"].to_numpy() == pytest.approx(np.log(x / 60_000))
    assert shaped["feature"].unique().tolist() == ["duration"]
    same = explanation.compare_curves(shaped, shaped).iloc[0]
    assert (same["correlation"], same["apart"]) == pytest.approx((1, 0))
    opposite = explanation.compare_curves(shaped, shaped.assign(effect=-shaped["effect"])).iloc[0]
    assert opposite["correlation"] == pytest.approx(-1)


@pytest.mark.parametrize("genres", [True, False])
def test_three_telling_tracks(tracks, genres):
    tracks = tracks if genres else tracks.drop(columns="genre")
    predicted = tracks["valence"].clip(0.2, 0.8).to_numpy(copy=True)
    predicted[7] = 1 - tracks["valence"][7] if abs(tracks["valence"][7] - 0.5) > 0.3 else 0.99
    found = explanation.telling_tracks(tracks, predicted)
    assert found["which"].tolist() == ["right", "wrong", "odd"]
    assert found.index.nunique() == 3
    errors = (found["predicted"] - found["valence"]).abs().tolist()
    assert errors[0] == 0
    assert errors[1] == np.abs(predicted - tracks["valence"]).max()


def test_bars_of_single_predictions_carry_the_tracks_values(tracks):
    told = tracks.iloc[[3, 5, 8]].assign(predicted=0.5, explicit=True, title="T" * 40)
    parts = pd.DataFrame({"duration_ms": [0.1, -0.2, 0.0], "explicit": 0.01, "genre": 0.02,
                          "pitch (12 means)": 0.0}, told.index)  # fmt: skip
    bars = printing.label_contributions(parts, told)
    assert len(bars) == 12
    assert bars["track"].nunique() == 3
    assert bars["sign"].head(3).tolist() == ["up", "down", "down"]
    values = bars.groupby("name")["value"].first()
    assert values["duration_ms"] == f"{tracks['duration_ms'][3] / 60_000:.1f} min"
    assert (values["explicit"], values["pitch (12 means)"]) == ("yes", "")
    assert values["genre"] == tracks["genre"][3]
    assert max(len(line) for title in bars["track"] for line in title.split("\n")) <= 26
