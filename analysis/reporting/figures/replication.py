"""Figures of the chapters made from stored records: replication, and the audio analysis."""

import functools
from collections.abc import Callable

import pandas as pd
from plotnine import (
    aes,
    coord_flip,
    facet_wrap,
    geom_hline,
    geom_point,
    geom_pointrange,
    ggplot,
    labs,
    position_dodge,
    scale_color_manual,
    scale_shape_manual,
)

from analysis.inference.formulas import LADDER
from analysis.printing.figures import FACETS
from analysis.printing.theme import INK, PALETTE, draw_note, theme_report
from analysis.reporting.prose.audio import name_feature

SHAPES = ("o", "^", "s", "D", "v", "P")


def or_nothing(draw: Callable) -> Callable:
    """Return a line in place of a picture where there is no record to make it from."""

    @functools.wraps(draw)
    def drawn(frame: pd.DataFrame, *more):
        if frame.empty:
            return draw_note("No record is stored.")
        return draw(frame, *more)

    return drawn


@or_nothing
def draw_ladders(ladders: pd.DataFrame):
    """Draw cross-validated R² of every rung in every table; the chosen rung stands out."""
    ladder = [rung.name for rung in LADDER]  # a rung follows those that it adds to
    order = sorted(dict.fromkeys(ladders["rung"]), key=ladder.index)
    labels = ladders.groupby("rung")["label"].agg(lambda all_: "/".join(dict.fromkeys(all_)))
    names = [_fold_label(labels[rung]) for rung in order]
    rungs = ladders["rung"].map(dict(zip(order, names, strict=True)))
    shown = ladders.assign(
        rung=pd.Categorical(rungs, names[::-1]), data=_ordered(ladders["data"]),
        low=ladders["cv_r2"] - ladders["cv_r2_se"], high=ladders["cv_r2"] + ladders["cv_r2_se"],
        chosen=ladders["chosen"].map({True: "chosen", False: "not chosen"}),
    )  # fmt: skip
    return (
        ggplot(shown, aes("rung", "cv_r2", ymin="low", ymax="high", color="chosen", shape="chosen"))
        + geom_pointrange(size=0.4)
        + facet_wrap("data")
        + scale_color_manual((PALETTE[1], PALETTE[0]))
        + scale_shape_manual(("D", "o"))
        + coord_flip()
        + labs(x="", y="Cross-validated R²", color="", shape="")
        + theme_report(1.2 + 1.7 * -(-shown["data"].nunique() // 2), **FACETS)
    )


def _mark_tables(data: pd.Categorical) -> list:
    """Return the layers that give every table its colour and shape, its rows across."""
    shapes = SHAPES[: len(data.categories)]
    return [scale_color_manual(_colors(data)), scale_shape_manual(shapes), coord_flip()]


@or_nothing
def draw_effects(effects: pd.DataFrame):
    """Draw average effects per standard deviation of every feature, tables side by side."""
    order = list(dict.fromkeys(effects["feature"]))
    data = _ordered(effects["data"])
    shown = effects.assign(feature=pd.Categorical(effects["feature"], order[::-1]), data=data)
    return (
        ggplot(shown, aes("feature", "value", ymin="low", ymax="high", color="data", shape="data"))
        + geom_hline(yintercept=0, color=INK, size=0.4)
        + geom_pointrange(position=position_dodge(width=0.6), size=0.4)
        + _mark_tables(data)
        + labs(x="", y="Valence per standard deviation", color="", shape="")
        + theme_report(1 + 0.4 * len(order))
    )


@or_nothing
def draw_importance(importance: pd.DataFrame, most: int = 12):
    """Draw how much the error rises when a feature is shuffled, tables side by side."""
    mean = importance.groupby("feature")["mae"].max().sort_values(ascending=False)
    order = list(mean.index[:most])
    shown = importance[importance["feature"].isin(order)]
    data, names = _ordered(shown["data"]), [name_feature(name) for name in order]
    feature = pd.Categorical(shown["feature"].map(name_feature), names[::-1])
    shown = shown.assign(feature=feature, data=data)
    return (
        ggplot(shown, aes("feature", "mae", color="data", shape="data"))
        + geom_hline(yintercept=0, color=INK, size=0.4)
        + geom_point(size=2, position=position_dodge(width=0.5))
        + _mark_tables(data)
        + labs(x="", y="Rise of the mean absolute error when shuffled", color="", shape="")
        + theme_report(1 + 0.27 * len(order))
    )


@or_nothing
def draw_gains(gains: pd.DataFrame):
    """Draw what the audio analysis adds to R² of every model, in panels by `kind`."""
    order = list(dict.fromkeys(gains["label"]))
    shown = gains.assign(label=pd.Categorical(gains["label"], order[::-1]))
    return (
        ggplot(shown, aes("label", "gain", ymin="low", ymax="high"))
        + geom_hline(yintercept=0, color=INK, size=0.4)
        + geom_pointrange(color=PALETTE[0], size=0.4)
        + facet_wrap("kind", scales="free_y")
        + coord_flip()
        + labs(x="", y="Gain in R²")
        + theme_report(1 + 0.3 * gains.groupby("kind").size().max(), **FACETS)
    )


@or_nothing
def draw_parts(parts: pd.DataFrame):
    """Draw the slope of valence in every mean of the audio analysis, pitch beside timbre.

    Parameters
    ----------
    parts : DataFrame
        The table ``audio_parts`` of a record.
    """
    sides = {"all else equal": ["per_sd", "low", "high"],
             "alone": ["alone", "alone_low", "alone_high"]}  # fmt: skip
    long = pd.concat([
        parts[["part", *columns]].set_axis(["part", "value", "low", "high"], axis=1)
        .assign(held=pd.Categorical([held] * len(parts), list(sides)))
        for held, columns in sides.items()
    ])  # fmt: skip
    titles = parts["part"].map(name_feature).str.removeprefix("pitch of the ")
    kind = long["part"].str.startswith("tonic").map({True: "Pitch over the tonic", False: "Timbre"})
    long["part"] = pd.Categorical(long["part"].map(dict(zip(parts["part"], titles, strict=True))),
                                  list(titles)[::-1])  # fmt: skip
    return (
        ggplot(long.assign(kind=kind),
               aes("part", "value", ymin="low", ymax="high", color="held", shape="held"))
        + geom_hline(yintercept=0, color=INK, size=0.4)
        + geom_pointrange(position=position_dodge(width=0.5), size=0.35)
        + facet_wrap("kind", scales="free_y")
        + scale_color_manual(PALETTE[:2])
        + scale_shape_manual(SHAPES[:2])
        + coord_flip()
        + labs(x="", y="Valence per standard deviation", color="", shape="")
        + theme_report(4.2, **FACETS)
    )  # fmt: skip


def _fold_label(labels: str) -> str:
    """Return the name in print of a rung that tables may label apart, as "+ a, b" and "+ a, c"."""
    words = [word.removeprefix("+ ") for part in labels.split("/") for word in part.split(", ")]
    return labels if "/" not in labels else "+ " + ", ".join(dict.fromkeys(words))


def _ordered(data: pd.Series) -> pd.Categorical:
    """Return the names of the tables as categories in their order."""
    return pd.Categorical(data, list(dict.fromkeys(data)))


def _colors(data: pd.Categorical) -> tuple[str, ...]:
    """Return a colour for each table."""
    return PALETTE[: len(data.categories)]
