"""Four ways in which valence could be made, simulated, and what each would look like from outside.

Only correlations of the published scores are taken from the data; what the simulated scores show
beyond them is the test.
"""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evidence import PILES
from analysis.prediction.patterns import (
    CONCEPTS,
    ROLES,
    TOLERANCES,
    find_patterns,
    normal_scores,
    observed_patterns,
    siblings_of,
)
from analysis.prediction.validation import JOBS

log = logging.getLogger("analysis")
# Measured by rule from the audio rather than learned from labels.
MEASURED = ("loudness", "tempo")


@dataclass(frozen=True)
class Setting:
    """What a simulation assumes.

    The values were set by hand, by people who had looked at the known tables, and are no estimates;
    the places at which valence is cut are those of `evidence.PILES`, so they are no test.

    `factors` common ones span the latent vector beside one factor of each concept's own; the
    machine sees `dimensions` noisy mixtures of them (`noise`: standard deviation beside 1).
    Experts label `labelled` songs with the given `reliability` (squared correlation with the
    concept); the scores of `tracks` others are read out by ridge regression. Valence gets the mean
    `centre` and, where it is rescaled, the standard deviation `spread`. `concepts` are the scores,
    valence the last.
    """

    # as many as the correlations of nine concepts can identify (Ledermann's bound)
    factors: int = 5
    dimensions: int = 24
    noise: float = 0.25
    labelled: int = 1_500
    reliability: float = 0.7
    tracks: int = 3_000
    centre: float = 0.5
    spread: float = 0.25
    concepts: tuple[str, ...] = CONCEPTS


@dataclass(frozen=True)
class Mechanism:
    """One way to make valence: its name, and what it says."""

    key: str
    label: str
    claim: str


MECHANISMS = (
    Mechanism(
        "siblings",
        "Siblings, rescaled",
        "one feature vector, a readout learned for every score, valence stretched to a range",
    ),
    Mechanism(
        "unscaled",
        "Siblings, not rescaled",
        "the same without the stretching: the readout of the labels as it is",
    ),
    Mechanism(
        "function",
        "Function of the scores",
        "valence computed from the other published scores by a linear rule, and rounded",
    ),
    Mechanism(
        "apart",
        "Judged apart",
        "valence learned from labels on a feature vector that no other score uses",
    ),
)


def compare_mechanisms(
    train: pd.DataFrame, repeats: float, draws: int = 40, seed: int = SEED
) -> pd.DataFrame:
    """Compare patterns of the data with those of simulated scores.

    Parameters
    ----------
    train : DataFrame
        Training tracks.
    repeats : float
        R² between releases of one recording; NaN where it is not known.
    draws : int
        Simulations of each mechanism.
    seed : int

    Returns
    -------
    DataFrame
        Columns pattern, mechanism (a key of `MECHANISMS`), observed, value (median over the
        simulations), low, high (their 2.5 and 97.5 % quantiles), tolerance, role ("set" where the
        simulation was set up by it, "follows" where that implies it for siblings, else "test"),
        reproduced ("yes" where the median is within the `tolerance` of the observed value, and a
        slope of loudness has its sign and at least half its size; "unknown" where nothing is
        observed).
    """
    observed = observed_patterns(train, repeats)
    frame, valence = normal_scores(train), train["valence"]
    setting = Setting(
        # as many songs as there are tracks, so that chance has as much room
        tracks=int(np.clip(len(train), 1_000, 10_000)),
        centre=round(valence.mean(), 3),
        spread=round(valence.std(), 3),
        concepts=tuple(frame),
        factors=count_factors(frame.shape[1]),
    )
    loadings = factor_loadings(frame, setting.factors)
    log.info("mechanisms: %d, each with %d simulations", len(MECHANISMS), draws)
    found = Parallel(n_jobs=JOBS)(
        delayed(simulate_patterns)(one.key, loadings, setting, draws, seed) for one in MECHANISMS
    )
    return pd.DataFrame([
        _row(one.key, name, values[name], observed)
        for one, values in zip(MECHANISMS, found, strict=True)
        for name in observed.index
    ])  # fmt: skip


def count_factors(concepts: int) -> int:
    """Return how many factors the correlations of so many concepts can identify (Ledermann)."""
    return int((2 * concepts + 1 - np.sqrt(8 * concepts + 1)) / 2)


def factor_loadings(frame: pd.DataFrame, factors: int, rounds: int = 200) -> np.ndarray:
    """Return loadings of iterated principal axes, of shape (columns, factors).

    The diagonal of the correlations is replaced by what the factors share, until it settles.
    """
    together = frame.corr().to_numpy()
    # two scores may be one, and then there is no inverse
    shared = np.clip(1 - 1 / np.diag(np.linalg.pinv(together, hermitian=True)), 0, 0.95)
    for _ in range(rounds):
        reduced = together.copy()
        np.fill_diagonal(reduced, shared)
        values, vectors = np.linalg.eigh(reduced)
        chosen = np.argsort(values)[::-1][:factors]
        loadings = vectors[:, chosen] * np.sqrt(np.maximum(values[chosen], 0))
        # a concept with nothing of its own could not be told from the factors
        shared = np.minimum((loadings**2).sum(axis=1), 0.95)
    return loadings


