"""Estimates of time and memory: how they grow, how they read, and which studies they stop."""

from dataclasses import replace

import pytest
from support.project import ROOT
from support.simulated import simulated

from ontrial import data as data_sets
from ontrial.errors import InputError
from ontrial.nn import Recipe
from ontrial.study import configuration, estimate
from ontrial.study.cell import DATA_BYTES, Cell, Training
from ontrial.study.study import Study


@pytest.fixture(scope="module")
def study() -> Study:
    return configuration.read_study(ROOT / "config/smoke.yaml")


@pytest.fixture(scope="module")
def cell(study) -> Cell:
    return next(cell for cell in study.cells.values() if cell.training.epochs)


def trained_for(cell: Cell, epochs: int) -> Cell:
    return replace(cell, training=replace(cell.training, epochs=epochs))


def test_a_job_takes_its_start_and_time_in_proportion_to_what_it_does(cell):
    smallest = replace(trained_for(cell, 0), dataset="xor", hidden=(), seeds=(1,), learning_rates=(0.1,))
    assert estimate.seconds([smallest]) == pytest.approx(estimate.START, rel=0.01)
    long = trained_for(replace(cell, training=replace(cell.training, record=1)), 10_000)
    twice = 2 * estimate.seconds([long])
    assert estimate.seconds([trained_for(long, 20_000)]) == pytest.approx(twice, rel=0.01)
    assert estimate.seconds([long, long]) == pytest.approx(twice)
    many = replace(long, seeds=tuple(range(100)))
    assert estimate.seconds([replace(many, seeds=tuple(range(200)))]) == pytest.approx(
        2 * estimate.seconds([many]), rel=0.05
    )
    few, many = (estimate.parts_of_job(replace(cell, training=replace(cell.training, record=n))) for n in (1, 2))
    assert (many.start, many.update) == (few.start, few.update)
    assert many.evaluate > few.evaluate
    longer = estimate.parts_of_job(trained_for(cell, 2 * cell.training.epochs))
    assert longer.update == pytest.approx(2 * estimate.parts_of_job(cell).update)


@pytest.mark.parametrize(
    ("settings", "passes"),
    [
        ({"optimiser": "momentum"}, 1),
        ({"optimiser": "adam"}, 2),
        ({"weight_decay": 0.1}, 1),
        ({"clip_norm": 1.0}, 1),
        ({"optimiser": "adam", "weight_decay": 0.1, "clip_norm": 1.0}, 4),
        ({"schedule": "cosine", "warmup": 0.1, "label_smoothing": 0.1}, 0),
    ],
)
def test_each_further_pass_over_the_parameters_takes_time(cell, settings, passes):
    plain, other = (estimate.parts_of_job(each) for each in (cell, replace(cell, **settings)))
    updated = cell.runs * cell.recipe.total_updates(cell.training_sample_count) * cell.architecture.parameters
    assert other.update - plain.update == pytest.approx(estimate.PASSED_PARAMETER * passes * updated)
    assert (other.start, other.evaluate) == (plain.start, plain.evaluate)


def test_dropping_hidden_units_takes_time_in_training_only(cell):
    plain, dropped = (estimate.parts_of_job(each) for each in (cell, replace(cell, dropout=0.5)))
    trained = cell.runs * cell.recipe.total_updates(cell.training_sample_count) * cell.batch_sample_count
    assert dropped.update - plain.update == pytest.approx(estimate.DROPPED_UNIT * sum(cell.hidden) * trained)
    assert (dropped.start, dropped.evaluate) == (plain.start, plain.evaluate)


def test_memory_grows_with_the_data_of_the_seeds_up_to_what_a_job_holds_at_a_time(cell):
    few, many, most = (estimate.memory(replace(cell, seeds=tuple(range(n)))) for n in (10, 20, 1_000))
    data = data_sets.bytes_per_seed(cell.dataset, cell.training_sample_count)
    assert many - few >= estimate.BYTES_PER_INPUT_BYTE * 10 * data
    assert most < estimate.JOB_BYTES + 1.1 * estimate.BYTES_PER_INPUT_BYTE * DATA_BYTES


def test_memory_grows_with_the_parameters_of_a_run_but_not_with_the_number_of_large_runs(cell):
    wide = replace(cell, hidden=(4096, 4096))
    parameters = wide.architecture.parameters
    assert estimate.memory(wide) - estimate.memory(cell) > 2 * 8 * parameters  # as drawn, in double precision
    more = replace(wide, learning_rates=tuple(range(1, 101)))
    assert estimate.memory(more) - estimate.memory(wide) < parameters


def test_memory_grows_with_runs_times_records_times_measures(cell):
    def rows(records: int, runs: int, probes: tuple[str, ...] = ()) -> float:
        training = replace(cell.training, epochs=10_000, record=records, probes=probes)
        many = replace(cell, hidden=(1,) * 40, training=training, learning_rates=tuple(range(1, runs + 1)))
        none = replace(many, training=replace(training, record=1))
        return estimate.memory(many) - estimate.memory(none)

    assert rows(10_000, 10) > 10 * 10_000 * len(cell.seeds) * 4 * 6  # the measures alone, in single precision
    assert rows(10_000, 20) == pytest.approx(2 * rows(10_000, 10), rel=0.01)
    assert rows(5_000, 10) == pytest.approx(rows(10_000, 10) / 2, rel=0.01)
    assert rows(10_000, 10, ("gradients", "units")) > rows(10_000, 10) + 10 * 10_000 * len(cell.seeds) * 4 * 3 * 40


