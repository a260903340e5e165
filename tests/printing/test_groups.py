"""Of many groups the largest are shown."""

import numpy as np
import pandas as pd

from analysis import printing
from analysis.prediction import intervals
from analysis.printing.tables import MOST_GROUPS


def test_a_table_of_many_genres_fits_on_a_page():
    genres = pd.Series([f"genre {number:03d}" for number in range(120)] * 20)
    bounds = np.tile([0.0, 1.0], (len(genres), 1))
    covered = intervals.coverage(np.full(len(genres), 0.5), bounds, np.arange(len(genres)), genres)
    assert len(covered) == 121
    lines = printing.tabulate_coverage(covered).data.splitlines()
    assert len(lines) == 2 + MOST_GROUPS + 1
    assert "| all " in lines[2]
