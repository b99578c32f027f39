"""Small tables with questions, and what the judge says of them: the page that judges has to say the same.

`python -m tests.support.judged > tests/scripts/judgements.jsonl` writes them for the tests of scripts.
"""

import io
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ontrial.errors import InputError
from ontrial.judge import questions, tables
from ontrial.judge.tables import Judgement
from ontrial_book.teaching import pages_judging

USUAL = {"metric": "accuracy", "smallest_effect": "1 point", "compare": {"arm": ["new", "old"]}}


def judge(text: str, asked: Mapping[str, Any]) -> Judgement:
    """Return the verdict of the judge on a CSV text."""
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    return tables.judge_table(table, questions.parse(dict(asked), "the question"))


def of_page(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question as the page has it."""
    ((column, (better, other)),) = asked["compare"].items()
    return {
        "metric": asked["metric"],
        "lower": asked.get("lower_is_better", False),
        "column": column,
        "better": better,
        "other": other,
        "pair": asked.get("pair", []),
        "contexts": asked.get("contexts", []),
        "effect": asked["smallest_effect"],
        "failed": asked.get("failed", ""),
    }


def described(text: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of the verdict on a table, or that it is refused."""
    try:
        judgement = judge(text, asked)
    except InputError:
        return {"refused": True}
    contexts = [
        {
            "settings": {name: str(value) for name, value in context.settings.items()},
            "n": context.n,
            "outcome": str(context.outcome),
            "decidedBy": list(map(str, context.decided_by)),
            "ways": {
                str(each.way): {
                    "outcome": str(each.outcome),
                    "level": each.effect.level,
                    "numbers": [str(number).replace("inf", "Infinity") for number in each.effect.numbers],
                }
                for each in context.alternatives
            },
        }
        for context in judgement.verdict.contexts
    ]
    return {"conclusion": str(judgement.verdict.conclusion), "contexts": contexts}


def rows(new: np.ndarray, old: np.ndarray, **others: Any) -> pd.DataFrame:
    """Return a table with the numbers of two arms, whose runs have the same seeds."""
    arms = [
        pd.DataFrame({"arm": arm, "seed": np.arange(len(each)), "accuracy": each})
        for arm, each in (("new", new), ("old", old))
    ]
    return pd.concat(arms, ignore_index=True).assign(**others)


def cases() -> Iterator[tuple[str, pd.DataFrame | str, dict[str, Any]]]:
    """Yield the name, the table and the question of each case."""
    random = np.random.default_rng(7)
    paired, unpaired = USUAL | {"pair": ["seed"]}, USUAL | {"pair": []}

    def normal(mean: float, n: int = 12, spread: float = 1.0, digits: int = 2) -> np.ndarray:
        return random.normal(mean, spread, n).round(digits)

    base = normal(90, 12)
    yield "as claimed", rows((base + 2 + normal(0, 12, 0.3)).round(2), base), paired
    yield "less than the smallest effect", rows((base + normal(0.1, 12, 0.2)).round(2), base), paired
    yield "reversed", rows((base - 3 + normal(0, 12, 0.3)).round(2), base), paired
    yield "undecided", rows(normal(90.5, 8), normal(90, 8)), paired
    yield "six pairs", rows(base[:6] + 2, base[:6] + normal(0, 6, 0.1)), paired
    yield "five pairs", rows(base[:5] + 0.1, base[:5] + normal(0, 5, 0.1)), paired
    yield "four pairs", rows(base[:4] + 2, base[:4]), paired
    yield "shares", rows((base + 2 + normal(0, 12, 0.3)).round(2) / 100, base / 100), paired
    collapsed = normal(92, 20, 0.5)
    collapsed[[3, 9]] = [10.2, 11.4]
    yield "the mean against the typical run", rows(collapsed, normal(90, 20, 0.5)), paired
    yield "a collapse without pairs", rows(collapsed, normal(90, 20, 0.5)).drop(columns="seed"), unpaired
    yield "without pairs", rows(normal(92, 10), normal(90, 14)).drop(columns="seed"), unpaired
    yield "four against eighty", rows(normal(92, 4), normal(90, 80)).drop(columns="seed"), unpaired
    yield "two peaks", rows(np.append(normal(95, 6), normal(60, 6)), normal(90, 12)).drop(columns="seed"), unpaired
    skewed = (90 - random.lognormal(0, 1, 24)).round(3)
    yield "skewed differences", rows(skewed, (skewed * 0 + 88).round(3) + normal(0, 24, 0.05)), paired
    ties = np.where(random.uniform(size=14) < 0.7, 90.0, 93.0)
    yield "ties", rows(ties, np.full(14, 90.0)), paired
    yield "coarse numbers", rows(np.round(normal(92, 12) / 2) * 2, np.round(normal(90, 12) / 2) * 2), paired
    yield "all equal", rows(base, base), paired
    folds = rows(normal(91, 10, 0.4), normal(90, 10, 0.4)).rename(columns={"seed": "fold"})
    yield "folds", folds, USUAL | {"pair": ["fold"]}
    repeats = pd.concat(
        [rows(normal(91, 5), normal(90, 5)).rename(columns={"seed": "fold"}).assign(repeat=i) for i in range(4)]
    )
    yield "repeated folds", repeats, USUAL | {"pair": ["repeat", "fold"]}
    failed = rows(normal(92, 12), base).astype({"accuracy": str})
    failed.loc[[1, 14], "accuracy"] = ["nan", ""]
    yield "failures without a rule", failed, paired
    yield "failures left out", failed, paired | {"failed": "drop"}
    yield "failures as guessing", failed, paired | {"failed": "worst=10"}
    yield "failures as a good run", failed, paired | {"failed": "worst=95"}
    states = rows(normal(92, 12), base).assign(state="finished")
    states.loc[5, "state"] = "crashed"
    yield "a crashed run", states, paired
    mixed = states.assign(state="finished", data=np.where((states["seed"] < 6) == (states["arm"] == "new"), "a", "b"))
    yield "pairs of different data", mixed, paired
    yield "as many of each data", mixed, unpaired
    mixed["data"] = np.where((states["seed"] < 10) == (states["arm"] == "new"), "a", "b")
    yield "arms of different data", mixed.assign(seed=range(len(mixed))), unpaired
    yield "a crashed run left out", states, paired | {"failed": "drop"}
    loss = rows(random.lognormal(-1, 0.2, 12).round(4), random.lognormal(-0.6, 0.2, 12).round(4))
    lower = {"metric": "loss", "lower_is_better": True}
    loss = loss.rename(columns={"accuracy": "loss"})
    yield "factors", loss, paired | lower | {"smallest_effect": "factor 1.2"}
    yield "a lower loss", loss, unpaired | lower | {"smallest_effect": "0.05", "pair": ["seed"]}
    several = pd.concat(
        [
            rows((base + lead).round(2), (base + normal(0, 12, 0.3)).round(2), depth=i)
            for i, lead in enumerate((3, 0, -3, 0.9))
        ]
    )
    yield "contexts", several, paired | {"contexts": ["depth"]}
    yield "contexts that are missing", several, paired
    lacking = several.reset_index(drop=True).drop(index=[0, 30, 31])
    lacking = lacking[~((lacking["depth"] == 2) & (lacking["arm"] == "old"))]
    yield "runs that are missing", lacking, paired | {"contexts": ["depth"]}
    yield "a unit of each arm", rows(base / 100, base), paired
    yield "another learning rate", rows(base + 2, base + normal(0, 12, 0.2), lr=np.repeat([0.1, 0.01], 12)), paired
    yield "copies", pd.concat([rows(normal(92, 5), normal(90, 5), note=random.integers(9, size=10))] * 2), unpaired
    summary = rows(np.append(base + 2, 92), np.append(base + normal(0, 12, 0.2), 90)).astype({"seed": str})
    yield "a mean among seeds", summary.replace({"seed": {"12": "mean"}}), paired
    yield "other spelling", rows(base + 2, base).replace({"arm": {"old": "old"}}).pipe(_spelled), paired
    yield (
        "quotes and commas",
        'arm,seed,"acc,uracy"\n'
        + "".join(f'"new, one",{i},{92 + i % 3}\r\nold,{i},{90 + i % 2}\r\n' for i in range(9)),
        (paired | {"metric": "acc,uracy", "compare": {"arm": ["new, one", "old"]}}),
    )
    hits = rows(np.ones(12), np.arange(12) % 3 == 0).astype({"accuracy": int}).drop(columns="seed")
    yield "hits and misses", hits, unpaired | {"smallest_effect": "0.05"}
    questions_of = rows(normal(92, 48), normal(91, 48), subject=np.tile(np.repeat(list("abcdef"), 8), 2))
    yield (
        "questions of subjects",
        questions_of.assign(doc_id=questions_of.pop("seed") % 8),
        (paired | {"pair": ["subject", "doc_id"]}),
    )
    coarse = [np.round(normal(92, 12) / 2) * 2, np.append(np.round(normal(90, 36) / 2) * 2, [50, 52, 50, 54])]
    yield "runs far off that the smaller arm may have missed", rows(*coarse).drop(columns="seed"), unpaired


def _spelled(table: pd.DataFrame) -> pd.DataFrame:
    table.loc[3, "arm"] = "New"
    return table


def fixtures() -> Iterator[dict[str, Any]]:
    """Yield the lines of the file: the patterns of the page, and each case with what the judge says."""
    yield pages_judging.rules()
    for name, table, asked in cases():
        text = table if isinstance(table, str) else table.to_csv(index=False)
        yield {"name": name, "table": text, "question": of_page(asked), "asked": asked, **described(text, asked)}


def is_close(one: Any, other: Any) -> bool:
    """Return whether two descriptions are equal, numbers to the ninth digit.

    The bootstrap divides by spreads that may be close to 0, where the order of sums shows earlier.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_close(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_close, one, other))
    try:
        numbers = float(one), float(other)
    except (TypeError, ValueError):
        return one == other
    return numbers[0] == numbers[1] or math.isclose(*numbers, rel_tol=1e-9, abs_tol=1e-12)


if __name__ == "__main__":
    print(*map(json.dumps, fixtures()), sep="\n")
