"""The outcome of plain samples."""

import numpy as np

from ontrial.judge import statistics
from ontrial.judge.statistics import ALPHA, Claimed


def classify(
    sample: np.ndarray,
    smallest_effect: float,
    censored: bool,
    alpha: float = ALPHA,
    *,
    claimed: Claimed = Claimed.MORE,
) -> np.ndarray:
    """Return the outcome of each row of a sample: see `statistics.outcomes`."""
    intervals = (statistics.confidence_interval(sample, censored, level) for level in (1 - alpha, 1 - 2 * alpha))
    return statistics.outcomes(*intervals, smallest_effect, claimed)
