"""Cells, the units of work of a study. `Settings` is the only list of the settings in which cells may differ."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from ontrial import data
from ontrial.errors import InputError, legible
from ontrial.nn import Architecture, Data, Recipe, Samples
from ontrial.nn.initialisers import parse
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.study import components
from ontrial.study.settings import (
    NONE,
    OWN,
    STANDARD,
    BatchSizes,
    Bounds,
    Initialisations,
    Momenta,
    Numeric,
    ObjectiveName,
    Objectives,
    Setting,
    Shares,
    TrainingSamples,
    WholeNumbers,
    Widths,
    resolve_own,
    widths_text,
)

PREDICTIONS = "test_predictions"  # column of recorded predictions
CORRECT = "test_correct"  # column of bits: which test samples a run gets right in the end
RECORD_TRAIN = 5  # by default: few claims use training-set curves, and these are the most expensive to measure
DATA_BYTES = 2**29  # of the data that a job has in memory at a time


def _field(setting: Setting) -> Any:
    """Return the field of a setting in Settings."""
    return field(default=MISSING if setting.default is None else setting.default, metadata={"setting": setting})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings that an experiment varies, in the order of columns and folders.

    Each is an axis of experiments and claims, a column of the tables and a choice in the explorer. A setting with a
    default is optional in a configuration, and part of a path only if its value differs from the default. The
    initialisation "own" is replaced by the activation's own. The momentum is 0 if the optimiser has none.
    """

    dataset: str = _field(Setting(usual="digits"))
    hidden: tuple[int, ...] = _field(Widths(folder="hidden-", usual="32-32"))
    activation: str = _field(Setting(usual="relu"))
    initialisation: str = _field(Initialisations(usual=OWN))
    objective: str = _field(Objectives(usual="softmax+cross_entropy"))
    optimiser: str = _field(Setting(default="sgd"))
    momentum: float = _field(Momenta(folder="momentum-", default=0.9, steps=10))
    weight_decay: float = _field(Numeric(folder="decay-", default=0.0))
    schedule: str = _field(Setting(folder="schedule-", default="constant", sparse=True))
    warmup: float = _field(Shares(folder="warmup-", default=0.0, steps=10, sparse=True))
    label_smoothing: float = _field(Shares(folder="smoothing-", default=0.0, steps=10, sparse=True))
    clip_norm: float | str = _field(Bounds(folder="clip-", default=NONE, sparse=True))
    dropout: float = _field(Shares(folder="dropout-", default=0.0, steps=10, sparse=True))
    training_samples: int | str = _field(TrainingSamples(folder="samples-", default=STANDARD))
    scaling: str = _field(Setting(folder="scaling-", default="standard", sparse=True))
    label_noise: float = _field(Shares(folder="noise-", default=0.0, steps=10, sparse=True))
    members: int = _field(WholeNumbers(folder="members-", default=1, sparse=True))
    batch_size: int | str = _field(BatchSizes(folder="batch-", usual=32))

    def __post_init__(self) -> None:
        object.__setattr__(self, "initialisation", resolve_own(self.initialisation, self.activation))
        if not OPTIMISERS[self.optimiser].uses_momentum:
            object.__setattr__(self, "momentum", 0.0)

    def meaning(self, name: str) -> Any:
        """Return the meaning of a setting's value, as in tables: numbers of samples instead of words."""
        return SETTINGS[name].meaning(getattr(self, name), self)

    @property
    def training_sample_count(self) -> int:
        """The number of training samples."""
        return self.meaning("training_samples")


SETTINGS: dict[str, Setting] = {each.name: each.metadata["setting"] for each in fields(Settings)}
DEFAULTS = {name: setting.default for name, setting in SETTINGS.items() if setting.default is not None}
NUMERIC_SETTINGS = tuple(name for name, setting in SETTINGS.items() if setting.is_numeric)
# The columns that identify a cell in the tables of a study
COLUMNS = ("experiment", *(column for name, setting in SETTINGS.items() for column in setting.columns or (name,)))


