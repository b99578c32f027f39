"""Where the files are that travel with the package: within it in a wheel, in the checkout of an editable install."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
_IN_WHEEL = PACKAGE / "shipped"

CHECKOUT = None if _IN_WHEEL.is_dir() else PACKAGE.parents[1]
ROOT = CHECKOUT or _IN_WHEEL

DOCS = ROOT / "docs"
SNAKEFILE = ROOT / "Snakefile"
