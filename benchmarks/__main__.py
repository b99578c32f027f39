"""Time this engine beside scikit-learn, PyTorch and JAX on the same work, one thread each.

Writes a table (.csv) with one row for each cell and contestant, and what it was measured with (.json) beside it.
"""

import argparse
import json
import time
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from benchmarks import agreement, table, timing
from benchmarks.contestants import CONTESTANTS, ENGINE, missing
from benchmarks.timing import Plan, say
from benchmarks.worker import CLOCKS, Worker
from ontrial.errors import InputError
from ontrial.storage import files

NETWORKS = {(64, 32, 32, 10): 1, (784, 64, 64, 10): 1, (784, 300, 100, 10): 32}  # layers → the smallest batch
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
RUNS = (1, 10, 48, 160)
SCALED = (64, 32, 32, 10), 32  # the network and batch size of which runs, width and depth are varied
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
    """Check that all do the same work, time them, write the table and print what it says."""
    began = time.perf_counter()
    for name in (absent := missing(contestants)):
        say(f"{name}: {CONTESTANTS[name].package} is not installed, so it is left out. `make bench` installs it.")
    names = [name for name in CONTESTANTS if name in {ENGINE, *contestants} - {*absent}]
    asked = (networks, batch_sizes, runs, contestants)
    whole = not quick and not absent and asked == (None, list(BATCH_SIZES), list(RUNS), list(CONTESTANTS))
    cells, memory = QUICK if quick else cells_of(networks, batch_sizes, runs, whole)
    plan = Plan(cells, memory, *((3, 0.03) if quick else (repeats, seconds)), clock)
    path = Path(output or f"results/benchmark/{'benchmark' if whole else 'part'}.csv")
    with ExitStack() as children:
        workers = {name: children.enter_context(Worker(clock)) for name in names}
        agreed = agreement.check(workers)
        show(
            f"The same work? Differences from float64 after the same updates, allowed {agreement.TOLERANCE:g}:", agreed
        )
        if "torch_eager" in workers:
            optimisers = agreement.check_optimisers(workers)
            show(f"The same optimisers as PyTorch's? Differences in float64, allowed {agreement.EXACT:g}:", optimisers)
        peaks: list[float] = []
        rows = [*timing.rows(plan, workers, peaks)]
    if not rows:
        raise InputError("No cell is left to time: ask for smaller ones.")
    rows += timing.memory_rows(plan, names)
    peak = max(peaks)
    made = table.of(rows, peak)
    record = table.record(agreed, peak, clock, (time.perf_counter() - began) / 60)
    files.write_text(path, made.to_csv(index=False, float_format="%.6g"))
    files.write_text(path.with_suffix(".json"), json.dumps(record, indent=1) + "\n")
    print(table.summary(made, peak))
    say(f"{path}: {len(made)} rows in {record['minutes']} minutes.")


def show(title: str, agreed: pd.DataFrame) -> None:
    """Print a check of agreement; InputError if something does not agree."""
    print(title, agreed.to_string(index=False, float_format="{:.3g}".format), sep="\n", end="\n\n", flush=True)
    if not agreed["agrees"].all():
        raise InputError("Not all contestants do the same work (agrees: False above), so nothing is timed.")


def cells_of(networks: list[str] | None, batch_sizes: list[int], runs: list[int], whole: bool) -> tuple[list, list]:
    """Cells to time, and those whose memory to measure: the whole benchmark, or a part of the grid."""
    chosen = NETWORKS if networks is None else {layers_of(text): 1 for text in networks}
    cells = [*timing.grid(chosen, sorted(batch_sizes), sorted(runs))]
    return (cells + scaling(), MEMORY) if whole else (cells, [])


def scaling() -> list[tuple]:
    """Cells in which one thing varies: the number of networks, their width, their depth."""
    layers, batch_size = SCALED
    first, last, usual = layers[0], layers[-1], layers[1]
    wide = [("width", (first, width, width, last), batch_size, (RUNS[2],)) for width in SCALING["width"]]
    deep = [("depth", (first, *[usual] * depth, last), batch_size, (RUNS[2],)) for depth in SCALING["depth"]]
    return [("runs", layers, batch_size, SCALING["runs"]), *wide, *deep]


def layers_of(text: str) -> tuple[int, ...]:
    """Layers of "64-32-32-10"."""
    try:
        layers = tuple(map(int, text.split("-")))
    except ValueError:
        layers = ()
    if len(layers) < 3 or min(layers) < 1 or layers[-1] != 10:
        raise InputError(f'network "{text}": must be widths from inputs to the 10 outputs, such as 64-32-32-10.')
    return layers


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--output", help="table to write (.csv); results/benchmark/benchmark.csv, or part.csv for less than everything"
    )
    parser.add_argument("--quick", action="store_true", help="a small part of everything, in about a minute")
    parser.add_argument("--networks", nargs="+", help="widths, such as 64-32-32-10")
    parser.add_argument("--batch-sizes", nargs="+", type=positive, default=list(BATCH_SIZES), metavar="B")
    parser.add_argument("--runs", nargs="+", type=positive, default=list(RUNS), metavar="R", help="numbers of networks")
    parser.add_argument("--contestants", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS), metavar="NAME",
                        help=f"this engine and some of: {', '.join(CONTESTANTS)}")  # fmt: skip
    parser.add_argument("--repeats", type=positive, default=5, help="measurements of each, of which the median counts")
    parser.add_argument("--seconds", type=float, default=0.2, help="of one measurement")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu, where other programs run meanwhile")
    files.run(benchmark, parser)


def positive(text: str) -> int:
    """A whole number, 1 or more."""
    if (number := int(text)) < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    main()
