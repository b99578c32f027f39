"""Small studies with simulated records, whose true effects are known to the tests."""

import itertools
import zlib
from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks import summary as benchmark
from ontrial.judge.results import Results
from ontrial.study import configuration
from ontrial.study.study import Study

STUDY = """
study: simulated
experiments:
  batches: {purpose: Compare batch sizes., dataset: [digits], hidden: [[8]], activation: [relu],
    initialisation: [own], objective: [softmax+cross_entropy], batch_size: [1, 4, 16, 64, 256, full],
    learning_rates: {powers_of_two: {from: -8, to: 2}}, seeds: {confirmatory: {from: 101, to: 120}},
    budget: {epochs: 4}, record: 2}
  batches-updates: {purpose: Compare batch sizes with equal updates., dataset: [digits], hidden: [[8]],
    activation: [relu], initialisation: [own], objective: [softmax+cross_entropy], batch_size: [1, 16, 256],
    learning_rates: {powers_of_two: {from: -8, to: 2}}, seeds: {confirmatory: {from: 101, to: 120}},
    budget: {updates: 100}, record: 2}
  depths: {purpose: Compare activations and depths., dataset: [digits], hidden: [[], [8], [8, 8], [8, 8, 8]],
    activation: [sigmoid, tanh, relu], initialisation: [own, glorot],
    objective: [softmax+cross_entropy, softmax+mse, identity+mse], batch_size: [64], learning_rates: [0.1, 0.2, 0.4],
    seeds: {confirmatory: {from: 101, to: 120}}, budget: {epochs: 4}, record: 4, probes: [units, probabilities]}
  start: {purpose: Look at gradients before training., dataset: [digits], hidden: [[8], [8, 8, 8]],
    activation: [sigmoid, relu], initialisation: [inverse_n, he], objective: [softmax+cross_entropy],
    batch_size: [16], learning_rates: [1], seeds: {confirmatory: {from: 201, to: 220}}, budget: {epochs: 0},
    probes: [gradients]}
  tour: {purpose: Show something., dataset: [digits], hidden: [[8]], activation: [relu], initialisation: [own],
    objective: [softmax+cross_entropy], batch_size: [16, full], learning_rates: [0.25, 0.5],
    seeds: {descriptive: {from: 1, to: 4}}, budget: {epochs: 2}}
"""

LOSSES = {"validation_loss": 1.0, "test_loss": 1.0}
Measures = Callable[[dict, float, int, int], dict | None]


def simulated(text: str = STUDY) -> Study:
    """Parse and check a study without a docket."""
    return configuration.parse(text, "simulated.yaml")


def results(study: Study, measures: Measures, *experiments: str, seeds: Callable = lambda cell: cell.seeds) -> Results:
    """Simulate the results of some experiments of a study.

    measures: Function (settings of the cell, learning rate, seed, index of the record) that returns measures by name,
        or None if the run has diverged. Losses that it leaves out are 1.
    seeds: Function of a cell that returns its seeds, including those of later looks.
    """
    rows = []
    for cell in study.cells.values():
        if cell.experiment not in experiments:
            continue
        settings, training = cell.columns, cell.training
        records = (training.record or training.epochs or 0) + 1
        for rate, seed, record in itertools.product(cell.learning_rates, seeds(cell), range(records)):
            values = measures(settings, rate, seed, record)
            state = {"diverged": values is None, "updates": record, "epochs": float(record)}
            values = {} if values is None else LOSSES | values
            rows.append({**settings, "learning_rate": rate, "seed": seed, **state, **values})
    table = pd.DataFrame(rows)
    return Results(study, table[table["updates"] == table.groupby("experiment")["updates"].transform("max")], table)


def noise(*key: object, scale: float = 1.0) -> float:
    """Return a normal random number that depends only on its key and scale."""
    return scale * np.random.default_rng(zlib.crc32(repr(key).encode())).standard_normal()


def benchmark_times() -> pd.DataFrame:
    """Return a table in which an update of this engine takes B + 4 microseconds, and others take multiples of that."""
    factors = {
        "ontrial": 1, "jax_vmap": 2, "jax_scan": 4, "torch_eager": 80, "torch_bmm": 3, "sklearn": 20,
        "numpy_loop": 10, "numba_loop": 5,
    }  # fmt: skip
    cells = [
        ("grid", network, B, R)
        for network in (benchmark.SMALL, benchmark.WIDE)
        for B in (1, 8, 256)
        for R in (10, 48, 96)
    ]
    cells += [("runs", benchmark.SMALL, 32, R) for R in (1, 48, 96)]
    cells += [("width", f"64-{n}-{n}-10", 32, 48) for n in (8, 64)] + [("depth", "64-32-10", 32, 48)]
    rows = []
    for part, network, B, R in cells:
        for name, factor in factors.items():
            factor = {"jax_vmap": 0.5, "jax_scan": 0.25}.get(name, factor) if B == 1 else factor
            times = {
                "microseconds": factor * (B + 4.0),
                "ratio": factor,
                "peak_share": 0.4 / factor,
                "gflops": 40 / factor,
            }
            rows.append({"part": part, "network": network, "batch_size": B, "runs": R, "contestant": name} | times)
        limit = {"microseconds": 0.125 * (B + 4.0), "ratio": 0.125, "peak_share": 1.0 if B > 1 else 0.5, "gflops": 100}
        rows.append({"part": part, "network": network, "batch_size": B, "runs": R, "contestant": "limit"} | limit)
    for network in (benchmark.SMALL, benchmark.WIDE):
        for R in (1, 48):
            memory = {"memory_idle_mb": 50, "memory_mb": 60 + R}
            cell = {"part": "memory", "network": network, "batch_size": 32, "runs": R}
            rows += [cell | memory | {"contestant": name} for name in factors]
    return pd.DataFrame(rows).assign(timed_runs=1, warm_up_seconds=0.5, version="1")


BENCHMARK = benchmark_times()
