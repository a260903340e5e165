"""The order of a file's rows changes nothing, from cleaning to predictions."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analysis.inference import final_model, ladders
from analysis.prediction import ceiling, leakage
from analysis.prediction.learners import BOOSTING, fit_learner, predict
from analysis.tracks.cleaning import clean
from analysis.tracks.ordering import sort_rows
from analysis.tracks.splitting import hold_out
from tests.tracks.made_tracks import add_repeats, make_tracks


def make_table() -> pd.DataFrame:
    """A table with repeats of all kinds, one identifier in several genres, and lost identifiers."""
    table = add_repeats(make_tracks(420, 50), 90)
    other = table.sample(30, random_state=1).assign(genre="opera", popularity=50.0)
    other["valence"] = (other["valence"] + 0.1).clip(0, 1)
    table = pd.concat([table, other], ignore_index=True)
    table.loc[table.index % 40 == 0, "track_id"] = ""
    return table


def shuffled(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same rows in another order, numbered anew as when they are read from a file."""
    return table.sample(frac=1, random_state=seed, ignore_index=True)


def study(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Take a table through everything that draws, divides or numbers its rows."""
    cleaned = clean(table)
    split = hold_out(cleaned.tracks)
    compared, effects = final_model.answer(ladders.build_ladder(split.train))
    learner = fit_learner(BOOSTING, split.train, BOOSTING.defaults() | dict(BOOSTING.draft))
    predicted = pd.DataFrame({"predicted": predict(learner, split.test)})
    return {
        "account": cleaned.account,
        "tracks": cleaned.tracks,
        "train": split.train,
        "test": split.test,
        "ladder": compared.drop(columns="terms"),
        "effects": effects,
        "leakage": leakage.leakage_table.fresh(table, cleaned.tracks),
        "repeats": ceiling.repeat_measurements(table),
        "predicted": predicted,
    }


@pytest.fixture(scope="module")
def as_written():
    return study(make_table())


@pytest.mark.parametrize("seed", [1, 2])
def test_no_number_depends_on_the_order_of_rows(as_written, seed):
    again = study(shuffled(make_table(), seed))
    for name, frame in as_written.items():
        assert_frame_equal(frame, again[name], check_exact=True, obj=name)


def test_leakage_does_not_depend_on_the_order_of_clean_rows(as_written):
    table, tracks = make_table(), as_written["tracks"]
    found = leakage.leakage_table.fresh(shuffled(table, 3), shuffled(tracks, 4))
    assert_frame_equal(found, as_written["leakage"], check_exact=True)


def test_sorting_is_one_order_of_the_same_rows():
    table = make_table()
    found = sort_rows(shuffled(table, 5))
    assert_frame_equal(found, sort_rows(table))
    assert len(found) == len(table)
    assert found["track_id"].is_monotonic_increasing
