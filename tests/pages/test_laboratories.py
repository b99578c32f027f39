"""Simulated laboratories: how their conclusions are compared, and what the methods page shows of it."""

import numpy as np
import pandas as pd
import pytest
from support.pages import page_of, sources_of, tiny_results, with_findings

from benchmarks.laboratories import Judgement, agreement, coverage, outcome_of, verdict_on
from ontrial.errors import InputError
from ontrial.judge.docket import Docket
from ontrial.report.pages.page import Page
from ontrial.report.pages.studies import laboratories

TABLE = pd.DataFrame(
    [
        *(("laboratories", way, quantity, 1.25) for way in laboratories.WAYS for quantity in laboratories.QUANTITIES),
        ("errors", "effect 0.8, correlation 0.0, half width 0.5", "wrong", 0.5),
        ("errors", "effect 0.8, correlation 0.5, half width 0.5", "wrong", 1.5),
        ("errors", "effect 0.8, correlation 0.0, half width 0.5", "inconclusive", 50),
        ("errors", "effect 0.8, correlation 0.5, half width 0.5", "inconclusive", 40),
        ("peeking", "after every seed", "errors", 30.5),
    ],
    columns=["part", "case", "quantity", "value"],
)


def judgement(verdict: str, *outcomes: str, seeds: int = 20) -> Judgement:
    return Judgement(verdict, list(outcomes), [seeds] * len(outcomes))


def test_agreement_counts_pairs_whose_outcomes_and_verdicts_contradict():
    first_claim = [
        (judgement("supported", "positive", "positive"), judgement("depends", "positive", "below")),
        (judgement("supported", "positive", "positive"), judgement("inconclusive", "positive", "undecided", seeds=80)),
    ]
    second_claim = [(judgement("refuted", "negligible"), judgement("refuted", "reversed"))] * 2
    assert agreement([first_claim, second_claim]) == pytest.approx(
        {
            "seeds per context": (10 * 20 + 2 * 80) / 12,
            "undecided contexts": 100 / 12,
            "contradictory contexts": 100 * 0.5 / 3,  # one pair of two in one context of three
            "worst context": 50,
            "contradictory verdicts": 25,
            "different verdicts": 50,
            "inconclusive verdicts": 100 / 8,
            "inconclusive claims": 2 / 8,
        }
    )


def test_a_simulated_context_keeps_the_outcome_of_its_first_look():
    sample = np.concatenate([np.full(20, 3.0), np.full(60, -3.0)])
    assert outcome_of(sample, contexts=1) == "positive"


def test_a_simulated_claim_depends_if_its_contexts_contradict_each_other():
    strong, none = np.full(80, 3.0), np.zeros(80)
    assert verdict_on(np.stack([strong, none])) == "depends"
    assert verdict_on(np.stack([strong, strong])) == "supported"


def test_a_study_without_complete_contexts_has_no_coverage():
    assert list(coverage(tiny_results(), Docket(claims={}, references={}))) == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_compares_the_ways_to_judge_and_shows_the_worst_error_rates(language):
    page = Page(with_findings(sources_of(tiny_results(), language), measurements={"laboratories": TABLE}), "methods.md")
    assert laboratories.agreement(page).count("\n|") == 1 + len(laboratories.QUANTITIES)
    assert "0.8 S | 1.5" in laboratories.errors(page)
    assert laboratories.fact(page, "peeking", "after every seed", "errors").startswith("30.50")


def test_facts_need_a_published_table_and_a_row_that_it_has():
    with pytest.raises(InputError, match='"laboratories" is not published'):
        laboratories.agreement(page_of(tiny_results()))
