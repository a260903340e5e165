"""What the audio analysis adds: to every rung, to every learner, and by which of its parts."""

import pandas as pd

from analysis.inference.formulas import ladder_for
from analysis.inference.frames import model_frame
from analysis.inference.regression import coefficients, fit_ols, formula_scores
from analysis.inference.selection import Choice
from analysis.prediction.comparison import Comparison
from analysis.prediction.preparing import without_analysis
from analysis.prediction.validation import Candidate, corrected_interval, cross_predictions
from analysis.prediction.validation import fold_scores as score_folds
from analysis.tracks.features import TONIC
from analysis.tracks.schema import PITCHES, TIMBRE
from analysis.tracks.splitting import grouped_folds

TERMS = TONIC + TIMBRE
# What is taken from a table to see what the rest is worth.
SETS = {
    "neither": PITCHES + TIMBRE,
    "pitch": TIMBRE,
    "timbre": PITCHES,
    "both": (),
}


def find_audio_block(
    train: pd.DataFrame, entrants: Comparison, choice: Choice
) -> dict[str, pd.DataFrame]:
    """Return what the audio analysis adds.

    Parameters
    ----------
    train : DataFrame
        Training tracks with pitch and timbre means.
    entrants : Comparison
        All tuned methods; their settings are kept, so a gain is one of features alone.
    choice : Choice
        The ladder on the choosing half.

    Returns
    -------
    dict of str to DataFrame
        ``audio_rungs`` and ``audio_learners`` (without, with, gain, low, high: R²; 95 %, corrected
        for overlapping folds), ``audio_sets`` (R² of one method on the scores with neither, one,
        or both parts) and ``audio_parts`` (valence per standard deviation of each mean: `per_sd`
        with all else in the fullest formula equal, `alone` with nothing else; clustered by artist).
    """
    return {
        "audio_rungs": compare_rungs(choice.choosing),
        "audio_learners": compare_learners(entrants),
        "audio_sets": compare_sets(entrants.crossed, entrants.candidates[entrants.trees]),
        "audio_parts": estimate_parts(choice.estimating),
    }


def compare_rungs(tracks: pd.DataFrame) -> pd.DataFrame:
    """Cross-validate every rung of the ladder without and with the audio analysis."""
    frame, folds = model_frame(tracks), grouped_folds(tracks)
    rows = []
    for rung in ladder_for(without_analysis(tracks)):
        joined = f"{rung.formula} + {' + '.join(TERMS)}"
        plain, full = (formula_scores(one, frame, folds)[:, 0] for one in (rung.formula, joined))
        rows.append({"model": rung.name, "label": rung.label, **_gain(plain, full, len(folds))})
    return pd.DataFrame(rows)


def compare_learners(entrants: Comparison) -> pd.DataFrame:
    """Cross-validate every tuned method without the audio analysis, beside its scores with it."""
    tuned = [
        one for one in entrants.candidates.values()
        if one.learner.kind not in ("baseline", "stack", "average")
    ]  # fmt: skip
    first = entrants.by_fold[entrants.by_fold["repeat"] == 0]
    n_folds = first["fold"].nunique()
    folds = cross_predictions(tuned, without_analysis(entrants.crossed), 1, n_folds)
    plain = score_folds(folds, [one.name for one in tuned])
    rows = []
    for one in tuned:
        pair = [part[part["model"] == one.name].sort_values("fold")["r2"].to_numpy()
                for part in (plain, first)]  # fmt: skip
        rows.append({"model": one.name, "label": one.label, **_gain(*pair, n_folds)})
    return pd.DataFrame(rows)


def compare_sets(train: pd.DataFrame, one: Candidate, n_folds: int = 5) -> pd.DataFrame:
    """Cross-validate one method on the scores with neither part of the analysis, one, or both."""
    rows = []
    for name, dropped in SETS.items():
        folds = cross_predictions([one], train.drop(columns=list(dropped)), 1, n_folds)
        value, low, high = corrected_interval(score_folds(folds, [one.name])["r2"], n_folds)
        rows.append({"with": name, "label": one.label, "r2": value, "low": low, "high": high})
    return pd.DataFrame(rows)


def estimate_parts(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the slope of valence in each mean of the audio analysis, per standard deviation.

    Means go with each other and with the scores (the first of timbre is loudness once more), so a
    slope with all else equal may differ in size and sign from that of the mean alone.
    """
    fullest = ladder_for(without_analysis(tracks))[-1].formula
    joint = coefficients(fit_ols(f"{fullest} + {' + '.join(TERMS)}", tracks))
    single = [coefficients(fit_ols(f"valence ~ {term}", tracks)) for term in TERMS]
    spread = model_frame(tracks)[list(TERMS)].std()
    table = _per_spread(joint, spread, ("per_sd", "low", "high"))
    alone = _per_spread(pd.concat(single), spread, ("alone", "alone_low", "alone_high"))
    return table.join(alone).rename_axis("part").reset_index()


def _per_spread(found: pd.DataFrame, spread: pd.Series, names: tuple[str, ...]) -> pd.DataFrame:
    """Return estimates and clustered ends of the means, per standard deviation, under new names."""
    lines = found.set_index("name").loc[list(TERMS)]
    columns = zip(names, ("estimate", "clustered_low", "clustered_high"), strict=True)
    return pd.DataFrame({name: lines[column] * spread for name, column in columns})


def _gain(plain, full, n_folds: int) -> dict[str, float]:
    """Return R² without and with the analysis, and the gain with its interval."""
    value, low, high = corrected_interval(full - plain, n_folds)
    ends = {"gain": value, "low": low, "high": high}
    return {"without": float(plain.mean()), "with": float(full.mean()), **ends}