@dataclass(frozen=True)
class Training:
    """The training budget and the records, which all cells of an experiment share. Epochs or updates is None.

    record_train: Whether every record measures the training set.
    predictions: Whether the last record has the predictions for the test samples.
    """

    epochs: int | None = None
    updates: int | None = None
    record: int | None = None
    per_doubling: int | None = None
    first: int = 1
    record_train: bool = False
    probes: tuple[str, ...] = ()
    predictions: bool = False

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
    """All settings of the runs that one job trains.

    csv_file: Data set, if it is the study's own.
    """

    experiment: str
    learning_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    training: Training
    csv_file: data.CsvFile | None = None

    @property
    def layers(self) -> str:
        """The widths of the hidden layers as in tables and paths: "32-32", or "none"."""
        return widths_text(self.hidden)

    @property
    def depth(self) -> int:
        """The number of hidden layers."""
        return len(self.hidden)

    @property
    def output(self) -> str:
        """The output of the objective."""
        return ObjectiveName(self.objective).output

    @property
    def loss(self) -> str:
        """The loss of the objective."""
        return ObjectiveName(self.objective).loss

    @property
    def budget(self) -> str:
        """What limits training: "epochs" or "updates"."""
        return self.training.budget

    @property
    def full_batch(self) -> bool:
        """Whether one batch contains all training samples."""
        return self.batch_sample_count == self.training_sample_count

    @property
    def learns_classes(self) -> bool:
        """Whether networks are trained to predict classes."""
        return self.training.happens and data.has_classes(self.dataset)

    @property
    def batch_sample_count(self) -> int:
        """The number of samples in a batch."""
        return self.meaning("batch_size")

    @property
    def components_file(self) -> components.ComponentsFile | None:
        """The file with the study's own parts of networks, if the cell uses one of them."""
        initialisation, _ = parse(self.initialisation)
        return components.used([self.activation, initialisation, self.loss, self.optimiser, self.schedule])

    @property
    def runs(self) -> int:
        """The number of runs."""
        return len(self.learning_rates) * len(self.seeds)

    @property
    def path(self) -> str:
        """The path of the cell's files within a folder of the study, without an extension."""
        folders = (setting.in_path(getattr(self, name), self) for name, setting in SETTINGS.items())
        return "/".join([self.experiment, *filter(None, folders)])

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The values of COLUMNS. Here, "full", "standard" and "all" are numbers of samples."""
        return {name: self.meaning(name) if name in SETTINGS else getattr(self, name) for name in COLUMNS}

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the cell in tables: the settings, and whether the batch is full."""
        return self.settings | {"full_batch": self.full_batch}

    @property
    def file_columns(self) -> dict[str, Any]:
        """The columns that every row of the cell's run file has: those without sparse settings at their default."""
        return self._without_defaults(self.columns)

    def values(self, name: str) -> tuple:
        """Return the values of a setting for claims: all learning rates, or the single value of another setting."""
        if name == "learning_rate":
            return self.learning_rates
        value = getattr(self, name)
        return (SETTINGS[name].plain(value) if name in SETTINGS else value,)

    def has(self, name: str, value: Any) -> bool:
        """Return whether a setting has a value that a claim gives as a word ("own", "full") or as its meaning."""
        if name in SETTINGS:
            return SETTINGS[name].meaning(value, self) == self.meaning(name)
        return value in self.values(name)

    def arrays(self, seeds: Sequence[int]) -> Data:
        """Return the data of the cell's networks for some seeds.

        Without training, validation and test sets are empty: untrained networks are neither tuned nor judged on them,
        and measuring them would take most of the time.
        """
        arrays = data.arrays(
            self.dataset,
            seeds,
            self.output,
            training_samples=self.training_sample_count,
            scaling=self.scaling,
            label_noise=self.label_noise,
        )
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
    def recipe(self) -> Recipe:
        """The training recipe of the networks of the cell."""
        values = self.settings | vars(self.training)
        values["record_train"] = None if self.training.record_train else RECORD_TRAIN
        values["clip_norm"] = None if self.clip_norm == NONE else self.clip_norm
        return Recipe(**{parameter.name: values[parameter.name] for parameter in fields(Recipe)})

    def to_json(self) -> str:
        """Return the cell as one line of JSON, which is the same for equal cells of the same own data and code.

        Dates of files, by which Snakemake knows changes, do not show that a file was replaced by an older one.
        """
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        values = self._without_defaults(own) | {"training": vars(self.training)}
        if file := values.pop("csv_file"):
            values |= {"csv_file": vars(file), "data": data.checksum_of_csv(file)}
        if parts := self.components_file:
            values["components"] = {"path": parts.path, "sha256": parts.sha256}
        return json.dumps(values, sort_keys=True, separators=(",", ":"))

    def _without_defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values by name, without those of sparse settings at their default."""
        sparse = (name for name, setting in SETTINGS.items() if setting.sparse)
        unused = {name for name in sparse if getattr(self, name) == SETTINGS[name].default}
        return {name: value for name, value in values.items() if name not in unused}

    @classmethod
    def from_json(cls, text: str) -> "Cell":
        """Return the cell that `to_json` wrote, and register its CSV file and the study's own parts of networks.

        Raises InputError for other text.
        """
        try:
            values = json.loads(text)
            if own := values.pop("components", None):
                components.define(components.read_components(**own))
            training = Training(**_with_tuples(values.pop("training")))
            entry, sha256 = values.pop("csv_file", None), values.pop("data", None)
            cell = cls(**_with_tuples(values), training=training, csv_file=entry and csv_file(entry))
        except (ValueError, TypeError, LookupError, AttributeError):
            raise InputError(f"{legible(text, 80)}: this is not a cell as the workflow writes it.") from None
        if cell.csv_file:
            data.define(cell.dataset, cell.csv_file)
            if data.checksum_of_csv(cell.csv_file) != sha256:
                raise InputError(
                    f"{cell.csv_file.csv}: it has changed since the study was read. Run the same command again."
                )
        return cell


def csv_file(entry: Mapping[str, Any]) -> data.CsvFile:
    """Return the data set described by an entry of `datasets` in a configuration."""
    return data.CsvFile(**_with_tuples(entry))


def _with_tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
