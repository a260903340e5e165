"""Every usual layout is read into one canonical table; what cannot be read is explained."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_tracks import as_export, make_tracks

from analysis.tracks import reading, schema
from analysis.tracks.aliases import recognise
from analysis.tracks.credits import to_credits, to_genre
from analysis.tracks.values import to_ids, to_years

TRACKS = make_tracks(12)
EXPORT = as_export(TRACKS)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes text or bytes to a file and returns its path."""

    def save(content: str | bytes, name: str = "tracks.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return save


def to_csv(table: pd.DataFrame = EXPORT, **options) -> str:
    """Return a table as delimited text."""
    return table.to_csv(index=False, lineterminator="\n", **options)


def assert_read(path, expected: pd.DataFrame = TRACKS, **options) -> None:
    """Assert that a file is read into the expected canonical table."""
    tracks = reading.read_tracks(path, **options)
    columns = [name for name in schema.BY_NAME if name in expected]
    pd.testing.assert_frame_equal(tracks, expected[columns], check_dtype=False)


CONTAINERS = {
    "comma": to_csv(),
    "tabs": to_csv(sep="\t"),
    "semicolons and decimal commas": to_csv(sep=";", decimal=","),
    "bars": to_csv(sep="|"),
    "byte-order mark": to_csv().encode("utf-8-sig"),
    "UTF-16": to_csv().encode("utf-16"),
    "Windows lines": to_csv().replace("\n", "\r\n"),
    "gzip": gzip.compress(to_csv().encode()),
    "records": EXPORT.to_json(orient="records"),
    "lines of records": EXPORT.to_json(orient="records", lines=True),
    "columns of JSON": EXPORT.to_json(),
    "an object around records": json.dumps({"items": json.loads(EXPORT.to_json(orient="records"))}),
    "an index in front": EXPORT.to_csv(),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers(name, write):
    """One table, whatever it comes in."""
    assert_read(write(CONTAINERS[name]))


def test_parquet(tmp_path):
    """Parquet keeps its types; lists of artists stay lists."""
    listed = EXPORT.assign(artists=[[name, "Guest"] for name in EXPORT["artists"]])
    listed.to_parquet(tmp_path / "tracks.parquet")
    expected = TRACKS.assign(artists=TRACKS["artists"] + "; Guest")
    assert_read(tmp_path / "tracks.parquet", expected)


LAYOUTS = {
    "kaggle 114k": {"title": "track_name", "genre": "track_genre", "album": "album_name"},
    "kaggle 160k": {"track_id": "id", "title": "name", "year": "release_date"},
    "tidytuesday": {
        "title": "track_name", "artists": "track_artist", "popularity": "track_popularity",
        "album": "track_album_name", "year": "track_album_release_date", "genre": "playlist_genre",
    },
    "exportify": {
        "track_id": "Track URI", "title": "Track Name", "artists": "Artist Name(s)",
        "album": "Album Name", "year": "Release Date", "duration_ms": "Duration (ms)",
        "popularity": "Popularity", "genre": "Genres", "danceability": "Danceability",
        "energy": "Energy", "key": "Key", "loudness": "Loudness", "mode": "Mode",
        "speechiness": "Speechiness", "acousticness": "Acousticness",
        "instrumentalness": "Instrumentalness", "liveness": "Liveness", "valence": "Valence",
        "tempo": "Tempo", "time_signature": "Time Signature", "explicit": "Explicit",
    },
    "hit predictor": {"title": "track", "artists": "artist", "track_id": "uri"},
    "19,000 songs": {
        "title": "song_name", "popularity": "song_popularity", "duration_ms": "song_duration_ms",
        "mode": "audio_mode", "valence": "audio_valence", "artists": "artist",
    },
    "spotify features": {"artists": "artist_name", "title": "track_name"},
    "assignment": {"track_id": "song_id", "title": "song_name", "artists": "artist"},
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout, write):
    """Every published naming convention is recognised."""
    full = EXPORT.assign(album="Album", year=1999, explicit=True)
    expected = TRACKS.assign(album="Album", year=1999.0, explicit=True)
    assert_read(write(to_csv(full.rename(columns=LAYOUTS[layout]))), expected)


@pytest.mark.parametrize("mark", [", ", "|", "; "])
def test_the_first_genre_of_a_list(mark, write):
    """A list that stands alone elsewhere is no genre of its own: it made 411 genres of 30."""
    lists = ["pop", "pop,dance pop", "dance pop,pop,rock", "rock", ""]
    joined = [lists[place % 5].replace(",", mark) for place in range(len(EXPORT))]
    found = reading.read_tracks(write(to_csv(EXPORT.assign(genre=joined))))["genre"]
    assert set(found) == {"pop", "dance pop", "rock", ""}
    assert list(found[:5]) == ["pop", "pop", "dance pop", "rock", ""]


@pytest.mark.parametrize(
    "pattern", ["pitch{}", "pitch_{}", "segments_pitch_mean_{}", "pitches_{}", "mean_pitch_{}"]
)
@pytest.mark.parametrize("first", [0, 1])
def test_pitch_names(pattern, first):
    """Twelve pitch columns are recognised, counted from 0 or 1; eleven are not."""
    names = [pattern.format(number + first) for number in range(12)]
    found = recognise([*names, "timbre0"])
    assert [found[f"pitch_{number}"] for number in range(12)] == names
    assert not recognise(names[:11]).keys() & set(schema.PITCHES)
    assert "timbre_0" not in found


def test_web_api_audio_features(write):
    """The API's answer lacks names: enough for a prediction, not for a study."""
    records = json.loads(EXPORT.drop(columns=["title", "artists", "genre", "popularity"])
                         .rename(columns={"track_id": "id"}).to_json(orient="records"))  # fmt: skip
    path = write(json.dumps({"audio_features": [*records, None]}), "features.json")
    expected = TRACKS.drop(columns=["title", "artists", "artist", "genre", "popularity"])
    assert_read(path, expected, needed=schema.PREDICTION)
    with pytest.raises(schema.BadInput, match="no column for title, artists"):
        reading.read_tracks(path)


def test_web_api_tracks_joined_with_features(write):
    """Nested records: names in one object, scores in another."""
    rows = json.loads(EXPORT.to_json(orient="records"))
    records = [
        {
            "id": row.pop("track_id"),
            "name": row.pop("title"),
            "artists": [{"name": row.pop("artists")}, {"name": "Guest"}],
            "audio_features": row,
        }
        for row in rows
    ]
    expected = TRACKS.assign(artists=TRACKS["artists"] + "; Guest")
    assert_read(write(json.dumps(records)), expected)


def test_a_track_named_na(write):
    """ "NA" is a title and a missing number; both together with no artist are nothing."""
    table = EXPORT.astype("str")
    table.loc[0, "title"] = "NA"
    table.loc[1, ["title", "artists"]] = "NA"
    table.loc[2, "energy"] = "NA"
    table.loc[3, "energy"] = "#N/A"
    tracks = reading.read_tracks(write(to_csv(table)))
    assert tracks.loc[0, "title"] == "NA"
    assert tracks.loc[1, ["title", "artists", "artist"]].tolist() == ["", "", ""]
    assert tracks["energy"].isna().tolist() == [False, False, True, True] + [False] * 8


def test_names_of_keys_modes_and_metres(write):
    """One published table writes "C#", "Major" and "4/4"."""
    spelled = EXPORT.assign(
        key=EXPORT["key"].map(lambda key: schema.KEYS[key].replace("♯", "#")),
        mode=EXPORT["mode"].map({0: "Minor", 1: "Major"}),
        time_signature=EXPORT["time_signature"].map("{}/4".format),
    )
    assert_read(write(to_csv(spelled)))


def test_seconds_become_milliseconds(write):
    """A length is in seconds where its name or its size says so."""
    for name in ("duration_s", "duration", "length"):
        table = EXPORT.assign(duration_ms=EXPORT["duration_ms"] / 1000)
        assert_read(write(to_csv(table.rename(columns={"duration_ms": name}))))
    assert_read(write(to_csv(EXPORT.rename(columns={"duration_ms": "duration"}))))


def test_missing_identifiers_are_made_from_the_row(write):
    """Without identifiers a track has the same one in any order of rows."""
    table = EXPORT.drop(columns="track_id")
    ours = reading.read_tracks(write(to_csv(table)))
    theirs = reading.read_tracks(write(to_csv(table[::-1])))
    assert ours["track_id"].is_unique
    assert ours["track_id"].tolist() == theirs["track_id"].tolist()[::-1]


@pytest.mark.parametrize(
    "written",
    [
        "5aAx2yezTd8zXrkmtKl66Z",
        "spotify:track:5aAx2yezTd8zXrkmtKl66Z",
        "https://open.spotify.com/track/5aAx2yezTd8zXrkmtKl66Z?si=abc",
        "https://open.spotify.com/intl-de/track/5aAx2yezTd8zXrkmtKl66Z",
        "https://api.spotify.com/v1/tracks/5aAx2yezTd8zXrkmtKl66Z",
        " 5aAx2yezTd8zXrkmtKl66Z ",
    ],
)
def test_identifiers(written):
    """An identifier is the same as a URI or an address."""
    assert to_ids(pd.Series([written]), "id", []).tolist() == ["5aAx2yezTd8zXrkmtKl66Z"]


def test_episodes_of_a_library_are_rows_among_tracks_and_refused_alone():
    """Their scores are empty, so that the cleaning accounts for them."""
    track, episode, notes = "spotify:track:" + "a" * 22, "spotify:episode:" + "b" * 22, []
    found = to_ids(pd.Series([track, track, episode]), "Track URI", notes)
    assert found.tolist() == ["a" * 22, "a" * 22, episode]
    assert notes == ["Track URI: 1 of 3 rows are episodes of podcasts"]
    with pytest.raises(schema.BadInput, match="has in row 1 the address of an episode"):
        to_ids(pd.Series([episode, track]), "id", [])


CREDITS = [
    ("artists", ["['A', \"B's\"]"], ["A; B's"]),
    ("artists", ['["A", "B"]'], ["A; B"]),
    ("artists", ["A;B", "C, D"], ["A; B", "C, D"]),
    ("Artist Name(s)", ["A,B", "C"], ["A; B", "C"]),
    ("artists", ["A, B"], ["A; B"]),
    ("artists", ["Tyler, The Creator", "A"], ["Tyler, The Creator", "A"]),
    ("artists", ["Tyler, The Creator, Frank Ocean"], ["Tyler, The Creator; Frank Ocean"]),
    ("artists", ["X, The Y", "X, The Y, Z", "Z"], ["X, The Y", "X, The Y; Z", "Z"]),
    ("artist", ["Crosby, Stills & Nash", "A, B"], ["Crosby, Stills & Nash", "A, B"]),
    ("artist", ["A;B"], ["A; B"]),
    ("artist", ["A, B", "A", "B, C", "B"], ["A; B", "A", "B; C", "B"]),
    ("artist", ["A, B", "A, C", "D, E", "D, F"], ["A; B", "A; C", "D; E", "D; F"]),
    ("artist", ["A & B", "A", "C & D", "C", "E & F"], ["A; B", "A", "C; D", "C", "E & F"]),
    (
        "artist",
        ["A & B", "A", "C & D", "E & F", "G & H"],
        ["A & B", "A", "C & D", "E & F", "G & H"],
    ),
    ("artist", ["A x B", "A", "C X D", "C", "Lil Nas X"], ["A; B", "A", "C; D", "C", "Lil Nas X"]),
    ("artist", ["A / B", "A", "C / D", "C", "AC/DC"], ["A; B", "A", "C; D", "C", "AC/DC"]),
    ("artist", ["A with B", "A", "C (with D)", "C"], ["A; B", "A", "C; D", "C"]),
    ("artist", ["A feat. B", "A", "C ft D", "C [Featuring A]"], ["A; B", "A", "C; D", "C; A"]),
    ("artist", ["MC 900 Ft. Jesus", "A", "Little Feat"], ["MC 900 Ft. Jesus", "A", "Little Feat"]),
    (
        "artists",
        ["10,000 Maniacs, A", "Harry Connick, Jr.", "Earth, Wind & Fire"],
        ["10,000 Maniacs; A", "Harry Connick, Jr.", "Earth, Wind & Fire"],
    ),
    ("artists", ["M, N & O", "M, N & O, A"], ["M, N & O", "M, N & O; A"]),
    ("artists", ["M, N & O", "M", "A"], ["M; N & O", "M", "A"]),
    ("artists", ["[unknown]", "[]"], ["[unknown]", ""]),
    ("artists", ["A;A;B"], ["A; B"]),
]


@pytest.mark.parametrize(("name", "written", "expected"), CREDITS)
def test_credits(name, written, expected):
    """Lists, lists in text, and joined names; a comma may belong to a name."""
    assert to_credits(pd.Series(written), name, []).tolist() == expected


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [("Genres", "pop, dance pop,rock", "pop"), ("genres", "pop;rock", "pop"),
     ("genres", "['indie, or so', 'pop']", "indie, or so"), ("Genres", "", ""),
     ("track_genre", "folk, world, & country", "folk, world, & country")],
)  # fmt: skip
def test_first_genre(name, written, expected):
    """A comma parts genres in a column of several, and belongs to the name elsewhere."""
    notes = []
    assert to_genre(pd.Series([written, "jazz"]), name, notes).tolist() == [expected, "jazz"]
    # what is left out is said, and nothing where nothing is
    assert bool(notes) == (expected != written)
    assert all("1 of 2 rows" in note for note in notes)


@pytest.mark.parametrize(
    ("written", "year"),
    [("2019-06-14", 2019), ("1999", 1999), ("14/06/2019", 2019), ("1968-01", 1968),
     ("2019.0", 2019), ("0", None), ("", None), ("unknown", None), ("20190614", 2019)],
)  # fmt: skip
def test_years(written, year):
    """The year is found in dates of any order; nothing is no year."""
    found = to_years(pd.Series([written])).iloc[0]
    assert found == year if year else np.isnan(found)


def test_text_that_is_not_utf8(write):
    """Windows-1252 is read as such, also in a file that is UTF-8 elsewhere."""
    table = EXPORT.copy()
    table.loc[0, "title"], table.loc[1, "title"] = "Été", "Señorita"
    lines = to_csv(table).split("\n")
    mixed = "\n".join(lines[:2]).encode() + b"\n" + "\n".join(lines[2:]).encode("cp1252")
    layout = reading.read_layout(write(mixed))
    assert layout.tracks["title"][:2].tolist() == ["Été", "Señorita"]
    assert any("not UTF-8 in line 3" in line for line in layout.lines)


def test_million_characters_in_a_field(write):
    """A very long field is read whole."""
    table = EXPORT.assign(title="x" * 1_000_000)[:2]
    assert reading.read_tracks(write(to_csv(table)))["title"].str.len().tolist() == [1_000_000] * 2


def test_line_breaks_in_a_field(write):
    """A quoted field may hold line breaks and delimiters."""
    table = EXPORT.copy()
    table.loc[3, "title"] = 'One,\n"two"'
    assert reading.read_tracks(write(to_csv(table))).loc[3, "title"] == 'One,\n"two"'


def test_repeated_column(write):
    """A column that is there twice counts once, unless the two differ."""
    twice = pd.concat([EXPORT, EXPORT["valence"]], axis=1)
    assert_read(write(to_csv(twice)))
    twice.iloc[0, -1] = 0.123
    with pytest.raises(schema.BadInput, match="two columns named 'valence'"):
        reading.read_tracks(write(to_csv(twice)))


def _break(line: int, change) -> str:
    """Return the table as CSV with one of its lines changed (0 is the header)."""
    lines = to_csv().split("\n")
    lines[line] = change(lines[line])
    return "\n".join(lines)


def _put(name: str, value: str, row: int = 4) -> str:
    """Return the table as CSV with one field changed (row 1 is the first)."""
    table = EXPORT.astype("str")
    table.loc[row - 1, name] = value
    return to_csv(table)


BAD = {
    "empty file": ("", "is empty"),
    "blank file": (" \n\n", "is empty"),
    "a quotation mark": ('"', "is empty"),
    "header alone": (_break(0, str).split("\n")[0] + "\n", "no rows"),
    "no such columns": ("a,b,c\n1,2,3\n", "no column for track_id, title.*its columns are a, b, c"),
    "no valence": (to_csv(EXPORT.drop(columns="valence")), "no column for valence;"),
    "ten columns of another kind": (
        ",".join(f"sensor {n}" for n in range(10)) + "\n" + ",".join("1234567890") + "\n",
        "no column for .*valence.* its columns are sensor 0, .*sensor 9: add or rename",
    ),
    "one column in its own words": (
        _put("valence", "glad").replace("valence", "audio_valence"),
        r"Column 'audio_valence' \(valence\) should hold numbers",
    ),
    "a column's name once": (_put("energy", "loud"), "Column 'energy' should hold numbers"),
    "a million characters for a number": (_put("energy", "x" * 1_000_000), "row 5 has 'xxx"),
    "repeated header": (
        to_csv().replace("energy", "danceability", 1),
        "two columns named 'danceability'",
    ),
    "text for a number": (_put("energy", "loud"), r"'energy'.*row 5 has 'loud'"),
    "text for a key": (_put("key", "H"), "'key'.*row 5 has 'H'"),
    "out of range": (_put("valence", "53"), "'valence'.*0 to 1.*row 5 has 53"),
    "below range": (_put("speechiness", "-0.2"), "row 5 has -0.2"),
    "infinite": (_put("loudness", "-inf"), "row 5 has -inf"),
    "fraction of a key": (_put("key", "2.5"), "whole numbers.*row 5 has 2.5"),
    "thousands": (_put("duration_ms", "230,453"), "row 5 has '230,453'"),
    "short row": (_break(4, lambda line: line.rsplit(",", 2)[0]), "ragged: row 5 has"),
    "wide row": (_break(4, lambda line: line + ",1,2"), "ragged: row 5 has"),
    "wide first row": (_break(1, lambda line: line + ",1"), "ragged: row 2 has"),
    "all rows wide": (to_csv().replace("\n", ",9\n").replace("signature,9", "signature"), "ragged"),
    "open quote": (_break(4, lambda line: '"' + line[:-2]), "ragged or broken"),
    "broken gzip": (gzip.compress(to_csv().encode())[:-20], "cannot be read"),
    "broken Parquet": (b"PAR1 not really", "broken Parquet"),
    "broken JSON": ('[{"id": 1,', "broken JSON"),
    "JSON without records": ("[1, 2]", "no list of tracks"),
    "empty JSON": ("[]", "no list of tracks"),
    "broken archive": (b"PK\x03\x04rest", "cannot be read"),
    "broken UTF-16": ("a,b".encode("utf-16") + b"\x00", "broken UTF-16"),
    "binary": (bytes(range(256)) * 20, "binary file, no text"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_sentence(name, write):
    """What was found, where, what to do; nothing but BadInput ever leaves."""
    content, message = BAD[name]
    path = write(content)
    with pytest.raises(schema.BadInput, match=message) as caught:
        reading.read_tracks(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert text.endswith(".")
    assert len(text) < 900


def test_missing_file_and_folder(tmp_path):
    """A path that is no file is named."""
    with pytest.raises(schema.BadInput, match="There is no file"):
        reading.read_tracks(tmp_path / "nothing.csv")
    with pytest.raises(schema.BadInput, match="is a folder"):
        reading.read_tracks(tmp_path)


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=300))
def test_no_bytes_break_the_reader(content, tmp_path_factory):
    """Whatever is in a file, the answer is a table or a sentence."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with pytest.raises(schema.BadInput):
        reading.read_tracks(path)


@settings(max_examples=20, deadline=None)
@example(['"\\'], ",")
@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_any_title_survives(titles, delimiter):
    """Oracle: what pandas wrote is what is read, but for space around it and line ends."""
    from tempfile import TemporaryDirectory

    titles = [title.replace("\r", "").replace("\0", "").encode("utf-8", "ignore").decode()
              for title in titles]  # fmt: skip
    table = EXPORT[: len(titles)].assign(title=titles)
    with TemporaryDirectory() as folder:
        path = f"{folder}/tracks.csv"
        table.to_csv(path, index=False, sep=delimiter, lineterminator="\n")
        assert reading.read_tracks(path)["title"].tolist() == [title.strip() for title in titles]
