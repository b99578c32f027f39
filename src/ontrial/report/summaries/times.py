"""Run times of a study's jobs, which timing/time.json contains."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Spent:
    """Number of a rule's jobs, and their total seconds."""

    jobs: int
    seconds: float


@dataclass(frozen=True)
class Times:
    """Times of a study on one machine, empty if none were measured.

    cores: Number of cores of the machine.
    elapsed: Seconds from the first job to the last verdict, without pauses.
    between_jobs: Part of `elapsed` in which no job ran.
    rules: Number and seconds of the jobs, by rule.
    train: Seconds of training, by part.
    """

    cores: int | None = None
    elapsed: float = 0.0
    between_jobs: float = 0.0
    rules: Mapping[str, Spent] = field(default_factory=dict)
    train: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the text of timing/time.json."""
        return json.dumps(asdict(self), indent=1)


def decode(content: Mapping[str, Any]) -> Times:
    """Return the times in the checked content of timing/time.json."""
    rules = {rule: Spent(**spent) for rule, spent in content["rules"].items()}
    return Times(**{**content, "rules": rules})
