"""The compact formula: its search, its rounding, and its print."""

import itertools

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.derivation import formula_search
from analysis.derivation.formula_search import Factor, Formula
from analysis.printing.typesetting import explain_formula, plain, tabulate_formula
from analysis.tracks import datasets
from analysis.tracks.cleaning import clean
from analysis.tracks.splitting import hold_out
from render.pandoc import run_pandoc
from tests.derivation.printed_formula import evaluate, rows_of_page
from tests.tracks.made_tracks import add_analysis, make_tracks


def made(rows: int = 1500, seed: int = 1) -> pd.DataFrame:
    return clean(make_tracks(rows, 150, seed)).tracks


def planted(rows: int = 1500, noise: float = 0.02) -> pd.DataFrame:
    tracks = made(rows)
    valence = (
        0.15 + 0.5 * tracks["danceability"]
        + 0.2 * tracks["danceability"] * (tracks["genre"] == "soul").to_numpy(float)
        - 0.4 * tracks["energy"] * tracks["acousticness"]
    )  # fmt: skip
    error = noise * np.random.default_rng(1).standard_normal(len(tracks))
    return tracks.assign(valence=(valence + error).clip(0, 1))


def page_of(formula: Formula, track: pd.DataFrame) -> str:
    """Return the formula's table as a page shows it."""
    table = tabulate_formula(formula, formula_search.work_through(formula, track)).data
    return run_pandoc(table, "--from", "markdown", "--to", "html5", "--mathml")


# the printed formula, read back ------------------------------------------------------------------

ODD = Formula(
    -0.25,
    (-2.5e-05, 10.0, 0.4, -0.07, 0.3),
    (
        (Factor("tempo", "above", 145.0), Factor("loudness", "below", -6.5)),
        (Factor("speechiness", "below", 0.05), Factor("danceability", "line")),
        (Factor("loudness", "above", -12.0),),
        (Factor("genre", "level", "r&b_100% {new} $ |"),),
        (Factor("duration_min", "below", 3.5), Factor("mode", "level", "major")),
    ),
)


def test_a_page_shows_the_printed_formula():
    tracks = made(300)
    odd = tracks["genre"].astype(str).replace({"soul": "r&b_100% {new} $ |"})
    tracks = tracks.assign(genre=pd.Categorical(odd))
    printed = evaluate(rows_of_page(page_of(ODD, tracks.head(1))), tracks)
    np.testing.assert_allclose(printed, ODD.predict(tracks), atol=1e-12)


def test_every_column_of_the_audio_analysis_can_be_printed_and_read():
    tracks = add_analysis(make_tracks(200, 40, 1))
    tracks = clean(tracks).tracks
    terms = [term for term in formula_search.list_terms(tracks) if len(term) == 1]
    assert {term[0].column for term in terms} >= {*formula_search.ANALYSIS}
    for start in range(0, len(terms), 40):
        some = tuple(terms[start : start + 40])
        formula = Formula(0.2, (0.01,) * len(some), some)
        printed = evaluate(rows_of_page(page_of(formula, tracks.head(1))), tracks)
        np.testing.assert_allclose(printed, formula.predict(tracks), atol=1e-12)


@pytest.fixture(scope="module")
def embedded():
    split = hold_out(clean(datasets.load("genres")).tracks)
    return split, formula_search.find_formula(split.train)


def test_the_printed_formula_reaches_the_reported_scores(embedded):
    split, found = embedded
    printed = evaluate(rows_of_page(page_of(found.formula, split.test.head(1))), split.test)
    observed = split.test["valence"]
    r2 = 1 - ((observed - printed) ** 2).sum() / ((observed - observed.mean()) ** 2).sum()
    told = formula_search.compare_formula(found.formula, observed, split.test)
    assert told["r2"] == pytest.approx(r2, abs=1e-9)
    assert told["mae"] == pytest.approx(np.abs(observed - printed).mean(), abs=1e-9)
    assert told["kept"] == pytest.approx(r2, abs=1e-9)


def test_rounding_costs_less_than_a_thousandth_of_the_variance(embedded):
    split, found = embedded
    train = split.train
    exact = formula_search.fit_terms(found.formula.terms, train)
    full, short = (
        1 - ((train["valence"] - one.predict(train)) ** 2).mean() / train["valence"].var(ddof=0)
        for one in (exact, found.formula)
    )
    assert full - short < 0.001
    assert all(weight == float(f"{weight:.3g}") for weight in found.formula.coefficients)


