"""A claim elsewhere: the same test on other data, with other optimisers or with networks of other shapes, as published.

Seeds are never pooled: each replication has a verdict of its own. Replications are compared setting by setting, because
two verdicts "depends on the setting" may rest on opposite settings.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from ontrial.book.replications.agreement import (
    AGREEMENTS,
    DECIDED,
    count_agreements,
    made_same_test,
    name_of,
    pairs,
)
from ontrial.judge.records import Context, Outcome, Verdict
from ontrial.judge.statistics import supports
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.page import Page
from ontrial.report.summaries.replications import agree_outcomes, are_opposite
from ontrial.report.wording import formatting, outcomes


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
    return page.say[f"replication {here} here"].format(_places(page, contrary)) if contrary else ""


def elsewhere(page: Page, id: str, **settings: str | float) -> str:
    """Return where the settings of a claim that include these have the opposite answer, with the estimates there.

    The text is a sentence if a single setting matches, such as "In this setting the claim holds on printed letters
    (4.4 points, 3.2 to 5.5), although it fails here.", otherwise a list. It is "" if no answer is the opposite.
    """
    matching = lookup.verdict_on(page, id).matching(settings)
    found = {lookup.label(page, id, context): _opposed(page, id, context) for context in matching}
    if len(found) == 1:
        return next(iter(found.values()))
    lines = [Markdown("- **{}**: {}").format(name, text) for name, text in found.items() if text]
    return Markdown("\n").join(lines)


def _opposed(page: Page, id: str, context: Context) -> str:
    """Return the sentences on the replications with the opposite answer in a setting of a claim; "" if none has."""
    found: dict[str, list[Replication]] = {}
    for each in replications(page, id):
        twin = twin_of(lookup.verdict_on(page, id), context, each.verdict)
        if twin and agree_outcomes(context.outcome, twin.outcome) == "opposite":
            is_mirrored = {context.outcome, twin.outcome} == {Outcome.POSITIVE, Outcome.REVERSED}
            way = "mirrored" if is_mirrored else "holds" if supports(twin.outcome) else "fails"
            name = page.say["elsewhere effect"].format(name=each.name, effect=short_effect(page, twin))
            found.setdefault(way, []).append(each._replace(name=name))
    return Markdown(" ").join(page.say[f"elsewhere {way}"].format(_places(page, some)) for way, some in found.items())


def twin_of(verdict: Verdict, context: Context, other: Verdict) -> Context | None:
    """Return the context of another verdict that has the settings of a context of a verdict; None without any."""
    return next(twin for own, twin in pairs(verdict, other) if own is context)


def short_effect(page: Page, context: Context) -> str:
    """Return the estimate of a context and the ends of its interval, such as "4.4 points, 3.2 to 5.5"."""
    estimate, interval = outcomes.estimate_and_interval(page.say, context)
    return estimate if context.shown.low == context.shown.high else f"{estimate}, {interval}"


def _places(page: Page, group: Sequence[Replication]) -> str:
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
