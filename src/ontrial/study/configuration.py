"""A configuration (file, text or mapping) → the checked study; InputError lists every mistake."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.initialisers import parse as parse_initialisation
from ontrial.nn.objectives import objective
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.nn.probes import PROBES
from ontrial.study import checking
from ontrial.study.cell import ALL, DEFAULTS, FULL, OWN, SETTINGS, resolve_own
from ontrial.study.checking import Mistake
from ontrial.study.study import Study, from_checked, inclusive_range

MOST_CELLS = 100_000
MOST_SEEDS = 1_000  # of one kind: they travel on a command line
RESERVED = "reference"  # results/reference/ holds the published verdicts


def read(path: str | Path) -> Study:
    """The study of a configuration file."""
    return parse(checking.read_text(path), str(path))


def parse(text: str, where: str) -> Study:
    """The study of a configuration as YAML or JSON text. where: what messages call it."""
    return _study(text, where)


def from_mapping(mapping: Mapping, where: str = "the configuration") -> Study:
    """The study of a configuration that another program hands over as nested mappings and lists."""
    return _study(mapping, where)


def _study(source: str | Mapping, where: str) -> Study:
    return from_checked(checking.check(source, where, checking.load_schema("config"), NAME_CHECKS, _refusals), where)


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


NAME_CHECKS = {
    "data set": partial(_member, "data set", data.DATASETS),
    "activation": partial(_member, "activation", ACTIVATIONS),
    "initialisation": _initialisation,
    "objective": _objective,
    "optimiser": partial(_member, "optimiser", OPTIMISERS),
    "probe": partial(_member, "probe", PROBES),
}


# Refusals: settings that are well formed but don't go together. Each is a place and the sentence about it. ------------


def _refusals(value: object, mistakes: list[Mistake]) -> Iterator[Mistake]:
    """What is wrong beyond the schema, of the experiments that obey it."""
    if not isinstance(value, dict) or not isinstance(value.get("experiments"), dict):
        return
    faulty = {place[:2] for place, _ in mistakes}
    sound = {name: each for name, each in value["experiments"].items() if ("experiments", name) not in faulty}
    yield from _conflicts(sound)
    if value.get("study") == RESERVED:
        yield ("study",), f'"{RESERVED}" is taken: results/{RESERVED}/ holds the published verdicts.'
    if "claims" in value and "docket" not in value:
        yield ("claims",), "there is no docket to choose claims from. Name its file with the key docket."


def _conflicts(experiments: dict) -> Iterator[Mistake]:
    """What is wrong with experiments that obey the schema, each place from the top of the configuration."""
    for name, settings in experiments.items():
        for check in (_ranges, _seeds, _samples, _initialisations):
            for place, sentence in check(settings):
                yield ("experiments", name, *place), sentence
    cells = sum(math.prod(len(each.get(name, [None])) for name in SETTINGS) for each in experiments.values())
    if cells > MOST_CELLS:
        yield (
            ("experiments",),
            f"{cells:,} cells, more than {MOST_CELLS:,}. Shorten some of the lists; rates and seeds don't count.",
        )


def _ranges(settings: dict) -> Iterator[Mistake]:
    limits = {("seeds", kind): limits for kind, limits in settings["seeds"].items()}
    if isinstance(settings["learning_rates"], dict):
        limits["learning_rates", "powers_of_two"] = settings["learning_rates"]["powers_of_two"]
    for place, limit in limits.items():
        if limit["from"] > limit["to"]:
            yield place, f"from {limit['from']} to {limit['to']} is empty. Put the smaller number in from."
        elif len(inclusive_range(limit)) > MOST_SEEDS:
            yield place, f"{len(inclusive_range(limit)):,} seeds, more than {MOST_SEEDS:,}."


def _seeds(settings: dict) -> Iterator[Mistake]:
    seeds = {kind: inclusive_range(limits) for kind, limits in settings["seeds"].items()}
    if set(seeds) not in ({"descriptive"}, {"confirmatory"}, {"tuning", "confirmatory"}):
        given = ", ".join(seeds) or "none"
        yield ("seeds",), f"needs descriptive seeds, or confirmatory ones with or without tuning ones; has {given}."
    for kind, other in itertools.combinations(seeds, 2):
        first, last = max(seeds[kind].start, seeds[other].start), min(seeds[kind].stop, seeds[other].stop) - 1
        if first <= last:
            shared = str(first) if first == last else f"{first} to {last}"
            yield ("seeds", other), f"already among the {kind} seeds: {shared}. A seed has one role."


def _samples(settings: dict) -> Iterator[Mistake]:
    """Training samples that a data set doesn't have, and batches larger than the training samples."""
    chosen = settings.get("training_samples", [DEFAULTS["training_samples"]])
    for i, name in enumerate(settings["dataset"]):
        try:
            data.check(name)
            whole = data.sizes(name).train
        except InputError as error:
            yield ("dataset", i), str(error)
            continue
        of = f"training samples of {name}"
        yield from _sizes("training_samples", chosen, ALL, whole, of)
        for samples in chosen:
            if samples == ALL or samples <= whole:
                count = whole if samples == ALL else int(samples)
                yield from _sizes("batch_size", settings["batch_size"], FULL, count, of)


def _sizes(key: str, sizes: list, word: str, most: int, of: str) -> Iterator[Mistake]:
    """Sizes beyond `most`, for which there is a word, and the word and its meaning in one list."""
    for i, size in enumerate(sizes):
        if size != word and size > most:
            yield (key, i), f"{size} is more than the {most} {of}. Write {word} for all of them."
        if size == most and word in sizes:
            yield (key, i), f"{size} is all {of}, and so is {word}. Remove one of the two."


def _initialisations(settings: dict) -> Iterator[Mistake]:
    names = settings["initialisation"]
    meant = {resolve_own(OWN, activation) for activation in settings["activation"]}
    if OWN in names and len(meant) == 1 and meant <= set(names):
        (name,) = meant
        yield ("initialisation", names.index(name)), f'"{name}" is what own means here. Remove one of the two.'
