"""Contexts of a question to a table of runs: the numbers of each, by pair or by arm."""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy  # its modules are imported when they are first used

from ontrial.errors import InputError, legible
from ontrial.judge import statistics
from ontrial.judge.estimands import FORMS, Estimand
from ontrial.judge.measuring import Measured, MeasuredArm, Paired, Unpaired
from ontrial.judge.questions import NEVER, Question
from ontrial.judge.records import SettingValues, Way
from ontrial.judge.samples import FEWEST as FEWEST_ALONE
from ontrial.judge.samples import UNEVEN, Agreed, Judged, Mean, Sample, Shift, has_two_peaks, is_uneven
from ontrial.judge.statistics import Claimed
from ontrial.judge.table_rows import place, quoted, rows_text, setting_column

if TYPE_CHECKING:
    import pandas as pd

MOST_CONTEXTS = 5_000
FAR = 6  # robust standard deviations from the median of an arm beyond which a run has ended far from the rest
FOLD = re.compile(r"(?<![a-z])(?:cv|k)?[-_ ]?(fold|split)s?(?![a-z])", re.IGNORECASE)  # in names of columns
SEED = re.compile(r"seed|(?<![a-z])(?:run|rep|repeat|replicate|trial)(?![a-z])", re.IGNORECASE)
POWER = 0.8  # for which a number of runs is planned
AGREEING = 1.25  # times as many pairs as Student's test needs, since all tests must agree
NEAR = 0.1  # share of the smallest effect from which on an estimate is too close to it to be worth settling
FEWEST = {True: 5, False: 6}  # pairs that can show that an effect is negligible, and that it is not
FEWEST_FOLDS = 3
MOST_FOLDS = 20  # more distinct values than these are folds of several divisions, each with its own number


class Column(NamedTuple):
    """A column as a metric: its unit, which numbers are better, and whether they may be infinite."""

    unit: str
    lower_is_better: bool
    censored: bool
    spread: bool = False
    may_fail: bool = False


@dataclass(frozen=True)
class TableEstimand(Estimand):
    """The target of estimation in a table: an estimand whose metric is a column.

    column: Column of the numbers.
    by: What the question is about: the typical run or the mean; None for the former as long as the latter agrees.
    overlap: Share of the data that each test part has, if pairs are folds or splits of the same data; 0 if not.
    """

    column: Column = field(kw_only=True)
    by: Way | None = None
    overlap: float = 0.0

    metric_sha256 = None

    @property
    def measure(self) -> Any:
        """The column of the numbers."""
        return self.column


@dataclass(frozen=True)
class Incomplete:
    """A pair that lacks the run of an arm, and so does not count.

    context, pair: Values by column.
    missing: Value of the arm without a run.
    """

    context: SettingValues
    pair: SettingValues
    missing: str


