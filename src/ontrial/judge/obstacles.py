"""Why a claim could not be decided as its docket and its study design it: each function yields the reasons."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from ontrial import data
from ontrial.judge import claims, designs, policies, rate_free
from ontrial.judge.claims import Arm, sharing_policies
from ontrial.judge.estimands import Estimand
from ontrial.judge.policies import TUNED
from ontrial.judge.results import LAST
from ontrial.judge.units import TIMED, Unit
from ontrial.nn import OUTPUTS
from ontrial.nn.probes import OF_ONE_NETWORK
from ontrial.study.cell import Cell
from ontrial.study.study import Study
from ontrial_judge.core import samples, statistics
from ontrial_judge.core.samples import Failures
from ontrial_judge.core.statistics import Claimed

LEAST_SPAN = 2  # factor between the rates from which own rates are chosen
SHARED_RATE = "a learning rate that arms share suits one of them, and that decides the comparison."


@dataclass(frozen=True)
class ComparedArms:
    """The arms that a claim compares in a context.

    sides: Arms of each side, of which a slope has several.
    also_at_own_rates: Whether another claim makes the same comparison at the arms' own rates.
    """

    estimand: Estimand
    study: Study
    sides: Sequence[list[Arm]]
    also_at_own_rates: bool

    @cached_property
    def arms(self) -> list[Arm]:
        """The arms of all sides."""
        return [arm for side in self.sides for arm in side]

    @cached_property
    def options(self) -> list[Arm]:
        """An arm for each cell that is compared, or among which seeds choose."""
        return [option for arm in self.arms for option in arm.options]

    @cached_property
    def looks(self) -> set[tuple[int, ...]]:
        """The numbers of seeds at each look of the claim's experiments, () for a descriptive one."""
        return {self.study.experiments[name].looks for name in self.estimand.experiments}

    @cached_property
    def confirmatory_seeds(self) -> set[tuple[int, ...]]:
        """The confirmatory seeds of the experiments whose cells are compared, or start a policy."""
        names = {cell.experiment for arm in self.arms for cell in (arm.cell, arm.base) if cell}
        return {self.study.experiments[name].confirmatory for name in names}


def _of_rates(compared: ComparedArms) -> Iterator[str]:
    """Yield why the learning rates of the arms are no fair choice.

    Arms that differ in more than the rate need a policy, or several products of rate and updates that they share in
    turn, or, where another claim of the docket asks at their own rates, several rates.
    """
    estimand, arms = compared.estimand, compared.options
    cells = list(dict.fromkeys(arm.cell for arm in arms if arm.cell.training.happens))
    if len(cells) < 2 or not estimand.measure.uses_rate or all(arm.policy for arm in arms):
        return
    if len(estimand.axes.get("rate_times_updates", ())) > 1:
        return
    in_turn = len(estimand.axes.get("learning_rate", ())) > 1 and len({arm.learning_rate for arm in arms}) == 1
    if in_turn and compared.also_at_own_rates:
        return
    listed = ", ".join((*sharing_policies(estimand.form, estimand.arms).get("fixed", ()), TUNED))
    remedy = f"judge the claim at the rates of each: contexts: {{policy: [{listed}]}}."
    for cell in cells:
        if len(cell.learning_rates) == 1:
            yield f'experiment "{cell.experiment}" has a single learning rate: {SHARED_RATE} Add others, and {remedy}'
            return
    if in_turn:
        yield (
            f"all learning rates of the list may suit the same arm: {SHARED_RATE} Instead, {remedy} Or keep the list, "
            "and add a claim that differs from this one only in having those policies in its place."
        )
        return
    yield f"the arms have learning rates of your choice: {SHARED_RATE} Instead, {remedy}"


def of_positions(compared: ComparedArms) -> str:
    """Return why the sides of a slope have no difference at each value of its axis, "" if they have one."""
    if not (along := compared.estimand.along) or len(compared.sides) < 2:
        return ""
    values, others = ([claims.axis_value(arm, along) for arm in side] for side in compared.sides)
    if values == others:
        return ""
    listed, other_listed = (", ".join(f"{value:g}" for value in each) for each in (values, others))
    return (
        f"the sides of a slope must have the same values of its axis, and along {along} they have {listed} and "
        f"{other_listed}. Choose experiments or settings in which both have all of them."
    )


def _of_pairs(compared: ComparedArms) -> Iterator[str]:
    """Yield the reasons why arms can't be compared with each other."""
    if len(compared.sides) == 2:
        pair = partial(zip, strict=True) if compared.estimand.along else itertools.product
        for of, other in pair(*compared.sides):
            yield from _of_pair(compared.estimand, of, other)


