"""The neural network: an ensemble of small networks in Keras, as one scikit-learn regressor.

Every weight has the member as its first axis, so that one step trains all of them [@gorishniy2025];
one by one, they would spend their time on starting. Keras takes seconds to import, so that is done
when a network is first fitted.
"""

import functools

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import GroupKFold

from analysis import SEED
from analysis.prediction import preparing
from analysis.prediction.learners import Dimension, Learner

BATCH = 256
WIDE_TABLE, LONG_TABLE = 30, 20_000  # more columns or rows than this get wider layers


def build_network(inputs, amounts, members=8, units=128, depth=2, waves=4, dropout=0.2):
    """Return an untrained network from shape (rows, inputs) to (rows, members, 1), within 0 and 1.

    The first `amounts` of the `inputs` columns are standardised numbers, the rest indicators. Each
    amount x enters as itself and as one mixture of `waves` waves cos(2π(f x + b)) of learned
    frequency f and phase b [@gorishniy2022; @holzmuller2024]. Members share them and nothing else.
    Of the `units` of each of `depth` hidden layers, a training step leaves out a share `dropout`.
    """
    import keras
    from keras.initializers import RandomNormal, RandomUniform
    from keras.layers import Concatenate, Dropout, EinsumDense, Flatten

    table = keras.Input((inputs,))
    # frequencies start low: few waves fit in a feature
    waving = EinsumDense(
        "bn,nw->bnw", (amounts, waves), bias_axes="nw", kernel_initializer=RandomNormal(0.0, 0.1),
        bias_initializer=RandomUniform(-0.5, 0.5),
    )  # fmt: skip
    mixing = EinsumDense("bnw,nwo->bno", (amounts, 1), kernel_initializer="lecun_normal")
    waves = keras.ops.cos(2 * np.pi * waving(table[:, :amounts]))
    hidden = Concatenate()([table, Flatten()(mixing(waves))])
    dense = functools.partial(EinsumDense, bias_axes="mo", kernel_initializer="lecun_normal")
    # members have no unit in common, so they can share a mask: random numbers are dear
    drop = functools.partial(Dropout, dropout, noise_shape=(1, None, None))
    hidden = dense("bi,mio->bmo", (members, units), activation="silu")(hidden)
    hidden = keras.ops.swapaxes(hidden, 0, 1)  # members first: one product of matrices for each
    for _ in range(depth - 1):
        hidden = drop()(hidden)
        hidden = dense("mbi,mio->mbo", (None, units), activation="silu")(hidden)
    hidden = drop()(hidden)
    valence = dense("mbi,mio->mbo", (None, 1), activation="sigmoid")(hidden)
    return keras.Model(table, keras.ops.swapaxes(valence, 0, 1))


@functools.lru_cache(maxsize=8)
def compiled_network(delta: float, *shape):
    """Return a network with loss and optimizer; fits of one shape share it and its compilation.

    `delta` is that of a `TrackNetwork`; `shape` is what `build_network` takes, in its order.
    """
    import keras

    model = build_network(*shape)
    # trainings are short, so squared slopes are forgotten faster than by default
    optimizer = keras.optimizers.AdamW(beta_2=0.97)
    optimizer.exclude_from_weight_decay(var_names=["bias"])  # 0 is no natural threshold or phase
    optimizer.build(model.trainable_variables)
    # as a number it would be compiled in, and a search would compile anew at every trial
    optimizer.weight_decay = optimizer.add_variable((), name="weight_decay")
    loss = keras.losses.Huber(delta, reduction="mean_with_sample_weight")
    model.compile(optimizer, loss, weighted_metrics=["mae"])
    # a first fit would shuffle once more than later ones, to see a batch and build from it
    none = np.zeros((BATCH, shape[2]), "float32")
    model.train_on_batch(np.zeros((BATCH, shape[0]), "float32"), none[:, :, None], none)
    return model


@functools.lru_cache(maxsize=8)
def initial_weights(seed: int, *shape) -> list[np.ndarray]:
    """Return what a network's variables start from; folds of one search start from the same."""
    from keras.utils import set_random_seed

    set_random_seed(seed % 2**32)
    return [np.array(one.value) for one in build_network(*shape).variables]


