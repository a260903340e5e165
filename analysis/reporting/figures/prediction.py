"""Figures of the chapter on prediction: the comparison of methods and its limits."""

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    coord_flip,
    facet_wrap,
    geom_abline,
    geom_point,
    geom_pointrange,
    geom_segment,
    geom_step,
    ggplot,
    labs,
    position_dodge,
    scale_color_manual,
    scale_shape_manual,
    scale_x_discrete,
)

from analysis.reporting.groups import MOST_OF_ONE, keep_largest
from analysis.reporting.theme import MUTED, PALETTE, draw_note, theme_report

METRICS = {"mae": "MAE (lower is better)", "r2": "R² (higher is better)"}
MOST_POINTS = 3_000


def draw_traces(traces: pd.DataFrame):
    """Draw every trial of every search, and the least error so far.

    Parameters
    ----------
    traces : pandas.DataFrame
        What `tuning.traces` returns.
    """
    shown = traces.assign(label=pd.Categorical(traces["label"], traces["label"].unique()))
    return (
        ggplot(shown, aes("trial"))
        + geom_point(aes(y="mae"), shown.dropna(subset="mae"), color=MUTED, size=0.9, alpha=0.7)
        + geom_step(aes(y="best"), color=PALETTE[0], size=0.8)
        + facet_wrap("label", ncol=3, scales="free_y")
        + labs(x="Trial", y="Mean absolute error over folds")
        + theme_report(0.8 + 1.4 * -(-shown["label"].nunique() // 3))
    )


def draw_scores(by_kind: pd.DataFrame):
    """Draw MAE and R² of every method, cross-validated and held out, with intervals.

    Parameters
    ----------
    by_kind : pandas.DataFrame
        Columns label, metric, value, low, high and kind (on which tracks).
    """
    shown = by_kind[by_kind["metric"].isin(METRICS)].copy()
    shown["metric"] = pd.Categorical(shown["metric"].map(METRICS), list(METRICS.values()))
    kinds = list(dict.fromkeys(shown["kind"]))
    shown["kind"] = pd.Categorical(shown["kind"], kinds)
    return (
        ggplot(shown, aes("label", "value", ymin="low", ymax="high", color="kind", shape="kind"))
        + geom_pointrange(position=position_dodge(width=0.6), size=0.3)
        + facet_wrap("metric", scales="free_x", ncol=2)
        + scale_color_manual(list(PALETTE[: len(kinds)]))
        + scale_shape_manual(["o", "D"][: len(kinds)])
        + _flipped(shown["label"].drop_duplicates())
        + theme_report(1.4 + 0.27 * shown["label"].nunique())
    )


def draw_predictions(observed, predicted):
    """Draw observed against predicted valence, a point a held-out track."""
    shown = pd.DataFrame({"observed": np.asarray(observed), "predicted": np.asarray(predicted)})
    shown = shown.sample(min(len(shown), MOST_POINTS), random_state=1)
    return (
        ggplot(shown, aes("predicted", "observed"))
        + geom_abline(color=MUTED, linetype="dashed")
        + geom_point(size=0.8, alpha=0.45, color=PALETTE[0], raster=True)
        + labs(x="Predicted valence", y="Observed valence")
        + theme_report(3.6)
    )


def draw_calibration(table: pd.DataFrame):
    """Draw mean observed valence against the mean prediction, in bins of the prediction."""
    return (
        ggplot(table, aes("predicted", "observed", ymin="low", ymax="high"))
        + geom_abline(color=MUTED, linetype="dashed")
        + geom_pointrange(color=PALETTE[0], size=0.35)
        + labs(x="Mean predicted valence", y="Mean observed valence")
        + theme_report(3.0)
    )


def draw_groups(table: pd.DataFrame):
    """Draw the MAE within groups of tracks, one panel for each way to group them.

    Parameters
    ----------
    table : pandas.DataFrame
        What `evaluation.score_groups` returns, with a column `by`; without a row where every group
        is too small. Of many groups, those with the most tracks are shown.
    """
    if table.empty:
        return draw_note("No group has enough held-out tracks.")
    parts = [keep_largest(part, MOST_OF_ONE) for _, part in table.groupby("by", sort=False)]
    table = pd.concat(parts)
    order = list(dict.fromkeys(table["group"]))[::-1]
    shown = table.assign(
        group=pd.Categorical(table["group"], order),
        by=pd.Categorical(table["by"], table["by"].unique()),
    )
    return (
        ggplot(shown, aes("mae", "group"))
        + geom_segment(aes(x="mae_low", xend="mae_high", yend="group"), color=PALETTE[0])
        + geom_point(color=PALETTE[0], size=1.6)
        + facet_wrap("by", scales="free_y", ncol=2)
        + labs(x="Mean absolute error", y="")
        + theme_report(4.2)
    )


def _flipped(names, label: str = "") -> list:
    """Lay out a figure with names down the side, the first on top."""
    return [
        coord_flip(),
        scale_x_discrete(limits=[str(name) for name in names][::-1]),
        labs(x="", y=label, color="", shape=""),
    ]
