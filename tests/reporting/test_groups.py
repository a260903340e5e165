"""Of many groups the largest are shown, and what is left out is said."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import evaluation, intervals
from analysis.reporting.figures import prediction as figures
from analysis.reporting.groups import MOST_GROUPS, keep_largest
from analysis.reporting.prose.groups import explain_choice
from analysis.reporting.tables import prediction as tables


def covered_by(genres: int, tracks: int) -> pd.DataFrame:
    """Return the coverage of intervals for so many genres of so many held-out tracks each."""
    rng = np.random.default_rng(0)
    count = genres * tracks
    observed = rng.uniform(0, 1, count)
    bounds = pd.DataFrame({"low": observed - 0.1, "high": observed + rng.normal(0.1, 0.1, count)})
    names = pd.Series([f"genre {number:03d}" for number in range(genres)] * tracks)
    artists = rng.integers(0, 50, count)
    kinds = ("equal", "adaptive")
    return pd.concat(
        [intervals.coverage(observed, bounds, artists, names).assign(kind=kind) for kind in kinds],
        ignore_index=True,
    )


def test_a_figure_of_many_genres_fits_on_a_page():
    """With 120 genres plotnine refused to draw the figure, as it was over 25 inches high."""
    covered = covered_by(120, 20)
    assert covered["group"].nunique() == 121
    figure = figures.draw_coverage(covered, 0.9).draw()
    assert figure.get_size_inches()[1] < 9
    lines = tables.tabulate_coverage(covered).data.splitlines()
    assert len(lines) == 2 + 2 * (MOST_GROUPS + 1)


def test_the_largest_groups_stay_in_their_order():
    table = pd.DataFrame({"group": ["all", "a", "b", "c", "d"], "tracks": [100, 20, 40, 10, 30]})
    assert list(keep_largest(table, 2)["group"]) == ["all", "b", "d"]
    assert list(keep_largest(table, 9)["group"]) == list(table["group"])


def test_small_groups_are_left_out_and_columns_stay():
    """A table without a genre of 20 held-out tracks has frames with columns."""
    assert list(covered_by(12, 19)["group"]) == ["all", "all"]
    rng = np.random.default_rng(0)
    values, genres = rng.uniform(0, 1, (2, 57)), pd.Series(["x", "y", "z"] * 19)
    scored = evaluation.score_groups(*values, genres, np.arange(57))
    assert scored.empty
    assert {"group", "tracks", "mae", "r2_high"} <= set(scored)
    both = pd.concat([scored, evaluation.score_groups(*values, genres.replace("z", "y"),
                                                      np.arange(57))])  # fmt: skip
    assert both["tracks"].nlargest(1).tolist() == [38]


@pytest.mark.parametrize(
    ("scored", "most", "said"),
    [
        (["a", "b", "c"], 9, ""),
        (["a"], 9, "Two of 3 genres have fewer than 20 held-out tracks and are not shown."),
        (["a", "b"], 9, "One of 3 genres has fewer than 20 held-out tracks and is not shown."),
        (["0.1 to 0.2"], 9, "No genre has 20 held-out tracks, so none is shown."),
        (["a", "b", "c"], 2, "Of 3 genres the 2 with the most held-out tracks are shown."),
    ],
)
def test_what_is_left_out_is_said(scored, most, said):
    assert explain_choice(scored, pd.Series(["a", "b", "c", "a"]), most) == said
    assert explain_choice(scored, None, most) == ""
