"""Learning rates by policy: each seed chooses its own on its validation data, and a scaled rate may be off the grid."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.simulated import results, simulated

from ontrial.errors import InputError
from ontrial.judge import policies

STUDY = simulated()
BEST = {1: 2.0**-6, 4: 2.0**-5, 16: 2.0**-3, 64: 2.0**-2, 256: 2.0**-1, 1150: 2.0**2}
SIXTEEN = next(cell for cell in STUDY.cells.values() if cell.experiment == "batches" and cell.batch_size == 16)


def peaked(settings, rate, seed, record):
    """On validation data, even seeds are best at BEST and odd ones at half of it. Test data prefer the smallest rate.

    Full batches are best at BEST with every seed.
    """
    size = settings["batch_size"]
    octaves = abs(math.log2(rate) - math.log2(BEST[size]) + (seed % 2 if size < 1150 else 0))
    return {"validation_accuracy": 0.9 - 0.05 * octaves, "test_accuracy": 0.9 if rate == 2.0**-8 else 0.2}


@pytest.fixture(scope="module")
def chosen() -> pd.DataFrame:
    return policies.rates(results(STUDY, peaked, "batches"), "batches").set_index(["policy", "batch_size", "seed"])


def rates_of(chosen, policy, seed=102):
    """Return the rates of one seed, by batch size."""
    return chosen.xs((policy, seed), level=("policy", "seed"))["learning_rate"].to_dict()


def test_tuned_takes_each_seeds_best_rate_on_its_own_validation_data(chosen):
    assert rates_of(chosen, "tuned") == BEST
    assert rates_of(chosen, "tuned", seed=101) == {size: rate / (1 + (size < 1150)) for size, rate in BEST.items()}


@pytest.mark.parametrize(("seed", "own"), [(102, 2.0**-3), (101, 2.0**-4)])
def test_fixed_linear_and_sqrt_start_from_the_seeds_own_rate_of_a_batch_size(chosen, seed, own):
    assert rates_of(chosen, "fixed_16", seed) == dict.fromkeys(BEST, own)
    linear, sqrt = rates_of(chosen, "linear_16", seed), rates_of(chosen, "sqrt_16", seed)
    assert (linear[16], linear[64], linear[256]) == (own, 4 * own, 16 * own)
    assert (sqrt[1], sqrt[4], sqrt[16], sqrt[256]) == (own / 4, own / 2, own, 4 * own)
    of_256 = rates_of(chosen, "tuned", seed)[256]
    assert rates_of(chosen, "fixed_256", seed) == dict.fromkeys(BEST, of_256)
    assert rates_of(chosen, "linear_256", seed)[64] == of_256 / 4


def test_full_batches_have_no_scaled_rates_and_rates_at_the_edge_are_flagged(chosen):
    for policy in ("linear_16", "sqrt_16", "linear_256"):
        assert 1150 not in rates_of(chosen, policy)
    assert chosen.loc[("tuned", 1150), "on_edge"].all()
    assert not chosen.loc[("tuned", 256), "on_edge"].any()


def test_a_scaled_rate_off_the_grid_is_missing_and_flagged():
    def large(settings, rate, seed, record):
        return {"validation_accuracy": rate, "test_accuracy": 0}

    rates = policies.rates(results(STUDY, large, "batches"), "batches").set_index(["policy", "batch_size", "seed"])
    assert math.isnan(rates.loc[("linear_16", 64, 101), "learning_rate"])
    assert rates.loc[("linear_16", 64, 101), "on_edge"]
    assert rates.loc[("sqrt_16", 1, 101), "learning_rate"] == 1.0


def own_rates(measures, metric="test_accuracy", threshold=None) -> pd.Series:
    """Return the own rates of the seeds of a batch of 16, whose records are simulated."""
    return policies.own_rates(results(STUDY, measures, "batches"), SIXTEEN, metric, threshold)


def test_of_equally_accurate_rates_the_smaller_loss_and_then_the_smaller_rate_wins():
    def tied(settings, rate, seed, record):
        losses = {"validation_loss": 0.4 if rate == 0.5 else 0.5, "test_loss": rate}
        return {"validation_accuracy": 0.9 if rate >= 0.125 else 0.95 * rate, "test_accuracy": rate} | losses

    assert set(own_rates(tied)) == {0.5}
    assert set(own_rates(lambda *_: {"validation_accuracy": 0.5, "test_accuracy": 0.5})) == {2.0**-8}


def test_ties_between_rates_are_not_broken_by_rounding():
    # Two accuracies whose mean in single precision depends on which seed has which.
    shares = np.array([0.9375, 0.9409722], dtype=np.float32)

    def exchanged(settings, rate, seed, record):
        if rate not in (0.25, 0.5):
            return {"validation_accuracy": np.float32(0.1)}
        return {"validation_accuracy": shares[(seed + (rate == 0.5)) % 2], "validation_loss": 0.5}

    assert own_rates(exchanged).to_dict() == {seed: 0.5 if seed % 2 == 0 else 0.25 for seed in range(101, 121)}
    assert set(own_rates(lambda _, rate, seed, __: {"validation_accuracy": shares[seed % 2]})) == {2.0**-8}


def test_a_diverged_run_counts_as_chance():
    def risky(settings, rate, seed, record):
        if rate == 0.5 and seed == 101:
            return None
        return {"validation_accuracy": {0.25: 0.80, 0.5: 0.95}.get(rate, 0.2), "test_accuracy": 0}

    rates = own_rates(risky)
    assert rates[101] == 0.25
    assert set(rates.drop(101)) == {0.5}


@pytest.mark.parametrize(("others", "chosen"), [(0.6, 0.25), (0.1, 0.5)])
def test_a_network_that_guesses_is_not_chosen_for_its_modest_confidence(others, chosen):
    def guessing(settings, rate, seed, record):
        errors = {0.5: 0.0, 0.25: 0.02}
        return {
            "validation_accuracy": 0.1 if rate == 0.5 else others,
            "validation_calibration_error": errors.get(rate, 0.1),
        }

    assert set(own_rates(guessing, "calibration_error")) == {chosen}


@pytest.mark.parametrize("metric", ["epochs_to_accuracy", "updates_to_accuracy"])
def test_times_are_tuned_by_when_the_validation_accuracy_crosses_the_threshold(metric):
    def slow(settings, rate, seed, record):
        if rate == 0.25:
            return {"validation_accuracy": 0.45 * record}  # crosses 0.8 between the last two records, like the next
        if rate == 0.5:
            return {"validation_accuracy": (0.5 if seed == 101 else 0.41) * record}
        return {"validation_accuracy": 0.1}

    rates = own_rates(slow, metric, 0.8)
    assert rates[101] == 0.5
    assert set(rates.drop(101)) == {0.25}


def test_seeds_that_never_reach_the_threshold_take_the_rate_of_the_smallest_loss():
    rates = own_rates(
        lambda _, rate, *__: {"validation_accuracy": 0.2, "validation_loss": abs(rate - 0.5)}, "epochs_to_accuracy", 0.9
    )
    assert set(rates) == {0.5}


@pytest.mark.parametrize("metric", ["train_accuracy", "dead_units"])
def test_metrics_without_validation_data_say_by_which_metric_rates_are_chosen(metric):
    def by_validation(settings, rate, seed, record):
        return {"validation_accuracy": 0.9 if rate == 0.25 else 0.8, "train_accuracy": rate, "dead_units": rate}

    assert set(own_rates(by_validation, metric)) == {0.25}


def test_arms_may_be_activations_with_another_reference():
    best = {"relu": 0.1, "sigmoid": 0.4, "tanh": 0.2}

    def by_activation(settings, rate, seed, record):
        return {"validation_accuracy": 0.9 if rate == best[settings["activation"]] else 0.5}

    rates = policies.rates(
        results(STUDY, by_activation, "depths"),
        "depths",
        references={"relu": {"activation": "relu"}},
        depth=2,
        initialisation="glorot",
        objective="softmax+mse",
    ).set_index("policy")
    tuned = rates.loc["tuned"].groupby("activation")["learning_rate"]
    assert tuned.min().to_dict() == tuned.max().to_dict() == best
    assert set(rates.loc["fixed_relu", "learning_rate"]) == {0.1}
    assert set(rates.loc["linear_relu", "learning_rate"]) == {0.1}  # of one size: nothing is scaled


def test_rates_need_settings_that_a_cell_has_and_any_seeds():
    simulated_results = results(STUDY, lambda s, rate, seed, r: {"validation_accuracy": rate}, "tour")
    assert set(policies.rates(simulated_results, "tour", batch_size="full")["learning_rate"]) == {0.5}
    with pytest.raises(InputError, match='experiment "batches" has no cells with'):
        policies.rates(results(STUDY, peaked, "batches"), "batches", batch_size=5)


def test_tuned_accuracies_are_over_the_confirmatory_seeds_at_their_own_rates():
    def by_seed(settings, rate, seed, record):
        best = math.log2(BEST[settings["batch_size"]]) - (seed == 101 and settings["batch_size"] < 1150)
        right = math.log2(rate) == best
        return {"validation_accuracy": 0.9 if right else 0.8, "test_accuracy": 0.9 - 0.1 * (seed > 110) if right else 0}

    subset = replace(STUDY, experiments={"batches": STUDY.experiments["batches"]})
    table = policies.tuned_accuracies(results(subset, by_seed, "batches")).set_index("batch_size")
    assert table["learning_rate"].to_dict() == BEST
    assert table.loc[16, ["seeds", "epochs", "hidden"]].tolist() == [20, 4, "8"]
    assert table["mean"].to_numpy() == pytest.approx(85)
    assert table["sd"].to_numpy() == pytest.approx(5.1298918)  # half at 90, half at 80
    assert table["on_edge"].to_dict() == {1: False, 4: False, 16: False, 64: False, 256: False, 1150: True}


def test_what_is_typical_of_the_rates_that_seeds_choose():
    subset = replace(STUDY, experiments={name: STUDY.experiments[name] for name in ("start", "tour")})
    assert policies.tuned_accuracies(results(subset, peaked, "tour")).empty
    assert policies.typical(pd.Series([0.5, 0.25, 0.125, 1.0])) == 0.25
    assert math.isnan(policies.typical(pd.Series([0.5, math.nan])))
    assert policies.mostly(pd.Series([True, False]))
    assert not policies.mostly(pd.Series([True, False, False]))
