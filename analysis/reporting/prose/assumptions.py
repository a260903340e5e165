"""Sentences on what the linear fit assumes, and on the models beside it."""

import pandas as pd

from analysis.reporting import prose

# From this condition number on, collinearity is held to do harm [@belsley1980].
HARMFUL = 30


def compare_models(effects: pd.DataFrame) -> str:
    """Say whether the models tell the same story.

    Parameters
    ----------
    effects : pandas.DataFrame
        Average effects of several models, with a column `model`; the first model is the reference.
    """
    wide = effects.pivot_table(index="feature", columns="model", values="per_sd")
    first = effects["model"].iloc[0]
    apart = wide.sub(wide[first], axis=0).abs()
    feature = apart.max(axis=1).idxmax()
    other = apart.loc[feature].idxmax()
    split = _opposed(effects)
    story = (
        "No two models contradict each other on a sign: no feature has intervals clear of zero on "
        "opposite sides."
        if not split else f"The models disagree on the sign of {prose.joined(split)}."
    )  # fmt: skip
    return (
        f"{story} The largest difference is {prose.number(apart.loc[feature, other])} valence per "
        f"standard deviation, for {feature} in the {other}."
    )


def _opposed(effects: pd.DataFrame) -> list[str]:
    """Return features that some models find clearly positive and others clearly negative."""
    up = effects.loc[effects["per_sd_low"] > 0, "feature"]
    down = effects.loc[effects["per_sd_high"] < 0, "feature"]
    return sorted(set(up) & set(down))


def summarize_mixed(extra: dict) -> str:
    """Say what share of the variance lies between artists, and of which variance."""
    return (
        f"In the mixed model artists hold {prose.percent(extra['icc'])} of the residual variance, "
        "which is the variance of their intercepts and of what is left, the formula's part taken "
        f"out. Of the whole variance the formula explains {prose.percent(extra['marginal_r2'])}, "
        f"and with the artist known {prose.percent(extra['conditional_r2'])}."
    )


def compare_intervals(group: pd.Series) -> str:
    """Say how much wider errors get by clustering, for which feature most, and why."""
    return (
        f"Clustered errors are {_range_of_ratios(group)} times the errors that take tracks for "
        f"independent, most for {group['worst']}. {_explain_worst(group)}"
    )


def _range_of_ratios(group: pd.Series) -> str:
    """Return the least and the greatest ratio of errors."""
    least, most = (prose.number(group[f"{end}_ratio"], 2) for end in ("least", "most"))
    return f"{least} to {most}"


def _explain_worst(group: pd.Series) -> str:
    """Say what becomes of the greatest ratio without the artist of most tracks."""
    return (
        f"Without the artist of most tracks, who has {prose.percent(group['largest_share'], 1)} of "
        f"them, the ratio for {group['worst']} is "
        f"{prose.number(group['ratio_without'], 2)}."
    )


def summarize_influence(moved: pd.DataFrame, most: int) -> str:
    """Say whether the most influential tracks carry any conclusion."""
    changed = moved.loc[moved["moved"], "feature"].tolist()
    shift = moved.loc[moved["shift"].abs().idxmax()]
    text = (
        f"Without the {prose.spelled(most)} most influential tracks the average effects move by at "
        f"most {prose.number(abs(shift['shift']), 2)} standard errors ({shift['feature']})"
    )
    if not changed:
        return f"{text}, and no conclusion changes."
    return f"{text}; the interval's relation to zero changes for {prose.joined(changed)}."


def explain_condition(condition: pd.DataFrame, curved: bool) -> str:
    """Say what the condition numbers are, of all columns and of the scores alone.

    Parameters
    ----------
    condition : pandas.DataFrame
        What `diagnostics.condition_numbers` returns.
    curved : bool
        Whether the formula has splines.
    """
    numbers = condition.set_index("of")["number"]
    every, scores = numbers["all columns"], numbers["scores"]
    verdict = "well below" if scores < HARMFUL / 2 else "below" if scores < HARMFUL else "above"
    return (
        f"It is {prose.number(scores, 1)} for the scores, one column each, which is {verdict} the "
        f"{prose.count(HARMFUL)} from which harm is expected in columns that are not centred, and "
        f"{prose.number(every, 1)} for all columns of the formula"
        + (
            ", since the pieces of one curve resemble each other; nobody reads those one by one."
            if curved
            else "."
        )
    )


