"""The ends and ticks of a logarithmic axis of errors."""

from collections.abc import Iterable

ERRORS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 90)  # per cent, ticks
LEAST_ERROR = 0.1  # per cent, where the axis shows errors that are smaller


def ends_and_ticks(errors: Iterable[float]) -> tuple[float, float, list[float]]:
    """Return the lower and the upper end of an axis that has room for some errors, and its ticks, all in per cent."""
    shown = [max(error, LEAST_ERROR) for error in errors]
    low, high = min(shown) / 1.15, min(1.15 * max(shown), 100)
    return low, high, [error for error in ERRORS if low <= error <= high]
