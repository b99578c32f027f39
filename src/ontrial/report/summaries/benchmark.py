"""What the table of the benchmark says: how many times longer others take than this engine, and where."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

ENGINE = "ontrial"
CELL = ["network", "batch_size", "runs"]
SMALL, WIDE = "64-32-32-10", "784-64-64-10"
LINEAR_FROM = 48  # networks: beyond these, time should grow as R does
LARGE = 128  # the batch size from which the share of a thread's peak is told

PEERS = {
    "jax": ("jax_vmap", "jax_scan"),
    "torch_vmap": ("torch_vmap",),
    "torch_eager": ("torch_eager",),
    "sklearn": ("sklearn",),
    "numpy_loop": ("numpy_loop",),
}


class Benchmark(NamedTuple):
    """The table, one row for each cell and contestant, and the record of what it was measured with."""

    table: pd.DataFrame
    record: Mapping[str, Any]


class Comparison(NamedTuple):
    """A peer, its faster variant where it has several, in some cells of the grid; None means all that were timed."""

    peer: str
    batch_sizes: tuple[int, int]  # from, to
    runs: tuple[int, int]
    network: str | None = None


ANY = 10**9
COMPARISONS = {
    "jax-small-batches": Comparison("jax", (2, 16), (10, ANY)),
    "jax-large-batches": Comparison("jax", (32, ANY), (10, ANY)),
    "jax-batch-of-one": Comparison("jax", (1, 1), (10, ANY)),
    "torch-small-batches": Comparison("torch_eager", (1, 16), (48, 48), SMALL),
    "torch-batch-64": Comparison("torch_eager", (64, 64), (48, 48), SMALL),
    "sklearn-small-batches": Comparison("sklearn", (1, 16), (48, 48), SMALL),
    "torch-stack-small-batches": Comparison("torch_vmap", (1, 16), (48, 48), SMALL),
    "numpy-small-batches": Comparison("numpy_loop", (1, 16), (48, 48), SMALL),
}


class Found(NamedTuple):
    """Cells, geometric mean, least and greatest of their ratios, and in how many of them this engine is faster."""

    cells: int
    ratio: float
    low: float
    high: float
    ahead: int


def ratios(table: pd.DataFrame, peer: str, part: str = "grid") -> pd.DataFrame:
    """One row a cell: how many times longer the faster variant of a peer takes than this engine, as `ratio`."""
    rows = table[(table["part"] == part) & table["contestant"].isin(PEERS[peer])].dropna(subset="ratio")
    return rows.sort_values("ratio").drop_duplicates(CELL).sort_index()


def compare(table: pd.DataFrame, asked: Comparison) -> Found | None:
    """What the cells of a comparison say; None if none of them was timed."""
    found = ratios(table, asked.peer)
    found = found[found["batch_size"].between(*asked.batch_sizes) & found["runs"].between(*asked.runs)]
    if asked.network:
        found = found[found["network"] == asked.network]
    if found.empty:
        return None
    ratio = found["ratio"]
    return Found(len(ratio), geometric_mean(ratio), ratio.min(), ratio.max(), int((ratio > 1).sum()))


def geometric_mean(values: Iterable[float]) -> float:
    """The mean of ratios: that of their logarithms, so that 2 and 1/2 give 1."""
    return float(np.exp(np.mean(np.log(list(values)))))


def peak_shares(table: pd.DataFrame, network: str = WIDE, contestant: str = ENGINE) -> pd.DataFrame:
    """Rows of the grid with the share of a thread's peak that a contestant reaches, batches of LARGE and more."""
    rows = table[(table["part"] == "grid") & (table["network"] == network) & (table["contestant"] == contestant)]
    return rows[rows["batch_size"] >= LARGE]


def linearity(table: pd.DataFrame) -> pd.DataFrame:
    """Time of R networks over what those of LINEAR_FROM networks would make it, as `growth`: 1 is linear in R.

    One row for each cell of this engine with more networks than that, of the grid and of the part "runs".
    """
    rows = table[(table["contestant"] == ENGINE) & table["part"].isin(("grid", "runs"))]
    keys = ["part", "network", "batch_size"]
    base = rows[rows["runs"] == LINEAR_FROM].set_index(keys)["microseconds"].rename("base")
    larger = rows[rows["runs"] > LINEAR_FROM].join(base, on=keys, how="inner")
    return larger.assign(growth=larger["microseconds"] / larger["base"])
