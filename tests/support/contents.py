"""What the site of the default study can show."""

from ontrial.book import BOOK
from ontrial.report.contents import OF_EVERY_SITE

SITE = OF_EVERY_SITE | BOOK
FIGURES = SITE.figures
