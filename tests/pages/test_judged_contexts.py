"""What pages say of failures, of times that never arrive, and of what a sceptic asks of a verdict."""

import math
from dataclasses import replace

import pytest
from support.pages import CLAIMS, ESTIMAND, VERDICTS, context, page_of, sources_of, tiny_results, verdict, with_findings

from ontrial.report.pages.claims import estimates, evidence, sensitivity, sentences, verdicts
from ontrial.report.pages.page import Page
from ontrial.report.wording import outcomes
from ontrial_book.chapters import pages_found
from ontrial_judge.core.statistics import FAILURES
from ontrial_judge.core.verdicts import Alternative, Effect, Outcome, Stage, Way

LANGUAGES = ("en", "ko")


@pytest.fixture(scope="module")
def pages():
    return {language: page_of(tiny_results(), language) for language in LANGUAGES}


def failing(outcome: str, settings=None, **changes):
    """Return a context in which 14 of 20 networks with batches of 64 fail, and none with batches of 16."""
    effect = {"estimate": 70.0, "low": 40.4, "high": 86.0, "unit": FAILURES}
    counted = {"counts_failures": True, "smallest_effect": 10.0, "failed": (0, 14)}
    return context(outcome, settings, **effect | counted | changes)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_a_context_that_counts_failures_speaks_of_failures_and_their_smallest_effect(pages):
    example = failing("positive", {"policy": "fixed"})
    judged = verdict("small", "supported", example)
    found = {language: sentences.finding_of(page, judged, example) for language, page in pages.items()}
    assert plain(found["en"]) == "as claimed, by at least 10 failures in 100 networks"
    assert found["ko"] == "주장대로 실패율 10퍼센트포인트 이상"
    sized = {language: estimates.sized(page, judged, example) for language, page in pages.items()}
    assert plain(sized["en"]) == (
        "0 of 20 with batch size 16, 14 of 20 with batch size 64 learn nothing, a difference of 70 failures in "
        "100 networks (95% interval 40 to 86)"
    )
    assert sized["ko"] == (
        "배치 크기 16에서 20개 중 0개, 배치 크기 64에서 20개 중 14개가 아무것도 배우지 못함, "
        "차이 실패율 70퍼센트포인트(95% 구간 40~86)"
    )


def test_the_answer_says_how_many_networks_learn_nothing(pages):
    several = verdict(
        "small", "depends", failing("positive", {"policy": "fixed"}), context("below", {"policy": "tuned"})
    )
    once = verdict("small", "supported", failing("positive"))
    assert (
        "With batches of 64, up to 14 of 20 networks learn nothing, against 0 on the other side."
        in sentences.answer_of(pages["en"], several)
    )
    assert "With batches of 64, 14 of 20 networks learn nothing, against 0 on the other side." in sentences.answer_of(
        pages["en"], once
    )
    assert "배치 크기가 64인 조건에서는 신경망 20개 가운데 14개가" in sentences.answer_of(pages["ko"], once)


def test_the_clearest_opposite_is_found_in_multiples_of_the_smallest_effects(pages):
    few = failing("reversed", {"policy": "fixed"}, estimate=-30.0, low=-50.0, high=-10.0, failed=(6, 0))
    many = context("reversed", {"policy": "tuned"}, estimate=-5.0, low=-7.0, high=-3.0)
    judged = verdict("small", "refuted", few, many)
    assert pages_found.distance(judged) == 6
    assert "5.0 points" in plain(sentences.contrary_sentence(pages["en"], judged))
    assert "6 of 20 networks fail, against 0." in sentences.contrary_sentence(
        pages["en"], verdict("small", "refuted", few)
    )


def test_a_row_says_how_many_networks_of_each_side_fail_and_says_it_once(pages):
    cells = [plain(text) for text in outcomes.estimate_and_interval(pages["en"].say, failing("positive"))]
    assert cells == ["0 and 14 of 20 fail: 70 in 100", "40 to 86"]
    assert "fail" not in evidence.repetitions(pages["en"], failing("positive"), ESTIMAND)


def test_a_time_that_never_arrives_shows_what_is_proven(pages):
    never = context("undecided", estimate=math.inf, low=0.96, high=math.inf, unit="log2", failed=(20, 0))
    judged = verdict("small", "inconclusive", never, unit="log2")
    assert plain(estimates.sized(pages["en"], judged, never)).startswith("at least a factor of 1.95 (the lower end")
    assert estimates.sized(pages["ko"], judged, never).startswith("1.95배 이상(95% 구간의 하한")
    cells = [plain(text) for text in outcomes.estimate_and_interval(pages["en"].say, never)]
    assert cells == ["at least × 1.95", "never on one side"]
    below = replace(never, effect=replace(never.effect, estimate=-math.inf, low=-math.inf, high=-2.0))
    assert plain(outcomes.estimate_and_interval(pages["en"].say, below)[0]) == "at most × 0.250"


def timed(threshold: float) -> Page:
    """Return a page of the tiny study, whose claim is about the epochs to an accuracy: 97 % is too much for 64."""
    estimand = replace(ESTIMAND, metric="epochs_to_accuracy", threshold=threshold, unit="log2", form="ratio")
    estimand = replace(estimand, sides={"of": {"batch_size": 64}, "over": {"batch_size": 16}}, smallest_effect=1.0)
    claims = {"small": replace(CLAIMS["small"], estimand=estimand)}
    return Page(with_findings(sources_of(tiny_results()), claims=claims), "index.md")


def otherwise(way: str, outcome: str, estimate: float, low: float, high: float) -> Alternative:
    return Alternative(Way(way), Effect(estimate, low, high, 0.95, "points"), Outcome(outcome))


