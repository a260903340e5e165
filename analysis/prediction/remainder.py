"""What a formula leaves: by genre, year, voice, language of the title, and by artist."""

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evaluation import draw_counts, interval_of
from analysis.prediction.titles import title_languages
from analysis.tracks.splitting import artist_keys

RESAMPLES = 1000
# Groups of fewer tracks say nothing that noise would not say.
FEWEST = 20


def group_tracks(tracks: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the groupings that a table allows, by name; each a Series of shape (n,) of text."""
    groups = {}
    if "genre" in tracks:
        groups["genre"] = tracks["genre"].astype(str)
    if "year" in tracks and tracks["year"].notna().any():
        decade = (tracks["year"] // 10 * 10).astype("Int64").astype(str) + "s"
        groups["decade"] = decade.where(tracks["year"].notna(), "unknown")
    sung = np.where(tracks["instrumentalness"] > 0.5, "instrumental", "sung")
    groups["voice"] = pd.Series(sung, index=tracks.index)
    if "explicit" in tracks:
        words = np.where(tracks["explicit"].astype(bool), "explicit", "not explicit")
        groups["words"] = pd.Series(words, index=tracks.index)
    groups["language of the title"] = title_languages(tracks["title"])
    named = [name for name in ("mode", "metre") if name in tracks]
    return groups | {name: tracks[name].astype(str) for name in named}


def describe_residuals(tracks: pd.DataFrame, predicted, seed: int = SEED) -> pd.DataFrame:
    """Compare the mean residual of groups of held-out tracks.

    Parameters
    ----------
    tracks : DataFrame
        Held-out tracks.
    predicted : array of shape (n,)
    seed : int

    Returns
    -------
    DataFrame
        Columns grouping, group, tracks, residual (mean of valence less prediction), low, high
        (95 %, artists resampled), mae; groups of at least `FEWEST` tracks.
    """
    residual = tracks["valence"].to_numpy() - np.asarray(predicted, float)
    codes, counts = _artist_draws(tracks, seed)
    rows = []
    for grouping, groups in group_tracks(tracks).items():
        for name in sorted(groups.unique()):
            inside = (groups == name).to_numpy()
            if inside.sum() >= FEWEST:
                row = _mean_row(residual[inside], codes[inside], counts)
                rows.append({"grouping": grouping, "group": name, **row})
    return pd.DataFrame(rows)


@remember
def explain_residuals(tracks: pd.DataFrame, predicted, seed: int = SEED) -> pd.DataFrame:
    """Return the share of the residual variance that each grouping, and the artist, accounts for.

    Shares are intraclass correlations of one-way analysis of variance [@shrout1979]: a grouping
    without any effect has 0 on average, or a little less by chance, however many groups it has.

    Returns
    -------
    DataFrame
        Columns grouping, groups, tracks, share, low, high (95 %; artists resampled, less the mean
        by which the resamples exceed the estimate).
    """
    residual = tracks["valence"].to_numpy() - np.asarray(predicted, float)
    codes, counts = _artist_draws(tracks, seed)
    groupings = {**group_tracks(tracks), "artist": artist_keys(tracks["artist"])}
    rows = []
    for name, groups in groupings.items():
        kept = (groups.map(groups.value_counts()) >= 2).to_numpy()
        numbers = pd.factorize(groups[kept])[0]
        if numbers.max(initial=-1) < 1:
            continue
        whole, rest = name == "artist", residual[kept]
        value = _intraclass(rest, numbers, np.ones(len(rest)), whole)
        drawn = np.array([_intraclass(rest, numbers, d[codes[kept]], whole) for d in counts])
        # drawing artists makes groups of few artists differ more: the interval is moved by that
        low, high = interval_of(drawn - drawn.mean() + value)
        row = {"grouping": name, "groups": int(numbers.max()) + 1, "tracks": len(rest)}
        rows.append({**row, "share": value, "low": low, "high": high})
    return pd.DataFrame(rows)


def open_variance(
    formula: float, best: float, shares: pd.DataFrame, repeats: float
) -> pd.DataFrame:
    """Divide the variance of valence into what is explained, and what more would explain it.

    Parameters
    ----------
    formula, best : float
        R² of the formula and of the best method on held-out tracks.
    shares : DataFrame
        What `explain_residuals` returns for the best method.
    repeats : float
        R² between two releases of one recording, 1 where it is not known (NaN).

    Returns
    -------
    DataFrame
        Columns part, share (of the variance of valence), total (up to and with this part).
    """
    artist = shares.set_index("grouping")["share"].get("artist", np.nan)
    artist = 0.0 if np.isnan(artist) else float(np.clip(artist, 0, 1))
    limit = 1.0 if np.isnan(repeats) else repeats
    common = min(artist * (1 - best), limit - best)
    parts = {
        "the printed formula": formula,
        "the best method beyond it": best - formula,
        "shared by an artist's tracks beyond the model": common,
        "particular to a recording": limit - best - common,
        "between releases of one recording": 1 - limit,
    }
    table = pd.DataFrame({"part": list(parts), "share": list(parts.values())})
    return table.assign(total=table["share"].cumsum())


def expect_gains(rest: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Say what further information could add to R², and how that is known.

    Parameters
    ----------
    rest : DataFrame
        What `open_variance` returns.
    groups : DataFrame
        What `evidence.score_feature_groups` returns.

    Returns
    -------
    DataFrame
        Columns information, gain (of R²; NaN where this table cannot tell), basis.
    """
    parts = rest.set_index("part")["share"]
    added = groups.set_index("group")["gain"]
    means = "means of pitch and timbre over the track, beyond the scores"
    rows = [
        (means, added.get("audio analysis", np.nan), "measured, by cross-validation"),
        ("genre, beyond the scores", added.get("genre", np.nan), "measured, by cross-validation"),
        (
            "what an artist's tracks have in common: voice, language, production",
            parts["shared by an artist's tracks beyond the model"],
            "estimated, from the likeness of an artist's residuals",
        ),
        (
            "sound beyond the scores, words, and chance in the labels, together",
            parts["particular to a recording"],
            "what is left, beside any audio analysis above",
        ),
        (
            "another measurement of the same recording",
            parts["between releases of one recording"],
            "estimated, from releases that are no copies of each other",
        ),
    ]
    return pd.DataFrame(rows, columns=["information", "gain", "basis"])


def _artist_draws(tracks: pd.DataFrame, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each track's artist as a number, and resampled counts of the artists."""
    codes = pd.factorize(artist_keys(tracks["artist"]))[0]
    return codes, draw_counts(codes.max() + 1, RESAMPLES, seed)


def _mean_row(residual: np.ndarray, codes: np.ndarray, counts: np.ndarray) -> dict:
    """Return the mean residual of one group with its interval."""
    units = counts.shape[1]
    total = counts @ np.bincount(codes, residual, units)
    weight = counts @ np.bincount(codes, minlength=units)
    low, high = interval_of((total / np.where(weight > 0, weight, np.nan))[weight > 0])
    row = {"tracks": len(residual), "residual": residual.mean(), "low": low, "high": high}
    return row | {"mae": np.abs(residual).mean()}


def _intraclass(
    residual: np.ndarray, groups: np.ndarray, weights: np.ndarray, whole: bool = False
) -> float:
    """Return the intraclass correlation of one-way analysis of variance, tracks weighted.

    A weight is how often the track's artist was drawn. Where the groups are `whole` artists, one
    that was drawn twice is two groups; otherwise its tracks stand twice in their group.
    """
    total = np.bincount(groups, weights)
    copies = total / np.bincount(groups) if whole else (total > 0).astype(float)
    size = np.divide(total, copies, out=np.zeros_like(total), where=copies > 0)
    n, units = total.sum(), copies.sum()
    if units < 2 or n <= units:
        return 0.0
    means = np.bincount(groups, weights * residual) / np.where(total > 0, total, 1)
    grand = (total * means).sum() / n
    between = (total * (means - grand) ** 2).sum() / (units - 1)
    within = (weights * (residual - means[groups]) ** 2).sum() / (n - units)
    typical = (n - (total * size).sum() / n) / (units - 1)
    return float((between - within) / (between + (typical - 1) * within))
