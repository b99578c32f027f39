"""Build the pages of one language."""

import argparse
from pathlib import Path

from ontrial.report.site import build as site
from ontrial.storage import files


def build(pages: str, config: str, names: list[tuple[str, str]], study: str, folder: str) -> None:
    """Build the HTML pages of a language, and replace its folder when all of them are built."""
    site.build(Path(pages), Path(folder), Path(config), dict(names), study)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", required=True, help="the folder of the Markdown pages, named after their language")
    parser.add_argument("--config", required=True, help="the MkDocs configuration of this language (.yml)")
    site.add_names_option(parser)
    parser.add_argument("--study", required=True, help="the name of the study")
    parser.add_argument("--folder", required=True, help="the folder to write, which is replaced")
    files.run(build, parser)
