"""From a docket and tables to verdicts.json, which must obey its schema."""

import io
import itertools
import json
import math
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from jsonschema import Draft202012Validator
from support.outcomes import require_same_judgement
from support.simulated import noise, results, simulated

from ontrial.judge import checks, measurements, published, seeds, trials, verdicts
from ontrial.judge.estimands import FORMS, Estimand
from ontrial.judge.results import Results
from ontrial.study.schema_files import load_schema
from ontrial_judge.core import decisions, statistics, verdict_files
from ontrial_judge.core.decisions import decide_context, flipping_axes, open_contexts
from ontrial_judge.core.evidence import MeasuredArm, Paired
from ontrial_judge.core.statistics import Claimed, shares
from ontrial_judge.core.verdicts import Conclusion, Kind, Outcome, Verdict, Verdicts, Way

STUDY = simulated()
DOCKET = """\
claims:
  - {id: sums, kind: by_construction, statement: {en: Probabilities sum to one.}, identity: softmax-sums-to-one}
  - {id: threshold, kind: by_construction, statement: {en: There is a threshold.}, identity: activation-threshold}
  - {id: usual, kind: not_testable, statement: {en: It is usual.}, because: {en: Ask people.}}
  - {id: small-is-better, statement: {en: Small batches are better.}, experiment: batches, metric: test_accuracy,
    difference: {of: {batch_size: 16}, minus: {batch_size: 256}},
    contexts: {policy: [fixed_of, fixed_minus, linear_of, linear_minus, tuned]}, smallest_effect: 1 point}
  - {id: deep-is-slower, statement: {en: Deep is slower.}, experiment: depths, metric: epochs_to_accuracy,
    threshold: 0.9, ratio: {of: {depth: 3}, over: {depth: 1}},
    where: {activation: relu, initialisation: own, objective: softmax+mse, policy: tuned}, smallest_effect: factor 2}
  - {id: cheap, kind: timed, statement: {en: It is cheap.}, metric: cost,
    ratio: {of: {activation: tanh}, over: {activation: relu}},
    where: {task: activation, dataset: digits, hidden: "8", batch_size: 16}, smallest_effect: factor 1.25}
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
    arms = [{"seeds": [0, 11], "numbers": [time] * 12} for time in (3.0, 1.0)]
    times = {"cheap": {"id": "cheap", "contexts": [{"settings": {}, "arms": arms}]}}
    return checks.parse(DOCKET, "claims.yaml", STUDY, measured_times=times)


@pytest.fixture(scope="module")
def simulated_results():
    return results(STUDY, measures, "batches", "depths")


@pytest.fixture(scope="module")
def judged(simulated_results, docket):
    return trials.judge_claims(simulated_results, docket)


def verdict_on(judged: Verdicts, id: str) -> Verdict:
    return judged.by_claim[id]


def test_verdicts_obey_their_schema(judged):
    text = verdict_files.to_json(judged)
    Draft202012Validator(load_schema("verdicts")).validate(json.loads(text))
    assert verdict_files.to_json(verdict_files.decode(json.loads(text))) == text


def test_timed_claims_are_judged_by_the_times_beside_the_docket(judged):
    assert verdict_on(judged, "cheap").conclusion == "supported"
    assert verdict_on(judged, "cheap").contexts[0].effect.estimate == pytest.approx(np.log2(3))


def test_claims_by_construction_are_judged_by_their_readings(judged):
    assert verdict_on(judged, "sums").conclusion == "by_construction"
    threshold = verdict_on(judged, "threshold")
    assert threshold.conclusion == "depends"
    assert {reading.reading: reading.outcome for reading in threshold.readings} == {
        "step": "holds",
        "relu": "holds",
        "sigmoid": "fails",
        "tanh": "fails",
    }


def test_a_correction_is_no_reading_of_a_claim():
    text = """\
claims:
  - {id: cause, kind: by_construction, statement: {en: Outputs between 0 and 1 make gradients vanish.},
    identity: vanishing-cause}
