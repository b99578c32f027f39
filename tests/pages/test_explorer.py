"""The explorer: points against numbers worked out by hand, and the styles of charts."""

import json
import math

import pandas as pd
import pytest
from support.simulated import results, simulated

from ontrial.report.figures import explorer as charts
from ontrial.report.pages.tools import explorer as pages
from ontrial.report.summaries import explorer

MADE = simulated()


def measures(settings, rate, seed, record):
    """Return measurements in which seed 102 diverges at rate 4 and accuracy rises with the seed; 1/8 is best."""
    if (rate, seed) == (4.0, 102) and record > 0:
        return None
    end = 0.5 + 0.01 * (seed - 100 if seed > 100 else 0)
    accuracy = end if record == 2 else 0.1
    return {
        **{f"{part}_accuracy": accuracy for part in ("train", "test")},
        "validation_accuracy": 1 - abs(math.log2(rate) + 3) / 20,
        **{f"{part}_loss": 1 - accuracy for part in ("train", "validation", "test")},
    }


@pytest.fixture(scope="module")
def findings():
    return results(simulated(only("batches")), measures, "batches")


def only(*experiments: str) -> str:
    """Return the simulated study with only some of its experiments."""
    return json.dumps(
        {"study": "simulated", "experiments": {name: MADE.configuration["experiments"][name] for name in experiments}}
    )


@pytest.fixture(scope="module")
def points(findings):
    return explorer.build_points(findings)


def at(points, batch_size, rate):
    (row,) = points[(points["batch_size"] == batch_size) & (points["learning_rate"] == rate)].to_dict("records")
    return row


def test_points_have_the_numbers_of_confirmatory_seeds_with_chance_for_diverged_runs(points):
    assert len(points) == 6 * 11
    assert not points.duplicated(["path", "learning_rate"]).any()
    row = at(points, 16, 0.125)  # seeds 101 to 120: accuracies of 51, 52 … 70 %
    assert row["n"] == 20
    assert row["test_accuracy_mean"] == pytest.approx(60.5)
    assert row["test_accuracy_sd"] == pytest.approx(math.sqrt(35))  # of 1 … 20: (20² − 1)/12 · 20/19
    assert row["test_loss_mean"] == pytest.approx(0.395)
    row = at(points, 16, 4.0)
    assert row["diverged"] == pytest.approx(1 / 20)
    assert row["test_accuracy_mean"] == pytest.approx(60.5 + (10 - 52) / 20)


def test_epochs_to_an_accuracy_have_a_median_that_may_be_never(points):
    findings = results(simulated(only("batches")), lambda s, rate, seed, record: {
        "test_accuracy": 0.8 if seed <= 109 and record else 0.1, **dict.fromkeys(
            ("train_accuracy", "validation_accuracy", "train_loss", "validation_loss", "test_loss"), 0.5)
    }, "batches")  # fmt: skip
    row = explorer.build_points(findings).iloc[0]
    assert row["epochs_to_75_lower_quartile"] == pytest.approx(0.65 / 0.7)  # on the line from 0.1 to 0.8
    assert row["epochs_to_75_median"] == math.inf  # nine of twenty arrive
    assert row["epochs_to_90_lower_quartile"] == math.inf


def test_cells_that_are_summed_up_together_keep_their_own_numbers():
    def own(settings, rate, seed, record):
        end = settings["batch_size"] / 1000 + (0.5 if rate == 1 else 0)
        return dict.fromkeys(("train_accuracy", "validation_accuracy", "test_accuracy"), end) | dict.fromkeys(
            ("train_loss", "validation_loss", "test_loss"), 1 - end
        )

    points = explorer.build_points(results(simulated(only("batches-updates")), own, "batches-updates"))
    for batch_size in (1, 16, 256):
        assert at(points, batch_size, 1.0)["test_accuracy_mean"] == pytest.approx(50 + batch_size / 10)
        assert at(points, batch_size, 0.5)["test_loss_mean"] == pytest.approx(1 - batch_size / 1000)
        assert at(points, batch_size, 0.5)["epochs_to_75_median"] == math.inf
    assert math.isfinite(at(points, 256, 1.0)["epochs_to_75_median"])
    assert at(points, 16, 1.0)["epochs_to_75_median"] == math.inf


def test_policies_mark_their_typical_rates(points):
    assert at(points, 16, 0.125)["policies"] == "fixed_16 fixed_256 linear_16 sqrt_16 tuned"
    assert at(points, 64, 0.5)["policies"] == "linear_16"
    assert at(points, 64, 0.125)["policies"] == "fixed_16 fixed_256 tuned"
    assert at(points, 16, 0.0078125)["policies"] == "linear_256"  # a sixteenth
    assert at(points, 64, 4.0)["policies"] == ""


def test_the_typical_rate_is_the_median_of_the_seeds_own_rates():
    def own(settings, rate, seed, record):
        best = {1: 0.25, 2: 0.5}.get(seed - 100, 1.0) if settings["batch_size"] == 16 else 0.125
        usual = dict.fromkeys(("train_accuracy", "test_accuracy"), 0.5)
        usual |= dict.fromkeys(("train_loss", "validation_loss", "test_loss"), 0.5)
        return usual | {"validation_accuracy": 0.9 if rate == best else 0.5}

    points = explorer.build_points(results(simulated(only("batches-updates")), own, "batches-updates"))
    assert at(points, 16, 1.0)["policies"] == "fixed_16 linear_16 sqrt_16 tuned"
    assert at(points, 16, 0.25)["policies"] == ""
    assert at(points, 1, 0.125)["policies"] == "fixed_256 tuned"
    assert at(points, 1, 0.0625)["policies"] == "linear_16"  # a sixteenth of the rate of each seed, all on the grid


