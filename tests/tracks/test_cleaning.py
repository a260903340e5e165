"""Cleaning keeps every recording once and accounts for every row."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tracks import add_repeats, make_tracks

from analysis.tracks import cleaning, datasets, schema
from analysis.tracks.recordings import recording_numbers

SEEDS = st.integers(0, 2**16)
FEW = settings(max_examples=8, deadline=None)


def _spoil(tracks: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the table with codes, gaps and nameless rows in it."""
    tracks = tracks.copy()
    rng = np.random.default_rng(seed)
    spoiled = {"tempo": 0, "valence": 0, "key": -1, "energy": np.nan, "duration_ms": 0}
    for name, value in spoiled.items():
        tracks.loc[rng.random(len(tracks)) < 0.02, name] = value
    tracks.loc[rng.random(len(tracks)) < 0.02, ["artist", "artists"]] = ""
    return tracks


@FEW
@given(seed=SEEDS, repeats=st.integers(0, 80))
def test_every_row_is_accounted_for(seed, repeats):
    """Rows in are rows out and rows dropped, at every step."""
    tracks = _spoil(add_repeats(make_tracks(400, seed=seed), repeats, seed), seed)
    cleaned = cleaning.clean(tracks)
    account = cleaned.account
    assert list(account.columns) == ["step", "reason", "dropped", "left"]
    assert account["left"].iloc[0] == len(tracks)
    assert account["left"].iloc[-1] == len(cleaned.tracks)
    assert (
        (account["left"].shift(fill_value=len(tracks)) - account["left"])
        .eq(account["dropped"])
        .all()
    )
    assert account["dropped"].ge(0).all()


@FEW
@given(seed=SEEDS, repeats=st.integers(0, 80))
def test_no_recording_is_there_twice(seed, repeats):
    """Repeats of the three kinds all go, and nothing else does."""
    tracks = make_tracks(300, seed=seed)
    cleaned = cleaning.clean(add_repeats(tracks, repeats, seed))
    assert len(cleaned.tracks) == len(tracks)
    assert len(np.unique(recording_numbers(cleaned.tracks))) == len(tracks)
    schema.validate(cleaned.tracks)


@FEW
@given(seed=SEEDS)
def test_order_of_rows_does_not_matter(seed):
    """A shuffled file gives the same table and the same account."""
    tracks = _spoil(add_repeats(make_tracks(300, seed=seed), 60, seed), seed)
    shuffled = tracks.sample(frac=1, random_state=seed)
    ours, theirs = cleaning.clean(tracks), cleaning.clean(shuffled)
    pd.testing.assert_frame_equal(ours.tracks, theirs.tracks)
    pd.testing.assert_frame_equal(ours.account, theirs.account)


def test_signs_chain():
    """A shares its title with B, B its scores with C: one recording."""
    tracks = make_tracks(3, seed=1)
    tracks["artist"] = tracks["artists"] = "Nina"
    tracks.loc[1, "title"] = tracks.loc[0, "title"].upper()
    scores = list(schema.FEATURES)
    tracks.loc[2, scores] = tracks.loc[1, scores]
    assert recording_numbers(tracks).tolist() == [0, 0, 0]
    assert recording_numbers(tracks, ("id", "title")).tolist() == [0, 0, 1]
    assert recording_numbers(tracks, ("id",)).tolist() == [0, 1, 2]


def test_numbers_agree_with_pairwise_comparison():
    """Oracle: link all pairs of rows by hand and walk the links."""
    tracks = add_repeats(make_tracks(60, 5, seed=3), 40, seed=3)
    tracks["mark"] = range(len(tracks))
    groups = tracks["mark"].tolist()
    scores = tracks[list(schema.FEATURES)].apply(tuple, axis=1)
    bare = tracks["title"].str.replace(" - Remastered 2011", "").str.lower()
    keys = [tracks["track_id"], bare + tracks["artist"], scores]
    for _ in range(5):
        for key in keys:
            groups = pd.Series(groups).groupby(key.to_numpy()).transform("min").tolist()
    ours = recording_numbers(tracks)
    assert pd.Series(groups).groupby(ours).nunique().eq(1).all()
    assert len(set(groups)) == len(np.unique(ours))


def test_most_popular_release_stands_for_the_recording():
    """Of three releases with one title the most popular is kept."""
    tracks = make_tracks(300)
    copies = pd.concat([tracks.iloc[[5]]] * 2, ignore_index=True)
    copies = copies.assign(track_id=["x1", "x2"], popularity=[100.0, 100.0], energy=[0.1, 0.2])
    tracks.loc[5, "popularity"] = 3
    kept = cleaning.clean(pd.concat([tracks, copies])).tracks.set_index("title")
    assert kept.loc[tracks.loc[5, "title"], "track_id"] == "x1"


def _list(rows: list[tuple[int, str, str]]) -> pd.Series:
    """Return the genres chosen for (recording, artist, genre) rows."""
    return cleaning.choose_genres(pd.DataFrame(rows, columns=["recording", "artist", "genre"]))


