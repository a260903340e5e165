"""Turn what stands in a file's fields into numbers, years, yes or no, identifiers and credits."""

import ast
import json
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
            f"{_row(wrong.index[0])} has {shorten(wrong.iloc[0])}"
            f"{_others(len(wrong))}: correct or empty the field."
        )


def _refuse_fractions(numbers: pd.Series, name: str) -> None:
    """Refuse fractions in a column of whole numbers."""
    wrong = numbers[numbers.notna() & (numbers != numbers.round())]
    if len(wrong):
        raise BadInput(
            f"Column {name!r} should hold whole numbers, but row {_row(wrong.index[0])} has "
            f"{wrong.iloc[0]:g}{_others(len(wrong))}: correct or empty the field."
        )


def _refuse_outside(numbers: pd.Series, column: Column, name: str) -> None:
    """Refuse numbers that can be neither a value nor a code for a missing one."""
    possible = numbers.between(column.low, column.high) | numbers.isin(column.missing)
    wrong = numbers[numbers.notna() & ~possible]
    if len(wrong):
        raise BadInput(
            f"Column {_named(name, column)} runs from {column.low:g} to {column.high:g}, but "
            f"row {_row(wrong.index[0])} has {wrong.iloc[0]:g}{_others(len(wrong))}: "
            "correct the values or their scale."
        )


def _named(name: str, column: Column) -> str:
    """Return the file's name of a column, and what it was taken for where that is another."""
    return repr(name) if name == column.name else f"{name!r} ({column.name})"


def _row(position: int) -> str:
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


def to_credits(values: pd.Series, name: str) -> pd.Series:
    """Return the credited artists, parted by "; ", first one first.

    Understood are lists, lists written as text, objects with a name, and names joined by ";".
    A comma parts names only in a column named for several artists and without any ";", and only
    where it is no part of a name: a credit that stands alone elsewhere in the column is one name,
    whatever it holds (so "Tyler, The Creator" stays whole).
    """
    texts = values.fillna("") if values.dtype == "str" else values.map(_hashable)
    codes, found = pd.factorize(texts)
    distinct = pd.Series(found)
    lists = _list_each(distinct, codes, values.name or name)
    if lists.isna().any():
        plain = distinct[lists.isna()].astype("str").str.strip()
        lists = lists.where(lists.notna(), _part_names(plain, name).reindex(distinct.index))
    joined = lists.map(_join).astype("str").array.take(codes)
    return pd.Series(joined, values.index, name=values.name)


def to_first(credits: pd.Series) -> pd.Series:
    """Return the first of credits that are parted by "; "; each distinct one is parted once."""
    codes, found = pd.factorize(credits)
    first = pd.Series([credit.split("; ")[0] for credit in found], dtype="str")
    return pd.Series(first.array.take(codes), credits.index, name=credits.name)


def to_genres(values: pd.Series) -> pd.Series:
    """Return the first genre of each track's list, which commas, bars or semicolons part too.

    No list is a genre of its own, as it is in no credit that stands alone.
    """
    first = to_first(to_credits(values, "genre"))
    return first.str.split(r"[,|]", regex=True).str[0].str.strip().astype("str")


def _hashable(value) -> str:
    """Return a field as text; lists from Parquet or JSON become JSON."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return json.dumps([_name_of(item) for item in value], ensure_ascii=False)
    return "" if value is None or value != value else str(value)


def _list_each(distinct: pd.Series, codes: np.ndarray, column: str) -> pd.Series:
    """Return the list that each distinct text is, None where it is none; refuse odd lists."""
    found = []
    for code, text in enumerate(distinct):
        try:
            found.append(_listed(text))
        except (TypeError, RecursionError, MemoryError, UnicodeError) as error:
            row = _row(np.flatnonzero(codes == code)[0])
            raise BadInput(f"Column {column!r} has in row {row} a list that cannot be read, "
                           f"{shorten(text)}: give names.") from error  # fmt: skip
    return pd.Series(found, dtype=object)


def _listed(text: str) -> list[str] | None:
    """Return the names of a list written as text, or None where the text is no list.

    Raises what the parsers raise of lists that are nested too deep or no lists of names, and
    UnicodeError where half of a character stands in a name.
    """
    if not (text.startswith("[") and text.endswith("]")):
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            items = parse(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(items, list):
            names = [_name_of(item) for item in items]
            "".join(names).encode()
            return names
    return None


def _name_of(item) -> str:
    """Return an artist's name from the name or from the Web API's artist object."""
    return str(item.get("name", "") if isinstance(item, dict) else item)


def _join(names: list[str]) -> str:
    """Return names as one text; a name is kept once."""
    kept = dict.fromkeys(name.strip().replace(";", ",") for name in names)
    return "; ".join(name for name in kept if name)


def _part_names(credits: pd.Series, column: str) -> pd.Series:
    """Part names joined in one text, by what the whole column shows of its habits."""
    if credits.str.contains(";").any():
        return credits.str.split(";")
    if not re.search(r"artists|\(s\)|_s$|performers", column.lower()):
        return credits.map(lambda credit: [credit])
    whole = set(credits) | set(WHOLE)
    return credits.map(lambda credit: _part_at_commas(credit, whole))


LONGEST_NAME = 21  # parts of a name and the commas between them
# names with commas that credits seldom show alone
WHOLE = (
    "Tyler, The Creator", "Earth, Wind & Fire", "Crosby, Stills & Nash",
    "Crosby, Stills, Nash & Young", "Emerson, Lake & Palmer", "Blood, Sweat & Tears",
    "Peter, Paul and Mary", "Peter, Paul & Mary", "10,000 Maniacs", "Now, Now",
    "Black Country, New Road", "Dave Dee, Dozy, Beaky, Mick & Tich",
)  # fmt: skip


def _part_at_commas(credit: str, whole: set[str]) -> list[str]:
    """Part a credit at its commas, taking the longest known name at each step."""
    pieces = re.split(r"(,\s*)", credit)
    names, position = [], 0
    while position < len(pieces):
        # no name has more parts; looking further would take forever in a very long credit
        ends = range(min(len(pieces), position + LONGEST_NAME), position, -2)
        # the whole credit is in the set of credits, but proves nothing about itself
        known = (
            end
            for end in ends
            if "".join(pieces[position:end]) in whole
            and not (position == 0 and end == len(pieces) and credit not in WHOLE)
        )
        end = next(known, position + 1)
        names.append("".join(pieces[position:end]))
        position = end + 1
    return names
