"""Figures of the additive model: curves, levels and the surface."""

import pandas as pd
from plotnine import (
    aes,
    element_text,
    facet_wrap,
    geom_hline,
    geom_line,
    geom_pointrange,
    geom_ribbon,
    geom_tile,
    ggplot,
    labs,
    scale_color_manual,
    scale_fill_cmap,
    scale_fill_gradient2,
    scale_shape_manual,
    scale_x_log10,
    theme,
)

from analysis.reporting.figures.inference import scale_names
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
        + labs(x="", y="Valence above or below the mean")
        + theme_report(0.6 + 1.5 * rows, axis_text_x=element_text(size=7))
    )


def draw_surface(surface: pd.DataFrame):
    """Draw expected valence over danceability and energy, where there are tracks."""
    return (
        ggplot(surface, aes("danceability", "energy", fill="valence"))
        + geom_tile()
        + scale_fill_cmap("cividis")
        + labs(x="Danceability", y="Energy", fill="expected\nvalence")
        + theme_report(4)
        + theme(legend_position="right")
    )


def draw_interaction(surface: pd.DataFrame):
    """Draw what the surface adds to the two curves of danceability and energy."""
    limit = surface["interaction"].abs().max()
    return (
        ggplot(surface, aes("danceability", "energy", fill="interaction"))
        + geom_tile()
        + scale_fill_gradient2(PALETTE[1], "white", PALETTE[0], limits=(-limit, limit))
        + labs(x="Danceability", y="Energy", fill="valence beyond\nboth curves")
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
