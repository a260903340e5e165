"""Ordinary least squares with robust and clustered errors, and the ladder compared by it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from scipy.special import expit

from analysis.inference.designs import Design, build_design, least_squares, rebuild_design
from analysis.inference.formulas import complete_rows, ladder_for
from analysis.inference.frames import model_frame
from analysis.memory import remember
from analysis.tracks.splitting import artist_keys


@dataclass(frozen=True)
class Fit:
    """A fitted formula.

    `kind` names the model and `link` its mean's scale ("identity" or "logit"); `params` are the
    coefficients of the mean in the design's order and `covariance` theirs, clustered by artist
    (from the model itself where the model knows the artists); `tracks` are the rows that entered,
    with every derived column; `clusters` numbers the artist of each row; `extra` holds what only
    this kind of model has.
    """

    kind: str
    link: str
    formula: str
    design: Design
    params: np.ndarray
    covariance: np.ndarray
    tracks: pd.DataFrame
    clusters: np.ndarray
    extra: dict

    @property
    def valence(self) -> np.ndarray:
        """The response, shape (n,)."""
        return self.tracks["valence"].to_numpy(dtype=float)

    @property
    def fitted(self) -> np.ndarray:
        """Fitted means on the valence scale, shape (n,)."""
        predictor = self.design.matrix @ self.params
        return expit(predictor) if self.link == "logit" else predictor

    @property
    def residuals(self) -> np.ndarray:
        """Valence minus its fitted mean, shape (n,)."""
        return self.valence - self.fitted


def fit_ols(formula: str, tracks: pd.DataFrame, cluster: str = "artist") -> Fit:
    """Fit a formula by ordinary least squares.

    Parameters
    ----------
    formula : str
        A patsy formula with valence on the left.
    tracks : DataFrame
        Clean tracks; rows that lack a value of the table's ladder are not used.
    cluster : str
        The column whose groups may share errors.

    Returns
    -------
    Fit
        Aliased columns are left out of the design, as in R's `lm`.
    """
    frame = usable_rows(tracks)
    design = build_design(formula, frame)
    clusters = cluster_codes(frame, cluster)
    result = sm.OLS(frame["valence"].to_numpy(), design.matrix).fit(method="qr")
    params, residuals = np.asarray(result.params), np.asarray(result.resid)
    covariance = clustered_covariance(design.matrix, residuals, clusters)
    extra = {"result": result}
    kind, link = "least squares", "identity"
    return Fit(kind, link, formula, design, params, covariance, frame, clusters, extra)


def usable_rows(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the tracks with every derived column, without those that lack a value."""
    frame = model_frame(tracks)
    return frame[complete_rows(frame)].reset_index(drop=True)


def cluster_codes(tracks: pd.DataFrame, cluster: str = "artist") -> np.ndarray:
    """Number the groups of a column from 0; spellings that differ in case are one group."""
    return pd.factorize(artist_keys(tracks[cluster].astype("str")))[0]


