"""The sentence on trial on the home page: two batch sizes, one learning rate, and what is held equal.

Readers guess first. Then two bars show the accuracies at a learning rate, and boxes answer at the rate that suits one
batch size, at that of the other, and with each at its own, for each thing that can be held equal.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge import metrics
from ontrial.judge.claim import parse_quantity
from ontrial.judge.policies import TUNED
from ontrial.judge.smallest_effects import USUAL
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup, numbers, pictures
from ontrial.report.pages.claims import verdicts
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tools.guess import GUESSES
from ontrial.report.wording import formatting, labels
from ontrial_book.home import batch_rates
from ontrial_book.home.batch_rates import Grid
from ontrial_judge.core import statistics

WHY = "same-road"  # page that shows why the best rates of batch sizes differ
FIGURE = "batch-rate-surface"  # figure of all batch sizes, which needs the same experiment
CLAIM = "small-batch-accuracy"
OWN = "own"  # state in which each batch size has its own rate
CLOSE = parse_quantity(USUAL["accuracy"].quantities[0], "points")  # a lead in points that does not count
ANSWERS = ("true", "false", "tie", "open", "neither")  # whether the small batch is more accurate
KINDS = ("beats", "fast", "slow", "tie", "open", "neither")  # how it comes out, in words
ANSWER_TO = {"positive": "true", "reversed": "false", "negligible": "tie"}  # by outcome; others leave it open
PALE = 50.0  # error in per cent of the palest colour of a strip, on a log axis that starts at the smallest error
LEAST = 0.1  # start of that axis in per cent where networks make no error
SHOWN = "385094"  # digits that the page shows


def batches(page: Page) -> str:
    """Return the sentence's bars, boxes and knob; "" if the study does not judge it at several learning rates."""
    if not (pictures.is_drawn(page, FIGURE) and lookup.has_claim(page, CLAIM)):
        return ""
    panels = [panel(page, budget, grid) for budget, grid in grids(page).items()]
    conclusion = lookup.conclusion_on(page, CLAIM)
    is_smaller = all(each["own"][0] < each["own"][1] for each in panels)  # the best rate of the small batch
    return html(
        "batches",
        root=page.root,
        why=page.root + WHY + ".html" if is_smaller and lookup.has_page(page, WHY) else "",
        scope=_scope(page, next(iter(grids(page).values()))),
        panels=panels,
        sizes=sizes(page),
        boxes=boxes(page, panels),
        counts=counts(page, panels),
        question=lookup.question(page, CLAIM),
        conclusion=conclusion,
        verdict=page.texts[f"guess {conclusion}"] if conclusion in GUESSES else "",
        depends=depends(page, panels[0]) if conclusion == "depends" else "",
        evidence=page.root + verdicts.evidence_path(page, CLAIM),
        guesses=GUESSES,
        guessed=panels[0]["guessed"],
        answers={answer: page.texts[f"home answer {answer}"] for answer in ANSWERS},
        say=page.say,
    )


def sizes(page: Page) -> list[int]:
    """Return the small and the large batch size of the claim."""
    estimand = lookup.estimand_of(page, CLAIM)
    assert estimand
    return sorted(arm["batch_size"] for arm in estimand.arms.values())


def grids(page: Page) -> dict[str, Grid]:
    """Return the accuracies by what is held equal, with the verdict's context that compares both at their own rates."""
    verdict = lookup.verdict_on(page, CLAIM)
    return {
        budget: grid._replace(judged=next(iter(verdict.matching({"policy": TUNED, "budget": budget})), None))
        for budget, grid in batch_rates.grids(page.results).items()
    }


