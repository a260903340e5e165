"""All methods on one data set: tuned on the training part, judged once on the held-out part."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.blending import add_blend, blend_weights, stack_candidate
from analysis.prediction.evaluation import best_model, bootstrap_scores, scores
from analysis.prediction.formula_learner import formula_learner
from analysis.prediction.learners import MEAN, MEDIAN, Learner, predict
from analysis.prediction.tuning import Budget, Search, draw_artists
from analysis.prediction.validation import (
    JOBS,
    Candidate,
    candidate,
    cross_predictions,
    fold_scores,
    source_of,
)
from analysis.tracks.features import NUMERIC
from analysis.tracks.splitting import Split, plain_split

log = logging.getLogger("analysis")


@dataclass(frozen=True)
class Comparison:
    """What a comparison found.

    `candidates` has every method by name, baselines first and the stack last; `weights` are the
    stack's. `crossed` are the training tracks that were cross-validated: all of them, or of a long
    table a sample of whole artists. `folds` holds their cross-validated predictions (the result of
    `validation.cross_predictions`), `by_fold` their scores, `held_out` one column of predictions
    of the held-out tracks a method. `best` is the method of the least cross-validated MAE: the
    held-out tracks have no say in it. `trees` is the best of the methods made of trees.
    """

    candidates: dict[str, Candidate]
    weights: pd.Series
    crossed: pd.DataFrame
    folds: pd.DataFrame
    by_fold: pd.DataFrame
    held_out: pd.DataFrame
    best: str
    trees: str

    @property
    def labels(self) -> dict[str, str]:
        """Names in print by name."""
        return {name: one.label for name, one in self.candidates.items()}

    @property
    def single(self) -> str:
        """The tuned method of the least cross-validated MAE that is no stack."""
        errors = self.by_fold.groupby("model")["mae"].mean()
        kinds = {name: one.learner.kind for name, one in self.candidates.items()}
        tuned = [name for name, kind in kinds.items() if kind not in ("baseline", "stack")]
        return str(errors[tuned].idxmin())

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
    """Judge tuned learners, baselines and a stack of the learners.

    Parameters
    ----------
    found : mapping
        The result of `tuning.tune` on the training part.
    split : Split
        Training and held-out tracks.
    budget : Budget
    simple : sequence of Learner
        Baselines, with nothing to tune.
    seed : int
    """
    tuned = {name: result.chosen for name, result in found.items()}
    candidates = {one.name: candidate(one) for one in simple} | tuned
    crossed = draw_artists(split.train, budget.crossed, seed)
    folds = cross_predictions(
        list(candidates.values()), crossed, budget.repeats, budget.folds, seed
    )
    folds = add_blend(folds, list(tuned))
    weights = blend_weights(folds["observed"], folds[list(tuned)])
    held_out = predict_held_out(candidates, split)
    held_out["stack"] = held_out[weights.index] @ weights
    candidates["stack"] = stack_candidate(tuned, weights)
    trees = [name for name, one in tuned.items() if one.learner.kind == "trees"]
    return Comparison(
        candidates,
        weights,
        crossed,
        folds,
        fold_scores(folds, list(candidates)),
        held_out,
        best_model(folds["observed"], folds[list(candidates)]),
        best_model(folds["observed"], folds[trees]) if trees else "",
    )


def predict_held_out(candidates: Mapping[str, Candidate], split: Split) -> pd.DataFrame:
    """Fit every method on the training part and predict the held-out part, a column each."""
    log.info("held-out part: %d methods", len(candidates))
    columns = Parallel(n_jobs=JOBS)(
        delayed(fit_and_predict)(one, split.train, split.test, source_of(one.learner))
        for one in candidates.values()
    )
    return pd.DataFrame(dict(zip(candidates, columns, strict=True)))


@remember
def fit_and_predict(
    one: Candidate, train: pd.DataFrame, test: pd.DataFrame, source: str = ""
) -> np.ndarray:
    """Fit on some tracks and predict others; `source` is a part of the cache's key."""
    return predict(one.fit(train), test)


def plain_scores(one: Candidate, tracks: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Score a method on the plain random fifth that the assignment asks for.

    Parameters
    ----------
    one : Candidate
    tracks : DataFrame
        All clean tracks.

    Returns
    -------
    DataFrame
        As `bootstrap_scores`. Every recording is there once, but artists are on both sides.
    """
    split = plain_split(tracks, seed=seed)
    predicted = fit_and_predict(one, split.train, split.test, source_of(one.learner))
    frame = pd.DataFrame({one.name: predicted})
    return bootstrap_scores(split.test["valence"], frame, split.test["artist"], seed=seed)


def shuffled_scores(one: Candidate, split: Split, seed: int = SEED) -> pd.Series:
    """Score a method trained on shuffled valence: an R² above 0 would be a leak."""
    order = np.random.default_rng(seed).permutation(len(split.train))
    valence = split.train["valence"].to_numpy()[order]
    predicted = fit_and_predict(
        one, split.train.assign(valence=valence), split.test, source_of(one.learner)
    )
    return scores(split.test["valence"], predicted)


def worst_predictions(test: pd.DataFrame, predicted, count: int = 10) -> pd.DataFrame:
    """Return the tracks with the greatest errors, by name.

    Returns
    -------
    DataFrame
        Columns title, artist, genre (where present), observed, predicted, error.
    """
    frame = test.assign(predicted=np.asarray(predicted), observed=test["valence"])
    frame["error"] = frame["predicted"] - frame["observed"]
    worst = frame["error"].abs().sort_values(ascending=False).index[:count]
    names = ["title", "artist", "genre", "observed", "predicted", "error"]
    return frame.loc[worst, [n for n in names if n in frame]].reset_index(drop=True)


def common_traits(test: pd.DataFrame, predicted, share: float = 0.1) -> pd.DataFrame:
    """Describe what tracks with great errors share.

    Parameters
    ----------
    share : float
        Share of the tracks that count as predicted badly.

    Returns
    -------
    DataFrame
        Columns trait, worst (mean among them), others, difference (in standard deviations of the
        trait over all tracks), the greatest first; genres count as shares.
    """
    error = np.abs(np.asarray(predicted) - test["valence"].to_numpy())
    bad = error >= np.quantile(error, 1 - share)
    traits = test[["valence", *NUMERIC]].astype(float)
    traits = traits.assign(**{"distance of valence from its mean": _distance(test["valence"])})
    if "genre" in test and test["genre"].nunique() <= 20:
        traits = traits.join(pd.get_dummies(test["genre"].astype(str), prefix="genre", dtype=float))
    table = pd.DataFrame({"worst": traits[bad].mean(), "others": traits[~bad].mean()})
    table["difference"] = (table["worst"] - table["others"]) / traits.std().replace(0, np.nan)
    order = table["difference"].abs().sort_values(ascending=False).index
    return table.loc[order].rename_axis("trait").reset_index()


def _distance(values: pd.Series) -> pd.Series:
    """Return absolute distances from the mean."""
    return (values - values.mean()).abs()
