"""Print the chapters and slides of a site as PDF files.

This needs Chromium or Chrome. The files are in results/<study>/handouts: for each language, one per chapter, with all
folded parts open, and one per deck of slides.
"""

import argparse
import os
import shutil
import subprocess
from pathlib import Path

from ontrial.book import CHAPTERS
from ontrial.commands._results import site_of
from ontrial.commands._study import add_study
from ontrial.errors import InputError, legible_lines

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 300  # seconds per page


def handouts(study_file: str) -> None:
    """Print the chapters and slides in every language of the site of a study."""
    site = site_of(study_file)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise InputError(
            f"Handouts are printed by Chromium or Chrome, and PATH has none of {', '.join(BROWSERS)}. Install one, or "
            f"print {site}/*/{CHAPTERS[0]}.html and the other chapters with a browser of yours."
        )
    decks = [*site.glob("*/slides/*.html")]
    chapters = {*CHAPTERS, *(deck.stem for deck in decks)}
    pages = sorted([*decks, *(page for chapter in chapters for page in site.glob(f"*/{chapter}.html"))])
    if not pages:
        raise InputError(f"{site} has no chapter to print, such as */{CHAPTERS[0]}.html.")
    folder = site.parent / "handouts"
    folder.mkdir(exist_ok=True)
    for page in pages:
        language, *name = page.relative_to(site).with_suffix("").parts
        file = folder / f"{'-'.join([*name, language])}.pdf"
        print_page(browser, page, file)
        print(legible_lines(str(file)))


def print_page(browser: str, page: Path, file: Path) -> None:
    """Print a page of a site to a PDF file.

    Raises InputError with what the browser says if it fails, and if it takes longer than PATIENCE.
    """
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # the browser has no sandbox for root
    options = ["--headless", "--disable-gpu", *root, "--no-pdf-header-footer", f"--print-to-pdf={file.resolve()}"]
    file.unlink(missing_ok=True)
    command = [browser, *options, page.resolve().as_uri()]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{browser} did not print {page} within {PATIENCE} seconds.") from error
    if run.returncode or not file.exists():
        raise InputError(f"{browser} could not print {page}:\n{run.stderr.strip()[-2000:]}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    add_study(parser)
    parser.set_defaults(function=handouts)
