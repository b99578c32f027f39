"""Claims about networks that predict a number: guessing, the rates that seeds choose, and what is refused."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.messages import message_of
from support.simulated import results

from ontrial import data
from ontrial.judge import checks, metrics, own_metrics, policies, trials
from ontrial.judge.results import Results
from ontrial.nn import train
from ontrial.steps.train import long_table
from ontrial.study import configuration

STUDY = """\
study: numbers
datasets:
  houses: {csv: houses.csv, target: price}
experiments:
  main-grid: {purpose: Predict a price., dataset: [houses], hidden: [[4], [4, 4]], activation: [tanh],
    initialisation: [own], objective: [identity+mse, identity+mae, identity+huber], batch_size: [4],
    learning_rates: [0.125, 0.25, 0.5], seeds: {confirmatory: {from: 1, to: 8}}, budget: {epochs: 1}, probes: [units]}
  classes: {purpose: Predict a class., dataset: [xor], hidden: [[4]], activation: [tanh], initialisation: [own],
    objective: [identity+mse], batch_size: [4], learning_rates: [0.125], seeds: {confirmatory: {from: 1, to: 8}},
    budget: {epochs: 1}}
"""
CLAIM = """\
claims:
- {id: deeper, statement: {en: Deeper is better.}, experiment: main-grid, metric: test_rmse,
  difference: {of: {hidden: 4}, minus: {hidden: 4-4}}, where: {objective: identity+mse, policy: tuned},
  smallest_effect: 0.5}
