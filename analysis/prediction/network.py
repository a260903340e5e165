"""The neural network: an ensemble of small networks in Keras, as one scikit-learn regressor.

An ensemble of small networks trained one by one spends its time on starting them. Here members lie
side by side: every weight has the member as its first axis, so that one step trains all of them
[@gorishniy2025]. Keras is imported when a network is first fitted, since that takes seconds.
"""

import functools

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import GroupKFold
from sklearn.utils.validation import check_array, check_is_fitted, column_or_1d, validate_data

from analysis import SEED
from analysis.prediction import preparing
from analysis.prediction.learners import Dimension, Learner
from analysis.tracks.schema import BadInput

BATCH = 256
# A table with more columns or more rows than this gets wider layers.
WIDE_TABLE = 30
LONG_TABLE = 20_000


def build_network(inputs, amounts, members=8, units=128, depth=2, waves=4, dropout=0.2):
    """Return an untrained network.

    Each amount x enters as itself and as one mixture of `waves` waves cos(2π(f x + b)) of learned
    frequency f and phase b, so that one layer bends where a plain one needs several
    [@gorishniy2022; @holzmuller2024]. Members share the waves and nothing else.

    Parameters
    ----------
    inputs, amounts : int
        Columns of the input; the first `amounts` are standardised numbers, the rest indicators.
    members, units, depth : int
        Networks side by side, and the width and number of their hidden layers.
    waves : int
    dropout : float
        Share of the hidden units left out of a training step.

    Returns
    -------
    keras.Model
        From shape (rows, inputs) to values between 0 and 1 of shape (rows, members, 1).
    """
    import keras
    from keras.initializers import RandomNormal, RandomUniform, VarianceScaling
    from keras.layers import Concatenate, Dropout, EinsumDense, Flatten

    table = keras.Input((inputs,))
    waving = EinsumDense(
        "bn,nw->bnw",
        (amounts, waves),
        bias_axes="nw",
        # few waves fit in a feature
        kernel_initializer=RandomNormal(stddev=0.1),
        bias_initializer=RandomUniform(-0.5, 0.5),
        name="waves",
    )
    mixing = EinsumDense("bnw,nwo->bno", (amounts, 1), kernel_initializer=VarianceScaling())
    waves = keras.ops.cos(2 * np.pi * waving(table[:, :amounts]))
    hidden = Concatenate()([table, Flatten()(mixing(waves))])
    dense = functools.partial(EinsumDense, bias_axes="mo", kernel_initializer=VarianceScaling())
    for layer in range(depth):
        equation = "bmi,mio->bmo" if layer else "bi,mio->bmo"
        hidden = dense(equation, (members, units), activation="silu")(hidden)
        # members have no unit in common, so they can share a mask: random numbers are dear
        hidden = Dropout(dropout, noise_shape=(None, 1, None))(hidden)
    return keras.Model(table, dense("bmi,mio->bmo", (members, 1), activation="sigmoid")(hidden))


@functools.lru_cache(maxsize=8)
def compiled_network(delta: float, *shape):
    """Return a network with loss and optimizer; fits of one shape share it and its compilation.

    Parameters
    ----------
    delta : float
        The error at which the loss turns from squared to absolute [@huber1964].
    *shape
        What `build_network` takes, in its order.
    """
    import keras

    model = build_network(*shape)
    # trainings are short, so squared slopes are forgotten faster than by default
    optimizer = keras.optimizers.AdamW(beta_2=0.97)
    # 0 is no natural value of a threshold, a frequency or a phase
    optimizer.exclude_from_weight_decay(var_names=["bias", "waves"])
    optimizer.build(model.trainable_variables)
    # as a number it would be compiled in, and a search would compile anew at every trial
    optimizer.weight_decay = optimizer.add_variable((), name="weight_decay")
    loss = keras.losses.Huber(delta, reduction="mean_with_sample_weight")
    model.compile(optimizer, loss, weighted_metrics=["mae"])
    return model


