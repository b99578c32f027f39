"""The docket: what a claim may say, and which mistakes are reported before anything is trained."""

import math
import re
from pathlib import Path

import pytest
from support.examples import GOOD
from support.messages import message_of
from support.project import ROOT, read_yaml
from support.simulated import STUDY, simulated

from ontrial.errors import InputError
from ontrial.judge import checks, pilots
from ontrial.judge.claim import example_quantity, parse_quantity
from ontrial.judge.docket import Docket, load_docket
from ontrial.study import configuration
from ontrial.study.study import Study

WITH_DOCKET = f"docket: claims.yaml{STUDY}"
SIMULATED = simulated()


def parse(text: str, study: Study = SIMULATED, **options) -> Docket:
    return checks.parse(text, "claims.yaml", study, **options)


def error_message(old: str, new: str) -> str:
    """Return the error message for the good docket after one edit."""
    assert old in GOOD
    return message_of(parse, GOOD.replace(old, new, 1))


def test_parse_a_docket():
    docket = parse(GOOD)
    assert list(docket.claims) == ["small-is-better", "deep-is-slower"]
    assert docket.references["someone2020"]["doi"] == "10.1000/182"
    estimand = docket.claims["deep-is-slower"].estimand
    assert (estimand.smallest_effect, estimand.unit, estimand.threshold) == (1.0, "log2", 0.9)


def test_the_unit_of_the_smallest_effect_of_an_equality_says_what_is_compared():
    spec = GOOD.replace("difference: {of: {batch_size: 16}, minus:", "equality: {of: {batch_size: 16}, and:")
    spec = spec.replace("ratio: {of: {depth: 3}, over:", "equality: {of: {depth: 3}, and:")
    spec = spec.replace("fixed_minus", "fixed_and").replace("fixed_over", "fixed_and")
    points, factor = (claim.estimand for claim in parse(spec).claims.values())
    assert (points.takes_ratio, points.unit, factor.takes_ratio, factor.unit) == (False, "points", True, "log2")
    wrong = spec.replace("smallest_effect: 1 point", "smallest_effect: factor 2")
    assert 'may be 0 or negative. Write the smallest effect as in "1 point".' in message_of(parse, wrong)


DOCKETS = {
    "config.yaml": "claims.yaml",
    "one-curve.yaml": "one-curve-claims.yaml",
    "atlas.yaml": "atlas-claims.yaml",
    "law.yaml": "law-claims.yaml",
    "again.yaml": "again-claims.yaml",
}  # of our studies


@pytest.mark.parametrize("name", DOCKETS)
def test_our_studies_accept_every_claim_of_their_dockets(name):
    study = configuration.read_study(ROOT / "config" / name)
    claims = read_yaml(f"config/{DOCKETS[name]}")["claims"]
    assert list(checks.read_docket(study.docket, study).claims) == [claim["id"] for claim in claims]


@pytest.mark.parametrize("name", DOCKETS.values())
def test_our_claims_have_both_languages_a_chapter_and_known_references(name):
    content = read_yaml(f"config/{name}")
    for claim in content["claims"]:
        assert set(claim["statement"]) == set(claim["because"]) >= {"en", "ko"}, claim["id"]
        assert claim["chapter"], claim["id"]
        assert set(claim["references"]) <= set(content["references"]), claim["id"]


def test_a_study_cannot_try_an_unknown_claim():
    study = configuration.parse(WITH_DOCKET + "claims: [deep-is-slow]\n", "here/study.yaml")
    line = (WITH_DOCKET + "claims: [").count("\n") + 1
    with pytest.raises(InputError, match=rf'here/study.yaml:{line}: claims.0.: unknown claim "deep-is-slow". Did you'):
        checks.parse(GOOD, "claims.yaml", study)


def test_a_docket_that_is_missing_is_reported_where_the_study_names_it(tmp_path):
    (tmp_path / "study.yaml").write_text(WITH_DOCKET, encoding="utf-8")
    study = configuration.read_study(tmp_path / "study.yaml")
    assert study.docket
    assert message_of(checks.read_docket, study.docket, study).startswith(
        f"{tmp_path}/study.yaml:1: docket: {tmp_path}/claims.yaml: there is no such file. YAML files in that folder: "
    )


def test_a_study_needs_the_experiments_of_the_claims_it_tries_only():
    small = configuration.parse(WITH_DOCKET.replace("batches", "others") + "claims: [deep-is-slower]\n", "study.yaml")
    assert list(checks.parse(GOOD, "claims.yaml", small).claims) == ["deep-is-slower"]


