"""A child process of one contestant: one thread on one core, its work prepared once and timed often."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
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
SIZES = (256, 512, 1024)  # of the square matrices whose product shows what a thread can do
ENOUGH = 0.01  # seconds of such products: of fewer, the clock of a busy virtual machine tells little
SHORTEST = 1e-9  # second that a round takes: such a clock can stand still meanwhile
MOST_ROUNDS = 100_000  # of one measurement

CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}

_trainers: dict[int, work.Trainer] = {}  # in the child: by the number of networks
_now = time.perf_counter


class Worker(ProcessPoolExecutor):
    """The parent's end of a child, which keeps what it has prepared."""

    def __init__(self, clock: str = "wall"):
        """Start it with the environment of one thread: libraries read it when they are loaded."""
        os.environ.update(ONE_THREAD)
        super().__init__(1, mp_context=multiprocessing.get_context("spawn"), initializer=start, initargs=(clock,))

    def call(self, function: Callable, *arguments: Any) -> Any:
        """Result of one of the functions below, called in the child; InputError if the child is gone."""
        try:
            return self.submit(function, *arguments).result()
        except BrokenProcessPool:
            told = " ".join(map(str, arguments))
            raise InputError(
                f"{function.__name__} {told}: the process was killed, probably for want of memory. "
                "Ask for fewer networks with --runs, or smaller batches with --batch-sizes."
            ) from None


def start(clock: str) -> None:
    """Take the clock, one of CLOCKS, and keep to one core, where the system can."""
    global _now
    _now = CLOCKS[clock]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def load(name: str):
    """Module of a contestant, its library loaded with it."""
    return import_module(f"benchmarks.contestants.{name}")


def prepare(name: str, layers: tuple[int, ...], batch_size: int, runs: int, wanted: float) -> tuple[int, float]:
    """Make a contestant ready; rounds that last about `wanted` seconds, and seconds of warming up.

    Warming up is what the first round takes beyond the second: compilation, where there is one.
    """
    _trainers[runs] = load(name).prepare(work.make(layers, batch_size, runs))
    first, second = seconds(runs, 1), seconds(runs, 1)
    rounds, spent = 1, second
    while spent < wanted / 2 and rounds < MOST_ROUNDS:
        rounds = min(int(rounds * min(max(2, wanted / spent), 100)), MOST_ROUNDS)
        spent = seconds(runs, rounds)
    return max(1, round(rounds * min(wanted / spent, 1))), max(first - second, 0.0)


def seconds(runs: int, rounds: int) -> float:
    """Seconds of training on for so many rounds."""
    train = _trainers[runs].train
    began = _now()
    train(rounds)
    return max(_now() - began, SHORTEST)


def forget() -> None:
    """Let go of everything that was prepared."""
    _trainers.clear()
    if "jax" in sys.modules:
        sys.modules["jax"].clear_caches()


def trained(
    name: str, layers: tuple[int, ...], batch_size: int, runs: int, updates: int, rounds: int, *settings: Any
) -> work.Weights:
    """Weights that a contestant arrives at. settings: optimiser and weight decay, which are then used in float64."""
    given = work.make(layers, batch_size, runs, updates)
    if settings:
        optimiser, weight_decay = settings
        given = replace(given.copy(np.float64), optimiser=optimiser, weight_decay=weight_decay)
    trainer = load(name).prepare(given)
    trainer.train(rounds)
    return trainer.weights()


def memory(name: str, layers: tuple[int, ...], batch_size: int, runs: int) -> tuple[float, float]:
    """Megabytes that the process held with its library loaded, and the most that it held by the end of two rounds."""
    contestant = load(name)
    before = most_memory()
    contestant.prepare(work.make(layers, batch_size, runs)).train(2)
    return before, most_memory()


def most_memory() -> float:
    """The most memory that this process has held so far, in megabytes."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    # Linux's ru_maxrss starts with what the parent held, VmHWM with the program.
    return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmHWM"))


def matrix_product() -> float:
    """Floating-point operations a second of the fastest of several products of square float32 matrices."""
    best = 0.0
    for size in SIZES:
        A = np.ones((size, size), np.float32)
        out = np.empty_like(A)
        for _ in range(2):
            began, products, spent = _now(), 0, 0.0
            while spent < ENOUGH:
                np.matmul(A, A, out=out)
                products, spent = products + 1, _now() - began
            best = max(best, 2 * size**3 * products / spent)
    return best
