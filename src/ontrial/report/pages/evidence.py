"""The page of a claim: what its template may show. Tables are Markdown, texts of the docket are escaped."""

from collections.abc import Mapping
from typing import Any

from ontrial.judge.claims import Claim, Estimand, arm_axes
from ontrial.judge.lottery import SEEDS
from ontrial.judge.verdicts import MEASURES, standing
from ontrial.report.figures.catalogue import EVIDENCE
from ontrial.report.pages import numbers, verdicts
from ontrial.report.pages.sources import Sources
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting


def facts(sources: Sources, id: str) -> dict[str, Any]:
    """Everything that the page of a claim shows, by name."""
    claim, found = verdicts.claim_of(sources, id), verdicts.found(sources, id)
    contexts, tried = found["contexts"], claim.estimand
    return {
        "id": id,
        "kind": found["kind"],
        "word": found["verdict"],
        "statement": verdicts.statement(sources, id),
        "badge": verdicts.badge(sources, found["verdict"]),
        "standing": published(sources, claim),
        "sentences": [formatting.plain(sentence) for sentence in claim.source],
        "because": verdicts.translated(sources, claim.because),
        "chapter": chapter(sources, claim.chapter),
        "figure_name": EVIDENCE + id if tried and contexts else None,
        "design": design(sources, tried) if tried else None,
        "contexts": contexts_table(sources, contexts) if tried else readings(sources, contexts),
        "lottery": lottery(sources, contexts),
        "on_edge": any(context.get("on_edge") for context in contexts),
        "off_grid": any(context["n"] == 0 for context in contexts),
        "censored": any(context["censored"] and context["n"] for context in contexts),
        "experiments": list(tried.experiments) if tried else [],
        "works": [reference(name, sources.references[name]) for name in claim.references],
    }


def published(sources: Sources, claim: Claim) -> str | None:
    """How a claim stands beside the published one, in words; None while nothing is published."""
    if not sources.published:
        return None
    entries = [{"id": id, "hash": hash} for id, hash in sources.published.items()]
    return sources.say[f"standing {standing(claim, entries)}"]


def chapter(sources: Sources, name: str | None) -> str | None:
    """Link from an evidence page to the chapter that a claim belongs to."""
    page = f"{name}.md"
    return f"[{verdicts.heading(sources.pages[page])}](../{page})" if page in sources.pages else None


def design(sources: Sources, tried: Estimand) -> str:
    """What is compared with what, where, and which effect would matter."""
    say = sources.say
    experiments = [sources.results.study.experiments[name] for name in tried.experiments]
    rows = [
        ("metric", say.get(f"metric {tried.metric}", f"`{tried.metric}`")),
        ("threshold", None if tried.threshold is None else numbers.percent(sources, 100 * tried.threshold)),
        ("comparison", comparison(sources, tried)),
        ("contexts", axes(sources, tried.contexts | arm_axes(tried.sides))),
        ("where", axes(sources, tried.where)),
        ("smallest_effect", verdicts.quantity(sources, tried.smallest_effect, tried.unit)),
        ("experiments", ", ".join(f"`{name}`" for name in tried.experiments)),
        ("seeds", ", ".join(str(len(experiment.confirmatory)) for experiment in experiments)),
    ]
    return markdown((say["what"], say["value"]), [(say[f"design {name}"], told) for name, told in rows if told])


def comparison(sources: Sources, tried: Estimand) -> str:
    """How the arms make one number a seed."""
    sides = [arm(sources, side, tried) for side in tried.sides]
    if tried.form == "slope":
        sides.append(verdicts.axis_name(sources, tried.along))
    return sources.say[f"design {tried.form}"].format(*sides)


def arm(sources: Sources, side: Mapping[str, Any] | float, tried: Estimand) -> str:
    """An arm by its settings, or the number that stands in for one."""
    if not isinstance(side, Mapping):
        return verdicts.quantity(sources, side, tried.unit)
    return axes(sources, side) or sources.say[f"metric {tried.metric}"]


def axes(sources: Sources, settings: Mapping[str, Any]) -> str:
    """Settings with their values, a list as its items."""
    told = []
    for name, value in settings.items():
        values = value if isinstance(value, list | tuple) else [value]
        shown = ", ".join(verdicts.named(sources, name, one) for one in values)
        told.append(f"{verdicts.axis_name(sources, name)} {shown}")
    return "; ".join(told)


def contexts_table(sources: Sources, contexts: list[Mapping[str, Any]]) -> str:
    """A row for each context: its settings, outcome, estimate, interval, and what they rest on."""
    say = sources.say
    settings = [name for name in contexts[0] if name not in MEASURES]
    with_rates = any(context["rates"] for context in contexts)
    heads = [*(verdicts.axis_name(sources, name) for name in settings)]
    heads += [say["outcome"], say["estimate"], say["interval 95"], say["numbers n"]]
    heads += [say["learning rates used"]] if with_rates else []
    rows = []
    for context in contexts:
        row = [verdicts.named(sources, name, context[name]) for name in settings]
        row += [
            verdicts.badge(sources, context["outcome"]),
            *verdicts.ends(sources, context),
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


def readings(sources: Sources, contexts: list[Mapping[str, Any]]) -> str | None:
    """A row for each reading of a claim by construction: whether it holds."""
    rows = [
        (verdicts.named(sources, "reading", context["reading"]), verdicts.badge(sources, context["outcome"]))
        for context in contexts
    ]
    return markdown((sources.say["setting reading"], sources.say["outcome"]), rows) if rows else None


def lottery(sources: Sources, contexts: list[Mapping[str, Any]]) -> str | None:
    """A row for each context: how often fewer seeds would have given another sign, and another outcome."""
    say = sources.say
    drawn = [context for context in contexts if context.get("lottery")]
    sizes = [size for size in SEEDS if any(draw["seeds"] == size for context in drawn for draw in context["lottery"])]
    if not sizes:
        return None
    heads = [say["setting"]]
    heads += [say["lottery one"] if size == 1 else say["lottery sizes"].format(size) for size in sizes]
    rows = []
    for context in drawn:
        draws = {draw["seeds"]: draw for draw in context["lottery"]}
        rows.append([verdicts.label(sources, context), *(chances(sources, draws.get(size)) for size in sizes)])
    return markdown(heads, rows)


def chances(sources: Sources, draw: Mapping[str, Any] | None) -> str:
    """Shares of draws of one size with another sign, and with another outcome, which a single seed hasn't."""
    if draw is None:
        return formatting.NOTHING
    shares = (draw["other_sign"], draw["other_outcome"])
    return "\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}".join(
        formatting.NOTHING if share is None else numbers.percent(sources, 100 * share, places=0) for share in shares
    )


def reference(name: str, cited: Mapping[str, str]) -> dict[str, str]:
    """A work with its link, "" if it has no address."""
    address = f"https://doi.org/{cited['doi']}" if "doi" in cited else cited.get("url", "")
    shown = f"doi:{cited['doi']}" if "doi" in cited else address
    link = f'<a href="{formatting.plain(address)}">{formatting.plain(shown)}</a>' if address else ""
    return {"id": name, "text": formatting.plain(cited["text"]), "link": link}
