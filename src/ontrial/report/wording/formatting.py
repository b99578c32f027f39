"""Numbers and names as text: how many digits, which spaces, and what Markdown must not read."""

import math
from fractions import Fraction

NOTHING = "–"  # where the study has no number to show
MARKUP = str.maketrans({mark: f"&#{ord(mark)};" for mark in "&<>\"'\\`*_[]{}$|~^#!"})


def plain(text: object) -> str:
    """Text that shows as it is: neither HTML nor Markdown nor a formula is read in it."""
    return " ".join(str(text).translate(MARKUP).split())


def significant(number: float, digits: int = 3) -> str:
    """Number with so many significant digits, without an exponent where it is readable: 0.0123, 12.3, 1,230."""
    if not math.isfinite(number):
        return NOTHING if math.isnan(number) else signed("∞" if number > 0 else "-∞")
    if number == 0:
        return "0"
    if not 1e-4 <= abs(number) < 1e7:
        mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
        return signed(f"{mantissa} × 10{superscript(int(exponent))}")
    magnitude = math.floor(math.log10(abs(float(f"{number:.{digits - 1}e}"))))
    return signed(f"{round(number, digits - 1 - magnitude):,.{max(digits - 1 - magnitude, 0)}f}")


def decimals(number: float, places: int = 1) -> str:
    """Number with so many decimals; what rounds to zero has no sign."""
    return NOTHING if math.isnan(number) else signed(f"{round(number, places) + 0.0:,.{places}f}")


def count(number: int) -> str:
    """Whole number with its thousands apart."""
    return f"{number:,}"


def rate(learning_rate: float) -> str:
    """Learning rate: a power of two as a fraction (1/16), a whole number as it is (4), another as a decimal (0.75)."""
    if math.isnan(learning_rate):
        return NOTHING
    exact = Fraction(learning_rate)
    if exact.numerator == 1 and exact.denominator <= 2**16:
        return str(exact)
    if exact.denominator == 1:
        return count(exact.numerator)
    return f"{learning_rate:.3g}" if learning_rate >= 1e-4 else significant(learning_rate)


def signed(text: str) -> str:
    """Text of a number with a true minus sign."""
    return text.replace("-", "−")


def superscript(number: int) -> str:
    """Whole number as an exponent: ⁻¹²."""
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
