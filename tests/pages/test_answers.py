"""The sentence that answers a claim says yes, no or open exactly where the contexts do."""

import itertools
import math
from dataclasses import replace
from html import unescape

import pytest
from support.pages import CLAIMS, context, page_of, verdict, with_findings

from ontrial.data.splits import SCALINGS
from ontrial.judge.checks import CLAIM_SETTINGS, COST_SETTINGS
from ontrial.judge.policies import POLICIES
from ontrial.judge.setting_checks import TASKS
from ontrial.nn import OPTIMISERS
from ontrial.nn.schedules import SCHEDULES
from ontrial.report.pages.claims import sentences
from ontrial.report.pages.page import Page
from ontrial.report.wording.answers import ANSWERS, contains, find_clauses
from ontrial_book.chapters import pages_found
from ontrial_judge.core.verdicts import Kind, Outcome, Reading, Verdict

GRIDS = {
    "one": [{}],
    "two": [{"policy": policy} for policy in ("fixed", "tuned")],
    "four": [{"policy": policy, "depth": depth} for policy in ("fixed", "tuned") for depth in (1, 5)],
    "six": [{"policy": policy, "depth": depth} for policy in ("fixed", "tuned") for depth in (1, 3, 5)],
}
OUTCOMES = ("positive", "below", "undecided")  # one for each answer


def stated(clauses, context) -> list[str]:
    """Return the answers that clauses give for a context. Without boxes, a clause is for what the others leave."""
    named = [clause.answer for clause in clauses if any(contains(box, context) for box in clause.boxes)]
    return named or [clause.answer for clause in clauses if not clause.boxes]


@pytest.mark.parametrize("grid", GRIDS)
def test_each_context_gets_its_own_answer_for_every_combination(grid):
    contexts = GRIDS[grid]
    described = 0
    for outcomes in itertools.product(OUTCOMES, repeat=len(contexts)):
        clauses = find_clauses(contexts, outcomes)
        if clauses is None:
            assert len(contexts) > 4
            continue
        described += 1
        for settings, outcome in zip(contexts, outcomes, strict=True):
            assert stated(clauses, settings) == [ANSWERS[outcome]]
    assert described > 0.8 * len(OUTCOMES) ** len(contexts)


def test_the_shortest_description_comes_first_and_long_ones_are_left_to_counts():
    contexts = GRIDS["four"]
    (no, yes) = find_clauses(contexts, ["positive", "positive", "negligible", "positive"])
    assert no == ("no", ({"policy": ("tuned",), "depth": (1,)},))
    assert yes == ("yes", ())
    contexts = [{"rate": rate} for rate in (1, 2, 3, 4)]
    assert find_clauses(contexts, ["negligible", "positive", "positive", "reversed"])[0] == ("yes", ({"rate": (2, 3)},))
    contexts = [{"rate": rate} for rate in range(1, 9)]
    assert find_clauses(contexts, ["positive", "reversed", "undecided", "reversed"] * 2) is None


SIZES = {  # estimate and interval for which each outcome is possible, where 1 is the smallest effect
    "positive": (1.5, 1.2, 2.0),
    "negligible": (0.1, -0.5, 0.6),
    "below": (-1.2, -1.6, -0.4),
    "reversed": (-2.0, -3.0, -1.1),
    "undecided": (0.9, 0.4, 1.4),
}


def verdict_of(outcomes, settings, unit="points", *, id="small", conclusion="depends") -> Verdict:
    contexts = (
        context(outcome, setting, **dict(zip(("estimate", "low", "high"), SIZES[outcome], strict=True)), unit=unit)
        for setting, outcome in zip(settings, outcomes, strict=True)
    )
    return verdict(id, conclusion, *contexts, unit=unit)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_combination_of_outcomes_has_a_sentence(results, language):
    page = page_of(results, language)
    for outcomes in itertools.product(SIZES, repeat=4):
        for unit in ("points", "log2"):
            text = sentences.answer_of(page, verdict_of(outcomes, GRIDS["four"], unit))
            assert text.endswith(".")
            assert "{" not in text
            assert text.count("..") == 0


