"""Where the answer of a claim is the opposite one: on other data, with other optimisers or other shapes."""

from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.claims.replications import Replication, pairs, places, replications
from ontrial.report.pages.page import Page
from ontrial.report.summaries.replications import agree_outcomes
from ontrial.report.wording import outcomes
from ontrial_judge.core.statistics import supports
from ontrial_judge.core.verdicts import Context, Outcome, Verdict


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
    return Markdown(" ").join(page.say[f"elsewhere {way}"].format(places(page, some)) for way, some in found.items())


def twin_of(verdict: Verdict, context: Context, other: Verdict) -> Context | None:
    """Return the context of another verdict that has the settings of a context of a verdict; None without any."""
    return next(twin for own, twin in pairs(verdict, other) if own is context)


def short_effect(page: Page, context: Context) -> str:
    """Return the estimate of a context and the ends of its interval, such as "4.4 points, 3.2 to 5.5"."""
    estimate, interval = outcomes.estimate_and_interval(page.say, context)
    return estimate if context.shown.low == context.shown.high else f"{estimate}, {interval}"
