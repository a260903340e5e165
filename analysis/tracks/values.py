"""Turn what stands in a file's fields into numbers, years, yes or no, and identifiers."""

import re

import numpy as np
import pandas as pd

from analysis.tracks.schema import KEYS, BadInput, Column

# what stands for "nothing" in a column of numbers; a name may well be one of these
NOTHING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "<na>", "missing"}
YES, NO = {"true", "1", "1.0", "yes", "t", "y"}, {"false", "0", "0.0", "no", "f", "n"}
FLATS = {"D♭": 1, "E♭": 3, "G♭": 6, "A♭": 8, "B♭": 10}
ADDRESS = re.compile(r"(?:spotify:track:|/tracks?/)([0-9A-Za-z]+)")
DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")


def to_text(values: pd.Series) -> pd.Series:
    """Return text without space around it; nothing becomes the empty text."""
    return values.astype("str").str.strip().fillna("").astype("str")


def to_ids(values: pd.Series) -> pd.Series:
    """Return bare identifiers from identifiers, URIs (spotify:track:…) or addresses."""
    text = to_text(values)
    found = text.str.extract(ADDRESS, expand=False)
    return found.where(found.notna(), text).astype("str")


def to_numbers(values: pd.Series, column: Column, name: str) -> pd.Series:
    """Return a column of numbers, NaN where nothing stands.

    Decimal commas are read where no other reading is possible: never in a column of whole
    numbers, in which a comma may part the thousands.

    Parameters
    ----------
    values : Series
        What stands in the file.
    column : Column
        The canonical column.
    name : str
        The file's name of the column, for the message.

    Raises
    ------
    BadInput
        Text in the column, or a number outside its range; the message names the row.
    """
    numbers = _parse(values, column)
    _refuse_text(values, numbers, column, name)
    if column.kind == "integer":
        _refuse_fractions(numbers, name)
    _refuse_outside(numbers, column, name)
    return numbers


def _parse(values: pd.Series, column: Column) -> pd.Series:
    """Return numbers, NaN for whatever is not one."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.astype("float64")
    if values.dtype != "str":  # yes or no is no number
        values = values.where(~values.map(lambda value: isinstance(value, bool | np.bool_)))
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if numbers.isna().any():
        text = to_text(values[numbers.isna()])
        known = text.map(_NAMED.get(column.name, {}))
        if column.kind == "number":
            known = text.where(text.str.fullmatch(DECIMAL_COMMA)).str.replace(",", ".")
        # without the space around it, of which pandas knows some kinds only
        for plainer in (text, known):
            numbers = numbers.fillna(pd.to_numeric(plainer, errors="coerce"))
    return numbers


def _spelled_keys() -> dict[str, int]:
    """Return every way to write the twelve pitch classes."""
    names = dict(zip(KEYS, range(12), strict=True)) | FLATS
    return names | {name.replace("♯", "#").replace("♭", "b"): code for name, code in names.items()}


_NAMED = {
    "key": _spelled_keys(),
    "mode": {"Major": 1, "major": 1, "Minor": 0, "minor": 0, "MAJOR": 1, "MINOR": 0},
    "time_signature": {f"{beats}/{unit}": beats for beats in range(13) for unit in (4, 8)},
}


def _refuse_text(values: pd.Series, numbers: pd.Series, column: Column, name: str) -> None:
    """Refuse fields that hold something, but no number."""
    text = to_text(values[numbers.isna()])
    wrong = text[~text.str.lower().isin(NOTHING)]
    if len(wrong):
        raise BadInput(
            f"Column {_named(name, column)} should hold numbers, but row "
            f"{row_number(wrong.index[0])} has {shorten(wrong.iloc[0])}"
            f"{_others(len(wrong))}: correct or empty the field."
        )


def _refuse_fractions(numbers: pd.Series, name: str) -> None:
    """Refuse fractions in a column of whole numbers."""
    wrong = numbers[numbers.notna() & (numbers != numbers.round())]
    if len(wrong):
        raise BadInput(
            f"Column {name!r} should hold whole numbers, but row {row_number(wrong.index[0])} has "
            f"{wrong.iloc[0]:g}{_others(len(wrong))}: correct or empty the field."
        )


def _refuse_outside(numbers: pd.Series, column: Column, name: str) -> None:
    """Refuse numbers that can be neither a value nor a code for a missing one."""
    possible = numbers.between(column.low, column.high) | numbers.isin(column.missing)
    wrong = numbers[numbers.notna() & ~possible]
    if len(wrong):
        raise BadInput(
            f"Column {_named(name, column)} runs from {column.low:g} to {column.high:g}, but "
            f"row {row_number(wrong.index[0])} has {wrong.iloc[0]:g}{_others(len(wrong))}: "
            "correct the values or their scale."
        )


def _named(name: str, column: Column) -> str:
    """Return the file's name of a column, and what it was taken for where that is another."""
    return repr(name) if name == column.name else f"{name!r} ({column.name})"


def row_number(position: int) -> str:
    """Return the number of a row as a reader counts: 1 is the first below the header."""
    return f"{position + 1:,}"


def _others(count: int) -> str:
    """Return how many more fields are wrong."""
    return f" (and {count - 1:,} more rows like it)" if count > 1 else ""


def shorten(text: str, width: int = 40) -> str:
    """Return a field's content in quotes, cut where it is long."""
    return repr(text if len(text) <= width else text[: width - 1] + "…")


def to_milliseconds(values: pd.Series, column: Column, name: str) -> pd.Series:
    """Return lengths in milliseconds.

    A column whose name ends in "ms" is in milliseconds, one that says seconds in seconds; for a
    name without a unit a median under 10,000 can only mean seconds.
    """
    seconds = re.search(r"(_s|_secs?|_seconds|\(s\))$", name.strip().lower())
    if re.search(r"ms\W*$", name.strip().lower()):
        return to_numbers(values, column, name)
    numbers = _parse(values, Column("duration", "", "", "number"))
    if seconds or numbers.median() < 10_000:
        _refuse_text(values, numbers, column, name)
        values = (numbers * 1000).round()
    return to_numbers(values, column, name)


def to_years(values: pd.Series) -> pd.Series:
    """Return the year in a date of any order; NaN where there is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.year.astype("float64")
    years = to_text(values).str.extract(r"(?<!\d)((?:18|19|20)\d\d)(?!\d{1,3}(?!\d))", expand=False)
    return pd.to_numeric(years).astype("float64")


def to_flags(values: pd.Series) -> pd.Series:
    """Return yes or no; anything else counts as no, the API's own default."""
    return to_text(values).str.lower().isin(YES)
