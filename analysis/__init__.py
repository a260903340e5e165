"""Spotify's valence, taken apart: the analysis behind ``report.qmd``.

The rooms, in the order in which data walk through them:

``tracks``
    From any export of Spotify tracks to clean, unique, split tracks.
``inference``
    Question 1: which features go with valence, in which direction, how much and in what shape.
``prediction``
    Question 2: how well valence can be predicted, and what the predictions rest on.
``derivation``
    How valence may be made: claims, a printed formula, what remains, simulated mechanisms.
``study``, ``replication``
    One data set through all of it, into one record in ``results/``; records side by side.
``printing``
    Numbers, tables and figures as the report prints them; it computes nothing.

``memory`` keeps the results of slow steps between runs, ``sources`` knows the code that made them;
``surroundings`` shuts out the reader's own settings; ``stopping`` ends a run that is told to end;
``provenance`` says what made a report; ``__main__`` is the command line.
No room imports from a room further down this list.
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
