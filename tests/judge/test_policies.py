"""Learning rates by policy: which seeds and which data choose, and where a scaled rate lands."""

import math
from dataclasses import replace

import pytest
from support.simulated import results, simulated

from ontrial.errors import InputError
from ontrial.judge import policies

MADE = simulated()
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
def chosen():
    return policies.rates(results(MADE, peaked, "batches"), "batches").set_index(["policy", "batch_size"])


def at(chosen, policy):
    return chosen.loc[policy, "learning_rate"].to_dict()


def test_tuned_takes_each_arms_best_rate_by_tuning_seeds_on_validation_data(chosen):
    assert at(chosen, "tuned") == BEST


def test_fixed_uses_the_rate_of_sixteen_everywhere(chosen):
    assert at(chosen, "fixed") == dict.fromkeys(BEST, 2.0**-3)


def test_linear_scales_with_the_batch_and_leaves_the_full_batch_off(chosen):
    assert at(chosen, "linear") == {1: 2.0**-7, 4: 2.0**-5, 16: 2.0**-3, 64: 2.0**-1, 256: 2.0}


def test_sqrt_scales_with_its_root(chosen):
    assert at(chosen, "sqrt") == {1: 2.0**-5, 4: 2.0**-4, 16: 2.0**-3, 64: 2.0**-2, 256: 2.0**-1}


def test_a_rate_at_the_edge_of_the_grid_is_flagged(chosen):
    assert chosen.loc[("tuned", 1150), "on_edge"]
    assert not chosen.loc[("tuned", 256), "on_edge"]


def test_a_scaled_rate_off_the_grid_is_missing_and_flagged():
    def large(settings, rate, seed, record):
        return {"validation_accuracy": rate, "test_accuracy": 0}

    chosen = policies.rates(results(MADE, large, "batches"), "batches").set_index(["policy", "batch_size"])
    assert math.isnan(chosen.loc[("linear", 64), "learning_rate"])
    assert chosen.loc[("linear", 64), "on_edge"]
    assert chosen.loc[("sqrt", 1), "learning_rate"] == 1.0


def test_ties_go_to_the_smaller_rate():
    flat = results(MADE, lambda *_: {"validation_accuracy": 0.5, "test_accuracy": 0.5}, "batches")
    assert set(policies.rates(flat, "batches", batch_size=16)["learning_rate"]) == {2.0**-8}


def test_a_diverged_run_counts_as_chance():
    def risky(settings, rate, seed, record):
        if rate == 0.5 and seed == 1:
            return None
        return {"validation_accuracy": {0.25: 0.80, 0.5: 0.95}.get(rate, 0.1), "test_accuracy": 0}

    found = results(MADE, risky, "batches")
    cell = next(cell for cell in MADE.cells.values() if cell.experiment == "batches" and cell.batch_size == 16)
    assert policies.tuned(found, cell, "test_accuracy") == 0.25  # (4 × 0.95 + 0.1) / 5 = 0.78


def test_times_are_tuned_by_their_median_since_some_never_arrive():
    def slow(settings, rate, seed, record):
        arrives = {0.25: 4, 0.5: 3 if seed != 2 else 99}.get(rate, 99)
        return {"validation_accuracy": 0.95 if record >= arrives / 2 else 0.1}

    found = results(MADE, slow, "batches")
    cell = next(cell for cell in MADE.cells.values() if cell.experiment == "batches" and cell.batch_size == 16)
    assert policies.tuned(found, cell, "epochs_to_accuracy", 0.9) == 0.25
    assert policies.tuned(found, cell, "updates_to_accuracy", 0.2) == 0.25


def test_arms_may_be_activations_with_a_reference_of_their_own():
    best = {"relu": 0.1, "sigmoid": 0.4, "tanh": 0.2}

    def by_activation(settings, rate, seed, record):
        return {"validation_accuracy": 0.9 if rate == best[settings["activation"]] else 0.5}

    found = policies.rates(
        results(MADE, by_activation, "depths"),
        "depths",
        reference={"activation": "relu"},
        depth=2,
        initialisation="glorot",
        objective="softmax+mse",
    ).set_index(["policy", "activation"])["learning_rate"]
    assert found["tuned"].to_dict() == best
    assert set(found["fixed"]) == {0.1}
    assert set(found["linear"]) == {0.1}  # the same batch size: nothing to scale


def test_descriptive_seeds_choose_where_there_are_no_others():
    found = results(MADE, lambda s, rate, seed, r: {"validation_accuracy": rate}, "tour")
    assert set(policies.rates(found, "tour", batch_size="full")["learning_rate"]) == {0.5}


def test_without_seeds_that_may_choose_it_is_refused():
    found = results(MADE, lambda *_: {"gradient_norm_1": 1.0}, "start")
    with pytest.raises(InputError, match='experiment "start" has no tuning seeds'):
        policies.rates(found, "start", depth=1, activation="relu", initialisation="he")


def test_settings_that_no_cell_has_are_refused():
    with pytest.raises(InputError, match='experiment "batches" has no cells with'):
        policies.rates(results(MADE, peaked, "batches"), "batches", batch_size=5)


def test_the_table_of_accuracies_has_each_tuned_cell_at_its_rate_over_the_confirmatory_seeds():
    def by_seed(settings, rate, seed, record):
        validation = 1 - abs(math.log2(rate) - math.log2(BEST[settings["batch_size"]])) / 20
        test = 0.5 if seed <= 5 else 0.9 if seed <= 110 else 0.8
        return {"validation_accuracy": validation, "test_accuracy": test, "validation_loss": 1.0, "test_loss": 1.0}

    alone = replace(MADE, experiments={"batches": MADE.experiments["batches"]})
    table = policies.tuned_accuracies(results(alone, by_seed, "batches")).set_index("batch_size")
    assert table["learning_rate"].to_dict() == BEST
    assert table.loc[16, ["seeds", "epochs", "hidden"]].tolist() == [20, 4, "8"]
    assert table["mean"].to_numpy() == pytest.approx(85)
    assert table["sd"].to_numpy() == pytest.approx(5.1298918)  # half at 90, half at 80
    assert table["on_edge"].to_dict() == {1: False, 4: False, 16: False, 64: False, 256: False, 1150: True}


def test_experiments_without_tuning_and_confirmatory_seeds_are_not_in_that_table():
    alone = replace(MADE, experiments={name: MADE.experiments[name] for name in ("start", "tour")})
    assert policies.tuned_accuracies(results(alone, peaked, "tour")).empty
