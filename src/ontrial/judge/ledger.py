"""The ledger of a stream of tries: the level at which each is judged, and the lines of its file.

People and programs try one change after another and keep what improves. Each judgement may err, so a stream declares
its total error once, and each try that is not kept spends a part of it. A try after k such tries has the level
total · (1/√(k + 1) − 1/√(k + 2)). The levels for k = 0, 1, 2, … add up to the total; a kept try spends nothing.

The total bounds the family-wise error: the chance that any kept change is not the improvement that it claims to be.
Call a try void if its change is no such improvement, and let the j-th void try be the first to be kept. The j − 1 void
tries before it were not, so its level is at most the j-th of the sequence, and the chances of these errors add up to
at most the total. Two conditions suffice, each on its own:

- Each try is valid given all that was seen before, as with fresh seeds. Then results may suggest what to try next.
- What is tried does not depend on results. Then tries may depend on each other in any way, as with a common baseline.

The rule is closed alpha-spending: Fischer, Bofill Roig & Brannath, The online closure principle, Annals of Statistics
52(2), 2024. Compare the fallback of Tian & Ramdas 2021.
"""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ontrial.errors import InputError, legible
from ontrial_judge.core.verdicts import Conclusion

FORMAT = 1  # of the file
TOTAL_ERROR = 0.05  # of a stream that declares none
MOST_ERROR = 0.5  # that a stream may declare, exclusive
DIGITS = 16  # of the hash by which each line names the one before it
REMEDY = "Restore the file from a copy, or start a new ledger."


def level(total_error: float, spending: int) -> float:
    """Return the level of the next try: the chance that it is kept although it is void.

    spending: Number of tries before it that were not kept.
    """
    return total_error * (1 / math.sqrt(spending + 1) - 1 / math.sqrt(spending + 2))


@dataclass(frozen=True)
class Try:
    """A judged try.

    name: What was compared, for readers.
    claim: Hash of the question.
    data: Hash of the runs.
    level: Level at which it was judged.
    """

    name: str
    claim: str
    data: str
    verdict: Conclusion
    level: float

    @property
    def kept(self) -> bool:
        """Whether the change is certain to be the improvement that it claims to be."""
        return self.verdict is Conclusion.SUPPORTED

    @property
    def alpha(self) -> float:
        """The error of its intervals: they err on two sides, and only the lower end keeps a change."""
        return 2 * self.level

    @property
    def spent(self) -> float:
        """The error that the try has spent."""
        return 0.0 if self.kept else self.level


@dataclass(frozen=True)
class Ledger:
    """A stream of tries, in their order. Raises ValueError if the total error is not between 0 and MOST_ERROR.

    total_error: Largest chance that any kept change is void.
    """

    total_error: float
    tries: tuple[Try, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.total_error < MOST_ERROR:
            raise ValueError(self.total_error)

    @property
    def level(self) -> float:
        """The level of the next try."""
        return level(self.total_error, sum(not each.kept for each in self.tries))

    @property
    def alpha(self) -> float:
        """The error of the intervals of the next try: see `Try`."""
        return 2 * self.level

    @property
    def spent(self) -> float:
        """The error that all tries have spent."""
        return math.fsum(each.spent for each in self.tries)

    @property
    def left(self) -> float:
        """The error that is left for all tries to come."""
        return self.total_error - self.spent

    def find(self, claim: str, data: str) -> int | None:
        """Return the number, from 1, of the try with the same question and the same runs; None if there is none."""
        numbered = enumerate(self.tries, 1)
        return next((number for number, each in numbered if (each.claim, each.data) == (claim, data)), None)

    def add(self, name: str, claim: str, data: str, verdict: Conclusion) -> "Ledger":
        """Return the ledger with one more try."""
        return replace(self, tries=(*self.tries, Try(name, claim, data, verdict, self.level)))


def describe(ledger: Ledger, number: int) -> dict[str, float | str]:
    """Return a try and what is left of the error, for programs.

    number: Number of the try, from 1.
    """
    this = ledger.tries[number - 1]
    return {
        "try": number,
        "tries": len(ledger.tries),
        "kept": this.kept,
        "level": this.level,
        "spent": this.spent,
        "total_error": ledger.total_error,
        "total_spent": ledger.spent,
        "left": ledger.left,
        "hash": last_hash(ledger),
    }


def last_hash(ledger: Ledger) -> str:
    """Return the hash of the last line. A line that is removed from the end leaves no other trace in the file."""
    *_, line = encode(ledger)
    return _hash(line)


def encode(ledger: Ledger) -> Iterator[str]:
    """Yield the lines of a ledger: its total error, then one per try. Each try names the hash of the line before it."""
    line = _json({"ledger": FORMAT, "total_error": ledger.total_error})
    yield line
    for number, each in enumerate(ledger.tries, 1):
        line = _json({"try": number, **vars(each), "spent": each.spent, "before": _hash(line)})
        yield line


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()[:DIGITS]


def decode(text: str, place: str) -> Ledger:
    """Return the ledger of a file. Raises InputError with the number of a line that `encode` has not written there.

    place: Name of the file, for the message.
    """
    *lines, rest = text.split("\n")
    if rest:
        raise InputError(f"{place}:{len(lines) + 1}: the line has no end: writing it was interrupted. Delete the line.")
    ledger = _decode_first(lines[0], place)
    tries: list[Try] = []
    spending = 0
    for number, line in enumerate(lines[1:], 2):
        tries.append(_decode_try(line, level(ledger.total_error, spending), f"{place}:{number}"))
        spending += not tries[-1].kept
    ledger = replace(ledger, tries=tuple(tries))
    for number, (line, written) in enumerate(zip(lines, encode(ledger), strict=True), 1):
        if line != written:
            raise InputError(f"{place}:{number}: this line was changed, or lines before it are missing. {REMEDY}")
    return ledger


def _decode_first(line: str, place: str) -> Ledger:
    try:
        content = json.loads(line)
        if content["ledger"] != FORMAT:
            found = legible(str(content["ledger"]), 80)
            raise InputError(f"{place}:1: the ledger has version {found}, and this program reads {FORMAT}.")
        return Ledger(float(content["total_error"]))
    except (ValueError, LookupError, TypeError, RecursionError):
        raise InputError(f"{place}:1: this is not the first line of a ledger. Name another file.") from None


def _decode_try(line: str, at_level: float, place: str) -> Try:
    try:
        content = json.loads(line)
        name, claim, data = (str(content[key]) for key in ("name", "claim", "data"))
        return Try(name, claim, data, Conclusion(content["verdict"]), at_level)
    except (ValueError, LookupError, TypeError, RecursionError):
        raise InputError(f"{place}: this is not a try. {REMEDY}") from None


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
