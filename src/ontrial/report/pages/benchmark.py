"""What the published benchmark says, in sentences and tables of a page."""

from collections.abc import Callable

from ontrial.errors import InputError, unknown
from ontrial.report.pages import numbers
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tables import fact as shown
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.benchmark import (
    ANY,
    COMPARISONS,
    PEERS,
    Benchmark,
    Comparison,
    Found,
    compare,
    linearity,
    peak_shares,
)
from ontrial.report.wording import formatting

EVEN = 1.05  # the ratio up to which two take about as long
MACHINE = ("processor", "cores", "memory_gb", "system", "python", "packages", "blas", "commit")


@template_name("speed")
def sentence(page: Page, name: str) -> str:
    """The time of the other in the cells of a comparison, and in how many of them this engine is faster.

    It goes on where a page says that the other takes …
    """
    if name not in COMPARISONS:
        raise InputError(unknown("comparison", name, COMPARISONS))
    found = compare(published(page).table, COMPARISONS[name])
    if found is None:
        return page.say["speed not timed"]
    way = "longer" if found.ratio > EVEN else "shorter" if found.ratio < 1 / EVEN else "even"
    told = page.say[f"speed {way}"].format(ratio=ratio(found.ratio), inverse=ratio(1 / found.ratio))
    return f"{told} {page.say['speed cells' if found.cells > 1 else 'speed cell'].format(**named(found))}"


def named(found: Found) -> dict[str, str]:
    """What was found, as text by name."""
    return {
        "cells": formatting.count(found.cells),
        "ahead": formatting.count(found.ahead),
        "low": ratio(found.low),
        "high": ratio(found.high),
    }


def ratio(value: float) -> str:
    """A ratio of times with three digits at most."""
    return formatting.significant(value, 2 if value < 1 else 3)


@template_name("speed_fact")
def fact(page: Page, name: str) -> str:
    """A fact of the published benchmark by name, such as "peak"."""
    if name not in FACTS:
        raise InputError(unknown("fact of the benchmark", name, FACTS))
    return FACTS[name](page, published(page))


def peak(page: Page, benchmark: Benchmark) -> str:
    """Billions of operations a second of one thread's fastest matrix product."""
    return formatting.significant(benchmark.record["peak_gflops"])


def share(page: Page, benchmark: Benchmark) -> str:
    """Range of the shares of it that this engine reaches in large batches of the wider network."""
    shares = 100 * peak_shares(benchmark.table)["peak_share"]
    ends = [numbers.percent(page, end) for end in (shares.min(), shares.max())]
    return formatting.NOTHING if shares.empty else span(page, *ends)


def growth(page: Page, benchmark: Benchmark) -> str:
    """Range of the time of R networks over what is linear in R."""
    found = linearity(benchmark.table)["growth"]
    return formatting.NOTHING if found.empty else span(page, ratio(found.min()), ratio(found.max()))


def compiling(page: Page, benchmark: Benchmark) -> str:
    """Median of the seconds that JAX compiles in a cell."""
    table = benchmark.table
    return formatting.significant(table[table["contestant"].isin(PEERS["jax"])]["warm_up_seconds"].median(), 2)


def span(page: Page, low: str, high: str) -> str:
    """From one number to another."""
    return page.say["range"].format(low, high)


FACTS: dict[str, Callable[[Page, Benchmark], str]] = {
    "peak": peak,
    "share": share,
    "growth": growth,
    "compiling": compiling,
    "processor": lambda page, benchmark: formatting.plain(benchmark.record["processor"]),
    "minutes": lambda page, benchmark: formatting.significant(benchmark.record["minutes"], 2),
}


@template_name("speed_table")
def table(page: Page, name: str) -> str:
    """A table of the published benchmark by name."""
    if name not in TABLES:
        raise InputError(unknown("table of the benchmark", name, TABLES))
    return TABLES[name](page, published(page))


def comparisons(page: Page, benchmark: Benchmark) -> str:
    """Every stated comparison: where, and how many times as long the other takes."""
    say, rows = page.say, []
    for asked in COMPARISONS.values():
        if found := compare(benchmark.table, asked):
            told = named(found)
            where = (asked.network or say["all"], between(*asked.batch_sizes), between(*asked.runs))
            ahead = f"{told['ahead']}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{told['cells']}"
            times = (ratio(found.ratio), span(page, told["low"], told["high"]), ahead)
            rows.append((peer(page, asked), *where, *times))
    heads = (
        "speed peer",
        "speed network",
        "setting batch_size",
        "speed runs",
        "speed ratio",
        "speed range",
        "speed ahead",
    )
    return markdown([say[head] for head in heads], rows)


def between(first: int, last: int) -> str:
    """Whole numbers from one to another: 64, 1–16, ≥ 32."""
    if last >= ANY:
        return f"≥\N{NO-BREAK SPACE}{first}"
    return str(first) if first == last else f"{first}–{last}"


def peer(page: Page, asked: Comparison) -> str:
    """Name of the other side of a comparison."""
    return page.terms[f"contestant {asked.peer}"]


def machine(page: Page, benchmark: Benchmark) -> str:
    """The machine and the versions."""
    rows = [
        (page.say[f"provenance {name}"], shown(page, benchmark.record[name]))
        for name in MACHINE
        if benchmark.record.get(name) is not None
    ]
    return markdown((page.say["what"], page.say["value"]), rows)


def agreement(page: Page, benchmark: Benchmark) -> str:
    """How far the weights and losses of each contestant lie from those of float64 after the same updates, at worst."""
    say, cases = page.say, benchmark.record["agreement"]
    rows = []
    for name in dict.fromkeys(case["contestant"] for case in cases):
        own = [case for case in cases if case["contestant"] == name]
        worst = [max(case[key] for case in own) for key in ("weight_difference", "loss_difference")]
        rows.append([page.terms[f"contestant {name}"], *(formatting.significant(value, 2) for value in worst)])
    return markdown((say["speed contestant"], say["speed weights"], say["speed losses"]), rows)


TABLES: dict[str, Callable[[Page, Benchmark], str]] = {
    "comparisons": comparisons,
    "machine": machine,
    "agreement": agreement,
}


def published(page: Page) -> Benchmark:
    """The published benchmark; InputError if there is none."""
    if page.results.benchmark is None:
        raise InputError("no benchmark is published. Ask for its numbers where [% if benchmark %].")
    return page.results.benchmark
