"""Musicians' ways to write keys agree with each other, and what is no key is none."""

import pandas as pd
import pytest

from analysis.tracks.notation import read_keys
from analysis.tracks.schema import KEYS

# Camelot's wheel as disc jockeys print it, from 1 to 12
MINOR = ("Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "Dbm")
MAJOR = ("B", "F#", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E")


def test_wheels_agree_with_names():
    """8A is A minor, and 1m on the other wheel."""
    names = read_keys(pd.Series([*MINOR, *(f"{name} major" for name in MAJOR)]))
    hours = range(1, 13)
    camelot = read_keys(pd.Series([f"{hour}{letter}" for letter in "AB" for hour in hours]))
    turned = [(hour + 4) % 12 + 1 for hour in hours]
    other = read_keys(pd.Series([f"{hour}{letter}" for letter in "md" for hour in turned]))
    pd.testing.assert_frame_equal(camelot, names)
    pd.testing.assert_frame_equal(other, names)


def test_names_of_keys():
    """Flats, sharps, both, and words give the pitch class of the sharp."""
    for code, name in enumerate(KEYS):
        written = [name, name.replace("♯", "#"), f"{name} minor", name.replace("♯", " sharp")]
        assert set(read_keys(pd.Series(written))["key"]) == {code}
    flats = pd.Series(["D♭", "Eb", "G flat", "A-flat major", "A#/Bb"])
    assert read_keys(flats)["key"].tolist() == [1, 3, 6, 8, 10]


def test_small_letters_beside_capitals_may_mean_minor():
    small = pd.Series(["c#", "ebm", "b", "bb", "f# minor"])
    assert read_keys(small)["key"].tolist() == [1, 3, 11, 10, 6]
    beside = read_keys(pd.concat([small, pd.Series(["Bb"])]))["key"]
    assert beside.fillna(-1).tolist() == [-1, 3, -1, -1, 6, 10]


@pytest.mark.parametrize("text", ["H", "13A", "0B", "Eb/D", "Cmajor7", "5", ""])
def test_what_is_no_key(text):
    """Two names must be of one pitch class."""
    assert read_keys(pd.Series([text])).isna().all(axis=None)
