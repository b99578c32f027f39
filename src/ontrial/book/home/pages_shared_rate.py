"""One learning rate for all: the picture of the home page, a map of learning rate and batch size with a line to drag.

Each batch size is a row of the map and has a bar beside it, at the rate of the line or at its own rate. Two of them,
those of a claim, stand out and are compared in words. The page has the map and a few of these states; the script shows
one of them and exchanges it for the others. There is a panel for each optimiser and for each thing that is held equal.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

import pandas as pd

from ontrial.book.home import batch_rates
from ontrial.book.home.batch_rates import Grid
from ontrial.judge import metrics, statistics
from ontrial.judge.claim import parse_quantity
from ontrial.judge.policies import TUNED
from ontrial.judge.records import Verdict
from ontrial.judge.smallest_effects import USUAL
from ontrial.report.pages import lookup, numbers, pictures
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.summaries.replications import made_same_test
from ontrial.report.wording import formatting, outcomes

FIGURE = "batch-rate-surface"  # figure of the same map
CLAIM = "small-batch-accuracy"  # whose two batch sizes the page compares
OWN = "own"  # state in which each batch size has its own rate
CLOSE = parse_quantity(USUAL["accuracy"].quantities[0], "points")  # a lead in points that does not count
PALE = 50.0  # error in per cent of the palest colour, on a log axis that starts at the smallest error
LEAST = 0.1  # start of that axis in per cent where networks make no error
FAINTEST = 0.06  # opacity of that colour
# Whether the small batch is more accurate at some rate
ANSWERS = ("true", "false", "tie", "open", "unjudged", "neither")
ANSWER_TO = {"positive": "true", "reversed": "false", "negligible": "tie"}  # by outcome; others leave it open
FITS = ("low", "right", "high")  # a rate beside the best one


class State(Enum):
    """What comes out for two batch sizes, with the terms that say so in a sentence, in short, and by which rule."""

    BEATS = ("home said beats", "home outcome beats")
    BEATS_SLOW = ("home said beats slow", "home outcome fails")  # the rate is too small for the other
    BEATS_FAST = ("home said beats fast", "home outcome fails")  # the rate is too large for the other
    BEATS_FAILING = ("home said beats", "home outcome fails")  # the other learns little at its own rate
    TIE = ("home said tie", "home outcome tie", "home rule tie")
    OPEN = ("home said open", "home outcome open", "home rule open")
    UNJUDGED = ("home said open", "home outcome unjudged", "home rule unjudged")
    NEITHER = ("home said neither", "home outcome neither")

    def __init__(self, sentence: str, outcome: str, rule: str | None = None) -> None:  # noqa: D107
        self.sentence = sentence
        self.outcome = outcome
        self.rule = rule


class Comparison(NamedTuple):
    """Two batch sizes compared: whether the small one is more accurate, one of ANSWERS, and the better one first."""

    answer: str
    state: State
    first: int
    second: int


class Bar(NamedTuple):
    """The accuracy of a batch size.

    text: Mean accuracy in words.
    length: Mean accuracy in per cent.
    low, high: Accuracies of the worst and of the best seed in per cent.
    kind: "wins" if it is compared and the other does not win, "fails fast" or "fails slow" if it learns little, or "".
    note: Why all of its networks fail: too fast or too slow.
    """

    text: str
    length: float
    low: float
    high: float
    kind: str
    note: str


def shared_rate(page: Page) -> str:
    """Return the map with its bars, by optimiser and by what is held equal; "" if the study has no such map."""
    if not pictures.is_drawn(page, FIGURE):
        return ""
    panels = [
        panel(page, method, budget, grid) for method, each in grids(page).items() for budget, grid in each.items()
    ]
    read_by_script = ("method", "budget", "first", "rates", "states")
    data = [{name: each[name] for name in read_by_script} for each in panels]
    answers = {name: page.texts[f"home answer {name}"] for name in ANSWERS}
    return html("shared_rate", root=page.root, panels=panels, data=data, answers=answers, say=page.say)


def grids(page: Page) -> dict[str, dict[str, Grid]]:
    """Return the accuracies of this study, and of other optimisers as published, by optimiser and what is held equal.

    Optimisers are left out unless the same things are held equal as in this study.
    """
    here = page.results.verdicts.get(CLAIM)
    own = _with_verdict(batch_rates.grids(page.results), here)
    by_optimiser = {own["epochs"].tuned["optimiser"].iloc[0]: own}
    for study, condition in page.sources.replications.items():
        published = page.sources.other_studies[study]
        if condition.setting == "optimiser" and published.rates is not None:
            there = published.verdicts.get(CLAIM)
            same = there if here and there and made_same_test(here, there) else None
            by_optimiser[condition.value] = _with_verdict(batch_rates.grids_of(published.rates), same)
    return {method: each for method, each in by_optimiser.items() if each.keys() == own.keys()}


def _with_verdict(by_budget: Mapping[str, Grid], verdict: Verdict | None) -> dict[str, Grid]:
    """Return grids with the contexts in which a verdict compares their batch sizes, each seed at its own rates."""
    if verdict is None:
        return dict(by_budget)
    found = {budget: verdict.matching({"policy": TUNED, "budget": budget}) for budget in by_budget}
    return {budget: grid._replace(judged=next(iter(found[budget]), None)) for budget, grid in by_budget.items()}


def compared(page: Page, grid: Grid) -> list[int]:
    """Return the small and the large batch size of the claim, or else the smallest and the largest."""
    estimand = lookup.estimand_of(page, CLAIM)
    sizes = [arm["batch_size"] for arm in estimand.arms.values()] if estimand else []
    own = list(grid.own.index)
    return sorted(sizes) if sizes and set(sizes) <= set(own) else [own[0], own[-1]]


def answer_changes(page: Page) -> bool:
    """Return whether the map bears its title: the answer changes with the learning rate, and with what is held equal.

    It is true at the rate that suits one batch size and false at that of the other. And where all else is the same, it
    is another one of true, false and a tie once something else is held equal.
    """
    own = next(iter(grids(page).values()))
    sizes = compared(page, own["epochs"])
    by_owner = {answer_to(own["epochs"], own["epochs"].own[size], sizes) for size in sizes}
    shared = set.intersection(*(set(grid.rates) for grid in own.values()))
    by_budget = [{answer_to(grid, rate, sizes) for grid in own.values()} for rate in (None, *shared)]
    decided = set(ANSWER_TO.values())
    return by_owner == {"true", "false"} and any(len(found) > 1 and found <= decided for found in by_budget)


def panel(page: Page, method: str, budget: str, grid: Grid) -> dict[str, Any]:
    """Return the values of a panel, which shows an experiment.

    method: Optimiser.
    budget: What is held equal.
    first: Name of the learning rate at which the line starts.
    sizes: Names of the batch sizes, ascending.
    pair: Names of those that are compared.
    rates: Names of the learning rates, ascending.
    rows: Cells of each batch size: accuracy in words, opacity and class names.
    states: Name, answer, sentence and bars at each rate, and with each batch size at its own rate.
    longest: The longest answer and sentences of any state, whose place the page reserves.
    shown: Keys of the states that readers without scripts see.
    outcomes: Who wins at the rate that suits either of those that are compared, and with each at its own rate.
    spent: Steps, or images seen, of the smallest and the largest batch, in words.
    held: What is held equal, in words.
    alike: The same in short.
    seeds: Number of networks behind a bar.
    """
    pair = compared(page, grid)
    suiting = dict.fromkeys(formatting.rate(grid.own[size]) for size in pair)
    at_rates = {formatting.rate(rate): _state_of(page, grid, rate) for rate in grid.rates}
    states = at_rates | {OWN: _state_of(page, grid, None)}
    return {
        "method": method,
        "budget": budget,
        "first": next(iter(suiting)),
        "sizes": [_size_name(page, grid, size) for size in grid.own.index],
        "pair": [_size_name(page, grid, size) for size in pair],
        "rates": list(at_rates),
        "rows": [_row_of(page, grid, size) for size in grid.own.index],
        "states": states,
        "longest": _longest(page, states.values()),
        "shown": [*suiting, OWN],
        "outcomes": _outcomes(page, grid),
        "spent": _spent(page, grid, budget),
        "alike": page.texts[f"home same {budget}"],
        "held": page.texts[f"home equal {budget}"].format(formatting.count(int(grid.tuned[budget].iloc[0]))),
        "seeds": numbers.span(page, grid.tuned["seeds"]),
    }


def _longest(page: Page, states: Collection[Mapping[str, Any]]) -> dict[str, str]:
    """Return the longest answer with its sentence, and the longest sentence on how sure it is, of some states."""

    def spoken(state: Mapping[str, Any]) -> int:
        return len(page.texts[f"home answer {state['answer']}"] + state["said"])

    by_answer = max(states, key=spoken)
    return {
        "answer": by_answer["answer"],
        "said": by_answer["said"],
        "more": max((state["more"] for state in states), key=len),
    }


def _outcomes(page: Page, grid: Grid) -> list[dict[str, str]]:
    """Return the outcome at each size's tuned rate, and with both tuned: the place, the answer and the words."""
    suiting = {
        page.texts["home suiting"].format(
            size=_size_name(page, grid, size), rate=formatting.rate(grid.own[size])
        ): grid.own[size]
        for size in compared(page, grid)
    }
    rows = []
    for place, rate in [*suiting.items(), (page.texts["home suiting each"], None)]:
        found = compare(page, grid, rate)
        winner, loser = (_size_name(page, grid, size) for size in (found.first, found.second))
        points = formatting.decimals(abs(lead(grid.at(rate)["mean"], [found.first, found.second])))
        words = page.texts[found.state.outcome].format(winner=winner, loser=loser, points=points)
        rows.append({"place": place, "answer": found.answer, "words": words})
    return rows


