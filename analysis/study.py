"""One data set through all of the analysis, kept as one record (see `results/README.md`).

The steps call what the report's chapters call, with the same arguments, so that either finds in the
cache what the other has computed, and an interrupted study goes on where it stopped.
"""

import contextlib
import datetime
import functools
import hashlib
import json
import logging
import math
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import HOLD_OUT_SEED
from analysis.derivation import evidence, formula_search, variance
from analysis.inference import final_model, halving, ladders
from analysis.prediction import ceiling, comparison, leakage, network_comparison, tuning, validation
from analysis.prediction.evaluation import scores
from analysis.prediction.preparing import without_analysis
from analysis.provenance import list_versions
from analysis.sources import ROOT, list_sources, read_bare
from analysis.tracks import cleaning, datasets
from analysis.tracks.features import CATEGORICAL
from analysis.tracks.schema import BadInput, naming
from analysis.tracks.splitting import describe_split, hold_out, random_hold_out
from analysis.writing import write_text

log = logging.getLogger("analysis")

RESULTS = ROOT / "results"
# The table whose record also says how formulas transfer between all known tables.
LARGEST = "tracks114k"
# Floats keep so many significant digits: more would differ from machine to machine.
DIGITS = 7

# Raised when tables or columns are added or change name or meaning.
SCHEMA = 3
TABLES = ("split", "leakage", "ladder", "final", "common", "methods", "network", "repeats",
          "formula", "claims", "variance")  # fmt: skip
OPTIONAL = ("hold_outs", "transfer", "audio_methods", "audio_ladder", "audio_effects")
FIELDS = ("schema", "name", "title", "source", "licence", "citation", "snapshot", "budget", "seed",
          "made", "fingerprints", "versions", "seconds", "tables")  # fmt: skip


def study_tracks(
    published: pd.DataFrame, budget: str, name: str = "", draws: int = 0
) -> tuple[dict[str, pd.DataFrame], dict[str, float]]:
    """Take one canonical, uncleaned table through cleaning, both questions and the derivation.

    `name` is that of a known table, if it is one; on `draws` further hold-outs all methods are
    tuned and compared anew. Returned are frames by the names of `TABLES` and `OPTIONAL`, and
    seconds by step; what an earlier run left in the cache takes none.
    """
    tables, seconds, spending = {}, {}, tuning.find_budget(budget)

    @contextlib.contextmanager
    def step(label: str):
        log.info("== %s", label)
        start = time.perf_counter()
        yield
        seconds[label] = time.perf_counter() - start

    with step("cleaning"):
        tracks = cleaning.clean(published).tracks
        split = hold_out(tracks)
        train, test = split.train, split.test
        tables["split"] = describe_split(split)
    with step("leakage"):
        tables["leakage"] = leakage.leakage_table(published, tracks)
    with step("question 1"):
        ladder = ladders.build_ladder(train)
        tables["ladder"], tables["final"] = explain_valence(ladder, budget)
        # one formula for all tables: the scores as splines, key, mode and metre
        same = [term for term in ladder.terms if term.startswith("cr(") or term in CATEGORICAL]
        fit = final_model.fit_clustered("valence ~ " + " + ".join(same), ladder.frame)
        tables["common"] = final_model.summarize(fit, ladder.frame)
    with step("question 2"):
        chosen = tables["ladder"].query("chosen")["formula"].iloc[0]
        _, compared = comparison.tune_and_compare(split, spending, chosen)
        methods = comparison.score_methods(compared, test, spending.folds)
        tables["methods"] = methods.assign(best=methods["model"] == compared.best)
    with step("network"):
        tables["network"] = network_comparison.compare_with_best(
            compared, test, spending.folds, seeds=5 if budget == "full" else 2
        )
    with step("derivation"):
        formula = formula_search.find_formula(train).formula
        best = compared.held_out[compared.best]
        fit = formula_search.compare_formula(formula, best, test)
        repeats = ceiling.repeat_measurements(published)
        groups, piles = evidence.score_feature_groups(train), evidence.end_piles(tracks)
        shares = variance.divide_variance(test, formula.predict(test), best, repeats)
        tables |= {
            "formula": fit.to_frame().T.assign(terms=len(formula.terms)),
            "claims": evidence.judge_claims(groups, repeats, piles).reset_index(),
            "variance": shares, "repeats": repeats,
        }  # fmt: skip
    if "pitch_0" in train and "timbre_0" in train:
        with step("audio analysis"):
            tables |= study_audio(train, compared, budget)
    if draws:
        with step("hold-outs"):
            tables["hold_outs"] = score_hold_outs(tracks, spending, draws)
    if name == LARGEST:
        # left out where a table is not here
        with step("transfer"), contextlib.suppress(BadInput):
            known = {one: cleaning.clean(datasets.load(one)).tracks for one in datasets.KNOWN}
            tables["transfer"] = formula_search.score_elsewhere(known)
    return tables, seconds


