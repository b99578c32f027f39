"""What is measured of a stack at a recorded point: losses and accuracies, and the probes that a schedule asks for.

An observer sees the data in blocks of samples, after each block's forward pass, and then gives its measures, one number
a run. One entry of PROBES is all that a new probe needs.
"""

import numpy as np

from ontrial.nn.network import Buffers, Network
from ontrial.nn.objectives import objective
from ontrial.nn.samples import SETS, Pool

BATCH = 64  # samples at a time: memory stays bounded, whatever the data, and a run's sums don't depend on the stack
DEAD = 1e-6  # a unit is dead if |φ′(z)| is below this for every training sample
BINS = 10  # of confidence
SATURATED = 0.01  # a unit is saturated, for one sample, if |φ′(z)| is below this


class Scores:
    """Loss and accuracy: the share of samples whose largest output is the target's (a single output: its side of ½)."""

    def __init__(self, network: Network):
        """Nothing seen yet."""
        self.loss = np.zeros(len(network.parameters))
        self.right = np.zeros(len(network.parameters))
        self.samples = 0

    def see(self, network: Network, buffers: Buffers) -> None:
        """Add a block."""
        prediction, target = buffers.prediction, buffers.target
        batch = target.shape[1]
        self.loss += batch * network.objective.value(buffers.z[-1], prediction, target).astype(float)
        self.right += np.count_nonzero(_classes(prediction) == _classes(target), axis=1)
        self.samples += batch

    def mean_loss(self) -> np.ndarray:
        """(R,); NaN without samples."""
        return self.loss / self.samples

    def accuracy(self) -> np.ndarray:
        """(R,); NaN without samples."""
        return self.right / self.samples


class Units:
    """Dead units and saturation, each hidden layer's share and the mean over the hidden layers."""

    parts = ("train",)

    def __init__(self, network: Network):
        """Nothing seen yet."""
        shape = len(network.parameters), len(network.layers) - 1
        widths = network.architecture.layers[1:-1]
        self.steepest = [np.zeros((shape[0], width)) for width in widths]
        self.saturated = np.zeros(shape)
        self.seen = np.zeros(shape[1])

    def see(self, network: Network, buffers: Buffers) -> None:
        """Add a block."""
        for layer, (z, a) in enumerate(zip(buffers.z[:-1], buffers.a[:-1], strict=True)):
            slope = np.abs(network.activation.derivative(z, a))
            np.maximum(self.steepest[layer], slope.max(axis=1), out=self.steepest[layer])
            self.saturated[:, layer] += np.count_nonzero(slope < SATURATED, axis=(1, 2))
            self.seen[layer] += slope[0].size

    def measures(self, part: str) -> dict[str, np.ndarray]:
        """`dead_units`, `dead_units_1` …, `saturation`, `saturation_1` …, each (R,); NaN without hidden layers."""
        dead = np.reshape([(slope < DEAD).mean(axis=1) for slope in self.steepest], self.saturated.T.shape)
        return _by_layer("dead_units", dead) | _by_layer("saturation", (self.saturated / self.seen).T)


class Gradients:
    """Gradient norm of each layer: root mean square over samples of the norm of one sample's dL/dz."""

    parts = ("train",)

    def __init__(self, network: Network):
        """Nothing seen yet."""
        self.squares = np.zeros((len(network.layers), len(network.parameters)))
        self.samples = 0

    def see(self, network: Network, buffers: Buffers) -> None:
        """Add a block. Its buffers are used up."""
        batch = buffers.target.shape[1]
        for layer, delta in network.deltas(buffers, scale=batch):  # the mean's gradient is a sample's, over the batch
            squares = np.square(delta, dtype=float).reshape(len(delta), -1)
            self.squares[layer] += squares.sum(axis=1)
        self.samples += batch

    def measures(self, part: str) -> dict[str, np.ndarray]:
        """`gradient_norm_1` (first hidden layer, or the output layer of a network without) …, each (R,)."""
        norms = np.sqrt(self.squares / self.samples)
        return {f"gradient_norm_{layer}": norm for layer, norm in enumerate(norms, start=1)}


