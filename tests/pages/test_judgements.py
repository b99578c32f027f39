"""Judgements of anybody's runs in words, as Markdown, and as a page with a figure, whatever the names in the table."""

import base64
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from support.messages import message_of
from support.project import ROOT

from ontrial.judge import tables
from ontrial.judge.questions import TableQuestion
from ontrial.report.pages.judgements.figure import figure
from ontrial.report.pages.judgements.page import page
from ontrial.report.pages.judgements.report import report
from ontrial.report.pages.judgements.summary import summary
from ontrial.report.site.docs import read_words
from ontrial.report.wording.phrases import Phrases

PARTS = read_words(ROOT / "docs/words.yaml")
SAY = Phrases(PARTS["figures"] | PARTS["pages"], "en", "docs/words.yaml")
HOSTILE = "<b>|$x$ 🦀 한 [red]"
QUESTION = TableQuestion("score", "model", HOSTILE, "base", "1 point", pair=("seed",), contexts=("data",))


def runs(**leads: float) -> pd.DataFrame:
    """Return runs of 12 seeds, in which the first arm leads by these points on each data set, give or take 2."""
    random = np.random.default_rng(1)
    rows = [
        {"data": data, "seed": seed, "model": model, "score": 50 + random.normal() + lead * (model == HOSTILE)}
        for data, lead in leads.items()
        for seed in range(12)
        for model in (HOSTILE, "base")
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def judgement():
    return tables.judge_table(runs(clear=9.0, open=1.0), QUESTION)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_a_report_says_what_is_certain_and_what_would_settle_the_rest(judgement):
    text = report(judgement, SAY)
    assert text.heads == ["data", "what is certain", "typical run", "mean", "pairs", "noise floor"]
    assert plain(text.rows[0][text.finding]) == "as claimed, by at least 1 point"
    assert plain(text.sentence).endswith(
        "than with model base, by 1 point or more (as claimed: data=clear; undecided: data=open)."
    )
    clear, _ = judgement.verdict.contexts
    half = (clear.effect.high - clear.effect.low) / 2
    assert plain(text.rows[0][-1]) == f"{half:.1f} points"
    (note,) = [note for note in text.notes if note.startswith("data=open")]
    assert "80% of tables" in note
    assert "None of 12 runs of each arm ended far from the rest; up to 22% of further ones may (95%)" in " ".join(
        text.notes
    )


def test_on_korean_pages_all_words_but_those_of_the_table_are_korean(judgement):
    text = report(judgement, Phrases(PARTS["figures"] | PARTS["pages"], "ko", "docs/words.yaml"))
    names = ("data", "clear", "open", HOSTILE, "model", "base", "score", "S", "p")
    for words in [*text.heads, *text.rows[0][1:], text.sentence]:
        for name in names:
            words = words.replace(name, "")
        assert not re.search("[a-z]{2,}", words)
    assert "score 값이 model=base의 값보다 높다" in text.sentence


def test_what_was_used_counted_and_left_out_is_named():
    judgement = tables.judge_table(runs(open=1.0), replace(QUESTION, pair=()))
    text = report(judgement, SAY)
    assert text.heads[-2] == "runs"
    assert ("pairs", "none, runs share nothing") in text.used
    assert any(" runs of each arm would decide in 80% of tables" in note for note in text.notes)
    table = runs(clear=9.0).rename(columns={"score": "summary.score"})
    table.loc[0, "summary.score"] = float("nan")
    question = replace(QUESTION, failed="worst=0", looks=(6, 12), where={"data": "clear"}, contexts=())
    used = dict(report(tables.judge_table(table, question), SAY).used)
    assert used["metric"] == "score (column summary.score), higher is better"
    assert (used["only"], used["looks"]) == ("data=clear", "6, 12")
    assert used["failed"] == f"1 with {HOSTILE}, counted as 0"
    table = runs(few=3.0)
    few = table[table["seed"] < 5]
    typo = few.iloc[:1].assign(model="bsae", seed=99)
    text = report(
        tables.judge_table(pd.concat([table.assign(data="many"), few, typo], ignore_index=True), QUESTION), SAY
    )
    assert dict(text.used)["not judged"] == "1 with bsae"
    assert "data=few: too few pairs for an interval, which needs 6 or more." in text.notes


def test_a_metric_that_sounds_like_a_loss_needs_a_direction():
    asked = TableQuestion("val_loss", "model", "a", "b", "factor 1.1", pair=("seed",))
    table = pd.DataFrame({"val_loss": [2.0, 1.0] * 6, "model": ["a", "b"] * 6, "seed": np.arange(6).repeat(2)})
    assert message_of(tables.judge_table, table, asked) == (
        '"val_loss": is a lower number better? Say --lower-is-better, or --higher-is-better.'
    )
    for direction in ("lower", "higher"):
        question = replace(asked, **{f"{direction}_is_better": True})
        used = dict(report(tables.judge_table(table, question), SAY).used)
        assert used["metric"] == f"val_loss, {direction} is better"


def test_the_last_steps_of_runs_are_counted():
    table = runs(clear=9.0, open=1.0)
    table = pd.concat([table.assign(run=range(len(table)), step=step) for step in (1, 1000)], ignore_index=True)
    question = replace(QUESTION, run=("run",), last="step")
    used = dict(report(tables.judge_table(table, question), SAY).used)
    assert (used["steps"], used["last step"]) == ("the last step of each run", "1,000 in 48 runs")
    used = dict(report(tables.judge_table(table[:-1], question), SAY).used)
    assert used["last step"] == "1 in 1, 1,000 in 47 runs"
    table["step"] += table["run"] % 10
    assert dict(report(tables.judge_table(table, question), SAY).used)["last step"] == "1,000 to 1,009 in 48 runs"


def test_long_lists_of_incomplete_pairs_end():
    table = runs(clear=9.0, open=1.0, other=0.0)
    missing = table[(table["model"] == "base") & (table["seed"] >= 6)].index
    text = report(tables.judge_table(table.drop(index=missing).reset_index(drop=True), QUESTION), SAY)
    assert "is missing: 18. data=clear; seed=6 (no run of base), data=clear; seed=7" in text.notes[-1]


def test_arms_are_described_in_the_unit_of_the_table():
    table = runs(clear=9.0, open=1.0).assign(score=lambda table: table["score"] / 100)
    table.loc[0, "score"] = float("nan")
    text = report(tables.judge_table(table, replace(QUESTION, failed="worst=0")), SAY)
    assert text.arm_heads == ["data", "arm", "runs", "mean", "SD", "median", "worst", "failed"]
    assert [row[:3] for row in text.arms] == [
        [data, arm, "12"] for data in ("clear", "open") for arm in (HOSTILE, "base")
    ]
    assert text.arms[0][-2:] == ["0", "1"]
    base = table[(table["data"] == "open") & (table["model"] == "base")]["score"]
    assert [float(cell) for cell in text.arms[3][3:7]] == pytest.approx(
        [base.mean(), base.std(), base.median(), base.min()], rel=1e-3
    )


def test_an_arm_without_collapsed_runs_is_told_how_many_may_come():
    table = runs(clear=9.0)
    table.loc[table.index[table["model"] == "base"][:2], "score"] = 4.0
    notes = report(tables.judge_table(table, replace(QUESTION, contexts=())), SAY).notes
    (note,) = [note for note in notes if "far from the rest" in note]
    assert note.startswith(f"None of 12 runs of model={HOSTILE} ended far from the rest; up to 22%")


def test_many_contexts_have_the_open_ones_first_and_few_notes():
    leads = {f"c{i}": (9.0, 1.0, -9.0)[i % 3] for i in range(36)}
    text = report(tables.judge_table(runs(**leads), QUESTION), SAY)
    assert text.outcomes == sorted(text.outcomes, key=lambda outcome: (outcome != "undecided", outcome))
    assert text.outcomes[0] == "undecided"
    assert text.arms == []


def test_markdown_shows_names_literally(judgement):
    text = summary(report(judgement, SAY))
    assert "**Inconclusive**: score is higher with model &#60;b&#62;&#124;&#36;x&#36; 🦀 한 &#91;red&#93;" in text
    rows = [line.count("|") for line in text.splitlines() if line.startswith("| ") and "clear" in line]
    assert rows == [7, 9, 9]  # the effect, and both arms


def test_the_page_is_one_file_without_scripts_or_requests(judgement):
    html = page(report(judgement, SAY), figure([judgement], SAY))
    assert "<script" not in html
    assert "<b>" not in html
    assert {address.partition(":")[0] for address in re.findall(r'(?:src|srcset|href)="([^"]*)"', html)} == {"data"}
    svg = base64.b64decode(re.search(r'<img src="data:image/svg\+xml;base64,([^"]*)"', html)[1]).decode()
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", svg)
    assert "<img" not in page(report(judgement, SAY), "")


@pytest.mark.parametrize("change", [{"pair": ()}, {"smallest_effect": "factor 1.1"}, {"smallest_effect": "0.5"}])
def test_each_kind_of_question_has_a_figure(change):
    judgement = tables.judge_table(runs(clear=9.0), replace(QUESTION, **change))
    svg = ElementTree.fromstring(figure([judgement], SAY))
    space = "{http://www.w3.org/2000/svg}"
    kinds = [circle.get("class") for circle in svg.iter(f"{space}circle")]
    assert kinds.count("p") == 1  # the estimate of the only context, as claimed
    assert kinds.count("d") == 24 + 12 * ("pair" not in change)  # a dot per run, and per pair
    texts = [text.text for text in svg.iter(f"{space}text")]
    assert f"{HOSTILE}: higher →" in texts
    assert all(0 <= float(circle.get("cx")) <= 400 for circle in svg.iter(f"{space}circle"))
