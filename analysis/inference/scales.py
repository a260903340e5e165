"""The scores, the scale on which each enters a formula, and a natural step on it."""

from dataclasses import dataclass

import numpy as np

from analysis.tracks.features import CONTEXT as KNOWN


@dataclass(frozen=True)
class Feature:
    """An audio score: the column as it is, the column on the scale of its shape, and why."""

    name: str
    plain: str
    shape: str
    reason: str = ""


_PILED = "piled up at an end"
_SKEWED = "long right tail"
FEATURES = (
    Feature("danceability", "danceability", "danceability"),
    Feature("energy", "energy", "energy"),
    Feature("loudness", "loudness", "loudness"),
    Feature("speechiness", "speechiness", "log_speechiness", _SKEWED),
    Feature("acousticness", "acousticness", "logit_acousticness", _PILED),
    Feature("instrumentalness", "instrumentalness", "logit_instrumentalness", _PILED),
    Feature("liveness", "liveness", "log_liveness", _SKEWED),
    Feature("tempo", "tempo", "tempo"),
    Feature("duration", "duration_min", "log_duration", _SKEWED),
)
# A natural step on the scale on which a column enters, and its name in words.
_TENTHS = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness")
STEPS = dict.fromkeys(_TENTHS, (0.1, "0.1 more")) | {
    "loudness": (3.0, "3 dB louder"),
    "tempo": (10.0, "10 BPM faster"),
    "duration_min": (1.0, "1 min longer"),
    "log_speechiness": (np.log(2), "twice as much"),
    "log_liveness": (np.log(2), "twice as much"),
    "log_duration": (np.log(2), "twice as long"),
    "logit_acousticness": (np.log(2), "odds doubled"),
    "logit_instrumentalness": (np.log(2), "odds doubled"),
    "popularity": (10.0, "10 points more"),
    "year": (10.0, "10 years later"),
    "explicit": (1.0, "explicit, not clean"),
}
FACTORS = ("key", "mode", "metre")
CONTEXT = tuple(name for name in KNOWN if name != "genre")
