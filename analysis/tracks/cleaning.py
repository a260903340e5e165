"""Keep every recording once, drop what cannot be true, account for each row dropped, add columns.

Judged on the published tables (`data/README.md` has the counts):

- tempo, danceability and time signature 0 come together and mark a failed analysis;
- valence has a floor of 0.00001, at which estimates pile up; exactly 0 comes with failed analyses
  and, seldom, with noise and near-silence: it is a code, not a low value;
- key -1 means that no key was found.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.tracks.features import relative_pitch, with_shapes
from analysis.tracks.harmony import describe_harmony
from analysis.tracks.recordings import growing_numbers
from analysis.tracks.refusals import refuse_unusable
from analysis.tracks.schema import COLUMNS, KEYS, METRES, MODES, PITCHES, STUDY, BadInput, Column
from analysis.tracks.splitting import artist_keys

MINIMUM_TRACKS, MINIMUM_ARTISTS = 200, 20
SPARSE = 0.05
# rows that one genre must have, lest all of them say no more than the names of artists do
LEAST_GENRE = 10
# optional and needed columns of whole numbers
WHOLE = ("popularity", "year", "duration_ms", "time_signature")
FAILED = ("tempo", "danceability", "valence", "time_signature")

# every reason to drop a row, in the order in which they are looked for
REASONS = ANALYSIS, NO_KEY, MISSING, NO_ARTIST = (
    "failed audio analysis (tempo, danceability, valence or time signature 0)",
    "no key found (key -1)",
    "a number is missing",
    "no artist named",
)
# and every sign by which releases of one recording are known, in the order of `recordings.SIGNS`
REPEATS = ("repeated identifier", "same title and artist", "equal audio features")


@dataclass(frozen=True)
class Cleaned:
    """Unique tracks with derived columns, and the account: step, reason, dropped, left."""

    tracks: pd.DataFrame
    account: pd.DataFrame


def clean(tracks: pd.DataFrame) -> Cleaned:
    """Drop unusable rows, keep one release of every recording, encode factors, derive columns.

    Of a recording's releases the most popular is kept, of equally popular ones that with the
    first identifier, so that the order of rows cannot matter.
    Rows that lack a number are dropped; an optional one that more than 5 % of the rows lack is
    left out instead, and so is the genre where none has ten rows.

    `tracks` is a canonical table as `reading.read_tracks` returns it. Returned are tracks sorted by
    identifier with a fresh index, with the columns of `derive_columns`, and the account of every
    row; its first row counts the rows that came in, its last `left` those that came out.
    Raises BadInput where a needed column is missing, fewer than 200 tracks or 20 artists are left,
    or `refusals.refuse_unusable` refuses them.
    """
    lacking = [name for name in STUDY if name not in tracks]
    if lacking:
        raise BadInput(f"The table lacks {', '.join(lacking)}, which a study needs: add columns.")
    tracks = leave_out_small_genres(leave_out_sparse(tracks))
    reasons = unusable(tracks)
    steps = [("rows in", 0), *(_count_reason(reasons, reason) for reason in REASONS)]
    usable = tracks[reasons == ""]
    if usable.empty:
        _refuse_few(usable, _account(steps, len(tracks)))
    numbers = growing_numbers(usable)
    left = [len(usable), *(number.max() + 1 for number in numbers)]
    steps += [(reason, left[i] - left[i + 1]) for i, reason in enumerate(REPEATS)]
    unique = _represent(usable, numbers[-1])
    account = _account(steps, len(tracks))
    _refuse_few(unique, account)
    derived = derive_columns(encode(unique))
    refuse_unusable(derived)
    return Cleaned(derived, account)


def _count_reason(reasons: pd.Series, reason: str) -> tuple[str, int]:
    """Return a reason, with the columns in which numbers are missing, and how many rows it has."""
    alike = reasons[reasons.str.startswith(reason)]
    if reason == MISSING and len(alike):
        names = alike.str.removeprefix(f"{reason}: ").str.split(", ").explode().sort_values()
        columns = ", ".join(f"{name} in {n:,}" for name, n in Counter(names).most_common())
        return f"{reason} ({columns})", len(alike)
    return reason, len(alike)


def unusable(tracks: pd.DataFrame, needed: tuple[str, ...] = STUDY) -> pd.Series:
    """Return why each row cannot be used, the empty text where it can; missing numbers by name.

    `tracks` is uncleaned; `needed` is `schema.PREDICTION` for tracks to be predicted.
    """
    failed = [name for name in FAILED if name in tracks and (name != "valence" or name in needed)]
    lacking = pd.DataFrame({
        column.name: tracks[column.name].isna() | tracks[column.name].isin(column.missing)
        for column in _numbers(tracks) if column.name in needed or not column.required
    })  # fmt: skip
    conditions = [
        (tracks[failed] == 0).any(axis=1),
        tracks["key"] == -1,
        lacking.any(axis=1),
        (tracks["artist"] == "") if "artist" in needed else np.zeros(len(tracks), bool),
    ]
    reasons = pd.Series(np.select(conditions, list(REASONS), ""), index=tracks.index, dtype="str")
    rows = (reasons == MISSING).to_numpy()
    named = [", ".join(lacking.columns[row]) for row in lacking.to_numpy()[rows]]
    reasons[rows] = [f"{MISSING}: {names}" for names in named]
    return reasons


def leave_out_sparse(tracks: pd.DataFrame) -> pd.DataFrame:
    """Leave out optional numbers that more than a twentieth of the rows lack.

    The rest of the table is then not lost for their sake. Rows without any score, as of podcasts
    and local files, which have a length all the same, have no say.
    """
    known = ("valence", "duration_ms")  # of tracks to be predicted the one, of any file the other
    scores = [c.name for c in _numbers(tracks) if c.required and c.name not in known]
    heard = tracks[tracks[scores].notna().any(axis=1)] if scores else tracks
    optional = [c.name for c in _numbers(tracks) if not c.required]
    return tracks.drop(columns=[name for name in optional if heard[name].isna().mean() > SPARSE])


def _numbers(tracks: pd.DataFrame) -> list[Column]:
    return [c for c in COLUMNS if c.kind in ("number", "integer") and c.name in tracks]


def leave_out_small_genres(tracks: pd.DataFrame) -> pd.DataFrame:
    """Leave out the genre where none has enough rows to tell anything of it."""
    if "genre" not in tracks or tracks["genre"].value_counts().max() >= LEAST_GENRE:
        return tracks
    return tracks.drop(columns="genre")


def _represent(tracks: pd.DataFrame, recordings: np.ndarray) -> pd.DataFrame:
    """Return every recording's most popular release, with the genre chosen over all of them."""
    tracks = tracks.assign(recording=recordings)
    if "genre" in tracks:
        tracks["genre"] = tracks["recording"].map(choose_genres(tracks))
    # every column takes part, so that even rows with one identifier have a fixed order
    alike = tracks.duplicated("track_id", keep=False)
    columns = list(tracks.columns.drop(["track_id", "recording"]))
    ties = tracks[alike].drop_duplicates().sort_values(columns)
    ordered = pd.concat([tracks[~alike], ties]).sort_values("track_id", kind="stable")
    if "popularity" in tracks:
        ordered = ordered.sort_values("popularity", ascending=False, kind="stable")
    kept = ordered.drop_duplicates("recording").drop(columns="recording")
    return kept.sort_values("track_id").reset_index(drop=True)


