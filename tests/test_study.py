"""A study from table to record: complete, readable, whole or not at all, and what is told of it."""

import ast
import json
import logging
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from joblib import Memory
from threadpoolctl import threadpool_limits

from analysis import printing, replication, sources, study
from analysis.prediction.learners import BOOSTING, NET, Dimension, Learner, build_boosting
from analysis.prediction.tuning import BUDGETS, Budget
from analysis.tracks import datasets
from analysis.tracks.schema import PITCHES, TIMBRE, BadInput
from render.document import Cell, read_document
from tests import walk_report
from tests.tracks.made_tracks import add_repeats, as_export, make_tracks

ROOMS = ("prediction.validation", "prediction.tuning", "derivation.formula_search",
         "derivation.evidence")  # fmt: skip
KINDS = ("difference", "fold_difference")
ROWS = 300
SPENDING = Budget("quick", 1, 3, 400, 1, (0.5, 1.0))
# few trees, few folds, and trees in place of the network: what is tested is the record, not what
# the methods find
FEW = (Dimension("rounds", 15, 10, 20, whole=True),)
LIGHT = replace(BOOSTING, space=FEW)


def build_quick(features, rounds: int, seed: int = 1):
    """Return a few trees that take a seed, as a network does."""
    return build_boosting(features, rounds=rounds)


QUICK = Learner("network", "Neural network", "network", build_quick, FEW)


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
        patch.setattr("analysis.prediction.comparison.LEARNERS", (NET, LIGHT))
        patch.setattr("analysis.prediction.comparison.NETWORKS", (QUICK,))
        patch.setattr("analysis.prediction.leakage.BOOSTING", LIGHT)
        patch.setattr("analysis.derivation.evidence.ROUNDS", 5)
        patch.setitem(BUDGETS, "quick", SPENDING)
        for room in ROOMS:
            patch.setattr(f"analysis.{room}.JOBS", 1)
        yield patch


@pytest.fixture(scope="module")
def record(table, own_store):
    return study.make_record(str(table), "quick")


def test_a_record_fits_the_schema_and_comes_back_unchanged(record, tmp_path):
    study.write_record(record, tmp_path / "mine.json")
    assert study.read_record(tmp_path / "mine.json") == json.loads(json.dumps(record))
    assert record["budget"] == "quick"
    assert set(record["tables"]) == {*study.TABLES, *study.OPTIONAL} - {"transfer", "hold_outs"}
    assert study.is_current(record)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]


def test_a_record_says_what_the_table_says(record, table):
    assert record["fingerprints"]["data"] == datasets.fingerprint(datasets.load(table))
    frames = {name: replication.table_of(record, name) for name in record["tables"]}
    assert frames["split"]["tracks"].sum() == ROWS
    assert (frames["audio_methods"].set_index("model")["gain"] > 0.1).all()
    heard = frames["audio_effects"].set_index("feature")
    assert set(heard.index[heard["significant"]]) == {"danceability", "timbre_0"}
    assert heard["per_sd"].idxmax() == "timbre_0"
    assert heard.loc["timbre_0", "per_sd"] == pytest.approx(0.1, abs=0.02)
    assert frames["ladder"]["chosen"].sum() == frames["audio_ladder"]["chosen"].sum() == 1
    contexts = [frames[name]["context"].nunique() for name in ("ladder", "audio_ladder")]
    assert contexts[1] == 4 * contexts[0]  # neither, pitch, timbre, both
    assert not set(frames["final"]["feature"]) & set(TIMBRE)
    assert set(frames["common"]["feature"]).isdisjoint({"genre", "popularity", "year", "explicit"})
    assert frames["methods"]["best"].sum() == 1


def test_a_study_that_is_run_again_takes_its_results_from_the_cache(record, table, own_store):
    own_store.setattr("analysis.prediction.validation.fit_learner", None)
    again = study.make_record(str(table), "quick")
    assert again["tables"] == json.loads(json.dumps(record["tables"]))
    own_store.undo()


