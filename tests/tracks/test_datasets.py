"""Known tables are found, recognised by their content, and described."""

from pathlib import Path

import pandas as pd
import pytest
from made_tracks import as_export, make_tracks

from analysis.tracks import cleaning, datasets
from analysis.tracks.reading import read_tracks
from analysis.tracks.schema import BadInput


def test_embedded_table_from_any_folder(tmp_path, monkeypatch):
    """The embedded table is found relative to the package."""
    monkeypatch.chdir(tmp_path)
    assert len(datasets.load("genres")) == 6000


def test_folder_of_larger_tables(tmp_path, monkeypatch):
    """VALENCE_DATA names the folder; the file may be packed."""
    monkeypatch.setenv("VALENCE_DATA", str(tmp_path))
    with pytest.raises(BadInput, match="analysis download tidytuesday"):
        datasets.load("tidytuesday")
    with pytest.raises(BadInput, match="zenodo"):
        datasets.load("charts")
    as_export(make_tracks(5)).to_csv(tmp_path / "tidytuesday.csv.gz", index=False)
    assert len(datasets.load("tidytuesday")) == 5


@pytest.mark.parametrize("name", ["charts", "tracks114k", "tidytuesday"])
def test_larger_tables_are_those_on_record(name):
    """Where a larger table is on disk, its content has the fingerprint on record."""
    try:
        tracks = datasets.load(name)
    except BadInput:
        pytest.skip(f"{name} is not on this machine")
    assert datasets.fingerprint(tracks) == datasets.KNOWN[name].fingerprint


def test_own_table_is_described():
    """A reader's own table has a name and a title."""
    described = datasets.describe("some/where/mine.csv.gz")
    assert (described.name, described.title) == ("mine", "mine.csv.gz")
    assert datasets.describe("charts").citation


@pytest.mark.parametrize("value", [True, None, 2023, 1e5, {"a": "b.csv"}, [2023]])
@pytest.mark.parametrize("ask", [datasets.locate, datasets.describe, datasets.load])
def test_what_is_no_name_is_told(ask, value):
    """Quarto's own -P reads 2023, null and `a: b.csv` as something else than text."""
    with pytest.raises(BadInput, match=r"no name: run make report DATA=NAME, or .*'data:\"NAME\"'"):
        ask(value)


def test_the_readers_folder(monkeypatch, tmp_path):
    """A leading tilde is the reader's folder where the shell has not said so already."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert datasets.locate("~/my tracks.csv") == tmp_path / "my tracks.csv"
    for name in ("~nobody-of-that-name/x.csv", "~x.csv", "a~/x.csv", "./~/x.csv"):
        assert datasets.locate(name) == Path(name)
        assert datasets.expand(name) == name


def test_fingerprint_ignores_container_and_order(tmp_path):
    """Parquet, semicolons and shuffled rows hold the same table."""
    tracks = make_tracks(50)
    export = as_export(tracks)
    export.to_parquet(tmp_path / "tracks.parquet")
    export.sample(frac=1, random_state=0).to_csv(tmp_path / "tracks.csv", sep=";", decimal=",")
    marks = {datasets.fingerprint(read_tracks(file)) for file in tmp_path.iterdir()}
    assert marks == {datasets.fingerprint(tracks)}
    noisy = tracks.assign(valence=tracks["valence"] + 1e-12)
    assert marks == {datasets.fingerprint(noisy)}


@pytest.mark.parametrize("name", ["valence", "tempo", "key", "track_id", "duration_ms"])
def test_fingerprint_notices_a_change(name):
    """Another score, key, length or identifier is another table, as is a lost row."""
    tracks = make_tracks(50)
    changed = tracks.copy()
    changed.loc[7, name] = "x" if name == "track_id" else (changed.loc[7, name] + 0.001) % 11
    marks = {datasets.fingerprint(table) for table in (tracks, changed, tracks[:-1])}
    assert len(marks) == 3


def test_fingerprint_of_a_clean_table():
    """Categories count as numbers; gaps count too."""
    tracks = make_tracks(300)
    cleaned = cleaning.clean(tracks).tracks
    assert len(datasets.fingerprint(cleaned)) == 64
    gap = tracks.assign(energy=tracks["energy"].where(tracks.index != 3))
    assert datasets.fingerprint(gap) != datasets.fingerprint(tracks)
    assert isinstance(tracks, pd.DataFrame)
