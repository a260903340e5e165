"""Figures of the chapter on inference: what goes with valence, and how much."""

import pandas as pd
from plotnine import (
    aes,
    coord_fixed,
    coord_flip,
    element_blank,
    element_text,
    facet_wrap,
    geom_hline,
    geom_line,
    geom_point,
    geom_pointrange,
    geom_rect,
    geom_ribbon,
    geom_segment,
    geom_text,
    geom_tile,
    geom_vline,
    ggplot,
    guide_legend,
    guides,
    labs,
    position_dodge,
    scale_color_manual,
    scale_fill_gradient2,
    scale_shape_manual,
    scale_y_continuous,
    scale_y_discrete,
    theme,
)

from analysis.reporting import prose
from analysis.reporting.figures.axes import original_scale, scale_names
from analysis.reporting.theme import FIGURE_WIDTH, INK, MUTED, PALETTE, NoteTheme, theme_report

SHAPES = ("o", "s", "^", "D", "v", "P")
MOST_LEVELS = 12
# Room between panels for the ticks of one and the title of the next.
FACETS = {"axis_text": element_text(size=7), "panel_spacing_x": 0.03, "panel_spacing_y": 0.045}


def in_order(values: pd.Series) -> pd.Categorical:
    """Return text as a categorical with the first value at the top of a vertical axis."""
    return pd.Categorical(values, list(dict.fromkeys(values))[::-1])


def draw_note(text: str):
    """Draw a sentence where a table has nothing to draw."""
    note = pd.DataFrame({"x": [0], "y": [0], "label": [text]})
    return (
        ggplot(note, aes("x", "y", label="label"))
        + geom_text(size=9, color=MUTED)
        + NoteTheme()
        + theme(figure_size=(FIGURE_WIDTH, 0.6))
    )


def draw_correlations(correlations: pd.DataFrame):
    """Draw the correlation of every pair of scores as a tile with its number."""
    names = list(dict.fromkeys(correlations["first"]))
    shown = correlations.assign(
        first=pd.Categorical(correlations["first"], names),
        second=pd.Categorical(correlations["second"], names[::-1]),
        label=[prose.number(r, 2) for r in correlations["r"]],
    )
    return (
        ggplot(shown, aes("first", "second"))
        + geom_tile(aes(fill="r"), color="white")
        + geom_text(aes(label="label"), size=7, color=INK)
        + scale_fill_gradient2(PALETTE[1], "white", PALETTE[0], midpoint=0, limits=(-1, 1))
        # every tile has its number: no colour bar, which prints striped in some viewers
        + guides(fill="none")
        + coord_fixed()
        + labs(x="", y="")
        + theme_report(
            5.4, axis_text_x=element_text(rotation=45, ha="right"), panel_grid=element_blank()
        )
    )


def draw_single_curves(curves: pd.DataFrame, points: pd.DataFrame):
    """Draw valence against each score alone: tracks as points, a spline with its band."""
    names = scale_names(curves["column"])
    shown = curves.assign(panel=names)
    dots = points.assign(panel=pd.Categorical(scale_names(points["column"]), names.categories))
    limits = shown.groupby("panel", observed=True)["x"].agg(["min", "max"])
    inside = dots["x"].between(*(dots["panel"].astype(str).map(limits[end]) for end in limits))
    return (
        ggplot(shown, aes("x"))
        + geom_point(aes(y="valence"), dots[inside], size=0.3, alpha=0.2, color=MUTED, raster=True)
        + geom_ribbon(aes(ymin="low", ymax="high"), fill=PALETTE[0], alpha=0.3)
        + geom_line(aes(y="valence"), color=PALETTE[0], size=0.9)
        + facet_wrap("panel", scales="free_x", ncol=3)
        + original_scale(shown)
        + scale_y_continuous(limits=(0, 1), breaks=(0, 0.5, 1))
        + labs(x="Value of the score", y="Valence")
        + theme_report(5.8, **FACETS)
    )


