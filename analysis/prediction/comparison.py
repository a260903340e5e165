"""All methods on one data set: tuned on the training part, judged once on the held-out part."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin

from analysis import SEED
from analysis.inference.ladders import build_ladder
from analysis.memory import remember
from analysis.prediction import learners, validation
from analysis.prediction.evaluation import bootstrap_scores, scores
from analysis.prediction.learners import LEARNERS, MEAN, MEDIAN, Learner, formula_learner
from analysis.prediction.network import NETWORKS
from analysis.prediction.tuning import Budget, Search, draw_artists, tune
from analysis.prediction.validation import Candidate, candidate
from analysis.tracks.splitting import Split

log = logging.getLogger("analysis")
DRAWS = 25  # of members, so that a weight is known to a 25th
LEAST_WEIGHT = 0.1  # of a member: one below it costs as much as any other, and changes little


@dataclass(frozen=True)
class Comparison:
    """What a comparison found; the held-out tracks have no say in any choice.

    `candidates` has every method by name, `weights` are the stack's. `crossed` are the training
    tracks that methods learned from (of a long table a sample of whole artists), `folds` what
    `validation.cross_predictions` says of them, `by_fold` the scores, `held_out` predictions of the
    held-out tracks, a column a method. Of least cross-validated MAE are `best` among methods
    without a network, `single` among those that are no stack either, `trees` and `network` among
    those made of trees and networks ("" where none takes part).
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
        return self.folds.query("repeat == 0").sort_values("row")[self.best].to_numpy()


def compare(
    found: Mapping[str, Search], split: Split, budget: Budget, simple=(MEAN, MEDIAN), seed=SEED
) -> Comparison:
    """Judge what `tune` found, `simple` baselines, a stack, and the average of network and best."""
    tuned = {name: result.chosen for name, result in found.items()}
    networks = [name for name, one in tuned.items() if one.learner.kind == "network"]
    others = [name for name in tuned if name not in networks]
    candidates = {one.name: candidate(one) for one in simple} | tuned
    crossed = draw_artists(split.train, budget.crossed, seed)
    each = list(candidates.values())
    folds = validation.cross_predictions(each, crossed, budget.repeats, budget.folds, seed)
    folds = add_blend(folds, others)
    weights = blend_weights(folds["observed"], folds[others])
    log.info("held-out part: %d methods", len(candidates))
    ordered = validation.slowest_first(each)
    tasks = [(one, crossed, split.test) for one in ordered]
    columns = validation.share_out(fit_and_predict, tasks)
    found = {one.name: column for one, column in zip(ordered, columns, strict=True)}
    held_out = pd.DataFrame(found)[list(candidates)]
    held_out["stack"] = held_out[weights.index] @ weights
    candidates["stack"] = stack_candidate(STACK, tuned, weights)
    errors = validation.fold_scores(folds, list(candidates)).groupby("model")["mae"].mean()

    def least(names: list[str]) -> str:
        return str(errors[names].idxmin()) if names else ""

    trees = least([name for name in others if tuned[name].learner.kind == "trees"])
    best, single, network = least([*others, "stack"]), least(others), least(networks)
    if network:
        halves = pd.Series(0.5, [network, best])
        candidates["average"] = stack_candidate(AVERAGE, candidates, halves)
        for frame in (folds, held_out):
            frame["average"] = frame[[network, best]].mean(axis=1)
    by_fold = validation.fold_scores(folds, list(candidates))
    return Comparison(
        candidates, weights, crossed, folds, by_fold, held_out, best, single, trees, network
    )


def blend_weights(observed, predictions: pd.DataFrame) -> pd.Series:
    """Choose weights greedily, with replacement, for the least MAE [@caruana2004].

    `predictions` (n x models) are of tracks that the models did not see; at each draw the model
    joins that lowers the error of the mean most. Weights, from a tenth up, add up to 1.
    """
    columns, observed = predictions.to_numpy(float), np.asarray(observed, float)
    total, drawn = np.zeros(len(observed)), []
    for draw in range(1, DRAWS + 1):
        errors = np.abs((total[:, None] + columns) / draw - observed[:, None]).mean(axis=0)
        drawn.append(predictions.columns[int(errors.argmin())])
        total += columns[:, int(errors.argmin())]
    weights = pd.Series(dict(Counter(drawn).most_common())) / DRAWS
    kept = weights[weights >= LEAST_WEIGHT]
    return kept / kept.sum()


def add_blend(
    predictions: pd.DataFrame, models: Sequence[str], name: str = "stack"
) -> pd.DataFrame:
    """Add a stack to cross-validated predictions, its weights chosen in the other folds.

    `predictions` come from `validation.cross_predictions`; members are among the columns `models`.
    No track's valence has a part in the weights of its own prediction.
    """
    blended = pd.Series(np.nan, index=predictions.index)
    for _, part in predictions.groupby(["repeat", "fold"]):
        same = predictions["repeat"] == part["repeat"].iloc[0]
        other = predictions[same & (predictions["fold"] != part["fold"].iloc[0])]
        weights = blend_weights(other["observed"], other[list(models)])
        blended[part.index] = part[weights.index] @ weights
    return predictions.assign(**{name: blended})


