"""What the site of the default study can show."""

from ontrial.book import BOOK
from ontrial.report.contents import OF_EVERY_SITE, merged

SITE = OF_EVERY_SITE | BOOK
FIGURES = SITE.figures
TITLES = merged(SITE.titles)


def found(results, figure: str) -> str | None:
    """Return the word for what a figure finds, which chooses its title; None for the plain title."""
    return TITLES[figure].choose(results)
