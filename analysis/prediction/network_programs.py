"""What trains and predicts networks of one shape: on JAX compiled, elsewhere by Keras alone.

On JAX an epoch is one compiled step, and everything that a search changes is data to it, so a
search compiles once. On any other backend of Keras its own `fit` does the same, more slowly.
"""

import functools
from dataclasses import dataclass

import jax
import numpy as np

from analysis.prediction.network_layers import Shape, build_network, keras, prepare_network
from analysis.prediction.network_steps import Decayed, SmoothAbsolute

BATCH = 256
# Tables are padded to a multiple of this, so that folds of about one size compile once.
PADDING = 1024
# Rows of one compiled prediction; a single row costs as much as this many.
CHUNK = 512
# Share of the training in which the rate rises to its full size.
WARM_UP = 0.05


@dataclass(frozen=True)
class Schedule:
    """How a network is trained.

    `rate` is reached after a short rise and falls to zero along half a cosine at `epochs`; training
    ends after `patience` epochs without a better validation error. `decay` is that of AdamW,
    `dropout` a rate, `bend` the error at which the loss turns from squared to absolute.
    """

    epochs: int
    patience: int
    rate: float
    decay: float
    dropout: float
    bend: float
    seed: int

    def rate_at(self, share):
        """Return the learning rate after a share of the training, for a number or an array."""
        rise = share / WARM_UP
        fall = (1 + np.cos(np.pi * share)) / 2
        return self.rate * np.minimum(rise, 1) * fall


@dataclass(frozen=True)
class Examples:
    """Encoded tracks: numbers, codes, valence (n,), and the part (n,) that each track is in."""

    numbers: np.ndarray
    codes: np.ndarray
    target: np.ndarray
    parts: np.ndarray

    def held(self, members: int) -> np.ndarray:
        """Return which member leaves out which track, of shape (n, members).

        Parts are left out in turn. With one part there is nothing to leave out.
        """
        count = int(self.parts.max()) + 1
        if count == 1:
            return np.zeros((len(self.parts), members), dtype=bool)
        return self.parts[:, None] == np.arange(members)[None, :] % count


@functools.lru_cache(maxsize=8)
def program_for(shape: Shape):
    """Return what trains and predicts networks of one shape, compiled at first use."""
    return (JaxProgram if keras.backend.backend() == "jax" else KerasProgram)(shape)


