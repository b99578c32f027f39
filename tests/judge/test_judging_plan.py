"""The plan of judging: claims, looks, and the files of a study with and without a docket."""

from pathlib import Path

import pytest

from ontrial.judge import own_metrics
from ontrial.judge.judging_plan import JudgingPlan
from ontrial.study import configuration

STUDY = """\
study: small
docket: claims.yaml
experiments:
  grid: {purpose: Be small., dataset: [digits], hidden: [[2]], activation: [relu, tanh, elu], initialisation: [own],
    objective: [softmax+cross_entropy], batch_size: [16], learning_rates: [0.125, 0.5],
    seeds: {confirmatory: {from: 1, looks: [8, 16]}}, budget: {epochs: 1}}
"""
DOCKET = """\
claims:
  - {id: better, statement: {en: Tanh is better than ReLU.}, experiment: grid, metric: test_accuracy,
    difference: {of: {activation: tanh}, minus: {activation: relu}},
    contexts: {policy: [fixed_of, fixed_minus, tuned]}, smallest_effect: 1 point}
"""
METRICS = '''\
def gap(curves):
    """Distance to one."""
    return 1 - curves["validation_accuracy"][-1]
'''


@pytest.fixture(autouse=True)
def _forget():
    yield
    own_metrics.define(None)


@pytest.fixture
def read(tmp_path, monkeypatch):
    """A function that returns the plan of a study, given with its docket, from a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def plan(study: str = STUDY, docket: str = DOCKET) -> JudgingPlan:
        Path("claims.yaml").write_text(docket, encoding="utf-8")
        return JudgingPlan.read(configuration.parse(study, "small.yaml"))

    return plan


def test_without_a_docket_nothing_is_judged_and_looks_are_those_of_the_study(read):
    plan = read(STUDY.replace("docket: claims.yaml\n", ""))
    assert plan.claims == plan.later_cells == {}
    assert plan.source == plan.docket_file == plan.verdicts == plan.code_that_runs() == []
    assert (plan.tested, plan.looks) == ([], 1)
    plan = read()
    assert [path.split("/")[3] for path in plan.tested] == ["tanh", "relu"]
    assert plan.looks == 2
    assert list(plan.later_cells) == [path for path in plan.study.later_cells if "elu/" not in path.replace("relu", "")]
    untested = read(docket="claims: []\n")
    assert (untested.tested, untested.looks, untested.later_cells) == ([], 1, {})


def test_a_study_has_verdicts_of_the_kinds_of_its_claims(read):
    plan = read()
    assert plan.source == ["claims.yaml"]
    assert plan.docket_file == ["results/small/docket.json"]
    assert plan.verdicts == ["results/small/verdicts.json"]
    empty = read(docket="claims: []\n")
    assert empty.docket_file == ["results/small/docket.json"]
    assert empty.verdicts == []


def test_the_code_of_metrics_is_named(read):
    Path("metrics.py").write_text(METRICS, encoding="utf-8")
    plan = read(STUDY.replace("docket:", "metrics: metrics.py\ndocket:"))
    (line,) = plan.code_that_runs()
    assert line == f"The code of metrics.py (SHA-256 {plan.docket.metrics.sha256[:12]}) computes: gap."
