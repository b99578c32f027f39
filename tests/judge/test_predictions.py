"""Recorded predictions: how they are written and read, and a study's own metrics that need them."""

import numpy as np
import pandas as pd
import pytest
from support.messages import message_of

from ontrial import data, nn
from ontrial.data import registry
from ontrial.judge import checks, measurements, own_metrics, predictions
from ontrial.judge.metrics import METRICS
from ontrial.judge.results import Results
from ontrial.nn import probes
from ontrial.steps import train
from ontrial.storage import run_files
from ontrial.study import configuration
from ontrial.study.cell import CORRECT, PREDICTIONS

STUDY = """
study: rare
datasets: {rare: {csv: rare.csv, label: kind}, prices: {csv: rare.csv, target: x, drop: [kind]}}
experiments:
  grid: {purpose: Try it., dataset: [rare], hidden: [[], [4]], activation: [relu], initialisation: [own],
    objective: [softmax+cross_entropy, sigmoid+mse], batch_size: [8], learning_rates: [0.25, 0.5],
    seeds: {confirmatory: {from: 1, to: 8}}, budget: {epochs: 3}, predictions: true}
"""
NUMBERS = STUDY.replace("[rare]", "[prices]").replace("[softmax+cross_entropy, sigmoid+mse]", "[identity+mse]")
CLAIM = """
claims:
- {id: mine, statement: {en: It is so.}, experiment: grid, metric: found,
  difference: {of: {hidden: 4}, minus: {hidden: none}}, where: {objective: softmax+cross_entropy, policy: tuned},
  smallest_effect: 0.01}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with a table in which one sample in eight is of the rare class."""
    monkeypatch.chdir(tmp_path)
    registry._csv_files.clear()
    registry._source_of_csv.cache_clear()
    predictions.test_labels.cache_clear()
    random = np.random.default_rng(1)
    kinds = np.arange(160) % 8 == 0
    x, z = random.normal(size=160) + 2 * kinds, random.normal(size=160)
    rows = [f"{a:.4f},{b:.4f},{'rare' if kind else 'common'}\n" for a, b, kind in zip(x, z, kinds, strict=True)]
    (tmp_path / "rare.csv").write_text("x,z,kind\n" + "".join(rows), encoding="utf-8")
    yield tmp_path
    own_metrics.define(None)


def trained(text: str = STUDY) -> Results:
    """Return the results of a study after training its cells."""
    study = configuration.parse(text, "study.yaml")
    tables = []
    for i, cell in enumerate(study.cells.values()):
        train.train_cell(cell.to_json(), f"{i}.parquet")
        tables.append(run_files.read_sealed(f"{i}.parquet").to_pandas())
    records = pd.concat(tables, ignore_index=True)
    return Results(study, records[records["updates"] == records["updates"].max()], records)


@pytest.mark.parametrize("text", [STUDY, NUMBERS])
def test_the_last_record_has_the_predictions_that_its_measures_are_of(text):
    results = trained(text)
    last = results.runs
    assert results.records[PREDICTIONS].notna().equals(results.records["updates"] == results.records["updates"].max())
    for (predicted, labels), (_, run) in zip(predictions.of_runs(last), last.iterrows(), strict=True):
        if text == STUDY:
            assert predicted.shape == (32, 2)
            assert (predicted.argmax(axis=1) == labels).mean() == pytest.approx(run["test_accuracy"])
        else:
            assert np.sqrt(np.square(predicted - labels).mean()) == pytest.approx(
                run["test_rmse"], rel=1e-5, nan_ok=True
            )


def test_a_run_that_diverges_predicts_nan():
    results = trained(STUDY.replace("[0.25, 0.5]", "[0.25, 1000000]").replace("{epochs: 3}", "{epochs: 9}"))
    cell = next(cell for cell in results.study.cells.values() if cell.depth and cell.output == "softmax")
    last = results.records_of(cell).query("updates == updates.max()")
    lost = last["diverged"].to_numpy()
    assert lost.any()
    assert not lost.all()
    unknown = [bool(np.isnan(predicted).all()) for predicted, _ in predictions.of_runs(last)]
    assert unknown == lost.tolist()


OWN = '''
def found(predictions, labels):
    """Share of the rare class that is found."""
    found = predictions[labels == 1].argmax(axis=1) == 1  # NaN counts as class 0
    predictions[:] = labels[:] = 0  # harmless: both are copies
    return found.mean()


def sharpest(curves, *, predictions):
    """Largest probability, or 0 if the run has diverged."""
    return 0 if curves["diverged"].any() else predictions.max()
'''


@pytest.mark.parametrize("name", ["found", "sharpest"])
def test_a_metric_of_a_study_may_see_predictions_and_labels(folder, name):
    (folder / "own.py").write_text(OWN, encoding="utf-8")
    study = f"metrics: own.py\ndocket: claims.yaml\n{STUDY}"
    results = trained(study)
    claim = CLAIM.replace("found", name)
    docket = checks.parse(claim, "claims.yaml", results.study, run_metrics=True)
    (context,) = measurements.measure(results, docket.claims["mine"].estimand)
    cell = next(cell for cell in results.study.cells.values() if cell.depth and cell.output == "softmax")
    last = results.records_of(cell).query("updates == updates.max()")
    runs = predictions.of_runs(last)
    if name == "found":
        expected = [(predicted[labels == 1].argmax(axis=1) == 1).mean() for predicted, labels in runs]
    else:
        expected = [predicted.max() for predicted, _ in runs]
    assert METRICS[name].numbers(last, "test", None).to_numpy().ravel() == pytest.approx(
        last.assign(value=expected).sort_values(["seed", "learning_rate"])["value"].to_numpy()
    )
    assert np.isfinite(context.numbers).all()
    without = configuration.parse(study.replace(", predictions: true", ""), "study.yaml")
    assert f'the metric "{name}" needs predictions: add' in message_of(checks.parse, claim, "claims.yaml", without)


def test_what_is_recorded_for_each_test_sample_is_no_curve(folder):
    count = "sum(curve.dtype == object for curve in curves.values())"
    code = f"def lists(curves):\n    'Number of lists.'\n    return {count}\n"
    (folder / "own.py").write_text(code, encoding="utf-8")
    own_metrics.define(own_metrics.read_metrics("own.py"))
    results = trained()
    assert {CORRECT, PREDICTIONS} < set(results.records)
    assert (METRICS["lists"].numbers(results.records, "test", None) == 0).all(axis=None)


def test_predictions_of_a_seed_are_for_its_own_scaling():
    study = configuration.parse(STUDY, "study.yaml")
    cell = next(iter(study.cells.values()))
    arrays = cell.arrays(cell.seeds)
    rates, seeds = [0.5] * 8, cell.seeds[::-1]
    history = nn.train(cell.architecture, cell.recipe, arrays, rates, seeds)
    recorded = train.test_predictions(cell, arrays, seeds, history)
    for run, seed in enumerate(seeds):
        weights = [(W[run : run + 1], b[run : run + 1]) for W, b in history.weights]
        X = data.arrays("rare", (seed,), cell.output).test.X[0]
        assert len(X) <= probes.BATCH
        assert (recorded[run] == nn.predict(cell.architecture, weights, X).ravel()).all()