BATCH = "difference: {of: {batch_size: 16}, minus: {batch_size: 256}}"
AND_POLICIES = "\n    contexts: {policy: [fixed_of, fixed_minus, tuned]"
AND_TUNED = "\n    contexts: {policy: [tuned]"
RATIO = "ratio: {of: {depth: 3}, over: {depth: [1, 2]}}"


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("id: deep-is-slower", "id: index", '10: claims.index.id: the id "index" is reserved for a page that'),
    ("smallest_effect: factor 2", "smallest_effect: factor 0", '"factor 0": a factor must be above 0.'),
    ("experiment: depths", "experiment: depth", "12: claims.deep-is-slower.experiment: unknown experiment"),
    ("metric: epochs_to_accuracy", "metric: seconds_to_accuracy",
     '13: claims.deep-is-slower.metric: "seconds_to_accuracy" is a time. Add kind: timed, or use another'),
    ("metric: epochs_to_accuracy", "kind: timed\n    metric: epochs_to_accuracy",
     '14: claims.deep-is-slower.metric: "epochs_to_accuracy" is no time. Remove kind: timed, or use another'),
    ("where: {activation", "where: {hidden: [16], activation", "16: claims.deep-is-slower.where.hidden: [16] is"),
    ("where: {activation", "where: {width: 16, activation", "Choose a width as in hidden: 16, or hidden: 16-16"),
    ("batch_size: 16}", "batchsize: 16}", "6: claims.small-is-better.difference.of.batchsize: unknown setting"),
    ("smallest_effect: 1 point", "smallest_effect: 0 points", "8: claims.small-is-better.smallest_effect: "),
    ("smallest_effect: 1 point", "smallest_effect: -1 point", '"-1 point" is not a positive effect. Write it as'),
    ("smallest_effect: factor 2", "smallest_effect: factor 0.5", '"factor 0.5" is not a factor above 1. Write it'),
    ("smallest_effect: 1 point", "smallest_effect: factor 2", '"factor 2" has the wrong unit. Write it as in "1'),
    ("smallest_effect: 1 point", "smallest_effect: much", '"much" is not a quantity, such as "1 point".'),
    ("    smallest_effect: 1 point\n", "", '2: claims.small-is-better: the key "smallest_effect" is missing'),
    ("id: deep-is-slower", "id: small-is-better", '10: claims[1].id: another claim has the id "small-is-better".'),
    ("someone2020]", "some2020]", '9: claims.small-is-better.references[0]: unknown reference "some2020".'),
    ("is slower.}", "is slower, too.}", 'unknown key "too.". Known: en, ko. Put text that contains a comma in'),
    ("    metric: test_accuracy\n", "", 'the key "metric" is missing: a measured claim needs it.'),
    ("    " + RATIO + "\n", "", "needs exactly one of difference, ratio, slope, equality, at_most; it has none."),
    ("    threshold: 0.9\n", "", '10: claims.deep-is-slower: the key "threshold" is missing: the metric'),
    ("threshold: 0.9", "threshold: 90", "14: claims.deep-is-slower.threshold: 90 is more than 1, which no"),
    (RATIO, "slope: {of: {}, along: depth}", "is infinite for some runs, so it has no slope. Compare it by ratio"),
    (BATCH + AND_POLICIES, "ratio: {of: {batch_size: 16}, over: {batch_size: 1}}" + AND_TUNED,
     '"test_accuracy" may be 0 or negative'),
    (RATIO, "equality: {of: {depth: 3}, and: 5 epochs}", "compared by their difference, which no factor"),
    (RATIO, "ratio: {of: {depth: 3}, over: 5 epochs}", 'ratio.over: "5 epochs" is not an arm, such as'),
    (BATCH + AND_POLICIES, "difference: {of: 1 point, minus: 0}" + AND_TUNED,
     "has no arm. At least one side must be an arm"),
    (BATCH + AND_POLICIES, "difference: {of: {batch_size: 16}, minus: 0.1}" + AND_TUNED,
     '"0.1" has the wrong unit. Write it as in "1 point".'),
    ("smallest_effect: 1 point", f"smallest_effect: {10**400} points", "is not a quantity, such as"),
    ("smallest_effect: 1 point", "smallest_effect: ١ point", "is not a quantity, such as"),
    ("smallest_effect: 1 point", "smallest_effect: 101 points", "is more than 100 points"),
    ("where: {activation: relu", "where: {depth: 1, activation: relu", "16: claims.deep-is-slower.where.depth:"),
    ("contexts: {policy: [fixed_of, fixed_minus, tuned]",
     "where: {policy: tuned}\n    contexts: {policy: [fixed_of, fixed_minus, tuned]",
     "7: claims.small-is-better.where.policy: contexts would override this. Remove it here or there."),
    ("depth: 3}", "depth: deep}", 'depth "deep" is not a whole number, 0 or more.'),
    ("{depth: [1, 2]}", "{depth: []}", "15: claims.deep-is-slower.ratio.over.depth: [] is not"),
])  # fmt: skip
def test_mistakes_are_reported_with_claim_and_line(old, new, expected):
    message = error_message(old, new)
    assert message.startswith("claims.yaml:")
    assert expected in message


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("batch_size: 16}", "batch_size: 8}",
     "6: claims.small-is-better.difference.of.batch_size: in the context policy fixed_of, budget epochs: "
     "selects no runs: no cell with budget epochs has batch_size 8. Available: 1, 4, 16, 64, 256, full."),
    ("where: {activation: relu, ", "where: {", "cells, which differ in activation, initialisation. Choose one,"),
    (", budget: [epochs, updates]}", "}", "selects 2 cells, which differ in experiment."),
    ("minus: {batch_size: 256}", "minus: {batch_size: 16}", "both arms select the same runs"),
    ("{policy: [fixed_of, fixed_minus, tuned], ", '{policy: [tuned], hidden: [8, "8"], ',
     '7: claims.small-is-better.contexts.hidden: the contexts 8 and "8" compare the same. Remove one'),
    ("policy: [fixed_of, fixed_minus, tuned], ", "", "its cell has 11 learning rates: add a learning_rate or a"),
    ("policy: tuned}", "policy: tuned, learning_rate: 0.1}", "has both a learning rate and a policy"),
    ("policy: tuned}", "learning_rate: 0.3}", "where.learning_rate: in the context depth 1: selects no runs"),
    ("{policy: [", "{batch_size: [1], policy: [", "contexts.batch_size: the arms set this already."),
    (RATIO, "ratio: {of: {depth: [2, 3]}, over: {depth: [1]}}", "both arms have a list for the same setting"),
])  # fmt: skip
def test_arms_must_select_runs_and_not_the_same_ones(old, new, expected):
    assert expected in error_message(old, new)


