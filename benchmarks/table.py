"""The table of the benchmark, its summary as text, and the record of the machine and packages."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd
import psutil

from benchmarks import summary as benchmark
from benchmarks import work
from benchmarks.contestants import CONTESTANTS, ENGINE
from ontrial.storage.machine import blas, git, processor_name
from ontrial.storage.versions import blas_kernel

COLUMNS = [
    *("part", "network", "batch_size", "runs", "contestant", "timed_runs"),
    *("microseconds", "fastest", "slowest", "repeats", "warm_up_seconds"),
    *("ratio", "gflops", "peak_share", "memory_idle_mb", "memory_mb", "version", "machine"),
]
PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "jax", "jaxlib", "numba")
DISTRIBUTIONS = {"sklearn": "scikit-learn"}  # distributions whose name is not that of the package


def build_table(rows: list[dict[str, Any]], rates: work.Rates) -> pd.DataFrame:
    """Return the table with one row per cell and contestant, including the limit, the shortest possible time.

    The column `microseconds` is for one update of one network, and `ratio` is relative to the engine in the same cell.
    """
    table = pd.DataFrame(rows + limits(rows, rates)).reindex(columns=COLUMNS)
    keys = ["part", *benchmark.CELL]
    engine = table[table["contestant"] == ENGINE].drop_duplicates(keys).set_index(keys)["microseconds"]
    table["ratio"] = table["microseconds"] / table[keys].join(engine.rename("engine"), on=keys)["engine"]
    table["peak_share"] = 1e9 * table["gflops"] / rates.peak
    table["version"] = table["contestant"].map(labels(set(table["contestant"])))
    table["machine"] = processor_name()
    return table


def labels(contestants: set[str]) -> dict[str, str]:
    """Return the distribution and version of each contestant's package, such as "numpy 2.4.6"."""
    packages = {name: entry.package for name, entry in CONTESTANTS.items() if name in contestants}
    names = {name: DISTRIBUTIONS.get(package, package) for name, package in packages.items()}
    return {name: f"{distribution} {version(distribution)}" for name, distribution in names.items()}


def limits(rows: list[dict[str, Any]], rates: work.Rates) -> list[dict[str, Any]]:
    """Return one row per timed cell with the shortest time at these rates as the contestant `limit`."""
    cells = {tuple(row[key] for key in ("part", *benchmark.CELL)) for row in rows if row["part"] != "memory"}
    limit_rows = []
    for part, network, batch_size, runs in sorted(cells):
        layers = work.layers_of(network)
        seconds = work.shortest_time(layers, batch_size, rates)
        limit_rows.append(
            {
                "part": part,
                "network": network,
                "batch_size": batch_size,
                "runs": runs,
                "contestant": benchmark.LIMIT,
                "timed_runs": 0,
                "microseconds": 1e6 * seconds,
                "gflops": work.operations(layers, batch_size) / seconds / 1e9,
            }
        )
    return limit_rows


def build_record(agreement: pd.DataFrame, rates: work.Rates, clock: str, minutes: float) -> dict[str, Any]:
    """Return the machine and packages of a benchmark, and its check that all contestants did the same work."""
    versions = {name: installed_version(name) for name in PACKAGES}
    return {
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: number for name, number in versions.items() if number},
        "blas": blas(),
        "blas_kernel": blas_kernel(),
        "commit": git("rev-parse", "HEAD"),
        "peak_gflops": round(rates.peak / 1e9, 1),
        "bandwidth_gb_per_second": round(rates.bandwidth / 1e9, 1),
        "clock": clock,
        "minutes": round(minutes, 1),
        "agreement": agreement.to_dict("records"),
    }


def installed_version(package: str) -> str | None:
    """Return the version of a package, or None if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def describe_cells(comparison: benchmark.Comparison) -> str:
    """Return a short description of the cells of a comparison."""
    smallest, largest = comparison.batch_sizes
    if smallest == largest:
        batch_sizes = f"B = {smallest}"
    elif largest == benchmark.ANY:
        batch_sizes = f"B ≥ {smallest}"
    else:
        batch_sizes = f"B = {smallest} to {largest}"
    fewest, most = comparison.runs
    runs = f"R = {fewest}" if fewest == most else f"R ≥ {fewest}"
    return ", ".join(part for part in (comparison.network, batch_sizes, runs) if part)


def summary(table: pd.DataFrame, rates: work.Rates) -> str:
    """Return the results of all comparisons as text."""
    lines = [f"{'time / time of this engine':66} {'mean':>7} {'lowest':>7} {'highest':>7}  above 1 in"]
    for comparison in benchmark.COMPARISONS.values():
        result = benchmark.summarise(table, comparison)
        numbers = "not timed"
        if result is not None:
            ratios = f"{result.ratio:7.2f} {result.low:7.2f} {result.high:7.2f}"
            numbers = f"{ratios}  {result.ahead} of {result.cells} cells"
        lines.append(f"{comparison.peer + ', ' + describe_cells(comparison):66} {numbers}")
    shares = benchmark.peak_shares(table)["peak_share"]
    growth = benchmark.linearity(table)["growth"]
    lines.append(f"one thread's fastest matrix product: {rates.peak / 1e9:.0f} GFLOP/s")
    lines.append(f"one thread's fastest pass over an array in the cache: {rates.bandwidth / 1e9:.0f} GB/s")
    if len(shares):
        lines.append(f"share of it, {benchmark.WIDE}, B ≥ {benchmark.LARGE}: {shares.min():.0%} to {shares.max():.0%}")
    if len(growth):
        lines.append(
            f"time of R networks / (R/{benchmark.LINEAR_FROM} × time of {benchmark.LINEAR_FROM} networks):"
            f" {growth.min():.2f} to {growth.max():.2f}"
        )
    return "\n".join(lines)
