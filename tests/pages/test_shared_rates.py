"""Whose learning rate two arms share: the effect at each rate, and how often it changes the answer."""

import math

import pandas as pd
import pytest
from support.pages import context, verdict
from support.simulated import results, simulated

from ontrial.judge import checks
from ontrial.report.summaries import rate_owners, shared_rates
from ontrial.report.summaries.findings import Findings

STUDY = simulated()
CLAIM = """\
claims:
  - {id: small, statement: {en: Small batches are better.}, experiment: batches, metric: test_accuracy,
    difference: {of: {batch_size: 16}, minus: {batch_size: 256}},
    contexts: {policy: [fixed_of, fixed_minus, tuned], activation: [relu]}, smallest_effect: 1 point}
"""


def each_at_its_best(settings, rate, seed, record):
    """Batches of 16 are best at 1/4, those of 256 at 1; each octave away costs ten points."""
    best = {16: -2, 256: 0}.get(settings["batch_size"], 0)
    octaves = abs(math.log2(rate) - best)
    return dict.fromkeys(("validation_accuracy", "test_accuracy"), max(0.9 - 0.1 * octaves, 0.2))


@pytest.fixture(scope="module")
def measured():
    docket = checks.parse(CLAIM, "claims.yaml", STUDY)
    found = results(STUDY, each_at_its_best, "batches")
    return Findings(found.study, found.runs, found.records, claims=docket.claims), docket.claims["small"].estimand


def test_effects_and_lines_are_at_the_own_rates_of_the_arms(measured):
    found, _ = measured
    table = shared_rates.effects(found, "small").set_index("learning_rate")
    assert len(table) == 11  # rates from 1/256 to 4
    assert table.loc[[0.125, 0.25, 0.5, 1, 2], "estimate"].tolist() == pytest.approx([20, 20, 0, -20, -20])
    assert table.loc[[0.25, 0.5, 1], "outcome"].tolist() == ["positive", "negligible", "reversed"]
    found, estimand = measured
    (settings,) = shared_rates.settings_of(estimand)
    assert settings == {"activation": "relu"}
    assert shared_rates.own_rates(found, estimand, settings) == {"of": 0.25, "minus": 1}


def test_values_of_a_setting_may_be_words_and_numbers():
    table = pd.DataFrame({"clip_norm": ["none", 0.5, "none"], "schedule": "step", "estimate": [1, 2, 3]})
    for value, estimates in (("none", [1, 3]), (0.5, [2]), (1.0, [])):
        rows = shared_rates.rows_of(table, {"clip_norm": value, "schedule": "step"})
        assert rows["estimate"].tolist() == estimates
    assert shared_rates.rows_of(table, {}) is table


def judged(*outcomes: tuple[str, str]):
    """Return a verdict with settings of two contexts: the outcomes at the rate of one arm and at that of the other."""
    contexts = [
        context(outcome, {"policy": f"fixed_{owner}", "depth": depth})
        for depth, pair in enumerate(outcomes)
        for owner, outcome in zip(("of", "minus"), pair, strict=True)
    ]
    return verdict("small", "depends", *contexts, context("positive", {"policy": "tuned", "depth": 0}))


def test_a_setting_is_opposite_if_the_other_rate_reverses_what_is_claimed():
    found = judged(("positive", "reversed"), ("positive", "positive"), ("reversed", "positive"), ("below", "reversed"))
    assert rate_owners.count([found]) == rate_owners.Counts(settings=4, claimed=3, both=1, opposite=2)
    assert rate_owners.count([judged(("equal", "apart"))]) == rate_owners.Counts(1, 1, 0, 1)
    assert rate_owners.count([]) == rate_owners.Counts(0, 0, 0, 0)
