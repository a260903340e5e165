"""Files as people have them: each is read into the table that it means, or refused by its reason.

Every file in the folder `cases` is `base.csv` written another way, or spoiled in one way.
"""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.tracks.datasets import load
from analysis.tracks.reading import read_layout
from analysis.tracks.schema import PREDICTION, STUDY, BadInput
from analysis.tracks.values import SHARES, to_shares

CASES = Path(__file__).parent / "cases"
PUBLISHED = load("genres")


def find(case: str) -> Path:
    """Return the file of a case, which is CSV where no ending is given."""
    return CASES / (case if "." in case else f"{case}.csv")


BASE = read_layout(CASES / "base.csv").tracks

SHORT = ("Dance", "Energy", "Speech", "Acoustic", "Instrumental", "Live", "Happy")
# file: what is said of it in one line or in several, and the columns that may differ from the base
READ = {
    "base": ("each credit is one name", ()),
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
    "artists_comma": ('credits are split at "," (13 of 16 different ones)', ("artists",)),
    "artists_featuring": ('split at "feat." (13 of 16', ("artists",)),
    "artists_ampersand": ('split at "&" (13 of 16', ("artists",)),
    "percent": (tuple(f"{name}: read as percent; the median is 0." for name in SHARES), ()),
    "percent_in_the_names": (
        tuple(f"{name}_% ({name}): read as percent; the median is 0." for name in SHARES),
        (),
    ),
    "percent_of_one_score": ("valence: read as percent; the median is 0.546", ()),
    "percent_signs": ("valence: read as percent; the median is 0.546", ()),
    "percent_signs_on_shares": ("valence: read from 0 to 1 in spite of % signs", ()),
    "units": (
        (
            "loudness: read from text, '−17.651 dB' as -17.651",
            "tempo: read from text, '188.165 ",
        ),
        (),
    ),
    "lengths_with_a_unit": ("duration: read as text with units; the median is 3:44", ()),
    "lengths_in_words": ("duration: read as text with units; the median is 3:44", ()),
    "thousands": ("""duration_ms: read without marks of thousands, "210'000" as 210000""", ()),
    "decimal_commas": ("", ()),
    "key_in_two_names": ("key: read from text, 'G#/Ab' as 8 (G♯)", ()),
    "key_in_flats": ("key: read from text, 'A♭' as 8 (G♯)", ()),
    "key_in_small_letters": ("key: read from text, 'g#' as 8 (G♯)", ()),
    "key_with_mode": (
        ("key: read from text, 'Abm' as 8 (G♯)", "key (mode): read from text, 'Abm' as 0 (minor)"),
        (),
    ),
    "key_in_words": (
        ("key: read from text, 'G♯ minor' as 8", "key (mode): read from text, 'G♯ minor' as 0 ("),
        (),
    ),
    "key_on_a_wheel": (
        ("Camelot (key): read from text, '11B' as 9 (A)", "Camelot (mode): read from text, '11B'"),
        (),
    ),
    "key_on_another_wheel": ("key: read from text, '11d' as 10 (A♯)", ()),
    "key_from_one": ("key: read as 1 to 12 instead of 0 to 11, with 1 for C", ()),
    "mode_in_words": ("mode: read from text, 'Maj' as 1 (major)", ()),
    "beats": ("time_signature: read from text, '3 beats' as 3", ()),
    "quarters": ("time_signature: read from text, '3/4' as 3", ()),
    "quarters_of_a_spreadsheet": ("time_signature: read from text, '4-Mar' as 3", ()),
    "quarters_as_dates": ("time_signature: read from text, '2024-04-03' as 3", ()),
    "explicit_in_words": ("", ()),
    "analyser_of_playlists": (
        (
            "Time: read as minutes:seconds; the median is 3:44",
            "Key (key): read from text, ",
            "Key (mode): read from text, ",
            *(f"{name} (" for name in SHORT),
        ),
        (),
    ),
    "artists_whole": ("each credit is one name", ("artists", "artist")),
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
    "percent_in_some_rows": "'valence' runs from 0 to 1, but row 3 has 34.91 (and 7 more rows",
    "percent_signs_in_some_rows": "'valence' has a % sign in row 3 and none in row 2: write",
    "percent_or_not": "'instrumentalness' has no value above 1, so that it may be in percent",
    "out_of_ten": "'valence' has no value above 10, so that it may be in percent or not",
    "words_for_valence": "'valence' should hold numbers, but row 2 has 'sad' (and 15 more rows",
    "lengths_with_a_wrong_unit": "'duration_ms' has a median of 0.2235 s, which is not the length",
    "mode_against_key": "'key' and 'mode' contradict each other: row 6 has 'A# major' and minor;",
    "key_in_capitals_and_small_letters": "'key' should hold numbers, but row 3 has 'a' (and 14",
    "dates_beside_beats": "'time_signature' should hold numbers, but row 5 has '4-Apr' (and 3",
    "explicit_unclear": "'explicit' should hold yes or no, but row 4 has 'perhaps' (and 4 more",
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
    lines = [*layout.lines, *caplog.messages]
    wanted = (said,) if isinstance(said, str) else said
    for one in filter(None, wanted):
        assert sum(one in line for line in lines) == 1
    credits = "".join(
        line for line in lines if line.startswith(("credits are split", "each credit"))
    )
    spoken = sum(bool(one) and one not in credits for one in wanted)
    assert len(lines) == bool(credits) + spoken + ("track_id" in apart)
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
    assert list(read["explicit_in_words"]["explicit"][:4]) == [False, True, False, True]
    assert "popularity" not in read["genre_called_pop"] and "year" not in read["date_of_a_chart"]


@pytest.mark.parametrize("decimals", [0, 1, 6])
def test_percent_of_real_tracks_is_read_right_or_refused(decimals):
    """Of any number of tracks; scores that are no percent stay what they are."""
    scores = PUBLISHED[list(SHARES)]
    for rows in (1, 2, 5, 20, 100, 500):
        some = scores.sample(rows, random_state=rows).reset_index(drop=True)
        pd.testing.assert_frame_equal(pd.DataFrame(to_shares(dict(some.items()), [])), some)
        written = (100 * some).map(f"{{:.{decimals}f}}".format)
        try:
            read = pd.DataFrame(to_shares(dict(written.items()), []))
        except BadInput:
            assert rows < 20
        else:
            assert (read - some).abs().max(axis=None) <= 0.51 * 10 ** -(2 + decimals)


def test_check_shows_what_was_read(capsys):
    """Three rows, and the smallest, middle and largest number of every column."""
    assert main(["check", str(CASES / "seconds.csv")]) == 2  # 16 tracks are too few for a study
    said = capsys.readouterr().out
    lines = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line.strip()}
    assert "duration_ms: read as seconds" in said
    header = "median maximum usual 90 % missing row 1 row 2 row 3"
    assert lines["minimum"] == header.split()
    assert lines["duration_ms"][-3:] == ["210,000", "72,000", "108,000"]
    measured = [f"{BASE['key'].agg(how):g}" for how in ("min", "median", "max")]
    assert lines["key"][:7] == [*measured, "0", "to", "11", "0"]
    low, high = (PUBLISHED["tempo"].quantile(end) for end in (0.05, 0.95))
    assert lines["tempo"][3:6] == [f"{low:.3g}", "to", f"{high:.3g}"]