def test_what_is_no_record_is_refused(record, tmp_path, caplog):
    (tmp_path / "old.json").write_text(json.dumps(record | {"schema": 2}))
    (tmp_path / "bad.json").write_text("{")
    lacking = {name: one for name, one in record["tables"].items() if name != "ladder"}
    (tmp_path / "cut.json").write_text(json.dumps(record | {"tables": lacking}))
    study.write_record(record | {"name": "genres"}, tmp_path / "z.json")
    study.write_record(record, tmp_path / "a.json")
    with pytest.raises(BadInput, match="lacks ladder"):
        study.read_record(tmp_path / "cut.json")
    with caplog.at_level(logging.WARNING):
        assert list(replication.read_records(tmp_path)) == ["genres", "mine"]
    assert len(caplog.messages) == 3


def test_wording_does_not_make_a_record_old_but_code_does():
    source = (
        '"""Words."""\n\nX = 1  # why\n\n\ndef f():\n    """More."""\n    return "# no comment"\n'
    )
    bare = sources.bare_code(source)
    assert bare == 'X = 1\ndef f():\n    return "# no comment"'
    assert sources.bare_code(source.replace("Words", "Other words")) == bare
    assert sources.bare_code(source.replace("X = 1", "X = 2")) != bare


@pytest.mark.parametrize("path", sorted(study.RESULTS.glob("*.json")), ids=lambda p: p.stem)
def test_records_of_the_repository(path):
    """They fit the schema and are made of what their names say."""
    if json.loads(path.read_text())["schema"] != study.SCHEMA:
        pytest.skip("a record of an earlier schema, to be made again")
    stored = study.read_record(path)
    assert stored["name"] == path.stem
    assert stored["budget"] == "full"
    assert stored["fingerprints"]["data"] == datasets.KNOWN[path.stem].fingerprint


def planted(
    record: dict, effects: dict, held=(-0.02, -0.01), folds=(-0.02, -0.01), verdict="undecided"
) -> dict:
    """Return a record with given effects, given differences of a network and a given verdict."""
    names = ["", "_low", "_high"]
    frames = {
        "leakage": pd.DataFrame([[0.6, 0.58, 0.62], [0.5, 0.48, 0.52], [0.4, 0.3, 0.5]],
                                columns=[f"r2{name}" for name in names]),
        "common": pd.DataFrame.from_dict(effects, "index", columns=[f"difference{name}" for name in
                                         names]).rename_axis("feature").reset_index(),
        "network": pd.DataFrame([
            {"metric": metric, "difference": np.mean(ends[0]),
             **{f"{kind}_low": min(one) for kind, one in zip(KINDS, ends, strict=True)},
             **{f"{kind}_high": max(one) for kind, one in zip(KINDS, ends, strict=True)}}
            for metric, sign in (("mae", 1), ("r2", -1))
            for ends in [sign * np.array([held, folds])]]),
        "claims": pd.DataFrame({"claim": ["rescaled"], "size": [1.2], "size_low": [0.9],
                                "size_high": [1.5], "verdict": [verdict]}),
    }  # fmt: skip
    tables = {name: {"columns": list(frame), "rows": frame.to_numpy().tolist()}
              for name, frame in frames.items()}  # fmt: skip
    return record | {"tables": record["tables"] | tables}


