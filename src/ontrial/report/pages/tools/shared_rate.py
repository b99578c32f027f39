"""One learning rate for all: the picture of the home page, a map of learning rate and batch size with a line to drag.

Each batch size is a row of the map and has a bar beside it, at the rate of the line or at its own rate. The page has
the map and a few of these states; the script shows one of them and exchanges it for the others. There is a panel for
each optimiser and for each thing that is held equal.
"""

import math
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NamedTuple

import pandas as pd

from ontrial.judge import metrics, policies
from ontrial.judge.claims import parse_quantity
from ontrial.judge.smallest_effects import USUAL
from ontrial.report.pages import numbers, pictures
from ontrial.report.pages.claims.elsewhere import joined
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.summaries import batch_rates
from ontrial.report.summaries.batch_rates import EXPERIMENTS, FIXED
from ontrial.report.wording import formatting

FIGURE = "batch-rate-surface"  # figure of the same map
OWN = "own"  # state in which each batch size has its own rate
CLOSE = parse_quantity(USUAL["accuracy"].quantities[0], "points")  # points behind the best that do not count
PALE = 50.0  # error in per cent of the palest colour, on a log axis that starts at the smallest error
FAINTEST = 0.06  # opacity of that colour
ANSWERS = ("true", "false", "tie", "nobody")  # whether small batches are more accurate in a state


class Bar(NamedTuple):
    """The accuracy of a batch size.

    text: Mean accuracy in words.
    length: Mean accuracy in per cent.
    low, high: Accuracies of the worst and of the best seed in per cent.
    kind: "wins" if no other is better by a point or more, "fails" if it learns little, else "".
    note: Why it fails: too fast or too slow.
    """

    text: str
    length: float
    low: float
    high: float
    kind: str
    note: str


class Grid(NamedTuple):
    """The accuracies of an experiment, by batch size in ascending order.

    fixed: Rows of `batch_rates.accuracies` at one rate for all seeds, indexed by learning rate and batch size.
    tuned: Those with each seed at its own rate, indexed by batch size.
    guessed: Accuracy of guessing in per cent.
    """

    fixed: pd.DataFrame
    tuned: pd.DataFrame
    guessed: float

    @property
    def rates(self) -> list[float]:
        """The learning rates, ascending."""
        return list(self.fixed.index.unique("learning_rate"))

    @property
    def own(self) -> pd.Series:
        """The typical own rate by batch size."""
        return self.tuned["learning_rate"]

    @property
    def full(self) -> set[int]:
        """The batch sizes that cover all training samples."""
        return set(self.tuned.index[self.tuned["full_batch"]])

    @property
    def compared(self) -> tuple[int, int]:
        """The small and the large batch size that policies name, or else the smallest and the largest."""
        small, large = policies.BATCH_SIZES
        return (small, large) if {small, large} <= set(self.own.index) else (self.own.index[0], self.own.index[-1])

    @property
    def halfway(self) -> float:
        """Accuracy half-way between guessing and the best, below which networks have learnt little."""
        return float(self.guessed + self.fixed["mean"].max()) / 2


@template_name("shared_rate")
def shared_rate(page: Page) -> str:
    """Return the map with its bars, by optimiser and by what is held equal; "" if the study has no such map."""
    if not pictures.is_drawn(page, FIGURE):
        return ""
    panels = [
        panel(page, method, budget, grid) for method, each in grids(page).items() for budget, grid in each.items()
    ]
    kept = ("method", "budget", "first", "rates", "states")
    data = [{name: each[name] for name in kept} for each in panels]
    answers = {name: page.texts[f"home answer {name}"] for name in ANSWERS}
    return html("shared_rate", root=page.root, panels=panels, data=data, answers=answers, say=page.say)


def grids(page: Page) -> dict[str, dict[str, Grid]]:
    """Return the accuracies of this study, and of other optimisers as published, by optimiser and what is held equal.

    Optimisers are left out unless the same things are held equal as in this study.
    """
    own = here(page)
    found = {own["epochs"].tuned["optimiser"].iloc[0]: own}
    for study, condition in page.sources.replications.items():
        table = page.sources.other_studies[study].rates
        if condition.setting == "optimiser" and table is not None:
            found[condition.value] = grids_of(table)
    return {method: each for method, each in found.items() if each.keys() == own.keys()}


def here(page: Page) -> dict[str, Grid]:
    """Return the accuracies of this study by what is held equal; none if it does not compare batch sizes."""
    table = batch_rates.accuracies(page.results)
    return {} if table is None else grids_of(table)