def draw_levels(levels: pd.DataFrame, overall: float):
    """Draw mean valence by level of each factor; of many levels the highest and the lowest."""
    if levels.empty:
        return draw_note("All tracks have the same key, mode, metre and genre.")
    parts = [_extremes(part) for _, part in levels.groupby("factor", sort=False)]
    shown = pd.concat(parts, ignore_index=True)
    order = shown["factor"] + " " + shown["level"]
    shown = shown.assign(
        level=pd.Categorical(order, list(order)[::-1]),
        factor=pd.Categorical(shown["factor"], list(dict.fromkeys(shown["factor"]))),
    )
    rows = shown["factor"].value_counts().max()
    return (
        ggplot(shown, aes("mean", "level"))
        + geom_vline(xintercept=overall, color=MUTED, linetype="dashed")
        + geom_segment(aes(x="low", xend="high", yend="level"), color=PALETTE[0])
        + geom_point(color=PALETTE[0], size=1.5)
        + facet_wrap("factor", scales="free_y", ncol=2)
        # levels carry their factor's name, so that one level may occur in two factors
        + scale_y_discrete(labels=lambda names: [name.split(" ", 1)[1] for name in names])
        + labs(x="Mean valence with 95 % interval", y="")
        + theme_report(1.6 + 0.34 * rows)
    )


def _extremes(levels: pd.DataFrame) -> pd.DataFrame:
    """Return a factor's levels in order of the mean where they are many, else as they stand."""
    if len(levels) <= MOST_LEVELS:
        return levels
    half = MOST_LEVELS // 2
    ordered = levels.sort_values("mean", ascending=False)
    return pd.concat([ordered.head(half), ordered.tail(half)])


def draw_ladder(comparison: pd.DataFrame, chosen: str):
    """Draw the cross-validated R² of every rung with one standard error either way."""
    shown = comparison.assign(
        label=in_order(comparison["label"]),
        low=comparison["cv_r2"] - comparison["cv_r2_se"],
        high=comparison["cv_r2"] + comparison["cv_r2_se"],
        choice=["chosen" if rung == chosen else "other" for rung in comparison["rung"]],
    )
    bar = shown.loc[shown["cv_r2"].idxmax(), "low"]
    return (
        ggplot(shown, aes("cv_r2", "label", color="choice", shape="choice"))
        + geom_vline(xintercept=bar, linetype="dashed", color=MUTED)
        + geom_segment(aes(x="low", xend="high", yend="label"))
        + geom_point(size=2)
        + scale_color_manual({"chosen": PALETTE[1], "other": PALETTE[0]}, guide=None)
        + scale_shape_manual({"chosen": "D", "other": "o"}, guide=None)
        + labs(x="Cross-validated R² (whole artists held out), ± one standard error", y="")
        + theme_report(0.9 + 0.28 * len(shown))
    )


def draw_effects(effects: pd.DataFrame):
    """Draw average effects per standard deviation in several models, a colour and shape each.

    Parameters
    ----------
    effects : pandas.DataFrame
        What `average_effects` returns for each model, with a column `model`.
    """
    models = list(dict.fromkeys(effects["model"]))
    shown = effects.assign(
        feature=in_order(effects["feature"]), model=pd.Categorical(effects["model"], models)
    )
    dodge = position_dodge(width=0.7)
    return (
        ggplot(shown, aes("feature", "per_sd", color="model", shape="model"))
        + geom_hline(yintercept=0, color=INK, size=0.4)
        + geom_pointrange(aes(ymin="per_sd_low", ymax="per_sd_high"), position=dodge, size=0.35)
        + scale_color_manual(list(PALETTE[: len(models)]))
        + scale_shape_manual(list(SHAPES[: len(models)]))
        + coord_flip()
        + labs(x="", y="Change in valence per standard deviation", color="", shape="")
        + theme_report(1.2 + 0.38 * shown["feature"].nunique())
    )


