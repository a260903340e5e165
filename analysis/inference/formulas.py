"""The ladder of formulas: every rung adds one idea to a rung below it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inference.frames import LEVEL_TRACKS, OTHER, model_frame, small_genres
from analysis.inference.scales import CONTEXT, FACTORS, FEATURES
from analysis.tracks.features import TONIC
from analysis.tracks.schema import TIMBRE, BadInput

# A column that lacks more than this share of its values costs more tracks than it is worth.
MISSING_SHARE = 0.2
# A curve with four pieces needs more points than that to be one.
CURVE_VALUES = 10


@dataclass(frozen=True)
class Term:
    """One term of a formula: patsy's code for it and the columns it reads."""

    code: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Rung:
    """One step of the ladder; `needs` names optional columns without which it does not exist."""

    name: str
    label: str
    terms: tuple[Term, ...]
    reason: str
    needs: tuple[str, ...] = ()

    @property
    def formula(self) -> str:
        """The rung as a patsy formula."""
        return "valence ~ " + (" + ".join(term.code for term in self.terms) or "1")


def _single(columns) -> tuple[Term, ...]:
    """Return one term a column, as it is."""
    return tuple(Term(column, (column,)) for column in columns)


def _spline(column: str, df: int) -> Term:
    """Return a natural cubic spline; its knots are quantiles, so ties at a bound do no harm."""
    return Term(f'cr({column}, df={df}, constraints="center")', (column,))


LINEAR = _single(feature.plain for feature in FEATURES)
TRANSFORMED = _single(feature.shape for feature in FEATURES)
SPLINES = tuple(_spline(feature.shape, 6 if feature.name == "tempo" else 4) for feature in FEATURES)
MUSIC = _single(FACTORS)
INTERACTIONS = (
    Term("danceability:energy", ("danceability", "energy")),
    Term("logit_acousticness:energy", ("logit_acousticness", "energy")),
    Term('cr(tempo, df=4, constraints="center"):danceability', ("tempo", "danceability")),
    Term("mode:key", ("mode", "key")),
)
GENRE = _single(["genre"])
RELEASE = _single(CONTEXT)
ANALYSIS = _single(TONIC + TIMBRE)
_ALL = SPLINES + MUSIC + GENRE + INTERACTIONS

LADDER = (
    Rung("null", "mean only", (), "what any feature has to beat"),
    Rung("linear", "scores, linear", LINEAR, "every score as the endpoint returned it"),
    Rung(
        "transformed", "scores, transformed", TRANSFORMED,
        "skewed scores as logs, piled-up confidences as log odds",
    ),
    Rung(
        "categorical", "+ key, mode, metre", TRANSFORMED + MUSIC,
        "names, not numbers: key 11 is not eleven times key 1",
    ),
    Rung(
        "splines", "scores as splines", SPLINES + MUSIC,
        "an association need not be a straight line",
    ),
    Rung(
        "interactions", "+ interactions", SPLINES + MUSIC + INTERACTIONS,
        "danceable and energetic, acoustic and energetic, major in each key, "
        "and tempo where there is a beat to follow",
    ),
    Rung(
        "genre", "splines + genre", SPLINES + MUSIC + GENRE,
        "what a genre's tracks share beyond their scores", ("genre",),
    ),
    Rung(
        "both", "splines + genre + interactions", SPLINES + MUSIC + GENRE + INTERACTIONS,
        "whether the interactions outlive the genres", ("genre",),
    ),
    Rung(
        "release", "+ popularity, year, explicit", _ALL + RELEASE,
        "what is known about a release beside its sound", CONTEXT,
    ),
    Rung(
        "analysis", "+ pitch and timbre", _ALL + RELEASE + ANALYSIS,
        "means of the audio analysis, pitch turned to the track's own key",
        ("pitch_0", "timbre_0"),
    ),
)


def left_out(tracks: pd.DataFrame) -> pd.DataFrame:
    """Say which columns of the ladder a table cannot serve, and why.

    Returns
    -------
    DataFrame
        Columns `what`, `reason`; empty where nothing is left out.
    """
    frame = model_frame(tracks)
    shapes = {feature.shape for feature in FEATURES if feature.shape != feature.plain}
    rows = [(_plain(name), why) for name, why in _reasons(frame).items() if name not in shapes]
    counted = pd.DataFrame(list(dict.fromkeys(rows + _pooled(tracks))), columns=["what", "reason"])
    joined = counted.groupby("reason", sort=False)["what"].agg(", ".join).reset_index()
    return joined[["what", "reason"]]


