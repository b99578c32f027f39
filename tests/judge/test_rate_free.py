"""Distances and limits: from curves whose way to the goal is known, and comparisons that have no meaning."""

import math

import numpy as np
import pandas as pd
import pytest
from support.messages import message_of
from support.simulated import simulated

from ontrial import data
from ontrial.judge import checks, forecasts
from ontrial.judge.metrics import METRICS, first_crossing, rising
from ontrial.judge.rate_free import lag, largest_rate, plateau
from ontrial.nn import OPTIMISERS, Architecture
from ontrial.nn.curvature import predict_limit

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


@pytest.mark.parametrize(("metric", "settings", "expected"), [
    ("limit_error", "optimiser: adam, loss: cross_entropy", "so that its limit is not predicted."),
    ("lost_at_half_limit", "optimiser: momentum, loss: cross_entropy, policy: tuned", "compares learning rates, not"),
])  # fmt: skip
def test_a_limit_that_nobody_can_predict_is_refused(metric, settings, expected):
    side = "equality: {of: {batch_size: 16}, and: factor 1}" if metric == "limit_error" else (
        "at_most: {of: {batch_size: 16}, and: 0 points}")  # fmt: skip
    effect = "threshold: 0.8\n    smallest_effect: factor 1.5" if metric == "limit_error" else (
        "smallest_effect: 0.5 points")  # fmt: skip
    text = docket(side, effect, f"where: {{{settings}}}", metric=metric)
    assert expected in message_of(parse, text)
    assert not METRICS[metric].is_curve  # stages would share a plateau, or a limit that belongs to the end


def test_a_plateau_that_all_seeds_share_allows_one_look():
    studies = [
        STUDY.replace("{from: 101, to: 112}", seeds)
        for seeds in ("{from: 101, looks: [6, 12]}", "{from: 101, to: 112}")
    ]
    several, single = ((lambda text, study=study: parse(text, study)) for study in studies)
    assert "finds one plateau for all seeds" in message_of(several, docket(BATCHES, *PLAIN, metric="flow_limit"))
    assert single(docket(BATCHES, *PLAIN, metric="flow_limit"))
    assert "one plateau" not in message_of(several, docket(BATCHES, *PLAIN[:2], metric="rate_limit"))


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


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "nesterov"])
@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
def test_with_a_constant_gradient_an_optimiser_has_gone_as_far_as_the_lag_says(optimiser, mu):
    momentum = 0.0 if optimiser == "sgd" else mu
    network, eta = np.zeros((1, 1)), np.array([[0.1]])
    state = [np.zeros((1, 1))] * (optimiser != "sgd")
    for t in range(1, 40):
        OPTIMISERS[optimiser].rule(network, -np.ones((1, 1)), eta, momentum, t, *state)
        assert network.item() == pytest.approx(0.1 / (1 - momentum) * (t - lag(t, optimiser, momentum)))


def test_the_first_updates_of_momentum_by_hand():
    assert [lag(t, "momentum", 0.5) for t in (0, 1, 2)] == pytest.approx([0, 0.5, 0.75])  # goes ½, then ½ + ¼ more
    assert [lag(t, "nesterov", 0.5) for t in (0, 1, 2)] == pytest.approx([0, 0.25, 0.375])


def late(momentum: float, way: float = 20.0) -> pd.DataFrame:
    """Return the records of seeds whose accuracy rises in proportion to how far momentum has gone along the flow."""
    records = curves(lambda rate, seed: way, momentum=momentum).assign(optimiser="momentum")
    rates, gone = records["learning_rate"] / (1 - momentum), RECORDS - lag(RECORDS, "momentum", momentum)
    for part in ("test", "validation"):
        records[f"{part}_accuracy"] = np.minimum(GOAL * np.tile(gone, 16) * rates / way, 1)
    return records


def test_the_distance_along_the_flow_leaves_out_the_lag():
    records = late(0.875)
    assert measure("flow_distance", records) == pytest.approx([20, 20], rel=1e-3)
    table = METRICS["flow_limit"].numbers(records, "test", GOAL)
    assert table.to_numpy() == pytest.approx(1, rel=0.02)  # at any rate
    assert measure("distance_to_accuracy", records)[0] > 20.2  # the first definition counts the lag


