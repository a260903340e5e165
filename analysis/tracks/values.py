"""Turn what stands in a file's fields into numbers, years, yes or no, and identifiers."""

import contextlib
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.tracks.aliases import PERCENT, simplify
from analysis.tracks.notation import READERS, read_keys, read_notation
from analysis.tracks.schema import BY_NAME, COLUMNS, KEYS, MODES, BadInput, Column

# what stands for "nothing" in a column of numbers; a name may well be one of these
NOTHING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "<na>", "missing"}
YES = {"true", "1", "1.0", "yes", "t", "y", "explicit", "e"}
NO = {"false", "0", "0.0", "no", "f", "n", "clean", "cleaned", "not explicit", "unknown"}
# scores from 0 to 1; LOOSE: a table may have nothing above 0.01, WIDE: no ten are all below 0.1
SHARES = tuple(column.name for column in COLUMNS if column.required and column.unit == "0 to 1")
LOOSE = ("acousticness", "instrumentalness")
WIDE = ("danceability", "energy", "valence")
ADDRESS = re.compile(r"(?:spotify:track:|/tracks?/)([0-9A-Za-z]+)")
OTHER_ADDRESS = re.compile(
    r"(?:spotify:|spotify\.com/(?:\w+/)*)(artist|album|playlist|show|episode)s?[:/]"
)
CLOCK = re.compile(r"^(?:0 days )?(?:(\d{1,2}):)?(\d{1,4}):([0-5]?\d(?:\.\d+)?)(?: ?AM)?$")
SURE = 15  # rows of minutes whose decimals are all below .60 by chance in 1 case of 2,000
FEWEST = 10  # rows that tell whether decibels were scaled
FAR = 50  # lengths seldom differ from their median so many times, and units 60 times or more
SHORT = 15  # characters of a number that both of pandas' parsers read alike
GROUPED = r"\d{1,3}(?:[,.'’\s]\d{3})+"
# 215 s, 3 min 35 s, 215000 ms
TIMED = r"(?:\d+(?:\.\d+)? ?(?:h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|ms|msecs?)[\s,]*)+"


def as_text(values: pd.Series) -> pd.Series:
    """Return text without space around it; nothing becomes the empty text."""
    return values.astype("str").str.strip().fillna("").astype("str")


def to_ids(values: pd.Series, name: str, notes: list[str]) -> pd.Series:
    """Return bare identifiers from identifiers, URIs (spotify:track:…) or addresses.

    Among tracks, the episodes of podcasts that a library has keep their whole address.
    Raises BadInput for the address of an artist or of anything else; `name` is the file's.
    """
    text = as_text(values)
    if not text.str.contains("[:/]").any():
        return text
    found = text.str.extract(ADDRESS, expand=False)
    bare = found.where(found.notna(), text).astype("str")
    odd = bare[found.isna()].str.extract(OTHER_ADDRESS, expand=False).dropna()
    if len(odd) and (odd == "episode").all() and len(odd) < len(bare) / 2:
        notes.append(f"{name}: {len(odd):,} of {len(bare):,} rows are episodes of podcasts")
    elif len(odd):
        raise BadInput(f"Column {name!r} has in row {row_number(odd.index[0])} the address of an "
                       f"{odd.iloc[0]}{_others(len(odd))}, not of a track: give those of the "
                       "tracks, or leave the column out.")  # fmt: skip
    return bare


def to_numbers(values: pd.Series, column: Column, name: str, notes: list[str]) -> pd.Series:
    """Return a column of numbers, NaN where nothing stands.

    Text is read that means a number (`notation.read_notation`), and keys that count from 1.
    `name` is the file's name of the column; a line on what was converted goes to `notes`.
    Raises BadInput for other text, or a number outside the range; the message names the row.
    """
    numbers, text = _parse(values, column)
    _refuse_text(values, numbers, column, name)
    label = _named(name, column, str)
    # an example of what is no mere number
    worded = text[~text.str.fullmatch(r"[-+]?[\d,.]+")]
    if len(worded):
        row = worded.str.len().idxmax()
        names = {"key": KEYS, "mode": MODES}.get(column.name)
        meaning = f" ({names[int(numbers[row])]})" if names else ""
        example = f"{shorten(worded[row])} as {numbers[row]:g}{meaning}"
        notes.append(f"{label}: read from text, {example}")
    if column.name == "key" and numbers.max() == 12 and not (numbers == 0).any():
        numbers = numbers.where(numbers < 1, numbers - 1)
        notes.append(f"{label}: read as 1 to 12 instead of 0 to 11, with 1 for C")
    if column.kind == "integer":
        fractions = numbers[numbers.notna() & (numbers != numbers.round())]
        _refuse(fractions, f"Column {name!r} should hold whole numbers")
    _refuse_outside(numbers, column, name)
    _refuse_scaled(numbers, column, name)
    return numbers


