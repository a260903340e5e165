"""Oracle: what pandas, sqlite3 and the archivers wrote in any layout is read as one table."""

import bz2
import gzip
import io
import json
import lzma
import sqlite3
from contextlib import closing

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from made_tracks import as_export, make_tracks, pack_zip, pack_zstandard

from analysis.__main__ import main
from analysis.tracks import containers
from analysis.tracks.reading import read_layout, read_tracks
from analysis.tracks.schema import BY_NAME, BadInput

TRACKS = make_tracks(12)


def as_csv(table, **options) -> bytes:
    """Return delimited text."""
    encoding = options.pop("encoding", "utf-8")
    return table.to_csv(index=False, lineterminator="\n", **options).encode(encoding)


def as_binary(how: str, **options):
    """Return what writes a table by one of pandas' methods."""

    def write(table) -> bytes:
        content = io.BytesIO()
        getattr(table, how)(content, **options)
        return content.getvalue()

    return write


def as_json(**options):
    """Return what writes a table as JSON."""
    return lambda table: table.to_json(**options).encode()


def as_sqlite(table, *names: str) -> bytes:
    """Return a database of one table, or of several."""
    with closing(sqlite3.connect(":memory:")) as database:
        for name in names or ("my tracks",):
            table.to_sql(name, database)
        return database.serialize()


def as_values(table) -> bytes:
    """Return lists in a list, the names first."""
    return json.dumps([list(table), *json.loads(table.to_json(orient="values"))]).encode()


LAYOUTS = {
    "bars": lambda table: as_csv(table, sep="|"),
    "tabs": lambda table: as_csv(table, sep="\t"),
    "semicolons and decimal commas": lambda table: as_csv(table, sep=";", decimal=","),
    "quoted": lambda table: as_csv(table, quoting=1),
    "Windows lines": lambda table: as_csv(table).replace(b"\n", b"\r\n"),
    "UTF-8 with a mark": lambda table: as_csv(table, encoding="utf-8-sig"),
    "UTF-16": lambda table: as_csv(table, encoding="utf-16"),
    "UTF-16 without a mark, little": lambda table: as_csv(table, encoding="utf-16-le"),
    "UTF-16 without a mark, big": lambda table: as_csv(table, encoding="utf-16-be"),
    "UTF-32": lambda table: as_csv(table, encoding="utf-32"),
    "gzip": lambda table: gzip.compress(as_csv(table)),
    "bzip2": lambda table: bz2.compress(as_csv(table)),
    "xz": lambda table: lzma.compress(as_csv(table)),
    "Zstandard": lambda table: pack_zstandard(as_csv(table)),
    "zip": lambda table: pack_zip(as_csv(table), "__MACOSX/._tracks.csv", "readme.txt"),
    "Parquet": as_binary("to_parquet"),
    "Feather": as_binary("to_feather"),
    "Feather of zstd": as_binary("to_feather", compression="zstd"),
    "ORC": as_binary("to_orc"),
    "ORC in gzip": lambda table: gzip.compress(as_binary("to_orc")(table)),
    "SQLite": as_sqlite,
    "records": as_json(orient="records"),
    "lines": as_json(orient="records", lines=True),
    "columns": as_json(orient="columns"),
    "index": as_json(orient="index"),
    "split": as_json(orient="split"),
    "table": as_json(orient="table"),
    "values": as_values,
    "lists": lambda table: json.dumps(table.to_dict("list")).encode(),
    "by identifier": lambda table: as_json(orient="index")(table.set_index("track_id")),
}
# what no layout loses: no carriage return, no NUL, no space at either end, no half of a character
TITLES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"))


