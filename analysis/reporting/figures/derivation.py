"""Figures of the chapter on how valence is made."""

import pandas as pd
from plotnine import (
    aes,
    coord_flip,
    element_text,
    facet_grid,
    geom_col,
    geom_hline,
    geom_line,
    geom_linerange,
    geom_point,
    geom_pointrange,
    ggplot,
    labs,
    scale_color_manual,
    scale_fill_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from analysis.printing.theme import INK, MUTED, PALETTE, theme_report

# Groups of one grouping that are drawn: those farthest from 0.
MOST_GROUPS = 12


def draw_frontier(frontiers: dict[str, pd.DataFrame]):
    """Draw R² by number of terms.

    Parameters
    ----------
    frontiers : dict of str to pandas.DataFrame
        `Derivation.frontier` by the name of the formula.

    Returns
    -------
    plotnine.ggplot
    """
    parts = [frontier.assign(formula=name) for name, frontier in frontiers.items()]
    shown = pd.concat(parts, ignore_index=True)
    shown["formula"] = pd.Categorical(shown["formula"], list(frontiers))
    # the error by which the length is chosen: of the difference to the best length, fold by fold
    error = shown["loss_error"]
    shown = shown.assign(low=shown["r2"] - error, high=shown["r2"] + error)
    return (
        ggplot(shown, aes("terms", "r2", color="formula"))
        + geom_line()
        + geom_linerange(aes(ymin="low", ymax="high"))
        + geom_point(size=1.6)
        + geom_point(shown[shown["chosen"]], size=4, fill="none", stroke=0.8, show_legend=False)
        + scale_color_manual(PALETTE[: len(frontiers)])
        + scale_x_continuous(breaks=range(1, int(shown["terms"].max()) + 1))
        + scale_y_continuous(limits=(0, None))
        + labs(x="Terms of the formula", y="R² in other folds", color="")
        + theme_report(3.4)
    )


def draw_ends(ends: pd.DataFrame):
    """Draw the distribution of valence by hundredths, with the bins where a cut would show.

    Parameters
    ----------
    ends : pandas.DataFrame
        What `describe_ends` returns.
    """
    shown = ends.assign(middle=ends["at"] + 0.005, bin=ends["pile"].map({True: "b", False: "a"}))
    return (
        ggplot(shown, aes("middle", "tracks"))
        + geom_col(aes(fill="bin"), width=0.0085)
        + geom_line(aes(y="expected"), color=INK, size=0.7)
        + scale_fill_manual(("#9CBFD8", PALETTE[1]), guide=None)
        + scale_x_continuous(breaks=(0, 0.25, 0.5, 0.75, 1))
        + labs(x="Valence", y="Tracks")
        + theme_report(2.8)
    )


def draw_residuals(described: pd.DataFrame):
    """Draw the mean residual of groups of tracks, a panel a grouping.

    Parameters
    ----------
    described : pandas.DataFrame
        What `describe_residuals` returns.
    """
    order = list(dict.fromkeys(described["grouping"]))
    parts = [_farthest(described[described["grouping"] == name]) for name in order]
    shown = pd.concat(parts)
    shown["grouping"] = pd.Categorical(shown["grouping"], order)
    shown["group"] = pd.Categorical(shown["group"], list(dict.fromkeys(shown["group"])))
    return (
        ggplot(shown, aes("group", "residual"))
        + geom_hline(yintercept=0, color=MUTED, size=0.5)
        + geom_pointrange(aes(ymin="low", ymax="high"), color=PALETTE[0], size=0.4)
        + facet_grid("grouping ~ .", scales="free_y", space="free_y")
        + coord_flip()
        + labs(x="", y="Valence less prediction (mean, 95 % interval)")
        + theme_report(1.0 + 0.24 * len(shown), strip_text_y=element_text(angle=0, ha="left"))
    )


def _farthest(part: pd.DataFrame) -> pd.DataFrame:
    """Return the groups of one grouping that are farthest from 0, in order of the residual."""
    kept = part["residual"].abs().nlargest(MOST_GROUPS).index
    return part.loc[kept].sort_values("residual")
