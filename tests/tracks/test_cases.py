"""Files as people have them: each is read into the table that it means, or refused by its reason.

Every file in the folder `cases` is `base.csv` written another way, or spoiled in one way.
"""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.tracks.reading import read_layout
from analysis.tracks.schema import PREDICTION, STUDY, BadInput

CASES = Path(__file__).parent / "cases"


def find(case: str) -> Path:
    """Return the file of a case, which is CSV where no ending is given."""
    return CASES / (case if "." in case else f"{case}.csv")


BASE = read_layout(CASES / "base.csv").tracks

# file: what is said of it, and the columns that may differ from the base
READ = {
    "base": ("no separator, each field is one name; 0 of 5", ()),
    "seconds": ("duration_ms: read as seconds; the median is 3:44 minutes", ()),
    "minutes": ("duration: read as minutes; the median is 3:44 minutes", ()),
    "minutes_dot_seconds": ("duration: read as minutes.seconds; the median is 3:44 minutes", ()),
    "minutes_colon_seconds": ("read as minutes:seconds; the median is 3:44 minutes", ()),
    "hours_of_a_spreadsheet": ("read as minutes:seconds; the median is 3:44 minutes", ()),
    "row_numbers": ("id is left out: it holds numbers", ("track_id",)),
    "row_numbers_and_uris": ("track_id is left out: it holds numbers", ()),
    "unnamed_ids": ("", ()),
    "genre_called_pop": ("pop is left out: it holds yes or no", ("popularity",)),
    "date_of_a_chart": ("", ()),
    "valence_empty": ("valence is left out: it is empty", ("valence",)),
    "lone_quotes": (
        "in line 4 (and 1 more lines like it) a quotation mark without a pair",
        ("title",),
    ),
    "lone_quotes_in_neighbours": (
        "in line 4 (and 1 more lines like it) a quotation mark",
        ("title",),
    ),
    "lone_quote": ("in line 4 a quotation mark without a pair", ("title",)),
    "backslashes": ("", ("title",)),
    "header_twice": ("the header is repeated in 1 of the rows", ()),
    "title_above": ("the header is in line 3", ()),
    "header_rows": ("the header is in line 3", ()),
    "separator_named_above": ("the header is in line 2", ()),
    "blank_lines": ("", ()),
    "utf16_without_mark": ("read as UTF-16, for which it has no mark", ()),
    "api_pages.json": ("", ()),
    "api_playlist.json": (
        "empty entries (null), as of tracks that the Web API does not know: 1 left out",
        (),
    ),
    "api_by_id.json": ("", ()),
    "api_nulls.json": (
        "empty entries (null), as of tracks that the Web API does not know: 2 left out",
        (),
    ),
    "api_errors.json": ("errors of the Web API (429 Too many requests) in place of tracks: 1", ()),
    "api_tracks_and_features.json": ("their audio features are joined by identifier: 16 and", ()),
    "nested_far.json": ("", ()),
    "artists_comma": ('separated by ","; 13 of 16 different credits split', ("artists",)),
    "artists_featuring": ('separated by "feat."; 13 of 16', ("artists",)),
    "artists_ampersand": ('separated by "&"; 13 of 16', ("artists",)),
    "artists_whole": ("no separator, each field is one name; 0 of 8", ("artists", "artist")),
}
REFUSED = {
    "colon_in_some_rows": "'duration' has lengths with a colon and, in row 2, one without",
    "minutes_in_few_rows": "'duration' holds lengths such as 3.45, in too few rows to tell",
    "lengths_of_no_unit": "'duration_ms' has a median of 4470, which is the length of a track",
    "lengths_of_two_units": "'duration' mixes units: row 2 has 210 .*the median is",
    "numbers_for_titles": "no column for title (track is left out: it holds numbers",
    "energy_twice": "Columns 'energy' and 'Energy' have one meaning and different content",
    "artist_addresses": "'spotify_url' has in row 2 the address of an artist (and 15 more rows",
    "loudness_scaled": "'loudness' runs from 0 to 1 and seems to be scaled; loudness is needed",
    "loudness_standardised": "'loudness' runs from .* and seems to be scaled",
    "tempo_scaled": "'tempo' runs from 0 to 1 and seems to be scaled; tempo is needed in beats",
    "tempo_in_hundredths": "'tempo' runs from 0 to 100 and seems to be scaled",
    "lone_quote_in_a_short_row": "in line 4 a quotation mark has no pair",
    "cut": "row 13, the last, has .* fields, the header 17, as of a file that was cut",
    "scores_empty": "there is not one number for energy, valence",
    "no_header": "has no header: its first line holds values",
    "values.json": "has no header: its first row holds values",
    "misspelt": "(nearest: 'dancability' for danceability, 'Valance' for valence, 'tempo (BPM)'",
    "row_below_titles_and_blank_lines": "'energy' should hold numbers, but row 10 has 'loud'",
    "short_row_below_titles": "is ragged: row 9 has 14 fields, the header 17",
    "api_error.json": "is an error of the Web API (401 The access token expired), no table",
    "features_alone.json": "no column for title, artists; its columns are duration_ms",
    "no_tracks.json": "its columns are height, weight: add",
}


