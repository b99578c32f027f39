"""Check that all contestants do the same work: compare their weights and losses with a loop in float64."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import work, worker
from benchmarks.contestants import ENGINE, numpy_loop
from benchmarks.worker import Worker
from ontrial import data
from ontrial.data.splits import SCALINGS, with_noise

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
    {"members": RUNS},
)
DATASET, SEED = "letter", 1  # its features have units of their own, so that each is scaled as scikit-learn does
OF_SAMPLES = (*({"scaling": kind} for kind in SCALINGS), {"label_noise": 0.4})
TOLERANCE = 1e-3  # relative to the change of the weights and to the loss; float32 rounding is far below
EXACT = 1e-9  # the same tolerance for weights if both compute in float64


def check(workers: dict[str, Worker]) -> pd.DataFrame:
    """Return one row per case and contestant. The column `agrees` says whether it does the same work."""
    rows = []
    for layers, batch_size in CASES:
        task = work.make_work(layers, batch_size, RUNS, UPDATES)
        reference = train_reference(task, ROUNDS)
        for name, child in workers.items():
            weights = child.call(worker.weights, name, layers, batch_size, RUNS, UPDATES, ROUNDS)
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
    return pd.DataFrame([compare_with_torch(workers, *CASES[1], settings, settings) for settings in SETTINGS])


def check_samples(workers: dict[str, Worker]) -> pd.DataFrame:
    """Compare this engine's samples with scikit-learn's, on which PyTorch trains: one row for each of OF_SAMPLES."""
    sizes, (_, batch_size) = data.sizes(DATASET), CASES[1]
    layers = (sizes.features, 32, 32, sizes.classes)
    n = batch_size * UPDATES
    rows = []
    for settings in OF_SAMPLES:
        arrays = data.arrays(DATASET, (SEED,), "softmax", np.float64, **settings)
        ours = arrays.train.X[0, :n], arrays.train.y[0, :n]
        theirs = tuple(part[:n] for part in scikit_learn_samples(**settings))
        rows.append(compare_with_torch(workers, layers, batch_size, settings, {}, ours, theirs))
    return pd.DataFrame(rows)


def scikit_learn_samples(scaling: str = "standard", label_noise: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return the training samples X and y of DATASET, scaled by scikit-learn, with labels that noise replaces."""
    from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

    scalers = {
        "none": FunctionTransformer(),
        "centred": StandardScaler(with_std=False),
        "standard": StandardScaler(),
        "minmax": MinMaxScaler(),
    }
    dataset, rows = data.load(DATASET), data.split(DATASET, SEED).train
    classes = data.sizes(DATASET).classes
    labels = with_noise(dataset.labels, classes, SEED, label_noise)[rows]
    return scalers[scaling].fit_transform(dataset.X[rows].astype(float)), np.eye(classes)[labels]


def compare_with_torch(
    workers: dict[str, Worker],
    layers: tuple[int, ...],
    batch_size: int,
    settings: Mapping[str, Any],
    recipe: Mapping[str, Any],
    *samples: tuple[np.ndarray, np.ndarray],
) -> dict[str, object]:
    """Return the largest difference between this engine and PyTorch in float64, of weights and of mean probabilities.

    settings: What is compared.
    recipe: Those of them that belong to the recipe.
    samples: Samples of this engine and of PyTorch. Default: the usual ones.
    """
    task = work.make_work(layers, batch_size, RUNS, UPDATES)
    weights, means = [], []
    for name, own in zip((ENGINE, "torch_eager"), samples or (None, None), strict=True):
        arguments = (name, layers, batch_size, RUNS, UPDATES, ROUNDS, recipe, own)
        weights.append(workers[name].call(worker.weights, *arguments))
        means.append(workers[name].call(worker.probabilities, *arguments))
    engine, torch = weights
    difference = largest_difference(task, torch, engine)
    mean_difference = float(np.abs(np.subtract(*means)).max())
    return {
        "network": work.network_name(layers),
        "batch_size": batch_size,
        "settings": ", ".join(f"{name} {value}" for name, value in settings.items()),
        "updates": UPDATES * ROUNDS,
        "weight_difference": difference,
        "probability_difference": mean_difference,
        "agrees": max(difference, mean_difference) <= EXACT,
    }


def train_reference(task: work.Work, rounds: int) -> work.Weights:
    """Train with a plain NumPy loop in float64 and return the weights."""
    trainer = numpy_loop.prepare(task.copy(np.float64))
    trainer.train(rounds)
    return trainer.weights()


def compare(task: work.Work, reference: work.Weights, weights: work.Weights) -> dict[str, object]:
    """Return the largest differences of weights and losses from those of a reference.

    Differences of weights are relative to the largest change of a weight in training, those of losses to the loss.
    """
    weight_difference = largest_difference(task, reference, weights)
    loss = work.loss(task, weights)
    loss_difference = float(np.abs(loss / work.loss(task, reference) - 1).max())
    return {
        "loss_before": work.loss(task, task.weights).mean(),
        "loss_after": loss.mean(),
        "loss_difference": loss_difference,
        "weight_difference": weight_difference,
        "agrees": weight_difference <= TOLERANCE and loss_difference <= TOLERANCE,
    }


def largest_difference(task: work.Work, reference: work.Weights, weights: work.Weights) -> float:
    """Return the largest difference of weights from a reference, relative to the largest change in training."""
    return max(map(max_difference, reference, weights)) / max(map(max_difference, reference, task.weights))


def max_difference(layer: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> float:
    """Return the largest absolute difference between the weights or biases of two layers."""
    return max(float(np.abs(a - b).max()) for a, b in zip(layer, other, strict=True))
