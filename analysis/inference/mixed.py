"""Artist intercepts, and each genre's own slopes, partially pooled."""

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm

from analysis.inference.designs import build_design
from analysis.inference.formulas import formula_of
from analysis.inference.regression import Fit, cluster_codes, cluster_sums, fit_ols, usable_rows
from analysis.inference.scales import FEATURES

# Below this many tracks a coefficient, a genre's own regression says too little.
TRACKS_A_SLOPE = 5


def fit_mixed(formula: str, tracks: pd.DataFrame, cluster: str = "artist") -> Fit:
    """Fit a linear mixed model with one random intercept an artist, by REML.

    With one random intercept the likelihood is a function of the ratio of the two standard
    deviations alone; everything else has a closed form given it, so the search is along one line
    and thirty thousand artists cost no more than thirty [@bates2015].

    Returns
    -------
    Fit
        `covariance` is the model's own. `extra` has `artist_sd`, `residual_sd`, `icc` (the share of
        the residual variance that lies between artists), `marginal_r2` and `conditional_r2`
        [@nakagawa2013], and `artists`: a frame of `artist`, `tracks`, `intercept` (shrunken).
    """
    frame = usable_rows(tracks)
    design, clusters = build_design(formula, frame), cluster_codes(frame, cluster)
    valence = frame["valence"].to_numpy()
    scale = np.linalg.norm(design.matrix, axis=0)
    sums = _Sums(design.matrix / scale, valence, clusters)
    ratio = sums.best_ratio()
    params, covariance, residual_variance = sums.solve(ratio)
    params, covariance = params / scale, covariance / np.outer(scale, scale)
    artist_variance = ratio**2 * residual_variance
    fixed_variance = (design.matrix @ params).var(ddof=1)
    extra = _variance_shares(fixed_variance, artist_variance, residual_variance)
    residuals = valence - design.matrix @ params
    extra |= {"artists": _intercepts(frame[cluster], residuals, clusters, ratio)}
    extra |= {"reml": sums.deviance(ratio) + 2 * np.log(scale).sum()}
    kind, link = "mixed model", "identity"
    return Fit(kind, link, formula, design, params, covariance, frame, clusters, extra)


