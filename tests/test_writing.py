"""What is written is whole and where the user said; what cannot be written is refused early."""

import os
import stat
from unittest.mock import Mock

import pytest

from analysis.tracks.schema import BadInput
from analysis.writing import refuse_target, write_text


def test_a_link_stays_and_its_target_is_replaced(tmp_path):
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    for text in ("first", "second"):  # the target is not there, then it is
        refuse_target(link)
        write_text(link, text)
        assert link.is_symlink()
        assert target.read_text() == text
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link.csv", "target.csv"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "old.csv"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half of a character: \ud800")
    full = OSError(28, "No space left on device")
    monkeypatch.setattr("pathlib.Path.replace", Mock(side_effect=full))
    with pytest.raises(BadInput, match="No space left"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["read-only", "queue", "null", ".", "nowhere/out", "n" * 300])
def test_what_cannot_be_written_is_refused_before_any_work(tmp_path, name):
    (tmp_path / "read-only").write_text("1")
    (tmp_path / "read-only").chmod(0o444)
    os.mkfifo(tmp_path / "queue")
    (tmp_path / "null").symlink_to("/dev/null")
    with pytest.raises(BadInput, match=r"cannot be written.*\.$"):
        refuse_target(tmp_path / name)
    assert stat.S_ISFIFO((tmp_path / "queue").stat().st_mode)
    assert not list(tmp_path.glob(".*"))