def _of_pair(estimand: Estimand, of: Arm, other: Arm) -> Iterator[str]:
    if designs.runs_key(of, estimand.measure) == designs.runs_key(other, estimand.measure):
        same = shared_networks((of, other), estimand) or " runs"
        yield f"both arms select the same{same}, so there is nothing to compare. Let them differ."
    if Unit.parse(estimand.unit).base == "loss" and of.cell.loss != other.cell.loss:
        yield "the arms minimise different losses, whose values can't be compared. Use test_nll."
    if estimand.measure.scales_with_loss and (message := _of_losses(of.cell, other.cell)):
        yield message


def shared_networks(arms: Sequence[Arm], estimand: Estimand) -> str:
    """Return " networks, since …", the reason why two arms train the same ones; "" without arms or for one cell."""
    cells = [arm.cell for arm in arms]
    named = [name for name in ("initialisation", "activation") if len({getattr(cell, name) for cell in cells}) > 1]
    if not named:
        return ""
    values = " and ".join(getattr(cell, named[0]) for cell in cells)
    layers = " between hidden layers, the only ones that the metric looks at" if estimand.measure.between_hidden else ""
    why = f"draw the same weights{layers}" if named[0] == "initialisation" else "are the same without a hidden layer"
    return f" networks, since {values} {why}"


def _of_grid(compared: ComparedArms) -> Iterator[str]:
    """Yield the reasons why the learning rates of experiments leave policies nothing to choose, or to scale."""
    arms = compared.options
    for cell in dict.fromkeys(arm.base for arm in arms if arm.base):
        if (span := max(cell.learning_rates) / min(cell.learning_rates)) < LEAST_SPAN:
            yield (
                f'the learning rates of experiment "{cell.experiment}" differ by a factor of {span:.3g} at most, so '
                "that no arm can choose its own. Let them reach from too small to too large, as in learning_rates: "
                "{powers_of_two: {from: -8, to: 2}}."
            )
    for arm in arms:
        if arm.base and arm.policy and not policies.scalable(arm.policy, arm.cell, arm.base):
            scale = policies.factor(arm.policy, arm.cell, arm.base)
            yield (
                f"policy {arm.policy} gives an arm {scale:.4g} times the rate of another, and no learning rate of "
                f'experiment "{arm.cell.experiment}" is that multiple of any. Use powers_of_two that reach further or '
                "have a finer step, or batch sizes whose ratio is a power of 4."
            )


def _of_losses(of: Cell, other: Cell) -> str:
    """Return why distances and limits of two cells can't be compared, "" if they can."""
    if (of.objective, of.label_smoothing) != (other.objective, other.label_smoothing):
        return (
            "the arms minimise different losses, and twice a loss has half the distance and half the limit. Compare "
            "the updates to the goal: metric: updates_to_accuracy, with policy: tuned."
        )
    others = {cell.optimiser for cell in (of, other)} - set(rate_free.FOLLOW_FLOW)
    if others and of.optimiser != other.optimiser:
        return (
            f'the steps of optimiser "{min(others)}" are not proportional to gradients, so that its rates have another '
            f"unit. Compare {', '.join(rate_free.FOLLOW_FLOW)}, or arms with the same optimiser."
        )
    return ""


def _of_plateaus(cell: Cell) -> Iterator[str]:
    """Yield the reasons why no distance or limit of a cell could be seen."""
    if not cell.recipe.has_constant_rate:
        yield (
            f'the learning rate of experiment "{cell.experiment}" changes in training, and a distance is a single one '
            "times the updates to the goal. Use schedule: [constant] and warmup: [0]."
        )
    if cell.recipe.clip_norm is not None:
        yield (
            f'the steps of experiment "{cell.experiment}" are not proportional to gradients, which are clipped, so '
            "that it has no distance. Use clip_norm: [none]."
        )
    updates = cell.recipe.recorded_updates(cell.training_sample_count)
    growth = 2 ** (1 / rate_free.PER_DOUBLING)
    if any(after > growth * before + 1.1 for before, after in itertools.pairwise(updates)):  # they are whole numbers
        yield (
            f'experiment "{cell.experiment}" records too rarely to see how many updates large learning rates need. Use '
            f"record: {{per_doubling: {rate_free.PER_DOUBLING}, first: 1}}."
        )
    octaves = math.log2(max(cell.learning_rates) / min(cell.learning_rates))
    if octaves < rate_free.OCTAVES + 1 or len(cell.learning_rates) < 4:
        yield (
            f'the learning rates of experiment "{cell.experiment}" reach over {octaves:g} octaves. A distance is '
            f"constant over at least {rate_free.OCTAVES:g} and three rates, and a limit is above them."
        )


