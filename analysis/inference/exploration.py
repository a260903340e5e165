"""What the scores look like before any model: shapes, correlations, and one score at a time."""

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import squareform
from scipy.stats import norm

from analysis import SEED
from analysis.inference.designs import rebuild_design
from analysis.inference.formulas import formula_of, usable_columns
from analysis.inference.regression import fit_ols, usable_rows
from analysis.inference.scales import FACTORS, FEATURES

# Scores whose absolute correlation exceeds this on average are one block.
BLOCK_CORRELATION = 0.4
GRID, POINTS = 60, 1_500


def usable_features(tracks: pd.DataFrame) -> list:
    """Return the audio scores that a table can serve."""
    columns = usable_columns(tracks)
    return [feature for feature in FEATURES if feature.shape in columns]


def describe_shapes(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return how each score is distributed, before and after its transform.

    Returns
    -------
    DataFrame
        `feature`, `mean`, `sd`, `skewness`, `at_low` and `at_high` (share of tracks below 0.01 and
        above 0.99, for scores between 0 and 1), `transform`, `reason`, `skewness_after`.
    """
    frame = usable_rows(tracks)
    return pd.DataFrame([_describe(frame, feature) for feature in usable_features(frame)])


def _describe(frame: pd.DataFrame, feature) -> dict:
    """Describe one score."""
    values, shaped = frame[feature.plain], frame[feature.shape]
    bounded = values.between(0, 1).all()
    return {
        "feature": feature.name, "mean": values.mean(), "sd": values.std(),
        "skewness": values.skew(),
        "at_low": (values < 0.01).mean() if bounded else 0.0,
        "at_high": (values > 0.99).mean() if bounded else 0.0,
        "transform": feature.shape.split("_")[0] if feature.reason else "none",
        "reason": feature.reason or "none needed", "skewness_after": shaped.skew(),
    }  # fmt: skip


def correlate_scores(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return Pearson correlations of all scores and valence on the scales of their shapes.

    Scores are ordered and grouped into blocks by average linkage on 1 - |r|.

    Returns
    -------
    DataFrame
        `first`, `second`, `r`, `block` (of `first`; 0 for valence, which stands first); one row a
        pair, in the order of the clustering.
    """
    frame = usable_rows(tracks)
    features = usable_features(frame)
    together = frame[[f.shape for f in features]].corr().to_numpy()
    order, blocks = _cluster(together)
    names = ["valence", *(features[i].name for i in order)]
    columns = ["valence", *(features[i].shape for i in order)]
    matrix = frame[columns].corr().to_numpy()
    labels = dict(zip(names, [0, *blocks[order]], strict=True))
    table = pd.DataFrame(matrix, index=pd.Index(names, name="first"), columns=names)
    pairs = table.reset_index().melt("first", var_name="second", value_name="r")
    return pairs.assign(block=pairs["first"].map(labels))


def _cluster(together: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of the leaves and each score's block."""
    if len(together) < 2:
        return np.arange(len(together)), np.ones(len(together), dtype=int)
    distances = 1 - np.abs(together)
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "average")
    return leaves_list(tree), fcluster(tree, 1 - BLOCK_CORRELATION, "distance")


def collinear_blocks(correlations: pd.DataFrame) -> list[list[str]]:
    """Return the blocks of more than one score, the largest first."""
    scores = correlations.drop_duplicates("first").query("block > 0")
    members = scores.groupby("block")["first"].agg(list)
    return sorted((names for names in members if len(names) > 1), key=len, reverse=True)


def single_curves(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return valence against one score at a time, as a natural spline with nothing else held equal.

    Returns
    -------
    DataFrame
        `feature`, `column`, `x`, `valence`, `low`, `high`; bands 95 %, clustered by artist.
    """
    frame = usable_rows(tracks)
    columns = [(feature.name, feature.shape) for feature in usable_features(frame)]
    return pd.concat([_single(frame, *pair) for pair in columns], ignore_index=True)


def _single(frame: pd.DataFrame, name: str, column: str) -> pd.DataFrame:
    """Return one score's curve between its 0.5 and 99.5 % quantiles."""
    fit = fit_ols(f'valence ~ cr({column}, df=5, constraints="center")', frame)
    grid = np.linspace(*frame[column].quantile([0.005, 0.995]), GRID)
    rows = rebuild_design(fit.design, frame.iloc[[0] * GRID].assign(**{column: grid}))
    return pd.DataFrame({"feature": name, "column": column, "x": grid} | _band(rows, fit))


def _band(rows: np.ndarray, fit) -> dict[str, np.ndarray]:
    """Return fitted valence with a 95 % band."""
    centre = rows @ fit.params
    half = norm.ppf(0.975) * np.sqrt(np.einsum("ij,jk,ik->i", rows, fit.covariance, rows))
    return {"valence": centre, "low": centre - half, "high": centre + half}


def sample_points(tracks: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Return some tracks as points for a figure: `feature`, `column`, `x`, `valence`."""
    frame = usable_rows(tracks)
    some = frame.sample(min(len(frame), POINTS), random_state=seed)
    parts = [
        some[["valence"]].assign(feature=f.name, column=f.shape, x=some[f.shape])
        for f in usable_features(frame)
    ]
    return pd.concat(parts, ignore_index=True)


def valence_by_level(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return mean valence by key, mode, metre and genre, with artist-clustered 95 % intervals.

    Returns
    -------
    DataFrame
        `factor`, `level`, `tracks`, `mean`, `low`, `high`, and `explained`, the R² of the factor.
    """
    frame = usable_rows(tracks)
    names = [name for name in (*FACTORS, "genre") if name in usable_columns(frame)]
    columns = ["factor", "level", "tracks", "mean", "low", "high", "explained"]
    rows = [row for name in names for row in _level_means(frame, name)]
    return pd.DataFrame(rows, columns=columns)


def _level_means(frame: pd.DataFrame, factor: str) -> list[tuple]:
    """Return one factor's rows."""
    fit = fit_ols(f"valence ~ 0 + {factor}", frame)
    half = norm.ppf(0.975) * np.sqrt(np.diag(fit.covariance))
    counts = frame[factor].value_counts(sort=False)
    explained = 1 - fit.residuals.var() / fit.valence.var()
    return [
        (factor, str(level), int(counts[level]), mean, mean - h, mean + h, explained)
        for level, mean, h in zip(counts.index, fit.params, half, strict=True)
    ]


def compare_associations(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return each score's association with valence alone and with all other scores held equal.

    Returns
    -------
    DataFrame
        `feature`, `alone`, `alone_low`, `alone_high`, `partial`, `partial_low`, `partial_high`
        (valence per SD), and `turns`: whether the sign changes with both intervals clear of 0.
    """
    frame = usable_rows(tracks)
    features = usable_features(frame)
    together = _slopes(frame, formula_of(frame, "transformed"))
    rows = []
    for feature in features:
        alone = _slopes(frame, f"valence ~ {feature.shape}")[feature.shape]
        rows.append((feature.name, *alone, *together[feature.shape]))
    kinds = ("alone", "partial")
    names = [f"{kind}{end}" for kind in kinds for end in ("", "_low", "_high")]
    table = pd.DataFrame(rows, columns=["feature", *names])
    clear = [table[f"{kind}_low"] * table[f"{kind}_high"] > 0 for kind in kinds]
    return table.assign(turns=clear[0] & clear[1] & (table["alone"] * table["partial"] < 0))


def _slopes(frame: pd.DataFrame, formula: str) -> dict[str, tuple[float, float, float]]:
    """Return every coefficient per SD with its clustered 95 % interval."""
    fit = fit_ols(formula, frame)
    spread = np.array([frame[name].std() if name in frame else 0.0 for name in fit.design.names])
    half = norm.ppf(0.975) * np.sqrt(np.diag(fit.covariance)) * spread
    centre = fit.params * spread
    triples = zip(centre, centre - half, centre + half, strict=True)
    return dict(zip(fit.design.names, triples, strict=True))


def most_changed(associations: pd.DataFrame) -> str:
    """Return the score whose slope changes most when the others are held equal.

    Scores that turn come first.
    """
    change = (associations["partial"] - associations["alone"]).abs() + associations["turns"]
    return associations.loc[change.idxmax(), "feature"]


def trace_suppression(tracks: pd.DataFrame, feature: str) -> pd.DataFrame:
    """Return one score's slope with each single other score held equal, to see which turns it.

    Returns
    -------
    DataFrame
        `control`, `slope`, `low`, `high` (valence per SD), the lowest first.
    """
    frame = usable_rows(tracks)
    shapes = {f.name: f.shape for f in usable_features(frame)}
    own = shapes[feature]
    rows = [("nothing", *_slopes(frame, f"valence ~ {own}")[own])]
    for name, shape in shapes.items():
        if name != feature:
            rows.append((name, *_slopes(frame, f"valence ~ {own} + {shape}")[own]))
    table = pd.DataFrame(rows, columns=["control", "slope", "low", "high"])
    return table.sort_values("slope", ignore_index=True)
