"""The count of the study `limit`: what its arms say, and the range test that is its rival."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.speed_limits import PUBLISHED, START, calibrate, range_test, report
from ontrial import data
from ontrial.nn import Architecture

NEAR = "limit-foreseen-digits"


def table(errors, start=2.0, claim=NEAR):
    """Return arms with these errors of the look ahead; those of the rivals are the same in all."""
    outcomes = ["equal" if abs(error) < 0.5 else "below" for error in errors]
    names = [f"network {i // 2}" for i in range(len(errors))]
    columns = {"claim": claim, "outcome": outcomes, "experiment": names, "ahead": errors}
    return pd.DataFrame(columns | {"start": start, "range_test": np.nan})


def test_the_share_of_arms_is_counted_with_its_interval():
    assert report(table([0.1] * 30))[0].startswith("near: 30 of 30 arms are certainly within 1.5 (100%, 88 to 100")
    assert "at least 80%: supported); medians of 30 are" in report(table([0.1] * 30))[0]
    assert "at least 80%: open)" in report(table([0.1] * 27 + [1.0] * 3))[0]
    assert "at least 80%: refuted)" in report(table([0.1] * 10 + [-1.0] * 20))[0]


def test_with_fewer_than_half_of_the_arms_the_prediction_has_failed():
    assert "has failed" in report(table([0.1] * 7 + [1.0] * 9))[0]
    assert "has failed" not in report(table([0.1] * 8 + [1.0] * 8))[0]


def test_an_arm_without_a_limit_is_not_predicted():
    assert "has failed" in report(table([0.1] * 7 + [np.nan] * 8))[0]


def test_rivals_are_compared_by_network_and_far_goals_and_plateaus_apart():
    lines = report(table([0.5, -0.5] * 8))
    assert lines[1] == "near: closer than start by 1.50 octaves (1.50 to 1.50), 8 networks"
    assert len(lines) == 2  # the range test has no numbers
    apart = pd.concat([table([0.1] * 4), table([3.0] * 2, claim="limit-foreseen-plateau-digits")])
    assert [line.split(":")[0] for line in report(apart)][::2] == ["near", "on a plateau"]


def test_a_range_test_ends_before_training_diverges():
    arrays = data.arrays("digits", [1, 2], "softmax", training_samples=128)
    rates = range_test(Architecture((64, 8, 10), "tanh", "softmax", "cross_entropy", "glorot"), arrays, [1, 2], 16, 40)
    assert rates.shape == (2,)
    assert (rates > 2**-6).all()
    assert (rates < 2**3).all()


@pytest.mark.long
def test_the_constants_of_the_rivals_are_those_of_the_published_arms():
    assert PUBLISHED.endswith("two_numbers.csv")
    assert calibrate()[0].startswith(f"start: {START:g}")
