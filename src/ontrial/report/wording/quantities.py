"""Numbers with their units, as sentences, tables and figures write them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ontrial.judge.units import Unit
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial_judge.core.statistics import FAILURES

PLACES = {Unit("points"): 1, Unit("octaves"): 1, Unit(FAILURES): 0}  # decimal places of numbers in these units
OCTAVES = 1000  # from which on a factor is infinite or zero, as floating-point numbers end soon after


@dataclass(frozen=True)
class Quantity:
    """A number with its unit.

    value: Number, the binary logarithm of a factor.
    """

    value: float
    unit: Unit

    @classmethod
    def of(cls, value: float, unit: str) -> Quantity:
        """Return a number with the unit of this text."""
        return cls(value, Unit.parse(unit))

    @property
    def number(self) -> str:
        """The number alone: with the decimal places of its unit, or else three digits."""
        if self.unit.is_factor:
            return formatting.significant(self._plain) if self._plain else "1/∞"
        if self.unit in PLACES and math.isfinite(self.value):
            return formatting.decimals(self.value, PLACES[self.unit])
        return formatting.significant(self.value)

    @property
    def mark(self) -> str:
        """The number alone beside a mark in a chart, in three digits."""
        return formatting.factor(self._plain) if self.unit.is_factor else formatting.significant(self.value)

    @property
    def tick(self) -> str:
        """The number alone at a tick of an axis, with all its digits."""
        return formatting.factor(self._plain) if self.unit.is_factor else formatting.exact(self.value, 6)

    def in_sentence(self, say: Phrases) -> str:
        """Return the number with its unit.

        >>> texts = {"effect points": {"en": "{} points"}, "effect log2": {"en": "a factor of {}"}}
        >>> say = Phrases(texts, "en", "words.yaml")
        >>> Quantity.of(1.26, "points").in_sentence(say), Quantity.of(1.0, "log2").in_sentence(say)
        ('1.3 points', 'a factor of 2.00')
        """
        return self._in_style(say, "effect")

    def in_answer(self, say: Phrases) -> str:
        """Return the same for an answer, in which lines may break within "a factor of 2.00"."""
        return self._in_style(say, "answer size")

    def in_cell(self, say: Phrases) -> str:
        """Return the same for a cell of a table: "× 2.00" in place of "a factor of 2.00"."""
        return self._in_style(say, "short")

    def as_margin(self, say: Phrases) -> str:
        """Return a configured number without needless digits.

        >>> say = Phrases({"effect points": {"en": "{} points"}, "one points": {"en": "{} point"}}, "en", "words.yaml")
        >>> Quantity.of(1, "points").as_margin(say), Quantity.of(0.5, "points").as_margin(say)
        ('1 point', '0.5 points')
        """
        pattern = say.get(f"one {self.unit.base}") if self._exact == "1" else None
        pattern = pattern or say.get(f"effect {self.unit.base}", "{}")
        return _per_step(say, pattern.format(self._exact), self.unit)

    def in_few_digits(self, say: Phrases) -> str:
        """Return an approximate number: "4.8 points", "a factor of 1.63"."""
        text = formatting.significant(self._plain, 3 if self.unit.is_factor else 2)
        return with_unit(say, text, self.unit)

    def in_figure(self, words: Phrases) -> str:
        """Return the same in the words of figures: "1 point", "×2", "1 point per layer"."""
        pattern = words.get(f"one in {self.unit.base}") if self._exact == "1" else None
        pattern = pattern or words.get(f"amount in {self.unit.base}", "{}")
        return _per_step(words, pattern.format(self._exact), self.unit, "amount per")

    @property
    def _plain(self) -> float:
        if not self.unit.is_factor:
            return self.value
        if abs(self.value) >= OCTAVES:
            return math.inf if self.value > 0 else 0.0
        return 2**self.value

    @property
    def _exact(self) -> str:
        beyond = abs(self._plain - 1) if self.unit.is_factor else 0.0  # a factor of 1.00001 is not one of 1
        return formatting.exact(self._plain, max(4, 1 - math.floor(math.log10(beyond))) if 0 < beyond < 1 else 4)

    def _in_style(self, say: Phrases, style: str) -> str:
        if math.isnan(self.value):
            return say["effect without a value"]
        return with_unit(say, self.number, self.unit, style)


def with_unit(say: Phrases, text: str, unit: Unit, style: str = "effect") -> str:
    """Return the text of a number with its unit.

    style: Prefix of terms. Units without a term in this style are written as in sentences.
    """
    pattern = say.get(f"{style} {unit.base}") or say.get(f"effect {unit.base}", "{}")
    return _per_step(say, pattern.format(text), unit)


def axis_label(words: Phrases, unit: Unit) -> str:
    """Return the label of an axis of effects, such as "percentage points per layer"."""
    return _per_step(words, words[f"effect in {unit.base}"], unit, "amount per")


def _per_step(words: Phrases, text: str, unit: Unit, family: str = "per") -> str:
    return words[f"{family} {unit.step}"].format(text) if unit.step else text
