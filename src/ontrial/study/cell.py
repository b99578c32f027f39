"""A cell: all settings of the runs of one job. `Settings` is the one list of what can set cells apart."""

import json
from collections.abc import Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

from ontrial import data
from ontrial.nn import ACTIVATIONS, Architecture, Data, Schedule
from ontrial.nn.optimisers import OPTIMISERS

OWN = "own"  # the initialisation that suits the activation
FULL = "full"  # the batch of all training samples
ALL = "all"  # the training samples of the whole training set


def setting(folder: str = "", **options: Any) -> Any:
    """Return a field of Settings; `folder` is what precedes its value in a path."""
    return field(metadata={"folder": folder}, **options)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings that an experiment varies, in the order of columns and folders.

    Each is an axis of experiments and claims, a column of the tables and a choice in the explorer. One with a default
    may be left out of a configuration, and is part of a path only where it has another value. Initialisation "own" and
    the momentum of an optimiser that has none are replaced by what they stand for.
    """

    dataset: str = setting()
    hidden: tuple[int, ...] = setting("hidden-")
    activation: str = setting()
    initialisation: str = setting()
    objective: str = setting()
    optimiser: str = setting(default="sgd")
    momentum: float = setting("momentum-", default=0.9)
    weight_decay: float = setting("decay-", default=0.0)
    training_samples: int | str = setting("samples-", default=ALL)
    batch_size: int | str = setting("batch-")

    def __post_init__(self):
        object.__setattr__(self, "initialisation", resolve_own(self.initialisation, self.activation))
        if not OPTIMISERS[self.optimiser].uses_momentum:
            object.__setattr__(self, "momentum", 0.0)


SETTINGS = tuple(each.name for each in fields(Settings))
DEFAULTS = {each.name: each.default for each in fields(Settings) if each.default is not MISSING}
NUMERIC_SETTINGS = tuple(each.name for each in fields(Settings) if each.type not in (str, tuple[int, ...]))  # numbers
# Columns of the tables that tell the cells of a study apart.
COLUMNS = (
    "experiment",
    *(column for name in SETTINGS for column in {"objective": ("output", "loss")}.get(name, (name,))),
)


@dataclass(frozen=True)
class Training:
    """When training ends and what is recorded, the same for all cells of an experiment. Epochs or updates is None."""

    epochs: int | None = None
    updates: int | None = None
    record: int | None = None
    probes: tuple[str, ...] = ()

    @property
    def budget(self) -> str:
        """What limits training: "epochs" or "updates"."""
        return "updates" if self.epochs is None else "epochs"


@dataclass(frozen=True, kw_only=True)
class Cell(Settings):
    """All settings of the runs of one job."""

    experiment: str
    learning_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    training: Training

    @property
    def layers(self) -> str:
        """Hidden layers as tables and paths write them: "32-32", or "none"."""
        return "-".join(map(str, self.hidden)) or "none"

    @property
    def output(self) -> str:
        """Output of the objective."""
        return self.objective.split("+")[0]

    @property
    def loss(self) -> str:
        """Loss of the objective."""
        return self.objective.split("+")[1]

    @property
    def full_batch(self) -> bool:
        """Whether one batch holds all training samples."""
        return self.batch_samples == self.train_samples

    @property
    def train_samples(self) -> int:
        """How many samples train the network."""
        return data.sizes(self.dataset).train if self.training_samples == ALL else self.training_samples

    @property
    def batch_samples(self) -> int:
        """How many samples one batch holds."""
        return self.train_samples if self.batch_size == FULL else self.batch_size

    @property
    def path(self) -> str:
        """Path of the cell's files within a folder of a study, without an ending."""
        folders = [self.experiment]
        for each in fields(Settings):
            value = getattr(self, each.name)
            unused = each.name == "momentum" and not OPTIMISERS[self.optimiser].uses_momentum
            if value != each.default and not unused:
                text = self.layers if each.name == "hidden" else str(value).replace("+", "/")
                folders.append(each.metadata["folder"] + text)
        return "/".join(folders)

    @property
    def settings(self) -> dict[str, Any]:
        """Values of COLUMNS. Full batch and all training samples are numbers here."""
        written = {name: getattr(self, name) for name in COLUMNS}
        numbers = {"training_samples": self.train_samples, "batch_size": self.batch_samples}
        return written | {"hidden": self.layers} | numbers

    @property
    def columns(self) -> dict[str, Any]:
        """What every row of the cell's runs says of it."""
        return self.settings | {"full_batch": self.full_batch}

    def values(self, name: str) -> tuple:
        """Values that the cell has of a setting of claims: one, or all of its learning rates."""
        match name:
            case "learning_rate":
                return self.learning_rates
            case "hidden":
                return (self.layers,)
            case "depth":
                return (len(self.hidden),)
            case "budget":
                return (self.training.budget,)
        return (getattr(self, name),)

    def has(self, name: str, value: Any) -> bool:
        """Whether the cell has a value of a setting of claims, which may be a word ("own", "full") or its meaning."""
        match name:
            case "initialisation":
                return self.initialisation == resolve_own(value, self.activation)
            case "training_samples":
                return value in (self.training_samples, self.train_samples)
            case "batch_size":
                return value in (self.batch_size, self.batch_samples)
        return value in self.values(name)

    def arrays(self, seeds: Sequence[int]) -> Data:
        """Return the data of the cell as its networks see them, for some seeds."""
        return data.arrays(self.dataset, seeds, self.output, training_samples=self.train_samples)

    @property
    def architecture(self) -> Architecture:
        """What its networks are."""
        ends = data.sizes(self.dataset).features, data.outputs(self.dataset, self.output)
        layers = (ends[0], *self.hidden, ends[1])
        return Architecture(layers, self.activation, self.output, self.loss, self.initialisation)

    @property
    def schedule(self) -> Schedule:
        """How they are trained and what is recorded."""
        known = self.settings | vars(self.training)
        return Schedule(**{each.name: known[each.name] for each in fields(Schedule)})

    def to_json(self) -> str:
        """The cell as one line, the same for the same settings."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Cell":
        """The cell that `to_json` wrote."""
        values = json.loads(text)
        training = Training(**_with_tuples(values.pop("training")))
        return cls(**_with_tuples(values), training=training)


def resolve_own(initialisation: str, activation: str) -> str:
    """The name of an initialisation, "own" being the default of the activation."""
    return ACTIVATIONS[activation].initialisation if initialisation == OWN else initialisation


def convert(name: str, value: Any) -> Any:
    """Return a setting's value, as YAML or JSON has it, in the type of its field: a whole number may be 32.0 there."""
    kind = Settings.__dataclass_fields__[name].type
    if isinstance(value, list):
        return tuple(map(int, value))
    return value if isinstance(value, str) else float(value) if kind is float else int(value)


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
