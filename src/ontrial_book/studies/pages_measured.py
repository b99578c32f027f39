"""Numbers and tables from published measurements of ourselves.

The tables of laboratories, tries and judging have a number for each part, case and quantity.
"""

import re
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.report.pages import numbers
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting
from ontrial.study.configuration import MAX_CELLS

WAYS = ("one rate for all seeds", "own rates, one look", "own rates, looks")
AGREEMENTS = (
    "seeds per context",
    "undecided contexts",
    "contradictory contexts",
    "worst context",
    "contradictory verdicts",
    "different verdicts",
    "inconclusive claims",
)
RULES = ("means", "intervals", "LOND", "ledger", "ledger, smallest effect")
KEPT = {  # head → part and quantity
    "void tries": ("fresh seeds", "wrong"),
    "fresh seeds": ("fresh seeds", "streams"),
    "one baseline": ("one baseline", "streams"),
    "improvements": ("improvements", "streams"),
    "found 1 S": ("improvements", "found 1 S"),
    "found 2 S": ("improvements", "found 2 S"),
}
PLANTED = ("0.5 S", "1 S", "2 S")
KINDS = (  # of simulated tables
    "normal",
    "tails of t with 3 degrees",
    "heavy tails",
    "skewed by 1",
    "exponential",
    "lognormal",
    "5 in 100 collapse",
    "10 in 100 collapse",
    "20 in 100 collapse",
    "30 in 100 collapse",
    "10 in 100 of both arms collapse",
    "shares with 20 steps to S",
    "shares with 4 steps to S",
    "shares with 2 steps to S",
)
FALSE = {"said large": ("typical", "large"), "said small": ("typical", "small")}  # head → part and quantity
FALSE |= {"mean said large": ("mean", "large"), "mean said small": ("mean", "small")}
PAIRS = ("10 pairs", "20 pairs", "40 pairs", "80 pairs")
OUTCOMES = ("positive", "negligible", "undecided")
EFFECT = re.compile(r"effect ([\d.]+)")  # name of a state in which all contexts have this true effect
STATES = ("one just below", "one large enough")  # names of the others
NORMAL = "normal"  # name of the noise and of the distribution that are not skewed
RECIPES = {  # recipe → its name in the words of pages
    "momentum": "momentum",
    "nesterov": "nesterov",
    "adam": "adam",
    "weight_decay": "setting weight_decay",
    "clip_norm": "clipping",
    "dropout": "setting dropout",
    "label_smoothing": "setting label_smoothing",
    "schedule": "schedule cosine",
}


class Row(NamedTuple):
    """A row of a table: what it is about, and the part, case and quantity of each number.

    labels: Ends of terms in docs/words.yaml, or texts that are the same in each language.
    """

    labels: tuple[str, ...]
    cells: list[tuple[str, str, str]]


class TableForm(NamedTuple):
    """A table of measured numbers: the measurement, ends of the terms of its head, and its rows."""

    source: str
    heads: tuple[str, ...]
    rows: list[Row]


TABLES = {
    "agreement": TableForm(
        "laboratories",
        ("what", *WAYS),
        [Row((quantity,), [("laboratories", way, quantity) for way in WAYS]) for quantity in AGREEMENTS],
    ),
    "tries": TableForm(
        "tries",
        ("rule", *KEPT),
        [Row((rule,), [(part, rule, quantity) for part, quantity in KEPT.values()]) for rule in RULES],
    ),
    "sentences": TableForm(
        "judging",
        ("kind", "design", *FALSE),
        [
            Row((kind, design), [(part, f"{design}, {kind}", quantity) for part, quantity in FALSE.values()])
            for kind, design in product(KINDS, ("pairs", "arms"))
        ],
    ),
    "power": TableForm(
        "judging",
        ("planted", "pairs", *OUTCOMES),
        [
            Row((planted, pairs.split()[0]), [("power", f"{planted}, {pairs}", outcome) for outcome in OUTCOMES])
            for planted, pairs in product(PLANTED, PAIRS)
        ],
    ),
}


def measured(page: Page, source: str, part: str, case: str, quantity: str) -> str:
    """Return a number of a published table as text.

    source: Name of the measurement.
    """
    rows = page.results.measurement(source)
    matching = rows[(rows["part"] == part) & (rows["case"] == case) & (rows["quantity"] == quantity)]
    if matching.empty:
        known = [f"{row.part}, {row.case}, {row.quantity}" for row in rows.itertuples()]
        raise InputError(unknown("row", f"{part}, {case}, {quantity}", known))
    return _text(page, source, quantity, matching["value"].iloc[0])