def grids_of(table: pd.DataFrame) -> dict[str, Grid]:
    """Return the accuracies of a table by what is held equal."""
    by_experiment = dict(iter(table.groupby("experiment")))
    return {
        budget: Grid(
            fixed=rows[rows["policy"] == FIXED].set_index(["learning_rate", "batch_size"]).sort_index(),
            tuned=rows[rows["policy"] == policies.TUNED].set_index("batch_size").sort_index(),
            guessed=100 * metrics.guessed_accuracy(rows["dataset"].iloc[0]),
        )
        for budget, experiment in EXPERIMENTS.items()
        if (rows := by_experiment.get(experiment)) is not None
    }


@template_name("networks_shown")
def networks_shown(page: Page) -> str:
    """Return the number of networks behind the first panel of the map."""
    grid = next(iter(here(page).values()))
    return formatting.count(int(grid.fixed["seeds"].sum()))


@template_name("proportional_up_to")
def proportional_up_to(page: Page) -> int | None:
    """Return the batch size up to which own rates grow in proportion to it, beyond which they grow more slowly.

    The result is None if there are not three such sizes from the smallest on, or if there is nothing beyond.
    """
    grid = here(page)["epochs"]
    sizes = [size for size in grid.own.index if size not in grid.full]
    per_sample = [grid.own[size] / size for size in sizes]
    alike = list(takewhile(lambda each: math.isclose(each[1], per_sample[0]), zip(sizes, per_sample, strict=True)))
    is_slower = len(alike) < len(sizes) and per_sample[len(alike)] < per_sample[0]
    return int(alike[-1][0]) if len(alike) >= 3 and is_slower else None


@template_name("ends_at_own_rates")
def ends_at_own_rates(page: Page) -> list[dict[str, Any]]:
    """Return what the map shows of the two batch sizes that policies name, at the rate that suits either.

    Each item has the size, its rate, the accuracies of both sizes at that rate, and by how many points the first leads.
    The result is empty if the study lacks one of them.
    """
    grid = here(page)["epochs"]
    if grid.compared != policies.BATCH_SIZES:
        return []
    ends = [(size, grid.own[size], grid.fixed["mean"].loc[grid.own[size]]) for size in grid.compared]
    return [
        {
            "size": size,
            "rate": formatting.rate(rate),
            "accuracies": [numbers.percent(page, means[size]) for size in grid.compared],
            "lead": lead(grid, means),
        }
        for size, rate, means in ends
    ]


def panel(page: Page, method: str, budget: str, grid: Grid) -> dict[str, Any]:
    """Return what the page shows of an experiment.

    method: Optimiser.
    budget: What is held equal.
    first: Key of the first state.
    sizes: Names of the batch sizes, ascending.
    rates: Names of the learning rates, ascending.
    rows: Cells of each batch size: accuracy in words, opacity and class names.
    states: Name, answer, sentence and bars at each rate, and with each batch size at its own rate.
    shown: Keys of the states that readers without scripts see.
    spent: Steps, or images seen, of the smallest and the largest batch, in words.
    held: What is held equal, in words.
    seeds: Number of networks behind a bar.
    """
    suiting = dict.fromkeys(formatting.rate(grid.own[size]) for size in grid.compared)
    states = {formatting.rate(rate): state_at(page, grid, rate) for rate in grid.rates}
    return {
        "method": method,
        "budget": budget,
        "first": next(iter(suiting)),
        "sizes": [page.texts["home all"] if size in grid.full else str(size) for size in grid.own.index],
        "rates": list(states),
        "rows": [row_of(page, grid, size) for size in grid.own.index],
        "states": states | {OWN: own_state(page, grid)},
        "shown": [*suiting, OWN],
        "spent": spent(page, grid, budget),
        "held": page.texts[f"home equal {budget}"].format(formatting.count(int(grid.tuned[budget].iloc[0]))),
        "seeds": formatting.count(int(grid.tuned["seeds"].min())),
    }


def spent(page: Page, grid: Grid, budget: str) -> str:
    """Return what the smallest and the largest batch spend while the other thing is held equal."""
    amounts = grid.tuned["steps"] if budget == "epochs" else grid.tuned["steps"] * grid.tuned.index
    small, large = (batches(page, grid, [size]) for size in amounts.index[[0, -1]])
    first, second = (formatting.count(int(amount)) for amount in amounts.iloc[[0, -1]])
    return page.texts[f"home spent {budget}"].format(small=small, first=first, large=large, second=second)


