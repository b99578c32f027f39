"""Questions to a table of runs: which column is judged, what is compared, and what would matter.

A question can be written to a file before the runs exist. Its hash then shows that nobody changed it afterwards.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ontrial.errors import legible
from ontrial.judge.claim import EXAMPLES, QUANTITY, Claim, parse_quantity
from ontrial.storage.yaml_files import Mistake
from ontrial.study import checking
from ontrial.study.schema_files import load_schema
from ontrial_judge.core.verdict_files import RESULTS
from ontrial_judge.core.verdicts import Kind

LOWER = re.compile(
    r"loss|nll|perplexity|ppl|mae|mse|seconds|epochs_to|updates_to|error|"
    r"(?<![a-z])(?:err|time|latency|wer|cer|fid|bpb|bpc|bits|cost|regret)(?![a-z])",
    re.IGNORECASE,
)  # in names of metrics of which lower numbers are better
ACCEPTABLE = ("scale", "copies", "pairs")  # doubts: arms of very different size, rows that are there twice, few seeds
RELATIVE = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)% of (.+)", re.ASCII)  # of BASELINE, or of a column
BASELINE = "baseline"  # the mean of the other arm in a context
MOST_OF_BASELINE = 20  # per cent of it; beyond, that it counts as known makes intervals too short
LIMITS = {"at_least": "≥", "at_most": "≤"}  # of values of judged runs
FIRST = ("metric", "compare", "pair", "contexts", "over", "tasks_are", "where")  # keys of a file, before the others
RUN_AND_LAST = "run names the columns that identify a run, and last that of its steps. Write both."
DROP, WORST, NEVER = "drop", "worst", "never"  # what runs without a number count as


Condition = str | list[str] | dict[str, Any]


@dataclass(frozen=True)
class TableQuestion:
    """The claim that one arm of a comparison is better than the other.

    column: Column that tells the arms apart.
    better, other: Its values.
    smallest_effect: Smallest effect of interest, as in dockets.
    pair: Columns whose values both runs of a pair share. Empty if runs share nothing.
    contexts: Columns whose values are contexts.
    over: Columns of tasks, over which there is one effect.
    tasks_are: "fixed" if the claim is about these tasks, "sample" if it is about tasks like these.
    where: Condition on judged runs, by column: a value, a list of values, or a mapping with "not", "at_least" and
        "at_most".
    failed: What an empty or infinite number counts as: "drop", "worst=…" or "never=…". Empty if it is an error.
    looks: Number of pairs at each look, if the design is sequential.
    run: Columns that identify a run, if it has one row for each step. Empty if each run has one row.
    last: Column of the step. The last row of each run is judged.
    not_worse: Whether the claim is that the first arm is not worse by the smallest effect.
    complete_only: Whether a context without enough runs is an error. Otherwise it is left out.
    higher_is_better: Whether the metric is one of which higher numbers are better, although its name sounds otherwise.
    by: What the claim is about: "mean" or "typical" for the mean or the typical run. Empty for the typical run as long
        as the mean agrees.
    overlap: Share of the data that each test part has, if pairs are folds or splits of the same data.
    accept: Doubts about the table that are known to be none, of ACCEPTABLE.
    """

    metric: str
    column: str
    better: str
    other: str
    smallest_effect: str
    pair: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    tasks_are: str = ""
    where: dict[str, Condition] = field(default_factory=dict)
    lower_is_better: bool = False
    failed: str = ""
    looks: tuple[int, ...] = ()
    run: tuple[str, ...] = ()
    last: str = ""
    not_worse: bool = False
    complete_only: bool = False
    higher_is_better: bool = False
    by: str = ""
    overlap: str = ""
    accept: tuple[str, ...] = ()

    @property
    def spec(self) -> dict[str, Any]:
        """The question as in its file, without defaults."""
        content = dict.fromkeys(FIRST) | vars(self) | {"compare": {self.column: [self.better, self.other]}}
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in content.items()
            if key not in ("column", "better", "other") and (value or key == "pair")
        }

    @property
    def columns(self) -> list[str]:
        """The names of all columns that the question is about, each once."""
        steps = [self.last] if self.last else []
        settings = [*self.pair, *self.contexts, *self.over, *self.where]
        scales = [self.scale] if self.scale not in ("", BASELINE) else []
        return list(dict.fromkeys([self.metric, self.column, *settings, *scales, *self.run, *steps]))

    @property
    def scale(self) -> str:
        """What effects are percentages of: BASELINE, or a column with the size of each context; "" if they are none."""
        relative = RELATIVE.fullmatch(self.smallest_effect)
        return relative[2] if relative else ""

    @property
    def only(self) -> str:
        """The conditions on judged runs, as a reader writes them.

        >>> where = {"task": ["a", "b"], "epoch": {"at_least": 5.0, "not": ["7"]}}
        >>> TableQuestion("loss", "arm", "x", "y", "0.1", where=where).only
        'task=a or b; epoch≥5; epoch≠7'
        """
        return "; ".join(text for name, condition in self.where.items() for text in _condition_texts(name, condition))

    @property
    def statement(self) -> str:
        """The claim in a sentence without a full stop."""
        direction = "not worse" if self.not_worse else "lower" if self.lower_is_better else "higher"
        tasks = f" on average over {' and '.join(self.over)}" if self.over else ""
        sides = f"with {self.column} {self.better} than with {self.column} {self.other}"
        return f"{self.metric} is {direction} {sides}{tasks}"

    @property
    def id(self) -> str:
        """The id of the claim, made of the names of its arms."""
        words = re.sub(r"[^a-z0-9]+", "-", f"{self.column} {self.better} over {self.other}".lower())
        return words.strip("-")[:60].strip("-") if words[0].isalpha() else "claim"

    @property
    def unit(self) -> str:
        """The unit of effects: "log2" for a factor, "percent" of the other arm's mean, "number" without a unit."""
        if self.scale:
            return "percent" if self.scale == BASELINE else "percent of the scale"
        match = QUANTITY.fullmatch(self.smallest_effect)
        if match is None:
            return "number"
        unit = match[3] or "number"
        return "log2" if match[1] else f"{unit}s" if f"{unit}s" in EXAMPLES else unit

    @property
    def size(self) -> float:
        """The smallest effect of interest, in the unit. Raises ValueError if it is no quantity."""
        if relative := RELATIVE.fullmatch(self.smallest_effect):
            return float(relative[1])
        return parse_quantity(self.smallest_effect, self.unit)

    @property
    def substitute(self) -> tuple[str, float | None]:
        """What a run without a number counts as, "" for nothing, and its number. Raises ValueError if it is none."""
        rule, _, number = self.failed.partition("=")
        return rule, float(number) if number else None

    def claim(self, **others: Any) -> Claim:
        """Return the claim.

        others: Further fields of the claim.
        """
        return Claim(
            id=self.id,
            kind=Kind.MEASURED,
            statement={"en": self.statement},
            spec=self.spec,
            looks=self.looks,
            **others,
        )

    @property
    def lacks_direction(self) -> bool:
        """Whether the metric sounds as if lower numbers were better, and nobody said which are."""
        return bool(LOWER.search(self.metric)) and not (self.lower_is_better or self.higher_is_better)

    @property
    def hash(self) -> str:
        """SHA-256 of the question."""
        return self.claim().hash

    def to_yaml(self) -> str:
        """Return the text of the question's file. Text is in quotes, so that it is read as it is written."""
        return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in self.spec.items())


