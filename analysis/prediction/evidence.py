"""The numbers that the hypotheses about valence are weighed by."""

import logging

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.stats import beta

from analysis import SEED
from analysis.memory import remember
from analysis.prediction import preparing
from analysis.prediction.evaluation import draw_counts, interval_of, scores
from analysis.prediction.learners import build_boosting
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import JOBS, corrected_interval
from analysis.tracks.datasets import load
from analysis.tracks.features import TONIC
from analysis.tracks.harmony import HARMONY, consonance, thirds
from analysis.tracks.schema import PITCHES, TIMBRE
from analysis.tracks.splitting import artist_keys, grouped_folds

log = logging.getLogger("analysis")
MOST_TRACKS = 12_000
# Hundredths of valence at which values pile up, and the side on which their neighbours stand; first
# seen on `tracks114k`.
PILES = {"low": (3, 1), "high": (96, -1)}
_SCORES = (
    "danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness",
    "liveness", "tempo", "duration_ms", "key", "mode", "metre",
)  # fmt: skip
# Pitch means under another name: learners turn columns named pitch to the key, which some of the
# groups lack.
_CHROMA = tuple(f"chroma_{n}" for n in range(12))


def feature_groups(tracks: pd.DataFrame) -> dict[str, list[str]]:
    """Return what belongs to harmony, rhythm, timbre and genre, where present."""
    groups = {
        "harmony": ["key", "mode", *_CHROMA, *TONIC, *HARMONY],
        "rhythm": ["danceability", "tempo", "metre"],
        "timbre": ["energy", "loudness", "acousticness", *TIMBRE],
        "genre": ["genre"],
        "the scores": list(_SCORES),
        "audio analysis": [*_CHROMA, *TONIC, *TIMBRE, *HARMONY],
    }
    columns = set(_features(tracks.head(1)))
    present = {name: [c for c in wanted if c in columns] for name, wanted in groups.items()}
    return {name: wanted for name, wanted in present.items() if wanted}


def all_features(tracks: pd.DataFrame) -> list[str]:
    """Return the columns that "everything" stands for."""
    return list(_features(tracks.head(1)))


@remember
def score_feature_groups(train: pd.DataFrame, n_folds: int = 5, seed: int = SEED) -> pd.DataFrame:
    """Cross-validate boosted trees on groups of features, alone and left out.

    Parameters
    ----------
    train : DataFrame
        Training tracks; more than 12,000 are sampled by artist.
    n_folds, seed : int

    Returns
    -------
    DataFrame
        Columns group, alone (R² of the group alone), low, high, missed (R² that everything loses
        without the group), missed_low, missed_high, gain (R² that the group adds to the scores),
        gain_low, gain_high, share (R² alone, of that of everything), share_low, share_high;
        intervals 95 %, paired by fold and corrected for overlapping folds [@nadeau2003]. The first
        row is "everything".
    """
    sample = draw_artists(train, MOST_TRACKS, seed)
    groups = feature_groups(sample)
    everything = all_features(sample)
    sets = {"everything": everything, **groups}
    sets |= {f"without {g}": [c for c in everything if c not in groups[g]] for g in groups}
    sets |= {f"with {g}": list(dict.fromkeys(groups["the scores"] + groups[g])) for g in groups}
    distinct = {tuple(sorted(columns)): columns for columns in sets.values() if columns}
    log.info("evidence: %d sets of features, %d folds", len(distinct), n_folds)
    found = Parallel(n_jobs=JOBS)(
        delayed(fold_scores_of)(sample, tuple(key), n_folds, seed) for key in distinct
    )
    by_key = dict(zip(distinct, found, strict=True))
    by_set = {n: by_key.get(tuple(sorted(c)), np.zeros(n_folds)) for n, c in sets.items()}
    return pd.DataFrame([_group_row(g, by_set, n_folds) for g in ("everything", *groups)])


