"""The arms of a table of runs in numbers: how many runs they have, where these ended, and how many failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ontrial.errors import legible
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases

if TYPE_CHECKING:
    from ontrial.judge.tables import Judgement
    from ontrial_judge.core.evidence import MeasuredArm

MOST = 12  # contexts whose arms are described
LENGTH = 60  # characters of a name
TERMS = ("arm", "runs", "mean", "deviation", "median", "worst", "failed")


def heads(judgement: Judgement, say: Phrases) -> list[str]:
    """Return the heads of the table of arms."""
    axes = [legible(name, LENGTH) for name in judgement.question.contexts]
    return [*axes, *(say[f"judged arm {term}"] for term in TERMS)]


def rows(judgement: Judgement) -> Iterator[list[str]]:
    """Yield the row of each arm in each context, the one that is claimed to be better first; none of many contexts."""
    question = judgement.question
    for each in judgement.measured if len(judgement.measured) <= MOST else ():
        settings = [legible(str(value), LENGTH) for value in each.context.values()]
        sides = zip(each.estimand.arms.values(), each.arms, strict=True)
        for side, arm in sorted(sides, key=lambda pair: pair[0][question.column] != question.better):
            name = str(side[question.column])
            numbers = _numbers(arm, 0.01 if judgement.shares else 1.0, question.lower_is_better)
            failed = formatting.count(judgement.failed_in(each.context, name))
            yield [*settings, legible(name, LENGTH), *numbers, failed]


def _numbers(arm: MeasuredArm, scale: float, lower_is_better: bool) -> list[str]:
    """Return the number of runs, the mean, the standard deviation, the median and the worst number.

    scale: Factor from the numbers that are judged to those of the table.
    """
    values = scale * arm.columns["number"]
    deviation = values.std(ddof=1) if len(values) > 1 and np.isfinite(values).all() else np.nan
    worst = values.max() if lower_is_better else values.min()
    described = [values.mean(), deviation, np.median(values), worst]
    return [formatting.count(len(values)), *(formatting.significant(float(number), 4) for number in described)]
