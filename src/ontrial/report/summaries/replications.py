"""Published studies that repeat the tests of another study on other data, with another optimiser or another shape."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from ontrial.study.study import Study
from ontrial_judge.core.statistics import supports
from ontrial_judge.core.verdicts import Conclusion, Outcome, Verdict

SETTINGS = ("dataset", "optimiser", "hidden")  # a replication differs in one of them


class Published(NamedTuple):
    """Published results of a study: verdicts by claim and, if published, tables.

    tuned: Accuracies of its cells at tuned rates.
    curves, two_numbers: Tables curves.csv and two_numbers.csv, of claims about distances and limits of the rate.
    """

    verdicts: Mapping[str, Verdict]
    tuned: pd.DataFrame | None = None
    curves: pd.DataFrame | None = None
    two_numbers: pd.DataFrame | None = None


class Condition(NamedTuple):
    """What distinguishes a replication: one of SETTINGS and its value, as in tables, such as hidden and "8-8"."""

    setting: str
    value: str


def cells_of(study: Study) -> pd.DataFrame:
    """Return the experiment and the settings of each cell of a study, as published tables have them."""
    return pd.DataFrame([cell.columns for cell in study.cells.values()])


def conditions(original: pd.DataFrame | None, published: Mapping[str, Published]) -> dict[str, Condition]:
    """Return the conditions of the replications among published studies, by study in the order of SETTINGS.

    A study is a replication if one of SETTINGS differs from that in all cells of an experiment of the same name.

    original: Table of the cells of the study that they may repeat.
    """
    found = {
        name: condition for name, study in published.items() if (condition := find_condition(original, study.tuned))
    }
    return dict(sorted(found.items(), key=lambda item: SETTINGS.index(item[1].setting)))


def find_condition(original: pd.DataFrame | None, other: pd.DataFrame | None) -> Condition | None:
    """Return the condition of a study that repeats another one; None unless they differ in exactly one setting."""
    if original is None or other is None:
        return None
    different = {}
    for name in SETTINGS:
        before, after = (table.groupby("experiment", sort=False)[name].unique() for table in (original, other))
        shared = [experiment for experiment in after.index if experiment in before.index]
        changed = [after[experiment] for experiment in shared if not set(before[experiment]) & set(after[experiment])]
        if changed:
            different[name] = changed[0][0]
    return Condition(*different.popitem()) if len(different) == 1 else None


def agree_outcomes(first: Outcome, second: Outcome) -> str:
    """Return how the answers of two outcomes agree, which both support a claim or both contradict it, or not.

    They are "same" or "opposite", and "undecided" or "open" if both or one of the outcomes are undecided.
    """
    if Outcome.UNDECIDED in (first, second):
        return "undecided" if first is second else "open"
    return "same" if supports(first) == supports(second) else "opposite"


def are_opposite(conclusion: Conclusion, other: Conclusion) -> bool:
    """Return whether one of two verdicts supports a claim, and the other refutes it or sees it nowhere.

    >>> are_opposite(Conclusion.SUPPORTED, Conclusion.NOT_SEEN), are_opposite(Conclusion.REFUTED, Conclusion.NOT_SEEN)
    (True, False)
    """
    return Conclusion.SUPPORTED in (conclusion, other) and not {Conclusion.REFUTED, Conclusion.NOT_SEEN}.isdisjoint(
        (conclusion, other)
    )
