"""Replications of a claim: the same test on other data sets and with other optimisers, as published.

A published study is a replication if it has the name of a data set or an optimiser. Seeds are never pooled: each
replication has a verdict of its own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ontrial import data
from ontrial.judge.records import Conclusion, Context, Outcome, Verdict
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.claims import verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.replications import conditions, made_same_test
from ontrial.report.wording import formatting


class Replication(NamedTuple):
    """A replication of a claim: its name and meaning, whether it has other data or another optimiser, its verdict."""

    name: str
    meaning: str
    other_data: bool
    verdict: Verdict

    @property
    def conclusion(self) -> Conclusion:
        """Conclusion of the verdict."""
        return self.verdict.conclusion


def replications(page: Page, id: str) -> list[Replication]:
    """Return the published replications that tested a claim in the same way: first other data, then optimisers."""
    here, others = lookup.verdict_on(page, id), page.sources.other_studies
    published = {name: others[study].verdicts.get(id) for name, study in conditions(others).items()}
    return [
        Replication(page.texts[name], page.say.get(f"meaning {name}", ""), name in data.DATASETS, verdict)
        for name, verdict in published.items()
        if verdict and made_same_test(here, verdict)
    ]


@template_name("replications")
def replications_table(page: Page, id: str) -> str:
    """Return a row per replication of a claim, with verdict, contexts and seeds; "" without replications."""
    replicated = replications(page, id)
    if not replicated:
        return ""
    rows = []
    for name, _, _, verdict in replicated:
        counts = Counter(verdict.outcomes)
        positive, undecided = counts[Outcome.POSITIVE], counts[Outcome.UNDECIDED]
        numbers = (positive, counts.total() - positive - undecided, undecided)
        cells = (verdicts.badge(page, verdict.conclusion), *map(formatting.count, numbers), seeds(verdict.contexts))
        rows.append((name, *cells))
    heads = ("what", "verdict", "positive", "against", "undecided", "seeds")
    table = markdown([page.say[f"replication {head}"] for head in heads], rows)
    return with_meanings(page, table, replicated)


def with_meanings(page: Page, table: str, replicated: Iterable[Replication]) -> str:
    """Return a table and, below it, explanations of data sets and optimisers whose names need them."""
    meanings = {each.name: each.meaning for each in replicated}
    listed = [Markdown("{}: {}").format(name, meaning) for name, meaning in meanings.items() if meaning]
    if not listed:
        return table
    note = page.say["replication meanings"].format(Markdown("; ").join(listed), root=page.root)
    return Markdown("{}\n\n{}").format(table, note)


def seeds(contexts: Iterable[Context]) -> str:
    """Return the number of seeds per context, such as "20", or "20–80" if some contexts have more than others."""
    numbers = sorted({context.n for context in contexts})
    return "–".join(map(formatting.count, dict.fromkeys((numbers[0], numbers[-1]))))


@template_name("replication_note")
def note(page: Page, id: str) -> str:
    """Return a note on where a claim holds, has the same verdict, or has another one; "" without replications.

    For example, "Holds on 3 of 4 other data sets, and with Adam."
    """
    replicated = replications(page, id)
    if not replicated:
        return ""
    say, here = page.say, lookup.conclusion_on(page, id)
    by_conclusion = {
        conclusion: [each for each in replicated if each.conclusion is conclusion]
        for conclusion in {each.conclusion for each in replicated}
    }
    sentences = []
    if here is Conclusion.SUPPORTED or Conclusion.SUPPORTED in by_conclusion:
        sentences.append(held(page, replicated))
    if here is not Conclusion.SUPPORTED and here in by_conclusion:
        sentences.append(say["replication same"].format(places(page, by_conclusion[here])))
    for other in (Conclusion.REFUTED, Conclusion.DEPENDS, Conclusion.INCONCLUSIVE):
        is_said_below = (here, other) == (Conclusion.SUPPORTED, Conclusion.REFUTED)
        if other in by_conclusion and other is not here and not is_said_below:
            sentences.append(say[f"replication {other}"].format(places(page, by_conclusion[other])))
    return Markdown(" ").join(filter(None, [*sentences, contradiction(page, id)]))


def contradiction(page: Page, id: str) -> str:
    """Return the sentence on the replications in which a claim got the opposite verdict; "" without any."""
    here = lookup.conclusion_on(page, id)
    contrary = [each for each in replications(page, id) if are_opposite(here, each.conclusion)]
    return page.say[f"replication {here} here"].format(places(page, contrary)) if contrary else ""


def are_opposite(conclusion: Conclusion, other: Conclusion) -> bool:
    """Return whether one of two verdicts supports a claim, and the other refutes it."""
    return {conclusion, other} == {Conclusion.SUPPORTED, Conclusion.REFUTED}


def held(page: Page, group: Sequence[Replication]) -> str:
    """Return the sentence on the replications in which a claim holds."""
    say = page.say
    on_data = [each for each in group if each.other_data]
    held_on = [each for each in on_data if each.conclusion is Conclusion.SUPPORTED]
    optimisers = [each for each in group if not each.other_data and each.conclusion is Conclusion.SUPPORTED]
    parts = []
    if held_on:
        count = "all" if len(held_on) == len(on_data) > 1 else "only" if len(on_data) == 1 else "some"
        values = {"held": len(held_on), "n": len(on_data), "name": on_data[0].name}
        parts.append(say[f"replication data {count}"].format(**values))
    if optimisers:
        parts.append(say["replication optimisers"].format(joined(page, [each.name for each in optimisers])))
    if not parts:
        return say["replication none"]
    return say["replication held"].format(say["replication and"].join(parts))


def places(page: Page, group: Sequence[Replication]) -> str:
    """Return the places of replications in words, such as "on pen strokes, and with Adam"."""
    by_kind = {
        "on": [each for each in group if each.other_data],
        "with": [each for each in group if not each.other_data],
    }
    names = {kind: [each.name for each in some] for kind, some in by_kind.items() if some}
    texts = [page.say[f"replication {kind}"].format(joined(page, some)) for kind, some in names.items()]
    return page.say["replication and places"].join(texts)


def joined(page: Page, names: Sequence[str]) -> str:
    """Return names as a list in words."""
    *first, last = names
    return page.say["replication last"].format(Markdown(", ").join(first), last) if first else last


@template_name("replications_overview")
def overview(page: Page) -> str:
    """Return a table of the replicated claims with the signs of their verdicts, and a key to it; "" without any."""
    by_claim = {id: replications(page, id) for id in page.results.verdicts}
    everywhere = [each for replicated in by_claim.values() for each in replicated]
    names = list(dict.fromkeys(each.name for each in everywhere))
    rows = []
    for id, replicated in by_claim.items():
        words = {each.name: each.conclusion for each in replicated}
        if words:
            cells = [verdicts.sign(page, words[name]) if name in words else formatting.NO_VALUE for name in names]
            rows.append((short_link(page, id), verdicts.sign(page, lookup.conclusion_on(page, id)), *cells))
    if not rows:
        return ""
    here = {lookup.conclusion_on(page, id) for id, replicated in by_claim.items() if replicated}
    shown = here | {each.conclusion for each in everywhere}
    badges = [verdicts.badge(page, conclusion) for conclusion in Conclusion if conclusion in shown]
    key = Markdown("{}\n{{: .tally }}").format(Markdown(" ").join(badges))
    table = markdown((page.say["claim"], page.say["replication here"], *names), rows)
    return with_meanings(page, html("box", name="replicated", blocks=[key, table]), everywhere)


@template_name("replications_tally")
def tally(page: Page) -> str:
    """Return the number of replicated claims, the number of verdicts that agree, and a link; "" without any."""
    link = Markdown("{}evidence/index.md#replications").format(page.root)
    claims, text = sum(bool(replications(page, id)) for id in page.results.verdicts), counts(page)
    return page.say["replication tally"].format(claims=claims, link=link, counts=text) if text else ""


def counts(page: Page) -> str:
    """Return a sentence on how many verdicts of replications agree, and how many are opposite; "" without any."""
    pairs = [
        (lookup.conclusion_on(page, id), each.conclusion)
        for id in page.results.verdicts
        for each in replications(page, id)
    ]
    if not pairs:
        return ""
    n, say = len(pairs), page.say
    same = sum(here == there for here, there in pairs)
    opposite = sum(are_opposite(here, there) for here, there in pairs)
    if same == n:
        return say["replication counts all"]
    contrary = say["replication opposite" if opposite else "replication opposite none"].format(opposite)
    return say["replication counts one" if same == 1 else "replication counts"].format(
        same=same, n=n, opposite=contrary
    )


@template_name("replications_summary")
def summary(page: Page) -> str:
    """Return how many verdicts agree, and which claims got a single answer or opposite ones; "" without replications.

    An answer is yes or no. "Depends" and "inconclusive" are not answers.
    """
    say = page.say
    replicated = [id for id in page.results.verdicts if replications(page, id)]
    if not replicated:
        return ""
    found = {
        id: {lookup.conclusion_on(page, id), *(each.conclusion for each in replications(page, id))} for id in replicated
    }
    sentences = []
    for conclusion in (Conclusion.SUPPORTED, Conclusion.REFUTED):
        if links := [short_link(page, id) for id in replicated if found[id] == {conclusion}]:
            sentences.append(say[f"replication everywhere {conclusion}"].format(joined(page, links)))
    if not sentences:
        sentences.append(say["replication everywhere none"])
    for id in replicated:
        if text := contradiction(page, id):
            sentences.append(say["replication flipped"].format(claim=short_link(page, id), text=text))
    return Markdown(" ").join([counts(page), *sentences])


def short_link(page: Page, id: str) -> str:
    """Return a claim in a few words, linked to its evidence."""
    return verdicts.evidence_link(page, id, lookup.short_name(page, id).rstrip("."))
