"""All methods on one data set: tuned on the training part, judged once on the held-out part."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from analysis import SEED
from analysis.inference.ladders import build_ladder
from analysis.memory import remember
from analysis.prediction.blending import AVERAGE, add_blend, blend_weights, stack_candidate
from analysis.prediction.evaluation import bootstrap_scores, score_differences, scores
from analysis.prediction.formula_learner import formula_learner
from analysis.prediction.learners import LEARNERS, MEAN, MEDIAN, Learner, predict
from analysis.prediction.network import NETWORKS
from analysis.prediction.tuning import Budget, Search, draw_artists, tune
from analysis.prediction.validation import (
    JOBS,
    Candidate,
    candidate,
    compare_folds,
    cross_predictions,
    fold_scores,
    slowest_first,
    source_of,
)
from analysis.tracks.splitting import Split

log = logging.getLogger("analysis")


@dataclass(frozen=True)
class Comparison:
    """What a comparison found; the held-out tracks have no say in any choice.

    `candidates` has every method by name, `weights` are the stack's. `crossed` are the training
    tracks that were cross-validated (of a long table a sample of whole artists), `folds` their
    predictions (from `validation.cross_predictions`), `by_fold` their scores, `held_out` one column
    of predictions of the held-out tracks a method. Of least cross-validated MAE are `best` among
    methods without a network, `single` among those that are no stack either, `trees` among those
    made of trees, and `network` among networks ("" where none takes part).
    """

    candidates: dict[str, Candidate]
    weights: pd.Series
    crossed: pd.DataFrame
    folds: pd.DataFrame
    by_fold: pd.DataFrame
    held_out: pd.DataFrame
    best: str
    single: str
    trees: str
    network: str

    @property
    def labels(self) -> dict[str, str]:
        """Names in print by name."""
        return {name: one.label for name, one in self.candidates.items()}

    @property
    def out_of_fold(self) -> np.ndarray:
        """The best method's prediction of every track of `crossed`, from the first repeat."""
        first = self.folds[self.folds["repeat"] == 0]
        return first.sort_values("row")[self.best].to_numpy()


def baselines(formulas: Mapping[str, tuple[str, str]] | None = None) -> tuple[Learner, ...]:
    """Return the mean, the median and formulas of question 1, given as name: (label, formula)."""
    fitted = [formula_learner(name, *pair) for name, pair in (formulas or {}).items()]
    return (MEAN, MEDIAN, *fitted)


def compare(
    found: Mapping[str, Search],
    split: Split,
    budget: Budget,
    simple: Sequence[Learner] = (MEAN, MEDIAN),
    seed: int = SEED,
) -> Comparison:
    """Judge tuned methods, baselines, a stack, and the average of a network with the best other.

    `found` is what `tuning.tune` found on the training part, `simple` are baselines with nothing to
    tune.
    """
    tuned = {name: result.chosen for name, result in found.items()}
    networks = [name for name, one in tuned.items() if one.learner.kind == "network"]
    others = [name for name in tuned if name not in networks]
    candidates = {one.name: candidate(one) for one in simple} | tuned
    crossed = draw_artists(split.train, budget.crossed, seed)
    folds = cross_predictions(
        list(candidates.values()), crossed, budget.repeats, budget.folds, seed
    )
    folds = add_blend(folds, others)
    weights = blend_weights(folds["observed"], folds[others])
    held_out = predict_held_out(candidates, split)
    held_out["stack"] = held_out[weights.index] @ weights
    candidates["stack"] = stack_candidate({name: tuned[name] for name in others}, weights)
    errors = fold_scores(folds, list(candidates)).groupby("model")["mae"].mean()
    trees = [name for name in others if tuned[name].learner.kind == "trees"]
    best = str(errors[[*others, "stack"]].idxmin())
    network = str(errors[networks].idxmin()) if networks else ""
    if network:
        pair = {name: candidates[name] for name in (network, best)}
        candidates["average"] = stack_candidate(pair, pd.Series(0.5, index=list(pair)), AVERAGE)
        for frame in (folds, held_out):
            frame["average"] = frame[list(pair)].mean(axis=1)
    return Comparison(
        candidates=candidates,
        weights=weights,
        crossed=crossed,
        folds=folds,
        by_fold=fold_scores(folds, list(candidates)),
        held_out=held_out,
        best=best,
        single=str(errors[others].idxmin()),
        trees=str(errors[trees].idxmin()) if trees else "",
        network=network,
    )


