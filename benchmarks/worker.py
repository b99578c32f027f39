"""Child processes for contestants: one thread on one core. Work is prepared once and timed several times."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import work
from ontrial.errors import InputError

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}
SIZES = (256, 512, 1024)  # of the square matrices whose product measures the peak of a thread
CACHED = (2**17, 2**18, 2**19)  # bytes of the arrays whose passes measure the bandwidth: they fit second-level caches
PASSES = 16  # over such an array between two readings of the clock
MIN_SECONDS = 0.01  # duration of a measurement: the clock of a busy virtual machine is too imprecise for less
MIN_ROUND_SECONDS = 1e-9  # the clock may not advance during a round; prevents a division by 0
MAX_ROUNDS = 100_000  # per measurement

CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}

_trainers: dict[int, work.Trainer] = {}  # in the child process: number of networks → trainer
_now = time.perf_counter


class Worker(ProcessPoolExecutor):
    """A child process that keeps the trainers it has prepared."""

    def __init__(self, clock: str = "wall"):
        """Start the process. Libraries read the environment variables for one thread when they are imported."""
        os.environ.update(ONE_THREAD)
        super().__init__(1, mp_context=multiprocessing.get_context("spawn"), initializer=initialise, initargs=(clock,))

    def call(self, function: Callable, *arguments: Any) -> Any:
        """Call one of the functions below in the child process. Raises InputError if the process was killed."""
        try:
            return self.submit(function, *arguments).result()
        except BrokenProcessPool:
            values = " ".join(map(str, arguments))
            raise InputError(
                f"{function.__name__} {values}: the process was killed, probably because memory ran out. "
                "Ask for fewer networks with --runs, or smaller batches with --batch-sizes."
            ) from None


def initialise(clock: str) -> None:
    """Choose the clock, one of CLOCKS, and pin the process to one core if the system supports it."""
    global _now
    _now = CLOCKS[clock]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def load(name: str):
    """Import the module of a contestant and its library."""
    return import_module(f"benchmarks.contestants.{name}")


def prepare(name: str, layers: tuple[int, ...], batch_size: int, runs: int, target: float) -> tuple[int, float]:
    """Prepare a contestant. Return the number of rounds that take about `target` seconds, and the warm-up in seconds.

    The warm-up is the additional time of the first round over the second, for example because of compilation.
    """
    _trainers[runs] = load(name).prepare(work.make_work(layers, batch_size, runs))
    first = time_rounds(runs, 1)
    second = time_rounds(runs, 1)
    rounds, elapsed = 1, second
    while elapsed < target / 2 and rounds < MAX_ROUNDS:
        rounds = min(int(rounds * min(max(2, target / elapsed), 100)), MAX_ROUNDS)
        elapsed = time_rounds(runs, rounds)
    return max(1, round(rounds * min(target / elapsed, 1))), max(first - second, 0.0)


def time_rounds(runs: int, rounds: int) -> float:
    """Continue training for this number of rounds, and return the time taken in seconds."""
    train = _trainers[runs].train
    start = _now()
    train(rounds)
    return max(_now() - start, MIN_ROUND_SECONDS)


def discard_trainers() -> None:
    """Discard all prepared trainers."""
    _trainers.clear()
    if "jax" in sys.modules:
        sys.modules["jax"].clear_caches()


def weights(*arguments: Any) -> work.Weights:
    """Train a contestant as `train` does, and return its weights."""
    return train(*arguments).weights()


def probabilities(*arguments: Any) -> np.ndarray:
    """Train a contestant as `train` does, and return the means of the networks' probabilities, (n, CLASSES)."""
    trainer = train(*arguments)
    assert trainer.probabilities
    return trainer.probabilities()


def train(
    name: str,
    layers: tuple[int, ...],
    batch_size: int,
    runs: int,
    updates: int,
    rounds: int,
    settings: Mapping[str, Any] | None = None,
    samples: tuple[np.ndarray, np.ndarray] | None = None,
) -> work.Trainer:
    """Train a contestant and return it.

    settings: Settings of the recipe, to be used in float64. None trains by plain gradient descent.
    samples: X and y in place of the usual ones.
    """
    task = work.make_work(layers, batch_size, runs, updates)
    if settings is not None:
        task = replace(task.copy(np.float64), settings={"updates": updates * rounds, **settings})
    if samples is not None:
        X, y = samples
        task = replace(task, X=X, y=y)
    trainer = load(name).prepare(task)
    trainer.train(rounds)
    return trainer


def measure_memory(name: str, layers: tuple[int, ...], batch_size: int, runs: int) -> tuple[float, float]:
    """Return the peak memory in MB after importing the library, and after training two rounds."""
    contestant = load(name)
    before = peak_memory()
    contestant.prepare(work.make_work(layers, batch_size, runs)).train(2)
    return before, peak_memory()


def peak_memory() -> float:
    """Return the peak memory of this process so far, in MB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    # On Linux, ru_maxrss includes the memory of the parent, and VmHWM does not.
    return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmHWM"))


def measure_rates() -> work.Rates:
    """Return the highest rates: of square matrix products, and of passes that read and write an array in a cache."""
    matrices = [np.ones((size, size), np.float32) for size in SIZES]
    arrays = [np.ones(size // work.FLOAT, np.float32) for size in CACHED]
    return work.Rates(
        peak=max(rate(partial(np.matmul, A, A, np.empty_like(A)), 2 * len(A) ** 3) for A in matrices),
        bandwidth=max(rate(partial(rewrite, array), PASSES * 2 * array.nbytes) for array in arrays),
    )


def rewrite(array: np.ndarray) -> None:
    """Read and write an array, in place, PASSES times."""
    for _ in range(PASSES):
        np.multiply(array, np.float32(1), out=array)


def rate(call: Callable[[], object], amount: float) -> float:
    """Return the higher of two measurements of the amount that a call does per second."""
    best = 0.0
    for _ in range(2):
        start = _now()
        calls, elapsed = 0, 0.0
        while elapsed < MIN_SECONDS:
            call()
            calls += 1
            elapsed = _now() - start
        best = max(best, amount * calls / elapsed)
    return best
