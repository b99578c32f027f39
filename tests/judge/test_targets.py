"""Targets of runs, in tables with a row for each step."""

import argparse
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.messages import message_of

from ontrial.commands import judge as command
from ontrial.judge import tables, targets
from ontrial.judge.questions import TableQuestion
from ontrial.report.pages.judgements.target import on_target
from ontrial.runs import phrases


@pytest.fixture
def curves():
    """The loss of pairs of runs at 10 steps, in no order: it is 1 after 3 or 4 steps of a, and after 6 or 7 of b."""
    rows = [
        {"run": f"{arm}{seed}", "arm": arm, "seed": seed, "step": step, "loss": 4.0 - step * 3 / (at + seed % 2)}
        for arm, at in (("a", 3), ("b", 6))
        for seed in range(12)
        for step in range(1, 11)
    ]
    table = pd.DataFrame(rows)
    late = (table["step"] > 8) & (table["arm"] == "a")
    return table.assign(loss=table["loss"].where(~late, 9.0)).sample(frac=1, random_state=1, ignore_index=True)


FIRST = {"run": ("run",), "last": "step"}


def test_a_run_reaches_a_target_at_the_first_step_there(curves):
    target = targets.Target.parse("loss <= 1")
    found = targets.reached(curves, target, "arm", ["a", "b"], {}, FIRST)
    assert [(each.reached, each.runs, each.first) for each in found] == [(12, 12, 3.5), (12, 12, 6.5)]
    few = targets.reached(curves[curves["step"] < 4].reset_index(drop=True), target, "arm", ["a", "b"], {}, FIRST)
    assert [(each.reached, each.first) for each in few] == [(6, None), (0, None)]
    heads = [on_target(target, found, "arm", phrases(language), steps=True).heads for language in ("en", "ko")]
    assert [each[-1] for each in heads] == ["median first step", "처음 도달한 단계의 중앙값"]
    assert on_target(target, found, "arm", phrases(), steps=True).rows[0][-1] == "3.5"


def test_first_steps_at_a_target_are_compared(curves):
    target = targets.Target.parse("loss <= 1")
    question = TableQuestion("loss", "arm", "a", "b", "factor 1.2", pair=("seed",), lower_is_better=True, **FIRST)
    judgement = tables.judge_table(*targets.first_steps(curves, target, question))
    assert judgement.verdict.conclusion == "supported"
    assert judgement.measured[0].numbers == pytest.approx(np.log2([2, 7 / 4] * 6))
    assert judgement.question.statement == "step until loss <= 1 is lower with arm a than with arm b"
    lost = curves[~((curves["run"] == "b1") & (curves["step"] > 6)) & ~((curves["run"] == "b3") & (curves["step"] > 5))]
    lost = lost.reset_index(drop=True)
    judgement = tables.judge_table(*targets.first_steps(lost, target, replace(question, failed="never=7")))
    assert judgement.without_number == {"b": 2}
    changed, asked = targets.first_steps(lost[lost["step"] < 6].reset_index(drop=True), target, question)
    assert (asked.failed, int(changed[asked.metric].isna().sum())) == ("never=5", 12)
    message = message_of(targets.first_steps, lost, target, replace(question, pair=()))
    assert "2 of 24 runs never reach loss <= 1. Without pairs" in message
    assert "--failed worst=NUMBER" in message
    assert targets.first_steps(lost, target, replace(question, pair=(), failed="worst=20"))[1].failed == "worst=20"
    assert "needs --run and --last" in message_of(targets.first_steps, lost, target, replace(question, run=(), last=""))


def test_the_command_compares_first_steps_in_each_format(curves, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    curves[curves["step"] < 7].to_csv("runs.csv", index=False)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    words = ["runs.csv", "--run", "run", "--last", "step", "--compare", "arm=a,b", "--html", "runs.html", "--json"]
    for asked in (["--pair", "seed", "--smallest-effect", "factor 1.2"], []):
        options = vars(parser.parse_args([*words, "--target", "loss <= 1", *asked]))
        options.pop("input_error_code")
        options.pop("function")(**options)
        printed = capsys.readouterr()
        found, html = json.loads(printed.out), (tmp_path / "runs.html").read_text(encoding="utf-8")
        if asked:
            assert found["claims"][0]["verdict"] == "supported"
            assert "6 with b, later than 6" in printed.err
            assert "step until loss &lt;= 1 is lower with arm a than with arm b" in html
        else:
            assert [each["first"] for each in found["arms"]] == [3.5, None]
            assert "<td>3.5</td>" in html
