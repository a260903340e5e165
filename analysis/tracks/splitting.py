"""Hold out whole artists: nothing is known of a held-out artist but the audio.

A plain split lets a learner recognise artists, and repeated recordings, on the other side
[@flexer2010]; it is here only to show by how much that flatters.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, StratifiedGroupKFold

from analysis import HOLD_OUT_SEED, SEED
from analysis.tracks.schema import BadInput

QUANTILES = 5
SEVERAL = 0.01


@dataclass(frozen=True)
class Split:
    """Tracks to learn from and tracks held out, each with a fresh index."""

    train: pd.DataFrame
    test: pd.DataFrame


def hold_out(tracks: pd.DataFrame, share: float = 0.2, seed: int = HOLD_OUT_SEED) -> Split:
    """Hold out a share of the tracks as whole artists, balanced in genre and valence.

    `tracks` is a cleaned table, in any order; its `share` is met as closely as one of
    round(1 / share) parts can, and no first artist is on both sides.
    """
    parts = _balanced_parts(tracks, max(2, round(1 / share)), seed)
    sizes = np.bincount(parts)
    # an artist with half of all tracks fills a part of their own, far from the wanted share
    chosen = int(np.argmin(np.abs(sizes - share * len(tracks))))
    return _split(tracks, parts == chosen)


def random_hold_out(tracks: pd.DataFrame, share: float = 0.2, seed: int = SEED) -> Split:
    """Hold out a share of the artists, drawn at random; draws of other seeds are independent.

    Those of `hold_out` are not, as balance leaves chance to the small artists only.
    """
    maker = GroupShuffleSplit(1, test_size=share, random_state=seed)
    _, held = next(maker.split(tracks, groups=_artists(tracks, 2)))
    return _split(tracks, np.isin(np.arange(len(tracks)), held))


def grouped_folds(
    tracks: pd.DataFrame, n_folds: int = 5, seed: int = SEED
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return folds of whole artists, as many in each, drawn at random.

    Each is a pair: positions of the training and of the validation rows, ascending.
    They are not balanced in valence: how scores vary over balanced folds would say too little of
    how they vary over artists, and other seeds would give nearly the same folds.
    """
    maker = GroupKFold(n_folds, shuffle=True, random_state=seed)
    return list(maker.split(tracks, groups=_artists(tracks, n_folds)))


def _artists(tracks: pd.DataFrame, n_parts: int) -> np.ndarray:
    """Return every row's artist by number; too few of them for so many parts are bad input."""
    # scikit-learn compares names one by one, so that time would grow with the square of a table
    names, numbers = np.unique(tracks["artist_key"].to_numpy(dtype=object), return_inverse=True)
    if len(names) < n_parts:
        raise BadInput(
            f"The table has {len(names)} artists, too few for {n_parts} parts of whole artists: "
            "give tracks of more artists."
        )
    return numbers


def _split(tracks: pd.DataFrame, held: np.ndarray) -> Split:
    return Split(tracks[~held].reset_index(drop=True), tracks[held].reset_index(drop=True))


def _balanced_parts(tracks: pd.DataFrame, n_parts: int, seed: int) -> np.ndarray:
    """Return the number of the part of every row, balanced in genre and valence."""
    # sorted rows, so that a file's order cannot matter
    order = np.lexsort([tracks["valence"].to_numpy(), tracks["track_id"].to_numpy(dtype=object)])
    ordered = tracks.iloc[order]
    groups = _artists(ordered, n_parts)
    maker = StratifiedGroupKFold(n_parts, shuffle=True, random_state=seed)
    parts = np.empty(len(tracks), dtype=int)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        for part, (_, held) in enumerate(maker.split(ordered, _strata(ordered, n_parts), groups)):
            parts[order[held]] = part
    return parts


def artist_keys(artists: pd.Series) -> pd.Series:
    """Return artists' names in one spelling of case, so that "MØ" and "mø" are one group."""
    return artists.str.casefold().str.strip()


def _strata(tracks: pd.DataFrame, n_parts: int) -> np.ndarray:
    """Return strata: fifths of valence, by genre where a genre's fifth can be in every part."""
    fifths = pd.qcut(tracks["valence"].rank(method="first"), QUANTILES, labels=False).astype(str)
    if "genre" not in tracks:
        return fifths.to_numpy(dtype=object)
    fine = tracks["genre"].astype(str) + " " + fifths
    enough = fine.map(fine.value_counts()) >= n_parts
    return fine.where(enough, fifths).to_numpy(dtype=object)


def shared_guests(split: Split) -> pd.Series | None:
    """Tell of each held-out track, (n,), whether anybody credited is also on a training track.

    Whole first artists are held out; their guests may be guests, or first, in training.
    None where the source names one artist a track (fewer than one track in a hundred credits
    several), so that nothing is known of guests.
    """
    several = pd.concat([split.train["artists"], split.test["artists"]]).str.contains("; ")
    if several.mean() < SEVERAL:
        return None
    known, credited = (
        artist_keys(part["artists"].str.split("; ").explode()) for part in (split.train, split.test)
    )
    return credited.isin(set(known)).groupby(level=0).any()


def describe_split(split: Split) -> pd.DataFrame:
    """Return both parts' tracks, share, artists, and mean and SD of valence."""
    parts = {"training": split.train, "hold-out": split.test}
    total = len(split.train) + len(split.test)
    rows = [
        (name, len(part), len(part) / total, part["artist"].nunique(),
         part["valence"].mean(), part["valence"].std())
        for name, part in parts.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["part", "tracks", "share", "artists", "mean", "sd"])
