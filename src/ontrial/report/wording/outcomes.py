"""Outcomes, effects and the two sides of a comparison in words.

They name the smallest effect: "less than a factor of 2", never just "negligible".
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from ontrial.judge.estimands import EACH, Estimand
from ontrial.judge.units import TIMED, Unit
from ontrial.report.wording import formatting, quantities
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity
from ontrial_judge.core.statistics import ALPHA, TOLERANCE, Claimed
from ontrial_judge.core.verdicts import SMALL, Case, Context, Effect, Outcome, SettingValues, Verdict

RANGES = {  # terms by whether the lower and the upper end are finite
    (True, True): "range",
    (True, False): "ends from",
    (False, True): "ends to",
    (False, False): "ends without",
}


def finding(
    say: Phrases, outcome: Outcome, effect: Effect, smallest_effect: float, claimed: Claimed = Claimed.MORE
) -> str:
    """Return the finding on a context, such as "in the claimed direction; whether by 1 point is open".

    effect: Estimate, with the interval that led to the outcome.
    claimed: What the claim says of effects. If they are small, they have no claimed direction.
    """
    direction = direction_of(effect, smallest_effect)
    if claimed is Claimed.EQUAL:
        direction = "equality" if direction == "open" else "apart"
    elif claimed is Claimed.AT_MOST:
        direction = "more"
    elif outcome is Outcome.UNDECIDED and direction == "open" and not effect.low > -smallest_effect:
        direction = "unknown"
    is_open = outcome in (Outcome.NEGLIGIBLE, Outcome.BELOW, Outcome.UNDECIDED)
    term = f"finding {outcome} {direction}" if is_open else f"finding {outcome}"
    return say[term].format(margin=Quantity.of(smallest_effect, effect.unit).as_margin(say))


def direction_of(effect: Effect, smallest_effect: float) -> str:
    """Return the direction of an effect: "claimed", "opposite", or "open" if it is uncertain.

    An end that differs from 0 only by the rounding of equal numbers is 0.
    """
    rounding = TOLERANCE * smallest_effect
    return "claimed" if effect.low > rounding else "opposite" if effect.high < -rounding else "open"


def counts(say: Phrases, verdict: Verdict, cases: Iterable[Case]) -> str:
    """Return the number of cases of a verdict by outcome: "as claimed in 3, less than 1 point in 2".

    If there is only one outcome, it is "reversed in each".
    """
    order = list(Outcome)
    listed = sorted(cases, key=lambda case: order.index(case.outcome))
    numbers = Counter(term(say, case.outcome, margin_in(say, verdict, case)) for case in listed)
    if len(numbers) == 1 and len(listed) > 1:
        return say["outcome in each"].format(outcome=next(iter(numbers)))
    parts = [say["outcome count"].format(outcome=outcome, count=number) for outcome, number in numbers.items()]
    return type(parts[0])(", ").join(parts) if parts else ""


def term(say: Phrases, outcome: Outcome, margin: str) -> str:
    """Return an outcome in a few words, for lists of several contexts."""
    return say[f"outcome {outcome}"].format(margin=margin)


def margin_in(say: Phrases, verdict: Verdict, case: Case) -> str:
    """Return the smallest effect of interest in a context: "1 point"; "" for a reading, which has none."""
    if not isinstance(case, Context):
        return ""
    return Quantity.of(verdict.smallest_effect_in(case), case.effect.unit).as_margin(say)


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
    """Return the meanings of effects below and above 0, such as "tanh: faster" and "ReLU: faster".

    A share of units has "" below.
    """
    lower, higher = (words.get(f"{level} {estimand.metric}") or words[level] for level in ("lower", "higher"))
    if estimand.form == "slope":
        return lower, higher
    of, other = estimand.sides.values()
    number = next((side for side in (of, other) if not isinstance(side, dict)), None)
    if other == 0 and estimand.metric not in TIMED and "units" in estimand.measure.probes:
        return "", higher
    if number:  # how the only arm compares with it
        amount = Quantity.of(number, estimand.unit).in_figure(words)
        texts = [words[name].format(amount) for name in ("more than", "less than")]
        return (texts[0], texts[1]) if number is of else (texts[1], texts[0])
    measure = None if estimand.metric in TIMED else estimand.measure
    lower_is_better = measure is None or measure.spread or measure.lower_is_better
    better, worse = (lower, higher) if lower_is_better else (higher, lower)
    if isinstance(of, dict) and EACH in of:
        return words["side not each"], words["side each"].format(_each_of(of, words), higher)
    arms = arm_names(estimand, words)
    return _said_of(arms if lower_is_better else arms[::-1], better, worse, words)


def _each_of(side: SettingValues, words: Phrases) -> str:
    """Return the arms of a side of which each must be as claimed."""
    from ontrial.report.wording import labels

    return ", ".join(labels.context(arm, words) for arm in side[EACH])


def _said_of(winners: Sequence[str], better: str, worse: str, words: Phrases) -> tuple[str, str]:
    """Return who is better at either end: the winner's name, or the loser's if the winner has none.

    winners: Name of the arm that is better at the left end, and at the right end.
    """
    texts = []
    for winner, loser in (winners, winners[::-1]):
        name, level = (winner, better) if winner else (loser, worse)
        texts.append(words["side"].format(name, level) if name else level)
    return texts[0], texts[1]


def failure_sides(estimand: Estimand, words: Phrases) -> tuple[str, str]:
    """Return the meanings of differences between shares of failed runs: "batch size 16: more failures"."""
    arms = arm_names(estimand, words)
    more = arms[::-1] if estimand.claims_worse else arms
    return _said_of(more, words["higher fails"], words["lower fails"], words)


def arm_names(estimand: Estimand, words: Phrases, settings: SettingValues | None = None) -> list[str]:
    """Return the settings that distinguish the two arms; "" for a number and for an arm that varies.

    settings: Settings of a context, in which no arm varies.
    """
    from ontrial.report.wording import labels  # of the settings of networks, which need the engine

    arms = own_settings(estimand, settings or {})
    return [
        "" if any(isinstance(value, list) for value in arm.values()) else labels.context(arm, words) for arm in arms
    ]


def own_settings(estimand: Estimand, settings: SettingValues) -> list[SettingValues]:
    """Return the settings that distinguish each side from the other in a context; none for a number.

    settings: Settings of the context.
    """
    from ontrial.report.wording import labels

    sides = [side if isinstance(side, dict) else {} for side in estimand.sides.values()]
    return [
        labels.arm_settings({name: value for name, value in side.items() if other.get(name) != value}, settings)
        for side, other in (sides, sides[::-1])
    ]


def estimate_and_interval(say: Phrases, context: Context) -> tuple[str, str]:
    """Return the estimate and the interval of a context, as two cells of a table.

    The interval is the one that decided, with its level if that is lower than those of others. Before a difference of
    shares of failures are the numbers of networks that fail.
    """
    if context.n == 0:
        return formatting.NO_VALUE, formatting.NO_VALUE
    effect = context.shown
    interval = say[RANGES[math.isfinite(effect.low), math.isfinite(effect.high)]].format(*ends(effect))
    if context.deciding:
        interval = say["ends at level"].format(ends=interval, level=level_of(say, is_narrow=True))
    elif margin := unknown_margin(say, context):
        interval = say["ends unknown"].format(ends=interval, level=level_of(say, is_narrow=True), margin=margin)
    if context.zeros and math.isinf(effect.estimate):
        return say["short zero"], formatting.NO_VALUE if effect.low == effect.high else interval
    if math.isinf(effect.estimate):
        proven, term = (effect.low, "short at least") if effect.estimate > 0 else (effect.high, "short at most")
        if math.isfinite(proven):
            return say[term].format(Quantity.of(proven, effect.unit).in_cell(say)), say["short never"]
    estimate = Quantity.of(effect.estimate, effect.unit).in_cell(say)
    if context.counts_failures:
        first, second = map(formatting.count, context.failed)
        estimate = say["short failed"].format(
            first=first, second=second, n=formatting.count(context.n), effect=estimate
        )
    return estimate, interval


def level_of(say: Phrases, *, is_narrow: bool = False) -> str:
    """Return the level of an interval of a study over all looks: "95%".

    is_narrow: Whether it is the interval of two one-sided tests, which decides that an effect is small.
    """
    return say["percent"].format(f"{100 * (1 - (2 if is_narrow else 1) * ALPHA):.6g}")


def unknown_margin(say: Phrases, context: Context) -> str:
    """Return the smallest effect if the ends of the interval that decided are unknown, and those known do not show it.

    Otherwise, return "". Published files of earlier versions have only the wider interval. Its outcome is certain all
    the same: the interval that decided lies within the smallest effect on both sides.
    """
    smallest = context.smallest_effect
    if context.deciding or context.decided_by or context.outcome not in SMALL or smallest is None:
        return ""
    is_shown = max(-context.effect.low, context.effect.high) < (1 - TOLERANCE) * smallest
    return "" if is_shown else Quantity.of(smallest, context.effect.unit).as_margin(say)


def ends(effect: Effect) -> tuple[str, str]:
    """Return the ends of an interval as numbers without their unit."""
    return Quantity.of(effect.low, effect.unit).number, Quantity.of(effect.high, effect.unit).number
