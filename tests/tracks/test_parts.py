"""A folder of parts is the table that was divided."""

import pandas as pd
import pytest
from made_tracks import make_tracks

from analysis.__main__ import main
from analysis.tracks import containers, files
from analysis.tracks.containers import _draw_artists
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


MANY = make_tracks(rows=2_000).drop(columns="artist")


def read_divided(folder, order, most, monkeypatch):
    """Read parts of the table, written in an order, of which at most so many fields are held."""
    folder.mkdir()
    for number, place in enumerate(order):
        part = MANY.iloc[500 * place : 500 * place + 500]
        part.to_parquet(folder / f"part-{number}.parquet", index=False)
    monkeypatch.setattr(containers, "MOST_STUDIED", most)
    return read_layout(folder)


def test_of_parts_longer_than_memory_whole_artists_are_drawn(tmp_path, monkeypatch):
    most = 700 * MANY.shape[1]
    found = read_divided(tmp_path / "a", (0, 1, 2, 3), most, monkeypatch)
    drawn, whole = found.tracks, read_divided(tmp_path / "b", (0, 1, 2, 3), 10**9, monkeypatch)
    assert most / 4 < drawn.size < 1.1 * most
    artists = set(drawn["artist"])
    expected = whole.tracks[whole.tracks["artist"].isin(artists)].reset_index(drop=True)
    pd.testing.assert_frame_equal(drawn, expected)
    assert len(artists) < whole.tracks["artist"].nunique()
    assert any(f"of 2,000 rows, too many to be studied at once, the {len(drawn)}" in line
               for line in found.lines)  # fmt: skip
    turned = read_divided(tmp_path / "c", (3, 1, 0, 2), most, monkeypatch).tracks
    assert sorted(turned["track_id"]) == sorted(drawn["track_id"])
    assert len(read_layout(tmp_path / "a", whole=True).tracks) == 2_000


def test_tracks_to_be_predicted_are_read_whole_or_refused(tmp_path, monkeypatch):
    read_divided(tmp_path / "a", (0, 1, 2, 3), 10**9, monkeypatch)
    monkeypatch.setattr(files, "MOST_FIELDS", 1_500 * MANY.shape[1])
    with pytest.raises(BadInput, match="2,000 rows or more, too many to be read"):
        read_layout(tmp_path / "a", whole=True)
    assert len(read_layout(tmp_path / "a").tracks) == 2_000


def test_artists_are_drawn_alike_however_their_names_are_joined():
    """A comma parts names in one part of the table and belongs to them in another."""
    names = ["Ada, Bo", "ada", "Ada feat. Cy", '["Ada", "Di"]', "Ada; Ed", "Ada x Flo"]
    drawn = {
        one_in: [len(_draw_artists(pd.DataFrame({"artists": [one]}), one_in)) for one in names]
        for one_in in (2, 4, 8, 16, 32)
    }
    assert all(len(set(kept)) == 1 for kept in drawn.values())
    others = pd.DataFrame({"artists": [f"artist {number}" for number in range(4_000)]})
    share = len(_draw_artists(others, 4)) / len(others)
    assert share == pytest.approx(1 / 4, abs=0.03)  # four standard errors
