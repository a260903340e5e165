"""A folder of parts is the table that was divided."""

import pandas as pd
import pytest
from made_tracks import make_tracks

from analysis.__main__ import main
from analysis.tracks.reading import read_layout, read_tracks
from analysis.tracks.schema import BadInput

TRACKS = make_tracks(rows=300).drop(columns="artist")
WRITE = {
    "csv": pd.DataFrame.to_csv,
    "csv.gz": pd.DataFrame.to_csv,
    "parquet": pd.DataFrame.to_parquet,
}


def divide(folder, ending: str = "csv"):
    """Write three parts of one table and return their folder."""
    for number in range(3):
        part = TRACKS.iloc[100 * number : 100 * number + 100]
        WRITE[ending](part, folder / f"part-{number}.{ending}", index=False)
    return folder


@pytest.mark.parametrize("ending", WRITE)
def test_parts_are_read_as_the_table_that_was_divided(ending, tmp_path):
    divide(tmp_path, ending)
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / "notes.txt").touch()
    TRACKS.to_csv(tmp_path.with_suffix(".csv"), index=False)
    layout = read_layout(tmp_path)
    pd.testing.assert_frame_equal(layout.tracks, read_tracks(tmp_path.with_suffix(".csv")))
    assert any("3 parts" in line for line in layout.lines)
    assert any("notes.txt" in line and "_SUCCESS" not in line for line in layout.lines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda part: part.drop(columns="tempo"), "lacks 'tempo'"),
        (lambda part: part.assign(mood=1), "has 'mood'"),
    ],
)
def test_a_part_unlike_the_others_is_refused_by_name(change, said, tmp_path):
    divide(tmp_path, "parquet")
    change(TRACKS.tail(100)).to_parquet(tmp_path / "part-2.parquet", index=False)
    with pytest.raises(BadInput, match=rf"part-2\.parquet.*{said}"):
        read_tracks(tmp_path)


def test_a_part_without_some_numbers_is_like_the_others(tmp_path):
    """A whole number that is missing makes the column one of fractions, or of nothing."""
    whole = TRACKS.assign(popularity=TRACKS["popularity"].astype("Int64"))
    whole.head(150).to_parquet(tmp_path / "a.parquet", index=False)
    whole.tail(150).assign(popularity=None).to_parquet(tmp_path / "b.parquet", index=False)
    assert read_tracks(tmp_path)["popularity"].count() == 150


def test_a_column_of_text_in_one_part_and_of_numbers_in_another_is_read_as_in_one_file(tmp_path):
    divide(tmp_path, "parquet")
    units = TRACKS.tail(100).assign(tempo=TRACKS["tempo"].tail(100).map("{} BPM".format))
    units.to_parquet(tmp_path / "part-2.parquet", index=False)
    assert read_tracks(tmp_path)["tempo"].tolist() == TRACKS["tempo"].tolist()
    percent = TRACKS.tail(100).assign(valence=100 * TRACKS["valence"].tail(100))
    percent.to_parquet(tmp_path / "part-2.parquet", index=False)
    with pytest.raises(BadInput, match="'valence' runs from 0 to 1, but row 201 has"):
        read_tracks(tmp_path)


def test_check_reads_parts_and_nothing_is_written_among_them(tmp_path, capsys):
    divide(tmp_path)
    assert main(["check", str(tmp_path)]) == 0
    assert "Ready for a study" in capsys.readouterr().out
    assert main(["check", str(tmp_path), "--fix", str(tmp_path / "fixed.csv")]) == 2
    assert not (tmp_path / "fixed.csv").exists()
