import numpy as np
import pytest

from ontrial.nn import Architecture, Network

TINY = Architecture((2, 2, 1), "relu", "identity", "mse", "he")
TINY_WEIGHTS = [
    (np.array([[[1.0, -1.0], [2.0, 0.5]]]), np.array([[0.5, 0.0]])),
    (np.array([[[2.0], [3.0]]]), np.array([[-1.0]])),
]


def network_after_forward(architecture=TINY, weights=TINY_WEIGHTS, X=((1.0, 2.0),), y=((8.0,),)):
    network = Network(architecture, weights, np.float64)
    buffers = network.buffers(len(X))
    buffers.inputs[...] = X
    buffers.target[...] = y
    network.forward(buffers)
    return network, buffers


def test_forward_and_backward_worked_example():
    _, buffers = network_after_forward()
    assert buffers.z[0].tolist() == [[[5.5, 0.0]]]  # 1·1 + 2·2 + 0.5 and 1·(−1) + 2·0.5 + 0
    assert buffers.a[0].tolist() == [[[5.5, 0.0]]]
    assert buffers.prediction.tolist() == [[[10.0]]]  # 2·5.5 + 3·0 − 1
    network, buffers = network_after_forward()
    network.backward(buffers)
    (dW_1, db_1), (dW_2, db_2) = network.layer_gradients
    # The error is 10 − 8 = 2. The second hidden unit is at 0 and blocks the gradient.
    assert db_2.tolist() == [[[2.0]]]
    assert dW_2.tolist() == [[[11.0], [0.0]]]
    assert db_1.tolist() == [[[4.0, 0.0]]]
    assert dW_1.tolist() == [[[4.0, 0.0], [8.0, 0.0]]]


def test_sgd_step_uses_the_learning_rate_of_each_run():
    twice = [(np.repeat(W, 2, axis=0), np.repeat(b, 2, axis=0)) for W, b in TINY_WEIGHTS]
    network, buffers = network_after_forward(weights=twice)
    before = network.parameters.copy()
    network.sgd_step(buffers, np.array([1.0, 0.25]).reshape(2, 1, 1))
    step = before - network.parameters
    assert step[0].tolist() == [4, 0, 8, 0, 4, 0, 11, 0, 2]  # the gradients of the test above
    assert step[1] == pytest.approx(step[0] / 4)


def test_network_without_hidden_layers_is_one_product():
    architecture = Architecture((2, 1), "relu", "identity", "mse", "he")
    _, buffers = network_after_forward(architecture, [(np.array([[[3.0], [-1.0]]]), np.array([[0.5]]))])
    assert buffers.prediction.tolist() == [[[1.5]]]


def test_layers_are_views_and_weights_copies_of_the_parameters():
    network, _ = network_after_forward()
    network.parameters -= 1
    assert network.layers[1][0].ravel().tolist() == [1.0, 2.0]
    assert network.layers[1][1].ravel().tolist() == [-2.0]
    assert network.parameters.shape == (1, 9)
    network, _ = network_after_forward()
    weights = network.weights()
    network.parameters += 1
    for (W, b), (initial_W, initial_b) in zip(weights, TINY_WEIGHTS, strict=True):
        np.testing.assert_array_equal(W, initial_W)
        np.testing.assert_array_equal(b, initial_b)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layers": (2,)}, r"layers \(2,\): must be two or more positive whole numbers"),
        ({"layers": (2, 0, 1)}, r"layers \(2, 0, 1\): must be"),
        ({"activation": "rellu"}, 'unknown activation "rellu". Did you mean "relu"'),
        ({"output": "soft"}, 'unknown output "soft"'),
        ({"loss": "cross_entropy"}, 'loss "cross_entropy" can\'t follow output "identity"'),
        ({"initialisation": "her"}, 'unknown initialisation "her". Did you mean "he"'),
    ],
)
def test_invalid_architecture_is_rejected(change, message):
    settings = {"layers": (2, 1), "activation": "relu", "output": "identity", "loss": "mse", "initialisation": "he"}
    with pytest.raises(ValueError, match=message):
        Architecture(**settings | change)