def test_measures_before_training_are_summed_up_by_layer():
    gradients = {f"gradient_norm_{layer}": 2.0**layer for layer in (1, 2, 3)}
    usual = dict.fromkeys(("train_accuracy", "validation_accuracy", "test_accuracy"), 0.1)
    usual |= dict.fromkeys(("train_loss", "validation_loss", "test_loss"), 2.3)
    study = simulated(only("start"))
    deep = explorer.build_points(results(study, lambda *_: usual | gradients, "start"))
    row = deep[deep["hidden"] == "8-8-8"].iloc[0]
    assert row["gradient_per_layer_mean"] == -1
    assert row["gradient_norm_2_mean"] == 4
    assert math.isnan(deep[deep["hidden"] == "8"].iloc[0]["gradient_per_layer_mean"])


def test_what_a_layer_does_is_a_share_in_points_or_a_norm():
    shares = {f"{name}_{layer}": 0.25 * layer for name in ("dead_units", "saturation") for layer in (1, 2, 3)}
    usual = dict.fromkeys(("train_accuracy", "validation_accuracy", "test_accuracy"), 0.1)
    usual |= dict.fromkeys(("train_loss", "validation_loss", "test_loss", "test_nll"), 2.3)
    usual |= dict.fromkeys(("dead_units", "saturation", "test_calibration_error"), 0.5)
    deep = explorer.build_points(results(simulated(only("depths")), lambda *_: usual | shares, "depths"))
    row = deep[deep["hidden"] == "8-8-8"].iloc[0]
    assert (row["dead_units_1_mean"], row["saturation_3_mean"], row["dead_units_mean"]) == (25, 75, 50)
    units = {name: explorer.get_measure(name).metric.unit for name in ("dead_units_1", "gradient_norm_1")}
    assert units == {"dead_units_1": "points", "gradient_norm_1": "norm"}


def test_curves_are_medians_and_in_a_large_study_only_of_chosen_points(findings, points):
    curves = explorer.build_curves(findings, points)
    row = curves[(curves["path"].str.endswith("batch-16")) & (curves["learning_rate"] == 4.0)].iloc[-1]
    left = pd.Series([0.5 + 0.01 * k for k in range(1, 21) if k != 2])
    assert row["test_score_median"] == pytest.approx(left.median())
    assert row["test_score_lower_quartile"] == pytest.approx(left.quantile(0.25))
    assert len(curves) == 6 * 11 * 3
    curves = explorer.build_curves(findings, points, max_rows=100)
    chosen = points.loc[points["policies"] != "", ["path", "learning_rate"]]
    assert len(curves) == 3 * len(chosen)
    assert set(map(tuple, curves[["path", "learning_rate"]].to_numpy())) == set(map(tuple, chosen.to_numpy()))


def test_the_full_batch_is_called_so_and_comes_last(points):
    assert pages.grid(points)["settings"]["batch_size"] == [1, 4, 16, 64, 256, "full"]


def test_a_point_is_its_cell_its_rate_and_its_numbers(points):
    grid = pages.grid(points)
    index = points.index[points["policies"].str.len() > 40][0]
    cell, rate, policies, n, diverged = grid["points"][index]
    numbers = [column[index] for column in pages.measure_columns(points)]
    names = grid["experiments"]["batches"]
    assert grid["cells"][cell][-1] == "batches/digits/hidden-8/relu/he/softmax/cross_entropy/batch-16"
    assert (rate, policies, n, diverged) == (0.125, ["fixed_16", "fixed_256", "linear_16", "sqrt_16", "tuned"], 20, 0)
    assert numbers[:2] == [60.5, 5.92]
    assert numbers[2:4] == ["60.50", "5.92"]
    assert len(numbers) == sum(6 if grid["measures"][name]["median"] else 4 for name in names)
    assert numbers[4 * names.index("epochs_to_75") :][:6] == ["Infinity"] * 3 + [None] * 3


@pytest.mark.parametrize(
    ("measure", "numbers", "texts"),
    [
        ("test_accuracy", (96.496, 0.3), ("96.50", "0.30")),
        ("test_accuracy", (96.5, math.nan), ("96.50", None)),  # of one seed
        ("test_loss", (0.40312, 0.03123), ("0.403", "0.031")),
        ("gradient_per_layer", (-12.0, 0.5), ("−12.0", "0.5")),
        ("test_loss", (1.2345e7, 2.0), ("1.23 × 10⁷", "2.00")),
        ("epochs_to_75", (4.0, 3.2174, math.inf), ("4", "3.217", None)),
    ],
)
def test_summaries_have_texts_a_mean_and_its_deviation_with_the_same_decimals(measure, numbers, texts):
    assert pages.summary_texts(measure, [[number] for number in numbers]) == [[text] for text in texts]


def test_looks_differ_without_colour_too():
    styles = charts.styles(["sigmoid", "tanh", "relu", "leaky_relu", "gelu"], counted=False)
    assert len(set(styles["shape"])) == len(set(styles["colour"])) == 5
    sizes = charts.styles([1, 2, 4, 16, 64, 256, "full"], counted=True)
    assert len(set(sizes["shape"])) == len(set(sizes["colour"])) == 7
