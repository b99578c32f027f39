"""Measure on this machine what the timed claims compare, and judge them → timing/timing.csv, timing/verdicts.json.

Seconds differ from run to run, so this job claims all cores, and nothing deterministic depends on what it writes.
"""

import json
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge import timing, verdicts
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import draw_weights
from ontrial.nn.network import Architecture, Network
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.nn.samples import Pool, Samples
from ontrial.nn.schedule import Schedule
from ontrial.nn.training import update
from ontrial.storage import files, inputs

ROUNDS = 20  # in each of which everything is measured once: the pairs of the comparison
SHORTEST = 0.01  # seconds of one measurement
STACK = 24  # networks trained in lockstep, as a cell's runs are


def time_claims(table: str, output: str, **given: str | list[str] | None) -> None:
    """Measure in rounds, each in an order of its own, and judge the timed claims on the rounds."""
    results, docket = inputs.read_results(**given)
    points = timing.list_measurements(docket.claims.values(), results.study)
    measured = pd.DataFrame(rounds(points), columns=[*timing.Measurement._fields, "repeat", "value"])
    measured["unit"] = measured["task"].map(timing.TASKS)
    judged = verdicts.judge_timed(results, docket, measured)
    files.write_text(table, measured.to_csv(index=False))
    files.write_text(output, json.dumps(verdicts.encode(judged), ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def rounds(points: list[tuple]) -> list[tuple]:
    """Rows (*point, round, time in the task's unit)."""
    work = [prepared(*point) for point in points]
    repeats = [repetitions(step) for step, _ in work]
    order = np.random.default_rng(0)
    rows = []
    for number in range(ROUNDS):
        for i in order.permutation(len(points)):
            step, unit = work[i]
            rows.append((*points[i], number, seconds(step, repeats[i]) / repeats[i] / unit))
    return sorted(rows)


def prepared(
    task: str, dataset: str, hidden: str, activation: str, optimiser: str, batch_size: int
) -> tuple[Callable[[], None], float]:
    """What to call, and how many seconds are one unit of its time."""
    widths = tuple(map(int, hidden.split("-"))) if hidden != "none" else ()
    if task == "activation":
        return activation_pass(activation, batch_size, widths[0]), 1e-9 * STACK * batch_size * widths[0]
    step = network_update(dataset, widths, activation, optimiser, batch_size)
    return step, 1e-6 * STACK * (batch_size if task == "sample" else 1)


def activation_pass(name: str, batch_size: int, width: int) -> Callable[[], None]:
    """The activation and its derivative, once, on (STACK, batch_size, width) numbers."""
    activation = ACTIVATIONS[name]
    z = np.random.default_rng(0).standard_normal((STACK, batch_size, width)).astype(np.float32)
    a, slope = np.empty_like(z), np.empty_like(z)

    def step() -> None:
        activation.function(z, out=a)
        activation.derivative(z, a, out=slope)

    return step


def network_update(
    dataset: str, widths: tuple[int, ...], activation: str, optimiser: str, batch_size: int
) -> Callable[[], None]:
    """One update of STACK networks with softmax and cross-entropy on a batch of training samples."""
    sizes = data.sizes(dataset)
    initialisation = ACTIVATIONS[activation].initialisation
    architecture = Architecture(
        (sizes.features, *widths, sizes.classes), activation, "softmax", "cross_entropy", initialisation
    )
    drawn = draw_weights(initialisation, architecture.shapes, np.random.default_rng(0))
    network = Network(architecture, [(np.stack([W] * STACK), np.zeros((STACK, W.shape[1]))) for W in drawn], np.float32)
    samples = data.arrays(dataset, [0], "softmax").train
    pool = Pool(Samples(*samples), np.zeros(STACK, int))
    rows = np.tile(np.arange(max(batch_size, 2)) % pool.size, (STACK, 1))
    schedule = Schedule(batch_size, updates=1, optimiser=optimiser)
    rates, state = np.full((STACK, 1, 1), 2.0**-6, np.float32), OPTIMISERS[optimiser].init_state(network)
    return lambda: update(network, pool, rows, schedule, rates, state)


def repetitions(step: Callable[[], None]) -> int:
    """How often to repeat a step so that it takes SHORTEST seconds; it is warm afterwards."""
    number = 1
    while seconds(step, number) < SHORTEST:
        number *= 2
    return number


def seconds(step: Callable[[], None], number: int) -> float:
    """Wall seconds of `number` steps."""
    began = time.perf_counter()
    for _ in range(number):
        step()
    return time.perf_counter() - began


if __name__ == "__main__":
    parser = inputs.argument_parser(__doc__)
    parser.add_argument("--table", required=True, help="the measurements to write (.csv)")
    parser.add_argument("--output", required=True, help="the verdicts to write (.json)")
    files.run(time_claims, parser)
