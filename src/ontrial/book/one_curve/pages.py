"""The study one-curve on pages of other studies: verdicts that need no learning rate, distances, limits and walls."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ontrial.book.one_curve.rate_free import (
    deviations,
    equal_within,
    largest_deviations,
    parted,
    points,
    updates_at_limit,
)
from ontrial.errors import InputError, unknown
from ontrial.judge.records import Conclusion, Outcome
from ontrial.judge.results import cached
from ontrial.judge.statistics import supports
from ontrial.judge.units import Unit
from ontrial.report.markdown import Markdown
from ontrial.report.pages import numbers
from ontrial.report.pages.claims import verdicts
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import Published
from ontrial.report.wording import formatting, labels
from ontrial.report.wording.quantities import Quantity, with_unit
from ontrial.study.settings import ObjectiveName

NAME = "one-curve"
DIGITS = 2  # significant digits of distances and limits
USUAL = {
    "dataset": "digits",
    "hidden": "32-32",
    "activation": "relu",
    "output": "softmax",
    "loss": "cross_entropy",
    "optimiser": "sgd",
    "batch_size": 16,
}  # settings of a way to train that pages need not name
WAYS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {  # the parts of the table of distances and limits
    "batches": lambda table: table["experiment"].isin(("updates", "momentum")),
    "shapes": lambda table: table["experiment"].isin(("one-layer", "wide", "five-layers")),
    "losses": lambda table: (
        (table["dataset"] == "digits")
        & table["batch_size"].isin((16, 256))
        & table["experiment"].isin(("updates", "squared-error"))
    ),
}
HEADS = ("way", "batch", "goal", "distance", "limit", "at limit", "fewest", "seeds")
NUMBERS = ("goal", "distance", "limit", "late_limit", "fewest_updates", "updates_at_limit")
# Claims of the default study to which distances and limits say more, by the term that does
NOTES = {
    "relu-faster-than-tanh": "depth",
    "relu-faster-than-sigmoid": "sigmoid",
    "small-batch-accuracy": "batches",
    "small-batch-steadier-seeds": "batches",
    "small-batch-wider-rates": "batches",
    "too-small-batch-inaccurate": "batches",
    "cross-entropy-faster": "losses",
    "cross-entropy-or-mse": "losses",
}
ONE_LAYER, FIVE_LAYERS = {"hidden": "32"}, {"hidden": "32-32-32-32-32", "batch_size": 64}
# The numbers of a note by their place in its term, each with the settings of the way to train
VALUES: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
    "batches": {f"{name}_{size}": (name, {"batch_size": size}) for name in ("distance", "limit") for size in (16, 256)},
    "depth": {
        f"{name}_{activation}": (name, FIVE_LAYERS | {"activation": activation})
        for name in ("distance", "limit")
        for activation in ("tanh", "relu")
    },
    "sigmoid": {
        f"{name}_{activation}": (name, ONE_LAYER | {"activation": activation})
        for name in ("distance", "limit")
        for activation in ("sigmoid", "relu")
    },
    "losses": {
        "cross_entropy": ("fewest_updates", {}),
        "softmax": ("fewest_updates", {"loss": "mse"}),
        "plain": ("fewest_updates", {"output": "identity", "loss": "mse"}),
    },
}
# Claims whose settings must all be as claimed for the second sentence of a note, and the settings that count
CERTAIN: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "batches": (("distance-batch-size", "limit-batch-size"), {}),
    "depth": (("distance-five-layers", "limit-five-layers"), {"batch_size": 64}),
    "sigmoid": (("distance-sigmoid",), {}),
    "losses": (("updates-losses",), {}),
}


def _published(page: Page) -> Published:
    """Return the published study. Raises InputError if it is not published."""
    return page.results.measurement(NAME)


def _curves_of(page: Page) -> pd.DataFrame:
    """Return the published accuracies of that study at each learning rate."""
    table = _published(page).curves
    assert table is not None
    return table


@dataclass(frozen=True)
class OneCurve:
    """What pages show of the published study one-curve: verdicts, distances, limits and walls."""

    page: Page

    def tried(self, claim: str) -> str:
        """Return three cells of a table: the verdict on a claim, its settings as claimed, and the range of estimates.

        claim: Id of a claim of that study. Without a verdict, the cells are dashes.
        """
        verdict = _published(self.page).verdicts.get(claim)
        if verdict is None:
            return Markdown(" | ").join([formatting.NO_VALUE] * 3)
        contexts = verdict.contexts
        held = sum(supports(context.outcome) for context in contexts)
        counted = self.page.say["ways settings"].format(
            some=formatting.count(held), all=formatting.count(len(contexts))
        )
        effects = [context.effect for context in contexts if context.effect.is_finite]
        if not effects:
            return Markdown(" | ").join([verdicts.badge(self.page, verdict.conclusion), counted, formatting.NO_VALUE])
        sizes = [effect.estimate for effect in effects]
        low, high = (Quantity.of(size, effects[0].unit).number for size in (min(sizes), max(sizes)))
        text = low if low == high else self.page.say["range"].format(low, high)
        estimates = with_unit(self.page.say, text, Unit.parse(effects[0].unit), "short")
        return Markdown(" | ").join([verdicts.badge(self.page, verdict.conclusion), counted, estimates])

    def conclusion(self, claim: str) -> str:
        """Return the conclusion on a claim of that study: supported, refuted, …; "" without a verdict."""
        verdict = _published(self.page).verdicts.get(claim)
        return verdict.conclusion if verdict else ""

    def as_claimed(self, claim: str, **settings: str | float) -> bool:
        """Return whether a claim of that study has settings that include these, and all are as claimed."""
        verdict = _published(self.page).verdicts.get(claim)
        contexts = verdict.matching(settings) if verdict else []
        return bool(contexts) and all(supports(context.outcome) for context in contexts)

    @property
    def equal_within(self) -> str:
        """Up to which difference of accuracy the claims of that study call two ends equal, such as "0.5 points"."""
        points_of_accuracy = Quantity.of(equal_within(_published(self.page).verdicts), "points").number
        return with_unit(self.page.say, points_of_accuracy, Unit.parse("points"), "short")

    def open_settings(self, claim: str) -> dict[str, str]:
        """Return the number `n` of undecided settings of a claim, and the smallest `product` among them."""
        contexts = [
            each for each in _published(self.page).verdicts[claim].contexts if each.outcome is Outcome.UNDECIDED
        ]
        least = min((each.settings["rate_times_updates"] for each in contexts), default=math.nan)
        return {"n": formatting.count(len(contexts)), "product": formatting.exact(least)}

    @property
    def tally(self) -> dict[str, str]:
        """The number of claims of that study by conclusion, as `claims` all of them, and of `settings`."""
        found = _published(self.page).verdicts.values()
        words = (Conclusion.SUPPORTED, Conclusion.REFUTED, Conclusion.DEPENDS, Conclusion.INCONCLUSIVE)
        counts: dict[str, int] = {word: sum(verdict.conclusion is word for verdict in found) for word in words}
        counts |= {"claims": len(found), "settings": sum(len(verdict.contexts) for verdict in found)}
        return {name: formatting.count(number) for name, number in counts.items()}

    def way(self, name: str, **settings: str | float) -> str:
        """Return a number of a way to train: goal, distance, limit, fewest_updates (measured) or updates_at_limit.

        late_limit is the limit that a start as late as that of momentum would leave: 1/late = 1/limit + lag/distance.

        settings: Settings in which it differs from USUAL, as in the published table.
        """
        row = _row_of(self.page, settings)
        if name not in NUMBERS:
            raise InputError(unknown("number", name, NUMBERS))
        if name == "goal":
            return numbers.percent(self.page, 100 * row[name], places=0)
        if name == "late_limit":
            momentum = _row_of(self.page, settings | {"optimiser": "momentum"})["momentum"]
            late = momentum / (1 - momentum)
            return formatting.significant(1 / (1 / row["limit"] + late / row["distance"]), DIGITS)
        if name in ("distance", "limit"):
            return formatting.significant(row[name], DIGITS)
        number = row[name] if name in row else updates_at_limit(row["distance"], row["limit"])
        return formatting.significant(number, DIGITS)

    def ways_table(self, part: str) -> str:
        """Return a table of a part of the ways to train, with distance, limit and updates to the goal.

        part: Key of WAYS.
        """
        if part not in WAYS:
            raise InputError(unknown("part", part, WAYS))
        table = _points_of(self.page.results)
        rows = [
            (
                _way_name(self.page, row),
                str(row["batch_size"]),
                numbers.percent(self.page, 100 * row["goal"], places=0),
                _interval(self.page, row, "distance"),
                _interval(self.page, row, "limit"),
                formatting.significant(updates_at_limit(row["distance"], row["limit"]), DIGITS),
                formatting.significant(row["fewest_updates"], DIGITS),
                _with_value(self.page, row),
            )
            for row in table[WAYS[part](table)].to_dict("records")
        ]
        return markdown([self.page.say[f"ways {head}"] for head in HEADS], rows)

    @property
    def walls(self) -> str:
        """The largest safe learning rate of each batch size on digits, and its product, for both budgets."""
        table = _curves_of(self.page)
        table = table[(table["dataset"] == USUAL["dataset"]) & table["below_wall"]]
        last = table.groupby(["experiment", "batch_size"])[["learning_rate", "product"]].max()
        rows = [
            (str(size), *(_wall(last, experiment, size) for experiment in ("updates", "epochs")))
            for size in sorted(last.loc["updates"].index)
        ]
        return markdown(
            [self.page.say["ways batch"], self.page.say["walls updates"], self.page.say["walls epochs"]], rows
        )

    @property
    def deviations(self) -> str:
        """The largest deviation of each batch size from the largest one, at rates up to its limit, by data set."""
        largest = largest_deviations(_deviations_of(self.page)).unstack("batch_size", sort=False)
        rows = [
            (self.page.texts[str(dataset)], *(formatting.signed(f"{number:+.1f}") for number in numbers))
            for dataset, numbers in zip(largest.index, largest.to_numpy(), strict=True)
        ]
        return markdown((self.page.say["ways data"], *map(str, largest.columns)), rows)

    @property
    def parted_data(self) -> str:
        """The names of the data sets on which batch sizes part before their limits; "" if there are none."""
        study = _published(self.page)
        apart = parted(_curves_of(self.page), study.two_numbers, equal_within(study.verdicts))
        return Markdown(", ").join(self.page.texts[name] for name, is_apart in apart.items() if is_apart)

    @property
    def runs(self) -> dict[str, str]:
        """The number of runs and of cells of the study, its commit, its seeds as ranges, and its training samples.

        fewest and most are the passes through these samples at equal updates.
        """
        table = _curves_of(self.page)
        cells = table.drop_duplicates([name for name in table if name in USUAL or name in ("experiment", "momentum")])
        at_updates = table[table["experiment"] == "updates"]
        passes = at_updates["updates"] * at_updates["batch_size"] / at_updates["training_samples"]
        seeds = table[["first_seed", "last_seed"]].drop_duplicates().sort_values("first_seed")
        return {
            "runs": formatting.count(int(table["seeds"].sum())),
            "cells": formatting.count(len(cells)),
            "commit": str(table["commit"].iloc[0])[:12],
            "samples": formatting.count(int(table["training_samples"].max())),
            "fewest": formatting.count(int(passes.min())),
            "most": formatting.count(int(passes.max())),
            "each": formatting.count(int(table["seeds"].max())),
            "seeds": ", ".join(f"{first}–{last}" for first, last in seeds.itertuples(index=False, name=None)),
        }


@cached  # pages ask for each number of it
def _points_of(results: Findings) -> pd.DataFrame:
    """Return the points of the published study."""
    return points(results.measurement(NAME).two_numbers)


def _row_of(page: Page, settings: Mapping[str, Any]) -> pd.Series:
    """Return the row of a way to train. Raises InputError unless exactly one has the settings."""
    table = _points_of(page.results)
    wanted = USUAL | dict(settings)
    for setting, value in wanted.items():
        table = table[table[setting] == value]
    if len(table) != 1:
        raise InputError(f"{len(table)} ways to train have {wanted}, expected one.")
    return table.iloc[0]


def _way_name(page: Page, row: Mapping[str, Any]) -> str:
    """Return the settings of a row that differ from the usual ones, or else its data set."""
    texts = page.texts
    parts = [texts[row["dataset"]]]
    if row["hidden"] != USUAL["hidden"]:
        parts.append(labels.value("hidden", row["hidden"], texts))
    if row["experiment"] not in ("updates", "momentum", "squared-error"):
        parts.append(texts[row["activation"]])
    if row["experiment"] == "squared-error":
        parts.append(labels.value("objective", ObjectiveName.of(row["output"], row["loss"]), texts))
    if row["optimiser"] != USUAL["optimiser"]:
        parts.append(f"{texts[row['optimiser']]} {row['momentum']:g}")
    return ", ".join(parts)


def _interval(page: Page, row: Mapping[str, Any], name: str) -> str:
    """Return a distance or limit and its interval, such as "3.2 (2.7 to 3.9)"."""
    low, high = (formatting.significant(row[f"{name}_{end}"], DIGITS) for end in ("low", "high"))
    return f"{formatting.significant(row[name], DIGITS)} ({page.say['range'].format(low, high)})"


def _with_value(page: Page, row: Mapping[str, Any]) -> str:
    """Return how many seeds have both numbers, such as "11 of 12"."""
    have = min(row["distance_seeds"], row["limit_seeds"])
    return page.say["ways settings"].format(some=formatting.count(have), all=formatting.count(row["seeds"]))


def _wall(last: pd.DataFrame, experiment: str, size: int) -> str:
    """Return the last product below a wall and its rate, such as "724 (0.35)"; a dash if it was not tried."""
    if (experiment, size) not in last.index:
        return formatting.NO_VALUE
    rate, product = last.loc[(experiment, size)]
    return f"{formatting.count(round(product))} ({formatting.significant(rate, DIGITS)})"


def _deviations_of(page: Page) -> pd.DataFrame:
    return deviations(_curves_of(page), _published(page).two_numbers)


def note(page: Page, id: str) -> str:
    """Return the sentences on distances and limits for a claim of the default study, with a link; "" without any."""
    topic = NOTES.get(id)
    if topic is None or NAME not in page.results.measurements or "one-curve.md" not in page.sources.docs.pages:
        return ""
    values = {key: OneCurve(page).way(name, **settings) for key, (name, settings) in VALUES[topic].items()}
    link = Markdown("{}one-curve.md#map").format(page.root)
    text = page.say[f"two numbers {topic}"].format(link=link, goal=OneCurve(page).way("goal"), **values)
    claims, where = CERTAIN[topic]
    is_certain = all(OneCurve(page).as_claimed(claim, **where) for claim in claims)
    return Markdown(" ").join([text, *([page.say[f"two numbers {topic} certain"]] if is_certain else [])])