def test_genre_is_the_one_listed_most_often():
    """Then the artist's own, then the rarest, then the first by name."""
    assert _list([(1, "a", "x"), (1, "a", "y"), (1, "a", "y")])[1] == "y"
    assert _list([(1, "a", "x"), (1, "a", "y"), (2, "a", "y")])[1] == "y"
    assert _list([(1, "a", "x"), (1, "a", "y"), (2, "b", "x")])[1] == "y"
    assert _list([(1, "a", "y"), (1, "a", "x")])[1] == "x"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("tempo", 0, cleaning.ANALYSIS),
        ("danceability", 0, cleaning.ANALYSIS),
        ("valence", 0, cleaning.ANALYSIS),
        ("time_signature", 0, cleaning.ANALYSIS),
        ("key", -1, cleaning.NO_KEY),
        ("duration_ms", 0, f"{cleaning.MISSING}: duration_ms"),
        ("loudness", np.nan, f"{cleaning.MISSING}: loudness"),
        ("artist", "", cleaning.NO_ARTIST),
    ],
)
def test_reasons(name, value, reason):
    """Each defect has its reason; the smallest estimate of valence is none."""
    tracks = make_tracks(3)
    tracks["valence"] = 0.00001
    tracks.loc[1, name] = value
    assert cleaning.unusable(tracks).tolist() == ["", reason, ""]


def test_valence_is_not_needed_for_a_prediction():
    """A track to be predicted may lack valence, title and artist."""
    tracks = make_tracks(3).drop(columns=["valence", "artist", "artists", "title"])
    assert cleaning.unusable(tracks, schema.PREDICTION).tolist() == ["", "", ""]


def test_rows_without_scores_cost_no_column():
    """Podcasts and local files lack all but a length: they are dropped, the metre stays."""
    tracks = make_tracks(300)
    tracks["time_signature"] = np.where(np.arange(300) % 5 == 0, 3.0, 4.0)
    numbers = tracks.select_dtypes("number").columns.drop("duration_ms")
    tracks.loc[:29, numbers] = np.nan
    cleaned = cleaning.clean(tracks)
    assert len(cleaned.tracks) == 270
    assert cleaned.tracks["metre"].value_counts().to_dict() == {"4/4": 216, "3/4": 54, "other": 0}


def test_sparse_optional_column_is_left_out():
    """A few gaps cost rows, many cost the column."""
    tracks = make_tracks(400)
    tracks.loc[:3, "popularity"] = np.nan
    few = cleaning.clean(tracks)
    assert (len(few.tracks), few.tracks["popularity"].dtype) == (396, "int64")
    tracks.loc[:300, "popularity"] = np.nan
    many = cleaning.clean(tracks)
    assert len(many.tracks) == 400
    assert "popularity" not in many.tracks


@pytest.mark.parametrize(("each", "kept"), [(9, False), (10, True)])
def test_genre_of_which_none_has_enough_rows_is_left_out(each, kept):
    """A genre of nine tracks says little more than an artist's name does; one of ten is enough."""
    tracks = make_tracks(240, seed=1)
    tracks["genre"] = [*["folk"] * each, *(f"genre {n // 4}" for n in range(240 - each))]
    assert ("genre" in cleaning.clean(tracks).tracks) == kept


@pytest.mark.parametrize("shape", [(150, 40), (300, 10), (0, 0)])
def test_too_little_is_refused(shape):
    """Fewer than 200 tracks or 20 artists are not studied, and the sentence says how many."""
    tracks = make_tracks(*shape) if shape[0] else make_tracks(300).assign(tempo=0.0)
    with pytest.raises(schema.BadInput, match="at least 200 tracks of 20 artists"):
        cleaning.clean(tracks)


def test_categories_have_their_levels():
    """Key, mode, metre and genre are categories with the reference level first."""
    tracks = cleaning.clean(make_tracks(300)).tracks
    assert tuple(tracks["key"].cat.categories) == schema.KEYS
    assert tuple(tracks["mode"].cat.categories) == ("minor", "major")
    assert tuple(tracks["metre"].cat.categories) == ("4/4", "3/4", "other")
    raw = make_tracks(300).set_index("track_id")
    assert (tracks["key"].cat.codes.to_numpy() == raw.loc[tracks["track_id"], "key"]).all()
    assert (tracks["metre"] == "3/4").sum() == (raw["time_signature"] == 3).sum()


def test_embedded_table_is_clean():
    """The embedded table comes out valid, with no gap in it."""
    tracks = cleaning.clean(datasets.load("genres")).tracks
    schema.validate(tracks)
    assert not tracks.isna().to_numpy().any()


def test_schema_refuses_what_cleaning_would_never_return():
    """Pandera names the column of a value outside its range and of a repeated identifier."""
    tracks = cleaning.clean(make_tracks(300)).tracks
    with pytest.raises(schema.BadInput, match="valence"):
        schema.validate(tracks.assign(valence=2.0))
    with pytest.raises(schema.BadInput, match="track_id"):
        schema.validate(pd.concat([tracks, tracks.iloc[[0]]]))


def test_dictionary_describes_what_is_there():
    """With a table the dictionary is cut to its columns and says what they hold."""
    tracks = cleaning.clean(make_tracks(300)).tracks
    described = schema.dictionary(tracks).set_index("name")
    assert set(described.index) < set(schema.dictionary()["name"])
    assert described.loc["valence", "largest"] == tracks["valence"].max()
    assert described.loc["genre", "levels"] == 3
