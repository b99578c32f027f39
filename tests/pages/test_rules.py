"""Numbers of pages that follow from the rules of judgement."""

from dataclasses import replace

import pytest
from support.pages import STUDY, page_of, tiny_results

from ontrial.judge.smallest_effects import USUAL
from ontrial.report.pages import rules, tables
from ontrial.report.pages.claims import evidence
from ontrial.study import configuration


@pytest.fixture
def page(results):
    return page_of(results)


def test_numbers_of_the_rules_are_those_of_the_judge(page):
    assert [rules.Rules(page).look_share(look) for look in (1, 2, 3)] == ["4.15%", "0.425%", "0.425%"]
    assert [rules.Rules(page).look_level(look) for look in (1, 2, 3)] == ["95.85%", "99.575%", "99.575%"]
    assert [rules.Rules(page).try_level(spending) for spending in (0, 199)] == ["1.5%", "0.00088%"]
    assert [rules.Rules(page).try_pairs(spending) for spending in (0, 199)] == ["7", "17"]
    assert rules.Rules(page).median_ranks(20, 1) == (6, 15, "95.9%")
    assert rules.Rules(page).median_ranks(80, 3) == (27, 54, "99.8%")
    table = tables.table(page, "smallest effects")
    assert len(table.splitlines()) == 2 + len(USUAL)
    assert "a\u00a0factor\u00a0of\u00a01.25; a\u00a0factor\u00a0of\u00a02 where a claim says “much”" in table


def test_failures_have_their_limits_in_words(page):
    assert [text.replace("\xa0", " ") for text in rules.Rules(page).failures] == [
        "2 points",
        "95%",
        "20%",
        "10 failures in 100 networks",
    ]
    assert rules.Rules(page).factors_tried == ("1/16", "16")


@pytest.mark.parametrize(("last", "left"), [(1, "4, 8"), (2, "8"), (3, "")])
def test_looks_that_a_run_does_not_take_are_named(last, left):
    text = STUDY.replace("{from: 11, to: 12}", "{from: 11, looks: [2, 4, 8]}") + f"last_look: {last}\n"
    study = configuration.parse(text, "tiny.yaml")
    page = page_of(replace(tiny_results(), study=study))
    assert rules.Rules(page).looks_left == left
    said = evidence._seeds_text(page, study.experiments["batch-size"])
    assert said.startswith(["2", "2, then 4 ", "2, then 4, 8 "][last - 1])
    assert ("this run stops before it" in said) == (left != "")
