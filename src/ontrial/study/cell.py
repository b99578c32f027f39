"""Cells, the units of work of a study. `Settings` is the only list of the settings in which cells may differ."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any

from ontrial import data
from ontrial.nn import ACTIVATIONS, Architecture, Data, Samples, Schedule
from ontrial.nn.optimisers import OPTIMISERS

OWN = "own"  # as an initialisation: the one that suits the activation
FULL = "full"  # as a batch size: all training samples
STANDARD = "standard"  # as training samples: the standard number of the data set
ALL = "all"  # as training samples: all that are available
RECORD_TRAIN = 5  # no claim rests on a curve of the training set, and measuring it costs more than the other sets do


def _setting(folder: str = "", **options: Any) -> Any:
    """Return a field of Settings. `folder` is the prefix of its value in a path."""
    return field(metadata={"folder": folder}, **options)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings that an experiment varies, in the order of columns and folders.

    Each is an axis of experiments and claims, a column of the tables and a choice in the explorer. A setting with a
    default is optional in a configuration, and part of a path only if its value differs from the default. The
    initialisation "own" is replaced by the one that suits the activation. The momentum is 0 if the optimiser has none.
    """

    dataset: str = _setting()
    hidden: tuple[int, ...] = _setting("hidden-")
    activation: str = _setting()
    initialisation: str = _setting()
    objective: str = _setting()
    optimiser: str = _setting(default="sgd")
    momentum: float = _setting("momentum-", default=0.9)
    weight_decay: float = _setting("decay-", default=0.0)
    training_samples: int | str = _setting("samples-", default=STANDARD)
    batch_size: int | str = _setting("batch-")

    def __post_init__(self) -> None:
        object.__setattr__(self, "initialisation", resolve_own(self.initialisation, self.activation))
        if not OPTIMISERS[self.optimiser].uses_momentum:
            object.__setattr__(self, "momentum", 0.0)


SETTINGS = tuple(setting.name for setting in fields(Settings))
DEFAULTS = {setting.name: setting.default for setting in fields(Settings) if setting.default is not MISSING}
NUMERIC_SETTINGS = tuple(setting.name for setting in fields(Settings) if setting.type not in (str, tuple[int, ...]))
# The columns that identify a cell in the tables of a study. The objective has two.
_OBJECTIVE = SETTINGS.index("objective")
COLUMNS = ("experiment", *SETTINGS[:_OBJECTIVE], "output", "loss", *SETTINGS[_OBJECTIVE + 1 :])


@dataclass(frozen=True)
class Training:
    """When training ends and what is recorded. All cells of an experiment share it. Epochs or updates is None."""

    epochs: int | None = None
    updates: int | None = None
    record: int | None = None
    per_doubling: int | None = None
    first: int = 1
    probes: tuple[str, ...] = ()

    @property
    def budget(self) -> str:
        """What limits training: "epochs" or "updates"."""
        return "updates" if self.epochs is None else "epochs"

    @property
    def happens(self) -> bool:
        """Whether the budget is above 0."""
        return bool(self.epochs or self.updates)


