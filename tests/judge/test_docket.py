"""The docket: what a claim may say, and what is refused before anything is trained."""

import pytest
import yaml
from support.examples import GOOD
from support.project import ROOT
from support.simulated import STUDY, simulated

from ontrial.errors import InputError
from ontrial.judge import checks
from ontrial.judge.docket import Docket
from ontrial.study import configuration
from ontrial.study.study import Study

WITH_DOCKET = f"docket: claims.yaml{STUDY}"
MADE = simulated()


def tried(text: str, made: Study = MADE) -> Docket:
    return checks.parse(text, "claims.yaml", made)


def refusal(old: str, new: str) -> str:
    """What is said of the good docket after one edit."""
    assert old in GOOD
    with pytest.raises(InputError) as refused:
        tried(GOOD.replace(old, new, 1))
    return str(refused.value)


def test_a_claim_is_data():
    found = tried(GOOD)
    assert list(found.claims) == ["small-is-better", "deep-is-slower"]
    assert found.references["someone2020"]["doi"] == "10.1000/182"
    estimand = found.claims["deep-is-slower"].estimand
    assert (estimand.smallest_effect, estimand.unit, estimand.threshold) == (1.0, "log2", 0.9)


def test_every_claim_of_the_default_study_is_accepted_by_it():
    made = configuration.read(ROOT / "config/config.yaml")
    claims = yaml.safe_load((ROOT / "config/claims.yaml").read_text(encoding="utf-8"))["claims"]
    assert list(checks.read(made.docket, made).claims) == [claim["id"] for claim in claims]


def test_our_claims_are_stated_and_explained_in_both_languages_and_cite_what_exists():
    content = yaml.safe_load((ROOT / "config/claims.yaml").read_text(encoding="utf-8"))
    for claim in content["claims"]:
        assert set(claim["statement"]) == set(claim["because"]) >= {"en", "ko"}, claim["id"]
        assert claim["chapter"], claim["id"]
        assert set(claim["references"]) <= set(content["references"]), claim["id"]


def test_a_study_may_try_some_of_the_claims():
    made = configuration.parse(WITH_DOCKET + "claims: [deep-is-slower]\n", "here/study.yaml")
    assert list(checks.parse(GOOD, "claims.yaml", made).claims) == ["deep-is-slower"]


def test_a_study_that_asks_for_an_unknown_claim_is_refused():
    made = configuration.parse(WITH_DOCKET + "claims: [deep-is-slow]\n", "here/study.yaml")
    with pytest.raises(InputError, match=r'here/study.yaml: claims: unknown claim "deep-is-slow". Did you mean'):
        checks.parse(GOOD, "claims.yaml", made)


def test_a_study_that_lacks_the_experiments_of_other_claims_can_try_its_own():
    small = configuration.parse(WITH_DOCKET.replace("batches", "others") + "claims: [deep-is-slower]\n", "study.yaml")
    assert list(checks.parse(GOOD, "claims.yaml", small).claims) == ["deep-is-slower"]


