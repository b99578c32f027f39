"""One learning rate for all: the picture of the home page, a map of batch size and learning rate with a line to move.

Below the map stands a bar for each batch size, at the rate of the line or with each batch size at its own rate. The
page has the map and a few of these states; the script shows one of them and exchanges it for the others.
"""

import math
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ontrial.judge import metrics, policies
from ontrial.judge.claims import parse_quantity
from ontrial.judge.smallest_effects import USUAL
from ontrial.report.pages import numbers, pictures
from ontrial.report.pages.claims.elsewhere import joined
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.summaries import selection
from ontrial.report.wording import formatting

FIGURE = "batch-rate-surface"  # figure of the same map
EXPERIMENTS = {"epochs": "batch-size", "updates": "batch-size-updates"}  # by what is held equal
OWN = "own"  # state in which each batch size has its own rate
CLOSE = parse_quantity(USUAL["accuracy"].quantities[0], "points")  # points behind the best that do not count
PALE = 50.0  # error in per cent of the palest colour, on a log axis that starts at the smallest error
FAINTEST = 0.06  # opacity of that colour
SPREAD = (8, 92)  # per cent of a bar's width over which the dots of the seeds are spread


class Bar(NamedTuple):
    """The accuracy of a batch size.

    text: Mean accuracy in words.
    height: Mean accuracy in per cent.
    kind: "wins" if no other is better by a point or more, "fails" if it learns little, else "".
    note: Why it fails: too fast or too slow.
    dots: SVG path with a point for each seed.
    """

    text: str
    height: float
    kind: str
    note: str
    dots: str


class Grid(NamedTuple):
    """The runs of an experiment.

    runs: Runs of the judging seeds, with one cell per batch size.
    means: Mean test accuracy in per cent, by learning rate and batch size, both ascending.
    tuned: Runs with each seed at its own rate.
    own: Typical own rate by batch size.
    full: Batch sizes that cover all training samples.
    guessed: Accuracy of guessing in per cent.
    """

    runs: pd.DataFrame
    means: pd.DataFrame
    tuned: pd.DataFrame
    own: pd.Series
    full: set[int]
    guessed: float

    @property
    def halfway(self) -> float:
        """Accuracy half-way between guessing and the best, below which networks have learnt little."""
        return float(self.guessed + self.means.to_numpy().max()) / 2


@template_name("shared_rate")
def shared_rate(page: Page) -> str:
    """Return the map with its bars, for each thing that is held equal; "" if the study has no such map."""
    if not pictures.is_drawn(page, FIGURE):
        return ""
    shown = {budget: panel(page, budget) for budget in EXPERIMENTS if numbers.has(page, EXPERIMENTS[budget])}
    data = {budget: {"rates": each["rates"], "states": each["states"]} for budget, each in shown.items()}
    return html("shared_rate", root=page.root, panels=shown, data=data, say=page.say)


@template_name("proportional_up_to")
def proportional_up_to(page: Page) -> int | None:
    """Return the batch size up to which own rates grow in proportion to it, beyond which they grow more slowly.

    The result is None if there are not three such sizes from the smallest on, or if there is nothing beyond.
    """
    grid = grid_of(page, EXPERIMENTS["epochs"])
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
    grid = grid_of(page, EXPERIMENTS["epochs"])
    sizes = list(policies.BATCH_SIZES)
    if not set(sizes) <= set(grid.own.index):
        return []
    ends = [(size, grid.own[size], grid.means.loc[grid.own[size], sizes]) for size in sizes]
    return [
        {
            "size": size,
            "rate": formatting.rate(rate),
            "accuracies": [numbers.percent(page, mean) for mean in means],
            "lead": means.iloc[0] - means.iloc[1],
        }
        for size, rate, means in ends
    ]


def grid_of(page: Page, experiment: str) -> Grid:
    """Return the runs of an experiment with the usual values of all settings but the batch size."""
    results = page.results
    runs = selection.narrowed(selection.of_experiment(results.runs, experiment), free=["batch_size"])
    runs = selection.judging(results, runs)
    tuned = selection.tuned(results, runs)
    return Grid(
        runs=runs,
        means=100 * runs.pivot_table(index="learning_rate", columns="batch_size", values="test_accuracy"),
        tuned=tuned,
        own=tuned.groupby("batch_size")["learning_rate"].agg(policies.typical),
        full=selection.full_batches(runs),
        guessed=100 * metrics.guessed_accuracy(runs["dataset"].iloc[0]),
    )


def panel(page: Page, budget: str) -> dict[str, Any]:
    """Return what the page shows of an experiment.

    sizes: Names of the batch sizes, ascending.
    unit: What each batch size spends while the other thing is held equal: steps, or images seen.
    spent: Numbers of these.
    rates: Names of the learning rates, ascending.
    rows: Each rate with its cells: accuracy in words, opacity and class names.
    states: Name, sentence and bars at each rate, and with each batch size at its own rate.
    shown: Keys of the states that readers without scripts see.
    held: What is held equal, in words.
    """
    grid = grid_of(page, EXPERIMENTS[budget])
    states = {formatting.rate(rate): state_at(page, grid, rate) for rate in grid.means.index}
    states[OWN] = own_state(page, grid)
    compared = [size for size in policies.BATCH_SIZES if size in grid.own] or grid.own.index[[0, -1]]
    first = dict.fromkeys(formatting.rate(grid.own[size]) for size in compared)
    last = grid.runs.groupby("batch_size")["updates"].max()
    spent = last if budget == "epochs" else last * last.index
    return {
        "sizes": [page.texts["home all"] if size in grid.full else str(size) for size in grid.means],
        "unit": page.texts[f"home spent {budget}"],
        "spent": [formatting.count(int(number)) for number in spent],
        "rates": list(map(formatting.rate, grid.means.index)),
        "rows": [(formatting.rate(rate), row_of(page, grid, rate)) for rate in grid.means.index],
        "states": states,
        "shown": [*first, OWN],
        "held": held_equal(page, budget),
    }


