"""Candidate formulas for valence, compared by cross-validation over whole artists.

The ladder crosses the shape in which a score enters with what stands beside the scores, and each of
these with interactions. Hundreds of fits need only sub-matrices of one matrix of cross-products.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import patsy

from analysis import SEED
from analysis.inference.scores import FEATURES, complete_tracks
from analysis.memory import remember
from analysis.tracks.features import TONIC
from analysis.tracks.schema import TIMBRE

SHAPES = ("linear", "transformed", "splines")
SPLINE = 'cr({}, df=4, constraints="center")'
INTERACTIONS = (("danceability", "energy"), ("acousticness", "energy"), ("danceability", "tempo"))
# What stands beside the scores, each step with all that stands in the steps before it.
CONTEXTS = (("genre",), ("popularity", "explicit"), ("year", "key", "mode", "metre"))
# What of the audio analysis may stand beside all that, as straight lines.
AUDIO = {"": (), " + pitch": TONIC, " + timbre": TIMBRE, " + pitch and timbre": (*TONIC, *TIMBRE)}
# Keeps a solution unique where a level of a factor is absent from some of the artists.
RIDGE = 1e-9


@dataclass(frozen=True)
class Ladder:
    """The candidates that a table can serve.

    `frame` has the complete tracks with every derived column and `group`, the number of the first
    artist; `candidates` one row a formula (shape, context, interactions, formula, terms);
    `left_out` says what no candidate reads, and why (what, reason).
    """

    frame: pd.DataFrame
    candidates: pd.DataFrame
    left_out: pd.DataFrame

    @property
    def terms(self) -> list[str]:
        """Every term of some candidate, in order of appearance."""
        return list(dict.fromkeys(term for terms in self.candidates["terms"] for term in terms))

    def on(self, frame: pd.DataFrame) -> "Ladder":
        """Return the same candidates for some of the tracks, from `sample_artists`."""
        return replace(self, frame=frame)


def build_ladder(train: pd.DataFrame, audio: bool = False) -> Ladder:
    """Return every candidate that a table of clean tracks can serve.

    Tracks that lack a value of a usable column are left out. With `audio` every candidate also
    comes with the means of pitch over the tonic, those of timbre, and both, where the table has
    them. Raises `BadInput` where valence does not vary.
    """
    frame, reasons = complete_tracks(train)
    frame["group"] = pd.factorize(frame["artist_key"])[0]
    contexts, terms = {"scores only": ()}, ()
    for step in CONTEXTS:
        if present := tuple(name for name in step if name not in reasons):
            terms += present
            contexts[f"+ {', '.join(present)}"] = terms
    blocks = {label: tuple(name for name in block if name not in reasons)
              for label, block in AUDIO.items() if audio or not label}  # fmt: skip
    beside = [(label + more, (*terms, *block)) for label, terms in contexts.items()
              for more, block in blocks.items() if block or not more]  # fmt: skip
    scores, rows = [one for one in FEATURES if one.name not in reasons], []
    for shape in SHAPES if scores else SHAPES[:1]:
        column = {one.name: one.plain if shape == "linear" else one.shape for one in scores}
        own = [SPLINE.format(name) if shape == "splines" else name for name in column.values()]
        products = [f"{column[a]}:{column[b]}" for a, b in INTERACTIONS if {a, b} <= set(column)]
        for context, more in beside:
            for extra in [[], products] if products else [[]]:
                rows.append((shape, context, bool(extra), (*own, *more, *extra)))
    candidates = pd.DataFrame(rows, columns=["shape", "context", "interactions", "terms"])
    candidates = candidates[candidates["terms"].map(len) > 0].reset_index(drop=True)
    candidates["formula"] = ["valence ~ " + " + ".join(terms) for terms in candidates["terms"]]
    audio_names = dict.fromkeys(TONIC, "pitch") | dict.fromkeys(TIMBRE, "timbre")
    what = pd.Series(reasons).reset_index(name="reason").replace({"index": audio_names})
    what = what.drop_duplicates().groupby("reason", sort=False)["index"].agg(", ".join)
    return Ladder(frame, candidates, what.reset_index(name="what"))


def sample_artists(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return at most `most` tracks, as whole artists drawn at random; all where they are fewer.

    An artist who alone has more tracks is not drawn; levels that no drawn track has are gone.
    """
    if len(frame) <= most:
        return frame
    sizes = np.bincount(frame["group"])
    order = np.random.default_rng(SEED).permutation(np.flatnonzero(sizes <= most))
    kept = order[sizes[order].cumsum() <= most]
    return keep_levels(frame[frame["group"].isin(kept)].reset_index(drop=True))


def keep_levels(frame: pd.DataFrame) -> pd.DataFrame:
    """Return tracks whose factors have no level that none of the tracks has."""
    factors = frame.select_dtypes("category")
    return frame.assign(**{name: factors[name].cat.remove_unused_categories() for name in factors})


@dataclass(frozen=True)
class Design:
    """Every term's columns side by side: `matrix` (n x p, intercept first), `places` by term."""

    matrix: np.ndarray
    places: dict[str, list[int]]

    def columns(self, terms) -> list[int]:
        """Return the intercept's column and those of some terms."""
        return [0, *(place for term in terms for place in self.places[term])]


