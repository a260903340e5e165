"""Sentences on what a model rests on; words are chosen by what the data say."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.reporting import prose


def explain_grouping(
    groups: Mapping[str, tuple[str, ...]], correlations: pd.DataFrame, alike: float
) -> str:
    """Say which features are shuffled together, by which threshold, and which just miss it.

    Parameters
    ----------
    groups : mapping
        What `explanation.feature_groups` returns.
    correlations : pandas.DataFrame
        Spearman's correlations of the features that are numbers.
    alike : float
        The threshold, `explanation.ALIKE`.
    """
    joint = [group for group in groups.values() if len(group) > 1 and group[0] in correlations]
    names = [prose.joined([prose.feature_name(name) for name in group]) for group in joint]
    together = f"here {'; '.join(names)}" if names else "here none"
    near = [
        _explain_miss(name, group, correlations)
        for (name,) in (group for group in groups.values() if len(group) == 1)
        for group in joint
        if name in correlations and correlations.loc[name, list(group)].abs().max() >= alike
    ]
    return (
        "A feature joins others where its absolute rank correlation with them averages at least "
        f"{prose.number(alike, 1)}, {together}.{''.join(near)}"
    )


def _explain_miss(name: str, group: tuple[str, ...], correlations: pd.DataFrame) -> str:
    """Say why a feature that goes with one of a group is not in it."""
    row = correlations.loc[name, list(group)]
    nearest = row.abs().idxmax()
    return (
        f" {prose.feature_name(name).capitalize()} stays alone although it goes with "
        f"{prose.feature_name(nearest)} at {prose.number(row[nearest], 2)}, since over "
        f"{prose.joined([prose.feature_name(one) for one in group])} it averages "
        f"{prose.number(row.abs().mean(), 2)} in size; its bar in either panel is what it adds to "
        "them, not all that it shares with them."
    )


def summarize_importance(table: pd.DataFrame, concordance: float) -> str:
    """Say which features matter most and whether folds agree."""
    leading = [prose.feature_name(name) for name in table["group"].head(3)]
    word = "agree" if concordance > 0.8 else "partly agree" if concordance > 0.5 else "disagree"
    return (
        f"{prose.joined(leading).capitalize()} matter most; the folds' rankings {word} "
        f"(Kendall's coefficient of concordance {prose.number(concordance, 2)})."
    )


def name_constant(tracks: pd.DataFrame, features: Sequence[str]) -> str:
    """Name the scores of one value, which have no curve; nothing where all vary."""
    same = [prose.feature_name(name) for name in features if tracks[name].nunique() < 2]
    if not same:
        return ""
    rest = "is the same, so it has" if len(same) == 1 else "are the same, so they have"
    return f"In all these tracks {prose.joined(same)} {rest} no curve."


def summarize_interaction(table: pd.DataFrame, effects: pd.DataFrame) -> str:
    """Say how large the strongest interaction is beside the largest single effect."""
    top = table.iloc[0]
    share = top["size"] / effects["spread"].max()
    word = "small" if share < 0.2 else "not small"
    return (
        f"The largest on the scale of valence is that of {name_pair(top)}; with a standard "
        f"deviation of {prose.number(top['size'])} it is {word} beside the largest single effect "
        f"({prose.number(effects['spread'].max())}). {_compare_shares(table)}"
    )


def _compare_shares(table: pd.DataFrame) -> str:
    """Say which pair has the greatest H, a share that is large where both effects are small."""
    top, first = table.loc[table["h"].idxmax()], table.iloc[0]
    if top.name == first.name:
        return f"Its H of {prose.number(top['h'])} is the greatest too."
    return (
        f"H, which is relative to what the pair does at all, is greatest for {name_pair(top)} "
        f"({prose.number(top['h'])} against {prose.number(first['h'])})."
    )


def name_pair(row: pd.Series) -> str:
    """Return the names in print of a pair of features."""
    return f"{prose.feature_name(row['first'])} and {prose.feature_name(row['second'])}"


def read_agreement(table: pd.DataFrame, same: bool) -> str:
    """Say which two techniques rank the scores most and least alike.

    Parameters
    ----------
    table : pandas.DataFrame
        What `rankings.rank_agreement` returns.
    same : bool
        Whether all three techniques explain the same model.
    """
    names = list(table)
    pairs = [(table.loc[a, b], a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    pairs = [pair for pair in pairs if pd.notna(pair[0])]
    if len(pairs) < 2:
        return "One of the techniques at least finds no score more important than another."
    least, most = min(pairs), max(pairs)
    text = (
        f"{most[1][0].upper()}{most[1][1:]} and {most[2]} rank the scores most alike "
        f"({prose.number(most[0], 2)}), {least[1]} and {least[2]} least "
        f"({prose.number(least[0], 2)})"
    )
    if same:
        return f"{text}."
    return (
        f"{text}; since Shapley values are of another model, what they disagree on is that of "
        "technique and model together."
    )


def state_base(contributions: pd.DataFrame) -> str:
    """Say in a caption from which value the contributions of a prediction are counted."""
    base = contributions["base"].iloc[0]
    return (
        f"Contributions are counted from the base value {prose.number(base)}, the mean prediction "
        "of the training tracks drawn as background; base and all contributions, of which the "
        "largest are shown, add up to the prediction."
    )


def describe_track(row) -> str:
    """Return a track's name with observed and predicted valence, as the title of a panel."""
    return (
        f"{_short(row.title)}\n{_short(row.artist)}\nobserved {prose.number(row.observed, 2)}, "
        f"predicted {prose.number(row.predicted, 2)}"
    )


def _short(name: str, most: int = 26) -> str:
    """Return a name that fits over a panel."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"
