"""Four ways in which valence could be made, simulated, and what each looks like from outside.

Only the correlations of the published scores and the mean and spread of valence are taken from the
data; all other settings were set by hand, by people who had looked at the known data sets.
"""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import norm, rankdata
from sklearn.linear_model import LinearRegression, Ridge

from analysis import SEED
from analysis.derivation.evidence import PILES, mark_piles
from analysis.inference.scores import FEATURES
from analysis.memory import remember
from analysis.prediction.validation import share_out

SCORES = (*(one.plain for one in FEATURES if one.name != "duration"), "valence")
# Measured by rule from the audio rather than learned from labels.
MEASURED = ("loudness", "tempo")
MECHANISMS = {
    "siblings": "Siblings, stretched",
    "unstretched": "Siblings, not stretched",
    "function": "Function of the scores",
    "apart": "Judged apart",
}
# What a pattern may be off by and still count as reproduced: differences that no reader would call
# another pattern. A slope of loudness that is further from zero than this has also to have the sign
# and at least half the size.
TOLERANCES = {
    "R² of straight lines": 0.06,
    "R² added by curves and products": 0.04,
    "Slope of loudness, alone": 0.04,
    "Slope of loudness, others equal": 0.04,
    "Tracks piled up near the ends": 0.5,
}
LABELLED = 1_500  # songs that experts label
RELIABILITY = 0.7  # squared correlation of a label with what it is a label of
DIMENSIONS = 24  # of the vector that the machine hears
NOISE = 0.25  # standard deviation of each dimension's noise, beside a signal of at most 1


@remember
def compare_mechanisms(train: pd.DataFrame, draws: int = 40) -> pd.DataFrame:
    """Compare patterns of the data with those of simulated scores, `draws` of each mechanism.

    Scores that vary enter by their ranks, on the scale of a standard normal. As many songs are
    simulated as there are tracks, but 1,000 at least and 10,000 at most. Columns pattern and
    mechanism (categories, in the order of `TOLERANCES` and `MECHANISMS`), observed, median, low,
    high (2.5 and 97.5% quantiles of the simulations), tolerance, reproduced. Patterns of loudness
    are missing where it is the same for every track.
    """
    varied, valence = [name for name in SCORES if train[name].nunique() > 1], train["valence"]
    ranks = rankdata(train[varied], axis=0)
    frame = _standardise(pd.DataFrame(norm.ppf((ranks - 0.5) / len(ranks)), columns=varied))
    observed = find_patterns(frame, valence.to_numpy())
    correlations, songs = frame.corr(), int(np.clip(len(train), 1_000, 10_000))
    about = correlations, songs, valence, draws
    drawn = share_out(_simulate, [(key, *about) for key in MECHANISMS])
    rows = []
    for label, found in zip(MECHANISMS.values(), drawn, strict=True):
        for pattern, (low, median, high) in found.quantile([0.025, 0.5, 0.975]).items():
            own, tolerance = observed[pattern], TOLERANCES[pattern]
            reproduced = is_reproduced(pattern, own, median)
            rows.append((pattern, label, own, median, low, high, tolerance, reproduced))
    names = ["pattern", "mechanism", "observed", "median", "low", "high", "tolerance", "reproduced"]
    return pd.DataFrame(rows, columns=names).assign(
        pattern=lambda rows: pd.Categorical(rows["pattern"], observed.index),
        mechanism=lambda rows: pd.Categorical(rows["mechanism"], MECHANISMS.values()),
    )


def _simulate(key: str, correlations, songs: int, valence: pd.Series, draws: int) -> pd.DataFrame:
    """Return the patterns of one mechanism, a row a simulation."""
    middles, found = [(place + 0.5) / 100 for place, _ in PILES.values()], []
    # only valence of stretched siblings is cut at the bins where valence piles up
    ends = (min(middles), max(middles)) if key == "siblings" else (0, 1)
    for rng in np.random.default_rng(SEED).spawn(draws):
        scores, spread = simulate_scores(key, correlations, songs, rng)
        scale = valence.std() * (spread if key == "unstretched" else 1)
        drawn = np.clip(valence.mean() + scale * scores["valence"].to_numpy(), *ends)
        found.append(find_patterns(scores, drawn))
    return pd.DataFrame(found)


