"""What pages say of an outcome: the margin, the direction if it is certain, and what is open."""

import math
from dataclasses import replace

import pytest
from support.pages import ESTIMAND, WORDS, context, verdict

from ontrial.report.wording import outcomes
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import Quantity
from ontrial_judge.core.statistics import FAILURES, OUTCOMES_OF, Claimed
from ontrial_judge.core.verdicts import Effect, Outcome

EN, KO = (Phrases(WORDS["pages"], language, "docs/words.yaml") for language in ("en", "ko"))
NO_VALUE = (math.nan, math.nan)


@pytest.mark.parametrize(("outcome", "interval", "english", "korean"), [
    ("positive", (1.0, 2.0), "as claimed, by at least a factor of 2", "주장대로 2배 이상"),
    (
        "negligible",
        (0.1, 0.6),
        "in the claimed direction, but by less than a factor of 2",
        "주장한 방향이지만 2배 미만",
    ),
    ("negligible", (-0.6, 0.6), "less than a factor of 2 in either direction", "어느 방향으로든 2배 미만"),
    ("negligible", (3e-6, 0.6), "less than a factor of 2 in either direction", "어느 방향으로든 2배 미만"),
    (
        "negligible",
        (-0.9, -0.4),
        "in the opposite direction, but by less than a factor of 2",
        "반대 방향이지만 2배 미만",
    ),
    ("reversed", (-2.0, -1.0), "in the opposite direction, by at least a factor of 2", "반대 방향으로 2배 이상"),
    ("below", (-1.5, 0.5), "not as claimed, less than a factor of 2; whether the opposite holds is open",
     "주장과 달리 2배 미만, 반대인지는 알 수 없음"),
    ("below", (-1.5, -0.5), "in the opposite direction; whether by a factor of 2 is open",
     "반대 방향, 2배 이상인지는 알 수 없음"),
    ("undecided", (0.5, 1.5), "in the claimed direction; whether by a factor of 2 is open",
     "주장한 방향, 2배 이상인지는 알 수 없음"),
    ("undecided", (-0.5, 1.5), "the opposite by a factor of 2 is ruled out; the rest is open",
     "반대 방향으로 2배 이상은 아님, 그 밖에는 알 수 없음"),
    ("undecided", (-1.5, 1.5), "open, even in which direction", "어느 쪽이 앞서는지도 알 수 없음"),
    ("undecided", NO_VALUE, "open, even in which direction", "어느 쪽이 앞서는지도 알 수 없음"),
])  # fmt: skip
def test_a_finding_says_what_is_certain_and_what_is_open(outcome, interval, english, korean):
    effect = Effect(math.nan, *interval, level=0.95, unit="log2")
    sentences = [outcomes.finding(say, Outcome(outcome), effect, 1.0).replace("\xa0", " ") for say in (EN, KO)]
    assert sentences == [english, korean]


@pytest.mark.parametrize(
    ("outcome", "interval", "english", "korean"),
    [
        ("equal", (0.1, 0.6), "equal to within a factor of 2", "2배 미만의 차이로 같음"),
        ("apart", (-2.0, -1.0), "a factor of 2 or more apart", "2배 이상 차이 남"),
        (
            "undecided",
            (-1.5, -0.5),
            "different; whether by a factor of 2 is open",
            "차이는 있으나 2배 이상인지는 알 수 없음",
        ),
        ("undecided", (-0.5, 1.5), "whether they differ by a factor of 2 is open", "2배 이상 차이 나는지는 알 수 없음"),
        ("within", (-3.0, 0.6), "more by less than a factor of 2, if at all", "크더라도 2배 미만"),
        ("beyond", (1.0, 2.0), "more, by at least a factor of 2", "2배 이상 큼"),
    ],
)
def test_a_finding_on_small_effects_names_no_claimed_direction(outcome, interval, english, korean):
    effect = Effect(math.nan, *interval, level=0.95, unit="log2")
    claimed = Claimed.EQUAL if outcome in OUTCOMES_OF[Claimed.EQUAL] else Claimed.AT_MOST
    sentences = [outcomes.finding(say, Outcome(outcome), effect, 1.0, claimed) for say in (EN, KO)]
    assert [sentence.replace("\xa0", " ") for sentence in sentences] == [english, korean]


