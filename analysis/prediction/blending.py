"""A stack of the best learners: a weighted mean whose weights are chosen on unseen tracks."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import has_fit_parameter

from analysis.prediction.learners import Learner
from analysis.prediction.validation import Candidate

# Members are drawn this many times, so a weight is known to a 25th.
DRAWS = 25
# A member below this weight changes predictions by less than they are worth printing, and costs as
# much as any other to fit and to explain.
LEAST_WEIGHT = 0.1


def blend_weights(observed, predictions: pd.DataFrame, draws: int = DRAWS) -> pd.Series:
    """Choose weights greedily, with replacement, for the least MAE [@caruana2004].

    `predictions` (n x models) are of tracks that the models did not see; at each draw the model
    joins that lowers the error of the mean most. Weights add up to 1, the greatest first; members
    below a tenth are left out.
    """
    columns, observed = predictions.to_numpy(float), np.asarray(observed, float)
    total, drawn = np.zeros(len(observed)), []
    for draw in range(1, draws + 1):
        errors = np.abs((total[:, None] + columns) / draw - observed[:, None]).mean(axis=0)
        drawn.append(predictions.columns[int(errors.argmin())])
        total += columns[:, int(errors.argmin())]
    weights = pd.Series(dict(Counter(drawn).most_common())) / draws
    kept = weights[weights >= LEAST_WEIGHT]
    return kept / kept.sum()


def add_blend(
    predictions: pd.DataFrame, models: Sequence[str], name: str = "stack"
) -> pd.DataFrame:
    """Add a stack to cross-validated predictions, its weights chosen in the other folds.

    `predictions` come from `validation.cross_predictions`; `models` are the columns that may be
    members. No track's valence has a part in the weights of its own prediction.
    """
    blended = pd.Series(np.nan, index=predictions.index)
    for _, part in predictions.groupby(["repeat", "fold"]):
        same = predictions["repeat"] == part["repeat"].iloc[0]
        other = predictions[same & (predictions["fold"] != part["fold"].iloc[0])]
        weights = blend_weights(other["observed"], other[list(models)])
        blended[part.index] = part[weights.index] @ weights
    return predictions.assign(**{name: blended})


def stack_candidate(
    members: Mapping[str, Candidate], weights: pd.Series, learner: Learner | None = None
) -> Candidate:
    """Return a weighted mean as a learner of its own, with members and weights as settings."""
    parts = tuple((members[name], float(weight)) for name, weight in weights.items())
    return Candidate(learner or STACK, (("members", parts),))


def build_stack(features: pd.DataFrame, members: tuple = ()) -> BaseEstimator:
    """Build every member for a table's features and average them by weight."""
    built = [one.learner.build(features, **dict(one.settings)) for one, _ in members]
    return WeightedMean(built, [weight for _, weight in members])


class WeightedMean(RegressorMixin, BaseEstimator):
    """A mean of several estimators by weights that add up to 1."""

    def __init__(self, members=(), weights=()):
        """Keep members and weights; scikit-learn asks that nothing else happens here."""
        self.members = members
        self.weights = weights

    def fit(self, features: pd.DataFrame, target, groups=None) -> "WeightedMean":
        """Fit every member; they are new for each stack, so nothing is cloned."""
        self.fitted_ = [
            member.fit(features, target, groups=groups)
            if has_fit_parameter(member, "groups")
            else member.fit(features, target)
            for member in self.members
        ]
        return self

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Average the members' predictions, each kept within 0 and 1 as when it stands alone."""
        each = [np.clip(member.predict(features), 0, 1) for member in self.fitted_]
        return np.average(each, axis=0, weights=self.weights)


STACK = Learner("stack", "Stack", "stack", build_stack)
AVERAGE = Learner("average", "Average of both", "average", build_stack)
