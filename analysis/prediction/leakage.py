"""Ways to split: one boosted model, judged in folds of rows, of recordings and of artists."""

import pandas as pd
from sklearn.model_selection import KFold

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.evaluation import scores
from analysis.prediction.learners import BOOSTING, fit_learner, predict
from analysis.prediction.tuning import draw_artists
from analysis.prediction.validation import corrected_interval, share_out
from analysis.tracks.cleaning import WHOLE, encode, leave_out_small_genres, leave_out_sparse
from analysis.tracks.ordering import sort_rows
from analysis.tracks.splitting import grouped_folds

N_FOLDS = 5
MOST_ROWS = 120_000


@remember
def leakage_table(published: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Cross-validate one untuned model in three ways to divide the same data.

    `published` and `tracks` are the table before and after cleaning; of long ones artists are
    drawn. Columns design, rows, r2 with _low and _high (95%, corrected for the overlap of folds
    [@nadeau2003]), mae, shared_artists (of validation rows, those by an artist of training).
    """
    # plain folds go by position, so that the order of a file would change them
    published = draw_artists(published, MOST_ROWS)
    tracks = sort_rows(tracks[tracks["artist"].isin(published["artist"])])
    rows = _as_published(published)
    plain = KFold(N_FOLDS, shuffle=True, random_state=SEED)
    designs = {
        "rows as published, plain folds": (rows, plain.split(rows)),
        "unique recordings, plain folds": (tracks, plain.split(tracks)),
        "unique recordings, whole artists": (tracks, grouped_folds(tracks, N_FOLDS, SEED)),
    }
    judged = []
    for design, (frame, folds) in designs.items():
        by_fold = pd.DataFrame(share_out(_judge_fold, [(frame, *pair) for pair in folds]))
        r2 = corrected_interval(by_fold["r2"], N_FOLDS)
        judged.append((design, len(frame), *r2, *by_fold[["mae", "shared_artists"]].mean()))
    names = ["design", "rows", "r2", "r2_low", "r2_high", "mae", "shared_artists"]
    return pd.DataFrame(judged, columns=names)


def _judge_fold(tracks: pd.DataFrame, train, validation) -> dict:
    fitting, held = tracks.iloc[train], tracks.iloc[validation]
    fitted = fit_learner(BOOSTING, fitting, BOOSTING.defaults() | dict(BOOSTING.draft))
    shared = held["artist"].isin(set(fitting["artist"])).mean()
    return scores(held["valence"], predict(fitted, held)).to_dict() | {"shared_artists": shared}


def _as_published(published: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows that a model can read, repeats included, encoded as clean ones are."""
    rows = leave_out_small_genres(leave_out_sparse(published))
    rows = rows.dropna(subset=["valence", "key", "mode", *(n for n in WHOLE if n in rows)])
    return encode(sort_rows(rows[rows["key"] >= 0]))
