"""What the chapter on the learning rate works out by hand, computed again by the engine."""

import re

import numpy as np
import pytest
from support.project import ROOT

from ontrial.nn import OPTIMISERS, Architecture, Network
from ontrial.nn.optimisers import BETA_1, BETA_2
from ontrial_book.chapters.figures_descent import ENTRANCE, RAVINE, ravine_path

PAGE = (ROOT / "docs/en/learning-rate.md").read_text(encoding="utf-8").replace("−", "-")


def engine(name: str, start: np.ndarray, gradient, eta: float, steps: int, momentum: float = 0.0):
    """Yield the parameters of a network and the arrays of its optimiser after each step.

    gradient: Function of the parameters and of the number of the step, from 1.
    """
    W, b = np.array(start[:-1], float), np.array(start[-1:], float)
    architecture = Architecture((len(W), 1), "relu", "identity", "mse", "he")
    network = Network(architecture, [(W.reshape(1, -1, 1), b.reshape(1, 1))], np.float64)
    optimiser = OPTIMISERS[name]
    state = optimiser.init_state(network)
    for step in range(1, steps + 1):
        network.gradients[...] = gradient(network.parameters[0], step)
        optimiser.step(network, np.full((1, 1, 1), eta), state, momentum)
        yield network.parameters[0].copy(), [array[0].copy() for array in state.arrays]


def test_steps_in_the_bowl():
    paths = re.findall(r"- \$\\eta = ([\d.]+)\$: .*?\$(6 [^$]+)\$", PAGE)
    assert [float(rate) for rate, _ in paths] == [0.1, 0.5, 0.9, 1.1]
    for rate, path in paths:
        _, *weights = map(float, path.split(r" \to "))
        steps = engine("sgd", np.array([6.0, 0.0]), lambda w, _: 2 * w, float(rate), len(weights))
        assert weights == pytest.approx([w[0] for w, _ in steps])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_steps_on_the_worksheet_of_a_class(language):
    text = (ROOT / f"docs/{language}/worksheet-steps.md").read_text(encoding="utf-8")
    paths = re.findall(r"- \$\\eta = ([\d.]+)\$: .*?= (-?[\d.]+)\$.*?\$(6 [^$]+)\$", text)
    assert [float(rate) for rate, _, _ in paths] == [0.1, 0.45, 0.6]
    for rate, factor, path in paths:
        weights = [float(weight) for weight in path.split(r" \to ")]
        assert weights[1:] == pytest.approx([float(factor) * weight for weight in weights[:-1]])
        steps = engine("sgd", np.array([6.0, 0.0]), lambda w, _: 4 * w, float(rate), 3)
        assert weights[1:] == pytest.approx([w[0] for w, _ in steps])
    powers = re.findall(r"\$0\.75\^(\d) = ([\d.]+)\$", text)
    assert [float(number) for _, number in powers] == [0.75 ** int(power) for power, _ in powers]
    assert float(powers[-2][1]) > 0.5 > float(powers[-1][1])


def test_steps_in_the_ravine_are_those_of_the_figure():
    across, along = (float(number) for number in re.findall(r"\^\{20\} = ([\d.]+)\$", PAGE))
    path = ravine_path(0.09, 0.0)
    assert abs(path["w2"].iloc[-1]) == pytest.approx(across, abs=0.005)
    assert path["w1"].iloc[-1] == pytest.approx(along, abs=0.005)
    path = ravine_path(0.09, 0.5)
    steps = list(engine("momentum", ENTRANCE, lambda w, _: RAVINE * w, 0.09, len(path) - 1, momentum=0.5))
    assert path[["w1", "w2"]].to_numpy()[1:] == pytest.approx(np.array([w for w, _ in steps]))


def test_updates_of_adam():
    rows = [row.split(" | ") for row in re.findall(r"^    \| (\d \| .+) \|$", PAGE, re.MULTILINE)]
    gradients = [float(row[1]) for row in rows]
    before = 1.0
    steps = engine("adam", np.array([before, 0.0]), lambda _, t: [gradients[t - 1], 0], 0.1, len(rows))
    for t, ((w, _), ((m, _), (v, _))) in enumerate(steps, start=1):
        numbers = [t, gradients[t - 1], m, v, m / (1 - BETA_1**t), v / (1 - BETA_2**t), before - w, w]
        written = rows[t - 1]
        assert written == [
            f"{each:.{len(cell.partition('.')[2])}f}" for each, cell in zip(numbers, written, strict=True)
        ]
        before = w
    assert t == 3
