"""The study: its experiments, and every cell of them with the path of its run file.

`plan` writes the checked configuration to study.json; later steps load it here and check nothing again.
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
    """A named grid. It has descriptive seeds, or confirmatory ones with or without tuning ones; the others are empty.

    purpose: a sentence, or one for each language. grid: the values of each setting, as configured: "own" stands for the
    initialisation that suits each activation.
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
        """All seeds that the experiment trains."""
        return self.descriptive + self.tuning + self.confirmatory

    def axes(self) -> tuple[str, ...]:
        """The settings that vary over the cells, as the configuration calls them."""
        return tuple(name for name, values in self.grid.items() if len(values) > 1)

    def cells(self) -> Iterator[Cell]:
        """Every combination of the settings; twice the same where two values mean the same, as "own" and its name."""
        shared = {"learning_rates": self.learning_rates, "seeds": self.seeds, "training": self.training}
        for values in itertools.product(*self.grid.values()):
            yield Cell(experiment=self.name, **dict(zip(self.grid, values, strict=True)), **shared)


@dataclass(frozen=True)
class Study:
    """A checked configuration: `source` is the file or other place that it came from, `configuration` what it said.

    claims: ids of the claims of the docket that are tried; None means all.
    """

    name: str
    experiments: dict[str, Experiment]
    claims: tuple[str, ...] | None
    source: str
    configuration: dict

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """Every cell by its path."""
        return {cell.path: cell for experiment in self.experiments.values() for cell in experiment.cells()}

    @property
    def docket(self) -> Path | None:
        """The file of the claims to try, relative to the configuration's folder; None without one."""
        name = self.configuration.get("docket")
        return None if name is None else Path(self.source).parent / name

    @property
    def runs(self) -> int:
        """How many networks the study trains."""
        return sum(len(cell.learning_rates) * len(cell.seeds) for cell in self.cells.values())

    def to_json(self) -> str:
        """The configuration as one line, the content of study.json."""
        return json.dumps(self.configuration, ensure_ascii=False, separators=(",", ":"))


def load(path: str | Path) -> Study:
    """Return the study of a study.json."""
    return from_checked(json.loads(Path(path).read_text(encoding="utf-8")), str(path))


def from_checked(configuration: dict[str, Any], source: str) -> Study:
    """Return the study of a configuration that has been checked."""
    experiments = {name: _experiment(name, settings) for name, settings in configuration["experiments"].items()}
    claims = tuple(configuration["claims"]) if "claims" in configuration else None
    return Study(configuration["study"], experiments, claims, source, configuration)


def _experiment(name: str, settings: dict[str, Any]) -> Experiment:
    """The experiment of checked settings: ranges become numbers, and whole numbers ints (a 32.0 is allowed)."""
    grid = {
        each: tuple(convert(each, value) for value in settings.get(each, [DEFAULTS.get(each)])) for each in SETTINGS
    }
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
    """Whole numbers from one to another, both included."""
    return range(int(limits["from"]), int(limits["to"]) + 1)
