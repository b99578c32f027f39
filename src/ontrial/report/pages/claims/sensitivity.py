"""What a sceptic asks of a verdict: other ways to judge, other smallest effects, shorter and longer training."""

import math
from collections.abc import Collection
from typing import NamedTuple

from ontrial.report.markdown import Markdown
from ontrial.report.pages import numbers
from ontrial.report.pages.page import Page
from ontrial.report.wording import answers
from ontrial.report.wording.quantities import Quantity
from ontrial_judge.core.decisions import FACTORS
from ontrial_judge.core.verdicts import Verdict, Way

CLOSE = 2  # factor of the smallest effects within which a close verdict changes
RANGES = {  # phrases by whether the range of the smallest effects has no lower and no upper end
    (True, True): "range all",
    (True, False): "range to",
    (False, True): "range from",
    (False, False): "range between",
}


# Other ways to judge --------------------------------------------------------------------------------------------------


def other_ways(page: Page, verdict: Verdict) -> str:
    """Return the sentence on the contexts that the mean, the sign test or the typical seed answers differently.

    It is "" for a claim that is judged in no other way.
    """
    ways = (Way.MEAN, Way.SIGN, Way.TYPICAL)
    judged = [context for context in verdict.contexts if any(each.way in ways for each in context.alternatives)]
    differing = [
        context
        for context in judged
        if any(
            answers.ANSWERS[each.outcome] != answers.ANSWERS[context.outcome]
            for each in context.alternatives
            if each.way in ways
        )
    ]
    if not judged:
        return ""
    return page.say[f"other ways {_agreement(differing)}"].format(k=len(differing), n=len(judged))


def other_samples(page: Page, verdict: Verdict) -> str:
    """Return the sentence on the outcomes that intervals for other test samples change; "" without such intervals."""
    judged = [(context, each) for context in verdict.contexts if (each := context.judged_by(Way.IMAGES))]
    differing = [each for context, each in judged if each.outcome is not context.outcome]
    if not judged:
        return ""
    return page.say[f"other samples {_agreement(differing)}"].format(k=len(differing), n=len(judged))


def _agreement(differing: Collection[object]) -> str:
    return "differ" if differing else "agree"


class Kept(NamedTuple):
    """The number of contexts that are judged in another way, and of those with the same outcome."""

    n: int
    same: int


def outcomes_with_other_samples(page: Page) -> Kept:
    """Count contexts with a test-sample interval, and those it confirms."""
    contexts = [context for verdict in page.results.verdicts.values() for context in verdict.contexts]
    same = [each.outcome is context.outcome for context in contexts if (each := context.judged_by(Way.IMAGES))]
    return Kept(len(same), sum(same))


# Other smallest effects -----------------------------------------------------------------------------------------------


def is_close(verdict: Verdict) -> bool:
    """Return whether a verdict on a measured claim changes within a factor of CLOSE of the smallest effects."""
    return verdict.is_measured and (verdict.same_from > 1 / CLOSE or verdict.same_to < CLOSE)


def same_range(page: Page, verdict: Verdict) -> str:
    """Return the sentences on the smallest effects for which the verdict stays the same."""
    say, low, high = page.say, verdict.same_from, verdict.same_to
    term = RANGES[low == 0, math.isinf(high)] if low < high else "range none"
    ends = {"low": low or FACTORS[0], "high": min(high, FACTORS[-1])}
    text = say[term].format(**{name: _amount(page, verdict, factor) for name, factor in ends.items()})
    if any(context.smallest_effect not in (None, verdict.smallest_effect) for context in verdict.contexts):
        text += " " + say["range of failures"]
    if is_close(verdict):
        text = say["range close"] + " " + text
    return text


def _amount(page: Page, verdict: Verdict, factor: float) -> str:
    """Return a multiple of the smallest effect of interest, in few digits."""
    return Quantity.of(factor * verdict.smallest_effect, verdict.unit).in_few_digits(page.say)


# Shorter training -----------------------------------------------------------------------------------------------------


def lasting(page: Page, verdict: Verdict) -> str:
    """Return the sentences on whether the answer was another one earlier in training; "" without earlier records."""
    if not any(context.stages for context in verdict.contexts):
        return ""
    say, n, texts = page.say, len(verdict.contexts), []
    if not any(context.changes for context in verdict.contexts):
        return say["lasting steady"]
    for answer in ("no", "yes"):
        found = [turn for turn in answers.turns(verdict) if turn.answer == answer]
        if found:
            latest = max(1.0, *(100 * turn.share for turn in found))  # per cent
            share = numbers.percent(page, latest, places=0)
            where = say["lasting each" if len(found) == n else "lasting some"].format(k=len(found), n=n)
            term = f"lasting {answer}" if n > 1 else f"lasting once {answer}"
            texts.append(say[term].format(where=where, share=share))
    return Markdown(" ").join(texts) or say["lasting same"]
