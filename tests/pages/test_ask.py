"""The numbers of single seeds that the explorer compares, and the words of its script."""

import json
from html import unescape

import numpy as np
import pytest
from support.pages import page_of, tiny_results
from support.simulated import results as simulated_results
from support.simulated import simulated

from ontrial.judge import metrics, policies
from ontrial.report.pages.tools import ask
from ontrial.report.summaries import seeds

STUDY = """
study: simulated
experiments:
  batches:
    purpose: Compare batch sizes.
    dataset: [digits]
    hidden: [[8]]
    activation: [relu]
    initialisation: [own]
    objective: [softmax+cross_entropy]
    batch_size: [16, 64]
    learning_rates: [0.5, 0.25]
    seeds: {confirmatory: SEEDS}
    budget: {epochs: 2}
    record: 1
"""


def measures(settings, rate, seed, record):
    """Return measurements in which seed 11 diverges with batches of 64 at rate 1/2; seed 12 prefers that rate."""
    if record and (settings["batch_size"], rate, seed) == (64, 0.5, 11):
        return None
    accuracy = 0.1 if record == 0 else 0.9 + (0.01 if (rate == 0.5) == (seed == 12) else 0)
    return {f"{part}_accuracy": accuracy for part in ("train", "validation", "test")} | {"train_loss": 1 - accuracy}


def made(confirmatory: str = "{from: 11, to: 12}", batch_sizes: str = "16, 64"):
    text = STUDY.replace("SEEDS", confirmatory).replace("16, 64", batch_sizes)
    return simulated_results(simulated(text), measures, "batches")


@pytest.fixture(scope="module")
def findings():
    return made()


def packed(findings) -> dict:
    """Return what the script gets of the experiment that judges claims."""
    experiment = findings.study.experiments["batches"]
    runs = seeds.build_numbers(findings, experiment)
    return json.loads(json.dumps(ask.pack(experiment, runs), allow_nan=False))


def test_numbers_and_own_rates_are_those_that_judge_claims(findings):
    runs = seeds.build_numbers(findings, findings.study.experiments["batches"])
    assert runs.rates == [0.25, 0.5]
    assert runs.seeds == [11, 12]
    for i, cell in enumerate(runs.cells):
        expected = metrics.compute(findings, cell, "test_accuracy", "test", None).to_numpy().T
        np.testing.assert_array_equal(runs.numbers["test_accuracy"][cell], expected)
        own = policies.own_rates(findings, cell, "test_accuracy")
        criterion = seeds.compared("test_accuracy").criterion
        assert [runs.rates[position] for position in runs.own[criterion][i]] == list(own)


def test_networks_that_are_not_trained_have_no_times():
    untrained = (
        STUDY.replace("SEEDS", "{from: 11, to: 12}").replace("epochs: 2", "epochs: 0").replace("record: 1\n", "")
    )
    findings = simulated_results(simulated(untrained), measures, "batches")
    names = packed(findings)["measures"]
    assert "test_accuracy" in names
    assert not any(name.startswith("epochs_to") for name in names)


def test_a_measure_is_named_as_in_a_claim():
    assert seeds.compared("epochs_to_90") == ("epochs_to_accuracy", 0.9)
    assert seeds.compared("train_loss").criterion == ("test_loss", None)


def test_an_experiment_that_is_too_large_has_no_numbers(findings):
    experiment = findings.study.experiments["batches"]
    count = 8 * len(seeds.measures_of(next(experiment.cells())))
    assert seeds.build_numbers(findings, experiment, max_numbers=count)
    assert seeds.build_numbers(findings, experiment, max_numbers=count - 1) is None


def test_the_script_has_the_rates_to_which_policies_move(findings):
    runs = packed(findings)
    assert runs["batches"] == [0, 1]
    none = [None, None]
    assert runs["scaled"]["linear"] == [[[0, 1], none], [none, [0, 1]]]  # × 4 leaves the grid
    assert runs["scaled"]["sqrt"] == [[[0, 1], [1, None]], [[None, 0], [0, 1]]]


def test_no_rate_is_scaled_for_a_full_batch():
    runs = packed(made(batch_sizes="575, full"))
    assert runs["scaled"]["linear"] == [[[0, 1], [None, None]], [[None, 0], [None, None]]]


def test_the_script_has_each_number_by_rate_and_seed(findings):
    content = packed(findings)
    measure = content["measures"]["test_accuracy"]
    assert measure["numbers"] == [[91.0, 90.0, 90.0, 91.0], [91.0, 90.0, 10.0, 91.0]]
    assert content["own"][measure["own"]] == [[0, 1], [0, 1]]
    assert content["failed"] == [[], [2]]
    finest = pytest.approx(200 / 1_797, abs=3e-5)
    assert measure["allowed"]["difference"] == 2 * [[finest, None]]
    assert content["measures"]["train_loss"]["allowed"]["ratio"] == 2 * [[0, None]]  # any effect
    assert content["measures"]["epochs_to_90"]["numbers"][1][2] == "Infinity"


@pytest.mark.parametrize(
    ("confirmatory", "refused", "alpha"),
    [("{from: 11, to: 12}", "no judges", 0.05), ("{from: 11, looks: [2, 40]}", None, 0.0415)],
)
def test_few_seeds_cannot_judge_unless_looks_add_some(confirmatory, refused, alpha):
    content = packed(made(confirmatory))
    assert content["refused"] == refused
    assert content["alpha"] == pytest.approx(alpha)
    assert content["fewest"] == 6  # 2 / 2⁵ is more than either alpha


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_words_of_the_script_are_text(results, language):
    words = ask.words(page_of(results, language))
    assert "&" not in json.dumps(words)
    assert words["one"]["points"]
    assert set(words["outcomes"]) == {"positive", "negligible", "reversed", "below", "undecided"}


def test_the_first_comparison_is_of_cells_that_the_study_has():
    page = page_of(tiny_results())
    path = "batch-size/digits/hidden-16/relu/he/softmax/cross_entropy/batch-"
    small, large, unknown = ({"batch_size": size} for size in (16, 64, 128))
    first = unescape(ask.ask(page, "batch-size", small, large))
    assert f'data-first="#ask={path}16,{path}64&policy=fixed"' in first
    for experiment, minus in (("batch-size", unknown), ("other", large)):
        assert 'data-first=""' in ask.ask(page, experiment, small, minus)
