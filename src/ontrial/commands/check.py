"""Check a study and its docket, and print what they plan.

The plan says how many networks will be trained, and the time and memory that this takes on this machine. It describes
the study's own data sets, and warns of what in them may mislead. For each context of a measured claim, it lists the
cells that are compared and the effects that the seeds can detect. Nothing is trained. The study's own metrics are
listed, but only tried out on request, since they are code.
"""

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from scipy import stats

from ontrial import data
from ontrial.commands._study import add_merged_study
from ontrial.errors import legible
from ontrial.judge import checks, looks, metrics, statistics
from ontrial.judge.claims import Arm, Claim, list_contexts, quantity_text, select_arms
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Estimand
from ontrial.judge.own_metrics import MetricsFile
from ontrial.judge.records import Kind, settings_text
from ontrial.judge.verdicts import looks_of
from ontrial.study import estimate
from ontrial.study.cell import Cell
from ontrial.study.command_line import merge_study
from ontrial.study.study import Study

CLASSES = 10  # listed of a data set


def check(study_files: list[str], cores: int, *, trust_code: bool = False) -> None:
    """Print the plan of a study. Raises InputError, which lists all mistakes by line."""
    study = merge_study(study_files, {})
    docket = checks.read(study.docket, study, run_metrics=trust_code) if study.docket else Docket({}, {})
    print(*plan_lines(study, docket, cores), sep="\n")
    for name in study.datasets:
        if data.csv_file_of(name):
            print("", *dataset_lines(name), sep="\n")
    for claim in docket.claims.values():
        if claim.kind is Kind.MEASURED and claim.estimand:
            print("", *claim_lines(study, claim, claim.estimand), sep="\n")
    others = Counter(
        claim.kind.replace("_", " ") for claim in docket.claims.values() if claim.kind is not Kind.MEASURED
    )
    if others:
        print("\nOther claims:", ", ".join(f"{count} {kind}" for kind, count in others.items()))
    if docket.metrics:
        print("", *metrics_lines(docket.metrics, trust_code), sep="\n")


def plan_lines(study: Study, docket: Docket, cores: int) -> Iterator[str]:
    """Yield the number of networks that a study trains, and the time and memory that this takes on this machine."""
    cells, later = study.cells.values(), looks.later_cells(study, docket).values()
    yield f"Study {study.name}: {len(cells):,} cells, {study.runs:,} runs."
    if not docket.claims:
        yield "It tests no claims."
    if later:
        most = study.runs + sum(cell.runs for cell in later)
        yield f"Undecided contexts get more seeds: up to {most:,} runs in all."
    duration = estimate.planned(cells, later, cores)
    memory = estimate.gigabytes(max(map(estimate.memory, cells)))
    yield f"Training takes about {duration} with {cores} jobs at a time, each with up to {memory} of memory."
    if not estimate.is_short(study, cells, cores):
        yield "Snakemake won't start more than an hour of training unless the study has the key `may_take_hours: true`."
    if not estimate.fits(study, cells, cores):
        machine = estimate.gigabytes(estimate.machine_memory())
        yield f"This machine has {machine}. Snakemake won't start unless the study says `may_exceed_memory: true`."


def dataset_lines(name: str) -> Iterator[str]:
    """Yield how a study's own data set was read, and what in it may mislead."""
    sizes, dataset = data.sizes(name), data.load(name)
    yield (
        f"Data set {name}: {len(dataset.X):,} samples ({sizes.train:,} for training, {sizes.validation:,} for "
        f"validation, {sizes.test:,} for testing), {counted(sizes.features, 'feature')} from "
        f"{counted(len(dataset.features), 'column')}."
    )
    if dataset.target is None:
        counts = Counter(dataset.classes[label] for label in dataset.labels.tolist())
        shown = [f'{number:,} "{legible(word, 40)}"' for word, number in counts.most_common(CLASSES)]
        rest = [f"{len(counts) - CLASSES} more"] if len(counts) > CLASSES else []
        yield f"  {len(counts)} classes: {', '.join(shown + rest)}."
    else:
        low, median, high = np.quantile(dataset.target, [0, 0.5, 1])
        yield f"  The target ranges from {low:g} to {high:g}, with a median of {median:g}."
    yield from (f"  Warning: {legible(doubt, 300)}" for doubt in data.doubts_about(name))


