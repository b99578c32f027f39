"""Run a study twice and compare every byte.

Both runs start from scratch, with different numbers of cores, hash seeds, time zones, locales and folders.
"""

import argparse
import os
import shutil
import tempfile
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from ontrial.commands._study import add_study
from ontrial.errors import InputError
from ontrial.storage import files, shipped, workflow, yaml_files
from ontrial.study import configuration

FIRST = ("2", {"PYTHONHASHSEED": "1", "TZ": "Asia/Seoul", "LC_ALL": "C.UTF-8"})  # cores, environment variables
SECOND = ("1", {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C"})


def verify(study_file: str, *, trust_code: bool = False) -> None:
    """Print how many files are the same and which may differ. Raises InputError if any other file differs.

    trust_code: Whether the study's own code may run.
    """
    name = configuration.read_study(study_file).name
    with tempfile.TemporaryDirectory(prefix="ontrial-") as folder:
        first, second = Path(folder, "first"), Path(folder, "the second run")  # equally far from the files of the study
        run(study_file, first, *FIRST, trust_code=trust_code)
        second_run(study_file, second, first / "results" / name, trust_code=trust_code)
        digests_of_first = digests(first / "results" / name)
        digests_of_second = digests(second / "results" / name)
    if paths := differing(digests_of_first, digests_of_second):
        raise InputError(f"Study {name}: {len(paths)} files differ between two runs:\n" + "\n".join(paths))
    print(f"Study {name}: {len(digests_of_first):,} files have the same bytes in two runs. These may differ:")
    for pattern, reason in reasons_by_pattern().items():
        print(f"  {pattern:22}{reason}")


def second_run(study_file: str, folder: Path, first_results: Path, *, trust_code: bool = False) -> None:
    """Run a study again from scratch, but with the times measured in the first run, because pages show them."""
    results = Path("results", first_results.name)
    targets = [path for path in ("tables/runs.csv", "verdicts.json") if (first_results / path).exists()]
    run(study_file, folder, *SECOND, *(f"{results}/{path}" for path in targets), trust_code=trust_code)
    copy_seconds(first_results, folder / results)
    run(study_file, folder, *SECOND, trust_code=trust_code)


def copy_seconds(first: Path, second: Path) -> None:
    """Copy the files with measured times to another run: all that may differ, except logs and benchmarks."""
    for name in reasons_by_pattern():
        if "*" not in name and (first / name).exists():
            (second / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(first / name, second / name)


def run(
    study_file: str, folder: Path, cores: str, variables: dict[str, str], *targets: str, trust_code: bool = False
) -> None:
    """Run the workflow in a separate folder. Raises InputError with Snakemake's output if it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    study = os.path.relpath(study_file, folder)
    options = ("--snakefile", str(shipped.SNAKEFILE), "--cores", cores)
    workflow.run(study, *targets, *options, trust_code=trust_code, folder=folder, variables=variables)


@cache
def reasons_by_pattern() -> dict[str, str]:
    """Return the reasons why files may differ between two runs, by pattern of their paths."""
    return {pattern: reason["en"] for pattern, reason in yaml_files.read_yaml(shipped.DOCS / "differing.yaml").items()}


def digests(results: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a study that must be the same in every run, by path within `results`."""
    paths = {path.relative_to(results).as_posix(): path for path in sorted(results.rglob("*")) if path.is_file()}
    return {
        name: files.sha256(path)
        for name, path in paths.items()
        if not any(fnmatch(name, pattern) for pattern in reasons_by_pattern())
    }


def differing(first: dict[str, str], second: dict[str, str]) -> list[str]:
    """Return the paths whose digests differ, or that only one of the two runs has."""
    return sorted(path for path in first.keys() | second.keys() if first.get(path) != second.get(path))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    add_study(parser)
    parser.add_argument("--trust-code", action="store_true", help="allow the study's own code")
    parser.set_defaults(function=verify)
