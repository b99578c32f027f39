"""What is measured of a stack at a recorded point: losses and accuracies, and the probes that a schedule asks for.

An observer sees the data in blocks of samples, after each block's forward pass, and then gives its measures, one number
a run. One entry of PROBES is all that a new probe needs.
"""

import numpy as np

from ontrial.nn.network import Buffers, Network
from ontrial.nn.samples import Pool

BATCH = 64  # samples at a time: memory stays bounded, whatever the data, and a run's sums don't depend on the stack
DEAD = 1e-6  # a unit is dead if |φ′(z)| is below this for every training sample
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

    def __init__(self, network: Network):
        """Nothing seen yet."""
        shape = len(network.parameters), len(network.layers) - 1
        widths = network.architecture.layers[1:-1]
        self.steepest = [np.zeros((shape[0], width)) for width in widths]
        self.saturated = np.zeros(shape)
        self.seen = np.zeros(shape[1])

    def see(self, network: Network, buffers: Buffers) -> None:
        """Add a block."""
        for layer, (z, a) in enumerate(zip(buffers.z[:-1], buffers.a[1:-1], strict=True)):
            slope = np.abs(network.activation.derivative(z, a))
            np.maximum(self.steepest[layer], slope.max(axis=1), out=self.steepest[layer])
            self.saturated[:, layer] += np.count_nonzero(slope < SATURATED, axis=(1, 2))
            self.seen[layer] += slope[0].size

    def measures(self) -> dict[str, np.ndarray]:
        """`dead_units`, `dead_units_1` …, `saturation`, `saturation_1` …, each (R,); NaN without hidden layers."""
        dead = np.reshape([(slope < DEAD).mean(axis=1) for slope in self.steepest], self.saturated.T.shape)
        return _by_layer("dead_units", dead) | _by_layer("saturation", (self.saturated / self.seen).T)


class Gradients:
    """Gradient norm of each layer: root mean square over samples of the norm of one sample's dL/dz."""

    def __init__(self, network: Network):
        """Nothing seen yet."""
        self.squares = np.zeros((len(network.layers), len(network.parameters)))
        self.samples = 0

    def see(self, network: Network, buffers: Buffers) -> None:
        """Add a block. Its buffers are used up."""
        batch = buffers.target.shape[1]
        for layer, signal in network.signals(buffers, scale=batch):  # the mean's gradient is a sample's, over the batch
            squares = np.square(signal, dtype=float).reshape(len(signal), -1)
            self.squares[layer] += squares.sum(axis=1)
        self.samples += batch

    def measures(self) -> dict[str, np.ndarray]:
        """`gradient_norm_1` (first hidden layer, or the output layer of a network without) …, each (R,)."""
        norms = np.sqrt(self.squares / self.samples)
        return {f"gradient_norm_{layer}": norm for layer, norm in enumerate(norms, start=1)}


# In this order: gradients come last, as they use up the buffers.
PROBES = {"units": Units, "gradients": Gradients}


def evaluate(network: Network, pools: dict[str, Pool], probes: tuple[str, ...]) -> dict[str, np.ndarray]:
    """All measures of a stack as it stands, name → (R,). The probes look at the training samples."""
    scores = {name: Scores(network) for name in pools}
    asked = [probe(network) for name, probe in PROBES.items() if name in probes]
    for name, pool in pools.items():
        observers = [scores[name], *(asked if name == "train" else ())]
        for rows in pool.blocks(BATCH):
            buffers = network.buffers(rows.shape[1])
            pool.load(buffers, rows)
            network.forward(buffers)
            for observer in observers:
                observer.see(network, buffers)
    measures = {f"{name}_loss": score.mean_loss() for name, score in scores.items()}
    measures |= {f"{name}_accuracy": score.accuracy() for name, score in scores.items()}
    for probe in asked:
        measures |= probe.measures()
    return measures


def _classes(outputs: np.ndarray) -> np.ndarray:
    """(R, B): the class that each row of outputs (R, B, K) stands for."""
    return outputs[:, :, 0] > 0.5 if outputs.shape[2] == 1 else outputs.argmax(axis=2)


def _by_layer(name: str, shares: np.ndarray) -> dict[str, np.ndarray]:
    mean = sum(shares) / len(shares) if len(shares) else np.full(shares.shape[1], np.nan)
    return {name: mean} | {f"{name}_{layer}": share for layer, share in enumerate(shares, start=1)}