def claim_lines(study: Study, claim: Claim, estimand: Estimand) -> Iterator[str]:
    """Yield the cells that a claim compares in each context, the number of runs, and the effects it can detect."""
    seeds = looks_of(study, estimand)
    along = f" along {estimand.along}, in {estimand.unit.removeprefix('number ')}" if estimand.along else ""
    yield f"{claim.id}: {estimand.form} of {estimand.metric}{along}"
    datasets: dict[str, None] = {}
    for context in list_contexts(estimand):
        yield f"  {settings_text(context) or 'the only context'}"
        cells: dict[str, Cell] = {}
        for name, side in estimand.sides.items():
            if not isinstance(side, dict):
                yield f"    {name}: {side:g}"
                continue
            for arm in select_arms(study, estimand, side, context):
                yield f"    {name}: {arm.cell.path}, {rate_text(arm)}"
                cells |= {cell.path: cell for cell in (arm.cell, arm.base) if cell}
                datasets[arm.cell.dataset] = None
        rates = sum(len(cell.learning_rates) for cell in cells.values())
        yield f"    {counts(seeds)} seeds, {counts([rates * number for number in seeds])} runs"
    yield from (f"  Warning: {warning}" for warning in easy_thresholds(estimand, datasets))
    margins = [
        f"{half_width(number, share, estimand.censored):.2f} s ({number} seeds)"
        for number, share in zip(seeds, statistics.shares(len(seeds)), strict=True)
    ]
    yield f"  Called positive from {quantity_text(claim.spec['smallest_effect'])} + {', + '.join(margins)} on,"
    yield "  where s is the standard deviation between seeds."


def easy_thresholds(estimand: Estimand, datasets: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each data set on which guessing reaches the threshold of a claim."""
    for name in datasets:
        guessed = metrics.guessed_accuracy(name) if data.has_classes(name) else 0.0
        if estimand.threshold is not None and guessed >= estimand.threshold:
            yield (
                f"{guessed:.1%} of the samples of {name} belong to one class, so a network that always names it "
                f"reaches the threshold of {estimand.threshold:g}."
            )


def metrics_lines(file: MetricsFile, tried: bool) -> Iterator[str]:
    """Yield the study's own metrics, and whether they have been tried out."""
    yield f"{file.path} is code of the study (SHA-256 {file.sha256}). Its metrics:"
    for name, description in file.functions.items():
        yield f"  {name}: {description}"
    yield "Those of claims work for small examples." if tried else "To run it on small examples, add --trust-code."


def counts(numbers: Sequence[int]) -> str:
    """Return the first and the last of a sequence of numbers as text."""
    return " to ".join(f"{number:,}" for number in dict.fromkeys([numbers[0], numbers[-1]]))


def counted(number: int, thing: str) -> str:
    """Return a number of things as text."""
    return f"{number:,} {thing}{'s' * (number != 1)}"


def half_width(seeds: int, alpha: float, censored: bool) -> float:
    """Return half the width of the 1 − alpha interval of a typical standard normal sample."""
    sample = stats.norm.ppf((np.arange(seeds) + 0.5) / seeds)
    interval = statistics.confidence_interval(sample, censored, 1 - alpha)
    return float(interval.ci_high - interval.estimate)


def rate_text(arm: Arm) -> str:
    """Return how the learning rate of an arm is chosen."""
    if arm.policy:
        return f"{arm.policy} rate"
    return "all rates" if arm.learning_rate is None else f"rate {arm.learning_rate:g}"


def positive(text: str) -> int:
    """Return a whole number of at least 1, as the type of an argument."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    add_merged_study(parser)
    parser.add_argument("--cores", type=positive, default=len(os.sched_getaffinity(0)), help="number of cells to train "
                        "at the same time (default: %(default)s, the cores of this machine)")  # fmt: skip
    parser.add_argument("--trust-code", action="store_true", help="run the study's own metrics on small examples")
    parser.set_defaults(function=check)
