"""A formula for valence, short enough to print: its search, its rounding and its scores.

The dictionary holds the features as they are, hinges at two round knots each, levels such as a
genre, and products of two of these [@friedman1991]. One after another is added, and after each
addition every term is exchanged for whatever serves better beside the others, until nothing does:
sequential replacement [@miller2002]. Folds of whole artists say how many terms are worth having.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.linear_model import LinearRegression

from analysis.inference.scores import FEATURES
from analysis.memory import remember
from analysis.prediction.evaluation import bootstrap_scores, scores
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import JOBS
from analysis.tracks.features import TONIC
from analysis.tracks.harmony import HARMONY
from analysis.tracks.schema import TIMBRE
from analysis.tracks.splitting import grouped_folds, hold_out

log = logging.getLogger("analysis")

SCORES = tuple(one.plain for one in FEATURES)
ANALYSIS = (*HARMONY, *TONIC, *TIMBRE)
# What a formula of audio features alone may read: no genre or year, and no audio analysis.
PLAIN = {*SCORES, "mode", "metre"}
# The search sees at most so many tracks; the coefficients are estimated from all of them.
MOST_TRACKS = 8_000
# A term that differs from its commonest value on a smaller share of the tracks is not tried.
LEAST_SHARE = 0.005
# Share of its variance that a term keeps beside the others: less, and its coefficient is unstable.
LEAST_NEW = 0.02
# R² that rounding of the coefficients may cost.
ROUNDING_LOSS = 0.0005


class Factor(NamedTuple):
    """One function of one column.

    `kind` is "line" (the column itself), "above" (what exceeds `at`, else 0), "below" (what lacks
    to `at`, else 0) or "level" (1 where the column is `at`, else 0).
    """

    column: str
    kind: str
    at: float | str | None = None

    def values(self, tracks: pd.DataFrame) -> np.ndarray:
        """Return the factor for every track, of shape (n,)."""
        if self.kind == "level":
            return (tracks[self.column].astype(object) == self.at).to_numpy(float)
        column = tracks[self.column].to_numpy(float)
        if self.kind == "line":
            return column
        return np.maximum(column - self.at if self.kind == "above" else self.at - column, 0)


Term = tuple[Factor, ...]  # one factor, or a product of two
YEAR = Factor("year", "line")


@dataclass(frozen=True)
class Formula:
    """An intercept, and one coefficient for each term, in valence per unit of the term."""

    intercept: float
    coefficients: tuple[float, ...]
    terms: tuple[Term, ...]

    @property
    def is_plain(self) -> bool:
        """Tell whether the formula reads audio features alone."""
        return {factor.column for term in self.terms for factor in term} <= PLAIN

    def predict(self, tracks: pd.DataFrame) -> np.ndarray:
        """Return the formula's valence, kept within 0 and 1, of shape (n,)."""
        return np.clip(self.intercept + design(tracks, self.terms) @ self.coefficients, 0, 1)


@dataclass(frozen=True)
class FormulaSearch:
    """A formula with rounded coefficients, and how its length was chosen.

    `frontier` has one row a length: terms, and r2, the mean over folds of whole artists. `tried`
    counts the terms of the dictionary.
    """

    formula: Formula
    frontier: pd.DataFrame
    tried: int


def find_formula(
    train: pd.DataFrame, most: int | None = None, plain: bool = False
) -> FormulaSearch:
    """Search the shortest formula that is about as good as the best of at most `most` terms.

    The search is repeated in every fold, so that the scores by length pay for it too. The length is
    the least whose R² is within one standard error of the best, the error being that of the paired
    difference over folds [@breiman1984]. By default a formula has at most 12 terms, 15 of a table
    that has the audio analysis; one that is to be `plain` reads audio features alone.
    """
    most = most or (15 if "pitch_0" in train and not plain else 12)
    sample = draw_artists(train, MOST_TRACKS)
    folds = grouped_folds(sample, 5)
    parts = [sample, *(sample.iloc[fitting].reset_index(drop=True) for fitting, _ in folds)]
    log.info("formula: %d tracks, at most %d terms", len(sample), most)
    found = Parallel(n_jobs=JOBS)(delayed(search_terms)(part, most, plain) for part in parts)
    r2 = pd.DataFrame([
        {n: scores(held["valence"], fit_terms(terms, part).predict(held))["r2"]
         for n, terms in enumerate(by_length, 1)}
        for (by_length, _), part, (_, rest) in zip(found[1:], parts[1:], folds, strict=True)
        for held in [sample.iloc[rest]]
    ])  # fmt: skip
    by_length, tried = found[0]
    r2 = r2[[n for n in r2 if n <= len(by_length)]].dropna(axis=1)
    loss = r2[r2.mean().idxmax()].to_numpy()[:, None] - r2
    shortest = r2.columns[loss.mean() <= loss.sem() + 1e-12].min()
    formula = round_coefficients(fit_terms(by_length[shortest - 1], train), train)
    return FormulaSearch(formula, r2.mean().rename_axis("terms").reset_index(name="r2"), tried)


