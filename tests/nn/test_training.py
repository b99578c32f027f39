import tracemalloc
import warnings
from dataclasses import replace
from math import ceil

import numpy as np
import pytest
from support.combinations import combinations

from ontrial.nn import (
    ACTIVATIONS,
    LEGAL,
    OPTIMISERS,
    PROBES,
    Architecture,
    Data,
    Recipe,
    Samples,
    reference,
    train,
    training,
)

SETTINGS = ({"schedule": "cosine", "warmup": 0.3}, {"label_smoothing": 0.2}, {"clip_norm": 0.1}, {"dropout": 0.4})
UNGROUPED_PROBES = tuple(probe for probe in PROBES if probe != "groups")  # needs grouped data
PAIRS = [(output, loss) for output, losses in LEGAL.items() for loss in losses]
N = 13  # training samples: a prime, so that there are partial batches, some of one sample


def random_data(seeds=(1, 2, 3), layers=(4, 5, 5, 3), n=N):
    """Return random samples, different for every seed, with one-hot targets."""
    random = np.random.default_rng(0)

    def samples(size):
        classes = random.integers(0, layers[-1], (len(seeds), size))
        return Samples(random.normal(size=(len(seeds), size, layers[0])), np.eye(layers[-1])[classes])

    return Data(samples(n), samples(6), samples(7), tuple(seeds))


def with_test(**arrays):
    """Return random data whose test set has other inputs X or targets y."""
    data = random_data()
    return replace(data, test=data.test._replace(**arrays))


def architecture_with(activation="tanh", output="softmax", loss="cross_entropy", layers=(4, 5, 5, 3)):
    return Architecture(layers, activation, output, loss, "inverse_n")


def random_weights(runs, shapes, seed=5):
    random = np.random.default_rng(seed)
    return [(random.normal(size=(runs, n, m)), random.normal(size=(runs, m))) for n, m in shapes]


def bytes_of_run(history, run):
    """Return the bytes of everything that is recorded of a run."""
    parts = [*history.measures.values(), history.diverged, *(part for layer in history.weights for part in layer)]
    return [part[run].tobytes() for part in parts]


@pytest.mark.parametrize("batch_size", [1, 2, 4, N])
@pytest.mark.parametrize("layers", [(4, 3), (4, 5, 3), (4, 5, 5, 5, 3)])
def test_runs_train_on_the_batches_of_their_seed_in_order(layers, batch_size):
    architecture, data = architecture_with(layers=layers), random_data(layers=layers)
    rates, seeds = [0.1, 0.02, 0.3], [3, 1, 3]
    weights = random_weights(3, architecture.shapes)
    orders = np.random.default_rng(1).permuted(np.tile(np.arange(N), (3, 3, 1)), axis=2)
    recipe = Recipe(batch_size, updates=ceil(N / batch_size) + 2)  # into the second epoch
    history = train(architecture, recipe, data, rates, seeds, weights=weights, batch_order=orders, dtype=np.float64)
    for run, seed in enumerate(seeds):
        X, y = data.train.X[seed - 1], data.train.y[seed - 1]
        batches = [epoch[i : i + batch_size] for epoch in orders[run] for i in range(0, N, batch_size)]
        alone = [(W[run].copy(), b[run].copy()) for W, b in weights]
        taken = [(X[rows], y[rows]) for rows in batches[: recipe.updates]]
        reference.train(architecture, recipe, alone, taken, rates[run])
        for layer, (W, b) in enumerate(history.weights):
            assert W[run] == pytest.approx(alone[layer][0], rel=1e-10, abs=1e-13)
            assert b[run] == pytest.approx(alone[layer][1], rel=1e-10, abs=1e-13)


@pytest.mark.parametrize(
    ("pair", "activation", "batch_size", "dtype"),
    combinations(PAIRS, ACTIVATIONS, [1, 2, 4, 5, N], [np.float32, np.float64], strength=1),
)
def test_run_has_the_same_bytes_alone_and_in_a_stack(pair, activation, batch_size, dtype):
    recipe = Recipe(batch_size, epochs=2, probes=UNGROUPED_PROBES)
    assert_same_bytes_alone_and_in_a_stack(architecture_with(activation, *pair), recipe, dtype)


