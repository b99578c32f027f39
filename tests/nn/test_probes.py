import numpy as np
import pytest

from ontrial.nn import Architecture, Data, Recipe, Samples, train
from ontrial.nn import probes as probes_module  # `probes` is an argument below

START = {"batch_size": 2, "epochs": 0}


def measure(architecture, weights, X, y, probes=(), target_scale=None):
    """Return the initial measures of one network in float64, name → number. All three sets have the same samples."""
    samples = Samples(np.array([X], float), np.array([y], float))
    stacked = [(np.array([W], float), np.array([b], float)) for W, b in weights]
    history = train(
        architecture,
        Recipe(**START, probes=probes),
        Data(samples, samples, samples, (1,), target_scale=target_scale),
        [1],
        [1],
        weights=stacked,
        dtype=np.float64,
    )
    return {name: values[0, 0] for name, values in history.measures.items()}


def measure_without_hidden(output, loss, X, y, W, probes=(), **options):
    architecture = Architecture((len(W), len(W[0])), "relu", output, loss, "he")
    return measure(architecture, [(W, np.zeros(len(W[0])))], X, y, probes, **options)


def test_loss_accuracy_and_correct_samples_worked_example():
    # predictions (1, 0) and (0, 2) for (1, 0) and (1, 0): errors (0, 0) and (−1, 2)
    measures = measure_without_hidden("identity", "mse", X=[[1, 0], [0, 2]], y=[[1, 0], [1, 0]], W=np.eye(2))
    assert measures == {
        "train_loss": 1.25, "validation_loss": 1.25, "test_loss": 1.25, "train_accuracy": 0.5,
        "validation_accuracy": 0.5, "test_accuracy": 0.5,
    }  # fmt: skip
    samples = Samples(np.array([[[1.0, 0], [0, 2], [3, 4]]]), np.array([[[1.0, 0], [1, 0], [0, 1]]]))
    nothing = Samples(samples.X[:, :0], samples.y[:, :0])
    architecture, weights = Architecture((2, 2), "relu", "identity", "mse", "he"), [(np.eye(2)[None], np.zeros((1, 2)))]
    for test, expected in ((samples, [[True, False, True]]), (nothing, [[]])):
        data = Data(samples, nothing, test, (1,))
        history = train(architecture, Recipe(**START), data, [1], [1], weights=weights)
        assert history.correct.tolist() == expected


def test_root_mean_square_error_worked_example_in_the_unit_of_each_seed():
    # predictions 1, 2 and 3 for 1, 4 and 2: errors 0, −2 and 1, each worth 6 of the unit before the scaling
    problem = {"X": [[1], [2], [3]], "y": [[1], [4], [2]], "W": [[1]], "target_scale": np.array([6.0])}
    rmse = 6 * (5 / 3) ** 0.5
    assert measure_without_hidden("identity", "mae", **problem) == pytest.approx(
        {"train_loss": 1, "validation_loss": 1, "test_loss": 1}
        | {"train_rmse": rmse, "validation_rmse": rmse, "test_rmse": rmse}
    )
    random = np.random.default_rng(0)
    samples = Samples(np.repeat(random.normal(size=(1, 9, 2)), 2, 0), np.repeat(random.normal(size=(1, 9, 1)), 2, 0))
    data = Data(samples, samples, samples, (1, 2), target_scale=np.array([1.0, 10.0]))
    zeros = [(np.zeros((3, 2, 1)), np.zeros((3, 1)))]
    architecture = Architecture((2, 1), "relu", "identity", "huber", "he")
    rmse = train(architecture, Recipe(**START), data, [1] * 3, [2, 1, 2], weights=zeros).measures["test_rmse"][:, 0]
    assert rmse == pytest.approx(np.sqrt(np.mean(samples.y**2)) * np.array([10, 1, 10]))


