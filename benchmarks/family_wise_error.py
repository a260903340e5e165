"""How often does repeated halving find something where there is nothing?

`python -m benchmarks.family_wise_error`: on 200 tables in which valence has no association with any
feature but artists differ, the share in which any feature is significant after Holm's correction at
5 % (the family-wise error), and the shares of features found when effects are planted.
"""

import numpy as np
import pandas as pd

from analysis.inference import halving, ladders
from analysis.tracks.cleaning import derive_columns

TABLES, TRACKS, ARTISTS = 200, 600, 150


def make_table(random: np.random.Generator, effect: float) -> pd.DataFrame:
    """Return tracks whose valence has artists' levels, noise, and `effect` SDs of two scores."""
    artist = random.integers(0, ARTISTS, TRACKS)
    # an artist's tracks resemble each other in the features, too: errors have to be clustered
    own = random.normal(size=(ARTISTS, 9))[artist] + random.normal(size=(TRACKS, 9))
    unit = 1 / (1 + np.exp(-own))
    names = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness",
             "liveness")  # fmt: skip
    genre = np.array(["a", "b", "c", "d"])[artist % 4]
    noise = random.normal(size=ARTISTS)[artist] + random.normal(size=TRACKS)
    signal = effect * (own[:, 0] - own[:, 1])
    tracks = pd.DataFrame(dict(zip(names, unit.T, strict=False))).assign(
        loudness=-8 + 2 * own[:, 6], tempo=120 + 20 * own[:, 7],
        duration_ms=(200_000 * np.exp(0.2 * own[:, 8])).round(),
        key=pd.Categorical(random.integers(0, 12, TRACKS).astype(str)),
        mode=pd.Categorical(random.choice(["minor", "major"], TRACKS)),
        genre=pd.Categorical(genre), artist=[f"artist {a}" for a in artist],
        valence=1 / (1 + np.exp(-(signal + noise) / 2)),
    )  # fmt: skip
    return derive_columns(tracks)


def found_in(effect: float, tables: int = TABLES) -> pd.DataFrame:
    """Return, a row a table and a column a feature, whether halving finds it significant."""
    rows = []
    for seed in range(tables):
        ladder = ladders.build_ladder(make_table(np.random.default_rng(seed), effect))
        p_values = halving.halve.fresh(ladder, repeats=50, seed=seed).drop(columns="chosen")
        found = halving.aggregate(p_values).set_index("feature")
        rows.append(found["p_halved_holm"] < 0.05)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    nothing = found_in(0.0).any(axis=1)
    print(f"No association, {len(nothing)} tables: any feature significant in {nothing.mean():.1%}")
    planted = found_in(0.3, 50).mean()
    print("Danceability and energy planted, 50 tables; share in which each feature is found:")
    print(planted.map("{:.0%}".format).to_string())
