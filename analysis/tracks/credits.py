"""Turn what a file says of artists and genres into names, first one first."""

import ast
import json
import re
from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.tracks.aliases import simplify
from analysis.tracks.schema import BadInput
from analysis.tracks.values import row_number, shorten


def to_credits(values: pd.Series, name: str, notes: list[str]) -> pd.Series:
    """Return the credited artists, parted by "; ", first one first.

    Understood are lists, lists written as text, objects with a name, and names joined by ";".
    What else parts names ("feat.", ",", "&", "x", "with", "/") is decided for the column as a
    whole: a mark does where at least half of the names that it joins begin with a name that is
    found without it, or before several others. A comma does so too in a column that is named for
    several artists and has no ";", or where it is far more common than in names. "Tyler, The
    Creator" and its like stay whole.
    `name` is the file's name of the column; a line on the separators goes to `notes`.
    Raises BadInput where a list cannot be read; the message names the row.
    """
    texts = values.fillna("") if values.dtype == "str" else values.map(_hashable)
    codes, found = pd.factorize(texts)
    distinct = pd.Series(found)
    lists = _list_each(distinct, codes, values)
    marks = ["lists"] if lists.notna().any() else []
    if lists.isna().any():
        plain = distinct[lists.isna()].astype("str").str.strip()
        parted, more = _part_names(plain, np.bincount(codes)[plain.index], name)
        lists = lists.fillna(pd.Series(parted, plain.index, dtype=object))
        marks += more
    joined = lists.map(_join).astype("str")
    split = int(joined.str.contains("; ", regex=False).sum())
    quoted = " and ".join(mark if mark == "lists" else f'"{mark}"' for mark in marks)
    if marks:
        notes.append(f"credits are split at {quoted} ({split:,} of {len(found):,} different ones)")
    else:
        notes.append("each credit is one name")
    return pd.Series(joined.array.take(codes), values.index, name=values.name)


def to_first(credits: pd.Series) -> pd.Series:
    """Return the first of credits that are parted by "; "; each distinct one is parted once."""
    codes, found = pd.factorize(credits)
    first = pd.Series([credit.split("; ")[0] for credit in found.tolist()], dtype="str")
    return pd.Series(first.array.take(codes), credits.index, name=credits.name)


def to_genre(values: pd.Series, name: str, notes: list[str]) -> pd.Series:
    """Return the first genre of each row.

    A comma or a bar parts genres in a column named for several, and in any other where at least
    half of the joined ones begin with a genre that stands alone elsewhere in the column. `name` is
    the file's name of the column; a line on rows with several goes to `notes`.
    """
    several = simplify(name).endswith("genres")
    listed = to_credits(values, "genres" if several else "genre", [])
    first = to_first(listed)
    distinct = set(first.unique())
    parted = {
        text: re.split("[,|]", text)[0].strip() for text in distinct if re.search("[,|]", text)
    }
    alone = [start in distinct for start in parted.values()]
    if alone and sum(alone) >= len(alone) / 2:
        first = first.replace(parted)
    if more := int((first != listed).sum()):
        notes.append(f"{name}: {more:,} of {len(values):,} rows have several; the first is taken")
    return first


def _hashable(value) -> str:
    """Return a field as text; lists from Parquet or JSON become JSON."""
    if isinstance(value, list | np.ndarray):
        return json.dumps([_name_of(item) for item in value], ensure_ascii=False)
    return "" if value is None or value != value else str(value)


def _list_each(distinct: pd.Series, codes: np.ndarray, values: pd.Series) -> pd.Series:
    """Return the list that each distinct text is, None where it is none; refuse odd lists."""
    found = []
    for code, text in enumerate(distinct.tolist()):
        try:
            found.append(_listed(text))
        except (TypeError, RecursionError, MemoryError, UnicodeError) as error:
            row = row_number(values.index[np.flatnonzero(codes == code)[0]])
            raise BadInput(f"Column {values.name!r} has in row {row} a list that cannot be read, "
                           f"{shorten(text)}: give names.") from error  # fmt: skip
    return pd.Series(found, dtype=object)