@remember
def search_terms(train: pd.DataFrame, most: int, plain: bool) -> tuple[list[tuple[Term, ...]], int]:
    """Return the terms of the formula of every length from 1 to `most`, and how many were tried."""
    terms = list_terms(train, plain)
    columns = design(train, terms, np.float32)
    columns -= columns.mean(axis=0)
    columns /= np.linalg.norm(columns, axis=0)
    target = (train["valence"] - train["valence"].mean()).to_numpy(np.float32)
    gram, towards = columns.T @ columns, columns.T @ target
    found, chosen = [], []
    for _ in range(min(most, len(terms))):
        added = int(find_gains(gram, towards, chosen).argmax())
        chosen = exchange(gram, towards, [*chosen, added])
        found.append(tuple(terms[place] for place in chosen))
    return found, len(terms)


def find_gains(gram: np.ndarray, towards: np.ndarray, chosen: list[int]) -> np.ndarray:
    """Return by how much each column would lower the squared error beside those chosen, (p,)."""
    weights = np.linalg.pinv(gram[np.ix_(chosen, chosen)], hermitian=True) @ gram[chosen]
    new = 1 - (gram[chosen] * weights).sum(axis=0)
    return (towards - towards[chosen] @ weights) ** 2 / np.where(new > LEAST_NEW, new, np.inf)


def exchange(gram: np.ndarray, towards: np.ndarray, chosen: list[int]) -> list[int]:
    """Exchange chosen columns, one at a time, for the column that lowers the squared error most.

    `gram` are cross-products of centred columns of length 1, `towards` theirs with the target.
    """
    for _ in range(20):  # a local optimum is reached after a few rounds
        before = list(chosen)
        for place in range(len(chosen)):
            gains = find_gains(gram, towards, chosen[:place] + chosen[place + 1 :])
            if gains.max() > gains[chosen[place]] * (1 + 1e-6):
                chosen[place] = int(gains.argmax())
        if chosen == before:
            break
    return chosen


def list_terms(tracks: pd.DataFrame, plain: bool = False) -> list[Term]:
    """Return the terms that a formula may have; knots are the tracks' terciles, rounded."""
    readable = PLAIN if plain else {*PLAIN, "year", "genre", *ANALYSIS}
    amounts, coded = (
        [name for name in names if name in readable and name in tracks]
        for names in ((*SCORES, "year", *ANALYSIS), ("mode", "metre", "genre"))
    )
    factors = [factor for name in amounts for factor in _bend(tracks[name])]
    for name in coded:
        levels = sorted(tracks[name].astype(str).unique())
        # one of two levels says what the other does
        factors += [Factor(name, "level", level) for level in levels[len(levels) == 2 :]]
    columns = design(tracks, [(factor,) for factor in factors], np.float32).T
    kept = {one: values for one, values in zip(factors, columns, strict=True) if _varies(values)}
    found = [(factor,) for factor in kept]
    for one, other in combinations(kept, 2):
        # of the analysis only lines, and no two: they would be most of the dictionary
        own = [factor.kind for factor in (one, other) if factor.column in ANALYSIS]
        # a year is near 2000 whatever it is: times it, a factor is hardly anything but itself
        apart = one.column != other.column and own in ([], ["line"]) and YEAR not in (one, other)
        if apart and _varies(kept[one] * kept[other]):
            found.append((one, other))
    return found


def _bend(column: pd.Series) -> list[Factor]:
    """Return a column as a line and as hinges on both sides of its terciles, rounded."""
    low, *knots, high = column.quantile([0.02, 1 / 3, 2 / 3, 0.98])
    found = [Factor(column.name, "line")]
    if not high > low:
        return found
    # the largest of 1, 2 and 5 times a power of ten that is at most a twentieth of the range
    power = 10.0 ** np.floor(np.log10((high - low) / 20))
    step = max(factor * power for factor in (1, 2, 5) if factor * power <= (high - low) / 20)
    rounded = {float(f"{round(knot / step) * step:.6g}") for knot in knots}
    return found + [Factor(column.name, kind, at) for at in sorted(rounded) if low < at < high
                    for kind in ("above", "below")]  # fmt: skip


