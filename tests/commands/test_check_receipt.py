"""Receipts of readers: mistakes in them. tests/browser/test_trial.py has receipts from pages."""

import json
from dataclasses import replace

import numpy as np
import pytest
from support.project import ROOT

from ontrial.commands.check_receipt import (
    arms_of,
    check_receipt,
    difference,
    print_results,
    read_receipt,
    retrain,
)
from ontrial.errors import InputError
from ontrial.judge import checks
from ontrial.judge.estimands import Estimand
from ontrial.judge.measuring import sample_of
from ontrial.judge.samples import Numbers
from ontrial.study import configuration

CLAIM = "small-batch-accuracy"
STUDY = "config/smoke.yaml"


@pytest.fixture
def receipt(monkeypatch) -> dict:
    monkeypatch.chdir(ROOT)
    study = configuration.read(STUDY)
    claim = checks.read(study.docket, study).claims[CLAIM]
    return {
        "receipt": 2,
        "study": "smoke",
        "claim": CLAIM,
        "hash": claim.hash,
        "context": {"policy": "fixed_of", "budget": "epochs"},
        "rates": [0.125, 0.125],
        "seeds": [1001],
        "numbers": [[80.0], [60.0]],
        "weights": [["0" * 64], ["1" * 64]],
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
        ({"context": {"policy": "fixed_of"}}, 'has no context {"policy": "fixed_of"}'),
        ({"receipt": 1}, "receipt: 1 is not 2, the version of this format"),
        ({"rates": [0.125]}, "expected 2 rates, and 2 lists of 1 numbers and of 1 hashes"),
        ({"numbers": [[80.0], []]}, "expected 2 rates, and 2 lists of 1 numbers and of 1 hashes"),
        ({"weights": [["0" * 64], []]}, "expected 2 rates, and 2 lists of 1 numbers and of 1 hashes"),
        ({"weights": [["0" * 64], ["0"]]}, '"0" is not a SHA-256'),
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


def test_a_true_receipt_passes_and_one_with_another_weight_does_not(receipt, tmp_path, capsys):
    study = configuration.read(STUDY)
    estimand = checks.read(study.docket, study).claims[CLAIM].estimand
    arms = arms_of(study, estimand, receipt, "receipt.json")
    trained = [retrain(arm, rate, receipt["seeds"], estimand) for arm, rate in arms]
    numbers, weights = [numbers.tolist() for numbers, *_ in trained], [hashes for _, hashes, _ in trained]
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt | {"numbers": numbers, "weights": weights}), encoding="utf-8")
    with pytest.raises(SystemExit, match="0"):
        check_receipt(str(path), STUDY)
    assert "The weights of all 2 networks are the same in every bit." in capsys.readouterr().out

    path.write_text(json.dumps(receipt | {"numbers": numbers, "weights": [weights[0], weights[0]]}), encoding="utf-8")
    with pytest.raises(SystemExit, match="1"):
        check_receipt(str(path), STUDY)
    printed = " ".join(capsys.readouterr().out.split())
    assert "The results are the same. 1 of 2 networks have other weights in NumPy (seeds: 1001)." in printed


def test_small_numbers_keep_their_digits(receipt, capsys):
    study = configuration.read(STUDY)
    estimand = checks.read(study.docket, study).claims[CLAIM].estimand

    def all_equal(number):
        numbers = np.full(8, number)
        return Numbers(numbers, False, numbers, numbers)

    small = replace(estimand, smallest_effect=1e-7)
    assert print_results(small, all_equal(2.5e-7), all_equal(2.50025e-7), "positive")
    assert "receipt: 2.5e-07 points (2.5e-07 to 2.5e-07), positive" in capsys.readouterr().out
    assert not print_results(small, all_equal(2.5e-7), all_equal(2.75e-7), "positive")


def test_a_time_that_never_arrives_is_at_least_the_budget():
    estimand = Estimand(("a",), "epochs_to_accuracy", "ratio", {"of": {}, "over": {}}, {}, {}, 0.9, None, 1.0, "log2")
    sample = sample_of(estimand, np.array([[np.inf] * 8, [3.0] * 8]), np.array([[12.0] * 8, [3.0] * 8]), [0, 0])
    assert sample.interval(0.95) == (np.inf, 2, np.inf)  # 12 epochs are four times as long as 3


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
