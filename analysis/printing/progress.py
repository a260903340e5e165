"""Progress of long cells, for whoever renders the report, and what is left of it on a terminal."""

import contextlib
import itertools
import logging
import os
import re
import shutil
import sys
from collections.abc import Sequence

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

# Set by the renderer to a file that it reads while cells run; absent under plain `quarto render`,
# where nothing is written and nothing can show in the report.
VARIABLE = "REPORT_PROGRESS"
FORM = "{percentage:3.0f}% |{bar}| {desc}, {elapsed} passed, about {remaining} left"
# What cells of a whole report took in seconds, where it was two or more, and by what share of the
# longest its steps began: the estimate of what is left rests on them, and nothing else.
SECONDS = {
    "find-headlines": 7, "find-best": 159, "find-formula": 24, "fit-four-models": 6,
    "draw-models": 2, "test-assumptions": 2, "draw-overview": 3, "fit-gam": 3,
    "split-three-ways": 6, "check-nonsense": 3, "compare-network": 10, "estimate-ceilings": 16,
    "accumulate-effects": 8, "attribute-predictions": 8, "simulate-mechanisms": 3,
}  # fmt: skip
OTHERS = 0.6
STEPS = {"search": 0.0, "cross-validation": 0.53, "held-out part": 0.89}


def tell_progress() -> None:
    """Write the analysis' own lines on its progress to the renderer's file, where there is one."""
    if path := os.environ.get(VARIABLE):
        handler = logging.FileHandler(path, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger = logging.getLogger("analysis")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)


@contextlib.contextmanager
def show_bar(seconds: dict[str, float]):
    """Show on a terminal a bar below a study's lines, with what is left; in a file, lines alone.

    `seconds` are those of another study's steps, in their order: what is left of a study takes, at
    the pace so far, its share of them.
    """
    # None hides it from anything but a terminal
    bar, starts = _make_bar(seconds, disable=None if seconds else True)

    def advance(record: logging.LogRecord) -> bool:
        name = record.getMessage().removeprefix("== ")
        if name in starts:
            _move(bar, starts[name], name)
        bar.refresh()
        return True

    logger = logging.getLogger("analysis")
    logger.addFilter(advance)
    try:
        with bar, contextlib.nullcontext() if bar.disable else logging_redirect_tqdm():
            yield
    finally:
        logger.removeFilter(advance)


def _make_bar(seconds: dict[str, float], **options) -> tuple[tqdm, dict[str, float]]:
    """Return a bar over steps of known length, and where in it each begins."""
    bar = tqdm(total=sum(seconds.values()), bar_format=FORM, smoothing=0, **options)
    return bar, dict(zip(seconds, itertools.accumulate([0, *seconds.values()]), strict=False))


def _move(bar: tqdm, place: float, what: str) -> None:
    """Bring a bar forward to a place, never back, and name what runs there."""
    bar.set_description_str(what, refresh=False)
    bar.update(max(place - bar.n, 0))


def bar_or(say, labels: Sequence[str]):
    """Return a context of what takes a report's lines: on a terminal not `print`, but a bar."""
    if say is not print or not sys.stdout.isatty():
        return contextlib.nullcontext(say)
    return contextlib.closing(ReportBar(labels, sys.stdout))


class ReportBar:
    """A bar that takes the lines of a renderer in place of `print`, and shows what is left.

    What is left of the cells, by their labels, takes at the pace so far its share of `SECONDS`.
    """

    def __init__(self, labels: Sequence[str], file=None):
        """Begin at the first cell; `file` is the standard error if not given."""
        self.seconds = {label: SECONDS.get(label, OTHERS) for label in labels}
        self.cell = ""
        wide, high = shutil.get_terminal_size()  # 80 and 24 where a terminal does not tell
        self.bar, self.starts = _make_bar(self.seconds, file=file, ncols=wide, nrows=high)

    def __call__(self, text: str = "", **_) -> None:
        """Take a line: the name of a cell, what one does, or nothing while time passes."""
        if cell := re.fullmatch(r"\[ *\d+/\d+\] (\S+) \.\.\.", text):
            self.cell = cell[1]
            _move(self.bar, self.starts[self.cell], self.cell)
        elif text.startswith("\n"):
            line = text.strip().removesuffix(" ...")
            share = STEPS.get(line.split(":")[0], 0.0) if self.cell == "find-best" else 0.0
            if done := re.search(r"\((\d+) of (\d+)\)$", line):
                share += STEPS["cross-validation"] * int(done[1]) / int(done[2])
            _move(self.bar, self.starts[self.cell] + share * self.seconds[self.cell], line)
        self.bar.refresh()

    def close(self) -> None:
        """Leave the bar as it is."""
        self.bar.close()
