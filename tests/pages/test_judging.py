"""The page on judging one's own runs: its example and its numbers, and the benchmark that counts errors."""

import argparse
import io
import re
import shlex
from itertools import product

import numpy as np
import pandas as pd
import pytest
from support.messages import message_of
from support.pages import sources_of, tiny_results, with_findings
from support.project import ROOT

from benchmarks import judging, sentences
from benchmarks.sentences import Row
from ontrial.commands import judge as command
from ontrial.judge import table_contexts
from ontrial.report.pages.page import Page
from ontrial.runs import phrases
from ontrial_book.studies import pages_measured as measured
from ontrial_book.teaching import pages_judging as published
from ontrial_judge.core import statistics

LICENCES = (ROOT / "docs/theme/overrides/assets/licences.txt").read_text(encoding="utf-8")


def test_groups_of_the_same_networks_seldom_seem_to_differ(monkeypatch):
    monkeypatch.setattr(judging, "COMPARISONS", 400)
    monkeypatch.setattr(judging, "TABLED", 20)
    accuracies = np.random.default_rng(1).normal(94, 0.6, judging.SEEDS)
    rows = {(row.part, row.case, row.quantity): row.value for row in judging.null(accuracies)}
    for way in judging.WAYS:
        assert rows["no difference", f"{way}, S above 0", "positive"] < 6
        assert rows["no difference", f"{way}, S usual", "positive"] == 0
        assert rows["no difference", f"{way}, S usual", "another outcome in a table"] == 0
    found = {row.case: row.value for row in judging.power(accuracies) if row.quantity == "positive"}
    assert found["0.5 S, 80 pairs"] == 0
    assert found["2 S, 20 pairs"] > 90


def test_limits_are_those_of_an_exact_test():
    rows = [
        Row("no difference", "paired, S usual", "positive", 0.01, 0.001, 0.05),
        Row("no difference", "paired, S above 0", "positive", 2.6, 2.4, 2.9),
        Row("unusual", "ties, paired", "positive", 3.6, 3.1, 4.1),
        Row("power", "2 S, 20 pairs", "positive", 99.0, 98.0, 99.9),
        Row("size", "one context", "seconds", 11.0),
        Row("size", "one context", "megabytes", 900.0),
    ]
    exceeded = [text.split(":")[0] for text in judging.exceeding(pd.DataFrame(rows, columns=Row._fields))]
    assert exceeded == ["paired, S usual, positive", "ties, paired, positive", "one context, seconds"]


@pytest.mark.parametrize("design", ["pairs", "arms"])
def test_simulated_shares_have_the_steps_that_they_are_judged_by(design):
    random = np.random.default_rng(1)
    steps = {name: table_contexts.step_of(kind.of(random, (400,))) for name, kind in sentences.KINDS[design].items()}
    told = {name: kind.step for name, kind in sentences.KINDS[design].items()}
    assert steps == pytest.approx(told)
    assert sorted(set(told.values()))[:4] == pytest.approx([0, 0.3, 1.5, 3])


def test_no_share_of_false_sentences_is_certainly_above_its_limit():
    published = pd.read_csv(ROOT / "results/reference/judging.csv")
    assert {*sentences.PARTS} < {*published["part"]}
    assert list(sentences.exceeding(published)) == []


def test_no_sentence_on_a_table_counts_one_as_several():
    plural = re.compile(
        r"(?<!of )\{(count|n|worse)\}( of \{\w+\})?( \S+)?( of \{value\}| with \{value\})? (are|have)\b"
    )
    said = {term: text for term, text in phrases().items() if term.startswith(("judge", "of tasks", "target"))}
    assert len(said) > 150
    assert [term for term, text in said.items() if plural.search(text)] == []


@pytest.fixture
def page():
    cases = product(measured.PLANTED, measured.PAIRS, measured.OUTCOMES)
    rows = [Row("power", f"{planted}, {pairs}", outcome, 12.5) for planted, pairs, outcome in cases]
    table = pd.DataFrame([*rows, Row("size", "one context", "seconds", 4.321)], columns=Row._fields).assign(runs=160)
    return Page(with_findings(sources_of(tiny_results(), "en"), measurements={"judging": table}), "judge.md")


def test_the_page_has_a_row_for_each_planted_difference_and_number_of_pairs(page):
    lines = measured.table(page, "power").splitlines()
    assert len(lines) == 2 + len(measured.PLANTED) * len(measured.PAIRS)
    assert lines[2] == "| 0.5 S | 10 | 12.5% | 12.5% | 12.5% |"
    assert measured.measured(page, "judging", "size", "one context", "seconds") == "4.3"
    assert measured.conditions(page, "judging") == {"runs": "160"}
    assert "unknown row" in message_of(measured.measured, page, "judging", "size", "two contexts", "seconds")


