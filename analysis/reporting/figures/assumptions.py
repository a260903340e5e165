"""Figures of the linear fit's assumptions."""

import pandas as pd
from mizani.breaks import breaks_extended
from plotnine import (
    aes,
    element_text,
    facet_wrap,
    geom_blank,
    geom_hline,
    geom_line,
    geom_point,
    geom_segment,
    geom_text,
    ggplot,
    labs,
    scale_x_continuous,
    theme,
)

from analysis.reporting.figures.axes import FACETS
from analysis.reporting.theme import INK, MUTED, PALETTE, theme_report

PANELS = (
    "Predictive check", "Linearity", "Equal variance",
    "Normality", "Influence", "Collinearity",
)  # fmt: skip
MOST_POINTS = 2_000
# Features stand far from all other panels' values, so that their panel is known by its range.
FIRST_PLACE = 10_000


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
    return (
        ggplot(_dots(residuals), aes("x", "y"))
        + geom_point(size=0.3, alpha=0.25, color=MUTED, raster=True)
        + _densities(simulated)
        + _lines(trends)
        + _stems(_bars(collinearity))
        + facet_wrap("panel", scales="free", ncol=2, labeller=_explain)
        + scale_x_continuous(breaks=_find_ticks)
        + labs(x="", y="")
        + theme_report(7.2)
        + theme(strip_text=element_text(size=7.5, ha="left", weight="normal"), **FACETS)
    )


def _densities(simulated: pd.DataFrame) -> list:
    """Return the layers of the predictive check."""
    columns = simulated.rename(columns={"density": "y"})[["x", "y", "draw"]]
    drawn = _panel("Predictive check", **columns)
    thin, thick = drawn[drawn["draw"] > 0], drawn[drawn["draw"] == 0]
    return [
        geom_line(aes(group="draw"), thin, color=PALETTE[5], alpha=0.3, size=0.3),
        geom_line(data=thick, color=PALETTE[1], size=0.9),
    ]


def _lines(level: pd.DataFrame) -> list:
    """Return the smooths of the residuals, and the lines that they should keep to."""
    middle = pd.concat([
        _panel("Linearity", x=level["x"], y=level["residual"]),
        _panel("Equal variance", x=level["x"], y=level["spread"]),
    ])  # fmt: skip
    zero = _panel("Linearity", y=[0.0])
    equal = _panel("Normality", x=[-3.5], y=[-3.5], xend=[3.5], yend=[3.5])
    return [
        geom_hline(aes(yintercept="y"), zero, color=INK, size=0.3),
        geom_segment(aes(xend="xend", yend="yend"), equal, color=INK, size=0.3),
        geom_line(data=middle, color=PALETTE[0], size=0.9),
    ]


def _stems(bars: pd.DataFrame) -> list:
    """Return the layers of the collinearity panel."""
    return [
        geom_segment(aes(xend="x", yend=1), bars, color=PALETTE[0]),
        geom_point(data=bars, color=PALETTE[0], size=1.5),
        geom_text(aes(y="top", label="label"), bars, size=6, angle=90, va="bottom"),
        geom_blank(aes(y="room"), bars),
    ]


def _explain(panel: str) -> str:
    """Return a panel's title with what stands on its vertical and horizontal axis."""
    axes = {
        "Predictive check": ("density (data thick, draws thin)", "valence"),
        "Linearity": ("residual", "fitted valence"),
        "Equal variance": ("size of residual", "fitted valence"),
        "Normality": ("standardised residual", "normal quantile"),
        "Influence": ("standardised residual", "leverage"),
        "Collinearity": ("VIF", "features"),
    }
    up, along = axes[panel]
    return f"{panel}\nup: {up}; along: {along}"


def _find_ticks(ends) -> list[float]:
    """Return a panel's horizontal ticks; the features of the last panel are no scale."""
    return [] if ends[0] > FIRST_PLACE / 2 else list(breaks_extended(n=5)(ends))


def _bars(collinearity: pd.DataFrame) -> pd.DataFrame:
    """Return features in order of inflation, with places for their names above."""
    ordered = collinearity.sort_values("vif", ignore_index=True)
    reach = max(ordered["vif"].max() - 1, 0.1)
    return _panel(
        "Collinearity", x=ordered.index + FIRST_PLACE, y=ordered["vif"],
        label=ordered["feature"], top=ordered["vif"] + 0.06 * reach, room=1 + 1.75 * reach,
    )  # fmt: skip


def _dots(residuals: pd.DataFrame) -> pd.DataFrame:
    """Return the points of four panels, evenly thinned where they are many."""
    shown = residuals.sort_values("normal").iloc[:: max(1, len(residuals) // MOST_POINTS)]
    return pd.concat([
        _panel("Linearity", x=shown["fitted"], y=shown["residual"]),
        _panel("Equal variance", x=shown["fitted"], y=shown["residual"].abs()),
        _panel("Normality", x=shown["normal"], y=shown["standardised"]),
        _panel("Influence", x=shown["leverage"], y=shown["standardised"]),
    ])  # fmt: skip


def _panel(name: str, **columns) -> pd.DataFrame:
    """Return columns with the panel that they belong to."""
    frame = pd.DataFrame(columns)
    return frame.assign(panel=pd.Categorical([name] * len(frame), PANELS))
