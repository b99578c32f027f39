"""Estimates of training time and memory, made before anything is trained.

The seconds of a cell are a sum of products: counts that follow from its settings, times costs. The costs were fitted to
the 235 training jobs of the default study, which ran two at a time on two cores with AVX-512: nine in ten of these jobs
took 0.8 to 1.7 times their estimate. That study has plain SGD alone: what other optimisers, weight decay,
clipping and dropout add was measured beside it. `machine_factor` compares this machine with that one.
"""

import heapq
import os
import time
from collections.abc import Collection, Iterable
from functools import cache
from typing import NamedTuple

import numpy as np

from ontrial import data
from ontrial.errors import InputError
from ontrial.nn import Architecture, Data, Recipe, Samples, train
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.nn.probes import BATCH
from ontrial.nn.training import split_runs
from ontrial.study.cell import DATA_BYTES, Cell
from ontrial.study.study import Study

DTYPE = np.float32
START = 0.34  # seconds before a job's first update and after its last
LOADED_INPUT = 4.4e-8  # seconds to read, split and scale one input of one sample
CALL = 8.7e-6  # seconds of overhead of the NumPy calls for one layer of one block of runs
DRAWN_PARAMETER = 2e-8  # of a network's initial weights, which a block of runs draws once per seed
UPDATED_PARAMETER = 6.9e-10
PASSED_PARAMETER = 1.2e-9  # per array of the optimiser's state, and for weight decay and clipping
TRAINED_PRODUCT = 6e-11  # of a parameter and a sample, forward and backward
TRAINED_UNIT = 2.6e-9  # of one sample
DROPPED_UNIT = 2.5e-9  # hidden, of one sample
MEASURED_PRODUCT = 2e-11
MEASURED_UNIT = 2.9e-9
LATER = 0.2  # share of what all later looks could take that they took in the studies published so far
HOUR = 3_600  # seconds
UNITS = (("hour", HOUR), ("minute", 60), ("second", 1))
JOB_BYTES = 100 * 2**20  # of a job without data
BYTES_PER_INPUT_BYTE = 3.2  # as read, as split and as trained on
PARAMETER_BYTES = 16  # of a run in training: its initial weights as drawn and as stacked, or what an optimiser keeps
ROW_BYTES = 400  # of the settings of a record in the table of runs
KEPT_PARAMETER_BYTES = 8  # of a trained network that predicts, twice in single precision
CORRECT_BYTES = 2.25  # of a test sample: whether it is classified correctly, twice, and that as bits
PREDICTION_BYTES = 8  # of an output for a test sample, twice in single precision
MEASURE_BYTES = 8  # of a measure of a record, twice in single precision
MEASURES, MEASURES_OF_LAYER = 12, 3  # at most
SNAKEMAKE_MB = 500  # of memory, in a job on a cluster, which runs its own
MARGIN = 1.5  # of the memory that a job asks a cluster for


class Parts(NamedTuple):
    """Seconds of training, by part of the work."""

    start: float
    evaluate: float
    update: float


def seconds(cells: Iterable[Cell]) -> float:
    """Return the estimated time to train cells one after the other, on the machine to which the costs were fitted."""
    return sum(sum(parts_of_job(cell)) for cell in cells)


def parts_of_job(cell: Cell) -> Parts:
    """Return the estimated time of a cell's training job, by part.

    Reading the data and drawing the weights belong to starting.
    """
    recipe, samples, sizes = cell.recipe, cell.training_sample_count, data.sizes(cell.dataset)
    updates = recipe.total_updates(samples)
    measured = len(recipe.train_records(samples)) * samples
    if updates:  # without training, only the training set is measured
        measured += recipe.record_count(samples) * (sizes.validation + sizes.test)
    inputs = len(cell.seeds) * sizes.features * (samples + sizes.validation + sizes.test)
    blocks = split_runs(cell.architecture, recipe, cell.runs, DTYPE)
    seeds = sum(min(runs.stop - runs.start, len(cell.seeds)) for runs in blocks)
    drawn = cell.architecture.parameters * recipe.members * seeds
    evaluate, update = _stack_seconds(cell.architecture, recipe, cell.runs, updates, measured)
    return Parts(START + LOADED_INPUT * inputs + DRAWN_PARAMETER * drawn, evaluate, update)


