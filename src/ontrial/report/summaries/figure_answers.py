"""Answer the question of a figure in one word, which chooses its title. None if the results leave it open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ontrial.judge.records import Conclusion, Context, Outcome
from ontrial.judge.results import Results
from ontrial.judge.statistics import contradicts


class Answer(NamedTuple):
    """The possible answers of a figure.

    words: Answers, each with a title of its own.
    choose: Function that returns one of the words, or None.
    """

    words: tuple[str, ...]
    choose: Callable[[Results], str | None]


def contexts(results: Results, claim: str, **settings: str | float) -> list[Context]:
    """Return the contexts of a claim with these settings. Without a verdict on the claim, there are none."""
    return results.verdicts[claim].matching(settings) if claim in results.verdicts else []


def outcomes(results: Results, claim: str, **settings: str | float) -> set[Outcome]:
    """Return the outcomes of the contexts of a claim with these settings."""
    return {context.outcome for context in contexts(results, claim, **settings)}


def batch_policies(results: Results) -> str | None:
    """Return when large batches lose accuracy: only at the rate of small batches, always, or never."""
    one_rate = outcomes(results, "small-batch-accuracy", policy="fixed", budget="epochs")
    own_rates = outcomes(results, "small-batch-accuracy", policy="tuned", budget="epochs")
    if one_rate == {Outcome.POSITIVE} and own_rates and all(map(contradicts, own_rates)):
        return "one rate"
    if one_rate == own_rates == {Outcome.POSITIVE}:
        return "always"
    if one_rate and own_rates and all(map(contradicts, one_rate | own_rates)):
        return "never"
    return None


def survival(results: Results) -> str | None:
    """Return which of tanh and ReLU is certainly faster in networks of five layers, each at its own rate."""
    deep = contexts(results, "relu-faster-than-tanh", depth=5, policy="tuned")
    if deep and all(context.effect.low > 0 for context in deep):
        return "relu"
    if deep and all(context.effect.high < 0 for context in deep):
        return "tanh"
    return None


def of_verdict(claim: str, words: Mapping[Conclusion, str]) -> Answer:
    """Return the answer that follows from the verdict on a claim."""

    def choose(results: Results) -> str | None:
        return words.get(results.verdicts[claim].conclusion) if claim in results.verdicts else None

    return Answer(tuple(words.values()), choose)


def calibration(results: Results) -> str | None:
    """Return the loss that is better calibrated if each has its own rate."""
    found = outcomes(results, "cross-entropy-calibrated", policy="tuned")
    words = {Outcome.POSITIVE: "cross-entropy", Outcome.NEGLIGIBLE: "same", Outcome.REVERSED: "mse"}
    return words.get(found.pop()) if len(found) == 1 else None


ANSWERS = {
    "batch-policies": Answer(("one rate", "always", "never"), batch_policies),
    "survival": Answer(("tanh", "relu"), survival),
    "gradient-norms": of_verdict("sigmoid-vanishing", {Conclusion.SUPPORTED: "vanish"}),
    "dead-units": of_verdict(
        "relu-neurons-die",
        {Conclusion.SUPPORTED: "die", Conclusion.DEPENDS: "some", Conclusion.REFUTED: "live"},
    ),
    "calibration": Answer(("cross-entropy", "same", "mse"), calibration),
    "titanic-reliability": of_verdict(
        "sigmoid-probability", {Conclusion.SUPPORTED: "true", Conclusion.REFUTED: "false"}
    ),
}


def answer(results: Results, figure: str) -> str | None:
    """Return the answer of a figure; None if the figure asks nothing or the question is open."""
    return ANSWERS[figure].choose(results) if figure in ANSWERS else None
