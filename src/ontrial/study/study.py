"""A study: its experiments and their cells.

The step `plan` writes the checked configuration to study.json. Later steps load it here and only check its schema.
"""

import itertools
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from ontrial import data
from ontrial.storage import json_files
from ontrial.study import components
from ontrial.study.cell import DEFAULTS, SETTINGS, Cell, Training, csv_file
from ontrial.study.schema_files import load_schema

TRUST = "trust_code"  # key of --config that allows the study's own code to run


def own_books() -> list[str]:
    """Return the modules of the books that are installed with this package, which need no trust."""
    return [entry.value for entry in distribution("ontrial").entry_points.select(group="ontrial.books")]


@dataclass(frozen=True)
class Experiment:
    """A named grid of settings.

    It has either descriptive or confirmatory seeds; the other kind is empty.

    purpose: Sentence, or one per language.
    grid: Values of each setting as configured, such as "own" for the default initialisation of the activation.
    confirmatory: Confirmatory seeds of every cell, which are those of the first look.
    looks: Number of confirmatory seeds at each look, ascending. Only cells of contexts that are still undecided get
        more than the first.
    """

    name: str
    purpose: str | Mapping[str, str]
    grid: Mapping[str, tuple]
    learning_rates: tuple[float, ...]
    descriptive: tuple[int, ...]
    confirmatory: tuple[int, ...]
    looks: tuple[int, ...]
    training: Training

    @property
    def judging_seeds(self) -> tuple[int, ...]:
        """The seeds of every cell: the confirmatory ones of the first look, or the descriptive ones."""
        return self.confirmatory or self.descriptive

    def seeds_of_look(self, look: int) -> tuple[int, ...]:
        """Return the confirmatory seeds that a look adds. Looks count from 1."""
        start = self.confirmatory[0]
        before = self.looks[look - 2] if look > 1 else 0
        return tuple(range(start + before, start + self.looks[look - 1]))

    def axes(self) -> tuple[str, ...]:
        """Return the names of the settings that vary between cells."""
        return tuple(name for name, values in self.grid.items() if len(values) > 1)

    def cells(self) -> Iterator[Cell]:
        """Yield a cell for each combination of settings. Cells are equal if "own" and another value mean the same."""
        for values in itertools.product(*self.grid.values()):
            settings: dict[str, Any] = dict(zip(self.grid, values, strict=True))
            yield Cell(
                experiment=self.name,
                learning_rates=self.learning_rates,
                seeds=self.judging_seeds,
                training=self.training,
                csv_file=data.csv_file_of(settings["dataset"]),
                **settings,
            )


@dataclass(frozen=True)
class Study:
    """The study of a checked configuration.

    claims: Ids of the claims of the docket that the study tests. None means all.
    source: File, or other source, of the configuration.
    configuration: Content of the configuration.
    lines: Line of each value in the file, for messages.
    """

    name: str
    experiments: dict[str, Experiment]
    claims: tuple[str, ...] | None
    source: str
    configuration: dict[str, Any]
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """All cells by path."""
        return {cell.path: cell for experiment in self.experiments.values() for cell in experiment.cells()}

    @cached_property
    def later_cells(self) -> dict[str, Cell]:
        """The cells of later looks by path, each with the seeds that its look adds."""
        return {
            f"{path}-look-{look}": replace(cell, seeds=self.experiments[cell.experiment].seeds_of_look(look))
            for path, cell in self.cells.items()
            for look in range(2, 1 + len(self.looks_taken(cell.experiment)))
        }

    @property
    def looks(self) -> int:
        """The largest number of looks that an experiment may take."""
        return max(len(self.looks_taken(name)) for name in self.experiments)

    def looks_taken(self, experiment: str) -> tuple[int, ...]:
        """Return the number of seeds at each declared look of an experiment that the study takes if need be."""
        return self.experiments[experiment].looks[: self.configuration.get("last_look")]

    @property
    def looks_left(self) -> tuple[int, ...]:
        """The number of seeds at each declared look that the study does not take, of any experiment."""
        left = (each.looks[len(self.looks_taken(name)) :] for name, each in self.experiments.items())
        return tuple(sorted(set(itertools.chain.from_iterable(left))))

    @property
    def docket(self) -> Path | None:
        """The path of the docket, which is relative to the configuration's folder; None without one."""
        name = self.configuration.get("docket")
        return None if name is None else Path(os.path.normpath(Path(self.source).parent / name))

    @property
    def metrics(self) -> str | None:
        """The path of the Python file with the study's own metrics; None without one."""
        return self.configuration.get("metrics")

    @property
    def components(self) -> str | None:
        """The path of the Python file with the study's own parts of networks; None without one."""
        return self.configuration.get("components")

    @property
    def own_code(self) -> dict[str, str]:
        """The paths of the study's own code by the key that names them, "metrics" or "components"."""
        paths = {"metrics": self.metrics, "components": self.components}
        return {key: path for key, path in paths.items() if path}

    @property
    def book(self) -> str | None:
        """The module of the book that the site has besides the pages of every site; None without one."""
        return self.configuration.get("book")

    @property
    def beside(self) -> tuple[str, ...]:
        """The names of the published studies whose claims the site shows beside its own."""
        return tuple(self.configuration.get("beside", ()))

    @property
    def needs_trust(self) -> bool:
        """Whether the study runs code that is not of this package."""
        return bool(self.own_code) or not (self.book is None or self.book in own_books())

    @property
    def own_names(self) -> list[str]:
        """The names that the study may have made up, which are shown as given: of data sets and parts of networks."""
        return [*self.datasets, *components.OWN]

    @property
    def datasets(self) -> list[str]:
        """The names of the data sets that cells use, sorted."""
        return sorted({cell.dataset for cell in self.cells.values()})

    @property
    def threshold(self) -> float | None:
        """The accuracy that counts as learnt, if the study overrides that of its claims."""
        return self.configuration.get("threshold")

    @property
    def may_take_hours(self) -> bool:
        """Whether the study may train for more than an hour."""
        return self.configuration.get("may_take_hours", False)

    @property
    def may_exceed_memory(self) -> bool:
        """Whether training may take more memory than the machine has."""
        return self.configuration.get("may_exceed_memory", False)

    @property
    def runs(self) -> int:
        """The number of runs."""
        return sum(cell.runs for cell in self.cells.values())

    def to_json(self) -> str:
        """Return the configuration as one line of JSON, the content of study.json."""
        return json.dumps(self.configuration, ensure_ascii=False, separators=(",", ":"))


