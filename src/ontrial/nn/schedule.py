"""How long and how to train, and what to record."""

from dataclasses import dataclass

import numpy as np

from ontrial.errors import unknown
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.nn.probes import PROBES

RECORDS = 10  # of a budget in updates, unless `record` says otherwise


@dataclass(frozen=True)
class Schedule:
    """A budget, `epochs` or `updates` (one of them; 0 records the start alone), and the settings of the descent.

    batch_size: samples per update; an epoch's last batch may be smaller. optimiser: a name of OPTIMISERS. momentum: the
    share of the last step that is kept, by optimisers that use it. weight_decay: λ, for weights only: the gradient λW,
    or with Adam the decoupled decay ηλW. record: how many times to record after the start, evenly spaced; by default
    every epoch, or 10 times for a budget in updates. probes: names of PROBES. ValueError if one is unknown or out of
    range.
    """

    batch_size: int
    epochs: int | None = None
    updates: int | None = None
    optimiser: str = "sgd"
    momentum: float = 0.9
    weight_decay: float = 0.0
    record: int | None = None
    probes: tuple[str, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "probes", tuple(self.probes))
        if (self.epochs is None) == (self.updates is None):
            raise ValueError(f"epochs {self.epochs}, updates {self.updates}: give exactly one of the two.")
        for name, least in (("batch_size", 1), ("epochs", 0), ("updates", 0), ("record", 1)):
            value = getattr(self, name)
            optional = name != "batch_size"
            if not (optional and value is None) and not (isinstance(value, int | np.integer) and value >= least):
                raise ValueError(f"{name} {value!r}: must be a whole number, {least} or more.")
        if self.optimiser not in OPTIMISERS:
            raise ValueError(unknown("optimiser", self.optimiser, OPTIMISERS))
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum {self.momentum!r}: must be at least 0 and below 1.")
        if not 0 <= self.weight_decay < float("inf"):
            raise ValueError(f"weight_decay {self.weight_decay!r}: must be 0 or a positive number.")
        for probe in self.probes:
            if probe not in PROBES:
                raise ValueError(unknown("probe", probe, PROBES))

    @property
    def is_plain(self) -> bool:
        """Whether an update is θ ← θ − η dL/dθ and nothing else."""
        return self.optimiser == "sgd" and not self.weight_decay

    def updates_per_epoch(self, samples: int) -> int:
        """⌈samples / batch size⌉: the last, partial batch counts."""
        return -(-samples // self.batch_size)

    def points(self, samples: int) -> list[int]:
        """The updates after which to record, from 0 to the end of the budget, for a training set of this size."""
        if self.updates is None:
            end, times = self.epochs * self.updates_per_epoch(samples), self.record or self.epochs
        else:
            end, times = self.updates, self.record or RECORDS
        return sorted({(2 * end * i + times) // (2 * times) for i in range(times + 1)}) if end else [0]