def draw_associations(associations: pd.DataFrame):
    """Draw each score's slope alone and with all others held equal, joined by a line."""
    names = in_order(associations["feature"])
    kinds = {"alone": "alone", "partial": "all other scores held equal"}
    parts = [
        pd.DataFrame({
            "feature": names, "kind": pd.Categorical([label] * len(names), kinds.values()),
            "slope": associations[kind],
            "low": associations[f"{kind}_low"], "high": associations[f"{kind}_high"],
        })
        for kind, label in kinds.items()
    ]  # fmt: skip
    lines = associations.assign(feature=names)
    return (
        ggplot(pd.concat(parts), aes("slope", "feature"))
        + geom_vline(xintercept=0, color=INK, size=0.4)
        + geom_segment(
            aes(x="alone", xend="partial", y="feature", yend="feature"), lines, color=MUTED
        )
        + geom_segment(aes(x="low", xend="high", yend="feature", color="kind"), size=0.9)
        + geom_point(aes(color="kind", shape="kind"), size=2)
        + scale_color_manual(list(PALETTE[:2]))
        + scale_shape_manual(["o", "D"])
        + labs(x="Change in valence per standard deviation", y="", color="", shape="")
        + theme_report(3.4)
    )


def draw_genre_slopes(slopes: pd.DataFrame):
    """Draw every genre's own slope of each score with its interval, and the mean over genres."""
    if slopes.empty:
        return draw_note("The table has too few genres for slopes of their own.")
    features, genres = (list(dict.fromkeys(slopes[name])) for name in ("feature", "genre"))
    few = len(genres) <= len(PALETTE)
    shown = slopes.assign(row=_place_rows(slopes, few))
    means = shown.drop_duplicates("feature").assign(row=[-i for i in range(len(features))])
    return (
        ggplot(shown, aes(y="row"))
        + geom_rect(
            aes(xmin="mean_low", xmax="mean_high", ymin="row - 0.42", ymax="row + 0.42"), means,
            fill=MUTED, alpha=0.25,
        )
        + geom_vline(xintercept=0, color=INK, size=0.4)
        + geom_segment(
            aes(x="mean", xend="mean", y="row - 0.42", yend="row + 0.42"), means, color=INK
        )
        + _ranges(few)
        + scale_y_continuous(breaks=list(means["row"]), labels=features)
        + labs(x="Change in valence per standard deviation", y="", color="", shape="")
        + theme_report(5.4 if few else 8, panel_grid_major_y=element_blank())
    )  # fmt: skip


def _place_rows(slopes: pd.DataFrame, few: bool) -> pd.Series:
    """Return heights: features from the top; within one, few genres as they stand, many by size."""
    order = pd.factorize(slopes["genre"])[0]
    ranks = slopes.groupby("feature", sort=False)["slope"].rank(method="first") - 1
    place = pd.Series(order, slopes.index) if few else ranks
    reach = max(slopes["genre"].nunique() - 1, 1)
    return 0.36 - 0.72 * place / reach - pd.factorize(slopes["feature"])[0]


def _ranges(few: bool) -> list:
    """Return points with intervals: a colour and shape for each of few genres, thin for many."""
    if not few:
        line = aes(x="slope_low", xend="slope_high", yend="row")
        return [
            geom_segment(line, color=PALETTE[0], size=0.2, alpha=0.35),
            geom_point(aes("slope"), size=0.25, color=PALETTE[0]),
        ]
    line = aes(x="slope_low", xend="slope_high", yend="row", color="genre")
    return [
        geom_segment(line, size=0.7),
        geom_point(aes("slope", color="genre", shape="genre"), size=1.8),
        scale_color_manual(list(PALETTE)), scale_shape_manual(list(SHAPES)),
        guides(color=guide_legend(nrow=1)),
    ]  # fmt: skip
