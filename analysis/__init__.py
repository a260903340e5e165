"""Spotify's valence, taken apart: the analysis behind ``report.qmd``.

Data walk from ``tracks`` (any export to clean, unique, split tracks) through ``inference``
(question 1), ``prediction`` (question 2) and ``derivation`` (how valence may be made) to ``study``
(all of it for one data set, as a record), ``replication`` (records side by side) and ``printing``
(which computes nothing); none of these imports from one further on.

``memory`` keeps slow results, ``sources`` knows the code that made them, ``surroundings`` shuts out
the reader's own settings, ``stopping`` ends runs, ``clusters`` shares slow steps out,
``provenance`` says what made a report, ``__main__`` is the command line.
"""

# ruff: noqa: E402 - what is set here must be set before a package that computes is loaded
from analysis import sources, surroundings

surroundings.settle_process()
sources.SNAPSHOT.take(sources.ROOT / "analysis")

import scipy.linalg  # noqa: F401  (loads the linear algebra whose threads are limited below)
from threadpoolctl import threadpool_limits

# One thread for linear algebra: matrices here are small, so threads would wait for each other
# longer than they compute (measured: five times slower on two cores), and the last digits of a
# sum would depend on how many cores a machine has.
threadpool_limits(limits=1, user_api="blas")

# The day Spotify closed the audio-features endpoint to new applications, as a number.
SEED = 20241127
# The seed of the hold-out, fixed before any result on it was seen.
HOLD_OUT_SEED = 20261128
