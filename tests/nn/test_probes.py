import numpy as np
import pytest

from ontrial.nn import Architecture, Data, Samples, Schedule, train
from ontrial.nn import probes as probes_module

START = {"batch_size": 2, "epochs": 0}


def measured(architecture, weights, X, y, probes=()):
    """Measures of one network at the start, name → number, with the same samples as all three sets; float64."""
    samples = Samples(np.array([X], float), np.array([y], float))
    stacked = [(np.array([W], float), np.array([b], float)) for W, b in weights]
    history = train(
        architecture,
        Schedule(**START, probes=probes),
        Data(samples, samples, samples, (1,)),
        [1],
        [1],
        weights=stacked,
        dtype=np.float64,
    )
    return {name: values[0, 0] for name, values in history.measures.items()}


def without_hidden(output, loss, X, y, W, probes=()):
    architecture = Architecture((len(W), len(W[0])), "relu", output, loss, "he")
    return measured(architecture, [(W, np.zeros(len(W[0])))], X, y, probes)


def test_loss_and_accuracy_by_hand():
    # predictions (1, 0) and (0, 2) for (1, 0) and (1, 0): errors (0, 0) and (−1, 2)
    found = without_hidden("identity", "mse", X=[[1, 0], [0, 2]], y=[[1, 0], [1, 0]], W=np.eye(2))
    assert found == {
        "train_loss": 1.25,
        "validation_loss": 1.25,
        "test_loss": 1.25,
        "train_accuracy": 0.5,
        "validation_accuracy": 0.5,
        "test_accuracy": 0.5,
    }


@pytest.mark.parametrize("output", ["sigmoid", "identity"])
def test_a_single_output_answers_yes_above_one_half(output):
    found = without_hidden(output, "mse", X=[[-3], [-1], [1], [3]], y=[[0], [1], [1], [1]], W=[[1]])
    assert found["test_accuracy"] == 0.75


def test_the_loss_is_that_of_the_whole_set_however_it_is_divided(monkeypatch):
    random = np.random.default_rng(0)
    problem = {
        "X": random.normal(size=(9, 2)),
        "y": np.eye(2)[random.integers(0, 2, 9)],
        "W": random.normal(size=(2, 2)),
    }
    whole = without_hidden("softmax", "cross_entropy", probes=("units", "gradients"), **problem)
    monkeypatch.setattr(probes_module, "BATCH", 2)  # four blocks and a rest of one
    assert without_hidden("softmax", "cross_entropy", probes=("units", "gradients"), **problem) == pytest.approx(
        whole, nan_ok=True
    )


def test_gradient_norms_by_hand():
    # Errors −1 and 2 of the only output, seen through the weight 3 of the only hidden unit, which lets both pass.
    architecture = Architecture((1, 1, 1), "relu", "identity", "mse", "he")
    weights = [([[1]], [0]), ([[3]], [0])]
    found = measured(architecture, weights, X=[[1], [2]], y=[[4], [4]], probes=("gradients",))
    assert found["gradient_norm_2"] == pytest.approx(2.5**0.5)
    assert found["gradient_norm_1"] == pytest.approx(3 * 2.5**0.5)


def test_gradient_norms_do_not_depend_on_the_batch_size(monkeypatch):
    monkeypatch.setitem(START, "batch_size", 1)
    test_gradient_norms_by_hand()


def test_without_hidden_layers_the_output_is_layer_one():
    found = without_hidden("identity", "mse", X=[[1]], y=[[3]], W=[[1]], probes=("gradients",))
    assert found["gradient_norm_1"] == 2


UNITS = Architecture((1, 4, 2, 1), "relu", "identity", "mse", "he")
UNITS_WEIGHTS = [
    # z of the first layer for x = 1 and x = 2: (1, 2), (−1, −2), (−1, 0) and (1, 0)
    ([[1, -1, 1, -1]], [0, 0, -2, 2]),
    (np.ones((4, 2)), [0, -9]),
    (np.ones((2, 1)), [0]),
]


def test_dead_units_and_saturation_by_hand():
    found = measured(UNITS, UNITS_WEIGHTS, X=[[1], [2]], y=[[0], [0]], probes=("units",))
    assert found["dead_units_1"] == 0.5  # the second and the third, whose best is exactly 0
    assert found["dead_units_2"] == 0.5
    assert found["dead_units"] == 0.5
    assert found["saturation_1"] == 5 / 8
    assert found["saturation_2"] == 0.5
    assert found["saturation"] == 9 / 16


