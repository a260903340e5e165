"""Tables of tracks that are odd in one way or in several."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.tracks.made_tracks import as_export, make_tracks


def make_odd(*kinds: str, rows: int = 0, seed: int = 0) -> pd.DataFrame:
    """Return a table, as a file would hold it, that is odd in all the ways named.

    Valence is noise where the seed is even, and else goes with two scores.
    """
    rows = rows or min(KINDS[kind][0] for kind in kinds)
    tracks = as_export(make_tracks(rows, 60, seed))
    rng = np.random.default_rng([seed, 1])
    if seed % 2:
        level = 0.5 * tracks["danceability"] + 0.3 * tracks["energy"] ** 2
        tracks["valence"] = (level + rng.normal(0.1, 0.05, rows)).clip(0.01, 0.99).round(4)
    for kind in kinds:
        tracks = KINDS[kind][1](tracks, rng)
    return tracks


def _with(**columns) -> Callable:
    """Return what sets columns of a table to values."""
    return lambda tracks, rng: tracks.assign(**columns)


def _genres(names: list[str], shares: list[float] | None = None) -> Callable:
    """Return what draws genres from names."""
    return lambda tracks, rng: tracks.assign(genre=rng.choice(names, len(tracks), p=shares))


def _rare_genre(tracks, rng):
    """Give five tracks a genre of their own."""
    rest = rng.choice(["folk", "punk"], len(tracks) - 5)
    return tracks.assign(genre=[*["rare"] * 5, *rest])


def _prolific(share: float) -> Callable:
    """Return what gives one artist a share of the tracks."""

    def odd(tracks, rng):
        theirs = np.arange(len(tracks)) < share * len(tracks)
        return tracks.assign(artists=tracks["artists"].where(~theirs, "Prolific"))

    return odd


def _artists(count: int) -> Callable:
    """Return what draws a first artist for each track from so many."""
    return lambda tracks, rng: tracks.assign(
        artists=[f"Artist {number}" for number in rng.integers(count, size=len(tracks))]
    )


def _leader(share: float, others: int) -> Callable:
    """Return what gives one artist a share of the tracks, and few others the rest."""
    return lambda tracks, rng: _prolific(share)(_artists(others)(tracks, rng), rng)


def _constant_but_one(tracks, rng):
    """Give all tracks but one the same valence."""
    return tracks.assign(valence=[0.9] + [0.5] * (len(tracks) - 1))


def _twins(tracks, rng):
    """Let two scores be one, in the same unit and in another."""
    return tracks.assign(energy=tracks["danceability"], tempo=60 + 100 * tracks["liveness"])


def _halved(tracks, rng):
    """Leave of valence on which side of the middle it is."""
    return tracks.assign(valence=np.where(tracks["valence"] > 0.5, 0.8, 0.2))


def _mostly_one(tracks, rng):
    """Give most tracks one valence."""
    return tracks.assign(valence=tracks["valence"].where(rng.random(len(tracks)) < 0.15, 0.5))


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


def _three_scores(tracks, rng):
    """Leave three scores that vary; the others do so on two tracks in a hundred, or never."""
    shown = FLAT | {"key": 5, "mode": 0, "time_signature": 4}
    for name in ("energy", "tempo", "liveness"):
        del shown[name]
    flat = tracks.assign(**shown)
    few = rng.random(len(tracks)) < 0.005
    flat["instrumentalness"] = tracks["instrumentalness"].where(few, 0.5)
    return flat


SCORES = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness")
FLAT = dict.fromkeys(SCORES, 0.5) | {"loudness": -7.5, "tempo": 120.0, "duration_ms": 200_000}
SOME = {"instrumentalness": 0.0, "liveness": 0.1, "key": 0, "mode": 1, "time_signature": 4}
MANY = [f"genre {number:03d}" for number in range(120)]
LISTS = ["pop, dance pop", "pop, soul", "rock, indie rock, britpop", "rock", "jazz", ""]

KINDS: dict[str, tuple[int, Callable]] = {
    "plain": (300, _with()),
    "no genre": (260, lambda tracks, rng: tracks.drop(columns="genre")),
    "one genre": (260, _with(genre="pop")),
    "rare genre": (300, _rare_genre),
    "six genres": (400, _genres(["blues", "folk", "jazz", "pop", "punk", "soul"])),
    "many genres": (400, _genres(MANY)),
    "a genre each": (230, lambda tracks, rng: tracks.assign(genre=tracks["track_id"])),
    "joined genres": (300, _genres(LISTS)),
    "least": (200, lambda tracks, rng: tracks),
    "bare": (
        230,
        lambda tracks, rng: tracks.drop(columns=["genre", "popularity", "time_signature"]),
    ),
    "few artists": (220, _artists(20)),
    "artist of 30 %": (300, _leader(0.3, 30)),
    "artist of 60 %": (300, _prolific(0.6)),
    "artist of 80 %": (300, _prolific(0.8)),
    "valence twice": (300, lambda tracks, rng: tracks.assign(energy=tracks["valence"])),
    "valence but for one": (300, _constant_but_one),
    "all constant": (300, _with(**FLAT)),
    "all but one constant": (
        300,
        lambda tracks, rng: tracks.assign(**FLAT | {"energy": tracks["energy"]}),
    ),
    "three scores": (300, _three_scores),
    "some constant": (300, _with(**SOME)),
    "numbers lacking": (300, _lacking),
    "coarse": (300, _coarse),
    "scores twice": (300, _twins),
    "valence of two values": (300, _halved),
    "valence mostly one": (300, _mostly_one),
}
# what no study can be made of
REFUSED = (
    "artist of 60 %", "artist of 80 %", "valence twice", "valence but for one", "all constant",
    "all but one constant",
)  # fmt: skip
