"""The table of the benchmark, its summary as text, and the record of the machine and packages."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import pandas as pd
import psutil

from benchmarks.contestants import CONTESTANTS, ENGINE
from ontrial.report.summaries import benchmark
from ontrial.storage.machine import git, processor_name

COLUMNS = [
    *("part", "network", "batch_size", "runs", "contestant", "timed_runs"),
    *("microseconds", "fastest", "slowest", "repeats", "warm_up_seconds"),
    *("ratio", "gflops", "peak_share", "memory_idle_mb", "memory_mb", "version", "machine"),
]
PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "jax", "jaxlib")
DISTRIBUTION = {"numpy": "numpy", "sklearn": "scikit-learn", "torch": "torch", "jax": "jax"}


def build_table(rows: list[dict[str, Any]], peak: float) -> pd.DataFrame:
    """Return the table with one row per cell and contestant. peak: operations per second of one thread.

    microseconds: per update of one network. ratio: microseconds divided by those of the engine in the same cell.
    """
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    keys = ["part", *benchmark.CELL]
    engine = table[table["contestant"] == ENGINE].drop_duplicates(keys).set_index(keys)["microseconds"]
    table["ratio"] = table["microseconds"] / table[keys].join(engine.rename("engine"), on=keys)["engine"]
    table["peak_share"] = 1e9 * table["gflops"] / peak
    versions = {
        name: version(DISTRIBUTION[entry.package])
        for name, entry in CONTESTANTS.items()
        if name in set(table["contestant"])
    }
    table["version"] = [f"{DISTRIBUTION[CONTESTANTS[name].package]} {versions[name]}" for name in table["contestant"]]
    table["machine"] = processor_name()
    return table


def build_record(agreement: pd.DataFrame, peak: float, clock: str, minutes: float) -> dict[str, Any]:
    """Return the machine and packages of a benchmark, and its check that all contestants did the same work."""
    versions = {name: installed_version(name) for name in PACKAGES}
    return {
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: number for name, number in versions.items() if number},
        "blas": np.show_config(mode="dicts")["Build Dependencies"]["blas"],
        "commit": git("rev-parse", "HEAD"),
        "peak_gflops": round(peak / 1e9, 1),
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


def summary(table: pd.DataFrame, peak: float) -> str:
    """Return the results of all comparisons as text."""
    lines = [f"{'time / time of this engine':66} {'mean':>7} {'lowest':>7} {'highest':>7}  above 1 in"]
    for comparison in benchmark.COMPARISONS.values():
        result = benchmark.compare(table, comparison)
        numbers = "not timed"
        if result is not None:
            ratios = f"{result.ratio:7.2f} {result.low:7.2f} {result.high:7.2f}"
            numbers = f"{ratios}  {result.ahead} of {result.cells} cells"
        lines.append(f"{comparison.peer + ', ' + describe_cells(comparison):66} {numbers}")
    shares = benchmark.peak_shares(table)["peak_share"]
    growth = benchmark.linearity(table)["growth"]
    lines.append(f"one thread's fastest matrix product: {peak / 1e9:.0f} GFLOP/s")
    if len(shares):
        lines.append(f"share of it, {benchmark.WIDE}, B ≥ {benchmark.LARGE}: {shares.min():.0%} to {shares.max():.0%}")
    if len(growth):
        lines.append(
            f"time of R networks / (R/{benchmark.LINEAR_FROM} × time of {benchmark.LINEAR_FROM} networks):"
            f" {growth.min():.2f} to {growth.max():.2f}"
        )
    return "\n".join(lines)
