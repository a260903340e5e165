"""One look for every figure: palette, type and geometry."""

from plotnine import (
    annotate,
    element_blank,
    element_line,
    element_rect,
    element_text,
    ggplot,
    theme,
    theme_minimal,
    theme_void,
)

from analysis.printing import lettering

# Okabe and Ito's colours, which readers with any common colour blindness can tell apart; black
# is left to text and yellow to nothing, since it is too faint for lines on a light ground.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK = "#222222"
MUTED = "#767676"
GROUND = "#FFFFFF"

# Inches: the width of the text on an A4 page.
FIGURE_WIDTH = 6.5


class Lettered:
    """What makes a theme leave every text of a figure letters and no more."""

    def apply(self) -> None:
        """Style a figure, then guard what is written in it."""
        super().apply()
        lettering.guard_texts(self.figure)


class ReportTheme(Lettered, theme_minimal):
    """The look of every figure."""

    def apply(self) -> None:
        """Guard what is written, then cut titles of panels and keys of legends that do not fit."""
        super().apply()
        columns = max(axes.get_subplotspec().get_gridspec().ncols for axes in self.axs)
        lettering.fit_texts(self.figure, self.targets.strip_text_x, 0.86 / columns)
        keys = self.targets.legend_text_legend
        if self.getp("legend_position") == "bottom" and len(keys) > 1:
            lettering.fit_texts(self.figure, keys, 1 / len(keys) - 0.05)


class NoteTheme(Lettered, theme_void):
    """The look of a line of text in place of a figure."""


def theme_report(height: float = 3.8, **settings):
    """Return the report's plotnine theme for a figure of one height.

    Parameters
    ----------
    height : float
        Height of the figure in inches; the width is always `FIGURE_WIDTH`.
    **settings
        Further settings of `plotnine.theme`.

    Returns
    -------
    plotnine.theme
    """
    # panels keep their titles and tick labels apart, however tall the figure is
    spacing = {"panel_spacing_x": 0.03, "panel_spacing_y": 0.035 * 3.8 / height}
    return ReportTheme(base_size=9) + theme(
        figure_size=figure_size(height),
        text=element_text(color=INK),
        plot_background=element_rect(fill=GROUND, color=GROUND),
        panel_grid_minor=element_blank(),
        panel_grid_major=element_line(color="#E4E4E4", size=0.4),
        strip_text=element_text(weight="bold", ha="left"),
        axis_title=element_text(size=9),
        legend_position="bottom",
        legend_title=element_text(size=9),
        svg_usefonts=False,
        **(spacing | settings),
    )


def draw_note(text: str):
    """Return a line of text in place of a figure that has nothing to show."""
    note = ggplot() + annotate("text", x=0, y=0, label=text)
    return note + NoteTheme() + theme(figure_size=figure_size(1))


def figure_size(height: float) -> tuple[float, float]:
    """Return a figure's width and height in inches."""
    return (FIGURE_WIDTH, height)
