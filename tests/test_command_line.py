"""The command line: what it writes, what it says, and how it refuses."""

import functools
import json
import os

import numpy as np
import pandas as pd
import pytest
from joblib import Memory

from analysis import study
from analysis.__main__ import main, split_names
from analysis.prediction import given_tracks
from analysis.prediction.learners import NET
from analysis.tracks import datasets
from tests.tracks.made_tracks import as_export, make_tracks


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path_factory):
    """One quick method, one process, a cache of its own."""
    monkeypatch.setattr("analysis.memory.store", Memory(tmp_path_factory.mktemp("c"), verbose=0))
    for room in ("validation", "tuning"):
        monkeypatch.setattr(f"analysis.prediction.{room}.JOBS", 1)
    quick = functools.partial(given_tracks.predict_given, members=(NET,))
    monkeypatch.setattr(given_tracks, "predict_given", quick)


@pytest.fixture
def tables(tmp_path):
    """A list of 30 tracks, the last without a tempo, and a table that holds 10 of them."""
    training, given = learnable(300, 40, seed=1), learnable(30, 10, seed=2)
    given.loc[29, "tempo"] = 0
    as_export(given).to_csv(tmp_path / "list.csv", index=False)
    both = pd.concat([as_export(training), as_export(given).head(10)])
    both.to_csv(tmp_path / "training.csv", index=False)
    return tmp_path


def learnable(*size: int, seed: int) -> pd.DataFrame:
    """Return tracks whose valence follows their danceability."""
    tracks = make_tracks(*size, seed=seed)
    noise = np.random.default_rng(seed).normal(0, 0.01, len(tracks))
    return tracks.assign(valence=(0.2 + 0.6 * tracks["danceability"] + noise).round(4))


def predict(folder, tracks="list.csv", train="training.csv", out="out.csv"):
    return main(["predict", str(folder / tracks), "--train", str(folder / train),
                 "--out", str(folder / out)])  # fmt: skip


def test_predict_writes_one_line_a_track_and_says_how_well(tables, capsys):
    assert predict(tables) == 0
    said = capsys.readouterr().out
    assert "29 of 30 tracks predicted" in said
    assert "1 not predicted: failed audio analysis" in said
    assert "10 rows left out" in said
    assert "MAE 0.0" in said and "R² 0.9" in said and "29 tracks of known valence" in said
    given = pd.read_csv(tables / "list.csv", dtype={"track_id": str})
    written = pd.read_csv(tables / "out.csv", dtype={"track_id": str})
    assert list(written) == ["track_id", "valence", "low", "high", "reason"]
    assert written["track_id"].tolist() == given["track_id"].tolist()
    assert np.isnan(written["valence"].iloc[29])
    assert "failed audio analysis" in written["reason"].iloc[29]
    assert written["valence"][:29].between(0, 1).all()
    assert (written["low"][:29] <= written["high"][:29]).all()
    assert not list(tables.glob(".*"))


def test_predict_learns_from_several_tables(tables, capsys):
    given = pd.read_csv(tables / "list.csv")
    other = learnable(250, 30, seed=3).drop(columns="popularity")
    other = other.assign(artists=other["artists"] + " II").drop(columns="artist")
    pd.concat([other, given.head(4).drop(columns="popularity")]).to_csv(tables / "a,b.csv")
    assert predict(tables, train=f"training.csv,{tables / 'a,b.csv'}") == 0
    lines = capsys.readouterr().out.splitlines()
    first, second = (line for line in lines if "learned from" in line)
    assert "300 tracks learned from (10 rows left out" in first and "popularity" in first
    assert "250 tracks learned from (4 rows left out" in second and "popularity" not in second


def test_training_tables_are_split_at_commas_that_are_in_no_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a,b.csv", "c.csv"):
        (tmp_path / name).touch()
    assert split_names("a,b.csv") == ["a,b.csv"]
    assert split_names("charts, c.csv,a,b.csv,no") == ["charts", "c.csv", "a,b.csv", "no"]
    assert split_names("genres,") == ["genres", ""]


