"""The evidence for and against each hypothesis, and what remains."""

import numpy as np
import pandas as pd
import pytest

from analysis.prediction import (
    evidence,
    fidelity,
    hypotheses,
    learners,
    remainder,
    titles,
)
from analysis.prediction.derivation import Derivation, Formula, Term
from analysis.prediction.pieces import Atom, Piece
from analysis.reporting.figures import derivation as figures
from analysis.reporting.prose import derivation as prose
from analysis.reporting.tables import derivation as tables
from analysis.tracks import datasets, harmony
from analysis.tracks.cleaning import clean, derive_columns
from tests.tracks.made_tracks import make_tracks

NO_REPEATS = pd.DataFrame([{"recordings": 0, "r2": np.nan, "low": np.nan, "high": np.nan}])


@pytest.fixture(scope="module")
def tracks() -> pd.DataFrame:
    made = clean(make_tracks(600, 60, 4)).tracks
    rng = np.random.default_rng(4)
    valence = 0.2 + 0.6 * made["danceability"] + 0.02 * rng.standard_normal(len(made))
    return made.assign(valence=valence.clip(0.01, 0.99), year=2000 + np.arange(len(made)) % 20)


def quick_trees(features: pd.DataFrame):
    return learners.build_boosting(features, rate=0.3, rounds=25)


@pytest.fixture(scope="module")
def groups(tracks) -> pd.DataFrame:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.prediction.evidence.JOBS", 1)
        # fewer, larger steps of the trees: the test asks for a verdict, not for the last digit
        patch.setattr(evidence, "build_boosting", lambda features, **_: quick_trees(features))
        return evidence.score_feature_groups(tracks, n_folds=3)


def with_pitches(tracks: pd.DataFrame, pitches: np.ndarray) -> pd.DataFrame:
    named = {f"pitch_{k}": pitches[:, k] for k in range(12)}
    return derive_columns(tracks.assign(**named, **{f"timbre_{k}": 0.0 for k in range(12)}))


# harmony -----------------------------------------------------------------------------------------


def test_stacked_fifths_are_fifths():
    few = clean(make_tracks(300, 60, 1)).tracks.head(12)
    fifths = np.tile([1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0.0], (12, 1))
    found = harmony.describe_harmony(with_pitches(few, fifths))
    intervals = found[list(harmony.INTERVALS)]
    assert (intervals.idxmax(axis=1) == "interval_5").all()
    assert harmony.consonance(with_pitches(few, fifths)).gt(0.5).all()


def test_harmony_does_not_depend_on_the_key():
    few = clean(make_tracks(300, 60, 1)).tracks.head(12)
    base = np.random.default_rng(0).uniform(0.1, 1, 12)
    turned = np.stack([np.roll(base, k) for k in range(12)])
    found = harmony.describe_harmony(with_pitches(few, turned)).drop(columns="level_gap")
    assert np.allclose(found, found.iloc[0])


def test_correlations_at_all_intervals_sum_to_minus_one():
    few = clean(make_tracks(300, 60, 1)).tracks
    pitches = np.random.default_rng(0).uniform(0.1, 1, (len(few), 12))
    found = harmony.describe_harmony(with_pitches(few, pitches))
    weights = [2, 2, 2, 2, 2, 1]  # an interval and its complement; the tritone is its own
    total = found[list(harmony.INTERVALS)].to_numpy() @ weights
    np.testing.assert_allclose(total, -1, atol=1e-9)


# hypotheses --------------------------------------------------------------------------------------


def test_thresholds_are_ordered():
    assert all(one.refuted < one.supported for one in hypotheses.HYPOTHESES)
    assert len({one.key for one in hypotheses.HYPOTHESES}) == len(hypotheses.HYPOTHESES)


@pytest.mark.parametrize(
    ("size", "verdict"),
    [(0.95, "supported"), (0.9, "supported"), (0.6, "partly"), (0.49, "not"),
     (np.nan, "not testable here")],
)  # fmt: skip
def test_a_verdict_is_read_off_the_size(size, verdict):
    assert hypotheses.HYPOTHESES[0].judge(size) == verdict


