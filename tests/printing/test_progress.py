"""What is left of a study is shown on a terminal and nowhere else."""

import io
import logging
import sys

import pytest

from analysis.printing.progress import show_bar


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_shows_on_a_terminal_what_is_left(terminal, monkeypatch, caplog):
    written, log = io.StringIO(), logging.getLogger("analysis")
    written.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", written)
    caplog.set_level(logging.INFO, "analysis")
    with show_bar({"cleaning": 1.0, "question 2": 3.0}):
        for step in ("cleaning", "question 2", "another"):
            log.info("== %s", step)
    assert (" 25% |" in written.getvalue()) == terminal
    assert terminal or not written.getvalue()