@pytest.mark.parametrize(
    ("optimiser", "layers", "weight_decay"), combinations(OPTIMISERS, [(4, 5, 3), (300, 64, 3)], [0, 0.1])
)
def test_run_has_the_same_bytes_alone_and_in_a_stack_for_every_optimiser(optimiser, layers, weight_decay):
    recipe = Recipe(3, epochs=2, optimiser=optimiser, weight_decay=weight_decay)
    assert_same_bytes_alone_and_in_a_stack(architecture_with(layers=layers), recipe, np.float32)


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
@pytest.mark.parametrize("settings", SETTINGS)
def test_run_has_the_same_bytes_alone_and_in_a_stack_with_every_setting(settings, optimiser):
    recipe = Recipe(3, epochs=2, optimiser=optimiser, probes=UNGROUPED_PROBES, **settings)
    assert_same_bytes_alone_and_in_a_stack(architecture_with(), recipe, np.float32)


@pytest.mark.parametrize("layers", [(4, 3), (4, 1), (1, 1, 1), (4, 16, 1), (4, 33, 7, 10), (300, 64, 3)])
def test_run_has_the_same_bytes_alone_and_in_a_stack_for_every_shape(layers):
    output, loss = ("sigmoid", "cross_entropy") if layers[-1] == 1 else ("softmax", "mse")
    for batch_size in (1, 3, 8):
        recipe = Recipe(batch_size, epochs=1, probes=UNGROUPED_PROBES)
        assert_same_bytes_alone_and_in_a_stack(architecture_with("tanh", output, loss, layers), recipe, np.float32)


def assert_same_bytes_alone_and_in_a_stack(architecture, recipe, dtype):
    data = random_data(layers=architecture.layers)
    rates, seeds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], [1, 2, 3, 1, 2, 3, 1]
    stack = train(architecture, recipe, data, rates, seeds, dtype=dtype)
    for run in (0, 4, 6):
        alone = train(architecture, recipe, data, [rates[run]], [seeds[run]], dtype=dtype)
        assert bytes_of_run(alone, 0) == bytes_of_run(stack, run)


@pytest.mark.parametrize(("optimiser", "blocks"), [("sgd", 3), ("adam", 4)])  # Adam's state takes cache, too
def test_stack_larger_than_the_cache_is_trained_in_blocks_with_the_same_result(monkeypatch, optimiser, blocks):
    data, recipe = random_data(), Recipe(4, epochs=2, optimiser=optimiser)
    rates, seeds = np.linspace(0.1, 1, 7), [1, 2, 3, 1, 2, 3, 1]
    start = {
        "weights": random_weights(7, architecture_with().shapes),
        "batch_order": np.random.default_rng(0).permuted(np.tile(np.arange(N), (7, 2, 1)), axis=2),
    }
    for arguments in ({}, start):
        at_once = train(architecture_with(), recipe, data, rates, seeds, **arguments)
        with monkeypatch.context() as patch:
            patch.setattr(training, "CACHE", 3000)
            assert len(training.split_runs(architecture_with(), recipe, 7, np.float32)) == blocks
            in_blocks = train(architecture_with(), recipe, data, rates, seeds, **arguments)
        for run in range(7):
            assert bytes_of_run(in_blocks, run) == bytes_of_run(at_once, run)


def test_memory_does_not_grow_with_runs_times_samples():
    layers, runs = (100, 2), 20
    data = random_data(seeds=(1,), layers=layers, n=3000)
    data = Data(
        *(Samples(X.astype("f"), y.astype("f")) for X, y in (data.train, data.validation, data.test)), seeds=(1,)
    )
    tracemalloc.start()
    train(architecture_with(layers=layers), Recipe(32, epochs=1), data, [0.1] * runs, [1] * runs)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < runs * data.train.X.nbytes / 4


