import tracemalloc
import warnings
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontrial.nn import (
    ACTIVATIONS,
    LEGAL,
    OPTIMISERS,
    PROBES,
    Architecture,
    Data,
    Samples,
    Schedule,
    reference,
    train,
    training,
)

MEASURABLE = tuple(probe for probe in PROBES if probe != "groups")  # which need data of their own
PAIRS = [(output, loss) for output, losses in LEGAL.items() for loss in losses]
N = 13  # training samples: no batch size below divides it, and some leave a batch of one


def problem(seeds=(1, 2, 3), layers=(4, 5, 5, 3), n=N):
    """Random samples, different for every seed, with one-hot targets."""
    random = np.random.default_rng(0)

    def samples(size):
        classes = random.integers(0, layers[-1], (len(seeds), size))
        return Samples(random.normal(size=(len(seeds), size, layers[0])), np.eye(layers[-1])[classes])

    return Data(samples(n), samples(6), samples(7), tuple(seeds))


def network(activation="tanh", output="softmax", loss="cross_entropy", layers=(4, 5, 5, 3)):
    return Architecture(layers, activation, output, loss, "inverse_n")


def random_weights(runs, shapes, seed=5):
    random = np.random.default_rng(seed)
    return [(random.normal(size=(runs, n, m)), random.normal(size=(runs, m))) for n, m in shapes]


def everything(history, run):
    """All bytes of a run."""
    parts = [*history.measures.values(), history.diverged, *(part for layer in history.weights for part in layer)]
    return [part[run].tobytes() for part in parts]


@pytest.mark.parametrize("batch_size", [1, 2, 4, N])
@pytest.mark.parametrize("layers", [(4, 3), (4, 5, 3), (4, 5, 5, 5, 3)])
def test_every_run_takes_the_batches_of_its_seed_in_order(layers, batch_size):
    architecture, data = network(layers=layers), problem(layers=layers)
    rates, seeds = [0.1, 0.02, 0.3], [3, 1, 3]
    weights = random_weights(3, architecture.shapes)
    orders = np.random.default_rng(1).permuted(np.tile(np.arange(N), (3, 3, 1)), axis=2)
    schedule = Schedule(batch_size, updates=ceil(N / batch_size) + 2)  # into the second epoch
    history = train(architecture, schedule, data, rates, seeds, weights=weights, batch_order=orders, dtype=np.float64)
    for run, seed in enumerate(seeds):
        X, y = data.train.X[seed - 1], data.train.y[seed - 1]
        batches = [epoch[i : i + batch_size] for epoch in orders[run] for i in range(0, N, batch_size)]
        alone = [(W[run].copy(), b[run].copy()) for W, b in weights]
        taken = [(X[rows], y[rows]) for rows in batches[: schedule.updates]]
        reference.train(architecture, schedule, alone, taken, rates[run])
        for layer, (W, b) in enumerate(history.weights):
            assert W[run] == pytest.approx(alone[layer][0], rel=1e-10, abs=1e-13)
            assert b[run] == pytest.approx(alone[layer][1], rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch_size", [1, 4, 5, N])
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_a_run_is_the_same_bytes_alone_and_in_a_stack(output, loss, batch_size, dtype):
    activation = list(ACTIVATIONS)[(PAIRS.index((output, loss)) + batch_size) % len(ACTIVATIONS)]
    check_bytes(network(activation, output, loss), Schedule(batch_size, epochs=2, probes=MEASURABLE), dtype)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_gives_the_same_bytes_alone_and_in_a_stack(activation):
    schedule = Schedule(2, epochs=2, optimiser="momentum", weight_decay=0.1, probes=MEASURABLE)
    check_bytes(network(activation), schedule, np.float32)


@pytest.mark.parametrize("weight_decay", [0, 0.1])
@pytest.mark.parametrize("layers", [(4, 5, 3), (300, 64, 3)])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_optimiser_gives_the_same_bytes_alone_and_in_a_stack(optimiser, layers, weight_decay):
    schedule = Schedule(3, epochs=2, optimiser=optimiser, weight_decay=weight_decay)
    check_bytes(network(layers=layers), schedule, np.float32)


@pytest.mark.parametrize("layers", [(4, 3), (4, 1), (1, 1, 1), (4, 16, 1), (4, 33, 7, 10), (300, 64, 3)])
def test_every_shape_gives_the_same_bytes_alone_and_in_a_stack(layers):
    output, loss = ("sigmoid", "cross_entropy") if layers[-1] == 1 else ("softmax", "mse")
    for batch_size in (1, 3, 8):
        schedule = Schedule(batch_size, epochs=1, probes=MEASURABLE)
        check_bytes(network("tanh", output, loss, layers), schedule, np.float32)


def check_bytes(architecture, schedule, dtype):
    data = problem(layers=architecture.layers)
    rates, seeds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], [1, 2, 3, 1, 2, 3, 1]
    stack = train(architecture, schedule, data, rates, seeds, dtype=dtype)
    for run in (0, 4, 6):
        alone = train(architecture, schedule, data, [rates[run]], [seeds[run]], dtype=dtype)
        assert everything(alone, 0) == everything(stack, run)