"""
    judged = trials.judge_claims(results(STUDY, measures, "tour"), checks.parse(text, "claims.yaml", STUDY))
    (verdict,) = judged.claims
    assert set(verdict.outcomes) == {"fails"}
    assert verdict.conclusion == "refuted"


def test_a_policy_that_flips_a_claim_is_named(judged):
    verdict = verdict_on(judged, "small-is-better")
    assert {context.settings["policy"]: context.outcome for context in verdict.contexts} == {
        "fixed_of": "positive",
        "fixed_minus": "negligible",
        "linear_of": "negligible",
        "linear_minus": "negligible",
        "tuned": "negligible",
    }
    assert (verdict.conclusion, verdict.flipped_by) == ("depends", ("policy",))
    fixed = verdict.contexts[0]
    effect = fixed.effect
    assert effect.low < effect.estimate < effect.high
    assert effect.estimate == pytest.approx(5, abs=0.2)
    assert (fixed.n, effect.unit, effect.is_finite, fixed.rates) == (20, "points", True, (0.25, 0.25))
    assert (fixed.look, effect.level, fixed.failed, fixed.seeds_needed) == (1, 0.95, (0, 0), None)


def test_a_claim_of_equality_is_supported_where_the_difference_is_negligible(simulated_results):
    text = """\
claims:
  - {id: same, statement: {en: Batch size does not matter.}, experiment: batches, metric: test_accuracy,
    equality: {of: {batch_size: 16}, and: {batch_size: 256}}, contexts: {policy: [fixed_of, fixed_and, tuned]},
    smallest_effect: 1 point}
"""
    judged = trials.judge_claims(simulated_results, checks.parse(text, "claims.yaml", STUDY))
    verdict = verdict_on(judged, "same")
    assert verdict.outcomes == ["apart", "equal", "equal"]
    assert (verdict.conclusion, verdict.flipped_by) == ("depends", ("policy",))


def test_a_claim_of_at_most_an_effect_is_supported_where_the_effect_is_opposite(simulated_results):
    text = """\
claims:
  - {id: no-better, statement: {en: Small batches are hardly more accurate.}, experiment: batches,
    metric: test_accuracy, at_most: {of: {batch_size: 16}, and: {batch_size: 256}},
    contexts: {policy: [fixed_of, fixed_and, tuned]}, smallest_effect: 1 point}
