"""Simulated tracks that R and Python both analyse, and the numbers that R found.

`python -m tests.inference.simulated_tracks` writes `oracle/tracks.csv`, which `oracle.R` reads.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.tracks.cleaning import derive_columns

FOLDER = Path(__file__).resolve().parent / "oracle"
KEYS = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


def make_tracks(artists: int = 60, seed: int = 1, size: int = 300) -> pd.DataFrame:
    """Return canonical tracks with artist effects, unequal variance and a curve."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 10, artists)
    sizes[0] += size - sizes.sum()
    artist = np.repeat(np.arange(artists), sizes)
    genre = (artist % 3)[:, None] == np.arange(3)
    energy = rng.beta(4, 2, size)
    frame = pd.DataFrame({
        "track_id": [f"id{i:03d}" for i in range(size)],
        "title": [f"song {i}" for i in range(size)],
        "artists": [f"artist {a:02d}" for a in artist],
        "artist": [f"artist {a:02d}" for a in artist],
        "genre": np.array(["blues", "folk", "pop"])[artist % 3],
        "duration_ms": rng.normal(220_000, 40_000, size).clip(60_000).round().astype(int),
        "danceability": rng.beta(5, 3, size),
        "energy": energy,
        "loudness": -14 + 10 * energy + rng.normal(0, 1.5, size),
        "speechiness": rng.beta(1.5, 18, size).clip(0.02),
        "acousticness": rng.beta(0.6, 1.5, size),
        "instrumentalness": np.where(rng.random(size) < 0.5, 0, rng.beta(0.5, 1, size)),
        "liveness": rng.beta(2, 9, size).clip(0.02),
        "tempo": rng.normal(120, 25, size).clip(60),
        "key": np.array(KEYS)[rng.integers(0, 12, size)],
        "mode": np.array(["minor", "major"])[rng.integers(0, 2, size)],
        "time_signature": rng.choice([4, 4, 4, 4, 3, 5], size),
    })  # fmt: skip
    predictor = (
        -1.2 + 2.5 * frame["danceability"] + 1.5 * np.sin(3 * energy) - 0.05 * frame["loudness"]
        + genre @ [0.0, -0.5, 0.6] + rng.normal(0, 0.5, artists)[artist] - 1
        + rng.normal(0, 0.3 + 0.5 * energy, size)
    )  # fmt: skip
    frame["valence"] = 1 / (1 + np.exp(-predictor))
    return frame.round(4)


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return tracks with the categoricals and the columns that cleaning would make."""
    metre = frame["time_signature"].map({4: "4/4", 3: "3/4"}).fillna("other")
    return derive_columns(frame.assign(
        genre=pd.Categorical(frame["genre"]), key=pd.Categorical(frame["key"], KEYS),
        mode=pd.Categorical(frame["mode"], ["minor", "major"]),
        metre=pd.Categorical(metre, ["4/4", "3/4", "other"]),
    ))  # fmt: skip


def read_tracks() -> pd.DataFrame:
    """Return the tracks that R read as cleaning would leave them."""
    return typed(pd.read_csv(FOLDER / "tracks.csv"))


def read_numbers(name: str) -> dict:
    """Return the numbers that R found."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def add_release_facts(frame: pd.DataFrame, seed: int = 6) -> pd.DataFrame:
    """Return tracks with a popularity that valence falls with, and a flag that it does not."""
    rng = np.random.default_rng(seed)
    popularity = (60 - 25 * frame["valence"] + rng.normal(0, 15, len(frame))).clip(0, 100)
    explicit = rng.random(len(frame)) < 0.2
    return frame.assign(popularity=popularity.round().astype(int), explicit=explicit)


if __name__ == "__main__":
    add_release_facts(make_tracks()).to_csv(FOLDER / "tracks.csv", index=False)