class Probabilities:
    """Negative log-likelihood and calibration of the probabilities on a set; NaN for an output that gives none.

    Calibration error: the mean gap between confidence (the probability of the answer) and the share of right answers,
    over BINS equally wide bins of confidence. Guo et al. 2017, eq. 5.
    """

    parts = ("validation", "test")

    def __init__(self, network: Network):
        """Nothing seen yet."""
        runs = len(network.parameters)
        self.nll = np.zeros(runs)
        self.gap = np.zeros((runs, BINS))  # right answers less the sum of their confidence
        self.samples = 0
        output = network.architecture.output
        self.likelihood = objective(output, "cross_entropy") if network.objective.output.predicts != "numbers" else None

    def see(self, network: Network, buffers: Buffers) -> None:
        """Add a block."""
        if self.likelihood is None:
            return
        p, target = buffers.prediction, buffers.target
        runs, batch, columns = p.shape
        self.nll += batch * self.likelihood.value(buffers.z[-1], p, target).astype(float)
        confidence = np.maximum(p, 1 - p)[:, :, 0] if columns == 1 else p.max(axis=2)
        right = _classes(p) == _classes(target)
        bins = np.clip(BINS * np.nan_to_num(confidence), 0, BINS - 1).astype(int) + BINS * np.arange(runs)[:, None]
        gaps = np.bincount(bins.ravel(), (right - confidence.astype(float)).ravel(), minlength=runs * BINS)
        self.gap += gaps.reshape(runs, BINS)
        self.samples += batch

    def measures(self, part: str) -> dict[str, np.ndarray]:
        """`test_nll`, `test_calibration_error` and the same of the validation set, each (R,)."""
        found = {"nll": self.nll, "calibration_error": np.abs(self.gap).sum(axis=1)}
        return {
            f"{part}_{name}": total / self.samples if self.samples else total * np.nan for name, total in found.items()
        }


class Groups:
    """How far, on average over groups, the predicted rate is from the true one."""

    parts = ("groups",)

    def __init__(self, network: Network):
        """Nothing seen yet."""
        self.error = np.zeros(len(network.parameters))
        self.groups = 0

    def see(self, network: Network, buffers: Buffers) -> None:
        """Add a block of groups."""
        self.error += np.abs(buffers.prediction[:, :, -1] - buffers.target[:, :, -1]).astype(float).sum(axis=1)
        self.groups += buffers.target.shape[1]

    def measures(self, part: str) -> dict[str, np.ndarray]:
        """`group_error`, (R,)."""
        return {"group_error": self.error / self.groups}


# In this order: gradients come last, as they use up the buffers. `parts` are the sets that a probe looks at.
PROBES = {"probabilities": Probabilities, "groups": Groups, "units": Units, "gradients": Gradients}


def evaluate(network: Network, pools: dict[str, Pool], probes: tuple[str, ...]) -> dict[str, np.ndarray]:
    """All measures of a stack as it stands, name → (R,)."""
    scores = {name: Scores(network) for name in SETS}
    asked = [(part, probe(network)) for name, probe in PROBES.items() if name in probes for part in probe.parts]
    for name, pool in pools.items():
        observers = [scores[name]] if name in scores else []
        observers += [probe for part, probe in asked if part == name]
        for rows in pool.blocks(BATCH) if observers else ():
            buffers = network.buffers(rows.shape[1])
            pool.load(buffers, rows)
            network.forward(buffers)
            for observer in observers:
                observer.see(network, buffers)
    measures = {f"{name}_loss": score.mean_loss() for name, score in scores.items()}
    measures |= {f"{name}_accuracy": score.accuracy() for name, score in scores.items()}
    for part, probe in asked:
        measures |= probe.measures(part)
    return measures


def _classes(outputs: np.ndarray) -> np.ndarray:
    """(R, B): the class that each row of outputs (R, B, K) stands for."""
    return outputs[:, :, 0] > 0.5 if outputs.shape[2] == 1 else outputs.argmax(axis=2)


def _by_layer(name: str, shares: np.ndarray) -> dict[str, np.ndarray]:
    mean = sum(shares) / len(shares) if len(shares) else np.full(shares.shape[1], np.nan)
    return {name: mean} | {f"{name}_{layer}": share for layer, share in enumerate(shares, start=1)}
