"""Write the Markdown pages of one language from tables, verdicts, figures and docs."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ontrial.judge.columns import with_defaults
from ontrial.judge.pilots import read_changes
from ontrial.judge.result_files import read_csv, read_verdicts
from ontrial.report import contents
from ontrial.report.pages import assemble_pages, written_answers
from ontrial.report.pages.sources import Docs, Sources
from ontrial.report.summaries import finding_files
from ontrial.storage import files, options, workers
from ontrial.storage.files import atomic_folder
from ontrial.storage.options import Input, Output
from ontrial.study.cell import COLUMNS, SETTINGS
from ontrial.study.study_files import read_result

ALWAYS = [name for name in COLUMNS if name not in SETTINGS or not SETTINGS[name].sparse]
POINT_COLUMNS = (*ALWAYS, "policies", "n")  # hidden is text: 16, none


def write(
    study: Input,
    runs: Input,
    records: Input,
    docket: Input | None,
    answers: list[Input],
    pilots: list[Input],
    verdicts: list[Input],
    times: Input | None,
    measurements: list[Input],
    published: list[Input],
    other_studies: list[Input],
    provenance: Input,
    points: Input,
    sizes: list[Input],
    failed: list[Input],
    docs: str,
    language: str,
    pages: Output,
    threads: int,
) -> None:
    """Write all pages of a language, with numbers filled in.

    study: The study (study.json).
    runs: Table of runs (.parquet).
    records: Table of all records (.parquet).
    docket: The claims (docket.json), if the study tests any.
    answers: Answers to claims that are written by hand (.yaml).
    pilots: What pilots changed in the tests of claims (.yaml).
    verdicts: Verdicts of the study (.json).
    times: Seconds of the jobs (.json).
    measurements: Published measurements and verdicts (.csv, .json).
    published: Published verdicts to compare with (.json).
    other_studies: Published verdicts and accuracies of other studies (.json, .csv).
    provenance: The provenance (provenance.json).
    points: Points of the explorer (.csv).
    sizes: Width and height of each figure (.json).
    failed: Errors of the figures that were not drawn (.json).
    docs: Folder of the docs of all languages.
    language: Language of the pages, such as en.
    pages: Folder of the pages to replace.
    threads: Number of processes that write pages.
    """
    results, checked_docket = finding_files.read_findings(study, runs, records, docket, verdicts, measurements, times)
    shown = contents.of_study(results.study)
    sources = Sources(
        language=language,
        results=results,
        contents=shown,
        docs=Docs.read(Path(docs), language, shown.pages),
        docket=checked_docket,
        answers=_merged(written_answers.read_answers, answers),
        questions=_merged(partial(written_answers.read_texts, part="questions"), answers),
        objections=_merged(partial(written_answers.read_texts, part="objections"), answers),
        pilots=_merged(read_changes, pilots),
        provenance=read_result(provenance, "provenance.json"),
        published={verdict.claim: verdict.hash for path in published for verdict in read_verdicts(path).claims},
        other_studies=finding_files.read_studies(other_studies),
        sizes={
            file: tuple(size) for file, size in _merged(partial(read_result, pattern="**/sizes.json"), sizes).items()
        },
        failed_figures=_merged(partial(read_result, pattern="**/failed.json"), failed),
        points=with_defaults(
            read_csv(
                points, POINT_COLUMNS, dtype={"hidden": str, "clip_norm": str}, keep_default_na=False, na_values=[""]
            )
        ),
    )
    own = partial(finding_files.register, study, docket)
    with atomic_folder(Path(pages)) as new, workers.pool(threads, sources, own) as pool:
        parts = pool.map(workers.with_shared, assemble_pages.parts_of(sources))
        for path, text in assemble_pages.combine(sources, parts).items():
            files.write_text(new / path, text)


def _merged(read: Callable[[str], Mapping[str, Any]], paths: list[str]) -> dict[str, Any]:
    """Return the items of several files."""
    return {key: value for path in paths for key, value in read(path).items()}


if __name__ == "__main__":
    options.run(write)
