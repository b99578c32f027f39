"""Estimands: what a measured or timed claim estimates, as one number per seed in each context."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ontrial.judge.units import TIMED, recorded
from ontrial_judge.core.question import Question
from ontrial_judge.core.statistics import Claimed, Quantifier
from ontrial_judge.core.verdicts import SettingValues

if TYPE_CHECKING:
    from ontrial.judge.metrics import Metric

Side = SettingValues | float  # an arm, {"each": arms}, or a number to compare the other arm with
FORMS = {
    "difference": ("of", "minus"),
    "ratio": ("of", "over"),
    "slope": ("of", "minus"),
    "equality": ("of", "and"),
    "at_most": ("of", "and"),
}  # names of the sides, of which a slope may lack the second
EACH = "each"  # key of a side with several arms, of which each must be as claimed


@dataclass(frozen=True)
class Estimand:
    """The target of estimation: one number per seed in each context, positive in the claimed direction.

    form: Difference (of − minus), ratio (log₂ of/over) or slope (least squares of `of`, or of the difference, along an
        axis), of which the claim is that they reach the smallest effect; or equality or at_most: a difference, or a
        ratio if the smallest effect is a factor, of which the claim is that it is smaller than that in size, or with
        its sign.
    sides: Arm, or number in the unit of the metric, of each side named in FORMS.
    contexts: Values of each axis. A list in an arm is an axis, too.
    quantifier: In how many contexts the effect is as claimed, if the claim says so.
    """

    experiments: tuple[str, ...]
    metric: str
    form: str
    sides: dict[str, Side]
    contexts: dict[str, list]
    where: SettingValues
    threshold: float | None
    along: str | None
    smallest_effect: float
    unit: str
    quantifier: Quantifier | None = None

    @property
    def claimed(self) -> Claimed:
        """What the claim says of the effect."""
        return {"equality": Claimed.EQUAL, "at_most": Claimed.AT_MOST}.get(self.form, Claimed.MORE)

    @property
    def takes_ratio(self) -> bool:
        """Whether numbers are the binary logarithms of ratios."""
        is_bound = self.claimed is not Claimed.MORE
        return self.form == "ratio" or (is_bound and self.unit == "log2" != self.measure.unit)

    @property
    def arms(self) -> dict[str, SettingValues]:
        """The settings of each side that is an arm, by the name of the side."""
        return {name: side for name, side in self.sides.items() if isinstance(side, dict)}

    @property
    def has_several(self) -> bool:
        """Whether a side has several arms, of which each seed has the one that suits the claim least."""
        return any(EACH in arm for arm in self.arms.values())

    def takes_lowest(self, side: str) -> bool:
        """Whether the lowest number of several arms of a side suits the claim least, not the highest one."""
        return (side == next(iter(self.sides))) is (self.claimed is Claimed.MORE)

    @property
    def axes(self) -> dict[str, list]:
        """Values of each axis along which there are contexts."""
        return self.contexts | arm_axes(self.arms.values())

    @property
    def is_cost(self) -> bool:
        """Whether the arms are measurements of the timing job, without cells and seeds."""
        return self.metric == "cost"

    @property
    def counted(self) -> str:
        """What the numbers of an arm are counted in: "rounds" of the timing job for a cost, otherwise "seeds"."""
        return "rounds" if self.is_cost else "seeds"

    @property
    def recorded_metric(self) -> str:
        """Name of the metric that the tables hold; a timed metric multiplies it by a cost."""
        return recorded(self.metric)

    @property
    def measure(self) -> Metric:
        """The metric that the tables hold."""
        from ontrial.judge.metrics import METRICS  # which need the engine

        return METRICS[self.recorded_metric]

    @property
    def metric_sha256(self) -> str | None:
        """SHA-256 of the file that computes a study's own metric."""
        from ontrial.judge.metrics import METRICS

        metric = METRICS.get(self.metric)
        return metric.sha256 if metric else None

    @cached_property
    def question(self) -> Question:
        """What is asked of the numbers of a context."""
        return Question(
            claimed=self.claimed,
            smallest_effect=self.smallest_effect,
            unit=self.unit,
            sides=tuple(None if isinstance(side, dict) else side for side in self.sides.values()),
            quantifier=self.quantifier,
            is_slope=self.form == "slope",
            takes_ratio=self.takes_ratio,
            has_spread=self.has_spread,
            censored=self.censored,
            may_fail=self.may_fail,
            is_about_failures=self.is_about_failures,
            claims_worse=self.claims_worse,
        )

    @property
    def has_spread(self) -> bool:
        """Whether the numbers are deviations from the median of their arm."""
        return self.metric not in TIMED and self.measure.spread

    @property
    def may_fail(self) -> bool:
        """Whether many failures replace the numbers of two arms, since those of guessing are far from the others."""
        has_two_arms = len(self.arms) == len(self.sides) == 2 and not self.along
        return has_two_arms and self.metric not in TIMED and self.measure.may_fail

    @property
    def is_about_failures(self) -> bool:
        """Whether the metric is the share of failed runs."""
        return self.metric == "fails"

    @property
    def claims_worse(self) -> bool:
        """Whether a positive effect means that the first side is worse."""
        return self.metric in TIMED or self.has_spread or self.measure.lower_is_better

    @property
    def censored(self) -> bool:
        """Whether medians summarise the numbers, as for times in seconds and for metrics that may be infinite."""
        return self.metric in TIMED or self.measure.censored


def arm_axes(arms: Iterable[SettingValues]) -> dict[str, list]:
    """Return the axes that are lists in an arm."""
    return {name: value for arm in arms if EACH not in arm for name, value in arm.items() if isinstance(value, list)}


def each_arm(side: SettingValues) -> list[SettingValues]:
    """Return the arms of a side, which has one or several.

    >>> each_arm({"depth": 1}), each_arm({"each": [{"depth": 1}, {"depth": 3}]})
    ([{'depth': 1}], [{'depth': 1}, {'depth': 3}])
    """
    return side.get(EACH, [side])
