"""The environment is installed once for every lock; what a reader names arrives as it is."""

import shutil
import subprocess

import pytest
from conftest import ROOT, SAMPLE
from nasty_names import NAMES

from render.checking import BUDGETS, read_parameters
from render.document import read_document

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not here")
# A Python that makes environments in no time, whose pip counts its calls and fails when told to.
STAND_IN = """#!/bin/sh
case "$*" in
  *version_info*) exit ${TOO_OLD:-0};;
  "-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;;
  "-m pip"*) echo "$*" >> calls; exit ${PIP_FAILS:-0};;
  "-c import"*) [ ! -e .venv/lost ];;
  "-m render"*) printf '%s\\0' "$@" "$RENDERER" > arguments;;
  *) echo "ran: $*";;
esac
"""


@pytest.fixture
def clone(tmp_path):
    return copy_clone(tmp_path / "clone")


def copy_clone(folder):
    """Fill a folder with the Makefile, a lock and the stand-in."""
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements.lock").write_text("one\n")
    program = folder / "python"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    return folder


def make(folder, *arguments, **environment) -> subprocess.CompletedProcess:
    clean = {"PATH": "/usr/bin:/bin", "PYTHON": str(folder / "python"), **environment}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True)


def installations(folder) -> int:
    calls = folder / "calls"
    return len(calls.read_text().splitlines()) if calls.exists() else 0


def test_a_second_call_does_not_install_again(clone):
    assert make(clone, "environment").returncode == 0
    (clone / "requirements.lock").touch()
    assert make(clone, "environment").returncode == 0
    assert installations(clone) == 1
    assert "--require-hashes -r requirements.lock" in (clone / "calls").read_text()


def test_a_changed_lock_installs_again(clone):
    make(clone, "environment")
    (clone / "requirements.lock").write_text("two\n")
    make(clone, "environment")
    assert installations(clone) == 2


def test_a_failed_installation_does_not_count(clone):
    assert make(clone, "environment", PIP_FAILS="1").returncode != 0
    assert make(clone, "environment").returncode == 0
    assert installations(clone) == 2


def test_an_old_python_is_told(clone):
    done = make(clone, "environment", TOO_OLD="1")
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stderr
    assert not (clone / ".venv").exists()


def arguments(folder) -> list[str]:
    """Return what the renderer was called with, and RENDERER as the last."""
    return (folder / "arguments").read_bytes().decode(errors="surrogateescape").split("\0")[:-1]


def test_parameters_reach_the_renderer(clone):
    make(clone, "report", "DATA=my tracks.csv", "BUDGET=quick", "RENDERER=pandoc")
    given = ["-P", "data:my tracks.csv", "-P", "budget:quick"]
    assert arguments(clone) == ["-m", "render", *given, "pandoc"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A clone with its environment, for tests that leave both as they are."""
    folder = copy_clone(tmp_path_factory.mktemp("clone"))
    assert make(folder, "environment").returncode == 0
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_and_nothing_else_runs(installed, name):
    before = {one.name for one in installed.iterdir()} | {"arguments"}
    given = {"DATA": name, "BUDGET": name, "RENDERER": name}
    on_the_line = make(installed, "report", *(f"{one}={name}" for one in given))
    arrived = arguments(installed)
    (installed / "arguments").unlink()
    from_the_shell = make(installed, "report", **given)
    assert arrived == arguments(installed)
    assert arrived == ["-m", "render", "-P", f"data:{name}", "-P", f"budget:{name}", name]
    for done in (on_the_line, from_the_shell):
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {one.name for one in installed.iterdir()} == before


def test_empty_parameters_are_the_defaults(installed):
    make(installed, "report", "DATA=", "BUDGET=", "RENDERER=", "PYTHON=")
    given = arguments(installed)
    pairs, document = given[3:6:2], read_document(SAMPLE / "report.qmd")
    assert pairs == ["data:", "budget:"]
    assert read_parameters(["budget:", "rows:"], document) == {}
    assert given[-1] == ""


@pytest.mark.parametrize("name", [*NAMES, "exit", "eval", ".", "touch canary"])
def test_a_python_that_is_none_is_told(clone, name):
    for done in (make(clone, "report", f"PYTHON={name}"), make(clone, "report", PYTHON=name)):
        assert done.returncode == 2
        assert f'Python 3.11 or newer is needed, which "{name}" is not' in done.stderr
    assert not (clone / "canary").exists()
    assert not (clone / ".venv").exists()


def test_a_python_may_have_a_blank_in_its_path(clone):
    folder = clone / "my $(touch canary) folder"
    folder.mkdir()
    shutil.copy(clone / "python", folder)
    assert make(clone, "environment", f"PYTHON={folder / 'python'}").returncode == 0
    assert (clone / ".venv" / "installed.lock").exists()
    assert not (clone / "canary").exists()


def lose_python(folder):
    (folder / ".venv" / "bin" / "python").unlink()
    (folder / ".venv" / "bin" / "python").symlink_to("/nowhere/python")


def lose_packages(folder):
    (folder / ".venv" / "lost").touch()


def begin_again(folder):
    (folder / "requirements.lock").write_text("two\n")
    assert make(folder, "environment", PIP_FAILS="1").returncode == 2


def move(folder):
    (folder / ".venv").rename(folder / "elsewhere")
    (folder / "elsewhere" / "place").write_text("/nowhere/.venv\n")
    (folder / "elsewhere").rename(folder / ".venv")


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lose_python, "has no Python that runs"),
        (lose_packages, "has lost its packages"),
        (begin_again, "was left half-made"),
        (move, "was moved here"),
    ],
)
def test_a_broken_environment_is_made_anew(clone, break_it, words):
    make(clone, "environment")
    break_it(clone)
    (clone / ".venv" / "old").touch()
    done = make(clone, "environment")
    assert done.returncode == 0, done.stderr
    assert f"The environment in .venv {words}: it is made anew.\n" in done.stdout
    assert not (clone / ".venv" / "old").exists()
    assert make(clone, "environment").stdout == ""


def test_a_linked_environment_is_not_emptied(clone):
    make(clone, "environment")
    (clone / ".venv").rename(clone / "shared")
    (clone / ".venv").symlink_to("shared")
    lose_packages(clone)
    assert make(clone, "environment").returncode == 0
    assert (clone / "shared" / "lost").exists()
    assert not (clone / ".venv").is_symlink()


def test_another_folder_of_the_same_environment_is_no_move(clone, tmp_path):
    make(clone, "environment")
    (tmp_path / "link").symlink_to(clone)
    assert make(tmp_path / "link", "environment").stdout == ""


def test_help_names_every_target(clone):
    text = make(clone).stdout
    assert all(f"make {target}" in text for target in ("report", "test", "release", "clean"))


def test_clean_removes_what_was_made(clone):
    (clone / "_output").mkdir()
    make(clone, "clean")
    assert not (clone / "_output").exists()


def test_budgets_are_those_of_the_analysis():
    tuning = pytest.importorskip("analysis.prediction.tuning")
    assert set(BUDGETS) == set(tuning.BUDGETS)