def test_predict_without_valence_prints_no_scores(tables, capsys):
    pd.read_csv(tables / "list.csv").drop(columns="valence").to_csv(tables / "bare.csv")
    assert predict(tables, "bare.csv") == 0
    assert "MAE" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tracks": "training.csv"}, "nothing is left to learn from"),
        ({"tracks": "missing.csv"}, "There is no file"),
        ({"train": "list.csv"}, "nothing is left to learn from"),
        ({"out": "nowhere/out.csv"}, "in a folder that exists"),
        ({"out": "."}, "cannot be written"),
        ({"out": "list.csv"}, "is read and cannot be written too"),
        ({"out": "training.csv"}, "is read and cannot be written too"),
        ({"tracks": "other.csv"}, "no column for duration_ms, danceability"),
        ({"train": "training.csv,missing.csv"}, "There is no file"),
        ({"train": "training.csv,"}, "No table is named"),
        ({"train": "training.csv,genre"}, "genre"),
        ({"train": "flat.csv"}, "one value only"),
        ({"train": "other.csv"}, "no column for"),
    ],
)
def test_predict_refuses_in_one_sentence_and_writes_nothing(tables, capsys, change, said):
    (tables / "other.csv").write_text("height,weight\n1,2\n")
    pd.read_csv(tables / "training.csv").assign(valence=0.5).to_csv(tables / "flat.csv")
    before = {path: path.read_bytes() for path in tables.iterdir()}
    assert predict(tables, **change) == 2
    lines = capsys.readouterr().err.splitlines()
    (error,) = (line for line in lines if not line.startswith("left") and ": artists: " not in line)
    assert said in error
    assert {path: path.read_bytes() for path in tables.iterdir()} == before


def test_queues_are_refused_by_every_command(tables, capsys):
    os.mkfifo(tables / "queue")
    queue, training = str(tables / "queue"), str(tables / "training.csv")
    out = ["--out", str(tables / "out.csv")]
    for command in (["check", queue], ["study", queue, *out],
                    ["predict", queue, "--train", training, *out],
                    ["predict", training, "--train", queue, *out]):  # fmt: skip
        assert main(command) == 2
        assert "is no regular file" in capsys.readouterr().err.splitlines()[-1]


@pytest.fixture
def record(tables, monkeypatch):
    """Where a study of one moment writes its record."""
    monkeypatch.setattr(study, "make_record", lambda data, budget, draws: {"data": data})
    return tables / "record.json"


def test_study_writes_the_record_of_a_table(record, capsys):
    assert main(["study", "genres", "--budget", "quick", "--out", str(record)]) == 0
    assert json.loads(record.read_text()) == {"data": "genres"}
    assert str(record) in capsys.readouterr().out


def test_an_interrupted_study_says_so_and_leaves_the_old_record(record, capsys, monkeypatch):
    def interrupt(data, budget, draws):
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "make_record", interrupt)
    record.write_text("old")
    assert main(["study", "genres", "--out", str(record)]) == 130
    assert "goes on" in capsys.readouterr().err
    assert record.read_text() == "old"
    assert not list(record.parent.glob(".*"))


@pytest.mark.parametrize(
    ("table", "out", "said"),
    [
        ("{}/list.csv", "{}/r.json", "give at least"),
        ("genres", "{}/nowhere/r.json", "in a folder that exists"),
        ("genres", str(datasets.locate("genres")), "is read and cannot be written too"),
        ("{}/charts.csv", None, "--out"),  # else the record of the known data set would be lost
    ],
)
def test_study_refuses_in_one_sentence(tables, capsys, table, out, said):
    (tables / "charts.csv").write_text((tables / "training.csv").read_text())
    embedded = datasets.locate("genres").read_bytes()
    where = ["--out", out.format(tables)] if out else []
    assert main(["study", table.format(tables), "--budget", "quick", *where]) == 2
    assert said in capsys.readouterr().err
    assert datasets.locate("genres").read_bytes() == embedded


def test_a_constant_valence_is_refused_by_check_too(tables, capsys):
    pd.read_csv(tables / "training.csv").assign(valence=0.5).to_csv(tables / "flat.csv")
    assert main(["check", str(tables / "flat.csv")]) == 2
    assert "one value only" in capsys.readouterr().err