def test_what_made_valence_is_recognised(tracks, groups):
    judged = hypotheses.judge_hypotheses(groups, NO_REPEATS, evidence.end_piles(tracks))
    verdicts = judged.set_index("key")["verdict"]
    assert verdicts["rhythm"] == "supported"
    assert verdicts["scores"] == "supported"
    assert verdicts[["harmony", "timbre", "genre"]].eq("not").all()
    assert verdicts[["vector", "stable"]].eq("not testable here").all()
    rows = groups.set_index("group")
    assert rows.loc["rhythm", "missed"] > 0.7 > 0.05 > abs(rows.loc["timbre", "missed"])


def test_an_interval_across_a_threshold_leaves_a_doubt():
    rhythm = next(one for one in hypotheses.HYPOTHESES if one.key == "rhythm")
    assert rhythm.doubt(0.23, 0.54) == "not clear of the threshold 0.25"
    assert rhythm.doubt(0.1, 0.9) == "clear of neither threshold"
    assert rhythm.doubt(0.3, 0.6) == rhythm.doubt(np.nan, np.nan) == ""


def test_the_interval_of_a_share_is_paired():
    wholes = np.array([0.2, 0.4, 0.6])
    half = evidence._paired_ratio(wholes / 2, wholes, 3)
    np.testing.assert_allclose(half, 0.5)
    ratio, low, high = evidence._paired_ratio(np.array([0.1, 0.2, 0.2]), wholes, 3)
    assert low < ratio < high
    assert np.isnan(evidence._paired_ratio(wholes, -wholes, 3)).all()


def test_a_table_on_which_the_piles_were_found_cannot_test_them(tracks, groups):
    embedded = clean(datasets.load("genres")).tracks
    assert evidence.were_seen(embedded) and not evidence.were_seen(tracks)
    piles = evidence.end_piles(embedded)
    judged = hypotheses.judge_hypotheses(groups, NO_REPEATS, piles).set_index("key")
    assert judged.loc["rescaled", "verdict"] == "not testable here"
    assert judged.loc["rescaled", "size"] == piles["ratio"].iloc[-1]
    assert "no test" in prose.place_piles(piles)


def test_groups_of_a_table_with_audio_analysis(tracks):
    pitches = np.random.default_rng(1).uniform(0.1, 1, (len(tracks), 12))
    groups = evidence.feature_groups(with_pitches(tracks, pitches))
    assert "audio analysis" in groups
    assert not set(groups["the scores"]) & set(groups["audio analysis"])
    assert {"tonic_4", "interval_5", "chroma_0"} <= set(groups["harmony"])


def test_piles_are_seen_where_they_are(tracks):
    rng = np.random.default_rng(0)
    even = tracks.assign(valence=rng.uniform(0, 1, len(tracks)))
    even = pd.concat([even] * 20, ignore_index=True)
    even["valence"] = rng.uniform(0, 1, len(even))
    flat = evidence.end_piles(even).set_index("end").loc["both"]
    assert flat["low"] < 1 < flat["high"]
    cut = even.assign(valence=even["valence"].clip(0.035, 0.965))
    piled = evidence.end_piles(cut).set_index("end").loc["both"]
    assert piled["low"] > 2 and piled["beyond"] == 0


def test_a_sign_of_harmony_is_estimated_beside_the_scores(tracks):
    planted = tracks["valence"] + 0.05 * (tracks["mode"] == "major").to_numpy(float)
    found = evidence.describe_keys(tracks.assign(valence=planted)).iloc[0]
    assert found["partial_low"] < 0.05 < found["partial_high"]
    assert found["partial"] == pytest.approx(0.05, abs=0.01)


# what remains ------------------------------------------------------------------------------------


def test_the_share_of_artists_is_found():
    rng = np.random.default_rng(2)
    frame = clean(make_tracks(1500, 300, 5)).tracks
    levels = dict(zip(frame["artist"].unique(), rng.normal(0, 0.1, 300), strict=False))
    noise = rng.normal(0, 0.1, len(frame))
    frame = frame.assign(valence=0.5 + frame["artist"].map(levels) + noise)
    shares = remainder.explain_residuals(frame, np.full(len(frame), 0.5)).set_index("grouping")
    assert shares.loc["artist", "share"] == pytest.approx(0.5, abs=0.08)
    assert shares.loc["artist", "low"] < 0.5 < shares.loc["artist", "high"]
    assert abs(shares.loc["mode", "share"]) < 0.02
    assert (shares["low"] <= shares["share"]).all() and (shares["share"] <= shares["high"]).all()