def test_leaky_units_neither_die_nor_saturate():
    leaky = Architecture(UNITS.layers, "leaky_relu", "identity", "mse", "he")
    found = measured(leaky, UNITS_WEIGHTS, X=[[1], [2]], y=[[0], [0]], probes=("units",))
    assert found["dead_units"] == found["saturation"] == 0


def test_units_of_a_network_without_hidden_layers_are_not_measured():
    found = without_hidden("identity", "mse", X=[[1]], y=[[3]], W=[[1]], probes=("units",))
    assert np.isnan([found["dead_units"], found["saturation"]]).all()


def test_probes_do_not_change_what_the_others_measure():
    alone = {}
    for probes in (("units",), ("gradients",)):
        alone |= measured(UNITS, UNITS_WEIGHTS, X=[[1], [2]], y=[[0], [0]], probes=probes)
    assert measured(UNITS, UNITS_WEIGHTS, X=[[1], [2]], y=[[0], [0]], probes=("gradients", "units")) == alone


CERTAINTY = [np.log(3)]  # the sigmoid of it, and the softmax of (0, it), is ¾


@pytest.mark.parametrize(
    ("output", "W", "y"), [("sigmoid", [[1]], [[1], [0]]), ("softmax", [[0, 1]], [[0, 1], [1, 0]])]
)
def test_likelihood_and_calibration_by_hand(output, W, y):
    # ¾ for the right answer and ¾ for the wrong one: half of the answers are right, a quarter fewer than expected
    found = without_hidden(output, "mse", X=[CERTAINTY, CERTAINTY], y=y, W=W, probes=("probabilities",))
    assert found["test_nll"] == found["validation_nll"] == pytest.approx((np.log(4 / 3) + np.log(4)) / 2)
    assert found["test_calibration_error"] == found["validation_calibration_error"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("right", "wrong", "error"),
    [(0.72, 0.78, abs(0.28 - 0.78) / 2), (0.68, 0.72, (0.32 + 0.72) / 2)],
    ids=["a bin", "two bins"],
)
def test_gaps_cancel_within_a_tenth_of_confidence(right, wrong, error):
    X = np.log([[right / (1 - right)], [wrong / (1 - wrong)]])
    found = without_hidden("sigmoid", "mse", X=X.tolist(), y=[[1], [0]], W=[[1]], probes=("probabilities",))
    assert found["test_calibration_error"] == pytest.approx(error)


def test_certainty_that_always_comes_true_is_calibrated():
    found = without_hidden("sigmoid", "mse", X=[[99], [-99]], y=[[1], [0]], W=[[1]], probes=("probabilities",))
    assert [found["test_nll"], found["test_calibration_error"]] == pytest.approx([0, 0])


def test_an_output_without_probabilities_has_neither_likelihood_nor_calibration():
    found = without_hidden("identity", "mse", X=[[1]], y=[[1]], W=[[1]], probes=("probabilities",))
    assert np.isnan([found["test_nll"], found["test_calibration_error"]]).all()


@pytest.mark.parametrize("outputs", [1, 2])
def test_group_error_is_the_mean_distance_from_the_true_rates(outputs):
    rates = np.array([[0.4], [0.95]])  # predicted: ½ and ¾
    rates = rates if outputs == 1 else np.hstack([1 - rates, rates])
    samples = Samples(np.ones((1, 3, 1)), np.ones((1, 3, outputs)))
    groups = Samples(np.array([[[0.0], CERTAINTY]]), rates[None])
    output, W = ("sigmoid", [[1.0]]) if outputs == 1 else ("softmax", [[0.0, 1.0]])
    history = train(
        Architecture((1, outputs), "relu", output, "mse", "he"),
        Schedule(**START, probes=("groups",)),
        Data(samples, samples, samples, (1,), groups),
        [1],
        [1],
        weights=[(np.array([W]), np.zeros((1, outputs)))],
        dtype=np.float64,
    )
    assert history.measures["group_error"] == pytest.approx(np.array([[0.15]]))


def test_an_empty_set_has_no_measures():
    samples = Samples(np.ones((1, 2, 1)), np.ones((1, 2, 1)))
    empty = Samples(np.ones((1, 0, 1)), np.ones((1, 0, 1)))
    architecture = Architecture((1, 1), "relu", "identity", "mse", "he")
    history = train(architecture, Schedule(**START), Data(samples, empty, samples, (1,)), [1], [1])
    assert np.isnan(history.measures["validation_loss"]).all()
    assert np.isfinite(history.measures["test_loss"]).all()
