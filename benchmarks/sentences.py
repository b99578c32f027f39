"""Count how often a sentence of the judge of tables is false about what it names, over simulated tables.

A table of a kind is drawn so that the truth is at the smallest effect of interest S, or at -S, where outcomes err most
often. "large" is that an effect is called at least S, in either direction, though it is just below; "small", that it is
called less than S, though it is S. Of the outcomes of a table, those about the typical run are compared with the true
median of the differences, and those about the mean with the true mean. If no run of a table has collapsed, a sentence
about the mean says so, and is compared with the mean of runs that have not.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from ontrial.judge import tables
from ontrial.judge.questions import TableQuestion
from ontrial_judge.core import statistics
from ontrial_judge.core.samples import Mean, Shift, from_the_rest, has_two_peaks, is_uneven
from ontrial_judge.core.statistics import Interval

TABLES = 2_000  # of each case
TABLED = 10  # of each case, which also go through a table
KNOWN = 2_000_000  # numbers from which a true median is found
PAIRS = (6, 10, 20, 40, 80)
ARMS = ((4, 80), (10, 10), (20, 40), (20, 80), (40, 40))
SMALLEST = 6.0  # effect of interest, in deviations of a run: what is at S is then far from -S
TIES = 4 * SMALLEST  # step of numbers of which most are equal
COLLAPSE = 100.0  # by which a run that fails is lower
BELOW = 1 - 2 * statistics.TOLERANCE  # share of it that is just below it
LEVELS = (1 - statistics.ALPHA, 1 - 2 * statistics.ALPHA)
FAILING = (0.05, 0.1, 0.2, 0.3)
FOLDS, REPEATS = 10, 10
PARTS = ("typical", "mean", "folds")
LIMITS = {"large": 2.5, "small": 5.0, "differ": 5.0}  # in per cent
SMALL = ("negligible", "below")

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


class Row(NamedTuple):
    """A row of the table that is measured.

    low, high: Ends of the interval of a share of independent simulations.
    """

    part: str
    case: str
    quantity: str
    value: float
    low: float | None = None
    high: float | None = None


def share(part: str, case: str, quantity: str, counted: np.ndarray) -> Row:
    """Return the row of a share of independent simulations, with its exact 95 % interval."""
    return Row(part, case, quantity, *map(float, statistics.share_interval(counted, 0.95)))


class Kind(NamedTuple):
    """A kind of tables.

    of, other: Numbers of the two arms, or of the differences of pairs and None.
    step: Step of the numbers; 0 without. If it is above half of SMALLEST, the mean is that and decides.
    fails: Whether some runs of the first arm alone collapse.
    """

    of: Draw
    other: Draw | None = None
    step: float = 0.0
    fails: bool = False


def _normal(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.normal(size=shape)


def _ties(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return TIES * random.choice([0, 1, -1, 2], shape, p=[0.7, 0.2, 0.05, 0.05])


def _shares(images: int, right: float, step: float) -> Draw:
    """Return numbers of images that are classified rightly, each of which counts as a step."""
    return lambda random, shape: step * random.binomial(images, right, shape)


def _difference(draw: Draw) -> Draw:
    return lambda random, shape: draw(random, shape) - draw(random, shape)


def _failing(share: float) -> Draw:
    return lambda random, shape: random.normal(size=shape) - COLLAPSE * (random.random(shape) < share)


DRAWS: dict[str, Draw] = {
    "normal": _normal,
    "heavy tails": lambda random, shape: random.standard_t(2, shape),
    "tails of t with 3 degrees": lambda random, shape: random.standard_t(3, shape),
    "skewed by 1": lambda random, shape: random.gamma(4, 0.5, shape),
    "exponential": lambda random, shape: random.exponential(size=shape),
    "lognormal": lambda random, shape: random.lognormal(size=shape),
    **{f"{100 * part:.0f} in 100 collapse": _failing(part) for part in FAILING},
}
ALIKE = {  # kinds of both arms, with their step
    "shares with 20 steps to S": (_shares(100, 0.9, SMALLEST / 20), SMALLEST / 20),
    "shares with 4 steps to S": (_shares(20, 0.95, SMALLEST / 4), SMALLEST / 4),
    "shares with 2 steps to S": (_shares(20, 0.95, SMALLEST / 2), SMALLEST / 2),
    "10 in 100 of both arms collapse": (_failing(0.1), 0.0),
}
KINDS = {
    "pairs": {name: Kind(draw, fails="collapse" in name) for name, draw in DRAWS.items()}
    | {name: Kind(_difference(draw), step=step) for name, (draw, step) in ALIKE.items()}
    | {"ties": Kind(_ties, step=TIES)},
    "arms": {name: Kind(draw, _normal, fails="collapse" in name) for name, draw in DRAWS.items()}
    | {name: Kind(draw, draw, step) for name, (draw, step) in ALIKE.items()}
    | {"unequal spread": Kind(lambda random, shape: 4 * random.normal(size=shape), _normal)},
}


def measure() -> list[Row]:
    """Return the share of false sentences of each part and case, and the worst of each kind."""
    rows = [*sentences(), *folds()]
    return [*rows, *worst(rows)]


def exceeding(table: pd.DataFrame) -> Iterator[str]:
    """Yield the shares of false sentences that exceed LIMITS, and tables with another outcome than their numbers."""
    for row in table[table["part"].isin(PARTS)].itertuples():
        limit = LIMITS.get(row.quantity, 0.0)
        if "as if" not in row.case and row.low > limit:
            yield f"{row.part}, {row.case}, {row.quantity}: {row.value:.3g}%, more than {limit:g}%"


def worst(rows: list[Row]) -> Iterator[Row]:
    """Yield the worst row of each part, kind and quantity over the numbers of runs, without that number."""
    for key, group in itertools.groupby(sorted(rows, key=_kind_of), key=_kind_of):
        yield max(group, key=lambda row: row.value)._replace(case=key[1])


def _kind_of(row: Row) -> tuple[str, str, str]:
    return row.part, row.case.rpartition(", ")[0], row.quantity


class Intervals(NamedTuple):
    """The intervals of many tables at the levels of LEVELS, which move with their numbers.

    typical: Those of the typical run, with the sign test where differences are skewed.
    mean: Those of the mean beside it.
    alone: Those of the mean where it decides alone.
    """

    typical: list[Interval]
    mean: list[Interval]
    alone: list[Interval]

    @classmethod
    def of(cls, of: np.ndarray, other: np.ndarray | None, smallest: float) -> "Intervals":
        """Return the intervals of the numbers of two arms, (tables, runs), or of differences of pairs and None."""
        typical, arms = [], (of,) if other is None else (of, other)
        uneven = is_uneven(of) | (_is_far(of, smallest).any(-1))
        for level in LEVELS:
            if other is None:
                centre = statistics.signed_rank_interval(of, level)
                wide = statistics.hull(centre, statistics.median_interval(of, level))
                ends = zip(wide, centre, strict=True)
                typical.append(Interval(*(np.where(uneven, *each) for each in ends)))
            else:
                usual, wide = (Shift(of, other, uneven).interval(level) for uneven in (False, True))
                far = np.logical_or.reduce([_is_far(arm, smallest).any(-1) | has_two_peaks(arm) for arm in (of, other)])
                typical.append(Interval(*(np.where(far, *each) for each in zip(wide, usual, strict=True))))
        return cls(typical, *([Mean(arms, alone=alone).interval(level) for level in LEVELS] for alone in (False, True)))

    def outcomes(self, shift: np.ndarray | float, smallest: float, by_mean: np.ndarray | bool) -> np.ndarray:
        """Return the outcome of each table by the rules of `table_contexts.TableContext`, if its numbers were shifted.

        by_mean: Whether the mean alone decides each.
        """
        pairs = zip(self.alone, map(statistics.hull, self.typical, self.mean), strict=True)
        moved = [Interval(*(np.where(by_mean, *ends) + shift for ends in zip(*pair, strict=True))) for pair in pairs]
        return statistics.outcomes(*moved, smallest)


def outcomes_of(of: np.ndarray, other: np.ndarray | None, smallest: float, step: float = 0.0) -> np.ndarray:
    """Return the outcome of each of many tables.

    of, other: Numbers of the two arms, (tables, runs), or the differences of pairs and None.
    step: Step of the numbers; 0 without.
    """
    found = []
    for rows in (slice(start, start + TABLES) for start in range(0, len(of), TABLES)):
        sides = of[rows], None if other is None else other[rows]
        by_mean = (step > smallest / 2) | (
            2 * _equal(*sides) > of.shape[-1] * (1 if other is None else other.shape[-1])
        )
        found.append(Intervals.of(*sides, smallest).outcomes(0.0, smallest, by_mean))
    return np.concatenate(found)


def _equal(of: np.ndarray, other: np.ndarray | None) -> np.ndarray:
    """Return the number of equal pairs of each table."""
    return (of == 0).sum(-1) if other is None else (of[..., None] == other[..., None, :]).sum((-1, -2))


def _is_far(numbers: np.ndarray, smallest: float) -> np.ndarray:
    """Return which runs ended far from the rest of theirs, (tables, runs)."""
    away, limit = from_the_rest(numbers)
    return np.abs(away) > np.maximum(limit, 2 * smallest)


def sentences() -> Iterator[Row]:
    """Yield how often sentences are false, by kind, number of runs and what is asked."""
    for design, kinds in KINDS.items():
        for name, kind in kinds.items():
            random = np.random.default_rng(list(f"{design}, {name}".encode()))  # whatever other kinds there are
            known = kind.of(random, (KNOWN,)) - (kind.other(random, (KNOWN,)) if kind.other else 0)
            for sizes in PAIRS if design == "pairs" else ARMS:
                counts = (sizes, sizes) if isinstance(sizes, int) else sizes
                text = f"{sizes} pairs" if design == "pairs" else f"{counts[0]} and {counts[1]} runs"
                yield from _false_sentences(random, kind, known, counts, f"{design}, {name}, {text}")


def _false_sentences(
    random: np.random.Generator, kind: Kind, known: np.ndarray, counts: tuple[int, int], case: str
) -> Iterator[Row]:
    """Yield the shares of false sentences of a case, the worse of the two directions.

    known: Many differences.
    """
    of = kind.of(random, (TABLES, counts[0]))
    other = kind.other(random, (TABLES, counts[1])) if kind.other else None
    intervals = Intervals.of(of, other, SMALLEST)
    if kind.step > SMALLEST / 2:  # the mean decides: it is S, or -S of the opposite numbers
        mean = float(known.mean())
        found = intervals.outcomes(0.0, mean, by_mean=True)
        yield share("mean", case, "large", found == "positive")
        yield share("mean", case, "small", np.isin(found, SMALL))
        return
    collapsed = kind.fails & (of < -COLLAPSE / 2).any(-1)
    means = np.where(collapsed, known.mean(), known[known > -COLLAPSE / 2].mean() if kind.fails else known.mean())
    for part, centre in (("typical", np.median(known)), ("mean", means)):
        less, more, at, opposite = (
            intervals.outcomes(truth * SMALLEST - centre, SMALLEST, part == "mean") for truth in (BELOW, -BELOW, 1, -1)
        )
        yield share(part, case, "large", max(less == "positive", more == "reversed", key=np.count_nonzero))
        yield share(part, case, "small", max(np.isin(at, SMALL), opposite == "negligible", key=np.count_nonzero))
    rows = slice(0, TABLED)
    sides = of[rows], None if other is None else other[rows]
    direct, tabled = outcomes_of(*sides, SMALLEST, kind.step), outcomes_of_tables(*sides, SMALLEST)
    yield share("typical", case, "another outcome in a table", direct != tabled)


def outcomes_of_tables(of: np.ndarray, other: np.ndarray | None, smallest: float) -> np.ndarray:
    """Return the outcome of each table if its numbers are in a table of runs."""
    paired = other is None
    arms = []
    for arm, side in (("a", of), ("b", np.zeros_like(of) if other is None else other)):
        count, n = side.shape
        keys = {"table": np.repeat(np.arange(count), n), "seed": np.tile(np.arange(n), count)}
        arms.append(pd.DataFrame(keys | {"arm": arm, "score": side.ravel()}))
    question = TableQuestion(
        "score",
        "arm",
        "a",
        "b",
        f"{smallest:g}",
        pair=("seed",) if paired else (),
        contexts=("table",),
        accept=("scale",),
    )
    return np.array(tables.judge_table(pd.concat(arms, ignore_index=True), question).verdict.outcomes)


def folds() -> Iterator[Row]:
    """Yield how often two equally good learners seem to differ by folds, with the corrected variance and without."""
    differences = fold_differences(np.random.default_rng(2))
    for name, overlap in (("corrected", 1 / FOLDS), ("as if they were runs", 0.0)):
        found = Mean((differences,), overlap).interval(1 - statistics.ALPHA)
        case = f"{name}, {REPEATS} times {FOLDS} folds"
        yield share("folds", case, "differ", (found.ci_low > 0) | (found.ci_high < 0))


def fold_differences(random: np.random.Generator, samples: int = 200, features: int = 5) -> np.ndarray:
    """Return the difference of two accuracies by fold, in points, for data sets of two classes: (TABLES, folds).

    The learners are nearest-mean classifiers of different features of the same samples, which are equally informative.
    """
    signs = np.where(random.random((TABLES, samples)) < 0.5, 1.0, -1.0)
    inputs = random.normal(size=(TABLES, samples, 2 * features)) + 0.3 * signs[..., None]
    result = []
    for _ in range(REPEATS):
        fold = random.permutation(samples) % FOLDS
        for i in range(FOLDS):
            train, test = fold != i, fold == i
            weights = np.einsum("cs,csf->cf", signs[:, train], inputs[:, train])
            scores = (inputs[:, test] * weights[:, None, :]).reshape(TABLES, -1, 2, features).sum(-1)
            right = np.sign(scores) == signs[:, test, None]
            result.append(100 * (right[..., 0].mean(-1) - right[..., 1].mean(-1)))
    return np.stack(result, axis=-1)
