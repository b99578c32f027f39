"""Time this engine, scikit-learn, PyTorch, JAX and Numba on the same work with one thread each.

Writes a table (.csv) with one row per cell and contestant, and next to it a record of the machine and packages (.json).
"""

import argparse
import json
import time
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from benchmarks import agreement, table, timing, work
from benchmarks.contestants import CONTESTANTS, ENGINE, missing
from benchmarks.timing import Plan, log
from benchmarks.worker import CLOCKS, Worker
from ontrial.errors import InputError
from ontrial.storage import files, process

NETWORKS = {(64, 32, 32, 10): 1, (784, 64, 64, 10): 1, (784, 300, 100, 10): 32}  # layers → smallest batch size
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
RUNS = (1, 10, 48, 160)
SCALED = (64, 32, 32, 10), 32  # network and batch size whose runs, width and depth are varied
SCALING = {"runs": (1, 2, 5, 10, 24, 48, 96, 160, 320), "width": (8, 16, 32, 64, 128, 256, 512), "depth": (1, 2, 4, 8)}
MEMORY = [(layers, 32, R) for layers in ((64, 32, 32, 10), (784, 64, 64, 10)) for R in RUNS]
QUICK = [*timing.grid(dict.fromkeys([*NETWORKS][:2], 1), (1, 16), (1, 48))], MEMORY[2:3]


def benchmark(
    output: str | None,
    quick: bool,
    networks: list[str] | None,
    batch_sizes: list[int],
    runs: list[int],
    contestants: list[str],
    repeats: int,
    seconds: float,
    clock: str,
) -> None:
    """Check that all contestants do the same work, time them, write the table and print a summary."""
    start = time.perf_counter()
    not_installed = missing(contestants)
    for name in not_installed:
        package = CONTESTANTS[name].package
        log(f"{name}: skipped, because {package} is not installed. `make measure WHAT=benchmark` installs it.")
    names = [name for name in CONTESTANTS if name in {ENGINE, *contestants} - {*not_installed}]
    everything = (False, [], None, list(BATCH_SIZES), list(RUNS), list(CONTESTANTS))
    complete = (quick, not_installed, networks, batch_sizes, runs, contestants) == everything
    if quick:
        (cells, memory), repeats, seconds = QUICK, 3, 0.03
    else:
        cells, memory = select_cells(networks, batch_sizes, runs, complete)
    plan = Plan(cells, memory, repeats, seconds, clock)
    path = Path(output or f"results/benchmark/{'benchmark' if complete else 'part'}.csv")
    with ExitStack() as children:
        workers = {name: children.enter_context(Worker(clock)) for name in names}
        agreed = agreement.check(workers)
        title = f"The same work? Differences from float64 after the same updates, allowed {agreement.TOLERANCE:g}:"
        print_agreement(title, agreed)
        if "torch_eager" in workers:
            title = f"The same recipes as PyTorch's? Differences in float64, allowed {agreement.EXACT:g}:"
            print_agreement(title, agreement.check_settings(workers))
        if {"torch_eager", "sklearn"} <= workers.keys():
            title = f"The same samples as scikit-learn's? Differences in float64, allowed {agreement.EXACT:g}:"
            print_agreement(title, agreement.check_samples(workers))
        measured: list[work.Rates] = []
        rows = [*timing.time_cells(plan, workers, measured)]
    if not rows:
        raise InputError("All cells were skipped, so there is nothing to time: ask for smaller ones.")
    rows += timing.measure_memory(plan, names)
    rates = work.Rates(*map(max, zip(*measured, strict=True)))
    times = table.build_table(rows, rates)
    record = table.build_record(agreed, rates, clock, (time.perf_counter() - start) / 60)
    files.write_text(path, times.to_csv(index=False, float_format="%.6g"))
    files.write_text(path.with_suffix(".json"), json.dumps(record, indent=1) + "\n")
    print(table.summary(times, rates))
    log(f"{path}: {len(times)} rows in {record['minutes']} minutes.")


def print_agreement(title: str, agreed: pd.DataFrame) -> None:
    """Print a check of agreement. Raises InputError if a row does not agree."""
    print(title, agreed.to_string(index=False, float_format="{:.3g}".format), sep="\n", end="\n\n", flush=True)
    if not agreed["agrees"].all():
        raise InputError("Not all contestants do the same work (agrees: False above), so nothing is timed.")


def select_cells(
    networks: list[str] | None, batch_sizes: list[int], runs: list[int], complete: bool
) -> tuple[list, list]:
    """Return the cells to time and those whose memory to measure: the complete benchmark, or a part of the grid."""
    smallest_batches = NETWORKS if networks is None else {parse_network(text): 1 for text in networks}
    cells = [*timing.grid(smallest_batches, sorted(batch_sizes), sorted(runs))]
    return (cells + scaling_cells(), MEMORY) if complete else (cells, [])


def scaling_cells() -> list[tuple]:
    """Return cells in which one thing varies: the number of networks, their width or their depth."""
    layers, batch_size = SCALED
    first, last, usual = layers[0], layers[-1], layers[1]
    wide = [("width", (first, width, width, last), batch_size, (RUNS[2],)) for width in SCALING["width"]]
    deep = [("depth", (first, *[usual] * depth, last), batch_size, (RUNS[2],)) for depth in SCALING["depth"]]
    return [("runs", layers, batch_size, SCALING["runs"]), *wide, *deep]


def parse_network(text: str) -> tuple[int, ...]:
    """Return the layers of "64-32-32-10" as a tuple. Raises InputError if they are invalid."""
    try:
        layers = work.layers_of(text)
    except ValueError:
        layers = ()
    if len(layers) < 3 or min(layers) < 1 or layers[-1] != 10:
        raise InputError(f'network "{text}": must be widths from inputs to the 10 outputs, such as 64-32-32-10.')
    return layers


def main() -> None:
    """Parse the command line and run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--output",
        help="table to write (.csv); default: results/benchmark/benchmark.csv, or part.csv if not everything is timed",
    )
    parser.add_argument("--quick", action="store_true", help="a small part of the benchmark, in about a minute")
    parser.add_argument("--networks", nargs="+", help="widths of the layers, such as 64-32-32-10")
    parser.add_argument("--batch-sizes", nargs="+", type=positive, default=list(BATCH_SIZES), metavar="B")
    parser.add_argument("--runs", nargs="+", type=positive, default=list(RUNS), metavar="R", help="numbers of networks")
    parser.add_argument("--contestants", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS), metavar="NAME",
                        help=f"this engine and some of: {', '.join(CONTESTANTS)}")  # fmt: skip
    parser.add_argument(
        "--repeats", type=positive, default=5, help="number of measurements, of which the median is used"
    )
    parser.add_argument("--seconds", type=float, default=0.1, help="target duration of one measurement")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu if other programs are running")
    process.run(benchmark, parser)


def positive(text: str) -> int:
    """Convert text to a positive whole number. Raises ValueError otherwise."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    main()