def stack_candidate(
    learner: Learner, members: Mapping[str, Candidate], weights: pd.Series
) -> Candidate:
    """Return a weighted mean as a learner of its own, with members and weights as settings."""
    parts = tuple((members[name], float(weight)) for name, weight in weights.items())
    return candidate(learner, {"members": parts})


def build_stack(features: pd.DataFrame, members: tuple) -> BaseEstimator:
    """Build every member for a table's features and average them by weight."""
    built = [one.learner.build(features, **dict(one.settings)) for one, _ in members]
    return WeightedMean(built, [weight for _, weight in members])


class WeightedMean(RegressorMixin, BaseEstimator):
    """A mean of several estimators by weights that add up to 1."""

    def __init__(self, members=(), weights=()):
        """Keep members and weights; scikit-learn asks that nothing else happens here."""
        self.members, self.weights = members, weights

    def fit(self, features: pd.DataFrame, target, groups=None) -> "WeightedMean":
        """Fit every member; they are new for each stack, so nothing is cloned."""
        self.fitted_ = [learners.fit_grouped(one, features, target, groups) for one in self.members]
        return self

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Average the members' predictions, each kept within 0 and 1 as when it stands alone."""
        each = [np.clip(member.predict(features), 0, 1) for member in self.fitted_]
        return np.average(each, axis=0, weights=self.weights)


STACK = Learner("stack", "Stack", "stack", build_stack)
AVERAGE = Learner("average", "Average of both", "average", build_stack)


def score_methods(compared: Comparison, test: pd.DataFrame, n_folds: int) -> pd.DataFrame:
    """Score every method over folds and on the held-out tracks, and compare it with the best.

    A row a method, by cross-validated MAE: model, label, cv_mae, cv_r2; mae and r2 on the held-out
    tracks and `difference`, the MAE less that of `compared.best`, each with _low and _high (95%,
    artists resampled); fold_difference (the same over folds) and p (corrected resampled t-test
    [@nadeau2003], then Holm).
    """
    frame = compared.by_fold.groupby("model")[["mae", "r2"]].mean().add_prefix("cv_")
    given = test["valence"], compared.held_out, test["artist"]
    held, apart = bootstrap_scores(*given), bootstrap_scores(*given, best=compared.best)
    columns = ("mae", held, "mae"), ("r2", held, "r2"), ("difference", apart, "mae")
    for name, table, metric in columns:
        lines = table[table["metric"] == metric].set_index("model")
        frame[[name, f"{name}_low", f"{name}_high"]] = lines[["value", "low", "high"]]
    tests = validation.compare_folds(compared.by_fold, compared.best, n_folds=n_folds)
    frame[["fold_difference", "p"]] = tests.set_index("model")[["difference", "p"]]
    frame.insert(0, "label", frame.index.map(compared.labels))
    return frame.sort_values("cv_mae").reset_index()


@remember
def fit_and_predict(one: Candidate, train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """Fit on some tracks and predict others, (n,)."""
    return learners.predict(one.fit(train), test)


def shuffled_scores(one: Candidate, train: pd.DataFrame, test: pd.DataFrame) -> pd.Series:
    """Score a method trained on shuffled valence: an R² above 0 would be a leak."""
    order = np.random.default_rng(SEED).permutation(len(train))
    shuffled = train.assign(valence=train["valence"].to_numpy()[order])
    return scores(test["valence"], fit_and_predict(one, shuffled, test))


def baselines(train: pd.DataFrame, chosen: str) -> tuple[Learner, ...]:
    """Return mean, median and formulas: the plain scores, these with genre, question 1's choice."""
    candidates = build_ladder(train).candidates
    straight = candidates[(candidates["shape"] == "linear") & ~candidates["interactions"]]
    by_context = straight.set_index("context")["formula"]
    found = [MEAN, MEDIAN, formula_learner("linear", "OLS on the scores", by_context.iloc[0])]
    if "+ genre" in by_context:
        found.append(formula_learner("linear_genre", "OLS with genre", by_context["+ genre"]))
    return (*found, formula_learner("question_1", "Final model of question 1", chosen))


def tune_and_compare(
    split: Split, budget: Budget, chosen: str, seed: int = SEED
) -> tuple[dict[str, Search], Comparison]:
    """Tune all methods and compare them with simple formulas; `chosen` is that of question 1."""
    found = tune((*LEARNERS, *NETWORKS), split.train, budget, seed)
    return found, compare(found, split, budget, baselines(split.train, chosen), seed)
