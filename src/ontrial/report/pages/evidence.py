"""The page of a claim: what its template may show. Tables are Markdown, texts of the docket are escaped."""

from collections.abc import Mapping
from typing import Any

from ontrial.judge.claims import Claim, Estimand
from ontrial.judge.lottery import SIZES
from ontrial.judge.verdicts import RESULT_KEYS, standing
from ontrial.report.figures.catalogue import EVIDENCE
from ontrial.report.pages import numbers, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting


def facts(page: Page, id: str) -> dict[str, Any]:
    """Everything that the page of a claim shows, by name."""
    claim, found = verdicts.claim_of(page, id), verdicts.found(page, id)
    contexts, tried = found["contexts"], claim.estimand
    return {
        "id": id,
        "kind": found["kind"],
        "word": found["verdict"],
        "statement": verdicts.statement(page, id),
        "badge": verdicts.badge(page, found["verdict"]),
        "standing": published(page, claim),
        "sentences": [formatting.plain(sentence) for sentence in claim.source],
        "because": verdicts.translated(page, claim.because),
        "chapter": chapter(page, claim.chapter),
        "figure_name": EVIDENCE + id if tried and contexts else None,
        "design": design(page, tried) if tried else None,
        "contexts": contexts_table(page, contexts) if tried else readings(page, contexts),
        "lottery": lottery(page, contexts),
        "on_edge": any(context.get("on_edge") for context in contexts),
        "off_grid": any(context["n"] == 0 for context in contexts),
        "censored": any(context["censored"] and context["n"] for context in contexts),
        "experiments": list(tried.experiments) if tried else [],
        "works": [reference(name, page.sources.references[name]) for name in claim.references],
    }


def published(page: Page, claim: Claim) -> str | None:
    """How a claim stands beside the published one, in words; None while nothing is published."""
    if not page.sources.published:
        return None
    entries = [{"id": id, "hash": hash} for id, hash in page.sources.published.items()]
    return page.say[f"standing {standing(claim, entries)}"]


def chapter(page: Page, name: str | None) -> str | None:
    """Link from an evidence page to the chapter that a claim belongs to."""
    file = f"{name}.md"
    return f"[{verdicts.heading(page.sources.pages[file])}](../{file})" if file in page.sources.pages else None


def design(page: Page, tried: Estimand) -> str:
    """What is compared with what, where, and which effect would matter."""
    say = page.say
    experiments = [page.results.study.experiments[name] for name in tried.experiments]
    rows = [
        ("metric", say.get(f"metric {tried.metric}", f"`{tried.metric}`")),
        ("threshold", None if tried.threshold is None else numbers.percent(page, 100 * tried.threshold)),
        ("comparison", comparison(page, tried)),
        ("contexts", axes(page, tried.axes)),
        ("where", axes(page, tried.where)),
        ("smallest_effect", verdicts.quantity(page, tried.smallest_effect, tried.unit)),
        ("experiments", ", ".join(f"`{name}`" for name in tried.experiments)),
        ("seeds", ", ".join(str(len(experiment.confirmatory)) for experiment in experiments)),
    ]
    return markdown((say["what"], say["value"]), [(say[f"design {name}"], told) for name, told in rows if told])


def comparison(page: Page, tried: Estimand) -> str:
    """How the arms make one number a seed."""
    sides = [arm(page, side, tried) for side in tried.sides.values()]
    if tried.form == "slope":
        sides.append(verdicts.axis_name(page, tried.along))
    return page.say[f"design {tried.form}"].format(*sides)


def arm(page: Page, side: Mapping[str, Any] | float, tried: Estimand) -> str:
    """An arm by its settings, or the number that stands in for one."""
    if not isinstance(side, Mapping):
        return verdicts.quantity(page, side, tried.unit)
    return axes(page, side) or page.say[f"metric {tried.metric}"]


def axes(page: Page, settings: Mapping[str, Any]) -> str:
    """Settings with their values, a list as its items."""
    told = []
    for name, value in settings.items():
        values = value if isinstance(value, list | tuple) else [value]
        shown = ", ".join(verdicts.named(page, name, one) for one in values)
        told.append(f"{verdicts.axis_name(page, name)} {shown}")
    return "; ".join(told)


def contexts_table(page: Page, contexts: list[Mapping[str, Any]]) -> str:
    """A row for each context: its settings, outcome, estimate, interval, and what they rest on."""
    say = page.say
    settings = [name for name in contexts[0] if name not in RESULT_KEYS]
    with_rates = any(context["rates"] for context in contexts)
    heads = [*(verdicts.axis_name(page, name) for name in settings)]
    heads += [say["outcome"], say["estimate"], say["interval 95"], say["numbers n"]]
    heads += [say["learning rates used"]] if with_rates else []
    rows = []
    for context in contexts:
        row = [verdicts.named(page, name, context[name]) for name in settings]
        row += [
            verdicts.badge(page, context["outcome"]),
            *verdicts.ends(page, context),
            formatting.count(context["n"]),
        ]
        rows.append(row + ([used(context)] if with_rates else []))
    return markdown(heads, rows)


def used(context: Mapping[str, Any]) -> str:
    """Learning rates of the arms of a context; a star where one is on the edge of its grid."""
    told = ", ".join(
        dict.fromkeys(formatting.NOTHING if rate is None else formatting.rate(rate) for rate in context["rates"])
    )
    return f"{told}&#42;" if context["on_edge"] else told


def readings(page: Page, contexts: list[Mapping[str, Any]]) -> str | None:
    """A row for each reading of a claim by construction: whether it holds."""
    rows = [
        (verdicts.named(page, "reading", context["reading"]), verdicts.badge(page, context["outcome"]))
        for context in contexts
    ]
    return markdown((page.say["setting reading"], page.say["outcome"]), rows) if rows else None


def lottery(page: Page, contexts: list[Mapping[str, Any]]) -> str | None:
    """A row for each context: how often fewer seeds would have given another sign, and another outcome."""
    say = page.say
    drawn = [context for context in contexts if context.get("lottery")]
    sizes = [size for size in SIZES if any(draw["seeds"] == size for context in drawn for draw in context["lottery"])]
    if not sizes:
        return None
    heads = [say["setting"]]
    heads += [say["lottery one"] if size == 1 else say["lottery sizes"].format(size) for size in sizes]
    rows = []
    for context in drawn:
        draws = {draw["seeds"]: draw for draw in context["lottery"]}
        rows.append([verdicts.label(page, context), *(chances(page, draws.get(size)) for size in sizes)])
    return markdown(heads, rows)


def chances(page: Page, draw: Mapping[str, Any] | None) -> str:
    """Shares of draws of one size with another sign, and with another outcome, which a single seed hasn't."""
    if draw is None:
        return formatting.NOTHING
    shares = (draw["other_sign"], draw["other_outcome"])
    return "\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}".join(
        formatting.NOTHING if share is None else numbers.percent(page, 100 * share, places=0) for share in shares
    )


def reference(name: str, cited: Mapping[str, str]) -> dict[str, str]:
    """A work with its link, "" if it has no address."""
    address = f"https://doi.org/{cited['doi']}" if "doi" in cited else cited.get("url", "")
    shown = f"doi:{cited['doi']}" if "doi" in cited else address
    link = html("link", address=address, text=shown) if address else ""
    return {"id": name, "text": formatting.plain(cited["text"]), "link": link}