class _Sums:
    """Cross-products within and over artists: all that the restricted likelihood reads."""

    def __init__(self, matrix: np.ndarray, response: np.ndarray, clusters: np.ndarray):
        joined = np.column_stack([matrix, response])
        self.rows, self.columns = matrix.shape
        self.cross = joined.T @ joined
        sizes = np.bincount(clusters)
        sums = cluster_sums(joined, clusters)
        self.sizes, self.counts = np.unique(sizes, return_counts=True)
        self.between = [sums[sizes == size].T @ sums[sizes == size] for size in self.sizes]

    def _triangle(self, ratio: float) -> np.ndarray:
        """Return the Cholesky factor of [X y]' V⁻¹ [X y], with V in units of the residual's."""
        weights = ratio**2 / (1 + self.sizes * ratio**2)
        inner = self.cross - sum(w * s for w, s in zip(weights, self.between, strict=True))
        return np.linalg.cholesky(inner)

    def deviance(self, ratio: float) -> float:
        """Return minus twice the restricted log-likelihood, the residual variance profiled out."""
        diagonal = np.log(np.diag(self._triangle(ratio)))
        freedom = self.rows - self.columns
        inflation = (self.counts * np.log1p(self.sizes * ratio**2)).sum()
        constant = freedom * (1 + np.log(2 * np.pi / freedom))
        return inflation + 2 * diagonal[:-1].sum() + 2 * freedom * diagonal[-1] + constant

    def best_ratio(self) -> float:
        """Return the artist SD in units of the residual SD; 0 where artists do not differ."""
        options = {"bounds": (0, 10), "method": "bounded", "options": {"xatol": 1e-9}}
        found = minimize_scalar(self.deviance, **options)
        return float(found.x) if found.fun < self.deviance(0.0) else 0.0

    def solve(self, ratio: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Return coefficients, their covariance and the residual variance."""
        triangle = self._triangle(ratio)
        inverse = np.linalg.inv(triangle[:-1, :-1])
        variance = triangle[-1, -1] ** 2 / (self.rows - self.columns)
        return inverse.T @ triangle[-1, :-1], variance * inverse.T @ inverse, variance


def _variance_shares(fixed: float, artist: float, residual: float) -> dict[str, float]:
    """Return standard deviations, intraclass correlation and both R² [@nakagawa2013]."""
    total = fixed + artist + residual
    return {
        "artist_sd": np.sqrt(artist),
        "residual_sd": np.sqrt(residual),
        "icc": artist / (artist + residual),
        "marginal_r2": fixed / total,
        "conditional_r2": (fixed + artist) / total,
    }


def _intercepts(names: pd.Series, residuals, clusters, ratio: float) -> pd.DataFrame:
    """Return each artist's predicted intercept, shrunken towards zero for few tracks."""
    sizes = np.bincount(clusters)
    sums = np.bincount(clusters, weights=residuals)
    frame = pd.DataFrame({"artist": names.to_numpy(), "code": clusters}).drop_duplicates("code")
    frame = frame.sort_values("code", ignore_index=True)
    shrunken = ratio**2 / (1 + sizes * ratio**2) * sums
    return frame.assign(tracks=sizes, intercept=shrunken).drop(columns="code")


def genre_slopes(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return each genre's own association of every score with valence, alone and partially pooled.

    In every genre that is large enough, valence is regressed on all scores, each in units of its
    standard deviation over all tracks, with errors clustered by artist. The genres' slopes are then
    taken as draws from a normal distribution and each is drawn towards its mean in proportion to
    its own uncertainty [@paule1982].

    Returns
    -------
    DataFrame
        `feature`, `genre`, `tracks`, `slope`, `slope_low`, `slope_high`, `pooled`, `pooled_low`,
        `pooled_high`, `mean`, `mean_low`, `mean_high`, `spread` (the SD of true slopes); empty
        where fewer than two genres are large enough. All in valence per SD.
    """
    rows = _own_slopes(_standardised(usable_rows(tracks))) if "genre" in tracks else []
    if len({row["genre"] for row in rows}) < 2:
        return pd.DataFrame()
    slopes = pd.DataFrame(rows)
    parts = [pool_slopes(part) for _, part in slopes.groupby("feature", sort=False)]
    return pd.concat(parts, ignore_index=True)


def _standardised(frame: pd.DataFrame) -> pd.DataFrame:
    """Return tracks whose scores, on the scale of their shape, have mean 0 and SD 1."""
    columns = [feature.shape for feature in FEATURES]
    values = frame[columns]
    spread = values.std().where(values.std() > 0, 1)
    return frame.assign(**((values - values.mean()) / spread))


def _own_slopes(frame: pd.DataFrame) -> list[dict]:
    """Return one row a genre and score from regressions within genres."""
    formula = formula_of(frame, "transformed")
    rows = []
    for genre, part in frame.groupby("genre", observed=True):
        # clustered errors need more artists than coefficients
        if min(len(part) / TRACKS_A_SLOPE, part["artist"].nunique()) > len(FEATURES) + 1:
            rows += _slopes_within(genre, fit_ols(formula, part.reset_index(drop=True)))
    return rows


def _slopes_within(genre: str, fit: Fit) -> list[dict]:
    """Return the slopes of one genre's regression."""
    errors = np.sqrt(np.diag(fit.covariance))
    found = dict(zip(fit.design.names, zip(fit.params, errors, strict=True), strict=True))
    names = [(feature.name, found[feature.shape]) for feature in FEATURES if feature.shape in found]
    return [
        {"feature": name, "genre": genre, "tracks": len(fit.tracks), "slope": slope, "error": error}
        for name, (slope, error) in names
    ]


def pool_slopes(slopes: pd.DataFrame) -> pd.DataFrame:
    """Draw one score's slopes towards their mean; reads `slope` and `error`."""
    slope, variance = slopes["slope"].to_numpy(), slopes["error"].to_numpy() ** 2
    between = between_variance(slope, variance)
    weights = 1 / (between + variance)
    mean, mean_error = (weights * slope).sum() / weights.sum(), weights.sum() ** -0.5
    trust = between / (between + variance)
    pooled = mean + trust * (slope - mean)
    # the mean is estimated too: its error adds where a genre leans on it
    error = np.sqrt(trust * variance + (1 - trust) ** 2 * mean_error**2)
    half = norm.ppf(0.975)
    return slopes.drop(columns="error").assign(
        slope_low=slope - half * slopes["error"], slope_high=slope + half * slopes["error"],
        pooled=pooled, pooled_low=pooled - half * error, pooled_high=pooled + half * error,
        mean=mean, mean_low=mean - half * mean_error, mean_high=mean + half * mean_error,
        spread=np.sqrt(between),
    )  # fmt: skip


def between_variance(estimates: np.ndarray, variances: np.ndarray) -> float:
    """Return the variance of true values at which Cochran's Q is as expected [@paule1982]."""

    def excess(between: float) -> float:
        weights = 1 / (variances + between)
        mean = (weights * estimates).sum() / weights.sum()
        return (weights * (estimates - mean) ** 2).sum() - (len(estimates) - 1)

    top = 10 * (estimates.var() + variances.max()) + 1e-12
    return brentq(excess, 0, top) if excess(0) > 0 else 0.0
