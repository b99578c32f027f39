"""The list of films → each as a script for the player, as a strip in every language, light and dark, and as a table."""

import argparse
from pathlib import Path

import yaml

from ontrial.report.figures import drawing, film
from ontrial.report.figures.catalogue import FILM
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import files
from ontrial.study import films


def make(film_file: str, words: str, languages: list[str], folder: str) -> None:
    """Train both arms of every film, frame by frame, and write what the page shows of them."""
    terms = yaml.safe_load(Path(words).read_text(encoding="utf-8"))
    for id, found in films.read(film_file).items():
        shots = [list(film.shoot(arm)) for arm in found.arms]
        place = Path(folder, FILM + id)
        files.write_text(place.with_suffix(".js"), film.script(found, shots))
        files.write_text(place.with_suffix(".csv"), film.table(found, shots).to_csv(index=False))
        for language in languages:
            svgs, _ = drawing.render(film.strip, (found, shots), Phrases(terms, language, words))
            for scheme, svg in svgs.items():
                with files.atomic(f"{place}-{language}-{scheme}.svg") as temporary:
                    temporary.write_bytes(svg)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", dest="film_file", required=True, help="the list of films (.yaml)")
    parser.add_argument("--words", required=True, help="the terms in each language (.yaml)")
    parser.add_argument("--languages", nargs="+", required=True, help="en, ko")
    parser.add_argument("--folder", required=True, help="where the films go")
    files.run(make, parser)