def build_design(ladder: Ladder) -> Design:
    """Return the columns of all terms; knots are quantiles of the features and know no valence."""
    parts, places, width = [np.ones((len(ladder.frame), 1))], {}, 1
    for term in ladder.terms:
        part = np.asarray(patsy.dmatrix(term, ladder.frame))[:, 1:]
        places[term] = list(range(width, width + part.shape[1]))
        parts.append(part)
        width += part.shape[1]
    matrix = np.hstack(parts)
    matrix[:, 1:] -= matrix[:, 1:].mean(axis=0)
    return Design(matrix / np.sqrt((matrix**2).mean(axis=0)), places)


class CrossProducts:
    """X'X, X'y and y'y by part of the tracks: enough to fit and to score any candidate."""

    def __init__(self, matrix: np.ndarray, valence: np.ndarray, parts: np.ndarray):
        """Sum over the tracks of each part; `parts` numbers them from 0."""
        joined = np.column_stack([matrix, valence])
        chunks = [joined[parts == part] for part in range(parts.max() + 1)]
        self.sums = np.stack([chunk.T @ chunk for chunk in chunks])
        squared_means = [len(chunk) * chunk[:, -1].mean() ** 2 for chunk in chunks]
        self.total = self.sums[:, -1, -1] - squared_means

    @classmethod
    def by_fold(cls, matrix: np.ndarray, valence, folds: list) -> "CrossProducts":
        """Sum over the validation tracks of each fold."""
        parts = np.empty(len(matrix), dtype=int)
        for number, (_, validation) in enumerate(folds):
            parts[validation] = number
        return cls(matrix, np.asarray(valence), parts)

    def squared_error(self, columns: list[int], fitted: np.ndarray, scored: np.ndarray) -> float:
        """Return the squared error of a fit to the sums `fitted` on the tracks of `scored`."""
        gram = fitted[np.ix_(columns, columns)] + RIDGE * fitted[0, 0] * np.eye(len(columns))
        params = np.linalg.solve(gram, fitted[columns, -1])
        gram, moment = scored[np.ix_(columns, columns)], scored[columns, -1]
        return float(scored[-1, -1] - 2 * params @ moment + params @ gram @ params)

    def r2_by_part(self, columns: list[int]) -> np.ndarray:
        """Return R² on every part of a fit to the others, about the part's own mean."""
        whole = self.sums.sum(axis=0)
        left = [self.squared_error(columns, whole - part, part) for part in self.sums]
        return 1 - np.array(left) / self.total


@remember
def compare_candidates(ladder: Ladder, folds: list) -> pd.DataFrame:
    """Cross-validate every candidate, and fit it to all tracks.

    `folds`, of whole artists, come from `grouped_folds`. To the candidates are added parameters,
    the columns of `score_columns`, aic, bic (as statsmodels counts them: the error variance is no
    parameter), and chosen, by the one-standard-error rule [@breiman1984; @hastie2009].
    """
    design, rows = build_design(ladder), len(ladder.frame)
    products = CrossProducts.by_fold(design.matrix, ladder.frame["valence"], folds)
    columns = [design.columns(one) for one in ladder.candidates["terms"]]
    scores, whole = np.array([products.r2_by_part(x) for x in columns]), products.sums.sum(axis=0)
    error = np.array([products.squared_error(x, whole, whole) for x in columns])
    deviance, size = rows * (np.log(2 * np.pi * error / rows) + 1), np.array([*map(len, columns)])
    compared = ladder.candidates.assign(
        parameters=size, aic=deviance + 2 * size, bic=deviance + np.log(rows) * size,
        **score_columns(scores),
    )  # fmt: skip
    return compared.assign(chosen=compared.index == choose(compared))


def score_columns(scores: np.ndarray) -> dict[str, np.ndarray]:
    """Return what R² of candidates over folds, (candidates, folds), says of each candidate.

    cv_r2 is the mean and cv_r2_se its standard error; behind is how far it is below the best one,
    and behind_se the standard error of that, paired by fold.
    """
    behind, root = scores[scores.mean(axis=1).argmax()] - scores, np.sqrt(scores.shape[1])
    return {
        "cv_r2": scores.mean(axis=1), "cv_r2_se": scores.std(axis=1, ddof=1) / root,
        "behind": behind.mean(axis=1), "behind_se": behind.std(axis=1, ddof=1) / root,
    }  # fmt: skip


def choose(compared: pd.DataFrame) -> int:
    """Return the row of the smallest candidate within one standard error of the best CV R².

    The error is that of the difference, paired by fold: candidates do well on the same folds.
    """
    close = compared[compared["behind"] <= compared["behind_se"] + 1e-12]
    smallest = close[close["parameters"] == close["parameters"].min()]
    return int(smallest["cv_r2"].idxmax())


def features_of(term: str) -> tuple[str, ...]:
    """Return the features that a term reads, under the names that the report prints."""
    columns = {scale: one.name for one in FEATURES for scale in (one.plain, one.shape)}
    return tuple(dict.fromkeys(columns.get(code, code) for code in columns_of(term)))


def columns_of(term: str) -> list[str]:
    """Return the columns that a term reads."""
    return [part.removeprefix("cr(").split(",")[0].strip("() ") for part in term.split(":")]


@remember
def score_terms(ladder: Ladder, terms: tuple[str, ...], folds: list) -> np.ndarray:
    """Return R² on each fold of any set of the ladder's terms, shape (folds,)."""
    design = build_design(ladder)
    products = CrossProducts.by_fold(design.matrix, ladder.frame["valence"], folds)
    return products.r2_by_part(design.columns(terms))