def parse(source: str | Mapping[str, Any], where: str) -> TableQuestion:
    """Return a question from its file's text, or from its content. Raises InputError with every mistake.

    where: Name of the source in messages.
    """
    content, _ = checking.check(source, where, load_schema("question"), {}, _check)
    return _build(content)


def _build(content: Mapping[str, Any]) -> TableQuestion:
    """Return the question with this content. Values are text, since tables of runs may hold numbers as text."""
    ((column, (better, other)),) = content["compare"].items()
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in content.items()}
    given |= {key: str(given[key]) for key in ("smallest_effect", "overlap") if key in given}
    where = {name: _condition(value) for name, value in given.pop("where", {}).items()}
    del given["compare"]
    return TableQuestion(column=column, better=str(better), other=str(other), where=where, **given)


def _condition(value: Any) -> Condition:
    if isinstance(value, Mapping):
        return {key: float(each) if key in LIMITS else _texts(each) for key, each in value.items()}
    return _texts(value) if isinstance(value, list) else str(value)


def _texts(value: Any) -> list[str]:
    return list(map(str, value if isinstance(value, list) else [value]))


def _condition_texts(name: str, condition: Condition) -> Iterator[str]:
    if not isinstance(condition, dict):
        yield f"{name}={condition if isinstance(condition, str) else ' or '.join(condition)}"
        return
    for key, value in condition.items():
        yield f"{name}{LIMITS[key]}{value:g}" if key in LIMITS else f"{name}≠{' or '.join(value)}"


