"""Both files or none."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from analysis.stopping import heed_signals
from render import RenderError
from render.publishing import publish


@pytest.fixture
def fresh(tmp_path) -> list[Path]:
    folder = tmp_path / "fresh"
    folder.mkdir()
    for name in ("report.html", "report.pdf"):
        (folder / name).write_text("new")
    return sorted(folder.iterdir())


def test_files_are_published_and_nothing_else_stays(fresh, tmp_path):
    target = tmp_path / "_output"
    for _ in range(2):
        assert publish(fresh, target) == [target / "report.html", target / "report.pdf"]
        assert sorted(file.name for file in target.iterdir()) == ["report.html", "report.pdf"]


@pytest.mark.parametrize("step", ["copying", "renaming"])
def test_a_failure_leaves_the_old_files(fresh, tmp_path, monkeypatch, step):
    """A full disk, and a PDF that a viewer on Windows holds fast."""
    target = tmp_path / "_output"
    publish(fresh, target)
    for file in fresh:
        file.write_text("newer")

    def fail(one, other):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((shutil, "copyfile") if step == "copying" else (Path, "replace")), fail)
    with pytest.raises(RenderError, match=r"No space left on device.*last good run") as failed:
        publish(fresh, target)
    assert failed.value.code == 2
    assert [file.read_text() for file in sorted(target.iterdir())] == ["new", "new"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_signal_waits_until_both_files_are_there(fresh, tmp_path, monkeypatch):
    move = Path.replace

    def interrupt(self, other):
        os.kill(os.getpid(), signal.SIGTERM)
        return move(self, other)

    monkeypatch.setattr(Path, "replace", interrupt)
    with heed_signals():
        publish(fresh, tmp_path / "_output")
    assert [file.read_text() for file in (tmp_path / "_output").iterdir()] == ["new", "new"]
