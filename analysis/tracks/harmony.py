"""What the pitch means say about harmony without a key: intervals, contrast, fullness.

The audio analysis gives each track twelve pitch means, one a pitch class, scaled so that the
loudest class of a segment is 1.
"""

import numpy as np
import pandas as pd

from analysis.tracks.schema import PITCHES

INTERVALS = {
    "interval_1": "semitones",
    "interval_2": "whole tones",
    "interval_3": "minor thirds",
    "interval_4": "major thirds",
    "interval_5": "fourths and fifths",
    "interval_6": "tritones",
}
HARMONY = ("pitch_mean", "pitch_least", "pitch_contrast", *INTERVALS, "level_gap")


def describe_harmony(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return columns of harmony, of tracks with the pitch means, that do not depend on the key.

    `pitch_mean`, `pitch_least` (of the twelve means, 0 to 1: how full the harmony is),
    `pitch_contrast` (their standard deviation over their mean), `interval_1` to `interval_6`
    (correlation of the twelve means with themselves, so many semitones apart: positive where
    pitches sound together that form this interval or its complement), and `level_gap`
    (`timbre_0`, the mean level of the segments, less `loudness`; dB, on an offset of 60),
    which is left out where a table has no timbre.
    """
    pitches = tracks[list(PITCHES)].to_numpy(float)
    centred = pitches - pitches.mean(axis=1, keepdims=True)
    spread = np.maximum(centred.var(axis=1), 1e-9)
    columns = {
        "pitch_mean": pitches.mean(axis=1),
        "pitch_least": pitches.min(axis=1),
        # silence has pitch means of 0
        "pitch_contrast": np.sqrt(spread) / np.maximum(pitches.mean(axis=1), 1e-3),
    }
    for number, name in enumerate(INTERVALS, start=1):
        turned = np.roll(centred, -number, axis=1)
        columns[name] = (centred * turned).mean(axis=1) / spread
    if "timbre_0" in tracks:
        columns["level_gap"] = (tracks["timbre_0"] - tracks["loudness"]).to_numpy(float)
    return pd.DataFrame(columns, index=tracks.index)
