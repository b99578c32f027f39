"""Say in one word what a figure finds, which chooses its title. None if its plain title has to do."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from ontrial.judge import policies
from ontrial.judge.records import Conclusion, Context, Outcome
from ontrial.judge.statistics import contradicts, supports
from ontrial.report.summaries import dead_units, selection, size
from ontrial.report.summaries import predicted_limits as limits
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.rate_free import equal_within, parted

MOSTLY = 0.9  # share of the settings that are as claimed, if no other contradicts the claim
POINT = 0.01  # difference of accuracies that counts


class Answer(NamedTuple):
    """The possible answers of a figure.

    words: Answers, each with a title of its own.
    choose: Function of the results, and of the claim if the figure is of one, that returns one of the words, or None.
    """

    words: tuple[str, ...]
    choose: Callable[..., str | None]


def contexts(results: Findings, claim: str, **settings: str | float) -> list[Context]:
    """Return the contexts of a claim with these settings. Without a verdict on the claim, there are none."""
    return results.verdicts[claim].matching(settings) if claim in results.verdicts else []


def outcomes(results: Findings, claim: str, **settings: str | float) -> set[Outcome]:
    """Return the outcomes of the contexts of a claim with these settings."""
    return {context.outcome for context in contexts(results, claim, **settings)}


def batch_rate_surface(results: Findings) -> str | None:
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


def batch_slope(results: Findings) -> str | None:
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


def batch_policies(results: Findings) -> str | None:
    """Return when large batches lose accuracy.

    "owner" is when each batch size loses at the rate of the other and neither at their own rates; "one rate" when only
    large batches do.
    """
    of_small, of_large, own = (
        outcomes(results, "small-batch-accuracy", policy=policy, budget="epochs")
        for policy in ("fixed_of", "fixed_minus", "tuned")
    )
    if of_small == {Outcome.POSITIVE} and own and all(map(contradicts, own)):
        return "owner" if of_large == {Outcome.REVERSED} else "one rate"
    if of_small == of_large == own == {Outcome.POSITIVE}:
        return "always"
    if of_small and of_large and own and all(map(contradicts, of_small | of_large | own)):
        return "never"
    return None


def survival(results: Findings) -> str | None:
    """Return which of tanh and ReLU is certainly faster in networks of five layers, each at its own rate."""
    deep = contexts(results, "relu-faster-than-tanh", depth=5, policy="tuned")
    if deep and all(context.effect.low > 0 for context in deep):
        return "relu"
    if deep and all(context.effect.high < 0 for context in deep):
        return "tanh"
    return None


def learning_curves(results: Findings) -> str | None:
    """Return which of tanh and ReLU certainly crosses both finishing lines first, in networks of five layers."""
    claims = ("relu-faster-than-tanh", "relu-fits-faster-than-tanh")
    deep = [contexts(results, claim, depth=5, policy="tuned") for claim in claims]
    effects = [context.effect for context in itertools.chain(*deep)]
    if all(deep) and all(effect.low > 0 for effect in effects):
        return "relu"
    if all(deep) and all(effect.high < 0 for effect in effects):
        return "tanh"
    return None


def of_verdict(claim: str, words: Mapping[Conclusion, str]) -> Answer:
    """Return the answer that follows from the verdict on a claim."""

    def choose(results: Findings) -> str | None:
        return words.get(results.verdicts[claim].conclusion) if claim in results.verdicts else None

    return Answer(tuple(words.values()), choose)


def calibration(results: Findings) -> str | None:
    """Return the loss that is better calibrated if each has its own rate."""
    found = outcomes(results, "cross-entropy-calibrated", policy="tuned")
    words = {
        Outcome.POSITIVE: "cross-entropy",
        Outcome.NEGLIGIBLE: "same",
        Outcome.REVERSED: "mse",
        Outcome.BELOW: "not better",
    }
    return words.get(found.pop()) if len(found) == 1 else None


def by_size(results: Findings, claim: str) -> str | None:
    """Return "changes" if the effect of a claim certainly changes with the size of the network or of the data."""
    changes = {trend.change for trend in size.trends(results.measurement("size").findings, claim)}
    return None if changes.isdisjoint(("up", "down")) else "changes"


def one_curve(results: Findings) -> str | None:
    """Return how far plain gradient descent ends alike at equal products: "one" curve, or "mostly" if it is open."""
    found = published_outcomes(results, "one-curve-")
    if found and all(map(supports, found)):
        return "one"
    if found and not any(map(contradicts, found)) and sum(map(supports, found)) >= MOSTLY * len(found):
        return "mostly"
    return None


def two_numbers(results: Findings) -> str | None:
    """Return "limit" if batch size certainly changes the limit and not the distance."""
    parts = [published_outcomes(results, f"{number}-batch-size") for number in ("distance", "limit")]
    return "limit" if all(parts) and all(map(supports, itertools.chain(*parts))) else None


def curve_deviation(results: Findings) -> str | None:
    """Return whether the batch sizes of "all", "some" or no data sets stay equal up to their limits."""
    study = results.measurements.get("one-curve")
    if study is None:
        return None
    apart = parted(study.curves, study.two_numbers, equal_within(study.verdicts))
    return "all" if not any(apart.values()) else "none" if all(apart.values()) else "some"


def published_outcomes(results: Findings, prefix: str) -> list[Outcome]:
    """Return the outcomes of the claims of the published study one-curve whose id has a prefix; none without it."""
    study = results.measurements.get("one-curve")
    verdicts = study.verdicts if study else {}
    return [outcome for id, verdict in verdicts.items() if id.startswith(prefix) for outcome in verdict.outcomes]


def predicted_limits(results: Findings) -> str | None:
    """Return how most measured limits compare with the predicted ones: "close", or else "higher" or "lower"."""
    if "one-curve" not in results.measurements:
        return None
    factor = limits.of_published(results)["factor"]
    shares = {
        "close": limits.are_close(factor).mean(),
        "higher": (factor > limits.CLOSE).mean(),
        "lower": (factor < 1 / limits.CLOSE).mean(),
    }
    return next((word for word, share in shares.items() if share > 1 / 2), None)


def dying(results: Findings) -> str | None:
    """Return "networks" if ReLU loses units at the largest rate, and leaky ReLU more networks than ReLU does.

    Otherwise return whether ReLU units "die", do in "some" settings, or "live", which the verdict says.
    """
    if "dying" in results.study.experiments:
        table = dead_units.by_rate(results)
        last = table[table["learning_rate"] == table["learning_rate"].max()]
        shares = last.groupby("activation")[["dead", "failed"]].mean()
        if {"relu", "leaky_relu"} <= set(shares.index):
            relu, leaky = shares.loc["relu"], shares.loc["leaky_relu"]
            if relu["dead"] >= 0.1 and leaky["failed"] >= relu["failed"] + 0.1:
                return "networks"
    verdict = results.verdicts.get("relu-neurons-die")
    words = {Conclusion.SUPPORTED: "die", Conclusion.DEPENDS: "some", Conclusion.REFUTED: "live"}
    return words.get(verdict.conclusion) if verdict else None


def lasting(results: Findings, claim: str) -> str | None:
    """Return "stays" if every outcome was the same at each record of the second half of training."""
    later = [
        (context, stage)
        for context in results.verdicts[claim].contexts
        for stage in context.stages
        if stage.share >= 1 / 2
    ]
    return "stays" if later and all(stage.outcome is context.outcome for context, stage in later) else None


def shared_rates(results: Findings, claim: str) -> str | None:
    """Return "flips" if one side is ahead at the rate of one arm, and the other at that of the other arm."""
    found: dict[frozenset, set[Outcome]] = {}
    for context in results.verdicts[claim].contexts:
        if str(context.settings.get("policy")).startswith("fixed_"):
            others = frozenset(item for item in context.settings.items() if item[0] != "policy")
            found.setdefault(others, set()).add(context.outcome)
    return "flips" if any({Outcome.POSITIVE, Outcome.REVERSED} <= outcomes for outcomes in found.values()) else None


ANSWERS = {
    "one-curve": Answer(("one", "mostly"), one_curve),
    "curve-deviation": Answer(("all", "some", "none"), curve_deviation),
    "two-numbers": Answer(("limit",), two_numbers),
    "predicted-limits": Answer(("close", "higher", "lower"), predicted_limits),
    "batch-rate-surface": Answer(("grows", "wall"), batch_rate_surface),
    "batch-slope": Answer(("owner", "same", "even"), batch_slope),
    "batch-policies": Answer(("owner", "one rate", "always", "never"), batch_policies),
    "learning-curves": Answer(("tanh", "relu"), learning_curves),
    "survival": Answer(("tanh", "relu"), survival),
    "gradient-norms": of_verdict("sigmoid-vanishes-more", {Conclusion.SUPPORTED: "vanish"}),
    "dead-units": Answer(("networks", "die", "some", "live"), dying),
    "calibration": Answer(("cross-entropy", "same", "mse", "not better"), calibration),
    "titanic-reliability": of_verdict(
        "sigmoid-probability", {Conclusion.SUPPORTED: "true", Conclusion.REFUTED: "false"}
    ),
    "lasting": Answer(("stays",), lasting),
    "shared-rates": Answer(("flips",), shared_rates),
    "by-size": Answer(("changes",), by_size),
}


def answer(results: Findings, figure: str, *claim: str) -> str | None:
    """Return the answer of a figure; None if its plain title has to do.

    figure: Name of the figure, without that of its claim.
    claim: Claim of the figure, if it is of one.
    """
    return ANSWERS[figure].choose(results, *claim) if figure in ANSWERS else None