@pytest.mark.parametrize(
    ("value", "text"),
    [(6.3e-05, "0.000063"), (10.0, "10"), (-0.5, "-0.5"), (0.0, "0"), (120, "120")],
)
def test_numbers_of_a_formula_have_no_exponent(value, text):
    assert plain(value) == text


# the search --------------------------------------------------------------------------------------


def test_a_planted_formula_is_found():
    tracks = planted()
    found = formula_search.find_formula(tracks, most=6)
    columns = {frozenset(factor.column for factor in term) for term in found.formula.terms}
    assert {frozenset({"danceability", "genre"}), frozenset({"energy", "acousticness"})} <= columns
    assert 3 <= len(found.formula.terms) <= 4
    assert np.abs(found.formula.predict(tracks) - tracks["valence"]).mean() < 0.02


def test_noise_has_no_formula():
    found = formula_search.find_formula(made(1000), most=6)
    assert found.frontier["r2"].max() < 0.02
    assert len(found.formula.terms) <= 2


def test_exchange_ends_where_no_single_exchange_helps():
    rng = np.random.default_rng(3)
    columns = rng.normal(size=(300, 9)) + rng.normal(size=(300, 1))
    columns -= columns.mean(axis=0)
    columns /= np.linalg.norm(columns, axis=0)
    target = columns @ rng.normal(size=9) + 0.02 * rng.normal(size=300)
    target -= target.mean()
    gram, towards = columns.T @ columns, columns.T @ target

    def error(places) -> float:
        return sm.OLS(target, columns[:, sorted(places)]).fit().ssr

    for start in ([0, 1, 2], [6, 7, 8]):
        found = formula_search.exchange(gram, towards, list(start))
        near = [{*found} - {out} | {new} for out, new in itertools.product(found, range(9))
                if new not in found]  # fmt: skip
        assert error(found) <= min(error(places) for places in near) + 1e-9


def test_coefficients_are_those_of_least_squares():
    tracks = planted(600, noise=0.2)
    terms = formula_search.list_terms(tracks)[:7:3]
    formula = formula_search.fit_terms(terms, tracks)
    values = formula_search.design(tracks, terms)
    other = sm.OLS(tracks["valence"].to_numpy(), sm.add_constant(values)).fit()
    np.testing.assert_allclose([formula.intercept, *formula.coefficients], other.params, rtol=1e-6)


def test_the_same_search_twice_gives_the_same_formula():
    tracks = planted(400, noise=0.2)
    once, again = (formula_search.search_terms.fresh(tracks, 5, False) for _ in range(2))
    assert once == again


def test_knots_are_round_and_inside():
    tempo = pd.Series(np.random.default_rng(0).gamma(2, 30, 500), name="tempo")
    knots = [factor.at for factor in formula_search._bend(tempo) if factor.kind == "above"]
    assert len(knots) == 2 and tempo.min() < knots[0] < knots[1] < tempo.max()
    assert all(knot % 5 == 0 for knot in knots)
    flat = pd.Series(np.full(50, 0.3), name="energy")
    assert formula_search._bend(flat) == [Factor("energy", "line")]


def test_an_unseen_genre_adds_nothing():
    formula = Formula(0.4, (0.2,), ((Factor("genre", "level", "polka"),),))
    assert (formula.predict(made(300)) == 0.4).all()


def test_the_worked_example_adds_up(embedded):
    split, found = embedded
    track = formula_search.pick_example(split.test)
    worked = formula_search.work_through(found.formula, track)
    total = found.formula.intercept + worked["contribution"].sum()
    assert np.clip(total, 0, 1) == pytest.approx(found.formula.predict(track)[0])
    assert track["popularity"].iloc[0] == split.test["popularity"].max()


def test_beside_a_method_that_explains_nothing_there_is_no_share():
    tracks = made(200)
    formula = Formula(0.5, (0.1,), ((Factor("energy", "line"),),))
    noise = np.random.default_rng(0).uniform(0, 1, len(tracks))
    bad = formula_search.compare_formula(formula, noise, tracks)
    assert bad["best_r2"] < 0 and np.isnan(bad["kept"])


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ((), ""),
        (((Factor("energy", "line"),),), ""),
        (((Factor("tempo", "line"),),), "Tempo is in BPM."),
        (
            ((Factor("loudness", "above", -12.0), Factor("genre", "level", "jazz")),),
            "A bracket with a subscript + counts only where it is positive; a square bracket is one"
            " where it is true and zero elsewhere; loudness is in dB.",
        ),
    ],
)
def test_only_what_a_formula_has_is_explained(terms, said):
    assert explain_formula(Formula(0.5, (1.0,) * len(terms), terms)) == said
