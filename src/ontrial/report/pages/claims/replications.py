"""Replications of a claim: the same test on other data, with other optimisers or with networks of other shapes.

Seeds are never pooled: each replication has a verdict of its own. Replications are compared setting by setting, because
two verdicts "depends on the setting" may rest on opposite settings.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.page import Page
from ontrial.report.summaries.replications import Condition, are_opposite
from ontrial.report.wording import formatting, labels
from ontrial_judge.core.verdicts import Context, Outcome, Verdict, align

AGREEMENTS = ("same", "compatible", "different", "open", "undecided", "untried")
DECIDED = AGREEMENTS[:4]  # in at least one of two studies
COMPATIBLE = ({Outcome.BELOW, Outcome.NEGLIGIBLE}, {Outcome.BELOW, Outcome.REVERSED})


def name_of(condition: Condition, words: Mapping[str, str]) -> str:
    """Return the name of a replication: its data set, optimiser or hidden layers."""
    return (
        labels.shape(condition.value, words)
        if condition.setting == "hidden"
        else words.get(condition.value, condition.value)
    )


def made_same_test(verdict: Verdict, other: Verdict) -> bool:
    """Return whether two verdicts on a claim come from the same test."""
    return verdict.test_hash == other.test_hash


def pairs(verdict: Verdict, other: Verdict) -> Iterator[tuple[Context, Context | None]]:
    """Yield each context of a verdict with its twin, the context of another verdict with the same settings, if any."""
    for context, twin in align(verdict.contexts, other.contexts):
        if context:
            yield context, twin


def count_agreements(verdict: Verdict, other: Verdict) -> Counter[str]:
    """Return the number of contexts of a verdict by their agreement with those of another verdict."""
    return Counter(agree(context, twin) for context, twin in pairs(verdict, other))


def agree(context: Context, twin: Context | None) -> str:
    """Return how the outcomes of two contexts agree.

    same: They are the same.
    compatible: One leaves open what the other says: less than the smallest effect or reversed, beside one of the two.
    different: They exclude each other, as do an effect too small to matter and one that is certainly reversed.
    open: Only one is undecided.
    undecided: Both are.
    untried: There is no second context.
    """
    if twin is None:
        return "untried"
    found = {context.outcome, twin.outcome}
    if Outcome.UNDECIDED in found:
        return "undecided" if len(found) == 1 else "open"
    return "same" if len(found) == 1 else "compatible" if found in COMPATIBLE else "different"


class Replication(NamedTuple):
    """A replication of a claim: its name, the setting in which it differs, the value there, and its verdict."""

    name: str
    setting: str
    value: str
    verdict: Verdict


def replications(page: Page, id: str) -> list[Replication]:
    """Return the published replications that made the test of a claim: other data, then optimisers, then shapes."""
    here = lookup.verdict_on(page, id)
    published = {study: page.sources.other_studies[study].verdicts.get(id) for study in page.sources.replications}
    return [
        Replication(name_of(condition, page.texts), *condition, verdict)
        for study, condition in page.sources.replications.items()
        if (verdict := published[study]) and verdict.contexts and made_same_test(here, verdict)
    ]


def by_setting(group: Iterable[Replication]) -> dict[str, list[Replication]]:
    """Return replications by the setting in which they differ."""
    return {setting: list(some) for setting, some in groupby(group, lambda each: each.setting)}


def agreements(page: Page, id: str, group: Iterable[Replication]) -> Counter[str]:
    """Return the number of comparisons, of a setting here with the same one in a replication, by their agreement."""
    here = lookup.verdict_on(page, id)
    return sum((count_agreements(here, each.verdict) for each in group), Counter())


def counts(page: Page, found: Counter[str]) -> str:
    """Return agreements in words: "the same outcome in 5 of 8 comparisons, a different one in 1, open in 2".

    Settings that are undecided on both sides are not among those with an answer.
    """
    say, same = page.say, found["same"]
    tried = sum(found[each] for each in DECIDED)
    parts = []
    if tried:
        term = "agreement some" if same < tried else "agreement all" if tried > 1 else "agreement once"
        parts.append(say[term].format(same=formatting.count(same), n=formatting.count(tried)))
    for each in AGREEMENTS[1:]:
        if found[each]:
            parts.append(say[f"agreement number {each}"].format(formatting.count(found[each])))
    return Markdown(", ").join(parts)


def note(page: Page, id: str) -> str:
    """Return how far the replications of a claim agree, and which have the opposite verdict; "" without any."""
    return Markdown(" ").join(filter(None, [counted_together(page, id), contradiction(page, id)]))


def counted_together(page: Page, id: str) -> str:
    """Return the sentence on how far all replications of a claim agree with this study; "" without any."""
    group = replications(page, id)
    if not group:
        return ""
    ways = joined(page, [page.say[f"replication other {setting}"] for setting in by_setting(group)])
    text = counts(page, agreements(page, id, group))
    return page.say["replication again"].format(ways=ways, counts=text)


def contradiction(page: Page, id: str) -> str:
    """Return the sentence on the replications in which a claim got the opposite verdict; "" without any."""
    here = lookup.conclusion_on(page, id)
    contrary = [each for each in replications(page, id) if are_opposite(here, each.verdict.conclusion)]
    return page.say[f"replication {here} here"].format(places(page, contrary)) if contrary else ""


def places(page: Page, group: Sequence[Replication]) -> str:
    """Return the places of replications in words, such as "on pen strokes, and with Adam"."""
    texts = [
        page.say[f"replication in {setting}"].format(joined(page, [each.name for each in some]))
        for setting, some in by_setting(group).items()
    ]
    return page.say["replication and places"].join(texts)


def joined(page: Page, names: Sequence[str]) -> str:
    """Return names as a list for a sentence."""
    *first, last = names
    return page.say["replication last"].format(Markdown(", ").join(first), last) if first else last
