"""Tell which rows are releases of one recording.

Three signs, each enough: the same identifier; the same bare title by the same first artist, or by
the same artists in another order; the same audio scores.
They chain: where A shares its title with B and B its scores with C, all three are one recording.
"""

import re
import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from analysis.tracks.schema import FEATURES

SIGNS = ("id", "title", "features")

# Words that tell how a recording was packed, not how it was played.
# On the published tables releases that differ by these have the same valence (median difference
# .00 to .04, most within .05), as have releases of equal title; remixes, live, acoustic, extended,
# instrumental and translated versions differ by more (.06 to .14) and stay recordings of their own.
PACKING = re.compile(
    r"remaster|remasteri[sz]|\bdigital(?:ly)? master"
    r"|^(?:feat|ft|featuring|with|w/|con|part\. esp|participacao especial)\b"
    r"|\bfeat(?:uring|\.)|\bft\."
    r"|^radio (?:edit|version|mix)$|^(?:single|album|ep|lp|standard|main) (?:version|edit|mix)"
    r"|^original (?:mix|version)$|^original$|^(?:mono|stereo)\b|\b(?:mono|stereo)(?: version)?$"
    r"|^from (?:the |[\"'“”\u2018\u2019])|\bsoundtrack\b|^bonus ?track"
    r"|^(?:explicit|clean)(?: version)?$"
    r"|^(?:deluxe|anniversary|special|expanded)\b|\bedition$|^(?:19|20)\d\d$"
)
BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
TAIL = re.compile(r"^(.+?)\s+[-\u2013\u2014]\s+(.+)$")
DASH = re.compile(r"\s[-\u2013\u2014]\s")
NO_WORD = re.compile(r"\W+")
GUEST = re.compile(r"\s(?:feat\.?|ft\.?|featuring)\s.*$")
# Accents of Latin, Greek and Cyrillic letters, which are often left out in writing. Marks of other
# scripts are vowels or change a consonant, and so does the breve of the Cyrillic i.
ACCENTED = re.compile(
    "([A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1fff])"
    "(?!(?<=[\u0418\u0438])\u0306)[\u0300-\u036f]+"
)
# joiners and selectors change how a letter or an emoji looks; the one that parts letters is a space
INVISIBLE = dict.fromkeys([0x200B, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F]) | {
    0x200C: " "
}


def bare_title(title: str) -> str:
    """Return a title without what tells of packing, in lower case, without accents and marks.

    "Déjà Vu (feat. Jay-Z) - Remastered 2011" becomes "deja vu", "Déjà Vu - Live" "deja vu live".
    A title without letters keeps its marks: "4:44" is not "444", nor "+" "÷".
    """
    plain = _fold(title)
    # most titles have neither, and searching them is what takes time in a long table
    kept = plain
    if "(" in plain or "[" in plain:
        kept = BRACKET.sub(lambda part: "" if PACKING.search(part[1].strip()) else part[0], plain)
    tail = TAIL.match(kept) if DASH.search(kept) else None
    while tail and PACKING.search(tail[2].strip()):
        kept = tail[1]
        tail = TAIL.match(kept)
    words = _words(GUEST.sub("", kept))
    # one made of packing alone stays what it is
    if not words or not any(map(str.isalpha, words)):
        return " ".join(kept.split()) or plain.strip()
    return words


def _words(text: str) -> str:
    """Return letters, digits and the marks on them, everything else as one space."""
    if text.isascii():
        return NO_WORD.sub(" ", text).strip()
    kept = (
        one if one.isalnum() or one == "_" or unicodedata.category(one)[0] == "M" else " "
        for one in text
    )
    return " ".join("".join(kept).split())


def _fold(text: str) -> str:
    """Return text in lower case without the accents of `ACCENTED`, in one spelling of Unicode."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(INVISIBLE)
    return unicodedata.normalize("NFC", ACCENTED.sub(r"\1", apart))


def recording_numbers(tracks: pd.DataFrame, signs: tuple[str, ...] = SIGNS) -> np.ndarray:
    """Number the recordings of a canonical table by `signs`, one number a row."""
    return growing_numbers(tracks, signs)[-1]


def growing_numbers(tracks: pd.DataFrame, signs: tuple[str, ...] = SIGNS) -> list[np.ndarray]:
    """Number the recordings by the first sign alone, by the first two, and so on."""
    codes, numbers = [], []
    for sign in signs:
        if sign == "id":
            ids = tracks["track_id"]
            codes.append(np.where(ids == "", -1, pd.factorize(ids)[0]))
        else:
            codes += _title_codes(tracks) if sign == "title" else [_feature_codes(tracks)]
        numbers.append(_components(codes, len(tracks)))
    return numbers


def _components(codes: list[np.ndarray], n_rows: int) -> np.ndarray:
    """Number rows that are linked, at any distance, by a code that they share; -1 links nothing."""
    ends, size = [], n_rows
    for code in codes:
        ends.append(np.where(code >= 0, code + size, np.arange(n_rows)))
        size += code.max(initial=-1) + 1
    starts = np.tile(np.arange(n_rows), len(codes))
    links = np.ones(len(starts), dtype=bool), (starts, np.concatenate(ends))
    numbers = connected_components(coo_matrix(links, (size, size)), directed=False)[1]
    return pd.factorize(numbers[:n_rows])[0]


def _title_codes(tracks: pd.DataFrame) -> list[np.ndarray]:
    titles = _number_texts(tracks["title"], bare_title)
    by = _number_texts(tracks["artist"], _fold), _number_texts(tracks["artists"], _order_credits)
    unknown = (tracks["title"] == "") | (tracks["artist"] == "")
    pairs = (titles * (names.max(initial=0) + 1) + names for names in by)
    return [np.where(unknown, -1, pd.factorize(pair)[0]) for pair in pairs]


def _number_texts(values: pd.Series, read: Callable[[str], str]) -> np.ndarray:
    """Number the rows by what is read from their text, each distinct one of which is read once."""
    codes, distinct = pd.factorize(values)
    return pd.factorize(np.array([read(one) for one in distinct.tolist()], dtype=object))[0][codes]


def _order_credits(artists: str) -> str:
    return "; ".join(sorted(_fold(artists).split("; ")))


def _feature_codes(tracks: pd.DataFrame) -> np.ndarray:
    """Return one code for each set of audio scores; -1 where any is missing.

    The length is left out: releases with equal scores differ in it by milliseconds.
    """
    scores = [name for name in FEATURES if name in tracks]
    groups = tracks.groupby(scores, observed=True, dropna=True, sort=False).ngroup()
    return groups.fillna(-1).astype(int).to_numpy()