@pytest.mark.parametrize(
    ("layers", "output", "scale", "message"),
    [
        ((2, 1), "sigmoid", [1.0], 'output "sigmoid" with 1 columns: data with a target_scale need the output "ident'),
        ((2, 2), "identity", [1.0], 'output "identity" with 2 columns'),
        ((2, 1), "identity", [0.0], "must be 1 finite numbers above 0"),
        ((2, 1), "identity", [1.0, 1.0], "must be 1 finite numbers above 0"),
    ],
)
def test_an_unfit_target_scale_is_refused(layers, output, scale, message):
    samples = Samples(np.zeros((1, 3, 2)), np.zeros((1, 3, layers[-1])))
    data = Data(samples, samples, samples, (1,), target_scale=np.array(scale))
    with pytest.raises(ValueError, match=message):
        train(Architecture(layers, "relu", output, "mse", "he"), Recipe(**START), data, [1], [1])


@pytest.mark.parametrize("output", ["sigmoid", "identity"])
def test_single_output_predicts_class_1_above_one_half(output):
    measures = measure_without_hidden(output, "mse", X=[[-3], [-1], [1], [3]], y=[[0], [1], [1], [1]], W=[[1]])
    assert measures["test_accuracy"] == 0.75


def test_measures_do_not_depend_on_the_block_size(monkeypatch):
    random = np.random.default_rng(0)
    problem = {
        "X": random.normal(size=(9, 2)),
        "y": np.eye(2)[random.integers(0, 2, 9)],
        "W": random.normal(size=(2, 2)),
    }
    whole = measure_without_hidden("softmax", "cross_entropy", probes=("units", "gradients"), **problem)
    monkeypatch.setattr(probes_module, "BATCH", 2)  # four blocks of two samples and one of one
    assert measure_without_hidden(
        "softmax", "cross_entropy", probes=("units", "gradients"), **problem
    ) == pytest.approx(whole, nan_ok=True)


def test_gradient_norms_worked_example():
    # The errors of the only output are −1 and 2. The only hidden unit has weight 3 and is active for both samples.
    architecture = Architecture((1, 1, 1), "relu", "identity", "mse", "he")
    weights = [([[1]], [0]), ([[3]], [0])]
    measures = measure(architecture, weights, X=[[1], [2]], y=[[4], [4]], probes=("gradients",))
    assert measures["gradient_norm_2"] == pytest.approx(2.5**0.5)
    assert measures["gradient_norm_1"] == pytest.approx(3 * 2.5**0.5)


def test_gradient_norms_are_those_of_the_first_samples(monkeypatch):
    monkeypatch.setattr(probes_module, "BATCH", 2)
    monkeypatch.setattr(probes_module, "GRADIENT_SAMPLES", 3)  # whole blocks: the first four
    X, y, W = [[1], [1], [1], [1], [1]], [[3], [3], [3], [3], [99]], [[1]]
    measures = measure_without_hidden("identity", "mse", X=X, y=y, W=W, probes=("gradients",))
    assert measures["gradient_norm_1"] == 2


def test_output_is_layer_one_without_hidden_layers():
    measures = measure_without_hidden("identity", "mse", X=[[1]], y=[[3]], W=[[1]], probes=("gradients",))
    assert measures["gradient_norm_1"] == 2


UNITS = Architecture((1, 4, 2, 1), "relu", "identity", "mse", "he")
UNITS_WEIGHTS = [
    # z of the first layer for x = 1 and x = 2: (1, 2), (−1, −2), (−1, 0) and (1, 0)
    ([[1, -1, 1, -1]], [0, 0, -2, 2]),
    (np.ones((4, 2)), [0, -9]),
    (np.ones((2, 1)), [0]),
]


def test_dead_units_and_saturation_worked_example():
    measures = measure(UNITS, UNITS_WEIGHTS, X=[[1], [2]], y=[[0], [0]], probes=("units",))
    assert measures["dead_units_1"] == 0.5  # the second unit, and the third, whose largest z is exactly 0
    assert measures["dead_units_2"] == 0.5
    assert measures["dead_units"] == 0.5
    assert measures["saturation_1"] == 5 / 8
    assert measures["saturation_2"] == 0.5
    assert measures["saturation"] == 9 / 16


