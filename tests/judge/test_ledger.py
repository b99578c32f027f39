"""Ledgers: levels that add up to the total error, and lines that only their own order can have written."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontrial.errors import InputError
from ontrial.judge.ledger import MOST_ERROR, Ledger, decode, encode, level
from ontrial_judge.core.verdicts import Conclusion

DECISIONS = st.lists(st.sampled_from([Conclusion.SUPPORTED, Conclusion.REFUTED, Conclusion.INCONCLUSIVE]), max_size=30)
TOTALS = st.floats(1e-6, MOST_ERROR, exclude_max=True)
STREAMS = 20_000


def ledger_of(total_error: float, verdicts: list[Conclusion]) -> Ledger:
    ledger = Ledger(total_error)
    for i, verdict in enumerate(verdicts):
        ledger = ledger.add(f"try “{i}”\n", f"claim {i}", "data", verdict)
    return ledger


def text_of(ledger: Ledger) -> str:
    return "".join(f"{line}\n" for line in encode(ledger))


@given(TOTALS, DECISIONS)
def test_whatever_is_decided_the_error_spent_stays_below_the_total(total, verdicts):
    ledger = ledger_of(total, verdicts)
    assert 0 < ledger.level < ledger.left
    assert ledger.spent == pytest.approx(total * (1 - 1 / math.sqrt(1 + sum(not each.kept for each in ledger.tries))))


@given(TOTALS, DECISIONS)
def test_levels_do_not_rise_and_a_kept_try_costs_nothing(total, verdicts):
    for this, following in pairwise(ledger_of(total, verdicts).tries):
        assert following.level == this.level if this.kept else following.level < this.level


@pytest.mark.parametrize("common", [0.0, 0.5, 1.0], ids=["independent", "correlated", "the same"])
@pytest.mark.parametrize("improvements", [0, 10])
def test_no_void_try_is_kept_in_more_streams_than_declared(common, improvements):
    """Between void tries there are true improvements, which are always kept; z-values are normal."""
    random = np.random.default_rng(1)
    total, tries = 0.2, 20
    z = math.sqrt(common) * random.normal(size=(STREAMS, 1)) + math.sqrt(1 - common) * random.normal(
        size=(STREAMS, tries)
    )
    p = np.array([0.5 * math.erfc(value / math.sqrt(2)) for value in z.ravel()]).reshape(z.shape)
    void = np.arange(tries) % 2 == 0 if improvements else np.ones(tries, bool)
    spending, wrong = np.zeros(STREAMS, int), np.zeros(STREAMS, bool)
    levels = np.array([level(total, k) for k in range(tries + 1)])
    for t in range(tries):
        kept = p[:, t] <= levels[spending] if void[t] else np.ones(STREAMS, bool)
        wrong |= kept & void[t]
        spending += ~kept
    assert wrong.mean() <= total + 3 * math.sqrt(total * (1 - total) / STREAMS)
    assert wrong.mean() > 0.05  # the bound is not idle


@given(TOTALS, DECISIONS)
def test_a_file_gives_back_its_ledger(total, verdicts):
    ledger = ledger_of(total, verdicts)
    assert decode(text_of(ledger), "tries.jsonl") == ledger


def test_a_question_is_found_if_it_was_asked_of_the_same_runs():
    ledger = ledger_of(0.05, [Conclusion.SUPPORTED, Conclusion.REFUTED])
    assert ledger.find("claim 1", "data") == 2
    assert ledger.find("claim 1", "more data") is None


LEDGER = ledger_of(0.05, [Conclusion.SUPPORTED, Conclusion.SUPPORTED, Conclusion.REFUTED, Conclusion.INCONCLUSIVE])
LINES = text_of(LEDGER).splitlines()


@pytest.mark.parametrize(("lines", "refused"), [
    ([LINES[0], LINES[2], LINES[1], *LINES[3:]], 2), ([*LINES[:2], *LINES[3:]], 3), ([*LINES, LINES[-1]], 6),
    ([*LINES[:3], LINES[3].replace("refuted", "supported"), LINES[4]], 4),
    ([*LINES[:3], LINES[3].replace("claim 2", "claim 9"), LINES[4]], 5),
    ([*LINES[:3], LINES[3].replace('"data"', '"runs"', 1), LINES[4]], 4),
    ([LINES[0].replace("0.05", "0.06"), *LINES[1:]], 2), ([LINES[0].replace("0.05", "0.6"), *LINES[1:]], 1),
    ([LINES[0].replace(":1,", ":2,"), *LINES[1:]], 1), ([*LINES[:2], "", *LINES[2:]], 3), (["", *LINES], 1),
    ([*LINES[:2], "[" * 100_000], 3),
])  # fmt: skip
def test_a_changed_moved_or_missing_line_is_refused_by_its_number(lines, refused):
    with pytest.raises(InputError, match=rf"^tries\.jsonl:{refused}: "):
        decode("\n".join([*lines, ""]), "tries.jsonl")


def test_a_line_that_was_cut_off_is_refused():
    with pytest.raises(InputError, match=r"^tries\.jsonl:5: .*Delete the line"):
        decode("\n".join(LINES)[:-20], "tries.jsonl")


@pytest.mark.parametrize("total", [0, -0.1, MOST_ERROR, math.nan])
def test_a_total_error_is_a_small_chance(total):
    with pytest.raises(ValueError, match=f"{total:g}"):
        Ledger(total)
