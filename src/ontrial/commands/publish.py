"""Renew the published results of a study or measurement.

Both go to results/reference. What is published of a study is small and shows its changes line by line: verdicts with
rounded numbers, one line per context, and a few tables. A study that isn't finished, or was made from another
configuration or docket than there is now, is refused; `make publish` runs it first. A working tree with changes is
fine: what moved belongs in one commit with what moved it. Nothing depends on what was published before, so publishing
twice gives the same bytes.

Measurements are copied from where they were written: the benchmark, the scaling of the workflow, the robustness of the
study's verdicts, and what packing cells into the jobs of a cluster saves.
"""

import argparse
import json
import shutil
from pathlib import Path

from ontrial.commands import compare
from ontrial.errors import InputError
from ontrial.judge import checks, verdicts
from ontrial.report.summaries import comparison
from ontrial.storage import files
from ontrial.storage.files import replaced
from ontrial.study import configuration
from ontrial.study.configuration import RESERVED
from ontrial.study.study import Study

REFERENCE = Path("results", RESERVED)
VERDICTS = ("verdicts.json", "timing/verdicts.json")
TABLES = ("timing/time.json", "tables/tuned.csv")  # published as they are, where the study has them: small ones
MEASUREMENTS = {  # the files of each, and the command that writes them
    "benchmark": (("results/benchmark/benchmark.csv", "results/benchmark/benchmark.json"), "make bench"),
    "scaling": (("results/benchmark/scale.csv",), "make scale"),
    "robustness": (("results/{study}/circumstances.csv",), "make circumstances STUDY={file}"),
    "packing": (("results/benchmark/packing.json",), "python -m benchmarks.cluster"),
}


def publish(what: str, study_file: str) -> None:
    """Publish the results of a study, or a measurement by name."""
    if what == "study":
        publish_study(study_file)
    else:
        publish_measurement(what, study_file)


def publish_measurement(what: str, study_file: str) -> None:
    """Copy the files of a measurement; InputError unless all of them exist."""
    patterns, command = MEASUREMENTS[what]
    paths = [Path(pattern.format(study=configuration.read(study_file).name)) for pattern in patterns]
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: there is no such file. Measure first: {command.format(file=study_file)}")
    for path in paths:
        with files.atomic(REFERENCE / path.name) as temporary:
            shutil.copyfile(path, temporary)
    print(f"Published: {', '.join(str(REFERENCE / path.name) for path in paths)}. Commit it.")


def publish_study(study_file: str) -> None:
    """Publish the results of one study; InputError unless all of them are there and of this configuration."""
    checked = configuration.read(study_file)
    results = Path("results", checked.name)
    found = finished(checked, results, study_file)
    with replaced(REFERENCE / checked.name) as folder:
        for name, content in found.items():
            files.write_text(folder / name, one_line_a_context(verdicts.encoded(comparison.published(content))))
        table = verdicts.table(comparison.published(found[VERDICTS[0]]))
        files.write_text(folder / "verdicts.csv", table.to_csv(index=False))
        for name in TABLES:
            if (results / name).exists():
                (folder / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(results / name, folder / name)
    claims = sum(len(content["claims"]) for content in found.values())
    print(f"{REFERENCE / checked.name} holds the {claims} verdicts of {results} now. Commit it with what moved them.")


def finished(checked: Study, results: Path, study_file: str) -> dict[str, comparison.Verdicts]:
    """The verdicts of a study by file; InputError unless its site is built and they are those of its docket."""
    again = f"Run it first: make STUDY={study_file}"
    if not checked.docket:
        raise InputError(f"{study_file}: the study tries no claims, so there is nothing to publish. Name a docket.")
    if not (results / "site/index.html").exists():
        raise InputError(f"{results}: the study is not finished: its site is missing. {again}")
    if (results / "study.json").read_text(encoding="utf-8") != checked.to_json() + "\n":
        raise InputError(f"{results}: made from another configuration than {study_file} is now. {again}")
    found = {name: compare.read_verdicts(results / name) for name in VERDICTS if (results / name).exists()}
    tried = {claim.id: claim.hash for claim in checks.read(checked.docket, checked).claims.values()}
    judged = {claim["id"]: claim["hash"] for content in found.values() for claim in content["claims"]}
    if wrong := sorted(id for id in tried.keys() | judged.keys() if tried.get(id) != judged.get(id)):
        raise InputError(f"{results}: not the verdicts of the docket as it is now: {', '.join(wrong)}. {again}")
    return found


def one_line_a_context(found: comparison.Verdicts) -> str:
    """JSON whose lines are contexts, so that a difference shows those that moved."""

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    def entry(claim: comparison.Entry) -> str:
        contexts = ",\n".join(f"   {line(context)}" for context in claim["contexts"])
        head = line({key: value for key, value in claim.items() if key != "contexts"})
        return f'  {head[:-1]}, "contexts": [\n{contexts}\n  ]}}'

    claims = ",\n".join(map(entry, found["claims"]))
    return f'{{"study": {line(found["study"])}, "claims": [\n{claims}\n]}}\n'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument(
        "what", nargs="?", choices=["study", *MEASUREMENTS], default="study", help="default: %(default)s"
    )
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    parser.set_defaults(function=publish)
