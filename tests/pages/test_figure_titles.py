"""What titles of figures say, for every way in which the results can come out."""

import itertools
from collections.abc import Iterable
from math import nan
from types import SimpleNamespace

import pytest
from support.pages import context, verdict
from support.project import read_yaml

from ontrial.judge.records import Conclusion, Context
from ontrial.judge.statistics import OUTCOMES
from ontrial.report.summaries.figure_answers import ANSWERS, answer

CAPTIONS = {language: read_yaml(f"docs/{language}/figures.yaml") for language in ("en", "ko")}


def results(claim: str, contexts: Iterable[Context], conclusion: str = "depends") -> SimpleNamespace:
    return SimpleNamespace(verdicts={claim: verdict(claim, conclusion, *contexts)})


@pytest.mark.parametrize("figure", ANSWERS)
def test_without_verdicts_a_title_asks_the_question(figure):
    assert answer(SimpleNamespace(verdicts={}), figure) is None
    assert all(captions[figure]["title"] for captions in CAPTIONS.values())


@pytest.mark.parametrize(("one_rate", "own_rates"), list(itertools.product(OUTCOMES, OUTCOMES)))
def test_large_batches_lose_accuracy_at_one_rate_always_or_never(one_rate, own_rates):
    contexts = [
        context(one_rate, {"policy": "fixed", "budget": "epochs"}),
        context(own_rates, {"policy": "tuned", "budget": "epochs"}),
        context("positive", {"policy": "tuned", "budget": "updates"}),  # another question
    ]
    contradicts = {"negligible", "reversed", "below"}
    expected = None
    if one_rate == "positive":
        expected = "always" if own_rates == "positive" else "one rate" if own_rates in contradicts else None
    elif one_rate in contradicts and own_rates in contradicts:
        expected = "never"
    assert answer(results("small-batch-accuracy", contexts), "batch-policies") == expected


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ([(-1.5, -0.6), (-1.8, -1.0)], "tanh"),
        ([(0.1, 0.6), (0.8, 1.0)], "relu"),
        ([(0.1, 0.6), (0.8, nan)], "relu"),
        ([(nan, -0.6), (-1.8, -1.0)], "tanh"),
        ([(-0.1, 0.6), (0.8, 1.0)], None),
        ([(-1.5, -0.6), (-0.2, 0.1)], None),
        ([(nan, nan)], None),
    ],
)
def test_one_activation_is_faster_in_deep_networks_if_every_interval_says_so(intervals, expected):
    contexts = [context("below", {"depth": 5, "policy": "tuned"}, low=low, high=high) for low, high in intervals]
    contexts.append(context("below", {"depth": 1, "policy": "tuned"}, low=-1.0, high=1.0))
    assert answer(results("relu-faster-than-tanh", contexts), "survival") == expected


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_better_calibrated_loss_is_named(outcome):
    contexts = [context(outcome, {"policy": "tuned"}), context("positive", {"policy": "fixed"})]
    expected = {"positive": "cross-entropy", "negligible": "same", "reversed": "mse"}.get(outcome)
    assert answer(results("cross-entropy-calibrated", contexts), "calibration") == expected


@pytest.mark.parametrize(
    ("figure", "claim", "expected"),
    [
        ("gradient-norms", "sigmoid-vanishing", {"supported": "vanish"}),
        ("dead-units", "relu-neurons-die", {"supported": "die", "depends": "some", "refuted": "live"}),
        ("titanic-reliability", "sigmoid-probability", {"supported": "true", "refuted": "false"}),
    ],
)
def test_a_title_follows_the_verdict_on_its_claim(figure, claim, expected):
    for conclusion in Conclusion:
        assert answer(results(claim, [], conclusion), figure) == expected.get(conclusion)


@pytest.mark.parametrize(("language", "figure"), list(itertools.product(CAPTIONS, ANSWERS)))
def test_every_answer_has_a_title_of_its_own(language, figure):
    parts = CAPTIONS[language][figure]
    titles = [parts["title"], *(parts[f"title {word}"] for word in ANSWERS[figure].words)]
    assert len(set(titles)) == len(titles)
    assert [part for part in parts if part.startswith("title ")] == [f"title {word}" for word in ANSWERS[figure].words]
