"""Count how often the judge of tables errs, and how often it finds what is there.

The numbers are test accuracies of networks of one cell that differ in their seed alone, so the true difference between
any two groups of them is 0. The result is a tidy table (.csv) with one row per part, case and quantity. The parts are
`no difference` (groups of the same networks), `power` (a planted difference), `unusual` (heavy tails, ties and failures
without a difference), `size` (tables of a million rows), and those of false sentences over simulated tables, see the
module `sentences`. Shares are in per cent, with an exact 95 % interval. The command fails if a limit is exceeded.
"""

import argparse
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import sentences
from benchmarks.sentences import Row, outcomes_of, share
from ontrial import nn
from ontrial.errors import InputError
from ontrial.judge import tables
from ontrial.judge.questions import TableQuestion
from ontrial.judge.table_contexts import step_of
from ontrial.storage import files, machine, process
from ontrial.study import configuration

STUDY = "config/config.yaml"
CELL = "batch-size/digits/hidden-32-32/relu/he/softmax/cross_entropy/batch-64"
LEARNING_RATE = 0.5  # which most seeds choose there
FIRST_SEED = 40_001  # not a seed of any published study
SEEDS = 160
COMPARISONS = 10_000
PAIRS = 20
SIZES = (10, 20, 40, 80)
PLANTED = (0.5, 1.0, 2.0)  # true differences, in smallest effects of interest
USUAL = 1.0  # smallest effect of interest, in points
NOTHING = 1e-9  # so small that only the direction counts
TABLED = 200  # comparisons that also go through a table
FAILING, GUESSING = 0.1, 10.0  # share of runs that fail, and their accuracy
SHAPES = {"one context": (1, 500_000), "50 contexts": (50, 10_000)}
LIMITS = {"positive": 2.5, "seconds": 10.0, "megabytes": 1_000.0}

Groups = tuple[np.ndarray, np.ndarray]  # numbers of two arms, (comparisons, pairs)


def measure(output: str) -> None:
    """Train the networks, write the table and print it. Raises InputError if it exceeds LIMITS."""
    numbers = accuracies()
    parts = (null(numbers), power(numbers), unusual(numbers), size())
    of_networks = to_table(itertools.chain(*parts), len(numbers))
    table = pd.concat([of_networks, to_table(sentences.measure(), sentences.TABLES)])
    files.write_text(output, table.to_csv(index=False, float_format="%.6g"))
    print(
        table.pivot_table(index=["part", "case"], columns="quantity", values="value", sort=False).to_string(na_rep="")
    )
    if exceeded := [*exceeding(table), *sentences.exceeding(table)]:
        raise InputError(f"{output}: the judge exceeds its limits: {'; '.join(exceeded)}.")


def to_table(rows: Iterable[Row], runs: int) -> pd.DataFrame:
    """Return rows with the commit of the code.

    runs: Number of networks or of tables of each kind behind them.
    """
    return pd.DataFrame(rows, columns=Row._fields).assign(commit=machine.git("rev-parse", "HEAD"), runs=runs)


def exceeding(table: pd.DataFrame) -> Iterator[str]:
    """Yield what exceeds LIMITS: positive comparisons without a difference, any of a usual size, time and memory."""
    for row in table[~table["part"].isin(("power", *sentences.PARTS))].itertuples():
        limit = 0.0 if row.case.endswith("usual") and row.quantity == "positive" else LIMITS.get(row.quantity)
        at_least = row.value if pd.isna(row.low) or not limit else row.low  # an exact test exceeds it by luck
        if limit is not None and at_least > limit:
            yield f"{row.case}, {row.quantity}: {row.value:.3g}, more than {limit:g}"


def accuracies() -> np.ndarray:
    """Return the test accuracies, in points, of SEEDS networks of one cell, trained at one learning rate."""
    cell, seeds = configuration.read_study(STUDY).cells[CELL], range(FIRST_SEED, FIRST_SEED + SEEDS)
    recipe, rates = replace(cell.recipe, record=1), [LEARNING_RATE] * SEEDS
    history = nn.train(cell.architecture, recipe, cell.arrays(seeds), rates, seeds)
    return 100 * history.measures["test_accuracy"][:, -1]


def groups(numbers: np.ndarray, pairs: int, count: int, seed: int) -> Groups:
    """Return pairs of groups without a common seed, drawn at random, (count, pairs) each."""
    random = np.random.default_rng(seed)
    orders = random.permuted(np.tile(np.arange(len(numbers)), (count, 1)), axis=1)
    return numbers[orders[:, :pairs]], numbers[orders[:, pairs : 2 * pairs]]


def paired(of: np.ndarray, other: np.ndarray, smallest: float) -> np.ndarray:
    """Return the outcomes of pairs."""
    return outcomes_of(of - other, None, smallest, step_of(np.concatenate([of, other]).ravel()))