"""
numbers = itertools.count()


def houses(factor: float = 1.0, shift: float = 0.0) -> str:
    return "rooms,price\n" + "".join(f"{i % 7},{factor * (i * i % 31) + shift!r}\n" for i in range(40))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("numbers")
    (folder / "houses.csv").write_text(houses(), encoding="utf-8")
    return configuration.parse(STUDY, str(folder / "study.yaml"))


def cells(study, **chosen):
    return [c for c in study.cells.values() if all(getattr(c, name) == value for name, value in chosen.items())]


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_a_network_whose_weights_are_zero_predicts_the_mean_which_is_guessing(study, loss):
    cell = replace(cells(study, objective=f"identity+{loss}", hidden=(4,))[0], training_samples=15)
    zeros = [(np.zeros((8, *shape)), np.zeros((8, shape[1]))) for shape in cell.architecture.shapes]
    history = train(cell.architecture, cell.recipe, cell.arrays(cell.seeds), [0] * 8, cell.seeds, weights=zeros)
    for i, (seed, part) in enumerate(itertools.product(cell.seeds, ("train", "validation", "test"))):
        run = history.measures[f"{part}_rmse"][i // 3, 0], history.measures[f"{part}_loss"][i // 3, 0]
        guess = (
            metrics.rmse_of_the_mean("houses", seed, 15, part),
            metrics.loss_of_the_mean(loss, "houses", seed, 15, part),
        )
        assert run == pytest.approx(guess, rel=1e-5)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(factor=st.floats(1e-3, 1e6), shift=st.floats(-1e6, 1e6))
def test_errors_are_in_the_unit_of_the_target_and_training_is_not(study, tmp_path, factor, shift):
    name, path = f"other-{next(numbers)}", Path(tmp_path, "other.csv")
    path.write_text(houses(factor, shift), encoding="utf-8")
    data.define(name, data.CsvFile(csv=str(path), target="price"))
    data.registry._source_of_csv.cache_clear()
    data.load.cache_clear()
    one, other = (data.arrays(each, (1, 2), "identity", np.float64) for each in ("houses", name))
    tolerance = 1e-9 * (1 + abs(shift) / factor)
    assert other.train.y == pytest.approx(one.train.y, abs=tolerance)
    assert other.test.y == pytest.approx(one.test.y, abs=tolerance)
    assert other.target_scale == pytest.approx(factor * one.target_scale, rel=tolerance)


def errors(best: float):
    """Return measures whose validation error is smallest at a rate, and whose test error is smallest at another."""

    def measures(settings, rate, seed, record):
        if rate == 0.5 and seed == 1:
            return None
        test = {0.125: 1.0, 0.25: 2.0, 0.5: 3.0}[rate]
        return {
            "validation_rmse": 4.0 if rate == best else 5.0,
            "test_rmse": test,
            "train_rmse": 1.0,
            "train_loss": 0.1,
        }

    return measures


@pytest.mark.parametrize("metric", ["test_rmse", "validation_rmse", "train_rmse", "dead_units", "test_accuracy"])
def test_each_seed_chooses_the_rate_with_the_smallest_validation_error_and_a_diverged_run_is_not_it(study, metric):
    tuned = results(study, errors(best=0.5), "main-grid")
    cell = cells(study, experiment="main-grid")[0]
    assert policies.own_rates(tuned, cell, metric).to_dict() == {
        seed: 0.5 if seed > 1 else 0.125 for seed in cell.seeds
    }
    together = policies.own_rates_together(tuned, cells(study, experiment="main-grid"), metric)
    assert together[cell].equals(policies.own_rates(tuned, cell, metric))


def test_a_run_that_diverges_or_ends_worse_counts_as_guessing_with_its_own_seed(study):
    guess = [metrics.rmse_of_the_mean("houses", seed, 26, "test") for seed in range(1, 9)]
    assert len(set(guess)) > 1
    wild = results(study, lambda *_: {"test_rmse": 1e6, "test_loss": 1e6, "train_loss": 0.1}, "main-grid")
    cell = cells(study, objective="identity+mse")[0]
    table = metrics.compute(wild, cell, "test_rmse", "test", None)
    assert table[0.25].tolist() == pytest.approx(guess)
    at_both_records = metrics.compute(wild.staged((1, 2), 8), cell, "test_rmse", "test", None)
    assert at_both_records[0.25].tolist() == pytest.approx([*guess, *guess])
    losses = [metrics.loss_of_the_mean("mse", "houses", seed, 26, "test") for seed in range(1, 9)]
    assert metrics.compute(wild, cell, "test_loss", "test", None)[0.25].tolist() == pytest.approx(losses)
    lost = results(study, errors(best=0.5), "main-grid")
    assert metrics.compute(lost, cell, "test_rmse", "test", None).loc[1].tolist() == pytest.approx([1, 2, guess[0]])


@pytest.mark.parametrize(
    ("metric", "effect", "message"),
    [
        ("test_accuracy", "1 point", 'the target of data set "houses" is a number, but the metric "test_accuracy" is'),
        ("accuracy_deviation", "1 point", 'but the metric "accuracy_deviation" is for networks that predict a class'),
        ("epochs_to_accuracy, threshold: 0.9", "1 epoch", 'the metric "epochs_to_accuracy" is for networks that'),
        ("test_rmse, threshold: 0.9", "0.5", 'the metric "test_rmse" takes no threshold. Remove it.'),
        ("test_rmse", "0.5 loss", '"0.5 loss" has the wrong unit. Write it as in "0.05".'),
    ],
)
def test_a_metric_of_classes_is_refused_for_numbers(study, metric, effect, message):
    text = CLAIM.replace("test_rmse", metric).replace("0.5", effect)
    assert message in message_of(checks.parse, text, "claims.yaml", study)


def test_metrics_of_numbers_are_refused_for_classes(study):
    text = CLAIM.replace("main-grid", "[main-grid, classes]").replace("of: {hidden: 4}", "of: {dataset: xor}")
    text = text.replace("{hidden: 4-4}", "{hidden: 4, dataset: houses}")
    message = (
        'the target of data set "xor" is a class, but the metric "test_rmse" is for networks that predict a number. '
    )
    assert message + "Use test_accuracy, or test_loss." in message_of(checks.parse, text, "claims.yaml", study)


def test_own_metrics_are_tried_out_on_curves_of_errors(study, tmp_path):
    path = tmp_path / "own.py"
    path.write_text('def last(curves):\n    """Last error."""\n    return curves["test_rmse"][0]\n', encoding="utf-8")
    cell = cells(study, experiment="main-grid")[0]
    assert own_metrics.try_out(str(path), "last", ("curves",), cell) is None
    assert "KeyError" in own_metrics.try_out(str(path), "last", ("curves",), cells(study, experiment="classes")[0])


def verdicts_in(folder, unit: float):
    """Train networks on prices in a unit, and return the verdicts on a claim and on its mirror image."""
    name = f"prices-{next(numbers)}"
    table = "rooms,price\n" + "".join(f"{i % 7},{unit * (i % 7)!r}\n" for i in range(40))
    (folder / f"{name}.csv").write_text(table, encoding="utf-8")
    study = configuration.parse(STUDY.replace("houses", name), str(folder / "study.yaml"))
    tables = []
    for cell in cells(study, objective="identity+mse", experiment="main-grid"):
        rates, seeds = zip(*itertools.product(cell.learning_rates, cell.seeds), strict=True)
        history = train(cell.architecture, cell.recipe, cell.arrays(cell.seeds), rates, seeds)
        tables.append(long_table(cell.columns, rates, seeds, history).to_pandas())
    records = pd.concat(tables, ignore_index=True)
    claim = CLAIM.replace("{objective: identity+mse, policy: tuned}", "{objective: identity+mse, hidden: 4}")
    claim = claim.replace("effect: 0.5", f"effect: {0.02 * unit:g}")
    fast, slow = "{learning_rate: 0.5}", "{learning_rate: 0.125}"
    faster, slower = (
        claim.replace("deeper", id).replace("{hidden: 4}, ", f"{of}, ").replace("{hidden: 4-4}", minus)
        for id, of, minus in (("faster", slow, fast), ("slower", fast, slow))
    )
    docket = checks.parse(faster + slower.removeprefix("claims:\n"), "claims.yaml", study)
    return trials.judge_claims(Results(study, records, records), docket).claims


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_verdicts_do_not_depend_on_the_unit_of_the_target(tmp_path, unit):
    pairs = list(zip(verdicts_in(tmp_path, 1), verdicts_in(tmp_path, unit), strict=True))
    for one, other in pairs:
        assert (other.conclusion, other.outcomes) == (one.conclusion, one.outcomes)
        expected = [unit * number for number in one.contexts[0].effect.numbers]
        assert other.contexts[0].effect.numbers == pytest.approx(expected, rel=1e-3)
    assert {one.outcomes[0] for one, _ in pairs} == {"positive", "reversed"}
