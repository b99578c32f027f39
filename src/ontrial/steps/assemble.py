"""Assemble what all languages share: figures, films, the explorer, and the pages at the root of the site."""

import argparse
from pathlib import Path

from ontrial.report.site import build as site
from ontrial.storage import files


def assemble(
    templates: list[str], names: list[tuple[str, str]], figures: list[str], explorer: list[str], folder: str
) -> None:
    """Copy the figures, the films and the files of the explorer, and write the pages at the root of the site."""
    texts = {Path(template).name: Path(template).read_text(encoding="utf-8") for template in templates}
    drawn = [path for source in figures for kind in ("svg", "csv", "js") for path in Path(source).glob(f"*.{kind}")]
    shared = {"figures": drawn, "explorer": map(Path, explorer)}
    site.assemble(Path(folder), shared, site.root(texts, dict(names)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--templates", nargs="+", required=True, help="HTML templates of the pages at the root")
    site.add_names_option(parser)
    parser.add_argument("--figures", nargs="+", required=True, help="folders of figures and films")
    parser.add_argument("--explorer", nargs="+", required=True, help="files of the explorer")
    parser.add_argument("--folder", required=True, help="the folder of the site")
    files.run(assemble, parser)
