"""Check a study, its docket and answers, and print a plan.

The plan says how many networks will be trained, and the time and memory that this takes on this machine. It describes
the study's own data sets, and warns of what in them may mislead. For each context of a measured claim, it lists the
cells that are compared and the effects that the seeds can detect. Nothing is trained. The study's own metrics and parts
of networks are listed, but only tried out on request, since they are code.
"""

import argparse
import itertools
import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from scipy import stats

from ontrial import data
from ontrial.commands._study import add_study
from ontrial.errors import legible
from ontrial.judge import checks, designs, looks, metrics, policies, smallest_effects
from ontrial.judge.checks import COMPARISON_KEYS
from ontrial.judge.claim import Claim, quantity_text
from ontrial.judge.claims import Arm, arms_by_side, list_arms, list_contexts
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import EACH, Estimand
from ontrial.judge.own_metrics import MetricsFile
from ontrial.judge.policies import TUNED
from ontrial.judge.results import BEST, LAST
from ontrial.judge.trials import looks_of
from ontrial.report.pages import written_answers
from ontrial.report.wording import formatting
from ontrial.study import components, configuration, estimate
from ontrial.study.cell import Cell
from ontrial.study.components import ComponentsFile
from ontrial.study.plan import Plan
from ontrial.study.study import Experiment, Study
from ontrial_judge.core import statistics
from ontrial_judge.core.statistics import Claimed
from ontrial_judge.core.verdicts import Kind, SettingValues, settings_text

CLASSES = 10  # listed of a data set
WIDE = 16  # factor between learning rates, from which on most own rates are within
SHORT_WAY = 0.1  # learning rate times updates; the smallest one of this project's studies is 0.4, in its tiniest one
CHECKPOINTS = {LAST: "", BEST: ", best checkpoint"}
STARTS = {"fixed": "", "linear": "in proportion to B from the ", "sqrt": "in proportion to the root of B from the "}


def check(study_file: str, cores: int, *, trust_code: bool = False) -> None:
    """Print the plan of a study. Raises InputError, which lists all mistakes by line."""
    study = configuration.read_study(study_file)
    own = components.read_components(study.components) if study.components else None
    if own and trust_code:
        components.require_sound(own)
    docket = checks.read_docket(study.docket, study, run_metrics=trust_code) if study.docket else Docket({}, {})
    if study.docket:
        written_answers.find(study.docket, docket.claims)
    print(*_plan_lines(study, docket, cores), sep="\n")
    for name in study.datasets:
        if data.csv_file_of(name):
            print("", *_dataset_lines(name), sep="\n")
    for claim in docket.claims.values():
        if claim.kind is Kind.MEASURED and claim.estimand:
            print("", *claim_lines(study, claim, claim.estimand), sep="\n")
    if warnings := [*docket_warnings(study, docket)]:
        print("", *(f"Warning: {warning}" for warning in warnings), sep="\n")
    others = Counter(
        claim.kind.replace("_", " ") for claim in docket.claims.values() if claim.kind is not Kind.MEASURED
    )
    if others:
        print("\nOther claims:", ", ".join(f"{count} {kind}" for kind, count in others.items()))
    if docket.metrics:
        print("", *_metrics_lines(docket.metrics, trust_code), sep="\n")
    if own:
        print("", *_components_lines(own, trust_code), sep="\n")


def _plan_lines(study: Study, docket: Docket, cores: int) -> Iterator[str]:
    """Yield the number of networks that a study trains, and the time and memory that this takes on this machine."""
    cells, later = study.cells.values(), looks.later_cells(study, docket).values()
    yield Plan(study).size()
    if not docket.claims:
        yield "It tests no claims."
    if later:
        most = study.runs + sum(cell.runs for cell in later)
        yield f"Undecided contexts get more seeds: up to {most:,} runs in all."
    if study.looks_left:
        left = ", ".join(f"{seeds:,}" for seeds in study.looks_left)
        yield f"It stops after look {study.looks} and leaves others undecided. Looks that are left: at {left} seeds."
    duration = estimate.planned(cells, later, cores)
    memory = estimate.gigabytes(max(map(estimate.memory, cells)))
    yield f"Training takes about {duration} with {cores} jobs at a time, each with up to {memory} of memory."
    yield from _cost_lines(study, later)
    if not estimate.is_short(study, cells, cores):
        yield "Snakemake won't start more than an hour of training unless the study has the key `may_take_hours: true`."
    if not estimate.fits(study, cells, cores):
        machine = estimate.gigabytes(estimate.machine_memory())
        yield f"This machine has {machine}. Snakemake won't start unless the study says `may_exceed_memory: true`."