@dataclass(frozen=True, kw_only=True)
class Cell(Settings):
    """All settings of the runs that one job trains. csv_file: its data set if the study brings it."""

    experiment: str
    learning_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    training: Training
    csv_file: data.CsvFile | None = None

    @property
    def layers(self) -> str:
        """The widths of the hidden layers as in tables and paths: "32-32", or "none"."""
        return "-".join(map(str, self.hidden)) or "none"

    @property
    def output(self) -> str:
        """The output of the objective."""
        return self.objective.split("+")[0]

    @property
    def loss(self) -> str:
        """The loss of the objective."""
        return self.objective.split("+")[1]

    @property
    def full_batch(self) -> bool:
        """Whether one batch contains all training samples."""
        return self.batch_sample_count == self.training_sample_count

    @property
    def training_sample_count(self) -> int:
        """The number of training samples."""
        samples = self.training_samples
        return samples if isinstance(samples, int) else sample_words(self.dataset)[samples]

    @property
    def batch_sample_count(self) -> int:
        """The number of samples in a batch."""
        return self.batch_size if isinstance(self.batch_size, int) else self.training_sample_count

    @property
    def runs(self) -> int:
        """The number of runs."""
        return len(self.learning_rates) * len(self.seeds)

    @property
    def path(self) -> str:
        """The path of the cell's files within a folder of the study, without an extension."""
        folders = [self.experiment]
        for setting in fields(Settings):
            value = getattr(self, setting.name)
            unused = setting.name == "momentum" and not OPTIMISERS[self.optimiser].uses_momentum
            if value != setting.default and not unused:
                text = self.layers if setting.name == "hidden" else str(value).replace("+", "/")
                folders.append(setting.metadata["folder"] + text)
        return "/".join(folders)

    @property
    def settings(self) -> dict[str, Any]:
        """The values of COLUMNS. Here, "full", "standard" and "all" are numbers of samples."""
        values = {name: getattr(self, name) for name in COLUMNS}
        samples = {"training_samples": self.training_sample_count, "batch_size": self.batch_sample_count}
        return values | {"hidden": self.layers} | samples

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that every row of a run file has: the settings, and whether the batch is full."""
        return self.settings | {"full_batch": self.full_batch}

    def values(self, name: str) -> tuple:
        """Return the values of a setting that claims refer to: all learning rates, or the one value of another."""
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
        """Return whether a setting that claims refer to has a value, given as a word ("own", "full") or its meaning."""
        match name:
            case "hidden":
                return str(value) == self.layers  # one layer may be written as a number
            case "initialisation":
                return self.initialisation == resolve_own(value, self.activation)
            case "training_samples":
                return sample_words(self.dataset).get(value, value) == self.training_sample_count
            case "batch_size":
                return value in (self.batch_size, self.batch_sample_count)
        return value in self.values(name)

    def arrays(self, seeds: Sequence[int]) -> Data:
        """Return the data as the networks of the cell see them, for some seeds.

        Without training, validation and test sets are empty: nothing chooses or judges networks that have learnt
        nothing, and measuring them on these sets would take most of the time.
        """
        arrays = data.arrays(self.dataset, seeds, self.output, training_samples=self.training_sample_count)
        if self.training.happens:
            return arrays
        none = Samples(arrays.test.X[:, :0], arrays.test.y[:, :0])
        return replace(arrays, validation=none, test=none)

    @property
    def architecture(self) -> Architecture:
        """The architecture of the networks of the cell."""
        inputs = data.sizes(self.dataset).features
        layers = (inputs, *self.hidden, data.target_columns(self.dataset, self.output))
        return Architecture(layers, self.activation, self.output, self.loss, self.initialisation)

    @property
    def schedule(self) -> Schedule:
        """How the networks of the cell are trained and what is recorded."""
        values = self.settings | vars(self.training) | {"record_train": RECORD_TRAIN}
        return Schedule(**{parameter.name: values[parameter.name] for parameter in fields(Schedule)})

    def to_json(self) -> str:
        """Return the cell as one line of JSON, which is the same for equal cells."""
        values: dict[str, Any] = vars(self) | {"training": vars(self.training)}
        if file := values.pop("csv_file"):
            values["csv_file"] = vars(file)
        return json.dumps(values, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Cell":
        """Return the cell that `to_json` wrote. If it has a CSV file, make that known as its data set."""
        values = json.loads(text)
        training = Training(**_with_tuples(values.pop("training")))
        entry = values.pop("csv_file", None)
        cell = cls(**_with_tuples(values), training=training, csv_file=entry and csv_file(entry))
        if cell.csv_file:
            data.define(cell.dataset, cell.csv_file)
        return cell


def sample_words(dataset: str) -> dict[str, int]:
    """Return what the words for training samples mean for a data set."""
    sizes = data.sizes(dataset)
    return {STANDARD: sizes.train, ALL: sizes.available}


def resolve_own(initialisation: str, activation: str) -> str:
    """Return an initialisation, or the one that suits the activation instead of "own"."""
    return ACTIVATIONS[activation].initialisation if initialisation == OWN else initialisation


def convert(name: str, value: Any) -> Any:
    """Return the value of a setting in a configuration in the type of its field. An integer may be written as 32.0."""
    if isinstance(value, list):
        return tuple(map(int, value))
    if isinstance(value, str):
        return value
    return float(value) if Settings.__dataclass_fields__[name].type is float else int(value)


def csv_file(entry: Mapping[str, Any]) -> data.CsvFile:
    """Return the data set that an entry of `datasets` in a configuration describes."""
    return data.CsvFile(**_with_tuples(entry))


def _with_tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
