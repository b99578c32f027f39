"""The table of a benchmark: rows → one table with ratios; what it says, as text; what it was measured with."""

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


def of(rows: list[dict[str, Any]], peak: float) -> pd.DataFrame:
    """One row for each cell and contestant. `peak`: operations a second of a thread's fastest matrix product.

    microseconds: of one update of one network. ratio: those over the engine's in the same cell.
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


def record(agreement: pd.DataFrame, peak: float, clock: str, minutes: float) -> dict[str, Any]:
    """What the table was measured with, and the check that all did the same work."""
    return {
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := installed(name))},
        "blas": np.show_config(mode="dicts")["Build Dependencies"]["blas"],
        "commit": git("rev-parse", "HEAD"),
        "peak_gflops": round(peak / 1e9, 1),
        "clock": clock,
        "minutes": round(minutes, 1),
        "agreement": agreement.to_dict("records"),
    }


def installed(package: str) -> str | None:
    """Version of a package, None without it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def where(asked: benchmark.Comparison) -> str:
    """The cells of a comparison, in short."""
    (first, last), (fewest, most) = asked.batch_sizes, asked.runs
    sizes = f"B = {first}" if first == last else f"B ≥ {first}" if last == benchmark.ANY else f"B = {first} to {last}"
    runs = f"R = {fewest}" if fewest == most else f"R ≥ {fewest}"
    return ", ".join(part for part in (asked.network, sizes, runs) if part)


def summary(table: pd.DataFrame, peak: float) -> str:
    """What the table says about each stated comparison."""
    lines = [f"{'time over that of this engine':66} {'mean':>7} {'least':>7} {'most':>7}  above 1 in"]
    for asked in benchmark.COMPARISONS.values():
        found = benchmark.compare(table, asked)
        told = (
            "not timed"
            if found is None
            else (f"{found.ratio:7.2f} {found.low:7.2f} {found.high:7.2f}  {found.ahead} of {found.cells} cells")
        )
        lines.append(f"{asked.peer + ', ' + where(asked):66} {told}")
    shares, growth = benchmark.peak_shares(table)["peak_share"], benchmark.linearity(table)["growth"]
    lines.append(f"one thread's fastest matrix product: {peak / 1e9:.0f} GFLOP/s")
    if len(shares):
        lines.append(f"share of it, {benchmark.WIDE}, B ≥ {benchmark.LARGE}: {shares.min():.0%} to {shares.max():.0%}")
    if len(growth):
        lines.append(
            f"time of R networks over R/{benchmark.LINEAR_FROM} times that of {benchmark.LINEAR_FROM}:"
            f" {growth.min():.2f} to {growth.max():.2f}"
        )
    return "\n".join(lines)