class JaxProgram:
    """Training and prediction on JAX, an epoch at a time."""

    def __init__(self, shape: Shape):
        """Build the network; it compiles at first use."""
        self.shape, self.model = shape, build_network(shape)
        self.optimizer = Decayed()
        self.optimizer.build(self.model.trainable_variables)
        self._epoch = jax.jit(self._run_steps)
        self._predict = jax.jit(self._forward)

    def start(self, examples: Examples, weights: np.ndarray, schedule: Schedule) -> None:
        """Draw starting weights and place the examples on the device."""
        prepare_network(self.model, self.shape.members, schedule.dropout, schedule.seed)
        fresh = [np.zeros(one.shape, one.dtype) for one in self.optimizer.variables]
        groups = (self.model.trainable_variables, self.model.non_trainable_variables)
        self.state = (*([one.value for one in group] for group in groups), fresh)
        columns = (examples.numbers, examples.codes, examples.target, weights)
        self.data = tuple(_padded(one) for one in columns)
        self.schedule = schedule

    def run_epoch(self, order: np.ndarray, epoch: int) -> None:
        """Train on the rows of `order`, a batch at a time."""
        steps = len(order) // BATCH
        shares = (epoch + np.arange(1, steps + 1) / steps) / self.schedule.epochs
        rates = _padded(self.schedule.rate_at(shares).astype("float32"))
        constants = np.array([self.schedule.decay, self.schedule.bend], "float32")
        self.state = self._epoch(self.state, self.data, _padded(order), rates, steps, constants)

    def weights(self) -> list:
        """Return the present weights."""
        return self.state[0]

    def predict(self, weights, numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return every member's predictions, of shape (n, members)."""
        fixed = [one.value for one in self.model.non_trainable_variables]
        parts = [
            self._predict(weights, fixed, *(_padded(part, CHUNK) for part in pair))
            for pair in _chunks(numbers, codes)
        ]
        return np.concatenate([np.asarray(part) for part in parts])[: len(numbers)]

    def _forward(self, weights, fixed, numbers, codes):
        return self.model.stateless_call(weights, fixed, [numbers, codes], training=False)[0]

    def _run_steps(self, state, data, order, rates, steps, constants):
        def step(place, state):
            rows = jax.lax.dynamic_slice(order, (place * BATCH,), (BATCH,))
            return self._step(state, [one[rows] for one in data], rates[place], constants)

        return jax.lax.fori_loop(0, steps, step, state)

    def _step(self, state, batch, rate, constants):
        weights, fixed, moments = state
        slopes, fixed = jax.grad(self._loss, has_aux=True)(weights, fixed, batch, constants[1])
        moments = self.optimizer.with_rates(moments, rate, constants[0])
        weights, moments = self.optimizer.stateless_apply(moments, slopes, weights)
        return list(weights), list(fixed), list(moments)

    def _loss(self, weights, fixed, batch, bend):
        numbers, codes, target, used = batch
        fitted, fixed = self.model.stateless_call(weights, fixed, [numbers, codes], training=True)
        # members are independent: a sum over them gives each the gradient of its own mean
        losses = SmoothAbsolute(bend).call(target[:, None], fitted)
        return (losses * used).sum() / BATCH, list(fixed)


class KerasProgram:
    """The same by Keras alone, for backends other than JAX."""

    def __init__(self, shape: Shape):
        """Build the network."""
        self.shape, self.model = shape, build_network(shape)

    def start(self, examples: Examples, weights: np.ndarray, schedule: Schedule) -> None:
        """Draw starting weights and compile."""
        prepare_network(self.model, self.shape.members, schedule.dropout, schedule.seed)
        self.model.compile(Decayed(), SmoothAbsolute(schedule.bend))
        self.model.optimizer.build(self.model.trainable_variables)
        self.examples, self.used, self.schedule = examples, weights.astype("float32"), schedule

    def run_epoch(self, order: np.ndarray, epoch: int) -> None:
        """Train on the rows of `order`; the rate changes between epochs, not within."""
        share = (epoch + 0.5) / self.schedule.epochs
        self.model.optimizer.set_rates(float(self.schedule.rate_at(share)), self.schedule.decay)
        inputs = [self.examples.numbers[order], self.examples.codes[order]]
        target = np.repeat(self.examples.target[order][:, None], self.shape.members, axis=1)
        used = self.used[order]
        self.model.fit(
            inputs, target, sample_weight=used, batch_size=BATCH, shuffle=False, verbose=0
        )

    def weights(self) -> list:
        """Return the present weights."""
        values = self.model.trainable_variables
        return [keras.ops.convert_to_numpy(one).copy() for one in values]

    def predict(self, weights, numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return every member's predictions, of shape (n, members)."""
        for one, value in zip(self.model.trainable_variables, weights, strict=True):
            one.assign(value)
        return self.model.predict([numbers, codes], batch_size=CHUNK, verbose=0)


def _padded(rows: np.ndarray, multiple: int = PADDING) -> np.ndarray:
    """Return an array with zeros added to a multiple of rows."""
    more = [(0, -len(rows) % multiple)] + [(0, 0)] * (rows.ndim - 1)
    return np.pad(rows, more)


def _chunks(numbers: np.ndarray, codes: np.ndarray):
    """Return numbers and codes in chunks of rows."""
    starts = range(0, len(numbers), CHUNK)
    return [(numbers[at : at + CHUNK], codes[at : at + CHUNK]) for at in starts]