@pytest.mark.parametrize(("optimiser", "blocks"), [("sgd", 3), ("adam", 4)])  # the memory of Adam fills the cache, too
def test_a_stack_that_is_too_large_for_the_cache_is_trained_in_blocks_with_the_same_result(
    monkeypatch, optimiser, blocks
):
    data, schedule = problem(), Schedule(4, epochs=2, optimiser=optimiser)
    rates, seeds = np.linspace(0.1, 1, 7), [1, 2, 3, 1, 2, 3, 1]
    given = {
        "weights": random_weights(7, network().shapes),
        "batch_order": np.random.default_rng(0).permuted(np.tile(np.arange(N), (7, 2, 1)), axis=2),
    }
    for arguments in ({}, given):
        at_once = train(network(), schedule, data, rates, seeds, **arguments)
        with monkeypatch.context() as patch:
            patch.setattr(training, "CACHE", 3000)
            assert len(training._blocks(network(), schedule, 7, np.float32)) == blocks
            in_blocks = train(network(), schedule, data, rates, seeds, **arguments)
        for run in range(7):
            assert everything(in_blocks, run) == everything(at_once, run)


def test_memory_does_not_grow_with_runs_times_samples():
    layers, runs = (100, 2), 20
    data = problem(seeds=(1,), layers=layers, n=3000)
    data = Data(
        *(Samples(X.astype("f"), y.astype("f")) for X, y in (data.train, data.validation, data.test)), seeds=(1,)
    )
    tracemalloc.start()
    train(network(layers=layers), Schedule(32, epochs=1), data, [0.1] * runs, [1] * runs)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < runs * data.train.X.nbytes / 4


def test_seeds_fix_weights_and_order_whatever_the_other_settings():
    data = problem()
    start = Schedule(4, updates=0)
    relu, tanh = (train(network(name), start, data, [0.1, 0.9], [2, 2]) for name in ("relu", "tanh"))
    np.testing.assert_array_equal(relu.weights[0][0], tanh.weights[0][0])
    np.testing.assert_array_equal(relu.weights[0][0][0], relu.weights[0][0][1])
    assert not relu.weights[0][1].any()
    other = train(network(), start, data, [0.1], [3])
    assert (other.weights[0][0] != relu.weights[0][0][:1]).any()


def test_an_epoch_shows_every_sample_once_the_last_partial_batch_too():
    # Without hidden layers and from zero weights, the gradient of the bias adds the targets up.
    layers = (4, 3)
    architecture, data = network("identity", "identity", "mse", layers), problem(layers=layers)
    zeros = [(np.zeros((1, 4, 3)), np.zeros((1, 3)))]
    tiny = 1e-9  # the weights stay so close to zero that predictions stay there too
    for batch_size, last in ((N, N), (4, 1)):
        history = train(
            architecture, Schedule(batch_size, epochs=1), data, [tiny], [1], weights=zeros, dtype=np.float64
        )
        order = np.random.default_rng(np.random.SeedSequence(1, spawn_key=(2,))).permutation(N)
        y = data.train.y[0][order]
        means = sum(y[i : i + batch_size].mean(axis=0) for i in range(0, N - last, batch_size)) + y[-last:].mean(axis=0)
        assert history.weights[0][1][0] / tiny == pytest.approx(means, rel=1e-6)


