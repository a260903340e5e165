"""What rival claims about valence are weighed by, and how the numbers are read."""

import logging

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import cross_val_score

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evaluation import draw_counts, interval_of
from analysis.prediction.preparing import predictors
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import JOBS, corrected_interval
from analysis.tracks.datasets import load
from analysis.tracks.features import CATEGORICAL, NUMERIC, TONIC
from analysis.tracks.harmony import HARMONY
from analysis.tracks.schema import PITCHES, TIMBRE
from analysis.tracks.splitting import grouped_folds

log = logging.getLogger("analysis")
MOST_TRACKS = 12_000
ROUNDS, LEAVES = 120, 16  # of boosting
# Hundredths of valence at which values pile up, and the side on which their neighbours stand; first
# seen on `tracks114k`.
PILES = {"low": (3, 1), "high": (96, -1)}
# Pitch means under another name: learners turn columns named pitch to the key, which some of the
# groups lack.
CHROMA = tuple(f"chroma_{number}" for number in range(12))
GROUPS = {
    "harmony": ("key", "mode", *CHROMA, *TONIC, *HARMONY),
    "rhythm": ("danceability", "tempo", "metre"),
    "timbre": ("energy", "loudness", "acousticness", *TIMBRE),
    "genre": ("genre",),
    "scores": (*NUMERIC, *CATEGORICAL),
    "audio analysis": (*CHROMA, *TONIC, *TIMBRE, *HARMONY),
}
# From where on a size is called supporting, and below where it is called refuting. They were set by
# people who had seen the known tables: exploratory, the sizes come first.
FUNCTION = (0.9, 0.5)
THRESHOLDS = {
    "scores": FUNCTION, "harmony": FUNCTION, "rhythm": FUNCTION, "timbre": FUNCTION,
    "genre": FUNCTION, "vector": (0.25, 0.05), "rescaled": (1.5, 1.1), "stable": FUNCTION,
}  # fmt: skip


@remember
def score_feature_groups(train: pd.DataFrame, n_folds: int = 5) -> pd.DataFrame:
    """Cross-validate boosted trees on groups of features alone.

    Index group: "everything", those of `GROUPS` that the table has, and, with the audio analysis,
    "scores and analysis". Columns r2 and gain (on the scores), each with _low and _high: 95%,
    corrected for overlapping folds [@nadeau2003]. Of more than 12,000 tracks, artists are sampled.
    """
    sample = draw_artists(train, MOST_TRACKS)
    features = predictors(sample)
    if "pitch_0" in features:
        renamed = features.rename(columns=dict(zip(PITCHES, CHROMA, strict=True)))
        features = renamed.join(sample[[*TONIC, *HARMONY]])
    sets = {"everything": list(features)}
    for name, wanted in GROUPS.items():
        if own := [column for column in wanted if column in features]:
            sets[name] = own
    if "audio analysis" in sets:
        sets["scores and analysis"] = sets["scores"] + sets["audio analysis"]
    log.info("evidence: %d groups of features, %d folds", len(sets), n_folds)
    folds = grouped_folds(sample, n_folds)
    # not tuned: groups are compared with each other, by one and the same model
    model = HistGradientBoostingRegressor(
        learning_rate=0.08, max_iter=ROUNDS, max_leaf_nodes=LEAVES, random_state=SEED
    )
    scoring = {"cv": folds, "scoring": "r2", "error_score": "raise"}
    found = Parallel(n_jobs=JOBS)(
        delayed(cross_val_score)(model, features[own], sample["valence"], **scoring)
        for own in sets.values()
    )
    by_set = dict(zip(sets, found, strict=True))
    rows = {name: (*corrected_interval(values, n_folds),
                   *corrected_interval(values - by_set["scores"], n_folds))
            for name, values in by_set.items()}  # fmt: skip
    names = [f"{name}{end}" for name in ("r2", "gain") for end in ("", "_low", "_high")]
    return pd.DataFrame.from_dict(rows, "index", columns=names).rename_axis("group")


def end_piles(tracks: pd.DataFrame) -> pd.Series:
    """Compare two bins of a hundredth, near the ends of valence, with their inner neighbours.

    Only tables other than `tracks114k`, of which `genres` is a part, test the bins. The result has
    tracks (in both bins), expected (half of those in the two inner neighbours of each), ratio, low,
    high (95%, artists resampled), seen (whether the bins were found on this table).
    """
    inside, beside = mark_piles(tracks["valence"].to_numpy())
    codes = pd.factorize(tracks["artist_key"])[0]
    units = np.stack([np.bincount(codes, part) for part in (inside, beside)], axis=1)
    drawn = draw_counts(len(units), 1000) @ units
    low, high = interval_of(drawn[:, 0] / np.maximum(drawn[:, 1], 0.5))
    ratio = inside.sum() / max(beside.sum(), 0.5)
    # a table is `tracks114k`, or a part of it, where it shares most tracks with the embedded part
    own, embedded = set(tracks["track_id"]), set(load("genres")["track_id"])
    seen = 2 * len(own & embedded) > min(len(own), len(embedded))
    return pd.Series({"tracks": int(inside.sum()), "expected": float(beside.sum()),
                      "ratio": float(ratio), "low": low, "high": high, "seen": seen})  # fmt: skip


def mark_piles(valence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each track is in a bin of `PILES`, and half of whether it is in one beside."""
    hundredths = np.floor(valence * 100 + 1e-9)
    beside = [place + steps * way for place, way in PILES.values() for steps in (1, 2)]
    inside = [place for place, _ in PILES.values()]
    return np.isin(hundredths, inside), np.isin(hundredths, beside) / 2


def judge_claims(groups: pd.DataFrame, repeats: pd.DataFrame, piles: pd.Series) -> pd.DataFrame:
    """Return the size of the evidence for every claim, and the verdict by `THRESHOLDS`.

    `repeats` is what `ceiling.repeat_measurements` returns. Index claim; columns size, size_low,
    size_high (95%; missing where a table cannot tell) and verdict: "supported" or "not supported"
    where the whole interval lies beyond a threshold, else "undecided", or "not testable here".

    Sizes of groups of features are R² over the agreement of releases, which is taken as known;
    where it is not, all variance is meant. Harmony and timbre cannot be tested without the audio
    analysis, nor the piles on the table on which they were found.
    """
    agreed, heard = repeats["icc"].fillna(1).iloc[0], "audio analysis" in groups.index
    sizes = dict((groups[["r2", "r2_low", "r2_high"]] / agreed).T.items())
    if heard:
        gain = groups.loc["scores and analysis", ["gain", "gain_low", "gain_high"]]
        sizes["vector"] = gain / (agreed - groups.loc["scores", "r2"])
    sizes["rescaled"] = piles[["ratio", "low", "high"]]
    sizes["stable"] = repeats[["icc", "low", "high"]].iloc[0]
    untested = {"rescaled": piles["seen"], "harmony": not heard, "timbre": not heard}
    rows = {}
    for claim, (supported, refuted) in THRESHOLDS.items():
        size, low, high = (float(end) for end in sizes.get(claim, [np.nan] * 3))
        verdict = "undecided"
        if untested.get(claim) or not np.isfinite(size):
            verdict = "not testable here"
        elif low >= supported:
            verdict = "supported"
        elif high < refuted:
            verdict = "not supported"
        rows[claim] = (size, low, high, verdict)
    names = ["size", "size_low", "size_high", "verdict"]
    return pd.DataFrame.from_dict(rows, "index", columns=names).rename_axis("claim")