def _cost_lines(study: Study, later: Collection[Cell]) -> Iterator[str]:
    """Yield what each experiment costs, the dearest first, unless there is one alone."""
    costs = estimate.by_experiment(study, later)
    if len(costs) < 2:
        return
    yield f"Seconds of one core by experiment{', and at most with all looks' * bool(later)}:"
    width = max(map(len, costs))
    for name, (first, added) in sorted(costs.items(), key=lambda item: -sum(item[1])):
        most = f"{first + added:10,.0f}" if later else ""
        yield f"  {name:{width}}{first:10,.0f}{most}"


def _dataset_lines(name: str) -> Iterator[str]:
    """Yield how a study's own data set was read, and what in it may mislead."""
    sizes, dataset = data.sizes(name), data.load(name)
    yield (
        f"Data set {name}: {len(dataset.X):,} samples ({sizes.train:,} for training, {sizes.validation:,} for "
        f"validation, {sizes.test:,} for testing), {formatting.counted(sizes.features, 'feature')} from "
        f"{formatting.counted(len(dataset.features), 'column')}."
    )
    if dataset.target is None:
        counts = Counter(dataset.classes[label] for label in dataset.labels.tolist())
        shown = [f'{number:,} "{legible(word, 40)}"' for word, number in counts.most_common(CLASSES)]
        rest = [f"{len(counts) - CLASSES} more"] if len(counts) > CLASSES else []
        yield f"  {len(counts)} classes: {', '.join(shown + rest)}."
    else:
        low, median, high = np.quantile(dataset.target, [0, 0.5, 1])
        yield f"  The target ranges from {low:g} to {high:g}, with a median of {median:g}."
    yield from (f"  Warning: {legible(warning, 300)}" for warning in data.warnings_about(name))


def claim_lines(study: Study, claim: Claim, estimand: Estimand) -> Iterator[str]:
    """Yield the cells that a claim compares in each context, the number of runs, and the effects it can detect."""
    seeds = looks_of(study, estimand)
    along = f" along {estimand.along}, in {estimand.unit.removeprefix('number ')}" if estimand.along else ""
    yield f"{claim.id}: {estimand.form} of {estimand.metric}{along}"
    yield f"  {_support_text(claim, estimand)}"
    compared: list[list[Arm]] = []  # by context
    for context in list_contexts(estimand):
        yield f"  {settings_text(context) or 'the only context'}"
        arms = arms_by_side(study, estimand, context)
        yield from (
            f"    {line}" for line in _context_lines(estimand, arms, seeds[: study.configuration.get("last_look")])
        )
        compared.append([*chain(*arms.values())])
    options = [option for arm in chain(*compared) for option in arm.options]
    trained = dict.fromkeys(option.cell for option in options)
    thresholds = chain(_easy_thresholds(estimand, trained), _hard_thresholds(estimand, trained))
    grids = chain(_narrow_grids(each.base for each in options if each.base), _short_ways(trained))
    yield from (f"  Warning: {warning}" for warning in chain(thresholds, grids))
    if estimand.measure.clock:
        factor = min(designs.largest_factor(arms, estimand.measure) for arms in compared)
        yield f"  The budget can prove at most a factor of {factor:.3g} between two times."
    yield from (f"  {line}" for line in _effect_lines(claim, estimand, seeds))