@pytest.mark.parametrize(
    ("smallest_effect", "unit", "english", "korean"),
    [
        (1.0, "points", "1 point", "1퍼센트포인트"),
        (math.log2(1.25), "log2", "a factor of 1.25", "1.25배"),
        (0.1, "nats", "0.1 nats", "0.1 nat"),
        (0.05, "number", "0.05", "0.05"),
        (0.00005, "number", "5 × 10⁻⁵", "5 × 10⁻⁵"),
        (20000.0, "updates", "20,000 updates", "갱신 20,000회"),
        (1.0, "points per layer", "1 point per layer", "층마다 1퍼센트포인트"),
        (math.log2(1.00001), "log2", "a factor of 1.00001", "1.00001배"),
        (math.log2(1.5), "log2 per 0.1", "a factor of 1.5 per 0.1", "0.1마다 1.5배"),
    ],
)
def test_a_margin_has_no_needless_digits_and_a_singular(smallest_effect, unit, english, korean):
    margins = [Quantity.of(smallest_effect, unit).as_margin(say).replace("\xa0", " ") for say in (EN, KO)]
    assert margins == [english, korean]


@pytest.mark.parametrize(
    ("value", "unit", "sentence", "cell", "figure", "mark", "tick"),
    [
        (1.25, "points", "1.2 points", "1.2 points", "1.25 points", "1.25", "1.25"),
        (1.0, "log2", "a factor of 2.00", "× 2.00", "×2", "2", "2"),
        (1.0, "points per layer", "1.00 points per layer", "1.00 points per layer", "1 point per layer", "1.00", "1"),
    ],
)
def test_a_quantity_is_written_for_sentences_cells_and_figures(value, unit, sentence, cell, figure, mark, tick):
    quantity, words = Quantity.of(value, unit), Phrases(WORDS["figures"], "en", "docs/words.yaml")
    texts = [quantity.in_sentence(EN), quantity.in_cell(EN), quantity.in_figure(words), quantity.mark, quantity.tick]
    assert [text.replace("\xa0", " ") for text in texts] == [sentence, cell, figure, mark, tick]


def test_a_fixed_arm_keeps_its_name_where_the_context_names_the_other():
    sides = {"of": {"objective": "softmax+cross_entropy"}, "minus": {"objective": ["softmax+mse", "identity+mse"]}}
    words = Phrases(WORDS["figures"] | WORDS["pages"], "en", "docs/words.yaml")
    names = outcomes.arm_names(replace(ESTIMAND, sides=sides), words, {"objective": "identity+mse"})
    assert names == ["softmax, cross-entropy", "identity, MSE"]


def test_outcomes_are_counted_in_the_order_of_the_rules():
    some = [context(outcome) for outcome in ("undecided", "negligible", "positive", "negligible")]
    some.append(context("negligible", unit=FAILURES, smallest_effect=10.0, counts_failures=True))
    judged = verdict("small", "inconclusive", *some)
    assert outcomes.counts(EN, judged, some).replace("\xa0", " ") == (
        "as claimed in 1, less than 1 point in 2, less than 10 failures in 100 networks in 1, undecided in 1"
    )
    assert outcomes.counts(KO, judged, some) == (
        "주장대로 1가지, 1퍼센트포인트 미만 2가지, 실패율 10퍼센트포인트 미만 1가지, 미정 1가지"
    )
    assert outcomes.counts(EN, judged, [context("reversed")] * 2) == "reversed in each"
    assert outcomes.counts(EN, judged, [context("reversed")]) == "reversed in 1"
