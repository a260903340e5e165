"""The neural network: an ensemble of small networks that behaves as one scikit-learn regressor.

Keras is imported when a network is first fitted or asked to predict, since that takes seconds.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import GroupKFold
from sklearn.utils.validation import check_array, check_is_fitted, column_or_1d, validate_data

from analysis import SEED
from analysis.prediction.network_encoding import Encoder, fit_encoder
from analysis.tracks.schema import BadInput

_ENCODER = ("numbers", "names", "levels", "sizes")


class NetworkRegressor(RegressorMixin, BaseEstimator):
    """An ensemble of multilayer perceptrons for tables [@gorishniy2022; @gorishniy2025].

    Numbers are ranked, made bell-shaped and embedded in waves; names are embedded in vectors; the
    output lies in [0, 1]. Each member leaves out one part of the training groups, and the epoch is
    restored at which the members err least on what they left out.

    Parameters
    ----------
    members : int
        Networks in the ensemble; they differ in seed and in the part left out.
    units, depth : int
        Width and number of hidden layers.
    waves, width : int
        Frequencies of each number, and units that it is embedded in.
    design : {"plain", "residual"}
        Layers in sequence, or each added to its input.
    epochs, patience : int
        Most epochs, and epochs without a gain after which training stops.
    rate, decay, dropout, bend : float
        Learning rate, weight decay, dropout rate, and the error at which the loss turns from
        squared to absolute.
    parts : int
        Parts of the groups; fewer where there are fewer groups, and no early stopping with one.
    seed : int

    Attributes
    ----------
    history_ : DataFrame
        Columns epoch, training and validation: mean absolute errors on the target's scale.
    best_epoch_ : int
        The epoch whose weights were restored.

    Notes
    -----
    Missing numbers stand at the median; missing, rare and unseen names share one code. A target
    outside [0, 1] widens the range of the output to the range of the target. Predictions of a row
    do not depend on the rows beside it beyond rounding (about 1e-6).
    """

    def __init__(
        self,
        members=8,
        units=128,
        depth=2,
        waves=4,
        width=2,
        design="plain",
        epochs=18,
        patience=6,
        rate=0.008,
        decay=0.2,
        dropout=0.3,
        bend=0.2,
        parts=8,
        seed=SEED,
    ):
        """Keep the settings; scikit-learn asks that nothing else happens here."""
        self.members = members
        self.units = units
        self.depth = depth
        self.waves = waves
        self.width = width
        self.design = design
        self.epochs = epochs
        self.patience = patience
        self.rate = rate
        self.decay = decay
        self.dropout = dropout
        self.bend = bend
        self.parts = parts
        self.seed = seed

    def fit(self, X, y, groups=None) -> "NetworkRegressor":
        """Train the ensemble.

        Parameters
        ----------
        X : DataFrame or array of shape (n, columns)
        y : array of shape (n,)
        groups : array of shape (n,), optional
            Artists; what a member leaves out are whole groups. Single rows if not given.
        """
        from analysis.prediction.network_programs import Examples, Schedule
        from analysis.prediction.network_training import train_network

        target = _check_target(y)
        table = self._as_table(X, fresh=True)
        if len(table) != len(target):
            raise ValueError(f"{len(table)} rows of features have {len(target)} target values.")
        self.encoder_ = fit_encoder(table)
        self.low_, self.high_ = float(min(0, target.min())), float(max(1, target.max()))
        scaled = ((target - self.low_) / (self.high_ - self.low_)).astype("float32")
        parts = divide_groups(len(target), groups, self.parts, self.seed)
        examples = Examples(*self.encoder_.encode(table), scaled, parts)
        names = ("epochs", "patience", "rate", "decay", "dropout", "bend", "seed")
        schedule = Schedule(**{name: getattr(self, name) for name in names})
        trained = train_network(self._shape(), examples, schedule)
        self.weights_, self.best_epoch_ = trained.weights, trained.best
        errors = trained.history[["training", "validation"]] * (self.high_ - self.low_)
        self.history_ = trained.history.assign(**errors)
        return self

    def predict(self, X) -> np.ndarray:
        """Predict the target: the mean of the members, of shape (n,)."""
        return self.predict_members(X).mean(axis=1)

    def predict_members(self, X) -> np.ndarray:
        """Return each member's predictions, of shape (n, members)."""
        from analysis.prediction.network_training import predict_network

        check_is_fitted(self, "weights_")
        encoded = self.encoder_.encode(self._as_table(X, fresh=False))
        fitted = predict_network(self._shape(), self.weights_, *encoded)
        return self.low_ + (self.high_ - self.low_) * fitted.astype(float)

    def save(self, path) -> None:
        """Write settings and weights to one `.npz` file, in which nothing is executable."""
        check_is_fitted(self, "weights_")
        about = {
            "settings": self.get_params(),
            "columns": list(getattr(self, "feature_names_in_", [])),
            "count": self.n_features_in_,
            "encoder": {name: getattr(self.encoder_, name) for name in _ENCODER},
            "range": [self.low_, self.high_],
            "best": self.best_epoch_,
            "history": self.history_.to_dict("list"),
        }
        arrays = {f"weight_{place}": one for place, one in enumerate(self.weights_)}
        np.savez(path, about=json.dumps(about), grid=self.encoder_.grid, **arrays)

    @classmethod
    def load(cls, path) -> "NetworkRegressor":
        """Read what `save` wrote; predictions are the same.

        Raises
        ------
        BadInput
            If the file is not one that `save` wrote.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                about, arrays = json.loads(str(stored["about"])), dict(stored)
        except (KeyError, ValueError, OSError) as error:
            raise BadInput(
                f"'{Path(path).name}' is no saved network ({error}): give a file that "
                "`NetworkRegressor.save` wrote."
            ) from error
        return cls(**about["settings"])._restored(about, arrays)

    def _restored(self, about: dict, arrays: dict) -> "NetworkRegressor":
        """Return this estimator with everything that fitting learns."""
        numbers, names, levels, sizes = (about["encoder"][name] for name in _ENCODER)
        levels = tuple(tuple(one) for one in levels)
        self.encoder_ = Encoder(tuple(numbers), tuple(names), arrays["grid"], levels, tuple(sizes))
        self.low_, self.high_ = about["range"]
        self.best_epoch_, self.history_ = about["best"], pd.DataFrame(about["history"])
        self.n_features_in_ = about["count"]
        if about["columns"]:
            self.feature_names_in_ = np.array(about["columns"], dtype=object)
        count = sum(name.startswith("weight_") for name in arrays)
        self.weights_ = [arrays[f"weight_{place}"] for place in range(count)]
        return self

    def _shape(self):
        """Return what the compiled network depends on."""
        from analysis.prediction.network_layers import Shape

        encoder = self.encoder_
        inner = (self.members, self.units, self.depth, self.waves, self.width, self.design)
        return Shape(len(encoder.numbers), encoder.sizes, *inner)

    def _as_table(self, features, fresh: bool) -> pd.DataFrame:
        """Return features as a frame, checked against those of the fit."""
        if isinstance(features, pd.DataFrame):
            validate_data(self, features, reset=fresh, skip_check_array=True)
            return self.arrange(features).rename(columns=str)
        array = validate_data(self, features, reset=fresh, ensure_all_finite="allow-nan")
        array = check_array(array, dtype=float, ensure_all_finite="allow-nan")
        names = [f"x{place}" for place in range(array.shape[1])]
        return pd.DataFrame(array, columns=names)

    def arrange(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return the columns that the network reads; those given, unless a subclass says more."""
        return features

    def __sklearn_tags__(self):
        """Say that missing values are allowed and names too."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        return tags


def divide_groups(rows: int, groups, parts: int, seed: int = SEED) -> np.ndarray:
    """Divide rows into parts of whole groups of about equal size.

    Parameters
    ----------
    rows : int
    groups : array of shape (rows,) or None
        Each row is its own group if None.
    parts : int
        Wanted parts; as many as there are groups where there are fewer.
    seed : int

    Returns
    -------
    ndarray
        The part of each row, from 0.
    """
    groups = np.arange(rows) if groups is None else np.asarray(groups)
    count = min(parts, len(pd.unique(groups)))
    divided = np.zeros(rows, dtype=int)
    if count < 2:
        return divided
    maker = GroupKFold(count, shuffle=True, random_state=seed)
    for part, (_, held) in enumerate(maker.split(divided, groups=groups)):
        divided[held] = part
    return divided


def _check_target(target) -> np.ndarray:
    """Return the target as a finite array of numbers."""
    if target is None:
        raise ValueError("This regressor requires y to be passed, but the target y is None.")
    target = column_or_1d(target, warn=True)
    return check_array(target, ensure_2d=False, dtype=float, input_name="y")