@settings(max_examples=2, deadline=None, phases=[Phase.generate])
@given(titles=st.lists(TITLES, min_size=12, max_size=12), seed=st.integers(0, 9))
def test_any_layout_is_read_as_the_same_table(titles, seed, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any"
    tracks = make_tracks(12, seed=seed).assign(title=[f"A {title} B" for title in titles])
    for name, write in LAYOUTS.items():
        path.write_bytes(write(as_export(tracks)))
        assert_read(path, tracks, name)


@given(rows=st.lists(st.text('ab \v\x1cé"\\,\n', max_size=8), max_size=3), width=st.integers(2, 3))
def test_where_pyarrow_reads_rows_they_are_those_that_pandas_reads(rows, width):
    """Two parsers of the same text, which need not be well-formed."""
    text = "\n".join([",".join("abc"[:width]), *rows])
    found = containers._read_regular(text, ",", width)
    if found is not None:
        by_pandas = pd.read_csv(io.StringIO(text), header=0, names=range(width), dtype=str,
                                na_filter=False, index_col=False)  # fmt: skip
        pd.testing.assert_frame_equal(found, by_pandas)


def assert_read(path, tracks: pd.DataFrame = TRACKS, layout: str = "") -> None:
    """Assert that a file is read as the table, to the last digit."""
    found = read_tracks(path)
    expected = tracks[[name for name in BY_NAME if name in tracks]]
    pd.testing.assert_frame_equal(found, expected, check_exact=True, obj=layout)


def test_of_several_tables_one_is_named(tmp_path):
    """A sentence lists them, also where one is named that is not there."""
    path = tmp_path / "several"
    path.write_bytes(as_sqlite(TRACKS, "first", "b"))
    for name, said in (("several", "2 tables"), ("several::c", "has no .* 'c'")):
        with pytest.raises(BadInput, match=rf"{said}: name one as in {path}::first \(there are"):
            read_tracks(tmp_path / name)
    path.write_bytes(pack_zip(b"", "b.csv"))
    with pytest.raises(BadInput, match=r"2 tables: unpack it and name one \(tracks.csv, b.csv\)"):
        read_tracks(path)


def test_the_part_that_is_named_is_read(tmp_path):
    export = as_export(TRACKS)
    (tmp_path / "a::b.csv").write_bytes(as_csv(export))
    database = as_sqlite(export, "first", "b")
    (tmp_path / "a.db").write_bytes(database)
    (tmp_path / "a.db.gz").write_bytes(gzip.compress(database))
    (tmp_path / "b.zip").write_bytes(pack_zip(database))
    for name in ("a::b.csv", "a.db::b", "a.db.gz::b", "b.zip::b"):
        assert_read(tmp_path / name)
    with pytest.raises(BadInput, match="has no parts: name the file alone"):
        read_tracks(tmp_path / "a::b.csv::c")


def test_a_database_in_use_is_refused(tmp_path):
    """What a program has not yet written into the file itself would be missing."""
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        as_export(TRACKS).to_sql("tracks", database)
        with pytest.raises(BadInput, match="that a program has open"):
            read_tracks(tmp_path / "a.db")
    assert_read(tmp_path / "a.db")


def test_workbooks_are_refused_by_name(tmp_path):
    path = tmp_path / "tracks.csv"
    path.write_bytes(pack_zip(b"", "[Content_Types].xml", "xl/workbook.xml"))
    with pytest.raises(BadInput, match=r"is an Excel workbook .*: save the sheet as CSV"):
        read_tracks(path)


ODD = ["A; B", "Crosby, Stills & Nash", "A, B", "C; A", "[x]", "A & B"] * 2


@pytest.mark.parametrize("layout", ["semicolons and decimal commas", "records", "SQLite"])
@pytest.mark.parametrize("column", ["artist", "artists"])
def test_what_fix_writes_is_read_the_same(layout, column, tmp_path, capsys):
    """Also where names look joined, titles are quoted and numbers are missing."""
    table = as_export(TRACKS).assign(artists=ODD, title=['"x', "a\\", "NA", "=1+1", *"abcdefgh"])
    table["popularity"] = table["popularity"].astype("Int64").where(table.index != 3)
    table["genre"] = ["folk, world, & country", "pop, rock", "a", "b", *"cdefghij"]
    path, out = tmp_path / "any", tmp_path / "out.csv"
    path.write_bytes(LAYOUTS[layout](table.rename(columns={"artists": column})))
    assert main(["check", str(path), "--fix", str(out)]) == 2  # too few tracks for a study
    assert f"Written as it was read: {out}" in capsys.readouterr().out
    pd.testing.assert_frame_equal(read_tracks(out), read_tracks(path), check_exact=True)
    assert main(["check", str(out), "--fix", str(tmp_path / "again.csv")]) == 2
    assert (tmp_path / "again.csv").read_text() == out.read_text()


def test_fix_never_writes_over_what_it_reads_nor_what_cannot_be_kept(tmp_path, capsys):
    path, out = tmp_path / "a.db", tmp_path / "out.csv"
    path.write_bytes(as_sqlite(as_export(TRACKS)))
    assert main(["check", f"{path}::my tracks", "--fix", str(path)]) == 2
    assert "is read and cannot be written too" in capsys.readouterr().err
    path.write_text(as_export(TRACKS.assign(title="a\rb")).to_json(orient="records"))
    assert main(["check", str(path), "--fix", str(out)]) == 2
    assert "for what is in title" in capsys.readouterr().err
    assert not out.exists()


def test_every_command_says_the_same_of_a_table(tmp_path, capsys, caplog):
    """`check` prints the lines that `predict`, `study` and the report's own check log."""
    path = tmp_path / "tracks.csv"
    path.write_bytes(b"My playlist\n" + as_csv(as_export(TRACKS.assign(artists="A; B"))))
    lines = read_layout(path).lines
    assert len(lines) == 2
    main(["check", str(path)])
    printed = capsys.readouterr().out.splitlines()
    caplog.clear()
    main(["predict", str(path), "--train", str(path), "--out", str(tmp_path / "out.csv")])
    for line in lines:
        assert f"  {line}." in printed
        assert f"{path}: {line}." in caplog.messages