def test_memory_grows_with_the_networks_that_predict(cell):
    wide = replace(cell, hidden=(4096, 4096))
    predicts = replace(wide, training=replace(wide.training, predictions=True))
    kept = wide.runs * wide.architecture.parameters * 4  # in single precision
    assert kept < estimate.memory(predicts) - estimate.memory(wide) < 2.1 * kept


def test_drawing_many_weights_takes_time(cell):
    wide = replace(cell, hidden=(4096, 4096))
    drawn = wide.runs * wide.architecture.parameters  # each run is a block of its own
    added = estimate.parts_of_job(wide).start - estimate.parts_of_job(cell).start
    assert added == pytest.approx(estimate.DRAWN_PARAMETER * drawn, rel=0.01)


def test_a_million_records_are_not_listed(cell, monkeypatch):
    monkeypatch.delattr(Recipe, "recorded_updates")
    long = replace(cell, training=Training(epochs=1_000_000))
    assert estimate.seconds([long]) > estimate.HOUR
    assert estimate.memory(long) > 1_000_000 * long.runs


def test_the_factor_of_a_machine_is_a_positive_number():
    assert 0.01 < estimate.machine_factor() < 1_000


def test_a_busy_machine_has_the_same_factor(monkeypatch):
    estimate.machine_factor.cache_clear()
    monkeypatch.setattr(estimate.time, "process_time", iter([0, 3, 10, 12, 20, 24, 30, 33, 40, 43]).__next__)
    monkeypatch.delattr(estimate.time, "perf_counter")  # which counts what other processes take
    monkeypatch.setattr(estimate, "_stack_seconds", lambda *_, **__: (0.5, 0.5))
    assert estimate.machine_factor() == 2
    estimate.machine_factor.cache_clear()


def test_later_looks_are_expected_in_part_and_named_as_the_most(study, cell, monkeypatch):
    monkeypatch.setattr(estimate, "machine_factor", lambda: 60 / estimate.seconds([cell]))
    assert estimate.planned([cell] * 4, [], 2) == "2 minutes"
    assert estimate.planned([cell] * 4, [cell] * 10, 2) == "3 minutes (7 minutes if every context needs all looks)"
    costs = estimate.by_experiment(study, [cell])
    assert sum(first for first, _ in costs.values()) == pytest.approx(
        60 * estimate.seconds(study.cells.values()) / estimate.seconds([cell])
    )
    assert {name: added for name, (_, added) in costs.items() if added} == {cell.experiment: pytest.approx(60)}


@pytest.mark.parametrize(("shortest", "longest", "words"), [
    (0.4, 0.4, "0.4 seconds"), (40, 80, "40 to 80 seconds"), (100, 480, "1.7 to 8 minutes"),
    (60, 100, "1 to 1.7 minutes"), (1, 1, "1 second"), (7_000, 7_000, "1.9 hours"),
    (3_600_000, 3_600_000, "1000 hours"),
])  # fmt: skip
def test_durations_are_told_in_the_unit_that_fits(shortest, longest, words):
    assert estimate.duration(shortest, longest) == words


def test_a_study_of_more_than_an_hour_starts_only_if_it_says_so(study, cell):
    hours = [replace(cell, training=replace(cell.training, epochs=10**9, record=1))]
    estimate.require_short(study, [cell], 1)
    with pytest.raises(InputError, match=r"hours on 2 cores.*may_take_hours: true"):
        estimate.require_short(study, hours, 2)
    allowed = replace(study, configuration=study.configuration | {"may_take_hours": True})
    estimate.require_short(allowed, hours, 2)


def test_a_study_above_the_memory_of_the_machine_starts_only_if_it_says_so(study, cell, monkeypatch):
    monkeypatch.setattr(estimate, "machine_memory", lambda: 3 * estimate.memory(cell))
    estimate.require_memory(study, [cell] * 4, 2)
    estimate.require_memory(study, [cell] * 2, 4)
    with pytest.raises(InputError, match=r"0\.\d GB of memory on 4 cores, .*has 0\.\d GB.*may_exceed_memory: true"):
        estimate.require_memory(study, [cell] * 4, 4)
    allowed = replace(study, configuration=study.configuration | {"may_exceed_memory": True})
    estimate.require_memory(allowed, [cell] * 4, 4)


def test_a_job_asks_a_cluster_for_more_memory_than_its_estimate_and_for_more_at_each_attempt():
    cell = next(iter(simulated().cells.values()))
    first, second = (estimate.megabytes_to_ask(cell, attempt) for attempt in (1, 2))
    assert estimate.memory(cell) / 1e6 < first < 2 * estimate.memory(cell) / 1e6 + 500 < second + 500
    assert second - 500 == pytest.approx(2 * (first - 500), abs=1)
