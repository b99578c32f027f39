"""Whose learning rate two arms share, and how often it changes the answer."""

from support.pages import context, verdict

from ontrial.report.summaries import rate_owners


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
    assert rate_owners.count([found]) == rate_owners.Counts(settings=4, claimed=3, both=1, opposite=2)
    assert rate_owners.count([judged(("equal", "apart"))]) == rate_owners.Counts(1, 1, 0, 1)
    assert rate_owners.count([]) == rate_owners.Counts(0, 0, 0, 0)
