"""Figures of the chapter on the data."""

import pandas as pd
from plotnine import (
    aes,
    element_text,
    facet_wrap,
    geom_histogram,
    geom_vline,
    ggplot,
    labs,
    scale_x_continuous,
)

from analysis.reporting.theme import INK, PALETTE, theme_report

MOST_PANELS = 12


def draw_valence(tracks: pd.DataFrame, valence: pd.DataFrame):
    """Draw the distribution of valence, a panel for each genre.

    Parameters
    ----------
    tracks : pandas.DataFrame
        Clean tracks.
    valence : pandas.DataFrame
        What `describe_valence` returns for them; panels stand in its order.

    Returns
    -------
    plotnine.ggplot
        One panel where the table has no genre; the largest `MOST_PANELS` where it has many.
    """
    panels = _panels(valence)
    shown = _with_panels(tracks, panels["group"].tolist())
    rows = -(-len(panels) // 3)
    return (
        ggplot(shown, aes("valence"))
        + geom_histogram(fill=PALETTE[0], color="white", size=0.2, binwidth=0.05, boundary=0)
        + geom_vline(aes(xintercept="median"), panels.rename(columns={"group": "panel"}), color=INK)
        + facet_wrap("panel", ncol=min(3, len(panels)), scales="free_y")
        + scale_x_continuous(limits=(0, 1), breaks=(0, 0.25, 0.5, 0.75, 1))
        + labs(x="Valence (0 = sounds sad, 1 = sounds happy)", y="Tracks")
        + theme_report(1.2 + 1.45 * rows, axis_text_x=element_text(size=7))
    )


def _panels(valence: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that get a panel: the largest genres, else all tracks; order as given."""
    genres = valence[valence["group"] != "all tracks"]
    chosen = genres.nlargest(MOST_PANELS, "tracks").index if len(genres) else valence.index
    panels = valence.loc[valence.index.isin(chosen)].copy()
    panels["group"] = pd.Categorical(panels["group"], panels["group"])
    return panels


def _with_panels(tracks: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return the tracks of the panels, with the panel's name in a column."""
    group = tracks["genre"].astype(str) if "genre" in tracks else "all tracks"
    shown = tracks[["valence"]].assign(panel=group)
    shown = shown[shown["panel"].isin(names)]
    return shown.assign(panel=pd.Categorical(shown["panel"], names))
