"""Check that all contestants do the same work: compare their weights and losses with a loop in float64."""

import numpy as np
import pandas as pd

from benchmarks import work
from benchmarks.contestants import ENGINE, numpy_loop
from benchmarks.worker import Worker, train

CASES = (((64, 32, 32, 10), 1), ((64, 32, 32, 10), 8), ((784, 64, 64, 10), 32))  # layers and batch size
RUNS, UPDATES, ROUNDS = 3, 16, 4
SETTINGS = (  # PyTorch has these, too
    *(
        {"optimiser": optimiser, "weight_decay": decay}
        for optimiser in ("sgd", "momentum", "nesterov", "adam")
        for decay in (0.0, 0.1)
    ),
    *({"schedule": schedule} for schedule in ("linear", "cosine", "step")),
    {"warmup": 0.25},
    *({"label_smoothing": 0.1}, {"dropout": 0.5}),
    *({"optimiser": optimiser, "weight_decay": 0.1, "clip_norm": 1.0} for optimiser in ("sgd", "adam")),
)
TOLERANCE = 1e-3  # relative to the change of the weights and to the loss; float32 rounding is far below
EXACT = 1e-9  # the same tolerance for weights if both compute in float64


def check(workers: dict[str, Worker]) -> pd.DataFrame:
    """Return one row per case and contestant. The column `agrees` says whether it does the same work."""
    rows = []
    for layers, batch_size in CASES:
        task = work.make_work(layers, batch_size, RUNS, UPDATES)
        reference = train_reference(task, ROUNDS)
        for name, worker in workers.items():
            weights = worker.call(train, name, layers, batch_size, RUNS, UPDATES, ROUNDS)
            rows.append(
                {
                    "network": work.network_name(layers),
                    "batch_size": batch_size,
                    "contestant": name,
                    "updates": UPDATES * ROUNDS,
                }
                | compare(task, reference, weights)
            )
    return pd.DataFrame(rows)


def check_settings(workers: dict[str, Worker]) -> pd.DataFrame:
    """Compare this engine's recipes with PyTorch in float64: one row for each of SETTINGS."""
    rows = []
    layers, batch_size = CASES[1]
    task = work.make_work(layers, batch_size, RUNS, UPDATES)
    for settings in SETTINGS:
        arguments = (layers, batch_size, RUNS, UPDATES, ROUNDS, settings)
        engine = workers[ENGINE].call(train, ENGINE, *arguments)
        torch = workers["torch_eager"].call(train, "torch_eager", *arguments)
        difference = compare(task, torch, engine)["weight_difference"]
        rows.append(
            {
                "network": work.network_name(layers),
                "batch_size": batch_size,
                "settings": ", ".join(f"{name} {value}" for name, value in settings.items()),
                "updates": UPDATES * ROUNDS,
                "weight_difference": difference,
                "agrees": difference <= EXACT,
            }
        )
    return pd.DataFrame(rows)


def train_reference(task: work.Work, rounds: int) -> work.Weights:
    """Train with a plain NumPy loop in float64 and return the weights."""
    trainer = numpy_loop.prepare(task.copy(np.float64))
    trainer.train(rounds)
    return trainer.weights()


def compare(task: work.Work, reference: work.Weights, weights: work.Weights) -> dict[str, object]:
    """Return the largest differences of weights and losses from those of a reference.

    Differences of weights are relative to the largest change of a weight in training, those of losses to the loss.
    """
    change = max(map(max_difference, reference, task.weights))
    weight_difference = max(map(max_difference, reference, weights)) / change
    loss = work.loss(task, weights)
    loss_difference = float(np.abs(loss / work.loss(task, reference) - 1).max())
    return {
        "loss_before": work.loss(task, task.weights).mean(),
        "loss_after": loss.mean(),
        "loss_difference": loss_difference,
        "weight_difference": weight_difference,
        "agrees": weight_difference <= TOLERANCE and loss_difference <= TOLERANCE,
    }


def max_difference(layer: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> float:
    """Return the largest absolute difference between the weights or biases of two layers."""
    return max(float(np.abs(a - b).max()) for a, b in zip(layer, other, strict=True))
