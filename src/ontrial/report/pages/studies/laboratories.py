"""Tables and numbers of a page on how often laboratories contradict each other, simulated ones and real ones."""

import re
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.judge.records import Conclusion, Kind
from ontrial.report.markdown import code
from ontrial.report.pages import numbers
from ontrial.report.pages.claims.elsewhere import are_opposite
from ontrial.report.pages.page import Page
from ontrial.report.pages.studies.robustness import share
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.robustness import BASELINE
from ontrial.report.wording import formatting

WAYS = ("one rate for all seeds", "own rates, one look", "own rates, looks")
QUANTITIES = (
    "seeds per context",
    "undecided contexts",
    "contradictory contexts",
    "worst context",
    "contradictory verdicts",
    "different verdicts",
    "inconclusive claims",
)
COUNTS = ("seeds per context", "inconclusive claims")
HEADS = ("study", "pair", "opposite verdicts", "different verdicts", "opposite contexts", "open contexts")
EFFECT = re.compile(r"effect ([\d.]+)")  # name of a state in which all contexts have this true effect
STATES = ("one just below", "one large enough")  # names of the others
ORIGIN: dict[str, Callable[[Any], str]] = {"commit": lambda commit: commit[:12], "runs": formatting.count}
NORMAL = "normal"  # name of the noise and of the distribution that are not skewed


def agreement(page: Page) -> str:
    """Return a column per way to judge: how often two laboratories contradict each other, or leave claims open."""
    say = page.say
    rows = [
        (say[f"laboratories {quantity}"], *(fact(page, "laboratories", way, quantity) for way in WAYS))
        for quantity in QUANTITIES
    ]
    return markdown([say["what"], *(say[f"laboratories {way}"] for way in WAYS)], rows)


def errors(page: Page) -> str:
    """Return a row per state of simulated claims: wrong and inconclusive verdicts in the worst case, by the noise."""
    table = _rows(page, "errors")
    state, noise, _ = zip(*(case.split(", ", 2) for case in table["case"]), strict=True)
    table = table.assign(state=state, skewed=[name != NORMAL for name in noise])
    wrong, inconclusive = (table[table["quantity"] == name] for name in ("wrong", "inconclusive"))
    rows = [
        (
            _state_name(page, state),
            *(_worst(page, found[found["skewed"] == skewed]) for skewed in (False, True)),
            numbers.percent(page, inconclusive.loc[inconclusive["state"] == state, "value"].max()),
        )
        for state, found in wrong.groupby("state", sort=False)
    ]
    heads = ("effect", "wrong", "wrong skewed", "inconclusive")
    return markdown([page.say[f"errors {head}"] for head in heads], rows)


def _state_name(page: Page, state: str) -> str:
    """Return the true effects of a simulated claim in words."""
    effect = EFFECT.fullmatch(state)
    return f"{float(effect[1]):g} S" if effect else page.say[f"errors {state}"]


def _worst(page: Page, rows: pd.DataFrame) -> str:
    """Return the largest share of some rows and its interval, such as "2.1% (1.7% to 2.6%)"."""
    worst = rows.loc[rows["value"].idxmax()]
    value, *ends = (numbers.percent(page, worst[name]) for name in ("value", "low", "high"))
    return f"{value} ({page.say['range'].format(*ends)})"


def skewed_worst(page: Page, quantity: str) -> str:
    """Return how often intervals of skewed numbers fail in the worst case, with the interval of this share."""
    rows = _rows(page, "skewed")
    return _worst(page, rows[(rows["quantity"] == quantity) & ~rows["case"].str.startswith(NORMAL)])


def origin(page: Page, name: str) -> str:
    """Return what the published table comes from: the "commit" of the code, or the number of "runs"."""
    if name not in ORIGIN:
        raise InputError(unknown("origin of the laboratories", name, ORIGIN))
    return ORIGIN[name](page.results.measurement("laboratories")[name].iloc[0])


def fact(page: Page, part: str, case: str, quantity: str) -> str:
    """Return a number of the published table as text: counts with one decimal, shares in per cent."""
    rows = _rows(page, part)
    matching = rows[(rows["case"] == case) & (rows["quantity"] == quantity)]
    if matching.empty:
        raise InputError(
            unknown("row", f"{case}, {quantity}", [f"{row.case}, {row.quantity}" for row in rows.itertuples()])
        )
    value = matching["value"].iloc[0]
    return formatting.decimals(value) if quantity in COUNTS else numbers.percent(page, value, places=2)


def _rows(page: Page, part: str) -> pd.DataFrame:
    """Return the rows of one part of the published table. Raises InputError if there is no table."""
    table = page.results.measurement("laboratories")
    return table[table["part"] == part]


# Real laboratories ----------------------------------------------------------------------------------------------------


def repetitions(page: Page) -> str:
    """Return a row per pair of laboratories that trained the same study: how far their measured claims agree.

    The text is "" if no study has been trained again with other seeds.
    """
    table = page.results.measurements.get("robustness")
    if table is None or "contexts_opposite" not in table:
        return ""
    table = table[table["differs"].isin((BASELINE, "seeds")) & (table["kind"] == Kind.MEASURED)]
    rows = [row for study, repeated in table.groupby("study", sort=False) for row in pairs(page, study, repeated)]
    return markdown([page.say[f"repetitions {head}"] for head in HEADS], rows) if rows else ""


def pairs(page: Page, study: str, table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the row of each pair of laboratories. Contexts are published as compared with the original study."""
    laboratories = [rows.set_index("claim") for _, rows in table.groupby("circumstance", sort=False)]
    for (i, first), (j, second) in combinations(enumerate(laboratories), 2):
        verdicts = [
            (Conclusion(one), Conclusion(other))
            for one, other in zip(first["verdict"], second["verdict"].reindex(first.index), strict=True)
        ]
        yield (
            code(study),
            page.say["repetitions both"].format(laboratory(page, i), laboratory(page, j)),
            share(sum(are_opposite(*pair) for pair in verdicts), len(verdicts)),
            share(sum(one != other for one, other in verdicts), len(verdicts)),
            *(
                share(second[name].sum(), second["contexts"].sum()) if i == 0 else formatting.NO_VALUE
                for name in ("contexts_opposite", "contexts_open")
            ),
        )


def laboratory(page: Page, number: int) -> str:
    """Return the name of a laboratory: that of the published study, or the number of another one."""
    return page.say["repetitions other" if number else "repetitions original"].format(number)
