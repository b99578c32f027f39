"""A cell: all settings of the runs of one job, and what the engine makes of them."""

import json
from dataclasses import dataclass

from ontrial import data
from ontrial.nn import Architecture, Schedule

FULL = "full"  # the batch of all training samples


@dataclass(frozen=True)
class Cell:
    """All settings of the runs of one job. batch_size is a number or "full"; epochs or updates is None."""

    experiment: str
    dataset: str
    hidden: tuple[int, ...]
    activation: str
    initialisation: str
    output: str
    loss: str
    batch_size: int | str
    learning_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    epochs: int | None
    updates: int | None
    momentum: float
    l2: float
    record: int | None
    probes: tuple[str, ...]

    @property
    def layers(self) -> str:
        """Hidden layers as tables and paths write them: "32-32", or "none"."""
        return "-".join(map(str, self.hidden)) or "none"

    @property
    def samples(self) -> int:
        """Samples a batch: full batch is the size of the training set."""
        return data.sizes(self.dataset).train if self.batch_size == FULL else self.batch_size

    @property
    def path(self) -> str:
        """Path of the cell's files within a folder of a study, without an ending."""
        settings = (self.activation, self.initialisation, self.output, self.loss)
        return "/".join((self.experiment, self.dataset, f"hidden-{self.layers}", *settings, f"batch-{self.batch_size}"))

    @property
    def settings(self) -> dict[str, str | int]:
        """The settings as columns of a table, in their order."""
        return {
            "experiment": self.experiment,
            "dataset": self.dataset,
            "hidden": self.layers,
            "activation": self.activation,
            "initialisation": self.initialisation,
            "output": self.output,
            "loss": self.loss,
            "batch_size": self.samples,
        }

    @property
    def architecture(self) -> Architecture:
        """What its networks are."""
        ends = data.sizes(self.dataset).features, data.outputs(self.dataset, self.output)
        layers = (ends[0], *self.hidden, ends[1])
        return Architecture(layers, self.activation, self.output, self.loss, self.initialisation)

    @property
    def schedule(self) -> Schedule:
        """How they are trained and what is recorded."""
        return Schedule(
            self.samples,
            epochs=self.epochs,
            updates=self.updates,
            optimiser="momentum" if self.momentum else "sgd",
            momentum=self.momentum,
            weight_decay=self.l2,
            record=self.record,
            probes=self.probes,
        )

    def to_json(self) -> str:
        """The cell as one line, the same for the same settings."""
        return json.dumps(vars(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Cell":
        """The cell that `to_json` wrote."""
        values = json.loads(text)
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
