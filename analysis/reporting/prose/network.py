"""Sentences of the chapter on the network; words are chosen by what the data say."""

from collections.abc import Mapping

import pandas as pd

from analysis.reporting import prose

VERDICTS = {
    "better": "errs less than",
    "worse": "errs more than",
    "equal": "cannot be told from",
}
# Decimals of a difference in error; what prints as zero is judged as zero.
DIGITS = 4
# Correlation of two curves, or of two rankings, from which on they count as alike.
ALIKE = 0.9


def count_searches(found: Mapping, found_networks: Mapping) -> str:
    """Say how many searches and trials stand behind the stack, and how many behind the networks."""
    sides = [
        (len(side), sum(len(one.trace) for one in side.values()))
        for side in (found, found_networks)
    ]
    stack, networks = (
        f"{prose.spelled(searches)} {'search' if searches == 1 else 'searches'}, "
        f"{prose.plural(trials, 'trial')} in all"
        for searches, trials in sides
    )
    return (
        f"The stack, though, is made of the results of {stack}, and the network is the better of "
        f"{networks}: what is equal is the budget of a search, not that of a side."
    )


def describe_rivals(table: pd.DataFrame, duel, labels: dict[str, str]) -> str:
    """Say who had the lower cross-validated error on either side, and by how much.

    `table` is what `network_agreement.score_rivals` returns.
    """
    crossed = table[table["metric"] == "mae"].set_index("model")["crossed"]
    networks = crossed[table.drop_duplicates("model").set_index("model")["network"]]
    # one more digit where the order would not show
    digits = 4 if networks.round(4).is_unique else 5
    parts = [
        f"{labels[name].lower()} ({prose.number(value, digits)})"
        for name, value in networks.sort_values().items()
    ]
    if len(parts) == 1:
        first = f"The network is the {parts[0]}"
    else:
        rest = prose.joined(parts[1:])
        first = f"By cross-validated error the {parts[0]} comes before the {rest}"
    return (
        f"{first}; of the other methods the least is {prose.number(crossed[duel.other], 4)} "
        f"({labels[duel.other].lower()})."
    )


def summarize_duel(duel, labels: dict[str, str]) -> str:
    """Say what the network of the report's own seed and the other method reach, without a verdict.

    Which of both is the better one is left to `judge_network`, which knows of other seeds.
    """
    line = duel.difference("mae")
    return (
        f"With the report's own seed the network has a mean absolute error of "
        f"{prose.number(duel.score('mae', duel.network)['value'], 4)} on the held-out artists, "
        f"the best other method ({labels[duel.other].lower()}) one of "
        f"{prose.number(duel.score('mae', duel.other)['value'], 4)}, a paired difference of "
        f"{prose.signed(line['value'], 4)} (95 % interval over artists alone "
        f"{prose.interval(line['low'], line['high'], 4)})."
    )


def summarize_average(duel, labels: dict[str, str]) -> str:
    """Say whether the average of both is clear of each, as far as artists are what varies."""
    verdicts = [duel.verdict("mae", "average", one) for one in (duel.network, duel.other)]
    value = prose.number(duel.score("mae", "average")["value"], 4)
    names = ["the network", labels[duel.other].lower()]
    beaten = [name for name, word in zip(names, verdicts, strict=True) if word == "better"]
    if len(beaten) == 2:
        end = "has an interval clear of zero against both"
    elif beaten:
        end = f"has an interval clear of zero against {beaten[0]} only"
    else:
        end = "has no interval clear of zero against either"
    return f"Their plain average, with an error of {value}, {end}; it rests on the same one seed."


def summarize_history(history: pd.DataFrame) -> str:
    """Say where training stopped paying, and how far both errors are apart there."""
    at = history[history["best"]].set_index("part")["mae"]
    kept = int(history.loc[history["best"], "epoch"].iloc[0])
    epoch, ends = prose.count(kept), kept == history["epoch"].max()
    if at.isna().any():
        return f"All {epoch} epochs were used, since there were too few artists to hold any out."
    apart = prose.number(at["validation"] - at["training"])
    return (
        f"The weights of epoch {epoch}{', the last of the schedule,' if ends else ''} were kept; "
        f"there the error on left-out artists is "
        f"{apart} above the error on known ones."
    )


def summarize_seeds(spread: pd.DataFrame, duel) -> str:
    """Say how far the seeds lie apart, and where among them the one that is shown stands."""
    maes = spread[spread["kind"] == "ensemble"]["mae"]
    reported = duel.score("mae", duel.network)["value"]
    better, shown = int((maes < reported - 1e-6).sum()), prose.number(reported, 4)
    place = (
        f"none of the others did better than the one shown ({shown}), which was luck"
        if not better
        else f"{prose.spelled(better)} of the others did better than the one shown ({shown})"
    )
    return (
        f"Over {prose.spelled(len(maes))} seeds, that of the report among them, the ensemble's "
        f"error runs from {prose.number(maes.min(), 4)} to {prose.number(maes.max(), 4)} with a "
        f"mean of {prose.number(maes.mean(), 4)}; {place}."
    )


