"""Sentences that say how far a comparison can be trusted; words are chosen by what the data say."""

import inspect

import pandas as pd

from analysis.prediction import builders, preparing
from analysis.reporting import prose


def describe_sizes() -> str:
    """Say how large the methods are that are fitted in full."""
    forest, boosting, metric = (
        inspect.signature(build).parameters
        for build in (builders.build_forest, builders.build_boosting, builders.build_learned_metric)
    )
    return (
        f"A forest has {prose.count(forest['trees'].default)} trees, boosting "
        f"{prose.spelled(boosting['bags'].default)} sequences, half as many again where they read "
        f"a table in three ways, and the learned metric up to "
        f"{prose.count(metric['landmarks'].default)} landmarks."
    )


def describe_sequences(train: pd.DataFrame) -> str:
    """Say in which ways the sequences of boosting read a table, and whether they do so here.

    `train` holds training tracks.
    """
    genres = train["genre"].nunique() if "genre" in train else 0
    many, long = genres > preparing.FEW_GENRES, len(train) > builders.SEARCHED_ROWS
    here = {
        (True, True): "this table has both, the genres and the length",
        (True, False): "this table has the genres but not the length",
        (False, True): "this table has the length but not the genres",
        (False, False): "this table has neither, so all its sequences read it alike",
    }[many, long]
    return (
        f"In tables of more than {prose.count(preparing.FEW_GENRES)} genres some sequences read "
        "genres by the means of their tracks, and in training parts of more than "
        f"{prose.count(builders.SEARCHED_ROWS)} tracks some see the leading directions of such a "
        f"metric as further columns; {here}."
    )


def describe_network(network, units: int, batch: int) -> str:
    """Say how large the network is and how long it is trained.

    Parameters
    ----------
    network : NetworkRegressor
        With the settings that no search changes.
    units : int
        Width of the layers on the table of the report.
    batch : int
        Tracks in a batch.
    """
    return (
        f"The layers have {prose.count(units)} units each, a batch has {prose.count(batch)} tracks "
        f"for every member, and training ends after {prose.count(network.epochs)} epochs, or "
        f"{prose.spelled(network.patience)} without a gain; these numbers were set by hand on "
        "training parts and not searched."
    )


def summarize_strangers(scored: pd.DataFrame, best: str, tracks: int) -> str:
    """Say what the best method reaches where nobody credited is on a training track.

    Parameters
    ----------
    scored : pandas.DataFrame
        What `evaluation.bootstrap_scores` returns for those held-out tracks.
    best : str
    tracks : int
        How many they are.
    """
    if scored.empty:
        return ""
    row = scored[(scored["model"] == best) & (scored["metric"] == "r2")].iloc[0]
    return (
        f"On the {prose.count(tracks)} held-out tracks on which nobody, first or guest, is "
        f"credited on a training track, the best method's R² is "
        f"{prose.estimate(row['value'], row['low'], row['high'])}."
    )


def tell_other_network(
    held: pd.DataFrame, folds: pd.DataFrame, name: str, labels: dict[str, str]
) -> str:
    """Say how the network that was not chosen stands against the best other method.

    Parameters
    ----------
    held : pandas.DataFrame
        What `evaluation.score_differences` returns against that method.
    folds : pandas.DataFrame
        What `validation.compare_folds` returns against it.
    name : str
        The network that was not chosen.
    labels : dict
        Names in print by name.
    """
    one = held[(held["model"] == name) & (held["metric"] == "mae")].iloc[0]
    two = folds.set_index("model").loc[name]
    apart = [
        f"{prose.signed(value, 4)} (95 % interval {prose.interval(low, high, 4)})"
        for value, low, high in (
            (one["value"], one["low"], one["high"]),
            (two["difference"], two["low"], two["high"]),
        )
    ]
    clear = [one["high"] < 0, two["high"] < 0]
    end = (
        "so the other choice would have made a winner"
        if all(clear)
        else "clear of zero on one of the two only, so no winner would have been declared either"
        if any(clear)
        else "so no winner would have been declared either"
    )
    return (
        f"The {labels[name].lower()}, which was not chosen, differs from the same method by "
        f"{apart[0]} on the held-out artists, of one seed, and by {apart[1]} over the folds, {end}."
    )
