"""Which renderer, and why: with programs that only say a version."""

import os
import sys
from pathlib import Path

import pytest

from render import RenderError, choosing, installing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No Quarto on the path or in the environment, no remembered failure."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin") + os.pathsep + "/bin")
    monkeypatch.setattr(choosing, "NOTE", tmp_path / "failed")
    monkeypatch.setattr(installing, "NOTE", tmp_path / "failed")
    monkeypatch.setattr(choosing, "_in_environment", lambda: None)


@pytest.fixture
def quarto(tmp_path):
    """Put a stand-in for Quarto on the path."""

    def put(version: str, body: str = "") -> Path:
        program = tmp_path / "bin" / "quarto"
        program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo {version} && exit\n{body}\n')
        program.chmod(0o755)
        return program

    return put


def test_a_fresh_quarto_is_taken(quarto):
    program = quarto("1.9.0")
    choice = choosing.choose()
    assert (choice.renderer, choice.program) == ("quarto", program)
    assert choice.reason == "Renderer: Quarto 1.9.0, found on the path."


def test_the_environments_quarto_is_taken_after_an_old_one(quarto, monkeypatch):
    quarto("1.4.2")
    found = (Path("quarto"), (1, 10, 19), "installed in this environment")
    monkeypatch.setattr(choosing, "_in_environment", lambda: found)
    assert choosing.choose().reason == "Renderer: Quarto 1.10.19, installed in this environment."


def test_an_old_quarto_is_passed_over_and_named(quarto):
    quarto("1.8.27")
    choice = choosing.choose()
    assert choice.renderer == "pandoc"
    assert "Quarto 1.8.27, found on the path, is older than 1.9" in choice.reason


def test_a_broken_quarto_is_passed_over(quarto):
    quarto("$(exit 1)")
    assert choosing.choose().renderer == "pandoc"


def test_no_quarto():
    assert choosing.choose().reason.endswith("(there is no Quarto here).")


def test_a_remembered_failure_is_told():
    choosing.NOTE.write_text("its installation failed")
    assert "(there is no Quarto here: its installation failed)" in choosing.choose().reason


def test_pandoc_can_be_forced(quarto):
    quarto("1.10.18")
    assert choosing.choose("pandoc").renderer == "pandoc"


@pytest.mark.parametrize(
    ("forced", "words"),
    [("quarto", "there is no Quarto here"), ("latex", "can be quarto or pandoc")],
)
def test_a_forced_renderer_must_be_there(forced, words):
    with pytest.raises(RenderError, match=words) as caught:
        choosing.choose(forced)
    assert caught.value.code == 2


def test_a_failed_installation_is_told_once_and_remembered(monkeypatch, capsys):
    attempts = []
    monkeypatch.setattr(installing, "install", lambda: attempts.append(1) or "no line")
    monkeypatch.setattr(sys, "argv", ["installing"])
    assert installing.main() == 0
    assert installing.main() == 0
    assert attempts == [1]
    told = capsys.readouterr().out + choosing.choose().reason
    assert told.count("no line") == 1
    monkeypatch.setattr(sys, "argv", ["installing", "--again"])
    assert installing.main() == 1
    assert attempts == [1, 1]
    assert "Quarto could not be installed: no line." in capsys.readouterr().out


def test_nothing_is_installed_beside_a_fresh_quarto(quarto, monkeypatch):
    quarto("1.10.18")
    monkeypatch.setattr(installing, "install", pytest.fail)
    monkeypatch.setattr(sys, "argv", ["installing"])
    assert installing.main() == 0


def test_a_closed_address_costs_no_installation(monkeypatch):
    monkeypatch.setattr(installing, "RELEASES", "http://127.0.0.1:9/")
    monkeypatch.setattr(installing.subprocess, "run", pytest.fail)
    assert installing.install() == "the address of its releases does not answer"