@remember
def fold_scores_of(
    tracks: pd.DataFrame, columns: tuple[str, ...], n_folds: int, seed: int
) -> np.ndarray:
    """Return R² of boosted trees on some columns in every fold, of shape (n_folds,)."""
    features, target = _features(tracks)[list(columns)], tracks["valence"].to_numpy()
    found = []
    for fitting, held in grouped_folds(tracks, n_folds, seed):
        # a few larger steps: sets are compared with each other, not with a tuned model
        model = build_boosting(features, rate=0.08, rounds=120, bags=1)
        predicted = model.fit(features.iloc[fitting], target[fitting]).predict(features.iloc[held])
        found.append(scores(target[held], predicted)["r2"])
    return np.array(found)


@remember
def end_piles(tracks: pd.DataFrame, resamples: int = 1000, seed: int = SEED) -> pd.DataFrame:
    """Compare two bins of a hundredth, near the ends of valence, with their inner neighbours.

    Parameters
    ----------
    tracks : DataFrame
        Clean tracks. The place of the bins was first seen on `tracks114k`, and `genres` is six of
        its genres: only `tidytuesday` and `charts` test it, as far as their tracks are others.

    Returns
    -------
    DataFrame
        Columns end ("low", "high", "both"), at (lower bound of the bin; NaN for both), tracks (in
        it), artists (of these), expected (half the tracks of its two inner neighbours), ratio, low,
        high (95 %, artists resampled), beyond (share of all tracks outside the two bins), seen
        (whether the table is one on which the bins were found).
    """
    hundredths = np.floor(tracks["valence"].to_numpy() * 100 + 1e-9).astype(int)
    codes = pd.factorize(artist_keys(tracks["artist"]))[0]
    counts = draw_counts(codes.max() + 1, resamples, seed)
    sums, drawn, rows, who = {}, {}, [], {}
    for end, (place, inwards) in PILES.items():
        inside = hundredths == place
        beside = np.isin(hundredths, [place + inwards, place + 2 * inwards]) / 2
        sums[end], who[end] = np.array([inside.sum(), beside.sum()]), set(codes[inside])
        units = [np.bincount(codes, part, counts.shape[1]) for part in (inside, beside)]
        drawn[end] = counts @ np.stack(units, axis=1)
    sums["both"], drawn["both"] = sum(sums.values()), sum(drawn.values())
    who["both"] = set().union(*who.values())
    about = {"beyond": ((hundredths < 3) | (hundredths > 96)).mean(), "seen": were_seen(tracks)}
    for end, (inside, beside) in sums.items():
        ratios = drawn[end][:, 0] / np.maximum(drawn[end][:, 1], 0.5)
        low, high = interval_of(ratios)
        at = PILES[end][0] / 100 if end in PILES else np.nan
        row = {"end": end, "at": at, "tracks": int(inside), "artists": len(who[end])}
        row |= {"expected": float(beside), "ratio": float(inside / max(beside, 0.5))}
        rows.append({**row, "low": low, "high": high, **about})
    return pd.DataFrame(rows)


def were_seen(tracks: pd.DataFrame) -> bool:
    """Tell whether a table is one on which the bins of `PILES` were found, or a part of it.

    They were found on `tracks114k`, which contains the embedded `genres`: a table is taken for
    either where most of its tracks are in `genres`, or most of those are in it.
    """
    own, embedded = set(tracks["track_id"]), set(load("genres")["track_id"])
    return 2 * len(own & embedded) > min(len(own), len(embedded))


