"""Train the networks of the films, and write each film as a script for the player, a table, and strips of frames."""

import json
from itertools import product
from pathlib import Path

from ontrial.book.films import figures as film
from ontrial.report.figures import drawing, svg
from ontrial.report.figures.formats import FILM, WIDTHS, file_name
from ontrial.report.site.docs import read_words
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import files, options
from ontrial.storage.options import Input, Output
from ontrial.study import filming
from ontrial.study.films import read_films


def make_films(films: Input, words: Input, languages: list[str], folder: str, sizes: Output) -> None:
    """Train both arms of every film frame by frame, and write the files that the page shows, and their sizes.

    films: List of films (.yaml).
    words: Terms of figures in each language (.yaml).
    languages: Languages, such as en ko.
    folder: Folder of the films to write.
    sizes: Width and height of each strip, to write (.json).
    """
    drawing.collect_rarely()
    size_of = {}
    terms = read_words(Path(words))["figures"]
    for id, spec in read_films(films).items():
        shots = [list(filming.shoot(arm)) for arm in spec.arms]
        path = Path(folder, FILM + id)
        files.write_text(path.with_suffix(".js"), film.script(spec, shots))
        files.write_text(path.with_suffix(".csv"), film.measures(spec, shots).to_csv(index=False))
        for language, width in product(languages, WIDTHS):
            svgs, _ = drawing.render(film.strip, (spec, shots), Phrases(terms, language, words), width)
            for scheme, content in svgs.items():
                file = file_name(path.name, language, scheme, width)
                files.write_bytes(Path(folder, file), content)
                size_of[file] = svg.size(content)
    files.write_text(sizes, json.dumps(size_of, indent=1) + "\n")


if __name__ == "__main__":
    options.run(make_films)
