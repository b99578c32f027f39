"""Tuned settings: each seed chooses among the experiment's values and learning rates, on its own validation data."""

import json

import pytest
from support.messages import message_of
from support.simulated import results, simulated

from ontrial.judge import checks, claims, looks, measurements, verdicts
from ontrial.storage import json_files
from ontrial.study.schema_files import load_schema
from ontrial_judge.core import verdict_files
from ontrial_judge.core.verdicts import Verdicts

TEXT = """
study: decays
experiments:
  decays: {purpose: Compare decays., dataset: [digits], hidden: [[8], [16]], activation: [relu],
    initialisation: [own], objective: [softmax+cross_entropy], weight_decay: [0, 0.001, 0.01], batch_size: [64],
    learning_rates: [0.125, 0.25, 0.5], seeds: {confirmatory: {from: 101, to: 120}}, budget: {epochs: 2}}
"""
STUDY = simulated(TEXT)
DIFFERENCE = "difference: {of: {weight_decay: tuned}, minus: {weight_decay: 0}}"
WHERE = "where: {hidden: 8, policy: tuned}"


def parse(*lines: str, study=STUDY, metric="test_accuracy", smallest="1 point"):
    text = ["claims:\n- id: mine", "statement: {en: It is so.}", "experiment: decays", f"metric: {metric}", *lines]
    return checks.parse("\n  ".join([*text, f"smallest_effect: {smallest}"]), "claims.yaml", study)


def by_validation(settings, rate, seed, record):
    """Even seeds validate best with a decay of 0.001 at 0.5, odd ones with 0.01 at 0.125, both at 0.25 without decay.

    On test data, the best would be a decay of 0.01 at 0.25, which no seed may choose.
    """
    decay = settings["weight_decay"]
    best = (0.001, 0.5) if seed % 2 == 0 else (0.01, 0.125)
    validation = 0.9 if (decay, rate) == best else 0.8 if (decay, rate) == (0, 0.25) else 0.5
    test = {(0, 0.25): 0.7, (0.001, 0.5): 0.75, (0.01, 0.125): 0.8, (0.01, 0.25): 0.99}.get((decay, rate), 0.4)
    return {"validation_accuracy": validation, "test_accuracy": test}


def measured(measures=by_validation, *lines: str):
    (claim,) = parse(*(lines or (DIFFERENCE, WHERE))).claims.values()
    return measurements.measure(results(STUDY, measures, "decays"), claim.estimand)


def test_each_seed_chooses_value_and_rate_on_its_own_validation_data():
    (context,) = measured()
    tuned, without = (arm.seeds for arm in context.arms)
    assert tuned["rate"].tolist() == [0.125, 0.5] * 10
    assert tuned["number"].tolist() == pytest.approx([80, 75] * 10)
    assert set(without["rate"]) == {0.25}
    assert context.numbers == pytest.approx([10, 5] * 10)


def test_of_equally_accurate_values_the_smaller_validation_loss_wins_then_the_first_value():
    def tied(settings, rate, seed, record):
        decay = settings["weight_decay"]
        losses = {101: {0.01: 0.5}}.get(seed, {})
        return {
            "validation_accuracy": 0.9,
            "validation_loss": losses.get(decay, 1.0),
            "test_accuracy": 0.5 + 10 * decay,
        }

    (context,) = measured(tied)
    assert context.arms[0].seeds["choice"].tolist() == [2] + [0] * 19


def test_the_verdict_says_what_was_chosen_from_how_many_and_what_is_at_an_edge():
    claim = next(iter(parse(DIFFERENCE, WHERE).claims.values()))
    (context,) = verdicts.judge_measured(claim, measured(), (20,)).contexts
    tuned, without = context.choices
    assert (tuned.combinations, without.combinations) == (9, 3)
    assert tuned.values == {"weight_decay": 0.001}  # ten seeds each; the first of the two
    assert tuned.on_edge == ("weight_decay",)  # half of the seeds chose the largest value
    assert (without.values, without.on_edge) == ({}, ())


def test_0_is_no_edge_and_arms_without_tuned_settings_have_no_choices():
    def without_decay(settings, rate, seed, record):
        return {"validation_accuracy": 0.9 - settings["weight_decay"], "test_accuracy": 0.9}

    claim = next(iter(parse(DIFFERENCE, WHERE).claims.values()))
    (context,) = verdicts.judge_measured(claim, measured(without_decay), (20,)).contexts
    assert (context.choices[0].values, context.choices[0].on_edge) == ({"weight_decay": 0}, ())
    plain = "difference: {of: {weight_decay: 0.01}, minus: {weight_decay: 0}}", WHERE
    (context,) = verdicts.judge_measured(claim, measured(by_validation, *plain), (20,)).contexts
    assert context.choices == ()
    assert "choices" not in verdict_files.encode_case(context)