"""
    judged = trials.judge_claims(simulated_results, checks.parse(text, "claims.yaml", STUDY))
    verdict = verdict_on(judged, "no-better")
    assert verdict.outcomes == ["beyond", "within", "within"]
    assert [context.detectable for context in verdict.contexts] == [None, None, None]


def measured(claim, numbers, **context) -> Paired:
    """Return a context of a claim whose differences are these numbers: the second arm has none of them."""
    return of_arms(claim.estimand, (np.asarray(numbers, float), np.zeros(len(numbers))), **context)


def of_arms(estimand, arms, **context) -> Paired:
    """Return a context from the numbers of its arms."""
    columns = [{"number": values, "least": values, "failed": False, "rate": 0.25, "on_edge": False} for values in arms]
    seeds = list(map(pd.DataFrame, columns))
    return Paired(context, estimand.question, [MeasuredArm.of(arm) for arm in seeds])


@pytest.mark.parametrize(
    ("policies", "expected"),
    [(["fixed", "sqrt", "tuned"], "depends"), (["fixed", "linear", "sqrt", "tuned"], "inconclusive")],
)
def test_a_claim_depends_at_an_error_rate_that_its_contexts_share(docket, policies, expected):
    claim = docket.claims["small-is-better"]
    # The interval of 7 seeds is from the smallest to the largest at the level of three contexts, and has no ends at
    # that of four.
    contexts = [measured(claim, np.linspace(-0.5, 0.5, 7), policy="fixed")]
    contexts += [measured(claim, np.linspace(4.5, 5.5, 7), policy=policy) for policy in policies[1:]]
    verdict = verdicts.judge_measured(claim, contexts, (7,))
    assert verdict.outcomes == ["negligible", *["positive"] * (len(policies) - 1)]
    assert (verdict.conclusion, verdict.flipped_by) == (expected, ("policy",) if expected == "depends" else ())


LOOKS = (10, 20, 40)
OPEN, POSITIVE, NEGLIGIBLE = np.tile([0.0, 2.0], 5), np.tile([1.9, 2.1], 5), np.tile([-0.1, 0.1], 5)


def test_a_context_keeps_the_outcome_of_the_first_look_that_decides_it(docket):
    claim = docket.claims["small-is-better"]
    numbers = np.concatenate([POSITIVE, -20 * POSITIVE, -20 * POSITIVE, -20 * POSITIVE])
    verdict = verdicts.judge_measured(claim, [measured(claim, numbers)], LOOKS)
    (context,) = verdict.contexts
    assert (context.outcome, context.look, context.n) == ("positive", 1, 10)
    assert context.effect.estimate == pytest.approx(2)
    assert context.effect.level == pytest.approx(1 - shares(3)[0])
    assert (verdict.conclusion, verdict.looks) == ("supported", (10, 20, 40))


def test_later_looks_decide_what_earlier_ones_left_open(docket):
    claim = docket.claims["small-is-better"]
    numbers = np.concatenate([OPEN, OPEN, POSITIVE, POSITIVE])
    assert decide_context(measured(claim, numbers[:9]), LOOKS)[:2] == ("undecided", 1)  # with all that there are
    assert decide_context(measured(claim, numbers[:10]), LOOKS)[:2] == ("undecided", 1)
    assert decide_context(measured(claim, numbers[:39]), LOOKS)[:2] == ("undecided", 2)  # the third needs 40
    third = decide_context(measured(claim, numbers), LOOKS)
    assert (third.outcome, third.look, third.measured.n) == ("positive", 3, 40)
    assert third.alpha == pytest.approx(shares(3)[2])
    second = decide_context(measured(claim, np.concatenate([OPEN, 5 * POSITIVE, OPEN, OPEN])), LOOKS)
    assert (second.outcome, second.look, second.measured.n) == ("positive", 2, 20)


def test_contexts_share_the_error_of_a_look(docket):
    context = measured(docket.claims["small-is-better"], np.linspace(1.5, 2.5, 20))
    assert decide_context(context, (20,), 0.05 / 8).alpha == pytest.approx(0.05 / 8)
    assert decide_context(context, (20, 40), 0.05 / 8).alpha == pytest.approx(shares(2)[0] / 8)


def test_an_effect_that_is_negligible_or_equal_has_the_interval_that_decided_it(judged, simulated_results):
    contexts = {each.settings["policy"]: each for each in verdict_on(judged, "small-is-better").contexts}
    assert {policy for policy, each in contexts.items() if each.deciding} == {
        "fixed_minus",
        "linear_of",
        "linear_minus",
        "tuned",
    }
    for each in contexts.values():
        shown, smallest = each.shown, 1.0
        if each.outcome is Outcome.NEGLIGIBLE:
            assert (shown.level, shown.estimate) == (pytest.approx(0.9), each.effect.estimate)
            assert -smallest < each.effect.low <= shown.low <= shown.high <= each.effect.high < smallest
        else:
            assert (shown, shown.level) == (each.effect, 0.95)


def test_verdicts_follow_from_their_published_numbers_per_seed(docket, simulated_results, judged, tmp_path):
    text = seeds.to_json("simulated", seeds.measure(simulated_results, docket))
    (tmp_path / "seeds.json").write_text(text, encoding="utf-8")
    read = seeds.decode(published.read_record(tmp_path / "seeds.json"), docket.claims)
    again = list(seeds.judge_again(docket.claims, judged.by_claim, read))
    assert sum(require_same_judgement(verdict_on(judged, verdict.claim), verdict) for verdict in again) == 7


def test_open_contexts_are_undecided_ones_and_those_that_may_still_make_it_depend(docket):
    claim = docket.claims["small-is-better"]

    def open_policies(**contexts):
        open_ones = open_contexts([measured(claim, numbers, policy=name) for name, numbers in contexts.items()], LOOKS)
        return [context.context["policy"] for context in open_ones]

    assert open_policies(fixed=POSITIVE, tuned=POSITIVE) == []
    assert open_policies(fixed=POSITIVE, tuned=OPEN) == ["tuned"]
    assert open_policies(fixed=OPEN, tuned=OPEN) == ["fixed", "tuned"]
    assert open_policies(fixed=POSITIVE, tuned=NEGLIGIBLE) == []  # it depends
    nearly = np.arange(10) / 2  # positive at the level of the first look, but not at half of its error
    assert decide_context(measured(claim, nearly), LOOKS).outcome == "positive"
    assert decide_context(measured(claim, nearly), LOOKS, 0.05 / 2).outcome == "undecided"
    assert open_policies(fixed=nearly, tuned=NEGLIGIBLE) == ["fixed"]
    assert open_policies(fixed=nearly, tuned=POSITIVE) == []  # supported


def test_with_a_quantifier_the_open_contexts_are_those_that_the_conclusion_needs(docket):
    claim = docket.claims["small-is-better"]

    def judged(quantifier, **contexts):
        estimand = replace(claim.estimand, quantifier=statistics.Quantifier(quantifier))
        listed = [
            replace(measured(claim, numbers, policy=name), question=estimand.question)
            for name, numbers in contexts.items()
        ]
        conclusion = verdicts.judge_measured(claim, listed, LOOKS).conclusion
        return conclusion, [context.context["policy"] for context in open_contexts(listed, LOOKS)]

    assert judged("some", fixed=POSITIVE, tuned=OPEN) == ("supported", [])
    assert judged("some", fixed=OPEN, tuned=NEGLIGIBLE) == ("inconclusive", ["fixed"])
    assert judged("some", fixed=NEGLIGIBLE, tuned=NEGLIGIBLE) == ("not_seen", [])
    assert judged("all", fixed=POSITIVE, tuned=OPEN) == ("inconclusive", ["tuned"])
    assert judged("all", fixed=NEGLIGIBLE, tuned=OPEN) == ("refuted", [])
    assert judged("most", fixed=POSITIVE, linear=POSITIVE, tuned=OPEN) == ("supported", [])
    assert judged("most", fixed=POSITIVE, linear=NEGLIGIBLE, tuned=OPEN) == ("inconclusive", ["tuned"])
    nearly = np.arange(10) / 2  # positive at the level of the first look, but not at half of its error
    assert judged("some", fixed=nearly, tuned=NEGLIGIBLE) == ("inconclusive", ["fixed"])
    assert judged("all", fixed=nearly, tuned=POSITIVE) == ("supported", [])


times = st.sampled_from([1, 1 + 1e-6, 2, 0, math.inf])


@given(arrays(float, st.tuples(st.just(2), st.integers(6, 24)), elements=times), st.sampled_from([1, 1e-9, 1e9]))
def test_a_claim_and_its_mirror_image_are_never_both_supported(arms, effect):
    for metric, form in itertools.product(("epochs_to_accuracy", "test_loss"), ("ratio", "difference")):
        sides = dict(zip(FORMS[form], ({}, {}), strict=True))
        estimand = Estimand(("batches",), metric, form, sides, {}, {}, None, None, effect, "number")
        conclusions = [
            decisions.decide_claim([of_arms(estimand, numbers)], (6, 12, 24)).conclusion
            for numbers in (arms, arms[::-1])
        ]
        assert conclusions != ["supported", "supported"]


def test_a_context_says_what_it_could_have_detected_and_how_many_seeds_it_needs(docket):
    claim = docket.claims["small-is-better"]
    (context,) = verdicts.judge_measured(claim, [measured(claim, np.linspace(0, 2.8, 20))], (20,)).contexts
    half_width = (context.effect.high - context.effect.low) / 2
    assert (context.outcome, context.effect.estimate) == ("undecided", pytest.approx(1.4))
    assert half_width == pytest.approx(0.442, abs=0.001)
    assert context.detectable == pytest.approx(1 + half_width)
    assert context.seeds_needed == 25  # 20 (0.442 / 0.4)²


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((1.5, 0.5, 2), 80),  # twice as far from its lower end as from the effect
        ((0.5, 0, 2), 180),  # three times as far from its upper end
        ((1, 0, 2), None),  # on the effect
        ((1.5, -math.inf, 2), None),
    ],
)
def test_the_seeds_needed_grow_with_the_square_of_the_width(interval, expected):
    assert decisions.seeds_needed(20, interval, smallest_effect=1) == expected
    estimate, low, high = interval
    assert decisions.seeds_needed(20, (-estimate, -high, -low), smallest_effect=1, claimed=Claimed.EQUAL) == expected


def test_failed_runs_are_counted_by_arm(docket):
    def some(settings, rate, seed, record):
        if settings["batch_size"] == 256 and seed in (103, 104, 105):
            return None
        return measures(settings, rate, seed, record)

    judged = trials.judge_claims(results(STUDY, some, "batches", "depths"), docket)
    assert [context.failed for context in verdict_on(judged, "small-is-better").contexts] == [(0, 3)] * 5
    assert verdict_on(judged, "deep-is-slower").contexts[0].failed == (20, 0)  # never reached


RATIO_OF_LOSSES = """\
claims:
  - {id: loses-less, statement: {en: It loses less.}, experiment: batches, metric: test_loss,
    ratio: {of: {batch_size: 16}, over: {batch_size: 256}}, where: {policy: tuned}, smallest_effect: factor 2}