def _varies(values: np.ndarray) -> bool:
    commonest = max((values == 0).mean(), (values == 1).mean())
    return bool(commonest <= 1 - LEAST_SHARE and values.std() > 1e-6)


def design(tracks: pd.DataFrame, terms: Sequence[Term], dtype=float) -> np.ndarray:
    """Return the values of terms, of shape (n, terms)."""
    used = dict.fromkeys(factor for term in terms for factor in term)
    factors = {factor: factor.values(tracks).astype(dtype) for factor in used}
    columns = np.empty((len(tracks), len(terms)), dtype, order="F")
    for place, term in enumerate(terms):
        columns[:, place] = np.prod([factors[factor] for factor in term], axis=0)
    return columns


def fit_terms(terms: Sequence[Term], train: pd.DataFrame) -> Formula:
    """Estimate the coefficients of terms by least squares on tracks."""
    values = design(train, terms)
    scale = np.maximum(np.abs(values).max(axis=0), 1e-12)
    line = LinearRegression().fit(values / scale, train["valence"])
    return Formula(float(line.intercept_), tuple(map(float, line.coef_ / scale)), tuple(terms))


def round_coefficients(exact: Formula, train: pd.DataFrame) -> Formula:
    """Keep the fewest significant digits that cost at most `ROUNDING_LOSS` of R² in training."""
    observed, values = train["valence"].to_numpy(float), design(train, exact.terms)
    full = scores(observed, exact.predict(train))["r2"]
    for digits in range(1, 8):
        short = tuple(float(f"{weight:.{digits}g}") for weight in exact.coefficients)
        start = round(float(observed.mean() - (values @ short).mean()), 3)
        rounded = Formula(start, short, exact.terms)
        if full - scores(observed, rounded.predict(train))["r2"] <= ROUNDING_LOSS:
            break
    return rounded


def compare_formula(formula: Formula, best_predicted, tracks: pd.DataFrame) -> pd.Series:
    """Return r2, mae of a formula, best_r2, best_mae of the best method, and kept, its share of R².

    Both predict the same tracks; `kept` is missing where the best method's R² is not above 0.
    """
    own = scores(tracks["valence"], formula.predict(tracks))
    best = scores(tracks["valence"], best_predicted)
    kept = own["r2"] / best["r2"] if best["r2"] > 0 else np.nan
    return pd.Series({"r2": own["r2"], "mae": own["mae"], "best_r2": best["r2"],
                      "best_mae": best["mae"], "kept": kept})  # fmt: skip


def work_through(formula: Formula, track: pd.DataFrame) -> pd.DataFrame:
    """Compute a formula for the one track of a table: term, coefficient, value, contribution."""
    values = design(track, formula.terms)[0]
    return pd.DataFrame({
        "term": formula.terms, "coefficient": formula.coefficients, "value": values,
        "contribution": formula.coefficients * values,
    })  # fmt: skip


def pick_example(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the most popular named track as a table of one row: an example not chosen by fit."""
    named = tracks[(tracks["title"] != "") & (tracks["artist"] != "")]
    column = "popularity" if "popularity" in tracks else "track_id"
    order = {"by": [column, "track_id"], "ascending": [False, True]}
    return (named if len(named) else tracks).sort_values(**order).head(1)


def score_elsewhere(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Score a plain formula of each data set on the held-out tracks of every data set.

    Data sets overlap, so artists whom any of them holds out teach nothing. Formulas read columns
    that all data sets have. Columns trained, tested, r2, low, high (95% CI over resampled artists).
    """
    common = set.intersection(*(set(tracks) for tracks in frames.values()))
    splits = {name: hold_out(tracks) for name, tracks in frames.items()}
    held = set().union(*(split.test["artist_key"] for split in splits.values()))
    formulas, parts = {}, []
    for name, split in splits.items():
        train = split.train.loc[~split.train["artist_key"].isin(held)].reset_index(drop=True)
        train = train[[column for column in train if column in common]]
        formulas[name] = find_formula(train, plain=True).formula
    for tested, split in splits.items():
        test = split.test
        made = pd.DataFrame({name: formula.predict(test) for name, formula in formulas.items()})
        scored = bootstrap_scores(test["valence"], made, test["artist"], 500)
        r2 = scored[scored["metric"] == "r2"].rename(columns={"model": "trained", "value": "r2"})
        parts.append(r2.assign(tested=tested))
    return pd.concat(parts, ignore_index=True)[["trained", "tested", "r2", "low", "high"]]
