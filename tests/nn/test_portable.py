"""Portable arrays: accurate exponentials, products in a fixed order, and networks whose bits are known in advance."""

import numpy as np
import pytest
from support.weights import hash_weights

from ontrial.nn import ACTIVATIONS, Architecture, Network, Recipe, make_data, train
from ontrial.nn.portable import FORMULAS, PortableArray, multiply


def samples(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points in the plane whose coordinates are exact, and the class of each."""
    i = np.arange(n)
    X = np.column_stack([i % 7 - 3, i % 5 - 2]) / 2
    return X, (X.prod(axis=1) > 0).astype(int)


DATA = make_data(samples(33), seeds=[1, 2])
NETWORK = Architecture((2, 6, 5, 2), "tanh", "softmax", "cross_entropy", "glorot")


@pytest.mark.parametrize("ufunc", FORMULAS)
def test_exponentials_are_rounded_correctly_but_for_the_last_bit(ufunc):
    x = np.concatenate([np.linspace(-120, 100, 200_001), np.geomspace(1e-38, 1, 20_001), [0, np.inf, np.nan]])
    x = np.concatenate([x, -x]).astype(np.float32)
    if ufunc is np.log1p:
        x = np.abs(x[np.abs(x) <= 1])
    with np.errstate(all="ignore"):
        expected = ufunc(x.astype(float)).astype(np.float32)
        received = np.asarray(ufunc(x.view(PortableArray)))
    np.testing.assert_array_max_ulp(received, expected, maxulp=1)
    assert (received == expected)[~np.isnan(x)].mean() > 0.9999


@pytest.mark.parametrize("transposed", [False, True])
def test_products_add_their_terms_in_order(transposed):
    random = np.random.default_rng(0)
    left = random.normal(size=(3, 4, 9)).astype(np.float32)
    right = random.normal(size=(3, 5, 9) if transposed else (3, 9, 5)).astype(np.float32)
    right = right.mT if transposed else right
    sums = np.zeros((3, 4, 5), np.float32)
    for (run, i, j), _ in np.ndenumerate(sums):
        for k in range(9):
            sums[run, i, j] += left[run, i, k] * right[run, k, j]
    assert multiply(left, right).tobytes() == sums.tobytes()
    assert np.matmul(left, right.view(PortableArray)).tobytes() == sums.tobytes()


def test_what_is_computed_from_portable_arrays_is_portable():
    network = Network(
        NETWORK, [(np.ones((1, n, m)), np.ones((1, m))) for n, m in NETWORK.shapes], np.float32, portable=True
    )
    buffers = network.buffers(4)
    arrays = [network.parameters, network.gradients, buffers.prediction, *buffers.x, *buffers.z, *buffers.delta]
    assert {type(array) for array in arrays} == {PortableArray}
    assert type(np.tanh(network.parameters[0]) + 1) is PortableArray
    assert {type(part) for layer in network.weights() for part in layer} == {np.ndarray}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_portable_training_is_accurate(activation, optimiser):
    architecture = Architecture((2, 6, 5, 2), activation, "softmax", "cross_entropy", "he")
    recipe = Recipe(4, epochs=2, optimiser=optimiser, probes=("units", "gradients"))
    usual, portable = (train(architecture, recipe, DATA, [0.05] * 2, [1, 2], portable=p) for p in (False, True))
    for measure, values in usual.measures.items():
        np.testing.assert_allclose(portable.measures[measure], values, rtol=1e-5, atol=1e-6, err_msg=measure)


def test_every_bit_is_known_in_advance_also_of_wide_layers():
    X, y = samples(33)
    data = make_data((X, y), seeds=[1])
    wide = Architecture((2, 2**14, 2), "relu", "softmax", "cross_entropy", "he")
    first, second = (train(wide, Recipe(2, updates=2), data, [0.1], [1], portable=p) for p in (False, True))
    np.testing.assert_allclose(first.weights[0][0], second.weights[0][0], rtol=1e-4, atol=1e-6)
    history = train(NETWORK, Recipe(4, updates=60, optimiser="adam"), DATA, [0.05] * 2, [1, 2], portable=True)
    assert hash_weights(history.weights) == [
        "f050ebff7f89cfd89e273726a59e1e513deb84bb9eecadbd23e9569cd2e198e7",
        "d85acd46c97cc3d39e390eb7aab39c8d98eb3c67fa67959ec10bdfade8810778",
    ]
    with pytest.raises(ValueError, match="portable with dtype float64: must be float32"):
        train(NETWORK, Recipe(4, epochs=1), DATA, [0.1] * 2, [1, 2], dtype=np.float64, portable=True)