def _spent(page: Page, grid: Grid, budget: str) -> str:
    """Return the sentence on the steps, or images, of the smallest and the largest batch."""
    amounts = grid.tuned["steps"] if budget == "epochs" else grid.tuned["steps"] * grid.tuned.index
    small, large = (_batches(page, grid, size) for size in amounts.index[[0, -1]])
    first, second = (formatting.count(int(amount)) for amount in amounts.iloc[[0, -1]])
    return page.texts[f"home spent {budget}"].format(small=small, first=first, large=large, second=second)


def _row_of(page: Page, grid: Grid, size: int) -> list[dict[str, Any]]:
    least = min(max(100 - float(grid.fixed["mean"].max()), LEAST), PALE / 2)
    cells = []
    for rate in grid.rates:
        mean = grid.fixed["mean"].loc[rate, size]
        depth = math.log(PALE / max(100 - mean, least)) / math.log(PALE / least)
        kinds = [_way_to_fail(grid, size, rate, mean), "own" if grid.own[size] == rate else ""]
        text = numbers.percent(page, mean)
        cells.append(
            {"text": text, "depth": round(min(max(depth, FAINTEST), 1), 2), "kind": " ".join(filter(None, kinds))}
        )
    return cells


def _way_to_fail(grid: Grid, size: int, rate: float | None, mean: float) -> str:
    """Return how a batch size fails at a rate: "fast" above its own rate, "slow" below it, or ""."""
    if rate is None or not grid.fails(mean):
        return ""
    return "fast" if rate > grid.own[size] else "slow"


