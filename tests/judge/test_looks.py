"""Looks: which cells get more seeds."""

import pytest
from support.simulated import STUDY, results, simulated

from ontrial.judge import checks, looks

SEQUENTIAL = simulated(STUDY.replace("{from: 101, to: 120}", "{from: 101, looks: [8, 16]}"))
DOCKET = """\
claims:
  - {id: decided, statement: {en: One is better than four.}, experiment: batches, metric: test_accuracy,
    difference: {of: {batch_size: 1}, minus: {batch_size: 4}}, where: {policy: tuned}, smallest_effect: 1 point}
  - {id: open, statement: {en: Others are better than 256.}, experiment: batches, metric: test_accuracy,
    difference: {of: {batch_size: [1, 64]}, minus: {batch_size: 256}}, contexts: {policy: [fixed_of, fixed_minus]},
    smallest_effect: 1 point}
  - {id: at-once, statement: {en: Gradients change.}, experiment: start, metric: gradient_per_layer,
    difference: {of: {depth: 3}, minus: 0}, where: {activation: relu, initialisation: he},
    smallest_effect: factor 1.25}
"""


@pytest.fixture(scope="module")
def docket():
    return checks.parse(DOCKET, "claims.yaml", SEQUENTIAL)


def sizes(cells):
    return [cell.batch_size for cell in cells]


def uneven(settings, rate, seed, record):
    """Batches of 1 are much better than all others. Those of 64 are better than those of 256 with every other seed."""
    gain = {1: 0.1, 64: 0.04 * (seed % 2)}.get(settings["batch_size"], 0)
    return {"validation_accuracy": 0.5, "test_accuracy": 0.5 + gain}


def test_only_the_cells_of_undecided_contexts_of_sequential_claims_get_more_seeds(docket):
    cells = looks.tested_cells(SEQUENTIAL, docket)
    assert sizes(cells) == [1, 4, 256, 64]  # each once
    assert {cell.experiment for cell in cells} == {"batches"}
    cells = looks.undecided_cells(results(SEQUENTIAL, uneven, "batches"), docket)
    assert sizes(cells) == [64, 256]


def test_later_seeds_may_decide_what_is_open(docket):
    def steadier(settings, rate, seed, record):
        return uneven(settings, rate, seed if seed <= 103 else 101, record)

    def more_seeds(measures):
        return results(SEQUENTIAL, measures, "batches", seeds=lambda cell: range(101, 117))

    assert sizes(looks.undecided_cells(more_seeds(uneven), docket)) == [64, 256]
    assert looks.undecided_cells(more_seeds(steadier), docket) == []
