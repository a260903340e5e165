"""Figures that explain a model: importance, effects, interactions, single predictions."""

import numpy as np
import pandas as pd
from mizani.breaks import breaks_extended
from plotnine import (
    aes,
    coord_flip,
    facet_wrap,
    geom_col,
    geom_hline,
    geom_line,
    geom_point,
    geom_ribbon,
    geom_rug,
    geom_segment,
    geom_text,
    geom_tile,
    geom_vline,
    ggplot,
    guide_colorbar,
    labs,
    scale_fill_gradient2,
    scale_fill_manual,
    scale_y_continuous,
    theme,
)

from analysis.reporting import prose
from analysis.reporting.theme import GROUND, INK, PALETTE, theme_report

# The default bar, a mesh of gradients, prints striped; rectangles that do not overlap print whole.
BAR = guide_colorbar(display="rectangles", nbin=20)


def in_minutes(frame: pd.DataFrame, values: str) -> pd.DataFrame:
    """Return a frame with lengths in minutes, and the feature named so."""
    long = frame["feature"].astype(str) == "duration_ms"
    scaled = frame[values].astype(float).where(~long, frame[values].astype(float) / 60_000)
    named = frame["feature"].astype(str).where(~long, "duration (minutes)")
    return frame.assign(**{values: scaled, "feature": named})


def draw_importance(table: pd.DataFrame, most: int = 16):
    """Draw the rise of the MAE when features are shuffled; lines span the folds.

    Parameters
    ----------
    table : pandas.DataFrame
        What `explanation.summarise_importance` returns, with a column `by`.
    """
    shown = table.assign(group=table["group"].map(prose.feature_name))
    shown = shown.groupby("by", sort=False).head(most)
    order = list(dict.fromkeys(shown.sort_values("mae")["group"]))
    shown = shown.assign(
        group=pd.Categorical(shown["group"], order),
        by=pd.Categorical(shown["by"], shown["by"].unique()),
    )
    return (
        ggplot(shown, aes("mae", "group"))
        + geom_vline(xintercept=0, color=INK, size=0.4)
        + geom_segment(aes(x="low", xend="high", yend="group"), color=PALETTE[0])
        + geom_point(color=PALETTE[0], size=1.6)
        + facet_wrap("by", scales="free_y", ncol=2)
        + labs(x="Rise of the mean absolute error", y="")
        + theme_report(1.0 + 0.22 * shown.groupby("by", observed=True).size().max())
    )


def draw_local_effects(effects: pd.DataFrame, tracks: pd.DataFrame):
    """Draw accumulated local effects; the band spans the folds, the rug shows the tracks.

    Parameters
    ----------
    effects : pandas.DataFrame
        What `explanation.summarise_effects` returns.
    tracks : pandas.DataFrame
        Tracks of which a sample is shown at the foot of every panel.
    """
    names = list(dict.fromkeys(effects["feature"]))
    some = tracks[names].astype(float).sample(min(150, len(tracks)), random_state=1)
    rug = in_minutes(some.melt(var_name="feature", value_name="x"), "x").assign(effect=0.0)
    shown = in_minutes(effects, "x")
    order = list(dict.fromkeys(shown["feature"]))
    shown["feature"] = pd.Categorical(shown["feature"], order)
    rug["feature"] = pd.Categorical(rug["feature"], order)
    return (
        ggplot(shown, aes("x", "effect"))
        + geom_hline(yintercept=0, color=INK, size=0.3)
        + geom_rug(data=rug, sides="b", alpha=0.25, size=0.3)
        + geom_ribbon(aes(ymin="low", ymax="high"), fill=PALETTE[5], alpha=0.4)
        + geom_line(color=PALETTE[0], size=0.8)
        + facet_wrap("feature", scales="free_x", ncol=3)
        + labs(x="Value of the feature", y="Effect on predicted valence")
        + theme_report(1.0 + 1.5 * -(-len(order) // 3))
    )


def draw_surface(cells: pd.DataFrame, first: str, second: str):
    """Draw the part of a joint effect that is not a sum of two single effects."""
    shown = cells[cells["tracks"] > 0].assign(
        x=lambda f: _tenths(f["x"], first), y=lambda f: _tenths(f["y"], second)
    )
    return (
        ggplot(shown, aes("x", "y", fill="interaction"))
        + geom_tile()
        + scale_fill_gradient2(
            low=PALETTE[1],
            mid=GROUND,
            high=PALETTE[0],
            midpoint=0,
            guide=BAR,
            breaks=breaks_extended(n=3),  # more labels than that run into each other
        )
        + labs(
            x=_axis(first),
            y=_axis(second),
            fill="Valence beyond the sum of both effects",
        )
        + theme_report(4.0)
    )


def draw_contributions(parts: pd.DataFrame):
    """Draw the contributions to single predictions, one panel a track.

    Parameters
    ----------
    parts : pandas.DataFrame
        Columns track (title of the panel), feature, value, contribution; the greatest first.
    """
    shown = parts.assign(
        feature=parts["feature"].map(prose.feature_name),
        track=pd.Categorical(parts["track"], parts["track"].unique()),
        sign=["up" if value > 0 else "down" for value in parts["contribution"]],
        text=[prose.signed(value, 2) for value in parts["contribution"]],
    )
    reach = shown["contribution"].abs().max()
    shown["place"] = shown["contribution"] + shown["contribution"].map(np.sign) * 0.17 * reach
    order = shown.groupby("feature")["contribution"].apply(lambda c: c.abs().sum()).sort_values()
    shown["feature"] = pd.Categorical(shown["feature"], order.index)
    return (
        ggplot(shown, aes("feature", "contribution", fill="sign"))
        + geom_col(width=0.7)
        + geom_text(aes(y="place", label="text"), size=6)
        + geom_hline(yintercept=0, color=INK, size=0.4)
        + facet_wrap("track", ncol=3)
        + coord_flip()
        + scale_y_continuous(expand=(0.12, 0))
        + scale_fill_manual({"up": PALETTE[5], "down": PALETTE[4]}, guide=None)
        + labs(x="", y="Contribution to predicted valence")
        + theme_report(1.2 + 0.22 * len(order))
        + theme(panel_spacing_x=0.02)
    )


def _tenths(values: pd.Series, feature: str) -> pd.Categorical:
    """Return middles of bins as ordered text with three significant digits."""
    scaled = values / 60_000 if feature == "duration_ms" else values
    cuts = sorted(scaled.unique())
    names = list(dict.fromkeys(f"{cut:.3g}" for cut in cuts))
    return pd.Categorical([f"{value:.3g}" for value in scaled], names)


def _axis(feature: str) -> str:
    """Return the title of an axis of tenths."""
    name = "duration in minutes" if feature == "duration_ms" else feature
    return f"{name.capitalize()} (middles of tenths)"
