"""The command line says what is in a table."""

import pytest
from made_tracks import add_repeats, as_export, make_tracks

from analysis.__main__ import main


@pytest.fixture
def save(tmp_path):
    """Return a function that writes a table and returns its path."""

    def write(table):
        table.to_csv(tmp_path / "mine.csv", index=False)
        return str(tmp_path / "mine.csv")

    return write


def test_check_of_a_sound_table(save, capsys):
    """Recognised columns, missing ones, unused ones, and the account."""
    table = as_export(add_repeats(make_tracks(300), 30)).rename(columns={"title": "song_name"})
    assert main(["check", save(table.assign(mood="glad"))]) == 0
    printed = capsys.readouterr().out
    assert "title             from song_name" in printed
    assert "Not used: mood" in printed
    assert "Not in the table: album, year, explicit, pitch, timbre" in printed
    assert "Ready for a study: 300 tracks" in printed


def test_check_says_what_a_study_would_leave_out(save, capsys):
    """Optional columns with many gaps, and genres of a few tracks each."""
    table = as_export(make_tracks(300)).assign(genre=[f"genre {n // 4}" for n in range(300)])
    table.loc[:30, "popularity"] = None
    assert main(["check", save(table)]) == 0
    said = [line for line in capsys.readouterr().out.split("\n") if "left out" in line]
    assert [line.split(", ")[0].split()[-1] for line in said] == ["popularity", "genre"]


def test_check_of_a_table_to_be_predicted(save, capsys):
    """A table without valence is good for a prediction."""
    table = as_export(make_tracks(300)).drop(columns="valence")
    assert main(["check", save(table)]) == 0
    assert "can be predicted for this table, but not studied: it lacks valence" in (
        capsys.readouterr().out
    )


def test_bad_input_is_one_sentence_and_exit_code_2(save, capsys):
    """The input is at fault, and the sentence says how."""
    assert main(["check", save(make_tracks(3)[["title"]])]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "no column for" in captured.err


def test_too_few_tracks_are_refused_by_the_file_s_name(save, capsys):
    """A sentence on what cleaning leaves names the file too."""
    path = save(as_export(make_tracks(100)))
    assert main(["check", path]) == 2
    assert capsys.readouterr().err.startswith(f"{path}: 100 unique tracks")


def test_download_of_an_unknown_table(capsys):
    """The command passes the sentence on."""
    assert main(["download", "nothing"]) == 2
    assert "choose one of" in capsys.readouterr().err


def test_a_misspelt_column_is_guessed_by_any_of_its_names(save, capsys):
    """Of tracks and artists too, which files call many names."""
    table = as_export(make_tracks(300)).drop(columns=["title", "artists"], errors="ignore")
    assert main(["study", save(table.assign(trackname="a", artst_name="b"))]) == 2
    said = capsys.readouterr().err
    assert "nearest: 'trackname' for title, 'artst_name' for artists" in said
