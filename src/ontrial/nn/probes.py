"""Losses, accuracies, errors and probes: the measures of a stack of networks at each record of its training.

A metric is updated with one block of samples at a time, after the block's forward pass, and then computed: one number
per run. To add a probe, add an entry to PROBES.
"""

from collections.abc import Callable
from functools import partial
from typing import ClassVar, NamedTuple, Protocol

import numpy as np

from ontrial.nn.answers import Answers, answers
from ontrial.nn.ensembles import Ensembles
from ontrial.nn.network import Architecture, Buffers, Network
from ontrial.nn.objectives import Objective, objective
from ontrial.nn.samples import SETS, Pool

BATCH = 64  # samples per block: bounds memory, and keeps a run's sums independent of its stack
DEAD = 1e-6  # a unit is dead if |φ′(z)| is below this for every training sample
BINS = 10  # of confidence
GRADIENT_SAMPLES = 256  # training samples whose gradients are measured
SATURATED = 0.01  # a unit is saturated, for one sample, if |φ′(z)| is below this


class Stack(Protocol):
    """A stack of R networks, or of R ensembles, each with a row of parameters."""

    architecture: Architecture
    objective: Objective
    parameters: np.ndarray


class Probe(Protocol):
    """A metric.

    sets: Names of the sets of samples for which it is computed.
    """

    sets: ClassVar[tuple[str, ...]]

    def __init__(self, stack: Stack):
        """Start with empty totals for R runs."""

    def update(self, buffers: Buffers, block: Answers) -> None:
        """Add one block of samples.

        buffers: What `Network.forward_from` has left: all but the inputs, which are not those of the block. Those of an
            ensemble's networks do not fit the block.
        block: Answers to the samples.
        """

    def compute(self, set_name: str) -> dict[str, np.ndarray]:
        """Return the measures of the blocks so far, name → (R,).

        set_name: Name of the set of samples that the blocks belong to.
        """


class SampleMean(Probe):
    """Mean over the samples of a number of each."""

    sets: ClassVar[tuple[str, ...]] = SETS

    def __init__(self, name: str, stack: Stack, sums: Callable[[Answers], np.ndarray]):
        """Start with empty totals for R runs.

        name: Name of the measure.
        sums: Function that returns the sum over the samples of a block, (R,).
        """
        self.name, self.sums = name, sums
        self.total = np.zeros(len(stack.parameters))
        self.samples = 0

    def update(self, buffers: Buffers, block: Answers) -> None:
        """Add one block of samples."""
        self.total += self.sums(block)
        self.samples += block.samples

    def compute(self, set_name: str) -> dict[str, np.ndarray]:
        """Return the mean, (R,); NaN without samples."""
        return {self.name: self.total / self.samples}


class RootMeanSquareError(SampleMean):
    """Root mean squared error over the samples, in the unit of the unscaled targets."""

    def __init__(self, name: str, stack: Stack, target_scale: np.ndarray):
        """Start with empty totals for R runs.

        target_scale: Number by which each run's targets were divided, (R,).
        """
        super().__init__(name, stack, _squared_errors)
        self.target_scale = target_scale

    def compute(self, set_name: str) -> dict[str, np.ndarray]:
        """Return the error, (R,); NaN without samples."""
        return {self.name: self.target_scale * np.sqrt(self.total / self.samples)}


def _squared_errors(block: Answers) -> np.ndarray:
    return np.square(np.subtract(block.prediction, block.target, dtype=float)).sum(axis=(1, 2))


def _correct(block: Answers) -> np.ndarray:
    """Return how many predicted classes are right. A single output is if it is on the same side of ½ as the target."""
    return np.count_nonzero(block.correct, axis=1)


def _losses(objective: Objective, block: Answers) -> np.ndarray:
    return block.samples * block.mean_loss(objective).astype(float)


class Units(Probe):
    """Shares of dead units and of saturated activations: for each hidden layer, and their means over the layers."""

    sets = ("train",)

    def __init__(self, network: Network):
        """Start with empty totals for R runs."""
        runs = len(network.parameters)
        self.activation = network.activation
        widths = network.architecture.layers[1:-1]
        self.max_slope = [np.zeros((runs, width)) for width in widths]  # largest |φ′(z)| of each unit so far
        self.saturated = np.zeros((runs, len(widths)))
        self.activations = np.zeros(len(widths))  # of one run: samples × units

    def update(self, buffers: Buffers, block: Answers) -> None:
        """Add one block of samples."""
        for layer, (z, a) in enumerate(zip(buffers.z[:-1], buffers.a[:-1], strict=True)):
            slope = np.abs(self.activation.derivative(z, a))
            np.maximum(self.max_slope[layer], slope.max(axis=1), out=self.max_slope[layer])
            self.saturated[:, layer] += np.count_nonzero(slope < SATURATED, axis=(1, 2))
            self.activations[layer] += slope[0].size

    def compute(self, set_name: str) -> dict[str, np.ndarray]:
        """Return `dead_units`, `dead_units_1` …, `saturation`, `saturation_1` …, each (R,).

        The means are NaN for a network without hidden layers.
        """
        dead = np.reshape([(slope < DEAD).mean(axis=1) for slope in self.max_slope], self.saturated.T.shape)
        return _by_layer("dead_units", dead) | _by_layer("saturation", (self.saturated / self.activations).T)