def load_study(path: str | Path) -> Study:
    """Return the study of a file study.json. Raises InputError if it is missing or damaged."""
    return from_checked(json_files.read_json(path, load_schema("study")), str(path))


def from_checked(configuration: dict[str, Any], source: str) -> Study:
    """Return the study of a configuration that has been checked, and register its data sets and parts of networks."""
    if "components" in configuration:
        components.define(components.read_components(configuration["components"]))
    for name, entry in configuration.get("datasets", {}).items():
        data.define(name, csv_file(entry))
    experiments = {name: _experiment(name, settings) for name, settings in configuration["experiments"].items()}
    claims = tuple(configuration["claims"]) if "claims" in configuration else None
    return Study(configuration["study"], experiments, claims, source, configuration)


def _experiment(name: str, settings: dict[str, Any]) -> Experiment:
    """Return the experiment of checked settings, with ranges expanded and numbers converted."""
    values = {name: [default] for name, default in DEFAULTS.items()} | settings
    grid = {name: tuple(map(setting.parse, values[name])) for name, setting in SETTINGS.items()}
    rates = settings["learning_rates"]
    if isinstance(rates, dict):
        rates = _powers_of_two(**rates["powers_of_two"])
    seeds = {kind: _seed_range(limits) for kind, limits in settings["seeds"].items()}
    looks = _looks_of(settings["seeds"]["confirmatory"]) if "confirmatory" in seeds else ()
    counts = {key: int(value) for key, value in settings["budget"].items()}
    record = settings.get("record", {})
    counts |= {key: int(value) for key, value in (record if isinstance(record, dict) else {"record": record}).items()}
    return Experiment(
        name=name,
        purpose=settings["purpose"],
        grid=grid,
        learning_rates=tuple(map(float, rates)),
        descriptive=tuple(seeds.get("descriptive", ())),
        confirmatory=tuple(seeds.get("confirmatory", ()))[: looks[0] if looks else None],
        looks=looks,
        training=Training(
            **counts,
            record_train=settings.get("record_train", False),
            probes=tuple(settings.get("probes", ())),
            predictions=settings.get("predictions", False),
        ),
    )


def inclusive_range(limits: Mapping[str, float]) -> range:
    """Return the integers from `limits["from"]` to `limits["to"]`, both included."""
    return range(int(limits["from"]), int(limits["to"]) + 1)


def _powers_of_two(step: float = 1, **limits: float) -> list[float]:
    """Return 2 to the powers from `limits["from"]` to `limits["to"]`, both included, in steps of 1 or a fraction.

    >>> _powers_of_two(**{"from": -2, "to": 1})
    [0.25, 0.5, 1.0, 2.0]
    """
    first, last = int(limits["from"]), int(limits["to"])
    return [2.0 ** (first + i * step) for i in range(round((last - first) / step) + 1)]


def _seed_range(limits: Mapping[str, Any]) -> range:
    """Return the seeds of one kind: from the first to the last, or to the last of all looks.

    >>> _seed_range({"from": 101, "to": 108}), _seed_range({"from": 101, "looks": [8, 16]})
    (range(101, 109), range(101, 117))
    """
    if "looks" in limits:
        return range(int(limits["from"]), int(limits["from"]) + int(limits["looks"][-1]))
    return inclusive_range(limits)


def _looks_of(limits: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the number of confirmatory seeds at each look. If no looks are listed, there is one with all seeds."""
    return tuple(map(int, limits["looks"])) if "looks" in limits else (len(_seed_range(limits)),)
