"""Questions to a table of runs: what their files say, and what is refused."""

from dataclasses import replace

import pytest
from support.messages import message_of

from ontrial.judge import questions
from ontrial.judge.questions import TableQuestion

QUESTION = TableQuestion(
    "accuracy",
    "optimiser",
    "adam",
    "sgd",
    "0.5 points",
    pair=("seed", "fold"),
    contexts=("dataset",),
    where={"epochs": "1e-3"},
    failed="worst=0.1",
    looks=(20, 40),
    run=("run_id", "seed"),
    last="step",
)


def test_a_question_is_read_as_it_was_written_in_a_file_or_in_options():
    assert questions.parse(QUESTION.to_yaml(), "claim.yaml") == QUESTION
    text = "metric: loss\ncompare: {depth: [2, 4]}\npair: [seed]\nsmallest_effect: 0.02\nwhere: {lr: 0.1}\n"
    question = questions.parse(text, "claim.yaml")
    assert (question.better, question.smallest_effect, question.where) == ("2", "0.02", {"lr": "0.1"})


@pytest.mark.parametrize(
    "change",
    [{"better": "sgd", "other": "adam"}, {"smallest_effect": "1 point"}, {"lower_is_better": True}, {"looks": ()}],
)
def test_the_hash_tells_whether_a_question_was_changed(change):
    assert questions.parse(QUESTION.to_yaml(), "claim.yaml").hash == QUESTION.hash
    assert replace(QUESTION, **change).hash != QUESTION.hash


@pytest.mark.parametrize(
    ("quantity", "unit", "size"),
    [("0.5 points", "points", 0.5), ("factor 2", "log2", 1.0), ("0.02", "number", 0.02), ("1 epoch", "epochs", 1.0)],
)
def test_the_smallest_effect_has_the_unit_that_it_names(quantity, unit, size):
    question = replace(QUESTION, smallest_effect=quantity)
    assert (question.unit, question.size) == (unit, size)


def test_conditions_are_read_as_text_and_limits_as_numbers():
    text = "metric: loss\ncompare: {depth: [2, 4]}\npair: [seed]\nsmallest_effect: 0.02\n"
    question = questions.parse(text + "where: {lr: [0.1, 0.2], epoch: {at_least: 5, not: 7}}\n", "claim.yaml")
    assert question.where == {"lr": ["0.1", "0.2"], "epoch": {"at_least": 5.0, "not": ["7"]}}
    assert questions.parse(question.to_yaml(), "claim.yaml") == question


MISTAKES = {
    "where: {lr: {over: 5}}": 'unknown key "over". Known: at_least, at_most, not.',
    "where: {lr: []}": "is not a value, a list of values, or",
    "smallest_effect: 0": 'smallest_effect: "0" is not above 0.',
    "smallest_effect: factor 1": 'smallest_effect: "factor 1" is not above factor 1.',
    "smallest_effect: a lot": 'smallest_effect: "a lot" is not a quantity',
    'smallest_effect: "1e9"': 'smallest_effect: "1e9" is not below 1,000,000,000. Write the metric and the quantity in',
    "by: mean\nlower_is_better: true\nfailed: never=20": "a time that is never reached has no mean",
    "lower_is_better: true\nhigher_is_better: true": "contradict each other",
    "by: median": "is not mean or typical",
    "overlap: 2": "is not a share",
    "compare: {optimiser: [adam, adam]}": "is already in this list",
    "compare: {optimiser: [adam]}": "is not a list of two different values",
    "pair: [accuracy]": '"accuracy" is the column that is judged or compared',
    "contexts: [seed]": 'the column "seed" is in two of pair, contexts, over and where',
    "contexts: [n]": 'contexts: "n" is the name of a result in verdicts.json. Rename the column.',
    "looks: [40, 20]": "looks: numbers of pairs must ascend",
    "failed: worst=few": '"worst=few" has no number after the =',
    "failed: worst=nan": "a number that is not defined cannot replace another",
    "failed: ignore": "is not drop, worst=NUMBER or never=NUMBER",
    "failed: never=20": "never is for times, of which lower ones are better",
    "lower_is_better: true\nfailed: never=20\npair: []": "is judged in pairs",
    "smallest_effect: 50% of baseline": 'counts, too. Write a number or a factor, as in "factor 1.5".',
    "smallest_effect: 50% of baseline\nnot_worse: true": "the luck of the baseline counts, too. Write a number.",
    "smallest_effect: 1%": '"1%" may be a difference, "1 point", a ratio, as in "factor 1.1", or a share',
    "smallest_effect: 3 %\nnot_worse: true": '"3 points", or a share of the second arm\'s mean, "3% of baseline"',
    "smallest_effect: factor 1.03\nnot_worse: true": 'or in per cent, as in "3% of baseline"',
    "run: [run_id]": "run names the columns that identify a run, and last that of its steps. Write both.",
    "run: [accuracy]\nlast: step": '"accuracy" is the column that is judged',
    "run: [seed]\nlast: seed": '"seed" has another part in the question.',
    "metrics: accuracy": 'unknown key "metrics". Did you mean "metric"?',
}


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes_are_named_by_key(line):
    keys = [part.partition(":")[0] for part in line.split("\n")]
    kept = {"metric": "accuracy", "compare": "{optimiser: [adam, sgd]}", "pair": "[seed]", "smallest_effect": "1 point"}
    text = "".join(f"{key}: {value}\n" for key, value in kept.items() if key not in keys) + line
    assert MISTAKES[line] in message_of(questions.parse, text, "claim.yaml")


def test_missing_keys_are_described():
    message = message_of(questions.parse, "metric: accuracy\n", "claim.yaml")
    assert 'the key "smallest_effect" is missing: a quantity, such as "0.5 points"' in message
    assert 'the key "pair" is missing: a list of columns, such as [seed], or [] if runs share nothing.' in message


@pytest.mark.parametrize(("column", "id"), [("optimiser", "optimiser-adam-over-sgd"), ("최적화", "claim")])
def test_the_id_of_a_claim_has_the_names_of_its_arms(column, id):
    better, other = ("adam", "sgd") if id != "claim" else ("가", "나")
    assert replace(QUESTION, column=column, better=better, other=other).id == id