def unpaired(of: np.ndarray, other: np.ndarray, smallest: float) -> np.ndarray:
    """Return the outcomes of runs that share nothing."""
    return outcomes_of(of, other, smallest, step_of(np.concatenate([of, other]).ravel()))


WAYS: dict[str, Callable[[np.ndarray, np.ndarray, float], np.ndarray]] = {"paired": paired, "unpaired": unpaired}


def null(numbers: np.ndarray) -> Iterator[Row]:
    """Yield how often groups without a difference seem to differ, and that tables of them give the same outcomes."""
    of, other = groups(numbers, PAIRS, COMPARISONS, 1)
    for name, way in WAYS.items():
        for smallest, case in ((NOTHING, "S above 0"), (USUAL, "S usual")):
            outcomes = way(of, other, smallest)
            yield from shares("no difference", f"{name}, {case}", outcomes, ("positive", "reversed", "negligible"))
        outcomes = way(of[:TABLED], other[:TABLED], USUAL)
        others = outcomes_of_table(of[:TABLED], other[:TABLED], is_paired=name == "paired")
        yield Row(
            "no difference", f"{name}, S usual", "another outcome in a table", 100 * float((outcomes != others).mean())
        )


def outcomes_of_table(of: np.ndarray, other: np.ndarray, *, is_paired: bool) -> np.ndarray:
    """Return the outcome of each comparison if its numbers are in a table of runs."""
    count, pairs = of.shape
    keys = {"comparison": np.repeat(np.arange(count), pairs), "seed": np.tile(np.arange(pairs), count)}
    arms = [pd.DataFrame(keys | {"arm": arm, "accuracy": side.ravel()}) for arm, side in (("a", of), ("b", other))]
    pair = ("seed",) if is_paired else ()
    question = TableQuestion("accuracy", "arm", "a", "b", f"{USUAL:g} point", pair=pair, contexts=("comparison",))
    return np.array(tables.judge_table(pd.concat(arms, ignore_index=True), question).verdict.outcomes)


def power(numbers: np.ndarray) -> Iterator[Row]:
    """Yield the outcomes of pairs with a planted difference."""
    for planted, pairs in itertools.product(PLANTED, SIZES):
        of, other = groups(numbers, pairs, COMPARISONS // 10, 2)
        outcomes = paired(of + planted * USUAL, other, USUAL)
        case = f"{planted:g} S, {pairs} pairs"
        yield from shares("power", case, outcomes, ("positive", "negligible", "below", "undecided"))


def unusual(numbers: np.ndarray) -> Iterator[Row]:
    """Yield how often groups of unusual numbers without a difference seem to differ."""
    random = np.random.default_rng(3)
    shape = (2, COMPARISONS, PAIRS)
    usual = np.stack(groups(numbers, PAIRS, COMPARISONS, 4))
    cases = {
        "heavy tails": random.standard_t(1.5, shape),
        "ties": np.round(usual),
        "failures": np.where(random.random(shape) < FAILING, GUESSING, usual),
    }
    for (case, (of, other)), (name, way) in itertools.product(cases.items(), WAYS.items()):
        outcomes = way(of, other, NOTHING)
        yield from shares("unusual", f"{case}, {name}", outcomes, ("positive", "reversed"))


def shares(part: str, case: str, outcomes: np.ndarray, named: tuple[str, ...]) -> Iterator[Row]:
    """Yield the share of each of some outcomes."""
    for name in named:
        yield share(part, case, name, outcomes == name)


def size() -> Iterator[Row]:
    """Yield the processor time and the memory that the command takes for tables of a million rows."""
    random = np.random.default_rng(5)
    for case, (contexts, pairs) in SHAPES.items():
        keys = {"context": np.repeat(np.arange(contexts), pairs), "seed": np.tile(np.arange(pairs), contexts)}
        luck = random.normal(0.9, 0.01, contexts * pairs)
        arms = [
            pd.DataFrame(keys | {"arm": arm, "accuracy": np.round(luck + random.normal(0, 0.005, len(luck)), 4)})
            for arm in ("a", "b")
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "runs.csv")
            pd.concat(arms).sample(frac=1, random_state=1).to_csv(path, index=False)
            question = ["--metric=accuracy", "--compare=arm=a,b", "--pair=seed", "--smallest-effect=0.5 points"]
            question += ["--contexts=context"] if contexts > 1 else []
            command = [sys.executable, "-m", "ontrial", "judge", str(path), *question, "--json"]
            seconds, megabytes = cost(command)
        yield Row("size", case, "seconds", seconds)
        yield Row("size", case, "megabytes", megabytes)


def cost(command: list[str]) -> tuple[float, float]:
    """Return the seconds of processor time and the megabytes of memory that a command takes."""
    code = (
        "import resource, subprocess, sys; "
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    run = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, run.stdout.split())
    return seconds, megabytes


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.judging",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--output", default="results/benchmark/judging.csv", help="default: %(default)s")
    process.run(measure, parser)
