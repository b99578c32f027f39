import json
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from support.project import ROOT
from support.simulated import BENCHMARK

from benchmarks import __main__ as command
from benchmarks import agreement, contestants, table, timing, work, worker
from benchmarks import summary as benchmark
from benchmarks.contestants import CONTESTANTS
from ontrial.errors import InputError
from ontrial.nn import Architecture, Data, Recipe, Samples, predict, reference, train

TINY = (6, 5, 4, 10)
HERE = [name for name in CONTESTANTS if name not in contestants.missing(list(CONTESTANTS))]


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("batch_size", [1, 8])
def test_a_contestant_does_the_same_work_as_a_plain_loop_in_float64(name, batch_size):
    problem = work.make_work(TINY, batch_size, runs=3, updates=32)
    exact = agreement.train_reference(problem, 2)
    result = agreement.compare(problem, exact, worker.weights(name, TINY, batch_size, 3, 32, 2))
    assert result["agrees"], result
    assert result["loss_after"] < result["loss_before"]


def test_other_work_does_not_agree():
    problem = work.make_work(TINY, 8, runs=2, updates=8)
    exact = agreement.train_reference(problem, 2)
    one_round_less = agreement.train_reference(problem, 1)
    assert not agreement.compare(problem, exact, one_round_less)["agrees"]


@pytest.mark.parametrize("name", [name for name in ("ontrial", "torch_eager") if name in HERE])
@pytest.mark.parametrize("settings", agreement.SETTINGS, ids=str)
def test_a_contestant_with_other_settings_is_the_reference_in_float64(name, settings):
    problem = work.make_work(TINY, 8, runs=2, updates=8).copy(np.float64)
    result = worker.weights(name, TINY, 8, 2, 8, 3, settings)
    architecture = Architecture(TINY, "relu", "softmax", "cross_entropy", "he")
    recipe = Recipe(8, epochs=3, **settings)
    for run, order in enumerate(problem.batches):
        layers = [(W[run], b[run]) for W, b in problem.weights]
        batches = [(problem.X[rows], problem.y[rows]) for rows in order] * 3
        reference.train(architecture, recipe, layers, batches, work.LEARNING_RATE, seed=run)
        for (W, b), (trained_W, trained_b) in zip(layers, result, strict=True):
            np.testing.assert_allclose(trained_W[run], W, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(trained_b[run], b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in ("ontrial", "torch_eager") if name in HERE])
def test_networks_that_answer_as_one_give_the_mean_of_their_probabilities(name):
    problem = work.make_work(TINY, 8, runs=3, updates=8).copy(np.float64)
    architecture = Architecture(TINY, "relu", "softmax", "cross_entropy", "he")
    weights = worker.weights(name, TINY, 8, 3, 8, 2, {"members": 3})
    expected = predict(architecture, weights, problem.X, np.float64).mean(axis=0)
    np.testing.assert_allclose(worker.probabilities(name, TINY, 8, 3, 8, 2, {"members": 3}), expected, rtol=1e-9)


@pytest.mark.parametrize("name", HERE)
def test_training_goes_on_from_where_it_is(name):
    problem = work.make_work(TINY, 8, runs=2)
    twice = worker.load(name).prepare(problem.copy())
    twice.train(1)
    twice.train(1)
    once = worker.load(name).prepare(problem.copy())
    once.train(2)
    for (W, b), (other_W, other_b) in zip(twice.weights(), once.weights(), strict=True):
        assert np.array_equal(W, other_W)
        assert np.array_equal(b, other_b)


def test_the_engine_is_timed_at_what_train_does():
    problem = work.make_work(TINY, 8, runs=5, updates=8)
    samples = Samples(problem.X[None], problem.y[None])
    whole = train(
        Architecture(TINY, "relu", "softmax", "cross_entropy", "he"),
        Recipe(8, epochs=3),
        Data(samples, samples, samples, seeds=(0,)),
        [work.LEARNING_RATE] * 5,
        [0] * 5,
        weights=problem.weights,
        batch_order=problem.order[:, None].repeat(3, axis=1),
    )
    result = worker.weights("ontrial", TINY, 8, 5, 8, 3)
    for (W, b), (other_W, other_b) in zip(result, whole.weights, strict=True):
        assert np.array_equal(W, other_W)
        assert np.array_equal(b, other_b)


def test_operations_bytes_and_the_shortest_time_of_a_network_by_hand():
    small, large = work.make_work(TINY, 8, 1, updates=4), work.make_work(TINY, 8, 3, updates=4)
    assert np.array_equal(small.order[0], large.order[0])
    assert all(np.array_equal(W[0], V[0]) for (W, _), (V, _) in zip(small.weights, large.weights, strict=True))
    layers = (64, 32, 32, 10)
    weights = 64 * 32 + 32 * 32 + 32 * 10  # 3,392
    assert work.operations(layers, batch_size=1) == 2 * (3 * weights - 64 * 32) == 16_256
    assert work.bytes_moved(layers) == 2 * 4 * (weights + 32 + 32 + 10) == 27_728
    rates = work.Rates(peak=1e11, bandwidth=1e11)
    assert work.shortest_time((64, 32, 32, 10), 1, rates) == pytest.approx(0.27728e-6)
    assert work.shortest_time((64, 32, 32, 10), 8, rates) == pytest.approx(8 * 0.16256e-6)


