"""Which renderer, and why: with programs that only say a version."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from nasty_names import NAMES

from render import RenderError, choosing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No Quarto on the path or in the environment."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin") + os.pathsep + "/bin")
    monkeypatch.setattr(choosing, "_in_package", lambda: None)


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
    choice = choosing.choose_renderer()
    assert choice.program == program
    assert choice.reason == "Renderer: Quarto 1.9.0, found on the path."


def test_an_old_quarto_is_passed_over_and_named(quarto):
    quarto("1.8.27")
    choice = choosing.choose_renderer()
    assert choice.program is None
    assert "Quarto 1.8.27, found on the path, is older than 1.9" in choice.reason


def test_a_broken_quarto_is_passed_over(quarto):
    quarto("$(exit 1)")
    assert choosing.choose_renderer().program is None


def test_no_quarto():
    assert choosing.choose_renderer().reason.endswith("(there is no Quarto here).")


def test_pandoc_can_be_forced(quarto):
    quarto("1.10.18")
    assert choosing.choose_renderer("pandoc").program is None


@pytest.mark.parametrize("name", NAMES)
def test_a_renderer_of_no_such_name_is_told(name):
    with pytest.raises(RenderError) as caught:
        choosing.choose_renderer(name)
    assert str(caught.value) == f'RENDERER is "{name}"; it can be quarto or pandoc.'
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("forced", "words"),
    [("quarto", "there is no Quarto here"), ("latex", "can be quarto or pandoc")],
)
def test_a_forced_renderer_must_be_there(forced, words):
    with pytest.raises(RenderError, match=words) as caught:
        choosing.choose_renderer(forced)
    assert caught.value.code == 2


@pytest.mark.parametrize("folder", ["bin", "quarto-1.10.19/bin"])
def test_the_packages_program_is_found(tmp_path, monkeypatch, quarto, folder):
    """Where releases of `quarto-cli` have put it."""
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "/bin")
    place = tmp_path / "quarto_cli" / folder
    place.mkdir(parents=True)
    (place / "quarto.js").touch()
    shutil.move(quarto("1.10.19"), place / "quarto")
    monkeypatch.syspath_prepend(tmp_path)
    choice = choosing.choose_renderer()
    assert choice.program == place / "quarto"
    assert choice.reason == "Renderer: Quarto 1.10.19, in this environment."