def panel(page: Page, budget: str, grid: Grid) -> dict[str, Any]:
    """Return the values of what is held equal.

    budget: What it is, epochs or updates.
    held: Its name.
    rates: Names of the learning rates, ascending.
    own: Places among these of the rates that suit the two batch sizes.
    states: The answer, the sentence and the accuracies at each rate, and with each batch size at its own.
    strips: Colour of each rate for each batch size, from 0 to 1.
    equal: What is held equal, in words: at a shared rate, and with each batch size at its own.
    spent: Updates of each batch size where images are equal, its images where updates are.
    guessed: Accuracy of guessing in per cent.
    """
    own = [grid.rates.index(grid.own[size]) for size in sizes(page)]
    states = {formatting.rate(rate): _state(page, grid, rate) for rate in grid.rates}
    return {
        "budget": budget,
        "held": page.texts[f"budget {budget}"],
        "rates": list(states),
        "own": own,
        "states": states | {OWN: _state(page, grid, None)},
        "strips": [_strip(grid, size) for size in sizes(page)],
        "equal": [
            page.texts[term].format(held=page.texts[f"budget {budget}"], amount=_amount(grid, budget, sizes(page)[0]))
            for term in ("home equal", "home equal own")
        ],
        "spent": [
            page.texts[f"home spent {budget}"].format(_amount(grid, _other(budget), size)) for size in sizes(page)
        ],
        "guessed": round(grid.guessed, 1),
    }