def test_the_command_writes_a_table_with_its_record_and_says_what_is_missing(tmp_path):
    output = tmp_path / "part.csv"
    asked = "--networks 6-5-10 --batch-sizes 4 --runs 2 --contestants numpy_loop jax_vmap --repeats 2 --seconds 0.001"
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", *asked.split(), "--output", output],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    if "jax_vmap" not in HERE:
        assert (
            "jax_vmap: skipped, because jax is not installed. `make measure WHAT=benchmark` installs it." in run.stderr
        )
    written = pd.read_csv(output)
    assert list(written.columns) == table.COLUMNS
    rows = written.set_index("contestant")
    assert rows.loc["limit", "microseconds"] < rows["microseconds"].drop("limit").min()
    record = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))
    assert rows.loc["limit", "gflops"] <= 1.01 * record["peak_gflops"]  # rounded
    assert record["bandwidth_gb_per_second"] > 0
    assert rows.loc["ontrial", ["batch_size", "runs", "timed_runs", "ratio"]].tolist() == [4, 2, 2, 1]
    assert rows.loc["numpy_loop", "timed_runs"] == 1
    assert rows.loc["numpy_loop", "ratio"] == pytest.approx(
        rows.loc["numpy_loop", "microseconds"] / rows.loc["ontrial", "microseconds"], rel=1e-4
    )
    assert "jax, B = 1, R ≥ 10" in run.stdout
    assert "The same work?" in run.stdout


def test_a_cell_too_large_for_memory_says_how_much_it_needs_and_how_much_is_free(monkeypatch, capsys):
    monkeypatch.setattr(timing.psutil, "virtual_memory", lambda: SimpleNamespace(available=1e8))
    assert not timing.fits((784, 64, 64, 10), 64, 1000, contestants=7)
    output = capsys.readouterr().err
    assert "784-64-64-10, B = 64, R = 1000: skipped, because 7 contestants need about" in output
    assert "more than 80% of the 0.1 GB that are free. Ask for fewer networks with --runs." in output
    assert timing.fits((784, 64, 64, 10), 64, 1, contestants=7)


def test_a_cell_that_takes_too_long_is_left_out(capsys):
    assert not timing.fits((784, 300, 100, 10), 1024, 160, contestants=1)
    assert "billion operations, more than 100 billion." in capsys.readouterr().err


def test_a_stack_in_blocks_is_reported(capsys):
    plan = timing.Plan([("grid", (784, 64, 64, 10), 1, (48,))], [], repeats=1, seconds=1e-4, clock="cpu")
    with worker.Worker("cpu") as child:
        (row,) = timing.time_cells(plan, {"ontrial": child}, rates := [])
    assert "784-64-64-10, B = 1: ontrial trains 48 networks in" in capsys.readouterr().err
    assert row["microseconds"] > 0
    assert row["gflops"] == work.operations((784, 64, 64, 10), 1) / row["microseconds"] / 1e3
    assert min(rates[0]) > 0


def test_a_contestant_that_was_killed_is_reported():
    with worker.Worker() as child, pytest.raises(InputError, match=r"raise_signal 9: the process was killed.*--runs"):
        child.call(signal.raise_signal, 9)


@pytest.mark.parametrize("network", ["64", "64-10", "64-x-10", "64-32-9", "64-0-10"])
def test_a_network_that_is_none_is_refused(network):
    with pytest.raises(InputError, match=r"must be widths from inputs to the 10 outputs, such as 64-32-32-10"):
        command.parse_network(network)


def test_comparisons_select_their_cells_and_the_faster_variant_of_a_peer():
    ratios = benchmark.ratios(BENCHMARK, "jax")
    assert set(ratios.loc[ratios["batch_size"] == 1, "contestant"]) == {"jax_scan"}
    assert set(ratios.loc[ratios["batch_size"] == 8, "contestant"]) == {"jax_vmap"}
    assert len(ratios) == 18
    compare = {name: benchmark.summarise(BENCHMARK, asked) for name, asked in benchmark.COMPARISONS.items()}
    assert compare["jax-small-batches"] == (6, 2.0, 2.0, 2.0, 6)
    assert compare["jax-batch-of-one"] == (6, 0.25, 0.25, 0.25, 0)
    assert compare["torch-small-batches"].cells == 2
    both = benchmark.summarise(BENCHMARK, benchmark.Comparison("jax", (1, 8), (10, benchmark.ANY)))
    assert (both.low, both.high) == (0.25, 2.0)
    assert compare["torch-batch-64"] is None
