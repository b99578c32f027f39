"""A study: its experiments and their cells.

The step `plan` writes the checked configuration to study.json. Later steps load it here and do not check it again.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ontrial.study.cell import DEFAULTS, SETTINGS, Cell, Training, convert


@dataclass(frozen=True)
class Experiment:
    """A named grid of settings.

    It has either descriptive seeds, or confirmatory seeds with or without tuning seeds; the other kinds are empty.
    purpose: a sentence, or one per language. grid: the values of each setting as configured, such as "own" for the
    initialisation that suits the activation.
    """

    name: str
    purpose: str | Mapping[str, str]
    grid: Mapping[str, tuple]
    learning_rates: tuple[float, ...]
    descriptive: tuple[int, ...]
    tuning: tuple[int, ...]
    confirmatory: tuple[int, ...]
    training: Training

    @property
    def seeds(self) -> tuple[int, ...]:
        """All seeds of the experiment."""
        return self.descriptive + self.tuning + self.confirmatory

    @property
    def judging_seeds(self) -> tuple[int, ...]:
        """The seeds that statistics are computed over: confirmatory ones if there are any, or descriptive ones."""
        return self.confirmatory or self.descriptive

    def axes(self) -> tuple[str, ...]:
        """Return the names of the settings that vary between cells, as in the configuration."""
        return tuple(name for name, values in self.grid.items() if len(values) > 1)

    def cells(self) -> Iterator[Cell]:
        """Yield a cell for each combination of settings. Cells are equal if "own" and another value mean the same."""
        for values in itertools.product(*self.grid.values()):
            settings: dict[str, Any] = dict(zip(self.grid, values, strict=True))
            yield Cell(
                experiment=self.name,
                learning_rates=self.learning_rates,
                seeds=self.seeds,
                training=self.training,
                **settings,
            )


@dataclass(frozen=True)
class Study:
    """The study of a checked configuration.

    claims: the ids of the claims of the docket that the study tests, or None for all of them. source: the file, or
    whatever else the configuration was read from. configuration: its content.
    """

    name: str
    experiments: dict[str, Experiment]
    claims: tuple[str, ...] | None
    source: str
    configuration: dict[str, Any]

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """All cells by path."""
        return {cell.path: cell for experiment in self.experiments.values() for cell in experiment.cells()}

    @property
    def docket(self) -> Path | None:
        """The path of the docket, which the configuration gives relative to its own folder; None without one."""
        name = self.configuration.get("docket")
        return None if name is None else Path(self.source).parent / name

    @property
    def runs(self) -> int:
        """The number of runs."""
        return sum(cell.runs for cell in self.cells.values())

    def to_json(self) -> str:
        """Return the configuration as one line of JSON, the content of study.json."""
        return json.dumps(self.configuration, ensure_ascii=False, separators=(",", ":"))


def load_study(path: str | Path) -> Study:
    """Return the study of a file study.json."""
    return from_checked(json.loads(Path(path).read_text(encoding="utf-8")), str(path))


def from_checked(configuration: dict[str, Any], source: str) -> Study:
    """Return the study of a configuration that has been checked."""
    experiments = {name: _experiment(name, settings) for name, settings in configuration["experiments"].items()}
    claims = tuple(configuration["claims"]) if "claims" in configuration else None
    return Study(configuration["study"], experiments, claims, source, configuration)


def _experiment(name: str, settings: dict[str, Any]) -> Experiment:
    """Return the experiment of checked settings, with ranges expanded and numbers in the types of their fields."""
    values = {name: [default] for name, default in DEFAULTS.items()} | settings
    grid = {name: tuple(convert(name, value) for value in values[name]) for name in SETTINGS}
    rates = settings["learning_rates"]
    if isinstance(rates, dict):
        rates = [2.0**power for power in inclusive_range(rates["powers_of_two"])]
    seeds = {kind: tuple(inclusive_range(limits)) for kind, limits in settings["seeds"].items()}
    counts = {key: int(value) for key, value in settings["budget"].items()}
    if "record" in settings:
        counts["record"] = int(settings["record"])
    return Experiment(
        name=name,
        purpose=settings["purpose"],
        grid=grid,
        learning_rates=tuple(map(float, rates)),
        descriptive=seeds.get("descriptive", ()),
        tuning=seeds.get("tuning", ()),
        confirmatory=seeds.get("confirmatory", ()),
        training=Training(**counts, probes=tuple(settings.get("probes", ()))),
    )


def inclusive_range(limits: Mapping[str, float]) -> range:
    """Return the integers from `limits["from"]` to `limits["to"]`, both included."""
    return range(int(limits["from"]), int(limits["to"]) + 1)
