"""Read the configuration of a study from a file, text or mapping, and check it."""

import math
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ontrial import data
from ontrial.data.splits import SCALINGS
from ontrial.errors import InputError, unknown
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS, MEAN_HINT
from ontrial.nn.initialisers import parse as parse_initialisation
from ontrial.nn.objectives import objective
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.nn.outputs import OUTPUTS
from ontrial.nn.probes import OF_ONE_NETWORK, PROBES
from ontrial.nn.schedules import SCHEDULES
from ontrial.storage import files, project
from ontrial.storage.yaml_files import KeyPath, Mistake, NameCheck, bare, show
from ontrial.study import checking, components, inheritance
from ontrial.study.cell import DEFAULTS, SETTINGS, csv_file
from ontrial.study.schema_files import load_schema
from ontrial.study.settings import FULL, OBJECTIVES, OWN, ObjectiveName, resolve_own, sample_words
from ontrial.study.study import Study, from_checked, inclusive_range, own_books

MAX_CELLS = 100_000
MAX_COMPLETE = 131_000  # bytes of a study on a command line, whose arguments have at most 128 KiB
MAX_SEEDS = 1_000  # of one kind, because they are passed on a command line
RESERVED = files.PUBLISHED


def read_study(path: str | Path) -> Study:
    """Return the study of a configuration file. Raises InputError with every mistake in it."""
    return parse(checking.read_text(path), str(path))


def parse(source: str | Mapping, where: str = "the configuration", data_folder: Path | None = None) -> Study:
    """Return the study of a configuration: YAML or JSON text, or nested mappings and lists that a program passes.

    where: Name of the configuration in messages.
    data_folder: Folder to which paths of data sets are relative. None means the folder of `where`.
    """
    folder = Path(where).parent if data_folder is None else data_folder
    find_conflicts = partial(_find_conflicts, folder=folder, own=Path(where).parent)
    prepare = partial(_complete, folder=folder, own=Path(where).parent)
    value, lines = checking.check(source, where, load_schema("study"), NAME_CHECKS, find_conflicts, prepare)
    study = replace(from_checked(inheritance.relocated(value, folder), where), lines=lines)
    if (size := len(study.to_json().encode())) > MAX_COMPLETE:
        raise InputError(
            f"{where}: {size:,} bytes with what it extends and its defaults written out, more than the limit of "
            f"{MAX_COMPLETE:,}. Split the study, or write powers_of_two in place of long lists."
        )
    return study


def _complete(value: object, folder: Path, own: Path) -> tuple[Any, list[Mistake]]:
    """Return a complete configuration, whose parts of networks are known, and what must be mended before all else.

    The arguments are those of `_register_components`. The study that it extends is checked first, by itself.
    """
    completed, mistakes = inheritance.complete(value, own)
    if isinstance(value, dict) and "extends" in value and not mistakes:
        read_study(os.path.normpath(own / value["extends"]))
    return completed, mistakes or [*_register_components(completed, folder, own)]


def _register_components(value: object, folder: Path, own: Path) -> Iterator[Mistake]:
    """Register a configuration's own parts of networks, in place of another one's, so that their names are known.

    Yield the mistakes in their file. It is read, and not run.

    folder: Folder to which its path is relative.
    own: Folder of the configuration.
    """
    components.forget()
    relative = inheritance.relocated(value, folder)
    if isinstance(relative, dict) and isinstance(path := relative.get("components"), str):
        if refusal := project.refusal(Path(path), own):
            yield ("components",), refusal
            return
        try:
            components.define(components.read_components(path))
        except InputError as error:
            yield from ((("components",), mistake) for mistake in str(error).split("\n"))


# Names: each check raises ValueError for an unknown name. ------------------------------------------------------------


def _check_member(kind: str, names: Iterable[str], name: str) -> None:
    if name not in names:
        raise ValueError(unknown(kind, name, names))


def _check_initialisation(text: str) -> None:
    if text == OWN:
        return
    if text.partition("_mean")[0] not in INITIALISATIONS:
        raise ValueError(unknown("initialisation", text, [*INITIALISATIONS, OWN]) + MEAN_HINT)
    name, mean = parse_initialisation(text)
    canonical = f"{name}_mean{mean:+g}" if mean else name
    if text != canonical:  # the name is part of paths, and each initialisation must have only one
        raise ValueError(f'write "{canonical}" instead of "{text}".')


def _check_objective(text: str) -> None:
    if "+" not in text:
        raise ValueError(f'"{text}" is not an output and a loss joined by +, such as softmax+cross_entropy.')
    if (joined := re.sub(r"\s", "", text)) != text:
        raise ValueError(f'write "{joined}" instead of "{text}".')
    name = ObjectiveName(text)
    objective(name.output, name.loss)