def _listed(text: str) -> list[str] | None:
    """Return the names of a list written as text, or None where the text is no list."""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            items = parse(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(items, list):
            names = [_name_of(item) for item in items]
            "".join(names).encode()  # refuses half of a character
            return names
    return None


def _name_of(item) -> str:
    return str(item.get("name", "") if isinstance(item, dict) else item)


def _join(names: list[str]) -> str:
    kept = dict.fromkeys(name.strip().replace(";", ",") for name in names)
    return "; ".join(name for name in kept if name)


# names with commas that credits seldom show alone
WHOLE = (
    "Tyler, The Creator", "Earth, Wind & Fire", "Crosby, Stills & Nash",
    "Crosby, Stills, Nash & Young", "Emerson, Lake & Palmer", "Blood, Sweat & Tears",
    "Peter, Paul and Mary", "Peter, Paul & Mary", "10,000 Maniacs", "Now, Now",
    "Black Country, New Road", "Dave Dee, Dozy, Beaky, Mick & Tich",
)  # fmt: skip
# a separator inside a name that is known as one is written otherwise while credits are parted
SHOWN = {0xE000: ",", 0xE001: "&", 0xE002: "/"}
HIDE = {ord(mark): code for code, mark in SHOWN.items()}
KNOWN_WHOLE = re.compile(
    r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(WHOLE, key=len, reverse=True))) + r")(?!\w)"
    r"|,\s(?=[JS]r\b)", re.IGNORECASE
)  # fmt: skip
# what may part names, in the order in which it is looked for
SEPARATORS = {
    "feat.": re.compile(r"\s+[(\[]?(?:featuring|feat|ft)\b\.?\s+", re.IGNORECASE),
    ",": re.compile(r"\s*(?:(?<!\d),|,(?!\d))\s*"),
    "&": re.compile(r"\s+&\s+"),
    "x": re.compile(r"\s+[xX×]\s+"),
    "with": re.compile(r"\s+[(\[]?with\s+", re.IGNORECASE),
    "/": re.compile(r"\s*/\s*"),
}
JOINED = re.compile(r"[,&/×]|\sx\s|(?:feat|ft|with)", re.IGNORECASE)  # any of them may be there
ENDING = re.compile(r"^the\b|\s(?:&|and|y|e)\s", re.IGNORECASE)  # of a name with a comma
# In columns of one name a field, the published tables show commas in 0.3 % of the names, and of
# the names with a comma, "&" or another of these marks at most 30 % begin with a known name.
COMMON, MANY, KNOWN_SHARE, FEWEST_KNOWN = 0.05, 5, 0.5, 2


def _part_names(credits: pd.Series, rows: np.ndarray, column: str) -> tuple[list, list[str]]:
    """Return the names of each credit, and the marks that part them in the column as a whole."""
    parted = [credit.split(";") for credit in credits.tolist()]
    marks = [";"] if any(len(names) > 1 for names in parted) else []
    if column == "genres" and not marks:
        return [credit.split(",") for credit in credits], [","]
    if column in ("genre", "genres"):
        return parted, marks
    several = not marks and re.search(r"artists|\(s\)|_s$|performers|names", column.lower())
    names: Counter[str] = Counter()  # the rows of each name
    for credit, count in zip(parted, rows, strict=True):
        for one in credit:
            names[one.strip()] += count
    # most names hold no mark, and to look at all of them for each mark is what takes time
    parts = {one: [_hide(KNOWN_WHOLE, one)] for one in names if JOINED.search(one)}
    for one, (hidden,) in parts.items():
        count = names.pop(one)
        names[hidden] += count
    for mark in SEPARATORS:
        joined = {part for each in parts.values() for part in each if JOINED.search(part)}
        found = _separate(names, joined, mark, bool(several))
        if found:
            marks.append(mark)
            for one, each in parts.items():
                parts[one] = [part for old in each for part in found.get(old, [old])]
            for old, new in found.items():
                count = names.pop(old)
                names.update(dict.fromkeys(new, count))
    shown = {one: [part.translate(SHOWN) for part in each] for one, each in parts.items()}
    parted = [[part for one in credit for part in shown.get(one.strip(), [one])]
              for credit in parted]  # fmt: skip
    return parted, marks


def _hide(pattern: re.Pattern, name: str) -> str:
    """Return a name with the separators inside of each match written otherwise."""
    return pattern.sub(lambda found: found[0].translate(HIDE), name) if "," in name else name


def _separate(
    names: Counter[str], joined: set[str], mark: str, several: bool
) -> dict[str, list[str]]:
    """Return the parts of every name that a mark parts; none where the mark belongs to names.

    A first part is known for a name where it stands alone elsewhere, or before several others.
    """
    pattern = SEPARATORS[mark]
    texts = {one: one for one in joined}
    if mark == ",":
        pairs = _find_pairs(names, joined)
        texts = {one: _hide(pairs, one) if pairs else one for one in joined}
    split = {
        one: [part.strip(" ()[]") if mark in ("feat.", "with") else part
              for part in pattern.split(text)]
        for one, text in texts.items() if pattern.search(text)
    }  # fmt: skip
    after = defaultdict(set)
    for parts in split.values():
        for part, following in pairwise([*parts, ""]):
            after[part].add(following)
    known = {one: parts for one, parts in split.items()
             if parts[0] in names or "" in after[parts[0]] or len(after[parts[0]]) > 1}  # fmt: skip
    by_data = len(known) >= max(FEWEST_KNOWN, KNOWN_SHARE * len(split))
    many = len(split) >= MANY
    if mark == ",":
        return split if several or by_data or (many and len(split) > COMMON * len(names)) else {}
    if mark == "feat.":  # hardly a word of any name
        return split if by_data or many else {}
    return known if by_data else {}


def _find_pairs(names: Counter[str], joined: set[str]) -> re.Pattern | None:
    """Return what matches names such as "X, The Y" and "X, Y & Z", None where there are none.

    Neither of the two parts is ever found without the other, in more than one row.
    """
    parts = {one: one.split(", ") for one in joined if ", " in one}
    parts |= {one: [one] for each in parts.values() for one in each if one in names}
    after, before = defaultdict(Counter), defaultdict(set)
    for one, each in parts.items():
        for part, following in pairwise(["", *each, ""]):
            after[part][following] += names[one]
            before[following].add(part)
    pairs = [
        re.escape(f"{part}, {following}")
        for part, found in after.items()
        for following, count in found.items()
        if part and len(found) == 1 and count > 1 and before[following] == {part}
        and ENDING.search(following)
    ]  # fmt: skip
    return re.compile("|".join(pairs)) if pairs else None
