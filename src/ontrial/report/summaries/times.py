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
    """Number and seconds of a study's jobs by rule, the longest first. Empty if none were measured."""

    rules: Mapping[str, Spent] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the text of timing/time.json."""
        return json.dumps(asdict(self), indent=1)


def decode(content: Mapping[str, Any]) -> Times:
    """Return the times in the checked content of timing/time.json."""
    return Times({rule: Spent(**spent) for rule, spent in content["rules"].items()})