class Gradients(Probe):
    """Gradient norm of each layer: root mean square over samples of the norm of one sample's dL/dz.

    The samples are the first GRADIENT_SAMPLES of the training set, rounded up to whole blocks.
    """

    sets = ("train",)

    def __init__(self, network: Network):
        """Start with empty totals for R runs."""
        self.network = network
        self.squares = np.zeros((len(network.layers), len(network.parameters)))
        self.samples = 0

    def update(self, buffers: Buffers, block: Answers) -> None:
        """Add one block of samples, unless there are enough already. This overwrites the buffers."""
        if self.samples >= GRADIENT_SAMPLES:
            return
        buffers.predict()
        for layer, delta in self.network.deltas(buffers, scale=block.samples):  # undoes the mean: one sample's gradient
            squares = np.square(delta, dtype=float).reshape(len(delta), -1)
            self.squares[layer] += squares.sum(axis=1)
        self.samples += block.samples

    def compute(self, set_name: str) -> dict[str, np.ndarray]:
        """Return `gradient_norm_1` …, each (R,): one per layer, from the first hidden layer to the output layer."""
        norms = np.sqrt(self.squares / self.samples)
        return {f"gradient_norm_{layer}": norm for layer, norm in enumerate(norms, start=1)}


class Probabilities(Probe):
    """Negative log-likelihood and calibration of the probabilities on a set; NaN if the output gives none.

    Calibration error: the mean gap between confidence (the probability of the predicted class) and accuracy over BINS
    equally wide bins of confidence, weighted by their numbers of samples. Guo et al. 2017, eq. 5.
    """

    sets = ("validation", "test")

    def __init__(self, stack: Stack):
        """Start with empty totals for R runs."""
        runs = len(stack.parameters)
        self.nll = np.zeros(runs)
        self.gap = np.zeros((runs, BINS))  # number of correct predictions minus the sum of their confidences
        self.samples = 0
        output = stack.architecture.output
        self.likelihood = objective(output, "cross_entropy") if stack.objective.output.predicts != "numbers" else None

    def update(self, buffers: Buffers, block: Answers) -> None:
        """Add one block of samples."""
        if self.likelihood is None:
            return
        self.nll += _losses(self.likelihood, block)
        confidence, runs = block.confidence, len(self.nll)
        bins = np.clip(BINS * np.nan_to_num(confidence), 0, BINS - 1).astype(int)
        bins += BINS * np.arange(runs)[:, None]  # each run has its own bins, so that one bincount serves all runs
        gaps = np.bincount(bins.ravel(), (block.correct - confidence.astype(float)).ravel(), minlength=runs * BINS)
        self.gap += gaps.reshape(runs, BINS)
        self.samples += block.samples

    def compute(self, set_name: str) -> dict[str, np.ndarray]:
        """Return `test_nll` and `test_calibration_error`, or those of the validation set, each (R,)."""
        gap = np.abs(self.gap).sum(axis=1)
        return {f"{set_name}_nll": self.nll / self.samples, f"{set_name}_calibration_error": gap / self.samples}


class Labels(Probe):
    """Accuracy on the training samples that have their own label, and on those that noise has given another one.

    Both are measured against the labels that are trained on: the second is the share of wrong labels that a network
    has learnt by heart (Arpit et al. 2017).
    """

    sets = ("train",)

    def __init__(self, stack: Stack, pool: Pool | None):
        """Start with empty totals for R runs.

        pool: Training samples. None if they are not measured.
        """
        self.pool = pool
        self.correct = np.zeros((2, len(stack.parameters)))  # with their own label, and with another one
        self.samples = np.zeros_like(self.correct)
        self.start = 0  # position of the next block

    def update(self, buffers: Buffers, block: Answers) -> None:
        """Add one block of samples, which follows the last one."""
        assert self.pool
        rows = self.pool.first_rows + np.arange(self.start, self.start + block.samples)
        self.start += block.samples
        wrong = np.zeros(rows.shape, bool) if self.pool.mislabelled is None else self.pool.mislabelled[rows]
        for i, chosen in enumerate((~wrong, wrong)):
            self.correct[i] += np.count_nonzero(block.correct & chosen, axis=1)
            self.samples[i] += np.count_nonzero(chosen, axis=1)

    def compute(self, set_name: str) -> dict[str, np.ndarray]:
        """Return `train_accuracy_clean` and `train_accuracy_noisy`, each (R,); NaN without such samples."""
        clean, noisy = self.correct / self.samples
        return {f"{set_name}_accuracy_clean": clean, f"{set_name}_accuracy_noisy": noisy}


