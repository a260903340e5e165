"""The steps of a study: from a published table to frames of findings.

Calls are those of the report, so that either finds in the cache what the other has computed, and a
study that was interrupted goes on where it stopped.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.inference import effects, formulas, regression, selection
from analysis.prediction import (
    comparison,
    evaluation,
    explanation,
    intervals,
    leakage,
    learners,
    network,
    tuning,
    validation,
)
from analysis.study.audio_block import find_audio_block
from analysis.study.hold_outs import score_hold_outs
from analysis.study.making import derive, find_ceilings, find_transfer
from analysis.tracks import cleaning
from analysis.tracks.features import NUMERIC
from analysis.tracks.splitting import Split, describe_split, hold_out

log = logging.getLogger("analysis")

# The table of which the record also holds how formulas transfer between all known tables.
LARGEST = "tracks114k"
# The rung whose effects are set side by side, whatever rung each table's data chose.
COMMON = "splines"
# The score that is said to go with valence most.
STRONGEST = "danceability"


@dataclass
class Watch:
    """Runs steps, says which one is running, and keeps how many seconds each took."""

    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, name: str, step: Callable, *arguments):
        """Run one step and return its result."""
        log.info("== %s", name)
        start = time.perf_counter()
        result = step(*arguments)
        self.seconds[name] = time.perf_counter() - start
        return result


def study_tracks(
    published: pd.DataFrame, budget: str, name: str = "", draws: int = 0
) -> tuple[dict[str, pd.DataFrame], dict[str, float]]:
    """Take one table through cleaning, both questions, ceiling and derivation.

    Parameters
    ----------
    published : DataFrame
        A canonical table, uncleaned.
    budget : {"quick", "full"}
    name : str
        Name of the known table that this is, if it is one.
    draws : int
        Further hold-outs, on each of which all methods are tuned and compared anew.

    Returns
    -------
    dict of str to DataFrame, dict of str to float
        Frames by the names of `records.TABLES`, and seconds by step; what an earlier run left in
        the cache takes none.
    """
    watch, spending = Watch(), tuning.BUDGETS[budget]
    cleaned = watch.run("cleaning", cleaning.clean, published)
    split = hold_out(cleaned.tracks)
    tables = {"account": cleaned.account, "split": describe_split(split)}
    repeats = 3 if budget == "full" else 1
    tables["leakage"] = watch.run("leakage", find_leakage, published, cleaned.tracks, repeats)
    choice, found = watch.run("question 1", find_effects, split.train)
    tables |= found
    methods, found = watch.run("question 2", compare_methods, split, spending, choice)
    tables |= found
    tables |= watch.run("explanation", explain_method, methods, split.train)
    tables |= watch.run("ceiling", find_ceilings, methods, split.train, published, spending)
    tables |= watch.run("derivation", derive, published, cleaned.tracks, split, methods)
    if "pitch_0" in split.train and "timbre_0" in split.train:
        tables |= watch.run("audio analysis", find_audio_block, split.train, methods, choice)
    if draws:
        found = watch.run("hold-outs", score_hold_outs, cleaned.tracks, spending, draws)
        tables["hold_outs"] = found
    if name == LARGEST:
        tables |= watch.run("transfer", find_transfer)
    return tables, watch.seconds


def find_leakage(published: pd.DataFrame, tracks: pd.DataFrame, repeats: int) -> pd.DataFrame:
    """Return what a plain split flatters."""
    return leakage.leakage_table(published, tracks, repeats=repeats)


def find_effects(train: pd.DataFrame) -> tuple[selection.Choice, dict[str, pd.DataFrame]]:
    """Choose a rung of the ladder on one half and estimate effects on the other.

    Effects of one formula for all tables are estimated too, on all training tracks.
    """
    choice = selection.choose_formula(train)
    estimates = selection.estimate_choice(choice, train)
    ladder = choice.comparison.assign(chosen=choice.comparison["rung"] == choice.rung)
    common = regression.fit_ols(formulas.formula_of(train, COMMON), train)
    parts = {"estimating half": estimates.half, "all training tracks": estimates.full,
             "all training tracks, one formula": common}  # fmt: skip
    each = [effects.average_effects(fit).assign(tracks=name) for name, fit in parts.items()]
    return choice, {
        "ladder": ladder,
        "effects": pd.concat(each, ignore_index=True),
        "contrasts": effects.compare_sizes(common, STRONGEST),
        "tests": effects.term_tests(estimates.half),
        "blocks": effects.block_r2(estimates.half),
    }


def compare_methods(split: Split, spending: tuning.Budget, choice: selection.Choice):
    """Tune and compare all methods; return the comparison and its frames."""
    train, test = split.train, split.test
    simple = comparison.baselines({
        "linear": ("Linear regression", formulas.formula_of(train, "linear")),
        "question_1": ("Formula of question 1", choice.formula),
    })  # fmt: skip
    found = tuning.tune((*learners.LEARNERS, *network.NETWORKS), train, spending)
    methods = comparison.compare(found, split, spending, simple)
    best, rival = methods.best, methods.network
    apart = [
        evaluation.score_differences(test["valence"], methods.held_out, test["artist"], name)
        for name in (best, rival)
    ]
    scores = evaluation.bootstrap_scores(test["valence"], methods.held_out, test["artist"])
    roles = {rival: "network", best: "other", "average": "average"}
    rivals = methods.by_fold[methods.by_fold["model"].isin([rival, best])]
    folds = [
        validation.compare_folds(rivals, best, metric, spending.folds).assign(metric=metric)
        for metric in ("mae", "r2")
    ]
    find_intervals = intervals.fit_conformal(methods.crossed, methods.out_of_fold)
    bounds = find_intervals(methods.held_out[best].to_numpy())
    settings = tuning.best_settings(found)
    return methods, {
        "searches": describe_searches(found),
        "settings": settings[settings["learner"] != rival],
        "network_settings": settings[settings["learner"] == rival],
        "weights": methods.weights.rename_axis("model").rename("weight").reset_index(),
        "methods": describe_methods(methods),
        "scores": scores,
        "cross_validation": validation.corrected_scores(methods.by_fold, spending.folds),
        "differences": apart[0],
        "tests_of_methods": validation.compare_folds(methods.by_fold, best, n_folds=spending.folds),
        "network_scores": scores.assign(role=scores["model"].map(roles)).dropna(subset=["role"]),
        "network_differences": pd.concat(
            [one.assign(against=name) for one, name in zip(apart, (best, rival), strict=True)]
        ),
        "network_folds": pd.concat(folds).rename(columns={"difference": "value"}),
        "coverage": intervals.coverage(test["valence"], bounds, test["artist"]),
    }


def describe_searches(found: dict[str, tuning.Search]) -> pd.DataFrame:
    """Return model, label, trials, mae (the least) and gained (on the defaults) of searches."""
    rows = [
        (name, one.chosen.label, len(one.trace), one.mae, one.gained)
        for name, one in found.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["model", "label", "trials", "mae", "gained"])


def describe_methods(methods: comparison.Comparison) -> pd.DataFrame:
    """Return model, label, kind and best (of those without a network) of every method."""
    rows = [
        (name, one.label, one.learner.kind, name == methods.best)
        for name, one in methods.candidates.items()
    ]
    return pd.DataFrame(rows, columns=["model", "label", "kind", "best"])


def explain_method(methods: comparison.Comparison, train: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Measure importance and direction of features in the best method made of trees.

    One family of methods for all tables, so that differences are those of the tables.
    """
    trees = methods.candidates[methods.trees]
    groups = {
        "single features": explanation.single_features(train),
        "correlated features": explanation.feature_groups(train),
    }
    parts = [
        explanation.permutation_importance(trees, train, columns).assign(by=by)
        for by, columns in groups.items()
    ]
    local = explanation.local_effects(trees, train, list(NUMERIC))
    return {
        "importance": pd.concat(parts, ignore_index=True).assign(model=trees.label),
        "directions": _describe_directions(local, train).assign(model=trees.label),
    }


def _describe_directions(effects: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Return feature, spread (SD of the effect over tracks) and slope (valence per SD)."""
    rows = []
    for feature, part in effects.groupby("feature", sort=False):
        values = tracks[feature].to_numpy(float)
        along = np.interp(values, part["x"], part["effect"])
        slope = np.cov(along, values)[0, 1] / values.std(ddof=1)
        rows.append((feature, along.std(), slope))
    return pd.DataFrame(rows, columns=["feature", "spread", "slope"])