def _context_lines(estimand: Estimand, arms: Mapping[str, Sequence[Arm]], seeds: Sequence[int]) -> Iterator[str]:
    """Yield the cells that a claim compares in one context, and the number of runs.

    arms: Arms of each side that has some.
    """
    single = {} if estimand.along else arms
    owners = {(arm.cell, arm.checkpoint): side for side, each in single.items() for arm in each}
    cells: dict[str, Cell] = {}
    for name, side in estimand.sides.items():
        if not isinstance(side, dict):
            yield f"{name}: {side:g}"
            continue
        for arm in arms[name]:
            if arm.choices:
                combinations = sum(len(cell.learning_rates) for cell in arm.choices)
                yield f"{name}: each seed's best of {combinations} combinations on its validation data:"
            start = "  " if arm.choices else f"{name}: "
            for option in arm.options:
                yield f"{start}{option.cell.path}, {_rate_text(option, owners)}{CHECKPOINTS[option.checkpoint]}"
                cells |= {cell.path: cell for cell in (option.cell, option.base) if cell}
    rates = sum(len(cell.learning_rates) for cell in cells.values())
    yield f"{_counts(seeds)} seeds, {_counts([rates * number for number in seeds])} runs"


def _effect_lines(claim: Claim, estimand: Estimand, seeds: Sequence[int]) -> Iterator[str]:
    """Yield the smallest effect of a claim if it is unusual, and the effects that its seeds can detect."""
    sides = 2 if estimand.claimed is Claimed.EQUAL else 1  # two one-sided tests have the interval at twice the error
    margins = [
        f"{half_width(number, sides * share, estimand.censored):.2f} s ({number} seeds)"
        for number, share in zip(seeds, statistics.shares(len(seeds)), strict=True)
    ]
    smallest = quantity_text(claim.spec["smallest_effect"])
    if usual := smallest_effects.deviation(claim.spec):
        yield f"The smallest effect is usually {' or '.join(usual.quantities)}, and here {smallest}."
    if estimand.is_about_failures:
        yield from _failures_lines(estimand, seeds)
        return
    if estimand.claimed is Claimed.MORE:
        yield f"Called positive from {smallest} + {', + '.join(margins)} on,"
    else:
        word = "equal" if estimand.claimed is Claimed.EQUAL else "within"
        yield f"Called {word} up to {smallest} - {', - '.join(margins)},"
    yield "where s is the standard deviation between seeds."


def _support_text(claim: Claim, estimand: Estimand) -> str:
    written = claim.spec[estimand.form]
    of, *others = (
        f"{estimand.metric} of {_arm_text(side) or 'the networks'}"
        if isinstance(side, dict)
        else quantity_text(written[name])
        for name, side in estimand.sides.items()
    )
    smallest = quantity_text(claim.spec["smallest_effect"])
    amount = f"a {smallest.replace('factor', 'factor of')}" if smallest.startswith("factor") else smallest
    n = len(list_contexts(estimand))
    needed = n if estimand.quantifier is None else statistics.least_holding(n, estimand.quantifier)
    where = "" if n == 1 else ", in every context" if needed == n else f", in at least {needed} of {n} contexts"
    if estimand.along:
        step = "" if " per " in smallest else f" {estimand.unit[estimand.unit.index('per') :]}"
        of = " minus ".join((of, *others))
        return f"Supported if {of} grows along {estimand.along} by at least {amount}{step}{where}."
    if estimand.claimed is Claimed.AT_MOST:
        return f"Supported if {of} is less than {amount} above {others[0]}{where}."
    if estimand.claimed is Claimed.EQUAL:
        return f"Supported if {of} and {others[0]} differ by less than {amount}{where}."
    return f"Supported if {of} is at least {amount} above {others[0]}{where}."


def _arm_text(settings: SettingValues) -> str:
    """Return the settings of an arm as words: "depth 1 or 2, activation relu"."""
    if EACH in settings:
        return f"each of {' and '.join(map(_arm_text, settings[EACH]))}"
    values = ((name, value if isinstance(value, list) else [value]) for name, value in settings.items())
    return ", ".join(f"{name} {' or '.join(map(str, listed))}" for name, listed in values)


