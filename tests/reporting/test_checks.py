"""Sentences that say how far a comparison can be trusted."""

from io import StringIO

import pandas as pd
import pytest

from analysis.prediction import tuning
from analysis.prediction.derivation import Formula, Term
from analysis.prediction.learners import LEARNERS
from analysis.prediction.network_learners import NETWORKS
from analysis.prediction.pieces import Atom, Piece
from analysis.reporting.prose import (
    abstract,
    checks,
    derivation,
    elsewhere,
    network,
)
from analysis.reporting.tables import settings
from analysis.reporting.tables import tracks as table_of_tracks

LEADS = pd.DataFrame(
    {"feature": ["energy"], "larger": [0.01], "larger_low": [-0.02], "larger_high": [0.04]}
)
LABELS = {"residual_network": "Residual network"}


def test_every_setting_that_is_searched_has_a_meaning():
    spaces = tuning.search_spaces(LEARNERS + NETWORKS)
    searched = zip(spaces["learner"], spaces["setting"], strict=True)
    assert all({(method, name), name} & set(settings.MEANINGS) for method, name in searched)
    assert "trees in sequence" in settings.tabulate_spaces(spaces).data


def test_sizes_are_those_of_the_builders():
    text = checks.describe_sizes()
    assert "80 trees" in text
    assert "2,500 landmarks" in text


def test_a_choice_among_names_has_no_scale():
    spaces = tuning.search_spaces(LEARNERS)
    named = spaces["setting"].isin(["weights", "p"])
    kept = pd.read_table(
        StringIO(settings.tabulate_spaces(spaces).data), sep="|", skipinitialspace=True
    )
    scales = kept.filter(like="scale").iloc[1:, 0].str.strip().tolist()
    assert [scale == "choice" for scale in scales] == named.tolist()


def test_units_are_those_of_the_columns_that_formulas_read():
    def reading(*columns):
        pieces = [Piece((Atom(column, "line"),)) for column in columns]
        return Formula(0.2, tuple(Term(0.1, piece) for piece in pieces))

    told = derivation.define_columns(reading("energy", "tempo"), reading("duration_min"))
    assert told == "Tempo is in BPM and minutes are the track's length."
    assert derivation.define_columns(reading("energy")) == ""


@pytest.mark.parametrize(
    ("genres", "rows", "end"),
    [
        (40, 7_000, "has both, the genres and the length."),
        (40, 4_000, "has the genres but not the length."),
        (6, 7_000, "has the length but not the genres."),
        (6, 4_000, "so all its sequences read it alike."),
    ],
)
def test_ways_of_the_sequences_are_told_of_the_table(genres, rows, end):
    train = pd.DataFrame({"genre": [f"genre {row % genres}" for row in range(rows)]})
    text = checks.describe_sequences(train)
    assert "more than 30 genres" in text
    assert "more than 6,500 tracks" in text
    assert text.endswith(end)


@pytest.mark.parametrize(
    ("held", "folds", "end"),
    [
        (-0.003, -0.003, "would have made a winner."),
        (-0.003, 0.0, "no winner would have been declared either."),
        (0.0, 0.0, "so no winner would have been declared either."),
    ],
)
def test_the_network_that_was_not_chosen(held, folds, end):
    apart = pd.DataFrame([{
        "model": "residual_network", "metric": "mae", "value": held, "low": held - 0.001,
        "high": held + 0.001,
    }])  # fmt: skip
    crossed = apart.assign(difference=folds, low=folds - 0.001, high=folds + 0.001)
    assert checks.tell_other_network(apart, crossed, "residual_network", LABELS).endswith(end)


def test_strangers_are_told_with_their_interval():
    scored = pd.DataFrame(
        {"model": ["stack"], "metric": ["r2"], "value": [0.5], "low": [0.4], "high": [0.6]}
    )
    assert "On the 60 held-out tracks" in checks.summarize_strangers(scored, "stack", 60)
    assert "0.400 to 0.600" in checks.summarize_strangers(scored, "stack", 60)
    assert checks.summarize_strangers(scored.iloc[:0], "stack", 0) == ""


def test_groups_are_named_where_their_interval_is_clear_of_zero():
    groups = pd.DataFrame({
        "group": ["rock", "jazz"], "difference": [-0.01, 0.0], "low": [-0.02, -0.01],
        "high": [-0.001, 0.01],
    })  # fmt: skip
    assert "tracks enough" in network.name_groups_apart(pd.DataFrame())
    assert network.name_groups_apart(groups).endswith("the network errs less in rock (−0.010).")
    assert network.name_groups_apart(groups.iloc[1:]) == (
        "In no group is the difference clear of zero."
    )


def test_stand_ins_are_named_where_sound_was_not_measured():
    assert elsewhere.remark_on_stand_ins(["energy", "pitch_0"]) == ""
    assert "key and mode alone" in elsewhere.remark_on_stand_ins(["energy"])


def test_choices_are_admitted_for_the_tables_that_were_seen():
    assert "the held-out fifth included" in abstract.admit_choices(known=True)
    assert "held-out" not in abstract.admit_choices(known=False)


@pytest.mark.parametrize(
    ("kept", "said"),
    [(0.87, "keeps 87 %"), (1.27, "explains no less than"), (-0.2, "explains nothing on new"),
     (float("nan"), "has nothing to keep")],
)
def test_a_formula_never_keeps_more_than_all(kept, said):
    fit = pd.Series({"kept": kept, "best": 0.4})
    assert said in abstract.answer_derivation(3, fit, pd.DataFrame({"r2": [float("nan")]}))


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
