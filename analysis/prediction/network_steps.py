"""What a training step of the network lowers, and how: the loss and the optimizer."""

from analysis.prediction.network_layers import keras

ops = keras.ops


class SmoothAbsolute(keras.losses.Loss):
    """The pseudo-Huber loss √(e² + bend²) − bend: squared for small errors, absolute for large.

    It comes close to the absolute error, which it should lower, and has a slope at 0, which a
    network needs [@huber1964].
    """

    def __init__(self, bend: float):
        """Keep the error at which the loss turns from squared to absolute."""
        super().__init__(reduction="sum_over_batch_size")
        self.bend = bend

    def call(self, target, fitted):
        """Return the loss of every track and member."""
        return ops.sqrt(ops.square(fitted - target) + self.bend**2) - self.bend


class Decayed(keras.optimizers.AdamW):
    """AdamW [@loshchilov2019] whose decay is a variable, so that a search compiles once.

    Waves and biases do not decay: 0 is no natural value of a frequency or of a threshold.
    """

    def __init__(self):
        """Forget squared slopes faster than Adam's default: trainings are short."""
        super().__init__(beta_2=0.97)
        self.exclude_from_weight_decay(var_names=["bias", "phase", "frequency"])

    def build(self, variables):
        """Create the optimizer's variables, the decay among them."""
        if not self.built:
            super().build(variables)
            self.strength = self.add_variable((), name="strength")

    def set_rates(self, rate: float, decay: float) -> None:
        """Set learning rate and decay."""
        self.learning_rate = rate
        self.strength.assign(decay)

    def with_rates(self, values: list, rate, decay) -> list:
        """Return values of the optimizer's variables with learning rate and decay put in."""
        new = {self._learning_rate.path: rate, self.strength.path: decay}
        pairs = zip(self.variables, values, strict=True)
        return [new.get(one.path, value) for one, value in pairs]

    def _apply_weight_decay(self, variables):
        for one in variables:
            if self._use_weight_decay(one):
                one.assign(one - one * self.strength * self.learning_rate)