def boxes(page: Page, panels: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a row of boxes for each owner of the rate: its name, and the state and its key in each panel."""
    names = [page.texts["home suits"].format(size) for size in sizes(page)] + [page.texts["home suits each"]]
    keys = [[*(each["rates"][place] for place in each["own"]), OWN] for each in panels]
    return [
        {"name": name, "cells": [(key[row], each["states"][key[row]]) for key, each in zip(keys, panels, strict=True)]}
        for row, name in enumerate(names)
    ]


def depends(page: Page, panel: Mapping[str, Any]) -> str:
    """Return how the answer depends on the rate: where it suits the small batch, one notch further, each at its own.

    The result is "" if the answer is the same in all three.
    """
    start = panel["own"][0]
    near = panel["rates"][start : start + 2]
    states = [panel["states"][key] for key in (*near, OWN)]
    if len(near) < 2 or len({state["answer"] for state in states}) == 1:
        return ""
    first, second, own = (state["box"] for state in states)
    rate, after = near
    return page.texts["home depends"].format(rate=rate, next=after, first=first, second=second, own=own)


def counts(page: Page, panels: Sequence[Mapping[str, Any]]) -> str:
    """Return how many boxes have each answer, such as "1 true, 2 false, 3 ties"."""
    found = Counter(state["answer"] for row in boxes(page, panels) for _, state in row["cells"])
    terms = {answer: "tie once" if answer == "tie" and n == 1 else answer for answer, n in found.items()}
    return ", ".join(
        page.texts[f"home count {terms[answer]}"].format(found[answer]) for answer in ANSWERS if found[answer]
    )


def _state(page: Page, grid: Grid, rate: float | None) -> dict[str, Any]:
    """Return the answer, its sentence, the words of its box, and the accuracies, at a rate or with each at its own."""
    means = grid.at(rate)["mean"]
    small, large = sizes(page)
    answer = answer_to(grid, rate, [small, large])
    winner, loser = (small, large) if answer == "true" else (large, small)
    row = grid.at(rate).loc[loser]
    values = {
        "winner": winner,
        "loser": loser,
        "points": formatting.decimals(abs(lead(means, [small, large]))),
        "close": formatting.significant(CLOSE, 1),
        "failed": formatting.count(round(row["failed"] * row["seeds"])),
        "n": formatting.count(int(row["seeds"])),
    }
    kind = _kind(grid, loser, rate) if answer in ("true", "false") else answer
    said = "all" if kind == "fast" and row["failed"] == 1 else kind
    return {
        "answer": answer,
        "said": page.texts[f"home said {said}"].format(where=_where(page, grid, rate), **values),
        "box": page.texts[f"home box {kind}"].format(**values),
        "shown": [[round(float(means[size]), 1), numbers.percent(page, means[size])] for size in (small, large)],
    }


def _kind(grid: Grid, loser: int, rate: float | None) -> str:
    """Return how a batch size loses: it breaks down ("fast"), has hardly begun ("slow"), or is behind ("beats")."""
    row = grid.at(rate).loc[loser]
    if rate is None or not grid.fails(row["mean"]):
        return "beats"
    if rate < grid.own[loser]:
        return "slow"
    return "fast" if row["failed"] >= 1 / 2 else "beats"


def _where(page: Page, grid: Grid, rate: float | None) -> str:
    """Return the phrase for a learning rate, with the batch size that it suits."""
    if rate is None:
        return page.texts["home where own"]
    fitting = [str(size) for size in sizes(page) if grid.own[size] == rate]
    term = ["home where", "home where suits", "home where suits both"][len(fitting)]
    return page.texts[term].format(formatting.rate(rate), *fitting)


def _strip(grid: Grid, size: int) -> list[float]:
    least = min(max(100 - float(grid.fixed["mean"].max()), LEAST), PALE / 2)
    errors = [max(100 - float(grid.fixed["mean"].loc[rate, size]), least) for rate in grid.rates]
    return [round(max(math.log(PALE / error) / math.log(PALE / least), 0), 2) for error in errors]


def _scope(page: Page, grid: Grid) -> str:
    """Return the optimiser, the network, the images and the number of networks in a line."""
    row = grid.tuned.loc[sizes(page)[0]]
    of_data = data.sizes(row["dataset"])
    parts = {"train": formatting.count(of_data.train), "test": formatting.count(of_data.test)}
    optimiser = page.texts["home sgd" if row["optimiser"] == "sgd" else row["optimiser"]]
    shape = labels.shape(row["hidden"], page.texts)
    n = numbers.span(page, grid.fixed["seeds"])
    return page.texts["home scope"].format(optimiser=optimiser, shape=shape, n=n, **parts)


def _amount(grid: Grid, budget: str, size: int) -> str:
    """Return how many images (epochs) or updates a batch size has had, images as 20 × 1,150 after whole epochs."""
    row = grid.tuned.loc[size]
    if budget == "updates":
        return formatting.count(int(row["steps"]))
    samples = data.sizes(row["dataset"]).train
    epochs = row["steps"] / math.ceil(samples / size)  # the last batch of an epoch has what is left
    if epochs == round(epochs):
        return f"{formatting.count(round(epochs))}\u00a0×\u00a0{formatting.count(samples)}"
    return formatting.count(round(epochs * samples))


def _other(budget: str) -> str:
    """Return what differs where a budget is held equal."""
    return next(name for name in batch_rates.EXPERIMENTS if name != budget)


def lead(means: pd.Series, sizes: Sequence[int]) -> float:
    """Return by how many points the first of two batch sizes leads the second, as readers find from the means shown."""
    first, second = (round(float(means[size]), 1) for size in sizes)
    return round(first - second, 1)


def answer_to(grid: Grid, rate: float | None, sizes: Sequence[int]) -> str:
    """Return whether the small one of two batch sizes is more accurate, one of ANSWERS.

    With each seed at its own rates, the verdict says so, if there is one. Otherwise the site's three-sided rule decides
    between networks that share a seed.
    """
    if grid.at(rate)["mean"][list(sizes)].max() <= grid.guessed + metrics.ABOVE_GUESSING:
        return "neither"
    if rate is None and grid.judged:
        return ANSWER_TO.get(str(grid.judged.outcome), "open")
    pairs = grid.by_seed[rate][list(sizes)].dropna()  # further looks may give either more seeds
    ahead = (pairs[sizes[0]] - pairs[sizes[1]]).to_numpy()
    interval, equivalence = (
        statistics.mean_interval(ahead, 1 - alpha) for alpha in (statistics.ALPHA, 2 * statistics.ALPHA)
    )
    return ANSWER_TO.get(str(statistics.outcomes(interval, equivalence, CLOSE)), "open")


def some_digits(page: Page) -> str:
    """Return a few images of the digits as drawings in the text."""
    digits = data.load("digits")
    drawn = []
    for digit in SHOWN:
        image = digits.X[np.flatnonzero(digits.labels == int(digit))[0]].reshape(8, 8)
        shades = (image / image.max() * 4).round().astype(int)
        paths = {
            shade / 4: "".join(f"M{x} {y}h1v1h-1z" for y, x in np.argwhere(shades == shade))
            for shade in np.unique(shades[shades > 0])
        }
        drawn.append(paths)
    return Markdown(html("digits", images=drawn, label=page.say["home digits"]))
