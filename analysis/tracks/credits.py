"""Turn what a file says of artists and genres into names, first one first."""

import ast
import json
import re

import numpy as np
import pandas as pd

from analysis.tracks.aliases import simplify
from analysis.tracks.schema import BadInput
from analysis.tracks.values import row_number, shorten


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


def to_genre(values: pd.Series, name: str) -> pd.Series:
    """Return the first genre of each row.

    A comma or a bar parts genres in a column named for several, and in any other where at least
    half of the joined ones begin with a genre that stands alone elsewhere in the column.
    """
    several = simplify(name).endswith("genres")
    first = to_first(to_credits(values, "genres" if several else "genre"))
    distinct = set(first)
    joined = [text for text in distinct if re.search("[,|]", text)]
    parted = {text: re.split("[,|]", text)[0].strip() for text in joined}
    alone = [start in distinct for start in parted.values()]
    return first.replace(parted) if alone and sum(alone) >= len(alone) / 2 else first


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
            row = row_number(np.flatnonzero(codes == code)[0])
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
    if column == "genres":
        return credits.str.split(",")
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