def _failures_lines(estimand: Estimand, seeds: Sequence[int]) -> Iterator[str]:
    """Yield how closely the seeds determine a difference of shares of failures, which does not depend on a spread."""
    n, share = seeds[-1], statistics.shares(len(seeds))[-1]
    level = 1 - 2 * share if estimand.claimed is Claimed.EQUAL else 1 - share
    never, always = np.zeros(n, bool), np.ones(n, bool)
    if len(estimand.arms) == 2:
        none, opposite = (statistics.paired_shares_interval(of, never, level) for of in (never, always))
        yield f"If no run of either arm fails, the difference is between ±{none.ci_high:.1f} points ({n} seeds)."
        if estimand.claimed is Claimed.MORE:
            yield f"If all runs of one arm fail and none of the other, it is at least {opposite.ci_low:.1f} points."
    else:
        highest = statistics.share_interval(never, level).ci_high
        yield f"If no run fails, the share is at most {highest:.1f} points ({n} seeds)."


def _easy_thresholds(estimand: Estimand, cells: Iterable[Cell]) -> Iterator[str]:
    """Yield a sentence for each data set, and each loss, on which guessing reaches the threshold of a claim."""
    if estimand.threshold is None:
        return
    if estimand.measure.goal == "accuracy":
        for name in dict.fromkeys(cell.dataset for cell in cells):
            guessed = metrics.guessed_accuracy(name) if data.has_classes(name) else 0.0
            if guessed >= estimand.threshold:
                yield (
                    f"{guessed:.1%} of the samples of {name} belong to one class, so a network that always names it "
                    f"reaches the threshold of {estimand.threshold:g}."
                )
        return
    for guessed, words in dict.fromkeys(
        (metrics.guessed_loss(cell), f"{cell.objective} on {cell.dataset}") for cell in cells
    ):
        if guessed <= estimand.threshold:
            yield (
                f"a network that learns nothing has a loss of {guessed:.3g} ({words}), which reaches the threshold of "
                f"{estimand.threshold:g}."
            )


def _hard_thresholds(estimand: Estimand, cells: Iterable[Cell]) -> Iterator[str]:
    """Yield a sentence for each data set of which every test sample must be right to reach the threshold of a claim."""
    if estimand.threshold is None or estimand.measure.goal != "accuracy":
        return
    for name in dict.fromkeys(cell.dataset for cell in cells if data.has_classes(cell.dataset)):
        samples = data.sizes(name).test
        if 1 - estimand.threshold < 1 / samples:
            yield f"only networks that get all {samples:,} test samples of {name} right reach {estimand.threshold:g}."


def _short_ways(cells: Iterable[Cell]) -> Iterator[str]:
    """Yield a sentence for each experiment on classes whose rates are so small that networks may stay as they start."""
    ways: dict[str, float] = {}
    for cell in cells:
        if cell.training.happens and data.has_classes(cell.dataset):
            way = max(cell.learning_rates) * cell.recipe.total_updates(cell.training_sample_count)
            ways[cell.experiment] = min(way, ways.get(cell.experiment, way))
    for name, way in ways.items():
        if way < SHORT_WAY:
            yield (
                f"the largest learning rate of experiment {name} times the number of updates is {way:.2g}. Gradients "
                "of about 1 hardly change weights then, so networks may learn nothing. Use larger rates."
            )


def _narrow_grids(cells: Iterable[Cell]) -> Iterator[str]:
    """Yield a sentence for each experiment whose own rates would mostly be the first or the last of too few."""
    for name, rates in dict.fromkeys((cell.experiment, cell.learning_rates) for cell in cells):
        span = max(rates) / min(rates)
        if len(rates) < 3 or span < WIDE:
            yield (
                f"own rates of experiment {name} are chosen from {len(rates)} that span a factor of {span:.3g}. Many "
                "will be the smallest or the largest, beyond which better ones may lie."
            )


