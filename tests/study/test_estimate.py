"""Estimates of time and memory: how they grow, how they read, and which studies they stop."""

from dataclasses import replace

import pytest
from support.project import ROOT

from ontrial.errors import InputError
from ontrial.study import configuration, estimate
from ontrial.study.cell import Cell
from ontrial.study.study import Study


@pytest.fixture(scope="module")
def study() -> Study:
    return configuration.read(ROOT / "config/smoke.yaml")


@pytest.fixture(scope="module")
def cell(study) -> Cell:
    return next(cell for cell in study.cells.values() if cell.training.epochs)


def trained_for(cell: Cell, epochs: int) -> Cell:
    return replace(cell, training=replace(cell.training, epochs=epochs))


def test_a_job_without_updates_and_with_hardly_any_data_takes_as_long_as_its_start(cell):
    smallest = replace(trained_for(cell, 0), dataset="xor", hidden=(), seeds=(1,), learning_rates=(0.1,))
    assert estimate.seconds([smallest]) == pytest.approx(estimate.START, rel=0.01)


def test_twice_the_epochs_and_twice_the_runs_take_twice_the_time(cell):
    long = trained_for(replace(cell, training=replace(cell.training, record=1)), 10_000)
    twice = 2 * estimate.seconds([long])
    assert estimate.seconds([trained_for(long, 20_000)]) == pytest.approx(twice, rel=0.01)
    assert estimate.seconds([long, long]) == pytest.approx(twice)
    many = replace(long, seeds=tuple(range(100)))
    assert estimate.seconds([replace(many, seeds=tuple(range(200)))]) == pytest.approx(
        2 * estimate.seconds([many]), rel=0.05
    )


def test_more_records_take_time_to_evaluate_and_more_epochs_to_update(cell):
    few, many = (estimate.parts_of_job(replace(cell, training=replace(cell.training, record=n))) for n in (1, 2))
    assert (many.start, many.update) == (few.start, few.update)
    assert many.evaluate > few.evaluate
    longer = estimate.parts_of_job(trained_for(cell, 2 * cell.training.epochs))
    assert longer.update == pytest.approx(2 * estimate.parts_of_job(cell).update)


def test_memory_grows_with_the_seeds_up_to_the_data_that_a_job_holds_at_a_time(cell):
    few, many, most = (estimate.memory(replace(cell, seeds=tuple(range(n))), 1e8) for n in (10, 20, 10_000))
    assert few - estimate.JOB_BYTES == pytest.approx((many - estimate.JOB_BYTES) / 2)
    assert most == estimate.JOB_BYTES + estimate.BYTES_PER_INPUT_BYTE * 1e8


def test_the_factor_of_a_machine_is_a_positive_number():
    assert 0.01 < estimate.machine_factor() < 1_000


@pytest.mark.parametrize(
    ("shortest", "longest", "words"),
    [
        (0.4, 0.4, "0.4 seconds"),
        (40, 80, "40 to 80 seconds"),
        (100, 480, "1.7 to 8 minutes"),
        (60, 100, "1 to 1.7 minutes"),
        (1, 1, "1 second"),
        (7_000, 7_000, "1.9 hours"),
        (3_600_000, 3_600_000, "1000 hours"),
    ],
)
def test_durations_are_told_in_the_unit_that_fits(shortest, longest, words):
    assert estimate.duration(shortest, longest) == words


def test_a_study_of_more_than_an_hour_starts_only_if_it_says_so(study, cell):
    hours = [replace(cell, training=replace(cell.training, epochs=10**9, record=1))]
    estimate.require_short(study, [cell], 1)
    with pytest.raises(InputError, match=r"hours on 2 cores.*may_take_hours: true"):
        estimate.require_short(study, hours, 2)
    allowed = replace(study, configuration=study.configuration | {"may_take_hours": True})
    estimate.require_short(allowed, hours, 2)