def test_the_page_has_a_row_for_each_kind_of_simulated_tables(page):
    kinds = product(("typical", "mean"), ("pairs", "arms"), measured.KINDS, ("large", "small"))
    rows = [Row(part, f"{design}, {kind}", quantity, 1.25, 1.0, 1.5) for part, design, kind, quantity in kinds]
    table = pd.DataFrame(rows, columns=Row._fields).assign(runs=2000)
    sources = with_findings(sources_of(tiny_results(), "ko"), measurements={"judging": table})
    lines = measured.table(Page(sources, "judge.md"), "sentences").splitlines()
    assert len(lines) == 2 + 2 * len(measured.KINDS)
    assert lines[2].startswith("| 정규 분포 | 쌍 | 1.3% |") or lines[2].startswith("| 정규 분포 | 쌍 | 1.2% |")


def test_the_page_has_a_row_for_each_published_table_and_a_column_for_each_tool(page):
    rows = [
        ("lead", "this", "positive", None, None, None, "1"),
        ("lead", "this", "mean", 0.0084, 0.007, 0.0098, "1"),
        ("lead", "scipy", "welch", 4e-10, None, None, "1.17"),
        ("uci", "this", "positive", 13, None, None, "1"),
    ]
    table = pd.DataFrame(rows, columns=["table", "tool", "finding", "value", "low", "high", "version"])
    sources = with_findings(sources_of(tiny_results(), "en"), measurements={"peers": table})
    head, _, lead, uci = published.by_peers(Page(sources, "judge.md")).splitlines()
    assert head == "| table | this judge 1 | scipy 1.17 |"
    assert lead.endswith("| as claimed; mean 0.00840 (0.00700 to 0.00980) | Welch p = 4.00 × 10⁻¹⁰ |")
    assert uci.endswith("| 13 as claimed | – |")


def test_sentences_of_simulated_tables_are_those_of_the_judge(monkeypatch):
    monkeypatch.setattr(sentences, "TABLES", 200)
    random = np.random.default_rng(4)
    skewed = random.exponential(size=(200, 20)) - np.log(2) + 1
    found = sentences.outcomes_of(skewed, None, 1.0)
    assert (found == sentences.outcomes_of_tables(skewed, None, 1.0)).all()
    assert (found == "positive").mean() < 0.06  # at the margin; the signed-rank test alone says so of 9%
    naive = statistics.signed_rank_interval(skewed, 0.95).ci_low >= 1
    assert naive.mean() > (found == "positive").mean()
    rows = [Row("typical", "pairs, normal, 6 pairs", "large", 2.0, 1.5, 2.6), Row("mean", "a, b, c", "small", 7, 6, 8)]
    assert [row.case for row in sentences.worst(rows)] == ["a, b", "pairs, normal"]
    table = pd.DataFrame(rows, columns=Row._fields)
    assert list(sentences.exceeding(table)) == ["mean, a, b, c, small: 7%, more than 5%"]


def test_the_command_of_the_example_asks_its_question(page):
    words = shlex.split(published.command(page).replace("\\\n", " "))
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    options = vars(parser.parse_args(words[2:]))
    kept = {
        key: options[key] for key in ("metric", "compare", "pair", "contexts", "where", "smallest_effect", "failed")
    }
    assert command.read_question(None, kept) == published.EXAMPLE


@pytest.mark.parametrize("name", published.PUBLISHED)
def test_published_tables_are_extracts_of_those_that_tests_judge(page, name):
    question = published.PUBLISHED[name]
    text = published.published(f"{name}.csv", question)["text"]
    shown = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    source = {"nanogpt": ("nanogpt.csv", "record", "MuddFormer"), "walker": ("control.csv", "task", "walker_walk")}[
        name
    ]
    whole = pd.read_csv(ROOT / "tests/judge/real" / source[0], dtype=str, keep_default_na=False)
    kept = whole[whole[source[1]] == source[2]].drop(columns=source[1])
    pd.testing.assert_frame_equal(shown, kept.reset_index(drop=True))
    assert f"judge page source {name}" in page.texts
    assert "dreamerv3" in LICENCES
    assert "modded-nanogpt" in LICENCES


def test_the_example_is_judged_by_the_runs_of_the_study(page):
    assert published.example(page) is None  # two seeds are too few
    rows = [
        {"experiment": "batch-size", "seed": seed, "learning_rate": 0.5, "batch_size": size, "test_accuracy": accuracy}
        for size, lead in ((16, 0.1), (256, 0.0))
        for seed in range(12)
        for accuracy in [0.8 + lead * (1 + seed / 100) + seed / 1_000]
    ]
    judged = published.example(Page(with_findings(page.sources, runs=pd.DataFrame(rows)), "judge.md"))
    assert "| 0.5 | as claimed, by at least" in judged
    assert "**Supported: test&#95;accuracy is higher" in judged