"""


def test_a_claim_over_diverged_runs_is_not_supported(docket):
    def diverges(settings, rate, seed, record):
        if record:
            return None
        loss = 100.0 + seed if settings["batch_size"] == 256 else 2.3  # before training
        return {f"{part}_{measure}": loss for part in ("validation", "test") for measure in ("loss", "accuracy")}

    docket = checks.parse(RATIO_OF_LOSSES, "claims.yaml", STUDY)
    judged = trials.judge_claims(results(STUDY, diverges, "batches"), docket)
    (verdict,) = judged.claims
    (context,) = verdict.contexts
    assert (verdict.conclusion, context.outcome, context.effect.estimate) == ("inconclusive", "undecided", 0)
    assert (context.failed, context.counts_failures, context.zeros) == ((20, 20), True, ())
    assert "zeros" not in verdict_files.encode_case(context)


ACCURACY = """\
claims:
  - {id: small-is-better, statement: {en: Batches of 16 are more accurate than batches of 256.}, experiment: batches,
    metric: test_accuracy, difference: {of: {batch_size: 16}, minus: {batch_size: 256}}, where: {policy: tuned},
    smallest_effect: 1 point}
"""


def judge_accuracies(accuracy):
    """Judge a claim about accuracies. `accuracy` is a function (batch size, seed, record) → share."""

    def measures(settings, rate, seed, record):
        share = accuracy(settings["batch_size"], seed, record)
        return {f"{part}_{name}": share for part in ("validation", "test") for name in ("accuracy", "loss")}

    (verdict,) = trials.judge_claims(
        results(STUDY, measures, "batches"), checks.parse(ACCURACY, "claims.yaml", STUDY)
    ).claims
    return verdict, verdict.contexts[0]


def test_where_many_networks_learn_nothing_their_shares_are_compared():
    verdict, context = judge_accuracies(lambda size, seed, record: 0.11 if size == 256 and seed > 111 else 0.9)
    assert (context.failed, context.counts_failures) == ((0, 9), True)  # 11 % are no better than guessing
    assert (context.outcome, context.effect.estimate, context.effect.unit) == ("positive", 45, "points of failures")
    typical = context.judged_by(Way.TYPICAL)
    assert (typical.outcome, typical.effect.low) == ("undecided", 0)
    assert (verdict.smallest_effect, verdict.smallest_effect_in(context)) == (1, statistics.FAILURES_OF_INTEREST)


def test_a_few_failures_move_the_mean_and_not_the_typical_seed():
    _, context = judge_accuracies(lambda size, seed, record: 0.1 if size == 256 and seed > 117 else 0.9)
    assert (context.failed, context.counts_failures) == ((0, 3), False)
    assert (context.outcome, context.effect.estimate) == ("negligible", 0)
    assert context.judged_by(Way.MEAN).effect.estimate == pytest.approx(12)
    assert context.judged_by(Way.MEAN).outcome == "undecided"
    assert context.judged_by(Way.SIGN).outcome == "negligible"
    assert context.judged_by(Way.TYPICAL) is None


def test_each_record_is_judged_as_the_last_one():
    _, context = judge_accuracies(lambda size, seed, record: 0.9 - (0.05 if size == 256 and record == 1 else 0))
    assert context.outcome == "negligible"
    assert [(stage.share, stage.outcome) for stage in context.stages] == [(0.5, "positive")]
    assert context.stages[0].effect.estimate == pytest.approx(5)
    _, context = judge_accuracies(lambda size, seed, record: 0.1 if size == 256 and seed > 123 - 6 * record else 0.9)
    assert context.counts_failures
    (stage,) = context.stages
    assert (stage.outcome, stage.effect.estimate) == ("undecided", 15)


STAGES = [
    ("test_accuracy", "1 point", "", ""),
    ("test_accuracy", "1 point", "", ", checkpoint: best"),
    ("octaves_near_best", "2 octaves", "", ""),
    ("fails", "10 points", "", ""),
    ("epochs_to_accuracy", "1 epoch", "threshold: 0.5", ""),
]


@pytest.mark.parametrize(("metric", "smallest_effect", "threshold", "where"), STAGES)
def test_stages_are_what_shorter_runs_of_the_same_seeds_would_have_shown(metric, smallest_effect, threshold, where):
    names = ("validation_accuracy", "test_accuracy", "dead_units")

    def measures(settings, rate, seed, record):
        if noise(settings["hidden"], rate, seed, 7) > 2 and record > 2:
            return None
        shift = {"none": 0.3, "8": 0.1 * record}.get(settings["hidden"], 0.2)
        level = {name: shift + 0.3 + noise(settings["hidden"], rate, seed, record, name, scale=0.05) for name in names}
        return level | {"validation_loss": abs(noise(settings["hidden"], rate, seed, record))}

    claim = f"""\
