"""The formula: its search, its rounding, and its print."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from analysis.prediction import derivation, fidelity, growth, learners, pieces, scorecard
from analysis.prediction.derivation import Formula, Term
from analysis.prediction.pieces import Atom, Piece
from analysis.reporting.prose import formulas
from analysis.reporting.prose.derivation import describe_formula
from analysis.reporting.tables import derivation as tables
from analysis.tracks import datasets
from analysis.tracks.cleaning import clean
from analysis.tracks.splitting import hold_out
from render.pandoc import run_pandoc
from tests.prediction.printed_formula import evaluate, lines_of_page, lines_of_tex
from tests.tracks.made_tracks import make_tracks


def made(rows: int = 1500, seed: int = 1, artists: int = 150) -> pd.DataFrame:
    return clean(make_tracks(rows, artists, seed)).tracks


def planted(rows: int = 1500, noise: float = 0.02, seed: int = 1) -> pd.DataFrame:
    tracks = made(rows, seed)
    rng = np.random.default_rng(seed)
    valence = (
        0.15 + 0.5 * tracks["danceability"] - 0.4 * np.maximum(0.5 - tracks["energy"], 0)
        + 0.2 * tracks["danceability"] * (tracks["genre"] == "soul").to_numpy(float)
        + 0.001 * np.maximum(tracks["tempo"] - 130, 0)
    )  # fmt: skip
    return tracks.assign(valence=(valence + noise * rng.standard_normal(len(tracks))).clip(0, 1))


# the printed formula, read back ------------------------------------------------------------------

ODD = Formula(
    -0.25,
    (
        Term(-2.5e-05, Piece((Atom("tempo", "above", 145.0), Atom("loudness", "below", -6.5)))),
        Term(10.0, Piece((Atom("speechiness", "below", 0.05), Atom("danceability", "line")))),
        Term(0.4, Piece((Atom("loudness", "above", -12.0),))),
        Term(-0.07, Piece((Atom("genre", "level", "r&b_100% {new} $"),))),
        Term(0.3, Piece((Atom("duration_min", "below", 3.5), Atom("mode", "level", "major")))),
    ),
)


def with_odd_genre() -> pd.DataFrame:
    tracks = made(300)
    odd = tracks["genre"].astype(str).replace({"soul": "r&b_100% {new} $"})
    return tracks.assign(genre=pd.Categorical(odd))


def with_audio(tracks: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    pitch = {f"pitch_{k}": rng.uniform(0.05, 1, len(tracks)) for k in range(12)}
    timbre = {f"timbre_{k}": rng.normal(0, 20, len(tracks)) for k in range(12)}
    return tracks.assign(**pitch, **timbre)


def test_the_printed_formula_gives_the_formulas_values():
    tracks = with_odd_genre()
    text = tables.display_formula(ODD, "eq-odd").data
    assert text.endswith("$$ {#eq-odd}")
    printed = evaluate(lines_of_tex(text), tracks)
    np.testing.assert_allclose(printed, ODD.predict(tracks), atol=1e-12)


def test_every_column_of_the_audio_analysis_can_be_printed_and_read():
    tracks = with_audio(made(200))
    atoms = pieces.pool_of(tracks, knots=7)
    for start in range(0, len(atoms), 40):
        terms = tuple(Term(0.01, Piece((atom,))) for atom in atoms[start : start + 40])
        formula = Formula(0.2, terms)
        made_of = evaluate(lines_of_tex(tables.display_formula(formula, "eq-x").data), tracks)
        np.testing.assert_allclose(made_of, formula.predict(tracks), atol=1e-12)


@pytest.fixture(scope="module")
def embedded():
    split = hold_out(clean(datasets.load("genres")).tracks)
    return split, derivation.derive_formula(split.train)


def page_of(display) -> str:
    """Return a displayed equation as a page shows it."""
    page = run_pandoc(display.data, "--from", "markdown", "--to", "html5", "--mathml")
    return page.replace("<p>", '<p id="eq-compact">')


def test_a_page_shows_the_printed_formula():
    tracks = with_odd_genre()
    page = page_of(tables.display_formula(ODD, "eq-compact"))
    printed = evaluate(lines_of_page(page, "eq-compact"), tracks)
    np.testing.assert_allclose(printed, ODD.predict(tracks), atol=1e-12)


def test_the_printed_formula_reaches_the_reported_scores(embedded):
    split, found = embedded
    page = page_of(tables.display_formula(found.formula, "eq-compact"))
    printed = evaluate(lines_of_page(page, "eq-compact"), split.test)
    observed = split.test["valence"]
    r2 = 1 - ((observed - printed) ** 2).sum() / ((observed - observed.mean()) ** 2).sum()
    mae = np.abs(observed - printed).mean()
    best = found.exact.predict(split.test)
    reported = fidelity.compare_with_best(found.formula, best, split.test)
    sentence = describe_formula(found, reported)
    assert f"reaches an R² of {r2:.3f}," in sentence
    assert f"a mean absolute error of {mae:.3f} against" in sentence


def test_twelve_terms_keep_most_of_a_good_models_skill(embedded):
    split, found = embedded
    model = learners.fit_learner(learners.SUPPORT, split.train)
    kept = fidelity.compare_with_best(
        found.formula, learners.predict(model, split.test), split.test
    )
    assert len(found.formula.terms) <= 12
    assert kept["kept"] >= 0.85
    assert kept["model"] > 0.7


def test_rounding_costs_less_than_a_thousandth_of_the_variance(embedded):
    split, found = embedded
    full = np.corrcoef(found.exact.predict(split.train), split.train["valence"])[0, 1] ** 2
    short = found.formula.predict(split.train)
    error = ((split.train["valence"] - short) ** 2).mean() / split.train["valence"].var(ddof=0)
    assert full - (1 - error) < 0.001
    for term in found.formula.terms:
        assert float(f"{term.coefficient:.{found.formula.digits}g}") == term.coefficient


# the search --------------------------------------------------------------------------------------


def test_a_planted_formula_is_found():
    tracks = planted()
    found = derivation.derive_formula(tracks, most=8)
    columns = {atom.column for term in found.formula.terms for atom in term.piece.atoms}
    assert columns == {"danceability", "energy", "genre", "tempo"}
    assert 4 <= len(found.formula.terms) <= 6
    assert np.abs(found.formula.predict(tracks) - tracks["valence"]).mean() < 0.02
    by_columns = {t.piece.columns: t.coefficient for t in found.exact.terms}
    assert by_columns[frozenset({"danceability", "genre"})] == pytest.approx(0.2, abs=0.03)


def test_noise_has_no_formula():
    tracks = made(1000)
    found = derivation.derive_formula(tracks, most=6)
    assert found.frontier["r2"].max() < 0.02
    assert len(found.formula.terms) <= 2


def test_the_frontier_is_scored_on_other_artists(monkeypatch):
    tracks = planted(400)
    seen = []
    score = derivation._score_path
    monkeypatch.setattr(
        derivation, "_score_path", lambda path, train, held: seen.append((train, held))
        or score(path, train, held),
    )  # fmt: skip
    derivation._derive.fresh(tracks, "formula", True, True, 4, 5, 1)
    assert len(seen) == 5
    assert all(not set(train["artist"]) & set(held["artist"]) for train, held in seen)
    assert sum(len(held) for _, held in seen) == len(tracks)


def test_each_step_takes_the_piece_of_the_least_squared_error():
    tracks = planted(400, noise=0.1)
    target = tracks["valence"].to_numpy()
    atoms = pieces.pool_of(tracks, knots=3)
    taken, _ = growth.grow_pieces(tracks, atoms, target, 3, products=False)
    chosen = []
    for piece in taken:
        errors = {}
        for atom in atoms:
            design = pieces.design_of(tracks, [*chosen, atom])
            line = LinearRegression().fit(design, target)
            errors[atom] = ((target - line.predict(design)) ** 2).sum()
        chosen.append(piece)
        assert errors[piece.atoms[0]] == pytest.approx(min(errors.values()))


def test_pruning_takes_away_what_is_missed_least():
    rng = np.random.default_rng(3)
    design = rng.normal(size=(200, 4))
    target = design @ [3.0, 0.1, 1.0, 2.0] + rng.normal(size=200)
    path = growth.prune_pieces(design, target)
    assert [path[n] for n in (4, 3, 2, 1)] == [[0, 1, 2, 3], [0, 2, 3], [0, 3], [0]]


def test_the_same_search_twice_gives_the_same_formula():
    tracks = planted(400, noise=0.2)
    parts = [derivation.search_path.fresh(tracks, "formula", True, True, 5) for _ in range(2)]
    assert parts[0] == parts[1]


def test_knots_are_round_and_inside():
    values = pd.Series(np.random.default_rng(0).gamma(2, 30, 500), name="tempo")
    knots = pieces.round_knots(values, 7)
    assert knots == sorted(set(knots))
    assert values.min() < knots[0] and knots[-1] < values.max()
    assert all(len(f"{knot:g}") <= 5 for knot in knots)
    assert pieces.round_knots(pd.Series(np.full(50, 0.3), name="energy"), 7) == []


@pytest.mark.parametrize(("width", "step"), [(0.013, 0.01), (0.05, 0.05), (7, 5), (2, 2), (0, 1)])
def test_steps_are_one_two_or_five(width, step):
    assert pieces.round_step(width) == pytest.approx(step)


def test_an_unseen_genre_adds_nothing():
    formula = Formula(0.4, (Term(0.2, Piece((Atom("genre", "level", "polka"),))),))
    assert (formula.predict(made(300)) == 0.4).all()


# the worked example and the scorecard ------------------------------------------------------------


def test_the_worked_example_adds_up(embedded):
    split, found = embedded
    track = fidelity.pick_example(split.test)
    worked = fidelity.work_through(found.formula, track)
    total = np.clip(worked["contribution"].sum(), 0, 1)
    assert total == pytest.approx(found.formula.predict(track)[0])
    assert track["popularity"].iloc[0] == split.test["popularity"].max()


def test_a_scorecard_is_whole_points():
    tracks = planted()
    card = scorecard.make_scorecard(tracks, most=6)
    assert all(isinstance(number, int) and number for number in (*card.points, card.start))
    answers = pieces.design_of(tracks, card.questions)
    assert set(np.unique(answers)) <= {0.0, 1.0}
    by_hand = [card.unit * (card.start + sum(np.array(card.points)[row > 0])) for row in answers]
    np.testing.assert_allclose(card.predict(tracks), np.clip(by_hand, 0, 1))
    error = np.abs(card.predict(tracks) - tracks["valence"]).mean()
    assert error < 0.7 * np.abs(tracks["valence"] - tracks["valence"].mean()).mean()


def test_a_scorecards_questions_read_as_questions():
    assert formulas.ask(Piece((Atom("loudness", "step", -6.5),))) == (
        "Is the loudness at least −6.5 dB?"
    )
    assert formulas.ask(Piece((Atom("genre", "level", "rock"),))) == "Is the genre rock?"


@pytest.mark.parametrize(
    ("value", "text"),
    [(6.3e-05, "0.000063"), (10.0, "10"), (-0.5, "-0.5"), (0.0, "0"), (120, "120")],
)
def test_numbers_of_a_formula_have_no_exponent(value, text):
    assert formulas.plain(value) == text


def test_beside_a_model_that_explains_nothing_there_is_no_share(tracks):
    """Shares of nothing, or of less, would be printed as great or endless numbers."""
    formula = derivation.Formula(0.5, ())
    flat = fidelity.compare_with_best(formula, np.full(len(tracks), 0.4), tracks)
    assert np.isnan(flat["kept"]) and np.isnan(flat["model"])
    noise = np.random.default_rng(0).uniform(0, 1, len(tracks))
    bad = fidelity.compare_with_best(formula, noise, tracks)
    assert bad["best"] < 0 and np.isnan(bad["kept"]) and np.isfinite(bad["model"])
