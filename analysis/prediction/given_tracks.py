"""Valence of given tracks, learned from other tables that must not know them."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.prediction.comparison import add_blend, blend_weights, fit_and_predict
from analysis.prediction.evaluation import scores
from analysis.prediction.intervals import LEVEL, fit_conformal
from analysis.prediction.learners import BOOSTING, METRIC, NET, Learner
from analysis.prediction.network import NETWORK
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import candidate, cross_predictions
from analysis.tracks import cleaning
from analysis.tracks.features import AUDIO, feature_columns
from analysis.tracks.recordings import recording_numbers
from analysis.tracks.schema import FEATURES, PREDICTION, BadInput, naming

log = logging.getLogger("analysis")

# The methods that did best on the known tables, with the settings that a search tries first: those
# of a short search on few tracks did worse. Their weights are chosen anew for every list.
MEMBERS = (METRIC, NET, NETWORK, BOOSTING)
# Weights and widths are settled in so many folds of whole artists, by so many tracks of all.
N_FOLDS, MOST_JUDGED = 3, 15_000
KNOWN_GENRES = 0.5  # of the given tracks: where training knows fewer, genres are not used
DIGITS = 3  # tables print the same score with three to six decimals


@dataclass(frozen=True)
class Prediction:
    """Predictions of given tracks.

    `rows` has one row a given row, in its order: track_id, valence, low and high (missing without a
    prediction) and reason (empty with one). `weights` are the methods', by names in print. `tables`
    has one row a training table, by name: learned (its tracks), given (its rows among the given
    tracks, left out), repeated (its tracks that another table has) and features (a list). `known`
    counts the given rows of known valence, `scored` holds their scores (None below two).
    """

    rows: pd.DataFrame
    weights: pd.Series
    tables: pd.DataFrame
    known: int
    scored: pd.Series | None


def predict_given(
    given: pd.DataFrame, training: Mapping[str, pd.DataFrame], members=MEMBERS
) -> Prediction:
    """Predict the valence of given tracks by a weighted mean of several methods.

    `given` is canonical and uncleaned, with the columns of `schema.PREDICTION`; its valence, where
    it has one, is used for the scores only. `training` has such tables by name, with those of
    `schema.STUDY`; no row is learned from that shares its identifier or its recording with a given
    row. Intervals are conformal and cover nine in ten tracks of new artists [@lei2018].

    Raises `BadInput` where no given row can be predicted, or too few tracks of a table are left.
    """
    given = cleaning.leave_out_sparse(given.reset_index(drop=True))
    reasons = cleaning.unusable(given, PREDICTION)
    if (reasons != "").all():
        why = "; ".join(f"{n:,}: {reason}" for reason, n in Counter(reasons).most_common())
        raise BadInput(f"None of the {len(given):,} given tracks can be predicted ({why}).")
    tracks = cleaning.encode(given[reasons == ""])
    train, tables = join_tables(training, given, tracks)
    tracks = tracks.drop(columns=set(feature_columns(tracks)) - set(train))
    log.info("training: %s tracks, %s features", f"{len(train):,}", len(feature_columns(train)))
    methods, find_intervals = choose_methods(train, members)
    weights = pd.Series({one.label: weight for one, _, weight in methods})
    each = [fit_and_predict(one, part, tracks) for one, part, _ in methods]
    predicted = np.average(each, axis=0, weights=weights)
    rows = given[["track_id"]].assign(valence=pd.Series(predicted, tracks.index))
    rows[["low", "high"]] = pd.DataFrame(find_intervals(predicted), tracks.index)
    rows["reason"] = reasons
    valence = given.get("valence", pd.Series(np.nan, given.index))
    known = rows["valence"].notna() & valence.notna() & (valence != 0)  # 0 stands for "not known"
    scored = scores(valence[known], rows["valence"][known]) if known.sum() > 1 else None
    return Prediction(rows, weights, tables, int(known.sum()), scored)


def join_tables(
    training: Mapping[str, pd.DataFrame], given: pd.DataFrame, tracks: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make one clean training table of several; `tracks` are the given ones that can be predicted.

    A recording stays in the table that shares most features with them, of equal ones in the
    longest, then in the first by name. Also returned is `Prediction.tables`.
    """
    listed, *numbers = number_recordings(given, *training.values())
    parts, lines = {}, {}
    for (name, table), linked in zip(training.items(), numbers, strict=True):
        known = np.isin(linked, listed)
        without = f", without the {known.sum():,} of its {len(table):,} rows that are given tracks"
        with naming(name + without if known.any() else name):
            if known.all():
                raise BadInput("nothing is left to learn from; train on another table.")
            rest = cleaning.clean(table.assign(linked=linked)[~known]).tracks
        features = shared_features(rest, tracks)
        parts[name] = rest.drop(columns=set(feature_columns(rest)) - set(features))
        lines[name] = {"given": int(known.sum()), "features": features}
    order = sorted(parts, key=lambda name: (-len(lines[name]["features"]), -len(parts[name]), name))
    train = pd.concat([parts[name].assign(table=name) for name in order], ignore_index=True)
    repeated = train.groupby("linked")["table"].transform("first") != train["table"]
    counts = pd.DataFrame({"learned": ~repeated, "repeated": repeated}).groupby(train["table"])
    train = train[~repeated].reset_index(drop=True)
    # tables that lack a column, or name other genres, leave plain objects behind
    mixed = train.select_dtypes(["object", "str"]).columns.intersection(feature_columns(train))
    train = train.astype({name: "float" if name == "explicit" else "category" for name in mixed})
    return train, pd.DataFrame.from_dict(lines, orient="index").join(counts.sum())


