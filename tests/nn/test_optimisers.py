from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ontrial.nn import OPTIMISERS, Architecture, Network
from ontrial.nn.optimisers import BETA_1, BETA_2, clip

every_optimiser = pytest.mark.parametrize("name", OPTIMISERS)


def steps(name, W, b, gradients, eta, dtype=np.float64, **settings):
    """Return (W, b) of a network with one weight and one bias after a step with each of the gradients (dW, db)."""
    network = Network(
        Architecture((1, 1), "relu", "identity", "mse", "he"), [(np.full((1, 1, 1), W), np.full((1, 1), b))], dtype
    )
    optimiser = OPTIMISERS[name]
    state = optimiser.init_state(network)
    parameters_after = []
    for gradient in gradients:
        network.gradients[...] = gradient
        optimiser.step(network, np.full((1, 1, 1), eta, dtype), state, **settings)
        parameters_after.append(tuple(network.parameters[0].tolist()))
    return parameters_after


# Two steps from W = 1, b = 2 with rate 0.1, gradients dW = 4 and 2, db = 0 and 1.
WORKED_EXAMPLES = {
    "sgd": [(0.6, 2), (0.4, 1.9)],
    # v = 0.4, then 0.5 · 0.4 + 0.2 = 0.4; for the bias 0, then 0.1
    "momentum": [(0.6, 2), (0.2, 1.9)],
    # The same v; steps 0.5 · 0.4 + 0.4 = 0.6, then 0.5 · 0.4 + 0.2 = 0.4; for the bias 0.5 · 0.1 + 0.1 = 0.15
    "nesterov": [(0.4, 2), (0.0, 1.85)],
    # m = 0.4, v = 0.016: m̂ = 4, v̂ = 16, step 0.1 · 4/4. Then m = 0.56, v = 0.019984: m̂ = 0.56/0.19 = 2.947368,
    # v̂ = 0.019984/0.001999 = 9.996999, its root 3.161803, step 0.1 · 0.932180.
    # The bias: m = 0.1, v = 0.001: m̂ = 0.526316, v̂ = 0.500250, its root 0.707284, step 0.1 · 0.744137.
    "adam": [(0.9, 2), (0.806782, 1.925586)],
}


@every_optimiser
def test_first_two_steps_worked_example(name):
    first, second = steps(name, 1, 2, [(4, 0), (2, 1)], 0.1, momentum=0.5)
    assert first == pytest.approx(WORKED_EXAMPLES[name][0], abs=1e-6)
    assert second == pytest.approx(WORKED_EXAMPLES[name][1], abs=1e-6)


@pytest.mark.parametrize(
    ("name", "W"),
    [
        ("sgd", 10 - 0.1 * (4 + 0.2 * 10)),
        ("momentum", 10 - 0.1 * (4 + 0.2 * 10)),
        ("nesterov", 10 - 0.1 * (4 + 0.2 * 10) * 1.5),
        ("adam", 10 - 0.1 * 0.2 * 10 - 0.1),  # decoupled: the gradient step has the same length as without decay
    ],
)
def test_weights_decay_and_biases_do_not(name, W):
    ((decayed, b),) = steps(name, 10, 10, [(4, 0)], 0.1, momentum=0.5, weight_decay=0.2)
    assert decayed == pytest.approx(W)
    assert b == 10


def test_zero_momentum_is_sgd():
    gradients = [(4, 0), (2, 1)]
    for name in ("momentum", "nesterov"):
        assert steps(name, 1, 2, gradients, 0.1, momentum=0) == steps("sgd", 1, 2, gradients, 0.1)


@every_optimiser
def test_uses_momentum_is_true_if_momentum_changes_the_steps(name):
    gradients = [(4, 0), (2, 1)]
    changed = steps(name, 1, 2, gradients, 0.1, momentum=0.5) != steps(name, 1, 2, gradients, 0.1, momentum=0.9)
    assert changed == OPTIMISERS[name].uses_momentum


def test_clipping_worked_example():
    gradients = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])  # norms 5, 0.5 and 0
    with np.errstate(divide="ignore"):
        clip(gradients, 1)
    assert gradients == pytest.approx(np.array([[0.6, 0.8], [0.3, 0.4], [0, 0]]))


@given(
    gradients=arrays(np.float32, (3, 5), elements=st.floats(-(2.0**100), 2.0**100, width=32)),
    largest=st.floats(1e-3, 1e3),
    run=st.integers(0, 2),
)
def test_clipping_bounds_the_norm_keeps_the_direction_and_does_not_depend_on_the_stack(gradients, largest, run):
    stack, alone = gradients.copy(), gradients[run : run + 1].copy()
    with np.errstate(divide="ignore", under="ignore"):
        clip(stack, largest)
        clip(alone, largest)
    assert stack[run].tobytes() == alone[0].tobytes()
    before, after = (np.linalg.norm(g[run].astype(float)) for g in (gradients, stack))
    assert after <= largest * (1 + 1e-6)
    if before <= largest:
        assert np.array_equal(stack[run], gradients[run])
    else:
        assert stack[run] / after == pytest.approx(gradients[run] / before, abs=1e-5)


def test_the_powers_of_adam_are_the_same_float32_in_every_library():
    error = Decimal("1e-13")  # relative, of powers and their roots: a thousand times that of a library
    with localcontext(prec=60):
        for base, exponent in ((BETA_1, 1), (BETA_2, -0.5)):
            power = Decimal(1)
            for _ in range(20_000):  # later, 1 − power rounds to 1
                power *= Decimal(base)
                exact = (1 - power) ** Decimal(exponent)
                distance = error * (exact + power * exact / (1 - power))  # the latter is the error of 1 − power
                assert np.float32(exact - distance) == np.float32(exact + distance)
            assert np.float32(1 - power) == 1
