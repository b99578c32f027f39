"""A configuration → the study: its experiments, and every cell of them with the path of its run file.

`configuration` is imported where it is called: a job that trains needs Cell alone, and not YAML and its schema.
"""

import itertools
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.initialisers import parse as parse_initialisation
from ontrial.nn.objectives import objective
from ontrial.nn.probes import PROBES
from ontrial.study.cell import FULL, Cell

OWN = "own"  # the initialisation that suits the activation
AXES = ("dataset", "hidden", "activation", "initialisation", "objective", "batch_size")
MOST_CELLS = 100_000
MOST_SEEDS = 1_000  # of one kind: they travel on a command line
RESERVED = "reference"  # results/reference/ holds the published verdicts


@dataclass(frozen=True)
class Experiment:
    """A named grid. It has descriptive seeds, or confirmatory ones with or without tuning ones; the others are empty.

    purpose: a sentence, or one for each language. `initialisation` holds names as configured: "own" stands for the
    default of each activation.
    """

    name: str
    purpose: str | Mapping[str, str]
    dataset: tuple[str, ...]
    hidden: tuple[tuple[int, ...], ...]
    activation: tuple[str, ...]
    initialisation: tuple[str, ...]
    objective: tuple[str, ...]
    batch_size: tuple[int | str, ...]
    learning_rates: tuple[float, ...]
    descriptive: tuple[int, ...]
    tuning: tuple[int, ...]
    confirmatory: tuple[int, ...]
    epochs: int | None
    updates: int | None
    momentum: float
    l2: float
    record: int | None
    probes: tuple[str, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """All seeds that the experiment trains."""
        return self.descriptive + self.tuning + self.confirmatory

    def axes(self) -> tuple[str, ...]:
        """The settings that vary over the cells, as the configuration calls them."""
        return tuple(name for name in AXES if len(getattr(self, name)) > 1)

    def cells(self) -> Iterator[Cell]:
        """Every combination of the settings; twice the same where "own" and its name are both among them."""
        for dataset, hidden, activation, initialisation, pair, batch_size in itertools.product(
            *(getattr(self, name) for name in AXES)
        ):
            output, loss = pair.split("+")
            yield Cell(
                experiment=self.name,
                dataset=dataset,
                hidden=hidden,
                activation=activation,
                initialisation=resolved(initialisation, activation),
                output=output,
                loss=loss,
                batch_size=batch_size,
                learning_rates=self.learning_rates,
                seeds=self.seeds,
                epochs=self.epochs,
                updates=self.updates,
                momentum=self.momentum,
                l2=self.l2,
                record=self.record,
                probes=self.probes,
            )


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
        """The file of the claims to try, which lies beside the configuration; None without one."""
        name = self.configuration.get("docket")
        return None if name is None else Path(self.source).parent / name

    @property
    def runs(self) -> int:
        """How many networks the study trains."""
        return sum(len(cell.learning_rates) * len(cell.seeds) for cell in self.cells.values())

    def to_json(self) -> str:
        """The configuration as one line that `parse` reads."""
        return json.dumps(self.configuration, ensure_ascii=False, separators=(",", ":"))


def read(path: str | Path) -> Study:
    """The study of a configuration file; InputError that lists every mistake in it."""
    from ontrial.study import configuration

    return parse(configuration.text_of(path), str(path))


def parse(text: str, where: str) -> Study:
    """The study of a configuration as YAML or JSON text. where: what messages call it."""
    from ontrial.study import configuration

    return _study(*configuration.of_yaml(text, where), where)


def of(mapping: Mapping, where: str = "the configuration") -> Study:
    """The study of a configuration that another program hands over as nested mappings and lists."""
    from ontrial.study import configuration

    return _study(configuration.of_mapping(mapping, where), {}, where)


def resolved(initialisation: str, activation: str) -> str:
    """The name of an initialisation, "own" being the default of the activation."""
    return ACTIVATIONS[activation].initialisation if initialisation == OWN else initialisation


def _study(value: object, lines: dict, where: str) -> Study:
    """The study of plain values, once they are checked; InputError that lists every mistake."""
    from ontrial.study import configuration

    found = configuration.mistakes(value, RULES, configuration.schema())
    if isinstance(value, dict) and isinstance(value.get("experiments"), dict):
        faulty = {place[:2] for place, _ in found}
        sound = [name for name in value["experiments"] if ("experiments", name) not in faulty]
        found += _conflicts({name: value["experiments"][name] for name in sound})
        if value.get("study") == RESERVED:
            found.append((("study",), f'"{RESERVED}" is taken: results/{RESERVED}/ holds the published verdicts.'))
        if "claims" in value and "docket" not in value:
            found.append((("claims",), "there is no docket to choose claims from. Name its file with the key docket."))
    if found:
        raise configuration.report(where, lines, found)
    experiments = {name: _experiment(name, settings) for name, settings in value["experiments"].items()}
    claims = tuple(value["claims"]) if "claims" in value else None
    return Study(value["study"], experiments, claims, where, value)


def _experiment(name: str, settings: dict) -> Experiment:
    """The experiment of checked settings: ranges become numbers, and whole numbers ints (a 32.0 is allowed)."""
    rates = settings["learning_rates"]
    if isinstance(rates, dict):
        rates = [2.0**power for power in _numbers(rates["powers_of_two"])]
    seeds = {kind: tuple(_numbers(limits)) for kind, limits in settings["seeds"].items()}
    budget = settings["budget"]
    return Experiment(
        name=name,
        purpose=settings["purpose"],
        dataset=tuple(settings["dataset"]),
        hidden=tuple(tuple(map(int, widths)) for widths in settings["hidden"]),
        activation=tuple(settings["activation"]),
        initialisation=tuple(settings["initialisation"]),
        objective=tuple(settings["objective"]),
        batch_size=tuple(size if size == FULL else int(size) for size in settings["batch_size"]),
        learning_rates=tuple(map(float, rates)),
        descriptive=seeds.get("descriptive", ()),
        tuning=seeds.get("tuning", ()),
        confirmatory=seeds.get("confirmatory", ()),
        epochs=int(budget["epochs"]) if "epochs" in budget else None,
        updates=int(budget["updates"]) if "updates" in budget else None,
        momentum=float(settings.get("momentum", 0)),
        l2=float(settings.get("l2", 0)),
        record=int(settings["record"]) if "record" in settings else None,
        probes=tuple(settings.get("probes", ())),
    )


def _numbers(limits: dict) -> range:
    """Whole numbers from one to another, both included."""
    return range(int(limits["from"]), int(limits["to"]) + 1)


# Names: each rule raises ValueError for a text that is no name of its kind. ------------------------------------------


def _member(kind: str, names: Iterable[str], name: str) -> None:
    if name not in names:
        raise ValueError(unknown(kind, name, names))


def _initialisation(text: str) -> None:
    if text.partition("_mean")[0] not in INITIALISATIONS:
        _member("initialisation", [*INITIALISATIONS, OWN], text)
        return
    name, mean = parse_initialisation(text)
    shortest = f"{name}_mean{mean:+g}" if mean else name
    if text != shortest:  # the name is part of a path, and one initialisation has one path
        raise ValueError(f'"{text}" is written "{shortest}".')


def _objective(text: str) -> None:
    output, plus, loss = text.partition("+")
    if not plus:
        raise ValueError(f'"{text}" is not an output and a loss joined by +, such as softmax+cross_entropy.')
    objective(output, loss)


RULES = {
    "data set": partial(_member, "data set", data.DATASETS),
    "activation": partial(_member, "activation", ACTIVATIONS),
    "initialisation": _initialisation,
    "objective": _objective,
    "probe": partial(_member, "probe", PROBES),
}


# Conflicts: settings that are well formed but don't go together. Each is a place and the sentence about it. -----------


def _conflicts(experiments: dict) -> Iterator[tuple[tuple, str]]:
    """What is wrong with experiments that obey the schema, each place from the top of the configuration."""
    for name, settings in experiments.items():
        for check in (_ranges, _seeds, _batches, _initialisations):
            for place, sentence in check(settings):
                yield ("experiments", name, *place), sentence
    cells = sum(math.prod(len(settings[axis]) for axis in AXES) for settings in experiments.values())
    if cells > MOST_CELLS:
        yield (
            ("experiments",),
            f"{cells:,} cells, more than {MOST_CELLS:,}. Shorten some of the lists; rates and seeds don't count.",
        )


def _ranges(settings: dict) -> Iterator[tuple[tuple, str]]:
    limits = {("seeds", kind): limits for kind, limits in settings["seeds"].items()}
    if isinstance(settings["learning_rates"], dict):
        limits["learning_rates", "powers_of_two"] = settings["learning_rates"]["powers_of_two"]
    for place, limit in limits.items():
        if limit["from"] > limit["to"]:
            yield place, f"from {limit['from']} to {limit['to']} is empty. Put the smaller number in from."
        elif len(_numbers(limit)) > MOST_SEEDS:
            yield place, f"{len(_numbers(limit)):,} seeds, more than {MOST_SEEDS:,}."


def _seeds(settings: dict) -> Iterator[tuple[tuple, str]]:
    seeds = {kind: _numbers(limits) for kind, limits in settings["seeds"].items()}
    if set(seeds) not in ({"descriptive"}, {"confirmatory"}, {"tuning", "confirmatory"}):
        given = ", ".join(seeds) or "none"
        yield ("seeds",), f"needs descriptive seeds, or confirmatory ones with or without tuning ones; has {given}."
    for kind, other in itertools.combinations(seeds, 2):
        first, last = max(seeds[kind].start, seeds[other].start), min(seeds[kind].stop, seeds[other].stop) - 1
        if first <= last:
            shared = str(first) if first == last else f"{first} to {last}"
            yield ("seeds", other), f"already among the {kind} seeds: {shared}. A seed has one role."


def _batches(settings: dict) -> Iterator[tuple[tuple, str]]:
    for i, name in enumerate(settings["dataset"]):
        try:
            data.check(name)
            samples = data.sizes(name).train
        except InputError as error:
            yield ("dataset", i), str(error)
            continue
        for j, size in enumerate(settings["batch_size"]):
            place = ("batch_size", j)
            if size != FULL and size > samples:
                yield (
                    place,
                    f"{size} is more than the {samples} training samples of {name}. Write full for all of them.",
                )
            if size == samples and FULL in settings["batch_size"]:
                yield place, f"{size} is all training samples of {name}, and so is full. Remove one of the two."


def _initialisations(settings: dict) -> Iterator[tuple[tuple, str]]:
    names = settings["initialisation"]
    meant = {resolved(OWN, activation) for activation in settings["activation"]}
    if OWN in names and len(meant) == 1 and meant <= set(names):
        (name,) = meant
        yield ("initialisation", names.index(name)), f'"{name}" is what own means here. Remove one of the two.'
