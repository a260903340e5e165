"""The language of a title, where its script or its small words give it away."""

import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

# Words that are frequent in one of these languages and (nearly) absent from the others.
WORDS = {
    "English": "the you my your and with this that what when love of it we i'm don't is are was "
    "for never from like baby all up out time good night how",
    "Spanish": "el los las y una mi tu te por con quiero corazon amor del como eres muy mas donde "
    "vida noche porque yo esta estoy soy hasta",
    "Portuguese": "o os voce meu minha nao eu coracao uma ao vivo pra saudade tudo bem nosso dos "
    "das sou mais seu quem",
    "German": "ich du der das und nicht ist mein dich wir ein eine im mit auf liebe wenn wie mir",
    "French": "le les je et des moi dans pour une est pas mon ton qui vous nous avec toi jour",
    "Italian": "il che di non per sono amore mio mia gli della anche cuore senza ti piu vita "
    "quando cosa sei",
}
LEXICON = {language: frozenset(words.split()) for language, words in WORDS.items()}
UNKNOWN = "not detected"
OTHER_SCRIPT = "another script than Latin"
# What a title adds to the song's name, mostly in English whatever the song's language.
PACKING = re.compile(r"\s*[(\[].*?[)\]]|\s+-\s.*$")


def title_languages(titles: pd.Series) -> pd.Series:
    """Return a language for every title.

    A title is a few words, so most languages stay unknown; a title counts for the language of
    which it has the most small words, if no other has as many.

    Parameters
    ----------
    titles : Series of str

    Returns
    -------
    Series of str
        A language of `WORDS`, "another script than Latin" or "not detected"; index of `titles`.
    """
    found = {title: title_language(title) for title in titles.unique()}
    return titles.map(found).astype("str")


def title_language(title: str) -> str:
    """Return the language of one title; see `title_languages`."""
    bare = PACKING.sub("", title) or title
    letters = [letter for letter in bare if letter.isalpha()]
    if letters and sum(_is_latin(letter) for letter in letters) < len(letters) / 2:
        return OTHER_SCRIPT
    hits = _count_words(re.findall(r"[a-z']+", _plain(bare)))
    most = max(hits.values())
    leaders = [language for language, number in hits.items() if number == most]
    return leaders[0] if most and len(leaders) == 1 else UNKNOWN


def _count_words(words: Iterable[str]) -> dict[str, int]:
    """Return how many words are small words of each language."""
    seen = list(words)
    return {name: sum(word in known for word in seen) for name, known in LEXICON.items()}


def _is_latin(letter: str) -> bool:
    """Tell whether a letter is of the Latin script."""
    return "LATIN" in unicodedata.name(letter, "")


def _plain(text: str) -> str:
    """Return text in lower case without accents."""
    apart = unicodedata.normalize(
        "NFKD", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
