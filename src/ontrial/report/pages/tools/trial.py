"""The readers' own trial of a claim: data of its script, or the reason why a browser cannot repeat the claim."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import pandas as pd

from ontrial import data
from ontrial.judge import claims, measurements, metrics, policies
from ontrial.judge.claim import Claim
from ontrial.judge.claims import Arm
from ontrial.judge.estimands import Estimand
from ontrial.judge.results import LAST
from ontrial.judge.trials import looks_of
from ontrial.judge.units import Unit
from ontrial.report.pages import lookup
from ontrial.report.pages.claims import estimates
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.wording import labels, outcomes
from ontrial.report.wording.formatting import json_number
from ontrial.report.wording.quantities import Quantity, with_unit
from ontrial.study.cell import SETTINGS, Cell
from ontrial_judge.core import statistics
from ontrial_judge.core.decisions import decide_context
from ontrial_judge.core.evidence import Paired
from ontrial_judge.core.statistics import OUTCOMES_OF, Claimed
from ontrial_judge.core.verdicts import Alternative, Context, Kind, Outcome, SettingValues, Way

TRIAL = "trial "  # prefix of the script's texts in docs/words.yaml
FILES = {"digits": ["optdigits"], "titanic": ["titanic"], "moons": [], "spirals": [], "xor": []}  # by known data set
FIRST_SEED = 1_001  # or the first seed after those of the study
KNOWN = {"dataset", "hidden", "activation", "initialisation", "objective", "optimiser", "momentum", "weight_decay"}
KNOWN |= {"training_samples", "batch_size"}  # settings that the engine of the page knows
LONGEST = 12  # seconds per seed
SPEED = 2.5e9  # operations per second; workers are faster
ACTIVATION = 20  # operations for one unit and sample, forward and backward
DIGITS = 6  # significant digits of numbers for the script


class Obstacle(StrEnum):
    """What keeps a browser from repeating a claim, by the term that says so."""

    SECONDS = "no trial of seconds"
    OWN_METRIC = "no trial of other metrics"
    PREDICTIONS = "no trial of predictions"
    FAILURES = "no trial of failures"
    ALL_RATES = "no trial at all rates"
    SEVERAL_ARMS = "no trial of several arms"
    OWN_PARTS = "no trial of own parts"
    OTHER_DATA = "no trial on other data"
    OTHER_SETTINGS = "no trial with other settings"
    TUNED_SETTINGS = "no trial with tuned settings"
    BEST_CHECKPOINT = "no trial at the best checkpoint"
    NO_SEEDS = "no trial without seeds"
    HOURS = "no trial of hours"
    OFF_THE_GRID = "no trial off the grid"


def trial(page: Page, id: str) -> str:
    """Return an empty element, which the script turns into the trial, or the reason why a browser cannot repeat it.

    The text is "" for a claim that is not measured.
    """
    claim = lookup.claim_of(page, id)
    if claim.estimand is None:
        return ""
    if found := obstacle(page, claim):
        return page.say[found]
    return html("trial", root=page.root, trial=describe(page, claim), words=words(page, claim.estimand), say=page.say)


def can_try(page: Page, id: str) -> bool:
    """Return whether a browser can repeat a claim."""
    claim = lookup.claim_of(page, id)
    return claim.estimand is not None and obstacle(page, claim) is None


def obstacle(page: Page, claim: Claim) -> Obstacle | None:
    """Return the first obstacle to repeating a claim in a browser; None if there is none."""
    if claim.kind is Kind.TIMED:
        return Obstacle.SECONDS
    verdict = lookup.verdict_on(page, claim.id)
    if claim.estimand is None or not verdict.contexts:
        return None
    of_metric = _obstacles_of_metric(claim.estimand)
    obstacles = of_metric if any(of_metric.values()) else _obstacles_of_arms(page, claim.estimand)
    if any(obstacles.values()):
        return next(each for each, is_there in obstacles.items() if is_there)
    return None if any(_has_rates(page, context) for context in verdict.contexts) else Obstacle.OFF_THE_GRID


def _has_rates(page: Page, context: Context) -> bool:
    """Return whether a context has learning rates for a trial: its verdict names them, or its runs are there."""
    return context.n > 0 and (bool(context.rates) or not page.results.runs.empty)


def _obstacles_of_metric(estimand: Estimand) -> dict[Obstacle, bool]:
    if estimand.metric not in metrics.BUILT_IN:
        return {Obstacle.OWN_METRIC: True}
    return {
        Obstacle.PREDICTIONS: estimand.measure.of_predictions,
        Obstacle.FAILURES: estimand.is_about_failures,
        Obstacle.ALL_RATES: not estimand.measure.uses_rate,
        Obstacle.SEVERAL_ARMS: estimand.has_several,
    }


def _obstacles_of_arms(page: Page, estimand: Estimand) -> dict[Obstacle, bool]:
    """Return which obstacles the arms of a claim have, and their networks."""
    study = page.results.study
    contexts = [claims.list_arms(study, estimand, context) for context in claims.list_contexts(estimand)]
    arms = [arm for context in contexts for arm in context]
    cells = {arm.cell for arm in arms}
    unknown = SETTINGS.keys() - KNOWN
    seconds = [sum(_operations(arm.cell) for arm in context) / SPEED for context in contexts]
    return {
        Obstacle.OWN_PARTS: any(cell.components_file for cell in cells),
        Obstacle.OTHER_DATA: any(cell.dataset not in FILES for cell in cells),
        Obstacle.OTHER_SETTINGS: any(
            getattr(cell, name) != SETTINGS[name].default for cell in cells for name in unknown
        ),
        Obstacle.TUNED_SETTINGS: any(arm.choices for arm in arms),
        Obstacle.BEST_CHECKPOINT: any(arm.checkpoint != LAST for arm in arms),
        Obstacle.NO_SEEDS: not all(study.experiments[name].confirmatory for name in estimand.experiments),
        Obstacle.HOURS: any(needed > LONGEST for needed in seconds),
    }


def describe(page: Page, claim: Claim) -> dict[str, Any]:
    """Return the data of the script for a claim that a browser can repeat.

    Of a study without its runs, they lack the numbers of its seeds.
    """
    assert claim.estimand is not None
    study = page.results.study
    experiments = [study.experiments[name] for name in claim.estimand.experiments]
    judged = [(each, measured) for each, measured in _judged_contexts(page, claim) if _has_rates(page, each)]
    cells = list_cells(page, claim.estimand, judged)
    contexts = [describe_context(page, claim.estimand, context, measured, cells) for context, measured in judged]
    return {
        "metric": claim.estimand.metric,
        "unit": "log2" if Unit.parse(claim.estimand.unit).is_factor else claim.estimand.unit,
        "smallestEffect": claim.estimand.smallest_effect,
        "censored": claim.estimand.censored,
        "form": "slope" if claim.estimand.along else "ratio" if claim.estimand.takes_ratio else "difference",
        "claimed": claim.estimand.claimed,
        "spread": claim.estimand.measure.spread,
        "threshold": claim.estimand.threshold,
        "sides": [None if isinstance(side, dict) else {"value": side} for side in claim.estimand.sides.values()],
        "contexts": contexts,
        "cells": [describe_cell(cell, claim.estimand) for cell in cells],
        "data": list(dict.fromkeys(name for cell in cells for name in FILES[cell.dataset])),
        "firstSeed": max(
            FIRST_SEED, *(experiment.confirmatory[0] + experiment.looks[-1] for experiment in experiments)
        ),
        "fewest": statistics.fewest_seeds(statistics.ALPHA),
        "speed": SPEED,
    }


def _judged_contexts(page: Page, claim: Claim) -> list[tuple[Context, Paired | None]]:
    """Return the contexts of a claim, each with the numbers of the seeds that decided it, if the study has its runs."""
    verdict = lookup.verdict_on(page, claim.id)
    if page.results.runs.empty:
        return [(context, None) for context in verdict.contexts]
    assert claim.estimand is not None
    looks = looks_of(page.results.study, claim.estimand)
    decided = [
        decide_context(measured, looks).measured for measured in measurements.measure(page.results, claim.estimand)
    ]
    return [(context, measured) for measured in decided for context in verdict.matching(measured.context)]


def list_cells(page: Page, estimand: Estimand, judged: Iterable[tuple[Context, Paired | None]]) -> list[Cell]:
    """Return the cells of contexts, in the order in which these name them."""
    settings = [measured.context if measured else context.settings for context, measured in judged]
    arms = [arm for each in settings for _, arm in named_arms(page, estimand, each)]
    return list(dict.fromkeys(arm.cell for arm in arms))


def describe_context(
    page: Page, estimand: Estimand, context: Context, measured: Paired | None, cells: Sequence[Cell]
) -> dict[str, Any]:
    """Return the arms of a context and its published result: that of the typical seed where failures are counted.

    The name of the context does without the rule for the learning rate, which stands apart.

    measured: Numbers of the seeds, None if the study has no runs.
    cells: All cells that are described.
    """
    all_settings = measured.context if measured else context.settings
    settings = dict(all_settings)
    policy = settings.pop("policy", None)
    rate = labels.policy(policy, page.texts, estimand, all_settings) if policy else page.say["trial only"]
    judged: Context | Alternative = context
    effect = context.shown
    if typical := context.judged_by(Way.TYPICAL):  # a few seeds say little about a share of failures
        judged, rate = typical, page.say["trial typical"].format(rate)
        effect = typical.effect
    named, clock = named_arms(page, estimand, all_settings), estimand.measure.clock
    seeds_of_arms = [arm.seeds for arm in measured.arms] if measured else None
    typical_rates = [policies.typical(seeds["rate"]) for seeds in seeds_of_arms] if seeds_of_arms else context.rates
    arms = [
        {
            "cell": cells.index(arm.cell),
            "name": name,
            "rate": typical_rates[i],
            "budget": budget(arm.cell, clock) if clock else None,
            "known": _known_run(seeds_of_arms[i].iloc[0]) if seeds_of_arms else None,
        }
        for i, (name, arm) in enumerate(named)
    ]
    positions = [claims.axis_position(arm, estimand.along) for _, arm in named] if estimand.along else []
    return {
        "name": labels.context(settings, page.texts, estimand),
        "rate": rate,
        "settings": all_settings,
        "weights": estimand.question.weights(positions).tolist() if estimand.along else [],
        "knownSeed": int(measured.arms[0].seeds.index[0]) if measured else None,
        "arms": arms,
        "variesRates": any(seeds["rate"].nunique() > 1 for seeds in seeds_of_arms or []),
        "published": {
            "estimate": json_number(effect.estimate, DIGITS),
            "low": json_number(effect.low, DIGITS),
            "high": json_number(effect.high, DIGITS),
            "level": outcomes.level_of(page.say, is_narrow=effect is context.deciding),
            "outcome": judged.outcome,
            "n": context.n,
            "numbers": [json_number(number, DIGITS) for number in measured.numbers.tolist()] if measured else [],
        },
    }


def budget(cell: Cell, clock: str) -> float:
    """Return how long a cell is trained, by a clock: "epochs" or "updates"."""
    samples = cell.training_sample_count
    updates = cell.recipe.total_updates(samples)
    return updates / cell.recipe.updates_per_epoch(samples) if clock == "epochs" else updates


def _known_run(seed: pd.Series) -> dict[str, Any]:
    """Return the learning rate of a seed of the study, and its number."""
    return {"rate": seed["rate"], "number": json_number(seed["number"], DIGITS)}


def named_arms(page: Page, estimand: Estimand, context: SettingValues) -> list[tuple[str, Arm]]:
    """Return the arms of a context with their names."""
    named = []
    for side, arms in claims.arms_by_side(page.results.study, estimand, context).items():
        for arm in arms:
            names = [labels.context(labels.arm_settings(estimand.arms[side], context), page.texts)]
            if estimand.along:
                place = f"{labels.axis(estimand.along, page.texts)} {claims.axis_value(arm, estimand.along):g}"
                names = [place] if len(estimand.arms) == 1 else [*names, place]
            named.append((", ".join(filter(None, names)) or page.say["trial measured"], arm))
    return named


def describe_cell(cell: Cell, estimand: Estimand) -> dict[str, Any]:
    """Return the fields with which the engine of the page trains a cell and measures the claim's metric."""
    samples, recipe = cell.training_sample_count, cell.recipe
    return {
        "dataset": cell.dataset,
        "samples": samples,
        "layers": cell.architecture.layers,
        "activation": cell.activation,
        "output": cell.output,
        "loss": cell.loss,
        "initialisation": cell.initialisation,
        "optimiser": cell.optimiser,
        "momentum": cell.momentum,
        "weightDecay": cell.weight_decay,
        "batchSize": cell.batch_sample_count,
        "records": recipe.recorded_updates(samples),
        "trainRecords": recipe.train_records(samples),
        "probes": estimand.measure.probes,
        "guess": guess(cell.dataset, cell.output, cell.loss) | {"depth": len(cell.hidden)},
        "work": _operations(cell),
    }


