"""What the page tells the script of a reader's own trial, and the claims that a browser cannot repeat."""

from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from support.pages import CLAIMS, ESTIMAND, context, page_of, verdict
from support.project import ROOT

from ontrial.judge import checks, measurements
from ontrial.judge.claims import list_contexts
from ontrial.report.pages.tools import trial
from ontrial.study import configuration
from ontrial_judge.core.verdicts import Alternative, Effect, Kind, Outcome, Way

SHAPES = """
study: shapes
experiments:
  batch-size: {{purpose: Train on other data., dataset: [{dataset}], hidden: [{hidden}], activation: [relu],
    initialisation: [own], objective: [softmax+cross_entropy], batch_size: [16, 64], learning_rates: [0.25, 0.5],
    seeds: {seeds}, budget: {{epochs: 2}}}}
"""
SEEDS = "{confirmatory: {from: 11, to: 12}}"


@pytest.mark.parametrize(("changes", "dataset", "hidden", "seeds", "word"), [
    ({}, "moons", "[4]", SEEDS, None),
    ({"metric": "octaves_near_best"}, "moons", "[4]", SEEDS, "no trial at all rates"),
    ({"metric": "fails"}, "moons", "[4]", SEEDS, "no trial of failures"),
    ({}, "pendigits", "[4]", SEEDS, "no trial on other data"),
    ({}, "moons", "[4]", "{descriptive: {from: 1, to: 2}}", "no trial without seeds"),
    ({"sides": {"of": {"batch_size": "tuned"}, "minus": {"batch_size": 64}}, "contexts": {"policy": ["tuned"]}},
     *("moons", "[4]", SEEDS, "no trial with tuned settings")),
    ({"where": {"checkpoint": "best"}}, "moons", "[4]", SEEDS, "no trial at the best checkpoint"),
    ({}, "digits", "[4096, 4096, 4096]", SEEDS, "no trial of hours"),
])  # fmt: skip
def test_claims_that_a_browser_cannot_repeat(results, changes, dataset, hidden, seeds, word):
    study = configuration.parse(SHAPES.format(dataset=dataset, hidden=hidden, seeds=seeds), "shapes.yaml")
    page = page_of(replace(results, study=study))
    claim = replace(CLAIMS["small"], estimand=replace(ESTIMAND, **changes))
    assert trial.obstacle(page, claim) == word
    assert word is None or page.say[word]


@pytest.mark.parametrize(
    "setting",
    [
        *("schedule: [cosine]", "warmup: [0.1]", "label_smoothing: [0.1]", "clip_norm: [1]", "dropout: [0.5]"),
        *("scaling: [none]", "label_noise: [0.2]", "members: [3]"),
    ],
)
def test_a_setting_without_a_twin_in_the_engine_of_the_page_is_an_obstacle(results, setting):
    text = SHAPES.format(dataset="moons", hidden="[4]", seeds=SEEDS).replace("budget", f"{setting}, budget")
    page = page_of(replace(results, study=configuration.parse(text, "shapes.yaml")))
    assert trial.obstacle(page, replace(CLAIMS["small"], estimand=ESTIMAND)) == "no trial with other settings"


def test_a_setting_that_the_engine_does_not_know_is_an_obstacle(results, monkeypatch):
    page = page_of(results)
    assert trial.obstacle(page, CLAIMS["small"]) is None
    monkeypatch.setattr(trial, "KNOWN", trial.KNOWN - {"weight_decay"})  # at its default, as all cells have it
    assert trial.obstacle(page, CLAIMS["small"]) is None
    monkeypatch.setattr(trial, "KNOWN", trial.KNOWN - {"activation"})  # without a default
    assert trial.obstacle(page, CLAIMS["small"]) == "no trial with other settings"


def test_a_cell_is_described_as_the_study_trains_it(results):
    first, _ = results.study.cells.values()
    described = trial.describe_cell(first, ESTIMAND)
    assert described["layers"] == (64, 16, 10)
    assert described["records"] == first.recipe.recorded_updates(1_150)
    assert described["guess"]["loss"] == pytest.approx(2.302585, abs=1e-6)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_script_has_the_arms_and_the_published_numbers(results, language):
    html = unescape(str(trial.trial(page_of(results, language), "small")))
    assert '"known": {"rate": 0.25, "number": 95.5}' in html
    assert '"firstSeed": 1001' in html


