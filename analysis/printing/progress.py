"""Progress of long cells, for whoever renders the report."""

import logging
import os

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
