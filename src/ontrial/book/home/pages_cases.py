"""Well-known claims on the home page, each with a picture of bars, its answer, and a way to guess first."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from ontrial.report.pages import lookup, numbers
from ontrial.report.pages.claims import sentences, verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tools.guess import GUESSES
from ontrial.report.wording import formatting
from ontrial.report.wording.quantities import Quantity
from ontrial.study.settings import OWN, resolve_own

DEPTH = 12  # hidden layers through which the gradient goes back
ALL = 0.9  # share of a gradient that is shown as a decimal
NEAR = 32  # power of two whose neighbours are shown


class Bar(NamedTuple):
    """A number as a bar.

    name: What it belongs to.
    text: The number in words.
    share: Length in per cent of the longest bar.
    """

    name: str
    text: str
    share: float


def lengths(values: list[tuple[str, str, float]]) -> list[Bar]:
    """Return bars of (name, text, value), as long as their values. An infinite value is as long as the longest."""
    longest = max((value for _, _, value in values if math.isfinite(value)), default=1.0)
    return [Bar(name, text, round(100 * min(value / longest, 1), 3)) for name, text, value in values]


def _speeds(page: Page) -> list[Bar]:
    """Return the epochs until 90% of the test images are right, for deep networks of tanh and of ReLU."""
    found = []
    for activation in ("tanh", "relu"):
        arm: dict[str, Any] = {"activation": activation, "depth": 5, "initialisation": resolve_own(OWN, activation)}
        epochs = numbers.value(page, "epochs_to_accuracy", "speed", "median", threshold=0.9, **arm)
        found.append((page.say[activation], formatting.significant(epochs, 2), epochs))
    return lengths(found)


def _gradients(page: Page) -> list[Bar]:
    """Return the share of the gradient at the last hidden layer that arrives at the first, DEPTH − 1 layers earlier."""
    found = []
    for activation in ("tanh", "relu", "sigmoid"):
        own = resolve_own(OWN, activation)
        initialisation = "inverse_n" if own == "glorot" else own  # the same between layers of equal width
        arm: dict[str, Any] = {"activation": activation, "depth": DEPTH, "initialisation": initialisation}
        share = 2 ** ((DEPTH - 1) * numbers.value(page, "gradient_per_layer", "vanishing", **arm))
        text = f"1/{formatting.significant(1 / share, 2)}" if share < ALL else formatting.significant(share)
        found.append((page.say[activation], text, share))
    return lengths(found)


def _losses(page: Page) -> list[Bar]:
    """Return the accuracies under cross-entropy, and under squared error with and without softmax, up to 100%."""
    bars = []
    for objective in ("softmax+cross_entropy", "softmax+mse", "identity+mse"):
        accuracy = numbers.value(page, "test_accuracy", "losses", objective=objective)
        bars.append(Bar(page.say[f"home {objective}"], numbers.percent(page, accuracy), round(accuracy, 1)))
    return bars


def _neighbours(page: Page) -> list[Bar]:
    """Return the time per image with batches around a power of two, whose own time is 100%."""
    verdict = lookup.verdict_on(page, "batch-powers-of-two")
    times = {0: 1.0}
    for context in verdict.matching({"near": NEAR}):
        times[int(context.settings["offset"])] = 2**context.effect.estimate
    found = [
        (page.say["home batches"].format(NEAR + offset), numbers.percent(page, 100 * time, 0), time)
        for offset, time in sorted(times.items())
    ]
    return lengths(found)


CASES: dict[str, tuple[str | None, Callable[[Page], list[Bar]]]] = {  # experiment and bars of each claim
    "relu-faster-than-tanh": ("speed", _speeds),
    "sigmoid-vanishing": ("vanishing", _gradients),
    "cross-entropy-or-mse": ("losses", _losses),
    "batch-powers-of-two": (None, _neighbours),
}


def cases(page: Page) -> str:
    """Return the cases on which the study has a verdict and every number; "" without any."""
    shown = []
    for id, (experiment, bars_of) in CASES.items():
        if not lookup.has_claim(page, id) or (experiment and not numbers.has(page, experiment)):
            continue
        bars = bars_of(page)
        if all(math.isfinite(bar.share) for bar in bars):
            shown.append(_case(page, id, bars))
    if not shown:
        return ""
    study = page.results.study.name
    return html("cases", root=page.root, study=study, cases=shown, guesses=GUESSES, say=page.say)


def _case(page: Page, id: str, bars: list[Bar]) -> dict[str, Any]:
    """Return the values of a case: the claim, its verdict, bars with a caption, the answer, what counts, and a link."""
    verdict = lookup.verdict_on(page, id)
    margin = Quantity.of(verdict.smallest_effect, verdict.unit).as_margin(page.say)
    return {
        "id": id,
        "statement": page.say[f"home claim {id}"],
        "conclusion": verdict.conclusion,
        "badge": verdicts.verdict_badge(page, verdict, with_margin=False),
        "caption": page.say[f"home case {id}"],
        "bars": bars,
        "answer": sentences.answer(page, id),
        "test": page.say[f"home test {id}"].format(margin),
        "evidence": page.root + verdicts.evidence_path(page, id),
    }