@pytest.mark.parametrize(("outcomes", "english", "korean"), [
    (("positive",) * 4, "Yes, in all 4 settings that we tried.", "그렇다. 시험한 4가지 설정 모두에서 그랬다."),
    (("negligible",) * 4, "No, in none of the 4 settings that we tried. The difference is less than 1 point.",
     "아니다. 시험한 4가지 설정 어디에서도 그렇지 않았다. 차이는 1퍼센트포인트 미만이다."),
    (("undecided",) * 4, "The data do not decide.", "이 데이터로는 가릴 수 없다."),
    (("positive", "positive", "negligible", "positive"),
     "Yes, except with each at its own learning rate and with one hidden layer. "
     "Where the answer is no, the difference is less than 1 point.",
     "그렇다. 다만 학습률을 각자 맞춘, 은닉층이 1개인 조건에서는 아니다. "
     "아닌 설정에서는 차이가 1퍼센트포인트도 안 된다."),
    (("positive", "positive", "negligible", "reversed"),
     "Yes at one shared learning rate; no with each at its own learning rate. It is the other way round most clearly "
     "with each at its own learning rate and with 5 hidden layers, by 2.0 points.",
     "학습률이 같은 조건에서는 그렇다. 학습률을 각자 맞춘 조건에서는 아니다. 특히 학습률을 각자 맞춘, "
     "은닉층이 5개인 조건에서는 오히려 반대다(2.0퍼센트포인트 차이)."),
])  # fmt: skip
def test_the_sentence_says_where(results, outcomes, english, korean):
    for language, expected in (("en", english), ("ko", korean)):
        text = sentences.answer_of(page_of(results, language), verdict_of(outcomes, GRIDS["four"]))
        assert text.replace("\xa0", " ") == expected


@pytest.mark.parametrize(("outcomes", "start"), [
    (("positive", "positive", "negligible", "reversed"), "Open. Yes at one shared learning rate; no "),
    (("undecided",) * 4, "The data do not decide."),
])  # fmt: skip
def test_what_is_certain_only_in_single_settings_is_open(results, outcomes, start):
    judged = verdict_of(outcomes, GRIDS["four"], conclusion="inconclusive")
    assert sentences.answer_of(page_of(results), judged).startswith(start)


def test_an_answer_without_a_pattern_counts_the_settings(results):
    depths = [{"depth": depth} for depth in range(1, 9)]
    judged = verdict_of(["positive", "reversed", "positive", "negligible"] * 2, depths)
    english, korean = (sentences.answer_of(page_of(results, language), judged) for language in ("en", "ko"))
    assert english.startswith("It depends on the setting: of 8, the answer is yes in 4, no in 4. ")
    assert korean.startswith("설정에 따라 다르다. 8가지 가운데 그런 것이 4가지, 아닌 것이 4가지다. ")


VALUES = {  # of each axis that the contexts of a claim may have
    "policy": (*POLICIES, "fixed_of", "linear_minus", "sqrt_over"), "budget": ("epochs", "updates"),
    "dataset": ("xor", "spirals", "own-data"), "hidden": ("none", 8, "16-16"), "depth": (0, 1, 5),
    "activation": ("relu", "tanh", "leaky_relu"), "initialisation": ("own", "he", "inverse_n_mean-8"),
    "objective": ("softmax+mse", "identity+mse"), "output": ("softmax", "identity"), "loss": ("cross_entropy", "mse"),
    "batch_size": (16, "full"), "learning_rate": (0.0625, 1), "rate_times_updates": (64, 181),
    "optimiser": tuple(OPTIMISERS), "momentum": (0, 0.9), "weight_decay": (0, 0.03), "schedule": tuple(SCHEDULES),
    "warmup": (0, 0.1), "label_smoothing": (0, 0.1), "clip_norm": ("none", 0.5), "dropout": (0, 0.25),
    "scaling": tuple(SCALINGS), "label_noise": (0, 0.4), "members": (1, 5), "checkpoint": ("last", "best"),
    "training_samples": ("standard", "all", 100), "experiment": ("batch-size", "speed"), "task": tuple(TASKS),
    "near": (32, 64), "offset": (-1, 1),
}  # fmt: skip


def test_every_axis_has_its_conditions():
    assert set(VALUES) == CLAIM_SETTINGS.keys() | COST_SETTINGS.keys()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_condition_says_the_axis_and_not_only_a_word_of_the_code(results, language):
    page = page_of(results, language)
    for axis, number in itertools.product(VALUES, (1, 2, 3)):
        for values in itertools.combinations(VALUES[axis], number):
            text = sentences.condition(page, axis, {axis: values})
            assert "{" not in text
            assert "_" not in unescape(text)
            assert text not in values
            if language == "en":
                assert text.split(" ")[0] in ("with", "without", "at", "for", "on", "in", "near", "when", "either")


