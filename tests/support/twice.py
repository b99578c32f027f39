"""A second run of a study with other cores, hash seed, time zone, locale and folder, and what may differ then."""

import os
import shutil
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from ontrial.storage import files, shipped, workflow, yaml_files

FIRST = ("2", {"PYTHONHASHSEED": "1", "TZ": "Asia/Seoul", "LC_ALL": "C.UTF-8"})  # cores, environment variables
SECOND = ("1", {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C"})


def second_run(study_file: str, folder: Path, first_results: Path) -> None:
    """Run a study again from scratch, but with the times measured in the first run, because pages show them."""
    results = Path("results", first_results.name)
    targets = [path for path in ("tables/runs.csv", "verdicts.json") if (first_results / path).exists()]
    run(study_file, folder, *SECOND, *(f"{results}/{path}" for path in targets))
    copy_seconds(first_results, folder / results)
    run(study_file, folder, *SECOND)


def copy_seconds(first: Path, second: Path) -> None:
    """Copy the files with measured times to another run: all that may differ, except logs and benchmarks."""
    for name in reasons_by_pattern():
        if "*" not in name and (first / name).exists():
            (second / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(first / name, second / name)


def run(study_file: str, folder: Path, cores: str, variables: dict[str, str], *targets: str) -> None:
    """Run the workflow in a separate folder. Raises InputError with Snakemake's output if it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    study = os.path.relpath(study_file, folder)
    options = ("--snakefile", str(shipped.SNAKEFILE), "--cores", cores)
    workflow.run(study, *targets, *options, folder=folder, variables=variables)


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
