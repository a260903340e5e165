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
OTHER_ADDRESS = re.compile(
    r"(?:spotify:|spotify\.com/(?:\w+/)*)(artist|album|playlist|show|episode)s?[:/]"
)
CLOCK = re.compile(r"^(?:0 days )?(?:(\d{1,2}):)?(\d{1,4}):([0-5]?\d(?:\.\d+)?)(?: ?AM)?$")
# rows of minutes of which all have decimals below .60 by chance in 1 case of 2,000
SURE = 15
# rows that tell whether decibels were scaled
FEWEST = 10
# lengths of tracks seldom differ from their median so many times; units differ 60 times or more
FAR = 50
DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")


def as_text(values: pd.Series) -> pd.Series:
    """Return text without space around it; nothing becomes the empty text."""
    return values.astype("str").str.strip().fillna("").astype("str")


def to_ids(values: pd.Series, name: str = "track_id") -> pd.Series:
    """Return bare identifiers from identifiers, URIs (spotify:track:…) or addresses.

    Raises
    ------
    BadInput
        An address is that of an artist or of anything else than a track; `name` is the column's.
    """
    text = as_text(values)
    found = text.str.extract(ADDRESS, expand=False)
    bare = found.where(found.notna(), text).astype("str")
    odd = bare[found.isna() & bare.str.contains("[:/]")].str.extract(OTHER_ADDRESS, expand=False)
    if odd.notna().any():
        first = odd.dropna()
        raise BadInput(f"Column {name!r} has in row {row_number(first.index[0])} the address of an "
                       f"{first.iloc[0]}{_others(len(first))}, not of a track: give those of the "
                       "tracks, or leave the column out.")  # fmt: skip
    return bare


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
    _refuse_scaled(numbers, column, name)
    return numbers


