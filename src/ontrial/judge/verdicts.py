"""Verdicts on claims of studies, from the numbers of their contexts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ontrial.judge import claims, policies
from ontrial.judge.claim import Claim
from ontrial_judge.core import decisions
from ontrial_judge.core.evidence import Measured
from ontrial_judge.core.verdicts import Verdict


def judge_measured(claim: Claim, measured: Sequence[Measured], looks: Sequence[int]) -> Verdict:
    """Return the verdict on a measured or timed claim from the numbers of its contexts.

    looks: Number of seeds at each look.
    """
    return claim.verdict(**decisions.judge(measured, looks, about=choices))


def choices(measured: Measured, off_grid: bool) -> dict[str, Any]:
    """Return the fields of a context on what its seeds chose: their rates, and settings.

    off_grid: Whether a rate is not on its grid.
    """
    arms = measured.arms
    chosen = [arm.columns["rate"] for arm in arms]
    rates = [policies.typical(each) for each in chosen if off_grid or not np.isnan(each).all()]
    if not rates:
        return {}
    return {
        "rates": tuple(None if math.isnan(rate) else rate for rate in rates),
        "on_edge": any(policies.mostly(arm.columns["on_edge"]) for arm in arms),
        "choices": tuple(map(claims.choice_of, arms)) if any(arm.choices for arm in arms) else (),
    }
