"""How far a study and its replications agree, setting by setting."""

from collections import Counter
from collections.abc import Iterator, Mapping

from ontrial.judge.records import Context, Outcome, Verdict, align
from ontrial.report.summaries.replications import Condition
from ontrial.report.wording import labels

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