@pytest.mark.parametrize(("axis", "values", "english", "korean"), [
    ("task", ("activation",), "when the activation alone is timed", "활성화 함수만 잰 조건"),
    (*("depth", (0, 5), "either without a hidden layer or with 5 hidden layers"),
     "은닉층이 없는 조건이나 은닉층이 5개인 조건"),
    ("depth", (3, 5), "with 3 or 5 hidden layers", "은닉층이 3 또는 5개인 조건"),
    ("loss", ("mse",), "with MSE as loss", "손실이 MSE인 조건"),
    ("momentum", (0.0,), "without momentum", "모멘텀이 없는 조건"),
    ("offset", (-1,), "with one sample less", "표본이 하나 적은 조건"),
    ("offset", (-2,), "at an offset of −2", "−2만큼 떨어진 조건"),
    ("yours", (1, 2), "with yours 1 or 2", "yours 1 또는 2인 조건"),  # a setting that the phrases do not know
    ("hidden", ["32-32", "32-32-32-32-32"], "with 2 layers of 32 or 5 layers of 32",
     "은닉층 2개(32씩) 또는 은닉층 5개(32씩)인 조건"),
])  # fmt: skip
def test_conditions_in_words(results, axis, values, english, korean):
    for language, expected in (("en", english), ("ko", korean)):
        assert sentences.condition(page_of(results, language), axis, {axis: values}) == expected


def test_three_conditions_at_once_are_a_list(results):
    box = {"depth": (5,), "policy": ("tuned",), "initialisation": ("glorot",)}
    texts = {language: sentences.where(page_of(results, language), [box]) for language in ("en", "ko")}
    english = "with 5 hidden layers, with each at its own learning rate and with Glorot initialisation"
    assert texts == {"en": english, "ko": "은닉층이 5개인, 학습률을 각자 맞춘, Glorot 초기화를 쓴 조건"}


@pytest.mark.parametrize(
    ("metric", "largest", "says_so"),
    [
        ("test_accuracy", 84.25, True),
        ("test_accuracy", 49.0, False),
        ("dead_units", 84.25, False),
        ("gap_in_accuracy", 84.25, False),
    ],
)
def test_an_answer_says_where_the_other_side_hardly_learns(results, metric, largest, says_so):
    page = page_of(results)
    claim = replace(CLAIMS["small"], estimand=replace(CLAIMS["small"].estimand, metric=metric))
    page = replace(page, sources=with_findings(page.sources, claims={"small": claim}))
    judged = verdict_of(["positive", "negligible"], GRIDS["two"])
    first, other = judged.contexts
    first = replace(first, effect=replace(first.effect, estimate=largest))
    text = sentences.answer_of(page, replace(judged, contexts=(first, other)))
    assert ("Where the difference is largest, 84.2\xa0points, the other side hardly learns." in text) == says_so


@pytest.mark.parametrize(("boxes", "english", "korean"), [
    ([{"policy": ("fixed",), "budget": ("epochs",)}, {"policy": ("linear",)}],
     "with rates in proportion to the batch, or at one shared learning rate for the same images",
     "학습률이 배치 크기에 비례하는 조건, 그리고 학습률이 같은 조건 가운데 이미지 수가 같은 조건")
])  # fmt: skip
def test_a_choice_and_a_combination_read_differently(results, boxes, english, korean):
    assert sentences.where(page_of(results), boxes) == english
    assert sentences.where(page_of(results, "ko"), boxes) == korean


def test_what_a_claim_compares_with_is_no_condition_of_it(results):
    box = {"depth": (5,), "activation": ("sigmoid",)}
    arms = {"of": {"activation": ["sigmoid", "tanh"]}, "over": {"activation": "relu"}}
    estimand = replace(CLAIMS["small"].estimand, sides=arms)
    assert sentences.rival_axes(estimand) == {"activation"}
    assert sentences.rival_axes(replace(estimand, sides=arms | {"over": 2.0})) == set()
    assert sentences.where(page_of(results), [box], estimand) == "with 5 hidden layers and against sigmoid"
    korean = sentences.condition(page_of(results, "ko"), "activation", {"activation": ("tanh",)}, estimand)
    assert korean == "비교 대상이 tanh인 조건"


