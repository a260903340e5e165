"""Every learner learns, predicts within bounds, and survives levels that it did not see."""

import inspect

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analysis.inference.scores import model_frame
from analysis.prediction import learners, preparing
from analysis.prediction.evaluation import scores
from analysis.prediction.learners import formula_learner
from analysis.tracks.harmony import HARMONY
from analysis.tracks.splitting import hold_out

FEW_TREES = {"trees": 20}


def settings_of(learner):
    """Return a learner's defaults with few trees."""
    return learner.defaults() | (FEW_TREES if learner.name == "forest" else {})


@pytest.mark.parametrize("learner", learners.LEARNERS, ids=lambda learner: learner.name)
def test_learner_learns_a_known_function(tracks, learner):
    split = hold_out(tracks)
    fitted = learners.fit_learner(learner, split.train, settings_of(learner))
    predicted = learners.predict(fitted, split.test)
    assert scores(split.test["valence"], predicted)["r2"] > 0.3
    assert predicted.min() >= 0 and predicted.max() <= 1


@pytest.mark.parametrize("learner", learners.LEARNERS, ids=lambda learner: learner.name)
def test_learner_says_the_same_twice(tracks, learner):
    pair = [
        learners.predict(learners.fit_learner(learner, tracks, settings_of(learner)), tracks)
        for _ in range(2)
    ]
    assert np.array_equal(*pair)


@pytest.mark.parametrize("learner", learners.LEARNERS, ids=lambda learner: learner.name)
def test_learner_takes_an_unseen_genre(tracks, learner):
    split = hold_out(tracks)
    fitted = learners.fit_learner(learner, split.train, settings_of(learner))
    changed = split.test.assign(genre=split.test["genre"].cat.rename_categories({"pop": "polka"}))
    assert np.isfinite(learners.predict(fitted, changed)).all()


@pytest.mark.parametrize("learner", learners.LEARNERS, ids=lambda learner: learner.name)
def test_learner_uses_the_audio_analysis(tracks, learner):
    rng = np.random.default_rng(4)
    names = [f"{kind}_{i}" for kind in ("pitch", "timbre") for i in range(12)]
    wide = tracks.assign(**{name: rng.uniform(0, 1, len(tracks)) for name in names})
    wide = wide.drop(columns=["genre", "popularity", "year", "explicit"], errors="ignore")
    fitted = learners.fit_learner(learner, wide, settings_of(learner))
    assert np.isfinite(learners.predict(fitted, wide)).all()


def test_defaults_lie_within_their_ranges():
    for learner in learners.LEARNERS:
        for dimension in learner.space:
            assert dimension.low <= dimension.default <= dimension.high
            assert dimension.meaning


def test_large_tables_get_an_approximate_kernel(tracks, monkeypatch):
    monkeypatch.setattr(learners, "EXACT_KERNEL_ROWS", 100)
    monkeypatch.setattr(learners, "LANDMARKS", 80)
    split = hold_out(tracks)
    fitted = learners.fit_learner(learners.SUPPORT, split.train)
    assert "nystroem" in fitted.named_steps
    linear = fitted.named_steps["linearsvr"]
    assert linear.n_iter_ < linear.max_iter
    assert scores(split.test["valence"], learners.predict(fitted, split.test))["r2"] > 0.3


def test_formula_equals_least_squares(tracks):
    formula = "valence ~ danceability + log_speechiness + logit_acousticness + key + mode + genre"
    one = formula_learner("ols", "OLS", formula)
    fitted = learners.fit_learner(one, tracks)
    frame = model_frame(tracks)
    expected = smf.ols(formula, frame).fit().predict(frame)
    assert learners.predict(fitted, tracks) == pytest.approx(np.clip(expected, 0, 1), abs=1e-8)


def test_predictors_never_hold_the_target_or_names(tracks):
    columns = set(preparing.predictors(tracks))
    assert not columns & {"valence", "track_id", "title", "artist", "artists", "album"}


def test_relative_pitch_is_made_inside_the_pipeline(tracks):
    names = [f"pitch_{i}" for i in range(12)]
    wide = tracks.assign(**{name: float(i) / 12 for i, name in enumerate(names)})
    wide = wide.assign(**{f"timbre_{i}": 0.0 for i in range(12)})
    turned = preparing.turn_pitches(preparing.predictors(wide))
    codes = wide["key"].cat.codes.to_numpy()
    assert turned["tonic_0"].to_numpy() == pytest.approx(codes / 12)


def test_harmony_reaches_every_family_of_learners(tracks):
    names = [f"{kind}_{i}" for kind in ("pitch", "timbre") for i in range(12)]
    values = np.random.default_rng(4).uniform(0, 1, (len(tracks), len(names)))
    wide = tracks.join(pd.DataFrame(values, columns=names, index=tracks.index))
    features = preparing.predictors(wide)
    for arranged in (preparing.turn_pitches(features), preparing.straighten(features)):
        assert set(HARMONY) <= set(arranged)
    without = preparing.turn_pitches(features.drop(columns=names[12:]))
    assert "interval_5" in without and "level_gap" not in without


def test_a_track_without_length_or_sound_is_straightened_to_numbers(tracks):
    silent = {f"pitch_{i}": 0.0 for i in range(12)} | {f"timbre_{i}": 0.0 for i in range(12)}
    empty = preparing.predictors(tracks.assign(duration_ms=0, **silent))
    amounts = preparing.straighten(empty).select_dtypes("number")
    assert np.isfinite(amounts.to_numpy(float)).all()


def test_boosting_grows_with_a_table_longer_than_a_search_sees(tracks, monkeypatch):
    features = preparing.predictors(tracks)
    plain = learners.build_boosting(features).estimators[0][1][-1]
    monkeypatch.setattr(learners, "SEARCHED_ROWS", len(features) / 4)
    grown = learners.build_boosting(features).estimators[0][1][-1]
    assert (plain.max_iter, plain.max_leaf_nodes, plain.learning_rate) == (250, 12, 0.05)
    assert (grown.max_iter, grown.max_leaf_nodes) == (500, 24)
    assert grown.learning_rate == pytest.approx(0.05 / 2**0.5)


@pytest.mark.parametrize("learner", learners.LEARNERS, ids=lambda one: one.name)
def test_what_a_search_tries_first_is_what_a_builder_does_unasked(learner):
    said = inspect.signature(learner.build).parameters
    assert learner.defaults() == {d.name: said[d.name].default for d in learner.space}


def test_boosting_is_the_mean_of_sequences_that_differ(tracks):
    features, valence = preparing.predictors(tracks), tracks["valence"]
    fitted = learners.build_boosting(features, rounds=20).fit(features, valence)
    each = np.array([one.predict(features) for one in fitted.estimators_])
    assert fitted.predict(features) == pytest.approx(each.mean(axis=0))
    assert (each.std(axis=0) > 0).any()


def test_a_formula_predicts_small_genres_as_it_does_many_tracks(tracks):
    """Genres with enough tracks in training keep their own level, however few are predicted."""
    one = formula_learner("ols", "OLS", "valence ~ danceability + genre")
    fitted = learners.fit_learner(one, tracks, one.defaults())
    whole = learners.predict(fitted, tracks)
    few = tracks.index[::40]
    assert tracks.loc[few, "genre"].value_counts().min() < 10
    assert learners.predict(fitted, tracks.loc[few]) == pytest.approx(whole[few], abs=1e-12)
