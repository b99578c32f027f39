"""Retrain the networks of a receipt and compare every bit.

A receipt is written by "Try it again" on the page of a claim. Exits with 1 if a weight or the result is not the
same.
"""

import argparse
import hashlib
import itertools
import json
import math
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from ontrial.commands._study import add_study
from ontrial.errors import InputError
from ontrial.judge import checks, claims, measuring, samples, statistics
from ontrial.judge.claims import Arm
from ontrial.judge.estimands import Estimand
from ontrial.judge.metrics import BUILT_IN
from ontrial.judge.results import LAST
from ontrial.nn import train
from ontrial.nn.portable import hash_weights
from ontrial.steps.train import long_table
from ontrial.study import checking, configuration
from ontrial.study.schema_files import load_schema
from ontrial.study.study import Study

SHARE = 0.1  # of the smallest effect: largest difference between two estimates from the same networks


def check_receipt(receipt_file: str, study_file: str) -> None:
    """Print the numbers of the receipt next to those of this machine, and whether results and weights are the same."""
    study = configuration.read(study_file)
    if study.docket is None:
        raise InputError(f"{study_file}: this study tests no claims. Give the path of a docket with the key docket.")
    claim_by_id = checks.read(study.docket, study).claims
    receipt = read_receipt(receipt_file)
    claim = claim_by_id.get(receipt["claim"])
    if claim is None or claim.hash != receipt["hash"]:
        raise InputError(
            f'{receipt_file}: {study_file} has no such claim "{receipt["claim"]}", or its test is another one. '
            f'The receipt is for the study "{receipt["study"]}": name its configuration with --study.'
        )
    estimand = claim.estimand
    if estimand and estimand.metric not in BUILT_IN:
        raise InputError(
            f'{receipt_file}: the metric "{estimand.metric}" of claim "{claim.id}" is timed or defined by the study. '
            "Pages repeat neither, so there are no receipts of it."
        )
    if estimand is None or receipt["context"] not in claims.list_contexts(estimand):
        raise InputError(f'{receipt_file}: claim "{claim.id}" has no context {json.dumps(receipt["context"])}.')
    arms = arms_of(study, estimand, receipt, receipt_file)
    trained = [retrain(arm, rate, receipt["seeds"], estimand) for arm, rate in arms]
    retrained, hashes, budgets = zip(*trained, strict=True)
    positions = [claims.axis_position(arm, estimand.along) if estimand.along else 0.0 for arm, _ in arms]
    received = [list(map(float, arm)) for arm in receipt["numbers"]]
    here, there = (
        measuring.sample_of(estimand, numbers, np.minimum(numbers, np.array(budgets)[:, None]), positions)
        for numbers in (np.stack(retrained), np.array(received))
    )
    print_numbers(receipt["seeds"], there.values, here.values)
    has_same_result = print_results(estimand, there, here, receipt["outcome"])
    has_same_weights = print_weights(receipt["seeds"], receipt["weights"], hashes)
    sys.exit(0 if has_same_result and has_same_weights else 1)


def read_receipt(path: str) -> dict[str, Any]:
    """Return the content of a receipt. Raises InputError with every mistake in it."""
    receipt, _ = checking.check(checking.read_text(path), path, load_schema("receipt"), {}, lambda *_: [])
    return receipt | {"seeds": list(map(int, receipt["seeds"]))}  # JSON may write 1 as 1.0


def arms_of(study: Study, estimand: Estimand, receipt: Mapping[str, Any], path: str) -> list[tuple[Arm, float]]:
    """Return the arms of the receipt's context and their learning rates. Raises InputError if they do not fit."""
    arms = claims.list_arms(study, estimand, receipt["context"])
    if any(arm.choices or arm.checkpoint != LAST for arm in arms):
        raise InputError(f"{path}: pages repeat no arm with tuned settings or the best checkpoint.")
    seeds = len(receipt["seeds"])
    lengths = [list(map(len, receipt[name])) for name in ("numbers", "weights")]
    if len(receipt["rates"]) != len(arms) or lengths != [[seeds] * len(arms)] * 2:
        raise InputError(
            f"{path}: expected {len(arms)} rates, and {len(arms)} lists of {seeds} numbers and of {seeds} hashes."
        )
    for arm, rate in zip(arms, receipt["rates"], strict=True):
        if rate not in arm.cell.learning_rates:
            raise InputError(f"{path}: the learning rate {rate} is not one of {arm.cell.learning_rates}.")
    return list(zip(arms, receipt["rates"], strict=True))


