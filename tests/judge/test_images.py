"""Intervals with other test images, too: by hand, against simulated images, and from the bits that runs keep."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from ontrial import data
from ontrial.judge import checks, measurements, metrics
from ontrial.judge.results import Results
from ontrial.steps import train
from ontrial.storage import run_files
from ontrial.study import configuration
from ontrial.study.cell import CORRECT
from ontrial_judge.core import decisions, images
from ontrial_judge.core.evidence import Paired
from ontrial_judge.core.statistics import signed_rank_interval
from ontrial_judge.core.verdicts import Way

STUDY = """
study: planes
experiments:
  grid: {purpose: Try it., dataset: [moons], hidden: [[], [8]], activation: [tanh], initialisation: [own],
    objective: [identity+mse], batch_size: [8], learning_rates: [0.125, 1000000],
    seeds: {confirmatory: {from: 1, to: 8}}, budget: {epochs: 3}}
"""
CLAIMS = """
claims:
- {id: layers, statement: {en: It is so.}, experiment: grid, metric: test_accuracy,
  difference: {of: {hidden: 8}, minus: {hidden: none}}, contexts: {learning_rate: [0.125, 1000000]},
  smallest_effect: 1 point}
- {id: line, statement: {en: It is so.}, experiment: grid, metric: test_accuracy,
  difference: {of: {hidden: 8}, minus: 60 points}, where: {policy: tuned}, smallest_effect: 1 point}
- {id: layers-at-own-rates, statement: {en: It is so.}, experiment: grid, metric: test_accuracy,
  difference: {of: {hidden: 8}, minus: {hidden: none}}, contexts: {policy: [tuned]}, smallest_effect: 1 point}
"""


def simulated(seed: int, size: tuple[int, int], deviations: tuple[float, float, float]) -> np.ndarray:
    """Return numbers (images, seeds) around 0, with deviations of the seeds, of the images, and of both together."""
    random = np.random.default_rng(seed)
    of_seeds, of_images, of_both = deviations
    numbers = of_seeds * random.normal(size=size[1]) + of_images * random.normal(size=(size[0], 1))
    return numbers + of_both * random.normal(size=size)


def test_the_error_of_other_images_by_hand():
    # The means of the images are 3 and 0, with a variance of 4.5. What is left over is ±½, four times.
    assert images.error(np.array([[4.0, 2.0], [0.0, 0.0]])) == pytest.approx(((4.5 - 1 / 2) / 2) ** 0.5)
    both_ways = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert images.error(both_ways) == 0
    numbers = np.arange(8.0)
    interval = images.interval(np.tile(numbers, (5, 1)), numbers, 0.95)
    np.testing.assert_allclose(interval, signed_rank_interval(numbers, 0.95))


def test_the_interval_is_wider_and_has_no_ends_where_seeds_give_none():
    numbers = simulated(1, (50, 8), (1, 3, 1))
    narrow, wide = (
        signed_rank_interval(numbers.mean(axis=0), 0.95),
        images.interval(numbers, numbers.mean(axis=0), 0.95),
    )
    assert wide.estimate == narrow.estimate
    assert wide.ci_low < narrow.ci_low
    assert wide.ci_high > narrow.ci_high
    few = numbers[:, :5]
    assert images.interval(few, few.mean(axis=0), 0.95)[1:] == (-np.inf, np.inf)


@pytest.mark.parametrize("deviations", [(0.2, 1, 11), (0.8, 10, 24)])  # points, as on digits at tuned and fixed rates
@pytest.mark.parametrize("size", [(200, 20), (200, 80)])
def test_intervals_cover_the_effect_as_often_as_they_say(deviations, size):
    covered = []
    for seed in range(400):
        by_image = simulated(seed, size, deviations)
        numbers = by_image.mean(axis=0)
        intervals = signed_rank_interval(numbers, 0.95), images.interval(by_image, numbers, 0.95)
        covered.append([each.ci_low <= 0 <= each.ci_high for each in intervals])
    by_seeds, by_both = np.mean(covered, axis=0)
    assert 0.92 <= by_both <= 0.98
    assert by_seeds <= by_both


class Trained(NamedTuple):
    """The results of a study with bits, and one context at each rate."""

    results: Results
    contexts: list[Paired]
    line: Paired


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Trained:
    folder, study = tmp_path_factory.mktemp("images"), configuration.parse(STUDY, "study.yaml")
    tables = []
    for i, cell in enumerate(study.cells.values()):
        train.train_cell(cell.to_json(), str(folder / f"{i}.parquet"))
        tables.append(run_files.read_sealed(folder / f"{i}.parquet").to_pandas())
    records = pd.concat(tables, ignore_index=True)
    correct = records[records[CORRECT].notna()]
    results = Results(study, records, records.drop(columns=CORRECT), correct=correct)
    docket = checks.parse(CLAIMS, "claims.yaml", study)
    layers, line, _ = (measurements.measure(results, claim.estimand) for claim in docket.claims.values())
    return Trained(results, layers, line[0])


def test_the_means_over_images_are_the_numbers(trained):
    for measured in (*trained.contexts, trained.line):
        assert measured.by_image.shape == (data.sizes("moons").test, 8)
        assert measured.by_image.mean(axis=0) == pytest.approx(measured.numbers, abs=1e-4)
        assert measured.first(3).by_image.shape[1] == 3


def test_a_run_that_diverges_counts_as_guessing_on_each_image(trained):
    *_, cell = trained.results.study.cells.values()
    seeds = np.array(cell.seeds)
    usual, largest = (np.full(len(seeds), rate) for rate in (0.125, 1e6))
    assert trained.results.records_of(cell).query("learning_rate == 1e6 and epochs == 3")["diverged"].all()
    assert (metrics.correct_at(trained.results, cell, seeds, largest) == metrics.guessed_accuracy("moons")).all()
    assert set(np.unique(metrics.correct_at(trained.results, cell, seeds, usual))) == {0, 1}


def test_nothing_is_known_off_the_grid_before_the_end_and_without_bits(trained):
    cell = next(iter(trained.results.study.cells.values()))
    seeds = np.array(cell.seeds)
    unknown, usual = (np.full(len(seeds), rate) for rate in (np.nan, 0.125))
    assert metrics.correct_at(trained.results, cell, seeds, unknown) is None
    for results in (
        trained.results.staged((2,), 8),
        Results(trained.results.study, trained.results.runs, trained.results.records),
    ):
        assert metrics.correct_at(results, cell, seeds, usual) is None


def test_contexts_are_judged_with_other_images_unless_they_count_failures(trained):
    learnt, lost = trained.contexts
    ways = {each.way: each for each in decisions.judge_otherwise(learnt, 0.05, 0.95)}
    expected = images.interval(learnt.by_image, learnt.numbers, 0.95)
    np.testing.assert_allclose(ways[Way.IMAGES].effect.numbers, expected)
    assert lost.failed.all()
    assert Way.IMAGES not in [each.way for each in decisions.judge_otherwise(lost, 0.05, 0.95)]
