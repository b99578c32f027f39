"""What a claim could show before training: which arms are identical, and which crossing times the records resolve."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ontrial.judge.claims import Arm
from ontrial.judge.metrics import Metric
from ontrial.judge.policies import factor
from ontrial.nn.initialisers import distributions
from ontrial.study.cell import SETTINGS, Cell


def networks_key(cell: Cell, *, between_hidden: bool = False) -> tuple:
    """Key shared by cells that train the same networks, whatever their settings are called.

    Initialisations are the same if all layers draw their weights from the same distributions, as inverse_n and glorot
    do between layers of equal width. Without hidden layers, all activations are the same.

    between_hidden: Whether only weights between hidden layers matter.
    """
    shapes = cell.architecture.shapes
    named = ("activation", "initialisation")
    return (
        *(cell.meaning(name) for name in SETTINGS if name not in named),
        cell.activation if cell.hidden else None,
        distributions(cell.initialisation, shapes[1:-1] if between_hidden else shapes),
        cell.learning_rates,
        cell.seeds,
        cell.training,
    )


def runs_key(arm: Arm, metric: Metric) -> tuple:
    """Key shared by arms that use the same runs, as under two policies that leave the rate as it is."""
    return tuple(_option_key(option, metric) for option in arm.options)


def _option_key(arm: Arm, metric: Metric) -> tuple:
    scale = factor(arm.policy, arm.cell, arm.base) if arm.policy and arm.base else 1
    cell, base = (each and networks_key(each, between_hidden=metric.between_hidden) for each in (arm.cell, arm.base))
    return cell, arm.checkpoint, arm.learning_rate, base, arm.base_checkpoint, scale


def recorded_times(cell: Cell, metric: Metric) -> list[float]:
    """Return the times after the start, in epochs or updates, at which a cell records what must reach the goal."""
    samples, recipe = cell.training_sample_count, cell.recipe
    updates = recipe.recorded_updates(samples)
    if metric.goal == "loss":
        updates = [updates[i] for i in recipe.train_records(samples)]
    return [float(number * _time_of_update(cell, metric)) for number in updates if number]


def _time_of_update(cell: Cell, metric: Metric) -> Fraction:
    """Return the time that one update takes, in epochs or updates, below which no record can go."""
    return Fraction(1, cell.recipe.updates_per_epoch(cell.training_sample_count) if metric.clock == "epochs" else 1)


def span_and_gap(cell: Cell, metric: Metric, in_factors: bool) -> tuple[float, float]:
    """Return the largest effect on a time that a cell's records can show, and the largest gap between two of them.

    Gaps of a single update do not count, since nothing lies between.

    in_factors: Whether effects are binary logarithms of factors.
    """
    times = np.array(recorded_times(cell, metric))
    times = times if in_factors else np.concatenate([[0.0], times])
    scale = np.log2(times) if in_factors else times
    could_be_finer = np.diff(times) > 1.5 * float(_time_of_update(cell, metric))
    return float(scale[-1] - scale[0]), float(max(np.diff(scale)[could_be_finer], default=0.0))


def largest_factor(arms: Sequence[Arm], metric: Metric) -> float:
    """Return the largest factor between two times that the arms can show: the shortest budget over the first record."""
    times = [recorded_times(arm.cell, metric) for arm in arms]
    return min(last for *_, last in times) / max(first for first, *_ in times)
