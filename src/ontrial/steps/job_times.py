"""Add up the running times of a study's jobs from Snakemake's benchmark files.

Times differ from run to run, so nothing deterministic depends on the output. Jobs that run after this one are included
only if the study has been run before.
"""

import csv
import io
import json
import math
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from ontrial.errors import DamagedError
from ontrial.storage import files, options
from ontrial.storage.options import Input, Output
from ontrial.study.study import load_study

MAX_BYTES = 2**16  # of a benchmark file


def write_times(study: Input, times: Output) -> None:
    """Write the running times of a study's jobs by rule.

    study: The study (study.json), next to the folder of benchmark files.
    times: Seconds of the jobs, to write (.json).
    """
    planned = load_study(study)
    seconds = _read_seconds({*planned.cells, *planned.later_cells}, Path(study).parent / "benchmarks")
    longest_first = sorted(seconds.items(), key=lambda item: -sum(item[1]))
    rules = {rule: {"jobs": len(each), "seconds": round(sum(each), 2)} for rule, each in longest_first}
    files.write_text(times, json.dumps({"rules": rules}, indent=1) + "\n")


def _read_seconds(cells: Collection[str], benchmarks: Path) -> dict[str, list[float]]:
    """Return the wall times of the jobs that have benchmark files, by rule, without training jobs of other cells.

    Snakemake samples CPU times too rarely for short jobs.
    """
    seconds: dict[str, list[float]] = {}
    for path in sorted(benchmarks.rglob("*.tsv")):
        name, _, trained = path.relative_to(benchmarks).with_suffix("").as_posix().partition("/")
        rule = name.partition("-")[0]  # write-en, look-2
        if rule != "train" or trained in cells:
            seconds.setdefault(rule, []).append(read_benchmark(path))
    return seconds


def read_benchmark(path: Path) -> float:
    """Return the seconds in a benchmark file. Raises DamagedError if Snakemake did not write it."""
    rows = csv.DictReader(io.StringIO(files.read_text(path, MAX_BYTES)), delimiter="\t")
    with suppress(KeyError, TypeError, ValueError):
        if math.isfinite(total := sum(float(row["s"]) for row in rows)):
            return total
    raise DamagedError({path: "this is not a benchmark file."})


if __name__ == "__main__":
    options.run(write_times)
