"""Do techniques, folds and questions rank the features alike?"""

import pandas as pd


def rank_agreement(rankings: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman's correlation between rankings; one column and one row a ranking."""
    return rankings.corr(method="spearman")


def compare_rankings(
    importance: pd.DataFrame, shares: pd.DataFrame, sizes: pd.DataFrame
) -> pd.DataFrame:
    """Rank the scores by permutation, by Shapley values and by local effects.

    Parameters
    ----------
    importance, shares, sizes : DataFrame
        The results of `summarise_importance`, `attribution.mean_contributions` and `effect_sizes`.

    Returns
    -------
    DataFrame
        Columns feature, permutation, Shapley, local effects; 1 is the most important of the
        features that all three rank.
    """
    columns = {
        "permutation": importance.set_index("group")["mae"],
        "Shapley": shares.set_index("feature")["size"],
        "local effects": sizes.set_index("feature")["spread"],
    }
    table = pd.DataFrame(columns).dropna().rank(ascending=False)
    return table.rename_axis("feature").reset_index()


def beside_inference(sizes: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Set the slopes of a model beside those of question 1.

    Parameters
    ----------
    sizes : DataFrame
        The result of `effect_sizes`.
    effects : DataFrame
        The result of `inference.effects.average_effects`.

    Returns
    -------
    DataFrame
        Columns feature, question 1, low, high, question 2: valence per standard deviation.
    """
    named = sizes.assign(feature=sizes["feature"].replace("duration_ms", "duration"))
    names = {"per_sd": "question 1", "per_sd_low": "low", "per_sd_high": "high"}
    joined = effects.merge(named, on="feature").rename(columns=names | {"slope": "question 2"})
    return joined[["feature", *names.values(), "question 2"]]


def fold_agreement(importance: pd.DataFrame) -> float:
    """Return Kendall's coefficient of concordance of the folds' rankings, from 0 to 1."""
    wide = importance.pivot_table(index="group", columns="fold", values="mae").rank()
    items, judges = wide.shape
    spread = ((wide.sum(axis=1) - judges * (items + 1) / 2) ** 2).sum()
    return float(12 * spread / (judges**2 * (items**3 - items)))
