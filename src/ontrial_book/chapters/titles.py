"""What figures of the chapters find, in one word that chooses their titles."""

import itertools
from collections.abc import Mapping

import numpy as np

from ontrial.judge import policies
from ontrial.report.summaries.findings import Findings, Titles
from ontrial_book.chapters import dead_units, selection
from ontrial_judge.core.statistics import contradicts
from ontrial_judge.core.verdicts import Conclusion, Context, Outcome

POINT = 0.01  # difference of accuracies that counts
MANY = 0.1  # share of dead units from which on a title speaks of many


def _batch_rate_surface(results: Findings) -> str | None:
    """Return whether the typical best rate "grows" with the batch, or up to a "wall" at the largest batches."""
    if "batch-size" not in results.study.experiments:
        return None
    cells, choices = selection.cells_and_choices(results)
    full = selection.full_batches(cells)
    own = choices[(choices["policy"] == policies.TUNED) & choices["typical"] & ~choices["batch_size"].isin(full)]
    rates = own.sort_values("batch_size")["learning_rate"].to_numpy()
    if len(rates) < 2 or (np.diff(rates) < 0).any() or rates[0] == rates[-1]:
        return None
    return "wall" if rates[-1] == rates[-2] else "grows"


def _batch_slope(results: Findings) -> str | None:
    """Return which of two batch sizes is ahead: the "owner" of the rate that both have, or always the "same" one.

    "even" is when neither is ahead by a point, at the rate of either or at their own.
    """
    if "batch-size" not in results.study.experiments:
        return None
    means = selection.two_batches(results)
    if means.shape != (3, 2):
        return None
    at_small, own, at_large = means.iloc[:, 0] - means.iloc[:, 1]
    if at_small >= POINT and at_large <= -POINT:
        return "owner"
    if min(at_small, own, at_large) >= POINT or max(at_small, own, at_large) <= -POINT:
        return "same"
    return "even" if max(map(abs, (at_small, own, at_large))) < POINT else None


def _batch_policies(results: Findings) -> str | None:
    """Return when large batches lose accuracy.

    "owner" is when each batch size loses at the rate of the other and neither at their own rates; "one rate" when only
    large batches do.
    """
    of_small, of_large, own = (
        _outcomes(results, "small-batch-accuracy", policy=policy, budget="epochs")
        for policy in ("fixed_of", "fixed_minus", "tuned")
    )
    if of_small == {Outcome.POSITIVE} and own and all(map(contradicts, own)):
        return "owner" if of_large == {Outcome.REVERSED} else "one rate"
    if of_small == of_large == own == {Outcome.POSITIVE}:
        return "always"
    if of_small and of_large and own and all(map(contradicts, of_small | of_large | own)):
        return "never"
    return None


def _learning_curves(results: Findings) -> str | None:
    """Return which of tanh and ReLU certainly crosses both finishing lines first, in networks of five layers."""
    claims = ("relu-faster-than-tanh", "relu-fits-faster-than-tanh")
    deep = [_contexts(results, claim, depth=5, policy="tuned") for claim in claims]
    effects = [context.effect for context in itertools.chain(*deep)]
    if all(deep) and all(effect.low > 0 for effect in effects):
        return "relu"
    if all(deep) and all(effect.high < 0 for effect in effects):
        return "tanh"
    return None


def _survival(results: Findings) -> str | None:
    """Return which of tanh and ReLU is certainly faster in networks of five layers, each at its own rate."""
    deep = _contexts(results, "relu-faster-than-tanh", depth=5, policy="tuned")
    if deep and all(context.effect.low > 0 for context in deep):
        return "relu"
    if deep and all(context.effect.high < 0 for context in deep):
        return "tanh"
    return None


def _dying(results: Findings) -> str | None:
    """Return "networks" if units die in numbers with ReLU, and only where most of its networks do not learn.

    Otherwise return whether ReLU units "die", do in "some" settings, or "live", which the verdict says.
    """
    if "dying" in results.study.experiments:
        table = dead_units.by_rate(results)
        many = table[(table["activation"] == "relu") & (table["dead"] >= MANY)]
        if len(many) and (many["learn"] < 0.5).all():
            return "networks"
    verdict = results.verdicts.get("relu-neurons-die")
    words = {Conclusion.SUPPORTED: "die", Conclusion.DEPENDS: "some", Conclusion.REFUTED: "live"}
    return words.get(verdict.conclusion) if verdict else None


def _contexts(results: Findings, claim: str, **settings: str | float) -> list[Context]:
    """Return the contexts of a claim with these settings. Without a verdict on the claim, there are none."""
    return results.verdicts[claim].matching(settings) if claim in results.verdicts else []


def _outcomes(results: Findings, claim: str, **settings: str | float) -> set[Outcome]:
    """Return the outcomes of the contexts of a claim with these settings."""
    return {context.outcome for context in _contexts(results, claim, **settings)}


def _of_verdict(claim: str, words: Mapping[Conclusion, str]) -> Titles:
    """Return the answer that follows from the verdict on a claim."""

    def choose(results: Findings) -> str | None:
        return words.get(results.verdicts[claim].conclusion) if claim in results.verdicts else None

    return Titles(tuple(words.values()), choose)


TITLES = {
    "batch-rate-surface": Titles(("grows", "wall"), _batch_rate_surface),
    "batch-slope": Titles(("owner", "same", "even"), _batch_slope),
    "batch-policies": Titles(("owner", "one rate", "always", "never"), _batch_policies),
    "learning-curves": Titles(("tanh", "relu"), _learning_curves),
    "survival": Titles(("tanh", "relu"), _survival),
    "gradient-norms": _of_verdict("sigmoid-vanishes-more", {Conclusion.SUPPORTED: "vanish"}),
    "dead-units": Titles(("networks", "die", "some", "live"), _dying),
    "titanic-reliability": _of_verdict(
        "sigmoid-probability", {Conclusion.SUPPORTED: "true", Conclusion.REFUTED: "false"}
    ),
}
