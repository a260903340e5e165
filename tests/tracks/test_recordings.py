"""What counts as the same title."""

import pytest

from analysis.tracks.recordings import bare_title

SAME = [
    ("Heroes", "Heroes - 2017 Remaster"),
    ("Heroes", "\"Heroes\" (Remastered 2009)"),
    ("Déjà Vu", "DEJA VU (feat. Jay-Z)"),
    ("Señorita", "Senorita - Radio Edit"),
    ("Memories", "Memories - From \"Cats\""),
    ("10,000 Hours", "10,000 Hours (with Justin Bieber)"),
    ("Yesterday", "Yesterday - Mono / 2009 Remaster"),
    ("Layla", "Layla [Single Version]"),
    ("Creep", "Creep - Bonus Track"),
    ("Despacito", "Despacito (Featuring Daddy Yankee)"),
    ("Hello", "  hello! "),
    ("Roads", "Roads - Explicit"),
    ("Coração", "Coração (Participação Especial de Ivete)"),
    ("Let Go", "Let Go feat. Nobody"),
]
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


@pytest.mark.parametrize("title", ["(feat. X)", "???", "- Remastered", "[Deluxe]", "愛をこめて"])
def test_nothing_is_left_of_no_title(title):
    """A title of packing or marks alone is kept rather than emptied."""
    assert bare_title(title)
