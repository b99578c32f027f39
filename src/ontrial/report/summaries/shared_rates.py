"""The effect of a claim at each learning rate that its arms could share, and the own rates of the arms."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pandas as pd

from ontrial.judge import claims, measurements, measuring, policies
from ontrial.judge.estimands import ENDS, Estimand
from ontrial.judge.records import SettingValues
from ontrial.judge.results import Results, cached
from ontrial.judge.statistics import ALPHA
from ontrial.report.summaries.findings import Findings

CHOOSING = ("policy", "learning_rate")  # settings that choose the learning rate


@cached  # the same in every language and width
def effects(results: Findings, claim: str) -> pd.DataFrame:
    """Return the effect at each learning rate that the grids of all arms have, in every setting that chooses none.

    The columns are those of `settings_of`, learning_rate, outcome, estimate, low, high, level, unit, smallest_effect,
    seeds, and failing (whether the judge would count failures, since an arm fails too often). Estimates are those of
    typical seeds, also there.

    claim: Id of a measured claim under whose policies arms share a rate.
    """
    estimand = results.claims[claim].estimand
    assert estimand
    at_a_rate, rows = _without_rates(estimand), []
    for settings in settings_of(estimand):
        arms = claims.list_arms(results.study, estimand, settings | {"policy": policies.TUNED})
        for rate in sorted(set.intersection(*(set(arm.cell.learning_rates) for arm in arms))):
            measured = measurements.measure_context(results, at_a_rate, settings | {"learning_rate": rate})
            typical = replace(measured, counting=False)
            estimate, low, high = map(float, typical.sample().interval(1 - ALPHA))
            rows.append(
                settings
                | {"learning_rate": rate, "outcome": str(measuring.classify(typical, ALPHA))}
                | {"estimate": estimate, "low": low, "high": high, "level": 1 - ALPHA}
                | {"unit": typical.unit, "smallest_effect": typical.smallest_effect, "seeds": typical.n}
                | {"failing": measured.counts_failures}
            )
    return pd.DataFrame(rows)


def rows_of(table: pd.DataFrame, settings: SettingValues) -> pd.DataFrame:
    """Return the rows of a table of effects in one of `settings_of`. A column may have numbers next to words."""
    here = [given == settings for given in table[[*settings]].to_dict("records")]
    return table[here] if settings else table


def own_rates(results: Results, estimand: Estimand, settings: SettingValues) -> dict[str, float]:
    """Return the typical own rate of each arm in a setting, by its side; of a slope, those of the arms at its ends.

    settings: One of `settings_of`.
    """
    arms = claims.list_arms(results.study, estimand, settings | {"policy": policies.TUNED})
    chosen = zip(ENDS, (arms[0], arms[-1]), strict=True) if estimand.along else zip(estimand.arms, arms, strict=True)
    metric, threshold = estimand.recorded_metric, estimand.threshold
    return {
        side: policies.typical(policies.own_rates(results, arm.cell, metric, threshold, arm.checkpoint))
        for side, arm in chosen
    }


def settings_of(estimand: Estimand) -> list[SettingValues]:
    """Return every combination of the settings of a claim's contexts that choose no learning rate."""
    axes = {name: values for name, values in estimand.axes.items() if name not in CHOOSING}
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def _without_rates(estimand: Estimand) -> Estimand:
    """Return an estimand whose settings choose no learning rate, so that a context can name one."""

    def kept(settings: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in settings.items() if name not in CHOOSING}

    sides = {name: kept(side) if isinstance(side, dict) else side for name, side in estimand.sides.items()}
    return replace(estimand, sides=sides, contexts=kept(estimand.contexts), where=kept(estimand.where))