def retrain(arm: Arm, rate: float, seeds: Sequence[int], estimand: Estimand) -> tuple[np.ndarray, list[str], float]:
    """Train a network for each seed, and return the claim's metric, (seeds,), and the hash of the weights of each.

    The third value is the budget in the clock of the metric. It is infinite for a metric that is no time.
    """
    cell, rates = arm.cell, (rate,) * len(seeds)
    history = train(cell.architecture, cell.recipe, cell.arrays(seeds), rates, seeds, portable=True)
    records = long_table(cell.columns, rates, tuple(seeds), history).to_pandas()
    table = estimand.measure.numbers(records, "test", estimand.threshold)
    clock = estimand.measure.clock
    budget = float(records[clock].max()) if clock else math.inf
    return table.loc[list(seeds)].to_numpy().ravel(), hash_weights(history.weights), budget


def print_numbers(seeds: Sequence[int], there: np.ndarray, here: np.ndarray) -> None:
    """Print one line per seed."""
    table = Table("seed", "receipt", "NumPy", "difference")
    for seed, receipt, number in zip(seeds, there, here, strict=True):
        table.add_row(str(seed), f"{receipt:.6g}", f"{number:.6g}", f"{difference(receipt, number):.1e}")
    Console().print(table)


def difference(first: float, second: float) -> float:
    """Return the absolute difference of two numbers: 0 if both are the same infinity, or both NaN."""
    return 0.0 if np.array_equal(first, second, equal_nan=True) else abs(first - second)


def print_results(estimand: Estimand, there: samples.Numbers, here: samples.Numbers, outcome: str) -> bool:
    """Print the result of the receipt and that of this machine, and return whether they are the same."""
    estimates, words = [], []
    for name, sample in (("receipt", there), ("NumPy", here)):
        estimate, low, high = sample.interval(1 - statistics.ALPHA)
        word = samples.classify(sample, estimand.smallest_effect, statistics.ALPHA, estimand.claimed)
        estimates.append(float(estimate))
        words.append(str(word))
        print(f"{name}: {estimate:.4g} {estimand.unit} ({low:.4g} to {high:.4g}), {word}")
    is_same = words == [outcome] * 2 and difference(*estimates) <= SHARE * estimand.smallest_effect
    print("The results are the same." if is_same else "The results are not the same.")
    return is_same


def print_weights(seeds: Sequence[int], there: Sequence[list[str]], here: Sequence[list[str]]) -> bool:
    """Print whether the hashes of the receipt and of this machine are the same, and return it.

    there, here: Hash of each network, by arm and seed.
    """
    pairs = [(seed, *pair) for arms in zip(there, here, strict=True) for seed, *pair in zip(seeds, *arms, strict=True)]
    others = [seed for seed, receipt, number in pairs if receipt != number]
    total = hashlib.sha256("".join(itertools.chain.from_iterable(here)).encode()).hexdigest()
    if others:
        print(
            f"{len(others)} of {len(pairs)} networks have other weights in NumPy (seeds: "
            f"{', '.join(map(str, dict.fromkeys(others)))}). Is the page of the version {version('ontrial')}, too?"
        )
    else:
        print(f"The weights of all {len(pairs)} networks are the same in every bit.")
    print(f"SHA-256 of the weights in NumPy: {total}")
    return not others


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("receipt_file", metavar="FILE", help="the receipt (.json)")
    add_study(parser)
    parser.set_defaults(function=check_receipt)