def _check(content: Any, schema_mistakes: list[Mistake]) -> Iterator[Mistake]:
    """Yield what a schema cannot express."""
    if schema_mistakes:
        return
    question = _build(content)
    if question.smallest_effect.endswith("%"):
        text, size = legible(question.smallest_effect, 80), legible(question.smallest_effect.rstrip(" %"), 80)
        points = f"{size} point" if size == "1" else f"{size} points"
        ratio = "" if question.not_worse else 'a ratio, as in "factor 1.1", '
        yield (
            ("smallest_effect",),
            f'"{text}" may be a difference, "{points}", {ratio}or a share of the second arm\'s mean, "{size}% of '
            f'{BASELINE}".',
        )
        return
    try:
        if not question.size > 0:
            nothing = "factor 1" if question.unit == "log2" else "0"
            yield ("smallest_effect",), f'"{question.smallest_effect}" is not above {nothing}.'
        elif question.scale == BASELINE and question.size > MOST_OF_BASELINE:
            factor = "" if question.not_worse else f' or a factor, as in "factor {1 + question.size / 100:.4g}"'
            yield (
                ("smallest_effect",),
                f'"{question.smallest_effect}" is more than {MOST_OF_BASELINE}%, where the luck of the baseline '
                f"counts, too. Write a number{factor}.",
            )
        elif question.unit == "points" and question.size > 100:
            yield (
                ("smallest_effect",),
                f'"{question.smallest_effect}" is more than 100 points, which nothing can reach.',
            )
    except ValueError as error:
        yield ("smallest_effect",), str(error)
    try:
        rule, number = question.substitute
    except ValueError:
        yield ("failed",), f'"{legible(question.failed, 80)}" has no number after the =, as in worst=0.1.'
        return
    if number is not None and math.isnan(number):
        yield ("failed",), "a number that is not defined cannot replace another. Use drop, or a number."
    if rule == NEVER and not question.lower_is_better:
        yield ("failed",), "never is for times, of which lower ones are better. Add lower_is_better, or use worst=…"
    if rule == NEVER and not question.pair:
        yield ("failed",), "a time that is never reached is judged in pairs. Name what they share, or use worst=…"
    if question.over and (question.contexts or question.looks):
        yield ("over",), "an effect over tasks has one context and one look. Remove contexts and looks, or over."
    if question.not_worse and (question.unit == "log2" or rule == NEVER):
        yield (
            ("not_worse",),
            "what is not worse is judged by a difference. Write the smallest effect as a number, or in per cent, as in "
            f'"3% of {BASELINE}".',
        )
    if question.over and rule == NEVER:
        yield ("over",), "a time that is never reached has no mean over tasks. Use worst=NUMBER."
    if question.over and question.by == "typical" and question.tasks_are != "sample":
        yield (
            ("by",),
            "one effect over tasks is the mean of their effects, which no typical run stands for. Remove by, or judge "
            "each task on its own, with contexts in place of over.",
        )
    if question.tasks_are and not question.over:
        yield ("tasks_are",), "over names the columns of tasks. Write both."
    for key in ("pair", "contexts", "over", "where"):
        for name in content.get(key, ()):
            if name in (question.metric, question.column):
                yield (key,), f'"{legible(name, 80)}" is the column that is judged or compared. Remove it here.'
    for name in RESULTS.intersection(question.contexts):
        yield ("contexts",), f'"{name}" is the name of a result in verdicts.json. Rename the column.'
    places = [name for key in ("pair", "contexts", "over", "where") for name in content.get(key, ())]
    for name in dict.fromkeys(name for name in places if places.count(name) > 1):
        yield (), f'the column "{legible(name, 80)}" is in two of pair, contexts, over and where. Keep one of them.'
    if bool(question.run) != bool(question.last):
        yield (), RUN_AND_LAST
    if question.metric in question.run:
        yield ("run",), f'"{legible(question.metric, 80)}" is the column that is judged. Remove it here.'
    if question.last and question.last in replace(question, last="").columns:
        yield ("last",), f'"{legible(question.last, 80)}" has another part in the question. Name the column of steps.'
    if question.lower_is_better and question.higher_is_better:
        yield (), "higher_is_better and lower_is_better contradict each other. Keep one of them."
    if question.by == "mean" and rule == NEVER:
        yield ("by",), "a time that is never reached has no mean. Use typical, or failed: worst=NUMBER."
    if question.overlap and not question.pair:
        yield ("overlap",), "folds are what both runs of a pair share. Name their column in pair."
    if question.scale in (question.metric, question.column):
        yield ("smallest_effect",), f'"{legible(question.scale, 80)}" is the column that is judged or compared.'
    if list(question.looks) != sorted(set(question.looks)):
        yield ("looks",), "numbers of pairs must ascend, since a look includes the earlier ones."
