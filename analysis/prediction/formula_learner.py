"""A formula of question 1 as a learner, judged as every other."""

import numpy as np
import pandas as pd
import patsy
from sklearn.base import BaseEstimator, RegressorMixin

from analysis.inference.scores import OTHER, model_frame
from analysis.prediction import preparing
from analysis.prediction.learners import Dimension, Learner
from analysis.tracks.features import with_shapes


def formula_learner(name: str, label: str, formula: str) -> Learner:
    """Return a formula of question 1 as a learner with one setting, the formula."""
    return Learner(name, label, "baseline", build_formula, (Dimension("formula", formula),))


def build_formula(features: pd.DataFrame, formula: str) -> BaseEstimator:
    """Fit a formula of question 1 by least squares."""
    return FormulaRegressor(formula)


class FormulaRegressor(RegressorMixin, BaseEstimator):
    """Least squares on a patsy formula for ``valence`` whose right side reads clean tracks."""

    def __init__(self, formula: str = "valence ~ 1"):
        """Keep the formula; scikit-learn asks that nothing else happens here."""
        self.formula = formula

    def fit(self, features: pd.DataFrame, target) -> "FormulaRegressor":
        """Estimate coefficients; a design of deficient rank gets the smallest ones."""
        frame = _derive(features)
        names = preparing.categories_of(frame)
        self.levels_ = {name: frame[name].value_counts().index for name in names}
        design = patsy.dmatrix(self.formula.split("~", 1)[1], frame, NA_action="raise")
        self.design_ = design.design_info
        self.coefficients_ = np.linalg.lstsq(np.asarray(design), target, rcond=None)[0]
        return self

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Predict valence, not clipped; a level not seen in training is taken for the commonest.

        Which genres are small was settled in training: how many of their tracks are to be predicted
        is no matter.
        """
        frame = _derive(features)
        as_given = frame.assign(genre=features["genre"]) if "genre" in features else frame
        known = {name: _known(as_given[name], levels) for name, levels in self.levels_.items()}
        design = patsy.dmatrix(self.design_, frame.assign(**known), NA_action="raise")
        return np.asarray(design) @ self.coefficients_


def _derive(features: pd.DataFrame) -> pd.DataFrame:
    """Return what a formula reads: a learner gets features only, without derived columns."""
    return model_frame(with_shapes(preparing.turn_pitches(features)))


def _known(values: pd.Series, levels: pd.Index) -> pd.Series:
    """Replace levels that training did not see by its small ones, else by the commonest."""
    text = values.astype("object")
    return text.where(text.isin(levels), OTHER if OTHER in levels else levels[0])