def score_methods(compared: Comparison, test: pd.DataFrame, n_folds: int) -> pd.DataFrame:
    """Score every method over folds and on the held-out tracks, and compare it with the best.

    A row a method, by cross-validated MAE: model, label, cv_mae, cv_r2; mae and r2 on the held-out
    tracks and `difference`, the MAE less that of `compared.best`, each with _low and _high (95%,
    artists resampled); fold_difference (the same over folds) and p (corrected resampled t-test
    [@nadeau2003], then Holm).
    """
    frame = compared.by_fold.groupby("model")[["mae", "r2"]].mean().add_prefix("cv_")
    held = bootstrap_scores(test["valence"], compared.held_out, test["artist"])
    apart = score_differences(test["valence"], compared.held_out, test["artist"], compared.best)
    parts = {
        "mae": held,
        "r2": held,
        "difference": apart.replace({"metric": {"mae": "difference"}}),
    }
    for name, table in parts.items():
        lines = table[table["metric"] == name].set_index("model")
        frame[[name, f"{name}_low", f"{name}_high"]] = lines[["value", "low", "high"]]
    tests = compare_folds(compared.by_fold, compared.best, n_folds=n_folds).set_index("model")
    frame[["fold_difference", "p"]] = tests[["difference", "p"]]
    frame.insert(0, "label", frame.index.map(compared.labels))
    return frame.sort_values("cv_mae").reset_index()


def predict_held_out(candidates: Mapping[str, Candidate], split: Split) -> pd.DataFrame:
    """Fit every method on the training part and predict the held-out part, a column each."""
    log.info("held-out part: %d methods", len(candidates))
    ordered = slowest_first(candidates.values())
    columns = Parallel(n_jobs=JOBS)(
        delayed(fit_and_predict)(one, split.train, split.test, source_of(one.learner))
        for one in ordered
    )
    found = {one.name: column for one, column in zip(ordered, columns, strict=True)}
    return pd.DataFrame(found)[list(candidates)]


@remember
def fit_and_predict(
    one: Candidate, train: pd.DataFrame, test: pd.DataFrame, source: str = ""
) -> np.ndarray:
    """Fit on some tracks and predict others; `source` is a part of the cache's key."""
    return predict(one.fit(train), test)


def shuffled_scores(one: Candidate, split: Split, seed: int = SEED) -> pd.Series:
    """Score a method trained on shuffled valence: an R² above 0 would be a leak."""
    order = np.random.default_rng(seed).permutation(len(split.train))
    valence = split.train["valence"].to_numpy()[order]
    predicted = fit_and_predict(
        one, split.train.assign(valence=valence), split.test, source_of(one.learner)
    )
    return scores(split.test["valence"], predicted)


def simple_formulas(train: pd.DataFrame, chosen: str) -> dict[str, tuple[str, str]]:
    """Return the formulas beside which learners stand, as name: (label, formula).

    Least squares on the plain scores, the same with genre where it is known, and question 1's
    choice.
    """
    candidates = build_ladder(train).candidates
    straight = candidates[(candidates["shape"] == "linear") & ~candidates["interactions"]]
    by_context = straight.set_index("context")["formula"]
    found = {"linear": ("OLS on the scores", by_context.iloc[0])}
    if "+ genre" in by_context:
        found["linear_genre"] = ("OLS with genre", by_context["+ genre"])
    return found | {"question_1": ("Final model of question 1", chosen)}


def tune_and_compare(
    split: Split, budget: Budget, chosen: str, seed: int = SEED
) -> tuple[dict[str, Search], Comparison]:
    """Tune all methods and compare them with simple formulas; `chosen` is that of question 1."""
    found = tune((*LEARNERS, *NETWORKS), split.train, budget, seed)
    simple = baselines(simple_formulas(split.train, chosen))
    return found, compare(found, split, budget, simple, seed)