@pytest.mark.parametrize(
    ("value", "unit", "step", "number"),
    [
        (0.00005, "number", "", 5e-5),
        ("1e-5", "number", "", 1e-5),
        ("factor 1e3", "log2", "", math.log2(1000)),
        ("1 point per layer", "points", "layer", 1),
        ("0.5 points", "points", "doubling", 0.5),
        ("factor 2 per 0.1", "log2", "0.1", 1),
    ],
)
def test_a_quantity_may_have_an_exponent_and_name_the_step_of_a_slope(value, unit, step, number):
    assert parse_quantity(value, unit, step) == number


@pytest.mark.parametrize("unit", ["points", "log2", "octaves", "nats", "epochs", "updates", "loss", "number"])
def test_the_example_of_a_quantity_is_one(unit):
    assert parse_quantity(example_quantity(unit).strip('"'), unit) > 0


FIVE = STUDY.replace("{from: 101, to: 120}", "{from: 101, to: 105}")
LOOKS = STUDY.replace("{from: 101, to: 120}", "{from: 101, looks: [20, 40, 80]}")


@pytest.mark.parametrize(("old", "new"), [("depth: 3}", "depth: 3.0}"), ("depth: 3}", "hidden: 8}")])
def test_numbers_may_be_written_as_in_a_study(old, new):
    text = GOOD.replace(old, new).replace("over: {depth: [1, 2]}", "over: {depth: 2}")
    parse(text)


SLOPE = """
claims:
- id: mine
  statement: {{en: More is better.}}
  experiment: {experiment}
  metric: {metric}
  slope: {{of: {of}, along: {along}}}
  smallest_effect: {effect}
"""


def slope(along: str, of: str, experiment: str = "depths", metric: str = "test_accuracy", effect: str = "1 point"):
    return SLOPE.format(along=along, of=of, experiment=experiment, metric=metric, effect=effect)


OTHERS = "activation: relu, initialisation: he, objective: softmax+mse, policy: tuned"


@pytest.mark.parametrize(("text", "expected"), [
    (slope("activation", f"{{{OTHERS}}}"), '7: claims.mine.slope.along: unknown axis "activation".'),
    (slope("batch_size", f"{{{OTHERS}, depth: 1}}"), "needs at least two values of it; the arm selects one."),
    (slope("weight_decay", f"{{{OTHERS}, depth: 1}}"), "and no doubling leads from 0 to another number."),
    (slope("width", f"{{{OTHERS}}}"), 'needs hidden layers of one width; a cell has hidden "none". Choose a depth'),
    (slope("batch_size", "{policy: tuned}", "[batches, batches-updates]"),
     "selects 9 cells, which differ in experiment, batch_size."),
    (slope("depth", f"{{{OTHERS}}}", effect="0.03 points"), 'the slope of the metric "test_accuracy" changes in'),
])  # fmt: skip
def test_slopes_need_numbers_that_vary_alone(text, expected):
    assert expected in message_of(parse, text)


RELU, TANH = (f"activation: {name}, initialisation: glorot, objective: softmax+mse" for name in ("relu", "tanh"))