def test_a_finding_holds_where_the_whole_interval_has_its_sign(record):
    effects = {"danceability": (0.2, 0.15, 0.25), "energy": (0.05, -0.01, 0.11),
               "loudness": (-0.1, -0.14, -0.06)}  # fmt: skip
    found = replication.judge_findings({"mine": planted(record, effects)}).set_index("finding")
    assert found.loc["danceability goes with higher valence", "holds"]
    assert not found.loc["energy goes with higher valence", "holds"]
    assert found.loc["loudness goes with lower valence", "holds"]
    leads = found.loc["without genre, danceability leads"]
    assert leads[["size", "low", "high"]].tolist() == pytest.approx([0.1, 0.01, 0.19])
    assert found.loc["counting repeats raises R²", "low"] == pytest.approx(0.06)
    assert not found.loc["known artists inflate R²", "holds"]
    assert pd.isna(found.loc["duration goes with lower valence", "size"])
    piles = "values pile up near the ends of the scale"
    assert not found.loc[piles, "holds"] and found.loc[piles, "size"] > 0
    seen = planted(record, effects, verdict="not testable here")
    seen = replication.judge_findings({"seen": seen}).set_index("finding")
    assert pd.isna(seen.loc[piles, "size"])
    shown = printing.tabulate_findings(found.reset_index()).data
    assert "not shown" in shown and "nan" not in shown


@pytest.mark.parametrize(
    ("held", "folds", "wins"),
    [((-0.02, -0.01), (-0.015, -0.005), True), ((-0.02, -0.01), (-0.006, 0.004), False),
     ((-0.02, 0.01), (-0.015, -0.005), False), ((0.01, 0.02), (0.005, 0.015), False)],
)  # fmt: skip
def test_a_network_wins_only_where_artists_and_folds_agree(record, held, folds, wins):
    mine = planted(record, {"danceability": (0.2, 0.1, 0.3)}, held, folds)
    found = replication.judge_findings({"mine": mine}).set_index("finding")["holds"]
    assert found["the network errs less than the best method"] == wins
    assert found["the network explains more"] == wins


def test_ols_with_genre_stands_for_ols_where_genre_is_known(record):
    other = json.loads(json.dumps(record))
    frame = other["tables"]["methods"]
    frame["rows"] = [row for row in frame["rows"] if row[0] != "linear_genre"]
    found = replication.compare_methods({"mine": record, "other": other})
    models = found[found["method"] == "OLS"].set_index("data")["model"]
    assert models.to_dict() == {"mine": "linear_genre", "other": "linear"}
    assert found.groupby("method").size().eq(2).all()


def walk_chapters(first: str, last: str, names: dict) -> walk_report.Walk:
    """Run the cells and sentences of some chapters, with every import that the report makes."""
    document, walk = read_document(walk_report.REPORT), walk_report.Walk()
    lines = walk_report.REPORT.read_text(encoding="utf-8").splitlines()
    start, end = (next(n for n, line in enumerate(lines, 1) if f"{{#{label}}}" in line)
                  for label in (first, last))  # fmt: skip
    cells = [part for part in document.parts if isinstance(part, Cell)]
    body = [node for cell in cells for node in ast.parse(cell.code).body]
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(imports, []), "<imports>", "exec"), names)
    for part in document.parts:
        if part in cells and start < part.line < end:
            walk_report.run_cell(part, names, walk)
        elif part not in cells and start <= part.line < end:
            own = "\n".join(part.text.splitlines()[: end - part.line])
            walk_report.say_prose(replace(part, text=own), names, walk)
    return walk


@pytest.mark.parametrize("stored", [(), ("mine",), ("mine", "yours", "theirs", "genres")])
def test_chapters_made_from_records_can_be_read(record, stored):
    """With none, with one, and with several; the table at hand has no audio analysis."""
    names = {"recorded": {name: record | {"name": name} for name in stored},
             "train": pd.DataFrame({"valence": [0.5]}), "here": "this data set"}  # fmt: skip
    walk = walk_chapters("sec-audio", "sec-remains", names)
    said = " ".join(walk.said.values())
    assert not walk.problems
    walk = walk_chapters("sec-replication", "sec-conclusion", names)
    said += " ".join(walk.said.values())
    assert not walk.problems
    assert (printing.NO_RECORD in said) is (not stored)
    assert (printing.NO_RECORD in walk.shown["tbl-findings"][1]) is (not stored)
    assert (re.search(r"\d+ of \d+ means are significant", said) is not None) is bool(stored)