def test_residual_means_have_the_sign_of_valence_less_prediction(tracks):
    predicted = tracks["valence"] - np.where(tracks["genre"] == "soul", 0.1, 0)
    found = remainder.describe_residuals(tracks, predicted).set_index("group")
    assert found.loc["soul", "residual"] == pytest.approx(0.1)
    assert found.loc["folk", "residual"] == pytest.approx(0, abs=1e-12)
    assert {"2000s", "2010s", "sung", "instrumental"} <= set(found.index)


def test_the_parts_of_the_variance_add_up():
    shares = pd.DataFrame({"grouping": ["artist"], "share": [0.2]})
    table = remainder.open_variance(0.4, 0.5, shares, 0.95)
    assert table["share"].sum() == pytest.approx(1)
    parts = table.set_index("part")["share"]
    assert parts["shared by an artist's tracks beyond the model"] == pytest.approx(0.1)
    assert parts["between releases of one recording"] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Love Is All You Need", "English"),
        ("Corazón sin ti", "not detected"),
        ("Por qué te vas, mi amor", "Spanish"),
        ("Ich will nicht ohne dich - Remastered 2011", "German"),
        ("Não Quero Você (Ao Vivo)", "Portuguese"),
        ("Je ne veux pas travailler", "French"),
        ("夜に駆ける", "another script than Latin"),
        ("Halo", "not detected"),
        ("1999", "not detected"),
        ("", "not detected"),
    ],
)
def test_languages_of_titles(title, language):
    assert titles.title_language(title) == language


def test_a_mode_that_all_tracks_share_has_no_slope(tracks):
    found = evidence.describe_keys.fresh(tracks.assign(mode="major")).iloc[0]
    assert found.drop("sign").isna().all()


# print -------------------------------------------------------------------------------------------


def test_everything_can_be_shown(tracks, groups):
    formula = Formula(0.2, (Term(0.6, Piece((Atom("danceability", "line"),))),))
    lengths = pd.DataFrame({"terms": [1, 2], "r2": [0.5, 0.6], "error": 0.01, "mae": 0.1,
                            "loss": 0.0, "loss_error": 0.0, "training": 0.6,
                            "chosen": [False, True]})  # fmt: skip
    found = Derivation(formula, formula, lengths, 10, 100)
    piles, keys = evidence.end_piles(tracks), evidence.describe_keys(tracks)
    judged = hypotheses.judge_hypotheses(groups, NO_REPEATS, piles)
    predicted = formula.predict(tracks)
    described = remainder.describe_residuals(tracks, predicted)
    shares = remainder.explain_residuals(tracks, predicted)
    rest = remainder.open_variance(0.4, 0.5, shares, np.nan)
    example = fidelity.pick_example(tracks)
    worked = fidelity.work_through(formula, example)
    scored = fidelity.formula_scores({"formula": formula}, tracks, {"mean": predicted * 0 + 0.5})
    sentences = [
        prose.describe_formula(found, fidelity.compare_with_best(formula, predicted, tracks)),
        prose.explain_length(found),
        prose.list_sets(evidence.feature_groups(tracks), evidence.all_features(tracks)),
        prose.caption_frontier({"all": lengths}),
        prose.introduce_example(example, worked), prose.summarize_verdicts(judged),
        prose.explain_harmony(keys), prose.explain_piles(piles), prose.caption_ends(piles),
        prose.caption_residuals(described), prose.explain_rest(rest, shares),
    ]  # fmt: skip
    shown = [
        tables.tabulate_hypotheses(hypotheses.state_hypotheses()), tables.tabulate_verdicts(judged),
        tables.tabulate_groups(groups), tables.tabulate_keys(keys), tables.tabulate_scores(scored),
        tables.tabulate_example(formula, worked, example), tables.tabulate_shares(shares),
        tables.tabulate_gains(remainder.expect_gains(rest, groups)), tables.tabulate_rest(rest),
    ]  # fmt: skip
    assert not [text for text in sentences if "nan" in text.split() or not text.endswith(".")]
    assert not [table.data for table in shown if " nan " in table.data]
    for plot in (
        figures.draw_frontier({"all": lengths}), figures.draw_residuals(described),
        figures.draw_ends(evidence.describe_ends(tracks)),
    ):  # fmt: skip
        plot.draw()
