"""Tables of tracks that are odd in one way each, with a seed of their own."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.tracks.made_tracks import as_export, make_tracks


def make_odd(kind: str, seed: int = 0) -> pd.DataFrame:
    """Return a table of one kind of `KINDS`, as a file would hold it."""
    rows, odd = KINDS[kind]
    tracks = make_tracks(rows, 60, seed)
    rng = np.random.default_rng([seed, 1])
    if seed % 2:  # every other table has something to find
        level = 0.5 * tracks["danceability"] + 0.3 * tracks["energy"] ** 2
        tracks["valence"] = (level + rng.normal(0.1, 0.05, rows)).clip(0.01, 0.99).round(4)
    return odd(as_export(tracks), rng)


def _with(**columns) -> Callable:
    """Return what sets columns of a table to values."""
    return lambda tracks, rng: tracks.assign(**columns)


def _genres(names: list[str], shares: list[float] | None = None) -> Callable:
    """Return what draws genres from names."""
    return lambda tracks, rng: tracks.assign(genre=rng.choice(names, len(tracks), p=shares))


def _rare_genre(tracks, rng):
    """Give five tracks a genre of their own."""
    return tracks.assign(genre=["rare"] * 5 + ["folk", "punk"] * ((len(tracks) - 5) // 2))


def _prolific(share: float) -> Callable:
    """Return what gives one artist a share of the tracks."""

    def odd(tracks, rng):
        theirs = np.arange(len(tracks)) < share * len(tracks)
        return tracks.assign(artists=tracks["artists"].where(~theirs, "Prolific"))

    return odd


def _constant_but_one(tracks, rng):
    """Give all tracks but one the same valence."""
    return tracks.assign(valence=[0.9] + [0.5] * (len(tracks) - 1))


def _lacking(tracks, rng):
    """Leave out numbers: a few of a needed feature, many of an optional one."""
    few, many = rng.random((2, len(tracks))) < [[0.04], [0.2]]
    return tracks.assign(
        energy=tracks["energy"].mask(few), popularity=tracks["popularity"].mask(many)
    )


def _coarse(tracks, rng):
    """Round every score to tenths."""
    scores = ["valence", "danceability", "energy", "acousticness", "liveness"]
    return tracks.assign(**tracks[scores].round(1).clip(0.1, 0.9))


SCORES = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness")
FLAT = dict.fromkeys(SCORES, 0.5) | {"loudness": -7.5, "tempo": 120.0, "duration_ms": 200_000}
SOME = {"instrumentalness": 0.0, "liveness": 0.1, "key": 0, "mode": 1, "time_signature": 4}
MANY = [f"genre {number:03d}" for number in range(120)]
LISTS = ["pop, dance pop", "pop, soul", "rock, indie rock, britpop", "rock", "jazz", ""]

KINDS: dict[str, tuple[int, Callable]] = {
    "plain": (300, _with()),
    "no genre": (260, lambda tracks, rng: tracks.drop(columns="genre")),
    "one genre": (260, _with(genre="pop")),
    "rare genre": (305, _rare_genre),
    "six genres": (400, _genres(["blues", "folk", "jazz", "pop", "punk", "soul"])),
    "many genres": (400, _genres(MANY)),
    "a genre each": (230, lambda tracks, rng: tracks.assign(genre=tracks["track_id"])),
    "joined genres": (300, _genres(LISTS)),
    "least": (200, lambda tracks, rng: tracks),
    "bare": (
        230,
        lambda tracks, rng: tracks.drop(columns=["genre", "popularity", "time_signature"]),
    ),
    "artist of 60 %": (300, _prolific(0.6)),
    "artist of 80 %": (300, _prolific(0.8)),
    "valence twice": (300, lambda tracks, rng: tracks.assign(energy=tracks["valence"])),
    "valence but for one": (300, _constant_but_one),
    "all constant": (300, _with(**FLAT)),
    "all but one constant": (
        300,
        lambda tracks, rng: tracks.assign(**FLAT | {"energy": tracks["energy"]}),
    ),
    "some constant": (300, _with(**SOME)),
    "numbers lacking": (300, _lacking),
    "coarse": (300, _coarse),
}
