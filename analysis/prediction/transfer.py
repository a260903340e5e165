"""Does a formula found on one table hold on another?"""

from collections.abc import Mapping

import pandas as pd

from analysis import SEED
from analysis.prediction.derivation import Formula, derive_formula
from analysis.prediction.evaluation import bootstrap_scores
from analysis.tracks.cleaning import clean
from analysis.tracks.datasets import KNOWN, load
from analysis.tracks.schema import BadInput
from analysis.tracks.splitting import artist_keys, hold_out


def known_tracks() -> dict[str, pd.DataFrame]:
    """Return the clean tracks of every known table that is on this machine, by its name."""
    found = {}
    for name in KNOWN:
        try:
            found[name] = clean(load(name)).tracks
        except BadInput:  # the table is not here: the others are compared without it
            continue
    return found


def derive_elsewhere(
    frames: Mapping[str, pd.DataFrame], audio: bool = False, most: int = 12, seed: int = SEED
) -> dict[str, Formula]:
    """Derive a formula from each table without any artist that any table holds out.

    Tables overlap, so an artist held out of one may be in another; such artists teach nothing.
    Genre and year are not used: their levels differ from table to table.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Clean tracks by the name of their table.
    audio : bool
        Whether the audio analysis may be used; then every table must have it.
    most : int
        Terms at most.
    seed : int

    Returns
    -------
    dict of str to Formula
    """
    splits = {name: hold_out(tracks) for name, tracks in frames.items()}
    held = set().union(*(artist_keys(split.test["artist"]) for split in splits.values()))
    found = {}
    for name, split in splits.items():
        known = artist_keys(split.train["artist"]).isin(held)
        train = split.train[~known].reset_index(drop=True)
        found[name] = derive_formula(train, False, audio, most, seed=seed).formula
    return found


def transfer(
    frames: Mapping[str, pd.DataFrame], formulas: Mapping[str, Formula], seed: int = SEED
) -> pd.DataFrame:
    """Score every table's formula on the held-out tracks of every table.

    Parameters
    ----------
    frames : mapping of str to DataFrame
    formulas : mapping of str to Formula
        What `derive_elsewhere` returns for these tables.
    seed : int

    Returns
    -------
    DataFrame
        Columns trained, tested, tracks, r2, low, high (95 %, artists resampled), mae, agreement
        (squared correlation: R² once the level and spread of the other table are known).
    """
    rows = []
    for tested, tracks in frames.items():
        held = hold_out(tracks).test
        made = pd.DataFrame({name: formula.predict(held) for name, formula in formulas.items()})
        scored = bootstrap_scores(held["valence"], made, held["artist"], 500, seed)
        for trained, part in scored.groupby("model", sort=False):
            by_metric = part.set_index("metric")
            rows.append({
                "trained": trained, "tested": tested, "tracks": len(held),
                "r2": by_metric.loc["r2", "value"], "low": by_metric.loc["r2", "low"],
                "high": by_metric.loc["r2", "high"], "mae": by_metric.loc["mae", "value"],
                "agreement": made[trained].corr(held["valence"]) ** 2,
            })  # fmt: skip
    return pd.DataFrame(rows)
