"""The published benchmark in sentences and tables of a page."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.report.pages import numbers, tables
from ontrial.report.pages.page import Page, template_name
from ontrial.report.summaries.benchmark import (
    ANY,
    COMPARISONS,
    ENGINE,
    LIMIT,
    PEERS,
    SMALL,
    WIDE,
    Benchmark,
    Comparison,
    Summary,
    linearity,
    multiples,
    peak_shares,
    summarise,
)
from ontrial.report.wording import formatting

Entry = TypeVar("Entry")

EVEN = 1.05  # ratio below which two times count as equal
MACHINE = ("processor", "cores", "memory_gb", "system", "python", "packages", "blas", "blas_kernel", "commit")
LIMIT_BATCH_SIZES = (1, 2, 8, 32, 128, 512)  # columns of the tables of limits


@template_name("speed")
def sentence(page: Page, name: str) -> str:
    """Return the end of a sentence that begins with "The peer takes".

    It says how much longer the peer of a comparison takes, and in how many cells this engine is faster.
    """
    result = summarise(published(page).table, entry_of("comparison", name, COMPARISONS))
    if result is None:
        return page.say["speed not timed"]
    direction = "longer" if result.ratio > EVEN else "shorter" if result.ratio < 1 / EVEN else "even"
    text = page.say[f"speed {direction}"].format(ratio=ratio(result.ratio), inverse=ratio(1 / result.ratio))
    return text + " " + page.say["speed cells" if result.cells > 1 else "speed cell"].format(**values(result))


def values(result: Summary) -> dict[str, str]:
    """Return the numbers of a comparison as text, by name."""
    return {
        "cells": formatting.count(result.cells),
        "ahead": formatting.count(result.ahead),
        "low": ratio(result.low),
        "high": ratio(result.high),
    }


def ratio(value: float) -> str:
    """Return a ratio of times with at most three digits."""
    return formatting.significant(value, 2 if value < 1 else 3)


@template_name("speed_fact")
def fact(page: Page, name: str) -> str:
    """Return a fact of the published benchmark by name, such as "peak"."""
    return entry_of("fact of the benchmark", name, FACTS)(page, published(page))


def peak(page: Page, benchmark: Benchmark) -> str:
    """Return the speed of the fastest matrix product on one thread, in billions of operations per second."""
    return formatting.significant(benchmark.record["peak_gflops"])


def bandwidth(page: Page, benchmark: Benchmark) -> str:
    """Return the speed of the fastest pass that reads and writes an array in the cache, in GB per second."""
    return formatting.significant(benchmark.record["bandwidth_gb_per_second"])


def distance(page: Page, benchmark: Benchmark, peer: str) -> str:
    """Return the range of a peer's time in multiples of the limit, over batch sizes and networks."""
    values = pd.concat([multiples(benchmark.table, network)[peer] for network in (SMALL, WIDE)])
    return span(page, ratio(values.min()), ratio(values.max()))


def kernel(page: Page, benchmark: Benchmark) -> str:
    """Return the kernel that BLAS chose for the processor."""
    return benchmark.record["blas_kernel"]


def share(page: Page, benchmark: Benchmark) -> str:
    """Return the range of this engine's share of the peak, for large batches and the wider network."""
    shares = 100 * peak_shares(benchmark.table)["peak_share"]
    if shares.empty:
        return formatting.NO_VALUE
    return span(page, numbers.percent(page, shares.min()), numbers.percent(page, shares.max()))


def growth(page: Page, benchmark: Benchmark) -> str:
    """Return the range of the time of R networks, divided by a time that is linear in R."""
    ratios = linearity(benchmark.table)["growth"]
    return formatting.NO_VALUE if ratios.empty else span(page, ratio(ratios.min()), ratio(ratios.max()))


def compiling(page: Page, benchmark: Benchmark) -> str:
    """Return the median time that JAX takes to compile a cell, in seconds."""
    rows = benchmark.table[benchmark.table["contestant"].isin(PEERS["jax"])]
    return formatting.significant(rows["warm_up_seconds"].median(), 2)


def processor(page: Page, benchmark: Benchmark) -> str:
    """Return the name of the processor."""
    return benchmark.record["processor"]


def minutes(page: Page, benchmark: Benchmark) -> str:
    """Return the minutes that the benchmark took."""
    return formatting.significant(benchmark.record["minutes"], 2)


def span(page: Page, low: str, high: str) -> str:
    """Return a range, "low to high"."""
    return page.say["range"].format(low, high)


