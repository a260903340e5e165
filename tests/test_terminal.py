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
    assert printable("a\nb\ud800") == r"a\nb\ud800"
    assert printable("a\nb\tc", keep="\n") == "a\nb\\tc"
    for text in (
        "Été 夏 😀",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "👩\u200d🚀",
        "a\\nb",
    ):
        assert printable(text) == text


def test_no_name_reaches_the_terminal_raw(table, tmp_path, capsys):
    lines = table.read_text().split("\n")
    broken = tmp_path / f"{ODD}.csv"
    broken.write_text("\n".join([lines[0].replace("title", f"title{ODD}"), *lines[1:]]))
    (tmp_path / "none.csv").write_text(f"{ODD},b\n1,2\n")
    (tmp_path / "latin.csv").write_bytes(table.read_bytes().replace(b"Song", b"S\xf6ng"))
    for path, code in ((table, 0), (broken, 0), (tmp_path / "none.csv", 2),
                       (tmp_path / f"{ODD}\nx.csv", 2)):  # fmt: skip
        assert main(["check", str(path)]) == code
        said = capsys.readouterr()
        assert is_plain(said.out) and is_plain(said.err)
        assert r"\x1b[2J" in said.out + said.err
        assert said.err.count("\n") == (code == 2)
    with pytest.raises(SystemExit):
        main(["check", "a", f"--{ODD}"])
    assert is_plain(capsys.readouterr().err)


def test_a_reader_that_leaves_early_is_no_error(table):
    done = run('$check "$table" | head -1; exit ${PIPESTATUS[0]}', table)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().endswith("300 rows\n")
    nobody = run('(sleep 0; exec $check "$table") | true; exit ${PIPESTATUS[0]}', table)
    assert (nobody.returncode, nobody.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
def test_a_full_disk_is_told(table):
    done = run('$check "$table" > /dev/full', table)
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert "cannot be written" in done.stderr.decode()


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONIOENCODING": "ascii"},
     {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
)  # fmt: skip
def test_a_terminal_without_accents_shows_escapes(table, environment):
    done = run('$check "$table"; $check "$table.gone"', table, **environment)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"There is no file" in done.stderr
    assert b"Ready for a study: 300 tracks" in done.stdout
    assert done.stdout.isascii()


@pytest.mark.parametrize(
    ("error", "said"),
    [(MemoryError(), "memory"), (RecursionError(), "nested too deep"),
     (OSError(28, "No space left on device", "/disk/file"), "/disk/file cannot be used (No space"),
     (OSError(), "OSError"), (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), "Text cannot")],
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


def test_a_fault_of_the_code_shows_where_it_is(monkeypatch):
    def fail(path, needed):
        raise KeyError("no such thing")

    monkeypatch.setattr("analysis.__main__.read_layout", fail)
    with pytest.raises(KeyError):
        main(["check", "tracks.csv"])
