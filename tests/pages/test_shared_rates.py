"""Whose learning rate two arms share, and how often it changes the answer."""

import pytest
from support.pages import context, verdict

from ontrial.report.summaries import rate_owners
from ontrial.report.summaries.evidence import rows_of


def judged(*outcomes: tuple[str, str]):
    """Return a verdict with settings of two contexts: the outcomes at the rate of one arm and at that of the other."""
    contexts = [
        context(outcome, {"policy": f"fixed_{owner}", "depth": depth})
        for depth, pair in enumerate(outcomes)
        for owner, outcome in zip(("of", "minus"), pair, strict=True)
    ]
    return verdict("small", "depends", *contexts, context("positive", {"policy": "tuned", "depth": 0}))


def test_a_setting_is_opposite_if_the_other_rate_reverses_what_is_claimed():
    found = judged(("positive", "reversed"), ("positive", "positive"), ("reversed", "positive"), ("below", "reversed"))
    assert rate_owners.count([found]) == rate_owners.SharedRates(settings=4, claimed=3, both=1, opposite=2)
    assert rate_owners.count([judged(("equal", "apart"))]) == rate_owners.SharedRates(1, 1, 0, 1)
    assert rate_owners.count([]) == rate_owners.SharedRates(0, 0, 0, 0)


@pytest.mark.parametrize(
    ("conclusion", "plain", "shown"),
    [
        ("depends", ("positive", "reversed"), [0, 1]),  # the verdict follows from these, whatever is open elsewhere
        ("depends", ("positive", "positive"), [0, 1, 3, 4, 6, 7]),  # what speaks against it is elsewhere
        ("inconclusive", ("positive", "positive"), [0, 1, 3, 4, 6, 7]),  # and so is what leaves it open
    ],
)
def test_a_picture_shows_plain_rates_if_the_verdict_follows_from_them(conclusion, plain, shown):
    policies = ["fixed_of", "fixed_minus", *(f"sqrt_{i}" for i in range(6))]
    outcomes = [*plain, "negligible", "undecided", "undecided", "undecided", "undecided", "undecided"]
    contexts = [
        context(outcome, {"policy": policy}, estimate=float(i))
        for i, (outcome, policy) in enumerate(zip(outcomes, policies, strict=True))
    ]
    assert rows_of(verdict("small", conclusion, *contexts)) == shown
