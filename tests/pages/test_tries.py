"""Streams of tries: which of them rules keep."""

import numpy as np
import pandas as pd
import pytest
from support.outcomes import classify
from support.pages import sources_of, tiny_results, with_findings

from benchmarks import tries
from benchmarks.laboratories import Row
from benchmarks.tries import Stream, by_ledger, by_lond
from ontrial.judge.ledger import Ledger
from ontrial.judge.records import Conclusion
from ontrial.judge.statistics import ALPHA
from ontrial.report.pages.page import Page
from ontrial.report.pages.studies import measured

TABLE = pd.DataFrame(
    Row(part, rule, quantity, 1.25) for part, quantity in measured.KEPT.values() for rule in measured.RULES
).assign(runs=8_000)


@pytest.mark.parametrize("effect", [tries.ANY_EFFECT, 1.0])
@pytest.mark.parametrize("n", [6, 20])
def test_a_p_value_is_at_most_the_level_where_the_interval_reaches_the_effect(n, effect):
    random = np.random.default_rng(n)
    new = random.integers(-2, 9, (300, n)) / 2  # with ties and zeros
    p = Stream(new, np.zeros((1, n))).p_values(effect)
    for level in (0.025, 0.004):
        outcomes = classify(new, effect, censored=False, alpha=2 * level)
        assert ((p <= level) == (outcomes == "positive")).all()
    assert 0 < np.mean(p <= 0.025) < 1


def test_the_ledger_of_the_simulation_is_that_of_the_judge_and_lond_rewards_what_is_kept():
    p = np.random.default_rng(1).uniform(size=(3, tries.TRIES)) ** 6  # some are small
    for row, kept in zip(p, by_ledger(p), strict=True):
        ledger = Ledger(ALPHA)
        for value, is_kept in zip(row, kept, strict=True):
            assert is_kept == (value <= ledger.level)
            ledger = ledger.add("", "", "", Conclusion.SUPPORTED if is_kept else Conclusion.REFUTED)
        assert 0 < kept.sum() < tries.TRIES
    levels = tries.LEVELS[:3]
    assert by_lond(np.array([[levels[0], 2 * levels[1], 3 * levels[2]]])).all()
    assert by_lond(np.array([[1, 1.1 * levels[1], levels[2]]])).tolist() == [[False, False, True]]


def test_streams_of_runs_that_do_not_differ_keep_nothing_by_the_ledger(monkeypatch):
    monkeypatch.setattr(tries, "STREAMS", 5)
    accuracies = np.random.default_rng(1).normal(94, 0.6, tries.SEEDS)
    table = {(row.part, row.case, row.quantity): row.value for row in tries.rows(accuracies)}
    assert {(part, rule, name) for part, name in measured.KEPT.values() for rule in measured.RULES} <= table.keys()
    assert 90 < table["fresh seeds", "means", "wrong"] < 110
    assert table["fresh seeds", "intervals", "streams"] == 100
    assert table["fresh seeds", "ledger, smallest effect", "wrong"] == 0
    assert table["improvements", "means", "found 2 S"] > table["improvements", "ledger", "found 1 S"] > 0


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_compares_the_rules(language):
    page = Page(with_findings(sources_of(tiny_results(), language), measurements={"tries": TABLE}), "statistics.md")
    rows = measured.table(page, "tries").splitlines()[2:]
    assert [[cell.strip() for cell in row.split("|")[2:4]] for row in rows] == [["1.25", "1.2%"]] * len(measured.RULES)
    assert measured.conditions(page, "tries") == {"runs": "8,000"}
