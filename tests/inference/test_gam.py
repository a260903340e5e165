"""The additive model against mgcv, pyGAM and statsmodels, and on tables that lack things.

`oracle/gam.R` made mgcv's numbers from `oracle/tracks.csv`, with the versions stored beside them.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from pygam import LinearGAM, f, s
from pygam.terms import TermList
from scipy.stats import t
from simulated_tracks import read_numbers, read_tracks

from analysis.inference import gam
from analysis.tracks.cleaning import derive_columns
from analysis.tracks.schema import BadInput

# The same splines, knots and criterion: what is left is where two searches stop, and that our
# straightest curve is not quite straight.
SAME_EFFECT, SAME_EDF, SAME_R2 = 2e-5, 1e-3, 1e-4
# Other splines (thin plates), on the scale of valence and of R².
OTHER_EFFECT, OTHER_R2, OTHER_EDF = 0.02, 0.01, 0.5
FLAT_EDF = 1.01
# What the ends of a curve can hold between two points of its grid, on the scale of valence.
GRID_STEP = 0.01
ROUNDING = 1e-6


@pytest.fixture(scope="module")
def oracle():
    """Return mgcv's numbers."""
    return read_numbers("gam.json")


@pytest.fixture(scope="module")
def table():
    """Return the complete tracks, their features, and the folds that R used."""
    frame, X = gam.inputs(read_tracks())
    fold = frame["artist"].str[-2:].astype(int) % 5
    return frame, X, [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(5)]


def fit(terms, X, y):
    """Return pyGAM's fit with penalties chosen by REML."""
    return LinearGAM(gam.choose_penalties(terms, X, y)).fit(X, y)


def unpenalised_factors(X, n_splines=20):
    """Return terms whose factors have no ridge, as in mgcv."""
    kinds = enumerate(X.dtypes)
    return TermList(
        *(s(i, n_splines=n_splines) if k.kind == "f" else f(i, lam=0) for i, k in kinds)
    )


def effect(model, X, name, at):
    """Return a curve's values, from its mean over the tracks."""
    i = list(X).index(name)
    rows = X.to_numpy(float)[: len(at)].copy()
    rows[:, i] = at
    build = model.terms[i].build_columns
    columns = build(rows).toarray() - build(X.to_numpy(float)).mean(axis=0)
    return columns @ model.coef_[model.terms.get_coef_indices(i)]


@pytest.mark.parametrize(
    ("kind", "allowed", "allowed_edf", "allowed_r2"),
    [
        ("ps", SAME_EFFECT, SAME_EDF, SAME_R2),
        ("tp", OTHER_EFFECT, OTHER_EDF, OTHER_R2),
    ],
)
def test_curves_are_those_of_mgcv(table, oracle, kind, allowed, allowed_edf, allowed_r2):
    frame, X, folds = table
    terms = unpenalised_factors(X) if kind == "ps" else gam.terms_for(X)
    model, expected = fit(terms, X, frame["valence"]), oracle[kind]
    found = gam.describe_curves(model, X, frame["valence"], frame["artist"]).set_index("feature")
    for name, values in expected["effects"].items():
        at = X[name].quantile(np.arange(0.05, 1, 0.1))
        np.testing.assert_allclose(effect(model, X, name, at), values, atol=allowed, err_msg=name)
        assert found.loc[name, "edf"] == pytest.approx(expected["edf"][name], abs=allowed_edf)
    r2 = gam.cross_validate(terms, X, frame["valence"], folds)
    assert r2.mean() == pytest.approx(np.mean(expected["r2"]), abs=allowed_r2)


def test_what_reml_flattens_is_straight(table, oracle):
    frame, X, _ = table
    y, artists = frame["valence"], frame["artist"]
    model = fit(gam.terms_for(X), X, y)
    flat = [name for name, edf in oracle["tp"]["edf"].items() if edf < FLAT_EDF]
    assert len(flat) >= 3
    described = gam.describe_curves(model, X, y, artists).set_index("feature")
    assert described.loc[flat, "edf"].max() < FLAT_EDF
    curves = gam.curves(model, X, y, artists)
    for name in flat:
        curve = curves.loc[curves["feature"] == name, "effect"].to_numpy()
        assert np.abs(np.diff(curve, 2)).max() < 1e-3 * np.ptp(curve)


