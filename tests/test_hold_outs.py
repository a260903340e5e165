"""Further hold-outs: everything chosen anew on each training part, nothing shared across."""

import numpy as np
import pandas as pd
import pytest

from analysis import HOLD_OUT_SEED, study
from analysis.prediction import comparison, learners
from analysis.prediction.tuning import Budget
from analysis.tracks.splitting import artist_keys, random_hold_out
from tests.prediction.conftest import make_tracks

BUDGET = Budget("test", 1, 3, 400, 2, (0.5, 1.0))


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """One learner, no network, one process, and a store of its own."""
    from joblib import Memory

    monkeypatch.setattr("analysis.memory.store", Memory(tmp_path, verbose=0))
    monkeypatch.setattr(comparison, "LEARNERS", (learners.NET,))
    monkeypatch.setattr(comparison, "NETWORKS", ())
    for room in ("tuning", "validation"):
        monkeypatch.setattr(f"analysis.prediction.{room}.JOBS", 1)


def test_every_draw_tunes_on_its_own_training_part(quick, monkeypatch):
    tracks, seen = make_tracks(), []

    def watch(learner_list, train, *more):
        seen.append(set(artist_keys(train["artist"])))
        return original(learner_list, train, *more)

    original = comparison.tune
    monkeypatch.setattr(comparison, "tune", watch)
    found = study.score_hold_outs(tracks, BUDGET, 2)
    assert found["seed"].unique().tolist() == [HOLD_OUT_SEED + 1, HOLD_OUT_SEED + 2]
    assert found.groupby("seed")["best"].sum().tolist() == [1, 1]
    for seed, train in zip(found["seed"].unique(), seen, strict=True):
        held = random_hold_out(tracks, seed=seed).test
        assert not train & set(artist_keys(held["artist"]))
    rows = found.set_index(["seed", "model"])
    assert (rows.xs("elastic_net", level="model")["r2"] > 0.3).all()
    assert np.allclose(rows.xs("mean", level="model")["r2"], 0, atol=0.05)


def test_summary_follows_the_method_that_each_draw_chose():
    scored = pd.DataFrame({
        "seed": [1, 1, 2, 2], "model": ["a", "b", "a", "b"], "best": [True, False, False, True],
        "mae": [0.10, 0.12, 0.14, 0.11], "r2": [0.5, 0.4, 0.3, 0.45],
    })  # fmt: skip
    found = study.summarize_hold_outs(scored)
    assert found.loc["chosen", "mae"] == pytest.approx(0.105)
    assert found.loc["a", ["r2_low", "r2", "r2_high"]].tolist() == pytest.approx([0.3, 0.4, 0.5])
    assert found["draws"].tolist() == [2, 2, 2]
    assert study.summarize_hold_outs(pd.DataFrame()).empty
