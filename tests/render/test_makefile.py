"""The environment is installed once for every lock, and only a finished one counts."""

import shutil
import subprocess

import pytest
from conftest import ROOT

from render.checking import BUDGETS

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not here")
# A Python that makes environments in no time, whose pip counts its calls and fails when told to.
STAND_IN = """#!/bin/sh
case "$*" in
  *version_info*) exit ${TOO_OLD:-0};;
  "-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;;
  "-m pip"*) echo "$*" >> calls; exit ${PIP_FAILS:-0};;
  *) echo "ran: $*";;
esac
"""


@pytest.fixture
def clone(tmp_path):
    """A folder with the Makefile, a lock and the stand-in."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").write_text("one\n")
    program = tmp_path / "python"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    return tmp_path


def make(folder, *arguments, **environment) -> subprocess.CompletedProcess:
    command = ["make", f"PYTHON={folder / 'python'}", *arguments]
    clean = {"PATH": "/usr/bin:/bin", **environment}
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


def test_parameters_reach_the_renderer(clone):
    done = make(clone, "report", "DATA=my tracks.csv", "BUDGET=quick")
    assert "ran: -m render.installing" in done.stdout
    assert "ran: -m render -P data:my tracks.csv -P budget:quick" in done.stdout


def test_quarto_is_not_sought_where_pandoc_is_wanted(clone):
    assert "installing" not in make(clone, "report", "RENDERER=pandoc").stdout


def test_help_names_every_target(clone):
    text = make(clone).stdout
    assert all(f"make {target}" in text for target in ("report", "test", "quarto", "clean"))


def test_clean_removes_what_was_made(clone):
    (clone / "_output").mkdir()
    make(clone, "clean")
    assert not (clone / "_output").exists()


def test_budgets_are_those_of_the_analysis():
    tuning = pytest.importorskip("analysis.prediction.tuning")
    assert set(BUDGETS) == set(tuning.BUDGETS)
