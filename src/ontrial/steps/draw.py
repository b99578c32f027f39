"""Draw figures from tables and verdicts, in every language and scheme, with any preview and the numbers behind them.

A figure that cannot be drawn stops neither the others nor the site: a placeholder replaces it, the traceback goes to
the log, and the rule `check_figures` fails once the site is built.
"""

import html
import itertools
import json
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ontrial.report import contents
from ontrial.report.figures import drawing, svg
from ontrial.report.figures.catalogue import drawing_function, widths
from ontrial.report.figures.formats import SCHEMES, card_name, file_name
from ontrial.report.site.docs import read_words
from ontrial.report.summaries import finding_files
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import files, options, workers
from ontrial.storage.options import Input, Output


def draw(
    study: Input,
    runs: Input,
    records: Input,
    docket: Input | None,
    verdicts: list[Input],
    measurements: list[Input],
    words: Input,
    figures: list[str],
    languages: list[str],
    folder: Output,
    failed: Output,
    sizes: Output,
    threads: int,
) -> None:
    """Draw the figures, and write the errors of those that cannot be drawn and the sizes of all.

    study: The study (study.json).
    runs: Table of runs (.parquet).
    records: Table of all records (.parquet).
    docket: The claims (docket.json), if the study tests any.
    verdicts: Verdicts of the study (.json).
    measurements: Published measurements and verdicts (.csv, .json).
    words: Terms of figures in each language (.yaml).
    figures: Names of the figures.
    languages: Languages, such as en ko.
    folder: Folder of the figures to replace.
    failed: Errors of the figures that cannot be drawn, to write (.json).
    sizes: Width and height of each file, to write (.json).
    threads: Number of figures to draw at the same time.
    """
    terms = read_words(Path(words))["figures"]
    content, _ = finding_files.read_findings(study, runs, records, docket, verdicts, measurements)
    own = partial(finding_files.register, study, docket)
    with files.atomic_folder(Path(folder)) as new, workers.pool(threads, content, own) as pool:
        translations = [Phrases(terms, language, words, content.study.own_names) for language in languages]
        jobs = {name: pool.submit(workers.with_shared, partial(draw_one, name, translations, new)) for name in figures}
        drawings = {name: job.result() for name, job in jobs.items()}
    errors = {name: drawn.error for name, drawn in drawings.items() if drawn.error}
    all_sizes = {file: size for drawn in drawings.values() for file, size in drawn.sizes.items()}
    files.write_text(failed, json.dumps(errors, ensure_ascii=False, indent=1) + "\n")
    files.write_text(sizes, json.dumps(all_sizes, indent=1) + "\n")


class Drawn(NamedTuple):
    """The files of a figure: width and height in CSS pixels by name, and the error if they are placeholders."""

    sizes: dict[str, tuple[float, float]]
    error: str | None


def draw_one(name: str, languages: list[Phrases], folder: Path, findings: Findings) -> Drawn:
    """Write a figure in every language, width and scheme, any previews, and its numbers, which are the same in all.

    If it cannot be drawn, write placeholders.
    """
    drawing.collect_rarely()
    drawn_widths = widths(contents.of_study(findings.study).figures, name)
    error, sizes = None, {}
    drawn: dict[tuple[str, float], drawing.Rendered] = {}
    try:
        function = prepared(name, findings)
        for words, width in itertools.product(languages, drawn_widths):
            is_widest = width == drawn_widths[-1]
            drawn[words.language, width] = drawing.render(function, findings, words, width, with_card=is_widest)
    except Exception as exception:  # whatever a figure raises, the others can be drawn
        error = " ".join(f"{type(exception).__name__}: {exception}".split())
        print(f"The figure {name} could not be drawn.\n{traceback.format_exc()}", file=sys.stderr)
        failure = _placeholder(f"{name}: {error}")
        drawn = {(words.language, width): failure for words in languages for width in drawn_widths}
    for (language, width), (svgs, _, card) in drawn.items():
        for scheme, content in svgs.items():
            file = file_name(name, language, scheme, width)
            files.write_bytes(folder / file, content)
            sizes[file] = svg.size(content)
        if card:
            files.write_bytes(folder / card_name(name, language), card)
    numbers = next(iter(drawn.values())).numbers
    files.write_text(folder / f"{name}.csv", numbers.to_csv(index=False, float_format="%.6g"))
    return Drawn(sizes, error)


def prepared(name: str, results: Findings) -> drawing.Draw[Findings]:
    """Return the function that draws a figure, given the predictions of any trained networks that it shows."""
    shown = contents.of_study(results.study)
    function = drawing_function(shown.figures, name)
    predictions = contents.merged(shown.predictions)
    return partial(function, predictions=predictions[name](results)) if name in predictions else function


def _placeholder(text: str) -> drawing.Rendered:
    """Return the placeholder of a figure that could not be drawn, in the form of `drawing.render`."""
    note = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 24"><text y="16">{html.escape(text)}</text></svg>'
    svgs = dict.fromkeys(SCHEMES, note.encode())
    return drawing.Rendered(svgs, pd.DataFrame({"error": [text]}), drawing.empty_card())


if __name__ == "__main__":
    options.run(draw)
