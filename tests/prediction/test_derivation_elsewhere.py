"""What the chapter says of stored studies: with several, with one, and with none."""

import numpy as np
import pandas as pd
import pytest

from analysis.reporting.prose import derivation as prose_here
from analysis.reporting.prose import elsewhere as prose
from analysis.reporting.tables import elsewhere as tables

NONE = pd.DataFrame({"data": []})


def verdicts(*names: str) -> pd.DataFrame:
    claims = [("scores", 0.34, "not"), ("vector", 0.31, "supported"), ("genre", np.nan, None)]
    rows = [
        {"data": name, "key": key, "claim": f"Claim of {key}.", "size": size,
         "verdict": word or "not testable here"}
        for name in names for key, size, word in claims
    ]  # fmt: skip
    return pd.DataFrame(rows)


def scored(*names: str) -> pd.DataFrame:
    models = {"all features": 0.45, "scores only": 0.35, "best method": 0.5}
    rows = [
        {"data": name, "model": model, "metric": metric, "value": value, "low": value - 0.05,
         "high": value + 0.05}
        for name in names for model, value in models.items() for metric in ("r2", "mae")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def moved() -> pd.DataFrame:
    rows = [("a", "a", 0.4), ("b", "a", 0.1), ("a", "b", 0.3), ("b", "b", 0.5)]
    frame = pd.DataFrame(rows, columns=["trained", "tested", "r2"])
    return frame.assign(low=frame["r2"] - 0.05, high=frame["r2"] + 0.05)


@pytest.mark.parametrize("names", [("charts",), ("charts", "tidytuesday")])
def test_stored_studies_are_told(names):
    table = tables.tabulate_verdicts(verdicts(*names)).data
    assert table.count("0\\.31, supported") == len(names)
    kept = prose.summarize_kept(scored(*names))
    assert all(f"90% on {name}" in kept for name in names)
    assert tables.tabulate_kept(scored(*names)).data.count("| 0\\.450 ") == len(names)
    assert prose.summarize_verdicts(verdicts(*names)).endswith(".")


def test_the_hinge_is_told_from_wherever_it_was_tested():
    here, there = verdicts("genres"), verdicts("charts")
    assert "adds 31% of what the scores leave open" in prose.judge_vector(here, NONE)
    untested = here.assign(verdict="not testable here", size=np.nan)
    assert "stored study of charts it adds 31%" in prose.judge_vector(untested, there)
    assert "no stored study of such a table is at hand" in prose.judge_vector(untested, NONE)


def test_transfer_compares_with_the_tables_own_formula():
    said = prose.summarize_transfer(moved())
    assert "between 25% (from b to a) and 60% (from a to b)" in said
    lines = tables.tabulate_transfer(moved()).data.splitlines()
    assert "on a" in lines[0] and "on b" in lines[0] and "0\\.100" in lines[3]


def test_where_nothing_is_stored_one_sentence_says_so():
    for frame in (NONE, pd.DataFrame()):
        said = [prose.summarize_verdicts(frame), prose.summarize_kept(frame),
                prose.summarize_transfer(frame)]  # fmt: skip
        assert all(text.count(".") == 1 and text.endswith(".") for text in said)
        shown = [tables.tabulate_verdicts(frame), tables.tabulate_kept(frame),
                 tables.tabulate_transfer(frame)]  # fmt: skip
        assert all("No record of a study is stored" in table.data for table in shown)


def test_the_piles_are_no_test_where_they_were_found():
    found, other = (pd.DataFrame({"end": ["both"], "seen": [seen]}) for seen in (True, False))
    assert "only the others can test it" in prose_here.place_piles(found)
    assert "here they are a test" in prose_here.place_piles(other)