def remark_on_bounds(outside: pd.DataFrame, simulated: pd.DataFrame) -> str:
    """Say how often the fit, and valence simulated from it, leave 0 to 1."""
    row, draws = outside.iloc[0], simulated.set_index("statistic").loc["outside 0 to 1"]
    beyond = int(row["below"] + row["above"])
    means = (
        f"The fitted mean lies below 0 for {prose.plural(int(row['below']), 'track')} and above 1 "
        f"for {prose.count(row['above'])}, {prose.percent(beyond / row['tracks'], 1)} of "
        f"{prose.count(row['tracks'])}, the lowest at {prose.number(row['lowest'], 2)} and the "
        f"highest at {prose.number(row['highest'], 2)}"
        if beyond else "Every fitted mean lies between 0 and 1"
    )  # fmt: skip
    return (
        f"{means}; with normal errors added, {prose.percent(draws['low'], 1)} to "
        f"{prose.percent(draws['high'], 1)} of simulated tracks leave the scale."
    )


def judge_assumptions(
    tests, clustering, collinearity, condition, simulated, moved
) -> list[tuple]:  # fmt: skip
    """Return assumption, evidence, consequence and remedy, worded by what was measured."""
    return [
        *_judge_errors(tests.set_index("test"), clustering.iloc[0]),
        *_judge_rest(simulated.set_index("statistic"), collinearity, condition, moved),
    ]


def _judge_errors(found: pd.DataFrame, group: pd.Series) -> list[tuple]:
    """Judge what is assumed of the errors."""
    spread, bend = found.loc["Breusch-Pagan"], found.loc["RESET"]
    tails, lean = found.loc["Jarque-Bera"], found.loc["skewness"]
    return [
        ("linear in its terms",
         f"RESET {prose.p_value(bend['p'])}; powers of the fit add "
         f"{prose.number(bend['size'])} to R²",
         "real, slight" if bend["size"] < 0.01 else "a shape is missing",
         "splines; additive model beside it"),
        ("equal variance",
         f"Breusch-Pagan {prose.p_value(spread['p'])}; residual SD varies by a factor of "
         f"{prose.number(spread['size'], 2)}",
         "model-based errors off" if spread["size"] > 1.15 else "hardly any",
         "HC3 and clustered errors"),
        ("independent tracks",
         f"artists hold {prose.percent(group['icc'])} of the residual variance (analysis of "
         f"variance); the largest has {prose.percent(group['largest_share'], 1)} of the tracks",
         f"clustered errors are {_range_of_ratios(group)} times the model's (median "
         f"{prose.number(group['error_ratio'], 2)}), most for {group['worst']}",
         "errors clustered by artist; mixed model"),
        ("normal errors",
         f"Jarque-Bera {prose.p_value(tails['p'])}; skewness {prose.number(lean['size'], 2)}, "
         f"excess kurtosis {prose.number(tails['size'], 2)}",
         "none for averages at this size",
         "none needed; intervals rest on the number of artists"),
    ]  # fmt: skip


def _judge_rest(simulated: pd.DataFrame, collinearity, condition, moved) -> list[tuple]:
    """Judge what is assumed of the response, the features and single tracks."""
    worst = collinearity.loc[collinearity["inflation"].idxmax()]
    outside = simulated.loc["outside 0 to 1"]
    together = condition.set_index("of").loc["scores", "number"]
    return [
        ("response without bounds",
         f"simulated valence leaves 0 to 1 in {prose.percent(outside['low'], 1)} to "
         f"{prose.percent(outside['high'], 1)} of draws, real valence never",
         "fit is wrong near the bounds", "fractional logit and beta regression beside it"),
        ("features not collinear",
         f"largest inflation of an error {prose.number(worst['inflation'], 2)} "
         f"({worst['feature']}); condition number of the scores {prose.number(together, 1)}",
         "wider intervals" if worst["inflation"] > 1.5 else "mild",
         "blocks tested jointly; no feature dropped"),
        ("no single track decides",
         f"without the most influential, effects move by at most "
         f"{prose.number(moved['shift'].abs().max(), 2)} standard errors",
         "an interval meets zero that did not, or the reverse" if moved["moved"].any() else "none",
         "tracks named; kept"),
    ]  # fmt: skip