def lead(means: pd.Series, sizes: list[int]) -> float:
    """Return by how many points the first of two batch sizes leads the second, as readers find from the means shown."""
    first, second = (round(float(means[size]), 1) for size in sizes)
    return round(first - second, 1)


def compare(page: Page, grid: Grid, rate: float | None) -> Comparison:
    """Compare the two batch sizes at a rate of all, or with None at each seed's own."""
    small, large = sizes = compared(page, grid)
    means = grid.at(rate)["mean"]
    match answer := answer_to(grid, rate, sizes):
        case "true" | "false":
            first, second = (small, large) if answer == "true" else (large, small)
            return Comparison(answer, _how_it_beats(grid, second, rate, means[second]), first, second)
        case _:
            return Comparison(answer, State[answer.upper()], small, large)


def _how_it_beats(grid: Grid, loser: int, rate: float | None, mean: float) -> State:
    """Return the state in which a batch size with some mean accuracy is beaten."""
    match _way_to_fail(grid, loser, rate, mean):
        case "slow":
            return State.BEATS_SLOW
        case "fast":
            return State.BEATS_FAST
        case _:
            return State.BEATS_FAILING if grid.fails(mean) else State.BEATS


def _state_of(page: Page, grid: Grid, rate: float | None) -> dict[str, Any]:
    """Return the name, the answer, its sentences and the bars at a rate of all, or with None at each seed's own."""
    say, found, means = page.texts, compare(page, grid, rate), grid.at(rate)["mean"]
    if rate is None:
        name, where, before, after = say["home own rates"], say["home where own"], "", say["home chosen"]
    else:
        name, where = (say[term].format(formatting.rate(rate)) for term in ("home at rate", "home where shared"))
        before, after = _suits(page, grid, rate), ""
    first, second = (_size_name(page, grid, size) for size in (found.first, found.second))
    most, least = (numbers.percent(page, means[size]) for size in (found.first, found.second))
    said = say[found.state.sentence].format(where=where, first=first, second=second, most=most, least=least)
    rule = say[found.state.rule].format(formatting.significant(CLOSE, 1)) if found.state.rule else ""
    sure = "" if found.state is State.NEITHER else _certainty(page, grid, rate)
    more = " ".join(filter(None, [before, rule, sure, after]))
    return {"name": name, "answer": found.answer, "said": said, "more": more, "bars": bars_of(page, grid, rate)}


