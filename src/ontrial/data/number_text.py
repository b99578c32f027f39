"""Numbers as text: what is a number, what stands for a missing one, and advice on text that is neither."""

import re
from collections.abc import Sequence

NUMBER = r"[-+]?([0-9]+{0}?[0-9]*|{0}[0-9]+)([eE][-+]?[0-9]+)?"  # {0} stands for the decimal mark
MISSING = {"", "na", "n/a", "nan", "null", "?"}
UNKNOWN_MISSING = re.compile(r"none|n\.a\.?|#n/a|<na>|nil|missing|[^\w\s]{1,3}", re.IGNORECASE)
INFINITE = re.compile(r"[-+]?inf(inity)?", re.IGNORECASE)
# Digits in groups of three, with a decimal mark behind them if it is not the character between the groups
THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}([ .,'’_\u00a0\u202f])[0-9]{3}(\1[0-9]{3})*((?!\1)[.,][0-9]+)?")
DATE = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}([ T].*)?|[0-9]{1,2}:[0-9]{2}(:[0-9.]+)?")
MINUS = re.compile(r"[−–][0-9.,]+")
PERCENT = re.compile(r"[-+]?[0-9.,]+ ?%")
WITH_UNIT = re.compile(r"[$€£¥₩]? ?[-+]?[0-9.,]+ ?[^0-9%]{0,10}")
WORD = re.compile(r"[^\W\d_].*")


def number_pattern(decimal: str) -> re.Pattern[str]:
    """Return the pattern of numbers with this decimal mark."""
    return re.compile(NUMBER.format(re.escape(decimal)))


def is_number(text: str, decimal: str = ".") -> bool:
    """Return whether a text is a number with this decimal mark.

    >>> is_number("-1.5e3"), is_number("1,5"), is_number("1,5", decimal=",")
    (True, False, True)
    """
    return number_pattern(decimal).fullmatch(text) is not None


def is_missing(text: str) -> bool:
    """Return whether a text stands for a missing value."""
    return text.casefold() in MISSING


def advice(texts: Sequence[str], decimal: str, words: str) -> str:
    """Advise on a column whose values should be numbers, and some of which are not.

    If no advice suits all of the texts, it is that on the first one.

    >>> advice(["50%", "65%"], ".", words="")
    'Remove the percent signs.'
    >>> advice(["1,5"], ".", words="")
    'If "," is the decimal mark, write decimal: ",".'

    texts: Values that are not numbers.
    decimal: Decimal mark of the file.
    words: Advice on a column of words.
    """
    remedies = {
        DATE: "A date or time is no number: replace it by one, such as the year, or list the column under drop.",
        INFINITE: "Networks cannot learn from it: write what was measured, or remove the line.",
        UNKNOWN_MISSING: "If the value is missing, leave it empty.",
        MINUS: "Its minus sign is not the hyphen (-) of numbers: replace it.",
        PERCENT: "Remove the percent signs.",
        WITH_UNIT: f"If it is a number with a unit, keep the number alone. {words}",
        WORD: words,
    }
    for candidates in (texts, texts[:1]):
        if marks := advice_on_marks(candidates, decimal):
            return marks
        for pattern, remedy in remedies.items():
            if all(map(pattern.fullmatch, candidates)):
                return remedy
    return f"Write numbers with the digits 0 to 9, as in 1234{decimal}5."


def advice_on_marks(texts: Sequence[str], decimal: str) -> str:
    """Return advice on numbers with another decimal mark or with thousands separators. Empty if texts are neither.

    1,234 may be either.
    """
    other = "," if decimal == "." else "."
    plain = [ungrouped(text) for text in texts]
    are_decimal = all(is_number(text, other) for text in texts)
    are_grouped = all(is_number(text, decimal) for text in plain)
    are_both = not are_decimal and not are_grouped and all(is_number(text, other) for text in plain)
    sentences = []
    if are_decimal or are_both:
        sentences.append(f'If "{other}" is the decimal mark, write decimal: "{other}".')
    if are_grouped or are_both:
        sentences.append("If its digits are in groups of three, write numbers without characters between the groups.")
    return " ".join(sentences)


def ungrouped(text: str) -> str:
    """Return a number without the characters between groups of three digits, and any other text as it is.

    >>> ungrouped("1,234,567.8"), ungrouped("12,34")
    ('1234567.8', '12,34')
    """
    grouped = THOUSANDS.fullmatch(text)
    return text.replace(grouped[1], "") if grouped else text