def number_recordings(*tables: pd.DataFrame) -> list[np.ndarray]:
    """Number the recordings of several canonical, uncleaned tables together; one array a table.

    Without titles or artists, identifiers and scores decide, but not valence: a list may lack it.
    """
    names, numbers = ["title", "artist", "artists"], [n for n in FEATURES if n != "valence"]
    both = pd.concat(tables, ignore_index=True).reindex(columns=["track_id", *names, *numbers])
    both[names] = both[names].fillna("")
    # a row that lacks a score is like no other: no score is below 0 by thousands
    apart = pd.Series(-1e4 - np.arange(len(both)))
    both[numbers] = both[numbers].astype(float).round(DIGITS).apply(lambda c: c.fillna(apart))
    return np.split(recording_numbers(both), np.cumsum([len(table) for table in tables])[:-1])


def shared_features(train: pd.DataFrame, tracks: pd.DataFrame) -> list[str]:
    """Return the features that a training table and given tracks have in common.

    The audio analysis counts whole, genre where training knows half of the given tracks' genres.
    """
    shared = [name for name in feature_columns(train) if name in tracks]
    if not set(AUDIO) <= set(shared):
        shared = [name for name in shared if name not in AUDIO]
    if "genre" in shared and tracks["genre"].isin(train["genre"].unique()).mean() < KNOWN_GENRES:
        shared.remove("genre")
    return shared


def choose_methods(train: pd.DataFrame, members: tuple[Learner, ...]):
    """Weigh methods on tracks of artists that they did not see, and learn how far they err.

    Members learn from all tracks, and put medians where a table lacks a feature. Where the list has
    the audio analysis, too much would be made up: they then learn from tracks with it, and
    boosting, which reads gaps, also from all. Judged are tracks with it. Returned are (Candidate,
    its training tracks, weight) of each method, and what `intervals.fit_conformal` returns.
    """
    whole = train.filter(items=AUDIO).notna().all(axis=1)
    complete, rest = (train[part].reset_index(drop=True) for part in (whole, ~whole))
    judged = draw_artists(complete, MOST_JUDGED)
    methods = {one.name: (candidate(one), complete) for one in members}
    folds = cross_predictions([one for one, _ in methods.values()], judged, 1, N_FOLDS)
    if len(rest):
        one = candidate(replace(BOOSTING, name="all", label=f"{BOOSTING.label} on all tables"))
        both = pd.concat([judged, draw_artists(rest, MOST_JUDGED)], ignore_index=True)
        folds["all"] = cross_predictions([one], both, 1, N_FOLDS)["all"]
        methods["all"] = one, train
    folds = add_blend(folds, list(methods))
    weights = blend_weights(folds["observed"], folds[list(methods)])
    find_intervals = fit_conformal(judged, folds["stack"].to_numpy(), LEVEL)
    return [(*methods[name], weight) for name, weight in weights.items()], find_intervals
