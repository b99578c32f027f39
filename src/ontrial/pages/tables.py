"""Tables of a page, as Markdown: settings of an experiment, the registries, where a study came from."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping

from ontrial.errors import InputError, unknown
from ontrial.judge.results import Results
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.losses import LOSSES
from ontrial.pages import numbers, text, verdicts
from ontrial.pages.sources import Sources


def table(sources: Sources, name: str, *arguments: str) -> str:
    """A table by name, such as table("settings", "main-grid") or table("activations")."""
    if name not in TABLES:
        raise InputError(unknown("table", name, TABLES))
    return TABLES[name](sources, *arguments)


def markdown(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Markdown of a table whose cells are Markdown already."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def settings(sources: Sources, experiment: str) -> str:
    """Every setting of an experiment, as its configuration gives it."""
    say, results = sources.say, sources.results
    names = ("dataset", "hidden", "activation", "initialisation", "objective", "batch_size")
    rows = [(say[f"setting {name}"], code(results, experiment, name)) for name in names]
    found = numbers.experiment_of(results, experiment)
    grid = f"{numbers.rates(results, experiment)} ({len(found.learning_rates)})"
    rows.append((say["setting learning_rates"], grid))
    for kind in ("descriptive", "tuning", "confirmatory"):
        if getattr(found, kind):
            rows.append((say[f"seeds {kind}"], str(len(getattr(found, kind)))))
    budget = "updates" if found.epochs is None else "epochs"
    rows.append((say[f"budget {budget}"], text.count(getattr(found, budget))))
    extras = {name: getattr(found, name) for name in ("momentum", "l2")}
    rows += [(say[f"setting {name}"], f"{amount:g}") for name, amount in extras.items() if amount]
    rows += [(say["cells"], numbers.cells(results, experiment)), (say["runs"], numbers.runs(results, experiment))]
    return markdown((say["setting"], say["value"]), rows)


def code(results: Results, experiment: str, name: str) -> str:
    """Values of a setting as the configuration writes them."""
    values = getattr(numbers.experiment_of(results, experiment), name)
    return ", ".join(f"`{numbers.shown(value)}`" for value in values)


def experiments(sources: Sources) -> str:
    """Every experiment of the study with its purpose and its size."""
    say, results = sources.say, sources.results
    rows = [
        (f"`{name}`", purpose(sources, found.purpose), numbers.cells(results, name), numbers.runs(results, name))
        for name, found in results.study.experiments.items()
    ]
    return markdown((say["experiment"], say["purpose"], say["cells"], say["runs"]), rows)


def purpose(sources: Sources, told: str | Mapping[str, str]) -> str:
    """What an experiment is for: in the language of the page if its configuration has it, or else as it stands."""
    return text.plain(told) if isinstance(told, str) else verdicts.translated(sources, told)


def activations(sources: Sources) -> str:
    """Every activation with its formula, derivative and own initialisation."""
    say = sources.say
    rows = [
        (f"`{name}`", formula(say, entry.function), formula(say, entry.derivative), f"`{entry.initialisation}`")
        for name, entry in ACTIVATIONS.items()
    ]
    return markdown((say["setting activation"], say["formula"], say["derivative"], say["setting initialisation"]), rows)


def initialisations(sources: Sources) -> str:
    """Every initialisation with its standard deviation."""
    rows = [(f"`{name}`", formula(sources.say, function)) for name, function in INITIALISATIONS.items()]
    return markdown((sources.say["setting initialisation"], sources.say["formula"]), rows)


def losses(sources: Sources) -> str:
    """Every loss with what it computes."""
    rows = [(f"`{name}`", formula(sources.say, loss.value)) for name, loss in LOSSES.items()]
    return markdown((sources.say["setting loss"], sources.say["formula"]), rows)


def formula(say: text.Phrases, function: Callable) -> str:
    """What a function computes, in the language of the page; docs/phrases.yaml has the formulas with words in them."""
    told = computed(function)
    return text.plain(say.get(f"formula {told}", told))


def computed(function: Callable) -> str:
    """What a function computes: the first sentence of its documentation, which a newcomer brings along."""
    return inspect.getdoc(function).split("\n")[0].split(". ")[0].rstrip(".")


def provenance(sources: Sources) -> str:
    """What this study was made from, and with what: a line for each thing that its record knows."""
    known = sources.provenance
    rows = [
        (sources.say[f"provenance {name}"], fact(sources, known[name]))
        for name in PROVENANCE
        if known.get(name) is not None
    ]
    return markdown((sources.say["what"], sources.say["value"]), rows)


PROVENANCE = (
    *("study", "configuration_file", "commit", "changed_since_commit"),
    *("configuration_sha256", "lock_sha256", "data_sha256", "cells", "runs"),
    *("python", "packages", "blas", "system", "processor", "cores", "threads_per_job"),
)


def fact(sources: Sources, value: object) -> str:
    """One value of the record: a checksum by its first digits, several things with commas between."""
    if isinstance(value, bool):
        return sources.say["yes" if value else "no"]
    if isinstance(value, int):
        return text.count(value)
    if isinstance(value, Mapping) and "version" in value:
        return text.plain(f"{value['name']} {value['version']}")
    if isinstance(value, Mapping):
        return ", ".join(f"{text.plain(name)} {fact(sources, part)}" for name, part in value.items())
    return f"`{value[:12]}`" if re.fullmatch(r"[0-9a-f]{40,64}", value) else text.plain(value)


def times(sources: Sources) -> str:
    """Seconds of each kind of job on the machine that ran it; a line with the sum."""
    seconds = sources.provenance.get("seconds", {})
    rows = [(f"`{text.plain(name)}`", text.significant(spent)) for name, spent in seconds.items()]
    rows.append((sources.say["sum"], text.significant(sum(seconds.values()))))
    return markdown((sources.say["job"], sources.say["seconds"]), rows)


TABLES = {
    "settings": settings,
    "experiments": experiments,
    "activations": activations,
    "initialisations": initialisations,
    "losses": losses,
    "provenance": provenance,
    "times": times,
}
