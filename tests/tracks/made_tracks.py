"""Tables of tracks made up for the tests."""

import io
import zipfile

import numpy as np
import pandas as pd
import pyarrow

SHARES = (
    "danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness",
    "valence",
)  # fmt: skip


def make_tracks(rows: int = 300, artists: int = 40, seed: int = 0) -> pd.DataFrame:
    """Return a canonical, uncleaned table without repeats or defects."""
    rng = np.random.default_rng(seed)
    names = [f"Artist {number}" for number in rng.integers(artists, size=rows)]
    tracks = {
        "track_id": [f"{seed:04d}{number:018d}" for number in range(rows)],
        "title": [f"Song number {number}" for number in range(rows)],
        "artists": names,
        "artist": names,
        "genre": rng.choice(["folk", "punk", "soul"], rows),
        "popularity": rng.integers(0, 101, rows).astype(float),
        "duration_ms": rng.integers(60_000, 400_000, rows).astype(float),
        **{name: rng.uniform(0.01, 0.99, rows).round(4) for name in SHARES},
        "loudness": rng.uniform(-30, 0, rows).round(3),
        "tempo": rng.uniform(60, 200, rows).round(3),
        "key": rng.integers(0, 12, rows).astype(float),
        "mode": rng.integers(0, 2, rows).astype(float),
        "time_signature": rng.choice([3.0, 4.0, 5.0], rows),
    }
    return pd.DataFrame(tracks).astype(dict.fromkeys(("track_id", "title", "genre"), "str"))


def add_repeats(tracks: pd.DataFrame, repeats: int, seed: int = 0) -> pd.DataFrame:
    """Return the table with further releases: same id, same title, or same scores."""
    rng = np.random.default_rng(seed)
    copies = tracks.iloc[rng.integers(len(tracks), size=repeats)].reset_index(drop=True)
    kinds = rng.integers(3, size=repeats)
    new = copies["track_id"].str.cat([f"-{n}" for n in range(repeats)])
    copies["track_id"] = copies["track_id"].where(kinds == 0, new)
    remastered = copies["title"] + " - Remastered 2011"
    copies["title"] = copies["title"].where(kinds != 1, remastered)
    copies["energy"] = copies["energy"].where(kinds != 1, rng.uniform(0, 1, repeats))
    copies["title"] = copies["title"].where(kinds != 2, "Renamed " + new)
    return pd.concat([tracks, copies], ignore_index=True)


def as_export(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the table as a file would hold it: without derived columns, numbers as whole."""
    whole = ["popularity", "duration_ms", "key", "mode", "time_signature"]
    return tracks.drop(columns="artist").astype(dict.fromkeys(whole, "int64"))


def add_analysis(tracks: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Return the table with means of the audio analysis that go with nothing."""
    rng = np.random.default_rng(seed)
    pitch = {f"pitch_{k}": rng.uniform(0.05, 1, len(tracks)) for k in range(12)}
    timbre = {f"timbre_{k}": rng.normal(0, 20, len(tracks)) for k in range(12)}
    return tracks.assign(**pitch, **timbre)


def pack_zip(content: bytes, *others: str) -> bytes:
    """Return a zip archive of a table, and of other files that hold next to nothing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("tracks.csv", *others):
            archive.writestr(name, content if name == "tracks.csv" else b"nothing")
    return packed.getvalue()


def pack_zstandard(content: bytes) -> bytes:
    """Return what Zstandard makes of bytes."""
    return pyarrow.Codec("zstd").compress(content, asbytes=True)
