"""Record the provenance of the tables of a study: configuration, data, code, packages and machine."""

import argparse
import hashlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

from ontrial import data
from ontrial.storage import files
from ontrial.storage.machine import blas, blas_kernel, git, processor_name
from ontrial.storage.shipped import CHECKOUT
from ontrial.study.study import load_study

PACKAGES = ("numpy", "scipy", "pandas", "pyarrow", "matplotlib", "snakemake", "mkdocs", "ontrial")


def provenance(study_file: str, configuration: str | None, tables: list[str], output: str) -> None:
    """Write the provenance of a study. configuration: what to call its configuration file; None if there is none."""
    study = load_study(study_file)
    record = {
        "study": study.name,
        "configuration_file": configuration,
        "commit": git("rev-parse", "HEAD"),
        "commit_date": git("show", "--no-patch", "--format=%cs", "HEAD"),
        "changed_since_commit": git("status", "--porcelain", "--untracked-files=no") not in ("", None),
        "lock_sha256": files.sha256(CHECKOUT / "requirements/run.lock") if CHECKOUT else None,
        "configuration_sha256": hashlib.sha256(study.to_json().encode()).hexdigest(),
        "data_sha256": {name: data.checksum(name) for name in study.datasets},
        "metrics_sha256": files.sha256(study.metrics) if study.metrics else None,
        "seeds": {name: list(experiment.judging_seeds) for name, experiment in study.experiments.items()},
        "cells": len(study.cells),
        "runs": study.runs,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "blas": blas(),
        "blas_kernel": blas_kernel(),
        "system": platform.platform(),
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "threads_per_job": os.environ["OMP_NUM_THREADS"],
        "tables_sha256": {Path(path).name: files.sha256(path) for path in tables},
    }
    files.write_text(output, json.dumps(record, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", required=True, help="study.json, in the folder of the results")
    parser.add_argument("--configuration", help="what to call the configuration file, if there is one")
    parser.add_argument("--output", required=True, help="the file to write (.json)")
    parser.add_argument("tables", nargs="+", help="the tables of which to record the SHA-256")
    files.run(provenance, parser)
