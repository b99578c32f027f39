"""Update the published results of a study or measurement.

Both are written to results/reference. The published results of a study are small and easy to compare in a diff:
verdicts with rounded numbers, one line per context, the numbers per seed behind them, and a few tables: accuracies,
distances and limits, if its claims need no learning rate. With them is its design, so that the sites of other studies
can show its claims. A study that is not finished is refused, and so is one whose configuration or docket has changed
since it ran; in a checkout, `make publish` runs it first.
Uncommitted changes are fine, since moved verdicts belong in the same commit as the change that moved them. Publishing
twice gives the same bytes.
"""

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ontrial.commands import compare
from ontrial.commands._study import add_study, changed_claims, results_of
from ontrial.errors import InputError
from ontrial.judge import checks, published, rate_free_tables, result_files, seeds
from ontrial.judge.columns import without_defaults
from ontrial.report.pages import written_answers
from ontrial.report.summaries import comparison
from ontrial.storage import files, shipped
from ontrial.storage.files import atomic_folder
from ontrial.storage.machine import git
from ontrial.study import configuration, study_files
from ontrial.study.study import Study
from ontrial_judge.core import verdict_files
from ontrial_judge.core.verdicts import Verdict, Verdicts

REFERENCE = Path("results", configuration.RESERVED)
RUN_TABLES = ("tables/runs.parquet", "tables/records.parquet")
DIGITS = 5  # significant digits of tables


def publish(study_file: str) -> None:
    """Publish the results of a study. Raises InputError unless they are complete and match the configuration."""
    study = configuration.read_study(study_file)
    files.require_no_links(REFERENCE)
    if study.looks_left:
        raise InputError(
            f"{study_file}: it stops before its last look, which may decide more contexts. Run and "
            "publish a study without `last_look`, such as config/full.yaml for the default one."
        )
    results = results_of(study.name)
    finished = _read_finished(study, results, study_file)
    written = _written(results)
    written[published.DESIGN] = json.dumps(design_of(study, results), ensure_ascii=False, indent=1) + "\n"
    with atomic_folder(REFERENCE / study.name) as folder:
        rounded = comparison.published(finished)
        files.write_text(folder / "verdicts.json", one_line_per_context(rounded))
        files.write_text(folder / "verdicts.csv", verdict_files.to_csv(rounded))
        for name in (published.TIMES, published.TUNED):
            if (results / name).exists():
                published.read_file(results / name)  # which checks it
                (folder / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(results / name, folder / name)
        for name, text in written.items():
            files.write_text(folder / name, text)
            published.read_file(folder / name)
    target = REFERENCE / study.name
    count = len(finished.claims)
    print(f"{target} now has the {count} verdicts of {results}. Commit it with the change that moved them.")
    if (results / "site").exists():  # replications have no pages
        _report_missing_words(Path(str(study.docket)), finished.claims)


def _report_missing_words(docket: Path, verdicts: Sequence[Verdict]) -> None:
    """Name the verdicts that the answers beside a docket have no words for, if it has answers."""
    path = written_answers.path_of(docket)
    if not path.exists():
        return
    if missing := written_answers.without_words(written_answers.read_answers(path), verdicts):
        listed = ", ".join(f"{verdict.claim} ({verdict.conclusion})" for verdict in missing)
        print(f"{path} has no words for these outcomes, so that pages show the generated sentence: {listed}.")


def _written(results: Path) -> dict[str, str]:
    """Return what is made of a study when it is published, by file: numbers per seed as JSON, and tables as CSV."""
    docket = str(results / "docket.json")
    study, runs, records = (str(results / name) for name in ("study.json", *RUN_TABLES))
    content, checked_docket = result_files.read_results(study, runs, records, docket)
    tables = {}
    if rate_free_tables.are_needed(checked_docket.claims):
        commit = study_files.read_result(results / "provenance.json", "provenance.json").get("commit") or ""
        tables[published.CURVES] = rate_free_tables.curves(content, commit[:12])
        tables[published.TWO_NUMBERS] = rate_free_tables.two_numbers(content, checked_docket.claims)
    texts = {
        name: without_defaults(table).to_csv(index=False, float_format=f"%.{DIGITS}g") for name, table in tables.items()
    }
    texts[published.SEEDS] = seeds.to_json(content.study.name, seeds.measure(content, checked_docket))
    return texts


def design_of(study: Study, results: Path) -> dict[str, Any]:
    """Return the configuration and the docket of a study, and where both come from, as far as Git knows.

    The docket's commit is the last one that changed its file when the study ran: since then, it is fixed. There is none
    if the file has changed after all.
    """
    provenance = study_files.read_result(results / "provenance.json", "provenance.json")
    commit, path = provenance.get("commit"), str(Path(str(study.docket)).resolve())
    is_fixed = commit is not None and git("diff", "--quiet", commit, "--", path) is not None
    last_change = git("log", "-1", "--format=%H %cs", commit, "--", path) if is_fixed else None
    docket_commit, _, docket_date = (last_change or "").partition(" ")
    return {
        "configuration": json.loads(files.read_text(results / "study.json")),
        "docket": study_files.read_result(results / "docket.json", "docket.json"),
        "origin": {
            "configuration_file": provenance["configuration_file"],
            "commit": commit,
            "commit_date": provenance.get("commit_date"),
            "docket_sha256": files.sha256(path),
            "docket_commit": docket_commit or None,
            "docket_date": docket_date or None,
        },
    }


def _read_finished(study: Study, results: Path, study_file: str) -> Verdicts:
    """Return the verdicts of a study. Raises InputError unless they are there and match its docket."""
    remedy = f"Run it first: {shipped.run_command(study_file)}"
    if not study.docket:
        raise InputError(f"{study_file}: the study tests no claims, so it has no verdicts to publish. Add a docket.")
    if not (results / "provenance.json").exists():
        raise InputError(f"{results}: the study is not finished: its provenance is missing. {remedy}")
    written = results / "study.json"
    if not written.exists() or written.read_bytes() != f"{study.to_json()}\n".encode():
        raise InputError(f"{results}: {study_file} has changed since the study ran. {remedy}")
    verdicts = compare.read_verdicts(results / "verdicts.json")
    if changed := changed_claims(study, verdicts.claims):
        raise InputError(f"{results}: these claims have changed since they were judged: {', '.join(changed)}. {remedy}")
    written, docket = results / "docket.json", checks.read_docket(study.docket, study)
    if not written.exists() or written.read_bytes() != f"{docket.to_json()}\n".encode():
        raise InputError(f"{results}: {study.docket} has changed since the study ran. {remedy}")
    return verdicts


def one_line_per_context(verdicts: Verdicts) -> str:
    """Return verdicts as JSON with one line per context, so that a diff shows which ones moved."""

    def to_line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    def to_lines(verdict: Verdict) -> str:
        content = verdict_files.encode_verdict(verdict)
        contexts = ",\n".join(f"   {to_line(context)}" for context in content.pop("contexts"))
        head = to_line(content)
        return f'  {head[:-1]}, "contexts": [\n{contexts}\n  ]}}'

    claims = ",\n".join(map(to_lines, verdicts.claims))
    head = to_line({"version": verdict_files.VERSION, "study": verdicts.study})
    return f'{head[:-1]}, "claims": [\n{claims}\n]}}\n'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    add_study(parser)
    parser.set_defaults(function=publish)