def test_memory_does_not_grow_with_large_runs_whose_weights_nobody_keeps():
    layers, data = (3, 1000, 1000, 2), random_data(seeds=(1,), layers=(3, 2))

    def peak(runs: int) -> int:
        tracemalloc.start()
        kept = train(
            architecture_with(layers=layers), Recipe(4, updates=1), data, [0.1] * runs, [1] * runs, keep_weights=False
        )
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert kept.weights == []
        return most

    assert peak(6) < 1.1 * peak(3)


def test_a_record_takes_the_memory_of_its_measures():
    data, runs, records = random_data(seeds=(1,)), 100, 500
    tracemalloc.start()
    history = train(
        architecture_with(), Recipe(4, updates=records, record=records), data, [0.1] * runs, [1] * runs,
        keep_weights=False,
    )  # fmt: skip
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * sum(values.nbytes for values in history.measures.values())


def test_accuracy_is_the_share_of_test_samples_that_are_correct_and_none_are_after_divergence():
    data = random_data(seeds=(1, 2))
    history = train(architecture_with(), Recipe(4, epochs=3), data, [0.1, 0.1, 1e30], [1, 2, 1])
    assert history.correct.dtype == bool
    assert history.correct[:2].mean(axis=1) == pytest.approx(history.measures["test_accuracy"][:2, -1])
    assert 0 < history.correct[:2].mean() < 1
    assert history.diverged[2, -1]
    assert not history.correct[2].any()


def test_seed_determines_initial_weights_whatever_the_other_settings():
    data = random_data()
    start = Recipe(4, updates=0)
    relu = train(architecture_with("relu"), start, data, [0.1, 0.9], [2, 2])
    tanh = train(architecture_with("tanh"), start, data, [0.1, 0.9], [2, 2])
    np.testing.assert_array_equal(relu.weights[0][0], tanh.weights[0][0])
    np.testing.assert_array_equal(relu.weights[0][0][0], relu.weights[0][0][1])
    assert not relu.weights[0][1].any()
    other = train(architecture_with(), start, data, [0.1], [3])
    assert (other.weights[0][0] != relu.weights[0][0][:1]).any()


def test_epoch_uses_every_sample_once_including_the_last_partial_batch():
    # With no hidden layers and zero weights, the bias gradients add up the targets.
    layers = (4, 3)
    architecture, data = architecture_with("identity", "identity", "mse", layers), random_data(layers=layers)
    zeros = [(np.zeros((1, 4, 3)), np.zeros((1, 3)))]
    tiny = 1e-9  # so small that the weights and predictions stay close to zero
    for batch_size, last in ((N, N), (4, 1)):
        history = train(architecture, Recipe(batch_size, epochs=1), data, [tiny], [1], weights=zeros, dtype=np.float64)
        order = np.random.default_rng(np.random.SeedSequence(1, spawn_key=(2,))).permutation(N)
        y = data.train.y[0][order]
        means = sum(y[i : i + batch_size].mean(axis=0) for i in range(0, N - last, batch_size)) + y[-last:].mean(axis=0)
        assert history.weights[0][1][0] / tiny == pytest.approx(means, rel=1e-6)


