"""Does a formula found on one data set hold on another?"""

from collections.abc import Mapping

import pandas as pd

from analysis.derivation.formula_search import Formula, find_formula
from analysis.prediction.evaluation import bootstrap_scores
from analysis.tracks.splitting import hold_out


def derive_elsewhere(frames: Mapping[str, pd.DataFrame]) -> dict[str, Formula]:
    """Derive a formula of the scores from the training tracks of each data set, by its name.

    Data sets overlap, so artists whom any of them holds out teach nothing. Formulas read columns
    that all data sets have.
    """
    common = set.intersection(*(set(tracks) for tracks in frames.values()))
    splits = {name: hold_out(tracks) for name, tracks in frames.items()}
    held = set().union(*(split.test["artist_key"] for split in splits.values()))
    found = {}
    for name, split in splits.items():
        train = split.train.loc[~split.train["artist_key"].isin(held)].reset_index(drop=True)
        train = train[[column for column in train if column in common]]
        found[name] = find_formula(train, context=False, audio=False).formula
    return found


def transfer(frames: Mapping[str, pd.DataFrame], formulas: Mapping[str, Formula]) -> pd.DataFrame:
    """Score every data set's formula on the held-out tracks of every data set.

    Columns trained, tested, r2, low, high (95% CI over resampled artists).
    """
    parts = []
    for tested, tracks in frames.items():
        held = hold_out(tracks).test
        made = pd.DataFrame({name: formula.predict(held) for name, formula in formulas.items()})
        scored = bootstrap_scores(held["valence"], made, held["artist"], 500)
        r2 = scored[scored["metric"] == "r2"].rename(columns={"model": "trained", "value": "r2"})
        parts.append(r2.assign(tested=tested))
    return pd.concat(parts, ignore_index=True)[["trained", "tested", "r2", "low", "high"]]