def test_concurvity_is_that_of_mgcv(table, oracle):
    frame, X, _ = table
    X = X[["danceability", "energy", "loudness", "genre"]]
    model = fit(unpenalised_factors(X, 6), X, frame["valence"])
    found = gam.describe_curves(model, X, frame["valence"], frame["artist"]).set_index("feature")
    expected = oracle["concurvity"]["observed"]
    np.testing.assert_allclose(found.loc[list(X)[:3], "observed"], expected, rtol=1e-4)


def test_bands_without_penalty_are_those_of_clustered_least_squares():
    rng = np.random.default_rng(3)
    artists = np.repeat(np.arange(40), 5)
    X = pd.DataFrame({"energy": rng.random(200)})
    y = X["energy"].to_numpy() ** 2 + rng.normal(0, 0.2, 40)[artists] + rng.normal(0, 0.1, 200)
    model = LinearGAM(s(0, n_splines=6, lam=1e-9)).fit(X, y)
    curve = gam.curves(model, X, y, artists)
    columns = model.terms[0].build_columns(X.to_numpy()).toarray()
    ols = sm.OLS(y, columns).fit(cov_type="cluster", cov_kwds={"groups": artists})
    grid = np.linspace(*X["energy"].quantile(gam.DRAWN), gam.GRID)[:, None]
    rows = model.terms[0].build_columns(grid).toarray() - columns.mean(axis=0)
    errors = np.sqrt(np.diag(rows @ ols.cov_params() @ rows.T))
    np.testing.assert_allclose(curve["effect"], rows @ ols.params, atol=ROUNDING)
    np.testing.assert_allclose(
        curve["high"] - curve["effect"], t.ppf(0.975, 39) * errors, rtol=1e-4
    )


def test_bands_of_independent_tracks_are_the_usual_ones():
    """The Bayesian bands s² (X'X + S)⁻¹, which allow for the bias of smoothing, as mgcv's do."""
    rng = np.random.default_rng(5)
    X = pd.DataFrame({"energy": rng.random(3000)})
    y = np.sin(9 * X["energy"].to_numpy()) / 5 + rng.normal(0, 0.3, 3000)
    model = fit(gam.terms_for(X), X, y)
    curve = gam.curves(model, X, y, np.arange(3000))
    problem = gam._problem(model.terms, X, y)
    inverse = problem.solve(problem.kept)[1]
    columns = model.terms[0].build_columns(X.to_numpy()).toarray()
    rows = model.terms[0].build_columns(curve[["x"]].to_numpy()).toarray() - columns.mean(axis=0)
    rows = rows @ problem.change[: rows.shape[1]]
    spread = (y - model.predict(X)).std() * np.sqrt(np.einsum("ij,jk,ik->i", rows, inverse, rows))
    ratio = (curve["high"] - curve["effect"]) / (1.96 * spread)
    assert ratio.mean() == pytest.approx(1, abs=0.03)


def covered(groups_of, seed):
    """Return how much of a true curve lies in its band, artists' means of energy being alike."""
    rng = np.random.default_rng(seed)
    artists = np.repeat(np.arange(60), 5)
    X = pd.DataFrame({"energy": (0.8 * rng.random(60)[artists] + 0.2 * rng.random(300))})
    y = np.sin(4 * X["energy"]) / 5 + rng.normal(0, 0.2, 60)[artists] + rng.normal(0, 0.1, 300)
    curve = gam.curves(fit(gam.terms_for(X), X, y), X, y, groups_of(artists))
    truth = np.sin(4 * curve["x"]) / 5 - (np.sin(4 * X["energy"]) / 5).mean()
    return ((curve["low"] <= truth) & (truth <= curve["high"])).mean()


def test_bands_cover_where_artists_share_errors():
    shared = np.mean([covered(lambda artists: artists, seed) for seed in range(40)])
    alone = np.mean([covered(lambda artists: np.arange(len(artists)), seed) for seed in range(40)])
    assert shared > 0.85
    assert alone < 0.7