def test_batch_larger_than_the_training_set_is_a_full_batch():
    data = random_data()
    larger = train(architecture_with(), Recipe(100, epochs=3), data, [0.1], [1])
    exact = train(architecture_with(), Recipe(N, epochs=3), data, [0.1], [1])
    assert bytes_of_run(larger, 0) == bytes_of_run(exact, 0)
    assert larger.updates.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("budget", "updates", "epochs"),
    [
        ({"epochs": 2}, [0, 4, 8], [0, 1, 2]),
        ({"epochs": 2, "record": 4}, [0, 2, 4, 6, 8], [0, 0.5, 1, 1.5, 2]),
        ({"epochs": 1, "record": 3}, [0, 1, 3, 4], [0, 0.25, 0.75, 1]),
        ({"epochs": 0}, [0], [0]),
        ({"updates": 20}, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20], np.arange(11) / 2),
        ({"updates": 3}, [0, 1, 2, 3], [0, 0.25, 0.5, 0.75]),
        ({"updates": 6, "record": 1}, [0, 6], [0, 1.5]),
        ({"updates": 0}, [0], [0]),
        ({"updates": 20, "per_doubling": 1}, [0, 1, 2, 4, 8, 16, 20], [0, 0.25, 0.5, 1, 2, 4, 5]),
        ({"epochs": 2, "per_doubling": 2}, [0, 1, 2, 3, 4, 6, 8], [0, 0.25, 0.5, 0.75, 1, 1.5, 2]),
        ({"updates": 0, "per_doubling": 2}, [0], [0]),
    ],
)
def test_recorded_updates_and_epochs(budget, updates, epochs):
    history = train(
        architecture_with(), Recipe(4, **budget), random_data(), [0.1], [1]
    )  # 13 samples: 4 updates an epoch
    assert history.updates.tolist() == updates
    assert len(updates) == Recipe(4, **budget).record_count(13)
    assert updates[-1] == Recipe(4, **budget).total_updates(13)
    assert history.epochs.tolist() == list(epochs)
    assert history.diverged.shape == history.measures["test_loss"].shape == (1, len(updates))


@pytest.mark.parametrize("per_doubling", [1, 2, 5])
def test_geometric_records_are_no_further_apart_than_asked(per_doubling):
    updates = np.array(Recipe(16, epochs=30, per_doubling=per_doubling).recorded_updates(1150))
    assert (updates[0], updates[1], updates[-1]) == (0, 1, 30 * 72)
    far = updates[2:] > 2 * per_doubling  # whole numbers below are further apart
    assert (updates[2:] / updates[1:-1])[far].max() < 2 ** (1 / per_doubling) * 1.1


def test_records_are_spaced_in_one_way_and_change_nothing():
    with pytest.raises(ValueError, match=r"record 4, per_doubling 2: give at most one of the two\."):
        Recipe(16, epochs=1, record=4, per_doubling=2)
    with pytest.raises(ValueError, match="per_doubling 0: must be a whole number, 1 or more"):
        Recipe(16, epochs=1, per_doubling=0)
    data = random_data()
    often = train(architecture_with(), Recipe(4, epochs=3, record=12, probes=UNGROUPED_PROBES), data, [0.1], [1])
    once = train(architecture_with(), Recipe(4, epochs=3, record=1), data, [0.1], [1])
    assert bytes_of_run(often, 0)[-6:] == bytes_of_run(once, 0)[-6:]


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_divergence_is_recorded_and_does_not_affect_other_runs(optimiser):
    data, architecture = random_data(), architecture_with("relu", "identity", "mse")
    recipe = Recipe(4, epochs=8, optimiser=optimiser)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stack = train(architecture, recipe, data, [0.01, 1e36, 0.01], [1, 2, 3])
    assert stack.diverged[:, 0].tolist() == [False, False, False]
    assert stack.diverged[:, -1].tolist() == [False, True, False]
    assert (np.diff(stack.diverged.astype(int), axis=1) >= 0).all()
    for values in stack.measures.values():
        assert (np.isnan(values) == stack.diverged).all()
    for run, seed in ((0, 1), (2, 3)):
        alone = train(architecture, recipe, data, [0.01], [seed])
        assert bytes_of_run(alone, 0) == bytes_of_run(stack, run)


