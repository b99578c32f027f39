"""Metrics of a study: which functions a file has, what they get and return, and how their mistakes are reported."""

import math
import re
import textwrap

import numpy as np
import pytest
from support.messages import message_of
from support.project import ROOT
from support.simulated import STUDY, results, simulated

from ontrial.errors import InputError
from ontrial.judge import checks, measurements, metrics, own_metrics, verdicts
from ontrial.judge.docket import load_docket
from ontrial.study import configuration

CODE = '''"""Ours."""
import numpy as np

GOAL = 0.5


def mean_accuracy(curves):
    """Test accuracy, averaged over training. Diverged runs have 0.

    More about it.
    """
    return _mean(np.nan_to_num(curves["test_accuracy"]), curves["epochs"])


def _mean(values, times):
    return np.trapezoid(values, times) / times[-1]
'''
CLAIM = """
claims:
- {id: mine, statement: {en: Deep networks learn late.}, experiment: depths, metric: mean_accuracy,
  difference: {of: {depth: 1}, minus: {depth: 3}},
  where: {activation: relu, initialisation: he, objective: softmax+mse, policy: tuned}, smallest_effect: 0.05}
"""
START = CLAIM.replace("depths", "start").replace("softmax+mse, policy: tuned", "softmax+cross_entropy")


