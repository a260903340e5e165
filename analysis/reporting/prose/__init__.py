"""Numbers as the report's sentences print them: ready strings for inline code.

Inline code shows the `repr` of what is not a string, so every function here returns a string.
The minus sign is U+2212, as in print.
"""

import math
import re
from collections.abc import Sequence

MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 3) -> str:
    """Return a number with a fixed count of decimals and a true minus sign.

    Raises
    ------
    ValueError
        If the value is not finite: a sentence must never print "nan".
    """
    if not math.isfinite(value):
        raise ValueError(f"a sentence cannot print the number {value}")
    text = f"{value:,.{digits}f}"
    # "-0.000" says that a sign was measured where none was
    text = text.lstrip("-") if not text.strip("-0.,") else text
    return text.replace("-", MINUS)


def signed(value: float, digits: int = 3) -> str:
    """Return a number that always carries its sign."""
    text = number(value, digits)
    return text if text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def count(value: int) -> str:
    """Return a whole number with thousands separated by commas."""
    return f"{int(value):,}".replace("-", MINUS)


def percent(share: float, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a percentage."""
    return f"{number(100 * share, digits)} %"


def interval(low: float, high: float, digits: int = 3) -> str:
    """Return an interval; "to" stands between the ends, since a dash reads as a minus."""
    return f"{number(low, digits)} to {number(high, digits)}"


def estimate(value: float, low: float, high: float, digits: int = 3) -> str:
    """Return a number with its 95 % interval."""
    return f"{number(value, digits)} (95 % interval {interval(low, high, digits)})"


def p_value(value: float) -> str:
    """Return a p-value as a statement of equality or of a bound."""
    return "p < 0.001" if value < 0.001 else f"p = {number(value, 3)}"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Return words as an English list: "a", "a and b", "a, b and c"."""
    *first, final = words
    return f"{', '.join(first)} {last} {final}" if first else final


def plural(value: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun in the right number."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def spelled(value: int) -> str:
    """Return a small whole number as a word, a large one in figures."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[value] if 0 <= value < len(words) else count(value)


def feature_name(name: str) -> str:
    """Return the name in print of a column, or of columns joined by other words."""
    return re.sub(r"\bduration_(?:ms|min)\b", "duration", name).replace("genre_", "genre: ")
