"""Count which of 200 tries each of several rules keeps: tries that only change the seed, and improvements.

Networks of one cell are trained with many seeds. In each try of a stream, 20 of these runs are compared with 20 others,
so that in truth nothing has changed, and rules decide which tries to keep. The result is a tidy table (.csv) with one
row per part, case (the rule) and quantity. The parts are `fresh seeds` (each try has runs of its own in both arms),
`one baseline` (all tries are compared with the same runs) and `improvements` (some of the tries with fresh seeds are
better by 1 or 2 smallest effects, which are added to each accuracy). Shares of streams have an exact 95 % interval. The
command fails if the ledger keeps a try without improvement in more streams than its total error allows.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.laboratories import Row, share, write
from ontrial.errors import InputError
from ontrial.judge.ledger import level
from ontrial.judge.statistics import ALPHA, TOLERANCE, signed_rank_distribution
from ontrial.steps.train import train_cell
from ontrial.storage import process, run_files
from ontrial.study import configuration

STUDY = "config/config.yaml"
CELL = "batch-size/digits/hidden-32-32/relu/he/softmax/cross_entropy/batch-64"
LEARNING_RATE = 0.5  # which most seeds choose there
FIRST_SEED = 20_001  # no verdict rests on these networks, so other studies may use the seeds
TRIES = 200
RUNS = 20  # per try and arm
FEW = 3  # runs of those who compare means
SEEDS = 2 * TRIES * RUNS  # enough for a stream that uses each run once
STREAMS = 1_000
SMALLEST_EFFECT = 1.0  # points, as in the claims about accuracy in this cell
ANY_EFFECT = 1e-6  # points: accuracies differ by more, or not at all
IMPROVEMENTS = {1: 10, 2: 10}  # smallest effects → number of tries
LEVELS = np.array([level(ALPHA, spending) for spending in range(TRIES)])
LEDGER = "ledger"


class Stream(NamedTuple):
    """Accuracies of the new arm and of the old one, both (tries, runs), in points."""

    new: np.ndarray
    old: np.ndarray

    def p_values(self, effect: float) -> np.ndarray:
        """Return the one-sided p-value of each try: whether its improvement is smaller than an effect.

        A p-value is at most a level if and only if the interval that errs twice as often is at or above the effect.
        """
        differences = self.new - self.old
        n = differences.shape[-1]
        first, second = np.triu_indices(n)
        averages = (differences[:, first] + differences[:, second]) / 2
        below = np.count_nonzero(averages < (1 - TOLERANCE) * effect, axis=-1)
        return signed_rank_distribution(n)[below]


def measure(output: str) -> None:
    """Train the networks, draw streams, write the table and print it. Raises InputError if the ledger errs often."""
    accuracies = train(Path(output).with_suffix(".parquet"))
    table = write(output, rows(accuracies), len(accuracies))
    errors = table[table["case"].str.startswith(LEDGER) & (table["quantity"] == "streams")]
    if (errors["low"] > 100 * ALPHA).any():
        raise InputError(f"{output}: the ledger keeps tries without improvement in more than {ALPHA:.0%} of streams.")


def train(path: Path) -> np.ndarray:
    """Return the test accuracies of the networks of CELL in points."""
    cell = configuration.read_study(STUDY).cells[CELL]
    seeds = tuple(range(FIRST_SEED, FIRST_SEED + SEEDS))
    train_cell(replace(cell, learning_rates=(LEARNING_RATE,), seeds=seeds).to_json(), path)
    records = run_files.read_sealed(path).to_pandas()
    return 100 * records.groupby("seed")["test_accuracy"].last().to_numpy(float)


def rows(accuracies: np.ndarray) -> Iterator[Row]:
    """Yield which tries each rule keeps, without any improvement and with some."""
    random = np.random.default_rng(1)
    planted = np.zeros(TRIES)
    planted[: sum(IMPROVEMENTS.values())] = np.repeat(list(IMPROVEMENTS), list(IMPROVEMENTS.values()))
    effects = np.array([random.permutation(planted) for _ in range(STREAMS)])
    fresh = [Stream(*random.permutation(accuracies).reshape(2, TRIES, RUNS)) for _ in range(STREAMS)]
    one_baseline = [Stream(stream.new, stream.old[:1]) for stream in fresh]
    improved = [
        Stream(stream.new + SMALLEST_EFFECT * added[:, None], stream.old)
        for stream, added in zip(fresh, effects, strict=True)
    ]
    parts = {"fresh seeds": (fresh, 0 * effects), "one baseline": (one_baseline, 0 * effects)}
    for part, (streams, true) in (parts | {"improvements": (improved, effects)}).items():
        for case, kept in decide(streams).items():
            wrong = kept & (true == 0)
            yield Row(part, case, "wrong", wrong.sum(axis=1).mean())
            yield share(part, case, "streams", wrong.any(axis=1))
            for effect in np.unique(true[true > 0]):
                yield Row(part, case, f"found {effect:g} S", 100 * kept[true == effect].mean())


def decide(streams: list[Stream]) -> dict[str, np.ndarray]:
    """Return which tries each rule keeps, (streams, tries).

    means: Those with the better mean of a few runs.
    intervals: Those whose interval is above 0 at the usual level, as if there were no other try.
    LOND: Those that are better at the levels of LOND.
    ledger: Those that are better at the levels of the ledger; and those that are better by the smallest effect.
    """
    p, p_smallest = (np.array([each.p_values(effect) for each in streams]) for effect in (ANY_EFFECT, SMALLEST_EFFECT))
    means = [(each.new[:, :FEW].mean(axis=1), each.old[:, :FEW].mean(axis=1)) for each in streams]
    return {
        "means": np.array([new > old for new, old in means]),
        "intervals": p <= ALPHA / 2,
        "LOND": by_lond(p),
        LEDGER: by_ledger(p),
        f"{LEDGER}, smallest effect": by_ledger(p_smallest),
    }


def by_ledger(p: np.ndarray) -> np.ndarray:
    """Return which tries the ledger keeps, by their p-values (streams, tries)."""
    kept = np.zeros(p.shape, bool)
    for t in range(p.shape[1]):
        spending = np.count_nonzero(~kept[:, :t], axis=1)
        kept[:, t] = p[:, t] <= LEVELS[spending]
    return kept


def by_lond(p: np.ndarray) -> np.ndarray:
    """Return which tries LOND keeps, by their p-values (streams, tries).

    It bounds the expected share of tries without improvement among those kept. Each level is multiplied by 1 plus the
    number of tries kept so far (Javanmard & Montanari 2015).
    """
    kept = np.zeros(p.shape, bool)
    for t in range(p.shape[1]):
        kept[:, t] = p[:, t] <= LEVELS[t] * (1 + np.count_nonzero(kept[:, :t], axis=1))
    return kept


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.tries",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--output", default="results/benchmark/tries.csv", help="default: %(default)s")
    process.run(measure, parser)
