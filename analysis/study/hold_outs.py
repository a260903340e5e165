"""The comparison of all methods on further hold-outs, with everything chosen anew on each.

One hold-out of a few hundred artists is one draw; how far scores move between draws says more than
the interval of one of them. Settings are searched anew on every training part, so the scores are
those of nested cross-validation [@cawley2010] with random held-out fifths.
"""

import logging
from dataclasses import replace

import pandas as pd

from analysis import HOLD_OUT_SEED
from analysis.inference.final_model import answer
from analysis.prediction.comparison import tune_and_compare
from analysis.prediction.evaluation import scores
from analysis.prediction.tuning import Budget
from analysis.tracks.splitting import hold_out

log = logging.getLogger("analysis")


def score_hold_outs(tracks: pd.DataFrame, budget: Budget, draws: int) -> pd.DataFrame:
    """Tune, compare and score all methods on further artist hold-outs.

    Parameters
    ----------
    tracks : DataFrame
        Clean tracks.
    budget : Budget
        Cross-validation is not repeated here.
    draws : int

    Returns
    -------
    DataFrame
        One row a hold-out and method: seed (of the split), model, best (whether it was chosen on
        the training part as the best method without a network), and the held-out scores.
    """
    rows, once = [], replace(budget, repeats=1)
    for seed in range(HOLD_OUT_SEED + 1, HOLD_OUT_SEED + 1 + draws):
        log.info("hold-out %d of %d", seed - HOLD_OUT_SEED, draws)
        split = hold_out(tracks, seed=seed)
        chosen = answer(split.train)["formula"]
        _, compared = tune_and_compare(split, once, chosen, seed)
        rows += [
            {"seed": seed, "model": model, "best": model == compared.best,
             **scores(split.test["valence"], predicted)}
            for model, predicted in compared.held_out.items()
        ]  # fmt: skip
    return pd.DataFrame(rows)


def summarize_hold_outs(scored: pd.DataFrame) -> pd.DataFrame:
    """Return mean, least and greatest score over hold-outs.

    Parameters
    ----------
    scored : DataFrame
        The result of `score_hold_outs`; it may be empty.

    Returns
    -------
    DataFrame
        Index model, and "chosen" for the method that each training part chose; columns draws and,
        for mae and r2, the mean with _low and _high (least and greatest).
    """
    if scored.empty:
        return pd.DataFrame()
    chosen = scored[scored["best"].astype(bool)].assign(model="chosen")
    parts = pd.concat([scored, chosen]).groupby("model")
    names = {"": "mean", "_low": "min", "_high": "max"}
    columns = {f"{m}{end}": (m, how) for m in ("mae", "r2") for end, how in names.items()}
    return parts.agg(draws=("mae", "size"), **columns)
