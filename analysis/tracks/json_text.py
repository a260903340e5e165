"""Parse JSON that may be nested, long or broken beyond what a table can hold."""

import json
import re
from pathlib import Path

from analysis.tracks.schema import BadInput

# a longer whole number has no place among floating-point numbers
MOST_DIGITS = 300
HALF = re.compile(r"\\u[dD][89a-fA-F]")
# everything up to the first half of a pair that stands alone; an escaped backslash escapes nothing
WHOLE = re.compile(
    r"(?:[^\\]++|\\[^u]|\\u(?![dD][89a-fA-F])|\\u[dD][89abAB]..\\u[dD][c-fC-F]..)*+", re.DOTALL
)


def parse(text: str, path: Path):
    """Return what a JSON text holds.

    Raises
    ------
    BadInput
        It is nested too deep, has an endless number, or half of a character (a lone surrogate).
    json.JSONDecodeError
        It is no JSON.
    """
    _refuse_halves(text, path)
    try:
        return json.loads(text, parse_int=_parse_whole)
    except RecursionError as error:
        raise too_deep(path) from error
    except OverflowError as error:
        raise BadInput(f"{path} holds {error}, as no column can: correct it.") from error


def too_deep(path: Path) -> BadInput:
    """Return the sentence for lists in lists without end."""
    return BadInput(
        f"{path} is JSON nested too deep for a table: give a list of objects, one a track."
    )


def _parse_whole(digits: str) -> int:
    """Return a whole number of a length that a floating-point number can have."""
    if len(digits) > MOST_DIGITS:
        raise OverflowError(f"a number of {len(digits):,} digits ({digits[:12]}…)")
    return int(digits)


def _refuse_halves(text: str, path: Path) -> None:
    """Refuse escapes that stand for half of a character: no text can be written with one."""
    end = WHOLE.match(text).end() if HALF.search(text) else len(text)
    if end < len(text):
        line = text.count("\n", 0, end) + 1
        raise BadInput(
            f"{path} has half of a character, {text[end : end + 6]}, in line {line:,} (character "
            f"{end - text.rfind(chr(10), 0, end):,}): correct or remove it."
        )