def guess(dataset: str, output: str, loss: str) -> dict[str, float]:
    """Return the metrics of guessing, which replace those of a run that diverges or ends below them."""
    return {
        "accuracy": metrics.guessed_accuracy(dataset),
        "nll": metrics.guessed_nll(dataset),
        "loss": metrics.loss_of_the_shares(dataset, output, loss),
    }


def _operations(cell: Cell) -> float:
    """Return the approximate number of additions and multiplications in a run of a cell."""
    samples, sizes = cell.training_sample_count, data.sizes(cell.dataset)
    records = cell.recipe.recorded_updates(samples)
    parameters = cell.architecture.parameters
    units = ACTIVATION * sum(cell.architecture.layers[1:])
    trained = records[-1] * min(cell.batch_sample_count, samples)
    measured = len(cell.recipe.train_records(samples)) * samples
    if cell.training.happens:
        measured += len(records) * (sizes.validation + sizes.test)
    if "gradients" in cell.training.probes:
        measured *= 2  # these samples have a backward pass, too
    return trained * (6 * parameters + units) + records[-1] * 4 * parameters + measured * (2 * parameters + units)


def words(page: Page, estimand: Estimand) -> dict[str, Any]:
    """Return the texts of the script."""
    say = page.texts
    margin = Quantity.of(estimand.smallest_effect, estimand.unit).as_margin(say)
    return say.after(TRIAL) | {
        **estimates.estimate_words(page),
        **{term: say[term] for term in estimates.INTERVALS.values()},
        "level": outcomes.level_of(say),
        "quantity": with_unit(say, "{}", Unit.parse(estimand.unit)),
        "opposite": say["effect opposite"] if estimand.claimed is Claimed.MORE else None,
        "claimed": say["end claimed"],
        "value": say["effect measured"],
        "valueNever": say["value never"],
        "axis": outcomes.effect_axis_label(page.texts, estimand),
        "sides": outcomes.sides(estimand, page.texts),
        "outcomes": {word: outcomes.term(say, Outcome(word), margin) for word in OUTCOMES_OF[estimand.claimed]},
    }
