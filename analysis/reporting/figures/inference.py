"""Figures of the chapter on inference: what goes with valence, and how much."""

import pandas as pd
from plotnine import (
    aes,
    coord_flip,
    element_text,
    geom_hline,
    geom_pointrange,
    geom_text,
    ggplot,
    labs,
    position_dodge,
    scale_color_manual,
    scale_shape_manual,
    theme,
)

from analysis.reporting.theme import FIGURE_WIDTH, INK, MUTED, PALETTE, NoteTheme, theme_report

SHAPES = ("o", "s", "^", "D", "v", "P")
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


