"""The embedded table is the one that the datasheet describes, count by count."""

import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.tracks import cleaning, datasets

DATA = Path(__file__).resolve().parents[2] / "data"
SHEET = (DATA / "README.md").read_text(encoding="utf-8")


def _read_section(heading: str) -> dict[str, str]:
    """Return the rows of the two-column table below a heading, without header and rule."""
    section = SHEET.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section, flags=re.MULTILINE)
    return dict(rows[1:])


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Return the raw table."""
    return pd.read_csv(DATA / "genres.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def account() -> pd.Series:
    """Return what cleaning dropped, by reason."""
    cleaned = cleaning.clean(datasets.load("genres"))
    dropped = cleaned.account.set_index("reason")["dropped"]
    dropped["unique"] = len(cleaned.tracks)
    return dropped


def _count(rows: pd.DataFrame, account: pd.Series) -> dict[str, int]:
    """Return every count of the datasheet, computed from the table."""
    ids = rows.drop_duplicates(["track_id", "track_genre"])["track_id"]
    failed = rows[["tempo", "danceability", "valence", "time_signature"]].eq(0).any(axis=1)
    sizes = rows["track_genre"].value_counts()
    assert sizes.min() == sizes.max()
    return {
        "Rows": len(rows),
        "Columns": rows.shape[1],
        "Genres": len(sizes),
        "Rows of each genre": sizes.iloc[0],
        "Distinct identifiers": rows["track_id"].nunique(),
        "Distinct recordings as the report counts them": account["unique"],
        "Artists credited first": rows["artists"].str.split(";").str[0].nunique(),
        "Rows that credit several artists": rows["artists"].str.contains(";").sum(),
        "Rows marked as explicit": rows["explicit"].sum(),
        "Rows called popular": (rows["popular_or_not"] == "popular").sum(),
        "Rows equal to an earlier row in every column": rows.duplicated().sum(),
        "Rows whose identifier an earlier row has": rows["track_id"].duplicated().sum(),
        "Identifiers listed under more than one genre": ids[ids.duplicated()].nunique(),
        "Further rows of a recording that is there under another identifier, by title and artist":
            account["same title and artist"],
        "Further rows of a recording that is there under another identifier, "
        "by equal audio features alone": account["equal audio features"],
        "Popularity 0": (rows["popularity"] == 0).sum(),
        "Loudness above 0 dB": (rows["loudness"] > 0).sum(),
        "Time signature 1, which Spotify does not document": (rows["time_signature"] == 1).sum(),
        "Instrumentalness 0": (rows["instrumentalness"] == 0).sum(),
        "Longer than ten minutes": (rows["duration_ms"] > 600_000).sum(),
        "Empty fields": (rows == "").to_numpy().sum(),
        "Tempo, danceability, valence or time signature 0 (a failed analysis)": failed.sum(),
        "Key −1 (none found)": (rows["key"] == -1).sum(),
    }  # fmt: skip


def test_counts_of_the_datasheet_are_true(rows, account):
    """Every count stated is the count found, and none is stated that is not checked."""
    stated = _read_section("Counts") | _read_section("Known defects")
    found = {label: f"{count:,}" for label, count in _count(rows, account).items()}
    assert stated == found


def test_file_is_the_one_described():
    """The file's SHA-256 and the fingerprint of its content are those stated."""
    content = (DATA / "genres.csv").read_bytes()
    stated = dict(re.findall(r"^\| (.+?) \| `(.+?)` \|$", SHEET, flags=re.MULTILINE))
    assert stated["SHA-256"] == hashlib.sha256(content).hexdigest()
    assert b"\r" not in content
    fingerprint = datasets.fingerprint(datasets.load("genres"))
    assert fingerprint == stated["Fingerprint of the canonical table"]
    assert fingerprint == datasets.KNOWN["genres"].fingerprint


def test_every_column_is_described_once(rows):
    """The datasheet's dictionary has the table's columns in their order."""
    section = SHEET.split("## Columns\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == list(rows.columns)


def test_popularity_label_is_as_described(rows):
    """`popular_or_not` is popularity above 50."""
    assert ((rows["popular_or_not"] == "popular") == (rows["popularity"] > 50)).all()


def test_rows_are_six_genres_of_the_larger_table(rows):
    """The stated origin: equal to the rows of the same genres in the 114-genre table."""
    try:
        path = datasets.locate("tracks114k")
    except ValueError:
        pytest.skip("the 114-genre table is not on this machine")
    larger = pd.read_csv(path, keep_default_na=False)
    larger = larger[larger["track_genre"].isin(rows["track_genre"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows[larger.columns], larger)
