"""Figures of the chapter on the network: how it learned, and where it differs from the rest."""

import pandas as pd
from plotnine import (
    aes,
    coord_flip,
    element_blank,
    facet_wrap,
    geom_abline,
    geom_hline,
    geom_line,
    geom_point,
    geom_pointrange,
    geom_vline,
    ggplot,
    labs,
    scale_color_manual,
    scale_linetype_manual,
    scale_shape_manual,
)

from analysis.reporting.theme import INK, MUTED, PALETTE, draw_note, theme_report

COLORS = (PALETTE[0], PALETTE[1])
SHAPES = ("o", "^")
MOST_GROUPS = 30


def draw_history(histories: dict[str, pd.DataFrame]):
    """Draw the error of every epoch, a panel for each network.

    Parameters
    ----------
    histories : dict
        By a network's name in print, what `network_comparison.training_history` returns.
    """
    parts = [history.assign(network=name) for name, history in histories.items()]
    shown = pd.concat(parts).dropna(subset="mae")
    shown["network"] = pd.Categorical(shown["network"], list(histories))
    return (
        ggplot(shown, aes("epoch", "mae", color="part", linetype="part"))
        + geom_vline(aes(xintercept="epoch"), shown[shown["best"]], color=MUTED, size=0.4)
        + geom_line(size=0.9)
        + facet_wrap("network")
        + scale_color_manual(COLORS)
        + scale_linetype_manual(("solid", "dashed"))
        + labs(x="Epoch", y="Mean absolute error", color="artists", linetype="artists")
        + theme_report(3)
    )


def draw_groups(groups: pd.DataFrame):
    """Draw the difference of the errors within groups, with its interval.

    Parameters
    ----------
    groups : DataFrame
        What `network_comparison.compare_groups` returns; of many groups, those with the most
        tracks are shown.
    """
    if groups.empty:
        return draw_note("No group has enough held-out tracks.")
    kept = groups.nlargest(MOST_GROUPS, "tracks").index
    shown = groups[groups.index.isin(kept)]
    shown = shown.assign(group=pd.Categorical(shown["group"], shown["group"][::-1]))
    return (
        ggplot(shown, aes("group", "difference"))
        + geom_hline(yintercept=0, color=INK, size=0.4)
        + geom_pointrange(aes(ymin="low", ymax="high"), color=PALETTE[0], size=0.4)
        + coord_flip()
        + labs(x="", y="Error of the network less error of the other method")
        + theme_report(1.2 + 0.2 * len(shown), panel_grid_major_y=element_blank())
    )


def draw_agreement(tracks: pd.DataFrame, predictions: pd.DataFrame, names: dict[str, str]):
    """Draw one method's predictions against the other's; colour tells which was closer.

    Parameters
    ----------
    tracks : DataFrame
        The predicted tracks.
    predictions : DataFrame
        Columns network and other.
    names : dict
        Names in print of ``network`` and ``other``.
    """
    shown = predictions.assign(valence=tracks["valence"].to_numpy())
    misses = [(shown[one] - shown["valence"]).abs() for one in ("network", "other")]
    closer = (misses[0] < misses[1]).map({True: names["network"], False: names["other"]})
    shown["closer"] = pd.Categorical(closer, list(names.values()))
    return (
        ggplot(shown, aes("other", "network", color="closer", shape="closer"))
        + geom_point(alpha=0.7, size=1.8, stroke=0, raster=True)
        + geom_abline(color=INK, size=0.4)
        + scale_color_manual(COLORS)
        + scale_shape_manual(SHAPES)
        + labs(
            x=f"Prediction: {names['other'].lower()}",
            y=f"Prediction: {names['network'].lower()}",
            color="closer to the truth",
            shape="closer to the truth",
        )
        + theme_report(4)
    )