class Groups(SampleMean):
    """Mean distance, over groups, between the predicted and the true rate."""

    sets = ("groups",)

    def __init__(self, stack: Stack):
        """Start with empty totals for R runs."""
        super().__init__("group_error", stack, _distances)


def _distances(block: Answers) -> np.ndarray:
    return np.abs(block.prediction[:, :, -1] - block.target[:, :, -1]).astype(float).sum(axis=1)


# Probes that look into a network, of which an ensemble has several
OF_ONE_NETWORK = ("units", "gradients")
# Probes that a recipe can name, in the order of their updates. Gradients must be last: they overwrite the buffers.
PROBES: dict[str, type[Probe]] = {
    "probabilities": Probabilities,
    "groups": Groups,
    "labels": Labels,
    "units": Units,
    "gradients": Gradients,
}


class Record(NamedTuple):
    """What is measured of a stack at one time.

    measures: Measures by name, each (R,).
    correct: Whether the predicted class of each test sample is that of the target, (R, n). Undefined for regression
        targets.
    """

    measures: dict[str, np.ndarray]
    correct: np.ndarray


def evaluate(network: Network, pools: dict[str, Pool], probes: tuple[str, ...], members: int = 1) -> Record:
    """Measure a stack with its current parameters.

    network: Stack of R · members networks.
    pools: Sets of samples of these networks by name. Measures of any other set are NaN.
    probes: Names in PROBES of further measures, besides losses and accuracies (for regression targets, errors).
    members: Number of networks in each ensemble. What is measured is the answer of the ensembles, so that probes which
        look into a network do not fit them.
    """
    ensembles = Ensembles(network, members) if members > 1 else None
    stack: Stack = ensembles or network
    runs, output = len(stack.parameters), network.architecture.output
    correct_in_test = [np.empty((runs, 0), bool)]
    own_pools = {name: pool.select_runs(slice(None, None, members)) for name, pool in pools.items()}
    scale = next(iter(own_pools.values())).target_scale
    losses = partial(_losses, stack.objective)
    active: list[tuple[str, Probe]] = [(set_name, SampleMean(f"{set_name}_loss", stack, losses)) for set_name in SETS]
    for set_name in SETS:
        if scale is None:
            active.append((set_name, SampleMean(f"{set_name}_accuracy", stack, _correct)))
        else:
            active.append((set_name, RootMeanSquareError(f"{set_name}_rmse", stack, scale)))
    for name, probe in PROBES.items():
        if name in probes:
            seen = network if name in OF_ONE_NETWORK else stack
            active += [
                (set_name, Labels(seen, own_pools.get(set_name)) if probe is Labels else probe(seen))
                for set_name in probe.sets
            ]
    for set_name, pool in pools.items():
        metrics = [metric for its_set, metric in active if its_set == set_name]
        if not metrics:
            continue
        for samples in pool.blocks(BATCH):
            buffers = network.buffers(samples.stop - samples.start)
            network.forward_from(buffers, pool.inputs(samples))
            pool.load_targets(buffers, samples)
            right = pool.classes_in(samples)[::members]
            if ensembles:
                block = ensembles.answers(buffers, right)
            else:
                block = answers(output, buffers.z[-1], buffers.target, right, buffers.predict)
            if set_name == "test":
                correct_in_test.append(block.correct)
            for metric in metrics:
                metric.update(buffers, block)
    measures: dict[str, np.ndarray] = {}
    with np.errstate(invalid="ignore"):  # 0 / 0 without samples
        for set_name, metric in active:
            values = metric.compute(set_name)
            measures |= values if set_name in pools else dict.fromkeys(values, np.full(runs, np.nan))
    return Record(measures, np.concatenate(correct_in_test, axis=1))


def _by_layer(name: str, shares: np.ndarray) -> dict[str, np.ndarray]:
    """Return the mean over layers of shares (layers, R) as `name`, and each layer's as `name_1` …"""
    mean = sum(shares) / len(shares) if len(shares) else np.full(shares.shape[1], np.nan)
    return {name: mean} | {f"{name}_{layer}": share for layer, share in enumerate(shares, start=1)}
