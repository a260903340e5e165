"""What cannot be written is noticed before the first cell, and odd places do no harm."""

import os
import shutil
import sys
import tempfile
from types import SimpleNamespace

import pytest
from conftest import ROOT, run_render, write_document

from render.__main__ import main

TEXT = """
```{python}
#| label: runs
from pathlib import Path
Path("ran").touch()
```

Words.
"""


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """Render, expect a refusal before the first cell, and return its sentence."""
    write_document(tmp_path, TEXT)
    monkeypatch.chdir(tmp_path)

    def run() -> str:
        before = sorted(tmp_path.rglob("*"))
        assert main(["--renderer", "pandoc"]) == 2
        message = capsys.readouterr().err
        assert len(message.strip().splitlines()) == 1
        assert sorted(tmp_path.rglob("*")) == before
        return message

    return run


def test_an_output_folder_that_is_a_file(tmp_path, refused):
    (tmp_path / "_output").touch()
    assert "_output cannot be written" in refused()


def test_a_folder_that_may_not_be_written(refused, monkeypatch):
    def refuse(dir):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert "cannot be written (Read-only file system)" in refused()


@pytest.mark.parametrize("part", ["_output", ".cache", "temporary"])
def test_a_full_disk(tmp_path, refused, monkeypatch, part):
    for name in ("_output", ".cache", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path / "temporary"))
    monkeypatch.setattr(
        shutil,
        "disk_usage",
        lambda place: SimpleNamespace(free=1e6 if place.name == part else 1e12),
    )
    assert f"{part} has 1 MB left, and a report needs 200 MB" in refused()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locale")
def test_a_long_folder_and_an_ascii_locale_render(tmp_path):
    """A project in a folder that ASCII cannot write, with temporary files far down."""
    project, deep = tmp_path / "Übung", tmp_path / ("ü" * 60)
    project.mkdir()
    deep.mkdir()
    for name in ("analysis", "render"):
        (project / name).symlink_to(ROOT / name)
    write_document(project, TEXT)
    done = run_render(
        project,
        *("--renderer", "pandoc"),
        **{"LC_ALL": "C", "TMPDIR": os.fspath(deep), "PYTHONPATH": os.fspath(project)},
    )
    assert done.returncode == 0, done.stderr
    assert (project / "_output" / "report.pdf").exists()
    assert not list(deep.iterdir())