def of_minus(of: str, minus: str, along: str = "depth", rates: str = "policy: tuned", **options: str) -> str:
    """Return a docket with the slope of a difference."""
    text = slope(along, f"{{{of}}}, minus: {minus}", **options)
    return text.replace("  smallest", f"  where: {{{rates}}}\n  smallest")


@pytest.mark.parametrize(("text", "expected"), [
    (of_minus(RELU, "5 points"), 'slope.minus: "5 points" is not a mapping from settings to values'),
    (of_minus(RELU, f"{{{RELU}}}"), "both arms select the same runs, so there is nothing to compare."),
    (of_minus(RELU, f"{{{TANH}}}"), "both arms select the same networks, since relu and tanh are the same"),
    (of_minus(RELU, f"{{{RELU.replace('mse', 'cross_entropy')}}}", metric="test_loss", effect="1 loss"),
     "the arms minimise different losses"),
    (of_minus("batch_size: 64", "{batch_size: 16}", "batch_size", experiment="batches"),
     "a slope along batch_size needs at least two values of it; the arm selects one."),
    (of_minus("budget: epochs", "{budget: updates}", "batch_size", experiment="[batches, batches-updates]"),
     "slope.minus: the sides of a slope must have the same values of its axis, and along batch_size they have "
     "1, 4, 16, 64, 256, 1150 and 1, 16, 256. Choose experiments"),
    (of_minus(RELU, f"{{{TANH}}}", rates="policy: fixed_of"), '"fixed_of": a slope compares arms at their own'),
    (of_minus(RELU, f"{{{TANH}}}", rates="learning_rate: 0.1"), "the arms have learning rates of your choice"),
])  # fmt: skip
def test_the_sides_of_a_slope_differ_alike_along_its_axis(text, expected):
    assert expected in message_of(parse, text)


def test_a_slope_may_be_finer_than_one_test_sample_and_differs_in_its_axis_alone():
    # one of 1,797 samples is 0.056 points, and the outermost of four depths has a weight of 0.3 in the slope
    assert parse(slope("depth", f"{{{OTHERS}}}", effect="0.04 points")).claims
    study = simulated(STUDY.replace("record: 2", "optimiser: [sgd, momentum]", 1))
    with pytest.raises(InputError, match=r"momentum must not differ in anything else\. They differ in optimiser\."):
        parse(slope("momentum", "{batch_size: 16, policy: tuned}", "batches"), study)


TWO_DATASETS = STUDY.replace("dataset: [digits]", "dataset: [digits, moons]", 1).replace("256, full]", "full]", 1)
ACROSS = """
claims:
- {id: harder, statement: {en: Digits are harder.}, experiment: batches, metric: test_accuracy,
  difference: {of: {dataset: moons}, minus: {dataset: digits}}, where: {batch_size: 16, policy: tuned},
  smallest_effect: 2 points}
"""


def test_arms_of_different_data_sets_are_refused():
    message = message_of(parse, ACROSS, simulated(TWO_DATASETS))
    assert "the arms train on different data sets, moons and digits, so a seed" in message


CHAPTER = "chapters:\n  own: {en: Ours, ko: 우리 것}\n"


def test_a_docket_may_have_chapters_of_its_own():
    docket = parse(GOOD.replace("    experiment: depths", "    chapter: own\n    experiment: depths") + CHAPTER)
    assert docket.chapters == {"own": {"en": "Ours", "ko": "우리 것"}}
    assert [claim.chapter for claim in docket.claims.values()] == [None, "own"]
    assert docket.claims["deep-is-slower"].hash == parse(GOOD).claims["deep-is-slower"].hash


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD + CHAPTER.replace("own:", "Own:"), "is not a name of lower-case letters, digits and hyphens"),
        (GOOD + CHAPTER.replace("en: Ours, ", ""), 'chapters.own: the key "en" is missing'),
    ],
)
def test_mistakes_in_chapters_are_reported(text, expected):
    assert expected in message_of(parse, text)


def test_a_design_with_too_few_seeds_is_refused():
    message = message_of(parse, GOOD, simulated(FIVE))
    # 2 / 2⁸ is less than 5 % shared by six contexts, and 2 / 2⁷ than 5 % shared by two
    assert "5 confirmatory seeds cannot decide it" in message
    assert "99.167%. Use at least 8 seeds, or fewer contexts." in message
    assert "97.500%. Use at least 7 seeds, or fewer contexts." in message
    eight = STUDY.replace("{from: 101, to: 120}", "{from: 101, to: 108}")
    assert parse(GOOD, simulated(eight)).claims


def octaves(effect: str) -> str:
    return claim("batches", "octaves_near_best", BATCH, f"smallest_effect: {effect}")