class TrackNetwork(RegressorMixin, BaseEstimator):
    """An ensemble of multilayer perceptrons [@gorishniy2022; @gorishniy2025].

    It reads what a learned metric reads (`preparing.for_metric`), missing numbers at the median.
    Each member leaves out one of at most `parts` parts of the training artists, and the epoch is
    restored at which the members err least on what they left out.

    `members` to `dropout` are those of `build_network`, `genre_weight` that of `for_metric`.
    Training ends after `epochs`, or `patience` epochs without a gain. `rate` and `decay` are the
    largest learning rate and the weight decay of AdamW [@loshchilov2019], `delta` the error, in
    valence, at which the loss turns from squared to absolute [@huber1964].

    `history_` has the mean absolute errors of members by epoch, training (with dropout) and
    validation; `best_epoch_` is the one, from 1, whose weights were restored. Fitting seeds the
    global generators of Python, NumPy and Keras, so that two runs on one machine are equal.
    """

    def __init__(
        self, members=8, units=128, depth=2, waves=4, dropout=0.2, genre_weight=2.0, epochs=18,
        patience=6, rate=0.008, decay=0.2, delta=0.2, parts=8, seed=SEED,
    ):  # fmt: skip
        """Keep the settings; scikit-learn asks that nothing else happens here."""
        self.members, self.units, self.depth, self.waves = members, units, depth, waves
        self.dropout, self.genre_weight, self.parts = dropout, genre_weight, parts
        self.epochs, self.patience, self.seed = epochs, patience, seed
        self.rate, self.decay, self.delta = rate, decay, delta

    def fit(self, X, y, groups) -> "TrackNetwork":
        """Train the ensemble on features (n, columns), valence (n,) and artists (n,)."""
        from keras.callbacks import EarlyStopping, LearningRateScheduler
        from keras.utils import set_random_seed

        self.prepare_ = preparing.for_metric(X, self.genre_weight)
        inputs = fill_batches(self.prepare_.fit_transform(X))
        held = leave_out(groups, self.parts, self.members, self.seed)
        targets = np.repeat(np.asarray(y, "float32")[:, None, None], self.members, axis=1)
        targets, shape = fill_batches(targets), self._shape(inputs)
        model = compiled_network(self.delta, *shape)
        for old, new in zip(model.variables, initial_weights(self.seed, *shape), strict=True):
            old.assign(new)
        set_random_seed(self.seed % 2**32)
        for one in model.optimizer.variables:
            one.assign(np.zeros(one.shape))
        model.optimizer.weight_decay.assign(self.decay)
        falling = LearningRateScheduler(self._rate_in)
        stopping = EarlyStopping("val_mae", patience=self.patience, restore_best_weights=True)
        history = model.fit(
            inputs, targets, BATCH, self.epochs, verbose=0, sample_weight=fill_batches(~held),
            validation_data=(inputs, targets, fill_batches(held)),
            validation_batch_size=16 * BATCH, callbacks=[falling, stopping],
        ).history  # fmt: skip
        self.weights_, self.best_epoch_ = model.get_weights(), stopping.best_epoch + 1
        self.history_ = pd.DataFrame({"training": history["mae"], "validation": history["val_mae"]})
        return self

    def predict(self, X) -> np.ndarray:
        """Return the mean of the members, of shape (n,)."""
        return self.predict_members(X).mean(axis=1)

    def predict_members(self, X) -> np.ndarray:
        """Return each member's predictions, of shape (n, members)."""
        inputs = self.prepare_.transform(X)
        model = compiled_network(self.delta, *self._shape(inputs))
        model.set_weights(self.weights_)
        fitted = model.predict(fill_batches(inputs), batch_size=BATCH, verbose=0)
        return fitted[: len(inputs), :, 0].astype(float)

    def _rate_in(self, epoch: int) -> float:
        """Return the learning rate of an epoch, from 0: first a warm-up, then half a cosine."""
        fall = (1 + np.cos(np.pi * (epoch + 0.5) / self.epochs)) / 2
        return float(self.rate * min(1, epoch + 0.5) * fall)

    def _shape(self, inputs: np.ndarray) -> tuple:
        sizes = inputs.shape[1], self.prepare_[-1].output_indices_["amounts"].stop
        return *sizes, self.members, self.units, self.depth, self.waves, self.dropout


def leave_out(groups, parts: int, members: int, seed: int = SEED) -> np.ndarray:
    """Return which member leaves out which row (rows, members): parts of whole groups, by turns."""
    names, numbers = np.unique(groups, return_inverse=True)  # see `splitting._artists`
    count = min(parts, len(names))
    held = np.zeros((len(groups), members), dtype=bool)
    folds = GroupKFold(count, shuffle=True, random_state=seed).split(held, groups=numbers)
    for part, (_, left_out) in enumerate(folds):
        held[left_out, part::count] = True
    return held


def fill_batches(rows: np.ndarray) -> np.ndarray:
    """Add rows of zeros, which weigh nothing, to whole batches: other lengths compile anew."""
    return np.pad(rows.astype("float32"), [(0, -len(rows) % BATCH)] + [(0, 0)] * (rows.ndim - 1))


def build_network_learner(features: pd.DataFrame, **settings) -> BaseEstimator:
    """Return a network of the width that suits a table, by cross-validation on training parts."""
    large = features.shape[1] > WIDE_TABLE or len(features) > LONG_TABLE
    return TrackNetwork(units=128 if large else 64, **settings)


NETWORK = Learner("network", "Neural network", "network", build_network_learner, (
    Dimension("rate", 0.008, 0.002, 0.02, log=True, meaning="largest step of the optimiser"),
    Dimension("decay", 0.2, 0.005, 1.0, log=True, meaning="decay of the weights"),
    Dimension("genre_weight", 2.0, 0.5, 4.0, log=True, meaning="how far apart genres lie"),
    # a search trains few members: what suits four suits more
), draft=(("members", 4), ("parts", 4)))  # fmt: skip
NETWORKS = (NETWORK,)
