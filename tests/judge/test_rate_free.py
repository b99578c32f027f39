"""Distances and limits: from curves whose way to the goal is known, and comparisons that have no meaning."""

import math

import numpy as np
import pandas as pd
import pytest
from support.messages import message_of
from support.simulated import simulated

from ontrial.judge import checks
from ontrial.judge.metrics import METRICS
from ontrial.judge.rate_free import largest_rate, plateau

GOAL = 0.8
RATES = 2.0 ** np.arange(-6, 2)
RECORDS = np.arange(0, 2049)


def curves(way, validation_way=None, momentum: float = 0.0) -> pd.DataFrame:
    """Return the records of seeds 1 and 2, whose accuracy rises in proportion to the updates.

    way: Function (effective rate, seed) → learning rate × updates to the goal, ∞ if it is never reached.
    validation_way: The same on validation data. Default: as on test data.
    """
    runs = []
    for seed in (1, 2):
        for rate in RATES:
            run = {"seed": seed, "learning_rate": rate * (1 - momentum), "momentum": momentum, "updates": RECORDS}
            for part, function in (("test", way), ("validation", validation_way or way)):
                run[f"{part}_accuracy"] = np.minimum(GOAL * RECORDS * rate / function(rate, seed), 1)
            runs.append(pd.DataFrame(run))
    return pd.concat(runs, ignore_index=True)


def measure(name: str, records: pd.DataFrame) -> list[float]:
    metric = METRICS[name]
    return metric.summary(metric.numbers(records, "test", GOAL), pd.Series(math.nan, [1, 2])).tolist()


def far_beyond(limit: float):
    """Return a way of 3 (seed 1) or 6 (seed 2) up to a rate, and none above."""
    return lambda rate, seed: 3.0 * seed if rate <= limit else math.inf


@pytest.mark.parametrize("momentum", [0.0, 0.875])
def test_the_distance_is_that_at_small_rates(momentum):
    assert measure("distance_to_accuracy", curves(far_beyond(1 / 4), momentum=momentum)) == pytest.approx([3, 6])


@pytest.mark.parametrize("momentum", [0.0, 0.875])
def test_a_limit_without_arrival_above_is_half_way_to_the_next_rate(momentum):
    found = measure("rate_limit", curves(far_beyond(1 / 4), momentum=momentum))
    assert found == pytest.approx([2**-1.5] * 2)


def test_a_limit_lies_where_the_way_is_twice_the_distance():
    def stretched(rate, seed):
        return 3.0 * max(1, (rate * 3) ** 2)  # twice as long at √2 / 3

    assert measure("rate_limit", curves(stretched)) == pytest.approx([math.sqrt(2) / 3] * 2, rel=0.06)


def test_validation_data_choose_the_rates_of_the_distance():
    def longer_at_the_smallest(rate, seed):
        return 3.0 * (1 + seed * (rate < 1 / 32))

    assert measure("distance_to_accuracy", curves(longer_at_the_smallest, far_beyond(1))) == pytest.approx([3, 3])
    with_gap = curves(lambda rate, seed: 3.0, longer_at_the_smallest)
    table = METRICS["distance_to_accuracy"].numbers(with_gap, "test", GOAL)
    assert table.columns[table.notna().all()].tolist() == [1 / 32, 1 / 16, 1 / 8]


def test_without_a_plateau_of_three_rates_there_is_neither_distance_nor_limit():
    records = curves(lambda rate, seed: 3 * rate if seed == 1 else 3.0)
    assert measure("distance_to_accuracy", records) == pytest.approx([math.nan, 3], nan_ok=True)
    assert np.isnan(measure("rate_limit", records)).all()  # that of the second seed may be beyond the grid
    flat = np.ones((1, 6))
    assert plateau(flat, 2.0 ** np.arange(6)).sum() == 3
    assert plateau(flat, 2.0 ** (np.arange(6) / 2)).sum() == 5
    assert plateau(flat, 4.0 ** np.arange(6)).sum() == 3
    assert not plateau(flat[:, :2], np.array([1.0, 8.0])).any()
    assert plateau(np.array([[math.inf, 1, 1.2, 1.1, 2, 9]]), 2.0 ** np.arange(6)).tolist() == [
        [False, True, True, True, False, False]
    ]


def test_a_lucky_rate_beyond_a_gap_counts():
    stretches = pd.DataFrame([[1.0, 1.0, 1.0, 3.0, 2.0, math.inf]], [7], 2.0 ** np.arange(6))
    assert largest_rate(stretches, pd.Series(math.nan, [7])).tolist() == [2**4.5]


