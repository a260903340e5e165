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


@pytest.mark.parametrize("names", [("charts",), ("charts", "tidytuesday")])
def test_stored_studies_are_told(names):
    table = tables.tabulate_verdicts(verdicts(*names)).data
    assert table.count("0\\.31, supported") == len(names)
    assert prose.summarize_verdicts(verdicts(*names)).endswith(".")


def test_the_hinge_is_told_from_wherever_it_was_tested():
    here, there = verdicts("genres"), verdicts("charts")
    assert "adds 31% of what the scores leave open" in prose.judge_vector(here, NONE)
    untested = here.assign(verdict="not testable here", size=np.nan)
    assert "stored study of charts it adds 31%" in prose.judge_vector(untested, there)
    assert "no stored study of such a table is at hand" in prose.judge_vector(untested, NONE)


def test_where_nothing_is_stored_one_sentence_says_so():
    for frame in (NONE, pd.DataFrame()):
        said = prose.summarize_verdicts(frame)
        assert said.count(".") == 1 and said.endswith(".")
        assert "No record is stored" in tables.tabulate_verdicts(frame).data


def test_the_piles_are_no_test_where_they_were_found():
    found, other = (pd.DataFrame({"end": ["both"], "seen": [seen]}) for seen in (True, False))
    assert "only the others can test it" in prose_here.place_piles(found)
    assert "here they are a test" in prose_here.place_piles(other)
