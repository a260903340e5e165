"""The sizes that claims are weighed by, and the parts of the variance of valence."""

import numpy as np
import pandas as pd
import pytest

from analysis.derivation import evidence
from analysis.derivation.variance import divide_variance
from analysis.tracks import datasets
from analysis.tracks.cleaning import clean
from tests.tracks.made_tracks import add_analysis, make_tracks

NO_REPEATS = pd.DataFrame([{"variance": 0.05, "icc": np.nan, "low": np.nan, "high": np.nan}])


@pytest.fixture(scope="module")
def tracks() -> pd.DataFrame:
    made = clean(make_tracks(600, 60, 4)).tracks
    valence = 0.2 + 0.6 * made["danceability"]
    valence += 0.02 * np.random.default_rng(4).standard_normal(len(made))
    return made.assign(valence=valence.clip(0.01, 0.99))


def score_groups(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of groups by fewer rounds of boosting than in the report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence, "JOBS", 1)
        patch.setattr(evidence, "ROUNDS", 40)
        return evidence.score_feature_groups.fresh(tracks, n_folds=3)


@pytest.fixture(scope="module")
def groups(tracks) -> pd.DataFrame:
    return score_groups(tracks)


def test_what_made_valence_is_recognised(tracks, groups):
    judged = evidence.judge_claims(groups, NO_REPEATS, evidence.end_piles(tracks))
    verdicts = judged["verdict"]
    assert verdicts["rhythm"] == verdicts["scores"] == "supported"
    assert verdicts["genre"] == "not supported"
    # key and mode are not harmony, nor three scores timbre
    assert verdicts[["harmony", "timbre", "vector", "stable"]].eq("not testable here").all()
    assert (judged["size_low"].dropna() <= judged["size_high"].dropna()).all()


def test_an_interval_across_a_threshold_decides_nothing(tracks, groups):
    wide = groups.assign(r2_low=groups["r2"] - 0.3, r2_high=groups["r2"] + 0.3)
    judged = evidence.judge_claims(wide, NO_REPEATS, evidence.end_piles(tracks))
    assert judged.loc["rhythm", "verdict"] == "undecided"


def test_sizes_are_shares_of_what_releases_agree_on(tracks, groups):
    half = NO_REPEATS.assign(icc=0.5, low=0.4, high=0.6)
    judged = evidence.judge_claims(groups, half, evidence.end_piles(tracks))
    assert judged.loc["scores", "size"] == pytest.approx(2 * groups.loc["scores", "r2"])
    assert judged.loc["stable", "verdict"] == "undecided"


def test_groups_of_a_data_set_with_the_audio_analysis():
    tracks = clean(add_analysis(make_tracks(300, 60, 4))).tracks
    heard = tracks["timbre_3"]
    spread = (heard - heard.mean()) / heard.std()
    groups = score_groups(tracks.assign(valence=(0.5 + 0.15 * spread).clip(0.01, 0.99)))
    assert groups.loc["audio analysis", "r2"] > 0.6 > 0.2 > groups.loc["scores", "r2"]
    judged = evidence.judge_claims(groups, NO_REPEATS, evidence.end_piles(tracks))
    assert judged.loc["vector", "verdict"] == "supported"


def test_the_data_set_on_which_the_piles_were_found_cannot_test_them(tracks, groups):
    embedded = evidence.end_piles(clean(datasets.load("genres")).tracks)
    assert embedded["seen"] and not evidence.end_piles(tracks)["seen"]
    judged = evidence.judge_claims(groups, NO_REPEATS, embedded)
    assert judged.loc["rescaled", "verdict"] == "not testable here"
    assert judged.loc["rescaled", "size"] == embedded["ratio"]


def test_piles_are_seen_where_they_are(tracks):
    even = pd.concat([tracks] * 20, ignore_index=True)
    even["valence"] = np.random.default_rng(0).uniform(0, 1, len(even))
    flat = evidence.end_piles(even)
    assert flat["low"] < 1 < flat["high"]
    cut = even.assign(valence=even["valence"].clip(0.035, 0.965))
    assert evidence.end_piles(cut)["low"] > 2


# the variance ------------------------------------------------------------------------------------


def test_known_shares_of_the_variance_are_found():
    """A formula, a method, an artist and a recording have 30, 20, 10 and 36% of the variance."""
    rng = np.random.default_rng(2)
    artists = np.repeat(np.arange(800), 5)
    shares = {"formula": 0.3, "method": 0.2, "artist": 0.1, "recording": 0.36, "release": 0.04}
    parts = {name: np.sqrt(share) * rng.standard_normal(4000) for name, share in shares.items()}
    parts["artist"] = np.sqrt(0.1) * rng.standard_normal(800)[artists]
    tracks = pd.DataFrame({"valence": sum(parts.values()), "artist_key": artists.astype(str)})
    repeats = pd.DataFrame([{"icc": 0.96, "low": 0.95, "high": 0.97,
                             "variance": tracks["valence"].var(ddof=0)}])  # fmt: skip
    known = parts["formula"], parts["formula"] + parts["method"]
    found = divide_variance(tracks, *known, repeats)
    assert found["share"].sum() == pytest.approx(1)
    assert found["end"].iloc[-1] == pytest.approx(1)
    np.testing.assert_allclose(found["share"], list(shares.values()), atol=0.03)
    assert ((found["share_low"] < found["share"]) & (found["share"] < found["share_high"])).all()
    assert (found["share_low"] < np.array(list(shares.values()))).all()


def test_without_repeated_recordings_releases_have_no_share(tracks):
    guess = tracks["valence"] + 0.05
    found = divide_variance(tracks, guess, guess, NO_REPEATS).set_index("part")
    assert found.loc["between releases of one recording", "share"] == 0
    assert found["share"].sum() == pytest.approx(1)
