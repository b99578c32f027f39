"""Tables as Markdown: the experiments of a study, its provenance, its times."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ontrial.errors import InputError, unknown
from ontrial.judge.claim import parse_quantity
from ontrial.judge.smallest_effects import USUAL
from ontrial.report.markdown import Markdown, code
from ontrial.report.markdown import table as markdown
from ontrial.report.pages import lookup, numbers
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.phrases import in_language
from ontrial.report.wording.quantities import Quantity
from ontrial.study.cell import DEFAULTS
from ontrial.study.study import Experiment


def table(page: Page, name: str) -> str:
    """Return a table by name, such as table("experiments") or table("times")."""
    if name not in TABLES:
        raise InputError(unknown("table", name, TABLES))
    return TABLES[name](page)


def setting_rows(page: Page, experiment: str) -> list[tuple[str, str]]:
    """Return the name and value of every setting of an experiment that differs from its default."""
    say = page.say
    spec = numbers.experiment_of(page.results, experiment)
    rows: list[tuple[str, str]] = [
        (say[f"setting {name}"], Markdown(", ").join(code(labels.configured(name, value)) for value in values))
        for name, values in spec.grid.items()
        if name not in DEFAULTS or values != (DEFAULTS[name],)
    ]
    rates = f"{numbers.rates(page, experiment)} ({len(spec.learning_rates)})"
    rows.append((say["setting learning_rates"], rates))
    kind = "confirmatory" if spec.confirmatory else "descriptive"
    rows.append((say[f"seeds {kind}"], _seeds_text(page, spec)))
    budget = spec.training.budget
    rows.append((say[f"value budget {budget}"], formatting.count(getattr(spec.training, budget))))
    rows += [(say["cells"], numbers.cells(page, experiment)), (say["runs"], _runs_text(page, experiment))]
    return rows


def _runs_text(page: Page, experiment: str) -> str:
    """Return the number of runs of an experiment and, if further looks added some, of its first look.

    Of a published study, whose runs are not there, it is the latter.
    """
    first = numbers.runs_of_first_look(page, experiment)
    runs = first if page.results.runs.empty else numbers.runs(page, experiment)
    return runs if runs == first else page.say["runs of first look"].format(runs, first)


def _seeds_text(page: Page, spec: Experiment) -> str:
    """Return the seeds of an experiment, their number, and the number at each further look."""
    seeds = spec.judging_seeds
    text = f"{seeds[0]} – {seeds[-1]} ({len(seeds)})"
    later = ", ".join(map(formatting.count, page.results.study.looks_taken(spec.name)[1:]))
    return text + page.say["seeds of later looks"].format(later) if later else text


def _experiments(page: Page) -> str:
    """Return the experiments of the study with their purposes and sizes."""
    say = page.say
    rows = [
        (code(name), purpose(page, spec.purpose), numbers.cells(page, name), _runs_text(page, name))
        for name, spec in page.results.study.experiments.items()
    ]
    return markdown((say["experiment"], say["purpose"], say["cells"], say["runs"]), rows)


def purpose(page: Page, text: str | Mapping[str, str]) -> str:
    """Return the purpose of an experiment, in the language of the page if the configuration has that."""
    return text if isinstance(text, str) else lookup.translated(page, text)


def provenance(page: Page) -> str:
    """Return the files, versions and machine of this study, in one row per known fact."""
    facts = page.sources.provenance
    facts = {**facts, "versions_of_runs": _other_versions(page, facts) or None}
    rows = [
        (page.say[f"provenance {name}"], _fact(page, facts[name])) for name in PROVENANCE if facts.get(name) is not None
    ]
    return markdown((page.say["what"], page.say["value"]), rows)


PROVENANCE = (
    *("study", "configuration_file", "commit", "changed_since_commit"),
    *("configuration_sha256", "lock_sha256", "data_sha256", "metrics_sha256", "components_sha256"),
    *("cells", "runs", "runs_of_first_look"),
    *("python", "packages", "blas", "blas_kernel", "versions_of_runs"),
    *("system", "processor", "cores", "threads_per_job"),
)


def _other_versions(page: Page, facts: Mapping[str, Any]) -> str:
    """Return the versions that computed run files where they are not all those of the provenance itself.

    The text is such as "numpy 2.4.6 (4), 2.4.5 (2)", with the number of run files of each.
    """
    now = facts.get("packages", {}) | {name: facts.get(name) for name in ("python", "blas_kernel")}
    texts = []
    for name, counts in facts.get("versions_of_runs", {}).items():
        if counts.keys() != {now.get(name)}:
            known = {version: version for version in counts} | {"unknown": page.say["provenance unknown"]}
            numbers = [f"{known[version]} ({formatting.count(number)})" for version, number in counts.items()]
            texts.append(f"{page.say.get(f'provenance {name}', name)} {', '.join(numbers)}")
    return "; ".join(texts)


def _fact(page: Page, value: bool | int | str | Mapping[str, Any]) -> str:
    """Return a value of a record as text: a checksum by its first digits, items of a mapping separated by commas."""
    if isinstance(value, bool):
        return page.say["yes" if value else "no"]
    if isinstance(value, int):
        return formatting.count(value)
    if isinstance(value, Mapping) and "version" in value:
        return f"{value['name']} {value['version']}"
    if isinstance(value, Mapping):
        return Markdown(", ").join(Markdown("{} {}").format(name, _fact(page, item)) for name, item in value.items())
    return code(value[:12]) if re.fullmatch(r"[0-9a-f]{40,64}", value) else value


def _times(page: Page) -> str:
    """Return the jobs, seconds and share of each rule on the machine that ran them, and their sum."""
    say = page.say
    rules = page.results.times
    total = sum(spent.seconds for spent in rules.values())
    rows = [
        (code(rule), formatting.count(spent.jobs), *_seconds_and_share(page, spent.seconds, total))
        for rule, spent in rules.items()
    ]
    jobs = sum(spent.jobs for spent in rules.values())
    rows.append((say["sum"], formatting.count(jobs), *_seconds_and_share(page, total, total)))
    return markdown((say["job"], say["jobs"], say["seconds"], say["share"]), rows)


def _seconds_and_share(page: Page, seconds: float, total: float) -> tuple[str, str]:
    share = numbers.percent(page, 100 * seconds / total) if total else formatting.NO_VALUE
    return formatting.significant(seconds), share


def _differing(page: Page) -> str:
    """Return the files of a study that may differ between two runs, and the reasons."""
    rows = [
        (code(pattern), Markdown(in_language(reason, page.language)))
        for pattern, reason in page.sources.docs.differing.items()
    ]
    return markdown((page.say["file"], page.say["why it differs"]), rows)


def _smallest_effects(page: Page) -> str:
    """Return a row for each kind of quantity, with its usual smallest effect of interest and the reason."""
    say = page.say
    rows = []
    for name, usual in USUAL.items():
        sizes = [
            Quantity.of(parse_quantity(text, unit), unit).as_margin(say)
            for text, unit in zip(usual.quantities, usual.units, strict=True)
        ]
        size = say["smallest effect much"].format(*sizes) if len(sizes) == 2 else sizes[0]
        rows.append((say[f"smallest effect on {name}"], size, say[f"smallest effect on {name}, because"]))
    return markdown((say["smallest effect quantity"], say["smallest effect size"], say["smallest effect why"]), rows)


TABLES: dict[str, Callable[[Page], str]] = {
    "experiments": _experiments,
    "provenance": provenance,
    "times": _times,
    "differing": _differing,
    "smallest effects": _smallest_effects,
}