def test_diverged_runs_stay_diverged_and_infinite_weights_have_diverged():
    # The squared error of 1e25 is too large for float32. One step of rate ½ on W and b alike ends at the target.
    one = Samples(np.ones((1, 1, 1)), np.zeros((1, 1, 1)))
    far = [(np.full((1, 1, 1), 1e25), np.zeros((1, 1)))]
    architecture = architecture_with("identity", "identity", "mse", (1, 1))
    history = train(architecture, Recipe(1, updates=1), Data(one, one, one, (1,)), [0.5], [1], weights=far)
    assert (history.weights[0][0] + history.weights[0][1]).item() == 0
    assert history.diverged.tolist() == [[True, True]]
    layers = (1, 1)
    data, architecture = random_data(layers=layers), architecture_with("identity", "sigmoid", "mse", layers)
    infinite = [(np.zeros((1, 1, 1)), np.full((1, 1), np.inf))]
    history = train(architecture, Recipe(1, epochs=0), data, [0.1], [1], weights=infinite)
    assert history.diverged.tolist() == [[True]]


@pytest.mark.parametrize(
    ("cache", "expected"),
    [(1, [0, 0.25, 0.5, 0.5, 0.75, 1]), (training.CACHE, [0, 0.5, 1])],
    ids=["one run", "all runs"],
)
def test_progress_rises_to_one(monkeypatch, cache, expected):
    monkeypatch.setattr(training, "CACHE", cache)
    shares = []
    train(architecture_with(), Recipe(4, epochs=1, record=2), random_data(), [0.1, 0.2], [1, 2], progress=shares.append)
    assert shares == expected


