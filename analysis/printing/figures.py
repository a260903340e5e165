"""Figures too long for a cell, and the axes that several share."""

import numpy as np
import pandas as pd
from mizani.breaks import breaks_extended
from plotnine import (
    aes,
    element_blank,
    element_text,
    facet_wrap,
    geom_abline,
    geom_hline,
    geom_line,
    geom_point,
    geom_rect,
    geom_segment,
    geom_vline,
    ggplot,
    labs,
    scale_x_continuous,
    scale_x_log10,
    scale_y_continuous,
    theme,
)
from scipy.special import logit

from analysis.inference.scores import FEATURES
from analysis.printing.numbers import MINUS, interval, percent
from analysis.printing.theme import FIGURE_WIDTH, INK, MUTED, PALETTE, theme_report
from analysis.tracks.features import NUMERIC, with_shapes

# Room between panels for the ticks of one and the title of the next.
FACETS = {"panel_spacing_x": 0.03, "panel_spacing_y": 0.045}
# Values that are written along a stretched axis; none is 1 or 0.5, which would stand at 0 and be
# taken for a value of another score.
ODDS = (0.001, 0.1, 0.9)
TICKS = {
    column: {float(stretch(value)): f"{value:g}" for value in values}
    for column, stretch, values in (
        ("log_speechiness", np.log, (0.03, 0.1, 0.3, 0.8)),
        ("log_liveness", np.log, (0.05, 0.2, 0.8)),
        ("log_duration", np.log, (0.5, 2, 4, 8)),
        ("logit_acousticness", logit, ODDS),
        ("logit_instrumentalness", logit, ODDS),
    )
}
NAMES = {round(place, 9): name for ticks in TICKS.values() for place, name in ticks.items()}


def original_scale(curves: pd.DataFrame):
    """Return a horizontal scale for panels of one score each, with ticks in the score's own values.

    All panels share one scale, so a panel is known by the range of its values, which are in the
    columns `column` and `x` of the curves.
    """
    ranges = curves.groupby("column", observed=True)["x"].agg(["min", "max"])

    def find_ticks(ends) -> list[float]:
        column = (ranges - np.asarray(ends, dtype=float)).abs().sum(axis=1).idxmin()
        if column not in TICKS:
            return list(breaks_extended(n=4)(ends))
        return [place for place in TICKS[column] if ends[0] <= place <= ends[1]]

    def name_ticks(places) -> list[str]:
        return [NAMES.get(round(float(x), 9)) or f"{x:g}".replace("-", MINUS) for x in places]

    return scale_x_continuous(breaks=find_ticks, labels=name_ticks)


def to_shapes(effects: pd.DataFrame) -> pd.DataFrame:
    """Return effects of canonical columns as those of question 1's features, x on their shape."""
    parts = []
    for one in FEATURES:
        part = effects[effects["feature"] == one.plain.replace("duration_min", "duration_ms")]
        columns = pd.DataFrame(dict.fromkeys(NUMERIC, part["x"]))
        with np.errstate(all="ignore"):  # only one column is a score of its own kind
            parts.append(part.assign(x=with_shapes(columns)[one.shape], feature=one.name))
    return pd.concat(parts, ignore_index=True)


def variance_steps(parts: pd.DataFrame, artists: bool, releases: bool) -> pd.DataFrame:
    """Return what `variance.divide_variance` does, less the parts that a table cannot tell apart.

    `artists` and `releases` say whether enough of them stand there twice; what they share is else
    left open. A formula that explains more than the best method has no part of its own. Each part
    gets a label, its share with its interval.
    """
    steps = parts.assign(label=[f"{percent(row['share'])} {interval(row, 'share', 0, percent)}"
                                for row in parts.to_dict("records")])  # fmt: skip
    if not releases:
        steps = steps[:4].replace({"part": {steps["part"][3]: "left open"}})
    if not artists:
        steps.loc[3, "start"] = steps["start"][2]
        steps.loc[3, "label"] = percent(steps["end"][3] - steps["start"][2])
        steps = steps.drop(2)
    if parts["share"][1] < 0:
        steps.loc[1, ["part", "start"]] = "the best method", 0.0
        steps.loc[1, "label"] = percent(steps["end"][1])
        steps = steps.drop(0)
    return steps


MOST_PANELS, FEWEST_TRACKS = 12, 20  # genres in the figure of valence, tracks of each


