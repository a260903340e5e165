"""One look for every figure: palette, type and geometry."""

import matplotlib as mpl
from matplotlib.font_manager import FontEntry, findfont, fontManager
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
from analysis.printing.figure_data import keep_data

# Okabe and Ito's colours, which readers with any common colour blindness can tell apart; black
# is left to text and yellow to nothing, since it is too faint for lines on a light ground.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK = "#222222"
MUTED = "#767676"
GRID = "#B4B4B466"  # grey and half transparent, for a light and for a dark ground

# Inches: the width of the text on an A4 page.
FIGURE_WIDTH = 6.3
SMALLEST = 8  # points, in print

# The font of the PDF, which Typst brings, and those of the page: text in figures stays text.
FAMILIES = ("Libertinus Serif", "Charter", "Cambria", "Georgia")
SETTINGS = {
    "font.family": "serif", "font.serif": list(FAMILIES), "svg.fonttype": "none",
    "figure.facecolor": "none",
}  # fmt: skip


# Figures are laid out alike on every machine, whichever of `FAMILIES` it has: all of them are
# measured by a font of Matplotlib's own that is wider than they are, so that no text leaves a
# figure whichever of them a reader's program takes.
for weight in (700, 400):
    file = findfont(f"DejaVu Sans:weight={weight}")
    for name in FAMILIES:
        fontManager.ttflist.insert(0, FontEntry(file, name=name, weight=weight, size="scalable"))
mpl.rcParams.update(SETTINGS)


class ReportTheme(theme_minimal):
    """The look of every figure."""

    @property
    def rcParams(self) -> dict:
        """Matplotlib's settings while a figure is drawn and saved."""
        return super().rcParams | SETTINGS

    def apply(self) -> None:
        """Guard what is written, then cut titles of panels and keys of legends that do not fit."""
        super().apply()
        lettering.guard_texts(self.figure)
        keep_data(self.figure, self.plot)
        columns = max(axes.get_subplotspec().get_gridspec().ncols for axes in self.axs)
        lettering.fit_texts(self.figure, self.targets.strip_text_x, 0.86 / columns)
        keys = self.targets.legend_text_legend
        if self.getp("legend_position") == "bottom" and len(keys) > 1:
            lettering.fit_texts(self.figure, keys, 1 / len(keys) - 0.05)
        # plotnine would place these by their left ends, which are where one font has them
        for label in (label for axes in self.axs for label in axes.get_yticklabels()):
            label.set_x = label.set_horizontalalignment = lambda _: None


def theme_report(height: float = 3.8, **settings):
    """Return the report's plotnine theme, with further settings, for a figure of `FIGURE_WIDTH`.

    The height is in inches.
    """
    # panels keep their titles and tick labels apart, however tall the figure is
    spacing = {"panel_spacing_x": 0.03, "panel_spacing_y": 0.035 * 3.8 / height}
    return ReportTheme(base_size=9) + theme(
        figure_size=(FIGURE_WIDTH, height),
        text=element_text(color=INK, family="serif"),
        plot_background=element_rect(fill="none", color="none"),
        panel_grid_minor=element_blank(),
        panel_grid_major=element_line(color=GRID, size=0.4),
        strip_text=element_text(size=SMALLEST, weight="bold", ha="left"),
        axis_text=element_text(size=SMALLEST),
        legend_position="bottom",
        legend_text=element_text(size=SMALLEST),
        **(spacing | settings),
    )


def draw_note(text: str):
    """Return a line of the report's own text in place of a figure that has nothing to show."""
    note = ggplot() + annotate("text", x=0, y=0, label=text)
    return note + theme_void() + theme(figure_size=(FIGURE_WIDTH, 1))