def is_reproduced(pattern: str, observed: float, median: float) -> bool:
    """Tell whether simulations' median reproduces a pattern; to scatter wide enough is no merit."""
    near = abs(median - observed) <= TOLERANCES[pattern]
    flat = abs(observed) <= TOLERANCES[pattern]
    has_slope = flat or median * np.sign(observed) >= abs(observed) / 2
    return bool(near and (has_slope or not pattern.startswith("Slope")))


def simulate_scores(
    mechanism: str, correlations: pd.DataFrame, songs: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, float]:
    """Simulate the scores of songs, as a machine that learned them from labels would give them.

    A song is a hidden vector from a standard normal distribution, of which every concept behind a
    score is a linear function. The machine hears noisy mixtures of the vector, bent by a hyperbolic
    tangent; ridge regressions on these, learned from noisy labels of other songs, are the scores.

    `correlations` are those of the concepts, valence the last. Returned are the scores,
    standardised and in that order, and the standard deviation of the readout of valence, where that
    of the concept is 1.
    """
    wanted = correlations.to_numpy(copy=True)
    if mechanism == "apart":
        wanted[-1, :-1] = wanted[:-1, -1] = 0
    values, vectors = np.linalg.eigh(wanted)
    hidden = rng.standard_normal((LABELLED + songs, len(wanted)))
    # two scores may be one, and then rounding leaves an eigenvalue below zero
    concepts = hidden @ (vectors * np.sqrt(values.clip(0))).T
    mixing = rng.standard_normal((len(wanted), DIMENSIONS)) / np.sqrt(len(wanted))
    heard = np.tanh(hidden @ mixing)
    heard += NOISE * rng.standard_normal(heard.shape)
    errors = np.sqrt(1 / RELIABILITY - 1) * rng.standard_normal((LABELLED, len(wanted)))
    readout = Ridge(alpha=0.01 * LABELLED).fit(heard[:LABELLED], concepts[:LABELLED] + errors)
    scores = pd.DataFrame(readout.predict(heard[LABELLED:]), columns=correlations.columns)
    spread = float(scores["valence"].std())
    for name in set(MEASURED) & set(scores):
        scores[name] = concepts[LABELLED:, scores.columns.get_loc(name)]
    if mechanism == "function":
        others = scores.drop(columns="valence")
        rule = LinearRegression().fit(others, scores["valence"]).predict(others)
        scores["valence"] = _standardise(rule) + 0.05 * rng.standard_normal(songs)
    return _standardise(scores), spread


def find_patterns(scores: pd.DataFrame, valence: np.ndarray) -> pd.Series:
    """Return what can be seen from outside, by the names of `TOLERANCES`.

    Scores are normal or simulated, standardised; R² are adjusted for the number of columns, and
    slopes of loudness, which are missing without it, are in standard deviations. `valence` is on
    its scale from 0 to 1, for the tracks in the bins of `evidence.PILES` against half of those in
    their inner neighbours.
    """
    others = scores.drop(columns="valence")
    lines = sm.OLS(scores["valence"], sm.add_constant(others)).fit()
    first, second = np.triu_indices(others.shape[1])
    values = others.to_numpy()
    hinges = [np.maximum(values - quartile, 0) for quartile in norm.ppf([0.25, 0.75])]
    bent = np.hstack([sm.add_constant(values), *hinges, values[:, first] * values[:, second]])
    curves = sm.OLS(scores["valence"].to_numpy(), bent).fit()
    inside, beside = mark_piles(valence)
    found = {
        "R² of straight lines": lines.rsquared_adj,
        "R² added by curves and products": curves.rsquared_adj - lines.rsquared_adj,
        "Tracks piled up near the ends": inside.sum() / max(beside.sum(), 0.5),
    }
    if "loudness" in others:
        found["Slope of loudness, alone"] = scores["loudness"].corr(scores["valence"])
        found["Slope of loudness, others equal"] = lines.params["loudness"]
    return pd.Series({name: found[name] for name in TOLERANCES if name in found})


def _standardise(values):
    return (values - values.mean(axis=0)) / values.std(axis=0)
