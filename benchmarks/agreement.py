"""Do all contestants do the same work? Weights and losses after the same updates, compared with those of float64."""

from itertools import product

import numpy as np
import pandas as pd

from benchmarks import work
from benchmarks.contestants import ENGINE, numpy_loop
from benchmarks.worker import Worker, trained

CASES = (((64, 32, 32, 10), 1), ((64, 32, 32, 10), 8), ((784, 64, 64, 10), 32))  # layers and batch size
RUNS, UPDATES, ROUNDS = 3, 16, 4
OPTIMISERS, WEIGHT_DECAYS = ("sgd", "momentum", "nesterov", "adam"), (0.0, 0.1)  # those that PyTorch has, too
TOLERANCE = 1e-3  # of the way that the weights went, and of the loss: rounding of float32 stays far below
EXACT = 1e-9  # the same of weights where both compute in float64


def check(workers: dict[str, Worker]) -> pd.DataFrame:
    """One row for each case and contestant, with `agrees`."""
    rows = []
    for layers, batch_size in CASES:
        given = work.make(layers, batch_size, RUNS, UPDATES)
        exact = reference(given, ROUNDS)
        for name, worker in workers.items():
            found = worker.call(trained, name, layers, batch_size, RUNS, UPDATES, ROUNDS)
            rows.append(
                {
                    "network": work.text(layers),
                    "batch_size": batch_size,
                    "contestant": name,
                    "updates": UPDATES * ROUNDS,
                }
                | compared(given, exact, found)
            )
    return pd.DataFrame(rows)


def check_optimisers(workers: dict[str, Worker]) -> pd.DataFrame:
    """Compare this engine's optimisers with PyTorch's in float64: one row for each and weight decay, with `agrees`."""
    rows = []
    layers, batch_size = CASES[1]
    given = work.make(layers, batch_size, RUNS, UPDATES)
    for optimiser, weight_decay in product(OPTIMISERS, WEIGHT_DECAYS):
        asked = (layers, batch_size, RUNS, UPDATES, ROUNDS, optimiser, weight_decay)
        own, peer = [workers[name].call(trained, name, *asked) for name in (ENGINE, "torch_eager")]
        difference = compared(given, peer, own)["weight_difference"]
        rows.append(
            {
                "network": work.text(layers),
                "batch_size": batch_size,
                "optimiser": optimiser,
                "weight_decay": weight_decay,
                "updates": UPDATES * ROUNDS,
                "weight_difference": difference,
                "agrees": difference <= EXACT,
            }
        )
    return pd.DataFrame(rows)


def reference(given: work.Work, rounds: int) -> work.Weights:
    """Weights that a plain loop in float64 arrives at."""
    trainer = numpy_loop.prepare(given.copy(np.float64))
    trainer.train(rounds)
    return trainer.weights()


def compared(given: work.Work, exact: work.Weights, found: work.Weights) -> dict[str, object]:
    """Greatest difference of a weight as a share of the longest way of one, and of a loss as a share of the loss."""
    way = max(distance(layer, start) for layer, start in zip(exact, given.weights, strict=True))
    weights = max(distance(layer, other) for layer, other in zip(exact, found, strict=True)) / way
    before, after, own = (work.loss(given, weights) for weights in (given.weights, exact, found))
    losses = float(np.abs(own / after - 1).max())
    return {
        "loss_before": before.mean(),
        "loss_after": own.mean(),
        "loss_difference": losses,
        "weight_difference": weights,
        "agrees": weights <= TOLERANCE and losses <= TOLERANCE,
    }


def distance(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> float:
    """Greatest difference of two layers' weights or biases."""
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))
