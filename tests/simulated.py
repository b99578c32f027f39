"""Small studies whose records are made up, so that a test knows the truth."""

import itertools
import zlib
from collections.abc import Callable

import numpy as np
import pandas as pd

from ontrial import study
from ontrial.judge.results import Results

STUDY = """
study: simulated
experiments:
  batches:
    purpose: Compare batch sizes.
    dataset: [digits]
    hidden: [[8]]
    activation: [relu]
    initialisation: [own]
    objective: [softmax+cross_entropy]
    batch_size: [1, 4, 16, 64, 256, full]
    learning_rates:
      powers_of_two: {from: -8, to: 2}
    seeds:
      tuning: {from: 1, to: 5}
      confirmatory: {from: 101, to: 120}
    budget: {epochs: 4}
    record: 2
  batches-updates:
    purpose: Compare batch sizes with equal updates.
    dataset: [digits]
    hidden: [[8]]
    activation: [relu]
    initialisation: [own]
    objective: [softmax+cross_entropy]
    batch_size: [1, 16, 256]
    learning_rates:
      powers_of_two: {from: -8, to: 2}
    seeds:
      tuning: {from: 1, to: 5}
      confirmatory: {from: 101, to: 120}
    budget: {updates: 100}
    record: 2
  depths:
    purpose: Compare activations and depths.
    dataset: [digits]
    hidden: [[], [8], [8, 8], [8, 8, 8]]
    activation: [sigmoid, tanh, relu]
    initialisation: [own, glorot]
    objective: [softmax+cross_entropy, softmax+mse, identity+mse]
    batch_size: [64]
    learning_rates: [0.1, 0.2, 0.4]
    seeds:
      tuning: {from: 1, to: 5}
      confirmatory: {from: 101, to: 120}
    budget: {epochs: 4}
    record: 4
    probes: [units, probabilities]
  start:
    purpose: Look at gradients before training.
    dataset: [digits]
    hidden: [[8], [8, 8, 8]]
    activation: [sigmoid, relu]
    initialisation: [inverse_n, he]
    objective: [softmax+cross_entropy]
    batch_size: [16]
    learning_rates: [1]
    seeds:
      confirmatory: {from: 201, to: 220}
    budget: {epochs: 0}
    probes: [gradients]
  tour:
    purpose: Show something.
    dataset: [digits]
    hidden: [[8]]
    activation: [relu]
    initialisation: [own]
    objective: [softmax+cross_entropy]
    batch_size: [16, full]
    learning_rates: [0.25, 0.5]
    seeds:
      descriptive: {from: 1, to: 4}
    budget: {epochs: 2}
"""

Measures = Callable[[dict, float, int, int], dict | None]


def simulated(text: str = STUDY) -> study.Study:
    """A checked study, without a docket."""
    return study.parse(text, "simulated.yaml")


def results(made: study.Study, measures: Measures, *experiments: str) -> Results:
    """Results of some experiments of a study.

    measures: (settings of the cell, learning rate, seed, number of the record from 0) → measures by name, or None of a
    run that has diverged by then.
    """
    rows = []
    for cell in made.cells.values():
        if cell.experiment not in experiments:
            continue
        settings, records = cell.settings, (cell.record or cell.epochs or 0) + 1
        for rate, seed, record in itertools.product(cell.learning_rates, cell.seeds, range(records)):
            found = measures(settings, rate, seed, record)
            state = {"diverged": found is None, "updates": record, "epochs": float(record)}
            rows.append({**settings, "learning_rate": rate, "seed": seed, **state, **(found or {})})
    table = pd.DataFrame(rows)
    return Results(made, table[table["updates"] == table.groupby("experiment")["updates"].transform("max")], table)


def noise(*key: object, scale: float = 1.0) -> float:
    """A normal number that depends on its key alone."""
    return scale * np.random.default_rng(zlib.crc32(repr(key).encode())).standard_normal()
