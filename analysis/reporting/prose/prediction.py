"""Sentences of the chapter on prediction; words are chosen by what the data say."""

import pandas as pd

from analysis.reporting import prose

# Within this share of a range, on the scale on which it was searched, a setting is at its edge.
EDGE = 0.05


def value_of(scored: pd.DataFrame, model: str, metric: str) -> str:
    """Return a score with its interval."""
    row = _row(scored, model, metric)
    return prose.estimate(row["value"], row["low"], row["high"])


def summarize_leakage(table: pd.DataFrame) -> str:
    """Say what repeats and shared artists add to R²."""
    published, unique, artists = table["r2"].round(3)
    repeats, known = published - unique, unique - artists
    unsure = table["r2_low"].iloc[1] < artists
    text = (
        f"The same model that reaches an R² of {prose.number(artists)} on new artists seems to "
        f"reach {prose.number(published)} on the rows as published. "
    )
    parts = [_flattery(repeats, "repeated recordings"), _flattery(known, "known artists")]
    doubt = " The part of the artists is within the uncertainty of the folds." if unsure else ""
    doubt += " Removing rows also changes which tracks are scored, so the parts are rough."
    return text + f"Of the difference, {prose.joined(parts)}.{doubt}"


def _flattery(size: float, what: str) -> str:
    """Say how much one leak adds."""
    if abs(size) < 0.005:
        return f"next to nothing goes with {what}"
    return f"{prose.signed(size)} goes with {what}"


def summarize_tests(
    tests: pd.DataFrame, apart: pd.DataFrame, best: str, labels: dict[str, str]
) -> str:
    """Say which methods the best one beats, on the held-out artists and over the folds.

    Parameters
    ----------
    tests : DataFrame
        The result of `validation.compare_folds`.
    apart : DataFrame
        The result of `evaluation.score_differences`.
    best : str
    labels : dict
        Names in print by name.
    """
    held = apart[apart["metric"] == "mae"].set_index("model")["low"] > 0
    folds = tests["p"].lt(0.05).set_axis(tests["model"])
    votes = folds.astype(int) + held[folds.index].astype(int)
    words = {
        2: "is better than {} by both",
        1: "beats {} by one of the two only, which is not counted",
        0: "cannot be told from {} by either",
    }
    said = [
        text.format(prose.joined(_lower([labels[name] for name in votes.index[votes == count]])))
        for count, text in words.items()
        if (votes == count).any()
    ]
    return (
        f"Judged by the held-out artists and by the folds, {labels[best].lower()} "
        f"{'; '.join(said)}."
    )


def summarize_coverage(table: pd.DataFrame, level: float) -> str:
    """Say whether intervals hold what they promise, overall and in the worst group."""
    rest = table[table["group"] != "all"]
    overall = table[table["group"] == "all"].set_index("kind")["coverage"]
    parts = [f"{name} intervals cover {prose.percent(v, 1)}" for name, v in overall.items()]
    text = f"Asked for {prose.percent(level)}, {prose.joined(parts)} of the held-out tracks"
    if rest.empty:
        return f"{text}."
    worst = rest.loc[rest.groupby("kind")["coverage"].idxmin()]
    lows = [f"{prose.percent(row.coverage)} in {row.group} with {row.kind} ones"
            for row in worst.itertuples()]  # fmt: skip
    return f"{text}; the lowest coverage of a group is {prose.joined(lows)}."


def summarize_repeats(repeats: pd.DataFrame) -> str:
    """Say how repeatable valence is."""
    row = repeats.iloc[0]
    if pd.isna(row["r2"]):
        return "The table has too few recordings under two identifiers to say how repeatable it is."
    verdict = (
        "Between releases valence hardly changes, so little of what a model misses comes from "
        "computing the score again."
        if row["r2"] > 0.95
        else "Part of what a model misses is noise in valence itself."
    )
    return (
        f"{prose.count(row['recordings'])} recordings are there under two identifiers or more; "
        f"in {prose.percent(row['equal'])} of the {prose.count(row['pairs'])} pairs valence is the "
        f"same, and half the mean squared difference leaves "
        f"{prose.estimate(row['r2'], row['low'], row['high'])} of the variance. {verdict}"
    )


def summarize_ceiling(ceilings: pd.DataFrame, reached: float) -> str:
    """Say how near the best method comes to what these features allow."""
    top = ceilings["r2"].max()
    return (
        f"The highest estimate is {prose.number(top)}; the best method reaches a cross-validated "
        f"R² of {prose.number(reached)}, {prose.percent(min(reached / top, 9.99))} of it"
        f"{_share_range(ceilings, reached)}. "
        "These estimates are no bounds: each rests on the same tracks, a neighbour that is "
        "not near makes the attainable look smaller, and the curve of one method says where that "
        "method tends, not what the features allow; an estimate below an R² that some method "
        "reaches is too low."
    )


def _share_range(ceilings: pd.DataFrame, reached: float) -> str:
    """Return the same share at both ends of the highest estimate's interval, in brackets."""
    top = ceilings.iloc[int(ceilings["r2"].to_numpy().argmax())]
    if not top["low"] > 0:
        return ""
    ends = (prose.percent(min(reached / top[end], 9.99)) for end in ("high", "low"))
    return f" ({' to '.join(ends)} over its interval)"


def _row(scored: pd.DataFrame, model: str, metric: str) -> pd.Series:
    """Return one line of a table of scores."""
    return scored[(scored["model"] == model) & (scored["metric"] == metric)].iloc[0]


def _lower(names: list[str]) -> list[str]:
    """Return names as they stand within a sentence; abbreviations stay as they are."""
    return [n if n[:2].isupper() else n[0].lower() + n[1:] for n in names]