@dataclass(frozen=True)
class TableContext(Measured):
    """A context of a table, judged by the typical run as long as the mean agrees, or by one of them.

    Where differences are skewed, the signed-rank test is about neither their median nor their mean, so the sign test
    must agree, too. The mean decides alone where more than half of the differences are 0, where numbers come in steps
    of more than half of the smallest effect, and for folds. A time that may never be reached has no mean.
    """

    estimand: TableEstimand

    @property
    @abstractmethod
    def samples(self) -> Mapping[Way, Sample]:
        """The samples by which the context may be judged."""

    @property
    @abstractmethod
    def compared(self) -> int:
        """The number of pairs, or of pairs of a run of one arm and one of the other."""

    @property
    @abstractmethod
    def equal(self) -> int:
        """The number of these whose runs have equal numbers."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """The variance of the difference of one pair."""

    @property
    @abstractmethod
    def is_uneven(self) -> bool:
        """Whether differences are skewed, so that the sign test must agree."""

    @cached_property
    def ways(self) -> Mapping[Way, Sample]:
        """The samples of the typical run, of the mean and, for pairs, of the median."""
        return {} if self.estimand.censored else self.samples

    @cached_property
    def decided_by(self) -> tuple[Way, ...]:
        """The ways that must agree on the outcome."""
        if self.estimand.censored:
            return (Way.TYPICAL,)
        if self.by_mean:
            return (Way.MEAN,)
        ways = (Way.TYPICAL, Way.SIGN) if self.is_uneven else (Way.TYPICAL,)
        return ways if self.estimand.by else (*ways, Way.MEAN)

    @property
    def fewest(self) -> int:
        """The fewest numbers whose mean is judged alone."""
        return FEWEST_FOLDS if self.estimand.overlap else FEWEST_ALONE

    @cached_property
    def by_mean(self) -> bool:
        """Whether the mean decides alone."""
        asked, ties = self.estimand.by is Way.MEAN, 2 * self.equal > self.compared
        return asked or bool(self.estimand.overlap) or ties or self.is_coarse

    @cached_property
    def _whole(self) -> Sample:
        parts = [self.samples[way] for way in self.decided_by]
        return Agreed(tuple(parts)) if len(parts) > 1 else parts[0]

    @cached_property
    def repeated(self) -> int:
        """The number of runs whose number is that of another run of their arm to the last digit; 0 if it has steps.

        Runs that failed, or that ended far from the rest, may well be equal: they guess. So may folds: they are small.
        """
        count = 0
        if self.estimand.overlap:
            return count
        for arm, far in zip(self.arms, self.far, strict=True):
            numbers = self.side(arm)[~arm.columns["failed"]]
            if far.runs:
                numbers = numbers[numbers > far.bound] if far.below else numbers[numbers < far.bound]
            _, counts = np.unique(numbers, return_counts=True)
            count += 0 if step_of(numbers) else int(counts[counts > 1].sum())
        return count

    def needed(self, effect: float | None, alpha: float) -> int | None:
        """Return how many pairs, or runs of each arm, would decide with POWER; None if none do, or too many.

        effect: True effect. Default: the estimated mean, which is not worth settling close to the smallest effect.
        """
        if self.estimand.censored or self.estimand.claimed is not Claimed.MORE:
            return None
        mean = self.ways[Way.MEAN].interval(1 - alpha).estimate
        effect = abs(float(mean) if effect is None else effect)
        near, distance = effect < self.smallest_effect, abs(effect - self.smallest_effect)
        if distance < NEAR * self.smallest_effect:
            return None
        if not self.variance:
            return FEWEST[near]
        sides = scipy.special.ndtri([1 - (alpha if near else alpha / 2), POWER]).sum()
        share = (distance / sides) ** 2 / self.variance - self.estimand.overlap / (1 - self.estimand.overlap)
        return max(math.ceil(AGREEING / share) + 2, FEWEST[near]) if share > 0 else None  # one pair has no spread

    @cached_property
    def is_coarse(self) -> bool:
        """Whether the numbers come in steps of more than half of the smallest effect."""
        return not self.estimand.takes_ratio and self.step > self.smallest_effect / 2

    @cached_property
    def step(self) -> float:
        """The step of the numbers, as of the accuracies of few test images; 0 without any."""
        return step_of(np.concatenate([arm.columns["number"] for arm in self.arms]))

    def side(self, arm: MeasuredArm) -> np.ndarray:
        """Return the numbers of an arm in which differences are taken."""
        numbers = arm.columns["number"]
        return np.log2(numbers) if self.estimand.takes_ratio else numbers

    @cached_property
    def far(self) -> list[Far]:
        """The runs of each arm that ended far from the rest."""
        return [far_runs(self.side(arm), self.smallest_effect) for arm in self.arms]


@dataclass(frozen=True)
class TablePairs(TableContext, Paired):
    """A context of a table with pairs."""

    @cached_property
    def samples(self) -> Mapping[Way, Sample]:
        """The samples by which the context may be judged."""
        mean = Mean((self.numbers,), self.estimand.overlap, self.by_mean)
        return {Way.TYPICAL: self.typical(), Way.MEAN: mean, Way.SIGN: Judged(self.numbers, statistics.median_interval)}

    @property
    def is_uneven(self) -> bool:
        """Whether the differences are skewed, or runs ended far from the rest."""
        return bool(is_uneven(self.numbers)) or any(far.runs for far in self.far)

    @property
    def variance(self) -> float:
        """The variance of the mean of one pair; NaN if there is only one."""
        return float(self.numbers.var(ddof=1)) if self.n > 1 else math.nan

    @property
    def compared(self) -> int:
        """The number of pairs."""
        return self.n

    @property
    def equal(self) -> int:
        """The number of pairs whose runs have equal numbers."""
        return int((self.numbers == 0).sum())


@dataclass(frozen=True)
class TableArms(TableContext, Unpaired):
    """A context of a table whose runs share nothing."""

    @property
    def is_uneven(self) -> bool:
        """The test of Mann and Whitney is about a shift between samples of one form, whatever it is."""
        return False

    @cached_property
    def samples(self) -> Mapping[Way, Sample]:
        """The samples by which the context may be judged."""
        arms = tuple(map(self.side, self.arms))
        uneven = any(far.runs for far in self.far) or any(map(has_two_peaks, arms))
        caution = UNEVEN if uneven else 1.0
        return {Way.TYPICAL: Shift(arms[0], arms[1], caution), Way.MEAN: Mean(arms, alone=self.by_mean)}

    @property
    def variance(self) -> float:
        """The variance of the difference of two runs."""
        return float(sum(self.side(arm).var(ddof=1) for arm in self.arms))

    @property
    def compared(self) -> int:
        """The number of pairs of a run of one arm and one of the other."""
        return math.prod(len(arm.seeds) for arm in self.arms)

    @cached_property
    def equal(self) -> int:
        """The number of these whose runs have equal numbers."""
        (values, counts), (others, more) = (np.unique(self.side(arm), return_counts=True) for arm in self.arms)
        _, first, second = np.intersect1d(values, others, return_indices=True)
        return int((counts[first] * more[second]).sum())


class Far(NamedTuple):
    """Runs of an arm that ended far from the rest, as those that collapse do.

    runs: Their number.
    bound: The one of them that is nearest to the rest.
    below: Whether they are below the rest. If some are above, too, only the side of more runs counts.
    """

    runs: int
    bound: float
    below: bool


def far_runs(numbers: np.ndarray, smallest_effect: float) -> Far:
    """Return the runs of an arm that are further from its median than FAR deviations and twice the smallest effect.

    >>> far_runs(np.array([960.0, 950, 970, 955, 965, 24, 29]), 50)
    Far(runs=2, bound=29.0, below=True)
    """
    centre = np.median(numbers)
    with np.errstate(invalid="ignore"):
        away = numbers - centre
    limit = max(FAR * 1.4826 * np.median(np.abs(away)), 2 * smallest_effect)
    low, high = numbers[away < -limit], numbers[away > limit]
    below = len(low) >= len(high)
    found = low if below else high
    return Far(len(found), float(found.max() if below else found.min()) if len(found) else math.nan, below)


def step_of(numbers: np.ndarray) -> float:
    """Return the largest number of which all differences are multiples, to a millionth of their range; 0 if they have
    none of at least a ten-thousandth.

    >>> step_of(np.array([0.5, 0.75, 0.25])), step_of(np.array([0.1, 0.31415, 0.92653589]))
    (0.25, 0.0)
    """
    distinct = np.unique(numbers[np.isfinite(numbers)])
    if len(distinct) < 2:
        return 0.0
    size = distinct[-1] - distinct[0]
    step = 0.0
    for gap in np.unique(np.diff(distinct)).tolist():
        while gap > 1e-6 * size:
            step, gap = gap, math.fmod(step, gap)
            gap = 0.0 if step - gap < 1e-6 * size else gap
        if 0 < step < 1e-4 * size:
            return 0.0
    return step


class MeasuredTable(NamedTuple):
    """The numbers of each context, and what does not count on its own.

    incomplete: Pairs that lack a run.
    whole: Column of the pair whose values are what counts, "" if each pair does.
    pairs: Number of pairs that there are of these; 0 if each counts.
    skipped: What contexts lack that are left out, by their name.
    """

    measured: Sequence[TableContext]
    incomplete: Sequence[Incomplete] = ()
    whole: str = ""
    pairs: int = 0
    skipped: Mapping[str, str] = MappingProxyType({})


def measure(runs: pd.DataFrame, question: Question) -> MeasuredTable:
    """Return the numbers of each context.

    runs: Those of `table_rows.with_numbers`.
    """
    runs, skipped = _with_both_arms(runs, question)
    estimand = _estimand(question, runs)
    return (_paired if question.pair else _unpaired)(runs, question, estimand)._replace(skipped=skipped)


def _with_both_arms(runs: pd.DataFrame, question: Question) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the runs of contexts that have both arms in a pair, or at all, and what other contexts lack by their name.

    If no context has them, or the question asks for all, all runs are returned, of which the rest complains.
    """
    keys = [*map(setting_column, question.contexts)]
    if not keys or question.complete_only:
        return runs, {}
    groups = [*keys, *map(setting_column, question.pair)]
    has_both = runs.groupby(groups)["arm"].transform("nunique") == 2
    is_kept = has_both.groupby([runs[key] for key in keys]).transform("any")
    if not is_kept.any():
        return runs, {}
    skipped = {}
    for values, group in runs[~is_kept].groupby(keys):
        arms = group["arm"].unique()
        name = place(_settings(question.contexts, values))
        missing = [arm for arm in (question.better, question.other) if arm not in arms]
        skipped[name] = f"no run of {legible(missing[0], 80)}" if missing else "no pair"
    return runs[is_kept], skipped


