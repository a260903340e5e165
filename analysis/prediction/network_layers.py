"""The layers of the network: every layer holds all members of an ensemble side by side.

An ensemble of small networks trained one by one spends its time on starting them. Here a layer's
weights carry the members as their first axis, so that one pass computes all members and one
compiled step trains them [@gorishniy2025]. Members share the batches and the embedding of numbers
and nothing else; their starting weights are drawn from one seed each.

Tensors between layers have shape (members, rows, units).
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

# `prepare_network` draws the starting weights; a drawing initializer of Keras would be compiled
# anew for every shape of weight, which takes longer than the training.
EMPTY = "zeros"


@dataclass(frozen=True)
class Shape:
    """What a compiled network depends on; fits of one shape share one compilation.

    `numbers` counts numeric features, `levels` the levels of each categorical one (level 0 stands
    for missing and for unseen). `design` is "plain" or "residual".
    """

    numbers: int
    levels: tuple[int, ...]
    members: int
    units: int
    depth: int
    waves: int
    width: int
    design: str = "plain"


class Periodic(layers.Layer):
    """Embed each number in `width` units: itself, and mixtures of waves of learned frequency.

    A number x becomes x and width − 1 linear mixtures of cos(2π(f x + b)), with `waves` frequencies
    f and phases b of its own [@gorishniy2022; @holzmuller2024]. The waves let one layer bend where
    a plain one needs several. All members share them.
    """

    def __init__(self, members: int, waves: int, width: int, **settings):
        """Keep the counts of members, of waves and of units."""
        super().__init__(**settings)
        self.members, self.waves, self.width = members, waves, width

    def build(self, shape):
        """Create frequencies, phases and mixtures for every number."""
        numbers = shape[-1]
        self.frequency = self.add_weight(
            shape=(numbers, self.waves), name="frequency", initializer=EMPTY
        )
        self.phase = self.add_weight(shape=(numbers, self.waves), name="phase", initializer=EMPTY)
        self.mixture = self.add_weight(
            shape=(numbers, self.waves, self.width - 1), name="mixture", initializer=EMPTY
        )

    def call(self, numbers):
        """Return an array of shape (members, rows, numbers × width), the same for each member."""
        angle = numbers[:, :, None] * self.frequency + self.phase
        mixed = ops.einsum("bnw,nwe->bne", ops.cos(2 * np.pi * angle), self.mixture)
        both = ops.concatenate([numbers[:, :, None], mixed], axis=-1)
        flat = ops.reshape(both, (1, -1, numbers.shape[-1] * self.width))
        return ops.repeat(flat, self.members, axis=0)

    def draw(self, streams) -> list[np.ndarray]:
        """Return starting weights; frequencies are low, since few waves fit in a feature."""
        numbers, waves = self.frequency.shape
        first = streams[0]
        return [
            first.normal(0, 0.1, (numbers, waves)),
            first.uniform(-0.5, 0.5, (numbers, waves)),
            first.normal(0, waves**-0.5, self.mixture.shape),
        ]


class Names(layers.Layer):
    """Embed each level of a category in a vector, one table a member."""

    def __init__(self, members: int, levels: int, width: int, **settings):
        """Keep the counts of members, of levels and of units."""
        super().__init__(**settings)
        self.sizes = (members, levels, width)

    def build(self, shape):
        """Create the tables."""
        self.table = self.add_weight(shape=self.sizes, name="table", initializer=EMPTY)

    def call(self, codes):
        """Return the vectors of integer codes of shape (rows,)."""
        return ops.take(self.table, codes, axis=1)

    def draw(self, streams) -> list[np.ndarray]:
        """Return starting weights; level 0, for missing and unseen, starts at the origin."""
        table = np.stack([one.normal(0, 0.3, self.sizes[1:]) for one in streams])
        table[:, 0] = 0
        return [table]


class Dense(layers.Layer):
    """A dense layer for each member: activation(x @ kernel + bias)."""

    def __init__(self, members: int, units: int, activation: str = "linear", **settings):
        """Keep the counts of members and of units."""
        super().__init__(**settings)
        self.members, self.units = members, units
        self.activation = keras.activations.get(activation)

    def build(self, shape):
        """Create kernels and biases."""
        self.kernel = self.add_weight(
            shape=(self.members, shape[-1], self.units), name="kernel", initializer=EMPTY
        )
        self.bias = self.add_weight(
            shape=(self.members, 1, self.units), name="bias", initializer=EMPTY
        )

    def call(self, inputs):
        """Return an array of shape (members, rows, units)."""
        return self.activation(ops.matmul(inputs, self.kernel) + self.bias)

    def draw(self, streams) -> list[np.ndarray]:
        """Return starting weights that keep the variance of their inputs."""
        _, inputs, units = self.kernel.shape
        kernel = np.stack([one.normal(0, inputs**-0.5, (inputs, units)) for one in streams])
        return [kernel, np.zeros(self.bias.shape)]


class Dropout(layers.Layer):
    """Dropout whose rate is a weight, so that a search over rates compiles once.

    Members share a mask: their units have nothing in common, and random numbers are dear.
    """

    def build(self, shape):
        """Create the rate."""
        self.rate = self.add_weight(shape=(), trainable=False, name="rate", initializer=EMPTY)
        self.seeds = keras.random.SeedGenerator(0)

    def call(self, inputs, training=False):
        """Return the inputs, in training with a share of them set to 0 and the rest scaled up."""
        if not training:
            return inputs
        noise = keras.random.uniform(ops.shape(inputs)[-2:], seed=self.seeds)
        kept = ops.cast(noise >= self.rate, inputs.dtype) / (1 - self.rate)
        return inputs * kept


def build_network(shape: Shape):
    """Return an untrained network.

    Parameters
    ----------
    shape : Shape

    Returns
    -------
    keras.Model
        From numbers of shape (rows, numbers) and, where there are categories, integer codes of
        shape (rows, categories) to valence between 0 and 1, of shape (rows, members).
    """
    numbers = keras.Input((shape.numbers,), name="numbers")
    codes = keras.Input((len(shape.levels),), dtype="int32", name="codes")
    shared = Periodic(shape.members, shape.waves, shape.width)(numbers)
    vectors = [
        Names(shape.members, levels, embedding_width(levels))(codes[:, place])
        for place, levels in enumerate(shape.levels)
    ]
    everything = ops.concatenate([shared, *vectors], axis=-1)
    trunk = {"plain": _plain, "residual": _residual}[shape.design]
    output = Dense(shape.members, 1, "sigmoid")(trunk(everything, shape))
    return keras.Model([numbers, codes], ops.transpose(output[:, :, 0]))


def embedding_width(levels: int) -> int:
    """Return the length of the vector that stands for a level: up to 8, fewer for few levels."""
    return int(min(8, np.ceil(levels / 2)))


def prepare_network(model, members: int, dropout: float, seed: int) -> None:
    """Give a network its starting weights and dropout.

    Parameters
    ----------
    model : keras.Model
        The result of `build_network`.
    members : int
    dropout : float
    seed : int
        Each member has a stream of its own; the first also draws what members share.
    """
    streams = [np.random.default_rng([seed, member]) for member in range(members)]
    for place, layer in enumerate(model.layers):
        if isinstance(layer, Dropout):
            layer.rate.assign(dropout)
            layer.seeds.state.assign(np.array([seed % 2**31, place], "uint32"))
        elif layer.trainable_weights:
            pairs = zip(layer.trainable_weights, layer.draw(streams), strict=True)
            for weight, values in pairs:
                weight.assign(values.astype("float32"))


def _plain(hidden, shape: Shape):
    """Stack dense layers, each followed by dropout."""
    for _ in range(shape.depth):
        hidden = Dropout()(Dense(shape.members, shape.units, "silu")(hidden))
    return hidden


def _residual(hidden, shape: Shape):
    """Project, then add to each layer's input what a normalised layer makes of it [@he2016]."""
    hidden = Dense(shape.members, shape.units)(hidden)
    for _ in range(shape.depth):
        size = ops.mean(ops.square(hidden), axis=-1, keepdims=True)
        normed = hidden / ops.sqrt(size + 1e-6)
        hidden = hidden + Dropout()(Dense(shape.members, shape.units, "silu")(normed))
    return hidden
