"""Text in figures: the door of `inert` for what matplotlib draws, and fonts for every script."""

import functools
import re

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, fontManager, get_font
from matplotlib.patheffects import Normal
from matplotlib.text import Text

from analysis.printing import inert

# Lines and letters of a text, and letters beside an axis, that only names have more of.
MOST_LINES = 4
MOST_LETTERS = 90
MOST_BESIDE = 50
# Latin, Greek and Cyrillic with their signs: what the fonts of page and print have.
COMMON = re.compile("[\u0020-\u052f\u1e00-\u1fff\u2010-\u205e\u2070-\u209c\u20a0-\u20bf\u2212\n]*")


def guard_texts(figure: Figure) -> None:
    """Make every text of a drawn figure plain, in place: `$` opens no formula, nothing is hidden.

    Letters that the figure's font lacks are taken from a font of the machine, where one has them;
    a text with such letters is drawn as outlines, since a reader may have no font for it.
    """
    for axis in figure.findobj(Axis):
        labels = [label.get_text() for label in axis.get_ticklabels()]
        if (plain := [guarded(label, MOST_BESIDE) for label in labels]) != labels:
            axis.set_ticklabels(plain)  # written on a label alone, it would be written over
    for text in figure.findobj(Text):
        text.set_parse_math(False)
        text.set_text(guarded(text.get_text()))
        if not COMMON.fullmatch(text.get_text()):
            own = findfont(text.get_fontproperties())
            lacking = [one for one in text.get_text() if one.isprintable() and not _has(own, one)]
            more = {_font_with(letter) for letter in lacking} - {None}
            text.set_fontfamily([*text.get_fontfamily(), *sorted(more)])
            text.set_path_effects([Normal()])


def fit_texts(figure: Figure, texts: list[Text], width: float) -> None:
    """Cut texts of a figure, in place, that are wider than `width`, a share of the figure's own."""
    room = width * figure.bbox.width
    for text in texts:
        copy = Text(0, 0, text.get_text(), font=text.get_fontproperties(), parse_math=False)
        copy.set_figure(figure)  # a text in a legend belongs to none yet
        if (wide := copy.get_window_extent(figure.canvas.get_renderer()).width) > room:
            longest = max(map(len, text.get_text().split("\n")))
            text.set_text(guarded(text.get_text(), int(longest * room / wide)))


def guarded(text: str, most: int = MOST_LETTERS) -> str:
    """Return a text for a figure, cut to what a figure has room for."""
    lines = [inert.shown(line) for line in text.split("\n")]
    lines = lines if len(lines) <= MOST_LINES else [inert.shown(text)]
    return "\n".join(
        line if len(line) <= most else line[: max(most - 1, 1)].rstrip() + "…" for line in lines
    )


@functools.cache
def _font_with(letter: str) -> str | None:
    """Return the first font of this machine, by name, that can draw a letter."""
    fonts = sorted(fontManager.ttflist, key=lambda font: (font.name, font.weight, font.fname))
    able = (font.name for font in fonts if "Emoji" not in font.name and _has(font.fname, letter))
    return next(able, None)


def _has(file: str, letter: str) -> bool:
    return bool(get_font(file).get_char_index(ord(letter)))
