"""What the terminal is shown: never a character that commands it, whatever a table holds.

A column's name may hold escape sequences that clear the screen or rename the window, or marks
that turn the direction of writing. They are shown as Python writes them, as in ``\\x1b``.
"""

import io
import logging
import os
import sys
import unicodedata
from pathlib import Path

from analysis.tracks.schema import BadInput

# controls, surrogates, ends of lines and of paragraphs, invisible marks of format
COMMANDING = {"Cc", "Cs", "Zl", "Zp", "Cf"}
JOINERS = "\u200c\u200d"  # of Persian words and of emoji: they change no direction


def printable(text: str, keep: str = "") -> str:
    """Return text with every character that is no print written as its escape.

    Parameters
    ----------
    text : str
        Anything.
    keep : str
        Characters that stay, such as the end of a line.
    """
    if text.isprintable():
        return text
    return "".join(
        one.encode("unicode_escape").decode()
        if unicodedata.category(one) in COMMANDING and one not in JOINERS + keep
        else one
        for one in text
    )


def brief(name, width: int = 60) -> str:
    """Return a name of a file's own, a column's for one, printable and cut where it is long."""
    shown = printable(str(name))
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"


def say(text: str) -> None:
    """Print lines on standard output; where its reader has left, as `head` does, do nothing.

    Raises
    ------
    BadInput
        The output cannot be written, as on a full disk.
    """
    try:
        print(printable(text, keep="\n"), flush=True)
    except BrokenPipeError:
        _let_go(sys.stdout)
    except OSError as error:
        _let_go(sys.stdout)
        raise BadInput(f"The output cannot be written ({error.strerror}): direct it elsewhere.") \
            from error  # fmt: skip


def complain(text: str) -> None:
    """Print one sentence on standard error, on one line; where that is closed, do nothing."""
    try:
        print(printable(text), file=sys.stderr, flush=True)
    except OSError:
        _let_go(sys.stderr)


def _let_go(stream) -> None:
    """Send what is still to come to nowhere; Python writes once more when it ends."""
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
    except (OSError, io.UnsupportedOperation):
        pass


class _Lines(logging.Formatter):
    """Log records as lines that can be shown."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record), keep="\n")


def prepare() -> None:
    """Make both streams show what their encoding lacks as escapes, and the log too."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    lines = logging.StreamHandler()
    lines.setFormatter(_Lines("%(message)s"))
    logging.basicConfig(handlers=[lines])
    logging.getLogger("analysis").setLevel(logging.INFO)