@pytest.mark.parametrize(("box", "english", "korean"), [
    ({"policy": ("fixed_minus",)}, "at the rate that suits softmax + MSE or identity + MSE",
     "softmax + MSE 또는 항등 함수 + MSE에 맞는 학습률을 쓴 조건"),
    ({"policy": ("linear_minus",), "objective": ("softmax+mse",)}, "with linear scaling from softmax + MSE",
     "softmax + MSE의 학습률에서 시작해 배치 크기에 비례하게 한 조건"),
])  # fmt: skip
def test_a_shared_rate_names_the_arm_that_it_suits(results, box, english, korean):
    sides = {"of": {"objective": "softmax+cross_entropy"}, "minus": {"objective": ["softmax+mse", "identity+mse"]}}
    estimand = replace(CLAIMS["small"].estimand, sides=sides)
    texts = [sentences.condition(page_of(results, language), "policy", box, estimand) for language in ("en", "ko")]
    assert texts == [english, korean]


def test_one_context_needs_no_conditions_and_an_endless_effect_has_no_size(results):
    page = page_of(results)
    assert sentences.answer_of(page, verdict_of(["positive"], [{}])) == "Yes."
    assert sentences.answer_of(page, verdict_of(["reversed"], [{}], "log2")) == (
        "No. It is the other way round, by a factor of 4.00."
    )
    slope = sentences.answer_of(page, verdict_of(["reversed"], [{}], "log2 per doubling"))
    assert slope.replace("\xa0", " ") == "No. It is the other way round, by a factor of 4.00 per doubling."
    endless = context("reversed", estimate=-math.inf, low=-math.inf, high=-math.inf)
    assert sentences.answer_of(page_of(results), verdict("small", "refuted", endless)) == "No."


def test_a_definition_names_the_readings_that_are_true_and_those_that_are_not(results):
    readings = {"its value": "holds", "its gradient": "fails", "as a convention": "holds", "as a restriction": "fails"}
    true, false, usual, needed = (Reading(reading, Outcome(outcome)) for reading, outcome in readings.items())
    for found, conclusion, text in (
        ((true, false), "depends", "True of its value. False of its gradient."),
        ((true, usual, false), "depends", "True of its value and as a convention. False of its gradient."),
        ((usual, needed), "depends", "True as a convention. False as a restriction."),
        ((true,), "by_construction", "Yes, by definition."),
        ((false,), "refuted", "No. Because."),
    ):
        judged = verdict("small", conclusion, kind=Kind.BY_CONSTRUCTION, readings=found)
        assert sentences.answer_of(page_of(results), judged) == text


@pytest.fixture
def page(results) -> Page:
    """Return a page of a study with three claims: supported, depends with an opposite, and refuted."""
    two = GRIDS["two"]
    records = {
        "held": verdict_of(["positive", "positive"], two, id="held", conclusion="supported"),
        "mixed": verdict_of(["positive", "reversed"], two, id="mixed", conclusion="depends"),
        "wrong": verdict_of(["negligible", "below"], two, id="wrong", conclusion="refuted"),
    }
    claims = {
        id: replace(
            CLAIMS["small"], id=id, source=("So it is.",), chapter="activations", statement={"en": f"It is {id}."}
        )
        for id in records
    }
    sources = with_findings(page_of(results).sources, verdicts=records, claims=claims)
    return Page(sources, "activations.md")


def test_the_most_surprising_verdict_comes_first_by_its_distance(page):
    assert pages_found.by_surprise(page) == ["wrong", "mixed", "held"]
    records = page.results.verdicts
    farther = verdict_of(["negligible", "reversed"], GRIDS["two"], conclusion="refuted")
    claims = page.results.claims | {"farther": replace(CLAIMS["small"], id="farther")}
    more = with_findings(page.sources, verdicts=records | {"farther": farther}, claims=claims)
    assert pages_found.by_surprise(Page(more, "index.md"))[:2] == ["farther", "wrong"]


def test_a_definition_that_fails_is_among_them(page):
    reading = Reading("its value", Outcome.FAILS)
    definition = verdict("defined", "refuted", kind=Kind.BY_CONSTRUCTION, readings=(reading,))
    claims = page.results.claims | {"defined": replace(page.results.claims["wrong"], id="defined")}
    records = page.results.verdicts | {"defined": definition}
    more = Page(with_findings(page.sources, verdicts=records, claims=claims), "index.md")
    assert "defined" in pages_found.by_surprise(more)


def test_a_chapter_opens_with_its_claims(page):
    found = pages_found.found(page, "activations", 2)
    assert found.startswith("## What we found")
    assert found.index("It is wrong.") < found.index("It is mixed.")
    assert 'id="figure-evidence-wrong"' in found
    assert pages_found.found(page, "losses") == ""
