"""What the terminal is shown: no character of a table that commands it or turns the writing."""

import unicodedata

# controls, surrogates, ends of lines and of paragraphs, invisible marks of format
COMMANDING = {"Cc", "Cs", "Zl", "Zp", "Cf"}
JOINERS = "\u200c\u200d"  # of Persian words and of emoji: they change no direction


def printable(text: str, keep: str = "") -> str:
    """Replace characters that are no print by their escapes, except those to `keep`."""
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