def held_equal(page: Page, budget: str) -> str:
    """Return what is held equal, such as "images, each seen 20 times"."""
    cell = numbers.cells_of(page.results, EXPERIMENTS[budget])[0]
    return page.texts[f"home equal {budget}"].format(formatting.count(getattr(cell.training, budget)))


def row_of(page: Page, grid: Grid, rate: float) -> list[dict[str, Any]]:
    """Return the cells of a rate in the map."""
    least = 100 - float(grid.means.to_numpy().max())
    cells = []
    for size, mean in grid.means.loc[rate].items():
        depth = math.log(PALE / max(100 - mean, least)) / math.log(PALE / least)
        way = way_to_fail(grid, size, rate, mean)
        kinds = [name for name, is_so in (("fast", way == "fast"), ("own", grid.own[size] == rate)) if is_so]
        text = numbers.percent(page, mean)
        cells.append({"text": text, "depth": round(min(max(depth, FAINTEST), 1), 2), "kind": " ".join(kinds)})
    return cells


def way_to_fail(grid: Grid, size: int, rate: float, mean: float) -> str:
    """Return how a batch size fails at a rate: "fast" above its own rate, "slow" below it, or ""."""
    if mean >= grid.halfway:
        return ""
    return "fast" if rate > grid.own[size] else "slow"


def state_at(page: Page, grid: Grid, rate: float) -> dict[str, Any]:
    """Return the sentence and the bars with all batch sizes at one rate."""
    at = grid.runs[grid.runs["learning_rate"] == rate]
    bars = bars_of(page, grid, at, {size: way_to_fail(grid, size, rate, mean) for size, mean in means_of(at).items()})
    best = [size for size, bar in zip(grid.means, bars, strict=True) if bar.kind == "wins"]
    term = "home wins" if best else "home nobody"
    said = page.texts[term].format(rate=formatting.rate(rate), batches=batches(page, grid, best))
    name = page.texts["home at rate"].format(formatting.rate(rate))
    return {"name": name, "said": said, "bars": [bar._asdict() for bar in bars]}


def own_state(page: Page, grid: Grid) -> dict[str, Any]:
    """Return the sentence and the bars with each seed of a batch size at its own rate."""
    bars = bars_of(page, grid, grid.tuned, {})
    means = means_of(grid.tuned)
    best = [size for size, bar in zip(grid.means, bars, strict=True) if bar.kind == "wins"]
    ends = dict.fromkeys(numbers.percent(page, end) for end in (means[best].min(), means[best].max()))
    accuracies = page.texts["range"].format(*ends) if len(ends) > 1 else next(iter(ends))
    term = "home tie" if len(best) > 1 else "home leads"
    said = page.texts[term].format(batches=batches(page, grid, best), accuracies=accuracies)
    return {"name": page.texts["home own rates"], "said": said, "bars": [bar._asdict() for bar in bars]}


def means_of(runs: pd.DataFrame) -> pd.Series:
    """Return the mean test accuracy in per cent by batch size."""
    return 100 * runs.groupby("batch_size")["test_accuracy"].mean()


def bars_of(page: Page, grid: Grid, runs: pd.DataFrame, ways: dict[int, str]) -> list[Bar]:
    """Return the bar of each batch size.

    ways: How batch sizes fail, as in `way_to_fail`.
    """
    means = means_of(runs)
    bars = []
    for size in grid.means:
        way = ways.get(size, "")
        kind = "fails" if way else "wins" if means[size] > means.max() - CLOSE else ""
        seeds = 100 * runs.loc[runs["batch_size"] == size, "test_accuracy"].to_numpy()
        note = page.texts[f"home {way}"] if way else ""
        bars.append(Bar(numbers.percent(page, means[size]), round(means[size], 1), kind, note, dots(seeds)))
    return bars


def dots(accuracies: np.ndarray) -> str:
    """Return an SVG path with a point for each accuracy, side by side in a box of 100 × 100."""
    across = np.linspace(*SPREAD, len(accuracies)) if len(accuracies) > 1 else [50]
    return "".join(f"M{x:.0f} {100 - accuracy:.1f}h0" for x, accuracy in zip(across, accuracies, strict=True))


def batches(page: Page, grid: Grid, sizes: Sequence[int]) -> str:
    """Return batch sizes as a noun: "batches of 16 and 64", "batches of 1 to 256 and all images at once"."""
    some = [size for size in sizes if size not in grid.full]
    every = [size for size in grid.means if size not in grid.full]
    is_range = len(some) > 2 and some == every[every.index(some[0]) :][: len(some)]
    names = [page.texts["range"].format(some[0], some[-1])] if is_range else list(map(str, some))
    parts = [page.texts["home batches"].format(joined(page, names))] if some else []
    parts += [page.texts["home full"]] if len(some) < len(sizes) else []
    return joined(page, parts) if parts else ""