def judge_network(spread: pd.DataFrame, widened: pd.Series, folds: pd.Series, other: str) -> str:
    """Say whether the network is better, by the mean over seeds and by the folds of training.

    Parameters
    ----------
    spread : pandas.DataFrame
        Of `network_runs.spread_of_seeds`.
    widened : pandas.Series
        The held-out difference, its mean and interval over artists and seeds, of
        `network_runs.add_seeds`.
    folds : pandas.Series
        The network's line of `validation.compare_folds` against the other method.
    other : str
        Name in print of the other method.
    """
    seeds = prose.spelled(spread["seed"].nunique())
    held, crossed = judge_interval(widened), judge_interval(folds)
    apart = _difference(folds["difference"], folds)
    return (
        f"Judged by the mean of {seeds} seeds, with the variance over seeds added to that over "
        f"artists, the network {VERDICTS[held]} the best other method ({other.lower()}) on the "
        f"held-out artists ({_difference(widened['value'], widened)}), and with the report's own "
        f"seed over the folds of the training part it {VERDICTS[crossed]} it ({apart}): "
        f"{_conclude(held, crossed)}."
    )


def judge_interval(line: pd.Series) -> str:
    """Return "better", "worse" or "equal"; an end that prints as zero counts as zero."""
    low, high = round(line["low"], DIGITS), round(line["high"], DIGITS)
    return "better" if high < 0 else "worse" if low > 0 else "equal"


def _conclude(held: str, crossed: str) -> str:
    """Say what both verdicts come to."""
    if held != crossed:
        return "the two do not agree, so no winner is declared"
    if held == "equal":
        return (
            "no winner is declared, which does not say that the methods are equal, only that "
            "neither these artists nor these folds can tell them apart"
        )
    return f"the network is declared the {held} one"


def _difference(value: float, ends: pd.Series) -> str:
    """Return a difference in error with its interval."""
    between = prose.interval(ends["low"], ends["high"], DIGITS)
    return f"difference {prose.signed(value, DIGITS)}, 95 % interval {between}"


def explain_groups(*groups: pd.DataFrame) -> str:
    """Say in a caption what the intervals within groups cover, and how many groups are seen.

    Parameters
    ----------
    *groups : pandas.DataFrame
        All that `network_comparison.compare_groups` returned for the chapter.
    """
    looked = sum(map(len, groups))
    many = f", although {prose.spelled(looked)} groups are looked at" if looked > 1 else ""
    return (
        "The network is that of the report's own seed; the intervals (95 %) cover which artists "
        "were drawn, but not which seed, and each is made for its group alone"
        f"{many}."
    )


def caption_genres(levels: pd.DataFrame, genres: pd.DataFrame) -> str:
    """Say what the comparison by genre shows, also where a table has none: one row of all tracks.

    Parameters are what `explain_groups` takes.
    """
    known = list(genres["group"]) != ["all tracks"]
    told = "by genre" if known else "on all held-out tracks, as the table has no genre"
    return f"The same difference {told}. {explain_groups(levels, genres)}"


def name_groups_apart(*groups: pd.DataFrame) -> str:
    """Name the groups of tracks in which one of the two methods clearly errs less.

    Parameters
    ----------
    *groups : pandas.DataFrame
        As for `explain_groups`.
    """
    table = pd.concat(groups)
    if table.empty:
        return "No group has tracks enough for a comparison of its own."
    sides = {"less": table[table["high"] < 0], "more": table[table["low"] > 0]}
    said = [
        f"{word} in {prose.joined([_tell_group(row) for row in part.itertuples()])}"
        for word, part in sides.items()
        if len(part)
    ]
    if not said:
        return "In no group is the difference clear of zero."
    return f"Clear of zero, group by group, the network errs {prose.joined(said)}."


def _tell_group(row) -> str:
    """Return a group with its difference."""
    return f"{row.group} ({prose.signed(row.difference)})"


def summarize_agreement(agreement: pd.Series) -> str:
    """Say how alike predictions and errors are."""
    return (
        "The two methods' predictions correlate at "
        f"{prose.number(agreement['predictions'], 2)} and their errors at "
        f"{prose.number(agreement['errors'], 2)}; the network is the closer one on "
        f"{prose.percent(agreement['closer'])} of the tracks."
    )
