"""Outcomes, effects and the two sides of a comparison in words.

They name the smallest effect: "less than a factor of 2", never just "negligible".
"""

from collections.abc import Iterable, Mapping

from ontrial.judge.estimands import Estimand
from ontrial.judge.metrics import TIMED
from ontrial.judge.records import Effect, Outcome
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.phrases import Phrases


def finding(say: Phrases, outcome: Outcome, effect: Effect, smallest_effect: float) -> str:
    """Return what is certain about a context, and what is open: "in the claimed direction; whether by 1 point is open".

    effect: Its interval has the level that led to the outcome.
    """
    direction = "claimed" if effect.low > 0 else "opposite" if effect.high < 0 else "open"
    if outcome is Outcome.UNDECIDED and direction == "open" and not effect.low > -smallest_effect:
        direction = "unknown"
    is_directed = outcome in (Outcome.POSITIVE, Outcome.REVERSED)
    term = f"finding {outcome}" if is_directed else f"finding {outcome} {direction}"
    return say[term].format(margin=margin(say, smallest_effect, effect.unit))


def counts(say: Phrases, outcomes: Iterable[Outcome], smallest_effect: float, unit: str) -> str:
    """Return how many contexts have each outcome: "in 3 as claimed, in 2 less than 1 point", or "reversed in each".

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
    """Return an outcome in few words, for lists of several contexts."""
    return say[f"outcome {outcome}"].format(margin=margin(say, smallest_effect, unit))


def margin(say: Phrases, smallest_effect: float, unit: str) -> str:
    """Return the smallest effect with its unit: "1 point", "a factor of 1.25", "0.5 points per doubling"."""
    base, step = split_unit(unit)
    text = f"{2**smallest_effect if base == 'log2' else smallest_effect:.4g}"
    pattern = say.get(f"effect {base}", "{}")
    if text == "1":
        pattern = say.get(f"one {base}", pattern)
    return per_step(say, pattern.format(formatting.signed(text)), step)


def effect_axis_label(words: Phrases, estimand: Estimand) -> str:
    """Return the label of an axis of effects: "percentage points", or "factor: 2 ÷ measured" for 2 minus an arm."""
    unit, step = split_unit(estimand.unit)
    label = per_step(words, words[f"effect in {unit}"], step, "amount per")
    sides = estimand.sides.values()
    if estimand.form != "difference" or not any(side for side in sides if not isinstance(side, dict)):
        return label
    parts = [words["measured"] if isinstance(side, dict) else effect_text(side, estimand.unit) for side in sides]
    return f"{label}: {(' ÷ ' if unit == 'log2' else ' − ').join(parts)}"


def effect_text(effect: float, unit: str) -> str:
    """Return an effect in three digits: a factor for a log₂."""
    return formatting.factor(2**effect) if split_unit(unit)[0] == "log2" else formatting.significant(effect)


def amount(number: float, unit: str, words: Phrases) -> str:
    """Return a number with its unit: "1 point", "×2", "1 point per layer"."""
    base, step = split_unit(unit)
    size = formatting.signed(f"{2**number if base == 'log2' else number:.4g}")
    pattern = words.get(f"one in {base}") if size == "1" else None
    return per_step(words, (pattern or words.get(f"amount in {base}", "{}")).format(size), step, "amount per")


def sides(estimand: Estimand, words: Phrases) -> tuple[str, str]:
    """Return what effects below and above 0 mean: "tanh faster", "ReLU faster"; "" below 0 for a share of units."""
    if estimand.form == "slope":
        return words["lower"], words["higher"]
    of, other = estimand.sides.values()
    number = next((side for side in (of, other) if not isinstance(side, dict)), None)
    if other == 0 and estimand.metric not in TIMED and "units" in estimand.measure.probes:
        return "", words["more than"].format(amount(0, estimand.unit, words))
    if number:  # how the only arm compares with it
        texts = [words[name].format(amount(number, estimand.unit, words)) for name in ("more than", "less than")]
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
    """Return the settings that tell the two arms apart, "" for a number and for an arm that varies."""
    arms = [side if isinstance(side, dict) else {} for side in estimand.sides.values()]
    names = []
    for arm, other in (arms, arms[::-1]):
        own = {name: value for name, value in arm.items() if other.get(name) != value}
        varies = any(isinstance(value, list) for value in own.values())
        names.append("" if varies else labels.context(own, words))
    return names


def split_unit(unit: str) -> tuple[str, str]:
    """Return the unit of a metric, and the step of a slope or "": ("points", "layer") for "points per layer"."""
    base, _, step = unit.partition(" per ")
    return base, step


def per_step(words: Mapping[str, str], text: str, step: str, family: str = "per") -> str:
    """Return the text of an effect, for a slope with its step: "1 point per layer".

    family: "per" on pages, or "amount per" in figures, which may break lines before the step.
    """
    return words[f"{family} {step}"].format(text) if step else text
