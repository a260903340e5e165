"""Sentences that say how far a comparison can be trusted."""

import pandas as pd

from analysis.prediction.derivation import Formula, Term
from analysis.prediction.pieces import Atom, Piece
from analysis.printing import tables as table_of_tracks
from analysis.reporting.prose import derivation, elsewhere

LEADS = pd.DataFrame(
    {"feature": ["energy"], "larger": [0.01], "larger_low": [-0.02], "larger_high": [0.04]}
)


def test_units_are_those_of_the_columns_that_formulas_read():
    def reading(*columns):
        pieces = [Piece((Atom(column, "line"),)) for column in columns]
        return Formula(0.2, tuple(Term(0.1, piece) for piece in pieces))

    told = derivation.define_columns(reading("energy", "tempo"), reading("duration_min"))
    assert told == "Tempo is in BPM and minutes are the track's length."
    assert derivation.define_columns(reading("energy")) == ""


def test_stand_ins_are_named_where_sound_was_not_measured():
    assert elsewhere.remark_on_stand_ins(["energy", "pitch_0"]) == ""
    assert "key and mode alone" in elsewhere.remark_on_stand_ins(["energy"])


def test_a_frontier_without_a_gain_is_captioned():
    frontier = pd.DataFrame({"terms": [1, 2], "r2": [-0.1, -0.2]})
    assert "no length is better than the mean" in derivation.caption_frontier({"all": frontier})


def test_the_first_verdict_names_what_judges():
    judged = pd.DataFrame({"claim": ["Valence is a function."], "verdict": ["not"], "doubt": [""]})
    text = derivation.summarize_verdicts(judged)
    assert text == "By our thresholds the estimates do not support that valence is a function."


def test_years_have_no_separator():
    lines = pd.DataFrame({
        "name": ["year", "duration_ms"], "meaning": "m", "unit": "none", "levels": 3,
        "smallest": [1965.0, 1965.0], "largest": [2020.0, 2020.0],
    })  # fmt: skip
    text = table_of_tracks.tabulate_dictionary(lines).data
    assert "1965 to 2020" in text
    assert "1,965 to 2,020" in text
