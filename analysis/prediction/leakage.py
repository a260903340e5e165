"""What a plain split flatters: the same model, judged in three ways."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.model_selection import KFold

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evaluation import scores
from analysis.prediction.learners import BOOSTING, fit_learner, predict
from analysis.prediction.validation import JOBS, corrected_interval
from analysis.tracks.cleaning import WHOLE, encode, leave_out_sparse
from analysis.tracks.ordering import sort_rows
from analysis.tracks.splitting import grouped_folds

N_FOLDS = 5
# Of longer tables every repeat costs minutes and narrows nothing.
MOST_REPEATED = 10_000


@remember
def leakage_table(
    published: pd.DataFrame, tracks: pd.DataFrame, repeats: int = 3, seed: int = SEED
) -> pd.DataFrame:
    """Judge one boosted model, untuned, under three ways to divide the same data.

    Parameters
    ----------
    published : DataFrame
        The table as its authors published it, canonical but uncleaned.
    tracks : DataFrame
        The same table after cleaning: every recording once.
    repeats : int
        Repeats of five-fold cross-validation for each way; one where more than 10,000 tracks make
        the folds alike.
    seed : int

    Returns
    -------
    DataFrame
        Columns design, rows, r2, r2_low, r2_high, mae, mae_low, mae_high, shared_recordings and
        shared_artists (shares of validation rows whose recording or artist is in the training
        part); 95 % intervals are corrected for the overlap of folds [@nadeau2003].
    """
    # plain folds go by position, so that the order of a file would change them
    rows, tracks = _as_published(published), sort_rows(tracks)
    repeats = repeats if len(tracks) <= MOST_REPEATED else 1
    designs = (
        ("rows as published, plain folds", rows, plain_folds),
        ("unique recordings, plain folds", tracks, plain_folds),
        ("unique recordings, whole artists", tracks, grouped_folds),
    )
    return pd.DataFrame(
        [_judge(name, frame, folds, repeats, seed) for name, frame, folds in designs]
    )


def plain_folds(
    tracks: pd.DataFrame, n_folds: int = N_FOLDS, seed: int = SEED
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Divide rows at random, as published analyses do; only to show what that does."""
    folds = KFold(n_folds, shuffle=True, random_state=seed)
    return list(folds.split(np.zeros(len(tracks))))


def shared_share(tracks: pd.DataFrame, train, validation, columns: list[str]) -> float:
    """Return the share of validation rows that equal a training row in some columns."""
    keys = pd.util.hash_pandas_object(tracks[columns].astype(str), index=False).to_numpy()
    return float(np.isin(keys[validation], keys[train]).mean())


def _judge(
    name: str, tracks: pd.DataFrame, folds: Callable, repeats: int, seed: int
) -> dict[str, object]:
    """Score the model under one way to divide the rows."""
    tasks = [pair for repeat in range(repeats) for pair in folds(tracks, N_FOLDS, seed + repeat)]
    by_fold = pd.DataFrame(
        Parallel(n_jobs=JOBS)(delayed(_judge_fold)(tracks, *pair) for pair in tasks)
    )
    row = {"design": name, "rows": len(tracks)}
    for metric in ("r2", "mae"):
        value, low, high = corrected_interval(by_fold[metric], N_FOLDS)
        row |= {metric: value, f"{metric}_low": low, f"{metric}_high": high}
    return row | by_fold[["shared_recordings", "shared_artists"]].mean().to_dict()


def _judge_fold(tracks: pd.DataFrame, train: np.ndarray, validation: np.ndarray) -> dict:
    """Score the model on one fold, and count what training and validation share."""
    one_sequence = BOOSTING.defaults() | dict(BOOSTING.draft)
    fitted = fit_learner(BOOSTING, tracks.iloc[train], one_sequence)
    held = tracks.iloc[validation]
    return {
        **scores(held["valence"], predict(fitted, held)),
        "shared_recordings": shared_share(tracks, train, validation, ["title", "artist"]),
        "shared_artists": shared_share(tracks, train, validation, ["artist"]),
    }


def _as_published(published: pd.DataFrame) -> pd.DataFrame:
    """Keep every row that has a valence, a key and all whole numbers, encoded as clean ones are.

    Optional numbers that the clean tracks go without, as too many rows lack them, are left out.
    """
    rows = leave_out_sparse(published)
    rows = rows.dropna(subset=["valence", "key", "mode", *(n for n in WHOLE if n in rows)])
    return encode(sort_rows(rows[rows["key"] >= 0]))
