"""Figures of the additive model: curves and the surface."""

import pandas as pd
from plotnine import (
    aes,
    facet_wrap,
    geom_hline,
    geom_line,
    geom_pointrange,
    geom_ribbon,
    geom_tile,
    ggplot,
    guide_legend,
    guides,
    labs,
    scale_color_manual,
    scale_fill_cmap,
    scale_shape_manual,
    scale_x_log10,
    theme,
)

from analysis.reporting.figures.axes import original_scale, scale_names
from analysis.reporting.figures.inference import FACETS, draw_note
from analysis.reporting.theme import INK, PALETTE, theme_report


def draw_smooths(smooths: pd.DataFrame):
    """Draw each score's curve with its band on one common vertical scale."""
    shown = smooths.assign(panel=scale_names(smooths["column"]))
    rows = -(-shown["panel"].nunique() // 3)
    return (
        ggplot(shown, aes("x", "effect"))
        + geom_hline(yintercept=0, color=INK, size=0.3)
        + geom_ribbon(aes(ymin="low", ymax="high"), fill=PALETTE[0], alpha=0.25)
        + geom_line(color=PALETTE[0], size=0.9)
        + facet_wrap("panel", scales="free_x", ncol=3)
        + labs(x="Value of the score", y="Valence above or below the mean")
        + original_scale(smooths)
        + theme_report(0.8 + 1.7 * rows, **FACETS)
    )


def draw_surface(surface: pd.DataFrame):
    """Draw expected valence over danceability and energy, where there are tracks."""
    if surface.empty:
        return draw_note("The table lacks danceability or energy.")
    return (
        ggplot(surface, aes("danceability", "energy", fill="valence"))
        + geom_tile()
        + scale_fill_cmap("cividis")
        # a legend of squares: a colour bar prints striped in some viewers
        + guides(fill=guide_legend(reverse=True))
        + labs(x="Danceability", y="Energy", fill="expected\nvalence")
        + theme_report(4)
        + theme(legend_position="right")
    )


def draw_path(path: pd.DataFrame):
    """Draw cross-validated R² against the common penalty, the chosen one marked."""
    shown = path.assign(
        low=path["cv_r2"] - path["cv_r2_se"], high=path["cv_r2"] + path["cv_r2_se"],
        choice=path["chosen"].map({True: "chosen", False: "other"}),
    )  # fmt: skip
    return (
        ggplot(shown, aes("multiplier", "cv_r2"))
        + geom_line(color=PALETTE[0])
        + geom_pointrange(aes(ymin="low", ymax="high", color="choice", shape="choice"), size=0.4)
        + scale_x_log10()
        + scale_color_manual({"chosen": PALETTE[1], "other": PALETTE[0]}, guide=None)
        + scale_shape_manual({"chosen": "D", "other": "o"}, guide=None)
        + labs(x="Penalty on bending, common to all curves (log scale)", y="Cross-validated R²")
        + theme_report(2.8)
    )
