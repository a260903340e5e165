"""A study from table to record: complete, readable, whole or not at all, honest about its age."""

import functools
import json
import logging
import pkgutil
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from joblib import Memory
from threadpoolctl import threadpool_limits

from analysis import sources
from analysis.prediction.learners import BOOSTING, NET, Dimension, Learner, build_boosting
from analysis.prediction.tuning import Budget
from analysis.study import fingerprints, records, replication, schema, steps
from analysis.tracks import datasets
from analysis.tracks.schema import PITCHES, TIMBRE, BadInput
from tests.prediction.conftest import make_tracks as canonical_tracks
from tests.tracks.made_tracks import add_repeats, as_export, make_tracks

ROOMS = ("validation", "tuning", "comparison", "explanation", "learning_curves", "leakage",
         "derivation", "evidence")  # fmt: skip
ROWS = 300
SPENDING = Budget("quick", 1, 3, 400, 1, (0.5, 1.0))
# few trees, few folds, and trees in place of the network: what is tested is the record, not what
# the methods find
FEW = (Dimension("rounds", 15, 10, 20, whole=True),)
LIGHT = replace(BOOSTING, space=FEW)
FEWER = {
    "analysis.study.audio_block.grouped_folds": {"n_folds": 3},
    "analysis.prediction.explanation.permutation_importance": {"repeats": 1},
    "analysis.prediction.derivation.derive_formula": {"n_folds": 3},
    "analysis.prediction.evidence.score_feature_groups": {"n_folds": 3},
}
QUICK = Learner("network", "Neural network", "network", build_boosting, FEW)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A table with the audio analysis, in which timbre carries valence, and repeats."""
    tracks = make_tracks(ROWS, 50, seed=4)
    rng = np.random.default_rng(5)
    means = {name: rng.uniform(0.1, 0.9, ROWS).round(3) for name in PITCHES}
    means |= {name: rng.normal(0, 20, ROWS).round(3) for name in TIMBRE}
    tracks = pd.concat([tracks, pd.DataFrame(means)], axis=1)
    level = 0.3 + 0.3 * tracks["danceability"] + 0.005 * tracks["timbre_0"]
    tracks["valence"] = (level + rng.normal(0, 0.03, ROWS)).clip(0.01, 0.99).round(4)
    path = tmp_path_factory.mktemp("tables") / "mine.csv"
    as_export(add_repeats(tracks, 30)).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def own_store(tmp_path_factory):
    """A small budget, few and quick methods, one process and a cache of its own."""
    # threads of small trees wait for each other longer than they compute
    with threadpool_limits(1), pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.memory.store", Memory(tmp_path_factory.mktemp("c"), verbose=0))
        patch.setattr(steps.learners, "LEARNERS", (NET, LIGHT))
        patch.setattr(steps.leakage, "BOOSTING", LIGHT)
        patch.setattr(steps.explanation, "N_FOLDS", 2)
        small = functools.partial(build_boosting, leaves=3)
        patch.setattr("analysis.prediction.evidence.build_boosting",
                      lambda features, **settings: small(features, rounds=5))  # fmt: skip
        patch.setattr(steps.network, "NETWORKS", (QUICK,))
        patch.setitem(steps.tuning.BUDGETS, "quick", SPENDING)
        for path, settings in FEWER.items():
            patch.setattr(path, functools.partial(pkgutil.resolve_name(path), **settings))
        for room in ROOMS:
            patch.setattr(f"analysis.prediction.{room}.JOBS", 1)
        yield patch


@pytest.fixture(scope="module")
def record(table, own_store):
    return records.make_record(str(table), "quick")


def test_a_record_fits_the_schema_and_comes_back_unchanged(record, tmp_path):
    records.write_record(record, tmp_path / "mine.json")
    assert records.read_record(tmp_path / "mine.json") == json.loads(json.dumps(record))
    assert record["budget"] == "quick"
    assert set(record["tables"]) == {*schema.TABLES, *schema.OPTIONAL} - {"transfer", "hold_outs"}
    assert record["fingerprints"]["code"] == fingerprints.code_fingerprint()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]


def test_a_record_says_what_the_table_says(record, table):
    assert record["fingerprints"]["data"] == datasets.fingerprint(datasets.load(table))
    account = records.table_of(record, "account")
    assert account["left"].iloc[[0, -1]].tolist() == [ROWS + 30, ROWS]
    learned = records.table_of(record, "audio_learners").set_index("model")
    assert (learned["gain"] > 0.1).all()
    parts = records.table_of(record, "audio_parts").set_index("part")["per_sd"]
    assert parts.abs().idxmax() == "timbre_0"
    assert parts["timbre_0"] == pytest.approx(0.1, abs=0.02)
    sets = records.table_of(record, "audio_sets").set_index("with")["r2"]
    assert sets["timbre"] > sets["neither"] + 0.1 > sets["pitch"]


def test_a_study_that_is_run_again_takes_its_results_from_the_cache(record, table, own_store):
    own_store.setattr("analysis.prediction.validation.fit_learner", None)
    again = records.make_record(str(table), "quick")
    assert again["tables"] == json.loads(json.dumps(record["tables"]))
    own_store.undo()


def test_a_failed_write_leaves_the_old_record(record, tmp_path, monkeypatch):
    records.write_record(record, tmp_path / "mine.json")
    before = (tmp_path / "mine.json").read_bytes()

    def fail(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(BadInput, match="No space left"):
        records.write_record(record | {"budget": "full"}, tmp_path / "mine.json")
    assert (tmp_path / "mine.json").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_no_record_is_refused(record, tmp_path, caplog):
    (tmp_path / "old.json").write_text(json.dumps(record | {"schema": 0}))
    (tmp_path / "bad.json").write_text("{")
    lacking = {name: one for name, one in record["tables"].items() if name != "ladder"}
    (tmp_path / "cut.json").write_text(json.dumps(record | {"tables": lacking}))
    records.write_record(record | {"name": "genres"}, tmp_path / "z.json")
    records.write_record(record, tmp_path / "a.json")
    with pytest.raises(BadInput, match="lacks ladder"):
        records.read_record(tmp_path / "cut.json")
    with caplog.at_level(logging.WARNING):
        assert list(records.read_records(tmp_path)) == ["genres", "mine"]
    assert len(caplog.messages) == 3


def test_wording_does_not_make_a_record_old_but_code_does():
    source = (
        '"""Words."""\n\nX = 1  # why\n\n\ndef f():\n    """More."""\n    return "# no comment"\n'
    )
    bare = sources.bare_code(source)
    assert bare == 'X = 1\ndef f():\n    return "# no comment"'
    assert sources.bare_code(source.replace("Words", "Other words")) == bare
    assert sources.bare_code(source.replace("X = 1", "X = 2")) != bare


def test_two_records_are_compared_in_tables_and_sentences(record):
    from analysis.reporting.prose import audio
    from analysis.reporting.prose import replication as prose
    from analysis.reporting.tables import replication as tables

    both = {"mine": record, "yours": record | {"name": "yours"}}
    studies = replication.describe_studies(both)
    findings = replication.judge_findings(both)
    stacked = {name: replication.stack_tables(both, name) for name in record["tables"]}
    made = [
        tables.tabulate_studies(studies),
        tables.tabulate_cleaning(replication.compare_cleaning(both)),
        tables.tabulate_leakage(stacked["leakage"]),
        tables.tabulate_methods(replication.compare_methods(both), "mae"),
        tables.tabulate_effects(replication.compare_effects(both)),
        tables.tabulate_ceilings(stacked["ceilings"], stacked["repeats"]),
        tables.tabulate_findings(findings),
        tables.tabulate_keys(stacked["keys"]),
        tables.tabulate_gains(stacked["audio_rungs"]),
        tables.tabulate_sets(records.table_of(record, "audio_sets")),
        tables.tabulate_networks(replication.compare_networks(both)),
    ]
    assert all("|" in one.data and "| nan" not in one.data for one in made)
    said = [
        prose.label_all(studies), prose.summarize_studies(studies),
        prose.summarize_leakage(stacked["leakage"]),
        prose.summarize_methods(replication.compare_methods(both)),
        *prose.summarize_findings(findings),
        prose.summarize_effects(replication.compare_effects(both)),
        prose.summarize_networks(replication.compare_networks(both)),
        prose.caption_ladders(stacked["ladder"]),
        prose.caption_importance(replication.compare_importance(both)),
        audio.summarize_gains(*(records.table_of(record, name)
                                for name in ("audio_learners", "audio_sets"))),
        audio.summarize_parts(records.table_of(record, "audio_parts")),
        audio.explain_third(records.table_of(record, "audio_parts")),
        audio.explain_rungs(replication.audio_tables(both)["audio_rungs"]),
        audio.explain_harmony(stacked["keys"]),
        audio.compare_sources(replication.table_of_audio(both, "groups")),
    ]  # fmt: skip
    assert not [one for one in said if not one.endswith(".") or re.search(r"\bnan\b", one)]


def duel(held: tuple[float, float], folds: float) -> dict:
    """Return what a record has of a network and another method."""
    low, high = held
    tables = {
        "network_scores": (["model", "role"], [["n", "network"], ["o", "other"]]),
        "network_differences": (["model", "metric", "against", "value", "low", "high"],
                                [["n", "mae", "o", (low + high) / 2, low, high],
                                 ["n", "r2", "o", -(low + high) / 2, -high, -low]]),
        "network_folds": (["metric", "value", "low", "high"],
                          [["mae", folds, folds - 0.005, folds + 0.005],
                           ["r2", -folds, -folds - 0.005, -folds + 0.005]]),
    }  # fmt: skip
    return {"tables": {name: {"columns": columns, "rows": rows}
                       for name, (columns, rows) in tables.items()}}  # fmt: skip


@pytest.mark.parametrize(
    ("held", "folds", "wins", "said"),
    [((-0.02, -0.01), -0.01, True, "lower, on held-out artists and over folds, in"),
     ((-0.02, -0.01), -0.001, False, "do not confirm, in"),
     ((-0.02, 0.01), -0.01, False, "not told from it"), ((0.01, 0.02), 0.01, False, "higher, on")],
)  # fmt: skip
def test_a_network_wins_only_where_artists_and_folds_agree(held, folds, wins, said):
    from analysis.reporting.prose.replication import summarize_networks

    record = duel(held, folds)
    assert replication._network_wins(record, "mae") is wins
    assert replication._network_wins(record, "r2") is wins
    apart = replication._fold_difference(record)
    assert apart["high"] - apart["value"] == pytest.approx(0.005)
    row = {"data": "mine", "metric": "mae", **replication._network_difference(record)}
    row |= {f"folds_{end}": apart[end] for end in ("low", "high")}
    assert said in summarize_networks(pd.DataFrame([row]))


def test_with_one_study_nothing_is_said_of_every_table(record):
    from analysis.reporting.prose import replication as prose

    one = {"mine": record}
    said = [*prose.summarize_findings(replication.judge_findings(one)),
            prose.summarize_effects(replication.compare_effects(one)),
            prose.summarize_networks(replication.compare_networks(one))]  # fmt: skip
    assert not [text for text in said if "every" in text or "any table" in text]


def test_two_records_are_drawn(record):
    import matplotlib.pyplot as plt

    from analysis.reporting.figures import replication as figures

    both = {"mine": record, "yours": record}
    gains = replication.stack_tables(both, "audio_rungs").assign(kind="rungs")
    for figure in (
        figures.draw_ladders(replication.stack_tables(both, "ladder")),
        figures.draw_effects(replication.compare_effects(both)),
        figures.draw_importance(replication.compare_importance(both)),
        figures.draw_gains(gains[gains["data"] == "mine"]),
        figures.draw_parts(records.table_of(record, "audio_parts")),
    ):
        plt.close(figure.draw())


def test_without_records_there_are_sentences_and_a_line_for_each_table():
    import matplotlib.pyplot as plt

    from analysis.reporting.figures import replication as figures
    from analysis.reporting.prose import audio
    from analysis.reporting.prose import replication as prose
    from analysis.reporting.tables import replication as tables

    assert "nothing can be compared" in prose.summarize_studies(replication.describe_studies({}))
    assert prose.summarize_effects(replication.compare_effects({})) == ""
    assert prose.summarize_findings(replication.judge_findings({})) == ("", "")
    for made in (replication.compare_cleaning, replication.compare_networks):
        assert tables.tabulate_cleaning(made({})).data == tables.NOTHING.data
    assert tables.tabulate_leakage(replication.stack_tables({}, "leakage")) is tables.NOTHING
    assert tables.tabulate_findings(replication.judge_findings({})) is tables.NOTHING
    plt.close(figures.draw_ladders(replication.stack_tables({}, "ladder")).draw())
    heard = replication.audio_tables({})
    assert tables.tabulate_gains(heard["audio_rungs"]) is tables.NOTHING
    assert "nothing to draw" in audio.explain_rungs(heard["audio_rungs"])
    assert audio.compare_sources(replication.table_of_audio({}, "groups")) == ""
    assert "No stored study" in audio.summarize_gains(heard["audio_rungs"], heard["audio_sets"])
    for has in (False, True):
        assert "no numbers" in audio.place_analysis(has, "Mine", None)
    plt.close(figures.draw_parts(heard["audio_parts"]).draw())


def test_an_old_record_is_labelled(record):
    from analysis.reporting.prose import replication as prose

    old = record | {"fingerprints": record["fingerprints"] | {"code": "0" * 64}}
    assert prose.EARLIER in prose.label_record(old, records.is_current(old))
    assert prose.EARLIER not in prose.label_record(record, records.is_current(record))
    assert prose.EARLIER in prose.summarize_studies(replication.describe_studies({"mine": old}))


@pytest.mark.parametrize("path", sorted(records.RESULTS.glob("*.json")), ids=lambda p: p.stem)
def test_records_of_the_repository(path):
    """They fit the schema, are made of what their names say, and the report tells their age."""
    from analysis.reporting.prose.replication import label_record

    stored = records.read_record(path)
    assert stored["name"] == path.stem
    if path.stem in datasets.KNOWN:
        assert stored["budget"] == "full"
        assert stored["fingerprints"]["data"] == datasets.KNOWN[path.stem].fingerprint
    labelled = label_record(stored, records.is_current(stored))
    assert ("made by an earlier version" in labelled) is not records.is_current(stored)


def test_a_stored_formula_predicts_as_the_one_that_was_stored():
    from analysis.prediction.derivation import Formula, Term
    from analysis.prediction.pieces import Atom, Piece
    from analysis.study.formulas import stored_formula
    from analysis.study.making import list_terms

    above = Piece((Atom("tempo", "above", 120.0), Atom("danceability", "line")))
    made = Formula(0.2, (Term(0.003, above), Term(-0.1, Piece((Atom("energy", "step", 0.5),)))))
    lines = list_terms(made, "all features")
    frame = {"columns": list(lines), "rows": lines.to_numpy().tolist()}
    again, tracks = stored_formula({"tables": {"formulas": frame}}), canonical_tracks(50, 10)
    assert again.predict(tracks) == pytest.approx(made.predict(tracks), abs=1e-12)
    assert stored_formula(None) is None
