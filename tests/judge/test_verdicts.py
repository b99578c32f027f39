"""From a docket and tables to verdicts.json, which must obey its schema."""

import json
import math
import warnings

import numpy as np
import pandas as pd
import pytest
import yaml
from jsonschema import Draft202012Validator
from support.project import ROOT
from support.simulated import noise, results, simulated

from ontrial.judge import checks, timing, verdicts
from ontrial.judge.estimands import Measured
from ontrial.judge.verdicts import flipping_axes

SCHEMA = ROOT / "src/ontrial/study/schemas/verdicts.schema.yaml"
STUDY = simulated()
DOCKET = """\
claims:
  - id: sums
    kind: by_construction
    statement: {en: Probabilities sum to one.}
    identity: softmax-sums-to-one
  - id: threshold
    kind: by_construction
    statement: {en: There is a threshold.}
    identity: activation-threshold
  - id: usual
    kind: not_testable
    statement: {en: It is usual.}
    because: {en: Ask people.}
  - id: small-is-better
    statement: {en: Small batches are better.}
    experiment: batches
    metric: test_accuracy
    difference: {of: {batch_size: 16}, minus: {batch_size: 256}}
    contexts: {policy: [fixed, linear, tuned]}
    smallest_effect: 1 point
  - id: deep-is-slower
    statement: {en: Deep is slower.}
    experiment: depths
    metric: epochs_to_accuracy
    threshold: 0.9
    ratio: {of: {depth: 3}, over: {depth: 1}}
    where: {activation: relu, initialisation: own, objective: softmax+mse, policy: tuned}
    smallest_effect: factor 2
  - id: cheap
    kind: timed
    statement: {en: It is cheap.}
    metric: cost
    ratio: {of: {activation: tanh}, over: {activation: relu}}
    where: {task: activation, dataset: digits, hidden: "8", batch_size: 16}
    smallest_effect: factor 1.25
"""


def measures(settings, rate, seed, record):
    """Batches of 256 lose 5 points at the tuned rate of 16, and none at their own. Deep networks reach 20 % only."""
    size = settings["batch_size"]
    best = {16: 0.25, 256: 1.0}.get(size, 0.5)
    accuracy = 0.9 - (0.05 if size == 256 and rate == 0.25 else 0) + noise(size, rate, seed, scale=0.002)
    depth_accuracy = 0.2 if settings["hidden"] == "8-8-8" else 0.95
    test = accuracy if settings["experiment"] == "batches" else depth_accuracy
    return {"validation_accuracy": test - abs(rate - best) / 10, "test_accuracy": test}


@pytest.fixture(scope="module")
def docket():
    return checks.parse(DOCKET, "claims.yaml", STUDY)


@pytest.fixture(scope="module")
def simulated_results():
    return results(STUDY, measures, "batches", "depths")


@pytest.fixture(scope="module")
def judged(simulated_results, docket):
    return verdicts.judge(simulated_results, docket)


def claim_by_id(judged, id):
    return next(claim for claim in judged["claims"] if claim["id"] == id)


@pytest.fixture(scope="module")
def timed(simulated_results, docket):
    measurements = timing.list_measurements(docket.claims.values(), STUDY)
    rows = [(*each, repeat, 3.0 if "tanh" in each else 1.0) for each in measurements for repeat in range(12)]
    return verdicts.judge_timed(
        simulated_results, docket, pd.DataFrame(rows, columns=[*timing.Measurement._fields, "repeat", "value"])
    )


def test_verdicts_obey_their_schema_and_are_strict_json(judged, timed):
    validator = Draft202012Validator(yaml.safe_load(SCHEMA.read_text(encoding="utf-8")))
    for content in (judged, timed):
        written = json.loads(json.dumps(verdicts.encode(content), allow_nan=False))
        validator.validate(written)
        assert verdicts.decode(written) == content


def test_timed_claims_are_kept_apart(judged, timed):
    assert "cheap" not in {claim["id"] for claim in judged["claims"]}
    assert [(claim["id"], claim["verdict"]) for claim in timed["claims"]] == [("cheap", "supported")]


def test_claims_by_construction_are_judged_by_their_readings(judged):
    assert claim_by_id(judged, "sums")["verdict"] == "by_construction"
    threshold = claim_by_id(judged, "threshold")
    assert threshold["verdict"] == "depends"
    assert {context["reading"]: context["outcome"] for context in threshold["contexts"]} == {
        "step": "holds",
        "relu": "holds",
        "sigmoid": "fails",
        "tanh": "fails",
    }


def test_a_claim_that_is_not_testable_has_no_contexts(judged):
    assert (claim_by_id(judged, "usual")["verdict"], claim_by_id(judged, "usual")["contexts"]) == ("not_testable", [])


def test_a_policy_that_flips_a_claim_is_named(judged):
    claim = claim_by_id(judged, "small-is-better")
    assert {context["policy"]: context["outcome"] for context in claim["contexts"]} == {
        "fixed": "positive",
        "linear": "negligible",
        "tuned": "negligible",
    }
    assert (claim["verdict"], claim["flipped_by"]) == ("depends", ["policy"])
    fixed = claim["contexts"][0]
    assert fixed["low"] < fixed["estimate"] < fixed["high"]
    assert fixed["estimate"] == pytest.approx(5, abs=0.2)
    assert (fixed["n"], fixed["unit"], fixed["censored"], fixed["rates"]) == (20, "points", False, [0.25, 0.25])
    assert [draw["seeds"] for draw in fixed["lottery"]] == [1, 3, 5, 10]


