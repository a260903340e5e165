"""The canonical columns of a table of tracks: one source for the checks and the dictionary.

Definitions follow Spotify's Web API reference for audio features and the analyzer documentation
of The Echo Nest [@jehan2014], in this project's own words.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

KEYS = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
MODES = ("minor", "major")
# the reference level comes first: it is the one that formulas leave out
METRES = ("4/4", "3/4", "other")


class BadInput(ValueError):
    """What was found in a user's input, where, and what to do about it, in one sentence."""


@contextlib.contextmanager
def naming(place: str | Path):
    """Put a place, mostly a file, before the sentence on what is wrong in it."""
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{place}: {error}") from error


@dataclass(frozen=True)
class Column:
    """One canonical column: a study needs those that are `required`.

    `low` and `high` bound what may be in a file; `missing` are codes that stand for "not known".
    """

    name: str
    meaning: str
    unit: str
    kind: str
    low: float | None = None
    high: float | None = None
    required: bool = False
    missing: tuple[float, ...] = ()


def _share(name: str, meaning: str, missing: tuple[float, ...] = ()) -> Column:
    return Column(name, meaning, "0 to 1", "number", 0, 1, True, missing)


TIMBRES = (
    "average loudness",
    "brightness",
    "flatness",
    "strength of the attack",
    *(f"shape {number} of the spectral surface" for number in range(5, 13)),
)


COLUMNS = (
    Column("track_id", "Spotify's identifier of the track", "none", "text", required=True),
    Column("title", "name of the track", "none", "text", required=True),
    Column("artists", "all credited artists", "none", "text", required=True),
    Column("artist", "the artist credited first", "none", "text", required=True),
    Column("album", "name of the album or single", "none", "text"),
    Column("genre", "genre in which the source lists the track", "none", "category"),
    Column("popularity", "plays, recent ones above all, ranked", "0 to 100", "integer", 0, 100),
    Column("year", "year of release", "year", "integer", 1850, 2100, missing=(0,)),
    Column("explicit", "the words are marked as explicit", "yes or no", "flag"),
    Column("duration_ms", "length", "ms", "integer", 1, 86_400_000, True, (-1, 0)),
    _share("danceability", "fit for dancing: tempo, steadiness, strength of the beat", (0,)),
    _share("energy", "felt intensity and activity: dynamics, loudness, timbre, onsets"),
    Column("loudness", "loudness averaged over the track", "dB", "number", -100, 20, True),
    _share("speechiness", "presence of spoken words; above 0.66 speech alone"),
    _share("acousticness", "confidence that the track is acoustic"),
    _share("instrumentalness", "likelihood that the track has no vocals"),
    _share("liveness", "likelihood that an audience was present"),
    _share("valence", "musical positiveness: cheerful near 1, sad or angry near 0", (0,)),
    Column("tempo", "estimated beats per minute", "BPM", "number", 0, 400, True, (0,)),
    Column("key", "estimated tonic of the track", "pitch class", "integer", -1, 11, True, (-1,)),
    Column("mode", "major (1) or minor (0)", "none", "integer", 0, 1, True, (-1,)),
    Column("time_signature", "estimated beats in a bar", "beats", "integer", 0, 12, missing=(0,)),
    *(
        Column(f"pitch_{degree}", f"mean strength of pitch class {key} over the segments",
               "0 to 1", "number", 0, 1)
        for degree, key in enumerate(KEYS)
    ),
    *(
        Column(f"timbre_{part}", f"mean timbre coefficient {part}: {meaning}",
               "none", "number", -1000, 1000)
        for part, meaning in enumerate(TIMBRES)
    ),
)  # fmt: skip

BY_NAME = {column.name: column for column in COLUMNS}
PITCHES = tuple(f"pitch_{degree}" for degree in range(12))
TIMBRE = tuple(f"timbre_{part}" for part in range(12))
STUDY = tuple(column.name for column in COLUMNS if column.required)
# what a table must hold for valence to be predicted, not studied
PREDICTION = tuple(
    column.name
    for column in COLUMNS
    if column.required and column.kind != "text" and column.name != "valence"
)
# the scores of one audio analysis; two releases that share all of them share the recording
FEATURES = (
    "danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness",
    "instrumentalness", "liveness", "valence", "tempo",
)  # fmt: skip


def dictionary(tracks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the data dictionary, cut to the columns of a canonical table where one is given.

    One row a column: name, meaning, unit, kind, low, high, required, missing; with `tracks`
    also smallest and largest (NaN where they are no numbers) and levels (distinct values).
    """
    entries = pd.DataFrame([vars(column) for column in COLUMNS])
    if tracks is None:
        return entries
    entries = entries[entries["name"].isin(tracks.columns)].reset_index(drop=True)
    numbers = tracks.select_dtypes("number")
    return entries.assign(
        smallest=entries["name"].map(numbers.min()).astype(float),
        largest=entries["name"].map(numbers.max()).astype(float),
        levels=entries["name"].map(tracks.nunique()),
    )


def validate(tracks: pd.DataFrame) -> pd.DataFrame:
    """Check a cleaned table against the schema and return it.

    Raises BadInput where a column is missing, of a wrong kind, out of its range, or a track is
    there twice.
    """
    import pandera.pandas as pa  # slow to import, and only cleaned tables are checked

    columns = {}
    for column in COLUMNS:
        checks = [pa.Check.in_range(column.low, column.high)] if column.low is not None else []
        if column.missing and column.required:
            checks.append(pa.Check.notin(column.missing))
        types = {"number": "float64", "flag": "bool", "category": "category"}
        columns[column.name] = pa.Column(
            types.get(column.kind),
            checks,
            required=column.required,
            nullable=not column.required,
            unique=column.name == "track_id",
        )
    columns |= {name: pa.Column("category") for name in ("key", "mode")}
    columns["metre"] = pa.Column("category", required=False)
    try:
        return pa.DataFrameSchema(columns).validate(tracks)
    except pa.errors.SchemaError as error:
        raise BadInput(f"The cleaned table does not fit the schema: {error}") from error
