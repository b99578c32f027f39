"""This study beside the published ones: the verdicts of each on the same claim, and plain nets of the literature."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from ontrial import data
from ontrial.judge import policies
from ontrial.report.pages import numbers, verdicts
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting

PLAIN = "plain-nets"  # the experiment


class Column(NamedTuple):
    """What one study found on a claim: the head of its column, and its verdict."""

    head: str
    verdict: Mapping[str, Any]


@template_name("across")
def across(page: Page, id: str) -> str:
    """Table of a claim: its verdict and the estimate of every context, in this study and in each published one.

    A study that tried another claim of that name is left out. "" if no study has a verdict.
    """
    found = list(columns(page, id))
    if not found:
        return ""
    say = page.say
    settings = [verdicts.label(page, context) for context in found[0].verdict["contexts"]]
    by_setting = [
        {verdicts.label(page, context): context for context in column.verdict["contexts"]} for column in found
    ]
    rows = [
        (
            setting,
            *(told(page, contexts[setting]) if setting in contexts else formatting.NOTHING for contexts in by_setting),
        )
        for setting in settings
    ]
    whole = (f"**{say['verdict of']}**", *(verdicts.badge(page, column.verdict["verdict"]) for column in found))
    return markdown((say["setting"], *(column.head for column in found)), [whole, *rows])


def columns(page: Page, id: str) -> Iterator[Column]:
    """This study, if it tried the claim, and the published ones that tried the same."""
    own, tried = page.results.study.name, page.results.verdicts.get(id)
    if tried:
        yield Column(f"`{own}`", tried)
    for study, published in page.sources.elsewhere.items():
        there = published.verdicts.get(id)
        if study != own and there and there["hash"] == (tried or there)["hash"]:
            yield Column(f"`{study}` ({page.say['published']})", there)


def told(page: Page, context: Mapping[str, Any]) -> str:
    """Outcome, estimate, and the number of seeds of a context."""
    estimate, _ = verdicts.ends(page, context)
    return f"{verdicts.badge(page, context['outcome'])} {estimate} (n = {context['n']})"


@template_name("literature")
def literature(page: Page) -> str:
    """Error on the test images of plain networks, and how each was trained.

    Those of the literature, and then those of this study or of the first published one that has some.
    """
    say = page.say
    rows = [
        (
            entry["network"],
            verdicts.translated(page, entry["training"]),
            error(page, entry["error"]),
            cited(page, entry),
        )
        for entry in page.sources.literature
    ]
    rows += [
        (network(row), training(page, row), error(page, 100 - row["mean"], row["sd"]), f"`{study}`")
        for study, table in ours(page)
        for row in table.to_dict("records")
    ]
    return markdown((say["speed network"], say["how it was trained"], say["test error"], say["found in"]), rows)


def ours(page: Page) -> list[tuple[str, pd.DataFrame]]:
    """Name of the first study that trained the plain nets, this one before others, and their rows; [] if none did."""
    results = page.results
    if PLAIN in results.study.experiments:
        found = policies.tuned_accuracies(results)
        return [(results.study.name, found[found["experiment"] == PLAIN])]
    for study, published in page.sources.elsewhere.items():
        if published.tuned is not None and (published.tuned["experiment"] == PLAIN).any():
            return [(study, published.tuned[published.tuned["experiment"] == PLAIN])]
    return []


def network(row: Mapping[str, Any]) -> str:
    """A network by its widths, from inputs to outputs."""
    sizes = data.sizes(row["dataset"])
    return f"{sizes.features}-{row['hidden']}-{sizes.classes}"


def training(page: Page, row: Mapping[str, Any]) -> str:
    """How the networks of a row were trained, in a sentence."""
    say, sizes = page.say, data.sizes(row["dataset"])
    told = say["trained by us"].format(
        activation=verdicts.named(page, "activation", row["activation"]),
        objective=verdicts.named(page, "objective", f"{row['output']}+{row['loss']}"),
        initialisation=verdicts.named(page, "initialisation", row["initialisation"]),
        batch_size=row["batch_size"],
        epochs=formatting.count(int(row["epochs"])),
        rate=formatting.rate(row["learning_rate"]),
        train=formatting.count(row["training_samples"]),
        validation=formatting.count(sizes.validation),
        optimiser=verdicts.named(page, "optimiser", row["optimiser"]),
        momentum=f"{row['momentum']:g}",
        weight_decay=f"{row['weight_decay']:g}",
        seeds=formatting.count(row["seeds"]),
    )
    return f"{told} {say['rate on edge']}" if row["on_edge"] else told


def error(page: Page, mean: float, sd: float | None = None) -> str:
    """An error in per cent, with the standard deviation over seeds if there is one."""
    told = numbers.percent(page, mean, places=1 if sd is None else 2)
    return told if sd is None else f"{told} (±\N{NO-BREAK SPACE}{formatting.decimals(sd, 2)})"


def cited(page: Page, entry: Mapping[str, Any]) -> str:
    """Where an error was published: the work, on the page of references if that lists it."""
    work, name = formatting.plain(entry["cited"]), entry["reference"]
    return f"[{work}](references.md#{name})" if name in page.sources.references else work