STUDY = """
study: rates
experiments:
  fine: {purpose: See the way to a goal., dataset: [digits], hidden: [[8]], activation: [relu], initialisation: [own],
    objective: [softmax+cross_entropy, softmax+mse], optimiser: [sgd, momentum, adam], momentum: [0.875],
    training_samples: [1024], batch_size: [16, 64], learning_rates: {powers_of_two: {from: -6, to: 0}},
    seeds: {confirmatory: {from: 101, to: 112}}, budget: {updates: 64}, record: {per_doubling: 6, first: 1}}
"""


def docket(form: str, *lines: str, metric: str = "distance_to_accuracy", experiment: str = "fine") -> str:
    keys = [f"experiment: {experiment}", f"metric: {metric}", f"{form}", *lines]
    return "\n    ".join(["claims:\n  - id: mine\n    statement: {en: It is so.}", *keys])


BATCHES = "equality: {of: {batch_size: 16}, and: {batch_size: 64}}"
PLAIN = ("threshold: 0.8", "smallest_effect: factor 1.1", "where: {loss: cross_entropy, optimiser: sgd}")


def parse(text: str, study: str = STUDY):
    return checks.parse(text, "claims.yaml", simulated(study)).claims["mine"]


def test_distances_compare_batches_and_momentum():
    assert parse(docket(BATCHES, *PLAIN)).estimand.takes_ratio
    assert parse(
        docket(
            "ratio: {of: {optimiser: momentum}, over: {optimiser: sgd}}",
            *PLAIN[:2],
            "where: {loss: cross_entropy, batch_size: 16}",
            metric="rate_limit",
        )
    )


@pytest.mark.parametrize(("form", "where", "expected"), [
    ("equality: {of: {loss: mse}, and: {loss: cross_entropy}}", "where: {batch_size: 16, optimiser: sgd}",
     "the arms minimise different losses, and twice a loss has half the distance and half the limit. Compare "
     "the updates to the goal: metric: updates_to_accuracy, with policy: tuned."),
    ("equality: {of: {optimiser: adam}, and: {optimiser: sgd}}", "where: {batch_size: 16, loss: cross_entropy}",
     'the steps of optimiser "adam" are not proportional to'),
])  # fmt: skip
def test_distances_in_different_units_are_refused(form, where, expected):
    assert expected in message_of(parse, docket(form, *PLAIN[:2], where))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("per_doubling: 6, first: 1", "per_doubling: 4, first: 1", "records too rarely to see how many updates"),
        ("per_doubling: 6, first: 1", "per_doubling: 6, first: 8", "records too rarely to see how many updates"),
        ("from: -6, to: 0", "from: -2, to: 0", "reach over 2 octaves"),
        ("training_samples:", "clip_norm: [1], training_samples:", "not proportional to gradients, which are"),
        ("training_samples:", "warmup: [0.25], training_samples:", "changes in training, and a distance is a"),
    ],
)
def test_a_design_that_cannot_show_a_distance_is_refused(old, new, expected):
    assert expected in message_of(lambda text: parse(text, STUDY.replace(old, new)), docket(BATCHES, *PLAIN))


def test_a_rate_that_changes_has_no_product():
    changing = STUDY.replace("training_samples:", "schedule: [cosine], training_samples:")
    text = docket(BATCHES, PRODUCTS, PLAIN[2], "smallest_effect: 1 point", **ACCURACY)
    assert "changes in training, so that it has no product" in message_of(lambda text: parse(text, changing), text)


PRODUCTS = "contexts: {rate_times_updates: [1, 4]}"
ACCURACY = {"metric": "test_accuracy"}


@pytest.mark.parametrize(("optimiser", "rates"), [("sgd", [1 / 64, 1 / 16]), ("momentum", [1 / 512, 1 / 128])])
def test_a_product_gives_each_arm_its_learning_rate(optimiser, rates):
    study = simulated(STUDY.replace("from: -6", "from: -9"))
    where = f"where: {{loss: cross_entropy, optimiser: {optimiser}}}"
    text = docket(BATCHES, PRODUCTS, where, "smallest_effect: 1 point", **ACCURACY)
    estimand = checks.parse(text, "claims.yaml", study).claims["mine"].estimand
    found = [
        checks.claims.list_arms(study, estimand, {"rate_times_updates": product})[0].learning_rate for product in (1, 4)
    ]
    assert found == rates


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("contexts: {rate_times_updates: [3, 4]}",), "64 updates need a learning rate of 0.046875 for a product of 3"),
        (("contexts: {rate_times_updates: [4]}",), "the arms have learning rates of your choice"),
        (("contexts: {rate_times_updates: [1, 4], policy: [tuned]}",), "has both rate_times_updates and something"),
    ],
)
def test_products_that_select_no_rate_are_refused(lines, expected):
    text = docket(BATCHES, *lines, "smallest_effect: 1 point", PLAIN[2], **ACCURACY)
    assert expected in message_of(parse, text)
