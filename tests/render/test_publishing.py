"""Both files or none."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT

from analysis.stopping import heed_signals
from render import RenderError
from render.publishing import PREFIX, publish


@pytest.fixture
def fresh(tmp_path) -> list[Path]:
    folder = tmp_path / "fresh"
    folder.mkdir()
    for name in ("report.html", "report.pdf"):
        (folder / name).write_text("new")
    return sorted(folder.iterdir())


def test_files_are_published_and_nothing_else_stays(fresh, tmp_path):
    target = tmp_path / "_output"
    assert publish(fresh, target) == [target / "report.html", target / "report.pdf"]
    assert sorted(file.name for file in target.iterdir()) == ["report.html", "report.pdf"]
    publish(fresh, target)
    assert len(list(target.iterdir())) == 2


@pytest.fixture
def stumbling(monkeypatch):
    """Let the second file's renaming fail."""
    move = Path.replace

    def stumble(self, other):
        if self.name == "report.pdf" and self.parent.name.startswith(PREFIX):
            raise OSError(28, "No space left on device")
        return move(self, other)

    monkeypatch.setattr(Path, "replace", stumble)


def test_a_failure_between_the_files_brings_the_old_ones_back(fresh, tmp_path, stumbling):
    target = tmp_path / "_output"
    target.mkdir()
    (target / "report.html").write_text("old")
    with pytest.raises(RenderError, match="No space left on device") as failed:
        publish(fresh, target)
    assert failed.value.code == 2
    assert (target / "report.html").read_text() == "old"
    assert [file.name for file in target.iterdir()] == ["report.html"]


def test_a_full_disk_while_copying_leaves_the_old_files(fresh, tmp_path, monkeypatch):
    target = tmp_path / "_output"
    publish(fresh, target)

    def fill(_, copy):
        Path(copy).write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", fill)
    with pytest.raises(RenderError, match="last good run"):
        publish(fresh, target)
    assert [file.read_text() for file in sorted(target.iterdir())] == ["new", "new"]


def test_what_a_killed_run_left_is_removed(fresh, tmp_path):
    left = tmp_path / "_output" / f"{PREFIX}left"
    left.mkdir(parents=True)
    (left / "report.html").write_text("half")
    publish(fresh, tmp_path / "_output")
    assert not left.exists()


def test_two_at_once_leave_the_files_of_one_run(tmp_path):
    """Six runs publish files of their own number, over and over."""
    script = """
import sys
from pathlib import Path
from render.publishing import publish
number, folder, output = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
folder.mkdir()
for name in ("report.html", "report.pdf"):
    (folder / name).write_text(number)
for _ in range(40):
    publish(sorted(folder.iterdir()), output)
    """
    output = tmp_path / "_output"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(n), tmp_path / str(n), output], cwd=ROOT
        )
        for n in range(6)
    ]
    assert [run.wait(60) for run in runs] == [0] * len(runs)
    page, print_ = sorted(output.iterdir())
    assert page.read_text() == print_.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked on Windows")
def test_a_run_waits_while_another_is_between_its_files(fresh, tmp_path, monkeypatch):
    output, other, between = tmp_path / "_output", tmp_path / "other", threading.Event()
    other.mkdir()
    for file in fresh:
        (other / file.name).write_text("second")
    move = Path.replace

    def dawdle(self, target):
        if self.name == "report.pdf" and self.read_text() == "new":
            between.set()
            time.sleep(0.5)
        return move(self, target)

    monkeypatch.setattr(Path, "replace", dawdle)
    first = threading.Thread(target=publish, args=(fresh, output))
    first.start()
    assert between.wait(10)
    publish(sorted(other.iterdir()), output)
    first.join()
    assert [file.read_text() for file in output.iterdir()] == ["second", "second"]


@pytest.mark.skipif(not hasattr(signal, "SIGTERM"), reason="no such signal")
def test_a_signal_waits_until_both_files_are_there(fresh, tmp_path, monkeypatch):
    move = Path.replace

    def interrupt(self, other):
        os.kill(os.getpid(), signal.SIGTERM)
        return move(self, other)

    monkeypatch.setattr(Path, "replace", interrupt)
    with heed_signals():
        publish(fresh, tmp_path / "_output")
    assert [file.read_text() for file in (tmp_path / "_output").iterdir()] == ["new", "new"]