def explain_valence(ladder: ladders.Ladder, budget: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose a formula, fit it to all tracks of the ladder and test its features by halving.

    Returned are what `ladders.compare_candidates` does, without terms, and a row a feature of any
    candidate: what `final_model.summarize` (missing where the chosen formula lacks it) and
    `halving.aggregate` say, and `significant`.
    """
    compared, sizes = final_model.answer(ladder)
    halvings = halving.halve(ladder, halving.count_halvings(len(ladder.frame), budget))
    halved = halving.aggregate(halvings.drop(columns="chosen"))
    halved["significant"] = halved["p_halved_holm"] < 0.05
    effects = sizes.merge(halved, on="feature", how="right")
    return compared.drop(columns="terms"), effects.sort_values("r2_lost", ascending=False)


def study_audio(
    train: pd.DataFrame, compared: comparison.Comparison, budget: str
) -> dict[str, pd.DataFrame]:
    """Return question 1's answer with the audio analysis, and what it adds to the tuned methods.

    Their settings are kept. ``audio_methods`` has columns model, label, without, with (mean R² over
    folds of whole artists), gain, gain_low, gain_high (95%, corrected for the overlap of folds
    [@nadeau2003]).
    """
    ladder, effects = explain_valence(ladders.build_ladder(train, audio=True), budget)
    tuned = {name: one for name, one in compared.candidates.items()
             if one.learner.kind not in ("baseline", "stack", "average")}  # fmt: skip
    first = compared.by_fold.query("repeat == 0")
    n_folds, crossed = first["fold"].nunique(), without_analysis(compared.crossed)
    folds = validation.cross_predictions(list(tuned.values()), crossed, 1, n_folds)
    plain, heard = (one.pivot_table("r2", "fold", "model")
                    for one in (validation.fold_scores(folds, list(tuned)), first))  # fmt: skip
    rows = [(name, one.label, plain[name].mean(), heard[name].mean(),
             *validation.corrected_interval(heard[name] - plain[name], n_folds))
            for name, one in tuned.items()]  # fmt: skip
    names = ["model", "label", "without", "with", "gain", "gain_low", "gain_high"]
    methods = pd.DataFrame(rows, columns=names)
    return {"audio_methods": methods, "audio_ladder": ladder, "audio_effects": effects}


def score_hold_outs(tracks: pd.DataFrame, budget: tuning.Budget, draws: int) -> pd.DataFrame:
    """Tune, compare and score all methods on further artist hold-outs of clean tracks.

    One hold-out of a few hundred artists is one draw. Formula, settings and method are chosen anew
    on every training part, so the scores are those of nested cross-validation [@cawley2010] with
    random fifths. A row a hold-out and method: seed (of the split), model, best (whether it was
    chosen in training as the best method without a network), and the held-out scores.
    """
    rows, once = [], replace(budget, repeats=1)
    for seed in range(HOLD_OUT_SEED + 1, HOLD_OUT_SEED + 1 + draws):
        log.info("hold-out %d of %d", seed - HOLD_OUT_SEED, draws)
        split = random_hold_out(tracks, seed=seed)
        ladder, _ = final_model.answer(ladders.build_ladder(split.train))
        chosen = ladder.loc[ladder["chosen"], "formula"].iloc[0]
        _, compared = comparison.tune_and_compare(split, once, chosen, seed)
        rows += [{"seed": seed, "model": model, "best": model == compared.best,
                  **scores(split.test["valence"], predicted)}
                 for model, predicted in compared.held_out.items()]  # fmt: skip
    return pd.DataFrame(rows)


def summarize_hold_outs(scored: pd.DataFrame) -> pd.DataFrame:
    """Return the mean and the range of what `score_hold_outs` returns; nothing of nothing.

    Index model, and "chosen" for the method that each training part chose; columns draws and, for
    mae and r2, the mean with _low and _high (least and greatest).
    """
    if scored.empty:
        return pd.DataFrame()
    chosen = scored[scored["best"].astype(bool)].assign(model="chosen")
    parts = pd.concat([scored, chosen]).groupby("model")
    names = {"": "mean", "_low": "min", "_high": "max"}
    columns = {f"{m}{end}": (m, how) for m in ("mae", "r2") for end, how in names.items()}
    return parts.agg(draws=("mae", "size"), **columns)


def make_record(name_or_path: str, budget: str, draws: int = 0) -> dict:
    """Study one table, known by name or at a path, and return its record, ready for JSON."""
    source = datasets.describe(name_or_path)
    published = datasets.load(name_or_path)
    prints = {"data": datasets.fingerprint(published), "code": code_fingerprint()}
    with naming(datasets.locate(name_or_path)):
        tables, seconds = study_tracks(published, budget, source.name, draws)
    about = ("name", "title", "source", "licence", "citation", "snapshot")
    return {
        "schema": SCHEMA,
        **{name: getattr(source, name) for name in about},
        "budget": budget,
        "seed": HOLD_OUT_SEED,
        "made": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "fingerprints": prints,
        "versions": dict(list_versions().itertuples(index=False, name=None)),
        "seconds": {label: round(value, 1) for label, value in seconds.items()},
        "tables": {
            name: {"columns": list(frame), "rows": [[*map(_plain, row)] for row in rows]}
            for name, frame in tables.items() for rows in [frame.itertuples(index=False)]
        },
    }  # fmt: skip


def _plain(value):
    """Return a cell as JSON has it; a number that is not known is null."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return None if value is pd.NA else str(value)


@functools.cache
def code_fingerprint() -> str:
    """Return the SHA-256 of this module and all that it imports; wording is no part of it."""
    digest = hashlib.sha256()
    for path in sorted(list_sources(Path(__file__))):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{read_bare(path)}\0".encode())
    return digest.hexdigest()


def is_current(record: dict) -> bool:
    """Tell whether a record was made by the code that is here."""
    return record["fingerprints"]["code"] == code_fingerprint()


def write_record(record: dict, path: Path) -> None:
    """Write a record, whole or not at all."""
    write_text(path, json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_record(path: Path) -> dict:
    """Read one record; no JSON, another schema, or a lacking field or table is bad input."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read as a record ({error}).") from error
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise BadInput(f"{path} is no record of schema {SCHEMA}: study the table again.")
    missing = [name for name in FIELDS if name not in record]
    missing += [name for name in TABLES if name not in record.get("tables", {})]
    if missing:
        raise BadInput(f"{path} lacks {', '.join(missing)}: study the table again.")
    return record
