"""Train the networks of the films, and write each film as a script for the player, a table, and strips of frames."""

import argparse
import json
from itertools import product
from pathlib import Path

import yaml

from ontrial.report.figures import drawing, film, svg
from ontrial.report.figures.formats import FILM, WIDTHS, file_name
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import files
from ontrial.study import filming, films


def make_films(film_file: str, words: str, languages: list[str], folder: str, sizes: str) -> None:
    """Train both arms of every film frame by frame, and write the files that the page shows, and their sizes."""
    size_of = {}
    terms = yaml.load(Path(words).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for id, spec in films.read(film_file).items():
        shots = [list(filming.shoot(arm)) for arm in spec.arms]
        path = Path(folder, FILM + id)
        files.write_text(path.with_suffix(".js"), film.script(spec, shots))
        files.write_text(path.with_suffix(".csv"), film.table(spec, shots).to_csv(index=False))
        for language, width in product(languages, WIDTHS):
            svgs, _ = drawing.render(film.strip, (spec, shots), Phrases(terms, language, words), width)
            for scheme, content in svgs.items():
                file = file_name(path.name, language, scheme, width)
                files.write_bytes(Path(folder, file), content)
                size_of[file] = svg.size(content)
    files.write_text(sizes, json.dumps(size_of, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", dest="film_file", required=True, help="the list of films (.yaml)")
    parser.add_argument("--words", required=True, help="the terms of figures in each language (.yaml)")
    parser.add_argument("--languages", nargs="+", required=True, help="languages, such as en ko")
    parser.add_argument("--folder", required=True, help="the folder to write films to")
    parser.add_argument("--sizes", required=True, help="the width and height of each strip, to write (.json)")
    files.run(make_films, parser)
