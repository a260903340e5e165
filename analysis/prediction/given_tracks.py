"""Valence of given tracks, learned from another table that must not know them.

This is the assignment's variant in which somebody else supplies the list to be predicted.
"""

import logging
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.prediction.blending import add_blend, blend_weights, stack_candidate
from analysis.prediction.comparison import fit_and_predict
from analysis.prediction.evaluation import scores
from analysis.prediction.intervals import LEVEL, fit_conformal
from analysis.prediction.learners import BOOSTING, METRIC, NET, Learner
from analysis.prediction.network import NETWORK
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import Candidate, candidate, cross_predictions, source_of
from analysis.tracks import cleaning
from analysis.tracks.features import AUDIO, feature_columns
from analysis.tracks.recordings import SIGNS, recording_numbers
from analysis.tracks.schema import FEATURES, PREDICTION, BadInput

log = logging.getLogger("analysis")

# The methods that did best on the known tables, with the settings that a search tries first: a
# short search on few tracks was tried, and its settings did worse on all tracks than these.
# Their weights are chosen on every table anew.
MEMBERS = (METRIC, NET, NETWORK, BOOSTING)
N_FOLDS = 3
# Weights and widths are settled by this many tracks; all of them are learned from in the end.
MOST_JUDGED = 15_000
# Genres are used where training knows the genre of at least this share of the given tracks.
KNOWN_GENRES = 0.5
# Tables print the same score with three to six decimals.
DIGITS = 3
COVERED = f"{LEVEL:.0%}"


@dataclass(frozen=True)
class Prediction:
    """Predictions of given tracks.

    `rows` has one row a given row, in its order: track_id, predicted, low and high (NaN where
    there is no prediction) and reason (empty where there is one). `weights` are those of the
    methods, by their names in print; `features` the columns learned from; `learned` counts the
    training tracks and `left_out` the rows of the training table that are among the given ones.
    `scored` holds the scores of the given rows whose valence is known, `known` counts them;
    `scored` is None where there are fewer than two.
    """

    rows: pd.DataFrame
    weights: pd.Series
    features: tuple[str, ...]
    learned: int
    left_out: int
    known: int
    scored: pd.Series | None


def predict_given(
    given: pd.DataFrame,
    training: pd.DataFrame,
    members: tuple[Learner, ...] = MEMBERS,
    n_folds: int = N_FOLDS,
    seed: int = SEED,
) -> Prediction:
    """Predict the valence of given tracks.

    A weighted mean of several methods learns from the features that both tables have. No row of the
    training table is learned from that shares its identifier or its recording with a given row.
    Intervals are conformal and cover nine in ten tracks of new artists [@lei2018].

    Parameters
    ----------
    given : DataFrame
        A canonical, uncleaned table with the columns of `schema.PREDICTION`; its valence, where it
        has one, is used for nothing but the scores.
    training : DataFrame
        A canonical, uncleaned table with the columns of `schema.STUDY`.
    members : tuple of Learner
    n_folds : int
        Folds of whole artists on which weights and intervals are settled.
    seed : int

    Returns
    -------
    Prediction

    Raises
    ------
    BadInput
        No given row can be predicted, or too few training tracks are left.
    """
    given, reasons = mark_unusable(given)
    known = in_given(training, given)
    train = _clean_rest(training, known)
    train, tracks = share_features(train, cleaning.encode(given[reasons == ""]))
    log.info("training: %s tracks, %s features", f"{len(train):,}", len(feature_columns(train)))
    method, weights, find_intervals = choose_method(train, members, n_folds, seed)
    predicted = fit_and_predict(method, train, tracks, source_of(method.learner))
    ends = pd.DataFrame(find_intervals(predicted), tracks.index)
    rows = pd.DataFrame({"track_id": given["track_id"]}, index=given.index)
    rows["predicted"] = pd.Series(predicted, tracks.index)
    rows[["low", "high"]] = ends
    rows["reason"] = reasons
    found, n_known = score_known(given, rows["predicted"])
    features = tuple(feature_columns(train))
    return Prediction(rows, weights, features, len(train), int(known.sum()), n_known, found)