def _stack_seconds(
    architecture: Architecture, recipe: Recipe, runs: int, updates: int, measured: int
) -> tuple[float, float]:
    """Return the seconds spent on evaluating and on updating a stack of runs.

    measured: Number of samples measured at all records together.
    """
    parameters = architecture.parameters
    units, layers = sum(architecture.layers[1:]), len(architecture.shapes)
    call = CALL * layers * len(split_runs(architecture, recipe, runs, DTYPE))
    trained, networks = updates * recipe.batch_size, runs * recipe.members
    passes = OPTIMISERS[recipe.optimiser].state_arrays + bool(recipe.weight_decay) + (recipe.clip_norm is not None)
    changed = UPDATED_PARAMETER + PASSED_PARAMETER * passes
    dropped = DROPPED_UNIT * sum(architecture.layers[1:-1]) if recipe.dropout else 0
    evaluate = call * measured / BATCH + networks * (MEASURED_PRODUCT * parameters + MEASURED_UNIT * units) * measured
    update = call * updates + networks * (
        changed * parameters * updates + (TRAINED_PRODUCT * parameters + TRAINED_UNIT * units + dropped) * trained
    )
    return evaluate, update


def memory(cell: Cell) -> float:
    """Return the estimated memory of a cell's job in bytes: of its data, of a block of runs, and of all records."""
    samples, architecture, recipe = cell.training_sample_count, cell.architecture, cell.recipe
    inputs = min(len(cell.seeds) * data.bytes_per_seed(cell.dataset, samples), DATA_BYTES)
    runs_at_once = max(runs.stop - runs.start for runs in split_runs(architecture, recipe, cell.runs, DTYPE))
    block = runs_at_once * recipe.members
    first, *rest = architecture.layers
    batches = recipe.batch_size + samples % recipe.batch_size + 2 * BATCH  # the last one of a set may be smaller
    buffers = batches * (first + 3 * sum(rest)) * np.dtype(DTYPE).itemsize
    measures = MEASURES + MEASURES_OF_LAYER * len(rest) * bool(recipe.probes)
    rows = cell.runs * recipe.record_count(samples)
    tested = data.sizes(cell.dataset).test
    network = CORRECT_BYTES * tested if cell.learns_classes else 0
    if cell.training.predictions:
        network += recipe.members * (
            KEPT_PARAMETER_BYTES * architecture.parameters + PREDICTION_BYTES * tested * rest[-1]
        )
    return (
        JOB_BYTES
        + BYTES_PER_INPUT_BYTE * inputs
        + block * (PARAMETER_BYTES * architecture.parameters + buffers)
        + rows * (ROW_BYTES + MEASURE_BYTES * measures)
        + cell.runs * network
    )


def megabytes_to_ask(cell: Cell, attempt: int) -> int:
    """Return the memory that the job of a cell asks a cluster for, with a margin that grows with each attempt."""
    return SNAKEMAKE_MB + round(MARGIN * attempt * memory(cell) / 1e6)


def _memory_at_once(cells: Iterable[Cell], cores: int) -> float:
    """Return the estimated memory of the largest jobs in bytes, as many as there are cores."""
    return sum(heapq.nlargest(cores, map(memory, cells)))