BATCH = "difference: {of: {batch_size: 16}, minus: {batch_size: 256}}"
RATIO = "ratio: {of: {depth: 3}, over: {depth: [1, 2]}}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "experiment: depths",
            "experiment: depth",
            '12: claims.deep-is-slower.experiment: unknown experiment "depth". Did you mean "depths"?',
        ),
        (
            "metric: test_accuracy",
            "metric: accuracy",
            '5: claims.small-is-better.metric: unknown metric "accuracy". Did you mean "test_accuracy"?',
        ),
        ("policy: [fixed", "policy: [fixd", '7: claims.small-is-better.contexts.policy[0]: unknown policy "fixd". Did'),
        ("{policy: [", "{polcy: [", '7: claims.small-is-better.contexts.polcy: unknown context "polcy". Did you mean'),
        (
            "activation: relu",
            "activation: rellu",
            '16: claims.deep-is-slower.where.activation: unknown activation "rellu"',
        ),
        ("batch_size: 16}", "batchsize: 16}", "6: claims.small-is-better.difference.of.batchsize: unknown setting"),
        ("smallest_effect: 1 point", "smallest_effect: 0 points", "8: claims.small-is-better.smallest_effect: "),
        (
            "smallest_effect: 1 point",
            "smallest_effect: -1 point",
            '"-1 point" is not positive: the smallest effect must be',
        ),
        ("smallest_effect: factor 2", "smallest_effect: factor 1", '"factor 1" is not positive'),
        ("smallest_effect: factor 2", "smallest_effect: factor 0", '"factor 0": the unit here is that of "factor 2".'),
        ("smallest_effect: 1 point", "smallest_effect: factor 2", '"factor 2": the unit here is that of "1 point".'),
        ("smallest_effect: 1 point", "smallest_effect: much", '"much" is no quantity, such as "1 point".'),
        ("    smallest_effect: 1 point\n", "", '2: claims.small-is-better: the key "smallest_effect" is missing'),
        ("id: deep-is-slower", "id: small-is-better", '10: claims[1].id: another claim has the id "small-is-better".'),
        ("someone2020]", "some2020]", '9: claims.small-is-better.references[0]: unknown reference "some2020".'),
        ("statement: {en: D", "statment: {en: D", '11: claims.deep-is-slower.statment: unknown key "statment".'),
        ("    metric: test_accuracy\n", "", 'the key "metric" is missing: a measured claim needs it.'),
        ("    experiment: depths\n", "", 'the key "experiment" is missing: a measured claim needs it.'),
        ("    " + RATIO + "\n", "", "needs exactly one of difference, ratio, slope; has none."),
        ("    threshold: 0.9\n", "", '10: claims.deep-is-slower: "epochs_to_accuracy" needs a threshold.'),
        (
            "threshold: 0.9",
            "threshold: 90",
            "14: claims.deep-is-slower.threshold: 90 is not a number above 0, at most 1.",
        ),
        (RATIO, "difference: {of: {depth: 3}, minus: {depth: 1}}", "is infinite for a run that never gets there"),
        (BATCH, "ratio: {of: {batch_size: 16}, over: {batch_size: 1}}", '"test_accuracy" may be 0 or negative'),
        (BATCH, "difference: {of: 1 point, minus: 0}", "compares two numbers: one of them must be an arm."),
        (BATCH, "difference: {of: {batch_size: 16}, minus: 0.1}", '"0.1": the unit here is that of "1 point".'),
        ("depth: 3}", "depth: deep}", 'depth "deep" is not a whole number, 0 or more.'),
        ("batch_size: 16}", "batch_size: many}", '"many" is not a whole number from 1 up, or full.'),
        ("{depth: [1, 2]}", "{depth: []}", "15: claims.deep-is-slower.ratio.over.depth: [] is not"),
    ],
)
def test_a_mistake_is_told_with_the_claim_and_its_line(old, new, said):
    message = refusal(old, new)
    assert message.startswith("claims.yaml:")
    assert said in message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "batch_size: 16}",
            "batch_size: 8}",
            "6: claims.small-is-better.difference.of.batch_size: in the context policy fixed, budget epochs: "
            "selects no runs: no cell with budget epochs has batch_size 8. There is: 1, 4, 16, 64, 256, full.",
        ),
        (
            "depth: 3}",
            "depth: 7}",
            "selects no runs: no cell with activation relu, initialisation own, objective softmax+mse",
        ),
        (
            "where: {activation: relu, ",
            "where: {",
            "cells, which differ in activation, initialisation. Say which, in the arm",
        ),
        (", budget: [epochs, updates]}", "}", "selects 2 cells, which differ in experiment."),
        ("minus: {batch_size: 256}", "minus: {batch_size: 16}", "both arms are the same runs."),
        ("over: {depth: [1, 2]}", "over: {depth: [1, 3]}", "in the context depth 3: both arms are the same runs."),
        ("policy: [fixed, tuned], ", "", "its cell has 11 learning rates: give a learning_rate or a policy"),
        ("policy: tuned}", "policy: tuned, learning_rate: 0.1}", "has both a learning rate and a policy"),
        ("policy: tuned}", "learning_rate: 0.3}", "where.learning_rate: in the context depth 1: selects no runs"),
        ("{policy: [", "{batch_size: [1], policy: [", "contexts.batch_size: the arms say it themselves."),
        (RATIO, "ratio: {of: {depth: [2, 3]}, over: {depth: [1]}}", "both arms have a list for the same setting"),
        (
            BATCH,
            "difference: {of: {depth: [1, 2]}, minus: {batch_size: 256}}",
            "difference.of.depth: in the context policy fixed, budget epochs, depth 2: selects no runs: no cell with",
        ),
        (BATCH, "difference: {of: {batch_size: [16, 64]}, minus: {batch_size: 1}}", "its policy needs a reference arm"),
    ],
)
def test_arms_that_select_no_runs_or_the_same_are_refused(old, new, said):
    assert said in refusal(old, new)