def answer_to(grid: Grid, rate: float | None, sizes: list[int]) -> str:
    """Return whether the small one of two batch sizes is more accurate, one of ANSWERS.

    With each seed at its own rates, the verdict says so. Otherwise the site's three-sided rule decides between networks
    that share a seed; without these, nothing is judged.
    """
    means = grid.at(rate)["mean"]
    if means[sizes].max() <= grid.guessed + metrics.ABOVE_GUESSING:
        return "neither"
    if rate is None and grid.judged:
        return ANSWER_TO.get(str(grid.judged.outcome), "open")
    if not grid.by_seed:
        return "unjudged"
    interval, equivalence = (
        _difference(grid, rate, sizes, alpha) for alpha in (statistics.ALPHA, 2 * statistics.ALPHA)
    )
    return ANSWER_TO.get(str(statistics.outcomes(interval, equivalence, CLOSE)), "open")


def _difference(grid: Grid, rate: float | None, sizes: Sequence[int], alpha: float) -> statistics.Interval:
    """Return the mean difference of two batch sizes in points, seed by seed, and its 1 − alpha interval."""
    pairs = grid.by_seed[rate][list(sizes)].dropna()  # further looks may give either more seeds
    return statistics.mean_interval((pairs[sizes[0]] - pairs[sizes[1]]).to_numpy(), 1 - alpha)


def _certainty(page: Page, grid: Grid, rate: float | None) -> str:
    """Return a sentence on how sure the difference of the two batch sizes is, the better first.

    It has the interval of the difference, that of the verdict if there is one. For published studies, it has how far
    the networks of the two overlap.
    """
    rows, sizes = grid.at(rate), compared(page, grid)
    if rate is None and grid.judged:
        estimate, interval = outcomes.estimate_and_interval(page.texts, grid.judged)
        name, n = _size_name(page, grid, sizes[0]), formatting.count(grid.judged.n)
        return page.texts["home judged"].format(first=name, estimate=estimate, interval=interval, n=n)
    if lead(rows["mean"], sizes) < 0:
        sizes.reverse()
    first, second = (_size_name(page, grid, size) for size in sizes)
    n = formatting.count(int(rows["seeds"][sizes].min()))
    if grid.by_seed:
        found = _difference(grid, rate, sizes, statistics.ALPHA)
        low, high = (formatting.decimals(float(end)) for end in (found.ci_low, found.ci_high))
        points = formatting.decimals(lead(rows["mean"], sizes))
        return page.texts["home interval"].format(first=first, points=points, low=low, high=high, n=n)
    ranges = [
        page.texts["home range"].format(*(numbers.percent(page, rows[end][size], 0) for end in ("lowest", "highest")))
        for size in sizes
    ]
    return page.texts["home overlap"].format(n=n, first=first, second=second, of_first=ranges[0], of_second=ranges[1])


def _suits(page: Page, grid: Grid, rate: float) -> str:
    """Return a sentence on whether a rate is the best one, low or high for the batch sizes that are compared."""
    sizes = compared(page, grid)
    small, large = (_size_name(page, grid, size) for size in sizes)
    fits = [FITS[1 + (rate > grid.own[size]) - (rate < grid.own[size])] for size in sizes]
    of_small, of_large = (page.texts[f"home rate {fit}"] for fit in fits)
    if of_small == of_large:
        return page.texts["home suits both"].format(of_small)
    return page.texts["home suits either"].format(small=small, large=large, of_small=of_small, of_large=of_large)


def bars_of(page: Page, grid: Grid, rate: float | None) -> list[dict[str, Any]]:
    """Return the bar of each batch size at a rate of all, or with None at each seed's own."""
    sizes = compared(page, grid)
    winners = {"true": sizes[:1], "false": sizes[1:]}.get(answer_to(grid, rate, sizes), sizes)
    bars = []
    for size, row in grid.at(rate).iterrows():
        way = _way_to_fail(grid, size, rate, row["mean"])
        kind = f"fails {way}" if way else "wins" if size in winners else ""
        length, low, high = (round(float(row[name]), 1) for name in ("mean", "lowest", "highest"))
        note = page.texts[f"home {way}"] if way and high < grid.halfway else ""  # a long whisker has no room for one
        bars.append(Bar(numbers.percent(page, row["mean"]), length, low, high, kind, note)._asdict())
    return bars


def _size_name(page: Page, grid: Grid, size: int) -> str:
    """Return the name of a batch size: a number, or "all"."""
    return page.texts["home all"] if size in grid.full else str(size)


def _batches(page: Page, grid: Grid, size: int) -> str:
    """Return a batch size as a noun, such as "batches of 16"."""
    return page.texts["home full"] if size in grid.full else page.texts["home batches"].format(size)
