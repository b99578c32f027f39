"""What the site of the default study can show."""

from ontrial.report.contents import OF_EVERY_SITE, merged
from ontrial_book import BOOK

SITE = OF_EVERY_SITE | BOOK
FIGURES = SITE.figures
TITLES = merged(SITE.titles)


def found(results, figure: str) -> str | None:
    """Return the word for what a figure finds, which chooses its title; None for the plain title."""
    return TITLES[figure].choose(results)
