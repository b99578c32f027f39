"""The usual smallest effects of interest: one table, by what is measured. A claim may deviate from it."""

from __future__ import annotations

from typing import NamedTuple

from ontrial.judge.claim import parse_quantity
from ontrial.judge.docket import Spec, unit_of
from ontrial.judge.metrics import METRICS
from ontrial_judge.core.statistics import FAILURES_OF_INTEREST


class Usual(NamedTuple):
    """The usual smallest effects on some metrics.

    Where a quantity is small or has a unit of its own, the effect is a factor: a change of one point is hardly anything
    of an accuracy, and most of a calibration error. No effect is a value that theory predicts for a context.

    quantities: Smallest effects as a docket writes them. Of two, the second is for a claim that says "much".
    """

    metrics: tuple[str, ...]
    quantities: tuple[str, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """The unit of each quantity."""
        own = METRICS[self.metrics[0]].unit
        return tuple("log2" if quantity.startswith("factor") else own for quantity in self.quantities)


USUAL = {
    "accuracy": Usual(
        (
            "test_accuracy",
            "validation_accuracy",
            "train_accuracy",
            "accuracy_deviation",
            "gap_in_accuracy",
            "lead_of_clean_labels",
        ),
        ("1 point",),
    ),
    "failures": Usual(("fails",), (f"{FAILURES_OF_INTEREST:g} points",)),
    "units": Usual(("dead_units", "saturation"), ("1 point",)),
    "groups": Usual(("group_error",), ("1 point",)),
    "calibration": Usual(("calibration_error",), ("factor 1.25",)),
    "likelihood": Usual(("test_nll",), ("0.05 nats",)),
    "errors": Usual(
        ("test_loss", "validation_loss", "train_loss", "test_rmse", "validation_rmse", "train_rmse"), ("factor 1.1",)
    ),
    "times": Usual(
        (
            "epochs_to_accuracy",
            "updates_to_accuracy",
            "epochs_to_train_loss",
            "updates_to_train_loss",
            "distance_to_accuracy",
            "seconds_to_accuracy",
            "cost",
        ),
        ("factor 1.25", "factor 2"),
    ),
    "range of rates": Usual(("octaves_near_best",), ("1 octave",)),
    "rate limit": Usual(("rate_limit",), ("factor 2",)),
    "gradients": Usual(("gradient_per_layer",), ("factor 1.25",)),
}  # by what is measured, as docs/words.yaml names it


def deviation(spec: Spec) -> Usual | None:
    """Return the usual smallest effects of a claim that has another one; None if it has a usual one.

    A slope is per step of its axis, for which nothing is usual.
    """
    usual = next((usual for usual in USUAL.values() if spec["metric"] in usual.metrics), None)
    if usual is None or "slope" in spec:
        return None
    unit = unit_of(spec)
    size = parse_quantity(spec["smallest_effect"], unit)
    known = zip(usual.quantities, usual.units, strict=True)
    return None if any(unit == own and size == parse_quantity(text, own) for text, own in known) else usual
