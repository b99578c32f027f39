"""Record the provenance of the tables of a study: configuration, data, code, packages and machine."""

import hashlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

from ontrial import data
from ontrial.storage import files, options, run_files
from ontrial.storage.machine import blas, git, processor_name
from ontrial.storage.options import Input, Output
from ontrial.storage.shipped import CHECKOUT
from ontrial.storage.versions import blas_kernel
from ontrial.study import study_files
from ontrial.study.study import load_study

PACKAGES = ("numpy", "scipy", "pandas", "pyarrow", "matplotlib", "snakemake", "mkdocs", "ontrial")


def write_provenance(
    study: Input,
    configuration: str | None,
    versions_of_runs: Input,
    runs: Input,
    tables: list[Input],
    verdicts: list[Input],
    provenance: Output,
) -> None:
    """Write the provenance of a study.

    study: The study (study.json), in the folder of the results.
    configuration: Name of its configuration file, if there is one.
    versions_of_runs: Number of run files by version of what computed them (versions.json).
    runs: Table of runs (.parquet).
    tables: Other tables whose SHA-256 to record.
    verdicts: Files of verdicts whose SHA-256 to record.
    provenance: The provenance, to write (.json).
    """
    planned = load_study(study)
    record = {
        "study": planned.name,
        "configuration_file": configuration,
        "commit": git("rev-parse", "HEAD"),
        "commit_date": git("show", "--no-patch", "--format=%cs", "HEAD"),
        "changed_since_commit": git("status", "--porcelain", "--untracked-files=no") not in ("", None),
        "lock_sha256": files.sha256(CHECKOUT / "requirements/run.lock") if CHECKOUT else None,
        "configuration_sha256": hashlib.sha256(planned.to_json().encode()).hexdigest(),
        "data_sha256": {name: data.checksum(name) for name in planned.datasets},
        **{f"{key}_sha256": files.sha256(path) for key, path in planned.own_code.items()},
        "seeds": {name: list(experiment.judging_seeds) for name, experiment in planned.experiments.items()},
        "cells": len(planned.cells),
        "runs": run_files.row_count(runs),
        "runs_of_first_look": planned.runs,
        "versions_of_runs": study_files.read_result(versions_of_runs, "versions.json"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "blas": blas(),
        "blas_kernel": blas_kernel(),
        "system": platform.platform(),
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "threads_per_job": os.environ["OMP_NUM_THREADS"],
        "tables_sha256": {Path(path).name: files.sha256(path) for path in (runs, *tables, *verdicts)},
    }
    files.write_text(provenance, json.dumps(record, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    options.run(write_provenance)
