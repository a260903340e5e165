"""Training of an ensemble whose members each hold out other artists.

Each member leaves out one part of the training artists, and a track is judged by the members that
left it out. That judges the whole training part at every epoch, as cross-validation does, so early
stopping rests on all of its artists rather than on a few.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.prediction.network_layers import Shape
from analysis.prediction.network_programs import BATCH, Examples, Schedule, program_for


@dataclass(frozen=True)
class Training:
    """A trained network: weights, the best epoch, and the history.

    `history` has one row an epoch: epoch, training and validation (the mean absolute errors of the
    members that saw a track, and of those that did not; missing where no track was left out).
    """

    weights: list[np.ndarray]
    best: int
    history: pd.DataFrame


def train_network(shape: Shape, examples: Examples, schedule: Schedule) -> Training:
    """Train all members and restore the epoch of the least validation error.

    Parameters
    ----------
    shape : Shape
    examples : Examples
    schedule : Schedule

    Returns
    -------
    Training
        The same in two runs on one machine.
    """
    program, held = program_for(shape), examples.held(shape.members)
    program.start(examples, ~held, schedule)
    draws = np.random.default_rng(schedule.seed)
    rows, best, kept = [], 0, program.weights()
    for epoch in range(1, schedule.epochs + 1):
        program.run_epoch(draw_order(len(examples.target), draws), epoch - 1)
        fitted = program.predict(program.weights(), examples.numbers, examples.codes)
        rows.append((epoch, *_errors(fitted, examples.target, held)))
        judged = [row[2] if held.any() else -row[0] for row in rows]
        if judged[-1] == min(judged):
            best, kept = epoch, program.weights()
        if epoch - best >= schedule.patience:
            break
    history = pd.DataFrame(rows, columns=["epoch", "training", "validation"])
    return Training([np.asarray(weight) for weight in kept], best, history)


def predict_network(shape: Shape, weights, numbers, codes) -> np.ndarray:
    """Return every member's predictions, of shape (n, members)."""
    return program_for(shape).predict(weights, numbers, codes)


def draw_order(rows: int, draws: np.random.Generator) -> np.ndarray:
    """Return the rows of an epoch in random order, in whole batches.

    What is over after the last whole batch sits this epoch out; a table smaller than a batch is
    repeated until it fills one.
    """
    order = draws.permutation(rows)
    size = max(BATCH, rows - rows % BATCH)
    return np.resize(order, size).astype("int32")


def _errors(fitted: np.ndarray, target: np.ndarray, held: np.ndarray) -> tuple[float, float]:
    """Return the MAE of the members that saw each track, and of those that did not."""
    with np.errstate(invalid="ignore"):
        means = [(fitted * by).sum(axis=1) / by.sum(axis=1) for by in (~held, held)]
    missed = [np.abs(mean - target) for mean in means]
    return tuple(float(np.nanmean(one)) if not np.isnan(one).all() else np.nan for one in missed)
