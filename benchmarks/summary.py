"""Summarise the table of the benchmark, which compares the speed of this engine with that of other libraries."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

ENGINE = "ontrial"
LIMIT = "limit"  # listed like a contestant: the shortest possible time of an update, from the machine's rates
CELL = ["network", "batch_size", "runs"]
SMALL, WIDE = "64-32-32-10", "784-64-64-10"
LINEAR_FROM = 48  # number of networks from which on time should grow in proportion to R
LARGE = 128  # batch size from which on the share of a thread's peak is reported

PEERS = {
    "jax": ("jax_vmap", "jax_scan"),
    "torch_vmap": ("torch_vmap",),
    "torch_eager": ("torch_eager",),
    "torch_bmm": ("torch_bmm",),
    "sklearn": ("sklearn",),
    "numpy_loop": ("numpy_loop",),
    "numba_loop": ("numba_loop",),
}


class Comparison(NamedTuple):
    """A comparison with the faster variant of a peer, over a part of the grid's cells.

    peer: Name in PEERS.
    batch_sizes: Smallest and largest batch size.
    runs: Smallest and largest number of networks trained together.
    network: Layer widths of the network; None for all networks.
    """

    peer: str
    batch_sizes: tuple[int, int]
    runs: tuple[int, int]
    network: str | None = None


ANY = 10**9  # no upper limit
COMPARISONS = {
    "jax-small-batches": Comparison("jax", (2, 16), (10, ANY)),
    "jax-large-batches": Comparison("jax", (32, ANY), (10, ANY)),
    "jax-batch-of-one": Comparison("jax", (1, 1), (10, ANY)),
    "torch-small-batches": Comparison("torch_eager", (1, 16), (48, 48), SMALL),
    "torch-batch-64": Comparison("torch_eager", (64, 64), (48, 48), SMALL),
    "sklearn-small-batches": Comparison("sklearn", (1, 16), (48, 48), SMALL),
    "torch-stack-small-batches": Comparison("torch_vmap", (1, 16), (48, 48), SMALL),
    "numpy-small-batches": Comparison("numpy_loop", (1, 16), (48, 48), SMALL),
    "numba-tiny-batches": Comparison("numba_loop", (1, 2), (48, 48)),
    "torch-products-large-batches": Comparison("torch_bmm", (256, ANY), (10, ANY), WIDE),
}


class Summary(NamedTuple):
    """Statistics of the ratios of some cells.

    cells: Number of cells.
    ratio: Geometric mean of the ratios.
    low: Smallest ratio.
    high: Largest ratio.
    ahead: Number of cells in which this engine is faster.
    """

    cells: int
    ratio: float
    low: float
    high: float
    ahead: int


def ratios(table: pd.DataFrame, peer: str, part: str = "grid") -> pd.DataFrame:
    """Return one row per cell. The column `ratio` has the time of the peer's faster variant over this engine's."""
    rows = table[(table["part"] == part) & table["contestant"].isin(PEERS[peer])].dropna(subset="ratio")
    return rows.sort_values("ratio").drop_duplicates(CELL).sort_index()


def summarise(table: pd.DataFrame, comparison: Comparison) -> Summary | None:
    """Return the summary of a comparison; None if none of its cells was timed."""
    rows = ratios(table, comparison.peer)
    rows = rows[rows["batch_size"].between(*comparison.batch_sizes) & rows["runs"].between(*comparison.runs)]
    if comparison.network:
        rows = rows[rows["network"] == comparison.network]
    if rows.empty:
        return None
    ratio = rows["ratio"]
    return Summary(len(ratio), geometric_mean(ratio), ratio.min(), ratio.max(), int((ratio > 1).sum()))


def geometric_mean(values: Iterable[float]) -> float:
    """Return the geometric mean, exp of the mean logarithm."""
    return float(np.exp(np.mean(np.log(list(values)))))


def peak_shares(table: pd.DataFrame, network: str = WIDE, contestant: str = ENGINE) -> pd.DataFrame:
    """Return a contestant's rows of the grid for large batches, which have its share of a thread's peak."""
    rows = table[(table["part"] == "grid") & (table["network"] == network) & (table["contestant"] == contestant)]
    return rows[rows["batch_size"] >= LARGE]


def linearity(table: pd.DataFrame) -> pd.DataFrame:
    """Return how this engine's time grows with R, for each cell of more than LINEAR_FROM networks.

    The column `growth` has the time per network, divided by that of LINEAR_FROM networks: it is 1 if time is
    proportional to R. The cells are those of the grid and of the part "runs".
    """
    rows = table[(table["contestant"] == ENGINE) & table["part"].isin(("grid", "runs"))]
    keys = ["part", "network", "batch_size"]
    base = rows[rows["runs"] == LINEAR_FROM].set_index(keys)["microseconds"].rename("base")
    larger = rows[rows["runs"] > LINEAR_FROM].join(base, on=keys, how="inner")
    return larger.assign(growth=larger["microseconds"] / larger["base"])