def _estimand(question: Question, runs: pd.DataFrame) -> TableEstimand:
    """Return the estimand, positive if the first arm is better."""
    unit = question.unit
    form = "ratio" if unit == "log2" else "at_most" if question.not_worse else "difference"
    is_reversed = question.lower_is_better is not question.not_worse
    arms: list[SettingValues] = [{question.column: value} for value in (question.better, question.other)]
    sides = dict(zip(FORMS[form], arms[::-1] if is_reversed else arms, strict=True))
    column = Column(
        "number" if unit == "log2" else unit,
        lower_is_better=question.lower_is_better,
        censored=question.substitute[0] == NEVER,
    )
    return TableEstimand(
        experiments=(),
        metric=f"column {question.metric}",
        form=form,
        sides=dict(sides),
        contexts={name: runs[setting_column(name)].unique().tolist() for name in question.contexts},
        where={},
        threshold=None,
        along=None,
        smallest_effect=question.size,
        unit=unit,
        column=column,
        by=Way(question.by) if question.by else None,
        overlap=_overlap(question, runs),
    )


def _overlap(question: Question, runs: pd.DataFrame) -> float:
    """Return the share of the data that each test part has, from the number of folds; 0 for pairs of another kind."""
    if question.overlap:
        return float(question.overlap)
    found = next((name for name in question.pair if FOLD.search(name)), None)
    if found is None or runs[setting_column(found)].nunique() < 2:
        return 0.0
    folds = runs[setting_column(found)].nunique()
    if "split" in found.lower() or not 2 <= folds <= MOST_FOLDS:
        raise InputError(
            f"{quoted(found)}: folds and splits of the same data are not independent. Say which share of the data each "
            "test part has, as in --overlap 0.1 for 10 folds; or --overlap 0 if no two of them share training data."
        )
    return 1 / folds


