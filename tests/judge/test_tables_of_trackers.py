"""Exports of MLflow, Trackio and W&B, as they come, have the same verdict on the same runs: see exports/README.md."""

from dataclasses import replace

import pytest
from support.messages import message_of
from support.project import ROOT

from ontrial.judge import tables
from ontrial.judge.questions import TableQuestion
from ontrial.judge.tables import Judgement
from ontrial.storage import run_tables

EXPORTS = ROOT / "tests/judge/exports"
QUESTION = TableQuestion("test_accuracy", "optimiser", "sgd", "adam", "1 point", pair=("seed",))
LAST = {"run": ("run_id",), "last": "step"}


def judge(export: str, **changes: object) -> Judgement:
    """Return the verdict on an export, as the command reads it.

    changes: Fields of QUESTION that are others.
    """
    question = replace(QUESTION, **changes)
    table = run_tables.read_runs(str(EXPORTS / export))
    return tables.judge_table(table, question)


@pytest.mark.parametrize(
    ("export", "changes", "prefixes"),
    [
        ("mlflow.csv", {}, ("metrics", "params")),
        ("wandb.json", {}, ("summary", "config")),
        ("trackio.json", LAST, ("metrics", "config")),
    ],
)
def test_the_same_runs_have_the_same_verdict(export, changes, prefixes):
    judgement = judge(export, **changes)
    (context,) = judgement.verdict.contexts
    assert context.effect.numbers == pytest.approx((15.27777778, 12.22222222, 18.98148148))
    assert (context.outcome, context.n) == ("positive", 12)
    metrics, config = prefixes
    assert judgement.columns["test_accuracy"] == f"{metrics}.test_accuracy"
    assert judgement.columns["optimiser"] == f"{config}.optimiser"
    assert judgement.shares


def test_steps_of_a_run_are_never_taken_for_runs():
    for pair in ((), ("seed",)):
        assert 'rows have the same "run_id"' in message_of(judge, "trackio.json", pair=pair)
    assert judge("trackio.json", **LAST).ends == {4: 24}
    assert (
        judge("trackio.json", where={"epoch": "5"}).verdict.contexts == judge("trackio.json", **LAST).verdict.contexts
    )