def test_the_script_knows_whether_the_seeds_of_the_study_have_different_rates(results):
    page = page_of(results)
    (measured, *_) = measurements.measure(page.results, ESTIMAND)
    judged = context("positive", {"policy": "tuned"}, rates=(0.5, 0.5))
    cells = trial.list_cells(page, ESTIMAND, [(judged, measured)])

    def varies(rates: list[float]) -> bool:
        first, *others = measured.arms
        first = first.assign(rate=np.array(rates[: first.n], float))
        changed = replace(measured, arms=(first, *others))
        return trial.describe_context(page, ESTIMAND, judged, changed, cells)["variesRates"]

    n = len(measured.arms[0].seeds)
    assert not varies([0.5] * n)
    assert varies([0.25] + [0.5] * (n - 1))
    assert not trial.describe_context(page, ESTIMAND, judged, None, cells)["variesRates"]


def test_a_published_study_has_the_same_trial_without_the_numbers_of_its_seeds(results):
    page = page_of(results)
    whole = trial.describe(page, CLAIMS["small"])
    arms = [arm["rate"] for arm in whole["contexts"][0]["arms"]]
    verdicts = {"small": verdict("small", "depends", context("reversed", {"policy": "tuned"}, rates=tuple(arms)))}
    none = results.runs.iloc[:0]
    of_published = replace(page.results, runs=none, records=none, verdicts=verdicts)
    described = trial.describe(replace(page, sources=replace(page.sources, results=of_published)), CLAIMS["small"])
    for arm in whole["contexts"][0]["arms"]:
        assert arm.pop("known")["number"] > 90
    (shown,) = described["contexts"]
    assert [arm.pop("known") for arm in shown["arms"]] == [None, None]
    assert shown["arms"] == whole["contexts"][0]["arms"]
    assert (shown["knownSeed"], shown["published"]["numbers"]) == (None, [])
    assert described["cells"] == whole["cells"]


def test_the_published_interval_is_the_one_that_decided_with_its_level(results):
    page, narrow = page_of(results), Effect(0.1, -0.2, 0.4, 0.9, "points")
    for decided, shown in ((None, ("95%", -0.5)), (narrow, ("90%", -0.2))):
        judged = context("negligible", {"policy": "tuned"}, low=-0.5, high=0.6, rates=(0.5, 0.5), deciding=decided)
        cells = trial.list_cells(page, ESTIMAND, [(judged, None)])
        described = trial.describe_context(page, ESTIMAND, judged, None, cells)["published"]
        assert (described["level"], described["low"]) == shown


@pytest.mark.parametrize(("budget", "epochs"), [("epochs: 2", 2), ("updates: 100", 100 / 72)])
def test_the_budget_of_an_arm_is_what_its_records_end_with(budget, epochs):
    text = SHAPES.format(dataset="digits", hidden="[4]", seeds=SEEDS).replace("epochs: 2", budget)
    cell = next(iter(configuration.parse(text, "shapes.yaml").cells.values()))
    assert trial.budget(cell, "epochs") == pytest.approx(epochs)
    assert trial.budget(cell, "updates") == pytest.approx(72 * epochs)


def test_where_failures_are_counted_a_trial_is_judged_by_the_typical_seed(results):
    page = page_of(results)
    effect = Effect(2.5, 1.5, 4.0, 0.95, "points")
    typical = Alternative(Way.TYPICAL, effect, Outcome.POSITIVE)
    counted = context("undecided", {"policy": "fixed"}, counts_failures=True, alternatives=(typical,))
    (measured, *_) = measurements.measure(page.results, ESTIMAND)
    cells = trial.list_cells(page, ESTIMAND, [(counted, measured)])
    described = trial.describe_context(page, ESTIMAND, counted, measured, cells)
    assert described["rate"].endswith(", by the typical seed")
    assert described["published"]["level"] == "95%"
    assert (described["published"]["estimate"], described["published"]["outcome"]) == (2.5, "positive")


def test_each_arm_of_a_trial_has_a_name_of_its_own(results):
    study = configuration.read_study(ROOT / "config/config.yaml")
    page = page_of(replace(results, study=study))
    docket = checks.read_docket(ROOT / "config/claims.yaml", study).claims.values()
    compared = 0
    for estimand in (claim.estimand for claim in docket if claim.kind is Kind.MEASURED):
        for settings in list_contexts(estimand):
            names = [name for name, _ in trial.named_arms(page, estimand, settings)]
            assert len(set(names)) == len(names), names
            compared += len(names) > 1
    assert compared > 20
