"""The widths and colour schemes in which figures are drawn, and the names of their files."""

from typing import TypeVar

SCHEMES = ("light", "dark")
NARROW, WIDE = 4.8, 8.96  # inches: 461 CSS pixels for phones, 860 for larger windows
WIDTHS = {NARROW: "", WIDE: "-wide"}  # endings of file names, by width
EVIDENCE = "evidence-"  # prefix of a claim's figure, before the id of the claim
Choice = TypeVar("Choice")


def file_name(name: str, language: str, scheme: str, width: float) -> str:
    """Return the file name of a figure."""
    return f"{name}-{language}-{scheme}{WIDTHS[width]}.svg"


def card_name(name: str, language: str) -> str:
    """Return the file name of the picture that previews a link to a figure."""
    return f"{name}-{language}.png"


def by_width(width: float, narrow: Choice, wide: Choice) -> Choice:
    """Return the first value for narrow figures, which phones show, and the second for wide ones."""
    return narrow if width == NARROW else wide