def test_a_single_sample_has_an_order_and_arguments_are_not_modified():
    order = np.zeros((2, 3, 1), int)
    history = train(architecture_with(), Recipe(1, epochs=3), random_data(n=1), [0.1, 0.2], [1, 2], batch_order=order)
    assert history.updates.tolist() == [0, 1, 2, 3]
    data, weights = random_data(), random_weights(1, architecture_with().shapes)
    before = [data.train.X.copy(), *(W.copy() for W, _ in weights)]
    train(architecture_with(), Recipe(4, epochs=2), data, [0.1], [1], weights=weights, dtype=np.float64)
    for old, new in zip(before, [data.train.X, *(W for W, _ in weights)], strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "epochs None, updates None: give exactly one"),
        ({"epochs": 1, "updates": 1}, "epochs 1, updates 1: give exactly one"),
        ({"epochs": -1}, "epochs -1: must be a whole number, 0 or more"),
        ({"updates": 1.5}, "updates 1.5: must be a whole number"),
        ({"epochs": 1, "batch_size": 0}, "batch_size 0: must be a whole number, 1 or more"),
        ({"epochs": 1, "record": 0}, "record 0: must be a whole number, 1 or more"),
        ({"epochs": 1, "first": None}, "first None: must be a whole number, 1 or more"),
        ({"epochs": 1, "momentum": 1.0}, "momentum 1.0: must be at least 0 and below 1"),
        ({"epochs": 1, "optimiser": "adma"}, 'unknown optimiser "adma". Did you mean "adam"'),
        ({"epochs": 1, "clip_norm": 0}, "clip_norm 0: must be a finite number above 0, or None"),
        ({"epochs": 1, "weight_decay": -0.1}, "weight_decay -0.1: must be 0 or a positive number"),
        ({"epochs": 1, "probes": ("unit",)}, 'unknown probe "unit". Did you mean "units"'),
    ],
)
def test_invalid_recipe_is_rejected(settings, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**{"batch_size": 4} | settings)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learning_rates": [0.1]}, "1 learning rates, 2 seeds: must be one or more"),
        ({"learning_rates": [], "seeds": []}, "0 learning rates, 0 seeds: must be one or more, and equally many of"),
        ({"learning_rates": [0.1, -1]}, "learning rate -1: must be a finite number, 0 or more"),
        ({"seeds": [1, 9]}, "seed 9: has no data. Seeds with data: 1, 2, 3"),
        ({"architecture": architecture_with(layers=(5, 3))}, r"train data with shapes X \(3, 13, 4\).*must be X \(3,"),
        ({"architecture": architecture_with(layers=(4, 2))}, r"y \(3, 13, 3\): must be .*y \(3, n, 2\)"),
        ({"data": random_data(n=0)}, "train data with 0 samples"),
        (
            {"data": Data(*[Samples(np.ones((4, 1)), np.ones((4, 3)))] * 3, (1, 2))},
            r"X \(4, 1\).*must be X \(2, n, 4\)",
        ),
        ({"weights": random_weights(1, architecture_with().shapes)}, r"weights with shapes .*: must be \[\(\(2, 4,"),
        ({"learning_rates": 0.1}, r"learning_rates 0\.1: must be a list with one number for each run\."),
        ({"seeds": 1}, r"seeds 1: must be a list with one number for each run\."),
        ({"architecture": (4, 3)}, "architecture of type tuple: must be of type Architecture"),
        ({"recipe": 4}, "recipe of type int: must be of type Recipe"),
        ({"data": np.ones((3, 4))}, "data of type ndarray: must be of type Data"),
        ({"data": replace(random_data(), seeds=(1, 2, 1))}, r"data with seeds \(1, 2, 1\): must be a tuple of"),
        ({"data": replace(random_data(), mislabelled=np.ones((3, 13), int))}, r"booleans of shape \(3, 13\)"),
        ({"data": replace(random_data(), mislabelled=np.ones(13, bool))}, r"mislabelled with shape \(13,\)"),
        ({"data": replace(random_data(), test=None)}, "test data of type NoneType: must be of type Samples"),
        ({"data": with_test(X=random_data().test.X + 1e39)}, r"with the value 1e\+39: must be finite in float32"),
        ({"data": with_test(y=random_data().test.y * 5)}, r"test data with y from 0 to 5: .* probabilities, from 0"),
        ({"data": with_test(y=random_data().test.y * 0)}, "test data with y whose columns sum to 0: .* which sum to 1"),
        ({"batch_order": np.zeros((2, 1, N), int)}, r"batch_order with shape \(2, 1, 13\): must be \(2, 2, 13\)"),
        ({"batch_order": np.zeros((2, 2, N))}, "batch_order with dtype float64: must be of an integer type"),
        ({"batch_order": np.arange(N) + np.ones((2, 2, 1), int)}, "batch_order with indices from 1 to 13: must index"),
        (
            {"recipe": Recipe(2, epochs=2, dropout=0.5), "batch_order": np.zeros((2, 2, N), int)},
            "batch_order with a sample twice in an epoch: with dropout",
        ),
        ({"recipe": Recipe(4, epochs=2, probes=("groups",))}, 'probe "groups": needs data with groups'),
        ({"dtype": np.float16}, "dtype float16: must be float32 or float64"),
    ],
)
def test_invalid_arguments_are_rejected(change, message):
    arguments = {
        "architecture": architecture_with(),
        "recipe": Recipe(4, epochs=2),
        "data": random_data(),
        "learning_rates": [0.1, 0.2],
        "seeds": [1, 2],
    }
    with pytest.raises(ValueError, match=message):
        train(**arguments | change)


def test_the_training_set_can_be_measured_at_some_of_the_records():
    recipe = Recipe(4, epochs=6, probes=("units", "gradients"))
    often = train(architecture_with(), recipe, random_data(), [0.1], [1])
    seldom = train(architecture_with(), replace(recipe, record_train=2), random_data(), [0.1], [1])
    for name, values in often.measures.items():
        if name.startswith(("validation", "test")):
            assert (seldom.measures[name] == values).all()
        else:
            assert (seldom.measures[name][:, [0, 3, 6]] == values[:, [0, 3, 6]]).all()
            assert np.isnan(seldom.measures[name][:, [1, 2, 4, 5]]).all()
    assert (seldom.diverged == often.diverged).all()


def test_divergence_shows_where_the_training_set_is_not_measured():
    recipe = Recipe(4, epochs=6, record_train=1)
    history = train(architecture_with("relu", "identity", "mse"), recipe, random_data(), [1e36], [1])
    assert history.diverged.tolist() == [[False, *[True] * 6]]