def choose_genres(tracks: pd.DataFrame) -> pd.Series:
    """Return the genre of each recording, from rows with `recording`, `artist` and `genre`.

    It is the genre in which the source lists the recording most often; of equals the one in which
    it lists the first artist most often; then the rarest of the table; then the first by name.
    """
    rows = tracks[["recording", "artist", "genre"]]
    votes = rows.groupby(["recording", "genre"], as_index=False).agg(
        listed=("artist", "size"), artist=("artist", "min")
    )
    ours = rows.groupby(["artist", "genre"]).size().rename("ours")
    size = rows.groupby("genre").size().rename("size")
    votes = votes.join(ours, on=["artist", "genre"]).join(size, on="genre").fillna({"ours": 0})
    ranked = votes.sort_values(
        ["recording", "listed", "ours", "size", "genre"], ascending=[True, False, False, True, True]
    )
    return ranked.drop_duplicates("recording").set_index("recording")["genre"]


def _account(steps: list[tuple[str, int]], rows: int) -> pd.DataFrame:
    account = pd.DataFrame(steps, columns=["reason", "dropped"])
    account.insert(0, "step", range(len(account)))
    return account.assign(left=rows - account["dropped"].cumsum())


def _refuse_few(tracks: pd.DataFrame, account: pd.DataFrame) -> None:
    artists = tracks["artist"].nunique()
    if len(tracks) >= MINIMUM_TRACKS and artists >= MINIMUM_ARTISTS:
        return
    lost = account[account["dropped"] > 0]
    why = "; ".join(f"{row.dropped:,} dropped: {row.reason}" for row in lost.itertuples())
    raise BadInput(
        f"{len(tracks):,} unique tracks of {artists:,} artists are left of "
        f"{account['left'].iloc[0]:,} rows{f' ({why})' if why else ''}: "
        f"give at least {MINIMUM_TRACKS} tracks of {MINIMUM_ARTISTS} artists."
    )


def encode(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the table with key, mode, metre and genre as categories and whole numbers as such.

    Values are those of usable rows: no number that is needed may be missing.
    """
    tracks = tracks.assign(
        key=pd.Categorical.from_codes(tracks["key"].astype(int), list(KEYS)),
        mode=pd.Categorical.from_codes(tracks["mode"].astype(int), list(MODES)),
    )
    if "time_signature" in tracks:
        metres = tracks["time_signature"].map({4: "4/4", 3: "3/4"}).fillna("other")
        tracks["metre"] = pd.Categorical(metres, list(METRES))
    if "genre" in tracks:
        genres = tracks["genre"].replace("", "unknown")
        tracks["genre"] = pd.Categorical(genres, sorted(genres.unique()))
    return tracks.astype({name: "int64" for name in WHOLE if name in tracks})


def derive_columns(tracks: pd.DataFrame) -> pd.DataFrame:
    """Add every column that is derived row by row to an encoded table, once for all.

    They are `artist_key` (`splitting.artist_keys`), those of `features.with_shapes` and, where the
    pitch means are present, of `features.relative_pitch` and `harmony.describe_harmony`.
    """
    derived = with_shapes(tracks).assign(artist_key=artist_keys(tracks["artist"]))
    if not set(PITCHES) <= set(tracks):
        return derived
    return derived.assign(**relative_pitch(tracks), **describe_harmony(tracks))