def test_largest_first(table):
    frame, X, _ = table
    y = frame["valence"]
    model = fit(gam.terms_for(X), X, y)
    curves = gam.curves(model, X, y, frame["artist"])
    assert set(curves["feature"]) == {name for name in X if X[name].dtype == float}
    inner = curves[
        [row.x >= X[row.feature].quantile(0.05) and row.x <= X[row.feature].quantile(0.95)
         for row in curves.itertuples()]
    ]  # fmt: skip
    sizes = inner.groupby("feature", sort=False)["effect"].agg(np.ptp)
    assert (sizes.diff().dropna() < GRID_STEP).all()


def test_what_cannot_be_used_is_left_out():
    tracks = read_tracks().head(200).drop(columns="genre").assign(liveness=0.1, popularity=np.nan)
    frame, X = gam.inputs(derive_columns(tracks))
    assert len(frame) == len(X) == 200
    assert not {"genre", "liveness", "popularity"} & set(X)
    assert {"danceability", "energy", "tempo", "key", "mode"} <= set(X)
    model = fit(gam.terms_for(X), X, frame["valence"])
    curves = gam.curves(model, X, frame["valence"], frame["artist"])
    assert np.isfinite(curves.drop(columns="feature")).all(axis=None)


def test_release_facts_and_missing_values():
    tracks = read_tracks()
    facts = {"popularity": np.arange(300) % 100, "year": 1990 + np.arange(300) % 30,
             "explicit": np.arange(300) % 7 == 0}  # fmt: skip
    tracks = tracks.assign(**facts)
    tracks.loc[::20, "energy"] = np.nan
    frame, X = gam.inputs(tracks)
    assert len(X) == 285
    assert {"popularity", "year", "explicit"} <= set(X)
    assert X["popularity"].dtype == X["year"].dtype == float
    assert set(X["explicit"]) == {0, 1}
    for name in ("key", "genre", "metre"):
        assert set(X[name]) == set(range(frame[name].nunique()))
    assert np.isfinite(fit(gam.terms_for(X), X, frame["valence"]).coef_).all()


def test_few_tracks_are_fitted_as_well_as_least_squares_can():
    """With 20 splines a curve there are more columns than tracks, and pyGAM stops early."""
    frame, X = gam.inputs(read_tracks().head(180))
    model = fit(gam.terms_for(X), X, frame["valence"])
    matrix = model.terms.build_columns(X.to_numpy(float)).toarray()
    roots = np.vstack(
        [matrix, np.linalg.cholesky(model._P().toarray() + 1e-8 * np.eye(len(model.coef_))).T]
    )
    wanted = np.linalg.lstsq(roots, np.pad(frame["valence"], (0, len(model.coef_))), rcond=None)[0]
    np.testing.assert_allclose(model.predict(X), matrix @ wanted, atol=1e-4)


def test_a_level_that_a_fold_lacks(table):
    frame, X, folds = table
    rare = X["genre"].where(np.arange(len(X)) >= 12, X["genre"].max() + 1)
    folds = [(np.arange(12, 300), np.arange(12)), *folds]
    scores = gam.cross_validate(gam.terms_for(X), X.assign(genre=rare), frame["valence"], folds)
    assert scores.shape == (6,)
    assert np.isfinite(scores).all()


def test_nothing_that_varies_is_refused():
    scores = ["danceability", "energy", "loudness", "speechiness", "acousticness",
              "instrumentalness", "liveness", "tempo", "duration_ms", "popularity"]  # fmt: skip
    tracks = read_tracks()
    with pytest.raises(BadInput, match="No score of these tracks varies"):
        gam.inputs(derive_columns(tracks.assign(**dict.fromkeys(scores, 0.5))))


def test_the_order_of_rows_does_not_matter():
    tracks, found = read_tracks(), []
    for rows in (tracks, tracks.iloc[::-1]):
        frame, X = gam.inputs(rows)
        model = fit(gam.terms_for(X), X, frame["valence"])
        found.append(gam.curves(model, X, frame["valence"], frame["artist"]))
    pd.testing.assert_frame_equal(*found, rtol=1e-4, atol=1e-5)
