"""Pages of one language → its part of the site."""

import argparse
from pathlib import Path

from ontrial.report.site import build as site
from ontrial.storage import files


def build(pages: str, config: str, names: list[str], study: str, folder: str) -> None:
    """Build the HTML of a language and move it into place whole."""
    site.build(Path(pages), Path(folder), Path(config), dict(name.split("=") for name in names), study)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", required=True, help="folder of the pages, named after their language")
    parser.add_argument("--config", required=True, help="the MkDocs configuration of this language (.yml)")
    parser.add_argument("--names", nargs="+", required=True, help="each language's own name for itself: en=English")
    parser.add_argument("--study", required=True, help="name of the study")
    parser.add_argument("--folder", required=True, help="where the site goes; replaced whole")
    files.run(build, parser)