class TrackNetwork(RegressorMixin, BaseEstimator):
    """An ensemble of multilayer perceptrons [@gorishniy2022; @gorishniy2025].

    Reads what a learned metric reads (`preparing.for_metric`): amounts as normal quantiles of their
    ranks, categories as indicators. Each member leaves out one part of the training artists, and
    the epoch is restored at which the members err least on what they left out. So the whole
    training part serves to decide when to stop, and every track serves to train most members.

    Parameters
    ----------
    members, units, depth, waves, dropout
        See `build_network`.
    genre_weight : float
        Length of a genre's indicator, in standard deviations of an amount.
    epochs, patience : int
        Most epochs, and epochs without a gain after which training stops.
    rate, decay : float
        Largest learning rate, and weight decay, of AdamW [@loshchilov2019]. The rate rises for an
        epoch and then falls along half a cosine.
    delta : float
        The error, in valence, at which the loss turns from squared to absolute [@huber1964].
    parts : int
        Parts of the artists; fewer where there are fewer artists, no early stopping with one.
    seed : int

    Attributes
    ----------
    history_ : DataFrame
        Columns epoch, training (of the epoch's batches, with dropout) and validation: mean absolute
        errors of single members in valence; validation is missing where nothing was left out.
    best_epoch_ : int
        The epoch whose weights were restored.

    Notes
    -----
    Fitting seeds the global generators of Python, NumPy and Keras: the same seed gives the same
    numbers in two runs on one machine. Missing amounts stand at the median.
    """

    def __init__(
        self,
        members=8,
        units=128,
        depth=2,
        waves=4,
        dropout=0.2,
        genre_weight=2.0,
        epochs=18,
        patience=6,
        rate=0.008,
        decay=0.2,
        delta=0.2,
        parts=8,
        seed=SEED,
    ):
        """Keep the settings; scikit-learn asks that nothing else happens here."""
        self.members, self.units, self.depth = members, units, depth
        self.waves, self.dropout, self.genre_weight = waves, dropout, genre_weight
        self.epochs, self.patience = epochs, patience
        self.rate, self.decay, self.delta = rate, decay, delta
        self.parts, self.seed = parts, seed

    def fit(self, X, y, groups=None) -> "TrackNetwork":
        """Train the ensemble.

        Parameters
        ----------
        X : DataFrame or array of shape (n, columns)
        y : array of shape (n,)
            Valence, between 0 and 1.
        groups : array of shape (n,), optional
            Artists; what a member leaves out are whole groups. Single rows if not given.

        Raises
        ------
        BadInput
            An amount is infinite, or a target lies outside 0 and 1.
        """
        import keras

        table = self._as_table(X, fresh=True)
        target = check_array(column_or_1d(y), ensure_2d=False, dtype="float32", input_name="y")
        if len(table) != len(target):
            raise BadInput(f"{len(table)} rows of features have {len(target)} target values.")
        if target.min() < 0 or target.max() > 1:
            raise BadInput("The target must lie between 0 and 1: divide it by its largest value.")
        keras.utils.set_random_seed(self.seed % 2**32)
        self.prepare_ = preparing.for_metric(table, self.genre_weight)
        inputs = fill_batches(self.prepare_.fit_transform(table))
        held = leave_out(len(target), groups, self.parts, self.members, self.seed)
        targets = fill_batches(np.repeat(target[:, None, None], self.members, axis=1))
        model = compiled_network(self.delta, *self._shape(inputs))
        fresh = build_network(*self._shape(inputs))
        for old, new in zip(model.variables, fresh.variables, strict=True):
            old.assign(new.value)
        for one in model.optimizer.variables:
            one.assign(np.zeros(one.shape))
        model.optimizer.weight_decay.assign(self.decay)
        # in epochs, the first of which warms up
        fall = keras.optimizers.schedules.CosineDecay(
            0.0, max(1, self.epochs - 1), warmup_target=self.rate, warmup_steps=1
        )
        callbacks = [keras.callbacks.LearningRateScheduler(lambda epoch: float(fall(epoch + 0.5)))]
        stopping = keras.callbacks.EarlyStopping(
            "val_mae", patience=self.patience, mode="min", restore_best_weights=True
        )
        judged = held.any()
        history = model.fit(
            inputs,
            targets,
            sample_weight=fill_batches(~held),
            validation_data=(inputs, targets, fill_batches(held)) if judged else None,
            batch_size=BATCH,
            epochs=self.epochs,
            callbacks=[*callbacks, stopping] if judged else callbacks,
            verbose=0,
        ).history
        self.weights_ = model.get_weights()
        errors = {"training": history["mae"], "validation": history.get("val_mae", np.nan)}
        self.history_ = pd.DataFrame({"epoch": range(1, len(history["mae"]) + 1), **errors})
        self.best_epoch_ = stopping.best_epoch + 1 if judged else self.epochs
        return self

    def predict(self, X) -> np.ndarray:
        """Predict the target: the mean of the members, of shape (n,)."""
        return self.predict_members(X).mean(axis=1)

    def predict_members(self, X) -> np.ndarray:
        """Return each member's predictions, of shape (n, members)."""
        check_is_fitted(self, "weights_")
        inputs = self.prepare_.transform(self._as_table(X, fresh=False))
        model = compiled_network(self.delta, *self._shape(inputs))
        model.set_weights(self.weights_)
        fitted = model.predict(fill_batches(inputs), batch_size=BATCH, verbose=0)
        return fitted[: len(inputs), :, 0].astype(float)

    def _shape(self, inputs: np.ndarray) -> tuple:
        """Return what `build_network` takes."""
        amounts = self.prepare_[-1].output_indices_["amounts"].stop
        layers = self.members, self.units, self.depth, self.waves, self.dropout
        return inputs.shape[1], amounts, *layers

    def _as_table(self, features, fresh: bool) -> pd.DataFrame:
        """Return features as a frame, checked against those of the fit."""
        table = pd.DataFrame(features)
        validate_data(self, features, reset=fresh, skip_check_array=True)
        for name in preparing.numbers_of(table):
            if np.isinf(table[name].to_numpy(float)).any():
                raise BadInput(
                    f"Column '{name}' holds an infinite value: replace it by a number or leave it "
                    "empty."
                )
        return table