def docket_warnings(study: Study, docket: Docket) -> Iterator[str]:
    """Yield a sentence for claims that make the same test, and for experiments that share confirmatory seeds."""
    tests: dict[str, str] = {}
    paired: set[str] = set()  # experiments that need the seeds of another, with whose runs theirs are compared
    for claim in docket.claims.values():
        if not claim.estimand:
            continue
        test = json.dumps({key: claim.spec[key] for key in COMPARISON_KEYS if key in claim.spec}, sort_keys=True)
        if (first := tests.setdefault(test, claim.id)) != claim.id:
            yield f"the claims {first} and {claim.id} make the same test."
        if claim.estimand.is_cost:
            continue
        for context in list_contexts(claim.estimand):
            experiments = {arm.cell.experiment for arm in list_arms(study, claim.estimand, context)}
            paired |= experiments if len(experiments) > 1 else set()
    for one, other in itertools.combinations(study.experiments.values(), 2):
        shared = set(_all_seeds(one)) & set(_all_seeds(other))
        if shared and (one.confirmatory or other.confirmatory) and not {one.name, other.name} <= paired:
            yield (
                f"the experiments {one.name} and {other.name} share the seed {min(shared)}"
                f"{' and others' * (len(shared) > 1)}. Give each seeds of its own, so that chance is not shared."
            )


def _all_seeds(experiment: Experiment) -> Sequence[int]:
    """Return the seeds of an experiment, including those of later looks."""
    if not experiment.confirmatory:
        return experiment.descriptive
    return range(experiment.confirmatory[0], experiment.confirmatory[0] + experiment.looks[-1])


def _metrics_lines(file: MetricsFile, tried: bool) -> Iterator[str]:
    """Yield the study's own metrics, and whether they have been tried out."""
    yield f"{file.path} is code of the study (SHA-256 {file.sha256}). Its metrics:"
    for name, description in file.functions.items():
        yield f"  {name}: {description}"
    yield "Those of claims work for small examples." if tried else "To run it on small examples, add --trust-code."


def _components_lines(file: ComponentsFile, checked: bool) -> Iterator[str]:
    """Yield the study's own parts of networks, and whether they have been checked."""
    yield f"{file.path} is code of the study (SHA-256 {file.sha256}). Its parts of networks:"
    for name, component in file.components.items():
        yield f"  {name} ({component.kind}): {component.function.description}"
    yield "They passed the checks." if checked else "To run it and check them, add --trust-code."


def _counts(numbers: Sequence[int]) -> str:
    """Return the first and the last of a sequence of numbers as text."""
    return " to ".join(f"{number:,}" for number in dict.fromkeys([numbers[0], numbers[-1]]))


def half_width(seeds: int, alpha: float, censored: bool) -> float:
    """Return half the width of the 1 − alpha interval of a typical standard normal sample."""
    sample = stats.norm.ppf((np.arange(seeds) + 0.5) / seeds)
    interval = statistics.confidence_interval(sample, censored, 1 - alpha)
    return float(interval.ci_high - interval.estimate)


def _rate_text(arm: Arm, owners: Mapping[tuple[Cell, str], str]) -> str:
    """Return how the learning rate of an arm is chosen.

    owners: Sides by cell and checkpoint. Other cells have their paths.
    """
    if arm.policy == TUNED:
        return "own rate"
    if arm.policy and arm.base:
        possible = policies.scalable(arm.policy, arm.cell, arm.base)
        limits = (
            f", if from {possible[0]:g} to {possible[-1]:g}" if len(possible) < len(arm.base.learning_rates) else ""
        )
        side = owners.get((arm.base, arm.base_checkpoint))
        return f"{STARTS[arm.policy]}own rate of {f'`{side}`' if side else arm.base.path}{limits}"
    return "all rates" if arm.learning_rate is None else f"rate {arm.learning_rate:g}"


def _positive(text: str) -> int:
    """Return a whole number of at least 1, as the type of an argument."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    add_study(parser)
    parser.add_argument("--cores", type=_positive, default=len(os.sched_getaffinity(0)), help="number of cells to "
                        "train at the same time (default: %(default)s, the cores of this machine)")  # fmt: skip
    parser.add_argument("--trust-code", action="store_true", help="run the study's own code on small examples")
    parser.set_defaults(function=check)