def test_grids_and_test_sets_too_coarse_for_the_smallest_effect_are_refused():
    with pytest.raises(
        InputError, match=r"changes in steps of 1 octave, more than 0\.5 octaves, half of the smallest effect"
    ):
        parse(octaves("1 octave"))
    assert parse(octaves("2 octaves")).claims
    halves = STUDY.replace("{from: -8, to: 2}", "{from: -8, to: 2, step: 0.5}")
    assert parse(octaves("1 octave"), simulated(halves)).claims
    accuracy = claim("batches", "test_accuracy", BATCH, "where: {policy: tuned}", "smallest_effect: 0.1 points")
    with pytest.raises(
        InputError, match=r"more than 0\.05 points, half of the smallest effect\. Use a data set with more test"
    ) as error:
        parse(accuracy)
    enough = re.search(r"at least (\S+ points)\.$", str(error.value))[1]
    assert parse(accuracy.replace("0.1 points", enough)).claims


def test_the_hash_covers_the_looks_and_that_of_the_test_does_not():
    once, thrice = parse(GOOD).claims["small-is-better"], parse(GOOD, simulated(LOOKS)).claims["small-is-better"]
    assert (once.looks, thrice.looks) == ((), (20, 40, 80))
    assert once.hash != thrice.hash
    assert once.test_hash == thrice.test_hash == once.hash


BUDGETS = """
claims:
- {id: mine, statement: {en: Small batches are better.}, experiment: [batches, batches-updates],
  metric: test_accuracy, difference: {of: {batch_size: 16}, minus: {batch_size: 256}},
  contexts: {budget: [epochs, updates]}, where: {policy: tuned}, smallest_effect: 1 point}
"""


def with_equal_updates(old: str, new: str) -> Study:
    """Return the study with a change in the experiment in which batches have equal updates."""
    head, tail = STUDY.split("  batches-updates:")
    return simulated(head + "  batches-updates:" + tail.replace(old, new, 1))


def test_only_the_arms_of_a_context_need_the_same_seeds():
    parse(BUDGETS, with_equal_updates("{from: 101, to: 120}", "{from: 301, to: 320}"))
    with pytest.raises(InputError, match=r"have different numbers of seeds, so that it has no common looks\."):
        parse(BUDGETS, with_equal_updates("{from: 101, to: 120}", "{from: 101, to: 140}"))


def test_a_docket_is_the_same_after_a_round_trip_through_json(tmp_path):
    docket = parse(GOOD + CHAPTER + "from_notes: true\n", simulated(LOOKS))
    (tmp_path / "docket.json").write_text(docket.to_json(), encoding="utf-8")
    assert load_docket(tmp_path / "docket.json") == docket


def claim(experiment: str, metric: str, comparison: str, *other_lines: str) -> str:
    return "\n  ".join(
        (
            f"claims:\n- id: mine\n  statement: {{en: It is so.}}\n  experiment: {experiment}",
            f"metric: {metric}",
            comparison,
            *other_lines,
        )
    )


def judged(experiment: str, metric: str, of: str, minus: str, where: str, effect: str = "1 point") -> str:
    """Return a docket with a claim about a difference."""
    difference = f"difference: {{of: {of}, minus: {minus}}}"
    return claim(experiment, metric, difference, f"where: {{{where}}}", f"smallest_effect: {effect}")


RELU_HE = "policy: tuned, activation: relu, initialisation: he"
SOFTMAX = "{objective: softmax+mse}"


@pytest.mark.parametrize(("text", "expected"), [
    (judged("[batches, start]", "test_accuracy", "{experiment: batches}", "{experiment: start, depth: 1}",
     f"batch_size: 16, {RELU_HE}"), "have different confirmatory seeds, so their runs can't be paired"),
    (judged("tour", "test_accuracy", "{batch_size: 16}", "{batch_size: full}", "learning_rate: 0.25"),
     "this experiment has no confirmatory seeds: it is descriptive, and no verdict can rest on it."),
    (judged("start", "test_accuracy", "{depth: 1}", "{depth: 3}", RELU_HE),
     'the metric "test_accuracy" needs training, but the budget of experiment "start" is 0.'),
    (judged("batches", "dead_units", "{batch_size: 16}", "0", "policy: tuned"),
     'the metric "dead_units" needs the probe units: add it to experiment "batches".'),
    (judged("depths", "dead_units", "{depth: 0}", "0", f"objective: softmax+mse, {RELU_HE}"),
     'the metric "dead_units" needs at least 1 hidden layer; the arm has 0.'),
    (judged("depths", "test_nll", "{objective: identity+mse}", SOFTMAX, f"depth: 1, {RELU_HE}", "0.05 nats"),
     'output "identity" gives no probabilities, which the metric "test_nll" needs.'),
    (judged("depths", "test_loss", SOFTMAX, "{loss: cross_entropy}", f"depth: 1, {RELU_HE}", "0.05 loss"),
     "the arms minimise different losses, whose values can't be compared. Use test_nll."),
])  # fmt: skip
def test_metrics_and_comparisons_require_what_they_need(text, expected):
    assert expected in message_of(parse, text)