def machine_memory() -> int:
    """Return the memory of this machine in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@cache
def machine_factor() -> float:
    """Return the ratio of measured to estimated training time on this machine.

    Measure a small stack, which takes a tenth of a second. Its processor time counts, of the shortest of several
    rounds: on a busy machine, the clock on the wall would say ten times as much.
    """
    runs, size, updates = 40, 512, 50
    random = np.random.default_rng(0)
    samples = Samples(random.random((1, size, 64)), np.eye(10)[random.integers(10, size=(1, size))])
    none = Samples(samples.X[:, :0], samples.y[:, :0])
    architecture = Architecture((64, 32, 32, 10), "relu", "softmax", "cross_entropy", "he")
    recipe = Recipe(batch_size=16, updates=updates, record=1)
    rounds = []
    for _ in range(5):
        start = time.process_time()
        train(architecture, recipe, Data(samples, none, none, (0,)), [0.1] * runs, [0] * runs)
        rounds.append(time.process_time() - start)
    return min(rounds) / sum(_stack_seconds(architecture, recipe, runs, updates, measured=2 * size))


def planned(cells: Iterable[Cell], later: Iterable[Cell], cores: int) -> str:
    """Return the estimated training time on this machine as text, and that with all cells of any later looks."""
    factor = machine_factor() / cores
    first, added = factor * seconds(cells), factor * seconds(later)
    likely, most = (duration(each, each) for each in (first + LATER * added, first + added))
    return likely if most == likely else f"{likely} ({most} if every context needs all looks)"


def by_experiment(study: Study, later: Iterable[Cell]) -> dict[str, tuple[float, float]]:
    """Return the estimated seconds of one core, on this machine, for each experiment: all cells, and later looks.

    later: Cells that later looks may add.
    """
    factor = machine_factor()
    costs = {}
    for name in study.experiments:
        of_each = ([cell for cell in cells if cell.experiment == name] for cells in (study.cells.values(), [*later]))
        first, added = (factor * seconds(cells) for cells in of_each)
        costs[name] = first, added
    return costs


def is_short(study: Study, cells: Iterable[Cell], cores: int) -> bool:
    """Return whether these cells of a study take an estimated hour or less to train, or the study may take longer."""
    return study.may_take_hours or seconds(cells) / cores <= HOUR


def require_short(study: Study, cells: Collection[Cell], cores: int) -> None:
    """Raise InputError if these cells of a study take more than an estimated hour to train and the study may not."""
    if not is_short(study, cells, cores):
        total = seconds(cells) / cores
        raise InputError(
            f"{study.source}: training takes about {duration(total, total)} on {cores} cores. If that is what you "
            "want, add the key `may_take_hours: true`. `ontrial check` shows what the study plans."
        )


def fits(study: Study, cells: Iterable[Cell], cores: int) -> bool:
    """Return whether the jobs of these cells fit into the memory of this machine, or the study may exceed it."""
    return study.may_exceed_memory or _memory_at_once(cells, cores) <= machine_memory()


def require_memory(study: Study, cells: Collection[Cell], cores: int) -> None:
    """Raise InputError if the jobs of these cells need more memory than this machine has and the study may not."""
    if not fits(study, cells, cores):
        raise InputError(
            f"{study.source}: training takes up to {gigabytes(_memory_at_once(cells, cores))} of memory on {cores} "
            f"cores, and this machine has {gigabytes(machine_memory())}. Use fewer cores or smaller networks or, if "
            "that is what you want, add the key `may_exceed_memory: true`."
        )


def gigabytes(size: float) -> str:
    """Return a number of bytes as text.

    >>> gigabytes(1_500_000_000)
    '1.5 GB'
    """
    return f"{size / 1e9:,.1f} GB"


def duration(shortest: float, longest: float) -> str:
    """Return a range of seconds as text, to two digits.

    >>> duration(180, 480), duration(3000, 3000)
    ('3 to 8 minutes', '50 minutes')
    """
    unit, size = next((unit, size) for unit, size in UNITS if longest >= 1.5 * size or size == 1)
    numbers = dict.fromkeys(f"{float(f'{total / size:.2g}'):g}" for total in (shortest, longest))
    plural = "" if list(numbers) == ["1"] else "s"
    return f"{' to '.join(numbers)} {unit}{plural}"
