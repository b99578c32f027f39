"""Tables of a page, as Markdown: settings of an experiment, the registries, where a study came from."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.losses import LOSSES
from ontrial.nn.objectives import LEGAL
from ontrial.nn.outputs import OUTPUTS
from ontrial.nn.probes import PROBES
from ontrial.report.pages import numbers, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial.study.cell import DEFAULTS


@template_name("table")
def table(page: Page, name: str, *arguments: str) -> str:
    """A table by name, such as table("settings", "main-grid") or table("activations")."""
    if name not in TABLES:
        raise InputError(unknown("table", name, TABLES))
    return TABLES[name](page, *arguments)


def markdown(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Markdown of a table whose cells are Markdown already."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def settings(page: Page, experiment: str) -> str:
    """Every setting of an experiment, as its configuration gives it."""
    return markdown((page.say["setting"], page.say["value"]), setting_rows(page, experiment))


def setting_rows(page: Page, experiment: str) -> list[tuple[str, str]]:
    """Name and value of every setting of an experiment, in words and Markdown."""
    say, results = page.say, page.results
    found = numbers.experiment_of(results, experiment)
    rows = [
        (say[f"setting {name}"], ", ".join(f"`{numbers.shown(value)}`" for value in values))
        for name, values in found.grid.items()
        if name not in DEFAULTS or values != (DEFAULTS[name],)
    ]
    grid = f"{numbers.rates(page, experiment)} ({len(found.learning_rates)})"
    rows.append((say["setting learning_rates"], grid))
    for kind in ("descriptive", "tuning", "confirmatory"):
        if seeds := getattr(found, kind):
            rows.append((say[f"seeds {kind}"], f"{seeds[0]} – {seeds[-1]} ({len(seeds)})"))
    budget = found.training.budget
    rows.append((say[f"budget {budget}"], formatting.count(getattr(found.training, budget))))
    rows += [(say["cells"], numbers.cells(page, experiment)), (say["runs"], numbers.runs(page, experiment))]
    return rows


def experiments(page: Page) -> str:
    """Every experiment of the study with its purpose and its size."""
    say, results = page.say, page.results
    rows = [
        (f"`{name}`", purpose(page, found.purpose), numbers.cells(page, name), numbers.runs(page, name))
        for name, found in results.study.experiments.items()
    ]
    return markdown((say["experiment"], say["purpose"], say["cells"], say["runs"]), rows)


def purpose(page: Page, told: str | Mapping[str, str]) -> str:
    """What an experiment is for: in the language of the page if its configuration has it, or else as it stands."""
    return formatting.plain(told) if isinstance(told, str) else verdicts.translated(page, told)


def activations(page: Page) -> str:
    """Every activation with its formula, derivative and own initialisation."""
    say = page.say
    rows = [
        (f"`{name}`", formula(say, entry.function), formula(say, entry.derivative), f"`{entry.initialisation}`")
        for name, entry in ACTIVATIONS.items()
    ]
    return markdown((say["setting activation"], say["formula"], say["derivative"], say["setting initialisation"]), rows)


def initialisations(page: Page) -> str:
    """Every initialisation with its standard deviation."""
    rows = [(f"`{name}`", formula(page.say, function)) for name, function in INITIALISATIONS.items()]
    return markdown((page.say["setting initialisation"], page.say["formula"]), rows)


def losses(page: Page) -> str:
    """Every loss with what it computes."""
    rows = [(f"`{name}`", formula(page.say, loss.value)) for name, loss in LOSSES.items()]
    return markdown((page.say["setting loss"], page.say["formula"]), rows)


def outputs(page: Page) -> str:
    """Every output with what it computes, and the losses that it takes."""
    say = page.say
    rows = [
        (f"`{name}`", formula(say, output.function), ", ".join(f"`{loss}`" for loss in LEGAL[name]))
        for name, output in OUTPUTS.items()
    ]
    return markdown((say["setting output"], say["formula"], say["setting loss"]), rows)


def probes(page: Page) -> str:
    """Every probe with what it measures."""
    rows = [(f"`{name}`", formula(page.say, probe)) for name, probe in PROBES.items()]
    return markdown((page.say["probe"], page.say["measures"]), rows)


def datasets(page: Page) -> str:
    """Every data set with its features, its classes, and the samples of each part."""
    say = page.say
    rows = [(f"`{name}`", *map(formatting.count, data.sizes(name))) for name in data.DATASETS]
    return markdown((say["setting dataset"], *(say[f"samples {part}"] for part in data.Sizes._fields)), rows)


def formula(say: Phrases, function: Callable) -> str:
    """What a function computes, in the language of the page; docs/phrases.yaml has the formulas with words in them."""
    told = computed(function)
    return formatting.plain(say.get(f"formula {told}", told))


def computed(function: Callable) -> str:
    """What a function computes: the first sentence of its documentation, which a newcomer brings along."""
    return inspect.getdoc(function).split("\n")[0].split(". ")[0].rstrip(".")


def provenance(page: Page) -> str:
    """What this study was made from, and with what: a line for each thing that its record knows."""
    known = page.sources.provenance
    rows = [
        (page.say[f"provenance {name}"], fact(page, known[name])) for name in PROVENANCE if known.get(name) is not None
    ]
    return markdown((page.say["what"], page.say["value"]), rows)


PROVENANCE = (
    *("study", "configuration_file", "commit", "changed_since_commit"),
    *("configuration_sha256", "lock_sha256", "data_sha256", "cells", "runs"),
    *("python", "packages", "blas", "blas_kernel", "system", "processor", "cores", "threads_per_job"),
)


def fact(page: Page, value: object) -> str:
    """One value of the record: a checksum by its first digits, several things with commas between."""
    if isinstance(value, bool):
        return page.say["yes" if value else "no"]
    if isinstance(value, int):
        return formatting.count(value)
    if isinstance(value, Mapping) and "version" in value:
        return formatting.plain(f"{value['name']} {value['version']}")
    if isinstance(value, Mapping):
        return ", ".join(f"{formatting.plain(name)} {fact(page, part)}" for name, part in value.items())
    return f"`{value[:12]}`" if re.fullmatch(r"[0-9a-f]{40,64}", value) else formatting.plain(value)


def times(page: Page) -> str:
    """Seconds of the jobs of each rule on the machine that ran them, and their share; a line with the sum."""
    say, spent = page.say, page.results.times.get("rules", {})
    total = sum(found["seconds"] for found in spent.values())
    rows = [
        (f"`{rule}`", formatting.count(found["jobs"]), *amount(page, found["seconds"], total))
        for rule, found in spent.items()
    ]
    rows.append(
        (say["sum"], formatting.count(sum(found["jobs"] for found in spent.values())), *amount(page, total, total))
    )
    return markdown((say["job"], say["jobs"], say["seconds"], say["share"]), rows)


def parts_of_training(page: Page) -> str:
    """Seconds of all training jobs by what they do, and their share."""
    say, spent = page.say, page.results.times.get("train", {})
    total = sum(spent.values())
    return markdown(
        (say["part of training"], say["seconds"], say["share"]),
        [(say[f"part {name}"], *amount(page, seconds, total)) for name, seconds in spent.items()],
    )


def amount(page: Page, seconds: float, total: float) -> tuple[str, str]:
    """Seconds, and their share of a total in per cent."""
    return formatting.significant(seconds), numbers.percent(
        page, 100 * seconds / total
    ) if total else formatting.NOTHING


@template_name("verdicts")
def at_a_glance(page: Page) -> str:
    """Every claim that has a verdict, in the order of the docket: a table for each chapter. Nothing without verdicts.

    What was measured says in a line what came out.
    """
    tried = [claim for id, claim in page.results.claims.items() if verdicts.has_claim(page, id)]
    chapters = sorted(dict.fromkeys(claim.chapter for claim in tried), key=lambda chapter: chapter is None)
    parts = []
    for chapter in chapters:
        file = f"{chapter}.md"
        written = file in page.sources.pages
        title = f"[{verdicts.heading(page.sources.pages[file])}]({page.root}{file})" if written else page.say["others"]
        rows = [glance(page, claim.id) for claim in tried if claim.chapter == chapter]
        parts += [f"**{title}**", markdown((page.say["verdict of"], page.say["claim"]), rows)]
    return html("at_a_glance", blocks=parts) if parts else ""


def glance(page: Page, id: str) -> tuple[str, str]:
    """Badge of a claim; what it says, which leads to its evidence, and why the verdict is so if it was measured."""
    why = html("small_print", text=verdicts.reason(page, id)) if verdicts.compared(page, id) else ""
    said = f"[{verdicts.statement(page, id)}]({page.root}evidence/{id}.md)"
    return verdicts.badge(page, verdicts.verdict_of(page, id)), said + why


def differing(page: Page) -> str:
    """Files of a study that may differ between two runs, and why."""
    rows = [(f"`{pattern}`", reason[page.language]) for pattern, reason in page.sources.differing.items()]
    return markdown((page.say["file"], page.say["why it differs"]), rows)


def packing(page: Page) -> str:
    """What a cluster's job costs beside its work, as it was measured: a line for each number of cells a job."""
    say, rows = page.say, []
    for found in page.results.packing["measured"]:
        work, whole = (found[name] / found["jobs"] for name in ("work_seconds", "job_seconds"))
        costs = (
            formatting.significant(work),
            formatting.significant(whole - work, 2),
            numbers.percent(page, 100 * work / whole),
        )
        rows.append((formatting.count(found["cells"]), formatting.count(found["jobs"]), *costs))
    heads = ("cells a job", "jobs", "work a job", "rest a job", "share of work")
    return markdown([say[head] for head in heads], rows)


TABLES = {
    "settings": settings,
    "experiments": experiments,
    "activations": activations,
    "initialisations": initialisations,
    "losses": losses,
    "outputs": outputs,
    "probes": probes,
    "data sets": datasets,
    "provenance": provenance,
    "times": times,
    "parts of training": parts_of_training,
    "differing": differing,
    "packing": packing,
}