def test_one_plateau_for_all_seeds_is_where_their_median_is_constant():
    def noisy(rate, seed):
        return 3.0 * (1.5 if seed == 1 and rate == RATES[1] else 1)

    records = pd.concat([curves(noisy), curves(lambda rate, seed: 3.0).assign(seed=lambda each: each["seed"] + 2)])
    metric = METRICS["flow_distance"]
    found = metric.summary(
        metric.numbers(records.assign(optimiser="sgd"), "test", GOAL), pd.Series(math.nan, [1, 2, 3, 4])
    )
    assert found.tolist() == pytest.approx([3] * 4)
    own = METRICS["distance_to_accuracy"].numbers(records, "test", GOAL)
    assert [own.columns[own.loc[seed].notna()][0] for seed in (1, 2)] == [RATES[2], RATES[0]]


def test_a_smoothed_curve_reaches_a_late_goal_when_its_mean_does():
    random = np.random.default_rng(1)
    times = np.broadcast_to(np.arange(200.0), (300, 200))
    values = times / 200 + random.normal(0, 0.1, times.shape)
    first, smooth = (first_crossing(times, each, 0.5, np.greater_equal) for each in (values, rising(values)))
    assert np.median(first) < 85  # noise arrives early
    assert np.median(smooth) == pytest.approx(100, abs=4)


def test_an_arrival_before_divergence_counts():
    assert np.isnan(rising(np.array([[math.nan, math.nan]]))).all()
    assert rising(np.array([[0.1, 0.9, 0.2, math.nan]]))[0, :2].tolist() == [0.1, 0.9]


def network(**settings) -> pd.DataFrame:
    """Return the columns of records that say what the networks of two seeds are."""
    named = {"dataset": "digits", "hidden": "8", "activation": "tanh", "initialisation": "glorot", "output": "softmax"}
    named |= {"loss": "cross_entropy", "training_samples": 128, "batch_size": 16, "optimiser": "sgd", "momentum": 0.0}
    return pd.DataFrame([named | settings | {"seed": seed} for seed in (2, 1)])


def test_records_say_whose_limit_is_predicted():
    architecture = Architecture((64, 8, 10), "tanh", "softmax", "cross_entropy", "glorot")
    arrays = data.arrays("digits", [1, 2], "softmax", training_samples=128)
    expected = predict_limit(architecture, arrays, [1, 2], goal=0.7)
    assert forecasts.predicted_limits(network(), 0.7) == pytest.approx(expected.limit(16), rel=0.01)
    late = network(optimiser="momentum", momentum=0.9)
    assert forecasts.predicted_limits(late, 0.7) == pytest.approx(expected.limit(16, 0.9), rel=0.01)


def test_the_error_of_a_limit_is_how_often_the_predicted_one_goes_into_the_measured_one(monkeypatch):
    monkeypatch.setattr(forecasts, "predicted_limits", lambda records, goal: np.array([2**-2.5, 2**-0.5]))
    found = measure("limit_error", curves(far_beyond(1 / 4)).assign(optimiser="sgd"))
    assert found == pytest.approx([1, -1])  # the limit is 2^-1.5


def test_what_is_lost_at_half_the_limit_is_read_between_rates(monkeypatch):
    monkeypatch.setattr(forecasts, "predicted_limits", lambda records, goal: np.array([2**0.5, 2.0**9]))
    runs = [
        {"seed": seed, "learning_rate": rate, "updates": 10, "test_accuracy": accuracy, "diverged": False}
        for seed in (1, 2)
        for rate, accuracy in [(0.5, 0.9), (1.0, 0.8)]
    ]
    metric = METRICS["lost_at_half_limit"]
    table = metric.numbers(pd.DataFrame(runs).assign(dataset="digits"), "test", None)
    assert metric.summary(table, pd.Series([0.5, 0.5], [1, 2])).tolist() == pytest.approx([5, math.nan], nan_ok=True)


def test_noise_that_shortens_the_way_at_larger_rates_ends_no_plateau():
    def noisy(rate, seed):
        return 3.0 * (1.3 if rate == RATES[1] else 0.95)

    records = curves(noisy).assign(optimiser="sgd")
    assert measure("flow_distance", records) == pytest.approx([2.85, 2.85])
    assert METRICS["flow_distance"].numbers(records, "test", GOAL).columns[0] == RATES[0]
