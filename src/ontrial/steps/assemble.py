"""What all languages share → the root of the site: figures with their numbers, films, and the choice of a language."""

import argparse
import itertools
from pathlib import Path

from ontrial.pages import site
from ontrial.steps import files


def assemble(template: str, names: list[str], figures: list[str], folder: str) -> None:
    """Copy the figures and films and write the page at the root."""
    text = Path(template).read_text(encoding="utf-8")
    drawn = (Path(figures_folder).glob(f"*.{kind}") for figures_folder in figures for kind in ("svg", "csv", "js"))
    site.assemble(Path(folder), itertools.chain(*drawn), site.chooser(text, dict(name.split("=") for name in names)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--template", required=True, help="HTML template of the page at the root")
    parser.add_argument("--names", nargs="+", required=True, help="each language's own name for itself: en=English")
    parser.add_argument("--figures", nargs="+", required=True, help="folders of figures")
    parser.add_argument("--folder", required=True, help="folder of the site")
    files.run(assemble, parser)
