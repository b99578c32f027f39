"""Draw figures from tables and verdicts, in every language and scheme, and write the numbers behind them."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Unpack

import yaml

from ontrial.report.figures import drawing
from ontrial.report.figures.by_name import drawing_function
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import files, findings


def draw(
    figures: list[str],
    words: str,
    languages: list[str],
    folder: str,
    threads: int,
    **paths: Unpack[findings.Paths],
) -> None:
    """Draw the figures in `threads` processes."""
    terms = yaml.load(Path(words).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    content = findings.read(**paths).findings
    with ProcessPoolExecutor(threads, initializer=init_worker, initargs=(content,)) as pool:
        translations = [Phrases(terms, language, words, content.study.datasets) for language in languages]
        jobs = [pool.submit(draw_one, name, translations, Path(folder)) for name in figures]
        for job in jobs:
            job.result()


_findings: Findings  # of a worker process


def init_worker(content: Findings) -> None:
    """Pass the findings to a worker process once, not with every figure, and end it if the job is killed."""
    global _findings
    _findings = content
    threading.Thread(target=exit_with_parent, daemon=True).start()


def exit_with_parent() -> None:
    """Wait until the parent process ends, then end this one, which would not notice."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def draw_one(name: str, languages: list[Phrases], folder: Path) -> None:
    """Write a figure in every language and scheme, and its numbers, which are the same in all of them."""
    for words in languages:
        svgs, numbers = drawing.render(drawing_function(name), _findings, words)
        for scheme, svg in svgs.items():
            with files.atomic(folder / f"{name}-{words.language}-{scheme}.svg") as temporary:
                temporary.write_bytes(svg)
    files.write_text(folder / f"{name}.csv", numbers.to_csv(index=False, float_format="%.6g"))


if __name__ == "__main__":
    parser = findings.argument_parser(__doc__)
    parser.add_argument("--figures", nargs="+", required=True, help="names of the figures")
    parser.add_argument("--words", required=True, help="the terms of figures in each language (.yaml)")
    parser.add_argument("--languages", nargs="+", required=True, help="languages, such as en ko")
    parser.add_argument("--folder", required=True, help="the folder to write figures to")
    parser.add_argument("--threads", type=int, default=1, help="the number of figures to draw at the same time")
    files.run(draw, parser)
