"""Words on prediction and on the network say what their numbers say, whatever the table."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.prediction import network_agreement
from analysis.prediction import tuning as tuner
from analysis.prediction.learners import LEARNERS
from analysis.prediction.validation import candidate
from analysis.reporting import prose
from analysis.reporting.prose import network, prediction
from analysis.reporting.tables import network as network_tables

BETTER, EQUAL, WORSE = (
    pd.Series({"value": value, "difference": value, "low": value - 0.001, "high": value + 0.001})
    for value in (-0.002, 0.0, 0.002)
)


@pytest.fixture
def spread():
    maes = [0.130, 0.131, 0.132]
    return pd.DataFrame({"seed": range(3), "kind": "ensemble", "mae": maes})


@pytest.mark.parametrize(
    ("held", "folds", "end"),
    [
        (BETTER, BETTER, "the network is declared the better one."),
        (WORSE, WORSE, "the network is declared the worse one."),
        (BETTER, EQUAL, "so no winner is declared."),
        (EQUAL, EQUAL, "can tell them apart."),
    ],
)
def test_a_winner_needs_held_out_artists_and_folds(spread, held, folds, end):
    text = network.judge_network(spread, held, folds, "Stack")
    assert text.endswith(end)
    assert "three seeds" in text
    assert prose.interval(held["low"], held["high"], 4) in text


def test_an_end_that_prints_as_zero_is_zero():
    assert network.judge_interval(pd.Series({"low": -0.0056, "high": -0.00004})) == "equal"
    assert network.judge_interval(pd.Series({"low": -0.0056, "high": -0.00006})) == "better"


@pytest.mark.parametrize(("shown", "words"), [(0.130, "none of the others"), (0.132, "two of")])
def test_no_seed_is_none(spread, shown, words):
    duel = SimpleNamespace(network="network", score=lambda metric, name: {"value": shown})
    text = network.summarize_seeds(spread, duel)
    assert words in text
    assert "mean of 0.1310" in text


def test_groups_are_counted_and_not_judged():
    part = pd.DataFrame({"group": list("abc"), "low": [-0.2, -0.1, 0.1], "high": [-0.1, 0.1, 0.2]})
    text = network.explain_groups(part, part)
    assert "six groups" in text
    assert "sampling error" not in text
    assert network.caption_genres(part, part) == f"The same difference by genre. {text}"
    whole = part.head(1).assign(group="all tracks")
    assert "as the table has no genre. The network" in network.caption_genres(part, whole)


def search_of(learner, **settings):
    chosen = candidate(learner, learner.defaults() | settings)
    return tuner.Search(chosen, pd.DataFrame({"mae": [0.2] * 20}))


def test_settings_at_an_edge_are_named():
    found = {one.name: search_of(one) for one in LEARNERS}
    assert prediction.name_edges(found).startswith("No chosen number lies near an end")
    found["elastic_net"] = search_of(LEARNERS[0], l1_ratio=1.0, knots=3)
    found["neighbours"] = search_of(LEARNERS[1], genre_weight=7.6)
    text = prediction.name_edges(found)
    assert "l1_ratio and knots (elastic net); genre_weight (nearest neighbours)" in text
    assert "no trial beat the defaults" in text
    assert "elastic net" not in text.split("For ")[1]


def test_searches_of_both_sides_are_counted():
    found = {one.name: search_of(one) for one in LEARNERS}
    text = network.count_searches(found, dict(list(found.items())[:1]))
    assert "seven searches, 140 trials" in text
    assert "one search, 20 trials" in text


def test_predictors_are_named():
    text = prediction.list_predictors(["energy", "duration_ms", "pitch_0", "pitch_1", "explicit"])
    assert "five columns" in text
    assert text.endswith("energy, duration, explicit and 2 means of pitch.")


def test_rivals_have_scores_of_both_parts():
    kinds = {"net": "network", "wide": "network", "trees": "trees", "lines": "linear",
             "stack": "stack", "mean": "baseline"}  # fmt: skip
    test = pd.DataFrame({"valence": [0.1, 0.5, 0.9, 0.4] * 5, "artist": list("abcde") * 4})
    levels = {"net": 0.1, "wide": 0.2, "trees": 0.15, "lines": 0.3, "stack": 0.12, "mean": 0.4}
    folds = [{"model": m, "repeat": 0, "fold": f, "mae": v + f / 100, "rmse": v, "r2": 1 - v,
              "rank": 0.5} for m, v in levels.items() for f in range(3)]  # fmt: skip
    entrants = SimpleNamespace(
        by_fold=pd.DataFrame(folds),
        candidates={m: SimpleNamespace(learner=SimpleNamespace(kind=k)) for m, k in kinds.items()},
        weights=pd.Series({"lines": 0.6, "trees": 0.4}),
        held_out=pd.DataFrame({m: test["valence"] + v for m, v in levels.items()}),
    )
    duel = SimpleNamespace(network="net", other="stack")
    table = network_agreement.score_rivals(entrants, duel, test, 3)
    assert list(table["model"].unique()) == ["net", "wide", "stack", "trees"]
    maes = table[table["metric"] == "mae"].set_index("model")
    assert maes.loc["net", "crossed"] == pytest.approx(0.11)
    assert maes.loc["stack", "held"] == pytest.approx(0.12)
    labels = {name: name.capitalize() for name in levels}
    text = network.describe_rivals(table, duel, labels)
    assert text == ("By cross-validated error the net (0.1100) comes before the "
                    "wide (0.2100); of the other methods the least is 0.1300 (stack).")  # fmt: skip
    assert network_tables.tabulate_rivals(table, labels).data.count("\n") == 5


def test_too_few_held_out_tracks_are_said_and_drawn():
    from analysis.reporting.figures.prediction import draw_groups
    from analysis.reporting.prose.prediction import summarize_groups

    assert "too few held-out tracks" in summarize_groups(pd.DataFrame())
    draw_groups(pd.DataFrame()).draw()


def test_a_search_on_a_sample_says_so():
    assert prediction.explain_search(6_500, 3_560) == "Every search sees all training tracks."
    told = prediction.explain_search(13_000, 63_780)
    assert told.startswith("Of the 63,780 training tracks a search sees no more than 13,000")


def test_a_method_is_beaten_by_held_out_artists_and_folds_together():
    tests = pd.DataFrame({"model": ["mean", "forest", "net"], "p": [0.001, 0.2, 0.3]})
    apart = pd.DataFrame(
        [("mean", "mae", 0.01), ("forest", "mae", 0.001), ("net", "mae", -0.001),
         ("net", "r2", 0.5)],
        columns=["model", "metric", "low"],
    )  # fmt: skip
    labels = {"stack": "Stack", "mean": "Mean", "forest": "Random forest", "net": "Elastic net"}
    assert prediction.summarize_tests(tests, apart, "stack", labels) == (
        "Judged by the held-out artists and by the folds, stack is better than mean by both; beats "
        "random forest by one of the two only, which is not counted; cannot be told from elastic "
        "net by either."
    )
    none = prediction.summarize_tests(tests.tail(1), apart, "stack", labels)
    assert none.endswith("stack cannot be told from elastic net by either.")
