"""Learning rates by policy: which seeds and data choose them, and whether a scaled rate is on the grid."""

import math
from dataclasses import replace

import pytest
from support.simulated import results, simulated

from ontrial.errors import InputError
from ontrial.judge import policies

STUDY = simulated()
BEST = {1: 2.0**-6, 4: 2.0**-5, 16: 2.0**-3, 64: 2.0**-2, 256: 2.0**-1, 1150: 2.0**2}


def peaked(settings, rate, seed, record):
    """Tuning seeds are best at BEST on validation data; every other seed and the test data prefer the smallest rate."""
    octaves = abs(math.log2(rate) - math.log2(BEST[settings["batch_size"]]))
    misleading = 1.0 if rate == 2.0**-8 else 0.0
    return {
        "validation_accuracy": 1 - 0.05 * octaves if seed <= 5 else misleading,
        "test_accuracy": misleading,
        "validation_loss": 1.0,
        "test_loss": 1.0,
    }


@pytest.fixture(scope="module")
def rates_by_arm():
    return policies.rates(results(STUDY, peaked, "batches"), "batches").set_index(["policy", "batch_size"])


def rates_of(rates_by_arm, policy):
    return rates_by_arm.loc[policy, "learning_rate"].to_dict()


def test_tuned_takes_each_arms_best_rate_by_tuning_seeds_on_validation_data(rates_by_arm):
    assert rates_of(rates_by_arm, "tuned") == BEST


def test_fixed_uses_the_rate_of_sixteen_everywhere(rates_by_arm):
    assert rates_of(rates_by_arm, "fixed") == dict.fromkeys(BEST, 2.0**-3)


def test_linear_scales_with_the_batch_size_except_for_the_full_batch(rates_by_arm):
    assert rates_of(rates_by_arm, "linear") == {1: 2.0**-7, 4: 2.0**-5, 16: 2.0**-3, 64: 2.0**-1, 256: 2.0}


def test_sqrt_scales_with_the_root_of_the_batch_size(rates_by_arm):
    assert rates_of(rates_by_arm, "sqrt") == {1: 2.0**-5, 4: 2.0**-4, 16: 2.0**-3, 64: 2.0**-2, 256: 2.0**-1}


def test_a_rate_at_the_edge_of_the_grid_is_flagged(rates_by_arm):
    assert rates_by_arm.loc[("tuned", 1150), "on_edge"]
    assert not rates_by_arm.loc[("tuned", 256), "on_edge"]


def test_a_scaled_rate_off_the_grid_is_missing_and_flagged():
    def large(settings, rate, seed, record):
        return {"validation_accuracy": rate, "test_accuracy": 0}

    rates_by_arm = policies.rates(results(STUDY, large, "batches"), "batches").set_index(["policy", "batch_size"])
    assert math.isnan(rates_by_arm.loc[("linear", 64), "learning_rate"])
    assert rates_by_arm.loc[("linear", 64), "on_edge"]
    assert rates_by_arm.loc[("sqrt", 1), "learning_rate"] == 1.0


def test_of_equal_rates_the_smallest_is_tuned():
    flat = results(STUDY, lambda *_: {"validation_accuracy": 0.5, "test_accuracy": 0.5}, "batches")
    assert set(policies.rates(flat, "batches", batch_size=16)["learning_rate"]) == {2.0**-8}


def test_a_diverged_run_counts_as_chance():
    def risky(settings, rate, seed, record):
        if rate == 0.5 and seed == 1:
            return None
        return {"validation_accuracy": {0.25: 0.80, 0.5: 0.95}.get(rate, 0.1), "test_accuracy": 0}

    simulated_results = results(STUDY, risky, "batches")
    cell = next(cell for cell in STUDY.cells.values() if cell.experiment == "batches" and cell.batch_size == 16)
    assert policies.tuned_rate(simulated_results, cell, "test_accuracy") == 0.25  # (4 × 0.95 + 0.1) / 5 = 0.78


def test_times_are_tuned_by_their_median_since_they_may_be_infinite():
    def slow(settings, rate, seed, record):
        arrives = {0.25: 4, 0.5: 3 if seed != 2 else 99}.get(rate, 99)
        return {"validation_accuracy": 0.95 if record >= arrives / 2 else 0.1}

    simulated_results = results(STUDY, slow, "batches")
    cell = next(cell for cell in STUDY.cells.values() if cell.experiment == "batches" and cell.batch_size == 16)
    assert policies.tuned_rate(simulated_results, cell, "epochs_to_accuracy", 0.9) == 0.25
    assert policies.tuned_rate(simulated_results, cell, "updates_to_accuracy", 0.2) == 0.25


def test_arms_may_be_activations_with_another_reference():
    best = {"relu": 0.1, "sigmoid": 0.4, "tanh": 0.2}

    def by_activation(settings, rate, seed, record):
        return {"validation_accuracy": 0.9 if rate == best[settings["activation"]] else 0.5}

    rates = policies.rates(
        results(STUDY, by_activation, "depths"),
        "depths",
        reference={"activation": "relu"},
        depth=2,
        initialisation="glorot",
        objective="softmax+mse",
    ).set_index(["policy", "activation"])["learning_rate"]
    assert rates["tuned"].to_dict() == best
    assert set(rates["fixed"]) == {0.1}
    assert set(rates["linear"]) == {0.1}  # all batches have the same size, so nothing is scaled


def test_descriptive_seeds_tune_an_experiment_that_has_no_others():
    simulated_results = results(STUDY, lambda s, rate, seed, r: {"validation_accuracy": rate}, "tour")
    assert set(policies.rates(simulated_results, "tour", batch_size="full")["learning_rate"]) == {0.5}


def test_rates_need_seeds_that_may_tune():
    simulated_results = results(STUDY, lambda *_: {"gradient_norm_1": 1.0}, "start")
    with pytest.raises(InputError, match='experiment "start" has no tuning seeds'):
        policies.rates(simulated_results, "start", depth=1, activation="relu", initialisation="he")


def test_rates_need_settings_that_a_cell_has():
    with pytest.raises(InputError, match='experiment "batches" has no cells with'):
        policies.rates(results(STUDY, peaked, "batches"), "batches", batch_size=5)


def test_tuned_accuracies_are_over_the_confirmatory_seeds_at_the_tuned_rate():
    def by_seed(settings, rate, seed, record):
        validation = 1 - abs(math.log2(rate) - math.log2(BEST[settings["batch_size"]])) / 20
        test = 0.5 if seed <= 5 else 0.9 if seed <= 110 else 0.8
        return {"validation_accuracy": validation, "test_accuracy": test, "validation_loss": 1.0, "test_loss": 1.0}

    subset = replace(STUDY, experiments={"batches": STUDY.experiments["batches"]})
    table = policies.tuned_accuracies(results(subset, by_seed, "batches")).set_index("batch_size")
    assert table["learning_rate"].to_dict() == BEST
    assert table.loc[16, ["seeds", "epochs", "hidden"]].tolist() == [20, 4, "8"]
    assert table["mean"].to_numpy() == pytest.approx(85)
    assert table["sd"].to_numpy() == pytest.approx(5.1298918)  # half at 90, half at 80
    assert table["on_edge"].to_dict() == {1: False, 4: False, 16: False, 64: False, 256: False, 1150: True}


def test_tuned_accuracies_leave_out_experiments_without_both_kinds_of_seeds():
    subset = replace(STUDY, experiments={name: STUDY.experiments[name] for name in ("start", "tour")})
    assert policies.tuned_accuracies(results(subset, peaked, "tour")).empty
