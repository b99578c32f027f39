"""Replications of claims in tables: how far they agree with this study, claim by claim and setting by setting."""

from collections import Counter
from collections.abc import Iterable, Mapping

from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.claims import replications as repeated
from ontrial.report.pages.claims import verdicts
from ontrial.report.pages.claims.replications import (
    DECIDED,
    Replication,
    agree,
    count_agreements,
    name_of,
    pairs,
    replications,
)
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting
from ontrial_judge.core.verdicts import Conclusion

ANSWERS = (Conclusion.SUPPORTED, Conclusion.REFUTED)


def _with_meanings(page: Page, text: str, replicated: Iterable[Replication]) -> str:
    """Return a text and, below it, explanations of data sets and optimisers whose names need them."""
    meanings = {each.name: page.say.get(f"meaning {each.value}") for each in replicated}
    listed = [Markdown("{}: {}").format(name, meaning) for name, meaning in meanings.items() if meaning]
    if not listed:
        return text
    explained = page.say["replication meanings"].format(Markdown("; ").join(listed), root=page.root)
    return Markdown("{}\n\n{}").format(text, explained)


def overview(page: Page) -> str:
    """Return a table of the replicated claims, with the settings by agreement in each replication; "" without any."""
    by_claim = {id: {each.name: each for each in replications(page, id)} for id in page.results.verdicts}
    every = {name: each for group in by_claim.values() for name, each in group.items()}
    names = [name_of(condition, page.texts) for condition in page.sources.replications.values()]
    names = [name for name in names if name in every]
    rows = []
    for id, group in by_claim.items():
        if group:
            here = lookup.verdict_on(page, id)
            found = [count_agreements(here, group[name].verdict) if name in group else None for name in names]
            cells = map(_agreement_cell, found)
            rows.append((verdicts.short_link(page, id), verdicts.sign(page, here.conclusion), *cells))
    if not rows:
        return ""
    heads = (page.say["claim"], page.say["replication here"], *names)
    grid = html("box", name="replicated", blocks=[markdown(heads, rows)])  # the first column stays in view
    return _with_meanings(page, grid, [every[name] for name in names])


def _agreement_cell(found: Mapping[str, int] | None) -> str:
    """Return the numbers of settings with each of DECIDED, such as "5 / 0 / **1** / 2"."""
    if found is None:
        return formatting.NO_VALUE
    pattern = "{} / {} / **{}** / {}" if found["different"] else "{} / {} / {} / {}"
    numbers = (formatting.count(found[each]) for each in DECIDED)
    return Markdown(pattern).format(*numbers).replace(" ", "\N{NO-BREAK SPACE}")


def _counts(page: Page, ids: Iterable[str]) -> str:
    """Return in how many comparisons of settings the outcomes of some claims agree, exclude each other or are open."""
    found = sum((repeated.agreements(page, id, replications(page, id)) for id in ids), Counter())
    return repeated.counts(page, found)


def summary(page: Page) -> str:
    """Return how far outcomes agree, which claims have one answer in every setting, and which have opposite ones.

    The text is "" without replications.
    """
    say = page.say
    groups = {id: group for id in page.results.verdicts if (group := replications(page, id))}
    if not groups:
        return ""
    sentences = [say["replication settings"].format(_counts(page, groups))]
    found = {id: {lookup.conclusion_on(page, id), *(each.verdict.conclusion for each in groups[id])} for id in groups}
    alike = {word: [verdicts.short_link(page, id) for id in groups if found[id] == {word}] for word in ANSWERS}
    for word, links in alike.items():
        if links:
            sentences.append(say[f"replication everywhere {word}"].format(repeated.joined(page, links)))
    if not any(alike.values()):
        sentences.append(say["replication everywhere none"])
    opposed = sum(_opposed_settings(page, id) for id in groups)
    n = sum(len(lookup.verdict_on(page, id).contexts) for id in groups)
    sentences.append(say["replication opposed"].format(opposed=formatting.count(opposed), n=formatting.count(n)))
    sentences += [
        say["replication flipped"].format(claim=verdicts.short_link(page, id), text=text)
        for id in groups
        if (text := repeated.contradiction(page, id))
    ]
    return Markdown(" ").join(sentences)


def _opposed_settings(page: Page, id: str) -> int:
    """Return in how many settings of a claim the outcome of some replication excludes that of this study."""
    here = lookup.verdict_on(page, id)
    found = [[agree(*pair) for pair in pairs(here, each.verdict)] for each in replications(page, id)]
    return sum("different" in setting for setting in zip(*found, strict=True))
