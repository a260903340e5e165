"""What can be seen of the making of valence from outside: patterns of the published scores."""

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata

from analysis.prediction.evidence import PILES

SIBLINGS = (
    "danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness",
    "liveness", "tempo",
)  # fmt: skip
CONCEPTS = (*SIBLINGS, "valence")
# What a pattern may be off by and still count as reproduced: differences that no reader would call
# another pattern. A slope of loudness has also to have the sign and at least half the size.
TOLERANCES = {
    "correlations": 0.03,
    "R² from the scores, straight lines": 0.06,
    "R² added by curves and products": 0.04,
    "loudness alone": 0.04,
    "loudness, other scores equal": 0.04,
    "R² between releases": 0.05,
    "standard deviation": 0.03,
    "tracks piled up at the ends": 0.5,
}
# Set from the data or, as the likeness of releases, by hand in every mechanism; and what follows
# from the correlations where the readouts keep them.
ROLES = {
    "correlations": "set",
    "R² between releases": "set",
    "standard deviation": "set",
    "R² from the scores, straight lines": "follows",
    "loudness alone": "follows",
    "loudness, other scores equal": "follows",
}


def observed_patterns(tracks: pd.DataFrame, repeats: float) -> pd.Series:
    """Return the patterns of a table of tracks, in the order of `TOLERANCES`."""
    return find_patterns(normal_scores(tracks), tracks["valence"].to_numpy(), repeats)


def normal_scores(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the concepts as normal scores: ranks on the scale of a standard normal.

    A score that is the same for every track has no correlation and is left out.
    """
    n = len(tracks)
    varied = [name for name in CONCEPTS if tracks[name].nunique() > 1]
    ranks = {name: rankdata(tracks[name]) for name in varied}
    frame = pd.DataFrame({name: norm.ppf((r - 0.5) / n) for name, r in ranks.items()})
    return (frame - frame.mean()) / frame.std(ddof=0)


def find_patterns(frame: pd.DataFrame, shown: np.ndarray, again: float) -> pd.Series:
    """Return what can be seen from outside; slopes of loudness only where it varies.

    `correlations` is the mean absolute correlation of valence with its siblings; slopes of
    loudness are in standard deviations; R² are adjusted for the number of columns.
    """
    valence = frame["valence"].to_numpy()
    lines, names = siblings_of(frame), list(frame.columns.drop("valence"))
    weights, straight = _fit(lines, valence)
    _, bent = _fit(_bend(lines), valence)
    seen = {
        "correlations": frame[names].corrwith(frame["valence"]).abs().mean(),
        "R² from the scores, straight lines": straight,
        "R² added by curves and products": bent - straight,
        "R² between releases": again,
        "standard deviation": shown.std(),
        "tracks piled up at the ends": _pile_ratio(shown),
    }
    if "loudness" in names:
        seen["loudness alone"] = float(np.corrcoef(frame["loudness"], valence)[0, 1])
        seen["loudness, other scores equal"] = float(weights[1 + names.index("loudness")])
    return pd.Series({name: seen[name] for name in TOLERANCES if name in seen})


def siblings_of(frame: pd.DataFrame) -> np.ndarray:
    """Return the other scores, with a constant."""
    return np.column_stack([np.ones(len(frame)), frame.drop(columns="valence")])


def _fit(design: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, float]:
    """Return least-squares weights and adjusted R²."""
    weights, _, columns, _ = np.linalg.lstsq(design, target, rcond=None)
    left = ((target - design @ weights) ** 2).sum() / (len(design) - columns)
    return weights, float(1 - left / target.var(ddof=1))


def _bend(lines: np.ndarray) -> np.ndarray:
    """Add hinges at the quartiles and products of pairs to a constant and lines."""
    scores = lines[:, 1:]
    first, second = np.triu_indices(scores.shape[1])
    places = norm.ppf([0.25, 0.75])
    hinges = [np.maximum(scores - place, 0) for place in places]
    return np.hstack([lines, *hinges, scores[:, first] * scores[:, second]])


def _pile_ratio(valence: np.ndarray) -> float:
    """Return tracks in the bins of `PILES` against their inner neighbours."""
    hundredths = np.floor(valence * 100 + 1e-9).astype(int)
    inside = sum((hundredths == place).sum() for place, _ in PILES.values())
    beside = sum(
        np.isin(hundredths, [place + inwards, place + 2 * inwards]).sum() / 2
        for place, inwards in PILES.values()
    )
    return float(inside / max(beside, 0.5))
