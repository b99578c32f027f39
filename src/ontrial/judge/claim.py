"""A claim as data, and the quantities that it names."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ontrial_judge.core.verdicts import Conclusion, Kind, Verdict

if TYPE_CHECKING:  # tables of runs are judged without the engine
    from ontrial.judge.estimands import Estimand

# Keys that do not affect a claim's identity
REMARKS = ("chapter", "translation", "quotations", "asked_by", "replaces", "short", "because", "references")
QUANTITY = re.compile(
    r"(?:(factor) )?(-?\d{1,9}(?:\.\d{1,20})?(?:[eE][-+]?\d{1,2})?)(?: (points?|octaves?|nats|epochs?|updates?|loss))?",
    re.ASCII,
)
LIMIT = 10**9  # of numbers in quantities
EXAMPLES = {
    "log2": "factor 2",
    "points": "1 point",
    "octaves": "1 octave",
    "epochs": "1 epoch",
    "updates": "100 updates",
    "number": "0.05",
}  # of quantities by unit


@dataclass(frozen=True)
class Claim:
    """A claim, with its texts by language.

    Measured and timed claims have an `estimand`, claims by construction an `identity`.

    translation: English translation of the source.
    quotations: What books, courses and guides say about it, as in the docket's file.
    asked_by: URLs of public threads in which people ask whether it is true.
    replaces: Id of a claim that this one tries again.
    short: Claim in a few words.
    spec: Entry in the docket's file.
    looks: Number of seeds at each look, if the design is sequential.
    threshold: Accuracy that counts as learnt in the study, if the study overrides the claim's.
    components_sha256: SHA-256 of the file with the study's own parts of networks, if it compares networks with one.
    """

    id: str
    kind: Kind
    statement: dict[str, str]
    chapter: str | None = None
    source: tuple[str, ...] = ()
    because: dict[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    translation: tuple[str, ...] = ()
    quotations: tuple[dict[str, Any], ...] = ()
    asked_by: tuple[str, ...] = ()
    replaces: str | None = None
    short: dict[str, str] = field(default_factory=dict)
    identity: str | None = None
    estimand: Estimand | None = None
    spec: dict = field(default_factory=dict, repr=False)
    looks: tuple[int, ...] = ()
    threshold: float | None = None
    components_sha256: str | None = None

    @property
    def test(self) -> dict[str, Any]:
        """The claim (in the notes and in English) and how it is tried, apart from the number of seeds."""
        test = {key: value for key, value in self.spec.items() if key not in REMARKS}
        if sha256 := self.estimand and self.estimand.metric_sha256:
            test["metric_sha256"] = sha256
        if self.components_sha256:
            test["components_sha256"] = self.components_sha256
        return test | {"kind": self.kind, "source": self.source, "statement": self.statement["en"]}

    @property
    def test_hash(self) -> str:
        """SHA-256 of the test. Studies that try the same claim have the same one."""
        return _digest(self.test)

    @property
    def hash(self) -> str:
        """SHA-256 of the test, the looks and the study's own threshold."""
        design = {"looks": self.looks or None, "threshold": self.threshold}
        return _digest(self.test | {key: value for key, value in design.items() if value is not None})

    def verdict(self, conclusion: Conclusion, **others: Any) -> Verdict:
        """Return a verdict on the claim, with further fields."""
        return Verdict(self.id, self.kind, self.hash, self.test_hash, conclusion, **others)


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))  # canonical
    return hashlib.sha256(text.encode()).hexdigest()


def parse_quantity(value: str | float, unit: str, step: str = "") -> float:
    """Return the number of a quantity in a unit, of which 0 needs none.

    Raises ValueError for another unit, and for text that is not a quantity.

    >>> parse_quantity("0.05 nats", "nats"), parse_quantity("factor 2", "log2"), parse_quantity(0, "points")
    (0.05, 1.0, 0.0)
    >>> parse_quantity("1 point per layer", "points", "layer")
    1.0

    step: Step of an axis that the quantity may name, as in "1 point per layer".
    """
    text = quantity_text(value)
    match = QUANTITY.fullmatch(text.removesuffix(f" per {step}"))
    if match and abs(float(match[2])) >= LIMIT:
        raise ValueError(f'"{text}" is not below {LIMIT:,}. Write the metric and the quantity in a larger unit.')
    if not match:
        raise ValueError(f'"{text}" is not a quantity, such as {example_quantity(unit)}.')
    factor, number, text_unit = match[1], float(match[2]), match[3] or ""
    if factor and unit == "log2" and not text_unit:
        if number <= 0:
            raise ValueError(f'"{text}": a factor must be above 0. Write it as in {example_quantity(unit)}.')
        return math.log2(number)
    if not factor and (number == 0 or text_unit.rstrip("s") == ("" if unit == "number" else unit.rstrip("s"))):
        return number
    raise ValueError(f'"{text}" has the wrong unit. Write it as in {example_quantity(unit)}.')


def quantity_text(value: str | float) -> str:
    """Return a quantity as in a docket.

    >>> quantity_text("1 point"), quantity_text(1e-5)
    ('1 point', '0.00001')
    """
    return np.format_float_positional(value, trim="-") if isinstance(value, float) else str(value)


def example_quantity(unit: str) -> str:
    """Return an example of a quantity in a unit, as written in claims."""
    return f'"{EXAMPLES.get(unit, f"0.05 {unit}")}"'
