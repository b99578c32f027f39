"""A verdict from numbers alone, without a study: each by hand."""

import math

import numpy as np
import pytest

from ontrial_judge.core import decisions
from ontrial_judge.core.evidence import MeasuredArm, Paired
from ontrial_judge.core.question import Question
from ontrial_judge.core.statistics import Claimed, Quantifier
from ontrial_judge.core.verdicts import Conclusion, Outcome

NOTHING = np.zeros(20)


def arm(numbers: np.ndarray, failed: np.ndarray | None = None, position: float = 0.0) -> MeasuredArm:
    failed = np.zeros(len(numbers), bool) if failed is None else failed
    nothing = np.full(len(numbers), np.nan)
    columns = {"number": numbers, "least": numbers, "failed": failed, "rate": nothing, "on_edge": nothing > 0}
    return MeasuredArm(columns, np.arange(1, 1 + len(numbers)), position)


def context(question: Question, of: np.ndarray, other: np.ndarray = NOTHING, name: str = "a") -> Paired:
    return Paired({"task": name}, question, [arm(of), arm(other)])


SPREAD = np.linspace(-0.5, 0.5, 20)
ACCURACY = Question(Claimed.MORE, 1.0, "points")


@pytest.mark.parametrize(
    ("of", "outcome"),
    [
        (SPREAD + 2, Outcome.POSITIVE),
        (SPREAD, Outcome.NEGLIGIBLE),
        (SPREAD - 2, Outcome.REVERSED),
        (SPREAD + 1, Outcome.UNDECIDED),
    ],
)
def test_a_context_is_decided_by_the_interval_of_its_differences(of, outcome):
    judged = decisions.judge([context(ACCURACY, of)], (20,))
    (found,) = judged["contexts"]
    assert found.outcome is outcome
    assert found.effect.estimate == pytest.approx(np.median(of))
    assert (found.n, found.look, found.failed) == (20, 1, (0, 0))
    assert (judged["unit"], judged["smallest_effect"]) == ("points", 1)


def test_a_claim_depends_on_its_contexts_unless_some_are_enough():
    def concluded(quantifier: Quantifier | None) -> Conclusion:
        question = Question(Claimed.MORE, 1.0, "points", quantifier=quantifier)
        listed = [context(question, SPREAD + 9, name="a"), context(question, SPREAD - 9, name="b")]
        judged = decisions.judge(listed, (20,))
        assert judged["flipped_by"] == ("task",)
        return judged["conclusion"]

    assert concluded(None) is Conclusion.DEPENDS
    assert concluded(Quantifier.SOME) is Conclusion.SUPPORTED
    assert concluded(Quantifier.ALL) is Conclusion.REFUTED


def test_the_first_look_decides_with_the_seeds_that_it_has():
    (found,) = decisions.judge([context(ACCURACY, SPREAD + 9)], (10, 20))["contexts"]
    assert (found.n, found.look, found.outcome) == (10, 1, Outcome.POSITIVE)
    assert found.effect.level == pytest.approx(1 - 0.83 * 0.05)


def test_more_fields_of_a_context_come_from_who_knows_them():
    def about(measured, off_grid):
        return {"rates": (0.1, None), "on_edge": off_grid}

    (found,) = decisions.judge([context(ACCURACY, SPREAD)], (20,), about=about)["contexts"]
    assert (found.rates, found.on_edge) == ((0.1, None), False)


def test_many_failures_replace_the_numbers():
    question = Question(Claimed.MORE, 1.0, "points", may_fail=True)
    failed = np.arange(20) < 10
    measured = Paired({}, question, [arm(SPREAD), arm(SPREAD - 50 * failed, failed)])
    (found,) = decisions.judge([measured], (20,))["contexts"]
    assert (found.counts_failures, found.effect.estimate, found.effect.unit) == (True, 50, "points of failures")
    assert found.outcome is Outcome.POSITIVE


def test_one_number_per_seed():
    of, other = np.array([[8.0, 2.0, math.inf], [2.0, 2.0, math.inf]])
    arms = np.stack([of, other])
    assert Question(Claimed.MORE, 1, "points").numbers(arms).tolist() == [6, 0, 0]
    ratio = Question(Claimed.MORE, 1, "log2", takes_ratio=True, censored=True)
    assert ratio.numbers(arms).tolist() == [2, 0, 0]
    shared = Question(Claimed.MORE, 1, "points", sides=(None, 5.0))
    assert shared.numbers(arms[:1]).tolist() == [3, -3, math.inf]
    slope = Question(Claimed.MORE, 1, "points per layer", sides=(None,), is_slope=True)
    assert slope.numbers(np.array([[1.0], [3.0], [5.0]]), [0, 1, 2]).tolist() == [2]
    spread = Question(Claimed.MORE, 1, "points", has_spread=True)
    assert spread.numbers(np.array([[1.0, 2, 9], [5.0, 5, 6]])).tolist() == [1, 0, 6]


def test_losses_of_nothing_have_no_ratio_and_times_that_never_end_say_nothing():
    nothing, never = np.zeros((2, 3)), np.full((2, 3), math.inf)
    assert np.isnan(Question(Claimed.MORE, 1, "log2", takes_ratio=True).numbers(nothing)).all()
    assert np.isnan(Question(Claimed.MORE, 1, "log2", takes_ratio=True, censored=True).numbers(never)).all()


def test_a_time_that_has_not_ended_may_be_any_above_its_bound():
    question = Question(Claimed.MORE, 1, "epochs", censored=True)
    arms, least = np.array([[math.inf], [3.0]]), np.array([[9.0], [3.0]])
    assert [bound.tolist() for bound in question.bounds(arms, least)] == [[6], [math.inf]]
