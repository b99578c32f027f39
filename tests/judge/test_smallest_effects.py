"""The table of the usual smallest effects."""

import numpy as np
import pytest
from support.project import ROOT

from ontrial.judge import checks, claims
from ontrial.judge.claim import parse_quantity
from ontrial.judge.metrics import BUILT_IN
from ontrial.judge.smallest_effects import USUAL, deviation
from ontrial.judge.units import TIMED
from ontrial.study import configuration
from ontrial_book.chapters.gradient_norms import predicted_norms


def test_every_metric_with_a_scale_has_one_usual_effect_and_quantities_ascend():
    listed = [metric for usual in USUAL.values() for metric in usual.metrics]
    assert sorted(listed) == sorted({*BUILT_IN, *TIMED} - {"gap_in_loss"})
    for usual in USUAL.values():
        sizes = [parse_quantity(text, unit) for text, unit in zip(usual.quantities, usual.units, strict=True)]
        assert 0 < sizes[0] <= sizes[-1]


@pytest.mark.parametrize(
    ("spec", "deviates"),
    [
        ({"metric": "test_accuracy", "difference": {}, "smallest_effect": "1 point"}, False),
        ({"metric": "test_accuracy", "difference": {}, "smallest_effect": "1.0 points"}, False),
        ({"metric": "test_accuracy", "equality": {}, "smallest_effect": "0.5 points"}, True),
        ({"metric": "test_accuracy", "slope": {"along": "depth"}, "smallest_effect": "3 points"}, False),
        ({"metric": "epochs_to_accuracy", "ratio": {}, "smallest_effect": "factor 2"}, False),
        ({"metric": "epochs_to_accuracy", "ratio": {}, "smallest_effect": "factor 1.5"}, True),
        ({"metric": "epochs_to_accuracy", "difference": {}, "smallest_effect": "1 epoch"}, True),
        ({"metric": "gap_in_loss", "difference": {}, "smallest_effect": "0.1 loss"}, False),
    ],
)
def test_a_claim_may_deviate(spec, deviates):
    assert (deviation(spec) is not None) == deviates


def test_the_recipe_for_a_claim_has_the_same_table():
    text = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    for usual in USUAL.values():
        metrics = ", ".join(f"`{metric}`" for metric in usual.metrics)
        assert f"| {metrics} | {' or '.join(usual.quantities)} |" in text


def test_no_smallest_effect_is_a_value_that_theory_predicts():
    study = configuration.read_study(ROOT / "config/config.yaml")
    docket = checks.read_docket(study.docket, study)
    predicted = 0
    for claim in docket.claims.values():
        if claim.estimand is None or claim.estimand.metric != "gradient_per_layer":
            continue
        for context in claims.list_contexts(claim.estimand):
            cells = [arm.cell for arm in claims.list_arms(study, claim.estimand, context)]
            norms = [predicted_norms(cell.activation, cell.initialisation, "digits", cell.layers) for cell in cells]
            arms = np.array([[np.log2(norm[0] / norm[-1]) / (len(norm) - 1)] for norm in norms])
            (effect,) = claim.estimand.question.numbers(arms)
            if np.isfinite(effect):  # there is no prediction for weights with a mean
                assert abs(abs(effect) - claim.estimand.smallest_effect) > np.log2(1.1), (claim.id, context)
                predicted += 1
    assert predicted > 10
