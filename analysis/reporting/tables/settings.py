"""Table of what each search may choose, and what every setting does."""

import pandas as pd
from IPython.display import Markdown

from analysis.reporting.tables import markdown

# What a setting does, by its name; where one name serves two methods, with the method's.
MEANINGS = {
    "alpha": "weight of the penalty on coefficients",
    "l1_ratio": "share of the penalty that can set coefficients to zero",
    "knots": "knots of each spline",
    "n_neighbors": "neighbours averaged",
    "weights": "whether near neighbours count more",
    "p": "distance: 1 sums steps, 2 is Euclid's",
    "genre_weight": "how far apart genres lie",
    "cost": "weight of errors against smoothness",
    "width": "how fast likeness falls with squared distance",
    "epsilon": "errors below it do not count",
    "leaf": "fewest tracks in a leaf",
    "share": "share of the features tried at a split",
    "rounds": "trees in sequence",
    "leaves": "most leaves of a tree",
    "decay": "decay of the weights",
    "dropout": "share of the units left out while training",
    "bend": "error below which the loss is square, not absolute",
    ("Learned metric", "penalty"): "weight of smoothness against errors",
    ("Gradient boosting", "penalty"): "penalty on the values of leaves",
    ("Gradient boosting", "rate"): "how much each tree corrects",
    ("Neural network", "rate"): "largest step of the optimiser",
    ("Residual network", "rate"): "largest step of the optimiser",
}


def tabulate_spaces(spaces: pd.DataFrame) -> Markdown:
    """Tabulate the search spaces, for the appendix: what `tuning.search_spaces` returns."""
    meanings = [
        MEANINGS.get((method, name)) or MEANINGS.get(name, "")
        for method, name in zip(spaces["learner"], spaces["setting"], strict=True)
    ]
    shown = spaces.rename(columns={"learner": "method"})
    # a choice among names has no scale
    shown["scale"] = shown["scale"].where(shown["range"].str.contains(" to "), "choice")
    shown.insert(2, "what it does", meanings)
    return markdown(shown)
