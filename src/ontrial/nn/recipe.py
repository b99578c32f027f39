"""Recipes: how long and with which optimiser to train, and what to record."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from ontrial.errors import unknown
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.nn.probes import OF_ONE_NETWORK, PROBES
from ontrial.nn.schedules import SCHEDULES

RECORDS = 10  # default number for a budget in updates


@dataclass(frozen=True)
class Recipe:
    """The training budget, the settings of the optimiser, and what to record.

    batch_size: Number of samples per update. The last batch of an epoch may be smaller.
    epochs, updates: Budget. Give exactly one; 0 only records the initial state.
    optimiser: Name in OPTIMISERS.
    momentum: Share μ of the velocity that an update keeps, for optimisers that use it.
    weight_decay: Decay λ of weights, but not of biases. It adds λW to their gradient; with Adam, it is decoupled and
        subtracts ηλW.
    schedule: Name in SCHEDULES: how the learning rate changes in training.
    warmup: Share of the updates, below 1, over which the learning rate first rises from 0.
    label_smoothing: Share ε of the targets that is spread over all classes in training, as in `Pool.smoothed`. All that
        is recorded is measured with the targets as they are.
    clip_norm: Largest norm of the gradient of all parameters, above which an update scales it down. None does not clip.
        Weight decay is added afterwards.
    dropout: Share of the hidden units that each update leaves out, as in dropout.py. Measures are of whole networks.
    members: Number of networks in the ensemble that each run trains.
    record: Number of evenly spaced records after the start. Default: every epoch, or 10 for a budget in updates.
    per_doubling: Number of records while the number of updates doubles, instead of `record`.
    first: First update after which to record, with `per_doubling`.
    record_train: Number of these records that also measure the training set, usually the largest one. Default: all.
    probes: Names in PROBES.

    Raises ValueError if a name is unknown or a value is out of range.
    """

    batch_size: int
    epochs: int | None = None
    updates: int | None = None
    optimiser: str = "sgd"
    momentum: float = 0.9
    weight_decay: float = 0.0
    schedule: str = "constant"
    warmup: float = 0.0
    label_smoothing: float = 0.0
    clip_norm: float | None = None
    dropout: float = 0.0
    members: int = 1
    record: int | None = None
    per_doubling: int | None = None
    first: int = 1
    record_train: int | None = None
    probes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "probes", tuple(self.probes))
        if (self.epochs is None) == (self.updates is None):
            raise ValueError(f"epochs {self.epochs}, updates {self.updates}: give exactly one of the two.")
        if self.record is not None and self.per_doubling is not None:
            raise ValueError(f"record {self.record}, per_doubling {self.per_doubling}: give at most one of the two.")
        counts = ("batch_size", "epochs", "updates", "record", "per_doubling", "first", "members", "record_train")
        for name in counts:
            value, minimum = getattr(self, name), int(name not in ("epochs", "updates"))
            if value is None and name not in ("batch_size", "members", "first"):
                continue
            if not isinstance(value, int | np.integer) or value < minimum:
                raise ValueError(f"{name} {value!r}: must be a whole number, {minimum} or more.")
        if self.optimiser not in OPTIMISERS:
            raise ValueError(unknown("optimiser", self.optimiser, OPTIMISERS))
        for name in ("momentum", "warmup", "label_smoothing", "dropout"):
            share: float = getattr(self, name)
            if not isinstance(share, Real) or not 0 <= share < 1:
                raise ValueError(f"{name} {share!r}: must be at least 0 and below 1.")
        if not isinstance(self.weight_decay, Real) or not 0 <= self.weight_decay < float("inf"):
            raise ValueError(f"weight_decay {self.weight_decay!r}: must be 0 or a positive number.")
        norm = self.clip_norm
        if norm is not None and (not isinstance(norm, Real) or not 0 < norm < float("inf")):
            raise ValueError(f"clip_norm {norm!r}: must be a finite number above 0, or None.")
        if self.schedule not in SCHEDULES:
            raise ValueError(unknown("schedule", self.schedule, SCHEDULES))
        for probe in self.probes:
            if probe not in PROBES:
                raise ValueError(unknown("probe", probe, PROBES))
            if probe in OF_ONE_NETWORK and self.members > 1:
                raise ValueError(f'probe "{probe}": looks into a network, and an ensemble has {self.members}.')

    @property
    def is_plain_sgd(self) -> bool:
        """Whether an update is just θ ← θ − η dL/dθ."""
        return self.optimiser == "sgd" and not self.weight_decay and self.clip_norm is None

    @property
    def has_constant_rate(self) -> bool:
        """Whether every update has the same learning rate."""
        return self.schedule == "constant" and not self.warmup

    def rate_factor(self, share: float) -> float:
        """Return the factor of the learning rate of the update before which a share of all updates is done.

        >>> recipe = Recipe(1, updates=8, schedule="linear", warmup=0.5)
        >>> [recipe.rate_factor(t / 8) for t in range(8)]
        [0.0, 0.25, 0.5, 0.75, 1.0, 0.75, 0.5, 0.25]
        """
        if share < self.warmup:
            return share / self.warmup
        return SCHEDULES[self.schedule]((share - self.warmup) / (1 - self.warmup))

    def updates_per_epoch(self, samples: int) -> int:
        """Return ⌈samples / batch_size⌉, which counts a smaller last batch."""
        return -(-samples // self.batch_size)

    def total_updates(self, samples: int) -> int:
        """Return the number of updates of the whole budget.

        samples: Size of the training set.
        """
        if self.epochs is None:
            assert self.updates is not None
            return self.updates
        return self.epochs * self.updates_per_epoch(samples)

    def recorded_updates(self, samples: int) -> list[int]:
        """Return the numbers of updates after which to record, ascending from 0 to the whole budget."""
        total = self.total_updates(samples)
        if self.per_doubling is not None:
            return geometrically_spaced(total, self.first, self.per_doubling)
        return evenly_spaced(total, self._steps)

    def record_count(self, samples: int) -> int:
        """Return the length of `recorded_updates(samples)`, without listing a million of them."""
        if self.per_doubling is not None:
            return len(self.recorded_updates(samples))
        return min(self.total_updates(samples), self._steps) + 1

    def train_records(self, samples: int) -> list[int]:
        """Return the positions in `recorded_updates(samples)` of the records that measure the training set."""
        last = self.record_count(samples) - 1
        return evenly_spaced(last, self.record_train or max(last, 1))

    @property
    def _steps(self) -> int:
        """The number of evenly spaced records after the start, if there are as many updates."""
        if self.record is not None:
            return self.record
        return RECORDS if self.epochs is None else max(self.epochs, 1)


def evenly_spaced(last: int, steps: int) -> list[int]:
    """Return the whole numbers from 0 to `last` in `steps` steps, or fewer if `last` is smaller; halves round up.

    >>> evenly_spaced(10, steps=4), evenly_spaced(2, steps=4)
    ([0, 3, 5, 8, 10], [0, 1, 2])
    """
    return sorted({(2 * last * i + steps) // (2 * steps) for i in range(steps + 1)})


def geometrically_spaced(last: int, first: int, per_doubling: int) -> list[int]:
    """Return 0, `last`, and between them `first` times the powers of 2^(1 / `per_doubling`), as whole numbers.

    >>> geometrically_spaced(100, first=8, per_doubling=2)
    [0, 8, 11, 16, 23, 32, 45, 64, 91, 100]
    """
    numbers = (round(first * 2 ** (i / per_doubling)) for i in range(per_doubling * last.bit_length()))
    return sorted({0, last, *(number for number in numbers if number < last)})
