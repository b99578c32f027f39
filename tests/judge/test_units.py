"""Units of effects and their text, which verdicts and their tables have."""

import pytest

from ontrial.judge.units import Unit


@pytest.mark.parametrize(
    ("text", "unit", "is_factor"),
    [
        ("points", Unit("points"), False),
        ("points per layer", Unit("points", "layer"), False),
        ("log2", Unit("log2"), True),
        ("log2 per 0.1", Unit("log2", "0.1"), True),
        ("", Unit(""), False),
    ],
)
def test_the_text_of_a_unit_names_it(text, unit, is_factor):
    assert Unit.parse(text) == unit
    assert str(unit) == text
    assert unit.is_factor == is_factor
