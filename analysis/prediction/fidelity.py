"""How well a printed formula stands for valence and for the best model, and a worked example."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.prediction.derivation import Formula
from analysis.prediction.evaluation import bootstrap_scores, scores
from analysis.prediction.pieces import design_of


def formula_scores(
    formulas: Mapping[str, Formula], tracks: pd.DataFrame, others: Mapping | None = None
) -> pd.DataFrame:
    """Score formulas, and other predictions of the same tracks, with 95 % intervals.

    Parameters
    ----------
    formulas : mapping of str to Formula
    tracks : DataFrame
        Held-out tracks.
    others : mapping of str to array of shape (n,), optional
        Predictions of models for these tracks.

    Returns
    -------
    DataFrame
        Columns model, metric (mae, rmse, r2), value, low, high; artists are resampled.
    """
    predictions = {name: formula.predict(tracks) for name, formula in formulas.items()}
    frame = pd.DataFrame(predictions | dict(others or {}))
    return bootstrap_scores(tracks["valence"], frame, tracks["artist"])


def compare_with_best(formula: Formula, best_predicted, tracks: pd.DataFrame) -> pd.Series:
    """Say how well a formula stands for valence and for the best model's predictions.

    Parameters
    ----------
    formula : Formula
    best_predicted : array of shape (n,)
        The best model's predictions of the same held-out tracks.
    tracks : DataFrame

    Returns
    -------
    Series
        `valence` and `model` (R² of the formula against either), `best` (the model's R²), `kept`
        (the formula's share of it), `mae`, `best_mae`; `kept` is missing where the best model
        explains nothing, `model` where it predicts the same for all tracks.
    """
    predicted, observed = formula.predict(tracks), tracks["valence"]
    own, model = scores(observed, predicted), scores(observed, best_predicted)
    varied = np.ptp(np.asarray(best_predicted, float)) > 0
    return pd.Series({
        "valence": own["r2"],
        "model": scores(best_predicted, predicted)["r2"] if varied else np.nan,
        "best": model["r2"], "kept": own["r2"] / model["r2"] if model["r2"] > 0 else np.nan,
        "mae": own["mae"], "best_mae": model["mae"],
    })  # fmt: skip


def work_through(formula: Formula, tracks: pd.DataFrame) -> pd.DataFrame:
    """Compute the formula for the first track of a table, term by term.

    Returns
    -------
    DataFrame
        Columns term (position in `formula.terms`; -1 for the intercept), piece (its value),
        coefficient, contribution. The contributions add up to the formula's valence before it is
        kept within 0 and 1.
    """
    values = design_of(tracks.head(1), [term.piece for term in formula.terms])[0]
    weights = [term.coefficient for term in formula.terms]
    rows = pd.DataFrame({"piece": [1.0, *values], "coefficient": [formula.intercept, *weights]})
    rows.insert(0, "term", np.arange(len(rows)) - 1)
    return rows.assign(contribution=rows["piece"] * rows["coefficient"])


def pick_example(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the most popular named track as a table of one row: an example not chosen by fit."""
    named = tracks[(tracks["title"] != "") & (tracks["artist"] != "")]
    named = named if len(named) else tracks
    column = "popularity" if "popularity" in tracks else "track_id"
    return named.sort_values([column, "track_id"], ascending=[False, True]).head(1)
