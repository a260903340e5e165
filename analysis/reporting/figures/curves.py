"""Figures of the additive model: curves and the surface."""

import pandas as pd
from plotnine import (
    aes,
    geom_tile,
    ggplot,
    guide_legend,
    guides,
    labs,
    scale_fill_cmap,
    theme,
)

from analysis.reporting.figures.inference import draw_note
from analysis.reporting.theme import theme_report


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