def _of_data(compared: ComparedArms) -> Iterator[str]:
    """Yield the reason why the runs of the arms can't be paired by their seeds."""
    names = dict.fromkeys(arm.cell.dataset for arm in compared.arms)
    if len(names) > 1:
        yield (
            f"the arms train on different data sets, {' and '.join(names)}, so a seed means something else in each. "
            "Give both the same one, in `where` or contexts."
        )


def _of_seeds(compared: ComparedArms) -> Iterator[str]:
    """Yield the reasons why the seeds of the experiments could not decide the claim."""
    if () in compared.looks:
        yield "this experiment has no confirmatory seeds: it is descriptive, and no verdict can rest on it."
    elif len(compared.looks) > 1:
        yield "the claim's experiments have different numbers of seeds, so that it has no common looks."
    elif len(compared.confirmatory_seeds) > 1:
        yield "the arms' experiments have different confirmatory seeds, so their runs can't be paired."
    elif compared.arms:
        yield from _of_resolution(compared.estimand, compared.arms, *compared.looks)
        if compared.estimand.measure.clock and all(arm.cell.training.happens for arm in compared.arms):
            yield from _of_times(compared.estimand, compared.options)


def _of_resolution(estimand: Estimand, arms: list[Arm], looks: tuple[int, ...]) -> Iterator[str]:
    """Yield the reasons why this design could never reach some outcome."""
    contexts = math.prod(map(len, estimand.axes.values()))
    alpha = statistics.shares(len(looks))[-1] / max(statistics.divisors(contexts, estimand.quantifier))
    fewest = statistics.fewest_seeds(alpha)
    seeds = "1 confirmatory seed" if looks[-1] == 1 else f"{looks[-1]} confirmatory seeds"
    if looks[-1] < fewest:
        yield (
            f"{seeds} cannot decide it, because an interval of so few has no ends at the level "
            f"that it needs, {1 - alpha:.3%}. Use at least {fewest} seeds, or fewer contexts."
        )
    elif looks[0] < (fewest := statistics.fewest_seeds(statistics.shares(len(looks))[0])):
        yield (
            f"the first of the looks {list(looks)} cannot decide it, because an interval of so few seeds has no ends "
            f"at the level that it needs. Let the first look have at least {fewest} seeds."
        )
    if estimand.is_about_failures:
        yield from _of_failures(estimand, looks)
    metric, finest = estimand.measure, estimand.smallest_effect / 2
    subject, lever = f'the metric "{estimand.metric}"', 1.0
    if along := estimand.along:
        subject = f"the slope of {subject}"
        lever = np.abs(estimand.question.weights([claims.axis_position(arm, along) for arm in arms])).max()
    for arm in arms:
        if metric.unit == "octaves":
            grain = max(np.diff(np.log2(sorted(arm.cell.learning_rates))), default=math.inf)
            remedy = "Add learning rates: powers_of_two takes a step of 0.5 or 0.25."
        elif metric.share_of:
            samples = getattr(data.sizes(arm.cell.dataset), metric.share_of)
            grain, remedy = 100 / samples, f"Use a data set with more {metric.share_of} samples."
        else:
            continue
        grain *= lever
        if grain > (1 + statistics.TOLERANCE) * finest:
            unit = metric.unit.removesuffix("s") if grain == 1 else metric.unit
            yield (
                f"{subject} changes in steps of {grain:.3g} {unit}, more than {finest:.3g} {metric.unit}, half of the "
                f"smallest effect. {remedy} Or choose a smallest effect of at least {math.ceil(20 * grain) / 10:g} "
                f"{metric.unit}."
            )


def _of_failures(estimand: Estimand, looks: tuple[int, ...]) -> Iterator[str]:
    """Yield the reason why no number of failures could support a claim about their share."""
    n, alpha = looks[-1], statistics.shares(len(looks))[-1]

    def outcome(failing: int) -> str:
        arms = iter((np.arange(n) < failing, np.zeros(n, bool)))  # of two arms, the second never fails
        sample = Failures(*(next(arms) if isinstance(side, dict) else side for side in estimand.sides.values()))
        return str(samples.classify(sample, estimand.smallest_effect, alpha, estimand.claimed))

    if not any(statistics.supports(outcome(failing)) for failing in range(n + 1)):
        best = "all runs of one arm fail and none of the other"
        if len(estimand.arms) == 1:
            best = "every run or none fails"
        elif estimand.claimed is not Claimed.MORE:
            best = "no run of either arm fails"
        yield (
            f"{n} seeds could not support it even if {best}, because the interval of so few seeds is too wide for a "
            f"smallest effect of {estimand.smallest_effect:g} in points. Use more seeds, or another smallest effect."
        )