def ladder_for(tracks: pd.DataFrame) -> tuple[Rung, ...]:
    """Return the rungs that a table can serve, without the terms that it cannot.

    A rung whose terms are those of an earlier rung is left out; `left_out` says why.

    Raises
    ------
    BadInput
        If valence itself does not vary.
    """
    frame = model_frame(tracks)
    if frame["valence"].nunique() < 2:
        raise BadInput("Column 'valence' has one value only: there is nothing to explain.")
    missing = set(_reasons(frame))
    kept = [_without(rung, missing) for rung in LADDER]
    # what is left of a rung may be an earlier rung: the first of equal ones stays
    first = {rung.terms: rung.name for rung in reversed(kept)}
    return tuple(rung for rung in kept if first[rung.terms] == rung.name)


def usable_columns(tracks: pd.DataFrame) -> set[str]:
    """Return the columns of the ladder that a table can serve."""
    frame = model_frame(tracks)
    return set(_ladder_columns()) - set(_reasons(frame))


def formula_of(tracks: pd.DataFrame, name: str) -> str:
    """Return the formula of one rung for a table, or of the highest rung below it that exists."""
    names = [rung.name for rung in LADDER]
    allowed = names[: names.index(name) + 1]
    return next(r.formula for r in reversed(ladder_for(tracks)) if r.name in allowed)


def complete_rows(tracks: pd.DataFrame) -> np.ndarray:
    """Return a mask of the tracks that lack no value that the table's ladder reads."""
    frame = model_frame(tracks)
    terms = [term for rung in ladder_for(frame) for term in rung.terms]
    columns = sorted({column for term in terms for column in term.columns} | {"valence"})
    return frame[columns].notna().all(axis=1).to_numpy()


def _without(rung: Rung, missing: set[str]) -> Rung:
    """Return a rung without the terms that read a missing column, its label saying what is left."""
    terms = tuple(term for term in rung.terms if not missing & set(term.columns))
    present = [name for name in CONTEXT if name not in missing]
    label = f"+ {', '.join(present)}" if rung.name == "release" else rung.label
    return Rung(rung.name, label, terms, rung.reason, rung.needs)


def _ladder_columns() -> list[str]:
    """Return every column that some rung reads, in the ladder's order."""
    return list(dict.fromkeys(c for rung in LADDER for term in rung.terms for c in term.columns))


def _reasons(frame: pd.DataFrame) -> dict[str, str]:
    """Return, for every column that cannot be used, the reason."""
    found = {name: _reason(frame, name) for name in _ladder_columns()}
    shapes = {feature.plain: feature for feature in FEATURES}
    for name, twin in _twins(frame, [name for name in shapes if not found[name]]).items():
        found[name] = f"in the same order as {twin}, of which it is a copy"
    # a score that cannot be used cannot be used on another scale either
    found |= {shapes[name].shape: why for name, why in found.items() if why and name in shapes}
    return {name: why for name, why in found.items() if why}


def _reason(frame: pd.DataFrame, name: str) -> str:
    """Say why a column cannot be used on its own account; empty where it can."""
    if name not in frame:
        return "not in this table"
    if (missing := frame[name].isna().mean()) > MISSING_SHARE:
        return f"missing for {100 * missing:.0f} % of the tracks"
    if frame[name].nunique() < 2:
        return "the same for every track"
    if name in {feature.plain for feature in FEATURES} and frame[name].nunique() < CURVE_VALUES:
        return f"fewer than {CURVE_VALUES} different values: too few for a curve"
    return ""


def _twins(frame: pd.DataFrame, names: list[str]) -> dict[str, str]:
    """Return scores that order the tracks exactly as an earlier score does, with that score."""
    ranks = frame[names].rank().to_numpy()
    together = np.abs(np.corrcoef(ranks, rowvar=False).reshape(len(names), len(names)))
    pairs = np.argwhere(np.triu(together > 1 - 1e-9, k=1))
    return {names[late]: names[early] for early, late in pairs[::-1]}


def _plain(name: str) -> str:
    """Return a column's name as a reader knows it."""
    if name in TONIC + TIMBRE:
        return "pitch" if name in TONIC else "timbre"
    return {"duration_min": "duration"}.get(name, name)


def _pooled(tracks: pd.DataFrame) -> list[tuple[str, str]]:
    """Say which genres were too small to stand alone."""
    small = small_genres(tracks["genre"]) if "genre" in tracks else []
    reason = f"fewer than {LEVEL_TRACKS} tracks: counted as '{OTHER}'"
    return [(f"genre '{name}'", reason) for name in small if name != OTHER]
