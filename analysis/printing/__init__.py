"""Numbers, tables and figures as the report prints them; nothing here computes a result."""

# ruff: noqa: E402 - a reader's own settings are forgotten before the first figure
from analysis.surroundings import settle_figures

settle_figures()

from analysis.printing.numbers import *  # noqa: F403
from analysis.printing.tables import *  # noqa: F403
