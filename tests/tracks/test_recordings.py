"""What counts as the same title."""

import pytest
from made_tracks import make_tracks

from analysis.tracks.recordings import bare_title, recording_numbers

SAME = [
    ("Heroes", "Heroes - 2017 Remaster"),
    ("Heroes", '"Heroes" (Remastered 2009)'),
    ("Déjà Vu", "DEJA VU (feat. Jay-Z)"),
    ("Señorita", "Senorita - Radio Edit"),
    ("Memories", 'Memories - From "Cats"'),
    ("10,000 Hours", "10,000 Hours (with Justin Bieber)"),
    ("Yesterday", "Yesterday - Mono / 2009 Remaster"),
    ("Layla", "Layla [Single Version]"),
    ("Creep", "Creep - Bonus Track"),
    ("Despacito", "Despacito (Featuring Daddy Yankee)"),
    ("Hello", "  hello! "),
    ("Roads", "Roads - Explicit"),
    ("Coração", "Coração (Participação Especial de Ivete)"),
    ("Let Go", "Let Go feat. Nobody"),
    ("Ёлка", "Елка"),
    ("Άγγελε", "ΑΓΓΕΛΕ"),
    ("Tiếng Việt", "Tieng Viet"),
    ("カキ", "ｶｷ"),
    ("\u00c9", "E\u0301"),
    ("\u304c", "\u304b\u3099"),
    ("\uac00", "\u1100\u1161"),
    ("❤\ufe0f", "❤"),
    ("دل - Remastered", "دل"),
    ("1999", "1999 - Remastered"),
]
# pairs that differ in marks only, or in nothing but marks
SCRIPTS = {
    "Devanagari": ("मेरा", "मीरा"),
    "Bengali": ("দিন", "দান"),
    "Gurmukhi": ("ਦਿਲ", "ਦਾਲ"),
    "Gujarati": ("દિલ", "દાલ"),
    "Tamil": ("பாடு", "பூடு"),
    "Telugu": ("పాట", "పూట"),
    "Kannada": ("ಹಾಡು", "ಹೂಡು"),
    "Malayalam": ("പാട്ട്", "പൂട്ട്"),
    "Sinhala": ("ගීත", "ගාත"),
    "Thai": ("ปี", "ปู"),
    "Lao": ("ປີ", "ປູ"),
    "Tibetan": ("བོད", "བུད"),
    "Burmese": ("မိ", "မု"),
    "Khmer": ("គីរី", "គូរូ"),
    "hiragana": ("かき", "がき"),
    "katakana": ("ハハ", "パパ"),
    "half-width katakana": ("ﾀﾀ", "ﾀﾞﾀﾞ"),
    "Hangul": ("가나", "거너"),
    "jamo": ("ㅏㅏ", "ㅓㅓ"),
    "Han": ("爱", "愛"),
    "Arabic": ("عَلَم", "عِلْم"),
    "Persian": ("کُشت", "کِشت"),
    "Hebrew": ("סֵפֶר", "סַפָּר"),
    "Cyrillic": ("мой", "мои"),
    "Greek": ("ώρα", "χώρα"),
    "Georgian": ("გული", "გულო"),
    "Ethiopic": ("ፍቅር", "ፍቅሩ"),
    "numbers": ("4:44", "444"),
    "signs": ("+", "÷"),
    "marks": ("...", "???"),
    "emoji": ("🔥 2", "💃 2"),
}
OTHER = [
    ("Heroes", "Heroes - Live"),
    ("Heroes", "Heroes - Acoustic"),
    ("Heroes", "Heroes (Instrumental)"),
    ("Heroes", "Heroes - Tiësto Remix"),
    ("Heroes", "Heroes - Ao Vivo"),
    ("Another Brick in the Wall, Pt. 1", "Another Brick in the Wall, Pt. 2"),
    ("Holiday", "Holiday - Extended Mix"),
    ("Alive", "Alive (Reprise)"),
    ("1999", "2000"),
    ("?", "!"),
    ("(Remastered)", "(Live)"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_packing_is_left_out(one, other):
    """Releases of one recording have one bare title."""
    assert bare_title(one) == bare_title(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_recordings_stay_apart(one, other):
    """Another performance or version keeps a title of its own."""
    assert bare_title(one) != bare_title(other)


@pytest.mark.parametrize("script", SCRIPTS)
def test_marks_of_other_scripts_tell_titles_apart(script):
    """Only accents of Latin, Greek and Cyrillic letters may be left out."""
    one, other = SCRIPTS[script]
    assert bare_title(one) != bare_title(other)
    assert bare_title(one) == bare_title(f"{one} - Remastered 2011") == bare_title(f"  {one} ")


def test_songs_in_other_scripts_stay_as_many():
    """One artist's songs, and artists whose names differ in marks only."""
    titles = [title for pair in SCRIPTS.values() for title in pair]
    tracks = make_tracks(len(titles), 2).assign(title=titles, artist="A", artists="A")
    assert len(set(recording_numbers(tracks))) == len(titles)
    tracks = tracks.assign(title="Song", artist=titles, artists=titles)
    assert len(set(recording_numbers(tracks))) == len(titles)


@pytest.mark.parametrize("title", ["(feat. X)", "???", "- Remastered", "[Deluxe]", "愛をこめて"])
def test_nothing_is_left_of_no_title(title):
    """A title of packing or marks alone is kept rather than emptied."""
    assert bare_title(title)
