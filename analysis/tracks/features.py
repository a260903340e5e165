"""Columns derived row by row; whatever learns from data lives in the learners' pipelines."""

import numpy as np
import pandas as pd

from analysis.tracks.schema import KEYS, PITCHES, TIMBRE

NUMERIC = (
    "danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness",
    "liveness", "tempo", "duration_ms",
)  # fmt: skip
CATEGORICAL = ("key", "mode", "metre")
AUDIO = PITCHES + TIMBRE
CONTEXT = ("genre", "popularity", "year", "explicit")
TONIC = tuple(f"tonic_{degree}" for degree in range(12))

# half of the smallest step near 1 that the API prints (0.996 is followed by 0.997)
EPSILON = 0.0005


def feature_columns(tracks: pd.DataFrame, genre: bool = True, audio: bool = True) -> list[str]:
    """Return what a learner may use of a cleaned table: never valence, identifiers or names.

    `genre` lets in genre, popularity, year and the explicit mark, `audio` the means of the audio
    analysis, each where present.
    """
    wanted = NUMERIC + CATEGORICAL + (CONTEXT if genre else ()) + (AUDIO if audio else ())
    return [name for name in wanted if name in tracks.columns]


def relative_pitch(tracks: pd.DataFrame) -> pd.DataFrame:
    """Turn the pitch means so that position 0 is the tonic of the track's key.

    Position 3 is then the minor third and position 4 the major third of every track.
    `tracks` is a cleaned table with `key` and `pitch_0` to `pitch_11`; returned are `tonic_0` to
    `tonic_11` on its index, between 0 and 1.
    """
    tonic = pd.Categorical(tracks["key"], categories=list(KEYS)).codes.astype(int)
    positions = (tonic[:, None] + np.arange(12)) % 12
    pitches = tracks[list(PITCHES)].to_numpy()
    turned = np.take_along_axis(pitches, positions, axis=1)
    return pd.DataFrame(turned, columns=list(TONIC), index=tracks.index)


def logit(values: pd.Series) -> pd.Series:
    """Return the log odds of scores between 0 and 1, both ends moved inwards by `EPSILON`."""
    inside = values.clip(EPSILON, 1 - EPSILON)
    return np.log(inside / (1 - inside))


def with_shapes(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return a copy with transforms of features whose raw scale bends their relation with valence.

    - `duration_min`: minutes, so that a coefficient can be read;
    - `log_duration`: the logarithm of the minutes; lengths are skewed and differ by ratios;
    - `log_speechiness`, `log_liveness`: both crowd near 0 and have a long right tail;
    - `logit_acousticness`, `logit_instrumentalness`: confidences that pile up at both ends; 0 is a
      value that Spotify prints, so ends are moved inwards by `EPSILON`;
    - `power_loudness`: decibels as a ratio of amplitudes, 1 at full scale.
    """
    minutes = tracks["duration_ms"] / 60_000
    return tracks.assign(
        duration_min=minutes,
        log_duration=np.log(minutes),
        log_speechiness=np.log(tracks["speechiness"].clip(lower=EPSILON)),
        log_liveness=np.log(tracks["liveness"].clip(lower=EPSILON)),
        logit_acousticness=logit(tracks["acousticness"]),
        logit_instrumentalness=logit(tracks["instrumentalness"]),
        power_loudness=10 ** (tracks["loudness"] / 20),
    )