def test_leaky_units_are_neither_dead_nor_saturated_and_without_units_there_is_no_share():
    leaky = Architecture(UNITS.layers, "leaky_relu", "identity", "mse", "he")
    measures = measure(leaky, UNITS_WEIGHTS, X=[[1], [2]], y=[[0], [0]], probes=("units",))
    assert measures["dead_units"] == measures["saturation"] == 0
    measures = measure_without_hidden("identity", "mse", X=[[1]], y=[[3]], W=[[1]], probes=("units",))
    assert np.isnan([measures["dead_units"], measures["saturation"]]).all()


def test_probes_do_not_affect_each_other():
    alone = {}
    for probes in (("units",), ("gradients",)):
        alone |= measure(UNITS, UNITS_WEIGHTS, X=[[1], [2]], y=[[0], [0]], probes=probes)
    assert measure(UNITS, UNITS_WEIGHTS, X=[[1], [2]], y=[[0], [0]], probes=("gradients", "units")) == alone


LOG_3 = [np.log(3)]  # its sigmoid, like the softmax of (0, log 3), is ¾


@pytest.mark.parametrize(
    ("output", "W", "y"), [("sigmoid", [[1]], [[1], [0]]), ("softmax", [[0, 1]], [[0, 1], [1, 0]])]
)
def test_likelihood_and_calibration_worked_example(output, W, y):
    # Confidence is ¾ for a correct and for a wrong prediction: accuracy ½ is ¼ below confidence.
    measures = measure_without_hidden(output, "mse", X=[LOG_3, LOG_3], y=y, W=W, probes=("probabilities",))
    assert measures["test_nll"] == measures["validation_nll"] == pytest.approx((np.log(4 / 3) + np.log(4)) / 2)
    assert measures["test_calibration_error"] == measures["validation_calibration_error"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("right", "wrong", "error"),
    [(0.72, 0.78, abs(0.28 - 0.78) / 2), (0.68, 0.72, (0.32 + 0.72) / 2)],
    ids=["one bin", "two bins"],
)
def test_calibration_gaps_cancel_within_a_bin(right, wrong, error):
    X = np.log([[right / (1 - right)], [wrong / (1 - wrong)]])
    measures = measure_without_hidden("sigmoid", "mse", X=X.tolist(), y=[[1], [0]], W=[[1]], probes=("probabilities",))
    assert measures["test_calibration_error"] == pytest.approx(error)


def test_likelihood_and_calibration_are_nan_without_probabilities():
    measures = measure_without_hidden("identity", "mse", X=[[1]], y=[[1]], W=[[1]], probes=("probabilities",))
    assert np.isnan([measures["test_nll"], measures["test_calibration_error"]]).all()


@pytest.mark.parametrize("outputs", [1, 2])
def test_group_error_is_the_mean_distance_from_the_true_rates(outputs):
    rates = np.array([[0.4], [0.95]])  # predicted: ½ and ¾
    rates = rates if outputs == 1 else np.hstack([1 - rates, rates])
    samples = Samples(np.ones((1, 3, 1)), np.full((1, 3, outputs), 1 / outputs))
    groups = Samples(np.array([[[0.0], LOG_3]]), rates[None])
    output, W = ("sigmoid", [[1.0]]) if outputs == 1 else ("softmax", [[0.0, 1.0]])
    history = train(
        Architecture((1, outputs), "relu", output, "mse", "he"),
        Recipe(**START, probes=("groups",)),
        Data(samples, samples, samples, (1,), groups),
        [1],
        [1],
        weights=[(np.array([W]), np.zeros((1, outputs)))],
        dtype=np.float64,
    )
    assert history.measures["group_error"] == pytest.approx(np.array([[0.15]]))


def test_measures_of_an_empty_set_are_nan():
    samples = Samples(np.ones((1, 2, 1)), np.ones((1, 2, 1)))
    empty = Samples(np.ones((1, 0, 1)), np.ones((1, 0, 1)))
    architecture = Architecture((1, 1), "relu", "identity", "mse", "he")
    history = train(architecture, Recipe(**START), Data(samples, empty, samples, (1,)), [1], [1])
    assert np.isnan(history.measures["validation_loss"]).all()
    assert np.isfinite(history.measures["test_loss"]).all()
