"""Update the published results of a study or measurement.

Both are written to results/reference. The published results of a study are small and easy to compare in a diff:
verdicts with rounded numbers, one line per context, and a few tables. A study that is not finished is refused, and so
is one whose configuration or docket has changed since it ran; `make publish` runs it first. Uncommitted changes are
fine, since moved verdicts belong in the same commit as the change that moved them. Nothing depends on earlier
publications, so publishing twice gives the same bytes.

Measurements are copied from where they were written: the benchmark, the scaling of the workflow, the robustness of the
study's verdicts, and the time saved by packing cells into the jobs of a cluster.
"""

import argparse
import json
import shutil
from pathlib import Path

from ontrial.commands import compare
from ontrial.errors import InputError
from ontrial.judge import checks, verdicts
from ontrial.judge.verdicts import Verdicts
from ontrial.report.summaries import comparison
from ontrial.storage import files
from ontrial.storage.files import atomic_folder
from ontrial.study import configuration
from ontrial.study.configuration import RESERVED
from ontrial.study.study import Study

REFERENCE = Path("results", RESERVED)
VERDICTS = ("verdicts.json", "timing/verdicts.json")
TABLES = ("timing/time.json", "tables/tuned.csv")  # small files, copied if the study has them
MEASUREMENTS = {  # the files of each measurement and the command that writes them
    "benchmark": (("results/benchmark/benchmark.csv", "results/benchmark/benchmark.json"), "make bench"),
    "scaling": (("results/benchmark/scale.csv",), "make scale"),
    "robustness": (("results/{study}/circumstances.csv",), "make circumstances STUDY={file}"),
    "packing": (("results/benchmark/packing.json",), "python -m benchmarks.cluster"),
}


def publish(what: str, study_file: str) -> None:
    """Publish the results of a study, or a named measurement."""
    if what == "study":
        publish_study(study_file)
    else:
        publish_measurement(what, study_file)


def publish_measurement(what: str, study_file: str) -> None:
    """Copy the files of a measurement. Raises InputError unless all of them exist."""
    patterns, command = MEASUREMENTS[what]
    paths = [Path(pattern.format(study=configuration.read(study_file).name)) for pattern in patterns]
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: there is no such file. Measure first: {command.format(file=study_file)}")
    for path in paths:
        with files.atomic(REFERENCE / path.name) as temporary:
            shutil.copyfile(path, temporary)
    print(f"Published {', '.join(str(REFERENCE / path.name) for path in paths)}. Commit the change.")


def publish_study(study_file: str) -> None:
    """Publish the results of one study. Raises InputError unless they are complete and match the configuration."""
    study = configuration.read(study_file)
    results = Path("results", study.name)
    finished = read_finished(study, results, study_file)
    with atomic_folder(REFERENCE / study.name) as folder:
        for name, content in finished.items():
            files.write_text(folder / name, one_line_per_context(verdicts.encode(comparison.published(content))))
        table = verdicts.to_table(comparison.published(finished[VERDICTS[0]]))
        files.write_text(folder / "verdicts.csv", table.to_csv(index=False))
        for name in TABLES:
            if (results / name).exists():
                (folder / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(results / name, folder / name)
    claims = sum(len(content["claims"]) for content in finished.values())
    published = REFERENCE / study.name
    print(f"{published} now has the {claims} verdicts of {results}. Commit it with the change that moved them.")


def read_finished(study: Study, results: Path, study_file: str) -> dict[str, Verdicts]:
    """Return the verdicts of a study by file. Raises InputError unless its site is built and they match its docket."""
    remedy = f"Run it first: make STUDY={study_file}"
    if not study.docket:
        raise InputError(f"{study_file}: the study tests no claims, so it has no verdicts to publish. Add a docket.")
    if not (results / "site/index.html").exists():
        raise InputError(f"{results}: the study is not finished: its site is missing. {remedy}")
    if (results / "study.json").read_text(encoding="utf-8") != study.to_json() + "\n":
        raise InputError(f"{results}: {study_file} has changed since the study ran. {remedy}")
    by_file = {name: compare.read_verdicts(results / name) for name in VERDICTS if (results / name).exists()}
    tested = {claim.id: claim.hash for claim in checks.read(study.docket, study).claims.values()}
    judged = {claim["id"]: claim["hash"] for content in by_file.values() for claim in content["claims"]}
    if changed := sorted(id for id in tested.keys() | judged.keys() if tested.get(id) != judged.get(id)):
        raise InputError(f"{results}: these claims have changed since they were judged: {', '.join(changed)}. {remedy}")
    return by_file


def one_line_per_context(content: Verdicts) -> str:
    """Return verdicts as JSON with one line per context, so that a diff shows which ones moved."""

    def to_line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    def to_lines(claim: comparison.Entry) -> str:
        contexts = ",\n".join(f"   {to_line(context)}" for context in claim["contexts"])
        head = to_line({key: value for key, value in claim.items() if key != "contexts"})
        return f'  {head[:-1]}, "contexts": [\n{contexts}\n  ]}}'

    claims = ",\n".join(map(to_lines, content["claims"]))
    return f'{{"study": {to_line(content["study"])}, "claims": [\n{claims}\n]}}\n'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=["study", *MEASUREMENTS],
        default="study",
        help="what to publish (default: %(default)s)",
    )
    parser.add_argument(
        "--study", dest="study_file", default="config/config.yaml", help="configuration file (default: %(default)s)"
    )
    parser.set_defaults(function=publish)