NAME_CHECKS: dict[str, NameCheck] = {
    "activation": partial(_check_member, "activation", ACTIVATIONS),
    "initialisation": _check_initialisation,
    "objective": _check_objective,
    "optimiser": partial(_check_member, "optimiser", OPTIMISERS),
    "probe": partial(_check_member, "probe", PROBES),
    "scaling": partial(_check_member, "scaling", SCALINGS),
    "schedule": partial(_check_member, "schedule", SCHEDULES),
}


# Conflicts: settings that obey the schema but contradict each other. ------------------------------------------------


def _find_conflicts(value: object, mistakes: list[Mistake], folder: Path, own: Path) -> Iterator[Mistake]:
    """Yield the conflicts of a configuration. Data sets and experiments with mistakes are skipped.

    folder: Folder to which paths of data sets are relative.
    own: Folder of the configuration.
    """
    if not isinstance(value, dict) or not isinstance(value.get("experiments"), dict):
        return
    datasets = inheritance.relocated(value, folder).get("datasets")
    datasets = datasets if isinstance(datasets, dict) else {}
    faulty = {path[:2] for path, _ in mistakes}
    listed = dict(_listed_datasets(value["experiments"]))
    conflicts = [*_unknown_datasets(listed, {*data.DATASETS, *datasets})]
    for name, entry in datasets.items():
        if ("datasets", name) not in faulty:
            conflicts += _conflicts_of_dataset(name, csv_file(entry), name in listed.values(), own)
    yield from conflicts
    yield from _outside_files(inheritance.relocated(value, folder), own)
    faulty |= {path[:2] for path, _ in conflicts}
    faulty |= {path[:2] for path, name in listed.items() if ("datasets", name) in faulty}
    valid = {name: settings for name, settings in value["experiments"].items() if ("experiments", name) not in faulty}
    yield from _conflicts_of_experiments(valid)
    targets = {name for name, entry in datasets.items() if isinstance(entry, dict) and "target" in entry}
    if "threshold" in value and listed and targets.issuperset(listed.values()):
        yield ("threshold",), "no data set has classes, so there is no accuracy. Remove this key."
    if value.get("study") == RESERVED:
        yield ("study",), f'the name "{RESERVED}" is reserved, because results/{RESERVED}/ has the published verdicts.'
    if "metrics" in value and "docket" not in value:
        yield ("metrics",), "there is no docket whose claims could use them. Give the path of one with the key docket."
    if isinstance(book := value.get("book"), str) and not _exists(book):
        books = " or ".join(own_books())
        yield ("book",), f"there is no module {book} in this environment. Write {books}, or install yours."
    if "claims" in value and "docket" not in value:
        yield ("claims",), "there is no docket to choose claims from. Give the path of one with the key docket."


