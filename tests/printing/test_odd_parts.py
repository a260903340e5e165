"""What tables and figures make of data that lack what most have, or have much of it."""

import numpy as np
import pandas as pd
import pytest

from analysis.derivation.variance import PARTS
from analysis.prediction import intervals
from analysis.printing import numbers, tables
from analysis.printing.figures import variance_steps


@pytest.fixture
def parts() -> pd.DataFrame:
    share = pd.Series([0.4, 0.1, 0.2, 0.25, 0.05])
    ends = share.cumsum()
    return pd.DataFrame({
        "part": PARTS, "share": share, "share_low": share - 0.01, "share_high": share + 0.01,
        "start": ends - share, "end": ends,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("artists", "releases", "names", "end"),
    [
        (True, True, list(PARTS), 1),
        (True, False, [*PARTS[:3], "left open"], 0.95),
        (False, False, [*PARTS[:2], "left open"], 0.95),
    ],
)
def test_parts_that_cannot_be_told_apart_are_one(parts, artists, releases, names, end):
    steps = variance_steps(parts, artists, releases)
    assert steps["part"].tolist() == names
    assert np.allclose(steps["start"].iloc[1:], steps["end"].iloc[:-1])
    assert steps["end"].iloc[-1] == pytest.approx(end)
    if not artists:
        assert steps["label"].iloc[-1] == "45%"


def test_a_best_method_below_the_formula_is_one_part(parts):
    parts.loc[1, "share"] = -0.1
    parts["end"] = parts["share"].cumsum()
    parts["start"] = parts["end"] - parts["share"]
    steps = variance_steps(parts, True, True)
    assert steps["part"].tolist() == ["the best method", *PARTS[2:]]
    assert steps["label"].iloc[0] == "30%"
    assert (steps["end"] >= steps["start"]).all()


def test_an_account_of_nothing_dropped_names_what_was_looked_for():
    account = pd.DataFrame({
        "step": [0, 1, 2], "reason": ["rows in", "one thing", "another"], "dropped": [0, 0, 0],
        "left": [5, 5, 5],
    })  # fmt: skip
    assert tables.tabulate_account(account).data.count("\n|") >= 4
    account["dropped"] = [0, 2, 0]
    assert "another" not in tables.tabulate_account(account).data


def test_a_table_of_many_genres_fits_on_a_page():
    genres = pd.Series([f"genre {number:03d}" for number in range(120)] * 20)
    bounds = np.tile([0.0, 1.0], (len(genres), 1))
    covered = intervals.coverage(np.full(len(genres), 0.5), bounds, np.arange(len(genres)), genres)
    lines = tables.tabulate_coverage(covered).data.splitlines()
    assert len(lines) == 2 + 1 + tables.MOST_GROUPS < len(covered)
    assert "| all " in lines[2]


def test_of_many_names_left_out_three_are_told():
    names = pd.DataFrame({"what": [", ".join("abcdef"), "key"], "reason": ["few", "constant"]})
    assert tables.left_out(names) == "a, b, c and more (few); key (constant)"


def test_a_sign_needs_a_difference_that_the_slope_does_not_contradict():
    effects = pd.DataFrame({
        "feature": list("abcd"),
        "difference_low": [0.1, 0.1, -0.1, 0.1], "difference_high": [0.2, 0.2, 0.2, 0.2],
        "per_sd_low": [0.1, -0.3, 0.1, np.nan], "per_sd_high": [0.2, -0.1, 0.2, np.nan],
    })  # fmt: skip
    assert numbers.with_signs(effects) == ["a +", "b ±", "c ±", "d +"]


def test_articles_of_methods():
    assert numbers.method_name("Mean") == numbers.the_method("Mean") == "the mean"
    assert numbers.the_method("Gradient boosting") == "gradient boosting"
    assert numbers.the_method("Stack") == "the stack"