def _whole_seeds(runs: pd.DataFrame, question: Question, *, ratio: bool) -> tuple[pd.DataFrame, str, int]:
    """Return runs with one pair for each value of a column of the pair that has far fewer values than there are pairs.

    Several runs of one seed are no more than that seed: their mean counts, which is the geometric one for a ratio. The
    further items are that column and the number of pairs that there were, "" and 0 if each is on its own.
    """
    keys = {name: setting_column(name) for name in question.pair}
    pairs = len(runs.drop_duplicates([*keys.values()]))
    few = [name for name, key in keys.items() if 2 * runs[key].nunique() <= pairs]
    if len(keys) < 2 or not few or question.overlap or any(FOLD.search(name) for name in keys):
        return runs, "", 0
    name = next((name for name in few if SEED.search(name)), min(few, key=lambda name: runs[keys[name]].nunique()))
    kept = [*map(setting_column, question.contexts), keys[name], "arm"]
    numbers = ["number", "least"]
    if ratio:
        runs = runs.assign(**{column: np.log2(runs[column]) for column in numbers})
    groups = runs.assign(row=runs.index).groupby(kept, sort=False, as_index=False)
    means = {column: (column, "mean") for column in numbers}
    runs = groups.agg(**means, failed=("failed", "any"), row=("row", "min"))
    if ratio:
        runs = runs.assign(**{column: np.exp2(runs[column]) for column in numbers})
    return runs.set_index("row").rename_axis(None), name, pairs


def _contexts(runs: pd.DataFrame, question: Question) -> Iterator[tuple[SettingValues, pd.DataFrame]]:
    """Yield the settings and the runs of each context, in the order of their values."""
    if not question.contexts:
        yield {}, runs
        return
    groups = runs.groupby([*map(setting_column, question.contexts)], sort=True)
    if groups.ngroups > MOST_CONTEXTS:
        raise InputError(f"{groups.ngroups:,} contexts are more than {MOST_CONTEXTS:,}. Name fewer columns.")
    for values, group in groups:
        yield _settings(question.contexts, values), group


