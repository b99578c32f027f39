"""Outcomes, effects and the two sides of a comparison in words.

They name the smallest effect: "less than a factor of 2", never just "negligible".
"""

from collections.abc import Iterable

from ontrial.judge.estimands import Estimand
from ontrial.judge.metrics import TIMED
from ontrial.judge.records import Effect, Outcome
from ontrial.judge.statistics import TOLERANCE
from ontrial.judge.units import Unit
from ontrial.report.wording import labels, quantities
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity


def finding(say: Phrases, outcome: Outcome, effect: Effect, smallest_effect: float) -> str:
    """Return the finding on a context, such as "in the claimed direction; whether by 1 point is open".

    effect: Estimate, with the interval that led to the outcome.
    """
    direction = direction_of(effect, smallest_effect)
    if outcome is Outcome.UNDECIDED and direction == "open" and not effect.low > -smallest_effect:
        direction = "unknown"
    is_directed = outcome in (Outcome.POSITIVE, Outcome.REVERSED)
    term = f"finding {outcome}" if is_directed else f"finding {outcome} {direction}"
    return say[term].format(margin=Quantity.of(smallest_effect, effect.unit).as_margin(say))


def direction_of(effect: Effect, smallest_effect: float) -> str:
    """Return the direction of an effect: "claimed", "opposite", or "open" if it is uncertain.

    An end that differs from 0 only by the rounding of equal numbers is 0.
    """
    rounding = TOLERANCE * smallest_effect
    return "claimed" if effect.low > rounding else "opposite" if effect.high < -rounding else "open"


def counts(say: Phrases, outcomes: Iterable[Outcome], smallest_effect: float, unit: str) -> str:
    """Return the number of contexts by outcome: "in 3 as claimed, in 2 less than 1 point", or "reversed in each".

    The outcomes of readings do not depend on the smallest effect.
    """
    listed = list(outcomes)
    numbers = {outcome: listed.count(outcome) for outcome in Outcome if outcome in listed}
    terms = {outcome: term(say, outcome, smallest_effect, unit) for outcome in numbers}
    if len(numbers) == 1 and len(listed) > 1:
        return say["outcome in each"].format(outcome=terms[listed[0]])
    parts = [say["outcome count"].format(outcome=terms[outcome], count=number) for outcome, number in numbers.items()]
    return type(parts[0])(", ").join(parts) if parts else ""


def term(say: Phrases, outcome: Outcome, smallest_effect: float, unit: str) -> str:
    """Return an outcome in a few words, for lists of several contexts."""
    return say[f"outcome {outcome}"].format(margin=Quantity.of(smallest_effect, unit).as_margin(say))


def effect_axis_label(words: Phrases, estimand: Estimand) -> str:
    """Return the label of an axis of effects: "percentage points", or "factor: 2 ÷ measured" for 2 minus an arm."""
    unit = Unit.parse(estimand.unit)
    label = quantities.axis_label(words, unit)
    sides = estimand.sides.values()
    if estimand.form != "difference" or not any(side for side in sides if not isinstance(side, dict)):
        return label
    parts = [words["measured"] if isinstance(side, dict) else Quantity(side, unit).mark for side in sides]
    return f"{label}: {(' ÷ ' if unit.is_factor else ' − ').join(parts)}"


def sides(estimand: Estimand, words: Phrases) -> tuple[str, str]:
    """Return the meanings of effects below and above 0: "tanh faster", "ReLU faster". A share of units has "" below."""
    if estimand.form == "slope":
        return words["lower"], words["higher"]
    of, other = estimand.sides.values()
    number = next((side for side in (of, other) if not isinstance(side, dict)), None)
    if other == 0 and estimand.metric not in TIMED and "units" in estimand.measure.probes:
        return "", words["more than"].format(Quantity.of(0, estimand.unit).in_figure(words))
    if number:  # how the only arm compares with it
        amount = Quantity.of(number, estimand.unit).in_figure(words)
        texts = [words[name].format(amount) for name in ("more than", "less than")]
        return (texts[0], texts[1]) if number is of else (texts[1], texts[0])
    measure = None if estimand.metric in TIMED else estimand.measure
    lower_is_better = measure is None or measure.spread or measure.lower_is_better
    lower, higher = (words.get(f"{level} {estimand.metric}") or words[level] for level in ("lower", "higher"))
    arms = arm_names(estimand, words)
    better, winners = (lower, arms) if lower_is_better else (higher, arms[::-1])
    worse, losers = (higher, arms[::-1]) if lower_is_better else (lower, arms)
    texts = [
        words["side"].format(winner, better) if winner else words["side"].format(loser, worse).strip()
        for winner, loser in zip(winners, losers, strict=True)
    ]
    return texts[0], texts[1]


def arm_names(estimand: Estimand, words: Phrases) -> list[str]:
    """Return the settings that distinguish the two arms; "" for a number and for an arm that varies."""
    arms = [side if isinstance(side, dict) else {} for side in estimand.sides.values()]
    names = []
    for arm, other in (arms, arms[::-1]):
        own = {name: value for name, value in arm.items() if other.get(name) != value}
        varies = any(isinstance(value, list) for value in own.values())
        names.append("" if varies else labels.context(own, words))
    return names
