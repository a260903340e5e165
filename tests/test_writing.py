"""What is written is whole, where the user said, and with the rights that the file had."""

import os
import stat

import pytest

from analysis.tracks.schema import BadInput
from analysis.writing import refuse_target, write_text


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_link_stays_and_its_target_is_replaced(tmp_path):
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "target.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    for text in ("first", "second"):  # the target is not there, then it is
        refuse_target(link)
        write_text(link, text)
        assert link.is_symlink()
        assert target.read_text() == text
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["far", "link.csv", "target.csv"]


def test_a_file_keeps_its_mode_and_a_new_one_respects_the_umask(tmp_path):
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("old")
    old.chmod(0o620)
    before = os.umask(0o027)
    try:
        write_text(old, "text")
        write_text(new, "text")
    finally:
        os.umask(before)
    assert (mode(old), mode(new)) == (0o620, 0o640)


def test_a_name_may_be_as_long_as_the_system_lets_it(tmp_path):
    write_text(tmp_path / ("n" * 251 + ".csv"), "text")
    with pytest.raises(BadInput, match="too long"):
        write_text(tmp_path / ("n" * 252 + ".csv"), "text")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("old")
    with pytest.raises(BadInput, match="cannot be written"):
        write_text(path, "half of a character: \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def make_odd_targets(folder):
    """Return paths that cannot be written, each with what is said of it."""
    (folder / "plain").write_text("1")
    (folder / "read-only").write_text("1")
    (folder / "read-only").chmod(0o444)
    os.mkfifo(folder / "queue")
    (folder / "loop").symlink_to("loop")
    (folder / "null").symlink_to("/dev/null")
    return {
        "read-only": "is read-only", "queue": "no regular file", "null": "no regular file",
        "loop": "cannot be written", ".": "name a file", "nowhere/out": "in a folder that exists",
        "plain/out": "cannot be written", "n" * 300: "too long", "a\0b": "cannot be written",
    }  # fmt: skip


def test_what_cannot_be_written_is_refused_before_any_work(tmp_path):
    for name, said in make_odd_targets(tmp_path).items():
        for refuse in (refuse_target, lambda path: write_text(path, "text")):
            if name == "nowhere/out" and refuse is not refuse_target:
                continue  # records make their folder
            with pytest.raises(BadInput, match=said) as caught:
                refuse(tmp_path / name)
            assert str(caught.value).endswith(".")
            assert len(str(caught.value)) < 400
    assert (tmp_path / "read-only").read_text() == "1"
    assert stat.S_ISFIFO((tmp_path / "queue").stat().st_mode)
    assert not list(tmp_path.glob(".*"))


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no folder that takes no files")  # noqa: PTH112
def test_a_folder_that_takes_no_files_is_found_out_by_trying(tmp_path):
    (tmp_path / "folder").symlink_to("/proc/self")
    with pytest.raises(BadInput, match="takes no files"):
        refuse_target(tmp_path / "folder" / "out.csv")