@pytest.mark.parametrize(
    ("policies", "expected"), [(["fixed", "tuned"], "depends"), (["fixed", "sqrt", "tuned"], "inconclusive")]
)
def test_a_claim_depends_at_an_error_rate_that_its_contexts_share(docket, policies, expected):
    spread = np.linspace(-1, 1, 20)
    spread *= math.sqrt(20) / spread.std(ddof=1)  # a standard error of 1
    # t(19) is 1.73 at 5 %, 2.09 at 5 % / 2 and 2.29 at 5 % / 3: the interval is inside ± 1 point for the first two
    numbers = [0.46 * spread, *(5 + 0.1 * spread for _ in policies[1:])]
    measured = [
        Measured({"policy": policy}, pd.DataFrame({"number": number}), (0.25, 0.25), on_edge=False)
        for policy, number in zip(policies, numbers, strict=True)
    ]
    claim = docket.claims["small-is-better"]
    verdict = verdicts.judge_measured(claim, claim.estimand, measured)
    assert [context["outcome"] for context in verdict["contexts"]] == [
        "negligible",
        *["positive"] * (len(policies) - 1),
    ]
    assert verdict["verdict"] == expected


def test_runs_that_never_reach_the_threshold_give_infinite_and_censored_estimates(judged):
    claim = claim_by_id(judged, "deep-is-slower")
    (context,) = claim["contexts"]
    assert (context["estimate"], context["low"], context["high"]) == (math.inf, math.inf, math.inf)
    (written,) = claim_by_id(verdicts.encode(judged), "deep-is-slower")["contexts"]
    assert (written["estimate"], written["low"], written["high"]) == ("inf", "inf", "inf")
    assert context["censored"]
    assert (context["outcome"], claim["verdict"]) == ("positive", "supported")


def test_without_numbers_a_context_is_unclear_and_the_verdict_inconclusive(docket):
    def large(settings, rate, seed, record):
        return {"validation_accuracy": rate, "test_accuracy": 0.5}

    judged = verdicts.judge(results(STUDY, large, "batches", "depths"), docket)
    linear = claim_by_id(judged, "small-is-better")["contexts"][1]
    assert (linear["outcome"], linear["estimate"], linear["n"], linear["rates"]) == ("unclear", None, 0, [4.0, None])
    assert claim_by_id(judged, "small-is-better")["verdict"] == "inconclusive"


@pytest.mark.parametrize("share", [0.3, 1])
def test_diverged_runs_are_judged_without_warnings(docket, share):
    def some(settings, rate, seed, record):
        lost = record and abs(noise(settings["batch_size"], settings["hidden"], rate, seed)) < 3 * share
        return None if lost else measures(settings, rate, seed, record)

    diverging = results(STUDY, some, "batches", "depths")
    assert share / 2 < diverging.runs["diverged"].mean() <= 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        judged = verdicts.judge(diverging, docket)
    claim = claim_by_id(judged, "small-is-better")
    assert claim["verdict"] in ("inconclusive", "refuted")
    assert all(context["estimate"] is not None for context in claim["contexts"] if context["n"])


def test_the_same_tables_give_the_same_verdicts(simulated_results, docket, judged):
    assert json.dumps(verdicts.judge(simulated_results, docket)) == json.dumps(judged)


def test_the_table_has_one_row_per_context_and_columns_of_the_lottery(judged):
    table = verdicts.to_table(judged).set_index("id")
    assert table.index.value_counts()["small-is-better"] == 3
    assert list(table.loc["small-is-better", "context"]) == ["policy=fixed", "policy=linear", "policy=tuned"]
    assert {"outcome", "estimate", "low", "high", "n", "unit", "censored", "other_sign_1", "other_outcome_10"} <= set(
        table
    )
    assert table.loc["usual", "verdict"] == "not_testable"


@pytest.mark.parametrize(
    ("outcomes", "axes"),
    [
        (["positive", "positive", "negligible", "reversed"], ["policy"]),
        (["positive", "negligible", "positive", "negligible"], ["budget"]),
        (["positive", "negligible", "negligible", "negligible"], ["budget", "policy"]),
        (["positive", "unclear", "unclear", "reversed"], []),
    ],
)
def test_flipping_axes_turn_the_outcome_in_a_single_step(outcomes, axes):
    contexts = [
        {"policy": policy, "budget": budget} for policy in ("fixed", "tuned") for budget in ("epochs", "updates")
    ]
    assert sorted(flipping_axes(contexts, outcomes)) == axes


def test_a_claim_is_published_changed_or_the_readers_own(docket):
    claim = docket.claims["sums"]
    assert verdicts.standing(claim, [{"id": "sums", "hash": claim.hash}]) == "published"
    assert verdicts.standing(claim, [{"id": "sums", "hash": "0"}]) == "changed"
    assert verdicts.standing(claim, []) == "own"