def _parse(values: pd.Series, column: Column) -> pd.Series:
    """Return numbers, NaN for whatever is not one."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.astype("float64")
    if values.dtype != "str":  # yes or no is no number
        values = values.where(~values.map(lambda value: isinstance(value, bool | np.bool_)))
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if numbers.isna().any():
        text = as_text(values[numbers.isna()])
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
    text = as_text(values[numbers.isna()])
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


def _refuse_scaled(numbers: pd.Series, column: Column, name: str) -> None:
    """Refuse loudness and tempo that were scaled: no step back leads to decibels or beats."""
    known = numbers[numbers.notna() & ~numbers.isin(column.missing)]
    if column.name == "loudness":
        scaled = len(known) >= FEWEST and (
            known.median() > 0 or (known.nunique() > 5 and known.max() - known.min() <= 1)
        )
        usual = "loudness is needed in dB, which are mostly below 0"
    elif column.name == "tempo":
        # from 0 to 100 in hundredths of the range, or else in parts of it
        scaled = known.median() < 20 or (known.max() == 100 and numbers.min() == 0)
        usual = "tempo is needed in beats per minute, mostly from 60 to 200"
    else:
        return
    if scaled:
        raise BadInput(
            f"Column {_named(name, column)} runs from {numbers.min():g} to {numbers.max():g} and "
            f"seems to be scaled; {usual}: undo the scaling."
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


def to_milliseconds(
    values: pd.Series, column: Column, name: str, notes: list[str] | None = None
) -> pd.Series:
    """Return lengths in milliseconds, whatever their unit.

    The unit is told from the median, for names such as "duration_ms" are given to seconds too:
    from 10 s on it is read as milliseconds, from 30 to 1,800 as seconds, from 1 to 15 as minutes.
    Minutes with two decimals, all of them below .60, are minutes and seconds (3.45 is 3:45).
    Text with colons is a time (3:45, 0:03:45); of 3:45, spreadsheets make 03:45:00.

    Parameters
    ----------
    values : Series
        What stands in the file.
    column : Column
        The canonical column.
    name : str
        The file's name of the column.
    notes : list of str, optional
        Takes a line on what was converted.

    Raises
    ------
    BadInput
        Text, lengths that fit no unit or several, or lengths outside the range of the column.
    """
    if pd.api.types.is_timedelta64_dtype(values):
        values = values.dt.total_seconds()
    numbers = _parse(values, Column("duration", "", "", "number"))
    clock = _read_clock(values[numbers.isna()])
    if clock.notna().any():
        plain = numbers[numbers.notna() & ~numbers.isin(column.missing)]
        if len(plain):
            raise BadInput(
                f"Column {name!r} has lengths with a colon and, in row "
                f"{row_number(plain.index[0])}, one without: write all alike."
            )
        unit, numbers = "minutes:seconds", numbers.fillna(clock)
    else:
        unit = _find_unit(numbers, column, name)
    if unit == "minutes.seconds":
        whole = np.floor(numbers)
        numbers = 60 * whole + (100 * (numbers - whole)).round()
    _refuse_text(values, numbers, column, name)
    _refuse_mixed(numbers, column, name)
    if unit == "milliseconds":
        return to_numbers(values, column, name)
    factor = 60_000 if unit == "minutes" else 1000
    converted = (numbers * factor).round().where(~numbers.isin(column.missing), 0)
    _refuse_outside(converted, column, f"{name} in ms")
    if notes is not None:
        minutes, rest = divmod(round(converted[converted > 0].median() / 1000), 60)
        notes.append(f"{name}: read as {unit}; the median is {minutes}:{rest:02} minutes")
    return converted


def _read_clock(values: pd.Series) -> pd.Series:
    """Return seconds where times with colons stand, NaN elsewhere."""
    parts = as_text(values).str.extract(CLOCK).astype("float64")
    hours, minutes, seconds = (parts[number] for number in range(3))
    if hours.count() == minutes.count() > 1 and hours.median() >= 1 and not seconds.any():
        hours, minutes, seconds = 0 * hours, hours, minutes  # what a spreadsheet makes of m:ss
    return 3600 * hours.fillna(0) + 60 * minutes + seconds


def _find_unit(numbers: pd.Series, column: Column, name: str) -> str:
    """Return the unit of lengths, told from their median."""
    known = numbers[numbers.notna() & ~numbers.isin(column.missing)]
    median = known.median()
    if not len(known) or median >= 10_000:
        return "milliseconds"
    if 30 <= median < 1800:
        return "seconds"
    if not 1 <= median < 15:
        raise BadInput(
            f"Column {name!r} has a median of {median:g}, which is the length of a track neither "
            "in milliseconds nor in seconds or minutes: give milliseconds."
        )
    hundredths = (100 * known).round(6)
    whole = (known == known.round()).all()
    if whole or (hundredths != hundredths.round()).any() or (hundredths % 100 >= 60).any():
        return "minutes"
    if len(known) < SURE:
        raise BadInput(
            f"Column {name!r} holds lengths such as {known.iloc[0]:g}, in too few rows to tell "
            "minutes from minutes and seconds: write 3:45, or milliseconds."
        )
    return "minutes.seconds"


def _refuse_mixed(numbers: pd.Series, column: Column, name: str) -> None:
    """Refuse lengths of which too many are so far from the median as units are from each other."""
    known = numbers[numbers.notna() & ~numbers.isin(column.missing)]
    median = known.median()
    far = known[(known > FAR * median) | (known < median / FAR)]
    if len(far) > 1 and len(far) >= 0.01 * len(known):
        raise BadInput(f"Column {name!r} mixes units: row {row_number(far.index[0])} has "
                       f"{far.iloc[0]:g}{_others(len(far))}, but the median is {median:g}; give "
                       "all lengths in milliseconds.")  # fmt: skip


def to_years(values: pd.Series) -> pd.Series:
    """Return the year in a date of any order; NaN where there is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.year.astype("float64")
    years = as_text(values).str.extract(r"(?<!\d)((?:18|19|20)\d\d)(?!\d{1,3}(?!\d))", expand=False)
    return pd.to_numeric(years).astype("float64")


def to_flags(values: pd.Series) -> pd.Series:
    """Return yes or no; anything else counts as no, the API's own default."""
    return as_text(values).str.lower().isin(YES)
