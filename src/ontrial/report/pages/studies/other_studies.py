"""This study compared with others: published verdicts on the same claims, and plain networks in the literature."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from ontrial import data
from ontrial.judge import policies
from ontrial.judge.records import Context, Verdict, align
from ontrial.report.markdown import Markdown, code
from ontrial.report.pages import lookup, numbers
from ontrial.report.pages.claims import estimates, sentences, verdicts
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting, labels
from ontrial.study.settings import ObjectiveName

PLAIN_NETS = "plain-nets"  # name of the experiment


class Column(NamedTuple):
    """The verdict of a study on a claim, and the head of its column."""

    head: str
    verdict: Verdict


@template_name("across")
def across(page: Page, id: str, *studies: str) -> str:
    """Return a table of the verdicts and estimates on a claim, with a column per study; "" without a verdict.

    The columns are this study, and those of the named studies that are published and tested the same claim.
    """
    columns = list(study_columns(page, id, studies))
    if not columns:
        return ""
    say = page.say
    rows = [
        (
            Markdown("**{}**").format(say["verdict of"]),
            *(verdicts.badge(page, column.verdict.conclusion) for column in columns),
        )
    ]
    for first, *others in align(*(column.verdict.contexts for column in columns)):
        if first:
            texts = [
                context_text(page, column.verdict, context)
                for column, context in zip(columns, [first, *others], strict=True)
            ]
            rows.append((lookup.label(page, id, first), *texts))
    return markdown((say["setting"], *(column.head for column in columns)), rows)


@template_name("answers_across")
def answers_across(page: Page, id: str, *studies: str) -> str:
    """Return a list of the answers of this study and published ones to a claim; "" if no study has a verdict.

    Files of version 1 are left out, because they have other outcomes.
    """
    columns = [column for column in study_columns(page, id, studies) if column.verdict.test_hash]
    lines = [Markdown("- {}: {}").format(column.head, sentences.answer_of(page, column.verdict)) for column in columns]
    return Markdown("\n").join(lines)


def study_columns(page: Page, id: str, studies: Collection[str]) -> Iterator[Column]:
    """Yield the column of this study, if it tested the claim, and those of named studies that are published."""
    this_study = page.results.study.name
    verdict = page.results.verdicts.get(id)
    if verdict:
        yield Column(code(this_study), verdict)
    for study, published in page.sources.other_studies.items():
        other = published.verdicts.get(id)
        if (
            study in studies
            and study != this_study
            and other
            and (verdict is None or test_hash(other) == test_hash(verdict))
        ):
            yield Column(Markdown("{} ({})").format(code(study), page.say["published"]), other)


def test_hash(verdict: Verdict) -> str:
    """Return the hash of a claim's test. In files of version 1, it is the only hash."""
    return verdict.test_hash or verdict.hash


def context_text(page: Page, verdict: Verdict, context: Context | None) -> str:
    """Return the outcome, estimate and number of seeds of a context; a dash without the context.

    The outcome is left out for files of version 1, which have others.
    """
    if context is None:
        return formatting.NO_VALUE
    estimate, _ = estimates.estimate_and_interval(page, context)
    text = Markdown("{} (n = {})").format(estimate, context.n)
    return verdicts.outcome_badge(page, verdict, context) + " " + text if verdict.test_hash else text


@template_name("literature")
def literature(page: Page) -> str:
    """Return a table of plain networks, with their test errors and training.

    Networks in the literature come first, then those of this study, or of the first published study that has some.
    """
    say = page.say
    rows = [
        (
            entry["network"],
            lookup.translated(page, entry["training"]),
            error(page, entry["error"]),
            cited_work(page, entry),
        )
        for entry in page.sources.literature
    ]
    study, table = plain_nets(page)
    rows += [
        (network(row), training(page, row), error(page, 100 - row["mean"], row["sd"]), code(study))
        for row in table.to_dict("records")
    ]
    return markdown((say["speed network"], say["how it was trained"], say["test error"], say["found in"]), rows)


def plain_nets(page: Page) -> tuple[str, pd.DataFrame]:
    """Return the first study that trained plain networks, this one before others, and their rows.

    The table is empty if no study trained them.
    """
    results = page.results
    if PLAIN_NETS in results.study.experiments:
        table = policies.tuned_accuracies(results)
        return results.study.name, table[table["experiment"] == PLAIN_NETS]
    for study, published in page.sources.other_studies.items():
        if published.tuned is not None:
            table = published.tuned[published.tuned["experiment"] == PLAIN_NETS]
            if len(table) and table["dataset"].isin(data.DATASETS).all():  # sizes of own data sets are unknown here
                return study, table
    return "", pd.DataFrame()


def network(row: Mapping[str, Any]) -> str:
    """Return a network as its widths, from inputs to outputs."""
    sizes = data.sizes(row["dataset"])
    return f"{sizes.features}-{row['hidden']}-{sizes.classes}"


def training(page: Page, row: Mapping[str, Any]) -> str:
    """Return a sentence on how the networks of a row were trained."""
    say, sizes = page.say, data.sizes(row["dataset"])
    text = say["trained by us"].format(
        activation=labels.value("activation", row["activation"], page.texts),
        objective=labels.value("objective", ObjectiveName.of(row["output"], row["loss"]), page.texts),
        initialisation=labels.value("initialisation", row["initialisation"], page.texts),
        batch_size=row["batch_size"],
        epochs=formatting.count(int(row["epochs"])),
        rate=formatting.rate(row["learning_rate"]),
        train=formatting.count(row["training_samples"]),
        validation=formatting.count(sizes.validation),
        optimiser=labels.value("optimiser", row["optimiser"], page.texts),
        momentum=f"{row['momentum']:g}",
        weight_decay=f"{row['weight_decay']:g}",
        seeds=formatting.count(row["seeds"]),
    )
    return text + " " + say["rate on edge"] if row["on_edge"] else text


def error(page: Page, mean: float, sd: float | None = None) -> str:
    """Return an error as a percentage, with the standard deviation over seeds if there is one."""
    text = numbers.percent(page, mean, places=1 if sd is None else 2)
    return text if sd is None else f"{text} (±\N{NO-BREAK SPACE}{formatting.decimals(sd, 2)})"


def cited_work(page: Page, entry: Mapping[str, Any]) -> str:
    """Return the work in which an error was published, linked to the page of references if that lists it."""
    work, name = entry["cited"], entry["reference"]
    return Markdown("[{}](references.md#{})").format(work, name) if name in page.sources.references else work