def test_a_batch_larger_than_the_training_set_is_the_training_set():
    data = problem()
    larger, exact = (train(network(), Schedule(size, epochs=3), data, [0.1], [1]) for size in (100, N))
    assert everything(larger, 0) == everything(exact, 0)
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
    ],
)
def test_records(budget, updates, epochs):
    history = train(network(), Schedule(4, **budget), problem(), [0.1], [1])  # 13 samples: 4 updates an epoch
    assert history.updates.tolist() == updates
    assert history.epochs.tolist() == list(epochs)
    assert history.diverged.shape == history.measures["test_loss"].shape == (1, len(updates))


def test_recording_does_not_disturb_training():
    data = problem()
    often = train(network(), Schedule(4, epochs=3, record=12, probes=MEASURABLE), data, [0.1], [1])
    once = train(network(), Schedule(4, epochs=3, record=1), data, [0.1], [1])
    assert everything(often, 0)[-6:] == everything(once, 0)[-6:]


def test_training_learns():
    data = problem()
    history = train(network(), Schedule(4, epochs=400, record=1), data, [0.2], [1])
    assert history.measures["train_accuracy"][0, -1] > 0.9
    assert history.measures["train_loss"][0, -1] < history.measures["train_loss"][0, 0] / 3


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_divergence_is_recorded_from_where_it_happens_and_leaves_the_neighbours_alone(optimiser):
    data, architecture = problem(), network("relu", "identity", "mse")
    schedule = Schedule(4, epochs=8, optimiser=optimiser)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stack = train(architecture, schedule, data, [0.01, 1e36, 0.01], [1, 2, 3])
    assert stack.diverged[:, 0].tolist() == [False, False, False]
    assert stack.diverged[:, -1].tolist() == [False, True, False]
    assert (np.diff(stack.diverged.astype(int), axis=1) >= 0).all()
    for values in stack.measures.values():
        assert (np.isnan(values) == stack.diverged).all()
    for run, seed in ((0, 1), (2, 3)):
        alone = train(architecture, schedule, data, [0.01], [seed])
        assert everything(alone, 0) == everything(stack, run)


def test_a_diverged_run_stays_diverged():
    # The squared error of 1e25 is too large for float32. One step of rate ½ on W and b alike ends at the target.
    one = Samples(np.ones((1, 1, 1)), np.zeros((1, 1, 1)))
    far = [(np.full((1, 1, 1), 1e25), np.zeros((1, 1)))]
    architecture = network("identity", "identity", "mse", (1, 1))
    history = train(architecture, Schedule(1, updates=1), Data(one, one, one, (1,)), [0.5], [1], weights=far)
    assert (history.weights[0][0] + history.weights[0][1]).item() == 0
    assert history.diverged.tolist() == [[True, True]]


def test_a_network_whose_weights_are_lost_has_diverged_even_if_its_bounded_loss_is_finite():
    layers = (1, 1)
    data, architecture = problem(layers=layers), network("identity", "sigmoid", "mse", layers)
    lost = [(np.zeros((1, 1, 1)), np.full((1, 1), np.inf))]
    history = train(architecture, Schedule(1, epochs=0), data, [0.1], [1], weights=lost)
    assert history.diverged.tolist() == [[True]]


@pytest.mark.parametrize(
    ("cache", "told"), [(1, [0, 0.25, 0.5, 0.5, 0.75, 1]), (training.CACHE, [0, 0.5, 1])], ids=["a run", "all runs"]
)
def test_progress_rises_to_one_over_blocks_of(monkeypatch, cache, told):
    monkeypatch.setattr(training, "CACHE", cache)
    shares = []
    train(network(), Schedule(4, epochs=1, record=2), problem(), [0.1, 0.2], [1, 2], progress=shares.append)
    assert shares == told


def test_the_batch_order_of_a_single_sample():
    order = np.zeros((2, 3, 1), int)
    history = train(network(), Schedule(1, epochs=3), problem(n=1), [0.1, 0.2], [1, 2], batch_order=order)
    assert history.updates.tolist() == [0, 1, 2, 3]


def test_inputs_are_left_as_they_were():
    data, weights = problem(), random_weights(1, network().shapes)
    before = [data.train.X.copy(), *(W.copy() for W, _ in weights)]
    train(network(), Schedule(4, epochs=2), data, [0.1], [1], weights=weights, dtype=np.float64)
    for old, new in zip(before, [data.train.X, *(W for W, _ in weights)], strict=True):
        np.testing.assert_array_equal(old, new)


