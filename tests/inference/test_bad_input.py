"""Tables that break naive analyses still give every frame, without a gap in any number."""

import numpy as np
import pandas as pd
import pytest
from simulated_tracks import make_tracks, typed

from analysis.inference import final_model, halving, ladders
from analysis.tracks.cleaning import derive_columns
from analysis.tracks.schema import BadInput
from analysis.tracks.splitting import grouped_folds


@pytest.fixture(scope="module")
def tracks():
    """Return simulated tracks, more than R read."""
    return typed(make_tracks(artists=150, seed=3, size=1000))


def constant_feature(tracks):
    """Give every track the same liveness."""
    return tracks.assign(liveness=0.1)


def missing_values(tracks):
    """Leave popularity out for one track in ten, and the year for half of them."""
    order = np.arange(len(tracks))
    popularity = pd.Series(order % 90, dtype=float).mask(order % 10 == 0)
    year = pd.Series(1990 + order % 30, dtype=float).mask(order % 2 == 0)
    return tracks.assign(popularity=popularity, year=year)


def genre_of_five(tracks):
    """Give five tracks a genre of their own."""
    small = tracks["genre"].astype(str).mask(np.arange(len(tracks)) < 5, "polka")
    return tracks.assign(genre=pd.Categorical(small))


def single_genre(tracks):
    """Give every track the same genre."""
    return tracks.assign(genre=pd.Categorical(["pop"] * len(tracks)))


def no_genre(tracks):
    """Leave genre out."""
    return tracks.drop(columns="genre")


def one_artist_with_half(tracks):
    """Give every second track to one artist."""
    artist = tracks["artist"].mask(np.arange(len(tracks)) % 2 == 0, "The Prolific")
    return tracks.assign(artist=artist, artists=artist)


def duplicated_column(tracks):
    """Make acousticness a copy of energy."""
    return tracks.assign(acousticness=tracks["energy"])


SPOILERS = (constant_feature, missing_values, genre_of_five, single_genre, no_genre,
            one_artist_with_half, duplicated_column)  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
def test_every_number_is_there(tracks, spoil):
    found = ladders.build_ladder(derive_columns(spoil(tracks)))
    frame = found.frame
    compared = ladders.compare_candidates.fresh(found, grouped_folds(frame, 5))
    assert np.isfinite(compared.select_dtypes("number").to_numpy()).all()
    halved = halving.aggregate(halving.halve.fresh(found, repeats=4).drop(columns="chosen"))
    assert halved["p_halved_holm"].between(0, 1).all()
    # the largest formula, whatever the choice would be
    fit = final_model.fit_clustered(compared["formula"].iloc[-1], frame)
    table = final_model.summarize(fit, frame)
    assert np.isfinite(table[["f", "p", "p_holm", "r2_lost"]].to_numpy()).all()
    assert table.dropna(subset="difference")["difference_low"].notna().all()


@pytest.mark.parametrize(
    ("spoil", "what", "reason"),
    [
        (constant_feature, "liveness", "the same for every track"),
        (missing_values, "year", "missing for 50 % of the tracks"),
        (genre_of_five, "genre 'polka'", "fewer than 10 tracks"),
        (single_genre, "genre", "the same for every track"),
        (no_genre, "genre", "not in this table"),
        (duplicated_column, "acousticness", "in the same order as energy"),
    ],
)
def test_what_is_left_out_is_said(tracks, spoil, what, reason):
    said = ladders.build_ladder(derive_columns(spoil(tracks))).left_out
    assert any(what in row.what and reason in row.reason for row in said.itertuples()), said


def test_rows_with_gaps_are_not_used(tracks):
    spoiled = missing_values(tracks)
    assert len(ladders.build_ladder(spoiled).frame) == spoiled["popularity"].notna().sum()


def test_constant_valence_is_refused(tracks):
    with pytest.raises(BadInput, match="one value only"):
        ladders.build_ladder(tracks.assign(valence=0.5))


def test_values_that_are_compared_can_be_read(tracks):
    """Neither a year nor a tempo is printed in powers of ten."""
    order = np.arange(len(tracks))
    frame = ladders.build_ladder(tracks.assign(year=1960 + order % 51)).frame
    fit = final_model.fit_clustered("valence ~ year + tempo", frame)
    words = {one.feature: one.words for one in final_model.contrasts(fit, frame)}
    assert words["year"] == "1965 to 2005"
    ends = np.quantile(frame["tempo"], [0.1, 0.9])
    assert [float(end) for end in words["tempo"].split(" to ")] == pytest.approx(ends, rel=5e-3)
