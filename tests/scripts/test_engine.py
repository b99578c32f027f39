"""The engine of the page against the engine of the study: the same draws, splits and networks."""

import functools
import itertools
import json
import shutil
import subprocess
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.combinations import covering
from support.outcomes import classify
from support.project import ROOT
from support.scripts import read_scripts, run

from ontrial import data
from ontrial.judge.estimands import Estimand
from ontrial.judge.metrics import METRICS
from ontrial.nn import train
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.losses import LOSSES
from ontrial.nn.network import Architecture
from ontrial.nn.objectives import LEGAL
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.nn.outputs import OUTPUTS
from ontrial.nn.probes import PROBES
from ontrial.nn.randomness import STREAMS
from ontrial.nn.recipe import Recipe
from ontrial.report.pages.tools import trial
from ontrial_judge.core import statistics
from ontrial_judge.core.samples import Numbers

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js: install nodejs")

ASSEMBLER = ROOT / "tests/scripts/node_modules/wabt"

# The others take all rates, predictions or labels, or need a data set whose target is a number, which the page has not.
PAGE_METRICS = {
    name: metric
    for name, metric in METRICS.items()
    if metric.uses_rate and metric.predicts != "number" and not metric.of_predictions
    if name not in ("fails", "lead_of_clean_labels")
}
DATASETS = ("digits", "titanic", "moons", "spirals", "xor")
OBJECTIVES = [(output, loss) for output, losses in LEGAL.items() for loss in losses]
TOLERANCE = 1e-5  # of weights, relative to the largest, losses and shares: sums of float32 have another order in NumPy


def cell_of(dataset: str, architecture: Architecture, recipe: Recipe, samples: int) -> dict[str, Any]:
    """Return what the page's engine needs to know of a network and its training."""
    return {
        "dataset": dataset, "samples": samples, "layers": architecture.layers, "activation": architecture.activation,
        "output": architecture.output, "loss": architecture.loss, "initialisation": architecture.initialisation,
        "optimiser": recipe.optimiser, "momentum": recipe.momentum, "weightDecay": recipe.weight_decay,
        "batchSize": recipe.batch_size, "records": recipe.recorded_updates(samples),
        "trainRecords": recipe.train_records(samples), "probes": recipe.probes,
    }  # fmt: skip


def test_the_registries_have_twins_in_the_page():
    (page,) = run([{"task": "registries"}])
    registries = {
        "ACTIVATIONS": ACTIVATIONS,
        "LOSSES": LOSSES,
        "INITIALISATIONS": INITIALISATIONS,
        "OPTIMISERS": OPTIMISERS,
        "PROBES": PROBES.keys() - {"labels"},  # the page trains with the labels of the data
        "METRICS": PAGE_METRICS,
        "STREAMS": STREAMS,
        "OUTPUTS": OUTPUTS,
    }
    assert {name: set(entries) for name, entries in page.items()} == {
        name: set(registry) for name, registry in registries.items()
    }
    assert page["STREAMS"] == list(STREAMS)  # the index of a stream decides its draws


def test_draws_are_those_of_numpy():
    streams = [(seed, [key]) for seed in (0, 1, 101, 2**32 - 1, 2**32 + 7) for key in range(len(STREAMS))]
    streams += [(seed, []) for seed in (1795, 20210705)]
    tasks = [{"task": "draws", "seed": seed, "key": key, "size": 1_150} for seed, key in streams]
    for (seed, key), drawn in zip(streams, run(tasks), strict=True):
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(key)))
        assert drawn["uniform"] == [random.random(), random.random()]
        assert drawn["permutation"] == random.permutation(1_150).tolist()
        assert drawn["normal"] == random.standard_normal(20_000).tolist()


