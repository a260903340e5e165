"""The scores, the scale on which each enters a formula, and what of a table formulas can read."""

from typing import NamedTuple

import pandas as pd

from analysis.tracks.features import CATEGORICAL, CONTEXT, TONIC
from analysis.tracks.schema import TIMBRE, BadInput

# A level with fewer tracks has no effect of its own to speak of.
LEVEL_TRACKS = 10
OTHER = "other genres"
# A column that lacks more than this share of its values costs more tracks than it is worth.
MISSING_SHARE = 0.2
# A curve with four pieces needs more points than that to be one.
CURVE_VALUES = 10


class Feature(NamedTuple):
    """A score: its name, its column as it is, and its column on the scale of its shape."""

    name: str
    plain: str
    shape: str


# Confidences that pile up at both ends enter as log odds, long right tails as logarithms.
FEATURES = (
    Feature("danceability", "danceability", "danceability"),
    Feature("energy", "energy", "energy"),
    Feature("loudness", "loudness", "loudness"),
    Feature("speechiness", "speechiness", "log_speechiness"),
    Feature("acousticness", "acousticness", "logit_acousticness"),
    Feature("instrumentalness", "instrumentalness", "logit_instrumentalness"),
    Feature("liveness", "liveness", "log_liveness"),
    Feature("tempo", "tempo", "tempo"),
    Feature("duration", "duration_min", "log_duration"),
)


def small_genres(genres: pd.Series) -> list[str]:
    """Return the genres with too few tracks to stand alone."""
    counts = genres.value_counts()
    return sorted(counts.index[counts < LEVEL_TRACKS])


def model_frame(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return clean tracks, one a row, with the factors and numbers that formulas read.

    Levels that no track has are gone, small genres are one, and booleans are numbers.
    """
    names = [name for name in (*CATEGORICAL, "genre") if name in tracks]
    changed = {n: tracks[n].astype("category").cat.remove_unused_categories() for n in names}
    if "explicit" in tracks:
        changed["explicit"] = tracks["explicit"].astype("float")
    if "genre" in tracks and (small := small_genres(genres := changed["genre"])):
        kept = [level for level in genres.cat.categories if level not in small]
        pooled = genres.astype(object).where(~genres.isin(small), OTHER)
        changed["genre"] = pd.Categorical(pooled, [*kept, OTHER])
    return tracks.assign(**changed)


def complete_tracks(tracks: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the tracks whose features formulas can read, and why others cannot be used.

    The first is the `model_frame` of the tracks that lack no value of a usable feature; the second
    has a reason by feature (`tonic_0` to `timbre_11` count as features), or by genre that is not
    told from others. Raises `BadInput` where valence does not vary.
    """
    frame = model_frame(tracks)
    if frame["valence"].nunique() < 2:
        raise BadInput("Column 'valence' has one value only: there is nothing to explain.")
    reasons = {x.name: _reason(frame, x.plain, CURVE_VALUES) or _reason(frame, x.shape)
               for x in FEATURES}  # fmt: skip
    scores = {x.name: x.plain for x in FEATURES if not reasons[x.name]}
    alike = frame[list(scores.values())].corr("spearman").abs() > 1 - 1e-9
    for late, column in scores.items():
        early = next(x for x in scores if x == late or alike.loc[scores[x], column])
        if early != late:
            reasons[late] = f"in the same order as {early}, of which it is a copy"
    others = (*CATEGORICAL, *CONTEXT, *TONIC, *TIMBRE)
    reasons |= {name: _reason(frame, name) for name in others}
    pooled = f"fewer than {LEVEL_TRACKS} tracks: counted as '{OTHER}'"
    small = small_genres(tracks["genre"]) if "genre" in tracks else []
    reasons |= {f"genre '{name}'": pooled for name in small if name != OTHER}
    read = [x for one in FEATURES for x in one[1:] if not reasons[one.name]]
    read += ["valence", *(name for name in others if not reasons[name])]
    whole = frame[frame[read].notna().all(axis=1)].reset_index(drop=True)
    return whole, {name: why for name, why in reasons.items() if why}


def _reason(frame: pd.DataFrame, column: str, least: int = 2) -> str:
    """Say why a column cannot be used on its own account; empty where it can."""
    if column not in frame:
        return "not in this table"
    if (missing := frame[column].isna().mean()) > MISSING_SHARE:
        return f"missing for {100 * missing:.0f} % of the tracks"
    if (values := frame[column].nunique()) < 2:
        return "the same for every track"
    return f"fewer than {least} different values: too few for a curve" if values < least else ""
