"""Sentences on which features pass a test, how much they are, and which levels differ."""

import pandas as pd

from analysis.reporting import prose

# Shares of the variance that are lost without a feature, whatever the shape of its curve.
SIZES = ((0.03, "large"), (0.01, "moderate"), (0.003, "small"), (0.0, "negligible"))
LEVEL = 0.05
# Of a factor with many levels, as many are tabulated from either end.
LEVELS_SHOWN = 5


def size_word(lost: float) -> str:
    """Return the word for the share of the variance that is lost without a feature.

    Losses are of adjusted R², which allows for the number of columns.
    Shares are rounded as they are printed, so that a word never contradicts its number.
    """
    return next((word for least, word in SIZES if round(lost, 3) >= least), SIZES[-1][1])


def explain_sizes() -> str:
    """Say which share of the variance each word for a size stands for."""
    bounds = [f"{word} from {prose.percent(least, 1)}" for least, word in SIZES if least]
    return (
        "The words for sizes rest on the adjusted R² that is lost without the feature, since many "
        f"columns explain something by chance: {prose.joined(bounds)}, {SIZES[-1][1]} below."
    )


def answer_features(effects: pd.DataFrame, tests: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Say of each feature whether it is significant, and how much valence goes with it.

    Parameters
    ----------
    effects, tests : pandas.DataFrame
        What `average_effects`, and `term_tests` with `adjust_losses`, return for the same fit.
    """
    sizes = effects.set_index("feature")
    return [_answer(row, sizes) for row in tests.itertuples()]


def _answer(row, sizes: pd.DataFrame) -> tuple[str, str, str]:
    """Answer for one feature."""
    word = "yes" if row.p_holm < LEVEL else "uncorrected only" if row.p < LEVEL else "no"
    size = size_word(row.adjusted_lost)
    lost = f"{prose.percent(row.adjusted_lost, 1)} of the variance is lost without it"
    if row.feature not in sizes.index:
        return row.feature, word, f"{size}: {lost}"
    one = sizes.loc[row.feature]
    slope = prose.signed(one["per_sd"])
    between = prose.interval(one["per_sd_low"], one["per_sd_high"])
    much = (
        f"{size}: {slope} per SD ({between}), {prose.signed(one['span'])} from "
        f"the 10th to the 90th percentile; {lost}"
    )
    return row.feature, word, much


def summarize_tests(tests: pd.DataFrame, tracks: int) -> str:
    """Say how many features pass, and why that alone is no finding."""
    found = tests[tests["p_holm"] < LEVEL]
    failed = tests.loc[tests["p_holm"] >= LEVEL, "feature"].tolist()
    some = found[found["adjusted_lost"].round(3) < 0.005]["feature"].tolist()
    text = (
        f"After Holm's correction {prose.count(len(found))} of {prose.count(len(tests))} "
        f"features are significant at the 5 % level"
    )
    if failed:
        text += f"; {prose.joined(failed)} {'is' if len(failed) == 1 else 'are'} not"
    text += "."
    return f"{text} {_remark_on_size(some, tracks)}" if some else text


def reconcile_intervals(effects: pd.DataFrame, tests: pd.DataFrame) -> str:
    """Say where a feature's test and the interval of its average slope disagree, and why."""
    both = tests.merge(effects[["feature", "per_sd_low", "per_sd_high"]], on="feature")
    clear, passed = both["per_sd_low"] * both["per_sd_high"] > 0, both["p_holm"] < LEVEL
    alone = both.loc[clear & ~passed, "feature"].tolist()
    bent = both.loc[passed & ~clear, "feature"].tolist()
    if not alone + bent:
        return "For every score, the test and the interval of the average slope agree."
    told = [_interval_only(alone, len(tests))] if alone else []
    return " ".join(told + ([_test_only(bent)] if bent else []))


def _interval_only(features: list[str], tested: int) -> str:
    """Say why an interval clear of zero is not enough."""
    one = len(features) == 1
    slopes = "slope has an interval" if one else "slopes have intervals"
    return (
        f"Of {prose.joined(features)}, the average {slopes} clear of zero, and yet "
        f"{'it does' if one else 'they do'} not pass: an interval speaks of one slope as if "
        "nothing else had been looked at, the test of all columns of a feature, corrected for "
        f"{prose.count(tested)} features; the answer follows the test."
    )


def _test_only(features: list[str]) -> str:
    """Say how a feature can pass although its average slope may be zero."""
    names, one = prose.joined(features), len(features) == 1
    return (
        f"{names[0].upper()}{names[1:]} {'passes' if one else 'pass'} although the average slope's "
        f"{'interval includes' if one else 'intervals include'} zero: the test sees the whole "
        "curve, the interval only its average slope."
    )


def passed_factors(tests: pd.DataFrame) -> set[str]:
    """Return the features that pass the joint test after Holm's correction."""
    return set(tests.loc[tests["p_holm"] < LEVEL, "feature"])


def extreme_levels(levels: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Return levels clear of no difference; of a factor with many, the highest and the lowest.

    Only factors that pass the joint test have any: one of many intervals is clear by chance.
    """
    passed = levels[levels["factor"].isin(passed_factors(tests))]
    clear = passed[passed["effect_low"] * passed["effect_high"] > 0]
    parts = [clear.iloc[:0]]
    for _, part in clear.groupby("factor", sort=False):
        ordered = part.sort_values("effect", ascending=False)
        ends = pd.concat([ordered.head(LEVELS_SHOWN), ordered.tail(LEVELS_SHOWN)])
        parts.append(part if len(part) <= 2 * LEVELS_SHOWN else ends)
    return pd.concat(parts)


def summarize_levels(levels: pd.DataFrame, tests: pd.DataFrame) -> str:
    """Say of each factor how many levels differ from its first, and which factors do not pass."""
    if levels.empty:
        return "The formula has no factors."
    clear = levels["effect_low"] * levels["effect_high"] > 0
    counts = clear.groupby(levels["factor"], sort=False).agg(["sum", "size"])
    passed = counts[counts.index.isin(passed_factors(tests))]
    failed = counts.drop(index=passed.index)
    told = [_tell_passed(passed)] if len(passed) else []
    return " ".join(told + ([_tell_failed(failed)] if len(failed) else []))


def _tell_passed(counts: pd.DataFrame) -> str:
    """Say how many levels differ from the first, of factors that pass the joint test."""
    parts = [f"{prose.count(found)} of {prose.plural(size, 'level')} of {name}"
             for name, found, size in counts.itertuples()]  # fmt: skip
    text = f"The intervals of {prose.joined(parts)} are clear of no difference from the first level"
    many = counts.index[counts["sum"] > 2 * LEVELS_SHOWN].tolist()
    ends = prose.spelled(LEVELS_SHOWN)
    if not many:
        return f"{text}."
    return (
        f"{text}; of {prose.joined(many)} the table has the {ends} highest and the {ends} lowest."
    )


def _tell_failed(counts: pd.DataFrame) -> str:
    """Say which factors do not pass the joint test, and what single intervals are then worth."""
    names, found = counts.index.tolist(), int(counts["sum"].sum())
    text = f"{prose.joined(names).capitalize()} {'does' if len(names) == 1 else 'do'} not pass"
    if not found:
        return f"{text}, and no interval of their levels is clear of no difference."
    some = "the one interval" if found == 1 else f"the {prose.spelled(found)} intervals"
    return (
        f"{text}, and so {some} clear of no difference among their "
        f"{prose.count(counts['size'].sum())} levels, which no correction has widened, "
        f"{'is' if found == 1 else 'are'} not counted as a finding."
    )


def _remark_on_size(features: list[str], tracks: int) -> str:
    """Say that some features are significant and still explain next to nothing."""
    one = len(features) == 1
    return (
        f"But with {prose.count(tracks)} tracks significance is cheap: "
        f"{prose.joined(features)} {'passes' if one else 'pass'} and yet "
        f"{'accounts' if one else 'account'} for less than half a percent of the "
        f"variance{'' if one else ' each'}."
    )
