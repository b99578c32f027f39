"""Receipts of readers: mistakes in them. tests/browser/test_trial.py has receipts from pages."""

import json
from dataclasses import replace

import numpy as np
import pytest
from support.project import ROOT

from ontrial.commands.check_receipt import check_receipt, difference, print_results, read_receipt
from ontrial.errors import InputError
from ontrial.judge import checks
from ontrial.study import configuration

CLAIM = "small-batch-accuracy"
STUDY = "config/smoke.yaml"


@pytest.fixture
def receipt(monkeypatch) -> dict:
    monkeypatch.chdir(ROOT)
    study = configuration.read(STUDY)
    claim = checks.read(study.docket, study).claims[CLAIM]
    return {
        "receipt": 1,
        "study": "smoke",
        "claim": CLAIM,
        "hash": claim.hash,
        "context": {"policy": "fixed", "budget": "epochs"},
        "rates": [0.125, 0.125],
        "seeds": [1001],
        "numbers": [[80.0], [60.0]],
        "estimate": 20.0,
        "low": "-inf",
        "high": "inf",
        "outcome": "undecided",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"outcome": "maybe"}, 'outcome: "maybe" is not one of positive, negligible'),
        ({"seeds": []}, "is not a list of 1 to 200 different seeds"),
        ({"hash": "0" * 64}, "or its test is another one"),
        ({"hash": "0"}, 'hash: "0" is not the SHA-256 of the claim'),
        ({"claim": "x\x1b[1A\n::warning::injected"}, "is not the id of a claim"),
        ({"study": "x\x1b[2J"}, "is not the name of the study"),
        ({"claim": "nothing"}, 'has no such claim "nothing"'),
        ({"context": {"policy": "fixed"}}, 'has no context {"policy": "fixed"}'),
        ({"rates": [0.125]}, "expected 2 rates, and 2 lists of 1 numbers"),
        ({"numbers": [[80.0], []]}, "expected 2 rates, and 2 lists of 1 numbers"),
        ({"rates": [0.125, 0.3]}, "the learning rate 0.3 is not one of"),
    ],
)
def test_mistakes_are_reported(receipt, tmp_path, changes, message):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt | changes), encoding="utf-8")
    with pytest.raises(InputError, match=message.replace("{", r"\{").replace("(", r"\(")):
        check_receipt(str(path), STUDY)


def test_numbers_of_other_networks_do_not_pass(receipt, tmp_path, capsys):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt), encoding="utf-8")
    with pytest.raises(SystemExit) as exit_:
        check_receipt(str(path), STUDY)
    assert exit_.value.code == 1
    assert "The results are not the same." in capsys.readouterr().out


def test_small_numbers_keep_their_digits(receipt, capsys):
    study = configuration.read(STUDY)
    estimand = checks.read(study.docket, study).claims[CLAIM].estimand
    numbers = np.full(8, 2.5e-7)
    assert print_results(replace(estimand, smallest_effect=1e-7), numbers, 1.0001 * numbers, "positive")
    assert "receipt: 2.5e-07 points (2.5e-07 to 2.5e-07), positive" in capsys.readouterr().out
    assert not print_results(replace(estimand, smallest_effect=1e-7), numbers, 1.1 * numbers, "positive")


def test_a_receipt_may_have_no_estimate(receipt, tmp_path):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt | {"estimate": None}), encoding="utf-8")  # as pages write NaN
    assert read_receipt(str(path))["estimate"] is None


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.5), (np.inf, np.inf), (-np.inf, -np.inf), (np.nan, np.nan)])
def test_equal_numbers_do_not_differ(first, second):
    assert difference(first, second) == 0


def test_a_timed_claim_or_one_with_a_metric_of_the_study_has_no_receipts(receipt, tmp_path):
    study = configuration.read("config/config.yaml")
    claim = checks.read(study.docket, study).claims["relu-faster-in-seconds"]
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt | {"claim": claim.id, "hash": claim.hash}), encoding="utf-8")
    with pytest.raises(InputError, match='"seconds_to_accuracy" of claim "relu-faster-in-seconds" is timed or defined'):
        check_receipt(str(path), "config/config.yaml")


def test_seeds_may_be_written_as_decimals(receipt, tmp_path):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt | {"seeds": [1001.0]}), encoding="utf-8")
    assert repr(read_receipt(str(path))["seeds"]) == "[1001]"
