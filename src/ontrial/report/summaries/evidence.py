"""Choose the settings that the picture of a claim shows, and find the effects that it cannot show in full."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ontrial.judge.policies import TUNED
from ontrial_judge.core.statistics import contradicts, supports
from ontrial_judge.core.verdicts import Conclusion, Context, Verdict

MOST_ROWS = 6  # of the picture of a claim
OPEN = (False, False)  # neither supports nor contradicts
FAR = 6  # multiple of the median distance from 0 beyond which an effect is cut off, since it would flatten the others


class Marks(NamedTuple):
    """Special marks of a chart, which its caption explains.

    endless: Whether an arrow stands for an interval without an end.
    far: Whether an arrow stands for an effect outside the axis.
    """

    endless: bool
    far: bool


def find_marks(effects: np.ndarray, smallest: float) -> Marks:
    """Return the special marks in the chart of some effects.

    effects: Estimate, low and high of each effect, shape (effects, 3), NaN without data.
    smallest: Smallest effect of interest.
    """
    return Marks(not np.isfinite(effects[:, 1:]).all(), bool(far_out(effects, smallest).any()))


def far_out(effects: np.ndarray, smallest: float) -> np.ndarray:
    """Return whether each effect is so far from 0 that an axis with it would flatten the others, shape (effects,)."""
    reach = reaches(effects)
    middle = np.sort(reach)[(len(reach) - 1) // 2]
    return reach > FAR * max(middle, 2 * smallest)


def reaches(effects: np.ndarray) -> np.ndarray:
    """Return the largest distance from 0 of each effect's estimate and finite ends, shape (effects,)."""
    return np.abs(np.where(np.isfinite(effects), effects, 0)).max(axis=1)


def rows_of(verdict: Verdict) -> list[int]:
    """Return the positions of the contexts that the picture of a claim shows, at most MOST_ROWS.

    Of many, they are those at own rates and at the rates of one side, if the verdict follows from these too, and of
    these the ones evenly spaced from the effect that speaks most for the claim to the one that speaks most against it.
    """
    positions = list(range(len(verdict.contexts)))
    if len(positions) > MOST_ROWS:
        at_plain_rates = [i for i in positions if has_plain_rate(verdict.contexts[i])]
        if _answers(verdict, at_plain_rates) >= _answers(verdict, positions):
            positions = at_plain_rates
    if len(positions) > MOST_ROWS:

        def in_favour(i: int) -> float:
            context = verdict.contexts[i]
            multiple = context.effect.estimate / verdict.smallest_effect_in(context)
            return -math.inf if math.isnan(multiple) else multiple

        ordered = sorted(positions, key=in_favour)
        chosen = np.linspace(0, len(ordered) - 1, MOST_ROWS).round().astype(int)
        positions = sorted(ordered[i] for i in chosen)
    return positions


def _answers(verdict: Verdict, positions: Iterable[int]) -> set[tuple[bool, bool]]:
    """Return the answers in some contexts that the verdict rests on: certain, excluded, and open unless it depends."""
    outcomes = [verdict.contexts[i].outcome for i in positions]
    answers = {(supports(outcome), contradicts(outcome)) for outcome in outcomes}
    return answers - {OPEN} if verdict.conclusion is Conclusion.DEPENDS else answers


def has_plain_rate(context: Context) -> bool:
    """Return whether a policy gives each arm its own learning rate, or both the rate of one."""
    policy = str(context.settings.get("policy", ""))
    return policy == TUNED or policy.startswith("fixed_")
