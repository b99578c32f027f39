"""Count images, or count updates: whether the small or the large batch is ahead, each at its own learning rate."""

from collections.abc import Iterable, Mapping

from ontrial.book.replications.agreement import made_same_test, name_of
from ontrial.judge.claim import Claim
from ontrial.judge.policies import TUNED
from ontrial.judge.records import Context, Outcome, Verdict
from ontrial.report.summaries.replications import ORIGINAL, Published, conditions
from ontrial.report.wording.phrases import Phrases

CLAIM = "small-batch-accuracy"
BUDGETS = ("epochs", "updates")  # what is held equal
AHEAD = {Outcome.POSITIVE: "small", Outcome.REVERSED: "large", Outcome.NEGLIGIBLE: "tie"}  # others leave it open


def sizes(claim: Claim | None) -> list[int]:
    """Return the small and the large batch size of the claim, none if a docket leaves it or its test out."""
    return sorted(arm["batch_size"] for arm in claim.estimand.arms.values()) if claim and claim.estimand else []


def by_study(judged: Mapping[str, Published], words: Phrases) -> dict[str, Verdict]:
    """Return the published verdicts on the claim by what is special in their study, that on digits first."""
    here = judged[ORIGINAL].verdicts[CLAIM]
    others = {
        name_of(condition, words): judged[study].verdicts.get(CLAIM)
        for study, condition in conditions(judged[ORIGINAL].tuned, judged).items()
    }
    alike = {name: each for name, each in others.items() if each and made_same_test(here, each)}
    return {words["digits"]: here} | alike


def contexts(verdict: Verdict) -> dict[str, Context]:
    """Return the contexts of a verdict with each batch size at its own rate, by what is held equal."""
    found = {budget: verdict.matching({"policy": TUNED, "budget": budget}) for budget in BUDGETS}
    return {budget: each[0] for budget, each in found.items() if each}


def ahead(context: Context) -> str:
    """Return which batch size is certainly ahead by what counts: small, large, neither ("tie"), or unknown ("open")."""
    return AHEAD.get(context.outcome, "open")


def is_seen(verdicts: Iterable[Verdict]) -> bool:
    """Return whether, in each study, the small batch is certainly not behind by what counts at equal images, nor the
    large one at equal updates.
    """
    return all(
        budget in found and _is_within(found[budget], sign, verdict.smallest_effect)
        for verdict, found in ((each, contexts(each)) for each in verdicts)
        for budget, sign in zip(BUDGETS, (1, -1), strict=True)
    )


def _is_within(context: Context, sign: int, smallest: float) -> bool:
    """Return whether an effect, or with the sign −1 its opposite, is certainly above minus the smallest one."""
    return min(sign * context.effect.low, sign * context.effect.high) > -smallest