@given(batch_size=st.integers(1, 20), epochs=st.integers(0, 5), record=st.one_of(st.none(), st.integers(1, 30)))
def test_points_start_at_zero_rise_and_end_with_the_budget(batch_size, epochs, record):
    points = Schedule(batch_size, epochs=epochs, record=record).points(N)
    assert points[0] == 0
    assert points[-1] == epochs * ceil(N / batch_size)
    assert points == sorted(set(points))
    assert len(points) <= (record or epochs) + 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "epochs None, updates None: give exactly one"),
        ({"epochs": 1, "updates": 1}, "epochs 1, updates 1: give exactly one"),
        ({"epochs": -1}, "epochs -1: must be a whole number, 0 or more"),
        ({"updates": 1.5}, "updates 1.5: must be a whole number"),
        ({"epochs": 1, "batch_size": 0}, "batch_size 0: must be a whole number, 1 or more"),
        ({"epochs": 1, "batch_size": None}, "batch_size None: must be"),
        ({"epochs": 1, "record": 0}, "record 0: must be a whole number, 1 or more"),
        ({"epochs": 1, "momentum": 1.0}, "momentum 1.0: must be at least 0 and below 1"),
        ({"epochs": 1, "optimiser": "adma"}, 'unknown optimiser "adma". Did you mean "adam"'),
        ({"epochs": 1, "weight_decay": -0.1}, "weight_decay -0.1: must be 0 or a positive number"),
        ({"epochs": 1, "weight_decay": float("nan")}, "weight_decay nan: must be"),
        ({"epochs": 1, "probes": ("unit",)}, 'unknown probe "unit". Did you mean "units"'),
    ],
)
def test_an_impossible_schedule_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Schedule(**{"batch_size": 4} | settings)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learning_rates": [0.1]}, "1 learning rates, 2 seeds: must be as many"),
        ({"learning_rates": [], "seeds": []}, "0 learning rates, 0 seeds: must be as many, one or more"),
        ({"learning_rates": [0.1, -1]}, "learning rate -1: must be a number, 0 or more"),
        ({"learning_rates": [0.1, np.nan]}, "learning rate nan: must be"),
        ({"seeds": [1, 9]}, "seed 9: has no data. Seeds of the data: 1, 2, 3"),
        ({"architecture": network(layers=(5, 3))}, r"train data of shapes X \(3, 13, 4\).*must be X \(3, n, 5\)"),
        ({"architecture": network(layers=(4, 2))}, r"y \(3, 13, 3\): must be .*y \(3, n, 2\)"),
        ({"data": problem(n=0)}, "train data of 0 samples"),
        (
            {"data": Data(*[Samples(np.ones((4, 1)), np.ones((4, 3)))] * 3, (1, 2))},
            r"X \(4, 1\).*must be X \(2, n, 4\)",
        ),
        (
            {"weights": random_weights(1, network().shapes)},
            r"weights of shapes .*: must be \[\(\(2, 4, 5\), \(2, 5\)\)",
        ),
        ({"weights": random_weights(2, network().shapes)[:1]}, "weights of shapes .*: must be"),
        ({"batch_order": np.zeros((2, 1, N), int)}, r"batch_order of shape \(2, 1, 13\): must be \(2, 2, 13\)"),
        ({"batch_order": np.zeros((2, 2, N))}, "batch_order of float64: must hold whole numbers"),
        (
            {"batch_order": np.arange(N) + np.ones((2, 2, 1), int)},
            "batch_order holds 1 to 13: must index the 13 training samples, 0 to 12",
        ),
        ({"schedule": Schedule(4, epochs=2, probes=("groups",))}, 'probe "groups": needs data with groups'),
        ({"dtype": np.float16}, "dtype float16: must be float32 or float64"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(change, message):
    arguments = {
        "architecture": network(),
        "schedule": Schedule(4, epochs=2),
        "data": problem(),
        "learning_rates": [0.1, 0.2],
        "seeds": [1, 2],
    }
    with pytest.raises(ValueError, match=message):
        train(**arguments | change)
