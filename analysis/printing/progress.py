"""Progress of long cells, for whoever renders the report, and of a study on a terminal."""

import contextlib
import itertools
import logging
import os

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

# Set by the renderer to a file that it reads while cells run; absent under plain `quarto render`,
# where nothing is written and nothing can show in the report.
VARIABLE = "REPORT_PROGRESS"


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
    form = "{percentage:3.0f}% |{bar}| {desc}, {elapsed} passed, about {remaining} left"
    hidden = None if seconds else True  # None hides it from anything but a terminal
    bar = tqdm(total=sum(seconds.values()), bar_format=form, disable=hidden, smoothing=0)
    starts = dict(zip(seconds, itertools.accumulate([0, *seconds.values()]), strict=False))

    def advance(record: logging.LogRecord) -> bool:
        name = record.getMessage().removeprefix("== ")
        if name in starts:
            bar.set_description_str(name, refresh=False)
            bar.update(starts[name] - bar.n)
        bar.refresh()
        return True

    logger = logging.getLogger("analysis")
    logger.addFilter(advance)
    try:
        with bar, contextlib.nullcontext() if bar.disable else logging_redirect_tqdm():
            yield
    finally:
        logger.removeFilter(advance)
