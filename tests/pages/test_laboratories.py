"""Simulated laboratories: how their conclusions are compared, and what the methods page shows of it."""

import re

import numpy as np
import pandas as pd
import pytest
from support.pages import page_of, sources_of, tiny_results, with_findings
from support.project import ROOT

from benchmarks.laboratories import (
    ENOUGH,
    FIRST_SEED,
    LIMITS,
    OWN_WAY,
    SEEDS,
    STATES,
    Judgement,
    Row,
    agreement,
    centre_of,
    centred,
    classify_by_tests,
    coverage,
    exceeding,
    limits_for,
    outcomes_of,
    verdicts_on,
)
from ontrial.errors import InputError
from ontrial.judge import statistics
from ontrial.judge.docket import Docket
from ontrial.report.pages.page import Page
from ontrial.report.pages.studies import laboratories

TABLE = pd.DataFrame(
    [
        *(
            Row("laboratories", way, quantity, 1.25)
            for way in laboratories.WAYS
            for quantity in laboratories.QUANTITIES
        ),
        Row("errors", "effect 0.8, normal, correlation 0.0, half width 0.5", "wrong", 0.5, 0.3, 0.7),
        Row("errors", "effect 0.8, normal, correlation 0.5, half width 0.5", "wrong", 1.5, 1.2, 1.8),
        Row("errors", "effect 0.8, upper tail, correlation 0.5, half width 0.5", "wrong", 2.5, 2.2, 2.8),
        Row("errors", "effect 0.8, lower tail, correlation 0.0, half width 0.5", "inconclusive", 50),
        Row("errors", "effect 0.8, normal, correlation 0.5, half width 0.5", "inconclusive", 40),
        Row("errors", "one just below, normal, correlation 0.0, half width 0.5", "wrong", 2.1, 1.7, 2.6),
        Row("errors", "one just below, upper tail, correlation 0.0, half width 0.5", "wrong", 3.1, 2.7, 3.6),
        Row("skewed", "normal, 20 seeds", "missed", 9, 8, 10),
        Row("skewed", "exponential, 20 seeds", "missed", 5.5, 5.3, 5.7),
        Row("skewed", "exponential, 40 seeds", "missed", 6.5, 6.3, 6.7),
        Row("peeking", "after every seed", "errors", 30.5),
    ]
).assign(commit="0123456789abcdef", runs=12_345)

SEEDS_OF = re.compile(r"from: (\d+), (?:to: (\d+)|looks: \[.*?(\d+)\])")  # and the last seed, or number of seeds


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


def test_outcomes_of_claims_of_equality_contradict_each_other_too():
    pair = (judgement("supported", "equal", "equal"), judgement("depends", "equal", "apart"))
    assert agreement([[pair]])["contradictory contexts"] == 50


def test_the_command_fails_if_laboratories_contradict_each_other_too_often():
    assert [text.split(" 1.25%")[0] for text in exceeding(TABLE, LIMITS)] == ["contradictory verdicts"]
    assert list(exceeding(TABLE.assign(value=LIMITS["contradictory verdicts"]), LIMITS)) == []
    assert list(exceeding(TABLE.assign(value=9), LIMITS))[2].startswith("undecided contexts 9%, more than 8%")
    assert limits_for(ENOUGH) == LIMITS
    assert limits_for(ENOUGH - 1).keys() == LIMITS.keys() - {"undecided contexts"}
    assert OWN_WAY in laboratories.WAYS
    assert {state.name for state in STATES if not laboratories.EFFECT.fullmatch(state.name)} == {*laboratories.STATES}


def test_no_shipped_study_has_the_seeds_of_the_laboratories():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "config").rglob("*.yaml")]
    seeds = [
        (int(first), int(to or int(first) + int(last) - 1))
        for text in texts
        for first, to, last in SEEDS_OF.findall(text)
    ]
    assert len(seeds) > 10
    assert all(last < FIRST_SEED or first >= FIRST_SEED + SEEDS for first, last in seeds)


@pytest.mark.parametrize("n", [4, 6, 20, 80])
def test_tests_of_both_limits_find_the_outcomes_that_follow_from_intervals(n):
    random = np.random.default_rng(n)
    samples = random.normal(size=(200, n)) * random.uniform(0.2, 2, (200, 1)) + random.uniform(-2, 2, (200, 1))
    for alpha in (0.05, 0.05 / 8):
        assert list(classify_by_tests(samples, alpha)) == list(statistics.classify(samples, 1.0, False, alpha))


def test_a_simulated_context_keeps_the_outcome_of_its_first_look():
    sample = np.concatenate([np.linspace(2, 3, 20), np.linspace(-3, -2, 60)])
    assert outcomes_of(sample[None], contexts=1) == "positive"


def test_a_simulated_claim_depends_if_its_contexts_contradict_each_other():
    strong, none = np.linspace(2, 3, 80), np.linspace(-0.1, 0.1, 80)
    assert verdicts_on(np.array([[strong, none], [strong, strong]])) == ["depends", "supported"]


def test_the_median_of_averages_of_skewed_numbers_is_zero():
    assert centre_of("exponential") == pytest.approx(0.83917, abs=1e-4)  # half the median of a Gamma(2) variable
    numbers = centred("steep lognormal", np.random.default_rng(1).normal(size=(2, 100_000)))
    assert np.mean(numbers.mean(axis=0) < 0) == pytest.approx(0.5, abs=0.01)


def test_a_study_without_complete_contexts_has_no_coverage():
    assert list(coverage(tiny_results(), Docket(claims={}, references={}))) == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_compares_the_ways_to_judge_and_shows_the_worst_error_rates(language):
    page = Page(with_findings(sources_of(tiny_results(), language), measurements={"laboratories": TABLE}), "methods.md")
    assert laboratories.agreement(page).count("\n|") == 1 + len(laboratories.QUANTITIES)
    effect, mixed = laboratories.errors(page).replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]
    assert [cell.split("%")[0].strip() for cell in effect.split("|")[1:5]] == ["0.8 S", "1.5", "2.5", "50.0"]
    assert mixed.count("%") == 6
    assert laboratories.skewed_worst(page, "missed").startswith("6.5%")
    assert laboratories.origin(page, "commit") == "0123456789ab"
    assert laboratories.origin(page, "runs") == "12,345"
    assert laboratories.fact(page, "peeking", "after every seed", "errors").startswith("30.50")


def test_facts_need_a_published_table_and_a_row_that_it_has():
    with pytest.raises(InputError, match='"laboratories" is not published'):
        laboratories.agreement(page_of(tiny_results()))
