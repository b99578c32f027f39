"""What titles and captions of figures say, for every way in which the results can come out."""

import itertools
from collections.abc import Iterable
from math import nan
from types import SimpleNamespace

import pandas as pd
import pytest
from support.contents import TITLES, found
from support.pages import context, verdict
from support.project import read_yaml

from ontrial_book.chapters import selection
from ontrial_judge.core.statistics import OUTCOMES
from ontrial_judge.core.verdicts import Conclusion, Context

CAPTIONS = {language: read_yaml(f"docs/{language}/figures.yaml") for language in ("en", "ko")}


def results(claim: str, contexts: Iterable[Context], conclusion: str = "depends") -> SimpleNamespace:
    judged = {claim: verdict(claim, conclusion, *contexts)}
    study = SimpleNamespace(experiments={})
    return SimpleNamespace(verdicts=judged, measurements={}, study=study, times={}, computed={})


def titles(parts: dict[str, str]) -> dict[str, str]:
    return {part: text for part, text in parts.items() if part.split()[0] == "title"}


def test_without_results_a_figure_has_its_plain_title():
    assert {found(results("other", []), figure) for figure in TITLES} == {None}


def test_large_batches_lose_accuracy_at_the_rate_of_small_ones_always_or_never():
    contradicts = {"negligible", "reversed", "below"}
    for of_small, of_large, own_rates in itertools.product(OUTCOMES, repeat=3):
        contexts = [
            context(of_small, {"policy": "fixed_of", "budget": "epochs"}),
            context(of_large, {"policy": "fixed_minus", "budget": "epochs"}),
            context(own_rates, {"policy": "tuned", "budget": "epochs"}),
            context("positive", {"policy": "tuned", "budget": "updates"}),  # another question
        ]
        expected = None
        if of_small == "positive" and own_rates in contradicts:
            expected = "owner" if of_large == "reversed" else "one rate"
        elif of_small == of_large == own_rates == "positive":
            expected = "always"
        elif {of_small, of_large, own_rates} <= contradicts:
            expected = "never"
        assert found(results("small-batch-accuracy", contexts), "batch-policies") == expected


@pytest.mark.parametrize(("intervals", "expected"), [
    ([(-1.5, -0.6), (-1.8, -1.0)], "tanh"), ([(0.1, 0.6), (0.8, 1.0)], "relu"),
    ([(0.1, 0.6), (0.8, nan)], "relu"), ([(nan, -0.6), (-1.8, -1.0)], "tanh"), ([(-0.1, 0.6), (0.8, 1.0)], None),
    ([(-1.5, -0.6), (-0.2, 0.1)], None), ([(nan, nan)], None),
])  # fmt: skip
def test_one_activation_is_faster_in_deep_networks_if_every_interval_says_so(intervals, expected):
    contexts = [context("below", {"depth": 5, "policy": "tuned"}, low=low, high=high) for low, high in intervals]
    contexts.append(context("below", {"depth": 1, "policy": "tuned"}, low=-1.0, high=1.0))
    assert found(results("relu-faster-than-tanh", contexts), "survival") == expected


@pytest.mark.parametrize(
    ("at_small", "own", "at_large", "expected"),
    [
        ((0.95, 0.92), (0.95, 0.95), (0.2, 0.95), "owner"),
        ((0.95, 0.92), (0.95, 0.92), (0.95, 0.92), "same"),
        ((0.95, 0.951), (0.95, 0.945), (0.95, 0.95), "even"),
        ((0.95, 0.92), (0.95, 0.95), (0.95, 0.95), None),
    ],
)
def test_the_batch_whose_rate_it_is_wins_or_not(at_small, own, at_large, expected, monkeypatch):
    means = pd.DataFrame([at_small, own, at_large], ["fixed_16", "tuned", "fixed_256"], [16, 256])
    monkeypatch.setattr(selection, "two_batches", lambda _: means)
    judged = results("some", [])
    judged.study = SimpleNamespace(experiments={"batch-size": None})
    assert found(judged, "batch-slope") == expected


@pytest.mark.parametrize(
    ("rates", "expected"),
    [([0.1, 0.2, 0.4], "grows"), ([0.1, 0.4, 0.4], "wall"), ([0.4, 0.2, 0.4], None), ([0.4, 0.4, 0.4], None)],
)
def test_the_best_rate_grows_with_the_batch_or_not(rates, expected, monkeypatch):
    sizes = [1, 16, 256]
    choices = pd.DataFrame({"policy": "tuned", "typical": True, "batch_size": sizes, "learning_rate": rates})
    choices.loc[3] = ["fixed_16", True, 1, 0.9]
    cells = pd.DataFrame({"batch_size": sizes, "full_batch": False})
    monkeypatch.setattr(selection, "cells_and_choices", lambda _: (cells, choices))
    judged = results("some", [])
    judged.study = SimpleNamespace(experiments={"batch-size": None})
    assert found(judged, "batch-rate-surface") == expected


@pytest.mark.parametrize(("high", "expected"), [((-0.5, -0.1), "tanh"), ((-0.5, 0.1), None)])
def test_an_activation_is_first_only_at_both_finishing_lines(high, expected):
    claims = ("relu-faster-than-tanh", "relu-fits-faster-than-tanh")
    deep = {
        claim: verdict(claim, "depends", context("below", {"depth": 5, "policy": "tuned"}, low=-1.0, high=end))
        for claim, end in zip(claims, high, strict=True)
    }
    judged = results("other", [])
    judged.verdicts = deep
    assert found(judged, "learning-curves") == expected


@pytest.mark.parametrize(
    ("figure", "claim", "expected"),
    [
        ("gradient-norms", "sigmoid-vanishes-more", {"supported": "vanish"}),
        ("dead-units", "relu-neurons-die", {"supported": "die", "depends": "some", "refuted": "live"}),
        ("titanic-reliability", "sigmoid-probability", {"supported": "true", "refuted": "false"}),
    ],
)
def test_a_title_follows_the_verdict_on_its_claim(figure, claim, expected):
    for conclusion in Conclusion:
        assert found(results(claim, [], conclusion), figure) == expected.get(conclusion)


def test_every_answer_has_a_title_of_its_own():
    for captions, figure in itertools.product(CAPTIONS.values(), TITLES):
        shown = titles(captions[figure])
        assert list(shown) == ["title", *(f"title {word}" for word in TITLES[figure].words)]
        assert len(set(shown.values())) == len(shown)