FACTS: dict[str, Callable[[Page, Benchmark], str]] = {
    "peak": peak,
    "bandwidth": bandwidth,
    "distance": partial(distance, peer=ENGINE),
    "distance-jax": partial(distance, peer="jax"),
    "distance-numba": partial(distance, peer="numba_loop"),
    "kernel": kernel,
    "share": share,
    "growth": growth,
    "compiling": compiling,
    "processor": processor,
    "minutes": minutes,
}


@template_name("speed_table")
def speed_table(page: Page, name: str) -> str:
    """Return a table of the published benchmark by name."""
    return entry_of("table of the benchmark", name, TABLES)(page, published(page))


def comparisons(page: Page, benchmark: Benchmark) -> str:
    """Return a row per comparison: its cells, and the peer's time in multiples of this engine's."""
    say = page.say
    rows = []
    for comparison in COMPARISONS.values():
        result = summarise(benchmark.table, comparison)
        if result is None:
            continue
        texts = values(result)
        rows.append(
            (
                peer(page, comparison),
                comparison.network or say["speed all"],
                between(*comparison.batch_sizes),
                between(*comparison.runs),
                ratio(result.ratio),
                span(page, texts["low"], texts["high"]),
                f"{texts['ahead']}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{texts['cells']}",
            )
        )
    heads = (
        "speed peer",
        "speed network",
        "setting batch_size",
        "speed runs",
        "speed ratio",
        "speed range",
        "speed ahead",
    )
    return tables.markdown([say[head] for head in heads], rows)


def between(first: int, last: int) -> str:
    """Return a range of whole numbers: 64, 1–16, ≥ 32."""
    if last >= ANY:
        return f"≥\N{NO-BREAK SPACE}{first}"
    return str(first) if first == last else f"{first}–{last}"


def peer(page: Page, comparison: Comparison) -> str:
    """Return the name of the peer in a comparison."""
    return page.texts[f"contestant {comparison.peer}"]


def limit(page: Page, benchmark: Benchmark, network: str) -> str:
    """Return the limit of a network at some batch sizes, and the time of every contestant in multiples of it.

    The table is empty if the benchmark was published without limits.
    """
    shown = multiples(benchmark.table, network)
    shown = shown[shown.index.isin(LIMIT_BATCH_SIZES)]
    if shown.empty:
        return ""
    heads = [page.say["speed contestant"], *(f"B = {batch_size}" for batch_size in shown.index)]
    times = [f"{formatting.significant(microseconds, 2)}\N{NO-BREAK SPACE}µs" for microseconds in shown[LIMIT]]
    rows = [[page.texts[f"contestant {LIMIT}"], *times]]
    for name in (ENGINE, *PEERS):
        if name in shown:
            rows.append([page.texts[f"contestant {name}"], *map(ratio, shown[name])])
    return tables.markdown(heads, rows)


def machine(page: Page, benchmark: Benchmark) -> str:
    """Return the machine and the versions that the benchmark ran with."""
    rows = [
        (page.say[f"provenance {name}"], tables.fact(page, benchmark.record[name]))
        for name in MACHINE
        if benchmark.record.get(name) is not None
    ]
    return tables.markdown((page.say["what"], page.say["value"]), rows)


def agreement(page: Page, benchmark: Benchmark) -> str:
    """Return the largest differences of each contestant's weights and losses from float64 after the same updates."""
    say, cases = page.say, benchmark.record["agreement"]
    rows = []
    for name in dict.fromkeys(case["contestant"] for case in cases):
        of_contestant = [case for case in cases if case["contestant"] == name]
        largest = [max(case[key] for case in of_contestant) for key in ("weight_difference", "loss_difference")]
        rows.append([page.texts[f"contestant {name}"], *(formatting.significant(value, 2) for value in largest)])
    return tables.markdown((say["speed contestant"], say["speed weights"], say["speed losses"]), rows)


TABLES: dict[str, Callable[[Page, Benchmark], str]] = {
    "comparisons": comparisons,
    "limit-small": partial(limit, network=SMALL),
    "limit-wide": partial(limit, network=WIDE),
    "machine": machine,
    "agreement": agreement,
}


def entry_of(kind: str, name: str, registry: Mapping[str, Entry]) -> Entry:
    """Return an entry of a registry by name. Raises InputError, with the known names, if there is none."""
    if name not in registry:
        raise InputError(unknown(kind, name, registry))
    return registry[name]


def published(page: Page) -> Benchmark:
    """Return the published benchmark. Raises InputError if there is none."""
    return page.results.measurement("benchmark")
