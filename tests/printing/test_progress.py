"""What is left of a study is shown on a terminal and nowhere else."""

import io
import logging
import re
import sys

import pytest

from analysis.printing.progress import SECONDS, ReportBar, show_bar
from analysis.sources import ROOT


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


def test_the_bar_of_a_report_knows_cells_and_what_the_longest_one_does():
    written = io.StringIO()
    bar = ReportBar(["setup", "find-best", "tbl-methods"], written)
    places = []
    for line in (
        "[ 1/3] setup ...", "0.1 s", "[ 2/3] find-best ...", "\n      search: 6 learners ...",
        "\n      search: Boosting, MAE 0.14 (3 of 6) ...", "\n      cross-validation: 2 x 5 ...",
        "\n      something: else ...", "", "[ 3/3] tbl-methods ...",
    ):  # fmt: skip
        bar(line, end=" ", flush=True)
        places.append(bar.bar.n)
    bar.close()
    assert places == sorted(places) and places[-1] > SECONDS["find-best"]
    middle = (places[4] - places[2]) / (places[5] - places[2])
    assert middle == pytest.approx(0.5)
    assert "tbl-methods" in written.getvalue() and "left" in written.getvalue()


def test_every_cell_whose_time_is_known_is_in_the_report():
    labels = set(re.findall(r"#\| label: (\S+)", (ROOT / "report.qmd").read_text("utf-8")))
    assert set(SECONDS) <= labels