def choose_panels(valence: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `describe_valence` that get a panel, in its order.

    They are the largest `MOST_PANELS` genres of `FEWEST_TRACKS` or more; where those have less than
    half of the tracks, all tracks in one panel.
    """
    genres = valence[valence["group"] != "all tracks"]
    chosen = genres[genres["tracks"] >= FEWEST_TRACKS].nlargest(MOST_PANELS, "tracks").index
    most = genres.loc[chosen, "tracks"].sum() >= valence["tracks"].iloc[-1] / 2
    panels = valence.loc[chosen.sort_values()] if len(chosen) > 1 and most else valence.tail(1)
    return panels.assign(group=pd.Categorical(panels["group"], panels["group"]))


def draw_valence(tracks: pd.DataFrame, panels: pd.DataFrame):
    """Draw the distribution of valence of clean tracks, a panel for each row of `choose_panels`."""
    group = tracks["genre"].astype(str) if len(panels) > 1 else "all tracks"
    edges = np.arange(21) / 20
    low = pd.cut(tracks["valence"], edges, labels=edges[:-1], include_lowest=True).astype(float)
    shown = tracks[["valence"]].assign(panel=group, low=low)
    shown["panel"] = pd.Categorical(shown["panel"], panels["group"].tolist())
    bars = shown.groupby(["panel", "low"], observed=True)["valence"].size().rename("tracks")
    bars = bars.reset_index().assign(high=lambda bar: bar["low"] + 0.05, none=0)
    rows = -(-len(panels) // 3)
    return (
        ggplot(bars, aes(xmin="low", xmax="high", ymin="none", ymax="tracks"))
        + geom_rect(fill=PALETTE[0])
        + geom_vline(aes(xintercept="median"), panels.rename(columns={"group": "panel"}), color=INK)
        + facet_wrap("panel", ncol=min(3, len(panels)), scales="free_y")
        + scale_x_continuous(limits=(0, 1), breaks=(0, 0.25, 0.5, 0.75, 1))
        + scale_y_continuous(breaks=lambda ends: [x for x in breaks_extended()(ends) if x % 1 == 0])
        + labs(x="Valence (0 = sounds sad, 1 = sounds happy)", y="Tracks")
        + theme_report(1.2 + 1.3 * rows)
    )


HEIGHT, MOST_POINTS = 5.3, 2_000


def draw_overview(
    residuals: pd.DataFrame, trends: pd.DataFrame, simulated: pd.DataFrame, factors: pd.DataFrame
):
    """Draw six checks in one figure, after R's `performance::check_model` [@ludecke2021].

    The frames are what `describe_residuals`, `residual_trend`, `simulate_valence` and
    `inflation_factors` of `inference.checks` return for one fit.
    """
    shown = residuals.sort_values("normal").iloc[:: max(1, len(residuals) // MOST_POINTS)]
    fitted = shown.assign(size=shown["residual"].abs())
    factors = factors.sort_values("vif")
    factors["feature"] = pd.Categorical(factors["feature"], factors["feature"])
    panels = [
        ggplot(simulated[simulated["draw"] > 0], aes("x", "density"))
        + geom_line(aes(group="draw"), color=PALETTE[5], alpha=0.3, size=0.3)
        + geom_line(data=simulated[simulated["draw"] == 0], color=PALETTE[1], size=0.9)
        + labs(title="Predictive check", x="Valence: data thick, draws thin", y="Density"),
        _draw_dots(fitted, "fitted", "residual")
        + geom_line(aes("x", "residual"), trends, color=PALETTE[0], size=0.9)
        + geom_hline(yintercept=0, color=INK, size=0.3)
        + labs(title="Linearity", x="Fitted valence", y="Residual"),
        _draw_dots(fitted, "fitted", "size")
        + geom_line(aes("x", "spread"), trends, color=PALETTE[0], size=0.9)
        + labs(title="Equal variance", x="Fitted valence", y="Size of residual"),
        _draw_dots(shown, "normal", "standardised")
        + geom_abline(color=INK, size=0.3)
        + labs(title="Normality", x="Normal quantile", y="Standardised residual"),
        _draw_dots(shown, "leverage", "standardised")
        + scale_x_log10()
        + labs(title="Influence", x="Leverage (logarithmic)", y="Standardised residual"),
        ggplot(factors, aes("vif", "feature"))
        + geom_segment(aes(yend="feature"), xend=1, color=PALETTE[0])
        + geom_point(color=PALETTE[0], size=1.5)
        + labs(title="Collinearity", x="Variance inflation factor (VIF)", y="")
        + theme(panel_grid_major_y=element_blank()),
    ]
    look = theme_report(HEIGHT / 3) + theme(
        figure_size=(FIGURE_WIDTH, HEIGHT),
        plot_title=element_text(size=9, weight="bold", ha="left"),
        axis_title=element_text(size=8),
    )
    a, b, c, d, e, f = (panel + look for panel in panels)
    return ((a | b) / (c | d) / (e | f)).draw()


def _draw_dots(shown: pd.DataFrame, x: str, y: str):
    dots = geom_point(size=0.3, alpha=0.25, color=MUTED, raster=True)
    return ggplot(shown[[x, y]], aes(x, y)) + dots