def mark_unusable(given: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the given table without sparse optional columns, and why each row cannot be used.

    Raises
    ------
    BadInput
        No row can be used.
    """
    given = cleaning.leave_out_sparse(given.reset_index(drop=True))
    reasons = cleaning.unusable(given, PREDICTION)
    if (reasons != "").all():
        why = "; ".join(f"{n:,}: {reason}" for reason, n in Counter(reasons).most_common())
        raise BadInput(f"None of the {len(given):,} given tracks can be predicted ({why}).")
    return given, reasons


def in_given(training: pd.DataFrame, given: pd.DataFrame) -> np.ndarray:
    """Tell which rows of a training table are among given tracks, by identifier or recording.

    Parameters
    ----------
    training, given : DataFrame
        Canonical, uncleaned tables. Where `given` names no titles or artists, identifiers and
        scores decide. Valence has no say, so that a table without it is treated alike.

    Returns
    -------
    ndarray of bool
        One value a row of `training`.
    """
    named = {"title", "artist", "artists"} <= set(given)
    columns = ["track_id", *(("title", "artist", "artists") if named else ())]
    numbers = [name for name in FEATURES if name != "valence"]
    both = pd.concat([given[columns + numbers], training[columns + numbers]], ignore_index=True)
    # a row that lacks a score is like no other: no score is below 0 by thousands
    apart = pd.Series(-1e4 - np.arange(len(both)))
    both[numbers] = both[numbers].astype(float).round(DIGITS).apply(lambda c: c.fillna(apart))
    recordings = recording_numbers(both, SIGNS if named else ("id", "features"))
    return np.isin(recordings[len(given) :], recordings[: len(given)])


def _clean_rest(training: pd.DataFrame, known: np.ndarray) -> pd.DataFrame:
    """Clean the training rows that are not among the given tracks."""
    log.info("left out of training: %s rows that are among the given tracks", f"{known.sum():,}")
    if known.all():
        raise BadInput(
            f"All {len(training):,} rows of the training table are among the given tracks, so "
            "nothing is left to learn from: train on another table."
        )
    try:
        return cleaning.clean(training[~known]).tracks
    except BadInput as error:
        if not known.any():
            raise BadInput(f"The training table: {error}") from error
        raise BadInput(
            f"{known.sum():,} of {len(training):,} rows of the training table are among the given "
            f"tracks and were left out. {error}"
        ) from error


def share_features(train: pd.DataFrame, given: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut both tables to features that both have.

    The audio analysis is used where both have all of it, genre where training knows the genres of
    at least half of the given tracks.
    """
    shared = set(feature_columns(train)) & set(feature_columns(given))
    if not set(AUDIO) <= shared:
        shared -= set(AUDIO)
    if "genre" in shared:
        levels = set(train["genre"].astype(str))
        if given["genre"].astype(str).isin(levels).mean() < KNOWN_GENRES:
            shared.discard("genre")
    return tuple(
        frame.drop(columns=[name for name in feature_columns(frame) if name not in shared])
        for frame in (train, given)
    )


def choose_method(train: pd.DataFrame, members: tuple[Learner, ...], n_folds: int, seed: int):
    """Weigh methods on tracks of artists that they did not see, and learn how far they err.

    Returns
    -------
    Candidate, Series, callable
        The weighted mean, unfitted; its weights by the members' names in print; what
        `intervals.fit_conformal` returns.
    """
    each = {one.name: candidate(one) for one in members}
    judged = draw_artists(train, MOST_JUDGED, seed)
    folds = cross_predictions(list(each.values()), judged, 1, n_folds, seed)
    folds = add_blend(folds, list(each)).sort_values("row")
    weights = blend_weights(folds["observed"], folds[list(each)])
    method: Candidate = stack_candidate(each, weights)
    find_intervals = fit_conformal(judged, folds["stack"].to_numpy(), LEVEL)
    return method, weights.rename(index=lambda name: each[name].label), find_intervals


def score_known(given: pd.DataFrame, predicted: pd.Series) -> tuple[pd.Series | None, int]:
    """Score the predictions of rows whose valence is known; 0 is a code for "not known"."""
    if "valence" not in given:
        return None, 0
    known = (predicted.notna() & given["valence"].notna() & (given["valence"] != 0)).to_numpy()
    if known.sum() < 2:
        return None, int(known.sum())
    return scores(given["valence"][known], predicted[known]), int(known.sum())


def to_csv(rows: pd.DataFrame) -> str:
    """Return predictions as CSV, one line a given row: empty where there is no prediction."""
    names = {"predicted": "valence"}
    return rows.rename(columns=names).to_csv(index=False, float_format="%.6f", lineterminator="\n")
