"""What cannot be written is noticed before the first cell, and odd places do no harm."""

import os
import shutil
import sys
import tempfile
from collections import namedtuple

import pytest
from conftest import ROOT, run_render

from render import pipeline, places
from render.__main__ import main
from render.executing import _place_for_sockets

TEXT = """---
title: T
---

```{python}
#| label: runs
from pathlib import Path
Path("ran").touch()
```

Words.
"""
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A report whose cell leaves a trace, published into a folder of its own."""
    (tmp_path / "report.qmd").write_text(TEXT)
    (tmp_path / "_quarto.yml").write_text("project:\n  output-dir: _output\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def refused(folder, capsys):
    """Render, expect a refusal before the first cell, and return its sentence."""

    def run() -> str:
        assert main(["--renderer", "pandoc"]) == 2
        message = capsys.readouterr().err
        assert len(message.strip().splitlines()) == 1
        assert not (folder / "ran").exists()
        return message

    return run


def test_an_output_folder_that_is_a_file(folder, refused):
    (folder / "_output").touch()
    assert "_output cannot be written" in refused()


def test_a_folder_that_may_not_be_written(folder, refused, monkeypatch):
    def refuse(dir):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert "cannot be written (Read-only file system)" in refused()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_leave(folder, refused):
    (folder / "_output").mkdir(mode=0o500)
    assert "_output cannot be written (Permission denied)" in refused()


@pytest.mark.parametrize("part", ["_output", ".cache", "temporary"])
def test_a_full_disk(folder, refused, monkeypatch, part):
    for name in ("_output", ".cache", "temporary"):
        (folder / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(folder / "temporary"))
    monkeypatch.setattr(
        shutil, "disk_usage", lambda place: Usage(0, 0, 1e6 if place.name == part else 1e12)
    )
    message = refused()
    assert f"{part} has 1 MB left, and a report needs 200 MB" in message


def test_no_folder_for_temporary_files(refused, monkeypatch):
    def find_none():
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", find_none)
    assert "TMPDIR" in refused()


def test_nothing_is_made_where_nothing_was(folder):
    document = pipeline.read_settings(places_document(folder))["html"]
    before = sorted(folder.rglob("*"))
    places.check_places(document)
    assert sorted(folder.rglob("*")) == before


def places_document(folder):
    from render.document import read_document

    return read_document(folder / "report.qmd")


def test_a_disk_that_fills_during_the_run_is_a_sentence(folder, monkeypatch, capsys):
    def fill(*_):
        raise OSError(28, "No space left on device", "report.typ")

    monkeypatch.setattr(pipeline, "recall_or_execute", fill)
    assert main(["--renderer", "pandoc"]) == 2
    message = capsys.readouterr().err
    assert "report.typ cannot be read or written (No space left on device)" in message
    assert "Traceback" not in message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such sockets")
def test_a_long_folder_for_temporary_files_is_not_for_sockets(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    assert _place_for_sockets() == "/tmp"
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(deep))
    assert len(_place_for_sockets()) < 20


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locale")
def test_a_long_folder_and_an_ascii_locale_render(tmp_path):
    """A project in a folder that ASCII cannot write, with temporary files far down."""
    project, deep = tmp_path / "Übung", tmp_path / ("ü" * 60)
    project.mkdir()
    deep.mkdir()
    for name in ("analysis", "render"):
        (project / name).symlink_to(ROOT / name)
    (project / "report.qmd").write_text(TEXT)
    done = run_render(
        project,
        *("--renderer", "pandoc"),
        **{"LC_ALL": "C", "TMPDIR": os.fspath(deep), "PYTHONPATH": os.fspath(project)},
    )
    assert done.returncode == 0, done.stderr
    assert (project / "report.pdf").exists()
    assert not list(deep.iterdir())
