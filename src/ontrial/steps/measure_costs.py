"""Measure the times that the timed claims compare on this machine, and judge these claims.

Times differ from run to run. Therefore this job reserves all cores, and nothing deterministic depends on its output.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge import result_files, timing, trials
from ontrial.judge.records import to_json
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import draw_weights
from ontrial.nn.network import Architecture, Network
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.nn.recipe import Recipe
from ontrial.nn.samples import Pool
from ontrial.nn.training import update
from ontrial.storage import files, options
from ontrial.storage.options import Input, Output
from ontrial.study.settings import read_widths

ROUNDS = 20  # in each, everything is measured once, so that claims compare times of the same round
MIN_SECONDS = 0.005  # duration of a measurement
STACK = 24  # networks in lockstep, as in the training of a cell


def measure_costs(study: Input, runs: Input, records: Input, docket: Input, table: Output, json: Output) -> None:
    """Measure times in rounds, and judge the timed claims by comparing the times of each round.

    study: The study (study.json).
    runs: Table of runs (.parquet).
    records: Table of all records (.parquet).
    docket: The claims (docket.json).
    table: The measurements, to write (.csv).
    json: The verdicts, to write (.json).
    """
    results, checked_docket = result_files.read_results(study, runs, records, docket)
    measurements = timing.list_measurements(checked_docket.claims.values(), results.study)
    measured = pd.DataFrame(_measure_rounds(measurements), columns=[*timing.Measurement._fields, "repeat", "value"])
    measured["unit"] = measured["task"].map(timing.TASKS)
    judged = trials.judge_timed(results, checked_docket, measured)
    files.write_text(table, measured.to_csv(index=False))
    files.write_text(json, to_json(judged) + "\n")


def _measure_rounds(measurements: Sequence[timing.Measurement]) -> list[tuple]:
    """Return rows (*measurement, round, time in the unit of the task). The order within each round is random."""
    work = [_prepare(*measurement) for measurement in measurements]
    repetition_counts = [_repetitions(operation) for operation, _ in work]
    rng = np.random.default_rng(0)
    rows = []
    for round_number in range(ROUNDS):
        for i in rng.permutation(len(measurements)):
            operation, unit = work[i]
            duration = _seconds(operation, repetition_counts[i]) / repetition_counts[i]
            rows.append((*measurements[i], round_number, duration / unit))
    return sorted(rows)


def _prepare(
    task: str, dataset: str, hidden: str, activation: str, optimiser: str, batch_size: int
) -> tuple[Callable[[], None], float]:
    """Return the function to time, and the unit of its time in seconds."""
    widths = read_widths(hidden)
    if task == "activation":
        return _activation_pass(activation, batch_size, widths[0]), 1e-9 * STACK * batch_size * widths[0]
    operation = _network_update(dataset, widths, activation, optimiser, batch_size)
    return operation, 1e-6 * STACK * (batch_size if task == "sample" else 1)


def _activation_pass(name: str, batch_size: int, width: int) -> Callable[[], None]:
    """Return a function that computes an activation and its derivative for an array (STACK, batch_size, width)."""
    activation = ACTIVATIONS[name]
    z = np.random.default_rng(0).standard_normal((STACK, batch_size, width)).astype(np.float32)
    a, slope = np.empty_like(z), np.empty_like(z)

    def operation() -> None:
        activation.function(z, out=a)
        activation.derivative(z, a, out=slope)

    return operation


def _network_update(
    dataset: str, widths: tuple[int, ...], activation: str, optimiser: str, batch_size: int
) -> Callable[[], None]:
    """Return a function that updates STACK networks with softmax and cross-entropy on a batch of training samples."""
    sizes = data.sizes(dataset)
    initialisation = ACTIVATIONS[activation].initialisation
    architecture = Architecture(
        (sizes.features, *widths, sizes.classes), activation, "softmax", "cross_entropy", initialisation
    )
    drawn = draw_weights(initialisation, architecture.shapes, np.random.default_rng(0))
    network = Network(architecture, [(np.stack([W] * STACK), np.zeros((STACK, W.shape[1]))) for W in drawn], np.float32)
    samples = data.arrays(dataset, [0], "softmax").train
    pool = Pool(samples, np.zeros(STACK, int))
    rows = np.tile(np.arange(max(batch_size, 2)) % pool.size, (STACK, 1))
    recipe = Recipe(batch_size, updates=1, optimiser=optimiser)
    rates, state = np.full((STACK, 1, 1), 2.0**-6, np.float32), OPTIMISERS[optimiser].init_state(network)
    return lambda: update(network, pool, rows, recipe, rates, state)


def _repetitions(operation: Callable[[], None]) -> int:
    """Return how often to repeat an operation so that it takes MIN_SECONDS. This also warms up its caches."""
    number = 1
    while _seconds(operation, number) < MIN_SECONDS:
        number *= 2
    return number


def _seconds(operation: Callable[[], None], number: int) -> float:
    """Return the wall time in seconds of `number` calls."""
    start = time.perf_counter()
    for _ in range(number):
        operation()
    return time.perf_counter() - start


if __name__ == "__main__":
    options.run(measure_costs)