def hc3_covariance(matrix: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    """Return White's covariance in the form HC3, robust to unequal variances [@mackinnon1985]."""
    weights = (residuals / (1 - leverages(matrix))) ** 2
    return _sandwich(matrix, (matrix * weights[:, None]).T @ matrix)


def clustered_covariance(matrix, residuals, clusters) -> np.ndarray:
    """Return the covariance that lets an artist's tracks share errors [@cameron2015].

    With the usual correction G/(G-1) (n-1)/(n-p), as in R's `sandwich::vcovCL`.
    """
    meat = cluster_meat(matrix * residuals[:, None], clusters)
    return _sandwich(matrix, meat) * small_sample_factor(clusters, matrix.shape[1])


def cluster_meat(scores: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return the sum over clusters of the outer product of each cluster's summed scores."""
    sums = cluster_sums(scores, clusters)
    return sums.T @ sums


def cluster_sums(values: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return the column sums within each cluster, shape (clusters, columns)."""
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    return np.add.reduceat(values[order], starts, axis=0)


def small_sample_factor(clusters: np.ndarray, parameters: int) -> float:
    """Return G/(G-1) (n-1)/(n-p); a formula that uses up all tracks counts as leaving one."""
    groups, rows = len(np.unique(clusters)), len(clusters)
    return groups / (groups - 1) * (rows - 1) / max(rows - parameters, 1)


def leverages(matrix: np.ndarray) -> np.ndarray:
    """Return the diagonal of the hat matrix, shape (n,); kept below 1 so that HC3 exists."""
    orthonormal = np.linalg.qr(matrix)[0]
    return np.minimum((orthonormal**2).sum(axis=1), 1 - 1e-8)


def _sandwich(matrix: np.ndarray, meat: np.ndarray) -> np.ndarray:
    """Return bread times meat times bread."""
    triangle = np.linalg.qr(matrix, mode="r")
    inverse = np.linalg.inv(triangle)
    bread = inverse @ inverse.T
    return bread @ meat @ bread


def coefficients(fit: Fit) -> pd.DataFrame:
    """Return coefficients with model-based, HC3 and artist-clustered 95 % intervals.

    Returns
    -------
    DataFrame
        Columns `name`, `estimate`, and for each of `classical`, `hc3`, `clustered` the columns
        `<kind>_error`, `<kind>_low`, `<kind>_high`. HC3 uses t with n-p degrees of freedom,
        clustered errors t with one less than the number of artists.
    """
    result = fit.extra["result"]
    kinds = {
        "classical": (np.asarray(result.cov_params()), result.df_resid),
        "hc3": (hc3_covariance(fit.design.matrix, fit.residuals), result.df_resid),
        "clustered": (fit.covariance, fit.clusters.max()),
    }
    frame = pd.DataFrame({"name": fit.design.names, "estimate": fit.params})
    for kind, (covariance, freedom) in kinds.items():
        error = np.sqrt(np.diag(covariance))
        half = stats.t.ppf(0.975, freedom) * error
        frame[f"{kind}_error"] = error
        frame[f"{kind}_low"], frame[f"{kind}_high"] = frame.estimate - half, frame.estimate + half
    return frame


@remember
def compare_ladder(tracks: pd.DataFrame, folds: list) -> pd.DataFrame:
    """Compare the rungs that a table can serve, on the same rows and folds.

    Parameters
    ----------
    tracks : DataFrame
        Clean tracks, usually the part set aside for choosing.
    folds : list of (ndarray, ndarray)
        Positions of training and validation rows, whole artists, from `grouped_folds`.

    Returns
    -------
    DataFrame
        One row a rung: `rung`, `label`, `reason`, `formula`, `parameters`, `adjusted_r2`, `aic`,
        `bic`, `cv_r2`, `cv_r2_se`, `cv_mae`, `cv_mae_se`. Standard errors are over folds.
    """
    frame, complete = model_frame(tracks), complete_rows(tracks)
    inner = [(train[complete[train]], test[complete[test]]) for train, test in folds]
    rows = []
    for rung in ladder_for(frame):
        named = {"rung": rung.name, "label": rung.label, "reason": rung.reason}
        scores = score_formula(rung.formula, frame, inner)
        rows.append(named | {"formula": rung.formula} | _fit_summary(rung.formula, frame) | scores)
    return pd.DataFrame(rows)


def _fit_summary(formula: str, frame: pd.DataFrame) -> dict[str, float]:
    """Return size and in-sample criteria of a formula."""
    result = fit_ols(formula, frame).extra["result"]
    return {
        "parameters": len(result.params),
        "adjusted_r2": result.rsquared_adj if len(result.params) > 1 else 0.0,
        "aic": result.aic,
        "bic": result.bic,
    }


def score_formula(formula: str, tracks: pd.DataFrame, folds: list) -> dict[str, float]:
    """Cross-validate a formula: R² and mean absolute error, with standard errors over folds."""
    return summarise_scores(formula_scores(formula, tracks, folds))


def formula_scores(formula: str, tracks: pd.DataFrame, folds: list) -> np.ndarray:
    """Return a formula's R² and mean absolute error on each validation fold, shape (folds, 2)."""
    return np.array([_fold_scores(formula, model_frame(tracks), *fold) for fold in folds])


def summarise_scores(scores: np.ndarray) -> dict[str, float]:
    """Return means over folds with their standard errors."""
    errors = scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
    (r2, mae), (r2_se, mae_se) = scores.mean(axis=0), errors
    return {"cv_r2": r2, "cv_r2_se": r2_se, "cv_mae": mae, "cv_mae_se": mae_se}


def _fold_scores(formula: str, frame: pd.DataFrame, train, validation) -> tuple[float, float]:
    """Fit on one fold's training rows, knots and all, and score its validation rows."""
    design = build_design(formula, frame.iloc[train])
    params = least_squares(design.matrix, frame["valence"].to_numpy()[train])
    predicted = rebuild_design(design, frame.iloc[validation]) @ params
    return r_squared(frame["valence"].to_numpy()[validation], predicted)


def r_squared(observed: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    """Return R² about the observed mean, and the mean absolute error."""
    residual = observed - predicted
    total = ((observed - observed.mean()) ** 2).sum()
    return 1 - (residual**2).sum() / total, np.abs(residual).mean()


def choose_rung(comparison: pd.DataFrame) -> pd.Series:
    """Choose the smallest rung within one standard error of the best cross-validated R².

    The mean alone is a yardstick and no candidate: a formula without features, which few tracks may
    favour, answers no question about features.

    Returns
    -------
    Series
        The chosen row of `comparison`; rows stand in order of size.
    """
    comparison = comparison[comparison["parameters"] > 1]
    best = comparison.loc[comparison["cv_r2"].idxmax()]
    close = comparison[comparison["cv_r2"] >= best["cv_r2"] - best["cv_r2_se"]]
    return close.loc[close["parameters"].idxmin()]
