"""Write numbers as text, with digits and separators, and numbers for scripts."""

import math
from fractions import Fraction

NO_VALUE = "–"  # stands for a number that the study does not have


def significant(number: float, digits: int = 3) -> str:
    """Return a number with some significant digits, without an exponent if possible.

    >>> significant(0.01234), significant(12.34), significant(1234), significant(-0.5, 1), significant(3e-7)
    ('0.0123', '12.3', '1,230', '−0.5', '3.00 × 10⁻⁷')
    """
    if not math.isfinite(number):
        return NO_VALUE if math.isnan(number) else signed("∞" if number > 0 else "-∞")
    if number == 0:
        return "0"
    if not 1e-4 <= abs(number) < 1e7:
        mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
        return signed(f"{mantissa} × 10{superscript(int(exponent))}")
    magnitude = math.floor(math.log10(abs(float(f"{number:.{digits - 1}e}"))))
    return signed(f"{round(number, digits - 1 - magnitude):,.{max(digits - 1 - magnitude, 0)}f}")


def exact(number: float, digits: int = 4) -> str:
    """Return a number with at most some significant digits and no needless ones.

    >>> exact(0.05), exact(1.25), exact(20_000), exact(5e-5)
    ('0.05', '1.25', '20,000', '5 × 10⁻⁵')
    """
    text = f"{number:.{digits}g}"
    if "e" not in text:
        return signed(text)
    mantissa, exponent = text.split("e")
    return signed(f"{float(text):,.0f}" if 0 < int(exponent) < 7 else f"{mantissa} × 10{superscript(int(exponent))}")


def alike(number: float, other: float) -> tuple[str, str]:
    """Return a number with three significant digits, and another with the same decimal places.

    >>> alike(2.3, 0.001)
    ('2.30', '0.00')
    """
    text = significant(number)
    places = len(text.partition(".")[2])
    return text, decimals(other, places) if text[-1].isdecimal() else significant(other)  # ∞ and exponents are not


def factor(number: float) -> str:
    """Return a factor as people say it.

    >>> factor(0.25), factor(0.8), factor(1.25), factor(1000), factor(0)
    ('1/4', '0.8', '1.25', '1,000', '1/∞')
    """
    if number == 0:
        return "1/∞"
    inverse = 1 / number
    if number < 1 and math.isclose(inverse, round(inverse)):
        return f"1/{inverse:,.0f}"
    text = significant(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals(number: float, places: int = 1) -> str:
    """Return a number with some decimal places. A number that rounds to zero has no sign.

    >>> decimals(12.34), decimals(-0.01), decimals(float("nan"))
    ('12.3', '0.0', '–')
    """
    return NO_VALUE if math.isnan(number) else signed(f"{round(number, places) + 0.0:,.{places}f}")


def count(number: int) -> str:
    """Return a whole number with thousands separators."""
    return f"{number:,}"


def rate(learning_rate: float) -> str:
    """Return a learning rate as a fraction if it is a power of two below 1.

    >>> rate(0.0625), rate(4), rate(0.75)
    ('1/16', '4', '0.75')
    """
    if math.isnan(learning_rate):
        return NO_VALUE
    exact = Fraction(learning_rate)
    if exact.numerator == 1 and exact.denominator <= 2**16:
        return str(exact)
    if exact.denominator == 1:
        return count(exact.numerator)
    return f"{learning_rate:.3g}" if learning_rate >= 1e-4 else significant(learning_rate)


def signed(text: str) -> str:
    """Return the text of a number with a typographic minus sign."""
    return text.replace("-", "−")


def superscript(number: int) -> str:
    """Return a whole number as an exponent: ⁻¹²."""
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def json_number(number: float, digits: int) -> float | str | None:
    """Return a rounded number for a script. JSON lacks infinity and NaN.

    >>> json_number(1.23456, 3), json_number(float("inf"), 3), json_number(float("nan"), 3)
    (1.23, 'Infinity', None)
    """
    if math.isnan(number):
        return None
    return str(number).replace("inf", "Infinity") if math.isinf(number) else float(f"{number:.{digits}g}")


def counted(number: int, noun: str) -> str:
    """Return a number of things in English.

    >>> counted(1, "job"), counted(2000, "job")
    ('1 job', '2,000 jobs')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