def test_a_policy_may_have_nothing_to_choose():
    assert parse(judged("start", "gradient_per_layer", "{depth: 3}", "0", RELU_HE, "factor 1.25")).claims


def timed(
    where: str = "task: activation, dataset: digits, hidden: '32', batch_size: 32",
    compared: str = "ratio: {of: {activation: tanh}, over: {activation: relu}}",
    effect: str = "factor 1.25",
) -> list[str]:
    return ["kind: timed", "metric: cost", compared, f"where: {{{where}}}", f"smallest_effect: {effect}"]


@pytest.mark.parametrize(("lines", "expected"), [
    (["kind: by_construction"], 'the key "identity" is missing: a claim of kind by_construction needs one of'),
    (["kind: by_construction", "identity: relu-slope", "metric: cost"], "a claim of kind by_construction takes"),
    (["kind: not_testable"], 'the key "because" is missing: a claim that is not testable must say why.'),
    (["kind: guessed"], '"guessed" is not one of measured, timed, by_construction and not_testable.'),
    (timed(compared="ratio: {of: factor 2, over: {activation: relu}}"), 'ratio.of: "factor 2" is not an arm,'),
    (timed(), "a timed claim needs its times in the file .times.json beside the docket, which has none."),
    (timed(compared="difference: {of: {activation: tanh}, minus: {activation: relu}}", effect="1 point"),
     "a timed claim compares times by their ratio."),
])  # fmt: skip
def test_each_kind_of_claim_needs_its_keys(lines, expected):
    assert expected in message_of(parse, "\n  ".join(["claims:\n- id: mine\n  statement: {en: It is so.}", *lines]))


def test_times_are_those_of_the_contexts_of_their_claim():
    text = "\n  ".join(["claims:\n- id: mine\n  statement: {en: It is so.}", *timed(), "contexts: {near: [32, 64]}"])
    arms = [{"seeds": [0, 5], "numbers": [3, 3, 4, 3, 3, 3]}, {"seeds": [0, 5], "numbers": [1, 1, 2, 1, 1, 1]}]
    contexts = [{"settings": {"near": near}, "arms": arms} for near in (32, 64)]
    times = {"mine": {"id": "mine", "contexts": contexts}}
    assert parse(text, measured_times=times).times == times
    with pytest.raises(InputError, match="its times are those of other contexts"):
        parse(text, measured_times={"mine": {"id": "mine", "contexts": contexts[:1]}})


def test_all_mistakes_are_reported_at_once():
    message = error_message("metric: test_accuracy", "metric: accuracy")
    both = GOOD.replace("metric: test_accuracy", "metric: accuracy").replace("relu,", "rellu,")
    with pytest.raises(InputError) as error:
        parse(both)
    assert message in str(error.value)
    assert 'unknown activation "rellu"' in str(error.value)


CHANGES = """\
changes:
  deep-is-slower:
    - {old: {en: Depth 9.}, new: {en: Depth 3., ko: 깊이 3.}, why: {en: Networks of depth 9 learnt nothing.}}
"""


def test_what_pilots_changed_is_read_and_checked_with_the_docket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("claims.yaml").write_text(GOOD, encoding="utf-8")
    assert pilots.find("claims.yaml") is None
    Path("claims.pilots.yaml").write_text(CHANGES, encoding="utf-8")
    path = pilots.find("claims.yaml")
    assert path == Path("claims.pilots.yaml")
    (change,) = pilots.read_changes(path)["deep-is-slower"]
    assert (change.old, change.new["ko"]) == ({"en": "Depth 9."}, "깊이 3.")
    Path("claims.pilots.yaml").write_text(CHANGES.replace("deep-is", "deep-was"), encoding="utf-8")
    message = message_of(checks.read_docket, "claims.yaml", SIMULATED)
    assert message.startswith('claims.pilots.yaml:2: changes.deep-was-slower: unknown claim "deep-was-slower".')
    Path("claims.pilots.yaml").write_text(CHANGES.replace("why", "reason"), encoding="utf-8")
    assert 'the key "why" is missing' in message_of(checks.read_docket, "claims.yaml", SIMULATED)


QUOTED = """\
    quotations:
      - {words: Small batches win., source: course, place: part 1}
sources:
  course: {title: A course, author: Somebody, url: "https://example.org"}
references:
"""


def test_quotations_of_known_sources_with_their_neighbours_and_threads_are_read():
    docket = parse(GOOD.replace("references:\n", "    asked_by: [https://example.org/1]\n" + QUOTED, 1))
    claim = docket.claims["deep-is-slower"]
    assert claim.quotations == ({"words": "Small batches win.", "source": "course", "place": "part 1"},)
    assert claim.asked_by == ("https://example.org/1",)
    assert docket.sources["course"]["author"] == "Somebody"
    more = "before: So they say., after: Always., after_ko: 늘 그렇다., condition: {en: Tuned.}, condition_tested: true"
    text = QUOTED.replace("place: part 1", f"place: part 1, {more}")
    (quotation,) = parse(GOOD.replace("references:\n", text, 1)).claims["deep-is-slower"].quotations
    assert (quotation["before"], quotation["condition_tested"]) == ("So they say.", True)