def test_no_bound_is_no_edge_but_the_smallest_bound_is():
    study = simulated(TEXT.replace("weight_decay: [0, 0.001, 0.01]", "clip_norm: [none, 0.5, 2]"))
    line = DIFFERENCE.replace("weight_decay: tuned", "clip_norm: tuned").replace("weight_decay: 0", "clip_norm: none")
    claim = next(iter(parse(line, WHERE, study=study).claims.values()))

    def preferring(value):
        def measures(settings, rate, seed, record):
            return {"validation_accuracy": 0.9 if settings["clip_norm"] == value else 0.5, "test_accuracy": 0.5}

        (context,) = measurements.measure(results(study, measures, "decays"), claim.estimand)
        return claims.choice_of(context.arms[0])

    assert [preferring(value).on_edge for value in ("none", "0.5", "2")] == [(), ("clip_norm",), ()]
    assert preferring("2").values == {"clip_norm": "2"}


def test_choices_are_written_as_the_schema_says_and_read_again():
    claim = next(iter(parse(DIFFERENCE, WHERE).claims.values()))
    judged = Verdicts("decays", (verdicts.judge_measured(claim, measured(), (20,)),))
    content = json.loads(verdict_files.to_json(judged))
    json_files.check("verdicts.json", content, load_schema("verdicts"))
    assert verdict_files.decode(content) == judged


def test_several_settings_are_chosen_together_in_both_arms_and_at_later_looks():
    (context,) = measured(by_validation, "difference: {of: {hidden: 16}, minus: {hidden: 8}}",
                          "where: {weight_decay: tuned, policy: tuned}")  # fmt: skip
    assert [arm.combinations for arm in context.arms] == [9, 9]
    (context,) = measured(by_validation, "difference: {of: {hidden: tuned, weight_decay: tuned}, minus: 50 points}",
                          "where: {policy: tuned}")  # fmt: skip
    assert context.arms[0].combinations == 18
    text = TEXT.replace("{from: 101, to: 120}", "{from: 101, looks: [20, 40]}")
    study = simulated(text.replace("hidden: [[8], [16]]", "hidden: [[8]]"))
    docket = parse(DIFFERENCE, WHERE, study=study)
    assert len(looks.tested_cells(study, docket)) == 3


@pytest.mark.parametrize(("lines", "options", "message"), [
    ((DIFFERENCE.replace("tuned", "0.01").replace("weight_decay: 0}", "momentum: tuned}"), WHERE), {},
     "minus.momentum: leaves nothing to choose: experiment \"decays\" has the single momentum 0."),
    ((DIFFERENCE, "where: {hidden: 8, learning_rate: 0.25}"), {}, "Use policy: tuned, and no other."),
    ((DIFFERENCE, "contexts: {policy: [fixed_of, fixed_minus, tuned]}", "where: {hidden: 8}"), {},
     "Use policy: tuned, and no other."),
    (("difference: {of: {hidden: 16}, minus: {hidden: 8}}", "contexts: {weight_decay: [tuned, 0]}",
     "where: {policy: tuned}"), {}, "Write weight_decay: tuned in an arm or in `where`."),
    ((DIFFERENCE, "where: {hidden: 8, policy: fixed_of}"), {}, "of: a tuned setting is chosen together with the"),
    ((DIFFERENCE.replace("tuned", "tunned"), WHERE), {}, '"tunned" is not a number from 0 to 1,000. Did you mean'),
    *(
        ((DIFFERENCE.replace("weight_decay: tuned", f"{name}: tuned"), WHERE), {}, message)
        for name, message in (
            ("dataset", "Seeds can't choose it: name its value."),
            ("checkpoint", "Known: best, last. Seeds can't choose it: name its value."),
            ("learning_rate", '"tuned" is not a number, 0 or more. Seeds choose it under policy: tuned.'),
        )
    ),
    ((DIFFERENCE, WHERE), {"metric": "octaves_near_best", "smallest": "1 octave"},
     "a tuned setting is chosen with one of them"),
])  # fmt: skip
def test_arms_whose_seeds_could_not_choose_are_refused(lines, options, message):
    assert message in message_of(lambda line: parse(line, *lines[1:], **options), lines[0])