def _of_times(estimand: Estimand, arms: list[Arm]) -> Iterator[str]:
    """Yield the reasons why the records of the arms could not show the smallest effect on a time.

    They must span it, so that a run that arrives and one that does not can prove it, and neighbouring records must not
    be further apart, unless there is nothing between them, so that two runs that differ by it never arrive between the
    same two.
    """
    metric, in_factors = estimand.measure, estimand.unit == "log2"
    tolerance = statistics.TOLERANCE * estimand.smallest_effect

    def text(effect: float) -> str:
        if not in_factors:
            return f"{effect:.3g} {metric.clock}"
        digits = 3 if effect > 0.01 else 6  # 1.001 is not 1
        return f"a factor of {2**effect:.{digits}g}"

    smallest = f"the smallest effect, {text(estimand.smallest_effect)}"
    for cell in dict.fromkeys(arm.cell for arm in arms):
        span, gap = designs.span_and_gap(cell, metric, in_factors)
        if span < estimand.smallest_effect - tolerance:
            yield (
                f'the records of experiment "{cell.experiment}" span {text(span)}, less than {smallest}, which they '
                "could never prove. Train longer or, with record: {per_doubling: …, first: …}, measure earlier."
            )
        elif gap > estimand.smallest_effect + tolerance:
            is_seldom = metric.goal == "loss" and not cell.training.record_train
            remedy = "Add record_train: true." if is_seldom else "Measure more often: see the key record."
            yield (
                f'neighbouring records of experiment "{cell.experiment}" are up to {text(gap)} apart, more than '
                f"{smallest}: two runs that differ by it could reach the goal between the same two. {remedy}"
            )


def of_metric(compared: ComparedArms) -> Iterator[str]:
    """Yield the reasons why the metric of a claim can't be computed for its arms."""
    for option in compared.options:
        yield from _of_metric(option, compared.estimand)


def _of_metric(arm: Arm, estimand: Estimand) -> Iterator[str]:
    cell, metric, name = arm.cell, estimand.measure, estimand.metric
    if cell.members > 1 and (name in TIMED or not set(OF_ONE_NETWORK).isdisjoint(metric.probes)):
        yield (
            f'the metric "{name}" is that of one network, and an ensemble of experiment "{cell.experiment}" has '
            f"{cell.members}. Use members: 1."
        )
        return
    for probe in metric.probes:
        if probe not in cell.training.probes:
            yield f'the metric "{name}" needs the probe {probe}: add it to experiment "{cell.experiment}".'
    if metric.of_predictions and not cell.training.predictions:
        yield f'the metric "{name}" needs predictions: add predictions: true to experiment "{cell.experiment}".'
    if metric.scales_with_loss and cell.training.happens:
        yield from _of_plateaus(cell)
    if arm.checkpoint != LAST:
        yield from _of_checkpoint(cell, estimand)
    if metric.needs_training and not cell.training.happens:
        yield f'the metric "{name}" needs training, but the budget of experiment "{cell.experiment}" is 0.'
    if len(cell.hidden) < metric.hidden_layers:
        layers = "1 hidden layer" if metric.hidden_layers == 1 else f"{metric.hidden_layers} hidden layers"
        yield f'the metric "{name}" needs at least {layers}; the arm has {len(cell.hidden)}.'
    if not metric.fits(cell.dataset):
        target, other = ("number", "test_rmse") if metric.predicts == "class" else ("class", "test_accuracy")
        yield (
            f'the target of data set "{cell.dataset}" is a {target}, but the metric "{name}" is for networks that '
            f"predict a {metric.predicts}. Use {other}, or test_loss."
        )
        return
    if "probabilities" in metric.probes and OUTPUTS[cell.output].predicts == "numbers":
        yield f'output "{cell.output}" gives no probabilities, which the metric "{name}" needs.'
    if "groups" in metric.probes and not data.source(cell.dataset).grouped:
        yield f'data set "{cell.dataset}" has no groups, which the metric "{name}" needs.'


def _of_checkpoint(cell: Cell, estimand: Estimand) -> Iterator[str]:
    """Yield the reasons why the best checkpoints of a cell give no number of the metric."""
    metric, training = estimand.measure, cell.training
    if not metric.is_of_one_record:
        yield (
            f'the metric "{estimand.metric}" is that of a whole run or of its end, which no other checkpoint has. '
            "Use checkpoint: last."
        )
    elif metric.measures_training_set and not training.record_train:
        yield (
            f'the metric "{estimand.metric}" needs the training set, which experiment "{cell.experiment}" measures at '
            "few records, and the best may be another. Add record_train: true."
        )
    if training.happens and cell.recipe.record_count(cell.training_sample_count) <= 2:
        yield (
            f'experiment "{cell.experiment}" records only the start and the end of training, so that no checkpoint is '
            "better than the last. Measure more often, as in record: 10."
        )


# In order. Later ones assume that the metric can be computed, and that slopes have the same positions.
OBSTACLES = (_of_pairs, _of_rates, _of_grid, _of_data, _of_seeds)
