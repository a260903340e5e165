"""What valence might be: claims, what each predicts, how it is tested, and thresholds.

The claims are older than this analysis; the thresholds are not blind: people set them who had
looked at the known tables. They stand here, beside the claims, so that a reader can see and move
them, and so that every table is judged by the same ones.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Hypothesis:
    """One claim about how valence is made.

    The size of the evidence is one number; the claim is supported from `supported` on, not
    supported below `refuted`, and partly in between.
    """

    key: str
    claim: str
    prediction: str
    test: str
    measure: str
    supported: float
    refuted: float

    def doubt(self, low: float, high: float) -> str:
        """Return which threshold beside the verdict an interval of the size reaches across."""
        edges = [edge for edge in (self.refuted, self.supported) if low < edge <= high]
        if len(edges) == 2:
            return "clear of neither threshold"
        return f"not clear of the threshold {edges[0]:g}" if edges else ""

    def judge(self, size: float) -> str:
        """Return "supported", "partly", "not" or, for NaN, "not testable here"."""
        if np.isnan(size):
            return "not testable here"
        return ("not", "partly", "supported")[(size >= self.refuted) + (size >= self.supported)]


_ALONE = "cross-validated R² of {} alone, against that of everything in the table"
_SHARE = "share of the R² of all features"
HYPOTHESES = (
    Hypothesis(
        "scores",
        "Valence is a function of the other published scores.",
        "The scores predict valence almost as well as one release of a recording predicts another.",
        "cross-validated R² of the scores, against that between releases",
        "share of what releases agree on",
        0.9,
        0.5,
    ),
    Hypothesis(
        "harmony",
        "Valence is a readout of harmony.",
        "Key and mode, and pitch where it is measured, do nearly as well as everything.",
        _ALONE.format("key, mode and pitch"),
        _SHARE,
        0.75,
        0.25,
    ),
    Hypothesis(
        "rhythm",
        "Valence is a readout of rhythm and tempo.",
        "Danceability, tempo and metre do nearly as well as everything.",
        _ALONE.format("danceability, tempo and metre"),
        _SHARE,
        0.75,
        0.25,
    ),
    Hypothesis(
        "timbre",
        "Valence is a readout of timbre: brightness, attack, loudness.",
        "Energy, loudness, acousticness, and timbre where it is measured, do nearly as well as "
        "everything.",
        _ALONE.format("energy, loudness, acousticness and timbre"),
        _SHARE,
        0.75,
        0.25,
    ),
    Hypothesis(
        "genre",
        "Valence stands for genre.",
        "Genre does nearly as well as everything.",
        _ALONE.format("genre"),
        _SHARE,
        0.75,
        0.25,
    ),
    Hypothesis(
        "vector",
        "Valence was learned from expert labels, on a feature vector from which the other scores "
        "come too.",
        "Audio features that are no scores explain much of what the scores leave open.",
        "gain in cross-validated R² from the audio analysis, against what the scores leave of "
        "the agreement between releases",
        "share of the open variance",
        0.25,
        0.05,
    ),
    Hypothesis(
        "rescaled",
        "Valence was rescaled to a target range.",
        "Where the range was cut, values pile up: at 0.03 to 0.04 and at 0.96 to 0.97, bins "
        "first seen to be full in tracks114k, of which genres is a part.",
        "tracks in the two bins, against half of those in the four bins on their inner sides",
        "ratio of tracks",
        1.5,
        1.1,
    ),
    Hypothesis(
        "stable",
        "Valence is stable over releases of the same recording.",
        "Two releases of one recording have nearly the same valence.",
        "R² between releases of one recording that are no copies of each other",
        "R²",
        0.9,
        0.5,
    ),
)


def state_hypotheses() -> pd.DataFrame:
    """Return the hypotheses as a frame: key, claim, prediction, test, measure and thresholds."""
    return pd.DataFrame([vars(one) for one in HYPOTHESES])


def judge_hypotheses(
    groups: pd.DataFrame, repeats: pd.DataFrame, piles: pd.DataFrame
) -> pd.DataFrame:
    """Weigh every hypothesis.

    Parameters
    ----------
    groups : DataFrame
        What `evidence.score_feature_groups` returns.
    repeats : DataFrame
        What `ceiling.repeat_measurements` returns.
    piles : DataFrame
        What `evidence.end_piles` returns.

    Returns
    -------
    DataFrame
        Columns key, claim, measure, size, low, high (95 % where there is one), verdict, doubt
        (which threshold the interval reaches across, else empty); one row a hypothesis, in their
        order. A table on which the piles were found cannot test them.
    """
    sizes = {
        **_group_sizes(groups),
        **_score_sizes(groups, repeats),
        "rescaled": _pile_size(piles),
        "stable": tuple(repeats.iloc[0][["r2", "low", "high"]].astype(float)),
    }
    rows = []
    for one in HYPOTHESES:
        size, low, high = sizes.get(one.key, (np.nan,) * 3)
        row = {"key": one.key, "claim": one.claim, "measure": one.measure}
        row |= {"size": size, "low": low, "high": high}
        tested = not (one.key == "rescaled" and piles["seen"].any())
        verdict, doubt = one.judge(size if tested else np.nan), one.doubt(low, high)
        rows.append({**row, "verdict": verdict, "doubt": doubt if tested else ""})
    return pd.DataFrame(rows)


def _group_sizes(groups: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Return each group's R² alone, as a share of that of everything."""
    rows = groups.set_index("group")[["share", "share_low", "share_high"]].astype(float)
    keys = ("harmony", "rhythm", "timbre", "genre")
    return {key: tuple(rows.loc[key]) for key in keys if key in rows.index}


def _score_sizes(groups: pd.DataFrame, repeats: pd.DataFrame) -> dict[str, tuple]:
    """Return what the scores explain, and what the audio analysis adds, of the stable part."""
    rows, limit = groups.set_index("group"), repeats["r2"].iloc[0]
    limit = 1.0 if np.isnan(limit) else limit
    scores = rows.loc["the scores", ["alone", "low", "high"]].astype(float)
    found = {"scores": tuple(scores / limit)}
    if "audio analysis" in rows.index:
        gain = rows.loc["audio analysis", ["gain", "gain_low", "gain_high"]].astype(float)
        found["vector"] = tuple(gain / (limit - scores["alone"]))
    return found


def _pile_size(piles: pd.DataFrame) -> tuple[float, float, float]:
    """Return the ratio over both ends together."""
    return tuple(piles.set_index("end").loc["both", ["ratio", "low", "high"]].astype(float))