def _exists(module: str) -> bool:
    """Return whether the package of a module exists.

    Looking for the module would run the code of the package, which the command line may not allow.
    """
    try:
        return find_spec(module.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return False


def _listed_datasets(experiments: dict) -> Iterator[tuple[KeyPath, str]]:
    """Yield the path and name of every data set that an experiment lists, even if the experiment has mistakes."""
    for name, settings in experiments.items():
        datasets = settings.get("dataset") if isinstance(settings, dict) else None
        for i, dataset in enumerate(datasets if isinstance(datasets, list) else []):
            if isinstance(dataset, str):
                yield ("experiments", name, "dataset", i), dataset


def _outside_files(value: dict, own: Path) -> Iterator[Mistake]:
    """Yield a mistake for the docket and the metrics if they are outside the project."""
    for key, folder in (("docket", own), ("metrics", Path())):
        if isinstance(value.get(key), str) and (refusal := project.refusal(folder / value[key], own)):
            yield (key,), refusal


def _unknown_datasets(listed: Mapping[KeyPath, str], names: Collection[str]) -> Iterator[Mistake]:
    for path, name in listed.items():
        if name not in names:
            yield path, unknown("data set", bare(name), names)


def _conflicts_of_dataset(name: str, file: data.CsvFile, used: bool, own: Path) -> Iterator[Mistake]:
    """Yield keys of a data set that contradict each other; if none do, and it is used, a mistake in its files."""
    path = ("datasets", name)
    conflicts = [*_conflicting_keys(file)]
    if name in data.DATASETS:
        conflicts.append("the package has a data set of this name. Choose a different one.")
    if used:
        conflicts += filter(None, (project.refusal(source.path(), own) for source in file.files))
    yield from ((path, conflict) for conflict in conflicts)
    if used and not conflicts:
        data.define(name, file)
        try:
            data.sizes(name)
        except InputError as error:
            yield from ((path, mistake) for mistake in str(error).split("\n"))


def _conflicting_keys(file: data.CsvFile) -> Iterator[str]:
    if file.label is None and file.target is None:
        yield "what networks predict is missing: label names a column of classes, target one of numbers."
    if file.label is not None and file.target is not None:
        yield "label says that networks predict classes, and target that they predict a number. Remove one of the two."
    given = [key for key in ("test", "part", "group") if getattr(file, key) is not None]
    if len(given) > 1:
        yield f"{given[0]} and {given[1]} both say which samples are for testing. Remove one of the two."
    columns = (*file.other_columns, *file.categories)
    for column in dict.fromkeys(name for name in columns if columns.count(name) > 1):
        yield f'column "{column}" can only be one of label, target, part, group, drop and categories.'
    if file.separator == file.decimal:
        yield f'separator and decimal are both {show(file.decimal)}. Write separator: ";" if columns have it.'
    for path in (str(source.path()) for source in file.files):
        if set("<>{}") & set(path):  # Snakemake takes braces for wildcards, and its report does not escape tags
            yield f"the path {path} contains one of < > {{ }}. Rename the file or folder."


def _conflicts_of_experiments(experiments: dict) -> Iterator[Mistake]:
    for name, settings in experiments.items():
        for find_conflicts in (
            _conflicting_ranges,
            _conflicting_samples,
            _late_records,
            _unfit_objectives,
            _unfit_smoothing,
            _useless_dropout,
            _repeated_initialisations,
            _unused_momenta,
            _noise_of_numbers,
            _probes_of_ensembles,
            _useless_probes,
        ):
            for path, sentence in find_conflicts(settings):
                yield ("experiments", name, *path), sentence
    cells = sum(math.prod(len(settings.get(name, [None])) for name in SETTINGS) for settings in experiments.values())
    if cells > MAX_CELLS:
        yield (
            ("experiments",),
            f"{cells:,} cells, more than the limit of {MAX_CELLS:,}. Shorten some lists other than learning_rates.",
        )


def _conflicting_ranges(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for two kinds of seeds, for empty or overlong ranges, and for looks that do not ascend."""
    limits = {("seeds", kind): limits for kind, limits in settings["seeds"].items()}
    if isinstance(settings["learning_rates"], dict):
        limits["learning_rates", "powers_of_two"] = settings["learning_rates"]["powers_of_two"]
    if len(settings["seeds"]) > 1:
        yield ("seeds",), "an experiment has either descriptive or confirmatory seeds. Remove one of the two."
    for path, limit in limits.items():
        if ("to" in limit) == ("looks" in limit):
            yield path, "expected either the last seed, as in to: 120, or looks, as in looks: [20, 40, 80]."
        elif "looks" in limit:
            if limit["looks"] != sorted(limit["looks"]):
                yield (
                    (*path, "looks"),
                    f"{show(limit['looks'])} does not ascend: each look has all seeds of earlier ones.",
                )
        elif limit["from"] > limit["to"]:
            yield path, f"the range from {limit['from']} to {limit['to']} is empty: from must not be larger than to."
        elif len(inclusive_range(limit)) > MAX_SEEDS:
            yield path, f"{len(inclusive_range(limit)):,} seeds, more than the limit of {MAX_SEEDS:,}."


def _conflicting_samples(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for training samples that a data set lacks, and for batches larger than the training samples."""
    numbers = settings.get("training_samples", [DEFAULTS["training_samples"]])
    for i, name in enumerate(settings["dataset"]):
        try:
            data.check_files(name)
            available = data.sizes(name).available
        except InputError as error:
            yield ("dataset", i), str(error)
            continue
        what, words = f"training samples of {name}", sample_words(name)
        yield from _conflicting_sizes("training_samples", numbers, words, available, what)
        for number in numbers:
            samples = words.get(number, number)
            if samples <= available:
                yield from _conflicting_sizes("batch_size", settings["batch_size"], {FULL: samples}, samples, what)


def _conflicting_sizes(key: str, sizes: list, words: dict, limit: int, what: str) -> Iterator[Mistake]:
    """Yield a mistake for each size above the limit, and for each that means the same as a later one.

    words: Numbers that words stand for; the last one is the limit.
    what: Things that are counted.
    """
    counts = [words.get(size, size) for size in sizes]
    for i, size in enumerate(sizes):
        if counts[i] > limit:
            yield (key, i), f"{size} is more than the {limit} {what}. Write {[*words][-1]} to use all of them."
        for j in range(i + 1, len(sizes)):
            if counts[i] == counts[j]:
                meaning = "all" if counts[i] == limit else counts[i]
                yield (key, i), f"{size} and {sizes[j]} both mean {meaning} {what}. Remove one of the two."


def _late_records(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for a first record that is not before the end of the shortest training."""
    record, budget = settings.get("record"), settings["budget"]
    first = record.get("first", 0) if isinstance(record, dict) else 0
    shortest = min(_lengths(settings)) if "epochs" in budget else budget["updates"]
    if 0 < shortest <= first:
        yield (
            ("record", "first"),
            f"the first record, after {first:,} updates, is not before the end of training: the shortest has "
            f"{shortest:,.0f} updates. Use a smaller number, or train longer.",
        )


def _lengths(settings: dict) -> Iterator[float]:
    """Yield the number of updates of each training in epochs; infinity for data that can't be read."""
    for name in settings["dataset"]:
        try:
            words = sample_words(name)
        except InputError:  # _conflicting_samples reports it
            yield math.inf
            continue
        for number in settings.get("training_samples", [DEFAULTS["training_samples"]]):
            samples = words.get(number, number)
            for size in settings["batch_size"]:
                yield settings["budget"]["epochs"] * math.ceil(samples / (samples if size == FULL else size))


def _unfit_objectives(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for each objective whose output cannot predict the regression target of a data set."""
    numbers = [name for name in settings["dataset"] if not data.has_classes(name)]
    pairs = [pair for pair in OBJECTIVES if OUTPUTS[pair.output].predicts == "numbers"]
    for i, pair in enumerate(settings["objective"]):
        if numbers and OUTPUTS[ObjectiveName(pair).output].predicts != "numbers":
            yield (
                ("objective", i),
                f'the target of "{numbers[0]}" is a number, which {pair} cannot predict. Use: {", ".join(pairs)}.',
            )


def _unfit_smoothing(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for each objective whose targets cannot be smoothed, if there is label smoothing."""
    if any(settings.get("label_smoothing", ())):
        for i, pair in enumerate(map(ObjectiveName, settings["objective"])):
            if OUTPUTS[pair.output].predicts != "distribution":
                yield (
                    ("objective", i),
                    f"label smoothing needs a softmax output, and {pair} has another one. Move this objective to an "
                    "experiment without label_smoothing.",
                )


def _useless_dropout(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for networks without hidden units, if there is dropout."""
    if any(settings.get("dropout", ())) and [] in settings["hidden"]:
        yield (
            ("hidden", settings["hidden"].index([])),
            "[] has no hidden units to drop. Move it to an experiment without dropout.",
        )


def _repeated_initialisations(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for an initialisation that means the same as "own" for every activation."""
    names = settings["initialisation"]
    defaults = {resolve_own(OWN, activation) for activation in settings["activation"]}
    if OWN in names and len(defaults) == 1 and defaults <= set(names):
        (name,) = defaults
        yield ("initialisation", names.index(name)), f'"{name}" and own mean the same here. Remove one of the two.'


def _unused_momenta(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for momenta that no optimiser uses."""
    optimisers = settings.get("optimiser", [DEFAULTS["optimiser"]])
    if "momentum" in settings and not any(OPTIMISERS[name].uses_momentum for name in optimisers):
        using = " or ".join(name for name, optimiser in OPTIMISERS.items() if optimiser.uses_momentum)
        sentence = f"no optimiser of this experiment uses it. Remove this key, or add the optimiser {using}."
        yield ("momentum",), sentence


def _noise_of_numbers(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for noise in the labels of a data set that has none."""
    for i, name in enumerate(settings["dataset"]):
        if any(settings.get("label_noise", ())) and not data.has_classes(name):
            yield ("dataset", i), f'the target of "{name}" is a number, and label_noise replaces classes. Remove one.'


def _probes_of_ensembles(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for each probe that looks into a network, where there are several."""
    for i, name in enumerate(settings.get("probes", [])):
        if name in OF_ONE_NETWORK and max(settings.get("members", [1])) > 1:
            sentence = f"the probe {name} looks into a network, and an ensemble has several. Remove it, or members."
            yield ("probes", i), sentence


def _useless_probes(settings: dict) -> Iterator[Mistake]:
    """Yield a mistake for each probe that could measure nothing: without groups, probabilities or noise in labels."""
    probes = settings.get("probes", [])
    if "groups" in probes:
        for i, name in enumerate(settings["dataset"]):
            if not data.source(name).grouped:
                grouped = ", ".join(other for other, source in data.DATASETS.items() if source.grouped)
                yield ("dataset", i), f'the probe groups needs data with groups, and "{name}" has none. Use: {grouped}.'
    if "labels" in probes and not any(settings.get("label_noise", ())):
        sentence = "the probe labels tells apart which training labels are wrong, and none are. Add label_noise: [0.2]."
        yield ("probes", probes.index("labels")), sentence
    outputs = {ObjectiveName(pair).output for pair in settings["objective"]}
    if "probabilities" in probes and all(OUTPUTS[output].predicts == "numbers" for output in outputs):
        yield (
            ("probes", probes.index("probabilities")),
            f"no output of this experiment gives probabilities: {', '.join(sorted(outputs))}. "
            "Remove this probe, or add an objective such as softmax+cross_entropy.",
        )