def test_a_claim_says_in_how_many_contexts_it_holds_and_which_claim_it_tries_again():
    plain = parse(GOOD).claims["deep-is-slower"]
    claim = parse(GOOD.replace("smallest_effect: factor 2", "smallest_effect: factor 2\n    quantifier: most"))
    assert claim.claims["deep-is-slower"].estimand.quantifier == "most"
    assert claim.claims["deep-is-slower"].test_hash != plain.test_hash
    again = parse(GOOD.replace("smallest_effect: factor 2", "smallest_effect: factor 2\n    replaces: deep"))
    assert (again.claims["deep-is-slower"].replaces, again.claims["deep-is-slower"].hash) == ("deep", plain.hash)


def test_a_docket_of_today_says_of_each_quoted_claim_in_how_many_contexts_it_holds():
    older = {"claims.yaml", "atlas-claims.yaml", "one-curve-claims.yaml", "size-claims.yaml"}
    for path in set((ROOT / "config").glob("**/*-claims.yaml")) - {ROOT / "config" / name for name in older}:
        for claim in read_yaml(str(path.relative_to(ROOT)))["claims"]:
            assert "quantifier" in claim or "quotations" not in claim, f"{path.name}: {claim['id']}"


def test_a_claim_that_is_tried_again_is_in_a_docket():
    files = (ROOT / "config").glob("**/*claims.yaml")
    listed = [claim for path in files for claim in read_yaml(str(path.relative_to(ROOT)))["claims"]]
    again = {claim["replaces"]: claim["id"] for claim in listed if "replaces" in claim}
    assert again.keys() <= {claim["id"] for claim in listed}
    assert all(old != new for old, new in again.items())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("place: part 1", "place: part 1, condition_tested: true", "condition and condition_tested belong together."),
        ("source: course", "source: curse", 'quotations[0].source: unknown source "curse".'),
        ("Small batches win.", "one … " + "two " * 15, "quotations[0].words: 16 words are too many: quote at most 15."),
    ],
)
def test_quotations_of_unknown_sources_and_long_ones_are_refused(old, new, message):
    with pytest.raises(InputError, match=re.escape(message)):
        parse(GOOD.replace("references:\n", QUOTED.replace(old, new), 1))


def test_the_hash_covers_what_is_claimed_and_tried_but_no_remarks_and_no_order():
    def hash_after_edit(old: str, new: str) -> str:
        assert old in GOOD
        return parse(GOOD.replace(old, new, 1)).claims["small-is-better"].hash

    published = parse(GOOD).claims["small-is-better"].hash
    assert hash_after_edit("references: [someone2020]", "because: {en: So it is.}") == published
    assert hash_after_edit("more accurate", "better") != published
    assert hash_after_edit("1 point", "2 points") != published
    keys = ("id: mine", "statement: {en: It is so., ko: 그렇다.}", "kind: not_testable", "because: {en: So it is.}")
    published = "e81d93210691f21f9203996edb6ed34dbc5808752d69b51f7c3de9bfeb735582"
    for ordered in (keys, keys[::-1]):
        docket = parse("\n  ".join([f"claims:\n- source: [노트]\n  {ordered[0]}", *ordered[1:]]))
        assert docket.claims["mine"].hash == published


ONE_RATE = "a learning rate that arms share suits one of them, and that decides the comparison."


def batches(*lines: str, form: str = BATCH, experiment: str = "batches") -> str:
    return claim(experiment, "test_accuracy", form, *lines, "smallest_effect: 1 point")


@pytest.mark.parametrize(("text", "expected"), [
    (batches("where: {policy: fixed}"), 'where.policy: "fixed" does not say whose rate the arms share:'),
    (batches("contexts: {policy: [tuned, linear_minus, fixed_of]}"),
     f'contexts.policy: "fixed_minus" and "linear_of" are missing: {ONE_RATE} Judge the claim at the rates of '
     "both: contexts: {policy: [fixed_of, fixed_minus, linear_of, linear_minus, tuned]}."),
    (batches("contexts: {policy: [fixed_of, fixed_over, tuned]}"), 'contexts.policy[1]: "fixed_over" names no'),
    (batches("contexts: {learning_rate: [0.125, 0.25]}"),
     f"all learning rates of the list may suit the same arm: {ONE_RATE} Instead, judge the claim at the rates "
     "of each: contexts: {policy: [fixed_of, fixed_minus, tuned]}. Or keep the list, and add a claim"),
    (batches(form="difference: {of: {batch_size: 16, policy: fixed_of}, minus: 0}"),
     '"fixed_of": a single arm shares its learning rate with no other. Use policy: tuned.'),
    (batches(form="difference: {of: {batch_size: 16, policy: tuned}, minus: {batch_size: 256}}"),
     "difference.of.policy: a policy is for all arms. Move it to contexts, or to `where`."),
    (batches("where: {learning_rate: 0.125}"), f"the arms have learning rates of your choice: {ONE_RATE} Instead,"),
    (batches(form="difference: {of: {batch_size: 16, learning_rate: 0.5}, minus: {batch_size: 4}}"),
     "its cell has 11 learning rates: add a learning_rate or a policy (fixed_of, fixed_minus, linear_of"),
])  # fmt: skip
def test_no_arm_alone_decides_the_learning_rates_of_all(text, expected):
    assert expected in message_of(parse, text)


