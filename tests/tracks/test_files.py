"""Reading ends: no queue is waited for, no file fills the memory, no nesting breaks the reader."""

import bz2
import gzip
import json
import lzma
import os
import pickle
import socket

import numpy as np
import pandas as pd
import pytest
from made_tracks import as_export, make_tracks, pack_zip, pack_zstandard

from analysis.tracks import containers, files, records
from analysis.tracks.credits import to_credits
from analysis.tracks.reading import read_tracks
from analysis.tracks.schema import BadInput

EXPORT = as_export(make_tracks(12))
CSV = EXPORT.to_csv(index=False).encode()
RECORDS = json.loads(EXPORT.to_json(orient="records"))


def refusal(path) -> str:
    """Return the sentence with which a path is refused."""
    with pytest.raises(BadInput) as caught:
        read_tracks(path)
    said = str(caught.value)
    assert said.endswith(".")
    assert len(said) < 500
    return said


def test_only_regular_files_are_read(tmp_path, monkeypatch):
    """A queue without a writer would be waited for until the end of days."""
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    os.mkfifo("queue")
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("plug")
        for path in ("queue", "plug", "/dev/zero", "/dev/null"):
            assert "is no regular file" in refusal(path)
        (tmp_path / "loop").symlink_to("loop")
        for path in ("loop", "n" * 300, "/".join(["n" * 200] * 30), "a\0b"):
            assert "cannot be read" in refusal(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    """What unpacks a thousandfold is no table; a small limit shows where reading stops."""
    bomb, table = tmp_path / "bomb.gz", tmp_path / "table.csv.gz"
    bomb.write_bytes(gzip.compress(b"0" * 3_000_000))
    table.write_bytes(gzip.compress(CSV))
    monkeypatch.setattr(files, "FREELY_EXPANDED", 100_000)
    monkeypatch.setattr(files, "CHUNK", 10_000)
    unpacked = []
    whole = gzip.GzipFile.read
    monkeypatch.setattr(
        gzip.GzipFile, "read", lambda self, size: unpacked.append(size) or whole(self, size)
    )
    assert "unpacks to more than 100 times its size" in refusal(bomb)
    assert sum(unpacked) < 500_000
    for pack in (bz2.compress, lzma.compress, pack_zstandard, pack_zip):
        bomb.write_bytes(pack(b"0" * 3_000_000))
        assert "unpacks to more than 100 times its size" in refusal(bomb)
    assert len(read_tracks(table)) == 12


@pytest.mark.parametrize("save", ["to_parquet", "to_feather", "to_orc"])
def test_a_bomb_among_columns_is_refused(save, tmp_path, monkeypatch):
    getattr(pd.DataFrame({"valence": np.arange(200_000.0)}), save)(tmp_path / "bomb")
    monkeypatch.setattr(containers, "MOST_BYTES", 1_000_000)
    assert "unpacks to more than" in refusal(tmp_path / "bomb")


def test_of_an_orc_file_of_one_stripe_no_more_is_unpacked_than_is_allowed(tmp_path, monkeypatch):
    pd.DataFrame({"title": ["x" * 1000] * 20_000}).to_orc(tmp_path / "bomb")
    monkeypatch.setattr(containers, "MOST_BYTES", 3_000_000)
    seen, refuse = [], containers._refuse_bomb
    monkeypatch.setattr(
        containers, "_refuse_bomb", lambda size, path: seen.append(size) or refuse(size, path)
    )
    assert "unpacks to more than" in refusal(tmp_path / "bomb")
    assert seen[-1] < 5_000_000


def test_a_file_may_be_so_large_and_no_larger(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_bytes(CSV)
    monkeypatch.setattr(files, "MOST_BYTES", len(CSV))
    assert len(read_tracks(path)) == 12
    monkeypatch.setattr(files, "MOST_BYTES", len(CSV) - 1)
    assert "holds more than" in refusal(path)
    path.write_bytes(gzip.compress(CSV))
    assert "holds more than" in refusal(path)
    assert files.MOST_BYTES < 10_000_000_000


def test_a_table_of_too_many_fields_is_refused(tmp_path, monkeypatch):
    """Few bytes can make many fields: records that share no name, Parquet of repeats."""
    monkeypatch.setattr(files, "MOST_FIELDS", 1000)
    (tmp_path / "a.json").write_text(json.dumps([{f"name {n}": 1} for n in range(40)]))
    (tmp_path / "b.json").write_text(json.dumps([{"in": {f"name {n}": 1}} for n in range(40)]))
    (tmp_path / "c.json").write_text(
        json.dumps({name: {f"{name} {row}": 1 for row in range(4)} for name in EXPORT})
    )
    pd.DataFrame({"valence": [0.5] * 1001}).to_parquet(tmp_path / "d.parquet")
    monkeypatch.setattr(files, "MOST_COLUMNS", 50)
    (tmp_path / "e.csv").write_text(",".join("x" * 51) + "\n")
    for path in sorted(tmp_path.iterdir()):
        assert "too many to be read" in refusal(path)


KINDS = {
    "web page": b"\n<!DOCTYPE html>\n<title>404</title>",
    "pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\nsize 1\n",
    "Python pickle": pickle.dumps(["valence"]),
    "Python  pickle": pickle.dumps(EXPORT, protocol=0),
    "packed twice": gzip.compress(gzip.compress(CSV)),
    "file of R": gzip.compress(b"X\n\0\0\0\3" + bytes(100)),
    "array of NumPy": b"\x93NUMPY\x01\x00" + bytes(100),
    "PDF document": b"%PDF-1.7\n",
    "image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "broken SQLite": b"SQLite format 3\0" + bytes(100),
    "broken Feather": b"ARROW1\0\0" + bytes(100),
    "broken ORC": b"ORC" + bytes(100) + b"ORC\x10",
    "cannot be read": b"BZh91AY&SY" + bytes(100),
    "binary file": bytes(range(1, 256)),
    "NUL character in line 2": CSV.replace(b"Song", b"So\0ng", 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_refused_for_what_it_is(kind, tmp_path, caplog):
    (tmp_path / "table.csv").write_bytes(KINDS[kind])
    assert kind.replace("  ", " ") in refusal(tmp_path / "table.csv")
    assert not caplog.records


JSON = {
    "nested too deep": "[" * 100_000 + "]" * 100_000,
    "nested too  deep": json.dumps([{"a": 0}]).replace("0", '{"a":' * 950 + "0" + "}" * 950),
    "a number of 5,000 digits": '[{"key": ' + "7" * 5000 + "}]",
    "half of a character, \\ud83d, in line 2": '[{"name":\n"\\ud83d"}]',
    "half of a character, \\uDE00": '[{"name": "\\\\\\ud83d\\ude00\\uDE00"}]',
    "half of a character, \\ud800": '{"name": 1}\n{"\\ud800": 1}',
}


@pytest.mark.parametrize("said", JSON)
def test_json_that_no_table_can_be_is_refused(said, tmp_path):
    (tmp_path / "table.json").write_text(JSON[said])
    assert said.replace("  ", " ") in refusal(tmp_path / "table.json")


def test_whole_characters_and_escaped_backslashes_are_read(tmp_path):
    records = [row | {"title": "\U0001f600 \\ud800 é"} for row in RECORDS]
    (tmp_path / "table.json").write_text(json.dumps(records))
    assert (read_tracks(tmp_path / "table.json")["title"] == "\U0001f600 \\ud800 é").all()


def test_long_whole_numbers_are_read_up_to_what_a_float_holds(tmp_path):
    assert records.parse("[" + "9" * 300 + "]", tmp_path) == [int("9" * 300)]
    (tmp_path / "table.json").write_text(json.dumps([RECORDS[0] | {"key": 10**299}]))
    assert "-1 to 11" in refusal(tmp_path / "table.json")


def test_the_line_that_breaks_is_named_and_no_other_ends_a_line(tmp_path):
    lines = [json.dumps(row | {"title": "a\u2028b"}, ensure_ascii=False) for row in RECORDS]
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert (read_tracks(path)["title"] == "a\u2028b").all()
    path.write_text("\n".join([*lines[:5], lines[5][:-9], *lines[6:]]), encoding="utf-8")
    assert "line 6" in refusal(path)


@pytest.mark.parametrize(
    "written",
    ["[{[1]: 2}]", "[" * 5000 + "]" * 5000, "['a'" + " + 1" * 20_000 + "]", '["\\ud800"]',
     "['\\udc00']", "[" + "-" * 100_000 + "1]"],
)  # fmt: skip
def test_a_list_of_artists_that_cannot_be_read_is_shown_with_its_row(written):
    credits = pd.Series(["A", "[unknown]", written, written], name="who")
    with pytest.raises(BadInput, match="'who' has in row 3 a list that cannot be read") as caught:
        to_credits(credits, "artists", [])
    assert len(str(caught.value)) < 200
    str(caught.value).encode()


def test_a_very_long_credit_takes_no_time():
    """Its parts are not tried in every combination."""
    names = [f"name {number}" for number in range(3000)]
    assert to_credits(pd.Series([", ".join(names), "A"]), "artists", [])[0] == "; ".join(names)


def test_space_of_any_kind_around_a_number_is_no_text(tmp_path):
    spaced = EXPORT.assign(valence=[f"\u00a0{v}\u2003" for v in EXPORT["valence"]])
    spaced.to_csv(tmp_path / "table.csv", index=False)
    assert read_tracks(tmp_path / "table.csv")["valence"].tolist() == EXPORT["valence"].tolist()


def test_yes_and_no_are_no_valence(tmp_path):
    (tmp_path / "t.json").write_text(json.dumps([row | {"valence": True} for row in RECORDS]))
    assert "'valence' should hold numbers, but row 1 has 'True'" in refusal(tmp_path / "t.json")
