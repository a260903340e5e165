"""Whatever a table holds and whatever the terminal lacks, a command ends in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import main
from analysis.terminal import printable
from tests.tracks.made_tracks import as_export, make_tracks

ROOT = Path(__file__).resolve().parent.parent
ODD = "\x1b[2J\x1b]0;title\x07\u202ered\u200b\x9b31m"


@pytest.fixture
def table(tmp_path):
    """Return the path of a sound table with a name beyond ASCII and an odd column."""
    path = tmp_path / "Été 夏.csv"
    as_export(make_tracks(300)).assign(**{f"{ODD} é": 1}).to_csv(path, index=False)
    return path


def run(command: str, table: Path, **environment) -> subprocess.CompletedProcess:
    """Run a line of shell in which $check stands for the command and $table for its table."""
    environment = os.environ | {"check": f"{sys.executable} -m analysis check", "table": str(table),
                                **environment}  # fmt: skip
    return subprocess.run(["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True,
                          timeout=120, check=False)  # fmt: skip


def is_plain(text: str) -> bool:
    """Tell whether text holds nothing that commands a terminal."""
    return all(line.isprintable() for line in text.split("\n"))


def test_marks_that_command_a_terminal_are_escaped():
    assert printable(ODD) == (r"\x1b[2J\x1b]0;title\x07\u202ered\u200b\x9b31m")
    assert printable("a\nb\tc", keep="\n") == "a\nb\\tc"
    assert printable("Été 夏 👩\u200d🚀 a\\nb") == "Été 夏 👩\u200d🚀 a\\nb"


def test_no_name_reaches_the_terminal_raw(table, tmp_path, capsys):
    (tmp_path / "none.csv").write_text(f"{ODD},b\n1,2\n")
    missing = tmp_path / f"{ODD}\nx.csv"
    for path, code in ((table, 0), (tmp_path / "none.csv", 2), (missing, 2)):
        assert main(["check", str(path)]) == code
        said = capsys.readouterr()
        assert is_plain(said.out) and is_plain(said.err)
        assert r"\x1b[2J" in said.out + said.err
        assert said.err.count("\n") == (code == 2)


def test_a_reader_that_leaves_early_is_no_error(table):
    done = run('$check "$table" | head -1; exit ${PIPESTATUS[0]}', table)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().endswith("300 rows\n")


def test_a_terminal_without_accents_shows_escapes(table):
    done = run('$check "$table"; $check "$table.gone"', table, PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert b"There is no file" in done.stderr
    assert b"Ready for a study: 300 tracks" in done.stdout
    assert done.stdout.isascii()


@pytest.mark.parametrize(
    ("error", "said"),
    [(MemoryError(), "memory"), (RecursionError(), "nested too deep"),
     (OSError(28, "No space left on device", "/disk/file"), "/disk/file cannot be used (No space"),
     (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), "Text cannot")],
)  # fmt: skip
def test_faults_of_the_machine_are_one_sentence(error, said, monkeypatch, capsys):
    def fail(path, needed):
        raise error

    monkeypatch.setattr("analysis.__main__.read_layout", fail)
    assert main(["check", "tracks.csv"]) == 2
    found = capsys.readouterr().err
    assert said in found
    assert found.count("\n") == 1
    assert found.endswith(".\n")