def test_another_way_to_judge_is_told_where_its_outcome_differs(pages):
    few = context(
        "negligible",
        {"policy": "fixed"},
        estimate=0.7,
        low=0.5,
        high=0.9,
        n=80,
        failed=(0, 3),
        alternatives=(otherwise("mean", "undecided", 4.0, -0.2, 8.2), otherwise("sign", "negligible", 0.7, 0.4, 0.9)),
    )
    skewed = context("positive", {"policy": "tuned"}, alternatives=(otherwise("sign", "undecided", 1.3, 0.9, 1.7),))
    text = sensitivity.other_ways(pages["en"], verdict("small", "depends", few, skewed))
    assert text == "By the mean, the sign test or the typical seed, 2 of 2 settings would have another answer."
    same = replace(skewed, alternatives=(otherwise("sign", "positive", 1.3, 1.1, 1.7),))
    korean = pages["ko"].say["other ways agree"]
    assert sensitivity.other_ways(pages["ko"], verdict("small", "supported", same)) == korean
    below = replace(few, alternatives=(otherwise("mean", "below", 0.2, -1.2, 0.9),))
    assert sensitivity.other_ways(pages["ko"], verdict("small", "refuted", below)) == korean
    assert sensitivity.other_ways(pages["ko"], verdict("small", "supported", context("positive"))) == ""


def test_intervals_with_other_samples_are_told_with_the_outcomes_that_they_change(pages):
    kept = context("positive", {"policy": "fixed"}, alternatives=(otherwise("images", "positive", 2.0, 1.2, 2.8),))
    open_ = context("positive", {"policy": "tuned"}, alternatives=(otherwise("images", "undecided", 2.0, 0.9, 3.1),))
    judged = verdict("small", "depends", kept, open_, failing("positive", {"policy": "linear"}))
    assert "1 of 2 outcomes would change" in sensitivity.other_samples(pages["en"], judged)
    sources = pages["en"].sources
    results = replace(sources.results, verdicts={"small": judged})
    assert sensitivity.outcomes_with_other_samples(replace(pages["en"], sources=replace(sources, results=results))) == (
        2,
        1,
    )
    assert sensitivity.other_samples(pages["en"], verdict("small", "supported", context("positive"))) == ""


@pytest.mark.parametrize(("same_from", "same_to", "sentence", "close"), [
    (0.42, 4.0, "The verdict stays the same for every smallest effect from 0.42 points to 4.0 points.", False),
    (0.0, math.inf, "The verdict stays the same whatever the smallest effect; tried were 0.062 points to 16 points.",
     False),
    (0.84, 1.19,
     "**This is close.** The verdict stays the same for every smallest effect from 0.84 points to 1.2 points.",
     True),
])  # fmt: skip
def test_a_verdict_says_for_which_smallest_effects_it_stays_the_same(pages, same_from, same_to, sentence, close):
    judged = replace(VERDICTS["small"], same_from=same_from, same_to=same_to)
    assert plain(sensitivity.same_range(pages["en"], judged)) == sentence
    assert sensitivity.is_close(judged) == close
    counting = replace(judged, contexts=(failing("positive"),))
    assert sensitivity.same_range(pages["en"], counting).endswith("their smallest effect is multiplied alike.")


def melting(policy: str, *stages: str, end: str = "negligible"):
    effect = Effect(2.0, 1.5, 2.5, 0.95, "points")
    earlier = tuple(Stage((i + 1) / 10, effect, Outcome(outcome)) for i, outcome in enumerate(stages))
    return context(end, {"policy": policy}, stages=earlier)


def test_an_answer_that_turns_along_the_way_is_told(pages):
    judged = verdict("small", "refuted", melting("fixed", "positive", "undecided"), melting("tuned", "negligible"))
    assert sensitivity.lasting(pages["en"], judged) == (
        "In 1 of 2 settings, the answer is yes early in training (until 10% of it at the latest) and no at the end."
    )
    assert "In 1 of 2 settings, it holds only early in training." in sentences.answer_of(pages["en"], judged)
    both = verdict("small", "refuted", melting("fixed", "positive"), melting("tuned", "positive"))
    assert sensitivity.lasting(pages["en"], both).startswith("In each setting, the answer is yes early in training")
    once = verdict("small", "supported", melting("fixed", "below", "below", end="positive"))
    assert sensitivity.lasting(pages["ko"], once) == "학습 초반(20%까지)에는 그렇지 않지만, 끝에는 그렇다."
    steady = verdict("small", "refuted", melting("fixed", "below", "undecided"))
    assert sensitivity.lasting(pages["en"], steady) == "No answer turns into its opposite along the way."
    same = verdict("small", "refuted", melting("fixed", "negligible"))
    assert sensitivity.lasting(pages["en"], same) == "No outcome changes along the way."
    assert sensitivity.lasting(pages["en"], VERDICTS["small"]) == ""


@pytest.mark.parametrize(("outcomes", "english", "korean"), [
    (("negligible", "negligible"), "no clear difference (less than 1 point)", "뚜렷한 차이 없음(1퍼센트포인트 미만)"),
    (("negligible", "below"), "smaller than claimed, or reversed (less than 1 point)",
     "주장보다 작거나 반대(1퍼센트포인트 미만)"),
    (("negligible", "reversed"), "refuted", "기각"),
])  # fmt: skip
def test_only_what_is_reversed_somewhere_is_called_refuted(pages, outcomes, english, korean):
    some = [context(outcome, {"policy": str(i)}, low=-0.5) for i, outcome in enumerate(outcomes)]
    words = [plain(verdicts.word_of(page, verdict("small", "refuted", *some))) for page in pages.values()]
    assert words == [english, korean]
    assert verdicts.word_of(pages["en"], verdict("small", "depends", *some)) == "depends"
