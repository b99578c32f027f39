"""The battery for activations on the page about one's own ideas: what it says of Mish and of random activations."""

from ontrial.errors import InputError, unknown
from ontrial.report.markdown import Markdown
from ontrial.report.pages import numbers
from ontrial.report.pages.claims import sentences, verdicts
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting
from ontrial_judge.core.statistics import ALPHA, supports
from ontrial_judge.core.verdicts import Outcome


def tried(page: Page, claim: str) -> str:
    """Return the verdict on a claim about Mish, its contexts that are as claimed, and the answer.

    claim: Id of a claim of the battery.
    """
    published = page.results.measurement("mish").verdicts
    if claim not in published:
        raise InputError(unknown("claim", claim, published))
    verdict = published[claim]
    held, n = sum(map(supports, verdict.outcomes)), len(verdict.outcomes)
    contexts = page.say["ways settings"].format(some=formatting.count(held), all=formatting.count(n))
    badge = verdicts.verdict_badge(page, verdict, with_margin=False)
    return Markdown("{} ({}) {}").format(badge, contexts, sentences.answer_of(page, verdict))


def tally(page: Page) -> dict[str, str | bool]:
    """Return the number of random `activations`, of all `contexts`, of those called `better`, and of `wrong` ones.

    `promised` is the largest share of contexts in which the rules may be wrong. `only_spirals` says whether the part of
    the battery with two spirals was tried alone.
    """
    table = page.results.measurement("random-activations")
    counts = {
        "activations": table["activation"].nunique(),
        "contexts": len(table),
        "better": (table["outcome"] == Outcome.POSITIVE).sum(),
        "wrong": table["wrong"].sum(),
    }
    promised = numbers.percent(page, 100 * ALPHA / 2)
    only_spirals = bool(table["context"].str.startswith("spirals").all())
    texts = {name: formatting.count(count) for name, count in counts.items()}
    return {**texts, "promised": promised, "only_spirals": only_spirals}
