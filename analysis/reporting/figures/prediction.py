"""Figures of the chapter on prediction: the comparison of methods and its limits."""

import pandas as pd
from plotnine import (
    aes,
    coord_flip,
    facet_wrap,
    geom_hline,
    geom_line,
    geom_point,
    geom_pointrange,
    ggplot,
    labs,
    position_dodge,
    scale_color_manual,
    scale_linetype_manual,
    scale_shape_manual,
    scale_x_discrete,
    scale_x_log10,
)

from analysis.reporting.figures.explanation import in_minutes
from analysis.reporting.groups import MOST_GROUPS, keep_largest
from analysis.reporting.theme import INK, MUTED, PALETTE, theme_report

METRICS = {"mae": "MAE (lower is better)", "r2": "R² (higher is better)"}
MOST_POINTS = 3_000


def draw_coverage(table: pd.DataFrame, level: float):
    """Draw how often intervals hold the truth, by group, for intervals of two kinds.

    Parameters
    ----------
    table : pandas.DataFrame
        What `intervals.coverage` returns, with a column `kind`; of many groups, those with the
        most tracks are shown.
    level : float
        The coverage that was asked for.
    """
    table = keep_largest(table, MOST_GROUPS)
    order = list(dict.fromkeys(table["group"]))
    shown = table.assign(group=pd.Categorical(table["group"], order[::-1]))
    kinds = list(dict.fromkeys(table["kind"]))
    shown["kind"] = pd.Categorical(shown["kind"], kinds)
    dodge = position_dodge(width=0.6)
    return (
        ggplot(shown, aes("group", "coverage", ymin="low", ymax="high", color="kind", shape="kind"))
        + geom_hline(yintercept=level, linetype="dashed", color=MUTED)
        + geom_pointrange(position=dodge, size=0.3)
        + scale_color_manual(list(PALETTE[: len(kinds)]))
        + scale_shape_manual(["o", "D"])
        + _flipped(pd.Series(order), "Share of held-out tracks within their interval")
        + theme_report(1.4 + 0.24 * len(order))
    )


def draw_learning_curve(curve: pd.DataFrame, line: pd.DataFrame, ceilings: pd.DataFrame):
    """Draw R² against tracks trained on, its extension, and estimates of the ceiling.

    Parameters
    ----------
    curve : pandas.DataFrame
        What `ceiling.learning_curve` returns.
    line : pandas.DataFrame
        What `ceiling.curve_line` returns.
    ceilings : pandas.DataFrame
        Columns estimate and r2.
    """
    means = curve.groupby("share", as_index=False)[["tracks", "r2"]].mean()
    names = pd.Categorical(ceilings["estimate"], ceilings["estimate"].unique())
    return (
        ggplot(curve, aes("tracks", "r2"))
        + geom_hline(
            aes(yintercept="r2", color="estimate", linetype="estimate"),
            ceilings.assign(estimate=names),
        )
        + geom_line(data=line, color=PALETTE[0], size=0.8)
        + geom_point(color=MUTED, size=0.9)
        + geom_point(data=means, color=PALETTE[0], size=2.2)
        + scale_color_manual([PALETTE[1], PALETTE[2], PALETTE[3]])
        + scale_linetype_manual(["dashed", "dotted", "dashdot"])
        + scale_x_log10()
        + labs(x="Training tracks (log scale)", y="R² on unseen artists", color="", linetype="")
        + theme_report(3.4)
    )


def draw_dependence(contributions: pd.DataFrame, features: list[str]):
    """Draw the contributions of some features against their values, a point a track."""
    shown = contributions[contributions["feature"].isin(features)].dropna(subset="amount")
    shown = in_minutes(shown, "amount")
    names = [name.replace("duration_ms", "duration (minutes)") for name in features]
    shown["feature"] = pd.Categorical(shown["feature"], names)
    return (
        ggplot(shown, aes("amount", "contribution"))
        + geom_hline(yintercept=0, color=INK, size=0.3)
        + geom_point(size=0.8, alpha=0.5, color=PALETTE[0], raster=True)
        + facet_wrap("feature", scales="free_x", ncol=3)
        + labs(x="Value of the feature", y="Contribution to valence")
        + theme_report(1.2 + 1.5 * -(-len(features) // 3))
    )


def _flipped(names, label: str = "") -> list:
    """Lay out a figure with names down the side, the first on top."""
    return [
        coord_flip(),
        scale_x_discrete(limits=[str(name) for name in names][::-1]),
        labs(x="", y=label, color="", shape=""),
    ]