claims:
  - id: deep
    statement: {{en: It is so.}}
    experiment: depths
    metric: {metric}
    {threshold}
    difference: {{of: {{depth: 1}}, minus: {{depth: 2}}}}
    where: {{policy: tuned, activation: relu, initialisation: own, objective: softmax+mse{where}}}
    smallest_effect: {smallest_effect}
"""
    more = results(STUDY, measures, "depths", seeds=lambda cell: range(101, 126 if cell.hidden == (8,) else 121))
    estimand = checks.parse(claim, "claims.yaml", STUDY).claims["deep"].estimand
    ((context,),) = (each.contexts for each in trials.judge_claims(more, checks.parse(claim, "c.yaml", STUDY)).claims)
    assert [stage.share for stage in context.stages] == [0.25, 0.5, 0.75]
    for last, stage in enumerate(context.stages, 1):
        shorter = Results(STUDY, more.runs, more.records[more.records["updates"] <= last])
        (measured,) = measurements.measure(shorter, estimand)
        (decision,) = decisions.decide_claim([replace(measured, counting=context.counts_failures)], (20,)).decisions
        expected = decisions.describe_context(decision)
        assert (stage.outcome, stage.effect) == (expected.outcome, expected.effect)


def test_the_conclusion_stays_the_same_until_the_smallest_effect_reaches_the_interval():
    verdict, context = judge_accuracies(lambda size, seed, record: 0.9 - (0.05 if size == 256 else 0))
    assert (verdict.conclusion, context.effect.low) == ("supported", pytest.approx(5))
    assert (verdict.same_from, verdict.same_to) == (0, 4.756828460010884)  # the largest tried below 5


@pytest.mark.parametrize(
    ("zeros_of_16", "zeros_of_256", "expected", "outcome"),
    [
        (0, 20, (math.inf,) * 3, "positive"),
        (20, 20, (math.nan, -math.inf, math.inf), "undecided"),
        (1, 20, (math.nan, -math.inf, math.inf), "undecided"),
    ],
)
def test_losses_at_the_floor_have_no_ratio_and_are_counted(zeros_of_16, zeros_of_256, expected, outcome):
    def overfitted(settings, rate, seed, record):
        zeros = {16: zeros_of_16, 256: zeros_of_256}.get(settings["batch_size"], 0)
        return {"validation_loss": 0.1, "test_accuracy": 0.9, "test_loss": 0.0 if seed <= 100 + zeros else 0.1}

    docket = checks.parse(RATIO_OF_LOSSES, "claims.yaml", STUDY)
    judged = trials.judge_claims(results(STUDY, overfitted, "batches"), docket)
    (context,) = judged.claims[0].contexts
    assert context.outcome == outcome
    assert context.zeros == (zeros_of_16, zeros_of_256)
    np.testing.assert_equal(context.effect.numbers, expected)
    text = verdict_files.to_json(judged)
    assert verdict_files.to_json(verdict_files.decode(json.loads(text))) == text
    Draft202012Validator(load_schema("verdicts")).validate(json.loads(text))


def test_runs_that_never_reach_the_threshold_give_infinite_and_censored_estimates(judged):
    verdict = verdict_on(judged, "deep-is-slower")
    (context,) = verdict.contexts
    assert context.effect.numbers == (math.inf, math.inf, math.inf)
    written = verdict_files.encode_case(context)
    assert (written["estimate"], written["low"], written["high"]) == ("inf", "inf", "inf")
    assert written["censored"]
    assert (context.outcome, verdict.conclusion) == ("positive", "supported")


def test_if_no_run_reaches_the_threshold_the_context_is_undecided(docket):
    def poor(settings, rate, seed, record):
        return {"validation_accuracy": 0.2, "test_accuracy": 0.2}

    judged = trials.judge_claims(results(STUDY, poor, "batches", "depths"), docket)
    verdict = verdict_on(judged, "deep-is-slower")
    (context,) = verdict.contexts
    assert (verdict.conclusion, context.outcome) == ("inconclusive", "undecided")
    assert verdict_files.encode_case(context)["estimate"] is None
    assert (context.effect.low, context.effect.high) == (-math.inf, math.inf)
    assert (context.n, context.failed) == (20, (20, 20))
    assert (context.seeds_needed, context.detectable) == (None, None)


def test_an_off_grid_rate_leaves_its_context_undecided_without_seeds(docket):
    def large(settings, rate, seed, record):
        return {"validation_accuracy": rate, "test_accuracy": 0.5}

    judged = trials.judge_claims(results(STUDY, large, "batches", "depths"), docket)
    linear = verdict_on(judged, "small-is-better").contexts[2]
    assert (linear.outcome, linear.n, linear.rates) == ("undecided", 0, (4.0, None))
    assert all(map(math.isnan, linear.effect.numbers))
    assert (linear.seeds_needed, linear.detectable) == (None, None)
    assert verdict_on(judged, "small-is-better").conclusion == "inconclusive"


@pytest.mark.parametrize("share", [0.3, 1])
def test_diverged_runs_are_judged_without_warnings(docket, share):
    def some(settings, rate, seed, record):
        lost = record and abs(noise(settings["batch_size"], settings["hidden"], rate, seed)) < 3 * share
        return None if lost else measures(settings, rate, seed, record)

    diverging = results(STUDY, some, "batches", "depths")
    assert share / 2 < diverging.runs["diverged"].mean() <= 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        judged = trials.judge_claims(diverging, docket)
    contexts = verdict_on(judged, "small-is-better").contexts
    assert not any(math.isnan(context.effect.estimate) for context in contexts if context.n)


def test_the_table_has_one_row_per_context(judged):
    table = pd.read_csv(io.StringIO(verdict_files.to_csv(judged)), index_col="id")
    assert table.index.value_counts()["small-is-better"] == 5
    policies = ["fixed_of", "fixed_minus", "linear_of", "linear_minus", "tuned"]
    assert list(table.loc["small-is-better", "context"]) == [f"policy={policy}" for policy in policies]
    assert {"outcome", "estimate", "low", "high", "n", "unit", "censored"} <= set(table)
    assert table.loc["usual", "verdict"] == "not_testable"
    assert table["deciding_level"].dropna().round(9).tolist() == [0.9] * 4
    assert "deciding_low" not in verdict_files.to_csv(replace(judged, claims=judged.claims[:3]))


@pytest.mark.parametrize(
    ("outcomes", "axes"),
    [
        (["positive", "positive", "negligible", "reversed"], ["policy"]),
        (["positive", "negligible", "positive", "negligible"], ["budget"]),
        (["positive", "negligible", "negligible", "negligible"], ["budget", "policy"]),
        (["positive", "below", "positive", "below"], ["budget"]),
        (["positive", "undecided", "undecided", "reversed"], []),
    ],
)
def test_flipping_axes_turn_the_outcome_in_a_single_step(outcomes, axes):
    contexts = [
        {"policy": policy, "budget": budget} for policy in ("fixed", "tuned") for budget in ("epochs", "updates")
    ]
    assert sorted(flipping_axes(contexts, [Outcome(outcome) for outcome in outcomes])) == axes


def test_a_claim_is_published_changed_or_the_readers_own(docket):
    claim = docket.claims["sums"]
    assert trials.standing(claim, {"sums": claim.hash}) == "published"
    assert trials.standing(claim, {"sums": "0"}) == "changed"
    assert trials.standing(claim, {}) == "own"


def test_words_are_those_of_the_schema_and_of_the_rules():
    definitions = load_schema("verdicts")["$defs"]
    words = definitions["claim"]["properties"]
    assert words["kind"]["enum"] == list(Kind)
    assert words["verdict"]["enum"] == list(Conclusion)
    assert definitions["context"]["properties"]["outcome"]["enum"] == list(Outcome)