def claim(experiment: str, metric: str, comparison: str, *more: str) -> str:
    return "\n  ".join(
        (
            f"claims:\n- id: mine\n  statement: {{en: It is so.}}\n  experiment: {experiment}",
            f"metric: {metric}",
            comparison,
            *more,
        )
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            claim(
                "[batches, start]",
                "test_accuracy",
                "difference: {of: {experiment: batches, policy: tuned}, minus: {experiment: start, depth: 1}}",
                "where: {batch_size: 16, activation: relu, initialisation: he}",
                "smallest_effect: 1 point",
            ),
            "have different confirmatory seeds, so their runs can't be paired",
        ),
        (
            claim(
                "tour",
                "test_accuracy",
                "difference: {of: {batch_size: 16}, minus: {batch_size: full}}",
                "where: {learning_rate: 0.25}",
                "smallest_effect: 1 point",
            ),
            "an experiment without confirmatory seeds is descriptive: no verdict rests on it.",
        ),
        (
            claim(
                "batches",
                "test_accuracy",
                "difference: {of: {batch_size: 16}, minus: {batch_size: 256}}",
                "where: {policy: fixed}",
                "reference: {activation: tanh}",
                "smallest_effect: 1 point",
            ),
            "its reference arm selects no runs: no cell with batch_size 16 has activation tanh. There is: relu.",
        ),
        (
            claim(
                "start",
                "test_accuracy",
                "difference: {of: {depth: 1}, minus: {depth: 3}}",
                "where: {activation: relu, initialisation: he, policy: tuned}",
                "smallest_effect: 1 point",
            ),
            None,  # one rate alone: the policy has nothing to choose
        ),
        (
            claim(
                "batches",
                "dead_units",
                "difference: {of: {batch_size: 16}, minus: 0}",
                "where: {policy: tuned}",
                "smallest_effect: 1 point",
            ),
            'the metric "dead_units" needs the probe units: add it to experiment "batches".',
        ),
        *(
            (
                claim(
                    "depths",
                    metric,
                    "difference: {of: {depth: 0}, minus: 0}",
                    "where: {policy: tuned, activation: relu, initialisation: he, objective: softmax+mse}",
                    "smallest_effect: 1 point",
                ),
                f'the metric "{metric}" needs 1 hidden layers or more.',
            )
            for metric in ("dead_units", "saturation")
        ),
        (
            claim(
                "batches",
                "test_accuracy",
                "difference: {of: {policy: tuned}, minus: {policy: linear}}",
                "where: {batch_size: 16}",
                "reference: {batch_size: 16}",
                "smallest_effect: 1 point",
            ),
            "both arms are the same runs.",  # the reference arm, whose rate no policy scales
        ),
        (
            claim(
                "batches",
                "test_accuracy",
                "difference: {of: {policy: tuned}, minus: {policy: linear}}",
                "where: {batch_size: 64}",
                "reference: {batch_size: 16}",
                "smallest_effect: 1 point",
            ),
            None,
        ),
        *(
            (
                claim(
                    "start",
                    metric,
                    "difference: {of: {depth: 1}, minus: 0}",
                    "where: {activation: relu, initialisation: he}",
                    "smallest_effect: factor 2",
                ),
                f'the metric "{metric}" needs 2 hidden layers or more.',
            )
            for metric in ("gradient_log_ratio", "gradient_change")
        ),
        (
            claim(
                "depths",
                "test_nll",
                "difference: {of: {objective: identity+mse}, minus: {objective: softmax+mse}}",
                "where: {policy: tuned, activation: relu, initialisation: he, depth: 1}",
                "smallest_effect: 0.05 nats",
            ),
            'output "identity" gives no probabilities, which the metric "test_nll" needs.',
        ),
        (
            claim(
                "depths",
                "test_loss",
                "difference: {of: {objective: softmax+cross_entropy}, minus: {objective: softmax+mse}}",
                "where: {policy: tuned, activation: relu, initialisation: he, depth: 1}",
                "smallest_effect: 0.05 loss",
            ),
            "the arms minimise different losses, whose values can't be compared. Use test_nll.",
        ),
        (
            claim(
                "depths",
                "test_accuracy",
                "slope: {of: {depth: 1}, along: depth}",
                "where: {policy: tuned, activation: relu, initialisation: he, objective: softmax+mse}",
                "smallest_effect: 1 point",
            ),
            "a slope along depth needs cells with two values of it or more.",
        ),
    ],
)
def test_what_a_metric_or_comparison_needs_is_demanded(text, said):
    if said is None:
        assert tried(text).claims
    else:
        with pytest.raises(InputError) as refused:
            tried(text)
        assert said in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["kind: by_construction"], 'a claim of kind by_construction needs the key "identity": one of neuron-weighted'),
        (["kind: by_construction", "identity: relu-slop"], 'unknown identity "relu-slop". Did you mean "relu-slope"?'),
        (
            ["kind: by_construction", "identity: relu-slope", "metric: cost"],
            "a claim of kind by_construction has no metric",
        ),
        (["kind: not_testable"], 'a claim that is not testable needs the key "because", which says why.'),
        (["kind: guessed"], '"guessed" is not one of measured, timed, by_construction and not_testable.'),
        (
            [
                "kind: timed",
                "metric: cost",
                "ratio: {of: {activation: tanh}, over: {activation: relu}}",
                "where: {task: activation, dataset: digits, batch_size: 32}",
                "smallest_effect: factor 1.25",
            ],
            "a cost needs the setting hidden.",
        ),
        (
            [
                "kind: timed",
                "metric: cost",
                "ratio: {of: factor 2, over: {activation: relu}}",
                "where: {task: activation, dataset: digits, hidden: '32', batch_size: 32}",
                "smallest_effect: factor 1.25",
            ],
            "ratio.of: a cost is compared with another cost, not with a number.",
        ),
        (
            [
                "kind: timed",
                "metric: cost",
                "ratio: {of: {activation: relu}, over: {activation: relu}}",
                "where: {task: activation, dataset: digits, hidden: '32', batch_size: 32}",
                "smallest_effect: factor 1.25",
            ],
            "both arms are the same measurement.",
        ),
        (
            [
                "kind: timed",
                "metric: cost",
                "difference: {of: {activation: tanh}, minus: {activation: relu}}",
                "smallest_effect: 1 point",
            ],
            "a timed claim compares times by their ratio.",
        ),
    ],
)
def test_each_kind_needs_its_keys(lines, said):
    with pytest.raises(InputError) as refused:
        tried("\n  ".join(["claims:\n- id: mine\n  statement: {en: It is so.}", *lines]))
    assert said in str(refused.value)