def _parse(values: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    """Return numbers, NaN for whatever is not one, and the texts of which numbers were made."""
    none = pd.Series(dtype="str")
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.astype("float64"), none
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    if values.dtype != "str":  # yes or no is no number
        values = values.where(~values.map(lambda value: isinstance(value, bool | np.bool_)))
    numbers = _read_plain(values)
    if not numbers.isna().any():
        return numbers, none
    text = as_text(values if column.name in READERS else values[numbers.isna()])
    # without the space around it, of which pandas knows some kinds only
    numbers = numbers.fillna(pd.to_numeric(text, errors="coerce"))
    text = text[~text.str.lower().isin(NOTHING)]
    known = _map_distinct(text, lambda distinct: read_notation(distinct, column))
    known = known[numbers[text.index].isna() & known.notna()]
    return numbers.fillna(known), text[known.index]


def _read_plain(values: pd.Series) -> pd.Series:
    """Return the numbers of mere digits, NaN for all else.

    pyarrow is the faster, and agrees to the last digit on short numbers neither tiny nor huge.
    """
    if values.dtype == "str" and len(values) and values.str.len().max() <= SHORT:
        with contextlib.suppress(pa.ArrowInvalid):
            numbers = values.astype("float64[pyarrow]").astype("float64")
            sizes = numbers[numbers != 0].abs()
            if sizes.between(1e-15, 1e15).all():
                return numbers
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _map_distinct(text: pd.Series, read: Callable[[pd.Series], pd.Series]) -> pd.Series:
    distinct = pd.Series(text.unique(), dtype="str")
    return text.map(dict(zip(distinct, read(distinct), strict=True))).astype("float64")


def holds_modes(values: pd.Series) -> bool:
    """Tell whether a column of keys says major or minor too."""
    return bool(_modes_within(values).notna().any())


def check_modes(modes: pd.Series, keys: pd.Series, name: str) -> None:
    """Refuse modes, as numbers, that contradict those within keys; `name` is the mode's column."""
    within = _modes_within(keys)
    wrong = modes[within.notna() & modes.isin([0, 1]) & (modes != within)]
    if len(wrong):
        row = wrong.index[0]
        raise BadInput(
            f"Columns {keys.name!r} and {name!r} contradict each other: row {row_number(row)} has "
            f"{shorten(str(keys[row]))} and {MODES[int(wrong.iloc[0])]}{_others(len(wrong))}; "
            "correct or remove one."
        )


def _modes_within(keys: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(keys):
        return pd.Series(np.nan, keys.index)
    return _map_distinct(as_text(keys), lambda distinct: read_keys(distinct)["mode"])


def to_shares(columns: dict[str, pd.Series], notes: list[str]) -> dict[str, pd.Series]:
    """Return scores from 0 to 1, whether they stand so or in percent.

    A column is in percent where it goes beyond 1 and has whole numbers only, or hardly any up to 1;
    columns that alone tell nothing follow the other scores.
    `columns` are those of `SHARES` that are there, each a series under the file's own name; a line
    on each that was converted goes to `notes`.
    Raises BadInput for text, numbers outside the range, percent in some rows only, or doubt.
    """
    scales = {name: _find_scale(values, name) for name, values in columns.items()}
    sure = [percent for name, (*_, percent) in scales.items() if name not in LOOSE]
    most = 2 * sum(sure) > len(sure)
    return {name: _to_share(columns[name], name, *scale, most, notes)
            for name, scale in scales.items()}  # fmt: skip


def _find_scale(values: pd.Series, name: str) -> tuple[pd.Series, bool, bool]:
    """Return a score's numbers, whether % signs mark it, and whether the numbers show percent."""
    numbers, text = _parse(values, BY_NAME[name])
    known = numbers.dropna()
    marked = text.index[text.str.endswith("%")]
    bare = known.drop(marked)
    if len(marked) and bare.any():
        raise BadInput(
            f"Column {values.name!r} has a % sign in row {row_number(marked[0])} and none in "
            f"row {row_number(bare[bare != 0].index[0])}: write all alike."
        )
    signed = len(marked) > 0 or PERCENT.search(simplify(values.name)) is not None
    whole = (known == known.round()).all()
    percent = known.max() > 1 and (whole or known.between(0, 1, inclusive="right").mean() <= 0.05)
    return numbers, signed, bool(percent)


def _to_share(values: pd.Series, name: str, numbers, signed, sure, most, notes) -> pd.Series:
    """Return one score from 0 to 1; `sure`: it is in percent by itself, `most`: most scores are."""
    source, column, known = str(values.name), BY_NAME[name], numbers.dropna()
    _refuse_text(values, numbers, column, source)
    top, whole, few = known.max(), (known == known.round()).all(), len(known) < FEWEST
    follows = most or signed
    percent = sure or (top > 0 and follows and (top > 1 or whole or (most and signed)))
    doubtful = 0
    if percent and name in WIDE and not signed and not (few and most):
        doubtful = 10
    elif not percent and follows and (name in LOOSE or few):
        doubtful = 1
    if 0 < top <= doubtful:
        raise BadInput(
            f"Column {_named(source, column)} has no value above {doubtful}, so that "
            "it may be in percent or not: give scores from 0 to 1, without a sign."
        )
    _refuse_outside(numbers, replace(column, high=100) if percent else column, source)
    if percent:
        numbers = numbers / 100
        how = f"read as percent; the median is {numbers.median():.3g}"
    elif signed:
        how = "read from 0 to 1 in spite of % signs, as none is above 1"
    if percent or signed:
        notes.append(f"{_named(source, column, str)}: {how}")
    return numbers


def _refuse(wrong: pd.Series, said: str, advice: str = "correct or empty the field") -> None:
    if len(wrong):
        first = wrong.iloc[0]
        shown = shorten(first) if isinstance(first, str) else f"{first:g}"
        row = row_number(wrong.index[0])
        raise BadInput(f"{said}, but row {row} has {shown}{_others(len(wrong))}: {advice}.")


def _refuse_text(values: pd.Series, numbers: pd.Series, column: Column, name: str) -> None:
    text = as_text(values[numbers.isna()])
    wrong = text[~text.str.lower().isin(NOTHING)]
    _refuse(wrong, f"Column {_named(name, column)} should hold numbers")


def _refuse_outside(numbers: pd.Series, column: Column, name: str) -> None:
    possible = numbers.between(column.low, column.high) | numbers.isin(column.missing)
    said = f"Column {_named(name, column)} runs from {column.low:g} to {column.high:g}"
    _refuse(numbers[numbers.notna() & ~possible], said, "correct the values or their scale")


def _refuse_scaled(numbers: pd.Series, column: Column, name: str) -> None:
    """Refuse loudness and tempo that were scaled: no step back leads to decibels or beats."""
    known = _stated(numbers, column)
    if column.name == "loudness":
        narrow = known.nunique() > 5 and known.max() - known.min() <= 1
        scaled = len(known) >= FEWEST and (known.median() > 0 or narrow)
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


def _stated(numbers: pd.Series, column: Column) -> pd.Series:
    return numbers[numbers.notna() & ~numbers.isin(column.missing)]


def _named(name: str, column: Column, show: Callable = repr) -> str:
    """Return the file's name of a column, and what it was taken for where that is another."""
    return show(name) if name == column.name else f"{show(name)} ({column.name})"


def row_number(position: int) -> str:
    """Return the number of a row as a reader counts; the index of delimited text begins at 1."""
    return f"{position + 1:,}"


def _others(count: int) -> str:
    return f" (and {count - 1:,} more rows like it)" if count > 1 else ""


def shorten(text: str, width: int = 40) -> str:
    """Return a field's content in quotes, cut where it is long."""
    return repr(text if len(text) <= width else text[: width - 1] + "…")


def to_milliseconds(values: pd.Series, column: Column, name: str, notes: list[str]) -> pd.Series:
    """Return lengths in milliseconds, whatever their unit.

    The unit is told from the median, for names such as "duration_ms" are given to seconds too:
    from 10,000 on it is read as milliseconds, from 30 to 1,800 as seconds, from 1 to 15 as minutes.
    Minutes with two decimals, all of them below .60, are minutes and seconds (3.45 is 3:45).
    Text with colons is a time (3:45, 0:03:45), and text with units (3 min 35 s) is read by them.
    `name` is the file's name of the column; a line on what was converted goes to `notes`.
    Raises BadInput for other text, lengths of no unit or of several, or outside the range.
    """
    if pd.api.types.is_timedelta64_dtype(values):
        values = values.dt.total_seconds()
    duration = Column("duration", "", "", "number")
    numbers, text = _parse(values, duration)
    if len(text) or numbers.isna().any():
        values = _ungroup(values, name, notes)
        numbers, text = _parse(values, duration)
    unread = values[numbers.isna()]
    clock, timed = _read_clock(unread), _read_timed(unread)
    if clock.notna().any() or timed.notna().any():
        colon = clock.notna().any()
        what, unit = ("colon", "minutes:seconds") if colon else ("unit", "text with units")
        plain = _stated(numbers, column)
        if len(plain):
            raise BadInput(
                f"Column {name!r} has lengths with a {what} and, in row "
                f"{row_number(plain.index[0])}, one without: write all alike."
            )
        numbers = numbers.fillna(clock).fillna(timed)
        middle = numbers[numbers > 0].median() if numbers.any() else 0
        if middle < 10:
            raise BadInput(f"Column {name!r} has a median of {middle:g} s, which is not the "
                           "length of a track: correct the unit.")  # fmt: skip
    else:
        unit = _find_unit(numbers, column, name)
    if unit == "minutes.seconds":
        whole = np.floor(numbers)
        numbers = 60 * whole + (100 * (numbers - whole)).round()
    _refuse_text(values, numbers, column, name)
    known = _stated(numbers, column)
    median = known.median()
    far = known[(known > FAR * median) | (known < median / FAR)]
    if len(far) > 1 and len(far) >= 0.01 * len(known):
        raise BadInput(f"Column {name!r} mixes units: row {row_number(far.index[0])} has "
                       f"{far.iloc[0]:g}{_others(len(far))}, but the median is {median:g}; give "
                       "all lengths in milliseconds.")  # fmt: skip
    if unit == "milliseconds":
        return to_numbers(values, column, name, [])
    factor = 60_000 if unit == "minutes" else 1000
    converted = (numbers * factor).round().where(~numbers.isin(column.missing), 0)
    _refuse_outside(converted, column, f"{name} in ms")
    minutes, rest = divmod(round(converted[converted > 0].median() / 1000), 60)
    notes.append(f"{name}: read as {unit}; the median is {minutes}:{rest:02} minutes")
    return converted


def _read_clock(values: pd.Series) -> pd.Series:
    parts = as_text(values).str.extract(CLOCK).astype("float64")
    hours, minutes, seconds = (parts[number] for number in range(3))
    if hours.count() == minutes.count() > 1 and hours.median() >= 1 and not seconds.any():
        hours, minutes, seconds = 0 * hours, hours, minutes  # what a spreadsheet makes of m:ss
    return 3600 * hours.fillna(0) + 60 * minutes + seconds


def _read_timed(values: pd.Series) -> pd.Series:
    text = as_text(values).str.lower()
    text = text.where(text.str.fullmatch(TIMED))
    for words, unit in (("h", "h"), ("ms", "ms"), ("m(?!s)", "min"), ("s", "s")):
        text = text.str.replace(rf"(?<![a-z]){words}[a-z]*", unit, regex=True)
    text = text.str.replace(r"[\s,]", "", regex=True)
    return pd.to_timedelta(text, errors="coerce").dt.total_seconds()


def _ungroup(values: pd.Series, name: str, notes: list[str]) -> pd.Series:
    """Return lengths without the marks between thousands, where all large ones have them."""
    text = as_text(values)
    grouped = text.str.fullmatch(GROUPED)
    if not grouped.any() or (pd.to_numeric(text, errors="coerce") >= 1000).any():
        return values
    bare = text.where(~grouped, text.str.replace(r"\D", "", regex=True))
    first = grouped.idxmax()
    notes.append(f"{name}: read without marks of thousands, {text[first]!r} as {bare[first]}")
    return bare


def _find_unit(numbers: pd.Series, column: Column, name: str) -> str:
    known = _stated(numbers, column)
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


def to_years(values: pd.Series) -> pd.Series:
    """Return the year in a date of any order; NaN where there is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.year.astype("float64")
    years = as_text(values).str.extract(r"(?<!\d)((?:18|19|20)\d\d)(?!\d{1,3}(?!\d))", expand=False)
    return pd.to_numeric(years).astype("float64")


def to_flags(values: pd.Series, name: str) -> pd.Series:
    """Return yes or no; nothing counts as no, the API's own default.

    Raises BadInput for text that is neither; `name` is the file's name of the column.
    """
    text = as_text(values).str.lower()
    _refuse(text[~text.isin(YES | NO | NOTHING)], f"Column {name!r} should hold yes or no")
    return text.isin(YES)
