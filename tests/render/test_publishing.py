"""Both files or none."""

from pathlib import Path

import pytest

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
    assert publish(fresh, target) == [target / "report.html", target / "report.pdf"]
    assert sorted(file.name for file in target.iterdir()) == ["report.html", "report.pdf"]
    publish(fresh, target)
    assert len(list(target.iterdir())) == 2


def test_a_failure_between_the_files_brings_the_old_ones_back(fresh, tmp_path, monkeypatch):
    target = tmp_path / "_output"
    target.mkdir()
    (target / "report.html").write_text("old")
    move = Path.replace

    def stumble(self, other):
        if self.name == ".report.pdf.new":
            raise OSError("disk full")
        return move(self, other)

    monkeypatch.setattr(Path, "replace", stumble)
    with pytest.raises(OSError, match="disk full"):
        publish(fresh, target)
    assert (target / "report.html").read_text() == "old"
    assert [file.name for file in target.iterdir()] == ["report.html"]
