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
    training, given = make_tracks(300, 40, seed=1), make_tracks(30, 10, seed=2)
    for frame in (training, given):
        noise = np.random.default_rng(len(frame)).normal(0, 0.01, len(frame))
        frame["valence"] = (0.2 + 0.6 * frame["danceability"] + noise).round(4)
    given.loc[29, "tempo"] = 0
    as_export(given).to_csv(tmp_path / "list.csv", index=False)
    both = pd.concat([as_export(training), as_export(given).head(10)])
    both.to_csv(tmp_path / "training.csv", index=False)
    return tmp_path


def predict(folder, tracks="list.csv", train="training.csv", out="out.csv"):
    return main(["predict", str(folder / tracks), "--train", str(folder / train),
                 "--out", str(folder / out)])  # fmt: skip


def test_predict_writes_one_line_a_track_and_says_how_well(tables, capsys):
    assert predict(tables) == 0
    said = capsys.readouterr().out
    assert "29 of 30 tracks predicted" in said
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
    other = make_tracks(250, 30, seed=3).drop(columns="popularity")
    noise = np.random.default_rng(3).normal(0, 0.01, len(other))
    other["valence"] = (0.2 + 0.6 * other["danceability"] + noise).round(4)
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
        ({"tracks": "other.csv"}, "no column for duration_ms, danceability"),
        ({"train": "other.csv"}, "no column for"),
        ({"train": "training.csv,missing.csv"}, "There is no file"),
        ({"train": "training.csv,"}, "No table is named"),
        ({"train": "training.csv,genre"}, "genre"),
    ],
)
def test_predict_refuses_in_one_sentence(tables, capsys, change, said):
    (tables / "other.csv").write_text("height,weight\n1,2\n")
    assert predict(tables, **change) == 2
    lines = capsys.readouterr().err.splitlines()
    errors = [line for line in lines if not line.startswith("left") and ": artists: " not in line]
    assert len(errors) == 1
    assert said in errors[0]
    assert not (tables / "out.csv").exists()


@pytest.mark.parametrize("out", ["list.csv", "training.csv"])
def test_predict_never_writes_over_what_it_reads(tables, capsys, out):
    before = (tables / out).read_bytes()
    assert predict(tables, out=out) == 2
    assert "is read and cannot be written too" in capsys.readouterr().err
    assert (tables / out).read_bytes() == before


def test_queues_are_refused_by_every_command(tables, capsys):
    os.mkfifo(tables / "queue")
    queue, training = str(tables / "queue"), str(tables / "training.csv")
    out = ["--out", str(tables / "out.csv")]
    for command in (["check", queue], ["study", queue, *out],
                    ["predict", queue, "--train", training, *out],
                    ["predict", training, "--train", queue, *out]):  # fmt: skip
        assert main(command) == 2
        *before, said = capsys.readouterr().err.splitlines()
        assert "is no regular file" in said
        assert all(": artists: " in line for line in before)


def test_a_study_never_writes_over_the_embedded_table(capsys):
    table = datasets.locate("genres")
    before = table.read_bytes()
    assert main(["study", "genres", "--budget", "quick", "--out", str(table)]) == 2
    assert "is read and cannot be written too" in capsys.readouterr().err
    assert table.read_bytes() == before


def test_study_writes_the_record_of_a_table(tables, capsys, monkeypatch):
    def stub(data, budget, draws):
        return {"data": data, "budget": budget}

    monkeypatch.setattr(study, "make_record", stub)
    monkeypatch.setattr(study, "check_record", lambda record: None)
    out = tables / "record.json"
    assert main(["study", "genres", "--budget", "quick", "--out", str(out)]) == 0
    assert json.loads(out.read_text()) == {"data": "genres", "budget": "quick"}
    assert str(out) in capsys.readouterr().out


def test_an_interrupted_study_says_so_and_leaves_the_old_record(tables, capsys, monkeypatch):
    def interrupt(data, budget, draws):
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "make_record", interrupt)
    out = tables / "record.json"
    out.write_text("old")
    assert main(["study", "genres", "--out", str(out)]) == 130
    assert "goes on" in capsys.readouterr().err
    assert out.read_text() == "old"
    assert not list(tables.glob(".*"))


def test_a_table_of_ones_own_is_not_written_over_a_known_one(tables, capsys):
    (tables / "charts.csv").write_text((tables / "training.csv").read_text())
    assert main(["study", str(tables / "charts.csv")]) == 2
    assert "--out" in capsys.readouterr().err


def test_study_refuses_in_one_sentence(tables, capsys):
    assert main(["study", str(tables / "list.csv"), "--out", str(tables / "r.json")]) == 2
    said = capsys.readouterr().err
    assert "list.csv: " in said and "give at least" in said
    assert main(["study", "genres", "--out", str(tables / "nowhere" / "r.json")]) == 2
    assert "in a folder that exists" in capsys.readouterr().err


def test_a_constant_valence_is_refused_wherever_it_comes_in(tables, capsys):
    """There is nothing to explain and nothing to learn."""
    table = pd.read_csv(tables / "training.csv").assign(valence=0.5)
    table.to_csv(tables / "flat.csv", index=False)
    commands = (
        ["check", str(tables / "flat.csv")],
        ["predict", str(tables / "list.csv"), "--train", str(tables / "flat.csv"), "--out",
         str(tables / "p.csv")],
    )  # fmt: skip
    for command in commands:
        assert main(command) == 2
        assert "one value only" in capsys.readouterr().err
    assert not (tables / "p.csv").exists()
