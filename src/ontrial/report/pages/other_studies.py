"""This study beside the published ones: the verdicts of each on the same claim, and plain nets of the literature."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from ontrial import data
from ontrial.judge import policies
from ontrial.report.pages import numbers, verdicts
from ontrial.report.pages.sources import Sources
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting

PLAIN = "plain-nets"  # the experiment


class Column(NamedTuple):
    """What one study found on a claim: the head of its column, and its verdict."""

    head: str
    verdict: Mapping[str, Any]


def across(sources: Sources, id: str) -> str:
    """Table of a claim: its verdict and the estimate of every context, in this study and in each published one.

    A study that tried another claim of that name is left out. "" if no study has a verdict.
    """
    found = list(columns(sources, id))
    if not found:
        return ""
    say = sources.say
    settings = [verdicts.label(sources, context) for context in found[0].verdict["contexts"]]
    by_setting = [
        {verdicts.label(sources, context): context for context in column.verdict["contexts"]} for column in found
    ]
    rows = [
        (
            setting,
            *(
                told(sources, contexts[setting]) if setting in contexts else formatting.NOTHING
                for contexts in by_setting
            ),
        )
        for setting in settings
    ]
    whole = (f"**{say['verdict of']}**", *(verdicts.badge(sources, column.verdict["verdict"]) for column in found))
    return markdown((say["setting"], *(column.head for column in found)), [whole, *rows])


def columns(sources: Sources, id: str) -> Iterator[Column]:
    """This study, if it tried the claim, and the published ones that tried the same."""
    own, tried = sources.results.study.name, sources.results.verdicts.get(id)
    if tried:
        yield Column(f"`{own}`", tried)
    for study, published in sources.elsewhere.items():
        there = published.verdicts.get(id)
        if study != own and there and there["hash"] == (tried or there)["hash"]:
            yield Column(f"`{study}` ({sources.say['published']})", there)


def told(sources: Sources, context: Mapping[str, Any]) -> str:
    """Outcome, estimate, and the number of seeds of a context."""
    estimate, _ = verdicts.ends(sources, context)
    return f"{verdicts.badge(sources, context['outcome'])} {estimate} (n = {context['n']})"


def literature(sources: Sources) -> str:
    """Error on the test images of plain networks, and how each was trained.

    Those of the literature, and then those of this study or of the first published one that has some.
    """
    say = sources.say
    rows = [
        (
            entry["network"],
            verdicts.translated(sources, entry["training"]),
            error(sources, entry["error"]),
            cited(sources, entry),
        )
        for entry in sources.literature
    ]
    rows += [
        (network(row), training(sources, row), error(sources, 100 - row["mean"], row["sd"]), f"`{study}`")
        for study, table in ours(sources)
        for row in table.to_dict("records")
    ]
    return markdown((say["speed network"], say["how it was trained"], say["test error"], say["found in"]), rows)


def ours(sources: Sources) -> list[tuple[str, pd.DataFrame]]:
    """Name of the first study that trained the plain nets, this one before others, and their rows; [] if none did."""
    results = sources.results
    if PLAIN in results.study.experiments:
        found = policies.at_best(results)
        return [(results.study.name, found[found["experiment"] == PLAIN])]
    for study, published in sources.elsewhere.items():
        if published.tuned is not None and (published.tuned["experiment"] == PLAIN).any():
            return [(study, published.tuned[published.tuned["experiment"] == PLAIN])]
    return []


def network(row: Mapping[str, Any]) -> str:
    """A network by its widths, from inputs to outputs."""
    sizes = data.sizes(row["dataset"])
    return f"{sizes.features}-{row['hidden']}-{sizes.classes}"


def training(sources: Sources, row: Mapping[str, Any]) -> str:
    """How the networks of a row were trained, in a sentence."""
    say, sizes = sources.say, data.sizes(row["dataset"])
    told = say["trained by us"].format(
        activation=verdicts.named(sources, "activation", row["activation"]),
        objective=verdicts.named(sources, "objective", f"{row['output']}+{row['loss']}"),
        initialisation=verdicts.named(sources, "initialisation", row["initialisation"]),
        batch_size=row["batch_size"],
        epochs=formatting.count(int(row["epochs"])),
        rate=formatting.rate(row["learning_rate"]),
        train=formatting.count(row["training_samples"]),
        validation=formatting.count(sizes.validation),
        optimiser=verdicts.named(sources, "optimiser", row["optimiser"]),
        momentum=f"{row['momentum']:g}",
        weight_decay=f"{row['weight_decay']:g}",
        seeds=formatting.count(row["seeds"]),
    )
    return f"{told} {say['rate on edge']}" if row["on_edge"] else told


def error(sources: Sources, mean: float, sd: float | None = None) -> str:
    """An error in per cent, with the standard deviation over seeds if there is one."""
    told = numbers.percent(sources, mean, places=1 if sd is None else 2)
    return told if sd is None else f"{told} (±\N{NO-BREAK SPACE}{formatting.decimals(sd, 2)})"


def cited(sources: Sources, entry: Mapping[str, Any]) -> str:
    """Where an error was published: the work, on the page of references if that lists it."""
    work, name = formatting.plain(entry["cited"]), entry["reference"]
    return f"[{work}](references.md#{name})" if name in sources.references else work