def test_activations_have_the_same_values_and_slopes():
    z = np.concatenate([np.linspace(-30, 30, 241), [-1e-3, 1e-3, 0]]).astype(np.float32)
    tasks = [{"task": "activation", "name": name, "z": z.tolist()} for name in ACTIVATIONS]
    for name, page in zip(ACTIVATIONS, run(tasks), strict=True):
        activation = ACTIVATIONS[name]
        a = activation.function(z)
        np.testing.assert_allclose(page["value"], a, rtol=1e-6, atol=1e-6, err_msg=name)
        np.testing.assert_allclose(page["slope"], activation.derivative(z, a), rtol=1e-6, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("size", [None, 200])
def test_splits_are_those_of_the_study(size):
    cases = list(itertools.product(DATASETS, (1, 101)))
    tasks = [{"task": "split", "name": name, "seed": seed, "size": size} for name, seed in cases]
    for (name, seed), page in zip(cases, run([without_none(task) for task in tasks]), strict=True):
        parts = data.split(name, seed, size)
        assert page == {part: samples.tolist() for part, samples in parts._asdict().items()}, name


@pytest.mark.parametrize("name", DATASETS)
def test_inputs_and_targets_are_those_of_the_study(name):
    for output in ("softmax", "sigmoid"):
        columns = data.target_columns(name, output)
        (page,) = run([{"task": "arrays", "name": name, "seed": 101, "outputs": columns}])
        sets = data.arrays(name, [101], output).sets
        assert list(page) == list(sets)
        for set_name, samples in sets.items():
            X = np.reshape(page[set_name]["X"], (samples.X.shape[1], -1))
            np.testing.assert_array_equal(
                X[:, :-1].astype(np.float32), samples.X[0].astype(np.float32), err_msg=set_name
            )
            assert (X[:, -1] == 1).all()
            np.testing.assert_allclose(page[set_name]["y"], samples.y.ravel(), rtol=1e-6)


def without_none(task: dict[str, Any]) -> dict[str, Any]:
    """Return a task without the options that are None."""
    return {name: value for name, value in task.items() if value is not None}


arrays_of = functools.cache(lambda name, seed, output, size: data.arrays(name, [seed], output, training_samples=size))


def compare(cases: list[tuple[str, Architecture, Recipe, float, int]], size: int | None = None) -> None:
    """Train networks in both engines, and compare their weights and everything that is recorded.

    Both round to float32, in different orders, so weights may differ by TOLERANCE of the largest.
    """
    tasks, histories = [], []
    for name, architecture, recipe, rate, seed in cases:
        arrays = arrays_of(name, seed, architecture.output, size)
        cell = cell_of(name, architecture, recipe, arrays.train.X.shape[1])
        tasks.append({"task": "train", "cell": cell, "seed": seed, "rate": rate})
        histories.append(train(architecture, recipe, arrays, [rate], [seed]))
    for case, records, history in zip(cases, run(tasks), histories, strict=True):
        weights = np.concatenate([part.ravel() for layer in history.weights for part in layer])
        page, scale = np.array(records[-1]["weights"], float), np.abs(weights).max()
        np.testing.assert_allclose(page, weights, atol=TOLERANCE * scale, err_msg=str(case))
        assert [record["updates"] for record in records] == history.updates.tolist()
        assert [record["epochs"] for record in records] == history.epochs.tolist()
        assert [record["diverged"] for record in records] == history.diverged[0].tolist()
        for measure, values in history.measures.items():
            if measure.startswith(("validation", "test")) and not case[2].epochs and not case[2].updates:
                continue  # of networks that are not trained, the page measures only the training set, as `Cell.arrays`
            page = np.array([record.get(measure, np.nan) for record in records], float)
            np.testing.assert_allclose(page, values[0], rtol=TOLERANCE, atol=TOLERANCE, err_msg=f"{case} {measure}")


REGISTRIES = [ACTIVATIONS, OBJECTIVES, OPTIMISERS, INITIALISATIONS]


def test_training_is_the_same_for_every_pair_of_entries():
    combinations = list(itertools.product(*REGISTRIES))
    chosen = [combinations[i] for i in covering(combinations)]
    probes = ("probabilities", "units", "gradients")
    cases = [
        (
            "moons",
            Architecture((2, 7, 6, data.target_columns("moons", output)), activation, output, loss, initialisation),
            Recipe(16, updates=30, record=1, optimiser=optimiser, weight_decay=0.01 * (i % 2), probes=probes),
            0.02,
            3,
        )
        for i, (activation, (output, loss), optimiser, initialisation) in enumerate(chosen)
    ]
    compare(cases, size=120)


def test_long_runs_are_the_same():
    digits = Architecture((64, 32, 32, 10), "relu", "softmax", "cross_entropy", "he")
    titanic = Architecture((8, 16, 1), "tanh", "sigmoid", "cross_entropy", "glorot")
    deep = Architecture((64, 256, 256, 256, 10), "sigmoid", "softmax", "cross_entropy", "inverse_n_mean-8")
    compare(
        [
            ("digits", digits, Recipe(16, updates=1_440, per_doubling=1, first=10), 0.25, 101),
            ("digits", digits, Recipe(256, epochs=5, optimiser="nesterov", weight_decay=0.001), 0.05, 102),
            ("digits", digits, Recipe(1, epochs=1, optimiser="adam", weight_decay=0.001), 0.001, 103),
            ("titanic", titanic, Recipe(32, epochs=10, probes=("probabilities", "groups")), 0.125, 104),
        ]
    )
    compare([("digits", deep, Recipe(64, epochs=0, probes=("gradients",)), 1, 105)], size=256)


def test_workers_and_pages_train_the_same():
    tasks = []
    for layers, batch_size in (((2, 5, 3, 2), 1), ((2, 5, 3, 2), 7), ((2, 16, 2), 16)):
        architecture = Architecture(layers, "tanh", "softmax", "cross_entropy", "glorot")
        cell = cell_of("spirals", architecture, Recipe(batch_size, epochs=2, probes=("units", "gradients")), 100)
        tasks.append({"task": "train", "cell": cell, "seed": 1, "rate": 0.25})
    for worker, page in zip(run(tasks), run(tasks, "--in-page"), strict=True):
        for one, other in zip(worker, page, strict=True):
            assert one.keys() == other.keys()
            for name in one:
                np.testing.assert_allclose(
                    np.array(one[name], float),
                    np.array(other[name], float),
                    rtol=TOLERANCE,
                    atol=TOLERANCE,
                    err_msg=name,
                )


@pytest.mark.skipif(not ASSEMBLER.exists(), reason="needs the WebAssembly assembler, which `make lint` fetches")
def test_the_bytes_of_products_are_those_of_their_source():
    program = "console.log(await (await import('./assemble.js')).assembled())"
    command = ["node", "--input-type=module", "--eval", program]
    script = subprocess.run(command, cwd=ROOT / "tests/scripts", capture_output=True, text=True, check=True).stdout
    assert script.removesuffix("\n") == read_scripts("engine/products")


def test_a_run_that_diverges_has_no_measures():
    architecture = Architecture((64, 32, 10), "relu", "identity", "mse", "he")
    compare([("digits", architecture, Recipe(16, updates=40), 100.0, 101)])


@pytest.mark.parametrize("claimed", list(statistics.Claimed))
@pytest.mark.parametrize("censored", [False, True])
def test_intervals_and_outcomes_are_those_of_the_judge(censored, claimed):
    random = np.random.default_rng(0)
    samples = [
        random.normal(centre, spread, n).round(2)
        for n in (1, 2, 5, 6, 7, 20, 40)
        for centre, spread in itertools.product((-2, -0.9, 0, 0.9, 1.5, 3), (0.1, 0.5, 2))
    ]
    samples += [np.append(sample, [np.inf] * 3) for sample in samples] + [np.full(8, np.inf)]
    samples += [np.array([np.inf] * n + [0.0] * 10 + [-np.inf] * (6 - n)) for n in range(7)]
    samples += [np.full(20, tie) for tie in (0.9998, 0.99995, -0.99995, -0.9998, 0.0)]
    alpha, effect = 0.04, 1.0
    cases = [([unit * number for number in sample], unit * effect) for unit in (1, 1e-9, 1e9) for sample in samples]
    text = [[str(number).replace("inf", "Infinity") for number in sample] for sample, _ in cases]
    tasks = [
        {"task": "judge", "samples": [words], "effect": effect, "censored": censored, "alpha": alpha}
        | {"claimed": claimed}
        for words, (_, effect) in zip(text, cases, strict=True)
    ]
    for (sample, effect), (judged,) in zip(cases, run(tasks), strict=True):
        interval = statistics.confidence_interval(sample, censored, 1 - alpha)
        np.testing.assert_allclose(np.array(judged["interval"], float), interval, rtol=1e-12, atol=1e-12 * effect)
        assert judged["outcome"] == classify(sample, effect, censored, alpha, claimed=claimed)


@pytest.mark.parametrize("dataset", ["moons", "titanic"])  # equally frequent classes, and others
def test_metrics_are_those_of_the_judge(dataset):
    random = np.random.default_rng(1)
    names = ["train_loss", "validation_loss", "test_loss", "train_accuracy", "validation_accuracy", "test_accuracy"]
    names += ["test_nll", "test_calibration_error", "group_error", "dead_units", "saturation"]
    names += ["gradient_norm_1", "gradient_norm_2"]
    runs = []
    for seed in range(40):
        rows = pd.DataFrame(random.uniform(0, 1 + seed % 3, (6, len(names))), columns=names)
        rows = rows.assign(updates=np.arange(6) * 10, epochs=np.arange(6) * 0.5, diverged=False)
        rows["test_accuracy"] = np.linspace(0.1, 0.95, 6) * random.uniform(0.8, 1, 6)
        if seed % 4 == 0:
            rows.loc[3:, names] = np.nan
            rows.loc[3:, "diverged"] = True
        runs.append(rows.assign(seed=seed))
    settings = {"learning_rate": 0.5, "dataset": dataset, "hidden": "4-4", "output": "softmax", "loss": "mse"}
    records = pd.concat(runs, ignore_index=True).assign(**settings)
    guess = trial.guess(dataset, "softmax", "mse") | {"threshold": 0.7, "depth": 2}
    rows = [json.loads(run.to_json(orient="records", double_precision=15)) for run in runs]
    (page,) = run([{"task": "metrics", "records": rows, "guess": guess}])
    for name, metric in PAGE_METRICS.items():
        judged = metric.numbers(records, "test", 0.7).to_numpy().ravel()
        np.testing.assert_allclose([float(numbers[name]) for numbers in page], judged, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize(
    ("form", "metric", "sides"),
    [
        ("difference", "test_accuracy", {"of": {}, "minus": {}}),
        ("difference", "test_accuracy", {"of": 5.0, "minus": {}}),
        ("difference", "accuracy_deviation", {"of": {}, "minus": {}}),
        ("ratio", "epochs_to_accuracy", {"of": {}, "over": {}}),
        ("ratio", "test_loss", {"of": {}, "over": {}}),
        ("slope", "test_accuracy", {"of": {}}),
        ("slope", "accuracy_deviation", {"of": {}, "minus": {}}),
    ],
)
def test_numbers_of_the_seeds_are_those_of_the_judge(form, metric, sides):
    estimand = Estimand(("a",), metric, form, sides, {}, {}, None, None, 1.0, "points")
    places = [1.0, 2.0, 4.0] if form == "slope" else [0.0]
    positions = places * sum(isinstance(side, dict) for side in sides.values())
    arms = np.random.default_rng(2).uniform(1, 9, (len(positions), 8)).round(1)
    if METRICS[metric].censored:
        arms[:, 0] = arms[0, 1] = np.inf
    if METRICS[metric].positive:
        arms[0, 3] = arms[1, 4] = 0
    text = [[str(number).replace("inf", "Infinity") for number in arm] for arm in arms]
    values = [None if isinstance(side, dict) else {"value": side} for side in sides.values()]
    options = {
        "form": form,
        "spread": METRICS[metric].spread,
        "censored": METRICS[metric].censored,
        "sides": values,
        "weights": estimand.question.weights(positions).tolist() if form == "slope" else [],
    }
    (page,) = run([{"task": "seed_numbers", "estimand": options, "arms": text}])
    np.testing.assert_allclose(np.array(page, float), estimand.question.numbers(arms, positions), rtol=1e-12)


@pytest.mark.parametrize(("metric", "number"), [("epochs_to_accuracy", "Infinity"), ("test_loss", "0")])
def test_nothing_is_known_if_no_run_reaches_the_goal_or_two_are_at_the_floor(metric, number):
    sides = {"of": {}, "over": {}}
    estimand = Estimand(("a",), metric, "ratio", sides, {}, {}, None, None, 1.0, "log2")
    options = {"form": "ratio", "spread": False, "censored": METRICS[metric].censored}
    options |= {"sides": [None, None], "weights": []}
    (page,) = run([{"task": "seed_numbers", "estimand": options, "arms": [[number] * 8] * 2}])
    numbers = estimand.question.numbers(np.full((2, 8), float(number)), [0, 0])
    assert np.isnan(numbers).all()
    assert np.isnan(np.array(page, float)).all()


@pytest.mark.parametrize("sides", [{"of": {}, "over": {}}, {"of": {}, "over": 3.0}, {"of": 3.0, "over": {}}])
def test_times_that_never_arrive_have_the_bounds_of_the_judge(sides):
    estimand = Estimand(("a",), "epochs_to_accuracy", "ratio", sides, {}, {}, None, None, 1.0, "log2")
    random = np.random.default_rng(3)
    arms = random.uniform(1, 8, (len(estimand.arms), 20)).round(1)
    arms[random.uniform(size=arms.shape) < 0.4] = np.inf
    budgets = [8.0, 16.0][: len(arms)]
    least = np.minimum(arms, np.array(budgets)[:, None])
    sample = Numbers(estimand.question.numbers(arms), True, *estimand.question.bounds(arms, least))
    values = [None if isinstance(side, dict) else {"value": side} for side in sides.values()]
    options = {"form": "ratio", "spread": False, "censored": True, "sides": values, "weights": [], "budgets": budgets}
    text = [[str(number).replace("inf", "Infinity") for number in arm] for arm in arms]
    (page,) = run([{"task": "sample", "estimand": options, "arms": text, "level": 0.95}])
    np.testing.assert_allclose(np.array(page, float), sample.interval(0.95), rtol=1e-12)