def leave_out(rows: int, groups, parts: int, members: int, seed: int = SEED) -> np.ndarray:
    """Return which member leaves out which row: booleans of shape (rows, members).

    Rows are divided into `parts` parts of whole groups of about equal size (as many as there are
    groups where there are fewer), which members leave out in turn. Nothing is left out of one
    part. Each row is its own group if `groups` is None.
    """
    groups = np.arange(rows) if groups is None else np.asarray(groups)
    count = min(parts, len(pd.unique(groups)))
    held = np.zeros((rows, members), dtype=bool)
    if count > 1:
        folds = GroupKFold(count, shuffle=True, random_state=seed).split(held, groups=groups)
        for part, (_, left_out) in enumerate(folds):
            held[left_out, part::count] = True
    return held


def fill_batches(rows: np.ndarray) -> np.ndarray:
    """Return rows with zeros added to whole batches, since every length would be compiled anew.

    In training, rows added to the weights are rows that count nothing.
    """
    return np.pad(rows.astype("float32"), [(0, -len(rows) % BATCH)] + [(0, 0)] * (rows.ndim - 1))


def count_units(features: pd.DataFrame) -> int:
    """Return the width of the layers that suits a table.

    Chosen once by cross-validation on training parts: 64 units are as good as 128 on a few thousand
    tracks with the track-level scores, and lose with pitch and timbre.
    """
    wide = features.shape[1] > WIDE_TABLE or len(features) > LONG_TABLE
    return 128 if wide else 64


def build_network_learner(features: pd.DataFrame, **settings) -> BaseEstimator:
    """Return a network of the width that suits a table."""
    return TrackNetwork(units=count_units(features), **settings)


NETWORK = Learner(
    "network",
    "Neural network",
    "network",
    build_network_learner,
    (
        Dimension("rate", 0.008, 0.002, 0.02, log=True, meaning="largest step of the optimiser"),
        Dimension("decay", 0.2, 0.005, 1.0, log=True, meaning="decay of the weights"),
        Dimension("genre_weight", 2.0, 0.5, 4.0, log=True, meaning="how far apart genres lie"),
    ),
    # a search trains few members: what suits four suits more
    draft=(("members", 4), ("parts", 4)),
)
NETWORKS = (NETWORK,)
