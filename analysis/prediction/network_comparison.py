"""The network beside the best other method: by how much, with what luck, and at what cost."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis import SEED
from analysis.memory import remember
from analysis.prediction.comparison import Comparison, fit_and_predict
from analysis.prediction.evaluation import bootstrap_scores, scores
from analysis.prediction.validation import Candidate, compare_folds, share_out


def compare_with_best(compared: Comparison, test, n_folds: int, seeds: int = 5) -> pd.DataFrame:
    """Compare the network with the best other method, over artists, seeds and folds.

    A network is one draw of its starting weights. Its variance over seeds and that over resampled
    artists are independent and add up in the interval of the difference of the mean over seeds.

    One row a metric (mae, r2): network (mean over seeds), seed_sd, other; `difference` on the
    held-out tracks and `fold_difference` over the folds of the training part, each with _low and
    _high (95%); p (corrected resampled t-test over the folds [@nadeau2003]).
    """
    network, other = compared.network, compared.best
    one = compared.candidates[network]
    more = [replace(one, settings=(*one.settings, ("seed", SEED + n))) for n in range(1, seeds)]
    more = share_out(fit_and_predict, [(one, compared.crossed, test) for one in more])
    pair = compared.held_out[[network, other]]  # the network's by its first seed
    runs = pd.DataFrame([scores(test["valence"], each) for each in (pair[network], *more)])
    apart = bootstrap_scores(test["valence"], pair, test["artist"], best=other).set_index("metric")
    rivals = compared.by_fold[compared.by_fold["model"].isin([network, other])]
    rows = []
    for metric in ("mae", "r2"):
        base = scores(test["valence"], pair[other])[metric]
        line, half = apart.loc[metric], stats.norm.ppf(0.975)
        error = np.hypot((line["high"] - line["low"]) / 2 / half, runs[metric].std())
        value = runs[metric].mean() - base
        folds = compare_folds(rivals, other, metric, n_folds).iloc[0]
        rows.append({
            "metric": metric, "network": runs[metric].mean(), "seed_sd": runs[metric].std(),
            "other": base, "difference": value, "difference_low": value - half * error,
            "difference_high": value + half * error, "fold_difference": folds["difference"],
            "fold_difference_low": folds["low"], "fold_difference_high": folds["high"],
            "p": folds["p"],
        })  # fmt: skip
    return pd.DataFrame(rows)


def judge(row) -> str:
    """Say in a verb phrase how a method's error compares; both intervals of the row must agree."""
    if max(row["difference_high"], row["fold_difference_high"]) < 0:
        return "outperforms"
    if min(row["difference_low"], row["fold_difference_low"]) > 0:
        return "is outperformed by"
    return "does not differ significantly from"


def time_training(compared: Comparison, names: Sequence[str]) -> dict:
    """Return by name the seconds of one training on one core, without what is compiled first."""
    tasks = [(compared.candidates[name], compared.crossed) for name in names]
    return dict(zip(names, share_out(_time, tasks), strict=True))


@remember
def _time(one: Candidate, train: pd.DataFrame) -> float:
    if one.learner.kind == "network":
        one.fit(train)
    start = time.perf_counter()
    one.fit(train)
    return time.perf_counter() - start