@remember
def simulate_patterns(
    mechanism: str, loadings: np.ndarray, setting: Setting, draws: int, seed: int
) -> pd.DataFrame:
    """Return the patterns of simulated tables, one row a simulation."""
    generators = np.random.default_rng(seed).spawn(draws)
    rows = [_simulate(mechanism, loadings, setting, generator) for generator in generators]
    return pd.DataFrame([find_patterns(*row) for row in rows])


def _simulate(
    mechanism: str, loadings: np.ndarray, setting: Setting, generator: np.random.Generator
) -> tuple[pd.DataFrame, np.ndarray, float]:
    """Return simulated scores (standardised), valence as published, and R² of a second release."""
    concepts, heard, again = _make_songs(mechanism, loadings, setting, generator)
    readouts = _read_out(heard, concepts, setting, generator)
    raw = heard[setting.labelled :] @ readouts
    frame = pd.DataFrame(_standardise(raw), columns=list(setting.concepts))
    other = _standardise(again[setting.labelled :] @ readouts)[:, -1]
    for name in set(MEASURED) & set(frame):
        place = setting.concepts.index(name)
        frame[name] = _standardise(concepts[setting.labelled :, place])
    if mechanism == "function":
        frame["valence"], other = _apply_rule(frame, generator)
    agreement = 1 - ((frame["valence"] - other) ** 2).mean() / 2
    spread = setting.spread * (float(raw[:, -1].std()) if mechanism == "unscaled" else 1.0)
    shown = np.clip(setting.centre + spread * frame["valence"].to_numpy(), *_ends(mechanism))
    return frame, shown, float(agreement)


def _make_songs(
    mechanism: str, loadings: np.ndarray, setting: Setting, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return concepts, features of the audio, and features of another release of each song."""
    total = setting.labelled + setting.tracks
    common = generator.standard_normal((total, setting.factors))
    own = generator.standard_normal((total, len(loadings)))
    # what a concept does not share is left to a factor of its own
    apart = np.sqrt(np.maximum(1 - (loadings**2).sum(axis=1), 0.05))
    concepts = common @ loadings.T + own * apart
    if mechanism == "apart":
        concepts[:, -1] = own[:, -1]
    latent = np.hstack([common, own])
    mixing = generator.standard_normal((latent.shape[1], setting.dimensions))
    clean = np.tanh(latent @ mixing / np.sqrt(latent.shape[1]))
    heard = clean + setting.noise * generator.standard_normal(clean.shape)
    # two releases are the same sound but for their mastering
    return concepts, heard, heard + 0.1 * setting.noise * generator.standard_normal(clean.shape)


def _apply_rule(
    frame: pd.DataFrame, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return valence of two releases as a linear rule of the other scores, with a little noise."""
    lines = siblings_of(frame)
    rule = _standardise(lines @ np.linalg.lstsq(lines, frame["valence"], rcond=None)[0])
    noise = 0.05 * generator.standard_normal((2, len(frame)))
    return _standardise(rule + noise[0]), _standardise(rule + noise[1])


def _read_out(
    heard: np.ndarray, concepts: np.ndarray, setting: Setting, generator: np.random.Generator
) -> np.ndarray:
    """Return ridge weights of every concept, learned from noisy labels of the first songs."""
    n = setting.labelled
    error = np.sqrt(1 / setting.reliability - 1)
    labels = concepts[:n] + error * generator.standard_normal((n, concepts.shape[1]))
    x = heard[:n] - heard[:n].mean(axis=0)
    return np.linalg.solve(x.T @ x + n * 0.01 * np.eye(x.shape[1]), x.T @ labels)


def _ends(mechanism: str) -> tuple[float, float]:
    """Return the range to which published valence is cut."""
    if mechanism != "siblings":
        return (0.0, 1.0)
    return tuple(sorted((place + 0.5) / 100 for place, _ in PILES.values()))


def _row(mechanism: str, pattern: str, values: pd.Series, observed: pd.Series) -> dict:
    """Return one line of the comparison."""
    low, middle, high = values.quantile([0.025, 0.5, 0.975])
    seen, tolerance = observed[pattern], TOLERANCES[pattern]
    # wide quantiles are no merit: a mechanism that scatters enough would reproduce anything
    near = bool(abs(seen - middle) <= tolerance)
    # a slope of the wrong sign, or none, is another pattern, however near
    slope = not pattern.startswith("loudness") or middle * np.sign(seen) >= abs(seen) / 2
    known = not np.isnan(seen)
    return {
        "pattern": pattern, "mechanism": mechanism, "observed": seen, "value": middle,
        "low": low, "high": high, "tolerance": tolerance, "role": ROLES.get(pattern, "test"),
        "reproduced": ("yes" if near and slope else "no") if known else "unknown",
    }  # fmt: skip


def _standardise(values: np.ndarray) -> np.ndarray:
    """Return columns with mean 0 and standard deviation 1."""
    return (values - values.mean(axis=0)) / values.std(axis=0)
