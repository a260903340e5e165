"""The one door for text on its way into the document: what comes through is text and no more.

A title, an artist, a genre, a file's name or a column's may hold anything, and sentences, captions
and tables are made of them. So every plain string is written with each ASCII sign escaped, by
default and wherever it comes from; only `IPython.display.Markdown` carries markup, and whoever
makes one escapes what it holds. Figures are guarded by `theme.ReportTheme` in the same way.
"""

import re
import unicodedata

# What inline code shows where it has nothing to say: a comment is a value, and no reader sees it.
NOTHING = "<!-- -->"
JOINER = "\N{WORD JOINER}"
# The sign for a character that cannot be shown, as in every browser.
UNSHOWN = "\N{REPLACEMENT CHARACTER}"
# Characters without a form of their own that names need: joined emoji, Persian, Indic scripts.
JOINING = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they turn the direction of what follows
SPACES = re.compile("[ \\t-\\r\\x1c-\\x1f\x85\u2028\u2029]+")
MARKS = 4  # combining marks on one letter; more only pile up over the lines around it
# Quarto puts shortcodes behind such a number and takes any text with it for one of its own.
UUID = re.compile(r"\b([0-9a-f]{8})(?=(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
RIGHT_TO_LEFT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
RUN = re.compile(rf"{RIGHT_TO_LEFT}(?:[^\w\s]*\s?[^\w\s]*{RIGHT_TO_LEFT})*")
LONG = re.compile(r"\S{21,}")
BREAK = "\N{ZERO WIDTH SPACE}"
# Every ASCII sign that can mean something to Markdown; quotes in sentences are set as in print.
SIGNS = re.compile(r"""([!"#$%&'()*+\-.:<=>@\[\\\]^_`{|}~])""")
SIGNS_BUT_QUOTES = re.compile(r"""([!#$%&()*+\-.:<=>@\[\\\]^_`{|}~])""")


def guard_strings() -> None:
    """Show every plain string of the running kernel as text, under every renderer.

    Quarto's own rule for inline strings lets `<svg onload=…>`, `$x$` and `@key` through. An empty
    string shows nothing, where Quarto would print the expression.
    """
    from IPython import get_ipython

    if shell := get_ipython():
        markdown = shell.display_formatter.formatters["text/markdown"]
        markdown.for_type(str, lambda text: escaped(text, SIGNS_BUT_QUOTES) or NOTHING)


def shown(text: str) -> str:
    """Return a text on one line without characters that hide, control or turn others around.

    What would do something stands as `UNSHOWN`; what is merely invisible is left out.
    """
    seen, marks = "", 0
    for letter in SPACES.sub(" ", str(text)).strip():
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind.startswith("M") else 0
        if kind in ("Cc", "Cs") or TURNING.match(letter) or ord(letter) & 0xFFFE == 0xFFFE:
            seen += UNSHOWN
        elif marks <= MARKS and (kind != "Cf" or letter in JOINING):
            seen += letter
    return seen


def escaped(text: str, signs: re.Pattern = SIGNS) -> str:
    """Return a text as Markdown that shows it letter by letter."""
    told = UUID.sub(rf"\1{JOINER}", shown(text))
    told = RUN.sub(lambda found: found[0] + "\N{LEFT-TO-RIGHT MARK}", told)
    if signs is SIGNS:  # in a cell, a word without an end may break anywhere
        told = LONG.sub(lambda found: BREAK.join(re.findall(".{1,12}", found[0])), told)
    safe = signs.sub(r"\\\1", told)
    # Pandoc's Typst writer lets "+ key" at the start of a cell become a list; a joiner prevents it
    return f"{JOINER}{safe}" if re.match(r"(?:[-+/]|=+|\d+\.) ", told) else safe