def _settings(names: Sequence[str], values: Sequence[Any]) -> SettingValues:
    return {name: value.item() if hasattr(value, "item") else value for name, value in zip(names, values, strict=False)}


def _paired(runs: pd.DataFrame, question: Question, estimand: TableEstimand) -> MeasuredTable:
    """Return the numbers of each context by pair, in the order of the pairs, and the pairs that lack a run."""
    names, contexts = [*question.contexts, *question.pair], len(question.contexts)
    keys = [*map(setting_column, names)]
    for name in question.pair:
        if (values := runs[setting_column(name)].unique()).size == 1:
            raise InputError(
                f"{quoted(name)} is {legible(str(values[0]), 80)} in each row, so it pairs nothing. Leave it out."
            )
    if not runs.duplicated(keys[contexts:]).any():
        raise InputError(
            f"{' with '.join(map(quoted, question.pair))} has another value in each row, so no two runs share one. "
            "Name what both runs of a pair share, such as a seed, or use --unpaired."
        )
    repeated = runs.duplicated([*keys, "arm"], keep=False)
    if repeated.any():
        first = runs[repeated].iloc[0]
        same = repeated & (runs[[*keys, "arm"]] == first[[*keys, "arm"]]).all(axis=1)
        text = place({question.column: first["arm"]} | _settings(names, first[keys]))
        raise InputError(
            f"{rows_text(same)}: several runs of {text}. Remove what is there twice. If a setting differs between "
            "them, name its column with --contexts, or choose one of its values with --where. If they are "
            "steps of one run, choose its last row with --run and --last."
        )
    is_complete = runs.duplicated(keys, keep=False)
    for settings, group in _contexts(runs, question):
        if not is_complete[group.index].any():
            _require_both_arms(group, settings, question)
            pair = " with ".join(map(quoted, question.pair))
            raise InputError(
                f"{place(settings)}: no value of {pair} has a run of both {legible(question.better, 80)} and "
                f"{legible(question.other, 80)}. Name what both runs of a pair share, or use --unpaired if they share "
                "nothing."
            )
    others = {question.better: question.other, question.other: question.better}
    incomplete = [
        Incomplete(_settings(names[:contexts], values), _settings(question.pair, values[contexts:]), others[arm])
        for *values, arm in runs[~is_complete].sort_values(keys)[[*keys, "arm"]].itertuples(index=False, name=None)
    ]
    runs, name, pairs = _whole_seeds(runs[is_complete], question, ratio=estimand.takes_ratio)
    keys = [*keys[:contexts], *([setting_column(name)] if name else keys[contexts:]), "arm"]
    runs = runs.sort_values(keys, kind="stable").assign(rate=math.nan, on_edge=False)
    measured = [
        TablePairs(settings, estimand, _arms(group, question, estimand))
        for settings, group in _contexts(runs, question)
    ]
    _require_differences(measured)
    return MeasuredTable(measured, incomplete, name, pairs)


def _require_differences(measured: Sequence[TableContext]) -> None:
    """Raise InputError if no pair of any context differs."""
    if all(each.equal == each.compared for each in measured):
        pairs = sum(each.compared for each in measured)
        raise InputError(
            f"all {pairs:,} pairs have equal numbers to the last digit. One arm may be a copy of the other, or the "
            "metric cannot show what differs."
        )


def _require_both_arms(runs: pd.DataFrame, settings: SettingValues, question: Question) -> None:
    """Raise InputError if a context lacks an arm."""
    for value in (question.better, question.other):
        if not (runs["arm"] == value).any():
            raise InputError(f"{place(settings)}: no run has {place({question.column: value})}.")


def _unpaired(runs: pd.DataFrame, question: Question, estimand: TableEstimand) -> MeasuredTable:
    """Return the numbers of each context by arm, in the order of the rows."""
    runs = runs.assign(rate=math.nan, on_edge=False)
    measured: list[TableContext] = []
    for settings, group in _contexts(runs, question):
        _require_both_arms(group, settings, question)
        measured.append(TableArms(settings, estimand, _arms(group, question, estimand)))
    _require_differences(measured)
    return MeasuredTable(measured)


def _arms(group: pd.DataFrame, question: Question, estimand: TableEstimand) -> list[MeasuredArm]:
    """Return the arms of a context in the order of the sides."""
    seeds, arm = group[["number", "least", "failed", "rate", "on_edge"]], group["arm"].to_numpy()
    return [MeasuredArm.of(seeds[arm == side[question.column]]) for side in estimand.arms.values()]