def _text(page: Page, source: str, quantity: str, value: float) -> str:
    """Return a number with the digits that suit its quantity; most are shares in per cent."""
    match source, quantity:
        case "laboratories", "seeds per context" | "inconclusive claims":
            return formatting.decimals(value)
        case "laboratories", _:
            return numbers.percent(page, value, places=2)
        case "judging", "seconds" | "megabytes":
            return formatting.significant(value, 2)
        case "tries", "wrong":
            return formatting.significant(value)
        case _:
            return numbers.percent(page, value)


def table(page: Page, name: str) -> str:
    """Return one of TABLES."""
    source, heads, rows = TABLES[name]
    say = page.say
    lines = [
        (
            *(say.get(f"measured {label}", label) for label in row.labels),
            *(measured(page, source, *cell) for cell in row.cells),
        )
        for row in rows
    ]
    return markdown([say[f"measured {head}"] for head in heads], lines)


def conditions(page: Page, source: str, part: str = "") -> dict[str, str]:
    """Return the number of `runs` behind a published measurement, the `commit` and the `processor`, if it has them.

    part: The part of the table that is meant. Default: the first.
    """
    rows = page.results.measurement(source)
    first = (rows[rows["part"] == part] if part else rows).iloc[0]
    known: dict[str, Callable[[Any], str]] = {
        "runs": formatting.count,
        "commit": lambda commit: commit[:12],
        "processor": str,
    }
    return {name: write(first[name]) for name, write in known.items() if name in first}


def scaling(page: Page) -> dict[str, str]:
    """Return the machine, the networks in each cell of collected studies, and the most cells of any study."""
    rows = page.results.measurement("scale").query("state == 'now'").drop_duplicates("part").set_index("part")
    ran, collected = rows.loc["run"], rows.loc["collect"]
    return {
        "cores": formatting.count(ran["cores"]),
        "processor": ran["processor"],
        "networks": formatting.count(collected["runs"] // collected["cells"]),
        "most_cells": formatting.count(MAX_CELLS),
    }


def recipe_costs(page: Page, network: str) -> str:
    """Return a row per setting and a column per batch size: the time of an update over that of plain gradient descent.

    network: Widths of its layers, such as 64-32-32-10.
    """
    rows = page.results.measurement("recipes").query("network == @network")
    ratios = rows.pivot(index="recipe", columns="batch_size", values="ratio")
    heads = (page.say["setting"], *(page.say["costs batch"].format(size) for size in ratios))
    lines = [(page.say[term], *(f"{ratio:.1f}" for ratio in ratios.loc[name])) for name, term in RECIPES.items()]
    return markdown(heads, lines)


# Errors of simulated claims -------------------------------------------------------------------------------------------


def errors(page: Page) -> str:
    """Return a row per state of simulated claims: wrong and inconclusive verdicts in the worst case, by the noise."""
    rows = _simulated(page, "errors")
    state, noise, _ = zip(*(case.split(", ", 2) for case in rows["case"]), strict=True)
    rows = rows.assign(state=state, skewed=[name != NORMAL for name in noise])
    wrong, inconclusive = (rows[rows["quantity"] == name] for name in ("wrong", "inconclusive"))
    lines = [
        (
            _state_name(page, state),
            *(_worst(page, found[found["skewed"] == skewed]) for skewed in (False, True)),
            numbers.percent(page, inconclusive.loc[inconclusive["state"] == state, "value"].max()),
        )
        for state, found in wrong.groupby("state", sort=False)
    ]
    heads = ("effect", "wrong", "wrong skewed", "inconclusive")
    return markdown([page.say[f"errors {head}"] for head in heads], lines)


def skewed_worst(page: Page, quantity: str) -> str:
    """Return how often intervals of skewed numbers fail in the worst case, with the interval of this share."""
    rows = _simulated(page, "skewed")
    return _worst(page, rows[(rows["quantity"] == quantity) & ~rows["case"].str.startswith(NORMAL)])


def _simulated(page: Page, part: str) -> pd.DataFrame:
    rows = page.results.measurement("laboratories")
    return rows[rows["part"] == part]


def _state_name(page: Page, state: str) -> str:
    """Return the name of the true effects of a simulated claim, such as "0.8 S"."""
    effect = EFFECT.fullmatch(state)
    return f"{float(effect[1]):g} S" if effect else page.say[f"errors {state}"]


def _worst(page: Page, rows: pd.DataFrame) -> str:
    """Return the largest share of some rows and its interval, such as "2.1% (1.7% to 2.6%)"."""
    worst = rows.loc[rows["value"].idxmax()]
    value, *ends = (numbers.percent(page, worst[name]) for name in ("value", "low", "high"))
    return f"{value} ({page.say['range'].format(*ends)})"
