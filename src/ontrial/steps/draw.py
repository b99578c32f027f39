"""Tables and verdicts → figures: each in every language, light and dark, and the numbers behind it."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import yaml

from ontrial.report.figures import drawing
from ontrial.report.figures.by_name import function
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import files, findings


def draw(
    figures: list[str],
    words: str,
    languages: list[str],
    folder: str,
    threads: int,
    **given: str | list[str] | None,
) -> None:
    """Draw the figures in that many processes."""
    terms = yaml.safe_load(Path(words).read_text(encoding="utf-8"))
    results = findings.read(**given).findings
    with ProcessPoolExecutor(threads, initializer=take, initargs=(results,)) as pool:
        translations = [Phrases(terms, language, words) for language in languages]
        jobs = [pool.submit(draw_one, name, translations, Path(folder)) for name in figures]
        for job in jobs:
            job.result()


def take(results: Findings) -> None:
    """Give a process the tables once, not with every figure; end it if the job is killed, which it wouldn't notice."""
    global _results
    _results = results
    threading.Thread(target=end_with_the_job, daemon=True).start()


def end_with_the_job() -> None:
    """Wait until the process of the job ends."""
    multiprocessing.parent_process().join()
    os._exit(1)


def draw_one(name: str, languages: list[Phrases], folder: Path) -> None:
    """Write one figure in every language and scheme, and its numbers, which are the same in all of them."""
    for words in languages:
        svgs, numbers = drawing.render(function(name), _results, words)
        for scheme, svg in svgs.items():
            with files.atomic(folder / f"{name}-{words.language}-{scheme}.svg") as temporary:
                temporary.write_bytes(svg)
    files.write_text(folder / f"{name}.csv", numbers.to_csv(index=False, float_format="%.6g"))


if __name__ == "__main__":
    parser = findings.argument_parser(__doc__)
    parser.add_argument("--figures", nargs="+", required=True, help="names of the figures")
    parser.add_argument("--words", required=True, help="the terms in each language (.yaml)")
    parser.add_argument("--languages", nargs="+", required=True, help="en, ko")
    parser.add_argument("--folder", required=True, help="where the figures go")
    parser.add_argument("--threads", type=int, default=1, help="figures to draw at a time")
    files.run(draw, parser)