def test_all_mistakes_are_told_at_once():
    message = refusal("metric: test_accuracy", "metric: accuracy")
    both = GOOD.replace("metric: test_accuracy", "metric: accuracy").replace("relu,", "rellu,")
    with pytest.raises(InputError) as refused:
        tried(both)
    assert message in str(refused.value)
    assert 'unknown activation "rellu"' in str(refused.value)


def test_the_hash_is_of_what_is_claimed_and_tried_and_not_of_remarks():
    def hashed(old: str, new: str) -> str:
        assert old in GOOD
        return tried(GOOD.replace(old, new, 1)).claims["small-is-better"].hash

    published = tried(GOOD).claims["small-is-better"].hash
    assert hashed("references: [someone2020]", "because: {en: So it is.}") == published
    assert hashed("more accurate", "better") != published
    assert hashed("1 point", "2 points") != published


def test_the_hash_stays_what_was_published_however_the_keys_are_ordered():
    keys = ("id: mine", "statement: {en: It is so., ko: 그렇다.}", "kind: not_testable", "because: {en: So it is.}")
    published = "e81d93210691f21f9203996edb6ed34dbc5808752d69b51f7c3de9bfeb735582"
    for ordered in (keys, keys[::-1]):
        said = tried("\n  ".join([f"claims:\n- source: [노트]\n  {ordered[0]}", *ordered[1:]]))
        assert said.claims["mine"].hash == published
