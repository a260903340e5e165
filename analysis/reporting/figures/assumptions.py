"""Figures of the linear fit's assumptions."""

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    geom_abline,
    geom_hline,
    geom_line,
    geom_point,
    geom_segment,
    ggplot,
    labs,
    scale_x_log10,
    theme,
)

from analysis.reporting.theme import FIGURE_WIDTH, INK, MUTED, PALETTE, theme_report

HEIGHT = 5.6
MOST_POINTS = 2_000


def draw_overview(
    residuals: pd.DataFrame,
    trends: pd.DataFrame,
    simulated: pd.DataFrame,
    collinearity: pd.DataFrame,
):
    """Draw six checks in one figure, after R's `performance::check_model` [@ludecke2021].

    Parameters
    ----------
    residuals, trends, simulated, collinearity : pandas.DataFrame
        What `describe_residuals`, `residual_trend`, `simulate_valence` and `inflation_factors` of
        `inference.checks` return for one fit.
    """
    shown = residuals.sort_values("normal").iloc[:: max(1, len(residuals) // MOST_POINTS)]
    fitted = shown.assign(size=shown["residual"].abs())
    panels = [
        _draw_densities(simulated),
        _draw_dots(fitted, "fitted", "residual") + _draw_level(trends, "residual")
        + geom_hline(yintercept=0, color=INK, size=0.3)
        + labs(title="Linearity", x="Fitted valence", y="Residual"),
        _draw_dots(fitted, "fitted", "size") + _draw_level(trends, "spread")
        + labs(title="Equal variance", x="Fitted valence", y="Size of residual"),
        _draw_dots(shown, "normal", "standardised") + geom_abline(color=INK, size=0.3)
        + labs(title="Normality", x="Normal quantile", y="Standardised residual"),
        _draw_dots(shown, "leverage", "standardised") + scale_x_log10()
        + labs(title="Influence", x="Leverage (logarithmic)", y="Standardised residual"),
        _draw_factors(collinearity),
    ]  # fmt: skip
    look = theme_report(HEIGHT / 3) + theme(
        figure_size=(FIGURE_WIDTH, HEIGHT),
        plot_title=element_text(size=9, weight="bold", ha="left"),
        axis_title=element_text(size=8), axis_text=element_text(size=7.5),
    )  # fmt: skip
    a, b, c, d, e, f = (panel + look for panel in panels)
    return ((a | b) / (c | d) / (e | f)).draw()


def _draw_dots(shown: pd.DataFrame, x: str, y: str):
    """Return a panel of points."""
    return ggplot(shown, aes(x, y)) + geom_point(size=0.3, alpha=0.25, color=MUTED, raster=True)


def _draw_level(trends: pd.DataFrame, column: str):
    """Return the layer of a smooth."""
    return geom_line(aes("x", column), trends, color=PALETTE[0], size=0.9)


def _draw_densities(simulated: pd.DataFrame):
    """Return the panel of the predictive check."""
    drawn, observed = simulated[simulated["draw"] > 0], simulated[simulated["draw"] == 0]
    return (
        ggplot(drawn, aes("x", "density"))
        + geom_line(aes(group="draw"), color=PALETTE[5], alpha=0.3, size=0.3)
        + geom_line(data=observed, color=PALETTE[1], size=0.9)
        + labs(title="Predictive check", x="Valence: data thick, draws thin", y="Density")
    )


def _draw_factors(collinearity: pd.DataFrame):
    """Return the panel of the variance inflation factors, a row a feature."""
    ordered = collinearity.sort_values("vif")
    names = pd.Categorical(ordered["feature"], ordered["feature"])
    return (
        ggplot(ordered.assign(feature=names), aes("vif", "feature"))
        + geom_segment(aes(yend="feature"), xend=1, color=PALETTE[0])
        + geom_point(color=PALETTE[0], size=1.5)
        + labs(title="Collinearity", x="Variance inflation factor (VIF)", y="")
        + theme(panel_grid_major_y=element_blank())
    )
