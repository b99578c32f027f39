"""The contestants. Each has an entry in CONTESTANTS and a module with one function, `prepare(work)`.

It does everything that is done only once, and returns a `work.Trainer`.
"""

from importlib.util import find_spec
from typing import NamedTuple


class Contestant(NamedTuple):
    """Package that it needs, display name, and whether it trains R networks together or one after another."""

    package: str
    name: str
    stacked: bool


CONTESTANTS = {
    "ontrial": Contestant("numpy", "this engine", stacked=True),
    "jax_vmap": Contestant("jax", "JAX, jit + scan + vmap", stacked=True),
    "jax_scan": Contestant("jax", "JAX, jit + scan", stacked=False),
    "torch_vmap": Contestant("torch", "PyTorch, vmap over a stack", stacked=True),
    "torch_eager": Contestant("torch", "PyTorch, eager", stacked=False),
    "torch_bmm": Contestant("torch", "PyTorch, batched products by hand", stacked=True),
    "sklearn": Contestant("sklearn", "scikit-learn, MLPClassifier", stacked=False),
    "numpy_loop": Contestant("numpy", "NumPy, a plain loop", stacked=False),
    "numba_loop": Contestant("numba", "Numba, one compiled loop", stacked=False),
}
ENGINE = "ontrial"


def missing(names: list[str]) -> list[str]:
    """Return those of the contestants whose package is not installed."""
    return [name for name in names if find_spec(CONTESTANTS[name].package) is None]
