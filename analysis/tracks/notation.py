"""Keys, modes, metres and quantities as people write them, as the numbers that Spotify gives."""

import pandas as pd

from analysis.tracks.schema import Column

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}
MODE_WORDS = {"major": 1, "maj": 1, "dur": 1, "M": 1, "minor": 0, "min": 0, "moll": 0, "m": 0}
NOTE = r"([A-Ga-g])[\s-]?(#|♯|b|♭|(?i:sharp|flat))?"
KEY = rf"^{NOTE}(?:\s?[/|]\s?{NOTE})?[\s:_-]*((?i:major|maj|dur|minor|min|moll)|[Mm])?$"
# Wheels of fifths: the pitch class at 1 o'clock, and the mode, of Camelot's 1A and 1B and of Open
# Key's 1m and 1d.
WHEELS = {"A": 8, "B": 11, "M": 9, "D": 0}, {"A": 0, "B": 1, "M": 0, "D": 1}
METRE = r"^(\d\d?)\s?(?:/\s?(?:2|4|8|16)|-?beats?)$"
# 4-Apr, 04. Apr, 2024-04-04, 4/4/2024
DATE = r"^(?:\d{4}-)?(\d\d?)[-./ ]+(\d\d?|[^\W\d]{3})[^\W\d]*\.?(?:[-./ ]+\d{2,4})?(?: 00:00:00)?$"
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS, 1)} | {"avr": 4, "abr": 4}
UNITS = {"tempo": "bpm", "loudness": "db(?:fs)?"}
DECIMAL_COMMA = r"^([-+]?\d*),(\d+(?:e[-+]?\d+)?)$"


def read_notation(text: pd.Series, column: Column) -> pd.Series:
    """Return the numbers that texts mean in a column of numbers, NaN for text that means none.

    `text` has what stands in the column, each text once; of key, mode and time signature all of it,
    since the meaning of some hangs on the others.
    """
    if column.name in READERS:
        return READERS[column.name](text)
    bare = text.str.replace("−", "-")
    bare = bare.str.replace(rf"\s*{UNITS.get(column.name, '%')}$", "", case=False, regex=True)
    if column.kind == "number":  # in whole numbers a comma may part thousands
        bare = bare.str.replace(DECIMAL_COMMA, r"\1.\2", case=False, regex=True)
    return pd.to_numeric(bare, errors="coerce").astype(float)


def read_keys(text: pd.Series) -> pd.DataFrame:
    """Return pitch class (key) and mode of names such as F♯, D#/Eb, Bbm, A minor, 8A (Camelot), 1m.

    Both are NaN where they are not told. Small letters beside capitals may mean minor, and are not
    read unless the mode is told; where all are small, they are names like any other.
    """
    parts = text.str.extract(KEY)
    key, twin = _semitones(parts[0], parts[1]), _semitones(parts[2], parts[3])
    mode = _mode_words(parts[4])
    capital = parts[0].str.isupper().eq(True)
    clear = (twin.isna() | (key == twin)) & (mode.notna() | capital | ~capital.any())
    wheel = text.str.upper().str.extract(r"^0?([1-9]|1[0-2])\s?([ABMD])$")
    hour = pd.to_numeric(wheel[0]).astype(float)
    start, wheel_mode = (wheel[1].map(meaning).astype(float) for meaning in WHEELS)
    return pd.DataFrame({
        "key": key.where(clear).fillna((start + 7 * (hour - 1)) % 12),
        "mode": mode.where(clear).fillna(wheel_mode),
    })  # fmt: skip


def _semitones(letters: pd.Series, accidentals: pd.Series) -> pd.Series:
    shifts = accidentals.str.lower().map(ACCIDENTALS).astype(float).fillna(0)
    return (letters.str.upper().map(LETTERS).astype(float) + shifts) % 12


def _mode_words(text: pd.Series) -> pd.Series:
    """Return 1 for major, 0 for minor; of one letter the case counts."""
    return text.where(text.str.len() == 1, text.str.lower()).map(MODE_WORDS).astype(float)


def _read_modes(text: pd.Series) -> pd.Series:
    """Return modes that stand alone or within a key; a key beside A minor is major without word."""
    keys = read_keys(text)
    within = keys["mode"]
    if within.notna().any():
        within = within.where(within.notna() | keys["key"].isna(), 1)
    return _mode_words(text).fillna(within)


def _read_metres(text: pd.Series) -> pd.Series:
    """Return beats of 4/4 and 4 beats; and of dates, which spreadsheets make, if there is no else.

    Some write the month first and others the day, so that 3/4 is 4-Mar or 3-Apr.
    """
    beats = pd.to_numeric(text.str.extract(METRE, expand=False), errors="coerce").astype(float)
    dates = text.str.lower().str.extract(DATE)
    dates = dates.replace({1: MONTH_NUMBERS}).apply(pd.to_numeric, errors="coerce")
    upper = dates[0].where(dates[1] == 4, dates[1].where(dates[0] == 4))
    upper = upper.where(upper < 8)  # 4-Aug is 8/4 or 4/8
    return beats if (beats.isna() & upper.isna()).any() else beats.fillna(upper)


READERS = {
    "key": lambda text: read_keys(text)["key"],
    "mode": _read_modes,
    "time_signature": _read_metres,
}