def test_every_case_is_in_the_table():
    assert set(CASES.iterdir()) == {find(case) for case in (*READ, *REFUSED)}


@pytest.mark.parametrize("case", READ)
def test_it_is_read_and_said_in_one_line(case, caplog):
    said, apart = READ[case]
    layout = read_layout(find(case), PREDICTION)
    same = [name for name in BASE if name not in apart]
    pd.testing.assert_frame_equal(layout.tracks[same], BASE[same])
    lines = [layout.credits, *layout.notes, *caplog.messages]
    assert sum(said in line for line in lines) == (1 if said else len(lines))
    assert len(lines) == 1 + bool(said and said not in layout.credits) + ("track_id" in apart)
    assert not any("\n" in line for line in lines)


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_in_one_sentence(case):
    path = find(case)
    with pytest.raises(BadInput) as refused:
        read_layout(path, STUDY)
    said = str(refused.value)
    wanted = REFUSED[case]
    assert wanted in said or re.search(wanted, said)
    assert said.startswith(str(path)) and said.endswith(".") and "\n" not in said


def test_what_may_differ_from_the_base_is_right():
    """Titles with their quotation marks, names that are whole, identifiers of their own."""
    read = {case: read_layout(find(case), PREDICTION).tracks for case in READ}
    assert read["lone_quotes"]["title"][2] == '"Song number 2'
    assert read["lone_quote"]["title"][2] == '"Song number 2'
    assert read["backslashes"]["title"][2] == 'Song "number, 2"'
    assert read["artists_comma"]["artists"][5] == "Artist 0; Guest 5"
    assert list(read["artists_whole"]["artist"][:2]) == ["Tyler, The Creator", "Earth, Wind & Fire"]
    assert read["row_numbers"]["track_id"].str.startswith("row-").all()
    assert "popularity" not in read["genre_called_pop"] and "year" not in read["date_of_a_chart"]


def test_check_shows_what_was_read(capsys):
    """Three rows, and the smallest, middle and largest number of every column."""
    assert main(["check", str(CASES / "seconds.csv")]) == 2  # 16 tracks are too few for a study
    said = capsys.readouterr().out
    lines = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line.strip()}
    assert "duration_ms: read as seconds" in said
    assert lines["minimum"] == [
        "median",
        "maximum",
        "missing",
        *["row", "1", "row", "2", "row", "3"],
    ]
    assert lines["duration_ms"][-3:] == ["210,000", "72,000", "108,000"]
    assert lines["key"][:4] == [f"{BASE['key'].agg(how):g}" for how in ("min", "median", "max")] + [
        "0"
    ]