def describe_ends(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the count of tracks by hundredth of valence, beside a beta distribution's.

    Returns
    -------
    DataFrame
        Columns at (lower bound), tracks, expected (of a beta distribution with the mean and
        variance of valence), pile (whether the bin is one of `PILES`).
    """
    valence = tracks["valence"]
    hundredths = np.floor(valence.to_numpy() * 100 + 1e-9).astype(int).clip(0, 99)
    mean, variance = valence.mean(), valence.var()
    size = mean * (1 - mean) / variance - 1
    curve = beta(mean * size, (1 - mean) * size).cdf(np.linspace(0, 1, 101))
    places = [place for place, _ in PILES.values()]
    return pd.DataFrame({
        "at": np.arange(100) / 100,
        "tracks": np.bincount(hundredths, minlength=100),
        "expected": np.diff(curve) * len(tracks),
        "pile": np.isin(np.arange(100), places),
    })  # fmt: skip


@remember
def describe_keys(train: pd.DataFrame, resamples: int = 500, seed: int = SEED) -> pd.DataFrame:
    """Return how valence goes with signs of harmony, alone and with the scores held equal.

    Returns
    -------
    DataFrame
        Columns sign ("major mode", "major over minor third", "consonant intervals"), alone and
        partial (valence per standard deviation; for the mode, major less minor), each with _low
        and _high (95 %, artists resampled), missing for a mode that all tracks share; the last two
        signs need the pitch means.
    """
    signs = {"major mode": (train["mode"] == "major").astype(float)}
    if "pitch_0" in train:
        signs["major over minor third"] = _standard(thirds(train))
        signs["consonant intervals"] = _standard(consonance(train))
    others = _plain_scores(train)
    rows = []
    for name, sign in signs.items():
        alone = _slope(sign, np.ones((len(train), 1)), train, resamples, seed)
        partial = _slope(sign, others, train, resamples, seed)
        names = ("alone", "alone_low", "alone_high", "partial", "partial_low", "partial_high")
        rows.append({"sign": name, **dict(zip(names, (*alone, *partial), strict=True))})
    return pd.DataFrame(rows)


def _features(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return predictors, with columns of harmony where pitch was measured."""
    features = preparing.predictors(tracks)
    if "pitch_0" not in features:
        return features
    renamed = features.rename(columns=dict(zip(PITCHES, _CHROMA, strict=True)))
    return renamed.join(tracks[[name for name in (*TONIC, *HARMONY) if name in tracks]])


def _group_row(group: str, by_set: dict[str, np.ndarray], n_folds: int) -> dict:
    """Return one group's line."""
    row = {"group": group}
    missed = by_set["everything"] - by_set.get(f"without {group}", 0 * by_set["everything"])
    gain = by_set.get(f"with {group}", by_set["everything"]) - by_set["the scores"]
    named = {"alone": by_set[group], "missed": missed, "gain": gain}
    for name, values in named.items():
        prefix = "" if name == "alone" else f"{name}_"
        value, low, high = corrected_interval(values, n_folds)
        row |= {name: value, f"{prefix}low": low, f"{prefix}high": high}
    share, low, high = _paired_ratio(by_set[group], by_set["everything"], n_folds)
    return row | {"share": share, "share_low": low, "share_high": high}


def _paired_ratio(
    parts: np.ndarray, wholes: np.ndarray, n_folds: int
) -> tuple[float, float, float]:
    """Return the ratio of two means over folds, with an interval in which both vary together."""
    # to first order the ratio moves with part less ratio times whole, fold by fold
    whole = wholes.mean()
    if whole <= 0:
        return (np.nan,) * 3
    ratio = parts.mean() / whole
    _, low, high = corrected_interval((parts - ratio * wholes) / whole, n_folds)
    return float(ratio), float(ratio + low), float(ratio + high)


def _plain_scores(tracks: pd.DataFrame) -> np.ndarray:
    """Return a constant and the standardised scores that are amounts and vary."""
    names = [n for n in _SCORES if n in tracks and n not in ("key", "mode", "metre")]
    varied = tracks[[name for name in names if tracks[name].nunique() > 1]]
    return np.column_stack([np.ones(len(tracks)), _standard(varied)])


def _standard(values):
    """Return values with mean 0 and standard deviation 1."""
    return (values - values.mean()) / values.std()


def _slope(
    sign: pd.Series, others: np.ndarray, tracks: pd.DataFrame, resamples: int, seed: int
) -> tuple[float, float, float]:
    """Return the least-squares slope of valence on a sign beside others, with its interval."""
    if sign.nunique() < 2:
        return (np.nan,) * 3
    design, target = np.column_stack([sign, others]), tracks["valence"].to_numpy()
    codes = pd.factorize(artist_keys(tracks["artist"]))[0]
    inverse = np.linalg.pinv(design.T @ design, hermitian=True)  # two scores may be one
    weights = inverse @ design.T @ target
    # the first-order effect of every artist on the slope, resampled: no refit is needed
    shares = (design @ inverse[:, 0]) * (target - design @ weights)
    units = np.bincount(codes, shares)
    drawn = weights[0] + draw_counts(len(units), resamples, seed) @ units
    return (float(weights[0]), *interval_of(drawn))