def row_of(page: Page, grid: Grid, size: int) -> list[dict[str, Any]]:
    """Return the cells of a batch size in the map."""
    least = 100 - float(grid.fixed["mean"].max())
    cells = []
    for rate in grid.rates:
        mean = grid.fixed["mean"].loc[rate, size]
        depth = math.log(PALE / max(100 - mean, least)) / math.log(PALE / least)
        is_fast = way_to_fail(grid, size, rate, mean) == "fast"
        kinds = [name for name, is_so in (("fast", is_fast), ("own", grid.own[size] == rate)) if is_so]
        text = numbers.percent(page, mean)
        cells.append({"text": text, "depth": round(min(max(depth, FAINTEST), 1), 2), "kind": " ".join(kinds)})
    return cells


def way_to_fail(grid: Grid, size: int, rate: float, mean: float) -> str:
    """Return how a batch size fails at a rate: "fast" above its own rate, "slow" below it, or ""."""
    if mean >= grid.halfway:
        return ""
    return "fast" if rate > grid.own[size] else "slow"


def lead(grid: Grid, means: pd.Series) -> float:
    """Return by how many points the small one of the compared batch sizes leads the large one."""
    small, large = grid.compared
    return float(means[small] - means[large])


def answer(grid: Grid, means: pd.Series, best: Sequence[int]) -> str:
    """Return whether small batches are more accurate, one of ANSWERS.

    best: Batch sizes that are ahead, none if nobody learns.
    """
    if not best:
        return "nobody"
    ahead = lead(grid, means)
    return "tie" if abs(ahead) < CLOSE else "true" if ahead > 0 else "false"


def state_at(page: Page, grid: Grid, rate: float) -> dict[str, Any]:
    """Return the answer, the sentence and the bars with all batch sizes at one rate."""
    rows = grid.fixed.loc[rate]
    ways = {size: way_to_fail(grid, size, rate, mean) for size, mean in rows["mean"].items()}
    bars, best = bars_of(page, rows, ways)
    found = answer(grid, rows["mean"], best)
    term = f"home at {found}" if found in ("tie", "nobody") else "home at wins"
    named = grid.compared if found == "tie" else best
    said = page.texts[term].format(rate=formatting.rate(rate), batches=batches(page, grid, named))
    return {
        "name": page.texts["home at rate"].format(formatting.rate(rate)),
        "answer": found,
        "said": said,
        "bars": bars,
    }


def own_state(page: Page, grid: Grid) -> dict[str, Any]:
    """Return the answer, the sentence and the bars with each seed of a batch size at its own rate."""
    means = grid.tuned["mean"]
    bars, best = bars_of(page, grid.tuned, {})
    ends = dict.fromkeys(numbers.percent(page, end) for end in (means[best].min(), means[best].max()))
    accuracies = page.texts["range"].format(*ends) if len(ends) > 1 else next(iter(ends))
    found = answer(grid, means, best)
    term = "home own tie" if found == "tie" else "home own wins"
    said = page.texts[term].format(batches=batches(page, grid, best), accuracies=accuracies)
    return {"name": page.texts["home own rates"], "answer": found, "said": said, "bars": bars}


def bars_of(page: Page, rows: pd.DataFrame, ways: dict[int, str]) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the bar of each batch size, and the batch sizes that are ahead.

    rows: Accuracies by batch size.
    ways: How batch sizes fail, as in `way_to_fail`.
    """
    bars, best = [], []
    for size, row in rows.iterrows():
        way = ways.get(size, "")
        kind = "fails" if way else "wins" if row["mean"] > rows["mean"].max() - CLOSE else ""
        length, low, high = (round(float(row[name]), 1) for name in ("mean", "lowest", "highest"))
        note = page.texts[f"home {way}"] if way else ""
        bars.append(Bar(numbers.percent(page, row["mean"]), length, low, high, kind, note)._asdict())
        best += [size] if kind == "wins" else []
    return bars, best


def batches(page: Page, grid: Grid, sizes: Sequence[int]) -> str:
    """Return batch sizes as a noun: "batches of 16 and 64", "batches of 1 to 256 and all images at once"."""
    some = [size for size in sizes if size not in grid.full]
    every = [size for size in grid.own.index if size not in grid.full]
    is_range = len(some) > 2 and some == every[every.index(some[0]) :][: len(some)]
    names = [page.texts["range"].format(some[0], some[-1])] if is_range else list(map(str, some))
    parts = [page.texts["home batches"].format(joined(page, names))] if some else []
    parts += [page.texts["home full"]] if len(some) < len(sizes) else []
    return joined(page, parts) if parts else ""