@pytest.fixture(autouse=True)
def _forget():
    yield
    own_metrics.define(None)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Return a function that writes a file of metrics and returns the study that names it."""
    monkeypatch.chdir(tmp_path)

    def write(code: str):
        (tmp_path / "ours.py").write_text(code, encoding="utf-8")
        return simulated(f"metrics: ours.py\ndocket: claims.yaml{STUDY}")

    return write


def error_of(study, claim: str = CLAIM) -> str:
    return message_of(checks.parse, claim, "claims.yaml", study, run_metrics=True)


def test_functions_are_found_without_running_the_file(written):
    study = written(CODE + "\nraise RuntimeError\n")
    file = own_metrics.read_metrics("ours.py")
    assert file.functions == {"mean_accuracy": "Test accuracy, averaged over training. Diverged runs have 0"}
    assert checks.parse(CLAIM, "claims.yaml", study).claims["mine"].estimand.unit == "number"
    written(CODE.replace("Test accuracy", r"Test\x1b[2J accuracy"))  # which would clear a terminal
    assert own_metrics.read_metrics("ours.py").functions["mean_accuracy"].startswith(r"Test\x1b[2J accuracy")


def test_a_metric_is_one_number_of_the_curves_of_each_run(written):
    study = written(CODE)
    docket = checks.parse(CLAIM, "claims.yaml", study, run_metrics=True)

    def measures(settings, rate, seed, record):
        if rate == 0.4 and seed == 101 and record == 4:
            return None  # diverged
        accuracy = record / 4 if settings["hidden"] == "8" else 0.0
        return {"validation_accuracy": accuracy if rate == 0.2 else 0.0, "test_accuracy": accuracy}

    simulation = results(study, measures, "depths")
    (context,) = measurements.measure(simulation, docket.claims["mine"].estimand)
    assert context.numbers == pytest.approx([0.5] * 20)
    (cell,) = [cell for cell in study.cells.values() if cell.has("hidden", 8) and cell.has("activation", "relu")
               and cell.has("initialisation", "he") and cell.has("objective", "softmax+mse")]  # fmt: skip
    table = metrics.compute(simulation, cell, "mean_accuracy", "test", None)
    assert table.loc[101, 0.4] == pytest.approx((0.125 + 0.375 + 0.625 + 0.375) / 4)
    assert table.loc[102, 0.4] == pytest.approx(0.5)
    written(CODE.replace("0.5", "0.6"))
    message = message_of(metrics.compute, results(study, measures, "depths"), cell, "mean_accuracy", "test", None)
    assert message.startswith("ours.py: it has changed since the study was read.")
    judged = verdicts.judge_measured(docket.claims["mine"], [context], (20,))
    assert (judged.conclusion, judged.unit) == ("supported", "number")


def test_the_test_of_a_claim_covers_the_code_of_its_metric(written, tmp_path):
    docket = checks.parse(CLAIM, "claims.yaml", written(CODE))
    once = docket.claims["mine"].test_hash
    (tmp_path / "docket.json").write_text(docket.to_json(), encoding="utf-8")
    changed = checks.parse(CLAIM, "claims.yaml", written(CODE.replace("0.5", "0.6")))
    assert changed.claims["mine"].test_hash != once
    loaded = load_docket(tmp_path / "docket.json")
    assert loaded.claims["mine"].test_hash == once
    assert loaded.metrics == docket.metrics


@pytest.mark.parametrize(("code", "message"), [
    ("\n\ndef mean_accuracy(curves) return 1\n", "ours.py:3: not Python: "),
    ("x = 1\n", "ours.py: there is no function."),
    ("def f(curves): ...\n" * 201, "ours.py: it has more than 200 functions."),
    ("def mean_accuracy(curves):\n    return 1\n", "ours.py:1: mean_accuracy: the docstring is missing."),
    ("def mean_accuracy(curves, rate, labels, goal=1):\n    'A mean.'\n",
     "ours.py:1: mean_accuracy: the parameters curves and rate have no default. A metric takes the curves"),
    ("def last(curves, /):\n    'A mean.'\n", "ours.py:1: last: remove the / from its parameters"),
    ("\ndef test_loss(curves):\n    'A loss.'\n", "ours.py:2: test_loss: the package has a metric of this name."),
])  # fmt: skip
def test_mistakes_in_the_text_are_reported(written, code, message):
    assert message in error_of(written(code))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("import numpy as np", "import nunpy as np", "ours.py:2: the file can't be run: ModuleNotFoundError: "),
        ('"test_accuracy"', '"accuracy"', "ours.py:12: mean_accuracy fails for an example: KeyError: 'accuracy'"),
        ("np.nan_to_num(", "(", "ours.py: mean_accuracy returns nan for an example that diverges. A metric must be"),
        ("    return _mean", "    curves = 1  #", "fails for an example: TypeError: float() argument must be"),
        ("/ times[-1]", "+ np.random.rand()", "for the same run."),
    ],
)
def test_a_function_that_fails_is_reported_with_its_claim_before_training(written, old, new, message):
    text = error_of(written(CODE.replace(old, new)))
    assert text.startswith("claims.yaml:3: claims.mine.metric: ours.py")
    assert message in text


def test_an_example_has_the_measures_that_the_cells_of_a_claim_record(written):
    start = written(CODE.replace('"test_accuracy"', '"gradient_norm_3"').replace("/ times[-1]", "+ 1"))
    deep = START.replace("{of: {depth: 1}, minus: {depth: 3}}", "{of: {depth: 3}, minus: 0}")
    assert checks.parse(deep, "claims.yaml", start, run_metrics=True).claims
    assert "KeyError: 'gradient_norm_3'" in error_of(start, START)


def test_a_function_cannot_change_the_records(written):
    study = written(CODE.replace("    return _mean(", '    curves["test_accuracy"][:] = 0.0\n    return _mean('))
    docket = checks.parse(CLAIM, "claims.yaml", study)
    simulation = results(study, lambda *_: {"validation_accuracy": 0.5, "test_accuracy": 0.5}, "depths")
    before = simulation.records.copy()
    measurements.measure(simulation, docket.claims["mine"].estimand)
    assert simulation.records.equals(before)


def test_a_run_that_fails_later_is_named(written):
    study = written(CODE.replace("np.nan_to_num(", "np.log("))
    docket = checks.parse(CLAIM, "claims.yaml", study)
    simulation = results(study, lambda *_: {"validation_accuracy": 0.5, "test_accuracy": 0.0}, "depths")
    with (
        np.errstate(divide="ignore"),
        pytest.raises(InputError, match=r"ours\.py: mean_accuracy returns -inf for seed 101 at learning rate 0\.1\."),
    ):
        measurements.measure(simulation, docket.claims["mine"].estimand)


def test_metrics_need_a_docket_and_a_study_cannot_vouch_for_its_own_code():
    with pytest.raises(InputError, match="there is no docket whose claims could use them"):
        configuration.parse(f"metrics: ours.py{STUDY}", "study.yaml")
    with pytest.raises(InputError, match="trust_code: this key only works on the command line: a study cannot vouch"):
        configuration.parse(f"trust_code: true{STUDY}", "study.yaml")


def test_the_recipe_works(written):
    _, text = (ROOT / "docs/extending.md").read_text(encoding="utf-8").split("## A new metric\n")
    text, *_ = text.split("\n## ")
    code, of_predictions = map(textwrap.dedent, re.findall(r"```python\n(.*?) *```", text, re.DOTALL))
    study = written(code)
    (name,) = own_metrics.read_metrics("ours.py").functions
    assert checks.parse(CLAIM.replace("mean_accuracy", name), "claims.yaml", study, run_metrics=True).claims
    curves = {"diverged": np.zeros(3, bool), "epochs": np.array([0, 1, 2.0]), "test_accuracy": np.array([0.2, 0.6, 1])}
    assert own_metrics.call("ours.py", name, ["curves"], own_metrics.Run(curves), "a run") == pytest.approx(0.6)
    curves["test_accuracy"][1:] = math.nan
    assert own_metrics.call("ours.py", name, ["curves"], own_metrics.Run(curves), "a run") == pytest.approx(0.05)
    written(of_predictions)
    own_metrics.define(None)
    ((name, parameters),) = own_metrics.read_metrics("ours.py").parameters.items()
    predictions, labels = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]), np.array([0, 1, 1])
    run = own_metrics.Run({}, predictions, labels)
    assert own_metrics.call("ours.py", name, parameters, run, "a run") == pytest.approx(0.5)
    run = own_metrics.Run({}, predictions * math.nan, labels)
    assert own_metrics.call("ours.py", name, parameters, run, "a run") == 0
