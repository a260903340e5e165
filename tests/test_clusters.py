"""Work on a local Dask cluster of separate processes: the same numbers, also if one is killed."""

import os
import signal
import threading
import time

import distributed
import pandas as pd
import pytest

from analysis.clusters import use_scheduler
from analysis.prediction import validation
from analysis.prediction.learners import FOREST, NET
from analysis.prediction.validation import candidate, cross_predictions
from analysis.tracks.cleaning import clean
from analysis.tracks.schema import BadInput
from tests.tracks.made_tracks import make_tracks

ROUNDING = 1e-12


def test_a_killed_worker_changes_no_number(monkeypatch):
    tracks = clean(make_tracks(400, 80)).tracks
    both = [candidate(NET), candidate(FOREST)]
    seed = time.time_ns() % 2**31  # new in every run, or workers would find their results stored
    order = []
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as own,
        use_scheduler(own.scheduler_address),
    ):
        victim = next(iter(own.workers.values())).pid
        killing = threading.Timer(1, lambda: (os.kill(victim, signal.SIGKILL), order.append("x")))
        killing.start()
        there = cross_predictions(both, tracks, repeats=2, seed=seed)
        order.append("end")
        killing.join()
    assert order == ["x", "end"], "the worker was killed too late to show anything"
    monkeypatch.setattr(validation, "JOBS", 1)
    monkeypatch.setattr(validation, "predict_folds", validation.predict_folds.fresh)
    here = cross_predictions(both, tracks, repeats=2, seed=seed)
    # a forest adds up its trees in the order in which threads end
    pd.testing.assert_frame_equal(there, here, rtol=ROUNDING)


def test_an_address_without_scheduler_is_refused(monkeypatch):
    monkeypatch.setattr("analysis.clusters.PATIENCE", 1)
    with pytest.raises(BadInput, match="no Dask cluster"), use_scheduler("tcp://127.0.0.1:9"):
        pass