LISTED = batches("contexts: {learning_rate: [0.125, 0.25], budget: [epochs]}")
OWN = batches("contexts: {policy: [tuned], budget: [epochs]}").removeprefix("claims:").replace("mine", "same")


def test_a_claim_at_other_settings_does_not_ask_at_the_own_rates_of_one_with_a_list():
    for old, new in (("budget: [epochs]", "budget: [epochs], loss: [cross_entropy]"), ("1 point", "2 points")):
        assert "may suit the same arm" in message_of(parse, LISTED + OWN.replace(old, new))


@pytest.mark.parametrize(
    "text",
    [
        batches("contexts: {policy: [fixed_of, fixed_minus]}"),
        LISTED + OWN,
        batches("contexts: {learning_rate: [0.125]}", form="difference: {of: {batch_size: 16}, minus: 0}"),
        batches("where: {batch_size: 16}", form="difference: {of: {learning_rate: 1}, minus: {learning_rate: 0.5}}"),
    ],
)
def test_arms_may_share_the_rate_of_each_or_several_rates_in_turn(text):
    assert parse(text).claims


def test_an_experiment_with_a_single_learning_rate_compares_no_arms():
    single = simulated(STUDY.replace("powers_of_two: {from: -8, to: 2}", "powers_of_two: {from: -3, to: -3}"))
    for rate in ("", "where: {policy: tuned}", "where: {learning_rate: 0.125}"):
        message = message_of(parse, batches(rate), single)
        assert f'experiment "batches" has a single learning rate: {ONE_RATE} Add others, and judge the' in message
    assert parse(batches(form="difference: {of: {batch_size: 16}, minus: 0}"), single).claims


@pytest.mark.parametrize(("old", "new", "text", "expected"), [
    ("powers_of_two: {from: -8, to: 2}", "powers_of_two: {from: -3, to: -2, step: 0.5}",
     batches("contexts: {policy: [tuned, linear_of, linear_minus]}"),
     "policy linear gives an arm 16 times the rate of another, and no learning rate of experiment"),
    ("learning_rates: [0.1, 0.2, 0.4]", "learning_rates: [0.1, 0.10001]", GOOD,
     'the learning rates of experiment "depths" differ by a factor of 1 at most, so that no arm can'),
    ("{from: 101, to: 120}", "{from: 101, looks: [4, 40]}", batches("where: {policy: tuned}"),
     "the first of the looks [4, 40] cannot decide it, because an interval of so few seeds has no ends at the "
     "level that it needs. Let the first look have at least 6 seeds."),
    ("", "", batches("where: {policy: tuned}").replace("1 point", "100 points"),
     '"100 points" is as much as a difference can be, so that none is certain to be more.'),
])  # fmt: skip
def test_a_design_that_could_show_nothing_is_refused(old, new, text, expected):
    assert expected in message_of(parse, text, simulated(STUDY.replace(old, new) if old else STUDY))


def failures(form: str, effect: str) -> str:
    return claim("batches", "fails", form, "where: {policy: tuned}", f"smallest_effect: {effect}")


FAILURES_EQUAL = "equality: {of: {batch_size: 16}, and: {batch_size: 256}}"


@pytest.mark.parametrize(
    ("form", "refused", "accepted", "best"),
    [
        (FAILURES_EQUAL, "10 points", "20 points", "no run of either arm fails"),
        (BATCH, "95 points", "10 points", "all runs of one arm fail and none of the other"),
    ],
)
def test_a_share_of_failures_that_no_result_could_show_is_refused(form, refused, accepted, best):
    # Without failures among 20 seeds, the interval of the difference at 90 % ends at ±11.9 points.
    assert f"20 seeds could not support it even if {best}, because" in message_of(parse, failures(form, refused))
    assert parse(failures(form, accepted)).claims


def test_shares_of_failures_have_no_slope():
    assert "a slope is of numbers" in message_of(parse, failures("slope: {of: {}, along: batch_size}", "10 points"))
