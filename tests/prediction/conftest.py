"""Small made-up tables: what is true of them is known."""

import numpy as np
import pandas as pd
import pytest

from analysis.tracks.cleaning import derive_columns
from analysis.tracks.schema import KEYS


def make_tracks(n: int = 400, artists: int = 80, seed: int = 1, noise: float = 0.05):
    """Make clean-looking tracks whose valence is a known function of three features and noise."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "track_id": [f"id{i:05d}" for i in range(n)],
            "title": [f"Song {i}" for i in range(n)],
            "artists": [f"Artist {a}" for a in rng.integers(0, artists, n)],
            "genre": pd.Categorical(rng.choice(["rock", "jazz", "pop"], n)),
            "duration_ms": rng.integers(120_000, 300_000, n),
            "key": pd.Categorical.from_codes(rng.integers(0, 12, n), list(KEYS)),
            "mode": pd.Categorical(rng.choice(["minor", "major"], n), ["minor", "major"]),
            "metre": pd.Categorical(rng.choice(["4/4", "3/4"], n), ["4/4", "3/4", "other"]),
            "loudness": rng.uniform(-20, -3, n),
            "tempo": rng.uniform(70, 180, n),
        }
    )
    for name in ("danceability", "energy", "speechiness", "acousticness", "instrumentalness",
                 "liveness"):  # fmt: skip
        frame[name] = rng.uniform(0.02, 0.98, n)
    frame["artist"] = frame["artists"]
    level = 0.5 * frame["danceability"] + 0.3 * frame["energy"] ** 2
    frame["valence"] = np.clip(level + rng.normal(0, noise, n), 0.01, 0.99)
    return derive_columns(frame)


@pytest.fixture(scope="session")
def tracks():
    """Four hundred tracks by eighty artists."""
    return make_tracks()


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    """Run everything in this process: a pool costs more than such small work."""
    for room in ("validation", "tuning"):
        monkeypatch.setattr(f"analysis.prediction.{room}.JOBS", 1)


@pytest.fixture(autouse=True)
def no_cache(monkeypatch, tmp_path):
    """Keep results of tests out of the project's cache."""
    from joblib import Memory

    monkeypatch.setattr("analysis.memory.store", Memory(tmp_path, verbose=0))
