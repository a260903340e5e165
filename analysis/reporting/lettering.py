"""Text in figures: the door of `inert` for what matplotlib draws, and fonts for every script."""

import functools

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, fontManager, get_font
from matplotlib.text import Text

from analysis.reporting import inert

# Lines and letters that leave room for the figure; only names have more.
MOST_LINES = 4
MOST_LETTERS = 50


def guard_texts(figure: Figure) -> None:
    """Make every text of a drawn figure plain, in place: `$` opens no formula, nothing is hidden.

    Letters that the figure's font lacks are taken from a font of the machine, where one has them.
    """
    for axis in figure.findobj(Axis):
        labels = [label.get_text() for label in axis.get_ticklabels()]
        if (plain := [guarded(label) for label in labels]) != labels:
            axis.set_ticklabels(plain)  # written on a label alone, it would be written over
    for text in figure.findobj(Text):
        text.set_parse_math(False)
        text.set_text(guarded(text.get_text()))
        if more := _more_fonts(text):
            text.set_fontfamily([*text.get_fontfamily(), *more])


def guarded(text: str) -> str:
    """Return a text for a figure, cut to what a figure has room for."""
    lines = [inert.shown(line) for line in text.split("\n")]
    lines = lines if len(lines) <= MOST_LINES else [inert.shown(text)]
    return "\n".join(
        line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 1].rstrip() + "…"
        for line in lines
    )


def _more_fonts(text: Text) -> list[str]:
    """Return the fonts that have the letters which a text's own font lacks."""
    if text.get_text().isascii():
        return []
    own = get_font(findfont(text.get_fontproperties()))
    lacking = {one for one in text.get_text() if one.isprintable() and not _has(own, one)}
    found = {_font_with(letter) for letter in lacking} - {None}
    return sorted(found)


@functools.cache
def _font_with(letter: str) -> str | None:
    """Return the first font of this machine, by name, that can draw a letter."""
    fonts = sorted(fontManager.ttflist, key=lambda font: (font.name, font.weight, font.fname))
    for font in fonts:
        if "Emoji" not in font.name and _has(get_font(font.fname), letter):
            return font.name
    return None


def _has(font, letter: str) -> bool:
    """Tell whether a font can draw a letter."""
    return bool(font.get_char_index(ord(letter)))
